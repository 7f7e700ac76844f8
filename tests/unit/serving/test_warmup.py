from dataclasses import replace

import numpy as np
import pytest
from serving_builders import LLAMA_8B_H100, SERVING, cost, limits

from neuralnav.serving.arrivals import unit_poisson
from neuralnav.serving.engine import Run, simulate
from neuralnav.serving.observed import observed
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import sweep
from neuralnav.serving.warmup import FILLS, first_guess, has_filled, longest

BATCH = 256


def run(share: float, warm_up: int, *, room: int = 3000) -> Run:
    """Serve 1,000 requests at a share of saturation; the same ones, whatever the warm-up."""
    rate = share * saturation_rps(cost(), limits(), 512, 256)
    arrivals = unit_poisson(1000 + 2 * room, seed=3, measured=(room, room + 1000))[room - warm_up :]
    return simulate(cost(), limits(), arrivals * (1e3 / rate), 512, 256, measured=(warm_up, warm_up + 1000))


def test_a_server_has_filled_after_one_and_a_quarter_of_its_e2e() -> None:
    def of(first_measured_ms: float) -> bool:
        arrivals = np.array([0.0, first_measured_ms, first_measured_ms + 5.0])
        e2e = np.array([1.0, 8.0, 12.0])
        none = np.zeros(0)
        return has_filled(Run(arrivals, e2e, arrivals + e2e, e2e, none, none.astype(np.int64), (1, 3)))

    assert of(FILLS * 10.0)
    assert not of(FILLS * 10.0 - 0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 0.9])
def test_the_first_guess_fills_and_leaves_nothing_of_the_start(share: float) -> None:
    short, long = run(share, first_guess(BATCH, share)), run(share, 3000)
    assert has_filled(short)
    cells, settled = observed(short, 256, 1), observed(long, 256, 1)
    for metric in ("ttft", "itl", "e2e"):
        assert cells[f"{metric}_p95_ms"] == pytest.approx(settled[f"{metric}_p95_ms"], rel=0.05)


def test_a_start_without_warm_up_has_not_filled() -> None:
    assert not has_filled(run(0.9, 0))
    assert not has_filled(run(0.9, 50))


def test_a_warm_up_grows_with_the_load_up_to_saturation() -> None:
    guesses = [first_guess(BATCH, share) for share in (0.0, 0.1, 0.5, 1.0, 1.25)]
    assert guesses == sorted(guesses)
    assert guesses[-1] == guesses[-2] < longest(BATCH)


def test_rows_say_how_many_requests_were_measured_and_not_how_many_warmed_up() -> None:
    settings = replace(SweepSettings(), requests=200, most_points=0)
    assert set(sweep(LLAMA_8B_H100, 512, 64, SERVING, settings)["requests"].to_pylist()) == {200}
