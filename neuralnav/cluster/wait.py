"""How far the rollout of a served model has come, and what it waits for, told from its objects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from neuralnav.cluster.api import Object, Ref
from neuralnav.cluster.pods import POD_LABELS
from neuralnav.model.plain_text import clipped, counted

State = Literal["ready", "waiting", "failing"]
"""`failing`: what it waits for does not come by waiting, as far as can be told."""

LONGEST = 160
"""Characters of a message of the cluster that are told."""

MOST_PODS = 3
"""Pods that are told one by one."""

TEMPLATE_LABELS = ("pod-template-hash", "leaderworkerset.sigs.k8s.io/template-revision-hash")
"""The labels by which pods of the spec before differ from those of the spec now."""

FAILING = frozenset(
    {
        "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "CrashLoopBackOff",
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
    }
)  # fmt: skip
"""Why a container waits where somebody must do something."""

BLOCKED = frozenset({"BlockedByFailedLoad", "InvalidSpec"})
"""Transitions of a model, in KServe's words, that end without it."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a rollout is: ready pods of those wanted, and what keeps it, the worst first.

    `observed` says whether the controller is known to have seen the newest spec.
    """

    state: State
    ready: int
    wanted: int
    said: tuple[str, ...] = ()
    observed: bool = True

    def __str__(self) -> str:
        """Return it as one sentence."""
        pods = f"{self.ready} of {counted(self.wanted, 'pod')} ready"
        return "; ".join((pods, *self.said))


COMPONENT = "llminferenceservice-workload"
"""How KServe labels the pods of an LLMInferenceService; those of its router have another component."""


def pod_selector(ref: Ref) -> str:
    """Return the label selector of the pods that KServe makes for a service."""
    label, fixed = POD_LABELS["InferenceService" if ref.kind.kind == "InferenceService" else "LLMInferenceService"]
    return f"{label}={ref.name},{fixed}"


def is_server(pod: Object) -> bool:
    """Tell whether a pod that a selector found serves the model."""
    component = str((pod["metadata"].get("labels") or {}).get("app.kubernetes.io/component", COMPONENT))
    return component.startswith(COMPONENT)


NODE_COMES = frozenset({"TriggeredScaleUp", "Nominated"})
"""What autoscalers of nodes say of a pod for which they bring a node: Cluster Autoscaler, Karpenter."""


def rollout(
    service: Object | None, pods: Sequence[Object] | None, events: Sequence[Object],
    *, wanted: int, now: datetime, nodes_may_come: bool = False,
) -> Rollout:  # fmt: skip
    """Return the state of a rollout.

    `pods` are all of the service, None where they may not be listed; `events` those of the namespace. `wanted` pods
    make it whole. `now` is the cluster's time as well as it is known. Where `nodes_may_come`, no node is no failure.
    """
    if service is None:
        return Rollout("failing", 0, wanted, ("the object is gone: somebody deleted it",))
    if _ending(service):
        return Rollout("failing", 0, wanted, ("the object is being deleted: somebody deleted it",))
    newest, old = _of_newest_spec([pod for pod in pods or () if not _ending(pod)])
    ready = sum(_condition(pod, "Ready") == "True" for pod in newest)
    told = [said for pod in newest if (said := _pod(pod, events, now, nodes_may_come))]
    observed = _observed(service)
    if _condition(service, "Ready") == "True" and observed is not False and (pods is None or ready >= wanted):
        return Rollout("ready", wanted if pods is None else ready, wanted, (), observed is True)
    failing = [said for bad, said in told if bad] + list(_blocked(service))
    waiting = [said for bad, said in told if not bad]
    if old:
        waiting.append(f"{counted(len(old), 'pod')} of the spec before still there")
    if not newest and not failing:
        waiting.extend(_without_pods(service, events, pods is None))
    elif not waiting and not failing:
        waiting.extend(_conditions(service))
    if observed is False:
        waiting.append("the controller has not seen the newest spec yet")
    state: State = "failing" if failing else "waiting"
    return Rollout(state, ready, wanted, tuple(_few(failing) + _few(waiting)), observed is True)


def _few(said: Sequence[str]) -> list[str]:
    more = [f"and {len(said) - MOST_PODS} more"] if len(said) > MOST_PODS else []
    return [*said[:MOST_PODS], *more]


def _ending(pod: Object) -> bool:
    return bool(pod["metadata"].get("deletionTimestamp"))


def _of_newest_spec(pods: Sequence[Object]) -> tuple[list[Object], list[Object]]:
    """Return the pods of the newest template, by name, and the others: those of the spec before are to go."""
    marks = {pod["metadata"]["name"]: _template(pod) for pod in pods}
    born = sorted(pods, key=lambda pod: (str(pod["metadata"].get("creationTimestamp", "")), pod["metadata"]["name"]))
    if not born:
        return [], []
    newest = marks[born[-1]["metadata"]["name"]]
    by_name = sorted(pods, key=lambda pod: str(pod["metadata"]["name"]))
    mine = [pod for pod in by_name if marks[pod["metadata"]["name"]] == newest]
    return mine, [pod for pod in by_name if marks[pod["metadata"]["name"]] != newest]


def _template(pod: Object) -> str:
    labels = pod["metadata"].get("labels") or {}
    return next((str(labels[key]) for key in TEMPLATE_LABELS if key in labels), "")


def _pod(
    pod: Object,
    events: Sequence[Object],
    now: datetime,
    nodes_may_come: bool,  # noqa: FBT001  # private
) -> tuple[bool, str] | None:
    """Return what a pod waits for, and whether waiting will not bring it; None where it is ready."""
    if _condition(pod, "Ready") == "True":
        return None
    name, status = str(pod["metadata"]["name"]), pod.get("status") or {}
    scheduled = _entry(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        reason, message = scheduled.get("reason", "Unschedulable"), scheduled.get("message", "no node takes it")
        coming = any(event.get("reason") in NODE_COMES for event in _about(name, events))
        more = ", a node is on its way" if coming else ""
        return not (coming or nodes_may_come), f"{name}: {reason}{more}: {clipped(str(message), LONGEST)}"
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if found := _container(name, container):
            return found
    if status.get("phase") == "Failed":
        return True, f"{name}: {status.get('reason') or 'failed'}{_told(status.get('message'))}"
    return False, f"{name}: {_under_way(pod, events, now)}"


def _container(name: str, container: Object) -> tuple[bool, str] | None:
    """Return why a container does not run, where it says so."""
    state = container.get("state") or {}
    waiting, exited = state.get("waiting") or {}, state.get("terminated") or {}
    last = (container.get("lastState") or {}).get("terminated") or {}
    reason = str(waiting.get("reason", ""))
    if reason == "CrashLoopBackOff":
        return True, f"{name}: {reason}, {_exit(last)} ({counted(container.get('restartCount', 0), 'restart')})"
    if reason in FAILING:
        return True, f"{name}: {reason}{_told(waiting.get('message'))}"
    if exited.get("exitCode"):
        return True, f"{name}: {_exit(exited)}{_told(exited.get('message'))}"
    if container.get("restartCount") and last and not container.get("ready"):
        count = counted(container["restartCount"], "restart")
        return False, f"{name}: started again, {_exit(last)} ({count})"
    return None


def _exit(terminated: Object) -> str:
    reason = terminated.get("reason", "")
    why = f" ({reason})" if reason not in ("", "Error", "Completed") else ""
    return f"last exit {terminated.get('exitCode', 'unknown')}{why}"


def _told(message: object) -> str:
    return f": {clipped(str(message).strip(), LONGEST)}" if message else ""


def _under_way(pod: Object, events: Sequence[Object], now: datetime) -> str:
    """Return what a pod that has a node does: pulls its image, or starts."""
    name = pod["metadata"]["name"]
    mine = _about(name, events)
    reasons: Mapping[str, str] = {str(event.get("reason")): _when(event) for event in mine}
    if "Pulling" in reasons and reasons.get("Pulled", "") < reasons["Pulling"]:
        return f"pulling image{_since(reasons['Pulling'], now)}"
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    running = next((item["state"]["running"] for item in statuses if "running" in (item.get("state") or {})), None)
    if running is not None:
        return f"running, not ready yet{_since(str(running.get('startedAt', '')), now)}"
    warning = next((event for event in reversed(mine) if event.get("type") == "Warning"), None)
    if warning is not None:
        return f"{warning.get('reason')}{_told(warning.get('message'))}"
    return "starting"


def _about(name: str, events: Sequence[Object]) -> list[Object]:
    """Return the events about an object, in order of time."""
    return sorted((event for event in events if (event.get("involvedObject") or {}).get("name") == name), key=_when)


def _when(event: Object) -> str:
    times = (event.get("lastTimestamp"), event.get("eventTime"), event.get("firstTimestamp"))
    return str(next((item for item in times if item), ""))


def _since(moment: str, now: datetime) -> str:
    """Return how long ago a moment of the cluster was; nothing where it is not known or lies ahead of `now`."""
    try:
        seconds = (now - datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return ""
    return f" {duration_text(seconds)}" if seconds >= 1 else ""


def duration_text(seconds: float) -> str:
    """Return a time as people say it: 40 s, 12 min, 3 h, 5 days."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _entry(body: Object, kind: str) -> Object:
    """Return a condition of an object; empty where it has none of the kind."""
    conditions: Sequence[Object] = (body.get("status") or {}).get("conditions") or ()
    return next((item for item in conditions if item.get("type") == kind), {})


