"""How a workload stands: the objects of a cluster to a state, against what the lock says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from neuralnav.cluster.api import Cause, Object
from neuralnav.cluster.owners import applier_of, gitops_owner, is_ours
from neuralnav.cluster.pods import OVER, is_true, pod_of, ready_replicas
from neuralnav.cluster.warnings import warnings_of
from neuralnav.files.deployments import Deployed
from neuralnav.model.lock import Deployment, Replicas
from neuralnav.model.status_report import (
    ReportedAccelerators,
    ReportedCondition,
    ReportedPod,
    ReportedReplicas,
    State,
    WorkloadStatus,
)

CANDIDATE = "neuralnav.dev/candidate"
"""The annotation that says which candidate an object deploys."""

WORKER = "-worker"
"""How the component of a pod ends that works for another of its replica."""

GRACE = timedelta(minutes=10)
"""How much longer than the plan's start-up a service may take: nodes are added, images and weights are loaded."""

STOPPED = "Stopped"
"""The condition of KServe that is False when all is well: nobody has stopped the service."""

FAILED_LOADS = ("BlockedByFailedLoad", "InvalidSpec")
"""What KServe says of a model that will not come up by waiting."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read, and why."""

    cause: Cause
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cluster shows of one workload.

    `service` is None where there is none. `nodes` are the labels of nodes by their name.
    """

    service: Object | Unread | None
    pods: Sequence[Object] | Unread
    events: Sequence[Object] | Unread
    nodes: Mapping[str, Mapping[str, str]] | Unread


def status_of(deployed: Deployed, seen: Seen, now: datetime) -> WorkloadStatus:
    """Return how a workload stands. What was not read is null, never zero."""
    plan = deployed.deployment
    service = seen.service if isinstance(seen.service, dict) else {}
    unread = isinstance(seen.pods, Unread)
    pods = [] if isinstance(seen.pods, Unread) else [(pod_of(pod, _resource(plan)), _leads(pod)) for pod in seen.pods]
    replicas = _replicas(plan, service, None if unread else ready_replicas(pods, _nodes(plan)))
    accelerators = _accelerators(plan, replicas, None if unread else [pod for pod, _ in pods], seen.nodes)
    state, why = _state(deployed, seen.service, replicas, [pod for pod, _ in pods], now)
    found = WorkloadStatus(
        workload=plan.name,
        path=deployed.place.shown,
        namespace=plan.namespace,
        target=plan.target,
        state=state,
        why=why,
        as_planned=False,
        candidate=deployed.candidate,
        live_candidate=_annotation(service, CANDIDATE),
        owner=applier_of(service),
        gitops=gitops_owner(service),
        url=str(_status(service).get("url") or ""),
        replicas=replicas,
        accelerators=accelerators,
        conditions=_conditions(service),
        pods=None if unread else tuple(pod for pod, _ in pods),
        events=None if isinstance(seen.events, Unread) else warnings_of(seen.events),
        unread=tuple(_unread(seen)),
    )
    if state in ("missing", "not-ours", "unknown", "unreachable"):
        return found
    deviations = _deviations(found, plan)
    return found.model_copy(update={"deviations": tuple(deviations), "as_planned": not deviations})


def is_deployed(status: WorkloadStatus) -> bool:
    """Tell whether what runs is of the candidate that the lock chose, be it well or not."""
    return status.live_candidate == status.candidate


def _state(
    deployed: Deployed, service: Object | Unread | None, replicas: ReportedReplicas, pods: Sequence[ReportedPod],
    now: datetime,
) -> tuple[State, str]:  # fmt: skip
    plan = deployed.deployment
    if isinstance(service, Unread):
        return _unread_state(plan, service)
    if service is None:
        return "missing", f"there is no {plan.target} {plan.name} in {plan.namespace}"
    if not is_ours(service):
        by = applier_of(service)
        return (
            "not-ours",
            f"an {plan.target} of that name is there{f', by {by}' if by else ''}, and was not made of a lock",
        )
    if "deletionTimestamp" in service["metadata"]:
        return "progressing", "it is being deleted"
    generation = service["metadata"].get("generation")
    if (_status(service).get("observedGeneration") or generation) != generation:
        return "progressing", "its controller has not taken up the last change yet"
    broken = [pod for pod in pods if pod.trouble and not pod.ready and not pod.terminating and pod.phase not in OVER]
    reason = f"{broken[0].name} {', '.join(broken[0].trouble)}" if broken else ""
    if is_true(_status(service).get("conditions"), "Ready"):
        short = _short(replicas)
        if broken:
            return "degraded", f"{short}: {reason}" if short else reason
        return ("progressing", short) if short else ("ready", "")
    if reason:
        return "degraded", reason
    return _not_ready(plan, service, now)


def _not_ready(plan: Deployment, service: Object, now: datetime) -> tuple[State, str]:
    """Return whether a service that is not ready is on its way: no pod of it says what is wrong."""
    model = _status(service).get("modelStatus") or {}
    if model.get("transitionStatus") in FAILED_LOADS:
        failure = model.get("lastFailureInfo") or {}
        return "degraded", _sentence(failure.get("reason") or model["transitionStatus"], failure.get("message"))
    conditions = {item.type: item for item in _conditions(service)}
    if STOPPED in conditions and conditions[STOPPED].status == "True":
        return "degraded", "it is stopped, by the annotation serving.kserve.io/stop"
    ready = conditions.get("Ready")
    if ready is None:
        return "progressing", "its controller has not said anything of it yet"
    others = [item for item in conditions.values() if item.status == "False" and item.type not in ("Ready", STOPPED)]
    told = ready if ready.reason or ready.message or not others else others[0]
    why = _sentence(f"{told.type} is {told.status}", told.reason, told.message)
    since = time_of(ready.since)
    if since is not None and now - since > timedelta(seconds=plan.startup_seconds) + GRACE:
        return "degraded", why
    return "progressing", why


def _unread_state(plan: Deployment, unread: Unread) -> tuple[State, str]:
    match unread.cause:
        case "no-kind":
            return (
                "missing",
                f"the cluster knows no {plan.target}: KServe is not installed, or does not serve this version",
            )
        case "no-namespace":
            return "missing", f"there is no namespace {plan.namespace}"
        case "unreachable" | "busy":
            return "unreachable", unread.message
        case "unauthorized" | "forbidden" | "conflict" | "invalid" | "gone" | "other":
            return "unknown", unread.message
    assert_never(unread.cause)


def _replicas(plan: Deployment, service: Object, counted: tuple[int, int] | None) -> ReportedReplicas:
    low, high = _asked(plan, service) if service else (None, None)
    ready, running = counted or (None, None)
    if ready is None and plan.target == "LLMInferenceService":
        primary = ((_status(service).get("workloads") or {}).get("primary")) or {}
        ready = primary.get("readyReplicas")
    return ReportedReplicas(ready=ready, running=running, low=low, high=high, planned=plan.replicas)


def _asked(plan: Deployment, service: Object) -> tuple[int | None, int | None]:
    """Return the least and the most replicas that a live object asks for; a service without either has one."""
    spec = service.get("spec") or {}
    if plan.target == "InferenceService":
        spec = spec.get("predictor") or {}
        low = _whole(spec.get("minReplicas", 1))
        return low, _whole(spec.get("maxReplicas")) or low
    scaling = spec.get("scaling")
    if scaling is not None:
        low = _whole(scaling.get("minReplicas", 1))
        return low, _whole(scaling.get("maxReplicas")) or low
    low = _whole(spec.get("replicas", 1))
    return low, low


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _accelerators(
    plan: Deployment, replicas: ReportedReplicas, pods: Sequence[ReportedPod] | None,
    nodes: Mapping[str, Mapping[str, str]] | Unread,
) -> ReportedAccelerators:  # fmt: skip
    resource = _resource(plan)
    asked = bounds(plan)
    count = plan.replicas.planned
    if asked.min < asked.max and replicas.running is not None:
        count = min(max(replicas.running, asked.min), asked.max)
    held = None if pods is None else [pod for pod in pods if pod.node and pod.phase not in OVER]
    products: dict[str, int] | None = None
    if held is not None and not isinstance(nodes, Unread):
        products = {}
        for pod in (pod for pod in held if pod.accelerators and pod.node in nodes):
            product = nodes[pod.node].get(plan.node_label_key, "")
            products[product] = products.get(product, 0) + pod.accelerators
    return ReportedAccelerators(
        resource=resource,
        allocated=None if held is None else sum(pod.accelerators for pod in held),
        planned=count * plan.gpus_per_replica if resource else 0,
        products=products,
        planned_product=plan.node_label_value if resource else "",
    )


def bounds(plan: Deployment) -> Replicas:
    """Return the replicas that the manifests ask for: without an autoscaler just the planned ones."""
    if plan.scaling.autoscaler != "none":
        return plan.replicas
    return Replicas(min=plan.replicas.planned, planned=plan.replicas.planned, max=plan.replicas.planned)


def _deviations(found: WorkloadStatus, plan: Deployment) -> list[str]:
    """Return what is not as the lock says. Where another candidate runs that is all there is to say: it differs."""
    if not found.live_candidate:
        return ["it does not say which candidate it is of"]
    if not is_deployed(found):
        return [f"not deployed yet: {found.live_candidate} runs, the lock chose {found.candidate}"]
    said = list[str]()
    asked, replicas = bounds(plan), found.replicas
    if (replicas.low, replicas.high) != (asked.min, asked.max):
        live, planned = _range(replicas.low, replicas.high), _range(asked.min, asked.max)
        said.append(f"asks for {live}, planned {planned}")
    said.extend(_wrong_accelerators(found, plan))
    return said


def _wrong_accelerators(found: WorkloadStatus, plan: Deployment) -> list[str]:
    accelerators, said = found.accelerators, list[str]()
    wanted = plan.tensor_parallel if accelerators.resource else 0
    for pod in found.pods or ():
        if pod.accelerators != wanted and pod.phase not in OVER and not pod.terminating:
            said.append(f"{pod.name} asks for {pod.accelerators} {plan.resource_name}, planned {wanted}")
            break
    strange = [name for name in accelerators.products or {} if name != accelerators.planned_product]
    if accelerators.planned_product and strange:
        named = ", ".join(sorted(name or f"a node without {plan.node_label_key}" for name in strange))
        said.append(f"runs on {named}, planned {accelerators.planned_product}")
    return said


def _range(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return "an unknown number of replicas"
    if low == high:
        return f"{low} replica{'' if low == 1 else 's'}"
    return f"{low} to {high} replicas"


def _short(replicas: ReportedReplicas) -> str:
    """Return what is said where fewer replicas are ready than the live object asks for; empty where enough are."""
    if replicas.ready is None or replicas.low is None or replicas.ready >= replicas.low:
        return ""
    return f"{replicas.ready} of {replicas.low} replicas ready"


def _unread(seen: Seen) -> list[str]:
    parts: list[tuple[str, object]] = [("pods", seen.pods), ("events", seen.events), ("nodes", seen.nodes)]
    if isinstance(seen.service, Unread):
        return []
    return [f"{name}: {part.message}" for name, part in parts if isinstance(part, Unread)]


def _conditions(service: Object) -> tuple[ReportedCondition, ...]:
    return tuple(
        ReportedCondition(
            type=str(item.get("type") or ""),
            status=str(item.get("status") or "Unknown"),
            reason=str(item.get("reason") or ""),
            message=" ".join(str(item.get("message") or "").split()),
            since=str(item.get("lastTransitionTime") or ""),
        )
        for item in _status(service).get("conditions") or ()
    )


def _leads(pod: Object) -> bool:
    """Tell whether a pod leads its replica: the only one, or the one that the workers of others answer to."""
    labels = pod["metadata"].get("labels") or {}
    return not str(labels.get("app.kubernetes.io/component") or "").endswith(WORKER)


def _resource(plan: Deployment) -> str:
    return "" if plan.mode == "simulator" else plan.resource_name


def _nodes(plan: Deployment) -> int:
    return 1 if plan.mode == "simulator" or plan.target == "InferenceService" else plan.pipeline_parallel


def _status(service: Object) -> dict[str, Any]:
    return service.get("status") or {}


def _annotation(service: Object, key: str) -> str:
    annotations = service.get("metadata", {}).get("annotations") or {}
    return str(annotations.get(key) or "")


def _sentence(what: str, *more: str | None) -> str:
    said = [part for part in more if part]
    return f"{what}: {': '.join(said)}" if said else what


def time_of(text: str) -> datetime | None:
    """Return a time as Kubernetes writes it, in UTC where it does not say; None where there is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or UTC)
    except ValueError:
        return None
