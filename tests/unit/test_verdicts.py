"""Verdicts of policies over a plan: who is refused, what unknown means, what acts, and what a lock says of it."""

import difflib
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from builders import (
    ALPHA,
    ALPHA_FP8,
    ALPHA_L4,
    BETA,
    EASY,
    compiled,
    evidence,
    lock,
    previous_of,
    project,
    row_of,
    rows,
    workload,
    world,
)
from governed import Entry, governance, policy, under

from neuralnav.errors import InputError
from neuralnav.locking import decide
from neuralnav.model.lock import dump
from neuralnav.model.plan import RankedPlan
from neuralnav.model.spec import ScoreWeights
from neuralnav.model.verdicts import VERDICTS, Judged
from neuralnav.pipeline import World, make_plan
from neuralnav.rank import explain
from neuralnav.report import diagnostics_text

EVERY = [ALPHA, ALPHA_FP8, ALPHA_L4, BETA]
TEAM: dict[str, Any] = {"labels": {"env": "prod", "team": "support"}}


def plan_of(*policies: Entry, parsed: Any = None, **options: Any) -> RankedPlan:
    return make_plan(parsed or workload(), under(*policies, **options))


def judged(plan: RankedPlan) -> Judged:
    assert plan.judged is not None
    return plan.judged


def permitted(plan: RankedPlan) -> list[str]:
    return sorted(plan.candidates.table["id"][row].as_py() for row in plan.views["balanced"])


def verdicts(plan: RankedPlan, rule: str = "rule") -> dict[str, str]:
    """What a rule makes of each candidate that the workload admits."""
    (found,) = [item for item in judged(plan).rules if item.rule == rule]
    return {name: VERDICTS[found.codes[row_of(plan.candidates, name)]] for name in EVERY}


def rule(name: str = "rule", **body: Any) -> Entry:
    return {"id": name, **body}


def changed(where: World) -> list[str]:
    """The lines of the lock that policies change, each with - or +."""
    before, after = (dump(item).splitlines() for item in (lock(), compiled(where=where).lock))
    found = difflib.unified_diff(before, after, n=0, lineterm="")
    return [line for line in found if line[:2] not in ("--", "++", "@@")]


# Verdicts


def test_deny_objects_where_it_is_true_and_require_where_it_is_false() -> None:
    denied = plan_of(policy(rule(deny="candidate.precision == 'fp8'")))
    required = plan_of(policy(rule(require="candidate.precision != 'fp8'")))
    assert permitted(denied) == permitted(required) == [ALPHA]
    assert verdicts(denied) == {ALPHA: "pass", ALPHA_FP8: "deny", ALPHA_L4: "deny", BETA: "deny"}
    assert verdicts(required) == verdicts(denied)


def test_a_warning_refuses_nothing() -> None:
    plan = plan_of(policy(rule(warn="candidate.source == 'simulated'")))
    assert permitted(plan) == EVERY
    assert set(verdicts(plan).values()) == {"warn"}


@pytest.mark.parametrize(("enforcement", "verdict"), [("deny", "deny"), ("warn", "warn"), ("audit", "audit")])
def test_the_binding_says_how_hard_a_rule_is(enforcement: str, verdict: str) -> None:
    plan = plan_of(policy(rule(deny="candidate.precision == 'fp8'")), enforcement=enforcement)
    assert verdicts(plan)[ALPHA_FP8] == verdict
    assert permitted(plan) == ([ALPHA] if enforcement == "deny" else EVERY)


def test_a_rule_that_warns_is_only_recorded_where_its_binding_audits() -> None:
    plan = plan_of(policy(rule(warn="true")), enforcement="audit")
    assert set(verdicts(plan).values()) == {"audit"}


