"""What people read of how workloads stand."""

from datetime import UTC, datetime
from typing import Any

from neuralnav.cli.status_text import ago, line_of, status_text, summary
from neuralnav.cli.status_watch import Changes, Documents
from neuralnav.model.lock import Replicas
from neuralnav.model.status_report import ReportedAccelerators, ReportedReplicas, StatusReport, WorkloadStatus

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
URL = "http://chat.example.com"
PLANNED = "2 of 2 replicas   4 of 4 nvidia.com/gpu on NVIDIA-L4   http://chat.example.com"


def workload(name: str = "chat", **over: Any) -> WorkloadStatus:
    """A workload as it is planned; `over` goes over it."""
    replicas = ReportedReplicas(ready=2, running=2, low=2, high=2, planned=Replicas(min=2, planned=2, max=2))
    accelerators = ReportedAccelerators(
        resource="nvidia.com/gpu", allocated=4, planned=4, products={"NVIDIA-L4": 4}, planned_product="NVIDIA-L4"
    )
    given: dict[str, Any] = {
        "workload": name, "path": f"{name}/workload.yaml", "namespace": "prod", "target": "InferenceService",
        "state": "ready", "why": "", "as_planned": True, "candidate": "a/b/l4/tp2", "live_candidate": "a/b/l4/tp2",
        "owner": "neuralnav", "url": URL, "replicas": replicas, "accelerators": accelerators,
    }  # fmt: skip
    return WorkloadStatus(**{**given, **over})


def report(*items: WorkloadStatus) -> StatusReport:
    return StatusReport(context="prod", server="https://k8s", exit_code=0, workloads=items)


def away(name: str = "chat") -> WorkloadStatus:
    return workload(name, state="unreachable", why="https://k8s cannot be reached", as_planned=False, url="")


def test_a_line() -> None:
    assert line_of(workload()) == f"chat ready        {PLANNED}"


def test_an_autoscaler_has_bounds_and_a_simulator_no_accelerators() -> None:
    scaled = ReportedReplicas(ready=3, running=4, low=1, high=6, planned=Replicas(min=1, planned=2, max=6))
    none = ReportedAccelerators(resource="", allocated=0, planned=0, products={}, planned_product="")
    assert line_of(workload(replicas=scaled, accelerators=none, url="")) == "chat ready        3 of 4 (1 to 6 replicas)"


def test_unknown_is_not_zero() -> None:
    unread = ReportedReplicas(ready=None, running=None, low=2, high=2, planned=Replicas(min=2, planned=2, max=2))
    held = ReportedAccelerators(
        resource="amd.com/gpu", allocated=None, planned=2, products=None, planned_product="MI300X"
    )
    said = line_of(workload(replicas=unread, accelerators=held, url=""))
    assert said == "chat ready        unknown of 2 replicas   unknown of 2 amd.com/gpu"


def test_many_workloads_have_a_line_each_and_more_only_where_something_is_wrong() -> None:
    well = [workload(f"chat-{number}") for number in range(5)]
    older = workload("old", as_planned=False, deviations=("not deployed yet: x runs, the lock chose y", "and more"))
    lines = status_text(report(*well, older), NOW).splitlines()
    assert lines == [
        "context prod, https://k8s",
        *(f"chat-{number}         ready        {PLANNED}" for number in range(5)),
        f"old            ready        {PLANNED}; not deployed yet: x runs, the lock chose y",
        "               deviation    and more",
        "               plan         a/b/l4/tp2, 2 replicas on NVIDIA-L4; applied by neuralnav",
        "6 workloads: 6 ready; 1 not as planned",
    ]


def test_what_was_not_read_is_told_once() -> None:
    items = [workload(f"chat-{number}", unread=("pods: may not",)) for number in range(6)]
    assert status_text(report(*items), NOW).splitlines()[-2:] == ["6 workloads: 6 ready", "not known: pods: may not"]


def test_what_others_wrote_cannot_move_the_cursor() -> None:
    assert line_of(workload(state="degraded", why="a\x1b[2Jb")) == "chat degraded     a\\x1b[2Jb"


def test_states_are_summed_up() -> None:
    items = (workload(), workload(state="missing", as_planned=False), away())
    assert summary(items) == "3 workloads: 1 ready, 1 missing, 1 unreachable"


def test_how_long_ago() -> None:
    times = ("2026-11-26T11:59:59Z", "2026-11-26T11:58:00Z", "2026-11-26T09:00:00Z", "2026-11-20T12:00:00Z")
    assert [ago(text, NOW) for text in times] == [" 1 s ago", " 2 min ago", " 3 h ago", " 6 d ago"]
    assert (ago("2026-11-26T13:00:00Z", NOW), ago("", NOW), ago("soon", NOW)) == (" 0 s ago", "", "")


def test_a_watch_tells_each_change_once() -> None:
    changes = Changes()
    starting = workload(state="progressing", why="1 of 2 replicas ready")
    looks = (report(starting), report(starting), report(away()), report(away()), report(starting), report(workload()))
    told = [line for look in looks for line in changes.lines(look, NOW)]
    assert told == [
        "12:00:00 chat progressing  1 of 2 replicas ready",
        "12:00:00 https://k8s cannot be reached; waiting for it",
        "12:00:00 https://k8s is back",
        f"12:00:00 chat ready        {PLANNED}",
    ]


def test_a_watch_in_json_tells_each_report_once() -> None:
    documents = Documents()
    looks = (report(workload()), report(workload()), report(away()))
    told = [StatusReport.model_validate_json(line) for look in looks for line in documents.lines(look, NOW)]
    assert told == [report(workload()), report(away())]
