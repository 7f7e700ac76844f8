"""Whose a warning is, and which say the same."""

from pathlib import Path
from typing import Any

import pytest

from neuralnav.cluster.warnings import events_by_service, seen_last, warnings_of
from neuralnav.files.deployments import read_deployed
from neuralnav.files.places import find_workload
from neuralnav.model.lock import Deployment
from neuralnav.model.status_report import ReportedEvent

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def service(name: str, example: str = "support-chat") -> Deployment:
    plan = read_deployed(find_workload(str(EXAMPLES / example))).deployment
    return plan.model_copy(update={"name": name})


SERVICES = [service("chat"), service("chat-predictor"), service("talk", "voice-assistant")]


def event(kind: str, name: str, reason: str = "Failed", message: str = "no", **more: Any) -> dict[str, Any]:
    return {
        "type": "Warning", "reason": reason, "message": message, "involvedObject": {"kind": kind, "name": name}, **more,
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "owner"), [
    ("InferenceService", "chat", "chat"),
    ("HorizontalPodAutoscaler", "chat", "chat"),
    ("Deployment", "chat-predictor", ""),
    ("ReplicaSet", "chat-predictor-7c", "chat"),
    ("Pod", "chat-predictor-7c-x2", "chat"),
    ("Pod", "chat-predictor-predictor-7c-x2", "chat-predictor"),
    ("Pod", "chat-predictors-7c", ""),
    ("Pod", "chat", ""),
    ("Pod", "other-predictor-7c", ""),
    ("LLMInferenceService", "talk", "talk"),
    ("Deployment", "talk-kserve", "talk"),
    ("Pod", "talk-kserve-7c-x2", "talk"),
    ("Pod", "talk-predictor-7c-x2", ""),
    ("InferenceService", "talk", ""),
])  # fmt: skip
def test_whose_a_warning_is(kind: str, name: str, owner: str) -> None:
    services = [item for item in SERVICES if (kind, name) != ("Deployment", "chat-predictor") or item.name != "chat"]
    found = events_by_service([event(kind, name)], services)
    assert [name for name, events in found.items() if events] == ([owner] if owner else [])


def test_warnings_that_say_the_same_are_one_and_the_newest_is_first() -> None:
    uid = "(0a1b2c3d-0000-1111-2222-333344445555)"
    back_off = "restarting main in pod {}" + uid
    found = warnings_of([
        event("Pod", "a-1", "BackOff", back_off.format("a-1"), count=4, lastTimestamp="2026-11-26T10:00:00Z"),
        event("Pod", "a-2", "BackOff", back_off.format("a-2"), lastTimestamp="2026-11-26T10:05:00Z"),
        event("Pod", "a-1", "Unhealthy", "probe\n failed", series={"count": 3, "lastObservedTime":
              "2026-11-26T10:06:00.123456Z"}),
        event("Pod", "a-1", type="Normal"),
    ])  # fmt: skip
    assert found == (
        ReportedEvent(reason="Unhealthy", message="probe failed", object="Pod/a-1", count=3,
                      last="2026-11-26T10:06:00Z"),
        ReportedEvent(reason="BackOff", message=back_off.format("a-2"), object="Pod/a-2", count=5,
                      last="2026-11-26T10:05:00Z"),
    )  # fmt: skip


def test_the_twenty_newest_are_kept() -> None:
    many = [event("Pod", "a", f"R{number}", lastTimestamp=f"2026-11-26T10:{number:02}:00Z") for number in range(30)]
    assert [item.reason for item in warnings_of(many)] == [f"R{number}" for number in range(29, 9, -1)]


def test_an_event_without_a_time_has_none() -> None:
    assert seen_last(event("Pod", "a")) == ""
    assert seen_last(event("Pod", "a", firstTimestamp="2026-11-26T10:00:00Z")) == "2026-11-26T10:00:00Z"
