"""What a model takes of an accelerator's memory: weights, KV cache, and what the engine keeps for itself."""

import functools
from dataclasses import dataclass

from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint

GIB = float(1 << 30)
WIDE_BYTES = 2.0
"""Bytes of a weight or activation at 16 bits."""

AGREES = 0.03
"""Stated and computed parameters may lie this far apart: norms and biases are not computed."""

LOGIT_BYTES = 4.0
"""vLLM samples from float32 logits."""


@dataclass(frozen=True, slots=True)
class KvBytes:
    """KV cache bytes per token on one GPU: of the layers that see everything, and of the sliding-window layers."""

    full: float
    sliding: float


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How one GPU's memory is spent; with pipeline stages, a GPU of the fullest one. All sizes are GiB per GPU.

    `kv_capacity_tokens` counts tokens of sequences as long as the context that was planned for (shorter ones hold
    relatively more of their sliding windows), over the whole replica: each token is in the cache of every stage.
    `shortfall_gib` is what lacks for the weights and one such sequence.
    """

    weight_gib: float
    overhead_gib: float
    kv_gib: float
    kv_capacity_tokens: int
    fits: bool
    shortfall_gib: float


@dataclass(frozen=True, slots=True)
class ParameterSplit:
    """Where the parameters of a model are, by count. Norms and biases (below 0.1 %) are left out.

    `linear` holds attention and dense feed-forward matrices of all layers, `routers` the gates of the experts,
    `experts` all routed experts, `shared` the shared ones, `embedding` and `head` the two vocabulary matrices
    (a tied head counts as zero), `extra` what stands beside the decoder. `replicated` is the part of `linear` that
    every tensor-parallel rank holds whole: vLLM does not split the projections into the latents of MLA.
    """

    linear: float
    routers: float
    experts: float
    shared: float
    embedding: float
    head: float
    extra: float
    replicated: float


@functools.cache
def split_parameters(architecture: Architecture) -> ParameterSplit:
    """Return where the parameters are: attention (see `_attention_parameters`), gated feed-forward 3hI per layer."""
    a = architecture
    hidden, layers, moe = a.hidden_size, a.layers, moe_layers(a)
    attention, replicated = _attention_parameters(a)
    expert = 3 * hidden * expert_width(a)
    experts = a.experts or 0
    vocabulary = a.vocab_size * hidden
    return ParameterSplit(
        linear=float(layers * attention + (layers - moe) * 3 * hidden * a.intermediate_size),
        routers=float(moe * hidden * experts),
        experts=float(moe * experts * expert),
        shared=float(moe * a.shared_experts * expert),
        embedding=float(vocabulary),
        head=0.0 if a.tied_embeddings else float(vocabulary),
        extra=(a.extra_parameters_b or 0.0) * 1e9,
        replicated=float(layers * replicated),
    )


def parameter_count(architecture: Architecture) -> float:
    """Return the number of parameters."""
    split = split_parameters(architecture)
    return split.linear + split.routers + split.experts + split.shared + split.embedding + split.head + split.extra


def active_parameter_count(architecture: Architecture) -> float:
    """Return the number of parameters that one text token passes: of the routed experts only the chosen ones."""
    split = split_parameters(architecture)
    return parameter_count(architecture) - split.extra - split.experts * (1.0 - routed_share(architecture))


@functools.cache
def weight_bytes(architecture: Architecture, checkpoint: Checkpoint) -> float:
    """Return the bytes of the checkpoint's weights over all GPUs: the quantised matrices, and the rest at 16 bits."""
    narrow = quantized_parameters(architecture, checkpoint)
    return narrow * checkpoint.bits_per_weight / 8.0 + (parameter_count(architecture) - narrow) * WIDE_BYTES


def quantized_parameters(architecture: Architecture, checkpoint: Checkpoint) -> float:
    """Return how many parameters the checkpoint stores narrow. Routers and vocabulary matrices never are."""
    split = split_parameters(architecture)
    match checkpoint.quantized:
        case "none":
            return 0.0
        case "experts":
            return split.experts + split.shared
        case "linear":
            return split.linear + split.experts + split.shared


def weight_bytes_per_gpu(architecture: Architecture, checkpoint: Checkpoint, *, tp: int, pp: int = 1) -> float:
    """Return the weight bytes on one GPU of the fullest of `pp` stages of `tp` GPUs each.

    That stage has ceil(layers / pp) layers, with experts wherever the model has as many such layers, and here both
    vocabulary matrices, of which the first stage holds one and the last the other.
    """
    split = split_parameters(architecture)
    copied = split.replicated * (checkpoint.bits_per_weight / 8.0 if checkpoint.quantized == "linear" else WIDE_BYTES)
    sharded = weight_bytes(architecture, checkpoint) - copied
    if pp == 1:
        return sharded / tp + copied
    layers, moe = stage_layers(architecture, pp), moe_layers(architecture)
    share, routed = layers / architecture.layers, min(layers, moe) / moe if moe else 0.0
    narrow = 0.0 if checkpoint.quantized == "none" else checkpoint.bits_per_weight / 8.0
    experts = (split.experts + split.shared) * (narrow or WIDE_BYTES) + split.routers * WIDE_BYTES
    outside = (split.embedding + split.head + split.extra) * WIDE_BYTES
    linear = sharded - experts - outside
    return (linear * share + experts * routed + outside) / tp + copied * share


