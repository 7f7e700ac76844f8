"""Where a deployed plan is asked: the addresses that its object tells, or the API server's way to its service."""

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from neuralnav.cluster.api import KINDS, Api, ClusterError, Object, Ref
from neuralnav.model.lock import Lock
from neuralnav.model.workload import Target


@dataclass(frozen=True, slots=True)
class OwnService:
    """The Service that KServe makes for a target: what its name ends with, its port, and whether it speaks TLS."""

    suffix: str
    port: int
    tls: bool


SERVICES: Mapping[Target, OwnService] = {
    "InferenceService": OwnService("-predictor", 80, tls=False),
    "LLMInferenceService": OwnService("-kserve-workload-svc", 8000, tls=True),
}
"""KServe 0.20 in Standard mode. A Service that is there tells its own port."""

Resolves = Callable[[str], bool]


def resolves(host: str) -> bool:
    """Tell whether this machine knows the address of a host."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


def ref_of(lock: Lock) -> Ref:
    """Return the object that serves a plan."""
    d = lock.deployment
    return Ref(KINDS[d.target], d.namespace, d.name)


def urls_of(body: Object) -> tuple[str, ...]:
    """Return the addresses that an object tells, the outer one first."""
    status = body.get("status")
    if not isinstance(status, dict):
        return ()
    listed = status.get("addresses")
    held = [status, status.get("address"), *(listed if isinstance(listed, list) else [])]
    found = [item.get("url") for item in held if isinstance(item, dict)]
    return tuple(dict.fromkeys(url for url in found if isinstance(url, str) and url))


def reachable_url(api: Api, lock: Lock, workload: str, *, knows: Resolves = resolves) -> str:
    """Return the address of a deployed plan that this machine can reach. Raises `ClusterError` where there is none."""
    ref = ref_of(lock)
    body = api.get(ref)
    if body is None:
        raise ClusterError(str(ref), f"is not deployed in context {api.context}", f"`neuralnav deploy {workload}`")
    urls = urls_of(body)
    if not urls:
        hint = f"`neuralnav status {workload}` tells what it waits for"
        raise ClusterError(str(ref), f"tells no address yet: {_not_ready(body)}", hint)
    for url in urls:
        if knows(urlsplit(url).hostname or ""):
            return url
    raise ClusterError(str(ref), f"this machine does not know {_hosts(urls)}", _ways_in(lock, workload))


def _not_ready(body: Object) -> str:
    status = body.get("status")
    conditions = status.get("conditions") if isinstance(status, dict) else None
    for item in conditions if isinstance(conditions, list) else []:
        if isinstance(item, dict) and item.get("type") == "Ready" and item.get("status") != "True":
            said = item.get("message") or item.get("reason")
            return f"it is not ready{f' ({said})' if said else ''}"
    return "its controller has not been at it"


def _hosts(urls: Sequence[str]) -> str:
    return " nor ".join(dict.fromkeys(urlsplit(url).hostname or url for url in urls))


def _ways_in(lock: Lock, workload: str) -> str:
    d, own = lock.deployment, SERVICES[lock.deployment.target]
    scheme = "https" if own.tls else "http"
    return (
        f"forward a port, `kubectl -n {d.namespace} port-forward service/{d.name}{own.suffix} 8000:{own.port}`, and "
        f"`neuralnav probe {workload} --url {scheme}://127.0.0.1:8000{' --insecure' if own.tls else ''}`; or try "
        "--via-api-server"
    )


def proxy_path(api: Api, lock: Lock) -> str:
    """Return the path below an API server that leads to the service of a plan.

    Raises `ClusterError` where there is no such service.
    """
    d, own = lock.deployment, SERVICES[lock.deployment.target]
    name = f"{d.name}{own.suffix}"
    service = api.get(Ref(KINDS["Service"], d.namespace, name))
    if service is None:
        others = [str(item["metadata"]["name"]) for item in api.list(KINDS["Service"], d.namespace)]
        there = f"the services there: {', '.join(others[:10])}" if others else "no service is there"
        raise ClusterError(f"Service {d.namespace}/{name}", "KServe has not made it", there)
    port, tls = _port(service, own)
    return f"/api/v1/namespaces/{d.namespace}/services/{'https:' if tls else ''}{name}:{port}/proxy"


def _port(service: Object, own: OwnService) -> tuple[int, bool]:
    """Return the port of a service, and whether it speaks TLS."""
    spec = service.get("spec")
    ports = spec.get("ports") if isinstance(spec, dict) else None
    first = next((item for item in ports or [] if isinstance(item, dict) and isinstance(item.get("port"), int)), None)
    if first is None:
        return own.port, own.tls
    says = str(first.get("appProtocol") or first.get("name") or "")
    return int(first["port"]), own.tls if "http" not in says else says.startswith("https")
