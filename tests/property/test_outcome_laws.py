"""Laws of judgements: more traffic never makes a plan too large, and what is scaled alike is judged alike."""

from dataclasses import replace
from itertools import pairwise

import unit_builders  # noqa: F401  # makes the next two importable
from builders import lock
from hypothesis import given, settings
from hypothesis import strategies as st
from observed_builders import observed

from neuralnav.model.observe_report import Judgement
from neuralnav.model.observed import Observed, Rate
from neuralnav.outcomes.judge import judge
from neuralnav.outcomes.outcome import outcome_of, peak_of

rates = st.lists(st.floats(0.05, 60.0), min_size=1, max_size=6)
hours = st.sampled_from((0.5, 6.0, 24.0, 48.0))
SIZES = {"over-provisioned": -1, "under-provisioned": 1}


def judged(seen: Observed) -> Judgement:
    return judge(lock(), outcome_of(lock(), "sha256:0", seen, environment=""), seen)


def size(found: Judgement) -> int:
    """-1 where the plan is too large, 1 where it is too small."""
    return sum(SIZES.get(item.verdict, 0) for item in found.findings)


@settings(max_examples=25)
@given(rates, hours, st.floats(1.0, 20.0))
def test_more_traffic_never_makes_a_plan_too_large(rps: list[float], span: float, times: float) -> None:
    less, more = judged(observed(*rps, hours=span)), judged(observed(*(times * rate for rate in rps), hours=span))
    if "not-enough" not in (less.verdict, more.verdict):
        assert size(less) <= size(more)
        assert (less.sizing.needed or 0) <= (more.sizing.needed or 0)


@settings(max_examples=25)
@given(rates, hours)
def test_a_plan_is_never_too_large_and_too_small(rps: list[float], span: float) -> None:
    found = {item.verdict for item in judged(observed(*rps, hours=span)).findings}
    assert not {"over-provisioned", "under-provisioned"} <= found
    assert "as-planned" not in found or len(found) == 1


@settings(max_examples=25)
@given(rates, st.sampled_from((2, 4, 8)))
def test_a_service_of_so_many_times_the_size_is_judged_alike(rps: list[float], times: int) -> None:
    """Traffic, plan and replicas times a power of two: only what chance explains may differ, and here it is little."""
    small = [rate + 5.0 for rate in rps]
    wanted, deployed = lock().requirements, lock().deployment
    load = wanted.model_copy(
        update={"mean_rps": times * wanted.mean_rps, "peak_rps": times * wanted.peak_rps}
    )  # fmt: skip
    chosen = lock().candidates[0].model_copy(update={"capacity_rps": times * lock().candidates[0].capacity_rps})
    large = lock().model_copy(update={"requirements": load, "candidates": (chosen, *lock().candidates[1:])})
    seen = observed(*(times * rate for rate in small), hours=48.0)
    one = judged(observed(*small, hours=48.0))
    two = judge(large, outcome_of(large, "sha256:0", seen, environment=""), seen)
    assert deployed.replicas == large.deployment.replicas
    assert one.sizing.needed == two.sizing.needed
    assert one.sizing.saving_usd_per_month == two.sizing.saving_usd_per_month


@given(rates, st.integers(1, 5))
def test_the_peak_lies_between_the_mean_and_the_highest_step(rps: list[float], minutes: int) -> None:
    seen = observed(*rps, hours=len(rps) * minutes / 60.0).rates
    mean = sum(rate.rps for rate in seen) / len(seen)
    assert mean * (1.0 - 1e-9) <= peak_of(seen) or len(seen) > 5
    assert peak_of(seen) <= max(rate.rps for rate in seen) * (1.0 + 1e-9)


@given(rates, st.floats(1.0, 9.0))
def test_the_peak_follows_the_rates(rps: list[float], times: float) -> None:
    seen = observed(*rps, hours=1.0).rates
    more: list[Rate] = [replace(rate, rps=times * rate.rps) for rate in seen]
    assert abs(peak_of(more) - times * peak_of(seen)) <= 1e-9 * times * max(rps)
    assert all(one.at < two.at for one, two in pairwise(seen))
