"""Measured forward passes: read from invented rows, and compared with the model."""

from math import log

import numpy as np
import pytest
from calibration_builders import packaged

from neuralnav.calibration.rows import Row
from neuralnav.calibration.steps import MOST, StepSet, step_logs, step_sets
from neuralnav.serving.stepcost import step_cost

MODEL = "Qwen/Qwen3-32B"
SERVING = packaged().serving


def step(phase: str = "context", *, tp: int = 1, model: str = MODEL, latency_ms: float = 10.0, **counts: int) -> Row:
    names = ("prefill_tokens", "num_prefill_requests", "prefill_kv_tokens", "decode_requests", "decode_kv_tokens")
    row = {"model": model, "tp": str(tp), "phase": phase, "latency_ms": str(latency_ms)}
    return {**row, **{name: str(counts.get(name, 0)) for name in names}}


def sets(*rows: Row) -> tuple[StepSet, ...]:
    return step_sets(rows, packaged(), accelerator="b200", model=MODEL)


def test_passes_are_gathered_by_parallelism_and_phase() -> None:
    found = sets(
        step("mixed", tp=2), step("decode"), step(), step("decode", latency_ms=12.0), step(model="acme/other")
    )  # fmt: skip
    assert [(item.tp, item.phase, item.ms.tolist()) for item in found] == [
        (1, "context", [10.0]), (1, "decode", [10.0, 12.0]), (2, "mixed", [10.0]),
    ]  # fmt: skip
    assert {(item.model, item.checkpoint.precision, item.accelerator.id) for item in found} == {
        ("qwen3-32b", "bf16", "b200")
    }


def test_a_row_is_a_pass() -> None:
    """Two prompts of 300 tokens after 100 cached ones each, beside five decodes."""
    (item,) = sets(
        step("mixed", prefill_tokens=600, num_prefill_requests=2, prefill_kv_tokens=200, decode_requests=5,
             decode_kv_tokens=4000)
    )  # fmt: skip
    passes = item.passes
    assert (passes.prefill[0], passes.decodes[0], passes.sampled[0], passes.kv[0]) == (600.0, 5.0, 7.0, 4000.0)
    assert passes.context[0] == 200.0
    assert passes.pairs[0] == 2 * sum(100 + position for position in range(1, 301))
    assert passes.window_kv[0] == passes.window_pairs[0] == 0.0


def test_decodes_alone_have_no_pairs() -> None:
    (item,) = sets(step("decode", decode_requests=8, decode_kv_tokens=800))
    assert (item.passes.prefill[0], item.passes.pairs[0], item.passes.sampled[0]) == (0.0, 0.0, 8.0)


def test_of_many_passes_some_are_taken_evenly() -> None:
    rows = [step("decode", latency_ms=1.0 + index) for index in range(5 * MOST)]
    (item,) = sets(*rows)
    assert item.ms.tolist() == [1.0 + 5 * index for index in range(MOST)]
    assert len(item.passes.decodes) == MOST
    (few,) = sets(*rows[: MOST - 1])
    assert len(few.ms) == MOST - 1


def test_a_model_that_the_catalog_lacks_has_no_passes() -> None:
    assert step_sets([step(model="acme/other")], packaged(), accelerator="b200", model="acme/other") == ()
    assert sets() == ()


@pytest.mark.parametrize("tp", [1, 4])
def test_logs_are_of_model_over_measured(tp: int) -> None:
    rows = [
        step(tp=tp, prefill_tokens=512, num_prefill_requests=1),
        step("decode", tp=tp, decode_requests=16, decode_kv_tokens=16_000, latency_ms=7.0),
    ]
    found = sets(*rows)
    item = found[0]
    cost = step_cost(item.architecture, item.checkpoint, item.accelerator, tp=tp, serving=SERVING)
    prompt_ms = cost.mixed_ms(512, cost.chunk_ms(0, 512), 1, 0, 0, 0)
    decode_ms = cost.decode_ms(16, 16_000, 0)
    logs = step_logs(found, SERVING)
    assert np.concatenate(logs) == pytest.approx([log(prompt_ms / 10.0), log(decode_ms / 7.0)], abs=1e-6)
