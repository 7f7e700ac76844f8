"""What compile, explain, show and locks say where policies act: exact words, exit codes, and the same as data."""

from dataclasses import asdict, replace
from textwrap import dedent
from typing import Any

import pytest
from builders import ALPHA, ALPHA_FP8, ALPHA_L4, BETA, compiled, lock, row_of, workload, world
from governed import Entry, policy, under
from test_report import choice

from neuralnav.cli.drift import drift_classes
from neuralnav.cli.explain_text import explanation_text
from neuralnav.cli.work import code_of
from neuralnav.errors import ExitCode, worst
from neuralnav.files.locks import read_lock
from neuralnav.locking import locked_refusals
from neuralnav.model.document import Source
from neuralnav.model.lock import LockedRefusal, LockedVerdict, dump
from neuralnav.model.plan import RankedPlan
from neuralnav.model.policy_lines import policies_intend
from neuralnav.model.report import Report, ReportedPolicies, WorkloadReport
from neuralnav.pipeline import make_plan
from neuralnav.rank import explain
from neuralnav.report import as_markdown, report_text

GUARD = policy(
    {"id": "cost", "require": "candidate.cost_monthly_usd <= params.most && candidate.gpus <= 4",
     "messageExpression": "'over the budget of ' + string(params.most)"},
    {"id": "precision", "deny": "candidate.precision == 'fp8' && accelerator.name == 'H100'", "about": "Not on H100."},
    {"id": "quality", "warn": "candidate.quality < 45.0"},
    {"id": "liked", "prefer": "candidate.tp == 1", "points": 2.5},
    params={"most": {"type": "double", "default": 9000}},
)  # fmt: skip
NUMBERS = {"TTFT p95", "ITL p95", "E2E p95", "capacity", "replicas", "cost", "KV cache in use", "evidence", "quality"}


def plan_of(*policies: Entry, **options: Any) -> RankedPlan:
    return make_plan(workload(), under(*policies, **options))


def told(plan: RankedPlan, name: str) -> str:
    """What explain says of a candidate, without the numbers that no policy changes."""
    text = explanation_text(explain(plan, row_of(plan.candidates, name)))
    return "\n".join(line for line in text.split("\n") if line[2:20].strip() not in NUMBERS)


def refused(*policies: Entry) -> dict[str, tuple[int, str, str]]:
    return {
        item.reason: (item.count, item.nearest, item.by)
        for item in plan_of(*policies).refused
        if item.reason.startswith("policy.")
    }


# Refusals


def test_each_rule_counts_all_that_it_refuses_and_names_the_nearest() -> None:
    assert refused(GUARD) == {
        "policy.guardrails.cost": (3, ALPHA, "candidate.cost_monthly_usd <= params.most: 9855.0 and 9000.0 (+9.5%)"),
        "policy.guardrails.precision": (
            2, ALPHA_FP8, "candidate.precision == 'fp8': \"fp8\"; accelerator.name == 'H100': \"H100\"",
        ),
    }  # fmt: skip


def test_the_nearest_is_the_one_that_misses_least_and_among_equals_the_best() -> None:
    by_cost = policy({"id": "rule", "require": "candidate.cost_monthly_usd < 5000.0"})
    assert refused(by_cost)["policy.guardrails.rule"][:2] == (4, ALPHA_FP8)
    by_gpus = policy({"id": "rule", "deny": "candidate.gpus > 2"})
    assert refused(by_gpus)["policy.guardrails.rule"][:2] == (3, ALPHA)
    by_score = policy({"id": "rule", "deny": "candidate.score_complexity > 10.0"})
    assert refused(by_score)["policy.guardrails.rule"][:2] == (4, ALPHA_L4)
    level = policy({"id": "rule", "deny": f"candidate.id in ['{ALPHA}', '{ALPHA_L4}']"})
    assert refused(level)["policy.guardrails.rule"][:2] == (2, ALPHA)  # though L4 is cheaper
    unsized = policy({"id": "rule", "require": "accelerator.name == 'L4' || model.family == 'gamma'"})
    assert refused(unsized)["policy.guardrails.rule"][:2] == (3, ALPHA_FP8)


def test_a_long_condition_is_cut_in_the_lock() -> None:
    names = ", ".join(f"'model-{index}'" for index in range(100))
    _, _, by = refused(policy({"id": "rule", "require": f"model.id in [{names}]"}))["policy.guardrails.rule"]
    assert len(by) == 200
    assert by.endswith("...")


