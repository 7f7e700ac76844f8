import pickle
from itertools import pairwise

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
    SERVING,
    VALUES,
    accelerator,
    cost,
    serving,
)

from neuralnav.errors import InputError
from neuralnav.model.catalog import Architecture, Checkpoint
from neuralnav.serving.memory import parameter_count, split_parameters, weight_bytes
from neuralnav.serving.stepcost import step_cost

CASES = [(LLAMA_8B, BF16, 1), (LLAMA_70B, FP8, 4), (QWEN_30B_A3B, FP8, 2), (GPT_OSS_20B, MXFP4, 1)]


@pytest.mark.parametrize(("model", "check", "tp"), CASES)
def test_more_tokens_and_more_context_never_cost_less(model: Architecture, check: Checkpoint, tp: int) -> None:
    c = cost(model, check, tp=tp)
    assert len(c.token_ms) == 8193
    assert len(c.head_ms) == 257
    assert all(a <= b for table in (c.token_ms[1:], c.head_ms) for a, b in pairwise(table))
    decodes = [c.decode_ms(8, kv, 1024) for kv in (0, 100, 10_000, 1_000_000)]
    assert decodes == sorted(set(decodes))
    for chunks in (
        [c.chunk_ms(4096, tokens) for tokens in (1, 512, 8192)],
        [c.chunk_ms(context, 512) for context in (0, 100, 4096)],
    ):
        assert chunks == sorted(chunks)
        assert chunks[0] < chunks[-1]


@pytest.mark.parametrize(("model", "check", "tp"), CASES[:2])
def test_no_gap_is_shorter_than_reading_the_weights(model: Architecture, check: Checkpoint, tp: int) -> None:
    embedding = split_parameters(model).embedding * 2  # a lookup: not read
    floor_ms = (weight_bytes(model, check) - embedding) / tp / (H100.bandwidth_gb_s.value * 1e6)
    c = cost(model, check, tp=tp)
    assert floor_ms < c.decode_ms(1, 0, 0)
    assert floor_ms < c.unloaded_ms(512, 256)[1]


def test_prefill_of_a_dense_model_is_bound_by_compute() -> None:
    flops_ms = 2 * 8192 * (parameter_count(LLAMA_8B) - 2 * 128256 * 4096) / (989e9 * VALUES["gemm_mfu"])
    fixed_ms = (32 * VALUES["layer_overhead_us"] + VALUES["step_overhead_us"]) / 1e3
    assert cost().token_ms[8192] == pytest.approx(flops_ms + fixed_ms)


def test_one_token_reads_only_its_experts_and_many_read_all() -> None:
    split = split_parameters(QWEN_30B_A3B)
    rest = cost(QWEN_30B_A3B, FP8).token_ms[1] - split.experts * 8 / 128 / (3350e6 * VALUES["hbm_efficiency"])
    dense = (split.linear + 2 * split.routers) / (3350e6 * VALUES["hbm_efficiency"])
    fixed = (48 * (VALUES["layer_overhead_us"] + VALUES["moe_layer_overhead_us"]) + VALUES["step_overhead_us"]) / 1e3
    assert rest == pytest.approx(dense + fixed)
    table = cost(QWEN_30B_A3B, FP8).token_ms
    assert table[64] - table[1] > 0.9 * split.experts * 120 / 128 / (3350e6 * VALUES["hbm_efficiency"])


def test_decode_attention_reads_full_context_and_a_window_at_most() -> None:
    c = cost(GPT_OSS_20B, MXFP4)
    assert c.window_kv(1000, 100) == 128
    assert c.window_kv(20, 100) == 70
    assert c.decode_ms(1, 2000, 128) - c.decode_ms(1, 1000, 128) == pytest.approx(1000 * 12 * 2048 / (3350e6 * 0.6))
    assert cost().window_ms == 0.0


def test_tensor_parallelism_pays_for_its_links() -> None:
    free = step_cost(LLAMA_70B, FP8, H100, tp=8, serving=serving(allreduce_latency_us=0.0, link_efficiency=1e9))
    paid = cost(LLAMA_70B, FP8, tp=8)
    assert paid.token_ms[1] - free.token_ms[1] == pytest.approx(160 * 3 * 6e-3, rel=0.01)
    bytes_moved = 8192 * 8192 * 2 * 2 * 7 / 8
    transfer_ms = 160 * bytes_moved / (450e6 * VALUES["link_efficiency"])
    assert paid.token_ms[8192] - free.token_ms[8192] == pytest.approx(transfer_ms + 160 * 3 * 6e-3, rel=1e-6)