@pytest.mark.parametrize("kind", ["deny", "require", "warn"])
@pytest.mark.parametrize(("unknown", "verdict"), [("deny", "deny"), ("warn", "warn"), ("skip", "pass")])
def test_the_rule_says_what_unknown_means_and_never_more_than_it_could(kind: str, unknown: str, verdict: str) -> None:
    condition = {kind: f"candidate.quality {'>=' if kind == 'require' else '<'} 10.0", "onUnknown": unknown}
    plan = plan_of(policy(rule(**condition)))
    most = "warn" if kind == "warn" and verdict == "deny" else verdict
    assert verdicts(plan) == {ALPHA: "pass", ALPHA_FP8: "pass", ALPHA_L4: "pass", BETA: most}


def test_unknown_denies_unless_the_rule_says_otherwise() -> None:
    assert permitted(plan_of(policy(rule(require="candidate.quality >= 10.0")))) == [ALPHA, ALPHA_FP8, ALPHA_L4]
    guarded = "!has(candidate.quality) || candidate.quality >= 10.0"
    assert permitted(plan_of(policy(rule(require=guarded)))) == EVERY


def test_what_the_workload_refuses_is_not_refused_again_for_want_of_data() -> None:
    plan = plan_of(policy(rule(require="candidate.quality >= 10.0")))
    (found,) = judged(plan).rules
    objects = np.flatnonzero(found.codes)
    assert [plan.candidates.table["id"][int(row)].as_py() for row in objects] == [BETA]


def test_params_variables_and_the_whole_plan_can_be_read() -> None:
    body = policy(
        rule(require="variables.cheap && workload.labels['team'] == 'support' && plan.peak_rps > 0.0"),
        params={"most": {"type": "double", "default": 9500}},
        variables={"cheap": "candidate.cost_monthly_usd < params.most"},
    )
    assert permitted(plan_of(body, parsed=workload(**TEAM))) == [ALPHA_FP8, ALPHA_L4]
    assert permitted(plan_of(body, parsed=workload(**TEAM), params={"most": 7000.0})) == [ALPHA_FP8]
    assert permitted(plan_of(body, parsed=workload())) == []  # the label is not there, so the rule denies


# Where a policy applies


def test_a_policy_judges_only_what_its_match_selects() -> None:
    everything = rule(deny="true")
    for match in ({"workloads": ["other"]}, {"useCases": ["code_completion"]}, {"labels": {"team": ["search"]}}):
        plan = plan_of(policy(everything, match=match), parsed=workload(**TEAM))
        assert permitted(plan) == EVERY
        assert judged(plan).applied == ()
    for match in ({"workloads": ["chat"]}, {"labels": {"team": ["*"]}}, {"useCases": ["chatbot_conversational"]}):
        assert permitted(plan_of(policy(everything, match=match), parsed=workload(**TEAM))) == []


def test_a_policy_binds_in_its_environments() -> None:
    body = policy(rule(deny="true"))
    assert permitted(plan_of(body, parsed=workload(**TEAM), environments=["prod"])) == []
    other = plan_of(body, parsed=workload(**TEAM), environments=["dev"])
    assert permitted(other) == EVERY
    assert judged(other).lines == ()
    assert permitted(plan_of(body, environments=["prod"])) == EVERY


# Budgets and the best few


def test_a_limit_refuses_what_is_over_any_of_its_budgets() -> None:
    assert permitted(plan_of(policy(rule(limit={"costMonthlyUsd": 9344})))) == [ALPHA_FP8, ALPHA_L4]
    assert permitted(plan_of(policy(rule(limit={"costMonthlyUsd": "usd('9k')"})))) == [ALPHA_FP8]
    assert permitted(plan_of(policy(rule(limit={"gpus": 3})))) == [ALPHA, ALPHA_FP8]
    assert permitted(plan_of(policy(rule(limit={"gpus": 16, "replicas": 8})))) == [ALPHA, ALPHA_FP8, BETA]


