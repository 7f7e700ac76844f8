"""What one forward pass of an LLM server costs: a roofline per part, the traffic between parts, and the launches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint, ServingList
from neuralnav.serving.coefficients import coefficient, coefficients
from neuralnav.serving.memory import WIDE_BYTES, full_layers, kv_bytes_per_token
from neuralnav.serving.shard import DIGITS, Hop, Shard, smooth, smooth_vector

Vector = NDArray[np.float64]

CAPTURE_TOKENS = 512
"""Steps of up to this many tokens replay captured graphs: vLLM's `max_cudagraph_capture_size` unless set."""


@dataclass(frozen=True, slots=True)
class Launching:
    """How the engine gets its work onto the accelerator: the part of a step's cost that a processor pays.

    `graphs` is vLLM's `cudagraph_mode`: "full" (FULL_AND_PIECEWISE, the default) replays a decode step as one graph and
    a mixed one of up to `capture_tokens` tokens piece by piece; "piecewise" replays every step piece by piece;
    "decode-only" captures nothing but decode steps. `asynchronous` plans a step while another one runs.
    """

    graphs: Literal["full", "piecewise", "decode-only"] = "full"
    capture_tokens: int = CAPTURE_TOKENS
    asynchronous: bool = True


@dataclass(frozen=True, slots=True)
class Passes:
    """Forward passes, one a row, as the cost model sees them: float vectors of one length.

    `prefill` and `decodes` are tokens, `sampled` sequences that get a token, `kv` and `window_kv` the tokens of cache
    that decodes read in full and in sliding-window layers, `pairs` and `window_pairs` the products of query and key of
    the prefill chunks, `context` the cached tokens that these chunks read.
    """

    prefill: Vector
    decodes: Vector
    sampled: Vector
    kv: Vector
    window_kv: Vector
    pairs: Vector
    window_pairs: Vector
    context: Vector


