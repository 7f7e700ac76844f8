import pytest
from serving_builders import (
    BF16,
    FP8,
    GPT_OSS_20B,
    H100,
    LLAMA_8B,
    LLAMA_70B,
    MXFP4,
    QWEN_30B_A3B,
    QWEN_32B,
    architecture,
)

from neuralnav.model.catalog import Architecture
from neuralnav.serving.memory import (
    GIB,
    active_parameter_count,
    kv_bytes_per_token,
    memory_plan,
    parameter_count,
    split_parameters,
    weight_bytes,
)


@pytest.mark.parametrize(
    ("model", "parameters_b", "kv_bytes"),
    [(LLAMA_8B, 8.03, 131_072), (LLAMA_70B, 70.55, 327_680), (QWEN_32B, 32.76, 262_144)],
)
def test_published_figures(model: Architecture, parameters_b: float, kv_bytes: int) -> None:
    assert parameter_count(model) / 1e9 == pytest.approx(parameters_b, abs=0.006)
    assert active_parameter_count(model) == parameter_count(model)
    assert kv_bytes_per_token(model, tp=1, kv_bytes=2.0).full == kv_bytes


def test_experts_count_in_total_and_only_the_chosen_are_active() -> None:
    assert parameter_count(QWEN_30B_A3B) / 1e9 == pytest.approx(30.5, abs=0.1)
    assert active_parameter_count(QWEN_30B_A3B) / 1e9 == pytest.approx(3.3, abs=0.1)


def test_first_layers_can_be_dense_and_experts_shared() -> None:
    moe = {"layers": 10, "experts": 8, "experts_per_token": 2, "expert_intermediate_size": 100}
    plain = split_parameters(architecture(**moe))
    mixed = split_parameters(architecture(**moe, dense_layers=4, shared_experts=1))
    assert mixed.experts == plain.experts * 6 / 10
    assert mixed.shared == 6 * 3 * 4096 * 100
    assert mixed.linear - plain.linear == 4 * 3 * 4096 * 14336


def test_tied_embeddings_count_once() -> None:
    assert parameter_count(LLAMA_8B) - parameter_count(architecture(tied_embeddings=True)) == 128256 * 4096


def test_quantised_weights_leave_the_vocabulary_at_16_bits() -> None:
    embeddings = 2 * 128256 * 4096
    assert weight_bytes(LLAMA_8B, BF16) == 2 * parameter_count(LLAMA_8B)
    assert weight_bytes(LLAMA_8B, FP8) == parameter_count(LLAMA_8B) - embeddings + 2 * embeddings


def test_quantised_experts_leave_attention_at_16_bits() -> None:
    split = split_parameters(GPT_OSS_20B)
    rest = parameter_count(GPT_OSS_20B) - split.experts
    assert weight_bytes(GPT_OSS_20B, MXFP4) == pytest.approx(split.experts * 4.25 / 8 + rest * 2)
    assert weight_bytes(GPT_OSS_20B, MXFP4) / GIB == pytest.approx(12.9, abs=0.5)


def test_kv_heads_are_shared_out_and_replicate_beyond_their_number() -> None:
    per_gpu = [kv_bytes_per_token(QWEN_30B_A3B, tp=tp, kv_bytes=2.0).full for tp in (1, 2, 4, 8)]
    assert per_gpu == [98304, 49152, 24576, 24576]
    assert kv_bytes_per_token(QWEN_30B_A3B, tp=1, kv_bytes=1.0).full == 49152


def test_sliding_window_layers_are_apart() -> None:
    kv = kv_bytes_per_token(GPT_OSS_20B, tp=1, kv_bytes=2.0)
    assert (kv.full, kv.sliding) == (12 * 2048, 12 * 2048)


def test_a_plan_adds_up() -> None:
    plan = memory_plan(
        LLAMA_8B, BF16, H100, tp=1, context_tokens=8192, memory_utilization=0.9, runtime_overhead_gib=2.5
    )
    assert plan.fits
    assert plan.shortfall_gib == 0.0
    assert plan.weight_gib == pytest.approx(14.96, abs=0.01)
    assert plan.weight_gib + plan.overhead_gib + plan.kv_gib == pytest.approx(0.9 * 79.6)
    assert plan.kv_capacity_tokens == pytest.approx(plan.kv_gib * GIB / 131072, abs=1)


def test_a_plan_that_does_not_fit_says_by_how_much() -> None:
    plan = memory_plan(
        LLAMA_70B, BF16, H100, tp=1, context_tokens=8192, memory_utilization=0.9, runtime_overhead_gib=2.5
    )
    assert not plan.fits
    assert plan.kv_capacity_tokens == 0
    assert plan.kv_gib == 0.0
    assert plan.shortfall_gib == pytest.approx(131.4 + plan.overhead_gib + 2.5 - 71.64, abs=0.1)


def test_long_sequences_gain_from_sliding_windows() -> None:
    def capacity(context: int) -> int:
        plan = memory_plan(
            GPT_OSS_20B, MXFP4, H100, tp=1, context_tokens=context, memory_utilization=0.9, runtime_overhead_gib=2.5
        )
        return plan.kv_capacity_tokens

    assert capacity(128) < capacity(1024) < 2 * capacity(128)