def test_a_limit_that_nobody_can_tell_is_unknown() -> None:
    body: dict[str, Any] = {"limit": {"gpus": "plan.max_gpus"}}
    assert permitted(plan_of(policy(rule(**body)))) == []
    assert permitted(plan_of(policy(rule(**body, onUnknown="skip")))) == EVERY
    limited = workload(constraints={"gpus": 3})
    assert permitted(plan_of(policy(rule(**body)), parsed=limited)) == [ALPHA, ALPHA_FP8]


@pytest.mark.parametrize(
    ("limit", "missed"),
    [({"gpus": "plan.max_gpus"}, "candidate.gpus <= plan.max_gpus: plan.max_gpus is absent"),
     ({"top": "[1][3]", "by": "cost"}, "place by cost <= [1][3]: item 3 of a list of 1")],
)  # fmt: skip
def test_a_limit_that_nobody_can_tell_says_what_it_lacks(limit: Entry, missed: str) -> None:
    refused = plan_of(policy(rule(limit=limit))).shut_out
    assert [item.by for item in refused if item.reason == "policy.guardrails.rule"] == [missed]


def test_budgets_that_are_exceeded_add_up_as_conditions_do() -> None:
    limit: dict[str, Any] = {"limit": {"replicas": 3, "costMonthlyUsd": 9900}}
    condition = {"require": "candidate.replicas <= 3 && candidate.cost_monthly_usd <= 9900.0"}
    for body in (limit, condition):
        (refused,) = [item for item in plan_of(policy(rule(**body))).refused if item.reason.startswith("policy.")]
        assert (refused.count, refused.nearest) == (2, ALPHA_L4)


def test_a_limit_that_is_exceeded_refuses_though_another_cannot_be_told() -> None:
    body = rule(limit={"gpus": 3, "replicas": "plan.max_replicas"}, onUnknown="warn")
    assert verdicts(plan_of(policy(body))) == {ALPHA: "warn", ALPHA_FP8: "warn", ALPHA_L4: "deny", BETA: "deny"}


@pytest.mark.parametrize(("view", "best"), [("balanced", [ALPHA, ALPHA_FP8]), ("cost", [ALPHA_FP8, ALPHA_L4]),
                                            ("accuracy", [ALPHA, BETA])])  # fmt: skip
def test_the_best_few_of_a_view_are_counted_before_any_policy(view: str, best: list[str]) -> None:
    top = rule("top", limit={"top": 2, "by": view})
    assert permitted(plan_of(policy(top))) == best
    other = rule("other", deny=f"candidate.id == '{best[0]}'")
    assert permitted(plan_of(policy(top, other))) == [best[1]]
    moved = rule("moved", prefer=f"candidate.id == '{BETA}'", points=20)
    assert permitted(plan_of(policy(top, moved))) == best


# Preferences and weights


def score(plan: RankedPlan, name: str) -> float:
    return float(plan.scores["balanced"][row_of(plan.candidates, name)])


def test_a_preference_adds_its_points_to_the_balanced_score() -> None:
    before = make_plan(workload(), world())
    plan = plan_of(policy(rule(prefer="accelerator.name == 'L4'", points=7.5)))
    assert score(plan, ALPHA_L4) == round(score(before, ALPHA_L4) + 7.5, 1)
    assert all(score(plan, name) == score(before, name) for name in EVERY if name != ALPHA_L4)
    assert plan.scores["accuracy"].tolist() == before.scores["accuracy"].tolist()
    chosen = plan.candidates.table["id"][plan.views["balanced"][0]].as_py()
    assert chosen == ALPHA_L4


def test_all_preferences_together_move_a_score_by_no_more_than_20() -> None:
    more = [rule(f"more-{index}", prefer="true", points=15) for index in range(3)]
    less = [rule(f"less-{index}", prefer="true", points=-15) for index in range(3)]
    before = make_plan(workload(), world())
    assert score(plan_of(policy(*more)), ALPHA) == round(score(before, ALPHA) + 20, 1)
    assert score(plan_of(policy(*less)), ALPHA) == round(score(before, ALPHA) - 20, 1)
    assert score(plan_of(policy(*more, *less)), ALPHA) == score(before, ALPHA)


