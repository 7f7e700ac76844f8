"""Laws of `check`: whatever was found, the exit code, the text, the markdown, the annotations and SARIF agree."""

import unit_builders  # noqa: F401, I001  # first: it makes the builders importable

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cli.check_text import check_text
from neuralnav.cli.check_verb import check_report
from neuralnav.errors import Diagnostic, ExitCode, Where
from neuralnav.forge.results import exit_code_of, troubles_of
from neuralnav.forge.told import check_markdown
from neuralnav.model.lock import LockedRefusal
from neuralnav.model.report import DriftClass, Report, ReportedDrift, ReportedFinding, ReportedWhere, WorkloadReport
from neuralnav.report_diff import check_annotations, check_sarif

CODES = {"unchanged": 0, "drift": 3, "refused": 4, "infeasible": 5, "failed": 2}
SAID = {
    "drift": "drifted", "refused": "no permitted plan", "infeasible": "no feasible plan", "failed": "cannot be planned",
}  # fmt: skip
REFUSED = LockedRefusal(reason="policy.team.size", count=2, nearest="a/bf16/h100/tp1", by="", near_miss=False)
PRECEDENCE = (2, 4, 5, 3, 0)
classes: Sequence[DriftClass] = ("workload", "policy", "data", "tool", "lock", "manifest", "missing")

drifts = st.builds(
    ReportedDrift, drift=st.sampled_from(classes), file=st.sampled_from(["a/plan.lock", "b/deploy/x.yaml"]),
    line=st.integers(0, 90), message=st.just("it differs"), fix=st.just("neuralnav compile a/workload.yaml"),
)  # fmt: skip


@st.composite
def workloads(draw: st.DrawFn) -> WorkloadReport:
    status = draw(st.sampled_from(sorted(CODES)))
    name = draw(st.sampled_from(["a", "b", "c"]))
    drift = tuple(draw(st.lists(drifts, min_size=1, max_size=3))) if status == "drift" else ()
    return WorkloadReport.model_validate(
        {
            "workload": name, "path": f"{name}/workload.yaml", "status": status, "exit_code": CODES[status],
            "drift": drift, "refused": (REFUSED,) if status == "refused" else (),
            "notes": tuple(draw(st.lists(st.sampled_from(["old price", "few runs"]), max_size=2))),
        }
    )  # fmt: skip


findings = st.builds(
    ReportedFinding, policy=st.just("team"), rule=st.just("budget"),
    verdict=st.sampled_from(["deny", "warn", "audit", "note"]), subject=st.just(""), message=st.just("over"),
    why=st.just(()), fix=st.just(""), where=st.just(ReportedWhere(file="p.yaml", line=3, column=1)),
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report as `check` makes one: a workload that cannot be planned has a problem."""
    items, found = draw(st.lists(workloads(), max_size=12)), draw(st.lists(findings, max_size=3))
    broken = [item for item in items if item.status == "failed"]
    problems = [Diagnostic(Where(item.path, 1), "it is broken") for item in broken]
    problems += [Diagnostic(Where("neuralnav.yaml"), "no such policy")] * draw(st.integers(0, 1))
    return check_report(items, found, problems)


def worst_of(report: Report) -> int:
    codes = {item.exit_code for item in report.workloads}
    codes |= {4 for item in report.policies if item.verdict == "deny"} | {2 for _ in report.problems} | {0}
    return next(code for code in PRECEDENCE if code in codes)


@given(reports())
def test_the_code_is_the_first_of_2_4_5_3_and_a_job_agrees(report: Report) -> None:
    assert report.exit_code == worst_of(report)
    assert exit_code_of(troubles_of(None, report)) is ExitCode(report.exit_code)
    assert Report.model_validate_json(report.model_dump_json()) == report


@given(reports())
def test_every_form_tells_of_trouble_just_where_the_code_does(report: Report) -> None:
    fails = report.exit_code != 0
    assert any(line.startswith("::error ") for line in check_annotations(report)) == fails
    results = json.loads(check_sarif(report))["runs"][0]["results"]
    assert any(item["level"] == "error" for item in results) == fails
    assert check_markdown(report).startswith("Committed plans are what their inputs say") != fails


@given(reports())
def test_the_text_counts_each_state_and_names_each_drift(report: Report) -> None:
    text = check_text(report, seconds=1.0, mend="neuralnav compile")
    states = {item.status for item in report.workloads} - {"unchanged"}
    opening = text.splitlines()[0] if text else ""
    assert {status for status, said in SAID.items() if said in opening} == states
    for item in (drift for workload in report.workloads for drift in workload.drift):
        assert f"drift ({item.drift}) in " in text
    whole = text.endswith("up to date   1.00 s") or "up to date: all" in text
    assert whole == (bool(report.workloads) and report.exit_code == 0)
