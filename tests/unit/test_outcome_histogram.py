"""Quantiles, shares and means of histograms, and what their buckets leave open."""

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.model.engine_metrics import FIRST_TOKEN_S
from neuralnav.model.observed import Histogram
from neuralnav.model.outcome import Bounded
from neuralnav.outcomes.histogram import mean_of, merged, quantile, share_within

TWO = Histogram((0.1, 0.25, 0.5), (60.0, 36.0, 4.0, 0.0), 10.0)
"""100 values; their sum tells no more of p95 than the buckets do."""

values = st.lists(st.floats(0.0, 4000.0, allow_nan=False), min_size=1, max_size=60)
shares = st.sampled_from((0.01, 0.5, 0.9, 0.95, 0.99, 1.0))
edges = st.lists(st.sampled_from(FIRST_TOKEN_S), min_size=1, max_size=8, unique=True).map(sorted)


def filled(samples: Sequence[float], upper: Sequence[float]) -> Histogram:
    counts = [0.0] * (len(upper) + 1)
    for sample in samples:
        counts[bisect_left(upper, sample)] += 1.0
    return Histogram(tuple(upper), tuple(counts), float(np.sum(samples)))


def test_a_quantile_is_the_line_that_prometheus_draws_between_the_edges_of_its_bucket() -> None:
    assert quantile(TWO, 0.95) == Bounded(0.1 + 0.15 * 35 / 36, 0.1, 0.25)
    assert quantile(TWO, 0.5) == Bounded(0.1 * 50 / 60, 0.0, 0.1)


def test_the_exact_sum_leaves_less_room_than_the_edges() -> None:
    slow = Histogram((0.1, 0.25, 0.5), (0.0, 100.0, 0.0, 0.0), 24.0)  # a mean of 240 ms: few can be near 100
    found = quantile(slow, 0.5)
    assert found is not None
    assert found.low == pytest.approx((24.0 * (1 - 1e-4) - 50 * 0.25) / 50)
    assert found.high == 0.25


def test_what_lies_above_the_last_edge_is_bounded_by_the_sum_alone() -> None:
    found = quantile(Histogram((0.1,), (0.0, 2.0), 1.0), 0.95)
    assert found is not None
    assert (found.value, found.low) == (0.1, 0.1)
    assert found.high == pytest.approx(0.9 + 1e-4)
    assert quantile(Histogram((0.1,), (0.0, 2.5), 1.0), 0.95) == Bounded(0.1, 0.1, inf)


def test_a_sum_that_cannot_be_that_of_the_counts_tells_nothing() -> None:
    for total in (0.0, 9.0, 40.0):
        found = quantile(Histogram((0.1, 0.25, 0.5), (0.0, 100.0, 0.0, 0.0), total), 0.5)
        assert found is not None
        assert (found.low, found.high) == (0.1, 0.25)


def test_an_empty_histogram_has_no_figure() -> None:
    empty = Histogram((0.1, 0.2), (0.0, 0.0, 0.0), 0.0)
    assert (quantile(empty, 0.5), share_within(empty, 0.1), mean_of(empty), merged([])) == (None, None, None, None)


def test_counts_that_fall_are_made_to_rise_and_fractions_are_kept() -> None:
    odd = Histogram((0.1, 0.2, 0.4), (10.5, -0.5, 2.0, 0.0), 3.0)
    assert mean_of(odd) == 0.25
    assert quantile(odd, 0.5) == Bounded(0.1 * 6 / 10.5, 0.0, 0.1)
    assert share_within(odd, 0.2) == Bounded(0.875, 0.875, 0.875)


def test_a_share_is_exact_where_a_bucket_ends_at_the_target_and_open_in_between() -> None:
    assert share_within(TWO, 0.25) == Bounded(0.96, 0.96, 0.96)
    assert share_within(TWO, 0.150 + 0.1 - 1e-12) == Bounded(0.96, 0.96, 0.96)  # as text and floats have it
    assert share_within(Histogram((1.0, 2.0), (1.0, 1.0, 0.0), 2.0), 1.5) == Bounded(0.75, 0.5, 1.0)
    assert share_within(TWO, 9.0) == Bounded(1.0, 1.0, 1.0)
    assert share_within(Histogram((0.1,), (1.0, 1.0), 9.0), 5.0) == Bounded(0.5, 0.5, 1.0)


def test_histograms_with_other_edges_share_those_that_all_have() -> None:
    other = Histogram((0.1, 0.3, 0.5), (1.0, 2.0, 3.0, 4.0), 5.0)
    assert merged([TWO, other]) == Histogram((0.1, 0.5), (61.0, 45.0, 4.0), 15.0)
    assert merged([TWO]) == TWO


@given(values, edges, shares)
def test_every_usual_percentile_of_the_values_lies_within_the_bounds(
    samples: list[float], upper: list[float], share: float
) -> None:
    found = quantile(filled(samples, upper), share)
    assert found is not None
    assert found.low <= found.value <= found.high
    nearest = sorted(samples)[max(1, ceil(share * len(samples) - 1e-9)) - 1]
    for true in (nearest, float(np.quantile(samples, share))):
        assert found.low - 1e-6 <= true <= found.high + 1e-6


@given(values, edges, st.floats(0.0, 5000.0))
def test_the_share_of_the_values_within_a_target_lies_within_the_bounds(
    samples: list[float], upper: list[float], target: float
) -> None:
    found = share_within(filled(samples, upper), target)
    assert found is not None
    true = sum(sample <= target for sample in samples) / len(samples)
    if not any(abs(edge - target) <= 1e-9 * edge and edge != target for edge in upper):
        assert found.low - 1e-12 <= true <= found.high + 1e-12
    assert found.low <= found.value <= found.high


@given(values, edges, shares)
def test_the_sum_never_widens_the_bounds(samples: list[float], upper: list[float], share: float) -> None:
    exact = filled(samples, upper)
    loose = Histogram(exact.edges, (*exact.counts[:-1], exact.counts[-1] + 1e-9), exact.total)
    tight, wide = quantile(exact, share), quantile(loose, share)
    assert tight is not None
    assert wide is not None
    assert wide.low <= tight.low
    assert tight.high <= wide.high


@given(values, edges, st.integers(1, 50))
def test_scaled_counts_give_the_same_mean_and_shares(samples: list[float], upper: list[float], times: int) -> None:
    one = filled(samples, upper)
    many = Histogram(one.edges, tuple(times * part for part in one.counts), times * one.total)
    assert mean_of(many) == pytest.approx(mean_of(one))
    found, again = share_within(one, 0.3), share_within(many, 0.3)
    assert found is not None
    assert again is not None
    assert again.value == pytest.approx(found.value)


@given(values, values, edges)
def test_merged_histograms_are_that_of_all_values(one: list[float], two: list[float], upper: list[float]) -> None:
    both = merged([filled(one, upper), filled(two, upper)])
    whole = filled([*one, *two], upper)
    assert both is not None
    assert (both.edges, both.counts) == (whole.edges, whole.counts)
    assert both.total == pytest.approx(whole.total)


def test_less_than_one_value_has_a_mean_and_nothing_lies_below_zero() -> None:
    found = Histogram((1.0,), (0.5, 0.0), 0.25)
    assert (mean_of(found), share_within(found, -1.0)) == (0.5, Bounded(0.0, 0.0, 0.0))
