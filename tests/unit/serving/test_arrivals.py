import re

import numpy as np
import pytest

from neuralnav.serving.arrivals import (
    POISSON,
    Process,
    at_rate,
    poisson_ms,
    replayed_ms,
    unit_arrivals,
    unit_parts,
    unit_poisson,
)

PROCESSES = (
    POISSON,
    Process("gamma", burstiness=0.5),
    Process("gamma", burstiness=8.0),
    Process("compound", burst_size=3.0),
    Process("compound", burst_size=2.5),
    Process("clustered", burst_size=4.0),
    Process("uniform"),
)


def test_one_seed_is_one_stream_at_every_rate() -> None:
    np.testing.assert_array_equal(unit_poisson(100, seed=7), unit_poisson(100, seed=7))
    np.testing.assert_allclose(poisson_ms(100, rate_rps=2.0, seed=7) * 4, poisson_ms(100, rate_rps=0.5, seed=7))
    assert not np.array_equal(unit_poisson(100, seed=7), unit_poisson(100, seed=8))


def test_gaps_are_exponential_with_mean_one() -> None:
    times = unit_poisson(20_000, seed=1)
    gaps = np.diff(times, prepend=0.0)
    assert times[-1] == pytest.approx(20_000)
    assert (gaps > 0).all()
    assert gaps.std() == pytest.approx(1.0, rel=0.03)
    assert np.quantile(gaps, 0.95) == pytest.approx(-np.log(0.05), rel=0.05)


def test_no_requests_arrive_never() -> None:
    assert unit_poisson(0, seed=1).shape == (0,)
    assert list(unit_parts(0, seed=1, part=10)) == []


def test_the_measured_requests_come_at_the_rate_asked_for() -> None:
    times = unit_poisson(300, seed=1, measured=(100, 200))
    assert times[199] - times[100] == pytest.approx(99.0)
    np.testing.assert_allclose(times / times[-1], unit_poisson(300, seed=1) / 300)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_has_rate_one_and_ascends(process: Process) -> None:
    times = unit_arrivals(5000, process, seed=3, measured=(1000, 4000))
    assert times[3999] - times[1000] == pytest.approx(2999.0)
    assert (np.diff(times) >= 0.0).all()
    assert times[0] >= 0.0
    assert not np.signbit(times).any()
    raw = process.gaps(np.random.Generator(np.random.PCG64(5)), 100_000)
    assert raw.mean() == pytest.approx(1.0, rel=0.03)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_stream_drawn_in_parts_is_the_stream(process: Process) -> None:
    whole = unit_arrivals(1000, process, seed=9, measured=(100, 900))
    for part in (1, 7, 333, 5000):
        parts = list(unit_parts(1000, process, seed=9, measured=(100, 900), part=part))
        assert max(len(times) for times in parts) <= part
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_gamma_gaps_vary_as_their_shape_says() -> None:
    """The squared coefficient of variation is 1 / shape, as of the gaps that `vllm bench serve` draws."""
    for burstiness in (0.25, 1.0, 4.0):
        gaps = np.diff(unit_arrivals(50_000, Process("gamma", burstiness=burstiness), seed=2))
        assert gaps.var() / gaps.mean() ** 2 == pytest.approx(1.0 / burstiness, rel=0.05)


def test_bursts_come_together_with_the_mean_size_asked_for() -> None:
    for size in (2.0, 2.5, 3.0):
        gaps = np.diff(unit_arrivals(50_000, Process("compound", burst_size=size), seed=2))
        bursts = np.flatnonzero(gaps > 0.0)
        sizes = np.diff(bursts)
        assert sizes.mean() == pytest.approx(size, rel=0.03)
        assert (sizes == 1).mean() == pytest.approx(1.0 / size, rel=0.03)  # geometric
        between = gaps[bursts]
        assert between.std() == pytest.approx(between.mean(), rel=0.03)  # exponential


def test_a_burst_of_one_is_poisson_with_the_same_numbers() -> None:
    single = unit_arrivals(1000, Process("compound", burst_size=1.0), seed=4)
    np.testing.assert_allclose(single, unit_poisson(1000, seed=4), rtol=1e-6)


def test_clusters_scatter_the_counts_by_their_size_without_arriving_together() -> None:
    times = unit_arrivals(100_000, Process("clustered", burst_size=4.0), seed=6)
    counts = np.bincount((times / 200.0).astype(np.int64))[:-1]
    assert counts.var() / counts.mean() == pytest.approx(4.0, rel=0.2)
    assert (np.diff(times) > 0.0).mean() > 0.95


def test_uniform_is_evenly_paced() -> None:
    np.testing.assert_allclose(np.diff(unit_arrivals(50, Process("uniform"), seed=1)), 1.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf"), float("-inf")])
def test_rates_that_nobody_sends_at_are_refused(rate: float) -> None:
    message = f"rate is {rate:g} requests/s: it must be finite and above 0"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        at_rate(np.ones(3), rate)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        poisson_ms(3, rate_rps=rate, seed=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"burst_size": 0.5}, "burst size is 0.5: it must be finite and at least 1"),
        ({"burst_size": float("nan")}, "burst size is nan: it must be finite and at least 1"),
        ({"burst_size": float("inf")}, "burst size is inf: it must be finite and at least 1"),
        ({"burstiness": 0.0}, "burstiness is 0: it must be finite and above 0"),
        ({"burstiness": float("inf")}, "burstiness is inf: it must be finite and above 0"),
    ],
)
def test_processes_that_do_not_exist_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Process("compound", **options)


def test_requests_without_a_mean_gap_cannot_be_measured() -> None:
    for measured in ((3, 4), (5, 5), (-1, 4), (2, 11)):
        message = f"requests {measured[0]} to {measured[1]} of 10 have no mean gap: measure two or more"
        with pytest.raises(ValueError, match=f"^{message}$"):
            unit_arrivals(10, seed=1, measured=measured)
    with pytest.raises(ValueError, match=r"^requests 0 to 2 all arrive at once: measure more$"):
        unit_arrivals(10, Process("compound", burst_size=1e9), seed=1, measured=(0, 2))


def test_a_trace_is_replayed_as_it_is() -> None:
    np.testing.assert_array_equal(replayed_ms([0.0, 0.0, 3.5, 9.0]), [0.0, 0.0, 3.5, 9.0])
    assert replayed_ms([]).shape == (0,)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([5.0, 7.0, 6.0, 1.0], "arrival 2 is at 6 ms, before arrival 1 at 7 ms"),
        ([-0.5, 1.0], "arrival 0 is at -0.5 ms: it must be finite and not negative"),
        ([1.0, float("nan"), 0.0], "arrival 1 is at nan ms: it must be finite and not negative"),
        ([1.0, float("inf")], "arrival 1 is at inf ms: it must be finite and not negative"),
    ],
)
def test_a_trace_names_the_time_at_fault(times: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        replayed_ms(times)