def kv_bytes_per_token(architecture: Architecture, *, tp: int, kv_bytes: float, pp: int = 1) -> KvBytes:
    """Return the KV bytes per token on one of `tp` GPUs, at `kv_bytes` per element, of the largest of `pp` stages.

    The heads are shared out; when there are fewer than GPUs, each GPU keeps a copy of one. The latent of MLA and the
    rotary part of its key are one vector for all heads: stored once for keys and values, and whole on every GPU.
    """
    a = architecture
    if a.kv_lora_rank is not None:
        layer = (a.kv_lora_rank + (a.rope_head_dim or 0)) * kv_bytes
    else:
        layer = 2.0 * max(1, -(-a.kv_heads // tp)) * a.head_dim * kv_bytes
    layers = stage_layers(a, pp)
    full = min(layers, -(-full_layers(a) // pp))
    return KvBytes(full=full * layer, sliding=(layers - full) * layer)


def memory_plan(
    architecture: Architecture,
    checkpoint: Checkpoint,
    accelerator: Accelerator,
    *,
    tp: int,
    pp: int = 1,
    context_tokens: int,
    memory_utilization: float,
    runtime_overhead_gib: float,
    kv_bytes: float = WIDE_BYTES,
    max_num_seqs: int = 256,
    max_num_batched_tokens: int = 8192,
) -> MemoryPlan:
    """Return what is left for the KV cache on each of `tp` x `pp` GPUs, and whether one sequence of the context fits.

    `runtime_overhead_gib` is the runtime, its graphs and communication buffers; the peak of the activations of a
    full step comes on top. vLLM takes `memory_utilization` of the memory and gives the KV cache what remains.
    """
    weight = weight_bytes_per_gpu(architecture, checkpoint, tp=tp, pp=pp) / GIB
    activations = _activation_bytes(architecture, tp, max_num_seqs, max_num_batched_tokens) / GIB
    overhead = runtime_overhead_gib + activations
    kv = accelerator.memory_gib.value * memory_utilization - weight - overhead
    per_token = kv_bytes_per_token(architecture, tp=tp, pp=pp, kv_bytes=kv_bytes)
    windowed = min(context_tokens, architecture.sliding_window or context_tokens)
    sequence = (per_token.full * context_tokens + per_token.sliding * windowed) / GIB
    return MemoryPlan(
        weight_gib=weight,
        overhead_gib=overhead,
        kv_gib=max(0.0, kv),
        kv_capacity_tokens=max(0, int(kv / sequence * context_tokens)),
        fits=kv >= sequence,
        shortfall_gib=max(0.0, sequence - kv),
    )


def moe_layers(architecture: Architecture) -> int:
    """Return the number of layers that route to experts."""
    return architecture.layers - architecture.dense_layers if architecture.experts else 0


def stage_layers(architecture: Architecture, pp: int) -> int:
    """Return the number of layers of the largest of `pp` pipeline stages."""
    return -(-architecture.layers // pp)


def full_layers(architecture: Architecture) -> int:
    """Return the number of layers whose attention sees the whole context."""
    if architecture.sliding_window is None or architecture.full_attention_layers is None:
        return architecture.layers
    return min(architecture.layers, architecture.full_attention_layers)


def routed_share(architecture: Architecture) -> float:
    """Return the share of routed experts that one token passes (0 for a dense model)."""
    if not architecture.experts:
        return 0.0
    return min(architecture.experts, architecture.experts_per_token or 1) / architecture.experts


def expert_width(architecture: Architecture) -> int:
    """Return the intermediate size of one expert; a configuration that names none uses the dense one."""
    return architecture.expert_intermediate_size or architecture.intermediate_size


def _attention_parameters(architecture: Architecture) -> tuple[int, int]:
    """Return the attention parameters of a layer, and how many of them every tensor-parallel rank holds whole.

    Grouped heads: h(Hd) + 2h(KV d) + (Hd)h. MLA (DeepSeek-V2, section 2.1): queries h q + q(Hd) through a latent, or
    h(Hd) without one; keys and values h(c + r) + c H((d - r) + v); output (Hv)h. The projections into the latents,
    h q and h(c + r), are not split.
    """
    a = architecture
    hidden, heads = a.hidden_size, a.attention_heads
    if a.kv_lora_rank is None or a.rope_head_dim is None or a.v_head_dim is None:
        return 2 * hidden * heads * a.head_dim + 2 * hidden * a.kv_heads * a.head_dim, 0
    into_latents = hidden * (a.kv_lora_rank + a.rope_head_dim + (a.q_lora_rank or 0))
    queries = (a.q_lora_rank or hidden) * heads * a.head_dim
    keys_and_values = a.kv_lora_rank * heads * (a.head_dim - a.rope_head_dim + a.v_head_dim)
    return into_latents + queries + keys_and_values + heads * a.v_head_dim * hidden, into_latents


def _activation_bytes(architecture: Architecture, tp: int, max_num_seqs: int, max_num_batched_tokens: int) -> float:
    """Return the peak of a step's activations: four hidden states, the gated feed-forward block, the logits."""
    wide = architecture.intermediate_size
    if architecture.experts:
        wide = max(wide, expert_width(architecture) * (architecture.experts_per_token or 1))
    per_token = WIDE_BYTES * (4.0 * architecture.hidden_size + 3.0 * wide / tp)
    return max_num_batched_tokens * per_token + max_num_seqs * architecture.vocab_size * LOGIT_BYTES
