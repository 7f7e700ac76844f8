import numpy as np
import pytest

from neuralnav.serving.arrivals import poisson_ms, unit_poisson


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


def test_the_measured_requests_come_at_the_rate_asked_for() -> None:
    times = unit_poisson(300, seed=1, measured=(100, 200))
    assert times[199] - times[100] == pytest.approx(99.0)
    np.testing.assert_allclose(times / times[-1], unit_poisson(300, seed=1) / 300)