def test_messages_are_one_printable_line() -> None:
    body = policy({"id": "rule", "warn": "true", "messageExpression": "'a\\n  b\\u001b[31m' + candidate.precision"})
    (said,) = compiled(where=under(body)).lock.choice.verdicts
    assert said.message == "a b?[31mfp8"


def test_a_message_without_a_value_gives_way_to_what_the_rule_is_about() -> None:
    body = {"warn": "!has(candidate.quality)", "messageExpression": "'quality ' + string(candidate.quality)"}
    plan = plan_of(policy({"id": "rule", **body, "about": "Quality must be known."}))
    (said,) = explain(plan, row_of(plan.candidates, BETA)).said
    assert said.message == "Quality must be known."


# Explanations


def test_a_refused_candidate_is_told_each_rule_with_its_conditions_and_values_and_what_would_pass() -> None:
    loose = plan_of(policy({"id": "gpus", "require": "candidate.gpus <= 4 && candidate.tp == 1"}))
    assert told(loose, BETA) == dedent("""\
        beta-70b/fp8/h100/tp2   refused by policy.guardrails.gpus: candidate.gpus <= 4: 16 (+300.0%); candidate.tp == 1: 2 (+100.0%)
          refused by         guardrails.gpus
                             candidate.gpus <= 4: 16 (+300.0%)
                             candidate.tp == 1: 2 (+100.0%)
          permitted with     another policy, or an exemption from guardrails.gpus
          nearest permitted  alpha-8b/fp8/h100/tp1""")  # noqa: E501  # as it is printed


def test_where_no_candidate_passes_every_rule_the_nearest_passes_the_first() -> None:
    assert told(plan_of(GUARD), ALPHA) == dedent("""\
        alpha-8b/bf16/h100/tp1   refused by policy.guardrails.cost: candidate.cost_monthly_usd <= params.most: 9855.0 and 9000.0 (+9.5%)
          refused by         guardrails.cost   over the budget of 9000
                             candidate.cost_monthly_usd <= params.most: 9855.0 and 9000.0 (+9.5%)
          preferred by       guardrails.liked   +2.5 points
          permitted with     another policy, or an exemption from guardrails.cost
          nearest permitted  none: no candidate passes every rule; alpha-8b/fp8/h100/tp1 passes guardrails.cost""")  # noqa: E501  # as it is printed


def test_what_is_unknown_is_told_with_the_field_that_is_absent() -> None:
    assert told(plan_of(policy({"id": "known", "require": "candidate.quality >= 10.0"})), BETA) == dedent("""\
        beta-70b/fp8/h100/tp2   refused by policy.guardrails.known: candidate.quality >= 10.0: candidate.quality is absent
          refused by         guardrails.known
                             candidate.quality >= 10.0: candidate.quality is absent
                             so the rule has no value here, and says onUnknown: deny
          permitted with     another policy, or an exemption from guardrails.known
          nearest permitted  alpha-8b/fp8/h100/tp1""")  # noqa: E501  # as it is printed


def test_what_is_feasible_is_told_the_points_in_its_score() -> None:
    body = policy({"id": "liked", "prefer": "candidate.tp == 1", "points": 2.5, "about": "Simple."})
    assert told(plan_of(body), ALPHA) == dedent("""\
        alpha-8b/bf16/h100/tp1   feasible, 2 of 4: 2.1 points behind alpha-8b/fp8/h100/tp1
          score              52.9 = accuracy 50 x 40% + cost 50.2 x 40% + latency 20.9 x 10% + complexity 82 x 10% + 2.5 preferred
          places             balanced 2, accuracy 2, cost 3, latency 2, complexity 2
          preferred by       guardrails.liked   +2.5 points; Simple.""")  # noqa: E501  # as it is printed


def test_an_explanation_is_plain_data() -> None:
    plan = plan_of(policy({"id": "gpus", "require": "candidate.gpus <= 4"}))
    found = asdict(explain(plan, row_of(plan.candidates, BETA)))
    assert found["said"] == (
        {"policy": "guardrails", "rule": "gpus", "verdict": "deny", "message": "", "unknown": "", "points": 0.0,
         "seen": ({"text": "candidate.gpus <= 4", "value": "16", "by": "+300.0%", "absent": False},),
         "owner": "", "reason": ""},
    )  # fmt: skip
    assert found["nearest"] == ALPHA_FP8


def test_what_the_workload_refuses_and_policies_do_too_is_told_both() -> None:
    plan = make_plan(workload(constraints={"budget": "9000 USD/month"}), under(GUARD))
    text = told(plan, ALPHA)
    assert text.startswith(f"{ALPHA}   refused by constraint.budget: +$855/month\n")
    assert "  refused by         guardrails.cost   over the budget of 9000\n" in text
    assert "  feasible with      constraints.budget: 9855 USD/month or more\n" in text
    assert "policy.guardrails" not in text


