"""What a diff and a check mean for a job."""

import pytest
from diffs import diff, fleet_change, moved, planned, problem, side, workload

from neuralnav.errors import ExitCode, InputError
from neuralnav.forge.results import (
    FAIL_ON,
    TROUBLES,
    drift_of,
    exit_code_of,
    merged,
    troubles_of,
    warning_line,
)
from neuralnav.forge.told import check_markdown
from neuralnav.model.diff import FleetSide, PlanDiff, WorkloadDiff
from neuralnav.model.report import Report, ReportedDrift, ReportedFinding, ReportedWhere, WorkloadReport

DRIFT = ReportedDrift(drift="data", file="chat/plan.lock", message="prices changed", fix="neuralnav compile")


def check(**changes: object) -> Report:
    return Report.model_validate({"command": "check", "exit_code": 0, **changes})


def finding(verdict: str) -> ReportedFinding:
    return ReportedFinding.model_validate(
        {
            "policy": "team-budget", "rule": "total", "verdict": verdict, "subject": "support",
            "message": "over | budget @team", "why": ("9000 > 6000",), "fix": "",
            "where": ReportedWhere(file="p.yaml", line=3, column=1),
        }
    )  # fmt: skip


def test_parts_of_other_revisions_make_no_comment_together() -> None:
    with pytest.raises(InputError, match="they compare different revisions"):
        merged([diff(moved("a")), diff(moved("b")).model_copy(update={"base": "another"})])


def test_no_list_of_a_part_is_lost() -> None:
    """A list that `PlanDiff` gains is merged too: what it holds is that of all parts, once."""
    lists = [name for name in PlanDiff.model_fields if isinstance(getattr(diff(), name), tuple)]
    assert {"weakened", "problems"} < set(lists)
    for name in set(lists) - {"workloads", "fleets"}:  # these two have laws of their own
        one, two = (diff().model_copy(update={name: told}) for told in (("x", "y"), ("y", "z")))
        assert getattr(merged([one, two]), name) == ("x", "y", "z")


@pytest.mark.parametrize(
    ("item", "troubles"),
    [
        (workload(), ()),
        (moved(), ("changes",)),
        (workload(status="added", before=side("absent")), ("changes",)),
        (workload(status="changed", after=side("broken", problems=(problem(),))), ("broken",)),
        (workload(status="changed", after=side("refused")), ("refused",)),
        (workload(status="changed", after=side("infeasible")), ("infeasible",)),
        (workload(before=side("infeasible"), after=side("infeasible")), ()),
        (workload(drift=(DRIFT,)), ("drift",)),
        (workload(status="changed", before=side("broken"), after=planned()), ()),
        (workload(before=side("broken"), after=side("broken", problems=(problem(),))), ()),
        (workload(status="changed", before=side("broken"), after=side("broken", problems=(problem(),))), ("broken",)),
    ],
)
def test_troubles_are_those_of_the_head(item: WorkloadDiff, troubles: tuple[str, ...]) -> None:
    assert troubles_of(diff(item), None) == troubles


def test_a_weakened_policy_is_a_trouble_of_its_own() -> None:
    found = troubles_of(diff(weakened=("guard",)), None)
    assert found == ("weakened",)
    assert exit_code_of(found) is ExitCode.REFUSED
    assert exit_code_of(found, FAIL_ON) is ExitCode.DONE


def test_a_policy_that_a_workload_leaves_is_one_that_is_weakened() -> None:
    assert troubles_of(diff(workload(left=("guard (env prod -> dev)",))), None) == ("weakened",)


def test_a_budget_is_refused_by_the_change_that_exceeds_it() -> None:
    over, stands = fleet_change(), fleet_change(FleetSide(verdict="deny", value=12000.0, limit=10000.0))
    assert troubles_of(diff(fleets=(over,)), None) == ("refused",)
    assert troubles_of(diff(fleets=(stands, fleet_change(after=FleetSide(verdict="warn")))), None) == ()


def test_of_parts_that_count_a_budget_otherwise_the_hardest_word_stands() -> None:
    over, other = fleet_change(), fleet_change(group="team=search")
    under = fleet_change(after=FleetSide(verdict="pass", value=7000.0, limit=10000.0))
    parts = [diff(fleets=(under,)), diff(fleets=(over, other)), diff(fleets=(under,))]
    whole = merged(parts)
    assert whole.fleets == (other, over)
    assert merged(parts[::-1]) == whole


def test_troubles_of_a_check() -> None:
    drifted = WorkloadReport(workload="a", path="a.yaml", status="drift", exit_code=3, drift=(DRIFT,))
    without = WorkloadReport(workload="b", path="b.yaml", status="infeasible", exit_code=5)
    report = check(workloads=(drifted, without), policies=(finding("deny"),), problems=(problem(),))
    assert troubles_of(None, report) == ("broken", "refused", "infeasible", "drift")
    assert troubles_of(None, check(policies=(finding("warn"),))) == ()
    assert drift_of(diff(workload(drift=(DRIFT,))), report) == ("data",)


def test_the_exit_code_is_the_worst_of_what_is_asked_for() -> None:
    assert exit_code_of(TROUBLES) is ExitCode.BAD_INPUT
    assert exit_code_of(TROUBLES, ("drift", "infeasible")) is ExitCode.INFEASIBLE
    assert exit_code_of(TROUBLES, ()) is ExitCode.DONE


def test_parts_become_one_diff_whatever_their_order() -> None:
    first = diff(workload("b"), moved("d"), exit_code=3, weakened=("guard",))
    second = diff(workload("a"), workload("b"), exit_code=5, weakened=("guard",), problems=(problem(),))
    whole = merged([first, second])
    assert [item.workload for item in whole.workloads] == ["a", "b", "d"]
    assert (whole.exit_code, whole.weakened, whole.problems) == (5, ("guard",), (problem(),))
    assert merged([second, first]) == whole
    assert merged([first]) == first


def test_a_warning_is_one_line_whatever_it_says() -> None:
    assert warning_line("a,b:c", "50 %\n::error::x") == "::warning title=a%2Cb%3Ac::50 %25%0A::error::x"


def test_markdown_of_a_check_says_the_fix_and_escapes() -> None:
    drifted = WorkloadReport(workload="a", path="a.yaml", status="drift", exit_code=3, drift=(DRIFT,))
    without = WorkloadReport(workload="b", path="b|c.yaml", status="infeasible", exit_code=5)
    report = check(workloads=(drifted, without), policies=(finding("deny"), finding("warn")))
    assert check_markdown(report) == (
        "**`neuralnav check` finds 3 in 2 workloads:**\n\n"
        "- drift of class data in `chat/plan.lock`: prices changed. Fix: `neuralnav compile`\n"
        "- `b\\x7cc.yaml` has no feasible plan\n"
        "- policy `team-budget.total` over &#124; budget &#64;&#8203;team; 9000 > 6000"
    )
    assert check_markdown(check(workloads=())) == "Committed plans are what their inputs say (0 workloads)."


def test_markdown_of_a_check_stays_below_what_an_issue_takes() -> None:
    drift = DRIFT.model_copy(update={"file": "@" * 4_000, "message": "@" * 4_000})
    many = WorkloadReport(workload="a", path="a.yaml", status="drift", exit_code=3, drift=(drift,) * 500)
    told = check_markdown(check(workloads=(many,)))
    assert len(told) < 65_000
    assert "more; `neuralnav check` lists them" in told
