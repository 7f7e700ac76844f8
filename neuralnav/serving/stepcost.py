"""What one forward pass of an LLM server costs, from first principles (a roofline per part) and few coefficients."""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint, ServingList
from neuralnav.serving.coefficients import (
    Coefficients,
    Compute,
    coefficient,
    coefficients,
    compute_type,
    is_weight_only,
    peak_flops_per_ms,
)
from neuralnav.serving.memory import (
    WIDE_BYTES,
    full_layers,
    kv_bytes_per_token,
    moe_layers,
    routed_share,
    split_parameters,
)

Vector = NDArray[np.float64]

DIGITS = 9
"""Table entries are rounded to a picosecond: no later decision hangs on the last bit of a processor's `pow`."""


@dataclass(frozen=True, slots=True)
class Hop:
    """The way from one pipeline stage to the next: one GPU's share of the network, and the latency of a hand-over."""

    gb_s: float
    latency_us: float


@dataclass(frozen=True, slots=True)
class StepCost:
    """Milliseconds of forward passes of one configuration. Every method is exact in what the tables hold.

    A pass of T tokens of which S are sampled costs `token_ms[T] + head_ms[S]` plus attention: `kv_ms` per token of
    KV that its decodes read in full-attention layers and `window_ms` per token in sliding-window layers. Hence for
    a fixed number of decodes the cost is linear in their KV tokens. With pipeline stages a pass is the way through
    all of them, hops included.
    """

    token_ms: tuple[float, ...]
    head_ms: tuple[float, ...]
    kv_ms: float
    window_ms: float
    window_tokens: int
    pair_ms: float
    window_pair_ms: float
    prefill_ms: float
    prefill_ramp_tokens: float
    frontend_ms: float

    def decode_ms(self, decodes: int, kv_tokens: int, window_kv_tokens: int) -> float:
        """Return the cost of a pass of `decodes` sequences alone, whose KV lengths sum to `kv_tokens`."""
        base = self.token_ms[decodes] + self.head_ms[decodes]
        return base + self.kv_ms * kv_tokens + self.window_ms * window_kv_tokens

    def decode_table(self) -> list[float]:
        """Return what a pass costs beside attention by its number of decodes."""
        return [token + head for token, head in zip(self.token_ms, self.head_ms, strict=False)]

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
        cost = self.token_ms[prefill_tokens + decodes] + self.head_ms[sampled] + chunks_ms
        cost += self.kv_ms * kv_tokens + self.window_ms * window_kv_tokens
        if prefill_tokens:
            cost += self.prefill_ms * prefill_tokens / (prefill_tokens + self.prefill_ramp_tokens)
        return cost

    def chunk_ms(self, context_tokens: int, tokens: int) -> float:
        """Return the attention of a prefill chunk: `tokens` new tokens after `context_tokens` that are cached."""
        seen = context_tokens + 0.5 * (tokens + 1)
        full = max(self.pair_ms * tokens * seen, self.kv_ms * context_tokens)
        return full + self.window_pair_ms * tokens * min(seen, self.window_tokens)

    def window_kv(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return the tokens a sequence reads in a sliding-window layer: its mid-life length, up to the window."""
        return min(self.window_tokens, prompt_tokens + output_tokens // 2)

    def unloaded_ms(
        self, prompt_tokens: int, output_tokens: int, *, max_num_batched_tokens: int = 8192, cached_tokens: int = 0
    ) -> tuple[float, float, float]:
        """Return (TTFT, mean ITL, E2E) of a request that has the server to itself: lower bounds under any load.

        ITL is 0 for a single output token.
        """
        ttft, done = self.frontend_ms, cached_tokens
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
) -> StepCost:
    """Return the step cost of a configuration, for steps up to the scheduler's limits.

    Raises InputError when a catalog lacks a number: a coefficient, or the network between nodes with `pp` above 1.
    """
    chosen = coefficients(serving, checkpoint, accelerator)
    bytes_per_ms = accelerator.bandwidth_gb_s.value * 1e6 * chosen.hbm_efficiency
    kv = kv_bytes_per_token(architecture, tp=tp, kv_bytes=kv_bytes)
    kv_bytes_per_ms = accelerator.bandwidth_gb_s.value * 1e6 * chosen.kv_read_efficiency
    full = full_layers(architecture)
    tokens = np.arange(max(max_num_batched_tokens, max_num_seqs) + 1, dtype=np.float64)
    sampled = np.arange(max_num_seqs + 1, dtype=np.float64)
    shard = _Shard(architecture, checkpoint, accelerator, chosen, tp, bytes_per_ms)
    pair_layer_ms = shard.pair_ms()
    token_ms = shard.dense_ms(tokens) + shard.experts_ms(tokens) + shard.allreduce_ms(tokens) + shard.fixed_ms()
    if pp > 1:
        token_ms += (pp - 1) * shard.hop_ms(tokens, hop(accelerator, serving))
    return StepCost(
        token_ms=_table(token_ms),
        head_ms=_table(shard.head_ms(sampled)),
        kv_ms=max(kv.full / kv_bytes_per_ms, full * shard.latent_ms()),
        window_ms=kv.sliding / kv_bytes_per_ms,
        window_tokens=architecture.sliding_window or 0,
        pair_ms=pair_layer_ms * full,
        window_pair_ms=pair_layer_ms * (architecture.layers - full),
        prefill_ms=shard.prefill_ms(),
        prefill_ramp_tokens=chosen.prefill_ramp_tokens,
        frontend_ms=chosen.frontend_ms,
    )


def hop(accelerator: Accelerator, serving: ServingList) -> Hop:
    """Return what passing hidden states on to the next pipeline stage meets. Raises InputError where it is unknown."""
    if accelerator.inter_node_gb_s is None:
        message = "the bandwidth between nodes is unknown, so no model spans them"
        raise input_error(f'accelerator "{accelerator.id}"', message, "give interNodeGbS")
    latency = coefficient(serving, "pipeline_hop_us", accelerator, "bf16")
    return Hop(gb_s=accelerator.inter_node_gb_s.value, latency_us=latency)


@dataclass(frozen=True, slots=True)
class _Shard:
    """One GPU's part of a forward pass, part by part, for vectors of token counts."""

    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    chosen: Coefficients
    tp: int
    bytes_per_ms: float

    def dense_ms(self, tokens: Vector) -> Vector:
        """Return the cost of what every token passes: attention, dense feed-forward, shared experts, routers."""
        split = split_parameters(self.architecture)
        match self.checkpoint.quantized:
            case "none":
                narrow = 0.0
            case "experts":
                narrow = split.shared
            case "linear":
                narrow = split.linear + split.shared
        wide = split.linear + split.shared + split.routers - narrow
        copied_narrow = split.replicated if self.checkpoint.quantized == "linear" else 0.0
        copied_wide = split.replicated - copied_narrow
        return self._gemm_ms(tokens, wide, copied_wide, narrow=False) + self._gemm_ms(
            tokens, narrow, copied_narrow, narrow=True
        )

    def experts_ms(self, tokens: Vector) -> Vector:
        """Return the cost of routed experts: compute of the chosen ones, or the read of those that the batch touches.

        Tokens choose alike: after the first token, which touches k, each counts as `expert_spread` of an
        independent one, so E(1 - (1 - k/E)^(1 + r(T - 1))) experts are read.
        """
        if not self.architecture.experts:
            return np.zeros_like(tokens)
        narrow = self.checkpoint.quantized != "none"
        share = routed_share(self.architecture)
        parameters = split_parameters(self.architecture).experts / self.tp
        independent = np.maximum(0.0, 1.0 + self.chosen.expert_spread * (tokens - 1.0))
        touched = 1.0 - np.power(1.0 - share, independent) if share < 1.0 else np.ones_like(tokens)
        compute = (
            2.0 * tokens * parameters * share / (self._gemm_flops_per_ms(narrow=narrow) * self.chosen.moe_mfu_factor)
        )
        read = parameters * touched * self._weight_bytes(narrow=narrow) / self.bytes_per_ms
        return np.maximum(compute, read)

    def head_ms(self, sampled: Vector) -> Vector:
        """Return the cost of the output head of the tokens that are sampled, at 16 bits; nothing when none is."""
        parameters = self.architecture.vocab_size * self.architecture.hidden_size / self.tp
        flops = self.flops_per_ms("bf16", self.chosen.bf16_mfu)
        cost = np.maximum(2.0 * sampled * parameters / flops, parameters * WIDE_BYTES / self.bytes_per_ms)
        return np.where(sampled > 0, cost, 0.0)

    def allreduce_ms(self, tokens: Vector) -> Vector:
        """Return the cost of two all-reduces per layer of the 16-bit hidden states.

        Bytes as in a ring, 2(tp - 1)/tp of the tensor; latency grows by one hop per doubling of the GPUs.
        """
        if self.tp == 1:
            return np.zeros_like(tokens)
        size = tokens * self.architecture.hidden_size * WIDE_BYTES * 2.0 * (self.tp - 1) / self.tp
        transfer = size / (self.accelerator.link_gb_s.value * 1e6 * self.chosen.link_efficiency)
        return 2.0 * self.architecture.layers * (transfer + self.chosen.allreduce_latency_us * log2(self.tp) / 1e3)

    def pair_ms(self) -> float:
        """Return the attention of a layer over a pair of prompt tokens: a product with the key, one with the value."""
        a = self.architecture
        flops = 2.0 * a.attention_heads * (a.head_dim + (a.v_head_dim or a.head_dim)) / self.tp
        return flops / self.flops_per_ms("bf16", self.chosen.attention_mfu)

    def latent_ms(self) -> float:
        """Return what one decode computes per token of KV and layer when MLA reads its latent as key and as value.

        vLLM multiplies the query into the latent's space ("absorbed"): each head takes the product with latent and
        rotary part, then sums latents. Without MLA (0) the work hides behind the read of the cache.
        """
        a = self.architecture
        if a.kv_lora_rank is None:
            return 0.0
        flops = a.attention_heads / self.tp * (2.0 * (a.kv_lora_rank + (a.rope_head_dim or 0)) + 2.0 * a.kv_lora_rank)
        return flops / self.flops_per_ms("bf16", self.chosen.attention_mfu)

    def hop_ms(self, tokens: Vector, hop: Hop) -> Vector:
        """Return the cost of handing a pass over to the next stage, on another node.

        vLLM sends two tensors, hidden states and residual, at 16 bits. Each GPU sends 1/tp of them to its counterpart
        over its own share of the network; the receivers gather the whole over the link inside of the node.
        """
        size = 2.0 * tokens * self.architecture.hidden_size * WIDE_BYTES
        network = size / self.tp / (hop.gb_s * 1e6 * self.chosen.link_efficiency)
        gather = size * (self.tp - 1) / self.tp / (self.accelerator.link_gb_s.value * 1e6 * self.chosen.link_efficiency)
        return network + gather + hop.latency_us / 1e3

    def fixed_ms(self) -> float:
        """Return the launches of each layer, of its routing, and the scheduler's own time."""
        layers = self.architecture.layers * self.chosen.layer_overhead_us
        routing = moe_layers(self.architecture) * self.chosen.moe_layer_overhead_us
        return (layers + routing + self.chosen.step_overhead_us) / 1e3

    def prefill_ms(self) -> float:
        """Return what a step pays for holding prefill: launches outside of the captured graphs, routing of many."""
        layers = self.architecture.layers * self.chosen.prefill_layer_overhead_us
        return (layers + moe_layers(self.architecture) * self.chosen.prefill_moe_layer_overhead_us) / 1e3

    def flops_per_ms(self, compute: Compute, mfu: float) -> float:
        return peak_flops_per_ms(self.accelerator, compute) * mfu

    def _gemm_ms(self, tokens: Vector, parameters: float, copied: float, *, narrow: bool) -> Vector:
        """Return the cost of matrices of which `copied` parameters stand whole on every GPU."""
        own = (parameters - copied) / self.tp + copied
        compute = 2.0 * tokens * own / self._gemm_flops_per_ms(narrow=narrow)
        return np.maximum(compute, own * self._weight_bytes(narrow=narrow) / self.bytes_per_ms)

    def _gemm_flops_per_ms(self, *, narrow: bool) -> float:
        if not narrow:
            return self.flops_per_ms("bf16", self.chosen.bf16_mfu)
        factor = self.chosen.weight_only_factor if is_weight_only(self.checkpoint, self.accelerator) else 1.0
        return self.flops_per_ms(compute_type(self.checkpoint, self.accelerator), self.chosen.gemm_mfu) * factor

    def _weight_bytes(self, *, narrow: bool) -> float:
        return self.checkpoint.bits_per_weight / 8.0 if narrow else WIDE_BYTES


def _table(cost_ms: Vector) -> tuple[float, ...]:
    return tuple(np.round(cost_ms, DIGITS).tolist())