def test_what_is_unknown_is_not_preferred() -> None:
    plan = plan_of(policy(rule(prefer="candidate.quality > 0.0", points=5)))
    assert judged(plan).points[row_of(plan.candidates, BETA)] == 0.0


@pytest.mark.parametrize("enforcement", ["warn", "audit"])
def test_a_preference_that_does_not_act_says_what_it_would_do(enforcement: str) -> None:
    plan = plan_of(policy(rule(prefer="true", points=5)), enforcement=enforcement)
    assert not judged(plan).points.any()
    (said,) = judged(plan).said(row_of(plan.candidates, ALPHA))
    assert (said.verdict, said.points, said.message) == ("audit", 0.0, "would give it +5 points")


def test_weights_replace_those_of_the_workload_and_say_so() -> None:
    body: dict[str, Any] = {"weights": {"accuracy": 3, "cost": 0, "latency": 1, "complexity": 0}}
    plan = plan_of(policy(rule(**body)), parsed=workload(priorities={"cost": "high"}))
    assert plan.spec.weights == ScoreWeights(0.75, 0.0, 0.25, 0.0)
    assert [(item.value, item.why) for item in plan.spec.assumptions if item.field == "weights"] == [
        ("accuracy 75%, cost 0%, latency 25%, complexity 0%", "policy guardrails.rule")
    ]
    assert judged(plan).lines[0].endswith(" deny acts")
    for enforcement in ("warn", "audit"):
        assert plan_of(policy(rule(**body)), enforcement=enforcement).spec.weights == ScoreWeights(0.4, 0.4, 0.1, 0.1)


def test_only_the_policy_that_sets_weights_acts_by_them() -> None:
    weights = {"accuracy": 1, "cost": 0, "latency": 0, "complexity": 0}
    plan = plan_of(policy(rule(weights=weights)), policy(rule(deny="candidate.gpus > 1000"), name="other"))
    assert [line.split()[-1] for line in judged(plan).lines] == ["acts", "idle"]


def test_weights_that_are_the_workloads_own_are_no_act() -> None:
    body: dict[str, Any] = {"weights": {"accuracy": 40, "cost": 40, "latency": 10, "complexity": 10}}
    plan = plan_of(policy(rule(**body)))
    assert judged(plan).lines[0].endswith(" deny idle")


def test_two_policies_that_set_different_weights_for_one_workload_are_refused() -> None:
    one = policy(rule("a", weights={"accuracy": 1, "cost": 0, "latency": 0, "complexity": 0}), name="one",
                 match={"workloads": ["chat"]})  # fmt: skip
    two = policy(rule("b", weights={"accuracy": 0, "cost": 1, "latency": 0, "complexity": 0}), name="two")
    with pytest.raises(InputError) as caught:
        make_plan(workload(), under(one, two))
    assert diagnostics_text(caught.value.diagnostics) == (
        "policies/1.yaml:7:9  rule two.b sets other weights than one.a, and both apply to chat\n"
        "  7 |   - id: b\n"
        "    |         ^ keep one of them, or match other workloads\n"
        "1 problem; nothing was written"
    )
    make_plan(workload(name="other"), under(one, two))


# Exemptions

EXEMPT: dict[str, Any] = {
    "policy": "guardrails",
    "rule": "rule",
    "owner": "ada",
    "reason": "old contract",
    "expires": date(2020, 1, 1),
}


