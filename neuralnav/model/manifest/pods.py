"""The pods of a service: what KServe makes of its templates, and the rules that each pod keeps by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from neuralnav.model.manifest.parts import Container, LabelSelector, PodSpec, Probe, amount
from neuralnav.model.manifest.serving import InferenceService, LLMInferenceService

Service: TypeAlias = InferenceService | LLMInferenceService
Path: TypeAlias = tuple[str | int, ...]

ACCELERATOR = "gpu"
"""What the name of an accelerator's resource ends in, after the vendor's domain: `nvidia.com/gpu`, `amd.com/gpu`."""

SHARED_MEMORY = "/dev/shm"  # noqa: S108  # a mount point inside the container


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule of an object: the path of the value in it, what is wrong, and how to mend it."""

    path: Path
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that KServe makes: where its template stands, the labels that it carries, and whether requests reach it."""

    path: Path
    spec: PodSpec
    labels: Mapping[str, str]
    is_served: bool

    @property
    def container_path(self) -> Path:
        """Where the container stands."""
        return (*self.path, "containers", 0)

    @property
    def accelerators(self) -> Mapping[str, Decimal]:
        """How many accelerators the pod is given, by resource."""
        limits = self.spec.container.resources.limits
        return {name: amount(value) for name, value in limits.items() if is_accelerator(name)}


def is_accelerator(resource: str) -> bool:
    """Tell whether a resource is an accelerator of some vendor."""
    return resource.partition("/")[2] == ACCELERATOR


def naming_labels(service: Service) -> Mapping[str, str]:
    """Return the labels that KServe puts on every pod of this service and on no pod of another."""
    name = service.metadata.name
    match service:
        case InferenceService():
            return {"serving.kserve.io/inferenceservice": name, "component": "predictor"}
        case LLMInferenceService():
            return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "llminferenceservice"}


def pods_of(service: Service) -> tuple[Pod, ...]:
    """Return the kinds of pod of a service: one, or the leader and the worker of a replica that spans nodes."""
    named = naming_labels(service)
    match service:
        case InferenceService():
            predictor = service.spec.predictor
            labels = {**service.metadata.labels, **predictor.labels, **named}
            return (Pod(("spec", "predictor"), predictor, labels, is_served=True),)
        case LLMInferenceService():
            spec = service.spec
            component = "llminferenceservice-workload"
            if spec.worker is None:
                return (_llm_pod(service, "template", spec.template, component, is_served=True),)
            return (
                _llm_pod(service, "template", spec.template, f"{component}-leader", is_served=True),
                _llm_pod(service, "worker", spec.worker, f"{component}-worker", is_served=False),
            )


def _llm_pod(service: LLMInferenceService, field: str, pod: PodSpec, component: str, *, is_served: bool) -> Pod:
    labels = {**service.spec.labels, **naming_labels(service), "app.kubernetes.io/component": component}
    return Pod(("spec", field), pod, labels, is_served)


def selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Tell whether a selector picks what carries these labels."""
    named = all(labels.get(key) == value for key, value in selector.match_labels.items())
    return named and all(labels.get(item.key) in item.values for item in selector.match_expressions)


def flag(container: Container, *names: str) -> str | None:
    """Return the last value that the arguments give to a flag, as `--flag=value` or as two; None when they do not."""
    found = None
    for index, argument in enumerate(container.args):
        name, equals, value = argument.partition("=")
        if name in names:
            found = value if equals else "".join(container.args[index + 1 : index + 2])
    return found


def pod_findings(pod: Pod) -> Iterator[Finding]:
    """Yield the rules that a pod breaks by itself."""
    for rule in (_variables, _resources, _accelerators, _volumes, _mounts, _shared_memory, _probes, _spread):
        yield from rule(pod)


def _variables(pod: Pod) -> Iterator[Finding]:
    for index, item in enumerate(pod.spec.container.env):
        if (item.value is None) == (item.value_from is None):
            path = (*pod.container_path, "env", index)
            yield Finding(path, f"the variable {item.name} needs a value or a source, and not both", "keep one of them")


def _resources(pod: Pod) -> Iterator[Finding]:
    """Refuse limits below requests, and extended resources in parts or with a limit of their own."""
    resources, path = pod.spec.container.resources, (*pod.container_path, "resources")
    for name, asked in resources.requests.items():
        limit = resources.limits.get(name)
        if limit is not None and amount(limit) < amount(asked):
            yield Finding((*path, "limits", name), f"the limit {limit} is below the request {asked}", "raise the limit")
    for name in sorted(name for name in {**resources.requests, **resources.limits} if "/" in name):
        asked, limit = resources.requests.get(name, ""), resources.limits.get(name, "")
        if not (asked and limit) or amount(asked) != amount(limit):
            message = f"{name} is requested {asked or 'not at all'} and limited to {limit or 'nothing'}"
            yield Finding((*path, "limits"), message, "give an extended resource the same request and limit")
        elif amount(limit) % 1:
            yield Finding((*path, "limits", name), f"{limit} of {name} is not a whole number", "give a whole number")