# Exit codes and reports


def test_a_plan_without_a_choice_is_refused_by_policy_or_infeasible() -> None:
    everything = policy({"id": "rule", "deny": "true"})
    assert code_of(plan_of(everything)) is ExitCode.REFUSED
    assert code_of(plan_of()) is ExitCode.DONE
    tight = workload(constraints={"budget": "1 USD/month"})
    assert code_of(make_plan(tight, under(everything))) is ExitCode.INFEASIBLE
    assert worst([ExitCode.INFEASIBLE, ExitCode.REFUSED, ExitCode.DRIFT]) is ExitCode.REFUSED


def report(**changes: Any) -> Report:
    usual = {"workload": "chat", "path": "chat/workload.yaml", "status": "refused", "exit_code": 4, "considered": 40}
    return Report(command="compile", exit_code=4, workloads=(WorkloadReport.model_validate({**usual, **changes}),))


def refusals(*policies: Entry) -> tuple[LockedRefusal, ...]:
    return locked_refusals(plan_of(*policies).shut_out)


def test_a_refusal_of_everything_tells_the_count_by_rule_and_the_nearest() -> None:
    body = policy(
        {"id": "no-gpus", "limit": {"gpus": 1, "costMonthlyUsd": 7000}},
        {"id": "named", "deny": "model.family in ['alpha']"},
    )
    found = report(path="x", refused=refusals(body), policies=ReportedPolicies(applied=1, refused=4))
    assert report_text(found) == dedent("""\
        no permitted plan for chat: all 4 feasible candidates of 40 were refused by policy
               4 by policy.guardrails.no-gpus   nearest alpha-8b/fp8/h100/tp1: candidate.gpus <= 1: 2 (+100.0%)
               3 by policy.guardrails.named     nearest alpha-8b/fp8/h100/tp1: model.family in ['alpha']: "alpha"
          to see why: neuralnav explain x alpha-8b/fp8/h100/tp1; an exemption in neuralnav.yaml lifts a rule""")
    assert "| chat | no permitted plan |  |  |  |  | refused |" in as_markdown(found)


VERDICTS = (
    LockedVerdict(rule="ev.measured", verdict="warn", message="simulated rows", why="candidate.source: ..."),
    LockedVerdict(rule="ev.width", verdict="warn", why="wide"),
    LockedVerdict(rule="list", verdict="exempt", message="no H200", owner="ada"),
    LockedVerdict(rule="trial", verdict="audit"),
    LockedVerdict(rule="x", verdict="prefer", points=-2.5),
)


@pytest.mark.parametrize(
    ("applied", "refused", "verdicts", "said"),
    [
        (3, 0, (), "policies: 3 passed"),
        (3, 1, (), "policies: 3 passed, 1 candidate refused"),
        (3, 1200, VERDICTS[:2],
         "policies: 2 passed, 2 warnings (ev.measured: simulated rows; ev.width: wide), 1,200 candidates refused"),
        (3, 0, tuple(LockedVerdict(rule=f"ev.{n}", verdict="warn") for n in range(5)),
         "policies: 2 passed, 5 warnings (ev.0; ev.1; ev.2; and 2 more)"),
        (4, 0, VERDICTS[2:],
         "policies: 4 passed, 1 exemption (list, for ada: no H200), 1 audited (trial), 1 preference (x: -2.5 points)"),
    ],
)  # fmt: skip
def test_one_line_tells_what_policies_say_of_a_choice(
    applied: int, refused: int, verdicts: tuple[LockedVerdict, ...], said: str
) -> None:
    policies = ReportedPolicies(applied=applied, refused=refused, verdicts=verdicts)
    text = report_text(report(status="unchanged", choice=choice(), policies=policies))
    assert [line.strip() for line in text.split("\n") if "policies" in line] == [said]


def test_no_line_is_spent_where_no_policy_applies() -> None:
    for policies in (None, ReportedPolicies(applied=0, refused=0)):
        assert "polic" not in report_text(report(status="unchanged", choice=choice(), policies=policies))


# Locks


def test_a_lock_with_verdicts_and_points_is_read_back_as_it_was() -> None:
    body = policy({"id": "rule", "warn": "candidate.quality < 60.0"}, {"id": "liked", "prefer": "true", "points": 3})
    found = compiled(where=under(body)).lock
    assert [item.verdict for item in found.choice.verdicts] == ["warn", "prefer"]
    assert read_lock(Source("plan.lock", dump(found))) == found


