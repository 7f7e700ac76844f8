import re
from collections.abc import Callable

import numpy as np
import pytest

from neuralnav.serving.lengths import Lengths, empirical, fixed, gamma, lognormal, uniform

ALL = (
    fixed(512),
    uniform(512, low_share=0.8),
    lognormal(300.0, variation=0.9),
    gamma(256.0, variation=1.0),
    empirical((3, 5, 5, 9)),
)


@pytest.mark.parametrize("lengths", ALL)
def test_lengths_are_whole_seeded_and_a_prefix_of_longer_draws(lengths: Lengths) -> None:
    drawn = lengths.draw(1000, seed=3)
    assert drawn.dtype == np.int64
    assert int(drawn.min()) >= 1
    np.testing.assert_array_equal(drawn[:100], lengths.draw(100, seed=3))
    assert (lengths.kind == "fixed") == np.array_equal(drawn, lengths.draw(1000, seed=4))
    assert lengths.draw(0, seed=1).shape == (0,)


@pytest.mark.parametrize("lengths", ALL[2:])
def test_the_mean_is_kept(lengths: Lengths) -> None:
    assert lengths.draw(100_000, seed=1).mean() == pytest.approx(lengths.mean, rel=0.01)


def test_the_standard_deviation_is_the_variation_times_the_mean() -> None:
    for lengths in (lognormal(400.0, variation=0.5), gamma(400.0, variation=0.5), gamma(400.0, variation=2.0)):
        drawn = lengths.draw(200_000, seed=8)
        assert drawn.std() / drawn.mean() == pytest.approx(lengths.spread, rel=0.02)


def test_uniform_lengths_reach_from_the_share_to_the_nominal_one() -> None:
    drawn = uniform(100, low_share=0.8).draw(10_000, seed=2)
    assert (int(drawn.min()), int(drawn.max())) == (81, 100)
    counts = np.bincount(drawn)[81:]
    assert counts.min() > 400  # 500 of each expected
    assert set(uniform(7, low_share=1.0).draw(50, seed=1).tolist()) == {7}


def test_empirical_lengths_come_as_often_as_in_the_trace() -> None:
    drawn = empirical((3, 5, 5, 9)).draw(40_000, seed=1)
    assert set(drawn.tolist()) == {3, 5, 9}
    assert (drawn == 5).mean() == pytest.approx(0.5, abs=0.01)


def test_no_length_exceeds_its_cap() -> None:
    drawn = lognormal(300.0, variation=2.0, cap=1024).draw(10_000, seed=1)
    assert int(drawn.max()) == 1024
    assert (drawn == lognormal(300.0, variation=2.0).draw(10_000, seed=1)).mean() > 0.9


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fixed(0), "length is 0: it must be at least 1"),
        (lambda: uniform(0, low_share=0.5), "length is 0: it must be at least 1"),
        (lambda: uniform(10, low_share=1.5), "share is 1.5: it must be between 0 and 1"),
        (lambda: uniform(10, low_share=float("nan")), "share is nan: it must be between 0 and 1"),
        (lambda: lognormal(float("inf"), variation=1.0), "mean is inf: it must be finite and above 0"),
        (lambda: lognormal(10.0, variation=0.0), "variation is 0: it must be finite and above 0"),
        (lambda: gamma(-3.0, variation=1.0), "mean is -3: it must be finite and above 0"),
        (lambda: gamma(3.0, variation=float("nan")), "variation is nan: it must be finite and above 0"),
        (lambda: gamma(3.0, variation=1.0, cap=0), "cap is 0: it must be at least 1"),
        (lambda: empirical(()), "an empirical distribution needs at least one length"),
        (lambda: empirical((4, 0)), "length 1 is 0: it must be at least 1"),
    ],
)
def test_distributions_that_do_not_exist_are_refused(build: Callable[[], Lengths], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        build()
