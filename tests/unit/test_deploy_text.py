"""What `deploy` and `delete` say, from their reports."""

from typing import Any

import click
import pytest

from neuralnav.cli.deploy_text import change_text, closing_text, left_text, rollout_text, where_text, workload_text
from neuralnav.cli.duration import Duration
from neuralnav.cli.waiting import WaitingLine
from neuralnav.model.deploy_report import (
    DeployedWorkload,
    DeployReport,
    ReportedChange,
    ReportedObject,
    ReportedOwner,
    ReportedRollout,
)


def an_object(action: Any, result: Any, kind: str = "ConfigMap", **more: Any) -> ReportedObject:
    return ReportedObject(kind=kind, namespace="llm", name="chat", file="", action=action, result=result, **more)


def a_workload(*objects: ReportedObject, name: str = "chat", **more: Any) -> DeployedWorkload:
    given = {"path": "w", "namespace": "llm", "candidate": "c", "exit_code": 0, **more}
    return DeployedWorkload(workload=name, objects=objects, **given)


def a_report(*items: DeployedWorkload, command: Any = "deploy", dry_run: bool = False, **more: Any) -> DeployReport:
    given = {"context": "kind", "server": "https://cluster:6443", "exit_code": 0, **more}
    return DeployReport(command=command, dry_run=dry_run, workloads=items, **given)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("2", "3", ".spec.a: 2 -> 3"),
        ("", "3", ".spec.a: + 3"),
        ("2", "", ".spec.a: - 2"),
    ],
)
def test_a_change_is_one_line(before: str, after: str, text: str) -> None:
    assert change_text(ReportedChange(field=".spec.a", before=before, after=after)) == text


def test_where_names_the_context_the_server_and_a_few_namespaces() -> None:
    items = [a_workload(namespace=name) for name in ("a", "b", "a", "c", "d")]
    assert where_text(a_report(*items)) == "kind at https://cluster:6443, namespaces a, b, c and 1 more"
    assert where_text(a_report(items[0], context="")) == "this pod at https://cluster:6443, namespace a"


def test_a_workload_is_told_by_what_is_to_be_done() -> None:
    changes = tuple(ReportedChange(field=f".spec.f{index}", before="1", after="2") for index in range(10))
    owners = (ReportedOwner(manager="helm", field=".spec.x"),)
    found = workload_text(
        a_workload(
            an_object("unchanged", "none", "NetworkPolicy"),
            an_object("adopt", "planned", "PodMonitor", note="Flux applies it too"),
            an_object("conflict", "none", owners=owners),
            an_object("change", "planned", "InferenceService", changes=changes),
            notes=("a note\x1b[31m",),
        )
    )
    assert found.split("\n") == [
        "chat           1 to change, 1 to own, 1 unchanged, 1 conflict",
        "               own        PodMonitor chat   (Flux applies it too)",
        "               conflict   ConfigMap chat",
        "                            helm owns .spec.x",
        "               change     InferenceService chat",
        *(f"                            .spec.f{index}: 1 -> 2" for index in range(8)),
        "                            and 2 more fields",
        r"               note: a note\x1b[31m",
    ]


def test_what_was_done_is_told_in_the_past() -> None:
    found = workload_text(a_workload(an_object("create", "done"), an_object("change", "unknown"),
                                     an_object("remove", "failed"), an_object("adopt", "done")))  # fmt: skip
    assert found.split("\n") == [
        "chat           1 created, 1 to change, 1 owned, 1 to remove",
        "               created    ConfigMap chat",
        "               change?    ConfigMap chat",
        "               failed     ConfigMap chat",
        "               owned      ConfigMap chat",
    ]


@pytest.mark.parametrize(
    ("rollout", "text"),
    [
        ({"state": "ready", "ready": 2, "said": ()}, "chat           ready: 2 pods, 5 min"),
        ({"state": "failed", "ready": 1, "said": ("a: last exit 1",)},
         "chat           failed after 5 min: 1 of 2 pods ready; a: last exit 1"),
        ({"state": "late", "ready": 0, "said": ()}, "chat           not ready in time after 5 min: 0 of 2 pods ready"),
    ],
)  # fmt: skip
def test_what_waiting_came_to(rollout: dict[str, Any], text: str) -> None:
    found = ReportedRollout(wanted=2, seconds=312.0, **rollout)
    assert rollout_text(a_workload(rollout=found)) == text
    assert rollout_text(a_workload()) == ""


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (a_report(a_workload(an_object("create", "planned")), dry_run=True),
         "a dry run of the server: nothing was changed; to apply: AGAIN"),
        (a_report(a_workload(an_object("unchanged", "none")), dry_run=True),
         "nothing to do: the cluster holds what is committed"),
        (a_report(a_workload(an_object("create", "done"), an_object("remove", "done"))),
         "applied 1 object, removed 1 object"),
        (a_report(a_workload(an_object("remove", "done")), command="delete"), "deleted 1 object"),
        (a_report(a_workload(), command="delete"), "nothing to delete"),
        (a_report(a_workload(), command="delete", dry_run=True), "nothing to delete"),
    ],
)  # fmt: skip
def test_the_last_line(report: DeployReport, text: str) -> None:
    assert closing_text(report, "AGAIN") == text


def test_what_is_left_of_an_interrupted_call() -> None:
    waits = ReportedRollout(state="interrupted", ready=1, wanted=3, said=("a: starting",), seconds=1.0)
    report = a_report(
        a_workload(an_object("create", "done"), an_object("create", "done"), rollout=waits),
        a_workload(an_object("create", "unknown"), an_object("create", "planned"), name="docs"),
    )
    assert left_text(report, why="interrupted", again="AGAIN", back="BACK").split("\n") == [
        "interrupted; 2 objects are applied, 1 not",
        "  may be applied, its answer was not waited for: ConfigMap chat",
        "  chat goes on in the cluster: 1 of 3 pods ready; a: starting",
        "  to go on: AGAIN",
        "  to go back: BACK",
    ]
    before = a_report(a_workload(an_object("create", "planned")))
    assert left_text(before, why="interrupted", again="AGAIN", back="BACK") == "interrupted; nothing was applied"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90.0),
        ("15m", 900.0),
        ("1h30m", 5400.0),
        ("0.5s", 0.5),
        ("20", 20.0),
        ("7d", 604_800.0),
        ("1w1d", 691_200.0),
        ("2min", 120.0),
        ("1m500ms", 60.5),
        (" 9s ", 9.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "5y", "-1s", "1m1h", "1s1s", "1e3"])
def test_what_is_no_duration_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(click.BadParameter) as raised:
        Duration().convert(text, None, None)
    assert raised.value.message == f"{text!r} is no duration; write it like 90s, 15m, 1h30m or 7d"


def test_durations_within_bounds() -> None:
    bounded = Duration(above_zero=True, most_days=31)
    assert (bounded.convert("31d", None, None), Duration().convert("0s", None, None)) == (2_678_400.0, 0.0)
    for text, said in (("0s", "'0s' is no time at all; write it like 90s, 15m, 1h30m or 7d"),
                       ("31d1s", "'31d1s' is longer than 31 days")):  # fmt: skip
        with pytest.raises(click.BadParameter) as raised:
            bounded.convert(text, None, None)
        assert raised.value.message == said


def test_a_log_is_told_what_changes_not_that_seconds_pass(capsys: pytest.CaptureFixture[str]) -> None:
    line = WaitingLine()
    for text in ("a: pulling image 4 s", "a: pulling image 6 s", "a: starting"):
        line.say(text)
    line.close()
    assert capsys.readouterr().err == "a: pulling image 4 s\na: starting\n"