@pytest.mark.parametrize(
    ("scope", "covers"),
    [({"workloads": ["chat"]}, True), ({"workloads": ["other"]}, False), ({"environments": ["prod"]}, True),
     ({"environments": ["dev"], "workloads": ["chat"]}, False)],
)  # fmt: skip
def test_an_exemption_lets_through_the_workloads_that_it_covers_whatever_the_day(scope: Entry, covers: bool) -> None:  # noqa: FBT001  # a parameter of the test
    plan = plan_of(
        policy(rule(deny="candidate.precision == 'fp8'")), parsed=workload(**TEAM), exemptions=[{**EXEMPT, **scope}]
    )
    assert permitted(plan) == (EVERY if covers else [ALPHA])
    assert verdicts(plan)[ALPHA_FP8] == ("exempt" if covers else "deny")
    assert verdicts(plan)[ALPHA] == "pass"
    if covers:
        (said,) = judged(plan).said(row_of(plan.candidates, ALPHA_FP8))
        assert (said.verdict, said.owner, said.reason) == ("exempt", "ada", "old contract")
        assert judged(plan).lines[0].endswith(" deny idle")


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_exemptions_the_one_that_lasts_longest_is_told_wherever_it_stands(order: int) -> None:
    several = [{**EXEMPT, "workloads": ["chat"]},
               {**EXEMPT, "workloads": ["chat"], "owner": "bo", "expires": date(2027, 1, 1)}][::order]  # fmt: skip
    plan = plan_of(policy(rule(deny="true")), exemptions=several)
    assert {said.owner for said in judged(plan).said(0)} == {"bo"}
    assert judged(plan).lines == judged(plan_of(policy(rule(deny="true")), exemptions=several[::-1])).lines


def test_a_warning_is_waived_as_a_refusal_is() -> None:
    plan = plan_of(policy(rule(warn="true")), exemptions=[{**EXEMPT, "workloads": ["chat"]}])
    assert set(verdicts(plan).values()) == {"exempt"}


def test_an_exemption_is_part_of_the_line_of_its_policy_alone() -> None:
    bodies = policy(rule(deny="candidate.gpus > 3")), policy(rule(deny="candidate.gpus > 3"), name="other")
    before = judged(plan_of(*bodies)).lines
    after = judged(plan_of(*bodies, exemptions=[{**EXEMPT, "workloads": ["chat"]}])).lines
    elsewhere = judged(plan_of(*bodies, exemptions=[{**EXEMPT, "workloads": ["search"]}])).lines
    assert elsewhere == before
    assert after[1] == before[1]
    assert after[0].split()[1] != before[0].split()[1]


# What the lock says

NO_OPS: dict[str, Entry] = {
    "another workload": policy(rule(deny="true"), match={"workloads": ["other"]}),
    "no objection": policy(rule(deny="candidate.gpus > 1000")),
    "only the refused": policy(rule(deny="!has(candidate.cost_monthly_usd)")),
    "a warning of others": policy(rule(warn="candidate.precision == 'bf16'")),
    "a preference of the refused": policy(rule(prefer="!has(candidate.cost_monthly_usd)", points=5)),
    "no preference": policy(rule(prefer="model.audio", points=5)),
    "the workload's own weights": policy(rule(weights={"accuracy": 40, "cost": 40, "latency": 10, "complexity": 10})),
    "the best thousand": policy(rule(limit={"top": 1000, "by": "cost"})),
}


@pytest.mark.parametrize("name", NO_OPS)
def test_a_policy_that_does_nothing_changes_only_its_digest_line(name: str) -> None:
    (line,) = judged(plan_of(NO_OPS[name])).lines
    assert line.endswith(" deny idle")
    assert changed(under(NO_OPS[name])) == ["-  policies: []", "+  policies:", f"+    - {line}"]


def test_the_lock_says_of_the_choice_what_is_more_than_a_pass() -> None:
    body = policy(
        rule("warned", warn="candidate.source == 'simulated'", message="no measurement"),
        rule("liked", prefer="accelerator.name == 'H100'", points=2, about="We have them."),
        rule("passed", require="candidate.gpus < 100"),
    )
    found = compiled(where=under(body)).lock
    assert [(item.rule, item.verdict, item.message, item.points) for item in found.choice.verdicts] == [
        ("guardrails.warned", "warn", "no measurement", 0.0), ("guardrails.liked", "prefer", "We have them.", 2.0),
    ]  # fmt: skip
    assert "preference: 2.0\n" in dump(found)


