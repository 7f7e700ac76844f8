from itertools import accumulate
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.serving.sampling import TAIL, Sampled, _ranks, _t, clustered_percentile, percentile


def test_twenty_values_never_bound_a_p95_from_above() -> None:
    assert percentile([float(n) for n in range(1, 21)], 0.95) == Sampled(19.0, 17.0, None)


def test_the_interval_of_a_median_of_twenty_is_the_one_of_the_tables() -> None:
    assert percentile([float(n) for n in range(1, 21)], 0.5) == Sampled(10.0, 6.0, 15.0)


@pytest.mark.parametrize(
    ("count", "share", "bounded"), [(5, 0.5, False), (6, 0.5, True), (71, 0.95, False), (72, 0.95, True)]
)
def test_so_many_values_are_needed_to_bound(count: int, share: float, *, bounded: bool) -> None:
    assert (percentile([float(n) for n in range(count)], share).high is not None) is bounded


def test_requests_without_an_answer_push_the_percentile_up_and_bound_nothing() -> None:
    found = percentile([1.0] * 90 + [inf] * 10, 0.95)
    assert found == Sampled(inf, 1.0, None)
    assert percentile([1.0] * 80 + [inf] * 20, 0.95) == Sampled(inf, inf, None)


def test_no_values_are_refused() -> None:
    with pytest.raises(ValueError, match="no values have no percentile"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="no values have no percentile"):
        clustered_percentile(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), 0.5)


@given(st.integers(1, 120), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_each_end_misses_with_a_chance_of_the_tail_at_most_and_no_nearer_rank_does(count: int, share: float) -> None:
    reached = list(accumulate(comb(count, at) * share**at * (1 - share) ** (count - at) for at in range(count + 1)))
    first, last = _ranks(count, share)
    fewer = [0.0, *reached]  # the chance that fewer than a rank of them lie below the percentile
    assert first == max(rank for rank in range(count + 1) if rank == 0 or fewer[rank] <= TAIL)
    assert last == min(
        rank for rank in range(1, count + 2) if rank == count + 1 or (1.0 - fewer[rank] <= TAIL and fewer[rank] > TAIL)
    )


def test_gaps_that_are_alike_within_a_request_count_as_one() -> None:
    """Of ten requests with a hundred gaps each two are slow: as sure as ten values, not as a thousand."""
    clusters = np.repeat(np.arange(10), 100)
    values = np.where(clusters < 2, 50.0, 10.0)
    alike = clustered_percentile(values, np.ones(1000), clusters, 0.79)
    assert alike == Sampled(10.0, 10.0, None)
    mixed = clustered_percentile(values, np.ones(1000), np.tile(np.arange(10), 100), 0.79)
    assert mixed == Sampled(10.0, 10.0, 10.0)


def test_few_requests_bound_nothing() -> None:
    assert clustered_percentile(np.arange(8.0), np.ones(8), np.arange(8) % 4, 0.5) == Sampled(3.0, None, None)


def test_weights_count() -> None:
    values, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 1.0])
    assert clustered_percentile(values, weights, np.zeros(3, dtype=np.int64), 0.9).value == 2.0
    assert clustered_percentile(values, weights, np.zeros(3, dtype=np.int64), 0.91).value == 3.0


def test_student_s_t_is_that_of_the_tables() -> None:
    assert [round(_t(freedom), 2) for freedom in (4, 9, 19, 99)] == [2.77, 2.26, 2.09, 1.98]


def test_the_interval_of_gaps_covers_as_it_says() -> None:
    """Requests differ (a factor of each) and so do their gaps; the truth is found in 93 to 98 % of 400 runs."""
    random = np.random.default_rng(7)
    truth = float(np.quantile(np.exp(random.normal(0, 0.2, 400_000) + random.normal(0, 0.1, 400_000)), 0.9))
    clusters, hits = np.repeat(np.arange(40), 60), 0
    for _ in range(400):
        values = np.exp(np.repeat(random.normal(0, 0.2, 40), 60) + random.normal(0, 0.1, 2400))
        found = clustered_percentile(values, np.ones(2400), clusters, 0.9)
        hits += (found.low or 0.0) <= truth <= (inf if found.high is None else found.high)
    assert 0.90 <= hits / 400 <= 0.99
