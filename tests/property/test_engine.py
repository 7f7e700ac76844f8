"""The event engine against a walk that takes every step, and the laws that any queue obeys."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neuralnav.serving.arrivals import poisson_ms
from neuralnav.serving.engine import BLOCK_STEPS, Limits, Run, simulate, simulate_closed
from neuralnav.serving.stepcost import StepCost

MAX_TOKENS = 64


def step_cost(
    *, base_ms: float = 5.0, token_ms: float = 0.05, kv_ms: float = 0.0007, frontend_ms: float = 1.3
) -> StepCost:
    return StepCost(
        token_ms=tuple(base_ms + max(0.0, token_ms * (tokens - 8)) for tokens in range(MAX_TOKENS * 8 + 1)),
        head_ms=(0.0, *(0.3 + 0.01 * n for n in range(1, MAX_TOKENS * 8))),
        kv_ms=kv_ms,
        window_ms=kv_ms / 2,
        window_tokens=24,
        pair_ms=1e-4,
        window_pair_ms=5e-5,
        prefill_ms=2.1,
        prefill_ramp_tokens=20.0,
        frontend_ms=frontend_ms,
    )


COST = step_cost()


@dataclass(frozen=True, slots=True)
class Case:
    arrival_ms: list[float]
    prompt: list[int]
    output: list[int]
    cached: list[int]
    limits: Limits


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(1, 14))
    gaps = draw(st.lists(st.sampled_from([0.0, 0.7, 3.33, 17.9, 61.3, 2345.1]), min_size=count, max_size=count))
    prompt = draw(st.lists(st.integers(1, 90), min_size=count, max_size=count))
    output = draw(st.lists(st.integers(1, 60), min_size=count, max_size=count))
    cached = [draw(st.integers(0, p - 1)) for p in prompt]
    largest = max(p + o for p, o in zip(prompt, output, strict=True))
    limits = Limits(
        kv_capacity_tokens=largest + draw(st.integers(0, 300)),
        max_num_seqs=draw(st.integers(1, 6)),
        max_num_batched_tokens=draw(st.integers(8, MAX_TOKENS)),
    )
    return Case(np.cumsum(gaps).tolist(), prompt, output, cached, limits)


@dataclass(slots=True)
class Sequence:
    index: int
    cached: int
    emitted: list[float] = field(default_factory=list)


def walk(cost: StepCost, case: Case, concurrency: int = 0) -> tuple[list[float], list[list[float]]]:
    """Take every step, one by one; return arrivals and the times of each request's tokens."""
    count = len(case.prompt)
    arrivals = [0.0] * min(concurrency, count) if concurrency else list(case.arrival_ms)
    emitted: list[list[float]] = [[] for _ in range(count)]
    running: list[Sequence] = []
    waiting, now, ended = 0, 0.0, 0
    while ended < count:
        if not running and (arrivals[waiting] + cost.frontend_ms) > now:
            now = arrivals[waiting] + cost.frontend_ms
        decoding = [s for s in running if s.emitted]
        budget = case.limits.max_num_batched_tokens - len(decoding)
        prefill, chunks_ms = 0, 0.0
        completed: list[Sequence] = []
        for s in [s for s in running if not s.emitted]:
            tokens = max(0, min(budget - prefill, case.prompt[s.index] - s.cached))
            chunks_ms += cost.chunk_ms(s.cached, tokens) if tokens else 0.0
            prefill, s.cached = prefill + tokens, s.cached + tokens
            completed += [s] if s.cached == case.prompt[s.index] else []
        while waiting < len(arrivals) and arrivals[waiting] + cost.frontend_ms <= now and prefill < budget:
            reserved = sum(case.prompt[s.index] + case.output[s.index] for s in running)
            need = case.prompt[waiting] + case.output[waiting]
            if len(running) >= case.limits.max_num_seqs or reserved + need > case.limits.kv_capacity_tokens:
                break
            s = Sequence(waiting, case.cached[waiting])
            running.append(s)
            waiting += 1
            tokens = min(budget - prefill, case.prompt[s.index] - s.cached)
            chunks_ms += cost.chunk_ms(s.cached, tokens)
            prefill, s.cached = prefill + tokens, s.cached + tokens
            completed += [s] if s.cached == case.prompt[s.index] else []
        now += cost.mixed_ms(
            prefill_tokens=prefill,
            chunks_ms=chunks_ms,
            sampled=len(decoding) + len(completed),
            decodes=len(decoding),
            kv_tokens=sum(case.prompt[s.index] + len(s.emitted) for s in decoding),
            window_kv_tokens=sum(cost.window_kv(case.prompt[s.index], case.output[s.index]) for s in decoding),
        )
        for s in (*decoding, *completed):
            s.emitted.append(now)
            emitted[s.index].append(now)
        # sequences that decoded end before those that have just begun, and in order of arrival
        ends = [s for s in running if len(s.emitted) == case.output[s.index]]
        for s in ends:
            running.remove(s)
            ended += 1
            if len(arrivals) < count:
                arrivals.append(now)
    return arrivals, emitted


def assert_same(run: Run, arrivals: list[float], emitted: list[list[float]]) -> None:
    np.testing.assert_allclose(run.arrival_ms, arrivals, atol=1e-6)
    np.testing.assert_allclose(run.ttft_ms, [t[0] - a for t, a in zip(emitted, arrivals, strict=True)], atol=1e-6)
    np.testing.assert_allclose(run.finish_ms, [times[-1] for times in emitted], atol=1e-6)
    gaps = np.sort(np.concatenate([np.diff(times) for times in emitted]))
    assert int(run.gap_weight.sum()) == len(gaps)
    assert float((run.gap_ms * run.gap_weight).sum()) == pytest.approx(float(gaps.sum()))
    order = np.argsort(run.gap_ms, kind="stable")
    blocked = np.repeat(run.gap_ms[order], run.gap_weight[order])
    steepest = COST.kv_ms * 6 * BLOCK_STEPS
    np.testing.assert_allclose(blocked, gaps, atol=steepest)


