"""The trace of a closed loop against the engine that serves it: the same steps, so the same means."""

import re
from dataclasses import replace

import calibration_builders  # noqa: F401  # lets the next lines find the builders of the serving tests
import numpy as np
import pytest
from calibration_builders import lengths, loop
from numpy.typing import NDArray
from serving_builders import BF16, FP8, GPT_OSS_20B, LLAMA_8B, MXFP4, QWEN_30B_A3B, cost, flat_cost

from neuralnav.calibration import trace as tracing
from neuralnav.calibration.trace import EDGES, Loop, Trace, trace
from neuralnav.model.catalog import Architecture, Checkpoint
from neuralnav.serving.engine import Limits, Run, simulate_closed
from neuralnav.serving.stepcost import Passes, StepCost

LATE_MS = 1e-7
"""A way to the server that takes next to nothing, and yet is there: who comes then has missed the step that begins."""

MOST = 2200
STEADY = flat_cost(token_ms=(1.0,) * MOST, head_ms=(0.0,) * MOST)
LINEAR = flat_cost(
    token_ms=tuple(1.0 + 0.01 * tokens for tokens in range(MOST)),
    head_ms=tuple(0.002 * tokens for tokens in range(MOST)),
    kv_ms=1e-5,
    pair_ms=1e-6,
)
SHAPES = [(100, 50), (300, 200), (1000, 20)]


def served(one: Loop, step: StepCost, *, ahead: bool, block: int = 1) -> Run:
    limits = Limits(
        one.kv_capacity_tokens,
        max_num_seqs=one.concurrency + 1,
        max_num_batched_tokens=one.max_num_batched_tokens,
        block_tokens=block,
        async_scheduling=ahead,
    )
    return simulate_closed(step, limits, one.concurrency, *lengths(one))


def means(run: Run, one: Loop) -> tuple[float, float]:
    gaps = lengths(one)[1] - 1
    return float(run.ttft_ms.mean()), float(((run.e2e_ms - run.ttft_ms) / gaps).mean())


def costs(found: Passes, step: StepCost) -> NDArray[np.float64]:
    """What passes cost by the tables of a step cost, between whole tokens in a straight line."""
    at = np.arange(len(step.token_ms), dtype=np.float64)
    token_ms = np.interp(found.prefill + found.decodes, at, step.token_ms)
    head_ms = np.interp(found.sampled, at[: len(step.head_ms)], step.head_ms)
    return step.passes_ms(found, token_ms=np.asarray(token_ms), head_ms=np.asarray(head_ms))


def said(found: Trace, step: StepCost) -> tuple[float, float]:
    ms = costs(found.passes, step)
    return float(found.ttft @ ms), float(found.tpot @ ms)


@pytest.mark.parametrize(
    ("ahead", "late_ms", "lag"), [(False, 0.0, 0), (False, LATE_MS, 1), (True, 0.0, 1), (True, LATE_MS, 2)]
)
@pytest.mark.parametrize("concurrency", [16, 64])
@pytest.mark.parametrize(("prompt", "output"), SHAPES)
def test_a_request_waits_for_as_many_steps_as_in_the_engine(
    *, prompt: int, output: int, concurrency: int, ahead: bool, late_ms: float, lag: int
) -> None:
    """With steps of one cost, TTFT counts steps: exactly the same number, summed over all requests."""
    one = loop(
        concurrency=concurrency, prompt_tokens=prompt, output_tokens=output, requests=10 * concurrency, lag_steps=lag
    )
    step = flat_cost(token_ms=STEADY.token_ms, head_ms=STEADY.head_ms, frontend_ms=late_ms)
    ttft, tpot = means(served(one, step, ahead=ahead), one)
    found = trace(one)
    assert found.ttft.sum() * one.requests == pytest.approx(ttft * one.requests, abs=1e-3)
    assert found.tpot.sum() == pytest.approx(1.0)
    assert tpot == pytest.approx(1.0)