def test_latent_attention_decodes_in_the_latent_and_prefills_expanded() -> None:
    peak = 989e9 * VALUES["attention_mfu"]
    for tp in (1, 8):
        c = cost(DEEPSEEK_V3, FP8, tp=tp, kv_bytes=1.0)
        read_ms = 61 * 576 / (3350e6 * VALUES["kv_read_efficiency"])
        compute_ms = 61 * 128 / tp * (2 * 576 + 2 * 512) / peak
        assert c.kv_ms == pytest.approx(max(read_ms, compute_ms))
        assert c.pair_ms == pytest.approx(61 * 128 / tp * (2 * 192 + 2 * 128) / peak)
    kv_ms = [cost(DEEPSEEK_V3, FP8, tp=tp, kv_bytes=1.0).kv_ms for tp in (1, 4, 8)]
    assert kv_ms[0] > kv_ms[1] == kv_ms[2]  # the work of all heads binds, then the read, which the GPUs do not share


def test_every_gpu_computes_the_projections_into_the_latents_whole() -> None:
    split = split_parameters(DEEPSEEK_V2_LITE)
    free = serving(allreduce_latency_us=0.0, link_efficiency=1e9)
    one, four = (step_cost(DEEPSEEK_V2_LITE, BF16, H100, tp=tp, serving=free).token_ms[1] for tp in (1, 4))
    shared = (split.linear - split.replicated + split.shared + split.routers + split.experts * 6 / 64) * 2
    assert one - four == pytest.approx(shared * 3 / 4 / (3350e6 * VALUES["hbm_efficiency"]), rel=1e-6)


def test_a_pipeline_pays_for_its_hops_and_for_nothing_else() -> None:
    one, two, four = (step_cost(LLAMA_70B, FP8, H100, tp=8, pp=pp, serving=SERVING) for pp in (1, 2, 4))
    sent = 2 * 8192 * 8192 * 2
    network_ms = sent / 8 / (50e6 * VALUES["link_efficiency"])
    gather_ms = sent * 7 / 8 / (450e6 * VALUES["link_efficiency"])
    hop_ms = network_ms + gather_ms + VALUES["pipeline_hop_us"] / 1e3
    assert two.token_ms[8192] - one.token_ms[8192] == pytest.approx(hop_ms)
    assert four.token_ms[8192] - one.token_ms[8192] == pytest.approx(3 * hop_ms)
    assert (two.head_ms, two.kv_ms, two.pair_ms) == (one.head_ms, one.kv_ms, one.pair_ms)


def test_no_pipeline_without_a_network() -> None:
    island = accelerator(inter_node_gb_s=None)
    with pytest.raises(InputError, match="the bandwidth between nodes is unknown, so no model spans them"):
        step_cost(LLAMA_70B, FP8, island, tp=8, pp=2, serving=SERVING)


def test_narrow_weights_without_a_peak_run_on_the_bf16_units_with_a_penalty() -> None:
    ampere = accelerator(generation="ampere", fp8_tflops=None)
    wide = step_cost(LLAMA_8B, BF16, ampere, tp=1, serving=SERVING).token_ms
    narrow = step_cost(LLAMA_8B, FP8, ampere, tp=1, serving=SERVING).token_ms
    fixed = (32 * VALUES["layer_overhead_us"] + VALUES["step_overhead_us"]) / 1e3
    assert (narrow[8192] - fixed) * VALUES["weight_only_factor"] == pytest.approx(wide[8192] - fixed)
    assert narrow[1] < wide[1]


def test_the_cost_of_holding_prefill_vanishes_for_short_prompts() -> None:
    def extra(tokens: int) -> float:
        c = cost()
        chunks = c.chunk_ms(0, tokens)
        mixed = c.mixed_ms(
            prefill_tokens=tokens, chunks_ms=chunks, sampled=1, decodes=0, kv_tokens=0, window_kv_tokens=0
        )
        return mixed - chunks - c.token_ms[tokens] - c.head_ms[1]

    assert extra(1) < 0.01
    assert extra(400) == pytest.approx(32 * 0.1 / 2)
    assert 0.9 * 32 * 0.1 < extra(8192) < 32 * 0.1


def test_an_unloaded_request_adds_up() -> None:
    c = cost()
    ttft, itl, e2e = c.unloaded_ms(20_000, 101)
    assert e2e == pytest.approx(ttft + 100 * itl)
    assert c.unloaded_ms(20_000, 1) == (ttft, 0.0, ttft)
    assert ttft > c.unloaded_ms(20_000, 1, cached_tokens=10_000)[0]
    assert c.unloaded_ms(20_000, 1, max_num_batched_tokens=2048)[0] > ttft


def test_a_step_cost_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(cost())) == cost()  # noqa: S301  # our own bytes
