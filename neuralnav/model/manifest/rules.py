"""The rules between the objects of a folder: one service, and everything beside it is about that service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.model.manifest.beside import (
    Kustomization,
    NetworkPeer,
    NetworkPolicy,
    PodDisruptionBudget,
    PodMonitor,
)
from neuralnav.model.manifest.monitoring import ConfigMap, PrometheusRule
from neuralnav.model.manifest.parts import LabelSelector, Named, Rendered
from neuralnav.model.manifest.pods import Finding, Path, Pod, Service, naming_labels, pods_of, selects
from neuralnav.model.manifest.services import service_findings
from neuralnav.model.manifest.serving import InferenceService, LLMInferenceService
from neuralnav.model.manifest.watching import watching_findings

NAME_LABEL = "app.kubernetes.io/name"
MANAGER_LABEL = "app.kubernetes.io/managed-by"
MANAGER = "neuralnav"


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: the file, the path of the value in its object, what is wrong, and how to mend it."""

    file: str
    path: Path
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Folder:
    """The objects of a folder by file, and the one service among them."""

    objects: Mapping[str, Rendered]
    file: str
    service: Service

    @property
    def pods(self) -> tuple[Pod, ...]:
        return pods_of(self.service)


def check_objects(objects: Mapping[str, Rendered]) -> tuple[Fault, ...]:
    """Return every rule that the objects of a folder break, by file in the order of their names.

    `objects` maps the name of a file to the object that it holds. When there is not exactly one service among them,
    that alone is told: every other rule is about it.
    """
    kinds = InferenceService | LLMInferenceService
    services = {file: item for file, item in objects.items() if isinstance(item, kinds)}
    if len(services) != 1:
        files = sorted(services) or sorted(objects)[:1]
        message = f"{len(services)} services in the folder: {', '.join(sorted(services)) or 'none'}"
        return tuple(Fault(file, (), message, "render one service for a workload") for file in files)
    ((file, service),) = services.items()
    folder = _Folder(objects, file, service)
    return tuple(
        Fault(name, finding.path, finding.message, finding.fix)
        for name in sorted(objects)
        for finding in _findings(folder, name, objects[name])
    )


def _findings(folder: _Folder, file: str, item: Rendered) -> Iterator[Finding]:
    yield from _namespace(folder, item)
    yield from _labels(folder, item)
    yield from _twice(folder, file, item)
    match item:
        case InferenceService() | LLMInferenceService():
            yield from service_findings(item)
        case PodMonitor():
            yield from _monitor(folder, item)
        case PrometheusRule() | ConfigMap():
            yield from watching_findings(item, folder.service)
        case PodDisruptionBudget():
            yield from _budget(folder, item)
        case NetworkPolicy():
            yield from _policy(folder, item)
        case Kustomization():
            yield from _kustomization(folder, file, item)


def _namespace(folder: _Folder, item: Rendered) -> Iterator[Finding]:
    wanted = folder.service.metadata.namespace
    match item:
        case Kustomization(namespace=found) if found != wanted:
            path: Path = ("namespace",)
        case Named(metadata=metadata) if metadata.namespace != wanted:
            found, path = metadata.namespace, ("metadata", "namespace")
        case _:
            return
    yield Finding(path, f"the namespace is {found}, and {wanted} in {folder.file}", "make them equal")


def _labels(folder: _Folder, item: Rendered) -> Iterator[Finding]:
    """Refuse an object of the cluster without the standard labels."""
    if isinstance(item, Named):
        for key, value in {NAME_LABEL: folder.service.metadata.name, MANAGER_LABEL: MANAGER}.items():
            found = item.metadata.labels.get(key)
            if found != value:
                path: Path = ("metadata", "labels", key) if found is not None else ("metadata",)
                yield Finding(path, f"the label {key} is {found or 'missing'}", f"set it to {value}")


def _twice(folder: _Folder, file: str, item: Rendered) -> Iterator[Finding]:
    """Refuse an object that an earlier file holds: one would overwrite the other."""
    for name, other in sorted(folder.objects.items()):
        if name < file and _identity(other) == _identity(item):
            yield Finding((), f"{name} holds the same object", "remove one of them")


def _identity(item: Rendered) -> tuple[str, str]:
    return (item.kind, item.metadata.name) if isinstance(item, Named) else (type(item).__name__, "")


def _kustomization(folder: _Folder, file: str, item: Kustomization) -> Iterator[Finding]:
    """Refuse a list of anything but every other file, each once."""
    wanted = {name for name in folder.objects if name != file}
    for index, name in enumerate(item.resources):
        if name not in wanted:
            yield Finding(("resources", index), f"there is no file {name} to list", "remove it")
        elif name in item.resources[:index]:
            yield Finding(("resources", index), f"{name} is listed twice", "remove one of them")
    missing = sorted(wanted - set(item.resources))
    if missing:
        yield Finding(("resources",), f"not listed: {', '.join(missing)}", "list every file of the folder")


