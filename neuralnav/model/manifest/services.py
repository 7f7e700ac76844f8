"""The rules that a service keeps by itself: its replicas, its autoscaler, its parallelism and its names.

Those of KServe's webhooks are here because a server that knows only KServe's schemas does not enforce them.
"""

from collections.abc import Iterator
from itertools import chain

from neuralnav.model.manifest.pods import Finding, Path, Pod, Service, flag, pod_findings, pods_of
from neuralnav.model.manifest.serving import InferenceService, LLMInferenceService, Parallelism, Predictor, Scaling

MODE = "serving.kserve.io/deploymentMode"
AUTOSCALER = "serving.kserve.io/autoscalerClass"
CONTAINERS = {"InferenceService": "kserve-container", "LLMInferenceService": "main"}
"""The container that KServe takes for the server, by the kind of the service."""

LONGEST_LABEL = 63
TENSOR_FLAGS = ("--tensor-parallel-size", "-tp")
_PREDICTOR: Path = ("spec", "predictor")
_PARALLELISM: Path = ("spec", "parallelism")


def service_findings(service: Service) -> Iterator[Finding]:
    """Yield the rules that a service and its pods break by themselves."""
    for pod in pods_of(service):
        yield from _container_name(service, pod)
        yield from pod_findings(pod)
    match service:
        case InferenceService():
            rules = (_derived_name, _mode, _autoscaler, _strategy, _predictor_accelerators)
            yield from chain.from_iterable(rule(service) for rule in rules)
        case LLMInferenceService():
            llm_rules = (_nodes_name, _replicas, _parallelism, _worker, _llm_accelerators)
            yield from chain.from_iterable(rule(service) for rule in llm_rules)


def _container_name(service: Service, pod: Pod) -> Iterator[Finding]:
    wanted = CONTAINERS[service.kind]
    if pod.spec.container.name != wanted:
        message = f'KServe runs the container "{wanted}" of an {service.kind}, not "{pod.spec.container.name}"'
        yield Finding((*pod.container_path, "name"), message, f"name it {wanted}")


def _derived_name(service: InferenceService) -> Iterator[Finding]:
    yield from _long_label(f"isvc.{service.metadata.name}-predictor")


def _nodes_name(service: LLMInferenceService) -> Iterator[Finding]:
    """Refuse a name that is too long for LeaderWorkerSet: a label holds its StatefulSet's, a number and a hash."""
    if service.spec.worker is not None:
        yield from _long_label(f"{service.metadata.name}-kserve-mn-99-0123456789")


def _long_label(label: str) -> Iterator[Finding]:
    if len(label) > LONGEST_LABEL:
        message = f"KServe derives a label value of {len(label)} characters from this name: {label}"
        yield Finding(("metadata", "name"), message, f"shorten it by {len(label) - LONGEST_LABEL}")


def _mode(service: InferenceService) -> Iterator[Finding]:
    mode = service.metadata.annotations.get(MODE)
    if mode != "Standard":
        message = f"the deployment mode is {mode or 'left to the cluster'}"
        yield Finding(("metadata", "annotations"), message, f"set {MODE}: Standard")


def _autoscaler(service: InferenceService) -> Iterator[Finding]:
    """Refuse a class of the autoscaler that the fields beside it contradict."""
    predictor, name = service.spec.predictor, service.metadata.annotations.get(AUTOSCALER)
    if predictor.min_replicas > predictor.max_replicas:
        message = f"minReplicas {predictor.min_replicas} is above maxReplicas {predictor.max_replicas}"
        yield Finding((*_PREDICTOR, "minReplicas"), message, "lower it, or raise maxReplicas")
    match name:
        case "none":
            yield from _fixed(predictor)
        case "hpa":
            yield from _unread(predictor, "hpa", "autoScaling")
            if predictor.scale_metric is None or predictor.scale_target is None:
                yield Finding(_PREDICTOR, "the class hpa needs scaleMetric and scaleTarget", "add both")
        case "keda":
            yield from _unread(predictor, "keda", "scaleMetric", "scaleTarget")
            if predictor.auto_scaling is None:
                yield Finding(_PREDICTOR, "the class keda needs a metric", "add autoScaling.metrics")
        case _:
            message = f"{AUTOSCALER} is {name or 'missing'}"
            fix = "set it to none, hpa or keda: an autoscaler of one's own would fight KServe's"
            yield Finding(("metadata", "annotations"), message, fix)


def _fixed(predictor: Predictor) -> Iterator[Finding]:
    yield from _unread(predictor, "none", "autoScaling", "scaleMetric", "scaleTarget")
    if predictor.min_replicas != predictor.max_replicas:
        message = f"no autoscaler reaches maxReplicas {predictor.max_replicas} from {predictor.min_replicas}"
        yield Finding((*_PREDICTOR, "maxReplicas"), message, "make both equal, or choose the class hpa or keda")


def _unread(predictor: Predictor, name: str, *fields: str) -> Iterator[Finding]:
    given = {
        "autoScaling": predictor.auto_scaling,
        "scaleMetric": predictor.scale_metric,
        "scaleTarget": predictor.scale_target,
    }
    for field in fields:
        if given[field] is not None:
            yield Finding((*_PREDICTOR, field), f"the autoscaler class {name} does not read {field}", "remove it")


