"""What reaches a terminal, a pull request and a program: nothing that an input could steer them with."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import compiled

from neuralnav.cli.work import choice_of
from neuralnav.errors import Diagnostic, Where
from neuralnav.model.lock import Correction, LockedRefusal
from neuralnav.model.report import (
    Report,
    ReportedChoice,
    ReportedDrift,
    ReportedFinding,
    ReportedWhere,
    WorkloadReport,
)
from neuralnav.model.spec import UnusedRuns
from neuralnav.report import (
    as_json,
    as_markdown,
    diagnostics_text,
    problem,
    refusals_text,
    relaxations,
    report_text,
    source_text,
    unused_text,
)

ESCAPE = "\x1b[2Jx\u202e"
"""Clears a terminal and turns the line around."""


def choice() -> ReportedChoice:
    found = compiled()
    return choice_of(found.plan, found.decision, found.lock)


def report(*items: WorkloadReport) -> Report:
    return Report(command="compile", exit_code=0, workloads=items)


def workload(**changes: object) -> WorkloadReport:
    usual = {
        "workload": "chat", "path": "workload.yaml", "status": "unchanged", "exit_code": 0, "feasible": 4,
        "considered": 40, "choice": choice(),
    }  # fmt: skip
    return WorkloadReport.model_validate({**usual, **changes})


def printable(text: str) -> bool:
    return all(c.isprintable() for c in text.replace("\n", ""))


def test_a_plan_is_told_with_its_numbers_its_source_and_its_interval() -> None:
    text = report_text(report(workload()))
    first, metrics, standing, *_ = text.splitlines()
    assert first.startswith("chat           Alpha-8B FP8 on 1x NVIDIA H100, 2 replicas")
    assert first.endswith("$6,570/month")
    assert "TTFT 111 ms (SLO 150)" in metrics
    assert "p95, simulated, 90 % within a factor 1.3" in metrics
    assert "4 of 40 candidates feasible; next: alpha-8b/bf16/h100/tp1, -2.1 points" in standing
    assert text.splitlines()[-1] == "up to date"


def test_what_a_reader_must_know_is_remarked() -> None:
    shown = choice()
    doubtful = shown.model_copy(
        update={
            "capacity_at_least": True,
            "kv_cache_use": 0.93,
            "quality": shown.quality.model_copy(update={"known": False}),
            "instead_of": "old/bf16/h100/tp1",
        }
    )
    text = report_text(report(workload(choice=doubtful)))
    assert "chosen anew in place of old/bf16/h100/tp1\n" in text
    assert "quality unknown: no published score" in text
    assert "capacity is a lower bound: the top of the sweep still meets every SLO" in text
    assert "93% of the KV cache is in use at the peak" in text


def test_a_locked_choice_that_a_rule_refuses_is_told_with_the_rule() -> None:
    left = choice().model_copy(update={"instead_of": "old/bf16/h100/tp1", "refused_by": "policy.cost.ceiling"})
    text = report_text(report(workload(choice=left)))
    assert "chosen anew in place of old/bf16/h100/tp1, which policy.cost.ceiling refuses\n" in text


def test_an_infeasible_workload_says_what_refused_it_and_what_to_relax() -> None:
    refused = (
        LockedRefusal(reason="evidence", count=30, nearest="", by="", near_miss=False),
        LockedRefusal(reason="slo.ttft", count=9, nearest="a/b/c/tp1", by="ttft +10.0 ms (+6.7%)", near_miss=True),
        LockedRefusal(reason="constraint.budget", count=1, nearest="d/e/f/tp1", by="+$570/month", near_miss=False),
    )
    text = report_text(report(workload(choice=None, status="infeasible", exit_code=5, feasible=0, refused=refused)))
    assert text.splitlines()[0] == "no feasible plan for chat: all 40 candidates were refused"
    assert "nearest a/b/c/tp1: ttft +10.0 ms (+6.7%) (near miss)" in text
    assert relaxations(refused)[0] == "raise constraints.budget (d/e/f/tp1: +$570/month)"
    assert relaxations(refused)[1].startswith("raise slo.ttft")
    assert len(refusals_text(refused * 4)) == 9


def test_problems_are_counted() -> None:
    one = Diagnostic(Where("a", 1, 1, "x", 1), "no", "yes")
    assert diagnostics_text([one]) == "a:1:1  no\n  1 | x\n    | ^ yes\n1 problem; nothing was written"
    assert diagnostics_text([one, one]).endswith("2 problems; nothing was written")
    assert diagnostics_text([one, one], writes=False).endswith("\n2 problems")


def test_a_hint_without_a_line_stands_below_the_message() -> None:
    assert diagnostics_text([Diagnostic(Where("a"), "no", "yes")]).splitlines()[:2] == ["a  no", "  yes"]


def test_problems_keep_no_control_character() -> None:
    hostile = Diagnostic(Where(ESCAPE, 1, 2, ESCAPE, 5), ESCAPE + "\n1 problem", ESCAPE)
    assert printable(diagnostics_text([hostile]))
    assert len(diagnostics_text([hostile]).splitlines()) == 4


DRIFT = ReportedDrift(drift="lock", file=ESCAPE, message="m", fix="f")


@pytest.mark.parametrize(
    "item",
    [
        {"notes": (f"merge conflict: both sides chose {ESCAPE}",)},
        {"choice": {"instead_of": ESCAPE, "refused_by": ESCAPE}},
        {"choice": {"kept": True, "why": ESCAPE}},
        {"written": (ESCAPE,), "status": "written"},
        {"drift": (DRIFT,), "status": "drift"},
    ],
    ids=["notes", "instead_of", "why", "written", "drift"],
)
def test_no_control_character_of_a_path_or_a_lock_reaches_a_terminal(item: dict[str, Any]) -> None:
    changed = choice().model_copy(update=item.get("choice"))
    assert printable(report_text(report(workload(**{**item, "choice": changed}))))


def test_no_control_character_of_a_folder_reaches_a_list_of_workloads() -> None:
    failed = workload(workload=ESCAPE, choice=None, status="failed", exit_code=2)
    assert printable(report_text(report(*[failed] * 6)))


def test_json_holds_the_report_and_no_raw_control_character() -> None:
    hostile = workload(notes=(ESCAPE,))
    text = as_json(report(hostile))
    assert "\x1b" not in text
    assert json.loads(text)["workloads"][0]["notes"] == [ESCAPE]
    assert Report.model_validate_json(text) == report(hostile)


def markdown(message: str) -> str:
    found = problem(Diagnostic(Where("a", 1, 1), message))
    return as_markdown(report().model_copy(update={"problems": (found,)}))


@pytest.mark.parametrize("message", ["<img src=x>", "a|b", "@team", "`code`", "a\n| x |", "<!-- x"])
def test_a_message_cannot_make_html_a_cell_a_mention_or_a_line(message: str) -> None:
    (line,) = [line for line in markdown(message).splitlines() if line.startswith("- **a:1**")]
    assert "<" not in line
    assert "@" not in line
    assert "\\|" in line or "|" not in line
    assert len(markdown(message).splitlines()) == 3


@pytest.mark.parametrize("message", ["[click](https://example.org)", "![x](https://example.org/t.png)", "a\\|b"])
def test_a_message_cannot_make_a_link_an_image_or_end_a_cell_by_a_backslash(message: str) -> None:
    line = markdown(message).splitlines()[-1]
    assert "](" not in line
    assert "\\\\|" not in line.replace("\\\\\\|", "")


def test_a_table_has_one_row_for_each_workload() -> None:
    lines = as_markdown(report(workload(), workload(choice=None, status="infeasible"))).splitlines()
    assert len({line.count(" | ") for line in lines if line.startswith("| ") and "---" not in line}) == 1
    assert "$6,570" in lines[2]
    assert "no feasible plan" in lines[3]


def test_no_report_names_a_folder_of_this_machine() -> None:
    assert str(Path.cwd()) not in as_json(report(workload()))


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (0, "simulated"),
        (1, "simulated, corrected by 1 measured run"),
        (3, "simulated, corrected by 3 measured runs"),
    ],
)
def test_a_source_says_how_many_measured_runs_corrected_it(runs: int, text: str) -> None:
    assert source_text("simulated", runs) == text
    correction = Correction(measured_runs=runs, ttft=0.9, itl=1.1, e2e=1.0) if runs else None
    shown = choice().model_copy(update={"correction": correction})
    assert f"p95, {text}, 90 % within" in report_text(report(workload(choice=shown)))


def test_runs_that_say_nothing_are_told_by_reason_and_first_name() -> None:
    assert unused_text(()) == ""
    assert unused_text([UnusedRuns("another engine", 1, "run-1")]) == (
        "1 measured run not used: another engine (1, such as run-1)"
    )
    assert unused_text([UnusedRuns("another engine", 2, "a"), UnusedRuns("too far", 1, "b")]) == (
        "3 measured runs not used: another engine (2, such as a); too far (1, such as b)"
    )


FINDING = ReportedFinding(
    policy="budget", rule="gpus", verdict="deny", subject="team=x", message="holds 7\x1b[1m",
    why=("fleet.gpus <= 6: 7",), fix="release one", where=ReportedWhere(file="b.yaml", line=7, column=11),
)  # fmt: skip
WHOLE = FINDING.model_copy(
    update={"rule": "", "verdict": "note", "subject": "", "why": (), "fix": "",
            "where": ReportedWhere(file="b.yaml", line=0, column=0)}
)  # fmt: skip


def test_what_policies_say_of_a_repository_is_told_with_what_was_read_and_the_place() -> None:
    found = Report(command="check", exit_code=4, policies=(FINDING, WHOLE))
    assert report_text(found).splitlines() == [
        "refused by budget.gpus (team=x): holds 7\\x1b[1m", "  fleet.gpus <= 6: 7", "  b.yaml:7; fix: release one",
        "note on budget: holds 7\\x1b[1m", "  b.yaml",
    ]  # fmt: skip
    assert as_markdown(found).splitlines()[2:] == [
        r"- **refused by budget.gpus (team=x)** holds 7&#92;x1b&#91;1m; fleet.gpus &lt;= 6: 7",
        r"- **note on budget** holds 7&#92;x1b&#91;1m",
    ]


def test_what_is_refused_is_not_called_up_to_date() -> None:
    done = Report(command="check", exit_code=0, workloads=(workload(status="unchanged", choice=choice()),))
    assert "up to date" in report_text(done)
    assert "up to date" not in report_text(done.model_copy(update={"exit_code": 4, "policies": (FINDING,)}))
