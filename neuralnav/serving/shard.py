"""One GPU's part of a forward pass: what its matrices, its memory, its links and its launches take."""

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint
from neuralnav.serving.coefficients import Coefficients, Kernel
from neuralnav.serving.memory import WIDE_BYTES, expert_width, moe_layers, routed_share, split_parameters

Vector = NDArray[np.float64]

DIGITS = 9
"""Milliseconds are rounded to a picosecond: no later decision hangs on the last bit of a processor's `pow`."""


@dataclass(frozen=True, slots=True)
class Hop:
    """The way from one pipeline stage to the next: one GPU's share of the network, and the latency of a hand-over."""

    gb_s: float
    latency_us: float


@dataclass(frozen=True, slots=True)
class Shard:
    """One GPU's part of a forward pass, part by part, for vectors of token counts."""

    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    chosen: Coefficients
    tp: int

    def tokens_ms(self, tokens: Vector) -> Vector:
        """Return what T tokens cost beside attention and output head, whatever the sequences they belong to."""
        matrices = self.dense_ms(tokens) + self.experts_ms(tokens)
        return matrices + self.activations_ms(tokens) + self.exchange_ms(tokens) + self.fixed_ms()

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
        wide_ms = self._gemm_ms(tokens, wide, copied_wide, self.chosen.wide, WIDE_BYTES)
        return wide_ms + self._gemm_ms(tokens, narrow, copied_narrow, self.chosen.experts, self._narrow_bytes())

    def experts_ms(self, tokens: Vector) -> Vector:
        """Return the cost of routed experts: their products, or the read of those that the batch touches.

        Tokens choose alike: after the first token, which touches k, each counts as `expert_spread` of an independent
        one, so E(1 - (1 - k/E)^(1 + r(T - 1))) experts are read. Each of them works on whole tiles, `tile_tokens` more
        than it has. Tokens are copied to their experts and summed up again: `expert_passes` over k T hidden states,
        which no rank is spared.
        """
        a = self.architecture
        if not a.experts:
            return np.zeros_like(tokens)
        scalars, kernel, share = self.chosen.scalars, self.chosen.experts, routed_share(a)
        parameters = split_parameters(a).experts / self.tp
        independent = np.maximum(0.0, 1.0 + scalars.expert_spread * (tokens - 1.0))
        touched = 1.0 - np.power(1.0 - share, independent) if share < 1.0 else np.ones_like(tokens)
        touched = np.where(tokens > 0, touched, 0.0)
        worked = tokens * share + touched * kernel.tile_tokens
        compute = 2.0 * worked * parameters / (kernel.flops_per_ms * scalars.moe_mfu_factor)
        bits = self.checkpoint.bits_per_weight / 8.0 if self.checkpoint.quantized != "none" else WIDE_BYTES
        read = parameters * touched * bits / kernel.bytes_per_ms
        moved = moe_layers(a) * tokens * (a.experts_per_token or 1) * a.hidden_size * WIDE_BYTES * scalars.expert_passes
        return smooth_vector(compute, read, scalars.roofline_sharpness) + moved / self._memory_bytes_per_ms()

    def activations_ms(self, tokens: Vector) -> Vector:
        """Return the traffic of activations between kernels: norms, rotary embedding, gates, quantisation.

        Per layer and token `activation_passes` over the hidden state, which every rank holds whole, and over half of
        what lies between the matrices (queries, keys, values, gate, up and down), which ranks share out.
        """
        a = self.architecture
        inner = 3.0 * (expert_width(a) * (a.experts_per_token or 1) if a.experts else a.intermediate_size)
        width = a.hidden_size + (a.attention_heads * a.head_dim + 2 * a.kv_heads * a.head_dim + inner) / self.tp * 0.5
        size = a.layers * tokens * width * WIDE_BYTES * self.chosen.scalars.activation_passes
        return size / self._memory_bytes_per_ms()

    def head_ms(self, sampled: Vector) -> Vector:
        """Return the cost of the output head of the tokens that are sampled, at 16 bits; nothing when none is."""
        parameters = self.architecture.vocab_size * self.architecture.hidden_size / self.tp
        kernel = self.chosen.wide
        cost = np.maximum(
            2.0 * sampled * parameters / kernel.flops_per_ms, parameters * WIDE_BYTES / kernel.bytes_per_ms
        )
        return np.where(sampled > 0, cost, 0.0)

    def exchange_ms(self, tokens: Vector) -> Vector:
        """Return what tensor-parallel ranks exchange: two all-reduces per layer of the 16-bit hidden states.

        Bytes as in a ring, 2(tp - 1)/tp of the tensor; latency grows by one hop per doubling of the GPUs. A norm over
        heads of several ranks adds an exchange of sums per layer.
        """
        if self.tp == 1:
            return np.zeros_like(tokens)
        a, scalars, hops = self.architecture, self.chosen.scalars, log2(self.tp)
        size = tokens * a.hidden_size * WIDE_BYTES * 2.0 * (self.tp - 1) / self.tp
        transfer = size / (self.accelerator.link_gb_s.value * 1e6 * scalars.link_efficiency)
        norm = scalars.norm_exchange_us * hops / 1e3 if a.sharded_qk_norm else 0.0
        return a.layers * (2.0 * (transfer + scalars.allreduce_latency_us * hops / 1e3) + norm)

    def pair_ms(self) -> float:
        """Return the attention of a layer over a pair of prompt tokens: a product with the key, one with the value."""
        a = self.architecture
        flops = 2.0 * a.attention_heads * (a.head_dim + (a.v_head_dim or a.head_dim)) / self.tp
        return flops / self._attention_flops_per_ms()

    def latent_ms(self) -> float:
        """Return what one decode computes per token of KV and layer when MLA reads its latent as key and as value.

        vLLM multiplies the query into the latent's space ("absorbed"): each head takes the product with latent and
        rotary part, then sums latents. Without MLA (0) the work hides behind the read of the cache.
        """
        a = self.architecture
        if a.kv_lora_rank is None:
            return 0.0
        flops = a.attention_heads / self.tp * (2.0 * (a.kv_lora_rank + (a.rope_head_dim or 0)) + 2.0 * a.kv_lora_rank)
        return flops / self._attention_flops_per_ms()

    def sequence_ms(self) -> float:
        """Return what each decoding sequence adds: the scheduler's and sampler's work, and a tile per KV head."""
        a, scalars = self.architecture, self.chosen.scalars
        heads = 1.0 if a.kv_lora_rank is not None else max(1.0, a.kv_heads / self.tp)
        return scalars.sequence_us / 1e3 + a.layers * heads * scalars.attention_tile_ns / 1e6

    def hop_ms(self, tokens: Vector, hop: Hop) -> Vector:
        """Return the cost of handing a pass over to the next stage, on another node.

        vLLM sends two tensors, hidden states and residual, at 16 bits. Each GPU sends 1/tp of them to its counterpart
        over its own share of the network; the receivers gather the whole over the link inside of the node.
        """
        efficiency = self.chosen.scalars.link_efficiency
        size = 2.0 * tokens * self.architecture.hidden_size * WIDE_BYTES
        network = size / self.tp / (hop.gb_s * 1e6 * efficiency)
        gather = size * (self.tp - 1) / self.tp / (self.accelerator.link_gb_s.value * 1e6 * efficiency)
        return network + gather + hop.latency_us / 1e3

    def fixed_ms(self) -> float:
        """Return what each layer's small kernels take whatever the tokens: norms, quantisation, routing."""
        scalars, layers, moe = self.chosen.scalars, self.architecture.layers, moe_layers(self.architecture)
        quantise = 0.0 if self.chosen.dense.kind in ("bf16", "weight-only") else scalars.quantise_layer_us
        weight_only = scalars.weight_only_layer_us if self.chosen.experts.kind == "weight-only" else 0.0
        return (
            layers * (scalars.layer_overhead_us + quantise) + moe * (scalars.moe_layer_overhead_us + weight_only)
        ) / 1e3

    def launch_ms(self, *, decode_only: bool) -> tuple[float, float]:
        """Return how long a processor launches a step: kernel by kernel, and by captured pieces.

        An engine that captures decodes only splits its graph nowhere, which makes the other steps slower still.
        """
        scalars, layers, moe = self.chosen.scalars, self.architecture.layers, moe_layers(self.architecture)
        eager = (layers * scalars.eager_layer_us + moe * scalars.eager_moe_layer_us) / 1e3
        piecewise = (layers * scalars.piecewise_layer_us + moe * scalars.piecewise_moe_layer_us) / 1e3
        return eager * (scalars.decode_only_graph_factor if decode_only else 1.0), piecewise

    def _gemm_ms(self, tokens: Vector, parameters: float, copied: float, kernel: Kernel, width: float) -> Vector:
        """Return the cost of matrices of which `copied` parameters stand whole on every GPU, `width` bytes each."""
        own = (parameters - copied) / self.tp + copied
        compute = 2.0 * tokens * own / kernel.flops_per_ms
        read = np.full_like(tokens, own * width / kernel.dense_bytes_per_ms)
        return smooth_vector(compute, read, self.chosen.scalars.roofline_sharpness)

    def _narrow_bytes(self) -> float:
        return self.checkpoint.bits_per_weight / 8.0

    def _memory_bytes_per_ms(self) -> float:
        return self.accelerator.bandwidth_gb_s.value * 1e6 * self.chosen.scalars.hbm_efficiency

    def _attention_flops_per_ms(self) -> float:
        return self.accelerator.bf16_tflops.value * 1e9 * self.chosen.scalars.attention_mfu


def smooth(first: float, second: float, sharpness: float) -> float:
    """Return the smooth maximum (a^p + b^p)^(1/p): the larger one where they differ, more where they are close.

    Rounded to a picosecond, so that no later decision hangs on the last bit of a processor's `pow`.
    """
    high, low = (first, second) if first > second else (second, first)
    if low <= 0.0:
        return high
    return float(round(high * (1.0 + (low / high) ** sharpness) ** (1.0 / sharpness), DIGITS))


def smooth_vector(first: Vector, second: Vector, sharpness: float) -> Vector:
    """Return `smooth` element by element."""
    high, low = np.maximum(first, second), np.minimum(first, second)
    ratio = np.divide(low, high, out=np.zeros_like(high), where=high > 0)
    smooth: Vector = high * np.power(1.0 + np.power(ratio, sharpness), 1.0 / sharpness)
    return smooth