def test_a_lock_without_policies_has_none_of_their_keys() -> None:
    assert "verdicts" not in dump(lock())
    assert "preference" not in dump(lock())


def test_a_policy_that_changes_drifts_as_policy() -> None:
    one = compiled(where=under(policy({"id": "rule", "deny": "candidate.gpus > 1000"}))).lock
    other = compiled(where=under(policy({"id": "rule", "deny": "candidate.gpus > 1001"}))).lock
    assert tuple(drift_classes(one, other)) == ("policy",)
    assert tuple(drift_classes(lock(), one)) == ("policy",)


ACTING, IDLE, EDITED = "a sha256:1 deny acts", "a sha256:1 deny idle", "a sha256:2 deny idle"


@pytest.mark.parametrize(
    ("before", "after", "intent"),
    [
        ((), (), False), ((ACTING,), (ACTING,), False), ((IDLE,), (ACTING,), False), ((ACTING,), (IDLE,), False),
        ((), (ACTING,), True), ((ACTING,), (), True), ((), (IDLE,), False), ((IDLE,), (), False),
        ((IDLE,), (EDITED,), False), ((ACTING,), (EDITED,), True), ((EDITED,), (ACTING,), True),
        ((ACTING, "b sha256:1 deny idle"), (ACTING, "b sha256:2 deny idle"), False),
        (("a sha256:1 warn idle",), (ACTING,), True),
    ],
)  # fmt: skip
def test_only_a_policy_that_acts_and_was_edited_is_intent(
    before: tuple[str, ...],
    after: tuple[str, ...],
    intent: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    assert policies_intend(before, after) is intent


def test_a_world_without_policies_asks_nobody() -> None:
    plan = make_plan(workload(), world())
    assert plan.judged is None
    assert plan.admitted == len(plan.views["balanced"])
    assert replace(plan, judged=None).refused_by_policy == 0


# Tables, many workloads, and texts that would steer a terminal


def test_markdown_tells_what_policies_say_under_the_table() -> None:
    policies = ReportedPolicies(applied=1, refused=2, verdicts=VERDICTS[:1])
    found = as_markdown(report(status="unchanged", choice=choice(), policies=policies))
    assert found.split("\n")[-1] == (
        r"- **chat** policies: 0 passed, 1 warning (ev.measured: simulated rows), 2 candidates refused"
    )
    body = policy({"id": "gpus", "limit": {"gpus": 1}})
    refused = as_markdown(report(refused=refusals(body), policies=ReportedPolicies(applied=1, refused=4)))
    assert refused.split("\n")[-1] == (
        r"- **chat** 4 by policy.guardrails.gpus nearest alpha-8b/fp8/h100/tp1: candidate.gpus <= 1: 2 (+100.0%)"
    ).replace("<", "&lt;")


def test_markdown_says_nothing_of_policies_where_the_workload_itself_admits_nothing() -> None:
    found = as_markdown(report(status="infeasible", policies=ReportedPolicies(applied=3, refused=0)))
    assert found.split("\n")[-1] == "| chat | no feasible plan |  |  |  |  | infeasible |"


def test_of_many_workloads_only_those_with_something_said_take_a_line_more() -> None:
    quiet = report(status="unchanged", choice=choice(), policies=ReportedPolicies(applied=3, refused=9)).workloads
    loud = report(
        status="unchanged", choice=choice(), policies=ReportedPolicies(applied=3, refused=0, verdicts=VERDICTS[:1])
    ).workloads
    text = report_text(Report(command="compile", exit_code=0, workloads=(*quiet * 5, *loud)))
    assert [line for line in text.split("\n") if "polic" in line] == [
        "  policies: 2 passed, 1 warning (ev.measured: simulated rows)"
    ]


def test_points_that_do_not_count_are_told() -> None:
    more = [{"id": f"more-{index}", "prefer": "true", "points": 15} for index in range(3)]
    assert "+ 20 preferred, the most that counts of +45\n" in told(plan_of(policy(*more)), ALPHA)


def test_no_text_of_a_policy_steers_a_terminal() -> None:
    body = policy({"id": "rule", "require": "candidate.id == '\u009b31m'", "messageExpression": "'\\u009b31m'"})
    plan = plan_of(body)
    text = told(plan, ALPHA) + dump(compiled(where=under(body, enforcement="warn")).lock)
    assert text.replace("\n", "").isprintable()
    assert "candidate.id == '?31m'" in text
