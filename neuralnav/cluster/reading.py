"""Read what a cluster shows of many workloads, in few requests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from neuralnav.cluster.api import KINDS, Api, Cause, ClusterError, Kind, Object, Ref
from neuralnav.cluster.pods import POD_LABELS
from neuralnav.cluster.status import Seen, Unread
from neuralnav.cluster.warnings import events_by_service
from neuralnav.model.lock import Deployment
from neuralnav.model.workload import Target

AT_ONCE = 8
"""Requests under way at the same time."""

FEW = 3
"""Up to so many namespaces are asked one by one; of more the whole cluster is asked first, in one request."""

NODES = 10
"""Up to so many nodes are asked for by name; of more all are listed."""

DOWN: frozenset[Cause] = frozenset({"unreachable", "busy", "unauthorized"})
"""What the next request would meet as well, after waiting as long again."""

COMPONENT, SERVES = "app.kubernetes.io/component", "llminferenceservice-workload"
"""Of an LLMInferenceService the pods that serve, not those that route."""

Service = tuple[Target, str, str]
"""A target, a namespace and a name."""

Nodes = Mapping[str, Mapping[str, str]] | Unread
"""The labels of nodes, by their names."""

ByNamespace = Mapping[str, list[Object] | Unread]
Request = Callable[[], list[Object]]


@dataclass(slots=True)
class Reader:
    """Reads from one API server. Once it is down, nothing more is asked of it; `failures` hold each cause once."""

    api: Api
    threads: ThreadPoolExecutor
    down: Unread | None = None
    failures: dict[str, ClusterError] = field(default_factory=dict)

    def ask(self, request: Request) -> list[Object] | Unread:
        """Return the answer to a request, or why there is none."""
        if self.down is not None:
            return self.down
        try:
            return request()
        except ClusterError as error:
            unread = Unread(error.cause, error.message)
            if error.cause in DOWN:
                self.down = unread
            self.failures.setdefault(error.message, error)
            return unread

    def read(self, requests: Mapping[str, Request], everywhere: Request) -> ByNamespace:
        """Return what is read of each namespace; of many, in one request for all where that is allowed."""
        if len(requests) > FEW and self.down is None:
            try:
                found = everywhere()
            except ClusterError as error:
                if error.cause != "forbidden":
                    self.failures.setdefault(error.message, error)
                    unread = Unread(error.cause, error.message)
                    self.down = unread if error.cause in DOWN else None
                    return dict.fromkeys(requests, unread)
            else:
                return _by_namespace(found, requests)
        return dict(zip(requests, self.threads.map(self.ask, requests.values()), strict=True))


def read_cluster(api: Api, plans: Sequence[Deployment]) -> tuple[list[Seen], list[ClusterError]]:
    """Return what a cluster shows of each workload, and what could not be read of it, once each."""
    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        return _read(Reader(api, threads), plans)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # Ctrl-C waits for no server that hangs


def _read(reader: Reader, plans: Sequence[Deployment]) -> tuple[list[Seen], list[ClusterError]]:
    found: dict[Service, Seen] = {}
    for target in sorted({plan.target for plan in plans}):
        same = [plan for plan in plans if plan.target == target]
        services, pods = _services(reader, target, same), _pods(reader, target, same)
        events = _events(reader, same)
        nodes = _nodes(reader, same, [pod for part in pods.values() for pod in _got(part)])
        grouped = {
            where: part if isinstance(part, Unread) else _by_service(part, target) for where, part in pods.items()
        }
        for plan in same:
            found[service_key(plan)] = Seen(
                service=_named(services[plan.namespace], plan.name),
                pods=_below(grouped[plan.namespace], plan.name),
                events=_below(events[plan.namespace], plan.name),
                nodes=nodes,
            )
    return [found[service_key(plan)] for plan in plans], list(reader.failures.values())


def service_key(plan: Deployment) -> Service:
    """Return what tells a service from all others of a cluster."""
    return plan.target, plan.namespace, plan.name


def _services(reader: Reader, target: Target, plans: Sequence[Deployment]) -> ByNamespace:
    kind = KINDS[target]
    requests = {where: _get(reader.api, kind, where, names) for where, names in _names(plans).items()}
    return reader.read(requests, lambda: reader.api.list(kind))


def _get(api: Api, kind: Kind, namespace: str, names: Sequence[str]) -> Request:
    """Return what reads objects of a namespace: one by its name, more of them as a list of all."""

    def read() -> list[Object]:
        if len(names) > 1:
            return api.list(kind, namespace)
        found = api.get(Ref(kind, namespace, names[0]))
        return [] if found is None else [found]

    return read


def _pods(reader: Reader, target: Target, plans: Sequence[Deployment]) -> ByNamespace:
    label, fixed = POD_LABELS[target]
    requests: dict[str, Request] = {}
    for where, names in _names(plans).items():
        labels = f"{label}={names[0]},{fixed}" if len(names) == 1 else f"{label},{fixed}"
        requests[where] = partial(reader.api.list, KINDS["Pod"], where, labels=labels)
    return reader.read(requests, lambda: reader.api.list(KINDS["Pod"], labels=f"{label},{fixed}"))


def _events(reader: Reader, plans: Sequence[Deployment]) -> Mapping[str, dict[str, list[Object]] | Unread]:
    """Return the warnings about each service of each namespace."""
    event, fields = KINDS["Event"], "type=Warning"
    requests = {where: partial(reader.api.list, event, where, fields=fields) for where in _names(plans)}
    found = reader.read(requests, lambda: reader.api.list(event, fields=fields))
    below = {where: [plan for plan in plans if plan.namespace == where] for where in found}
    return {
        where: part if isinstance(part, Unread) else events_by_service(part, below[where])
        for where, part in found.items()
    }


def _nodes(reader: Reader, plans: Sequence[Deployment], pods: Sequence[Object]) -> Nodes:
    """Return the labels of the nodes that pods run on, where a plan says on which they should."""
    names = sorted({str(pod.get("spec", {}).get("nodeName") or "") for pod in pods} - {""})
    if not names or not any(plan.node_label_key and plan.mode != "simulator" for plan in plans):
        return {}
    node = KINDS["Node"]
    if len(names) > NODES:
        found = reader.ask(lambda: reader.api.list(node))
        return found if isinstance(found, Unread) else {_name(item): _labels(item) for item in found}
    labels: dict[str, Mapping[str, str]] = {}
    for name in names:
        got = reader.ask(_get(reader.api, node, "", (name,)))
        if isinstance(got, Unread):
            return got
        labels.update({_name(item): _labels(item) for item in got})
    return labels


def _by_service(pods: Sequence[Object], target: Target) -> dict[str, list[Object]]:
    """Return the pods of each service that serve."""
    label, _ = POD_LABELS[target]
    found: dict[str, list[Object]] = {}
    for pod in pods:
        labels = _labels(pod)
        if target == "InferenceService" or labels.get(COMPONENT, "").startswith(SERVES):
            found.setdefault(labels.get(label, ""), []).append(pod)
    return found


def _by_namespace(found: Sequence[Object], namespaces: Iterable[str]) -> ByNamespace:
    below: dict[str, list[Object] | Unread] = {where: [] for where in namespaces}
    for item in found:
        part = below.get(item["metadata"].get("namespace") or "")
        if isinstance(part, list):
            part.append(item)
    return below


def _names(plans: Sequence[Deployment]) -> dict[str, list[str]]:
    """Return the names of the services of each namespace."""
    found: dict[str, list[str]] = {}
    for plan in plans:
        found.setdefault(plan.namespace, []).append(plan.name)
    return found


def _named(found: Sequence[Object] | Unread, name: str) -> Object | Unread | None:
    return found if isinstance(found, Unread) else next((item for item in found if _name(item) == name), None)


def _below(found: Mapping[str, list[Object]] | Unread, name: str) -> Sequence[Object] | Unread:
    return found if isinstance(found, Unread) else found.get(name, [])


def _got(found: Sequence[Object] | Unread) -> Sequence[Object]:
    return () if isinstance(found, Unread) else found


def _name(item: Object) -> str:
    return str(item["metadata"]["name"])


def _labels(item: Object) -> Mapping[str, str]:
    return item["metadata"].get("labels") or {}
