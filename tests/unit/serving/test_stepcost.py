"""What a pass costs: its parts put together, who launches it, and the same by the table and by the vector."""

import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from serving_builders import (
    BF16,
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
    flat_cost,
    shard,
)

from neuralnav.errors import InputError
from neuralnav.model.catalog import Architecture, Checkpoint
from neuralnav.serving.memory import split_parameters, weight_bytes
from neuralnav.serving.stepcost import Launching, Passes, StepCost, passes_ms, step_cost

CASES = [(LLAMA_8B, BF16, 1), (LLAMA_70B, FP8, 4), (QWEN_30B_A3B, FP8, 2), (GPT_OSS_20B, MXFP4, 1)]
LAUNCHINGS = [
    Launching(),
    Launching(capture_tokens=2048),
    Launching(graphs="decode-only"),
    Launching(asynchronous=False),
]
DECODES_ONLY_PIECEWISE = Launching(graphs="piecewise")


def alone(c: StepCost, tokens: int, *, decodes: int = 0, kv: int = 0) -> float:
    """A prompt of so many tokens, whole, beside decodes."""
    return c.mixed_ms(
        prefill_tokens=tokens,
        chunks_ms=c.chunk_ms(0, tokens),
        sampled=decodes + 1,
        decodes=decodes,
        kv_tokens=kv,
        window_kv_tokens=0,
    )


@pytest.mark.parametrize(("model", "check", "tp"), CASES)
def test_more_tokens_and_more_context_never_cost_less(model: Architecture, check: Checkpoint, tp: int) -> None:
    c = cost(model, check, tp=tp)
    assert len(c.token_ms) == 8193
    assert len(c.head_ms) == 257
    assert all(a <= b for table in (c.token_ms[1:], c.head_ms) for a, b in pairwise(table))
    decodes = [c.decode_ms(8, kv, 1024) for kv in (0, 100, 10_000, 1_000_000)]
    assert decodes == sorted(set(decodes))
    batches = [c.decode_ms(count, 10_000, 1024) for count in range(1, 257)]
    assert batches == sorted(set(batches))
    prompts = [alone(c, tokens) for tokens in range(1, 8193, 7)]
    assert prompts == sorted(set(prompts))
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


@pytest.mark.parametrize(("model", "check", "tp"), CASES)
def test_the_tables_hold_what_the_shard_takes(model: Architecture, check: Checkpoint, tp: int) -> None:
    c, one = cost(model, check, tp=tp, max_num_batched_tokens=1024), shard(model, check, tp=tp)
    assert c.token_ms == pytest.approx(one.tokens_ms(np.arange(1025.0)), abs=1e-9)
    assert c.head_ms == pytest.approx(one.head_ms(np.arange(257.0)), abs=1e-9)


def test_steps_of_few_tokens_hold_all_sequences() -> None:
    assert len(cost(max_num_batched_tokens=16, max_num_seqs=64).token_ms) == 65


def test_decode_attention_reads_full_context_and_a_window_at_most() -> None:
    c = cost(GPT_OSS_20B, MXFP4)
    assert c.window_kv(1000, 100) == 128
    assert c.window_kv(20, 100) == 70
    assert c.decode_ms(1, 2000, 128) - c.decode_ms(1, 1000, 128) == pytest.approx(1000 * 12 * 2048 / (3350e6 * 0.6))
    assert c.window_ms == pytest.approx(12 * 2048 / (3350e6 * 0.6))
    assert c.pair_ms == pytest.approx(c.window_pair_ms)
    assert cost().window_ms == cost().window_pair_ms == 0.0


def test_a_narrow_cache_has_half_the_bytes_at_fewer_a_second() -> None:
    wide, narrow = cost(), cost(kv_bytes=1.0)
    assert wide.kv_ms == pytest.approx(131072 / (3350e6 * VALUES["kv_read_efficiency"]))
    assert narrow.kv_ms == pytest.approx(wide.kv_ms / 2 / VALUES["narrow_kv_factor"])


