"""How the public runs were served, by model, precision, accelerator and release."""

import pytest
from calibration_builders import packaged, run

from neuralnav.calibration.protocols import DEFAULT, Protocol, is_asynchronous, protocol
from neuralnav.serving.stepcost import CAPTURE_TOKENS, Launching


def of(model: str, precision: str, accelerator: str, version: str = "0.19.0") -> Protocol:
    return protocol(model, precision, packaged().accelerators[accelerator], version)


@pytest.mark.parametrize(
    ("version", "ahead"),
    [
        ("0.13.0", False), ("0.9.2rc2.dev12", False), ("0.14.0", True), ("0.19.1", True), ("1.0", True), ("", True),
        ("nightly", True),
    ],
)  # fmt: skip
def test_from_0_14_on_steps_are_planned_ahead(version: str, *, ahead: bool) -> None:
    assert is_asynchronous(version) is ahead
    assert of("qwen3-32b", "bf16", "h100", version).launching.asynchronous is ahead


def test_what_no_script_is_known_of_runs_by_default() -> None:
    assert of("qwen3-32b", "fp8", "h100") == DEFAULT
    assert DEFAULT.launching == Launching(graphs="full", capture_tokens=CAPTURE_TOKENS, asynchronous=True)
    assert (DEFAULT.kv_dtype, DEFAULT.memory_utilization, DEFAULT.max_num_batched_tokens) == ("auto", 0.90, 8192)
    assert (DEFAULT.requests_per_slot, DEFAULT.least_share) == (10, 0.8)


@pytest.mark.parametrize(
    ("model", "precision", "accelerator", "graphs", "capture", "kv", "utilization"),
    [
        ("llama-3.1-70b", "fp8", "h100", "full", 512, "fp8", 0.90),
        ("llama-3.1-70b", "fp4", "b200", "decode-only", 512, "fp8", 0.90),
        ("gpt-oss-120b", "fp4", "h100", "full", 2048, "auto", 0.90),
        ("gpt-oss-120b", "fp4", "b200", "full", 2048, "fp8", 0.90),
        ("minimax-m2.5", "fp8", "h100", "piecewise", 512, "auto", 0.90),
        ("minimax-m2.5", "fp8", "h200", "piecewise", 512, "auto", 0.95),
        ("minimax-m2.5", "fp8", "b200", "full", 512, "auto", 0.95),
        ("minimax-m2.5", "fp4", "b200", "full", 512, "fp8", 0.90),
        ("kimi-k2.5", "int4", "h200", "full", 512, "auto", 0.95),
        ("kimi-k2.5", "fp4", "b200", "full", 512, "fp8", 0.90),
    ],
)
def test_each_models_script_is_followed(
    model: str, precision: str, accelerator: str, graphs: str, capture: int, kv: str, utilization: float
) -> None:
    found = of(model, precision, accelerator)
    assert (found.launching.graphs, found.launching.capture_tokens) == (graphs, capture)
    assert (found.kv_dtype, found.memory_utilization) == (kv, utilization)
    assert found.launching.asynchronous
    earlier = of(model, precision, accelerator, "0.12.0")
    assert earlier.launching.graphs == graphs
    assert not earlier.launching.asynchronous


def test_a_narrow_cache_leaves_room_for_twice_the_tokens() -> None:
    narrow, wide = (run(model="openai/gpt-oss-120b", precision="fp4", gpu=gpu, tp=4) for gpu in ("b200", "h100"))
    assert (narrow.protocol.kv_dtype, wide.protocol.kv_dtype) == ("fp8", "auto")
    assert narrow.loop.kv_capacity_tokens > 2 * wide.loop.kv_capacity_tokens
