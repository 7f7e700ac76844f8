"""Laws that any queue obeys, and queues whose waits are known in closed form."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import unit_builders  # noqa: F401  # lets the next lines find the builders
from hypothesis import given, settings
from hypothesis import strategies as st
from serving_builders import flat_cost

from neuralnav.serving.arrivals import Process, at_rate, poisson_ms, unit_arrivals, unit_poisson
from neuralnav.serving.engine import Limits, Run, simulate, simulate_closed, simulate_load
from neuralnav.serving.lengths import gamma, lognormal
from neuralnav.serving.load import Load
from neuralnav.serving.observed import observed

STEP_MS = 10.0
CONSTANT = flat_cost(token_ms=(STEP_MS,) * 514, head_ms=(0.0,) * 514)
"""Every step takes as long: a request of n output tokens takes n steps."""

REAL = replace(
    CONSTANT,
    token_ms=tuple(5.0 + max(0.0, 0.05 * (tokens - 8)) for tokens in range(514)),
    head_ms=(0.0, *(0.3 + 0.01 * n for n in range(1, 513))),
    kv_ms=0.0007, prefill_ms=1.1, piecewise_ms=4.0, eager_ms=12.0, capture_tokens=128, step_ms=0.1, sequence_ms=0.01,
    frontend_ms=1.3, frontend_token_ms=0.002,
)  # fmt: skip
ONE = Limits(10_000_000, max_num_seqs=1, max_num_batched_tokens=512)
BATCHED = Limits(100_000, max_num_seqs=32, max_num_batched_tokens=256)
TIGHT = Limits(800, max_num_seqs=32, max_num_batched_tokens=256)


@pytest.mark.parametrize("load", [0.3, 0.5, 0.7, 0.85])
def test_one_at_a_time_with_one_cost_is_md1(load: float) -> None:
    """Pollaczek and Khinchine: a request waits load x service / (2 (1 - load)) in the mean."""
    count = 60_000
    run = simulate(CONSTANT, ONE, poisson_ms(count, rate_rps=load / STEP_MS * 1e3, seed=2), 1, 1)
    waits = run.ttft_ms - STEP_MS
    assert (waits >= -1e-6).all()
    assert waits.mean() == pytest.approx(load * STEP_MS / (2.0 * (1.0 - load)), rel=0.06)
    assert (waits < 1e-6).mean() == pytest.approx(1.0 - load, abs=0.01)  # the server is idle when they come


@pytest.mark.parametrize("load", [0.3, 0.5, 0.7])
def test_one_at_a_time_with_exponential_lengths_is_mm1(load: float) -> None:
    """The stay is exponential with mean service / (1 - load): so are its tail and its mean."""
    count, tokens = 40_000, 50
    outputs = gamma(float(tokens), variation=1.0).draw(count, seed=8)
    service_ms = float(outputs.mean()) * STEP_MS
    arrivals = poisson_ms(count, rate_rps=load / service_ms * 1e3, seed=2)
    run = simulate(CONSTANT, ONE, arrivals, 1, outputs)
    stay = service_ms / (1.0 - load)
    assert run.e2e_ms.mean() == pytest.approx(stay, rel=0.06)
    for share in (0.5, 0.9, 0.95, 0.99):
        assert np.quantile(run.e2e_ms, share) == pytest.approx(-np.log(1.0 - share) * stay, rel=0.08)
    moments = load * STEP_MS * float((outputs.astype(np.float64) ** 2).mean()) / float(outputs.mean())
    assert (run.ttft_ms - STEP_MS).mean() == pytest.approx(moments / (2.0 * (1.0 - load)), rel=0.06)


@pytest.mark.parametrize("limits", [BATCHED, TIGHT, replace(TIGHT, async_scheduling=True)])
@pytest.mark.parametrize("rate_rps", [2.0, 10.0, 25.0])
def test_littles_law(rate_rps: float, limits: Limits) -> None:
    """Requests in the system are arrivals per time x the time they stay, whatever the scheduler does."""
    run = simulate(REAL, limits, poisson_ms(3000, rate_rps=rate_rps, seed=5), 60, 40, measured=(600, 2400))
    arrived, left = run.arrival_ms, np.where(np.isfinite(run.finish_ms), run.finish_ms, np.inf)
    start, stop = arrived[600], arrived[2399]
    assert (run.preemptions > 0) == (limits.blocks == TIGHT.blocks and rate_rps >= 10.0)
    in_system = np.clip(np.minimum(left, stop) - np.maximum(arrived, start), 0.0, None).sum() / (stop - start)
    assert in_system == pytest.approx(1800 / (stop - start) * run.e2e_ms[600:2400].mean(), rel=0.03)


@given(st.integers(0, 2**32), st.sampled_from([Process(), Process("compound", burst_size=3.0)]))
@settings(max_examples=15, deadline=None)
def test_one_at_a_time_no_request_is_faster_at_a_higher_rate(seed: int, process: Process) -> None:
    """Here the law is exact, request by request: a wait is max(0, wait before + service - gap), and gaps shrink.

    It rests on common random numbers, service that does not depend on when it is given, and first come first served.
    """
    unit, outputs = unit_arrivals(300, process, seed=seed), gamma(20.0, variation=1.0).draw(300, seed=seed)
    stays = [simulate(CONSTANT, ONE, at_rate(unit, rate), 1, outputs).e2e_ms for rate in (0.5, 2.0, 4.0, 6.0, 20.0)]
    for slower, faster in pairwise(stays):
        assert (faster >= slower - 1e-6).all()


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_batched_latency_grows_with_load_in_the_mean_and_in_quantiles(seed: int) -> None:
    """With batches the law holds for statistics, and to within 3 %: sharing a step can let single requests win."""
    unit, part = unit_poisson(1000, seed=seed, measured=(200, 800)), slice(200, 800)
    runs = [
        simulate(REAL, BATCHED, at_rate(unit, rate), 60, 40, measured=(200, 800))
        for rate in (1.0, 5.0, 10.0, 20.0, 30.0, 60.0)
    ]
    for values in ([run.e2e_ms[part] for run in runs], [run.ttft_ms[part] for run in runs]):
        for share in (None, 0.5, 0.95):
            curve = [float(np.mean(v) if share is None else np.quantile(v, share)) for v in values]
            assert all(high >= 0.97 * low for low, high in pairwise(curve))


def throughput(run: Run, skip: int) -> float:
    """Return requests per second between the finishes that leave out `skip` at both ends."""
    finish = np.sort(run.finish_ms)
    return float((len(finish) - 2 * skip - 1) / (finish[-skip - 1] - finish[skip]) * 1e3)


@pytest.mark.parametrize("limits", [BATCHED, TIGHT, replace(BATCHED, async_scheduling=True)])
def test_a_queue_that_never_empties_finishes_as_many_as_a_closed_loop_at_its_most(limits: Limits) -> None:
    count = 3000
    prompts, outputs = np.full(count, 60), lognormal(40.0, variation=0.5).draw(count, seed=3)
    closed = [
        throughput(simulate_closed(REAL, limits, concurrency, prompts, outputs), 300)
        for concurrency in (1, 8, 32, 64, 128)
    ]
    assert closed[0] < 0.5 * closed[2]
    overload = simulate(REAL, limits, poisson_ms(count, rate_rps=3.0 * max(closed), seed=4), prompts, outputs)
    flood = simulate(REAL, limits, np.zeros(count), prompts, outputs)
    assert throughput(overload, 300) == pytest.approx(max(closed), rel=0.02)
    assert throughput(flood, 300) == pytest.approx(max(closed), rel=0.02)
    assert throughput(flood, 300) == pytest.approx(closed[-1], rel=0.01)


def test_offered_is_achieved_below_saturation_and_saturation_beyond() -> None:
    """Preemptions cost work: a tight cache saturates below a roomy one."""
    capacity = {}
    for limits in (BATCHED, TIGHT):
        lengths = (lognormal(60.0, variation=0.3, cap=200), lognormal(40.0, variation=0.5, cap=300))
        load = Load(4000, (1000, 3000), 10.0, *lengths, seed=7)
        assert observed(simulate_load(REAL, limits, load), 40, 1)["achieved_rps"] == pytest.approx(10.0, rel=0.03)
        rates = [
            observed(simulate_load(REAL, limits, replace(load, rate_rps=rate)), 40, 1)["achieved_rps"]
            for rate in (90.0, 200.0)
        ]
        assert rates[0] == pytest.approx(rates[1], rel=0.1)
        capacity[limits] = rates[1]
    assert capacity[TIGHT] < 0.95 * capacity[BATCHED]


def test_a_higher_share_of_prefix_hits_is_faster() -> None:
    arrivals = poisson_ms(1000, rate_rps=15.0, seed=5)
    means = [
        float(simulate(REAL, BATCHED, arrivals, 100, 40, cached_tokens=cached).ttft_ms.mean())
        for cached in (0, 25, 50, 75, 99)
    ]
    assert means == sorted(means, reverse=True)
    assert means[-1] < 0.9 * means[0]


def test_bursts_wait_longer_and_paced_requests_less_than_poisson_ones() -> None:
    def wait(process: Process) -> float:
        arrivals = at_rate(unit_arrivals(20_000, process, seed=5), 60.0)
        return float(simulate(CONSTANT, ONE, arrivals, 1, 1).ttft_ms.mean()) - STEP_MS

    burst, cluster = wait(Process("compound", burst_size=3.0)), wait(Process("clustered", burst_size=3.0))
    smooth = wait(Process("gamma", burstiness=4.0))
    assert burst > cluster > 1.5 * wait(Process()) > 3.0 * smooth
    assert wait(Process("uniform")) == pytest.approx(0.0, abs=1e-6)
    # bursts of geometric size: the first waits as in M/G/1 of whole bursts, the others for those ahead in their own
    rho, mean, second = 0.6, 3.0, 2 * 9.0 - 3.0
    ahead = STEP_MS * (second - mean) / (2.0 * mean)
    first = rho * STEP_MS * second / mean / (2.0 * (1.0 - rho))
    assert burst == pytest.approx(first + ahead, rel=0.06)


def test_one_seed_is_one_run_twice_in_a_process() -> None:
    lengths = (lognormal(60.0, variation=0.5, cap=400), gamma(40.0, variation=1.0, cap=400))
    load = Load(2000, (300, 1700), 30.0, *lengths, seed=7)
    first, second = (observed(simulate_load(REAL, TIGHT, load), 40, 1) for _ in range(2))
    assert first == second
    assert first["preemptions"] > 0
    assert first != observed(simulate_load(REAL, TIGHT, replace(load, seed=8)), 40, 1)
