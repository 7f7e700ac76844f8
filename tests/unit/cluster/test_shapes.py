"""Objects with fields of other types than they should be: nothing of it breaks a verb, and nothing is made of it."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import ROOT

from neuralnav.cli.status_text import status_markdown, status_text
from neuralnav.cluster.accelerators import fit, need_of
from neuralnav.cluster.api import KINDS, Object
from neuralnav.cluster.reading import _by_service, _labels, _name
from neuralnav.cluster.remove import removals
from neuralnav.cluster.shapes import is_object, shaped
from neuralnav.cluster.status import Seen, status_of
from neuralnav.cluster.wait import rollout
from neuralnav.cluster.warnings import events_by_service
from neuralnav.files.deployments import read_deployed
from neuralnav.files.places import find_workload
from neuralnav.model.status_report import StatusReport

PLAN = read_deployed(find_workload(str(ROOT / "examples" / "support-chat")))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WHEN = "2026-11-26T11:59:00Z"
NAME, SPACE = PLAN.deployment.name, PLAN.deployment.namespace
ENDED = {"exitCode": 137, "reason": "OOMKilled", "message": "m"}
WHOLE: dict[str, Object] = {
    "InferenceService": {
        "metadata": {
            "name": NAME, "namespace": SPACE, "generation": 2, "finalizers": ["a/b"], "uid": "u",
            "labels": {"app.kubernetes.io/managed-by": "neuralnav"}, "annotations": {"neuralnav.dev/candidate": "x"},
            "managedFields": [{"manager": "neuralnav", "operation": "Apply"}],
        },
        "spec": {"predictor": {"minReplicas": 2, "maxReplicas": 3}},
        "status": {
            "observedGeneration": 2, "url": "http://chat",
            "conditions": [
                {"type": "Ready", "status": "False", "reason": "r", "message": "m", "lastTransitionTime": WHEN}
            ],
            "modelStatus": {"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": ENDED},
        },
    },
    "Pod": {
        "metadata": {
            "name": "p", "namespace": SPACE, "creationTimestamp": WHEN,
            "labels": {"serving.kserve.io/inferenceservice": NAME, "component": "predictor"},
        },
        "spec": {"nodeName": "n", "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "m"}],
            "containerStatuses": [
                {"restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": ENDED}},
                {"state": {"running": {"startedAt": WHEN}}},
            ],
        },
    },
    "Event": {
        "metadata": {"name": "e", "namespace": SPACE}, "type": "Warning", "reason": "BackOff", "message": "m",
        "count": 3, "lastTimestamp": WHEN, "series": {"count": 3, "lastObservedTime": WHEN},
        "involvedObject": {"kind": "Pod", "name": f"{NAME}-predictor-1", "namespace": SPACE},
    },
    "Node": {
        "metadata": {"name": "n", "labels": {"nvidia.com/gpu.product": "x"}},
        "status": {"allocatable": {"nvidia.com/gpu": "8"}},
    },
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, -1, 1.5, True, "x", "2026-01-01T00:00:00", [], [None], [{}], {"a": None}, "9" * 5000, 10**400, "\ud800",
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def told(objects: dict[str, Object]) -> None:
    """Do with objects of a cluster all that verbs do."""
    service, pod, event, node = (shaped(objects[kind], kind) for kind in WHOLE)
    pods = _by_service([pod], "InferenceService").get(NAME, [])
    events = events_by_service([event], [PLAN.deployment])[NAME]
    status = status_of(PLAN, Seen(service, pods, events, {_name(node): _labels(node)}), NOW)
    report = StatusReport(context="c", server="s", exit_code=0, workloads=(status,), problems=())
    texts = (status_text(report, NOW), status_markdown(report, NOW), report.model_dump_json(),
             str(rollout(service, [pod], [event], wanted=2, now=NOW)))  # fmt: skip
    for text in texts:
        text.encode()
    need = need_of(PLAN.deployment)
    assert need is not None
    fit(need, [node])
    removals([(KINDS["InferenceService"], service)])


@pytest.mark.parametrize("kind", WHOLE)
def test_no_field_of_another_type_breaks_anything(kind: str) -> None:
    told(copy.deepcopy(WHOLE))
    for number, path in enumerate(places(WHOLE[kind])):
        for odd in ODD[number % 3 :: 3]:
            objects = copy.deepcopy(WHOLE)
            *inner, last = path
            place: Any = objects[kind]
            for key in inner:
                place = place[key]
            place[last] = copy.deepcopy(odd)
            if is_object(objects[kind]):
                told(objects)


def test_what_means_the_same_is_kept_and_the_rest_is_unknown() -> None:
    status = {
        "observedGeneration": "2", "url": 7, "extra": [1],
        "conditions": ["x", None, {"type": "Ready", "status": True, "message": {"a": 1}}],
    }  # fmt: skip
    found = shaped({"metadata": {"name": "a", "labels": {"n": 1, "o": []}}, "status": status}, "InferenceService")
    assert found == {
        "metadata": {"name": "a", "labels": {"n": "1"}},
        "status": {"observedGeneration": 2, "url": "7", "extra": [1], "conditions": [
            {"type": "Ready", "status": "True"}]},
    }  # fmt: skip


def test_what_is_right_stays_as_it_is() -> None:
    for kind, item in WHOLE.items():
        before = json.dumps(item)
        assert json.dumps(shaped(copy.deepcopy(item), kind)) == before
