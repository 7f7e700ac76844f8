"""What is wrong with a pod, how many accelerators it holds, and whether it is ready. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from neuralnav.cluster.api import Object
from neuralnav.cluster.shapes import LONGEST_NUMBER
from neuralnav.model.status_report import ReportedPod
from neuralnav.model.workload import Target

POD_LABELS: Mapping[Target, tuple[str, str]] = {
    "InferenceService": ("serving.kserve.io/inferenceservice", "component=predictor"),
    "LLMInferenceService": ("app.kubernetes.io/name", "app.kubernetes.io/part-of=llminferenceservice"),
}
"""The label of a pod that names its service, and what all its pods have: as PodMonitors select them."""

STARTING = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Why a container waits when nothing is wrong."""

OVER = frozenset({"Succeeded", "Failed"})


def pod_of(pod: Object, resource: str) -> ReportedPod:
    """Return a pod as a report shows it, with the accelerators of a `resource` that it asks for."""
    status, spec, metadata = pod.get("status") or {}, pod.get("spec") or {}, pod["metadata"]
    return ReportedPod(
        name=metadata["name"],
        phase=status.get("phase") or "Unknown",
        ready=is_true(status.get("conditions"), "Ready") and "deletionTimestamp" not in metadata,
        node=spec.get("nodeName") or "",
        accelerators=accelerators_of(spec, resource) if resource else 0,
        restarts=sum(item.get("restartCount") or 0 for item in _containers(status)),
        trouble=tuple(dict.fromkeys(_trouble(status))),
        terminating="deletionTimestamp" in metadata,
    )


def is_true(conditions: object, kind: str) -> bool:
    """Tell whether a condition of a kind is True."""
    found = conditions if isinstance(conditions, list) else []
    return any(item.get("type") == kind and item.get("status") == "True" for item in found)


def accelerators_of(spec: Mapping[str, Any], resource: str) -> int:
    """Return how many accelerators of a resource the containers of a pod ask for."""
    counts = ((item.get("resources") or {}) for item in spec.get("containers") or ())
    return sum(_count((item.get("limits") or {}).get(resource)) for item in counts)


def _count(value: object) -> int:
    """Return a count of whole devices, which is all that Kubernetes allows of them."""
    text = str(value or 0)
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def _containers(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _trouble(status: Mapping[str, Any]) -> Iterator[str]:
    if status.get("phase") == "Failed":
        yield _joined(status.get("reason") or "Failed", status.get("message"))
    for item in status.get("conditions") or ():
        if item.get("type") == "PodScheduled" and item.get("status") == "False":
            yield _joined(item.get("reason") or "not scheduled", item.get("message"))
    for item in _containers(status):
        yield from _of_container(item)


def _of_container(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield why a container waits and how it ended, unless it is just starting or ended well."""
    state = item.get("state") or {}
    waits = (state.get("waiting") or {}).get("reason") or ""
    if waits not in STARTING:
        yield waits
    for ended in (state.get("terminated"), (item.get("lastState") or {}).get("terminated")):
        if ended and ended.get("exitCode") != 0 and not item.get("ready"):
            yield f"{ended.get('reason') or 'ended'} (exit {ended.get('exitCode')})"
        elif ended and ended.get("reason") == "OOMKilled":
            yield f"OOMKilled (exit {ended.get('exitCode')})"


def _joined(reason: str, message: str | None) -> str:
    return f"{reason}: {message}" if message else reason


def ready_replicas(pods: Sequence[tuple[ReportedPod, bool]], nodes: int) -> tuple[int, int]:
    """Return how many replicas are ready, and how many there are. Each pod says whether it leads its replica.

    A replica of several nodes is ready when its leader is and its workers are.
    """
    staying = [(pod, leads) for pod, leads in pods if not pod.terminating and pod.phase not in OVER]
    leaders = [pod for pod, leads in staying if leads]
    ready = sum(pod.ready for pod in leaders)
    if nodes > 1:
        workers = sum(pod.ready for pod, leads in staying if not leads)
        ready = min(ready, workers // (nodes - 1))
    return ready, len(leaders)
