"""The way to a service through the API server's proxy, with the credentials of a kubeconfig."""

import ssl
from collections.abc import Mapping
from typing import Any

from neuralnav.cluster.kubeconfig import read_access
from neuralnav.cluster.login import log_in
from neuralnav.cluster.openai import Endpoint


def endpoint_through(path: str, *, kubeconfig: str, context: str) -> Endpoint:
    """Return the endpoint behind a path of the API server; as whom we ask is what the kubeconfig says.

    No key of the API itself goes this way: it would take the place of those credentials. Raises `ClusterError` as
    `connect` does.
    """
    login = log_in(read_access(kubeconfig=kubeconfig, context=context))
    settings: Mapping[str, Any] = login.pool.connection_pool_kw
    proxy = getattr(login.pool, "proxy", None)
    return Endpoint(
        login.server + path,
        headers=login.headers,
        verify=_tls(settings),
        proxy=str(proxy.url) if proxy is not None else "",
        server_name=str(settings.get("server_hostname") or ""),
        through=login.access.context,
    )


def _tls(settings: Mapping[str, Any]) -> ssl.SSLContext:
    """Return how TLS is judged, and our certificate, as urllib3 was told."""
    context = ssl.create_default_context(cafile=settings.get("ca_certs"))
    if settings.get("cert_reqs") == ssl.CERT_NONE:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if settings.get("cert_file"):
        context.load_cert_chain(settings["cert_file"], settings.get("key_file"))
    return context
