"""Scores by their formulas, total orders, refusals by their first reason, and why a candidate is where it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from builders import (
    ALPHA,
    ALPHA_FP8,
    ALPHA_L4,
    ALPHA_X9,
    BETA,
    EASY,
    evidence,
    row_of,
    rows,
    weighed,
)
from builders import (
    SPEC as USUAL,
)

from neuralnav.cli.explain_text import explanation_text
from neuralnav.model.plan import NEAR_MISS, SCORES, VIEWS, Explanation, RankedPlan, Refusal
from neuralnav.model.spec import ResolvedSpec, ScoreWeights
from neuralnav.rank import complexity_score, cost_score, explain, rank

SPEC = replace(USUAL, peak_rps=40 / 3)


def spec(**changes: Any) -> ResolvedSpec:
    return replace(SPEC, **changes)


def plan_of(resolved: ResolvedSpec = SPEC, *parts: Sequence[Mapping[str, Any]]) -> RankedPlan:
    return rank(resolved, weighed(resolved, *(parts or evidence())))


def ids(plan: RankedPlan, view: str = "balanced") -> list[str]:
    return [plan.candidates.table["id"][row].as_py() for row in plan.views[view]]


def score(plan: RankedPlan, name: str, candidate: str) -> float:
    return float(plan.scores[name][row_of(plan.candidates, candidate)])


def explained(plan: RankedPlan, candidate: str) -> Explanation:
    return explain(plan, row_of(plan.candidates, candidate))


def only(*points: tuple[float, float, float, float], **changes: Any) -> RankedPlan:
    """A plan whose only evidence is of one configuration."""
    return plan_of(spec(**changes), rows(ALPHA, points))


def refusal(plan: RankedPlan, reason: str) -> Refusal:
    return next(item for item in plan.refused if item.reason == reason)


# Scores


@pytest.mark.parametrize(
    ("usd", "expected"), [(100, 100), (1000, 75), (10_000, 50), (100_000, 25), (1_000_000, 0), (10, 125)]
)
def test_the_cost_score_falls_by_25_points_for_each_factor_of_ten(usd: float, expected: float) -> None:
    assert cost_score(np.array([usd]))[0] == pytest.approx(expected)


def test_the_complexity_score_is_the_earlier_systems_table_and_falls_to_40_at_64() -> None:
    gpus = np.arange(1, 9)
    assert complexity_score(gpus).tolist() == [100, 90, 82, 75, 70, 65, 62, 60]
    beyond = complexity_score(np.array([8, 9, 16, 32, 63, 64, 1000, 0]))
    assert beyond[:1] == 60
    assert beyond[2:4] == pytest.approx([60 - 20 / 3, 60 - 40 / 3])
    assert (np.diff(beyond[:6]) < 0).all()
    assert beyond[5:7].tolist() == [40.0, 40.0]


def test_scores_are_those_of_the_formulas() -> None:
    plan = plan_of()
    assert score(plan, "accuracy", ALPHA_FP8) == 49.0
    assert score(plan, "cost", ALPHA_FP8) == round(100 * (1 - math.log10(6570 / 100) / 4), 1)
    assert score(plan, "complexity", ALPHA_FP8) == 90.0
    slack = [1 - 111.1 / 150, 1 - 21.1 / 25, 1 - 5511.1 / 7000]
    assert score(plan, "latency", ALPHA_FP8) == pytest.approx(100 * sum(slack) / 3, abs=0.06)
    parts = [score(plan, name, ALPHA_FP8) for name in SCORES]
    expected = 0.4 * parts[0] + 0.4 * parts[1] + 0.1 * parts[2] + 0.1 * parts[3]
    assert score(plan, "balanced", ALPHA_FP8) == pytest.approx(expected, abs=0.051)


def test_safe_scores_the_lower_end_of_the_quality() -> None:
    easier = {"ttft": 300.0, "itl": 50.0, "e2e": 14_000.0}
    assert score(plan_of(spec(slo_ms=easier)), "accuracy", BETA) == 58.8
    assert score(plan_of(spec(slo_ms=easier, confidence="safe")), "accuracy", BETA) == 36.0


def test_every_score_lies_between_0_and_100_though_a_number_is_unknown() -> None:
    plan = plan_of()
    for values in plan.scores.values():
        assert ((values >= 0) & (values <= 100)).all()


# Views


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_holds_every_feasible_candidate_once_and_nothing_else(view: str) -> None:
    assert sorted(ids(plan_of(), view)) == sorted([ALPHA, ALPHA_FP8, ALPHA_L4, BETA])


def test_a_view_is_ordered_by_its_own_score_and_cost_by_the_cost_itself() -> None:
    plan = plan_of()
    for view in VIEWS:
        values = [score(plan, view, name) for name in ids(plan, view)]
        assert values == sorted(values, reverse=True)
    cost = plan.candidates.table["cost_usd_per_month"]
    dollars = [cost[row].as_py() for row in plan.views["cost"]]
    assert dollars == sorted(dollars)
    assert ids(plan, "cost") == [ALPHA_FP8, ALPHA_L4, ALPHA, BETA]
    assert ids(plan, "accuracy") == [BETA, ALPHA, ALPHA_FP8, ALPHA_L4]


def test_the_cost_view_tells_costs_apart_where_their_scores_do_not() -> None:
    plan = plan_of(spec(peak_rps=5000.0), *evidence()[:2])
    assert score(plan, "cost", ALPHA) == score(plan, "cost", ALPHA_FP8) == 0.0
    assert ids(plan) == [ALPHA, ALPHA_FP8]
    assert ids(plan, "cost") == [ALPHA_FP8, ALPHA]


def test_candidates_level_in_everything_are_ordered_by_their_id() -> None:
    names = [ALPHA.replace("tp1", tp) for tp in ("tp4", "tp1", "tp2")]
    parts = [rows(name, EASY) for name in names]
    weights = ScoreWeights(1.0, 0.0, 0.0, 0.0)
    plan = plan_of(spec(weights=weights), *parts)
    assert ids(plan, "accuracy") == sorted(names)
    assert ids(plan, "latency") == sorted(names)
    assert plan_of(spec(weights=weights), *parts[::-1]).views == plan.views


def test_no_candidates_presence_moves_another() -> None:
    every = plan_of()
    for left_out in range(len(evidence())):
        parts = [part for index, part in enumerate(evidence()) if index != left_out]
        fewer = plan_of(SPEC, *parts)
        for view in VIEWS:
            assert ids(fewer, view) == [name for name in ids(every, view) if name in ids(fewer, view)]
        for name in ids(fewer):
            assert all(score(fewer, s, name) == score(every, s, name) for s in every.scores)


def test_a_dominated_candidate_is_marked_and_stays_ranked() -> None:
    plan = plan_of()
    marked = [name for name in ids(plan) if plan.dominated[row_of(plan.candidates, name)]]
    for name in ids(plan):
        better = [
            other
            for other in ids(plan)
            if all(score(plan, s, other) >= score(plan, s, name) for s in SCORES)
            and any(score(plan, s, other) > score(plan, s, name) for s in SCORES)
        ]
        assert (name in marked) == bool(better)
    assert ALPHA_L4 in marked
    assert ALPHA_FP8 not in marked


def test_equals_do_not_dominate_each_other() -> None:
    plan = plan_of(SPEC, rows("alpha-8b/bf16/h100/tp2", EASY), rows("alpha-8b/bf16/h100/tp4", EASY[:2]))
    assert len(plan.views["balanced"]) == 2
    same = replace(plan.candidates, feasible=plan.candidates.feasible)
    assert rank(SPEC, same).dominated.sum() <= 1
    alone = plan_of(SPEC, rows(ALPHA, EASY))
    assert not alone.dominated.any()


def test_a_refused_candidate_neither_ranks_nor_dominates() -> None:
    plan = plan_of()
    assert ALPHA_X9 not in ids(plan)
    assert not plan.dominated[row_of(plan.candidates, ALPHA_X9)]


# Refusals


def test_each_refused_candidate_is_counted_once_by_the_first_rule_that_refuses_it() -> None:
    plan = plan_of(spec(budget_usd_per_month=7000.0))
    total = plan.candidates.table.num_rows
    assert sum(item.count for item in plan.refused) == total - len(plan.views["balanced"])
    firsts: dict[str, int] = {}
    for row in range(total):
        rule = next((name for name, admits in plan.candidates.verdicts.items() if not admits[row]), None)
        if rule is not None:
            firsts[rule] = firsts.get(rule, 0) + 1
    assert {item.reason: item.count for item in plan.refused} == firsts
    counts = [item.count for item in plan.refused]
    assert counts == sorted(counts, reverse=True)


def test_the_nearest_over_the_budget_is_named_with_the_difference() -> None:
    plan = plan_of(spec(budget_usd_per_month=6000.0))
    found = refusal(plan, "constraint.budget")
    assert (found.count, found.nearest, found.by, found.near_miss) == (4, ALPHA_FP8, "+$570/month", False)


@pytest.mark.parametrize(("ttft", "near"), [(180.0, True), (180.1, False), (150.1, True), (240.0, False)])
def test_a_near_miss_is_within_twenty_per_cent_and_refused_all_the_same(ttft: float, near: bool) -> None:  # noqa: FBT001  # a case
    assert NEAR_MISS == 0.20
    plan = only((1.0, ttft, 10.0, 2600.0), (2.0, 300.0, 11.0, 2700.0))
    found = refusal(plan, "slo.ttft")
    assert (found.count, found.nearest, found.near_miss) == (1, ALPHA, near)
    assert not plan.views["balanced"]
    assert explained(plan, ALPHA).failed[0].near_miss is near


def test_a_candidate_near_in_one_slo_and_far_in_another_is_no_near_miss() -> None:
    plan = only((1.0, 160.0, 100.0, 2600.0))
    assert not refusal(plan, "slo.ttft").near_miss
    assert refusal(plan, "slo.ttft").by.startswith("ttft +10.0 ms (+6.7%), itl +75.0 ms (+300")


def test_a_refusal_by_name_has_no_nearest() -> None:
    plan = plan_of(spec(allowed=replace(SPEC.allowed, models=frozenset({"alpha-8b"}))))
    assert not [item for item in plan.refused if item.reason == "constraint.models"]
    found = next(item for item in plan.shut_out if item.reason == "constraint.models")
    assert (found.nearest, found.by) == ("", "")


def test_a_configuration_without_room_is_refused_with_what_it_lacks() -> None:
    found = refusal(plan_of(), "memory")
    assert found.by.endswith(" GiB per GPU")
    assert found.nearest.startswith("beta-70b/")


# Explanations


def test_the_best_is_explained_with_its_places_and_score() -> None:
    found = explained(plan_of(), ALPHA_FP8)
    assert (found.ranks["balanced"], found.best, found.behind, found.failed) == (1, ALPHA_FP8, 0.0, ())
    text = explanation_text(found)
    assert text.startswith(f"{ALPHA_FP8}   best balanced score of 4 feasible candidates\n")
    assert "limited by ttft" in text


def test_one_behind_is_explained_with_the_distance() -> None:
    plan = plan_of()
    found = explained(plan, ALPHA)
    distance = score(plan, "balanced", ALPHA_FP8) - score(plan, "balanced", ALPHA)
    assert found.behind == pytest.approx(distance)
    assert found.behind > 0
    assert set(found.ranks) == set(VIEWS)


@pytest.mark.parametrize(
    ("changes", "failed", "relax"),
    [
        ({"budget_usd_per_month": 9000.0}, "constraint.budget", ("constraints.budget", "9855 USD/month or more")),
        ({"max_gpus": 2}, "constraint.gpus", ("constraints.gpus", "3 or more")),
        ({"deploy": replace(SPEC.deploy, max_replicas=2)}, "deploy.maxReplicas",
         ("deploy.autoscaling.maxReplicas", "3 or more")),
        ({"slo_ms": {"ttft": 40.0, "itl": 25.0, "e2e": 7000.0}}, "slo.ttft", ("slo.ttft", "50ms or more")),
        ({"allowed": replace(SPEC.allowed, accelerators=frozenset({"l4"}))}, "constraint.accelerators",
         ("constraints.accelerators", "that allows h100")),
        ({"allowed": replace(SPEC.allowed, licenses=frozenset({"beta-community"}))}, "constraint.licenses",
         ("constraints.licenses", "that allows apache-2.0")),
        ({"allowed": replace(SPEC.allowed, precisions=frozenset({"fp8"}))}, "constraint.precisions",
         ("constraints.precisions", "that allows bf16")),
    ],
)  # fmt: skip
def test_a_refused_one_is_explained_with_what_would_let_it_through(
    changes: dict[str, Any], failed: str, relax: tuple[str, str]
) -> None:
    found = explained(plan_of(spec(**changes)), ALPHA)
    assert [item.rule for item in found.failed] == [failed]
    assert found.relax == (relax,)
    assert found.ranks == {}


def test_what_would_let_a_candidate_through_does_let_it_through() -> None:
    plan = only((1.0, 160.4, 10.0, 2600.0))
    ((field, value),) = explained(plan, ALPHA).relax
    assert field == "slo.ttft"
    limit = float(value.removesuffix("ms or more"))
    eased = only((1.0, 160.4, 10.0, 2600.0), slo_ms={**SPEC.slo_ms, "ttft": limit})
    assert "slo.ttft" not in [item.rule for item in explained(eased, ALPHA).failed]


def test_without_evidence_no_slo_is_said_to_be_missed() -> None:
    found = explained(plan_of(SPEC, rows(ALPHA, EASY)), BETA)
    assert [item.rule for item in found.failed] == ["evidence"]


def test_feasible_ones_of_the_same_model_are_named_cheapest_first() -> None:
    found = explained(plan_of(), ALPHA_X9)
    assert [name for name, _ in found.siblings] == [ALPHA_FP8, ALPHA_L4, ALPHA]


def test_an_unknown_cost_is_shown_as_unknown() -> None:
    assert "nan" not in explanation_text(explained(plan_of(), ALPHA_X9))