@dataclass(frozen=True, slots=True)
class StepCost:
    """Milliseconds of forward passes of one configuration. Every method is exact in what the tables hold.

    On the accelerator a pass of T tokens of which S are sampled costs `token_ms[T] + head_ms[S]` plus attention:
    `kv_ms` per token of KV that its decodes read in full-attention layers, `window_ms` per token in sliding-window
    layers, `sequence_ms` per decode. Hence for a fixed number of decodes the cost is linear in their KV tokens. A pass
    that holds prefill is launched by a processor, kernel by kernel, which takes `piecewise_ms` up to `capture_tokens`
    and `eager_ms` beyond: the smooth maximum of both is what the pass takes, and `prefill_ms` on top for its
    preparation. With pipeline stages a pass is the way through all of them, hops included.
    """

    token_ms: tuple[float, ...]
    head_ms: tuple[float, ...]
    kv_ms: float
    window_ms: float
    window_tokens: int
    pair_ms: float
    window_pair_ms: float
    prefill_ms: float
    step_ms: float
    eager_ms: float
    piecewise_ms: float
    capture_tokens: int
    launch_sharpness: float
    decode_launch_ms: float
    sequence_ms: float
    frontend_ms: float
    frontend_token_ms: float
    stream_ms: float

    def decode_ms(self, decodes: int, kv_tokens: int, window_kv_tokens: int) -> float:
        """Return the cost of a pass of `decodes` sequences alone, whose KV lengths sum to `kv_tokens`."""
        base = self.token_ms[decodes] + self.head_ms[decodes] + self.sequence_ms * decodes + self.step_ms
        return base + self.kv_ms * kv_tokens + self.window_ms * window_kv_tokens

    def decode_table(self) -> list[float]:
        """Return what a pass costs beside the read of the KV cache by its number of decodes."""
        pairs = zip(self.token_ms, self.head_ms, strict=False)
        return [token + head + self.sequence_ms * n + self.step_ms for n, (token, head) in enumerate(pairs)]

    def mixed_ms(
        self,
        prefill_tokens: int,
        chunks_ms: float,
        sampled: int,
        decodes: int,
        kv_tokens: int,
        window_kv_tokens: int,
    ) -> float:
        """Return the cost of a pass that also prefills chunks, whose attention takes `chunks_ms` (see `chunk_ms`)."""
        tokens = prefill_tokens + decodes
        cost = self.token_ms[tokens] + self.head_ms[sampled] + chunks_ms + self.sequence_ms * decodes
        cost += self.kv_ms * kv_tokens + self.window_ms * window_kv_tokens
        if not prefill_tokens:
            return cost + self.step_ms
        launch = self.piecewise_ms if tokens <= self.capture_tokens else self.eager_ms
        return smooth(cost, launch, self.launch_sharpness) + self.prefill_ms + self.step_ms

    def passes_ms(self, passes: Passes, *, token_ms: Vector, head_ms: Vector) -> Vector:
        """Return the cost of many passes at once, given what their tokens and their heads cost (see `passes_ms`).

        The same formula as `mixed_ms` and `decode_ms`, and with `decode_launch_ms` that of engines that launch decodes
        piece by piece.
        """
        full = np.maximum(self.pair_ms * passes.pairs, self.kv_ms * passes.context)
        cost = token_ms + head_ms + full + self.window_pair_ms * passes.window_pairs
        cost += self.sequence_ms * passes.decodes + self.kv_ms * passes.kv + self.window_ms * passes.window_kv
        mixed = passes.prefill > 0
        launch = np.where(passes.prefill + passes.decodes <= self.capture_tokens, self.piecewise_ms, self.eager_ms)
        launched = smooth_vector(cost, np.where(mixed, launch, self.decode_launch_ms), self.launch_sharpness)
        return launched + np.where(mixed, self.prefill_ms, 0.0) + self.step_ms

    def chunk_ms(self, context_tokens: int, tokens: int) -> float:
        """Return the attention of a prefill chunk: `tokens` new tokens after `context_tokens` that are cached."""
        seen = context_tokens + 0.5 * (tokens + 1)
        full = max(self.pair_ms * tokens * seen, self.kv_ms * context_tokens)
        return full + self.window_pair_ms * tokens * min(seen, self.window_tokens)

    def window_kv(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return the tokens a sequence reads in a sliding-window layer: its mid-life length, up to the window."""
        return min(self.window_tokens, prompt_tokens + output_tokens // 2)

    def frontend_of_ms(self, prompt_tokens: int) -> float:
        """Return the time from a request's arrival to the scheduler's seeing it: HTTP, then tokens."""
        return self.frontend_ms + self.frontend_token_ms * prompt_tokens

    def unloaded_ms(
        self, prompt_tokens: int, output_tokens: int, *, max_num_batched_tokens: int = 8192, cached_tokens: int = 0
    ) -> tuple[float, float, float]:
        """Return (TTFT, mean ITL, E2E) of a request that has the server to itself: lower bounds under any load.

        ITL is 0 for a single output token.
        """
        ttft, done = self.frontend_of_ms(prompt_tokens), cached_tokens
        while done < prompt_tokens:
            tokens = min(prompt_tokens - done, max_num_batched_tokens)
            ttft += self.mixed_ms(
                prefill_tokens=tokens,
                chunks_ms=self.chunk_ms(done, tokens),
                sampled=int(done + tokens == prompt_tokens),
                decodes=0,
                kv_tokens=0,
                window_kv_tokens=0,
            )
            done += tokens
        gaps = output_tokens - 1
        if not gaps:
            return ttft, 0.0, ttft
        window = self.window_kv(prompt_tokens, output_tokens)
        itl = self.decode_ms(1, prompt_tokens + 1, window) + self.kv_ms * (gaps - 1) / 2.0
        return ttft, itl, ttft + gaps * itl


def step_cost(
    architecture: Architecture,
    checkpoint: Checkpoint,
    accelerator: Accelerator,
    *,
    tp: int,
    pp: int = 1,
    serving: ServingList,
    kv_bytes: float = WIDE_BYTES,
    max_num_seqs: int = 256,
    max_num_batched_tokens: int = 8192,
    launching: Launching = Launching(),
) -> StepCost:
    """Return the step cost of a configuration, for steps up to the scheduler's limits.

    Raises InputError when a catalog lacks a number: a coefficient, or the network between nodes with `pp` above 1.
    """
    chosen = coefficients(serving, checkpoint, accelerator)
    tokens = np.arange(max(max_num_batched_tokens, max_num_seqs) + 1, dtype=np.float64)
    shard = Shard(architecture, checkpoint, accelerator, chosen, tp)
    token_ms = shard.tokens_ms(tokens)
    if pp > 1:
        token_ms += (pp - 1) * shard.hop_ms(tokens, hop(accelerator, serving))
    sampled = np.arange(max_num_seqs + 1, dtype=np.float64)
    return _assembled(shard, launching, kv_bytes, token_ms=_table(token_ms), head_ms=_table(shard.head_ms(sampled)))


def passes_ms(shard: Shard, passes: Passes, *, kv_bytes: float, launching: Launching) -> Vector:
    """Return the cost of passes on a shard, without tables: token counts between two whole ones have a cost too."""
    cost = _assembled(shard, launching, kv_bytes, token_ms=(), head_ms=())
    token_ms, head_ms = shard.tokens_ms(passes.prefill + passes.decodes), shard.head_ms(passes.sampled)
    return cost.passes_ms(passes, token_ms=token_ms, head_ms=head_ms)


def _assembled(
    shard: Shard,
    launching: Launching,
    kv_bytes: float,
    *,
    token_ms: tuple[float, ...],
    head_ms: tuple[float, ...],
) -> StepCost:
    """Return the step cost of a shard, given its tables."""
    architecture, scalars = shard.architecture, shard.chosen.scalars
    kv = kv_bytes_per_token(architecture, tp=shard.tp, kv_bytes=kv_bytes)
    narrow = scalars.narrow_kv_factor if kv_bytes < WIDE_BYTES else 1.0
    kv_bytes_per_ms = shard.accelerator.bandwidth_gb_s.value * 1e6 * scalars.kv_read_efficiency * narrow
    full, pair_layer_ms = full_layers(architecture), shard.pair_ms()
    eager_ms, piecewise_ms = shard.launch_ms(decode_only=launching.graphs == "decode-only")
    return StepCost(
        token_ms=token_ms,
        head_ms=head_ms,
        kv_ms=max(kv.full / kv_bytes_per_ms, full * shard.latent_ms()),
        window_ms=kv.sliding / kv_bytes_per_ms,
        window_tokens=architecture.sliding_window or 0,
        pair_ms=pair_layer_ms * full,
        window_pair_ms=pair_layer_ms * (architecture.layers - full),
        prefill_ms=scalars.prefill_step_us / 1e3,
        step_ms=(scalars.step_overhead_us + (0.0 if launching.asynchronous else scalars.synchronous_step_us)) / 1e3,
        eager_ms=eager_ms,
        piecewise_ms=piecewise_ms,
        capture_tokens=0 if launching.graphs == "decode-only" else launching.capture_tokens,
        launch_sharpness=scalars.launch_sharpness,
        decode_launch_ms=piecewise_ms if launching.graphs == "piecewise" else 0.0,
        sequence_ms=shard.sequence_ms() + (0.0 if launching.asynchronous else scalars.synchronous_sequence_us / 1e3),
        frontend_ms=scalars.frontend_ms,
        frontend_token_ms=scalars.frontend_token_us / 1e3,
        stream_ms=scalars.stream_us / 1e3,
    )


def hop(accelerator: Accelerator, serving: ServingList) -> Hop:
    """Return what passing hidden states on to the next pipeline stage meets. Raises InputError where it is unknown."""
    if accelerator.inter_node_gb_s is None:
        message = "the bandwidth between nodes is unknown, so no model spans them"
        raise input_error(f'accelerator "{accelerator.id}"', message, "give interNodeGbS")
    latency = coefficient(serving, "pipeline_hop_us", accelerator)
    return Hop(gb_s=accelerator.inter_node_gb_s.value, latency_us=latency)


def _table(cost_ms: Vector | Sequence[float]) -> tuple[float, ...]:
    return tuple(np.round(cost_ms, DIGITS).tolist())