@pytest.mark.parametrize("concurrency", [1, 2, 4, 16, 64])
@pytest.mark.parametrize(("prompt", "output"), SHAPES)
def test_where_cost_is_linear_means_are_those_of_the_engine(prompt: int, output: int, concurrency: int) -> None:
    """Within 0.1 %; with so few in flight that the server can run empty, within 2 %."""
    one = loop(
        concurrency=concurrency, prompt_tokens=prompt, output_tokens=output, requests=10 * concurrency, lag_steps=1
    )
    closely = 1e-3 if concurrency >= 16 else 0.02
    assert said(trace(one), LINEAR) == pytest.approx(means(served(one, LINEAR, ahead=True), one), rel=closely)


def at_once(model: Architecture, check: Checkpoint) -> StepCost:
    """A real step cost without the way to the server and back, which a trace leaves out."""
    return replace(cost(model, check), frontend_ms=0.0, frontend_token_ms=0.0, stream_ms=0.0)


CURVED = [(GPT_OSS_20B, MXFP4), (QWEN_30B_A3B, FP8), (LLAMA_8B, BF16)]


@pytest.mark.parametrize(("model", "check"), CURVED)
@pytest.mark.parametrize("concurrency", [8, 32, 128])
def test_with_launches_and_rooflines_means_are_those_of_the_engine(
    concurrency: int, model: Architecture, check: Checkpoint
) -> None:
    """Steps that are alike are added up at their mean: where cost is curved that errs by less than 0.2 %."""
    one = loop(
        concurrency=concurrency, requests=10 * concurrency, prompt_tokens=900, lag_steps=1, max_num_batched_tokens=8192
    )
    step = at_once(model, check)
    found = said(trace(one, window_tokens=step.window_tokens), step)
    assert found == pytest.approx(means(served(one, step, ahead=True), one), rel=2e-3)


