import numpy as np
import pytest
from numpy.typing import NDArray
from serving_builders import cost, limits

from neuralnav.serving.arrivals import poisson_ms
from neuralnav.serving.engine import simulate
from neuralnav.serving.observed import QUANTILES, observed, statistics

ONES = np.ones(2000, dtype=np.int64)
BATCHES = np.arange(2000) * 20 // 2000


def sojourns(load: float, runs: int, count: int, *, seed: int) -> NDArray[np.float64]:
    """Return how long customers of M/M/1 stay (mean service 1), one run per row, by Lindley's recursion."""
    random = np.random.Generator(np.random.PCG64(seed))
    wait, stays = np.zeros(runs), np.empty((count, runs))
    for customer in range(-1000, count):
        stay = wait + random.exponential(1.0, runs)
        if customer >= 0:
            stays[customer] = stay
        wait = np.maximum(0.0, stay - random.exponential(1.0 / load, runs))
    return stays.T


@pytest.mark.parametrize("load", [0.3, 0.5, 0.7])
def test_intervals_cover_the_truth_of_a_queue_as_often_as_they_say(load: float) -> None:
    """A stay in M/M/1 is exponential with mean 1 / (1 - load); p99 of 2000 needs more data at high load."""
    runs = [dict(statistics("e2e", stays, ONES, BATCHES)) for stays in sojourns(load, 300, 2000, seed=4)]
    for name, share in QUANTILES[:3]:
        truth = -np.log(1.0 - share) / (1.0 - load)
        covered = [abs(run[f"e2e_{name}_ms"] - truth) <= run[f"e2e_{name}_ci"] * run[f"e2e_{name}_ms"] for run in runs]
        assert 0.90 <= np.mean(covered) <= 0.995, name


def test_intervals_narrow_with_the_root_of_the_number_of_requests() -> None:
    random = np.random.Generator(np.random.PCG64(1))
    widths = []
    for count in (2000, 32_000):
        batches, ones = np.arange(count) * 20 // count, np.ones(count, dtype=np.int64)
        runs = [dict(statistics("a", random.exponential(1.0, count), ones, batches)) for _ in range(40)]
        widths.append(np.mean([run["a_p95_ci"] for run in runs]))
    assert widths[0] / widths[1] == pytest.approx(4.0, rel=0.2)


def test_values_that_resemble_their_neighbours_are_less_sure() -> None:
    random = np.random.Generator(np.random.PCG64(2))
    alike = np.repeat(random.exponential(1.0, 40), 50)
    shuffled = random.permutation(alike)
    together, apart = (dict(statistics("a", values, ONES, BATCHES)) for values in (alike, shuffled))
    assert together["a_p90_ms"] == apart["a_p90_ms"]
    assert together["a_p90_ci"] > 2.0 * apart["a_p90_ci"]


def test_one_value_is_sure() -> None:
    found = dict(statistics("itl", np.full(2000, 3.3), ONES, BATCHES))
    assert [found[f"itl_{name}_ci"] for name, _ in QUANTILES] == [0.0] * 4


def test_weights_count_as_so_many_values() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    values, weights = random.exponential(5.0, 400), random.integers(1, 9, 400)
    batches = np.arange(400) // 20
    weighted = dict(statistics("itl", values, weights, batches))
    every = dict(
        statistics("itl", np.repeat(values, weights), np.ones(weights.sum(), np.int64), np.repeat(batches, weights))
    )
    assert weighted == {name: pytest.approx(value, rel=1e-12) for name, value in every.items()}


def test_a_row_holds_quantiles_and_how_sure_each_is() -> None:
    run = simulate(cost(), limits(), poisson_ms(500, rate_rps=10.0, seed=1), 200, 50, measured=(100, 400))
    cells = observed(run, 50, 2)
    for metric in ("ttft", "itl", "e2e"):
        for name, _ in QUANTILES:
            width = cells[f"{metric}_{name}_ci"]
            assert 0.0 < width < 1.0
            assert width == round(width, 3)
    assert cells["preemptions"] == 0.0
    assert cells["achieved_rps"] == pytest.approx(20.0, rel=0.2)  # of two lanes


def test_a_few_requests_say_nothing_of_their_error() -> None:
    run = simulate(cost(), limits(), poisson_ms(19, rate_rps=10.0, seed=1), 200, 50)
    assert not [name for name in observed(run, 50, 1) if name.endswith("_ci")]
    more = simulate(cost(), limits(), poisson_ms(20, rate_rps=10.0, seed=1), 200, 50)
    assert len([name for name in observed(more, 50, 1) if name.endswith("_ci")]) == 12


def test_a_tight_cache_shows_in_its_row() -> None:
    arrivals = poisson_ms(600, rate_rps=30.0, seed=1)
    cells = observed(simulate(cost(), limits(4000), arrivals, 200, 50, measured=(100, 500)), 50, 1)
    assert cells["preemptions"] > 0.0
