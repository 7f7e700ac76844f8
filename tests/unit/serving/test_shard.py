"""Every part of a forward pass alone: by its formula, or by what is gone when its coefficient is."""

from math import log2

import numpy as np
import pytest
from numpy.typing import NDArray
from serving_builders import (
    BF16,
    DEEPSEEK_V2_LITE,
    DEEPSEEK_V3,
    FP8,
    FP8_BLOCKS,
    GPT_OSS_20B,
    H100,
    INT4,
    LLAMA_8B,
    LLAMA_70B,
    MXFP4,
    QWEN_30B_A3B,
    VALUES,
    accelerator,
    architecture,
    serving,
    shard,
)

from neuralnav.model.catalog import Architecture, Checkpoint
from neuralnav.serving.coefficients import coefficients
from neuralnav.serving.memory import split_parameters
from neuralnav.serving.shard import Hop, Shard, smooth, smooth_vector

TOKENS = np.array([1.0, 7.0, 64.0, 512.0, 8192.0])
READ = 3350e6 * VALUES["hbm_efficiency"]
SHARP = VALUES["roofline_sharpness"]


def maximum(one: NDArray[np.float64] | float, two: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The smooth maximum, as the textbook has it."""
    return np.asarray((np.asarray(one) ** SHARP + np.asarray(two) ** SHARP) ** (1 / SHARP))


def test_the_smooth_maximum_is_the_larger_one_far_apart_and_more_where_they_meet() -> None:
    assert smooth(3.0, 3.0, 2.0) == pytest.approx(3.0 * 2**0.5, abs=1e-9)
    assert smooth(1e-6, 5.0, 2.0) == pytest.approx(5.0, abs=1e-9)
    assert smooth(3.0, 4.0, 2.0) == smooth(4.0, 3.0, 2.0) == pytest.approx(5.0, abs=1e-9)
    assert smooth(0.0, 5.0, 2.0) == smooth(5.0, -1.0, 2.0) == 5.0
    assert [smooth(3.0, 4.0, p) for p in (1.0, 4.0, 400.0)] == pytest.approx([7.0, 4.28457229, 4.0], abs=1e-6)


def test_the_smooth_maximum_of_vectors_is_that_of_their_elements() -> None:
    one, two = np.array([0.0, 3.0, 4.0, 1e-9, 0.0]), np.array([5.0, 4.0, 3.0, 1e9, 0.0])
    each = [smooth(float(a), float(b), 1.9) for a, b in zip(one, two, strict=True)]
    assert smooth_vector(one, two, 1.9) == pytest.approx(each, abs=1e-9)


@pytest.mark.parametrize(("check", "tp"), [(BF16, 1), (FP8, 1), (FP8, 4)])
def test_dense_matrices_are_multiplied_or_read(check: Checkpoint, tp: int) -> None:
    flops, width = (989e9, 2.0) if check is BF16 else (1979e9, 1.0)
    parameters = split_parameters(LLAMA_8B).linear / tp
    compute = 2 * TOKENS * parameters / (flops * VALUES["gemm_mfu"])
    read = parameters * width / (READ * VALUES["dense_read_factor"])
    assert shard(LLAMA_8B, check, tp=tp).dense_ms(TOKENS) == pytest.approx(maximum(compute, read))


def test_what_stays_at_16_bits_is_multiplied_as_such() -> None:
    """Of gpt-oss only the experts are narrow: attention and routers cost what they cost in a bf16 checkpoint."""
    assert shard(GPT_OSS_20B, MXFP4).dense_ms(TOKENS) == pytest.approx(shard(GPT_OSS_20B, BF16).dense_ms(TOKENS))
    narrow, routers = split_parameters(QWEN_30B_A3B).linear, split_parameters(QWEN_30B_A3B).routers
    read_ms = (narrow + 2 * routers) / (READ * VALUES["dense_read_factor"])
    assert shard(QWEN_30B_A3B, FP8, roofline_sharpness=1e3).dense_ms(np.ones(1)) == pytest.approx(read_ms)


def test_every_gpu_multiplies_the_projections_into_the_latents_whole() -> None:
    split = split_parameters(DEEPSEEK_V2_LITE)
    one, four = (shard(DEEPSEEK_V2_LITE, tp=tp, roofline_sharpness=1e3).dense_ms(np.ones(1)) for tp in (1, 4))
    shared = (split.linear - split.replicated + split.shared + split.routers) * 2
    assert one - four == pytest.approx(shared * 3 / 4 / (READ * VALUES["dense_read_factor"]))


def test_narrow_weights_without_a_peak_are_widened_at_the_rate_of_warp_level_products() -> None:
    ampere = accelerator(generation="ampere", fp8_tflops=None)
    many = np.array([1e6])
    wide, narrow = (shard(LLAMA_8B, check, on=ampere).dense_ms(many) for check in (BF16, FP8))
    assert narrow * VALUES["warp_mma_share"] == pytest.approx(wide, rel=1e-6)
    assert shard(LLAMA_8B, INT4).dense_ms(many) == pytest.approx(narrow, rel=1e-6)
    few = shard(LLAMA_8B, INT4).dense_ms(np.ones(1)) / shard(LLAMA_8B, BF16).dense_ms(np.ones(1))
    assert few == pytest.approx(4.5 / 16, rel=1e-6)  # a read


def test_a_scale_per_block_slows_fp8_products_and_not_their_reads() -> None:
    tensor, blocks = (shard(LLAMA_8B, check).dense_ms(np.array([1.0, 1e6])) for check in (FP8, FP8_BLOCKS))
    assert blocks[1] * VALUES["block_scale_factor"] == pytest.approx(tensor[1], rel=1e-6)
    assert blocks[0] == pytest.approx(tensor[0], rel=1e-6)


def experts(tokens: NDArray[np.float64], **changes: float) -> NDArray[np.float64]:
    one = Shard(QWEN_30B_A3B, FP8, H100, coefficients(serving(roofline_sharpness=1e3, **changes), FP8, H100), 1)
    return one.experts_ms(tokens)


PARAMETERS = split_parameters(QWEN_30B_A3B).experts


def test_the_first_token_reads_its_experts_and_many_read_all() -> None:
    bare = {"expert_passes": 0.0, "expert_tile_tokens": 0.0}
    assert experts(np.array([0.0, 1.0]), **bare) == pytest.approx([0.0, PARAMETERS * 8 / 128 / READ])
    assert experts(np.array([2000.0]), **bare, moe_mfu_factor=1e3) == pytest.approx(PARAMETERS / READ)


def test_each_further_token_counts_as_a_part_of_an_independent_one() -> None:
    touched = 1 - (1 - 8 / 128) ** (1 + VALUES["expert_spread"] * 9)
    found = experts(np.array([10.0]), expert_passes=0.0, expert_tile_tokens=0.0)
    assert found == pytest.approx(PARAMETERS * touched / READ)
    alike = experts(np.array([10.0]), expert_passes=0.0, expert_tile_tokens=0.0, expert_spread=0.0)
    assert alike == pytest.approx(PARAMETERS * 8 / 128 / READ)


def test_each_touched_expert_works_on_a_tile_more_than_it_has() -> None:
    flops = 1979e9 * VALUES["gemm_mfu"] * VALUES["moe_mfu_factor"]
    tokens = np.array([8192.0])  # all experts are touched, and compute binds
    found = experts(tokens, expert_passes=0.0)
    assert found == pytest.approx(2 * (tokens * 8 / 128 + VALUES["expert_tile_tokens"]) * PARAMETERS / flops)


def test_tokens_copied_to_their_experts_cross_memory_whatever_the_parallelism() -> None:
    copies_ms = 48 * TOKENS * 8 * 2048 * 2 * VALUES["expert_passes"] / READ
    for tp in (1, 2):
        with_copies, without = (
            shard(QWEN_30B_A3B, FP8, tp=tp, expert_passes=passes).experts_ms(TOKENS)
            for passes in (VALUES["expert_passes"], 0.0)
        )
        assert with_copies - without == pytest.approx(copies_ms)


def test_a_model_without_experts_pays_for_none() -> None:
    assert shard(LLAMA_8B).experts_ms(TOKENS).tolist() == [0.0] * len(TOKENS)


@pytest.mark.parametrize("tp", [1, 4])
def test_activations_cross_memory_the_hidden_state_whole_and_half_of_the_rest_shared_out(tp: int) -> None:
    inner = (32 * 128 + 2 * 8 * 128 + 3 * 14336) / tp / 2
    bytes_moved = 32 * TOKENS * (4096 + inner) * 2 * VALUES["activation_passes"]
    assert shard(LLAMA_8B, tp=tp).activations_ms(TOKENS) == pytest.approx(bytes_moved / READ)


def test_activations_of_experts_are_those_of_the_chosen_ones() -> None:
    inner = (32 * 128 + 2 * 4 * 128 + 3 * 8 * 768) / 2
    bytes_moved = 48 * TOKENS * (2048 + inner) * 2 * VALUES["activation_passes"]
    assert shard(QWEN_30B_A3B, FP8).activations_ms(TOKENS) == pytest.approx(bytes_moved / READ)


def test_the_head_is_read_at_16_bits_or_multiplied_and_costs_nothing_when_no_token_is_sampled() -> None:
    parameters, sampled = 128256 * 4096 / 2, np.array([0.0, 1.0, 256.0, 1e5])
    read = parameters * 2 / READ
    compute = 2 * sampled * parameters / (989e9 * VALUES["gemm_mfu"])
    expected = np.where(sampled > 0, np.maximum(compute, read), 0.0)
    assert shard(LLAMA_8B, FP8, tp=2).head_ms(sampled) == pytest.approx(expected)


@pytest.mark.parametrize("tp", [2, 4, 8])
def test_ranks_exchange_two_tensors_per_layer(tp: int) -> None:
    transfer = TOKENS * 8192 * 2 * 2 * (tp - 1) / tp / (450e6 * VALUES["link_efficiency"])
    latency = VALUES["allreduce_latency_us"] * log2(tp) / 1e3
    assert shard(LLAMA_70B, FP8, tp=tp).exchange_ms(TOKENS) == pytest.approx(160 * (transfer + latency))


def test_one_gpu_exchanges_nothing_with_itself() -> None:
    normed = architecture(sharded_qk_norm=True)
    assert shard(normed, tp=1).exchange_ms(TOKENS).tolist() == [0.0] * len(TOKENS)


def test_a_norm_over_the_heads_of_all_ranks_adds_an_exchange_per_layer() -> None:
    plain, normed = (shard(a, tp=8).exchange_ms(TOKENS) for a in (LLAMA_8B, architecture(sharded_qk_norm=True)))
    assert normed - plain == pytest.approx(np.full(len(TOKENS), 32 * 3 * VALUES["norm_exchange_us"] / 1e3))


def test_attention_of_a_prompt_is_two_products_per_pair_and_head() -> None:
    peak = 989e9 * VALUES["attention_mfu"]
    assert shard(LLAMA_8B, tp=2).pair_ms() == pytest.approx(32 * 4 * 128 / 2 / peak)
    assert shard(DEEPSEEK_V3, FP8, tp=8).pair_ms() == pytest.approx(128 * (2 * 192 + 2 * 128) / 8 / peak)


def test_latent_attention_decodes_in_the_latent() -> None:
    peak = 989e9 * VALUES["attention_mfu"]
    assert shard(DEEPSEEK_V3, FP8, tp=8).latent_ms() == pytest.approx(16 * (2 * 576 + 2 * 512) / peak)
    assert shard(LLAMA_8B).latent_ms() == 0.0


@pytest.mark.parametrize(
    ("model", "tp", "tiles"), [(LLAMA_8B, 1, 32 * 8), (LLAMA_8B, 4, 32 * 2), (LLAMA_70B, 16, 80), (DEEPSEEK_V3, 8, 61)]
)
def test_a_decoding_sequence_adds_the_schedulers_work_and_a_tile_per_kv_head(
    model: Architecture, tp: int, tiles: int
) -> None:
    expected = VALUES["sequence_us"] / 1e3 + tiles * VALUES["attention_tile_ns"] / 1e6
    assert shard(model, tp=tp).sequence_ms() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("model", "check", "layer_us", "moe_us"),
    [
        (LLAMA_8B, BF16, ("layer_overhead_us",), ()),
        (LLAMA_8B, FP8, ("layer_overhead_us", "quantise_layer_us"), ()),
        (LLAMA_8B, INT4, ("layer_overhead_us",), ()),
        (QWEN_30B_A3B, FP8, ("layer_overhead_us", "quantise_layer_us"), ("moe_layer_overhead_us",)),
        (QWEN_30B_A3B, INT4, ("layer_overhead_us",), ("moe_layer_overhead_us", "weight_only_layer_us")),
        (GPT_OSS_20B, MXFP4, ("layer_overhead_us",), ("moe_layer_overhead_us", "weight_only_layer_us")),
    ],
)
def test_each_layer_has_small_kernels(
    model: Architecture, check: Checkpoint, layer_us: tuple[str, ...], moe_us: tuple[str, ...]
) -> None:
    expected_us = model.layers * sum(VALUES[name] for name in (*layer_us, *moe_us))
    assert shard(model, check).fixed_ms() == pytest.approx(expected_us / 1e3)


def test_dense_layers_of_a_model_with_experts_pay_for_none() -> None:
    layers = 61 * (VALUES["layer_overhead_us"] + VALUES["quantise_layer_us"])
    assert shard(DEEPSEEK_V3, FP8, tp=8).fixed_ms() == pytest.approx(
        (layers + 58 * VALUES["moe_layer_overhead_us"]) / 1e3
    )


def test_a_processor_launches_layer_by_layer() -> None:
    dense_us, moe_us = (48 * VALUES[f"eager_{kind}_us"] for kind in ("layer", "moe_layer"))
    pieces_us = 48 * (VALUES["piecewise_layer_us"] + VALUES["piecewise_moe_layer_us"])
    eager_ms = (dense_us + moe_us) / 1e3
    one = shard(QWEN_30B_A3B, FP8)
    assert one.launch_ms(decode_only=False) == pytest.approx((eager_ms, pieces_us / 1e3))
    slower = eager_ms * VALUES["decode_only_graph_factor"]
    assert one.launch_ms(decode_only=True) == pytest.approx((slower, pieces_us / 1e3))
    eager_ms = 32 * VALUES["eager_layer_us"] / 1e3
    assert shard(LLAMA_8B).launch_ms(decode_only=False)[0] == pytest.approx(eager_ms)


def test_a_hop_sends_hidden_states_and_residual_over_the_network_and_gathers_them() -> None:
    size = 2 * TOKENS * 8192 * 2
    network = size / 8 / (50e6 * VALUES["link_efficiency"])
    gather = size * 7 / 8 / (450e6 * VALUES["link_efficiency"])
    found = shard(LLAMA_70B, FP8, tp=8).hop_ms(TOKENS, Hop(gb_s=50.0, latency_us=200.0))
    assert found == pytest.approx(network + gather + 0.2)


def test_tokens_cost_the_sum_of_the_parts() -> None:
    one = shard(QWEN_30B_A3B, FP8, tp=2)
    parts = one.dense_ms(TOKENS) + one.experts_ms(TOKENS) + one.activations_ms(TOKENS) + one.exchange_ms(TOKENS)
    assert one.tokens_ms(TOKENS) == pytest.approx(parts + one.fixed_ms())
