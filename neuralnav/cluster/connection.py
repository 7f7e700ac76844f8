"""The way into a cluster: `connect` gives the API server under a kubeconfig's context."""

import os
from collections.abc import Callable, Mapping

from neuralnav.cluster.api import Api, ClusterError
from neuralnav.cluster.kubeconfig import read_access

INSTALL_EXTRA = 'pip install "neuralnav[cluster]"'


def _unsaid(_: str) -> None:
    """Keep what is waited for to ourselves."""


def connect(
    *, kubeconfig: str = "", context: str = "", patience_seconds: float = 60, say: Callable[[str], None] = _unsaid,
    environment: Mapping[str, str] = os.environ,
) -> Api:  # fmt: skip
    """Return the API server under a context, found and logged in as kubectl would; no request is sent yet.

    `say` is told what is waited for, once every few seconds. Raises `ClusterError` where the kubeconfig or the
    credentials cannot be had, and where the extra `cluster` is not installed.
    """
    try:  # here, as the package `kubernetes` takes 0.3 s to import and is not installed everywhere
        from neuralnav.cluster.client import Client
        from neuralnav.cluster.login import Login, log_in
        from neuralnav.cluster.transport import Transport, Waiting
    except ModuleNotFoundError as error:
        raise ClusterError("cluster", f"this needs the Python package {error.name}", INSTALL_EXTRA) from None

    def fresh() -> Login:
        return log_in(read_access(kubeconfig=kubeconfig, context=context, environment=environment), environment)

    return Client(Transport(fresh, Waiting(patience_seconds, say)))