def test_latent_attention_decodes_in_the_latent_and_prefills_expanded() -> None:
    peak = 989e9 * VALUES["attention_mfu"]
    for tp in (1, 8):
        c = cost(DEEPSEEK_V3, FP8, tp=tp, kv_bytes=1.0)
        read_ms = 61 * 576 / (3350e6 * VALUES["kv_read_efficiency"] * VALUES["narrow_kv_factor"])
        compute_ms = 61 * 128 / tp * (2 * 576 + 2 * 512) / peak
        assert c.kv_ms == pytest.approx(max(read_ms, compute_ms))
        assert c.pair_ms == pytest.approx(61 * 128 / tp * (2 * 192 + 2 * 128) / peak)
    kv_ms = [cost(DEEPSEEK_V3, FP8, tp=tp, kv_bytes=1.0).kv_ms for tp in (1, 4, 8)]
    assert kv_ms[0] > kv_ms[1] == kv_ms[2]  # the work of all heads binds, then the read, which the GPUs do not share


def test_a_chunk_multiplies_its_pairs_or_reads_what_is_cached() -> None:
    c = flat_cost(pair_ms=2.0, kv_ms=3.0)
    assert c.chunk_ms(0, 4) == 2.0 * (1 + 2 + 3 + 4)
    assert c.chunk_ms(10, 4) == 2.0 * (11 + 12 + 13 + 14)
    assert replace(c, pair_ms=0.001).chunk_ms(10, 4) == 30.0
    windowed = flat_cost(window_pair_ms=5.0, window_tokens=3)
    assert windowed.chunk_ms(10, 4) == 5.0 * 4 * 3
    assert windowed.chunk_ms(0, 4) == 5.0 * 4 * 2.5


def test_a_pipeline_pays_for_its_hops_and_for_nothing_else() -> None:
    one, two, four = (step_cost(LLAMA_70B, FP8, H100, tp=8, pp=pp, serving=SERVING) for pp in (1, 2, 4))
    sent = 2 * 8192 * 8192 * 2
    network_ms = sent / 8 / (50e6 * VALUES["link_efficiency"])
    gather_ms = sent * 7 / 8 / (450e6 * VALUES["link_efficiency"])
    hop_ms = network_ms + gather_ms + VALUES["pipeline_hop_us"] / 1e3
    assert two.token_ms[8192] - one.token_ms[8192] == pytest.approx(hop_ms)
    assert four.token_ms[8192] - one.token_ms[8192] == pytest.approx(3 * hop_ms)
    assert replace(two, token_ms=()) == replace(one, token_ms=())


def test_no_pipeline_without_a_network() -> None:
    island = accelerator(inter_node_gb_s=None)
    with pytest.raises(InputError, match="the bandwidth between nodes is unknown, so no model spans them"):
        step_cost(LLAMA_70B, FP8, island, tp=8, pp=2, serving=SERVING)


# Who launches a step


def test_a_step_with_prefill_takes_what_its_launch_and_its_work_come_to() -> None:
    c = flat_cost(token_ms=(3.0,) * 513, piecewise_ms=4.0, prefill_ms=0.5, step_ms=0.25)
    assert alone(c, 100) == pytest.approx(5.0 + 0.5 + 0.25)
    assert c.decode_ms(100, 0, 0) == pytest.approx(3.0 + 0.25)
    assert alone(replace(c, piecewise_ms=0.0), 100) == pytest.approx(3.0 + 0.5 + 0.25)
    assert alone(replace(c, launch_sharpness=1.0), 100) == pytest.approx(7.0 + 0.5 + 0.25)


def test_a_launch_is_by_captured_pieces_up_to_512_tokens_and_kernel_by_kernel_beyond() -> None:
    c = flat_cost(token_ms=(0.0,) * 1025, head_ms=(0.0,) * 1025, piecewise_ms=4.0, eager_ms=40.0)
    assert [alone(c, tokens) for tokens in (1, 512, 513, 1024)] == [4.0, 4.0, 40.0, 40.0]
    assert [alone(c, 412, decodes=decodes) for decodes in (100, 101)] == [4.0, 40.0]
    assert [alone(replace(c, capture_tokens=0), tokens) for tokens in (1, 512)] == [40.0, 40.0]


