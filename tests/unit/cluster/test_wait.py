"""What a rollout waits for, told from its objects."""

from datetime import UTC, datetime
from typing import Any

import pytest

from neuralnav.cluster.api import KINDS, Ref
from neuralnav.cluster.wait import Rollout, duration_text, is_server, pod_selector, rollout

NOW = datetime(2026, 11, 26, 12, 0, 40, tzinfo=UTC)
Body = dict[str, Any]


def service(ready: str = "False", *, generation: int = 2, observed: int | None = 2, **status: Any) -> Body:
    seen = {} if observed is None else {"observedGeneration": observed}
    conditions = status.pop("conditions", [{"type": "Ready", "status": ready}])
    return {
        "metadata": {"name": "chat", "generation": generation},
        "status": {**seen, "conditions": conditions, **status},
    }


def pod(
    name: str, *, ready: bool = False, template: str = "", born: str = "2026-11-26T12:00:00Z", **status: Any
) -> Body:
    conditions = [{"type": "Ready", "status": str(ready)}, *status.pop("conditions", ())]
    labels = {"pod-template-hash": template} if template else {}
    return {
        "metadata": {"name": name, "labels": labels, "creationTimestamp": born},
        "status": {"conditions": conditions, **status},
    }


def container(state: Body, **changes: Any) -> Body:
    return {"containerStatuses": [{"name": "kserve-container", "state": state, "ready": False, **changes}]}


def event(name: str, reason: str, at: str, message: str = "", kind: str = "Normal") -> Body:
    return {"involvedObject": {"name": name}, "reason": reason, "lastTimestamp": at, "message": message, "type": kind}


def told(
    pods: list[Body] | None, events: list[Body] | None = None, found: Body | None = None, **options: Any
) -> Rollout:
    return rollout(found or service(), pods, events or [], wanted=2, now=NOW, **options)


UNSCHEDULABLE = {
    "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
    "message": "0/5 nodes are available: 5 Insufficient nvidia.com/gpu.",
}  # fmt: skip


def test_pods_that_pull_and_pods_without_a_node_are_told_by_name() -> None:
    found = told(
        [
            pod("chat-predictor-a", ready=True),
            pod("chat-predictor-b", conditions=[UNSCHEDULABLE]),
            pod("chat-predictor-c"),
        ],
        [event("chat-predictor-c", "Pulling", "2026-11-26T12:00:00Z")],
    )
    assert found.state == "failing"
    assert str(found) == (
        "1 of 2 pods ready; "
        "chat-predictor-b: Unschedulable: 0/5 nodes are available: 5 Insufficient nvidia.com/gpu.; "
        "chat-predictor-c: pulling image 40 s"
    )


def test_a_node_on_its_way_is_no_failure() -> None:
    alone = [pod("a", conditions=[UNSCHEDULABLE])]
    said = "Unschedulable, a node is on its way: 0/5 nodes are available: 5 Insufficient nvidia.com/gpu."
    coming = told(alone, [event("a", "TriggeredScaleUp", "2026-11-26T12:00:00Z")])
    assert (coming.state, coming.said) == ("waiting", (f"a: {said}",))
    assert told(alone, nodes_may_come=True).state == "waiting"
    assert told(alone).state == "failing"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (container({"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "vllm:0"'}}),
         'a: ImagePullBackOff: Back-off pulling image "vllm:0"'),
        (container({"waiting": {"reason": "CrashLoopBackOff"}}, restartCount=3,
                   lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}}),
         "a: CrashLoopBackOff, last exit 137 (OOMKilled) (3 restarts)"),
        (container({"terminated": {"exitCode": 1, "reason": "Error", "message": "no CUDA device\n"}}),
         "a: last exit 1: no CUDA device"),
        ({"initContainerStatuses": [{"name": "storage", "state": {"waiting": {"reason": "ErrImagePull"}}}]},
         "a: ErrImagePull"),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}, "a: Evicted: low on memory"),
    ],
)  # fmt: skip
def test_what_does_not_mend_itself_is_a_failure(status: Body, said: str) -> None:
    found = told([pod("a", **status)])
    assert (found.state, found.said) == ("failing", (said,))


@pytest.mark.parametrize(
    ("status", "events", "said"),
    [
        ({}, [], "a: starting"),
        ({}, [event("a", "Pulled", "2026-11-26T12:00:00Z"), event("a", "Pulling", "2026-11-26T11:58:00Z")],
         "a: starting"),
        ({}, [event("a", "Pulling", "2026-11-26T12:30:00Z")], "a: pulling image"),
        (container({"running": {"startedAt": "2026-11-26T11:56:40Z"}}), [], "a: running, not ready yet 4 min"),
        (container({"running": {}}, restartCount=1, lastState={"terminated": {"exitCode": 1, "reason": "Error"}}), [],
         "a: started again, last exit 1 (1 restart)"),
        (container({"running": {}}, ready=True, restartCount=1, lastState={"terminated": {"exitCode": 1}}), [],
         "a: running, not ready yet"),
        ({}, [event("b", "FailedMount", "2026-11-26T12:00:00Z", "of another", "Warning")], "a: starting"),
        ({}, [event("a", "Later", "2026-11-26T12:00:09Z", "m", "Warning"),
              event("a", "Sooner", "2026-11-26T12:00:00Z", "m", "Warning")], "a: Later: m"),
        ({}, [event("a", "FailedMount", "2026-11-26T12:00:00Z", 'secret "hf" not found', "Warning")],
         'a: FailedMount: secret "hf" not found'),
    ],
)  # fmt: skip
def test_what_is_under_way(status: Body, events: list[Body], said: str) -> None:
    found = told([pod("a", **status)], events)
    assert (found.state, found.said) == ("waiting", (said,))


