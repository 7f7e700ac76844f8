"""The event engine against a walk that takes every step, and the laws that any queue obeys."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import unit_builders  # noqa: F401  # lets the next lines find the builders
from engine_walk import Case, Walk, Walked
from hypothesis import given, settings
from hypothesis import strategies as st
from serving_builders import flat_cost

from neuralnav.serving.arrivals import poisson_ms
from neuralnav.serving.engine import Limits, Run, simulate, simulate_closed
from neuralnav.serving.jumps import BLOCK_MS, BLOCK_STEPS
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
        step_ms=0.11,
        eager_ms=9.0,
        piecewise_ms=4.0,
        capture_tokens=24,
        launch_sharpness=1.9,
        decode_launch_ms=0.0,
        sequence_ms=0.013,
        frontend_ms=frontend_ms,
        frontend_token_ms=0.004 if frontend_ms else 0.0,
        stream_ms=0.0,
    )


COST = step_cost()


@st.composite
def cases(draw: st.DrawFn, *, concurrency: tuple[int, ...] = (0,)) -> Case:
    """Requests that press on every limit: KV just enough for the largest or roomy, few sequences, small budgets."""
    count = draw(st.integers(1, 14))
    gaps = draw(st.lists(st.sampled_from([0.0, 0.7, 3.33, 17.9, 61.3, 2345.1]), min_size=count, max_size=count))
    prompt = draw(st.lists(st.integers(1, 90), min_size=count, max_size=count))
    output = draw(st.lists(st.integers(1, 60), min_size=count, max_size=count))
    cached = [draw(st.integers(0, p - 1)) for p in prompt] if draw(st.booleans()) else [0] * count
    block = draw(st.sampled_from([1, 3, 4, 16]))
    largest = max(-(-(p + o - 1) // block) for p, o in zip(prompt, output, strict=True))
    limits = Limits(
        kv_capacity_tokens=(largest + draw(st.integers(0, 400)) // block) * block + draw(st.integers(0, block - 1)),
        max_num_seqs=draw(st.integers(1, 8)),
        max_num_batched_tokens=draw(st.integers(8, MAX_TOKENS)),
        block_tokens=block,
        async_scheduling=draw(st.booleans()),
        whole_prompt=draw(st.booleans()),
    )
    return Case(np.cumsum(gaps).tolist(), prompt, output, cached, limits, draw(st.sampled_from(concurrency)))


def serve(case: Case, cost: StepCost = COST, **options: Any) -> Run:
    lengths = (case.prompt, case.output)
    if case.concurrency:
        return simulate_closed(cost, case.limits, case.concurrency, *lengths, cached_tokens=case.cached, **options)
    return simulate(cost, case.limits, np.array(case.arrival_ms), *lengths, cached_tokens=case.cached, **options)


def assert_same(run: Run, walked: Walked) -> None:
    arrivals, emitted = walked.arrivals, walked.emitted
    np.testing.assert_allclose(run.arrival_ms, arrivals, atol=1e-6)
    np.testing.assert_allclose(run.ttft_ms, [t[0] - a for t, a in zip(emitted, arrivals, strict=True)], atol=1e-6)
    np.testing.assert_allclose(run.finish_ms, [times[-1] for times in emitted], atol=1e-6)
    assert run.preemptions == walked.preemptions
    gaps = np.sort(np.concatenate([np.diff(times) for times in emitted]))
    assert int(run.gap_weight.sum()) == len(gaps)
    assert float((run.gap_ms * run.gap_weight).sum()) == pytest.approx(float(gaps.sum()))
    order = np.argsort(run.gap_ms, kind="stable")
    blocked = np.repeat(run.gap_ms[order], run.gap_weight[order])
    steepest = max(COST.kv_ms * 8 * BLOCK_STEPS, BLOCK_MS)
    np.testing.assert_allclose(blocked, gaps, atol=steepest)


@given(cases())
@settings(max_examples=400, deadline=None)
def test_jumping_equals_walking(case: Case) -> None:
    assert_same(serve(case), Walk(COST, case).run())


@given(cases(concurrency=tuple(range(1, 11))))
@settings(max_examples=200, deadline=None)
def test_jumping_equals_walking_with_a_fixed_number_in_flight(case: Case) -> None:
    assert_same(serve(case), Walk(COST, case).run())


@given(cases(concurrency=(0, 5)), st.sampled_from([0.0, 1.3]))
@settings(max_examples=200, deadline=None)
def test_jumping_equals_walking_when_nothing_takes_longer_and_events_coincide(case: Case, frontend_ms: float) -> None:
    cost = replace(COST, kv_ms=0.0, window_ms=0.0, frontend_ms=frontend_ms, frontend_token_ms=0.0)
    assert_same(serve(case, cost), Walk(cost, case).run())


@given(cases())
@settings(deadline=None)
def test_every_request_finishes_once_with_all_its_tokens(case: Case) -> None:
    run = serve(case)
    assert np.isfinite(run.finish_ms).all()
    assert int(run.gap_weight.sum()) == sum(output - 1 for output in case.output)
    assert (run.e2e_ms >= run.ttft_ms).all()
    assert (run.ttft_ms > COST.frontend_ms).all()
    spans = run.e2e_ms - run.ttft_ms
    assert float((run.gap_ms * run.gap_weight).sum()) == pytest.approx(float(spans.sum()), abs=1e-6)


@given(cases())
@settings(deadline=None)
def test_no_request_beats_an_empty_server(case: Case) -> None:
    run = serve(case)
    for index, (prompt, output, cached) in enumerate(zip(case.prompt, case.output, case.cached, strict=True)):
        budget = case.limits.max_num_batched_tokens
        ttft, _, e2e = COST.unloaded_ms(prompt, output, max_num_batched_tokens=budget, cached_tokens=cached)
        assert run.ttft_ms[index] >= ttft - 1e-6
        assert run.e2e_ms[index] >= e2e - 1e-6


@given(cases(concurrency=(0, 4)), st.sampled_from([0.1, 5.0, 400.0]))
@settings(deadline=None)
def test_streams_delay_what_clients_see_and_nothing_that_the_server_does(case: Case, stream_ms: float) -> None:
    quiet, busy = serve(case), serve(case, replace(COST, stream_ms=stream_ms))
    for name in ("arrival_ms", "gap_ms", "gap_weight", "preemptions"):
        np.testing.assert_array_equal(getattr(quiet, name), getattr(busy, name))
    most = stream_ms * (case.limits.max_num_seqs - 1)
    delays = busy.ttft_ms - quiet.ttft_ms
    assert (delays >= -1e-9).all()
    assert (delays <= most + 1e-6).all()
    assert (busy.finish_ms >= quiet.finish_ms - 1e-9).all()
    assert (busy.e2e_ms >= busy.ttft_ms).all()


def test_a_first_token_waits_for_the_streams_of_those_that_run_and_a_last_one_too() -> None:
    """Three requests at once, of 2, 3 and 4 tokens: the third token in line waits for two, the last of all for none."""
    cost = flat_cost(token_ms=(10.0,) * 65, stream_ms=0.5)
    run = simulate(cost, Limits(1000, max_num_seqs=8, max_num_batched_tokens=64), np.zeros(3), 4, [2, 3, 4])
    assert run.ttft_ms.tolist() == [10.0, 10.5, 11.0]
    assert run.finish_ms.tolist() == [20.0 + 2 * 0.5, 30.0 + 0.5, 40.0]


def test_no_answer_ends_before_it_begins_however_long_the_streams() -> None:
    run = simulate(flat_cost(token_ms=(1.0,) * 65, stream_ms=9.0), Limits(1000, 8, 64), np.zeros(3), 4, 2)
    assert run.ttft_ms.tolist() == [1.0, 10.0, 19.0]
    assert run.finish_ms.tolist() == [20.0, 11.0, 19.0]


def test_a_long_prompt_is_seen_later() -> None:
    cost = flat_cost(token_ms=(10.0,) * 65, frontend_ms=1.0, frontend_token_ms=0.25)
    run = simulate(cost, Limits(1000, max_num_seqs=8, max_num_batched_tokens=64), np.array([0.0, 1000.0]), [4, 40], 2)
    assert run.ttft_ms.tolist() == [12.0, 21.0]


@given(cases(concurrency=(0, 4)), st.data())
@settings(deadline=None)
def test_measuring_some_requests_changes_none(case: Case, data: st.DataObject) -> None:
    count = len(case.prompt)
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    every, some = serve(case), serve(case, measured=(start, stop))
    np.testing.assert_array_equal(every.e2e_ms[start:stop], some.e2e_ms[start:stop])
    assert int(some.gap_weight.sum()) == sum(output - 1 for output in case.output[start:stop])
    assert some.preemptions <= every.preemptions
    assert (every.finish_ms[np.isfinite(some.finish_ms)] <= some.finish_ms[start:stop].max()).all()


def test_the_last_of_the_running_is_preempted_and_computed_anew() -> None:
    """Two prompts of 8 tokens in 6 blocks of 4: each decode needs a third block at once, and a fourth 4 steps on."""
    limits = Limits(24, max_num_seqs=2, max_num_batched_tokens=64, block_tokens=4)
    flat = flat_cost(token_ms=tuple(float(tokens) for tokens in range(65)))
    run = simulate(flat, limits, np.zeros(2), 8, 10)
    # 16 tokens of prefill, then 4 steps of 2 fill 24 tokens; 5 steps of 1 end the first, 13 tokens are computed anew
    assert run.preemptions == 1
    assert run.finish_ms.tolist() == [16 + 4 * 2 + 5 * 1, 16 + 4 * 2 + 5 * 1 + 13 + 4 * 1]
    gaps = np.repeat(run.gap_ms, run.gap_weight)
    assert sorted(gaps.tolist()) == sorted([2.0] * 8 + [1.0] * 5 + [5.0 + 13.0] + [1.0] * 4)


def test_a_step_is_planned_while_the_one_before_it_runs_under_asynchronous_scheduling() -> None:
    """The second request comes during step 1: the next step takes it in, or the one after that."""
    prefill = 8.0
    flat = flat_cost(token_ms=tuple(float(tokens) for tokens in range(65)))
    arrivals = np.array([0.0, 1.0])
    for planned_ahead, wait in ((False, prefill), (True, prefill + 1.0)):
        limits = Limits(1000, max_num_seqs=8, max_num_batched_tokens=64, async_scheduling=planned_ahead)
        run = simulate(flat, limits, arrivals, 8, 10)
        assert run.ttft_ms.tolist() == [prefill, wait + prefill]


LIMITS = Limits(kv_capacity_tokens=4000, max_num_seqs=32, max_num_batched_tokens=256)


def loaded(rate_rps: float) -> Run:
    return simulate(COST, LIMITS, poisson_ms(3000, rate_rps=rate_rps, seed=5), 60, 40, measured=(600, 2400))


def test_one_seed_is_one_run() -> None:
    first, second = loaded(20.0), loaded(20.0)
    for name in ("ttft_ms", "finish_ms", "gap_ms", "gap_weight"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_a_request_that_can_never_be_served_is_refused() -> None:
    message = "request 1 of 100 + 14 tokens can never be served: it needs 8 blocks of 16 tokens of KV, and there are 7"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        simulate(COST, Limits(127, 8, 64), np.zeros(2), 100, [13, 14])
    assert Limits(127, 8, 64).holds(100, 13)
    assert not Limits(127, 8, 64).holds(100, 14)
    assert np.isfinite(simulate(COST, Limits(127, 8, 64), np.zeros(2), 100, 13).finish_ms).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kv_capacity_tokens": 0}, "kv_capacity_tokens is 0: it must be at least 1"),
        ({"max_num_seqs": 0}, "max_num_seqs is 0: it must be at least 1"),
        ({"block_tokens": -1}, "block_tokens is -1: it must be at least 1"),
        ({"max_num_batched_tokens": 255}, "255 tokens per step are fewer than 256 sequences: vLLM refuses that"),
    ],
)
def test_limits_that_no_server_starts_with_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Limits(**{"kv_capacity_tokens": 1000, **options})


@pytest.mark.parametrize(
    ("arrivals", "message"),
    [
        ([0.0, 2.0, 1.5], "arrival 2 is at 1.5 ms, before arrival 1 at 2 ms"),
        ([0.0, np.nan], "arrival 1 is at nan ms: it must be finite and not negative"),
        ([0.0, np.inf], "arrival 1 is at inf ms: it must be finite and not negative"),
        ([-1.0, 2.0], "arrival 0 is at -1 ms: it must be finite and not negative"),
    ],
)
def test_arrivals_that_are_no_times_are_refused(arrivals: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        simulate(COST, LIMITS, np.array(arrivals), 1, 1)


def test_empty_requests_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^a request needs at least one prompt token and one output token$"):
        simulate(COST, LIMITS, np.zeros(1), 0, 1)
    with pytest.raises(ValueError, match=r"^2 token counts for 1 requests$"):
        simulate(COST, LIMITS, np.zeros(1), [1, 2], 1)
    with pytest.raises(ValueError, match=r"^the prefix cache cannot hold fewer than 0 tokens of a prompt$"):
        simulate(COST, LIMITS, np.zeros(1), 1, 1, cached_tokens=-1)
    with pytest.raises(ValueError, match=r"^0 requests in flight: at least 1 is needed$"):
        simulate_closed(COST, LIMITS, 0, [1], [1])


@pytest.mark.parametrize("measured", [(0, 4), (-1, 2), (2, 1)])
def test_requests_that_are_not_sent_cannot_be_measured(measured: tuple[int, int]) -> None:
    message = f"^requests {measured[0]} to {measured[1]} of 3 cannot be measured$"
    with pytest.raises(ValueError, match=message):
        simulate(COST, LIMITS, np.zeros(3), 1, 1, measured=measured)
    with pytest.raises(ValueError, match=message):
        simulate_closed(COST, LIMITS, 2, [1] * 3, [1] * 3, measured=measured)


def test_no_requests_is_an_empty_run() -> None:
    run = simulate(COST, LIMITS, np.zeros(0), 1, 1)
    assert run.e2e_ms.shape == run.gap_ms.shape == (0,)
