"""Outcomes: rates, peaks, cost and what is not known of a window."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import lock
from observed_builders import END, observed

from neuralnav.model.observed import Level, Rate
from neuralnav.model.outcome import Bounded, Outcome
from neuralnav.outcomes.outcome import outcome_of, peak_of

PLAN = "sha256:" + "0" * 64


def outcome(*rps: float, **changes: object) -> Outcome:
    return outcome_of(lock(), PLAN, observed(*rps, **changes), environment="prod")  # type: ignore[arg-type]


def at(minutes: float, rps: float) -> Rate:
    return Rate(END + timedelta(minutes=minutes), rps)


def test_an_outcome_names_what_served_and_what_it_cost() -> None:
    found = outcome(2.0, hours=6.0)
    assert (found.workload, found.namespace, found.environment, found.plan) == ("chat", "default", "prod", PLAN)
    assert (found.start, found.end, found.seconds) == ("2026-11-26T02:00:00Z", "2026-11-26T08:00:00Z", 21_600.0)
    assert (found.served.model, found.served.precision, found.served.accelerator) == ("alpha-8b", "fp8", "h100")
    assert (found.served.engine, found.served.tp, found.served.max_num_seqs) == ("vllm", 1, 256)
    assert (found.requests, found.mean_rps, found.peak_rps) == (43_200.0, 2.0, 2.0)
    assert found.cost_usd == 2 * 4.5 * 6.0
    assert outcome(2.0, simulated=True).served.engine == "neuralnav-sim"


def test_latencies_are_milliseconds_with_the_share_within_their_slo() -> None:
    found = outcome(2.0, hours=1.0, latencies_s={"ttft": 0.070}).ttft
    assert found is not None
    assert found.mean_ms == pytest.approx(70.0)
    assert (found.slo_ms, found.count, found.within_slo) == (150.0, 7200.0, Bounded(1.0, 1.0, 1.0))
    p95 = found.percentiles["p95"]
    assert p95.low == pytest.approx(70.0, abs=1.1)  # nearly all of the sum is needed for the values above and below
    assert p95.high == pytest.approx(80.0)
    assert list(found.percentiles) == ["p50", "p90", "p95", "p99"]


def test_rates_and_cost_are_of_the_time_in_which_the_service_was_seen() -> None:
    found = outcome(2.0, hours=2.0, covered=0.5, requests=7200.0)
    assert (found.mean_rps, found.cost_usd) == (2.0, 9.0)


def test_a_simulator_that_runs_faster_is_taken_by_its_own_clock() -> None:
    found = outcome(20.0, hours=1.0, speedup=10.0)
    assert (found.seconds, found.mean_rps, found.peak_rps, found.cost_usd) == (36_000.0, 2.0, 2.0, 90.0)


def test_replicas_that_nobody_reported_are_as_planned() -> None:
    found = outcome(2.0, replicas=None)
    assert (found.replicas_mean, found.replicas_least, found.replicas_most) == (2.0, 2.0, 2.0)


def test_what_was_not_answered_failed() -> None:
    assert outcome(2.0, reasons={"stop": 5.0, "length": 3.0, "abort": 2.0, "error": 1.0}).failed == 3.0


def test_what_was_not_reported_is_not_known() -> None:
    whole = observed(2.0)
    bare = replace(
        whole, latencies={}, prompt_tokens=None, output_tokens=None, running=None, waiting=None, kv_use=None
    )  # fmt: skip
    found = outcome_of(lock(), PLAN, bare, environment="")
    assert (found.ttft, found.itl, found.e2e, found.prompt_tokens, found.output_tokens) == (None,) * 5
    assert (found.in_flight_mean, found.waiting_mean, found.kv_use_mean, found.kv_use_most) == (None,) * 4


def test_an_empty_window_is_an_outcome_of_nothing() -> None:
    found = outcome(0.0, covered=0.0)
    assert (found.requests, found.mean_rps, found.peak_rps, found.cost_usd, found.ttft) == (0.0, 0.0, 0.0, 0.0, None)


def test_the_peak_is_the_highest_rate_over_five_whole_minutes() -> None:
    steady = [at(minute, 1.0) for minute in range(1, 11)]
    assert peak_of(steady) == 1.0
    assert peak_of([*steady, at(11, 6.0)]) == 2.0
    assert peak_of([at(0, 6.0), *steady]) == 2.0
    assert peak_of([at(1, 2.0), at(11, 1.0)]) == 2.0  # steps longer than five minutes
    assert peak_of([at(1, 2.0), at(2, 4.0)]) == 3.0  # all there is, where it is less
    assert (peak_of([at(1, 2.0)]), peak_of([])) == (2.0, 0.0)


def test_a_scaled_service_costs_what_ran_on_average() -> None:
    assert outcome(2.0, hours=1.0, replicas=1.0).cost_usd == 4.5
    level = replace(observed(2.0, hours=1.0), replicas=Level(1.5, 1.0, 2.0))
    assert outcome_of(lock(), PLAN, level, environment="").cost_usd == 6.75