def test_a_service_is_ready_when_its_condition_and_every_pod_are() -> None:
    both = [pod("a", ready=True), pod("b", ready=True)]
    assert told(both, found=service("True")) == Rollout("ready", 2, 2)
    assert told(both[:1], found=service("True")).state == "waiting"
    assert told(None, found=service("True")) == Rollout("ready", 2, 2)


def test_a_condition_of_an_earlier_spec_is_not_believed() -> None:
    both = [pod("a", ready=True), pod("b", ready=True)]
    found = told(both, found=service("True", observed=1))
    assert (found.state, found.said) == ("waiting", ("the controller has not seen the newest spec yet",))
    unsaid = told(both, found=service("True", observed=None))
    assert (unsaid.state, unsaid.observed) == ("ready", False)


def test_pods_of_the_spec_before_do_not_count() -> None:
    old = [pod(name, ready=True, template="old", born="2026-11-25T00:00:00Z") for name in "ab"]
    found = told([*old, pod("c", ready=True, template="new")], found=service("True"))
    assert (found.state, str(found)) == ("waiting", "1 of 2 pods ready; 2 pods of the spec before still there")


def test_a_pod_on_its_way_out_does_not_count() -> None:
    gone = pod("a", ready=True)
    gone["metadata"]["deletionTimestamp"] = "2026-11-26T12:00:00Z"
    assert told([gone, pod("b", ready=True)], found=service("True")).ready == 1


def test_without_pods_the_service_is_asked_why() -> None:
    conditions = [
        {"type": "PredictorReady", "status": "Unknown", "reason": "Reconciling"},
        {"type": "IngressReady", "status": "False", "message": "no gateway"},
        {"type": "Ready", "status": "False"},
    ]
    events = [event("chat", "InternalError", "2026-11-26T12:00:00Z", "fails to reconcile predictor", "Warning")]
    assert told([], events, service(conditions=conditions)).said == (
        "no pods yet", "PredictorReady is not known Reconciling", "IngressReady is not met: no gateway", "and 1 more",
    )  # fmt: skip
    assert told([], events, service(conditions=[])).said == (
        "no pods yet", "the controller has said nothing yet", "InternalError: fails to reconcile predictor",
    )  # fmt: skip
    assert told(None, found=service(conditions=[])).said[0] == "its pods may not be listed"


def test_pods_that_are_ready_before_their_service_leave_its_conditions_to_be_told() -> None:
    only_info = {"type": "LatestDeploymentReady", "status": "False", "severity": "Info"}
    ready = {"type": "Ready", "status": "False", "reason": "NoRoute"}
    both = [pod("a", ready=True), pod("b", ready=True)]
    found = told(both, found=service(conditions=[only_info, ready]))
    assert found == Rollout("waiting", 2, 2, ("Ready is not met NoRoute",))
    assert not told(both, found=service(conditions=[ready], observed=None)).observed


def test_a_model_that_kserve_gave_up_on_is_a_failure() -> None:
    status = {
        "transitionStatus": "BlockedByFailedLoad",
        "lastFailureInfo": {"reason": "ModelLoadFailed", "exitCode": 1, "message": "no such repository"},
    }
    found = told([], found=service(modelStatus=status))
    assert (found.state, found.said) == (
        "failing", ("BlockedByFailedLoad: ModelLoadFailed, exit 1: no such repository",),
    )  # fmt: skip


def test_an_object_that_somebody_deleted_is_a_failure() -> None:
    found = rollout(None, [], [], wanted=1, now=NOW)
    assert str(found) == "0 of 1 pod ready; the object is gone: somebody deleted it"


def test_an_object_that_is_on_its_way_out_is_not_ready() -> None:
    going = service("True")
    going["metadata"]["deletionTimestamp"] = "2026-11-26T12:00:00Z"
    found = told([pod("p0", ready=True), pod("p1", ready=True)], found=going)
    assert str(found) == "0 of 2 pods ready; the object is being deleted: somebody deleted it"


def test_many_pods_are_told_as_a_few() -> None:
    found = told([pod(f"p{index}") for index in range(9)])
    assert found.said == ("p0: starting", "p1: starting", "p2: starting", "and 6 more")


def test_pods_of_a_service_are_selected_by_its_kind() -> None:
    assert pod_selector(Ref(KINDS["InferenceService"], "llm", "chat")) == (
        "serving.kserve.io/inferenceservice=chat,component=predictor"
    )
    assert pod_selector(Ref(KINDS["LLMInferenceService"], "llm", "chat")) == (
        "app.kubernetes.io/name=chat,app.kubernetes.io/part-of=llminferenceservice"
    )
    router = {"metadata": {"labels": {"app.kubernetes.io/component": "llminferenceservice-router-scheduler"}}}
    worker = {"metadata": {"labels": {"app.kubernetes.io/component": "llminferenceservice-workload-worker"}}}
    bare: Body = {"metadata": {}}
    assert [is_server(item) for item in (router, worker, bare)] == [False, True, True]


def test_times_as_people_say_them() -> None:
    assert [duration_text(item) for item in (0.4, 119, 120, 7199, 7200)] == ["0 s", "119 s", "2 min", "120 min", "2 h"]
    assert [duration_text(item) for item in (172_799, 3_078_218)] == ["48 h", "36 days"]