def test_the_order_of_rules_and_policies_changes_nothing_but_digests() -> None:
    rules = [
        rule("a", deny="candidate.gpus > 3"), rule("b", deny="candidate.precision == 'bf16'"),
        rule("c", prefer="candidate.tp == 1", points=3), rule("d", limit={"top": 3, "by": "balanced"}),
    ]  # fmt: skip
    one = compiled(where=under(policy(*rules), policy(*rules, name="other"))).lock
    other = compiled(where=under(policy(*rules[::-1], name="other"), policy(*rules[::-1]))).lock
    same = {"inputs": one.inputs}
    assert dump(other.model_copy(update=same)) == dump(one)


# The sticky choice


def kept(before: Entry, after: Entry, margin: float = 50) -> str:
    """The choice under a policy where the lock, made under another, holds the second best."""
    where = world(settings=project(margins={"sticky": margin}))
    old = compiled(where=under(before, where=where)).lock
    previous = previous_of(old, candidate=ALPHA)
    plan = make_plan(workload(), under(after, where=where))
    name: str = plan.candidates.table["id"][decide(plan, previous).row].as_py()
    return name


def test_a_policy_that_does_nothing_is_no_intent() -> None:
    idle = policy(rule(deny="candidate.gpus > 1000"))
    assert kept(idle, policy(rule(deny="candidate.gpus > 1001"))) == ALPHA
    assert kept(idle, policy(rule(deny="candidate.gpus > 3"))) == ALPHA_FP8
    assert kept(policy(rule(deny="candidate.gpus > 3")), idle) == ALPHA_FP8


def test_a_policy_that_data_makes_act_is_no_intent() -> None:
    acting = policy(rule(deny="candidate.gpus > 3"))
    plan = make_plan(workload(), under(acting))
    (line,) = judged(plan).lines
    previous = previous_of(lock(), candidate=ALPHA)
    before = replace(previous, policies=(line.replace(" acts", " idle"),))
    spec = replace(plan.spec, sticky_margin=50.0)
    row = decide(replace(plan, spec=spec), before).row
    assert plan.candidates.table["id"][row].as_py() == ALPHA


@pytest.mark.parametrize(
    ("locked", "refused_by"), [(ALPHA, "policy.guardrails.rule"), ("no-such/bf16/h100/tp1", ""), (BETA, "")]
)
def test_a_locked_choice_that_is_left_is_told_with_the_rule_that_refuses_it(locked: str, refused_by: str) -> None:
    plan = make_plan(workload(), under(policy(rule(deny=f"candidate.id == '{ALPHA}'"))))
    found = decide(plan, previous_of(lock(), candidate=locked))
    assert (found.instead_of, found.refused_by) == (locked, refused_by)


def test_governance_of_nothing_names_nothing() -> None:
    assert governance().policies == ()
    assert changed(under()) == []


# What carries no load


def test_what_carries_no_load_is_refused_for_that_and_not_by_policy() -> None:
    stalled = rows(ALPHA, EASY, achieved=[0.1, 0.1, 0.1])
    easy = {"ttft": "1s", "itl": "100ms", "e2e": "60s"}
    place = world(stalled, *evidence()[1:])
    bare = make_plan(workload(slo=easy), place)
    plan = make_plan(workload(slo=easy), under(policy(rule(deny="candidate.precision == 'bf16'")), where=place))
    assert [item for item in bare.refused if item.reason == "slo.throughput"] == [
        item for item in plan.refused if item.reason == "slo.throughput"
    ] != []  # fmt: skip
    assert not any(item.reason.startswith("policy.") for item in plan.refused)
    assert [item.rule for item in explain(plan, row_of(plan.candidates, ALPHA)).failed] == [
        "slo.throughput", "policy.guardrails.rule",
    ]  # fmt: skip
