"""Capacity, replicas, memory, price and a verdict per rule, each on numbers worked out by hand."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import (
    ALPHA,
    ALPHA_L4,
    ALPHA_X9,
    BETA,
    EASY,
    SPEC,
    Point,
    catalog,
    cell,
    evidence,
    layout,
    row_of,
    rows,
    spec,
    weighed,
)

from neuralnav.candidates import RULES, SCOPE_RULES, admitted, lay_out, price_of
from neuralnav.candidates.quality import quality_of
from neuralnav.model.catalog import Catalog, FlagFact, PeerScores, Price
from neuralnav.model.plan import Candidates
from neuralnav.model.spec import DeploySettings, ResolvedSpec
from neuralnav.model.tables import METRICS
from neuralnav.serving.memory import GIB

FLAT: tuple[Point, ...] = ((1.0, 50.0, 10.0, 2600.0), (4.0, 60.0, 11.0, 2700.0), (8.0, 70.0, 12.0, 2800.0))
"""Meets every SLO up to its last point."""


def one(points: Sequence[Point] = EASY, resolved: ResolvedSpec = SPEC, **options: Any) -> Candidates:
    return weighed(resolved, rows(ALPHA, points, **options))


def capacity(points: Sequence[Point], resolved: ResolvedSpec = SPEC, **options: Any) -> tuple[float, bool, str]:
    found = one(points, resolved, **options)
    return tuple(cell(found, ALPHA, name) for name in ("capacity_rps", "capacity_at_least", "binding"))


def replicas(found: Candidates, name: str = ALPHA) -> tuple[int, int]:
    return cell(found, name, "replicas_planned"), cell(found, name, "replicas_min")


def admits(found: Candidates, rule: str, name: str = ALPHA) -> bool:
    return bool(found.verdicts[rule][row_of(found, name)])


def feasible(found: Candidates, name: str = ALPHA) -> bool:
    return bool(found.feasible[row_of(found, name)])


# Capacity


def test_capacity_is_interpolated_where_the_first_slo_is_crossed() -> None:
    points = [(1.0, 50.0, 10.0, 2000.0), (2.0, 100.0, 12.0, 3000.0), (4.0, 200.0, 14.0, 4000.0)]
    assert capacity(points) == (3.0, False, "ttft")


@pytest.mark.parametrize(
    ("last", "expected", "binding"),
    [
        ((5.0, 450.0, 20.0, 4000.0), 2.0, "ttft"),
        ((5.0, 100.0, 70.0, 4000.0), 2.0, "itl"),
        ((5.0, 100.0, 20.0, 19_000.0), 2.0, "e2e"),
        ((5.0, 450.0, 70.0, 12_000.0), 2.0, "ttft"),
        ((5.0, 200.0, 70.0, 12_000.0), 2.0, "itl"),
    ],
)
def test_the_slo_that_is_hit_first_binds(last: Point, expected: float, binding: str) -> None:
    assert capacity([(1.0, 50.0, 10.0, 3000.0), last]) == (expected, False, binding)


def test_the_first_crossing_counts_though_a_heavier_load_looks_better() -> None:
    points = [(1.0, 50.0, 10.0, 2000.0), (2.0, 250.0, 10.0, 2000.0), (3.0, 60.0, 10.0, 2000.0)]
    assert capacity(points) == (1.5, False, "ttft")


def test_a_point_exactly_at_the_slo_meets_it() -> None:
    assert capacity([(1.0, 50.0, 10.0, 2000.0), (2.0, 150.0, 25.0, 7000.0)]) == (2.0, True, "none")


def test_where_the_top_of_the_sweep_meets_every_slo_capacity_is_a_lower_bound() -> None:
    assert capacity(FLAT) == (8.0, True, "none")
    assert capacity(FLAT[:1]) == (1.0, True, "none")


def test_capacity_is_never_extrapolated_below_the_first_point() -> None:
    found = one([(5.0, 151.0, 10.0, 2000.0), (9.0, 300.0, 12.0, 3000.0)])
    assert cell(found, ALPHA, "capacity_rps") == 0.0
    assert not admits(found, "slo.ttft")
    assert admits(found, "slo.itl")
    assert admits(found, "slo.e2e")
    assert not feasible(found)
    assert replicas(found) == (0, 0)
    assert cell(found, ALPHA, "cost_usd_per_month") == 0.0


def test_a_load_that_the_replica_does_not_keep_up_with_does_not_count() -> None:
    assert capacity(FLAT, achieved=[1.0, 3.9, 4.0]) == (4.0, False, "throughput")
    assert capacity(FLAT, achieved=[1.0, 3.0, 4.0]) == (1.0, False, "throughput")
    assert capacity(FLAT, achieved=[0.97, 3.7, 7.3]) == (8.0, True, "none")


def test_a_load_that_falls_short_by_chance_counts_when_a_heavier_one_is_carried() -> None:
    assert capacity(FLAT, achieved=[1.0, 3.5, 8.0]) == (8.0, True, "none")
    assert capacity(FLAT, achieved=[1.0, 3.5, 7.0]) == (1.0, False, "throughput")


def test_an_slo_that_is_crossed_before_the_overload_still_binds() -> None:
    points = [(1.0, 50.0, 10.0, 2000.0), (2.0, 100.0, 12.0, 3000.0), (4.0, 200.0, 14.0, 4000.0), (8.0,) * 4]
    assert capacity(points, achieved=[1.0, 2.0, 4.0, 4.1]) == (3.0, False, "ttft")


def test_a_curve_that_is_overloaded_from_its_first_point_has_no_capacity() -> None:
    points = [(2.0, 50.0, 10.0, 2600.0), (4.0, 60.0, 11.0, 2700.0), (8.0, 70.0, 12.0, 2800.0)]
    assert capacity(points, achieved=[1.0, 1.0, 1.0])[0] <= 1.0


def test_the_curve_of_another_configuration_says_nothing() -> None:
    found = one()
    assert not admits(found, "evidence", BETA)
    assert not feasible(found, BETA)
    assert cell(found, BETA, "ttft_p95_ms") is None
    assert (cell(found, BETA, "source"), cell(found, BETA, "evidence_id")) == ("", "")


def test_without_any_evidence_nothing_is_feasible() -> None:
    found = weighed(SPEC)
    assert not found.feasible.any()
    assert not found.verdicts["evidence"].any()


@pytest.mark.parametrize("rule", [f"slo.{metric}" for metric in METRICS])
def test_an_unknown_latency_never_admits(rule: str) -> None:
    assert not admits(one(), rule, BETA)


# Replicas


def test_replicas_carry_the_peak_with_headroom_and_the_least_keep_the_slo_at_the_peak() -> None:
    found = one(resolved=spec(peak_rps=40 / 3, mean_rps=20 / 3))
    assert cell(found, ALPHA, "capacity_rps") == 6.0
    assert replicas(found) == (3, 3)
    assert replicas(one(resolved=spec(peak_rps=35.0))) == (7, 6)


def test_the_mean_rate_sizes_nothing() -> None:
    assert replicas(one(resolved=spec(mean_rps=0.1, peak_rps=35.0))) == (7, 6)


def test_an_exact_fit_needs_no_replica_more() -> None:
    assert replicas(one(resolved=spec(peak_rps=5.0, headroom=1.2))) == (1, 1)
    assert replicas(one(resolved=spec(peak_rps=5.001, headroom=1.2))) == (2, 1)
    assert replicas(one(resolved=spec(peak_rps=0.0001))) == (1, 1)


def test_n_plus_1_adds_one_replica_to_both() -> None:
    found = one(resolved=spec(peak_rps=35.0, spare_replicas=1))
    assert replicas(found) == (8, 7)
    assert cell(found, ALPHA, "gpus") == 8


def test_gpus_are_those_of_all_replicas_and_the_month_has_730_hours() -> None:
    found = weighed(spec(peak_rps=6.0), *evidence())
    assert replicas(found, BETA)[0] == 4
    assert cell(found, BETA, "gpus") == 8
    assert cell(found, BETA, "cost_usd_per_month") == 4.5 * 8 * 730


def test_the_earlier_systems_chatbot_costs_two_gpus_and_not_eleven() -> None:
    found = one([(1.0, 20.0, 8.0, 2000.0), (9.0, 149.0, 24.0, 6000.0)], spec(peak_rps=9.0))
    assert replicas(found)[0] == 2
    assert cell(found, ALPHA, "cost_usd_per_month") == 6570.0


def test_a_rate_beyond_counting_is_never_feasible() -> None:
    with warnings.catch_warnings(action="ignore"):
        found = one(resolved=spec(peak_rps=1e30, budget_usd_per_month=1000.0))
    assert not feasible(found)


# What a plan shows


def test_latencies_are_read_at_the_planned_load_with_their_interval() -> None:
    found = one(resolved=spec(peak_rps=10.0))
    assert replicas(found) == (2, 2)
    shown = [cell(found, ALPHA, f"ttft_{part}") for part in ("p95_ms", "low_ms", "high_ms", "least_ms", "slack")]
    assert shown == [125.0, 100.0, 156.2, 50.0, pytest.approx(1 - 125 / 150, abs=1e-4)]


def test_noise_does_not_let_a_heavier_load_look_lighter() -> None:
    points = [(1.0, 50.0, 10.0, 2000.0), (2.0, 140.0, 10.0, 2000.0), (4.0, 60.0, 10.0, 2000.0)]
    found = one(points, spec(peak_rps=4.0, headroom=1.0))
    assert replicas(found) == (1, 1)
    assert cell(found, ALPHA, "ttft_p95_ms") == 140.0


def test_a_latency_below_the_first_point_is_the_first_points() -> None:
    assert cell(one(resolved=spec(peak_rps=0.1)), ALPHA, "ttft_p95_ms") == 50.0


def test_an_unknown_interval_is_not_shown_as_certainty() -> None:
    found = one(source="measured", interval=None)
    value, low, high = (cell(found, ALPHA, f"ttft_{part}_ms") for part in ("p95", "low", "high"))
    assert not low == value == high


def test_provenance_goes_with_the_numbers() -> None:
    found = one(source="measured", evidence_id="run-7", engine_version="0.21.0")
    names = ("source", "evidence_id", "engine_version")
    assert [cell(found, ALPHA, name) for name in names] == ["measured", "run-7", "0.21.0"]


# Safe


def test_safe_reads_the_upper_end_of_the_interval() -> None:
    assert cell(one(), ALPHA, "capacity_rps") == 6.0
    found = one(resolved=spec(confidence="safe"))
    assert cell(found, ALPHA, "capacity_rps") == 4.0
    assert cell(found, ALPHA, "ttft_least_ms") == 62.5


def test_safe_never_plans_fewer_replicas_nor_admits_more_than_likely() -> None:
    for peak in (0.5, 3.0, 6.0, 20.0, 100.0):
        likely, safe = (weighed(spec(peak_rps=peak, confidence=name), *evidence()) for name in ("likely", "safe"))
        assert not (safe.feasible & ~likely.feasible).any()
        counts = [found.table["replicas_planned"].to_numpy()[safe.feasible] for found in (likely, safe)]
        assert (counts[1] >= counts[0]).all()


# Verdicts


def test_every_rule_has_a_verdict_and_feasible_means_all_of_them() -> None:
    found = weighed(SPEC, *evidence())
    assert tuple(found.verdicts) == RULES
    assert (found.feasible <= np.logical_and.reduce(list(found.verdicts.values()))).all()
    assert {found.table["id"][row].as_py() for row in np.flatnonzero(found.feasible)} == {
        ALPHA, ALPHA.replace("bf16", "fp8"), ALPHA_L4, BETA,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "refused"),
    [
        ({"models": frozenset({"alpha-8b"})}, "constraint.models", BETA),
        ({"families": frozenset({"beta"})}, "constraint.families", ALPHA),
        ({"licenses": frozenset({"apache-2.0"})}, "constraint.licenses", BETA),
        ({"accelerators": frozenset({"h100"})}, "constraint.accelerators", ALPHA_L4),
        ({"precisions": frozenset({"fp8"})}, "constraint.precisions", ALPHA),
    ],
)
def test_what_a_constraint_does_not_allow_is_refused_by_it(change: dict[str, Any], rule: str, refused: str) -> None:
    found = weighed(spec(allowed=replace(SPEC.allowed, **change)), *evidence())
    assert not admits(found, rule, refused)
    assert not feasible(found, refused)
    assert found.feasible.any()


def test_a_context_beyond_the_models_is_refused() -> None:
    found = weighed(spec(context_tokens=8193), *evidence())
    assert admits(found, "constraint.context", ALPHA)
    assert not admits(found, "constraint.context", BETA)
    assert admits(weighed(spec(context_tokens=8192), *evidence()), "constraint.context", BETA)


def test_a_model_that_always_reasons_is_refused_unless_asked_for() -> None:
    always = FlagFact(value=True, source="test", verified=False)
    models = {name: item.model_copy(update={"always_reasons": always}) for name, item in catalog().models.items()}
    thinking = lay_out(replace(catalog(), models=models))
    for resolved, admitted_ones in ((SPEC, 0), (spec(reasoning=True), len(thinking))):
        assert admitted(resolved, catalog(), thinking)["constraint.reasoning"].sum() == admitted_ones
    assert admitted(SPEC, catalog(), layout())["constraint.reasoning"].all()


def test_an_unknown_price_is_a_refusal_and_never_a_price_of_nothing() -> None:
    found = weighed(SPEC, *evidence())
    assert not admits(found, "price", ALPHA_X9)
    assert not feasible(found, ALPHA_X9)
    assert cell(found, ALPHA_X9, "cost_usd_per_month") is None
    assert all(admits(found, rule, ALPHA_X9) for rule in RULES if rule != "price")


def test_the_price_is_of_the_provider_and_kind_and_the_newest() -> None:
    assert cell(weighed(spec(provider="aws"), *evidence()), ALPHA, "price_usd_per_hour") == 4.9
    assert cell(weighed(spec(provider="aws", price_kind="spot"), *evidence()), ALPHA, "price_usd_per_hour") == 2.0
    assert not admits(weighed(spec(provider="aws"), *evidence()), "price", ALPHA_L4)
    prices = [
        Price.model_validate_json(
            f'{{"provider": "p", "kind": "spot", "usdPerHour": {usd}, "recorded": "{day}", "validUntil": "2030-01-01",'
            ' "source": "test", "verified": false}'
        )
        for usd, day in ((1.0, "2026-02-01"), (2.0, "2026-03-01"), (3.0, "2026-01-01"))
    ]
    assert price_of(prices, "p", "spot") == 2.0
    assert math.isnan(price_of(prices, "p", "on-demand"))
    assert math.isnan(price_of(prices, "q", "spot"))


def test_limits_on_budget_gpus_and_replicas_admit_what_meets_them_exactly() -> None:
    most = spec(peak_rps=6.0)
    found = one(resolved=most)
    cost, gpus = cell(found, ALPHA, "cost_usd_per_month"), cell(found, ALPHA, "gpus")
    for change, rule in (
        ({"budget_usd_per_month": cost}, "constraint.budget"),
        ({"max_gpus": gpus}, "constraint.gpus"),
        ({"deploy": deploy(max_replicas=gpus)}, "deploy.maxReplicas"),
    ):
        assert feasible(one(resolved=spec(peak_rps=6.0, **change)))
        (name, limit) = next(iter(change.items()))
        less = deploy(max_replicas=gpus - 1) if name == "deploy" else limit - 1  # type: ignore[operator]  # a number
        tighter = one(resolved=spec(**{"peak_rps": 6.0, name: less}))
        assert not admits(tighter, rule)
        assert not feasible(tighter)


def deploy(**changes: Any) -> DeploySettings:
    return replace(SPEC.deploy, **changes)


# Memory


def test_weights_and_the_cache_of_one_context_must_fit() -> None:
    found = weighed(spec(context_tokens=1536), *evidence())
    assert not admits(found, "memory", "beta-70b/bf16/h100/tp1")
    assert admits(found, "memory", "beta-70b/bf16/h100/tp4")
    assert not feasible(found, "beta-70b/bf16/h100/tp1")


def test_a_longer_context_needs_more_memory() -> None:
    name = "alpha-8b/bf16/l4/tp1"
    assert [admits(one(resolved=spec(context_tokens=n)), "memory", name) for n in (1536, 100_000)] == [True, False]
    assert cell(one(resolved=spec(context_tokens=1536)), name, "memory_shortfall_gib") == 0.0
    assert cell(one(resolved=spec(context_tokens=100_000)), name, "memory_shortfall_gib") > 5.0


def test_the_cache_of_a_token_is_that_of_the_architecture_on_each_gpu() -> None:
    found = one()
    per_token = 2 * 32 * 8 * 128 * 2
    assert cell(found, ALPHA, "kv_full_bytes") == per_token
    assert cell(found, ALPHA.replace("tp1", "tp4"), "kv_full_bytes") == per_token / 4
    room = cell(found, ALPHA, "kv_gib") * GIB / per_token
    assert cell(found, ALPHA, "kv_capacity_tokens") == pytest.approx(room, abs=1)


def test_the_cache_in_use_is_concurrency_times_the_tokens_held() -> None:
    found = one(resolved=spec(peak_rps=4.0))
    concurrency = 4.0 * 5.2
    held = 512 + 256 / 2
    expected = concurrency * held / cell(found, ALPHA, "kv_capacity_tokens")
    assert cell(found, ALPHA, "kv_cache_use") == pytest.approx(expected, abs=0.001)


def test_where_the_mean_latency_is_unknown_the_p95_bounds_the_cache_in_use() -> None:
    known, unknown = (one(source="measured", e2e_mean_ms=mean) for mean in (2000.0, None))
    assert cell(unknown, ALPHA, "capacity_rps") == 6.0
    assert cell(unknown, ALPHA, "kv_cache_use") > cell(known, ALPHA, "kv_cache_use") > 0


# Quality


def test_quality_is_the_weighted_mean_of_what_is_known_over_its_weight() -> None:
    alpha = catalog().models["alpha-8b"]
    full = {"mmlu_pro": 0.5, "tau2": 0.5}
    assert quality_of(alpha, "bf16", full, catalog()) == (50.0, 50.0, 50.0, 1.0)
    half = {"mmlu_pro": 0.5, "unheard_of": 0.5}
    assert quality_of(alpha, "bf16", half, catalog()) == (50.0, 35.0, 55.0, 0.5)


def test_a_model_without_scores_gets_the_fallback_of_its_size_and_its_range() -> None:
    beta = catalog().models["beta-70b"]
    assert quality_of(beta, "bf16", {"mmlu_pro": 1.0}, catalog()) == (60.0, 40.0, 80.0, 0.0)


def test_a_score_is_summed_exactly_whatever_the_python() -> None:
    # The built-in sum of Python 3.11 gives 36.35 here, that of 3.12 gives 36.36.
    alpha = catalog().models["alpha-8b"]
    scores = dict(zip("abcdefg", (2.0, 5.5, 60.8, 86.7, 22.6, 41.1, 53.3), strict=True))
    weights = dict(zip("abcdefg", (0.15, 0.20, 0.15, 0.15, 0.15, 0.10, 0.10), strict=True))
    known = catalog().scores["alpha-8b"].model_copy(update={"scores": scores})
    other = replace(catalog(), scores={**catalog().scores, "alpha-8b": known})
    assert quality_of(alpha, "bf16", weights, other)[0] == 36.36


HARD = {"mmlu_pro": 0.5, "terminalbench_hard": 0.5}
"""Half of it is known of alpha-8b (50); models reach far less in the other half."""


def by_benchmark(middle: float, **hard: float) -> Catalog:
    """The catalog with one step of peers, who reach `middle` in mmlu_pro and `hard` in terminalbench_hard."""
    peers = {"mmlu_pro": PeerScores(score=middle, low=5, high=95), "terminalbench_hard": PeerScores(**hard)}
    step = catalog().fallback[-1].model_copy(update={"benchmarks": peers})
    return replace(catalog(), fallback=(step,))


def test_a_missing_score_is_what_peers_reach_times_how_the_model_stands_among_them() -> None:
    alpha = catalog().models["alpha-8b"]
    peers = by_benchmark(40.0, score=8.0, low=2.0, high=20.0)
    assert quality_of(alpha, "bf16", HARD, peers) == (30.0, 26.0, 35.0, 0.5)


def test_an_estimate_is_never_above_the_best_peers_and_may_be_below_the_worst() -> None:
    alpha = catalog().models["alpha-8b"]
    strong = by_benchmark(10.0, score=8.0, low=2.0, high=20.0)
    assert quality_of(alpha, "bf16", HARD, strong) == (35.0, 26.0, 35.0, 0.5)
    weak = by_benchmark(80.0, score=8.0, low=6.0, high=20.0)
    assert quality_of(alpha, "bf16", HARD, weak) == (27.5, 27.5, 35.0, 0.5)


def test_peers_who_reach_nothing_say_nothing_of_how_the_model_stands() -> None:
    alpha = catalog().models["alpha-8b"]
    peers = {"mmlu_pro": PeerScores(score=0, low=0, high=0)}
    step = catalog().fallback[0].model_copy(update={"benchmarks": peers})
    found = quality_of(alpha, "bf16", HARD, replace(catalog(), fallback=(step,)))
    assert found == (45.0, 35.0, 55.0, 0.5)


def test_an_unknown_model_reaches_in_each_benchmark_what_its_peers_do() -> None:
    beta = catalog().models["beta-70b"]
    peers = by_benchmark(40.0, score=8.0, low=2.0, high=20.0)
    assert quality_of(beta, "bf16", HARD, peers) == (24.0, 3.5, 57.5, 0.0)


def test_without_any_peers_an_unknown_model_may_reach_anything() -> None:
    beta = catalog().models["beta-70b"]
    assert quality_of(beta, "bf16", HARD, replace(catalog(), fallback=())) == (50.0, 0.0, 100.0, 0.0)


def test_a_quantised_checkpoint_scores_less_than_the_full_one() -> None:
    alpha = catalog().models["alpha-8b"]
    assert quality_of(alpha, "fp8", {"mmlu_pro": 1.0}, catalog()) == (49.0, 45.0, 50.0, 1.0)


def test_a_loss_that_nobody_published_is_the_worst_known_one_and_may_be_none() -> None:
    alpha = catalog().models["alpha-8b"]
    worse = catalog().quantisation["fp8"].model_copy(update={"precision": "int8", "kept": 0.8, "low": 0.6, "high": 0.9})
    known = replace(catalog(), quantisation={**catalog().quantisation, "int8": worse})
    assert quality_of(alpha, "fp4", {"mmlu_pro": 1.0}, known) == (40.0, 30.0, 50.0, 1.0)
    assert quality_of(alpha, "fp4", {"mmlu_pro": 1.0}, replace(catalog(), quantisation={})) == (50.0, 0.0, 50.0, 1.0)


def test_the_widest_checkpoint_loses_nothing_whatever_its_precision() -> None:
    alpha = catalog().models["alpha-8b"]
    narrow = alpha.model_copy(update={"checkpoints": alpha.checkpoints[1:]})
    assert quality_of(narrow, "fp8", {"mmlu_pro": 1.0}, catalog()) == (50.0, 50.0, 50.0, 1.0)


def test_a_score_is_found_by_the_exact_id_alone() -> None:
    other = catalog().models["alpha-8b"].model_copy(update={"id": "alpha-8b-chat"})
    assert quality_of(other, "bf16", {"mmlu_pro": 1.0}, catalog())[3] == 0.0


# The layout


def test_the_layout_is_in_order_of_id_and_without_repetition() -> None:
    ids = layout()["id"].to_pylist()
    assert ids == sorted(set(ids))


def test_what_does_not_fit_stands_in_the_layout_so_that_a_refusal_can_name_it() -> None:
    ids = layout()["id"].to_pylist()
    assert "beta-70b/bf16/h100/tp1" in ids
    assert "beta-70b/bf16/l4/tp8" in ids


def test_static_rules_are_judged_without_evidence() -> None:
    assert tuple(admitted(SPEC, catalog(), layout())) == RULES[: RULES.index("evidence")]


def test_what_is_shut_out_by_name_is_not_in_scope() -> None:
    found = one(resolved=spec(allowed=replace(SPEC.allowed, precisions=frozenset({"fp8"}))))
    assert SCOPE_RULES[-1] == "constraint.precisions"
    assert set(found.table["precision"].filter(pa.array(found.scope)).to_pylist()) == {"fp8"}


def test_the_layout_does_not_depend_on_the_order_of_the_catalog() -> None:
    mixed = replace(
        catalog(),
        models=dict(reversed(list(catalog().models.items()))),
        accelerators=dict(reversed(list(catalog().accelerators.items()))),
    )
    assert lay_out(mixed).equals(layout())


def test_the_inputs_are_not_changed() -> None:
    before = pa.Table.from_batches(layout().to_batches())
    found = weighed(SPEC, *evidence())
    assert layout().equals(before)
    assert found.table.num_rows == layout().num_rows
    assert str(found.table.to_pylist()) == str(weighed(SPEC, *evidence()).table.to_pylist())