def _monitor(folder: _Folder, item: PodMonitor) -> Iterator[Finding]:
    """Refuse a monitor that misses the pods that serve, or reads ports that they lack."""
    selector, path = item.spec.selector, ("spec", "selector")
    chosen = [pod for pod in folder.pods if selects(selector, pod.labels)]
    yield from _selector(folder, selector, path)
    if not all(pod in chosen for pod in folder.pods if pod.is_served):
        yield Finding(path, f"the selector misses the pods of {folder.file} that serve", _pods_hint(folder))
    for index, endpoint in enumerate(item.spec.pod_metrics_endpoints):
        for pod in chosen:
            names = [port.name for port in pod.spec.container.ports]
            if endpoint.port not in names:
                at: Path = ("spec", "podMetricsEndpoints", index, "port")
                yield Finding(at, f"the pods have no port {endpoint.port}", f"name one of {', '.join(names)}")


def _budget(folder: _Folder, item: PodDisruptionBudget) -> Iterator[Finding]:
    """Refuse a budget of other pods, and one that lets no pod go: no node could be drained."""
    spec = item.spec
    yield from _covers(folder, spec.selector, ("spec", "selector"))
    if (spec.max_unavailable is None) == (spec.min_available is None):
        fix = "keep one of them" if spec.min_available is not None else "add maxUnavailable"
        yield Finding(("spec",), "one of maxUnavailable and minAvailable makes the budget", fix)
    elif spec.max_unavailable in (0, "0%") or spec.min_available == "100%":
        yield Finding(("spec",), "no pod may go, so no node can be drained", "let one go")


def _policy(folder: _Folder, item: NetworkPolicy) -> Iterator[Finding]:
    """Refuse a policy of other pods, of ports that they lack, or that lets no request in."""
    spec = item.spec
    yield from _covers(folder, spec.pod_selector, ("spec", "podSelector"))
    yield from _types(item)
    ports = [port for pod in folder.pods if pod.is_served for port in pod.spec.container.ports]
    known = {port.name for port in ports} | {port.container_port for port in ports}
    opened = False
    for index, rule in enumerate(spec.ingress):
        yield from _peers(rule.from_, ("spec", "ingress", index, "from"))
        is_open = not rule.ports or any(port.port in known for port in rule.ports)
        opened = opened or (is_open and not _is_internal(folder, rule.from_))
        for place, port in enumerate(rule.ports):
            if port.port not in known:
                path: Path = ("spec", "ingress", index, "ports", place, "port")
                yield Finding(path, f"the pods that serve have no port {port.port}", f"open one of {_shown(known)}")
    for index, way in enumerate(spec.egress):
        yield from _peers(way.to, ("spec", "egress", index, "to"))
    if "Ingress" in spec.policy_types and not opened:
        yield Finding(("spec", "ingress"), "no request comes in", f"open one of {_shown(known)}")


def _is_internal(folder: _Folder, peers: tuple[NetworkPeer, ...]) -> bool:
    """Tell whether only the service's own pods are let in."""
    own = [
        peer.namespace_selector is None
        and peer.pod_selector is not None
        and all(selects(peer.pod_selector, pod.labels) for pod in folder.pods)
        for peer in peers
    ]
    return bool(own) and all(own)


def _types(item: NetworkPolicy) -> Iterator[Finding]:
    """Refuse rules of a direction that the policy does not name: they are not kept."""
    spec, path = item.spec, ("spec", "policyTypes")
    if len(set(spec.policy_types)) < len(spec.policy_types):
        yield Finding(path, "a direction is named twice", "name each once")
    for direction, rules in (("Ingress", spec.ingress), ("Egress", spec.egress)):
        if rules and direction not in spec.policy_types:
            yield Finding(path, f"the {direction.lower()} rules have no effect", f"add {direction}")


def _peers(peers: tuple[NetworkPeer, ...], path: Path) -> Iterator[Finding]:
    for index, peer in enumerate(peers):
        if peer.namespace_selector is None and peer.pod_selector is None:
            yield Finding((*path, index), "a peer needs a selector", "select pods, namespaces or both")


def _covers(folder: _Folder, selector: LabelSelector, path: Path) -> Iterator[Finding]:
    yield from _selector(folder, selector, path)
    if not all(selects(selector, pod.labels) for pod in folder.pods):
        yield Finding(path, f"the selector misses pods of {folder.file}", _pods_hint(folder))


def _selector(folder: _Folder, selector: LabelSelector, path: Path) -> Iterator[Finding]:
    """Refuse a selector without the service's name: it takes in the pods of others."""
    for key, value in naming_labels(folder.service).items():
        if key not in selector.match_labels:
            yield Finding(path, f"the selector does not name the service by {key}", f"add {key}: {value}")


def _pods_hint(folder: _Folder) -> str:
    labels = [", ".join(f"{key}: {value}" for key, value in sorted(pod.labels.items())) for pod in folder.pods]
    return f"they carry {' or '.join(labels)}"


def _shown(ports: set[str | int]) -> str:
    return ", ".join(sorted(str(port) for port in ports))