def _condition(body: Object, kind: str) -> str:
    return str(_entry(body, kind).get("status", ""))


def _observed(service: Object) -> bool | None:
    """Tell whether the controller has seen the newest spec; None where it does not say."""
    seen = (service.get("status") or {}).get("observedGeneration")
    return None if seen is None else bool(seen >= service["metadata"].get("generation", 0))


def _blocked(service: Object) -> Iterator[str]:
    """Yield why KServe has given up on a model."""
    model = (service.get("status") or {}).get("modelStatus") or {}
    if model.get("transitionStatus") in BLOCKED:
        info = model.get("lastFailureInfo") or {}
        code = f", exit {info['exitCode']}" if info.get("exitCode") else ""
        yield f"{model['transitionStatus']}: {info.get('reason', 'no reason given')}{code}{_told(info.get('message'))}"


def _without_pods(service: Object, events: Sequence[Object], unseen: bool) -> Iterator[str]:  # noqa: FBT001  # private
    """Yield what is said of a service that has no pods: its conditions, and the last warning about it."""
    yield "its pods may not be listed" if unseen else "no pods yet"
    yield from _conditions(service)
    name = service["metadata"]["name"]
    warnings = [event for event in _about(name, events) if event.get("type") == "Warning"]
    if warnings:
        yield f"{warnings[-1].get('reason')}{_told(warnings[-1].get('message'))}"


def _conditions(service: Object) -> Iterator[str]:
    """Yield the conditions of a service that do not hold; `Ready` sums up the others: it is told where it is alone."""
    conditions: Sequence[Object] = (service.get("status") or {}).get("conditions") or ()
    false = [item for item in conditions if item.get("status") not in ("True", None) and not item.get("severity")]
    others = [item for item in false if item.get("type") != "Ready"]
    if not conditions:
        yield "the controller has said nothing yet"
    for item in others or false:
        words = f" {item['reason']}" if item.get("reason") else ""
        yield f"{item.get('type')} {'is not known' if item.get('status') == 'Unknown' else 'is not met'}{words}" + (
            _told(item.get("message"))
        )
