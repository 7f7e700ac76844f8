import pytest
from serving_builders import (
    BF16,
    DEEPSEEK_V2_LITE,
    DEEPSEEK_V3,
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
    stage_layers,
    weight_bytes,
    weight_bytes_per_gpu,
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


@pytest.mark.parametrize(
    ("model", "total_b", "active_b", "kv_bytes"),
    [(DEEPSEEK_V3, 671, 37, 70_272), (DEEPSEEK_V2_LITE, 15.7, 2.4, 31_104)],
)
def test_published_figures_of_latent_attention(
    model: Architecture, total_b: float, active_b: float, kv_bytes: int
) -> None:
    assert parameter_count(model) / 1e9 == pytest.approx(total_b, rel=0.001)
    without_embedding = active_parameter_count(model) - split_parameters(model).embedding
    assert without_embedding / 1e9 == pytest.approx(active_b, rel=0.03)
    assert kv_bytes_per_token(model, tp=1, kv_bytes=2.0).full == kv_bytes


def test_the_latent_is_whole_on_every_gpu_and_so_are_the_projections_into_it() -> None:
    assert kv_bytes_per_token(DEEPSEEK_V3, tp=8, kv_bytes=2.0) == kv_bytes_per_token(DEEPSEEK_V3, tp=1, kv_bytes=2.0)
    copied = 61 * 7168 * (1536 + 512 + 64)
    assert split_parameters(DEEPSEEK_V3).replicated == copied
    whole = weight_bytes(DEEPSEEK_V3, FP8)
    assert weight_bytes_per_gpu(DEEPSEEK_V3, FP8, tp=8) == pytest.approx((whole - copied) / 8 + copied)
    wide = parameter_count(DEEPSEEK_V3)
    assert weight_bytes_per_gpu(DEEPSEEK_V3, BF16, tp=8) == pytest.approx(2 * ((wide - copied) / 8 + copied))


def test_what_stands_beside_the_decoder_takes_memory_at_16_bits_and_no_part_in_a_step() -> None:
    seeing = architecture(extra_parameters_b=0.5)
    assert parameter_count(seeing) - parameter_count(LLAMA_8B) == 0.5e9
    assert active_parameter_count(seeing) == active_parameter_count(LLAMA_8B)
    assert weight_bytes(seeing, FP8) - weight_bytes(LLAMA_8B, FP8) == 1e9
    assert weight_bytes_per_gpu(seeing, FP8, tp=4) - weight_bytes_per_gpu(LLAMA_8B, FP8, tp=4) == 0.25e9


def test_the_fullest_stage_has_the_most_layers_and_both_vocabulary_matrices() -> None:
    split = split_parameters(QWEN_32B)
    stage = weight_bytes_per_gpu(QWEN_32B, BF16, tp=8, pp=2)
    assert stage == pytest.approx(2 * (split.linear / 2 + split.embedding + split.head) / 8)
    assert stage_layers(DEEPSEEK_V3, 2) == 31
    experts = split_parameters(DEEPSEEK_V3).experts
    assert weight_bytes_per_gpu(DEEPSEEK_V3, FP8, tp=8, pp=2) > experts * 31 / 58 / 8
    for pp in (2, 4):
        assert pp * weight_bytes_per_gpu(DEEPSEEK_V3, FP8, tp=8, pp=pp) > weight_bytes_per_gpu(DEEPSEEK_V3, FP8, tp=8)


def test_a_stage_holds_the_cache_of_its_layers_only() -> None:
    assert kv_bytes_per_token(DEEPSEEK_V3, tp=8, kv_bytes=2.0, pp=2).full == 31 * 576 * 2
    kv = kv_bytes_per_token(GPT_OSS_20B, tp=1, kv_bytes=2.0, pp=4)
    assert (kv.full, kv.sliding) == (3 * 2048, 3 * 2048)


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
