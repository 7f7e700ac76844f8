"""The serving model over many runs at once, against one run priced by hand."""

from dataclasses import replace
from math import exp, log

import calibration_builders  # noqa: F401  # lets the next lines find the builders of the serving tests
import numpy as np
import pytest
from calibration_builders import packaged, row, run
from numpy.typing import NDArray
from serving_builders import coefficient

from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import FREE, Free, current, with_values
from neuralnav.calibration.rows import ClosedRun, closed_runs
from neuralnav.calibration.trace import trace
from neuralnav.model.catalog import ServingList
from neuralnav.serving.stepcost import step_cost

SERVING = packaged().serving
RUNS = [
    run(),
    run(model="Qwen/Qwen3-32B-FP8", precision="fp8", concurrency=64, engine_version="0.12.0"),
    run(model="openai/gpt-oss-120b", precision="fp4", gpu="b200", tp=1, concurrency=32),
    run(model="meta-llama/Llama-3.1-70B", precision="fp4", gpu="b200", tp=1, concurrency=32, input_tokens=4000),
    run(model="moonshotai/Kimi-K2.5", precision="int4", gpu="h200", tp=8),
]
"""Dense and MoE, a sliding window, MLA; wide, narrow and widened weights; each way to launch that a table can tell."""


def by_hand(one: ClosedRun, serving: ServingList) -> tuple[float, float]:
    """Price the steps of the run's trace with a step cost, and add the way to the server and back."""
    found = trace(one.loop, window_tokens=one.architecture.sliding_window or 0)
    kv_bytes = {"auto": 2.0, "fp8": 1.0}[one.protocol.kv_dtype]
    cost = step_cost(
        one.architecture, one.checkpoint, one.accelerator, tp=one.tp, serving=serving, kv_bytes=kv_bytes,
        max_num_seqs=one.loop.concurrency, max_num_batched_tokens=one.loop.max_num_batched_tokens,
        launching=one.protocol.launching,
    )  # fmt: skip

    def between(counts: NDArray[np.float64], table: tuple[float, ...]) -> NDArray[np.float64]:
        return np.asarray(np.interp(counts, np.arange(len(table)), table))

    passes = found.passes
    ms = cost.passes_ms(
        passes,
        token_ms=between(passes.prefill + passes.decodes, cost.token_ms),
        head_ms=between(passes.sampled, cost.head_ms),
    )
    way_ms = cost.frontend_ms + cost.frontend_token_ms * found.mean_prompt + cost.stream_ms * one.loop.concurrency
    return float(found.ttft @ ms) + way_ms, float(found.tpot @ ms)


@pytest.mark.parametrize("one", RUNS, ids=lambda one: one.group)
def test_a_prediction_is_the_trace_priced_by_the_step_cost(one: ClosedRun) -> None:
    found = RunModel([one], SERVING).predict(current(SERVING))
    assert (found.ttft_ms[0], found.tpot_ms[0]) == pytest.approx(by_hand(one, SERVING), rel=1e-4)


def test_runs_are_predicted_alike_alone_and_together_in_any_order() -> None:
    alone = [RunModel([one], SERVING).predict(current(SERVING)) for one in RUNS]
    for runs in (RUNS, RUNS[::-1], [*RUNS, *RUNS]):
        together = RunModel(runs, SERVING).predict(current(SERVING))
        for index, one in enumerate(runs):
            expected = alone[RUNS.index(one)]
            assert together.ttft_ms[index] == pytest.approx(expected.ttft_ms[0])
            assert together.tpot_ms[index] == pytest.approx(expected.tpot_ms[0])


def test_runs_of_one_loop_share_its_trace() -> None:
    twice = [run(), run(ttft_mean_ms=999.0)]
    model = RunModel(twice, SERVING)
    assert model.traces[0] is model.traces[1]


def test_other_values_of_the_free_coefficients_are_those_of_another_catalog() -> None:
    logs = [round(value * 0.98, 6) for value in current(SERVING)]
    moved = with_values(SERVING, logs)
    exact = [log(float(f"{exp(value):.4g}")) for value in logs]
    found = RunModel(RUNS, SERVING).predict(exact)
    expected = RunModel(RUNS, moved).predict(exact)
    assert found.ttft_ms.tolist() == pytest.approx(expected.ttft_ms.tolist())
    for index, one in enumerate(RUNS):
        assert (found.ttft_ms[index], found.tpot_ms[index]) == pytest.approx(by_hand(one, moved), rel=1e-4)


def test_a_coefficient_moves_the_runs_that_it_holds_for_and_no_other() -> None:
    blackwell = Free("link_efficiency", 0.5, 0.2, 0.95, generation="blackwell")
    runs = [run(tp=4), run(model="meta-llama/Llama-3.1-70B", precision="fp8", gpu="b200", tp=4)]
    model = RunModel(runs, SERVING, (blackwell,))
    slow, fast = (model.predict([log(value)]) for value in (0.3, 0.6))
    assert slow.tpot_ms[0] == fast.tpot_ms[0]
    assert slow.tpot_ms[1] > fast.tpot_ms[1]
    assert slow.ttft_ms[1] > fast.ttft_ms[1]


def test_slower_coefficients_never_predict_faster_runs() -> None:
    """Times and tokens of padding one way, shares of a peak the other; sharpness is neither."""
    model, begin = RunModel(RUNS, SERVING), np.array(current(SERVING))
    plain = model.predict(begin)
    for index, item in enumerate(FREE):
        if item.name.endswith("_sharpness"):
            continue
        worse = not item.name.endswith(("_mfu", "_factor", "_efficiency")) or item.name == "decode_only_graph_factor"
        moved = begin.copy()
        moved[index] += 0.1 if worse else -0.1
        slower = model.predict(moved)
        assert (slower.ttft_ms >= plain.ttft_ms - 1e-9).all(), item
        assert (slower.tpot_ms >= plain.tpot_ms - 1e-9).all(), item


def test_a_catalog_without_a_coefficient_is_refused() -> None:
    held = tuple(item for item in SERVING.coefficients if item.name != "warp_mma_share")
    without = SERVING.model_copy(update={"coefficients": (*held, coefficient("warp_mma_share", 0.5, generation="ada"))})
    model = RunModel([RUNS[-1]], without)
    with pytest.raises(ValueError, match=r"^the serving catalog has no warp_mma_share for h200$"):
        model.predict(current(without))


def test_measured_values_say_nothing_of_a_prediction() -> None:
    read = closed_runs([row(), row(ttft_mean_ms=1.0, itl_mean_ms=1.0)], packaged())
    found = RunModel(read.runs, SERVING).predict(current(SERVING))
    assert found.ttft_ms[0] == found.ttft_ms[1]
    assert RunModel([replace(read.runs[0], ttft_ms=7.0)], SERVING).predict(current(SERVING)).ttft_ms == found.ttft_ms[0]