def test_a_decode_step_never_waits_for_its_launch() -> None:
    c = flat_cost(piecewise_ms=4.0, eager_ms=40.0, prefill_ms=1.0)
    assert c.decode_ms(100, 0, 0) == c.mixed_ms(0, 0.0, 100, 100, 0, 0) == 0.0


def test_the_engines_graphs_choose_the_launch() -> None:
    plain, all_pieces, decodes_only = (
        cost(launching=Launching(graphs=graphs)) for graphs in ("full", "piecewise", "decode-only")
    )
    eager_ms, piecewise_ms = (32 * VALUES[f"{name}_layer_us"] / 1e3 for name in ("eager", "piecewise"))
    for c in (plain, all_pieces):
        assert (c.eager_ms, c.piecewise_ms, c.capture_tokens) == pytest.approx((eager_ms, piecewise_ms, 512))
    assert (plain.decode_launch_ms, all_pieces.decode_launch_ms) == pytest.approx((0.0, piecewise_ms))
    assert decodes_only.capture_tokens == decodes_only.decode_launch_ms == 0
    assert decodes_only.eager_ms == pytest.approx(eager_ms * VALUES["decode_only_graph_factor"])
    assert cost(launching=Launching(capture_tokens=2048)).capture_tokens == 2048


def test_the_launch_of_a_short_prompt_is_a_floor_and_vanishes_in_a_long_one() -> None:
    """The launch hides behind the work of a step that is long enough."""
    c = cost(launching=Launching(capture_tokens=0))
    bare = replace(c, eager_ms=0.0, piecewise_ms=0.0)
    assert alone(c, 1) >= c.eager_ms + c.prefill_ms
    assert alone(c, 8192) < 1.001 * alone(bare, 8192)


def test_a_synchronous_engine_waits_in_every_step_and_for_every_sequence() -> None:
    ahead, waiting = cost(), cost(launching=Launching(asynchronous=False))
    step_ms, sequence_ms = VALUES["synchronous_step_us"] / 1e3, VALUES["synchronous_sequence_us"] / 1e3
    assert waiting.decode_ms(64, 1000, 0) - ahead.decode_ms(64, 1000, 0) == pytest.approx(step_ms + 64 * sequence_ms)
    assert alone(waiting, 512) - alone(ahead, 512) == pytest.approx(step_ms)
    assert ahead.step_ms == VALUES["step_overhead_us"] / 1e3


def test_each_decode_adds_its_part_of_the_schedulers_work() -> None:
    c = flat_cost(sequence_ms=0.5)
    assert c.decode_ms(7, 0, 0) == 3.5
    assert alone(c, 10, decodes=7) == 3.5
    expected = VALUES["sequence_us"] / 1e3 + 32 * 8 * VALUES["attention_tile_ns"] / 1e6
    assert cost().sequence_ms == pytest.approx(expected)


# The same by table and by vector


def passes() -> Passes:
    """Steps of decodes alone, of a prompt alone, and mixed ones, about the size that is captured."""
    prefill = np.array([0.0, 0.0, 1.0, 300.0, 512.0, 513.0, 480.0, 2048.0, 4000.0])
    decodes = np.array([1.0, 200.0, 0.0, 40.0, 0.0, 0.0, 32.0, 100.0, 256.0])
    context = np.array([0.0, 0.0, 0.0, 0.0, 4096.0, 0.0, 0.0, 512.0, 0.0])
    seen = context + 0.5 * (prefill + 1.0)
    return Passes(
        prefill=prefill,
        decodes=decodes,
        sampled=decodes,
        kv=decodes * 700.0,
        window_kv=decodes * 128.0,
        pairs=prefill * seen,
        window_pairs=prefill * np.minimum(seen, 128.0),
        context=context,
    )


