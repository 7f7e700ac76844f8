"""How a workload stands, from the objects of a cluster: every state, and what is not as the lock says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from neuralnav.cluster.pods import pod_of
from neuralnav.cluster.status import Seen, Unread, status_of
from neuralnav.files.deployments import Deployed, read_deployed
from neuralnav.files.places import find_workload
from neuralnav.model.lock import Replicas
from neuralnav.model.status_report import ReportedAccelerators, ReportedReplicas, WorkloadStatus

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FORBIDDEN = Unread("forbidden", "tester may not list pods in namespace llm-prod")
H100 = "NVIDIA-H100-80GB-HBM3"
NODES = {"gpu-1": {"nvidia.com/gpu.product": H100}, "gpu-2": {"nvidia.com/gpu.product": H100}}


def locked(name: str = "support-chat") -> Deployed:
    return read_deployed(find_workload(str(ROOT / "examples" / name)))


def scaled() -> Deployed:
    """The example with an autoscaler."""
    found = locked()
    plan = found.deployment
    scaling = plan.scaling.model_copy(update={"autoscaler": "keda"})
    changed = {"scaling": scaling, "replicas": Replicas(min=1, planned=2, max=4)}
    return replace(found, deployment=plan.model_copy(update=changed))


def service(*, ready: str = "True", since: str = "2026-11-26T11:59:00Z", **more: Any) -> dict[str, Any]:
    """A service as it is planned; `more` goes over its status."""
    return {
        "metadata": {
            "name": "support-chat", "namespace": "llm-prod", "generation": 2,
            "annotations": {"neuralnav.dev/candidate": "gpt-oss-20b/fp4/h100/tp1"},
            "managedFields": [{"manager": "neuralnav", "operation": "Apply"}],
        },
        "spec": {"predictor": {"minReplicas": 2, "maxReplicas": 2}},
        "status": {
            "observedGeneration": 2, "url": "http://support-chat.example.com",
            "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": since}], **more,
        },
    }  # fmt: skip


def pod(number: int = 1, *, ready: bool = True, node: str = "", gpus: int = 1, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": f"support-chat-predictor-{number}", "namespace": "llm-prod"},
        "spec": {
            "nodeName": node or f"gpu-{number}",
            "containers": [{"resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}],
        },
        "status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True" if ready else "False"}], **status,
        },
    }  # fmt: skip


def crashing(number: int = 2) -> dict[str, Any]:
    waits = {"restartCount": 7, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
             "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}  # fmt: skip
    return pod(number, ready=False, containerStatuses=[waits])


def seen(found: Any = None, *pods: dict[str, Any]) -> Seen:
    return Seen(service=found, pods=list(pods), events=[], nodes=NODES)


def stands(found: Seen, plan: Deployed | None = None) -> WorkloadStatus:
    return status_of(plan or locked(), found, NOW)


def told(found: WorkloadStatus) -> tuple[str, str, bool, tuple[str, ...]]:
    return found.state, found.why, found.as_planned, found.deviations


def test_as_planned() -> None:
    found = stands(seen(service(), pod(1), pod(2)))
    assert told(found) == ("ready", "", True, ())
    planned = Replicas(min=2, planned=2, max=2)
    assert found.replicas == ReportedReplicas(ready=2, running=2, low=2, high=2, planned=planned)
    assert found.accelerators == ReportedAccelerators(
        resource="nvidia.com/gpu", allocated=2, planned=2, products={H100: 2}, planned_product=H100
    )
    assert (found.owner, found.url) == ("neuralnav", "http://support-chat.example.com")
    assert found.unread == ()


STATES: Mapping[str, tuple[Seen, tuple[str, str]]] = {
    "nothing there": (
        seen(None), ("missing", "there is no InferenceService support-chat in llm-prod"),
    ),
    "no KServe": (
        seen(Unread("no-kind", "x")),
        ("missing", "the cluster knows no InferenceService: KServe is not installed, or does not serve this version"),
    ),
    "no namespace": (seen(Unread("no-namespace", "x")), ("missing", "there is no namespace llm-prod")),
    "forbidden": (seen(Unread("forbidden", "tester may not")), ("unknown", "tester may not")),
    "down": (seen(Unread("unreachable", "connection refused")), ("unreachable", "connection refused")),
    "somebody else's": (
        seen({"metadata": {"name": "support-chat", "managedFields": [{"manager": "helm", "operation": "Update"}]}}),
        ("not-ours", "an InferenceService of that name is there, by helm, and was not made of a lock"),
    ),
    "not looked at": (
        seen({**service(), "status": {}}), ("progressing", "its controller has not said anything of it yet"),
    ),
    "not taken up": (
        seen(service(observedGeneration=1)), ("progressing", "its controller has not taken up the last change yet"),
    ),
    "being deleted": (
        seen({**service(), "metadata": {**service()["metadata"], "deletionTimestamp": "2026-11-26T11:59:00Z"}}),
        ("progressing", "it is being deleted"),
    ),
    "starting": (
        seen(service(conditions=[
            {"type": "PredictorReady", "status": "False", "reason": "MinimumReplicasUnavailable"},
            {"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-26T11:59:00Z"},
        ]), pod(1, ready=False)),
        ("progressing", "PredictorReady is False: MinimumReplicasUnavailable"),
    ),
    "starting for too long": (
        seen(service(ready="False", since="2026-11-26T11:42:00Z")), ("degraded", "Ready is False"),
    ),
    "load failed": (
        seen(service(ready="False", modelStatus={
            "transitionStatus": "BlockedByFailedLoad",
            "lastFailureInfo": {"reason": "ModelLoadFailed", "message": "no such file"},
        })),
        ("degraded", "ModelLoadFailed: no such file"),
    ),
    "stopped": (
        seen(service(conditions=[{"type": "Stopped", "status": "True"}, {"type": "Ready", "status": "False"}])),
        ("degraded", "it is stopped, by the annotation serving.kserve.io/stop"),
    ),
    "starting, and nobody stopped it": (
        seen(service(conditions=[
            {"type": "Stopped", "status": "False"},
            {"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-26T11:59:00Z"},
        ])),
        ("progressing", "Ready is False"),
    ),
    "a pod short": (seen(service(), pod(1)), ("progressing", "1 of 2 replicas ready")),
    "a pod crashes": (
        seen(service(), pod(1), crashing()),
        ("degraded", "1 of 2 replicas ready: support-chat-predictor-2 CrashLoopBackOff, OOMKilled (exit 137)"),
    ),
    "a pod crashes beside enough": (
        seen(service(), pod(1), pod(2), crashing(3)),
        ("degraded", "support-chat-predictor-3 CrashLoopBackOff, OOMKilled (exit 137)"),
    ),
    "no node": (
        seen(service(ready="False"), pod(1, ready=False, conditions=[
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}])),
        ("degraded", "support-chat-predictor-1 Unschedulable: 0/3 nodes"),
    ),
    "evicted and replaced": (
        seen(service(), pod(1), pod(2), pod(3, ready=False, phase="Failed", reason="Evicted")), ("ready", ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATES)
def test_state(case: str) -> None:
    given, expected = STATES[case]
    found = stands(given)
    assert (found.state, found.why) == expected


def test_what_may_not_be_read_is_unknown() -> None:
    found = stands(Seen(service(), FORBIDDEN, Unread("forbidden", "no events"), {}))
    assert told(found) == ("ready", "", True, ())
    assert (found.replicas.ready, found.replicas.running, found.pods, found.events) == (None, None, None, None)
    assert (found.accelerators.allocated, found.accelerators.products) == (None, None)
    assert found.unread == ("pods: tester may not list pods in namespace llm-prod", "events: no events")


def test_nodes_that_may_not_be_read_leave_the_product_unknown() -> None:
    found = stands(Seen(service(), [pod(1), pod(2)], [], Unread("forbidden", "no nodes")))
    assert told(found) == ("ready", "", True, ())
    assert (found.accelerators.allocated, found.accelerators.products) == (2, None)


def test_an_older_candidate_is_not_deployed_yet_and_nothing_else() -> None:
    older = service()
    older["metadata"]["annotations"]["neuralnav.dev/candidate"] = "qwen3-8b/fp8/l4/tp2"
    older["spec"]["predictor"] = {"minReplicas": 5, "maxReplicas": 5}
    found = stands(seen(older, *(pod(number, gpus=2) for number in range(1, 6))))
    said = "not deployed yet: qwen3-8b/fp8/l4/tp2 runs, the lock chose gpt-oss-20b/fp4/h100/tp1"
    assert told(found) == ("ready", "", False, (said,))


def test_other_replicas_accelerators_and_nodes_are_not_as_planned() -> None:
    other = service()
    other["spec"]["predictor"]["maxReplicas"] = 6
    nodes: dict[str, dict[str, str]] = {"gpu-1": {"nvidia.com/gpu.product": "NVIDIA-L4"}, "gpu-2": {}}
    found = stands(Seen(other, [pod(1, gpus=2), pod(2)], [], nodes))
    assert told(found) == ("ready", "", False, (
        "asks for 2 to 6 replicas, planned 2 replicas",
        "support-chat-predictor-1 asks for 2 nvidia.com/gpu, planned 1",
        "runs on NVIDIA-L4, a node without nvidia.com/gpu.product, planned NVIDIA-H100-80GB-HBM3",
    ))  # fmt: skip
    assert (found.accelerators.allocated, found.accelerators.products) == (3, {"NVIDIA-L4": 2, "": 1})


def test_a_service_that_names_no_candidate_is_not_as_planned() -> None:
    unnamed = service()
    del unnamed["metadata"]["annotations"]
    assert told(stands(seen(unnamed, pod(1), pod(2)))) == (
        "ready", "", False, ("it does not say which candidate it is of",),
    )  # fmt: skip


def test_an_autoscaler_runs_as_many_as_it_likes_within_its_bounds() -> None:
    given = service()
    given["spec"]["predictor"] = {"minReplicas": 1, "maxReplicas": 4}
    found = stands(seen(given, pod(1), pod(2), pod(3, node="gpu-1")), scaled())
    assert told(found) == ("ready", "", True, ())
    assert (found.replicas.low, found.replicas.high, found.accelerators.planned) == (1, 4, 3)


def test_gitops_is_told() -> None:
    given = service()
    given["metadata"]["managedFields"] = [{"manager": "kustomize-controller", "operation": "Apply"}]
    given["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "neuralnav"}
    found = stands(seen(given, pod(1), pod(2)))
    assert (found.state, found.owner, found.gitops) == ("ready", "kustomize-controller", "Flux")


def spanning(*, ready_workers: int) -> list[dict[str, Any]]:
    """The pods of a replica of two nodes."""
    found = []
    for number, part in enumerate(("leader", "worker"), 1):
        one = pod(number, ready=part == "leader" or ready_workers > 0, gpus=8)
        one["metadata"]["labels"] = {"app.kubernetes.io/component": f"llminferenceservice-workload-{part}"}
        found.append(one)
    return found


@pytest.mark.parametrize("workers", [0, 1])
def test_a_replica_of_two_nodes_is_ready_when_both_are(workers: int) -> None:
    plan = locked("frontier-research")
    count = plan.deployment.replicas.planned
    given = service()
    given["metadata"]["annotations"]["neuralnav.dev/candidate"] = plan.candidate
    given["spec"] = {"replicas": count}
    found = stands(seen(given, *spanning(ready_workers=workers)), plan)
    assert (found.replicas.ready, found.replicas.running, found.replicas.low) == (workers, 1, count)
    assert found.accelerators.allocated == 16


def test_a_service_that_spans_nodes_says_how_many_are_ready_where_pods_may_not_be_read() -> None:
    given = service(workloads={"primary": {"readyReplicas": 3}})
    found = stands(Seen(given, FORBIDDEN, [], {}), locked("frontier-research"))
    assert found.replicas.ready == 3


def test_a_pod_is_read_whole_or_as_empty_as_it_is() -> None:
    body = {
        "metadata": {"name": "a", "deletionTimestamp": "2026-11-26T12:00:00Z"},
        "spec": {"containers": [{"resources": {"limits": {"nvidia.com/gpu": "2"}}}, {}]},
        "status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "initContainerStatuses": [{"restartCount": 1}], "containerStatuses": [{"restartCount": 2}, {}],
        },
    }  # fmt: skip
    found = pod_of(body, "nvidia.com/gpu")
    assert (found.ready, found.terminating, found.restarts, found.accelerators) == (False, True, 3, 2)
    bare = pod_of({"metadata": {"name": "a"}}, "nvidia.com/gpu")
    assert (bare.phase, bare.node, bare.restarts, bare.accelerators) == ("Unknown", "", 0, 0)
    assert pod_of(body, "").accelerators == 0
