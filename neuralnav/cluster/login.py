"""An open door to a cluster: a pool of connections and the headers that say who we are."""

import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from kubernetes.client import Configuration
from kubernetes.client.rest import RESTClientObject
from kubernetes.config import kube_config
from kubernetes.config.config_exception import ConfigException

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.credentials import resolved_user
from neuralnav.cluster.kubeconfig import Access

CONNECTIONS = 32
"""So many are kept open for the threads that ask at once."""


@dataclass(frozen=True, slots=True)
class Login:
    """Where to ask and as whom: what the `kubernetes` package makes of a context."""

    access: Access
    server: str
    pool: urllib3.PoolManager
    headers: Mapping[str, str]


def log_in(access: Access, environment: Mapping[str, str] = os.environ) -> Login:
    """Return the way into a cluster. Raises `ClusterError` where the credentials cannot be read or had."""
    user = resolved_user(access, environment)
    configuration = Configuration()
    configuration.connection_pool_maxsize = CONNECTIONS
    try:
        _loader(access, user).load_and_set(configuration)
        settings: Mapping[str, Any] = configuration.auth_settings()
        headers = {str(item["key"]): str(item["value"]) for item in settings.values()}
    except ConfigException as error:
        raise ClusterError(access.file, f"context {access.context!r}: {error}", "mend the kubeconfig") from error
    except (binascii.Error, UnicodeError) as error:
        said = f"context {access.context!r} holds data that is no base64: {error}"
        raise ClusterError(access.file, said, "mend the `...-data` fields of its cluster and user") from error
    if not configuration.verify_ssl:  # the kubeconfig says so; urllib3 would warn at every request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return Login(access, access.server, RESTClientObject(configuration).pool_manager, headers)


def _loader(access: Access, user: Mapping[str, Any]) -> Any:
    context = {"cluster": "cluster", "user": "user"}
    found = {
        "current-context": "context",
        "contexts": [{"name": "context", "context": context}],
        "clusters": [{"name": "cluster", "cluster": dict(access.cluster)}],
        "users": [{"name": "user", "user": dict(user)}] if user else [],
    }
    return kube_config.KubeConfigLoader(found, active_context="context", config_base_path="")  # type: ignore[no-untyped-call]  # the package types its client only