def by_table(c: StepCost, found: Passes) -> list[float]:
    columns = (found.prefill, found.context, found.decodes, found.kv, found.window_kv)
    return [
        c.mixed_ms(
            int(prefill),
            c.chunk_ms(int(context), int(prefill)) if prefill else 0.0,
            int(decodes),
            int(decodes),
            int(kv),
            int(window_kv),
        )
        for prefill, context, decodes, kv, window_kv in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize("launching", LAUNCHINGS, ids=str)
@pytest.mark.parametrize(("model", "check", "tp"), CASES)
def test_many_passes_at_once_cost_what_each_costs(
    model: Architecture, check: Checkpoint, tp: int, launching: Launching
) -> None:
    found = passes()
    for kv_bytes in (1.0, 2.0):
        c = cost(model, check, tp=tp, launching=launching, kv_bytes=kv_bytes)
        vector = passes_ms(shard(model, check, tp=tp), found, kv_bytes=kv_bytes, launching=launching)
        assert vector == pytest.approx(by_table(c, found), abs=1e-7)


def test_decodes_that_are_launched_piece_by_piece_cost_more_and_only_the_vector_knows() -> None:
    found, one = passes(), shard(QWEN_30B_A3B, FP8)
    pieces, plain = (
        passes_ms(one, found, kv_bytes=2.0, launching=launching) for launching in (DECODES_ONLY_PIECEWISE, Launching())
    )
    decodes = found.prefill == 0
    assert pieces[~decodes].tolist() == plain[~decodes].tolist()
    c = cost(QWEN_30B_A3B, FP8, launching=DECODES_ONLY_PIECEWISE)
    work = plain[decodes] - c.step_ms
    expected = (work**c.launch_sharpness + c.decode_launch_ms**c.launch_sharpness) ** (1 / c.launch_sharpness)
    assert pieces[decodes] == pytest.approx(expected + c.step_ms)
    assert by_table(c, found) == pytest.approx(plain, abs=1e-7)


@pytest.mark.parametrize("launching", LAUNCHINGS, ids=str)
def test_a_step_of_decodes_costs_the_same_however_it_is_asked_for(launching: Launching) -> None:
    c = cost(GPT_OSS_20B, MXFP4, launching=launching)
    table = c.decode_table()
    for count in (1, 17, 256):
        kv, window = 900 * count, 128 * count
        asked = c.decode_ms(count, kv, window)
        assert c.mixed_ms(0, 0.0, count, count, kv, window) == pytest.approx(asked, abs=1e-9)
        assert table[count] + c.kv_ms * kv + c.window_ms * window == pytest.approx(asked, abs=1e-9)


# A request on its own


def test_a_request_is_seen_after_its_way_and_its_tokens() -> None:
    c = flat_cost(frontend_ms=5.0, frontend_token_ms=0.003)
    assert [c.frontend_of_ms(tokens) for tokens in (1, 1000)] == pytest.approx([5.003, 8.0])
    assert c.unloaded_ms(400, 2) == pytest.approx((6.2, 0.0, 6.2))
    assert cost().frontend_of_ms(1000) == pytest.approx(
        VALUES["frontend_ms"] + 1000 * VALUES["frontend_token_us"] / 1e3
    )
    assert cost().stream_ms == VALUES["stream_us"] / 1e3


def test_an_unloaded_request_adds_up() -> None:
    c = cost()
    ttft, itl, e2e = c.unloaded_ms(20_000, 101)
    assert e2e == pytest.approx(ttft + 100 * itl)
    assert c.unloaded_ms(20_000, 1) == (ttft, 0.0, ttft)
    assert ttft > c.unloaded_ms(20_000, 1, cached_tokens=10_000)[0]
    assert c.unloaded_ms(20_000, 1, max_num_batched_tokens=2048)[0] > ttft


def test_a_step_cost_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(cost())) == cost()  # noqa: S301  # our own bytes