def _strategy(service: InferenceService) -> Iterator[Finding]:
    """Refuse a rollout that cannot move."""
    strategy = service.spec.predictor.deployment_strategy
    rolling = strategy.rolling_update if strategy else None
    path = (*_PREDICTOR, "deploymentStrategy", "rollingUpdate")
    if strategy and rolling and strategy.type == "Recreate":
        yield Finding(path, "Recreate does not roll", "remove rollingUpdate")
    elif rolling and {rolling.max_surge, rolling.max_unavailable} <= {0, "0%"}:
        yield Finding(path, "no pod may be added and none taken away", "raise maxSurge or maxUnavailable")


def _predictor_accelerators(service: InferenceService) -> Iterator[Finding]:
    (pod,) = pods_of(service)
    given = flag(pod.spec.container, *TENSOR_FLAGS)
    if given is not None and not given.isdecimal():
        message = f"the tensor parallel size is not a number: {given}"
        yield Finding((*pod.container_path, "args"), message, "give a number")
    elif given is not None:
        yield from _count(pod, int(given), "--tensor-parallel-size")
    elif sum(pod.accelerators.values()) > 1:
        message = "several accelerators, and no --tensor-parallel-size to use them"
        yield Finding((*pod.container_path, "args"), message, "add the flag")


def _count(pod: Pod, wanted: int, by: str) -> Iterator[Finding]:
    found = sum(pod.accelerators.values())
    if found != wanted:
        message = f"the pod has {found} accelerators where {by} needs {wanted}"
        yield Finding((*pod.container_path, "resources", "limits"), message, "make them equal")


def _replicas(service: LLMInferenceService) -> Iterator[Finding]:
    spec = service.spec
    if (spec.replicas is None) == (spec.scaling is None):
        message = "one of replicas and scaling says how many replicas there are"
        yield Finding(("spec",), message, "keep one of them" if spec.replicas else "add replicas")
    if spec.scaling is not None:
        yield from _scaling(spec.scaling)


def _scaling(scaling: Scaling) -> Iterator[Finding]:
    path: Path = ("spec", "scaling")
    if scaling.min_replicas > scaling.max_replicas:
        message = f"minReplicas {scaling.min_replicas} is above maxReplicas {scaling.max_replicas}"
        yield Finding((*path, "minReplicas"), message, "lower it, or raise maxReplicas")
    if (scaling.keda is None) == (scaling.wva is None):
        yield Finding(path, "one of keda and wva scales", "keep one of them" if scaling.keda else "add one of them")
    if scaling.wva is not None and (scaling.wva.hpa is None) == (scaling.wva.keda is None):
        fix = "keep one of them" if scaling.wva.hpa else "add hpa: {}"
        yield Finding((*path, "wva"), "one of hpa and keda acts for wva", fix)


def _parallelism(service: LLMInferenceService) -> Iterator[Finding]:
    found = service.spec.parallelism or Parallelism()
    if found.pipeline is not None and (found.data is not None or found.data_local is not None):
        yield Finding(_PARALLELISM, "pipeline and data parallelism exclude each other", "keep one of them")
    if (found.data is None) != (found.data_local is None):
        yield Finding(_PARALLELISM, "data and dataLocal come together", "add the other")
    if found.data is not None and found.data_local is not None and found.data % found.data_local:
        message = f"data {found.data} is not a multiple of dataLocal {found.data_local}"
        yield Finding((*_PARALLELISM, "dataLocal"), message, "every pod runs as many ranks")


def _worker(service: LLMInferenceService) -> Iterator[Finding]:
    found = service.spec.parallelism or Parallelism()
    nodes = found.pipeline or (found.data or 1) // (found.data_local or 1)
    if service.spec.worker is not None and found.pipeline is None and found.data is None:
        message = "a worker needs data or pipeline parallelism"
        yield Finding(("spec", "worker"), message, "add spec.parallelism.pipeline, or remove the worker")
    elif service.spec.worker is None and nodes > 1:
        yield Finding(_PARALLELISM, f"a replica of {nodes} pods has no worker", "add spec.worker")
    elif service.spec.worker is not None and nodes == 1:
        yield Finding(_PARALLELISM, "a replica of one pod has a worker", "remove the worker")


def _llm_accelerators(service: LLMInferenceService) -> Iterator[Finding]:
    found = service.spec.parallelism
    wanted = (found.tensor or 1) * max(found.data_local or 1, 1) if found else 0
    for pod in pods_of(service):
        if found is not None:
            yield from _count(pod, wanted, "spec.parallelism (tensor x dataLocal)")
        elif sum(pod.accelerators.values()) > 1:
            path = (*pod.container_path, "resources", "limits")
            yield Finding(path, "several accelerators, and no spec.parallelism to use them", "add tensor")
        given = flag(pod.spec.container, *TENSOR_FLAGS)
        if given is not None and given != str(found.tensor or 1 if found else 1):
            message = "the arguments contradict spec.parallelism.tensor"
            yield Finding((*pod.container_path, "args"), message, "remove the flag: KServe's preset sets it")