@given(cases())
@settings(max_examples=300, deadline=None)
def test_jumping_equals_walking(case: Case) -> None:
    run = simulate(COST, case.limits, np.array(case.arrival_ms), case.prompt, case.output, cached_tokens=case.cached)
    assert_same(run, *walk(COST, case))


@given(cases(), st.integers(1, 8))
@settings(max_examples=150, deadline=None)
def test_jumping_equals_walking_with_a_fixed_number_in_flight(case: Case, concurrency: int) -> None:
    plain = Case(case.arrival_ms, case.prompt, case.output, [0] * len(case.prompt), case.limits)
    run = simulate_closed(COST, case.limits, concurrency, case.prompt, case.output)
    assert_same(run, *walk(COST, plain, concurrency))


@given(cases())
@settings(deadline=None)
def test_every_request_finishes_once_with_all_its_tokens(case: Case) -> None:
    run = simulate(COST, case.limits, np.array(case.arrival_ms), case.prompt, case.output)
    assert np.isfinite(run.finish_ms).all()
    assert int(run.gap_weight.sum()) == sum(output - 1 for output in case.output)
    assert (run.e2e_ms >= run.ttft_ms).all()
    assert (run.ttft_ms > COST.frontend_ms).all()
    spans = run.e2e_ms - run.ttft_ms
    assert float((run.gap_ms * run.gap_weight).sum()) == pytest.approx(float(spans.sum()), abs=1e-6)


@given(cases())
@settings(deadline=None)
def test_no_request_beats_an_empty_server(case: Case) -> None:
    run = simulate(COST, case.limits, np.array(case.arrival_ms), case.prompt, case.output)
    for index, (prompt, output) in enumerate(zip(case.prompt, case.output, strict=True)):
        budget = case.limits.max_num_batched_tokens
        ttft, _, e2e = COST.unloaded_ms(prompt, output, max_num_batched_tokens=budget)
        assert run.ttft_ms[index] >= ttft - 1e-6
        assert run.e2e_ms[index] >= e2e - 1e-6


@given(cases(), st.data())
@settings(deadline=None)
def test_measuring_some_requests_changes_none(case: Case, data: st.DataObject) -> None:
    count = len(case.prompt)
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    every = simulate(COST, case.limits, np.array(case.arrival_ms), case.prompt, case.output)
    some = simulate(COST, case.limits, np.array(case.arrival_ms), case.prompt, case.output, measured=(start, stop))
    np.testing.assert_array_equal(every.e2e_ms[start:stop], some.e2e_ms[start:stop])
    assert int(some.gap_weight.sum()) == sum(output - 1 for output in case.output[start:stop])


LIMITS = Limits(kv_capacity_tokens=4000, max_num_seqs=32, max_num_batched_tokens=256)


def loaded(rate_rps: float, *, count: int = 3000, seed: int = 5) -> Run:
    arrivals = poisson_ms(count, rate_rps=rate_rps, seed=seed)
    return simulate(COST, LIMITS, arrivals, 60, 40, measured=(count // 5, count - count // 5))


def measured(values: NDArray[np.float64], run: Run) -> NDArray[np.float64]:
    return values[run.measured[0] : run.measured[1]]


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_latency_grows_with_load_on_common_random_numbers(seed: int) -> None:
    runs = [loaded(rate, count=1000, seed=seed) for rate in (1.0, 5.0, 10.0, 20.0, 30.0, 60.0)]
    for values in ([measured(r.e2e_ms, r) for r in runs], [measured(r.ttft_ms, r) for r in runs]):
        for share in (None, 0.5, 0.95):
            curve = [float(np.mean(v) if share is None else np.quantile(v, share)) for v in values]
            assert all(high >= 0.97 * low for low, high in pairwise(curve))


@pytest.mark.parametrize("rate_rps", [2.0, 10.0, 25.0])
def test_littles_law(rate_rps: float) -> None:
    run = loaded(rate_rps)
    arrived, left = run.arrival_ms, np.where(np.isfinite(run.finish_ms), run.finish_ms, np.inf)
    start, stop = arrived[run.measured[0]], arrived[run.measured[1] - 1]
    in_system_ms = np.clip(np.minimum(left, stop) - np.maximum(arrived, start), 0.0, None).sum()
    in_system = in_system_ms / (stop - start)
    arrivals_per_ms = (run.measured[1] - run.measured[0]) / (stop - start)
    assert in_system == pytest.approx(arrivals_per_ms * measured(run.e2e_ms, run).mean(), rel=0.03)


def test_one_seed_is_one_run() -> None:
    first, second = loaded(20.0), loaded(20.0)
    for name in ("ttft_ms", "finish_ms", "gap_ms", "gap_weight"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_a_request_larger_than_the_cache_is_refused() -> None:
    with pytest.raises(ValueError, match="a request of 101 tokens exceeds 100 tokens of KV"):
        simulate(COST, Limits(kv_capacity_tokens=100), np.zeros(1), 100, 1)


def test_empty_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one prompt token"):
        simulate(COST, LIMITS, np.zeros(1), 0, 1)
    with pytest.raises(ValueError, match="2 token counts for 1 requests"):
        simulate(COST, LIMITS, np.zeros(1), [1, 2], 1)


def test_no_requests_is_an_empty_run() -> None:
    run = simulate(COST, LIMITS, np.zeros(0), 1, 1)
    assert run.e2e_ms.shape == run.gap_ms.shape == (0,)