def _accelerators(pod: Pod) -> Iterator[Finding]:
    if len(pod.accelerators) > 1:
        message = f"accelerators of more than one kind: {', '.join(sorted(pod.accelerators))}"
        yield Finding((*pod.container_path, "resources", "limits"), message, "keep the one that the plan names")


def _volumes(pod: Pod) -> Iterator[Finding]:
    """Refuse a volume of no source or of two, and one that nothing mounts."""
    mounted = {mount.name for mount in pod.spec.container.volume_mounts}
    for index, volume in enumerate(pod.spec.volumes):
        path = (*pod.path, "volumes", index)
        if (volume.empty_dir is None) == (volume.persistent_volume_claim is None):
            message = f"the volume {volume.name} needs emptyDir or persistentVolumeClaim, and not both"
            yield Finding(path, message, "keep one of them")
        if volume.name not in mounted:
            yield Finding(path, f"no container mounts the volume {volume.name}", "mount it, or remove it")


def _mounts(pod: Pod) -> Iterator[Finding]:
    volumes = {volume.name for volume in pod.spec.volumes}
    for index, mount in enumerate(pod.spec.container.volume_mounts):
        if mount.name not in volumes:
            path = (*pod.container_path, "volumeMounts", index, "name")
            yield Finding(path, f"there is no volume {mount.name}", "add it to the pod's volumes")


def _shared_memory(pod: Pod) -> Iterator[Finding]:
    """Refuse ranks without shared memory: they talk through it, and 64 MiB of a container run-time are too little."""
    container = pod.spec.container
    named = next((mount.name for mount in container.volume_mounts if mount.mount_path == SHARED_MEMORY), None)
    disk = next((volume.empty_dir for volume in pod.spec.volumes if volume.name == named), None)
    if sum(pod.accelerators.values()) > 1 and (disk is None or disk.medium != "Memory"):
        message = f"tensor parallelism without shared memory: nothing of medium Memory is mounted at {SHARED_MEMORY}"
        yield Finding((*pod.container_path, "volumeMounts"), message, "mount an emptyDir of medium Memory there")
    limit = container.resources.limits.get("memory")
    if disk is not None and disk.medium == "Memory" and limit and amount(disk.size_limit) >= amount(limit):
        message = f"shared memory of {disk.size_limit} does not fit into the container's memory limit of {limit}"
        yield Finding((*pod.container_path, "resources", "limits", "memory"), message, "raise the limit")


def _probes(pod: Pod) -> Iterator[Finding]:
    """Refuse probes of a port that is not there, and a pod that is killed before it is taken out of service."""
    container = pod.spec.container
    probes = {
        "startupProbe": container.startup_probe,
        "readinessProbe": container.readiness_probe,
        "livenessProbe": container.liveness_probe,
    }
    for field, probe in probes.items():
        path = (*pod.container_path, field)
        if probe is None:
            if pod.is_served:
                yield Finding(pod.container_path, f"there is no {field}", "add it: requests reach this pod")
        elif probe.http_get.port not in {port.name for port in container.ports}:
            message = f"the container has no port {probe.http_get.port}"
            yield Finding((*path, "httpGet", "port"), message, _ports_hint(container))
    readiness, liveness = container.readiness_probe, container.liveness_probe
    if readiness and liveness and _budget_s(liveness) < _budget_s(readiness):
        message = (
            f"the pod is killed after {_budget_s(liveness)} s, before it is unready after {_budget_s(readiness)} s"
        )
        yield Finding((*pod.container_path, "livenessProbe"), message, "give the liveness probe more patience")


def _budget_s(probe: Probe) -> int:
    """Return how long a probe may fail before it has an effect."""
    return probe.period_seconds * probe.failure_threshold


def _ports_hint(container: Container) -> str:
    return f"name one of {', '.join(port.name for port in container.ports)}"


def _spread(pod: Pod) -> Iterator[Finding]:
    for index, item in enumerate(pod.spec.topology_spread_constraints):
        if not selects(item.label_selector, pod.labels):
            path = (*pod.path, "topologySpreadConstraints", index, "labelSelector")
            yield Finding(path, "the selector does not match the labels of the pods that it spreads", "select them")
