"""An open door to a cluster: a pool of connections and the headers that say who we are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from kubernetes.client import Configuration
from kubernetes.client.rest import RESTClientObject
from kubernetes.config import kube_config
from kubernetes.config.config_exception import ConfigException
from urllib3.exceptions import HTTPError

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.credentials import login_hint, resolved_user
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
        pool = RESTClientObject(configuration).pool_manager
    except ConfigException as error:
        raise ClusterError(access.file, f"context {access.context!r}: {error}", "mend the kubeconfig") from error
    except OSError as error:  # a file that may not be read, or an OIDC provider that is away
        said = f"context {access.context!r}: its credentials cannot be had: {error}"
        raise ClusterError(access.file, said, login_hint(access), cause="unauthorized") from error
    except (ValueError, AttributeError, TypeError) as error:  # the package trusts that texts are texts
        said = f"context {access.context!r} holds what cannot be used: {' '.join(str(error).split())[:200]}"
        raise ClusterError(access.file, said, "mend its cluster and its user in the kubeconfig") from error
    except (HTTPError, ImportError) as error:
        said = f"context {access.context!r}: proxy-url or the proxy of the environment cannot be used: {error}"
        raise ClusterError(access.file, said, "SOCKS needs `pip install pysocks`; others begin with http://") from error
    if not configuration.verify_ssl:  # the kubeconfig says so; urllib3 would warn at every request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return Login(access, access.server, pool, headers)


def _loader(access: Access, user: Mapping[str, Any]) -> Any:
    context = {"cluster": "cluster", "user": "user"}
    found = {
        "current-context": "context",
        "contexts": [{"name": "context", "context": context}],
        "clusters": [{"name": "cluster", "cluster": dict(access.cluster)}],
        "users": [{"name": "user", "user": dict(user)}] if user else [],
    }
    return kube_config.KubeConfigLoader(found, active_context="context", config_base_path="")  # type: ignore[no-untyped-call]  # the package types its client only