@pytest.mark.parametrize(("model", "check"), CURVED)
def test_adding_up_alike_steps_keeps_the_means_and_a_few_rows(
    model: Architecture, check: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = loop(concurrency=96, requests=960, prompt_tokens=900, max_num_batched_tokens=8192)
    step = at_once(model, check)
    coarse = trace(one, window_tokens=step.window_tokens)
    monkeypatch.setattr(tracing, "ALIKE", 1e-9)
    fine = trace(one, window_tokens=step.window_tokens)
    assert len(coarse.ttft) < len(fine.ttft) / 5
    assert said(coarse, step) == pytest.approx(said(fine, step), rel=2e-3)
    for name in ("ttft", "tpot"):
        assert getattr(coarse, name).sum() == pytest.approx(getattr(fine, name).sum())


def test_no_step_is_added_up_with_one_on_the_other_side_of_a_capture_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much of TTFT falls on steps beyond a capture size is the same, however coarsely steps are added up."""
    one = loop(concurrency=400, requests=1200, prompt_tokens=150, output_tokens=20, max_num_batched_tokens=8192)
    coarse = trace(one)
    monkeypatch.setattr(tracing, "ALIKE", 1e-9)
    fine = trace(one)
    for edge in EDGES:
        beyond = [
            found.ttft[found.passes.prefill + found.passes.decodes > edge].sum() / found.ttft.sum()
            for found in (coarse, fine)
        ]
        assert 0.01 < beyond[0] < 0.999
        assert beyond[0] == pytest.approx(beyond[1])


def test_a_step_of_just_a_capture_size_stays_on_its_side() -> None:
    for edge in EDGES:
        one = loop(concurrency=1, requests=7, prompt_tokens=edge, least_share=1.0, max_num_batched_tokens=8192)
        assert trace(one).passes.prefill.tolist() == [0.0, edge]


def test_lengths_are_those_of_the_client() -> None:
    one = loop()
    prompt, output = lengths(one)
    found = trace(one)
    assert (found.mean_prompt, found.mean_output) == (prompt.mean(), output.mean())
    fixed = trace(loop(least_share=1.0))
    assert (fixed.mean_prompt, fixed.mean_output) == (300.0, 200.0)


def test_one_request_at_a_time_prefills_in_one_step_and_decodes_in_the_others() -> None:
    found = trace(loop(concurrency=1, requests=3, least_share=1.0))
    prompt = found.passes.prefill > 0
    assert found.passes.prefill.tolist() == [0.0, 300.0]
    assert found.passes.pairs[prompt].tolist() == [300 * 301 / 2]
    assert found.passes.sampled.tolist() == [1.0, 1.0]
    assert found.ttft.tolist() == pytest.approx([0.0, 1.0])
    assert found.tpot.tolist() == pytest.approx([1.0, 0.0])
    assert found.passes.kv[~prompt].tolist() == [np.mean(np.arange(301, 500))]  # all that it has, each time


def test_a_prompt_beyond_the_budget_is_prefilled_in_chunks_that_read_what_went_before() -> None:
    found = trace(loop(concurrency=1, requests=1, least_share=1.0, prompt_tokens=5000)).passes
    chunks = found.prefill > 0
    assert found.prefill[chunks].tolist() == [904.0, 2048.0, 2048.0]
    assert found.context[chunks].tolist() == [4096.0, 0.0, 2048.0]
    assert found.pairs[chunks].sum() == 5000 * 5001 / 2
    assert found.sampled[chunks].tolist() == [1.0, 0.0, 0.0]


def test_a_sliding_window_bounds_what_decodes_read_and_prompts_multiply() -> None:
    one = loop(prompt_tokens=600)
    whole, windowed = trace(one, window_tokens=10_000), trace(one, window_tokens=128)
    assert whole.passes.window_kv.tolist() == whole.passes.kv.tolist() == windowed.passes.kv.tolist()
    assert windowed.passes.window_kv.tolist() == (128 * windowed.passes.decodes).tolist()
    assert windowed.passes.window_pairs.tolist() == (128 * windowed.passes.prefill).tolist()
    assert trace(one).passes.window_kv.sum() == trace(one).passes.window_pairs.sum() == 0.0


def test_an_answer_of_one_token_has_no_gap() -> None:
    found = trace(loop(output_tokens=1, least_share=1.0))
    assert found.tpot.sum() == 0.0
    assert found.ttft.sum() > 1.0


@pytest.mark.parametrize(("concurrency", "room", "output"), [(64, 10_000, 150), (64, 16_000, 400), (32, 6000, 400)])
def test_a_full_cache_preempts_as_often_as_in_the_engine(concurrency: int, room: int, output: int) -> None:
    """The engine counts blocks, of one token here, and lets nobody in while it preempts; so to within a tenth or so."""
    one = loop(
        concurrency=concurrency, requests=10 * concurrency, prompt_tokens=100, output_tokens=output, lag_steps=1,
        kv_capacity_tokens=room,
    )  # fmt: skip
    run, found = served(one, LINEAR, ahead=True), trace(one)
    assert found.preempted == pytest.approx(run.preemptions, rel=0.12)
    for mine, theirs, closely in zip(said(found, LINEAR), means(run, one), (0.08, 0.01), strict=True):
        assert mine == pytest.approx(theirs, rel=closely)
    assert found.tpot.sum() > 1.0  # who was let go waits and prefills anew between two tokens


def test_a_roomy_cache_preempts_nobody() -> None:
    assert trace(loop()).preempted == 0


def test_a_request_that_does_not_fit_is_refused() -> None:
    trace(loop(kv_capacity_tokens=500))
    message = "a request needs more than the 499 tokens of KV that there are"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        trace(loop(kv_capacity_tokens=499))


def test_one_loop_is_one_trace() -> None:
    first, second = trace(loop()), trace(loop())
    assert first.ttft.tolist() == second.ttft.tolist()
    assert first.passes.kv.tolist() == second.passes.kv.tolist()
