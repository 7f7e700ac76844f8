"""What a model takes of an accelerator's memory: weights, KV cache, and what the engine keeps for itself."""

import functools
from dataclasses import dataclass

from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint

GIB = float(1 << 30)
WIDE_BYTES = 2.0
"""Bytes of a weight or activation at 16 bits."""

LOGIT_BYTES = 4.0
"""vLLM samples from float32 logits."""


@dataclass(frozen=True, slots=True)
class KvBytes:
    """KV cache bytes per token on one GPU: of the layers that see everything, and of the sliding-window layers."""

    full: float
    sliding: float


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How one GPU's memory is spent. All sizes are GiB per GPU.

    `kv_capacity_tokens` counts tokens of sequences as long as the context that was planned for (shorter ones hold
    relatively more of their sliding windows). `shortfall_gib` is what lacks for the weights and one such sequence.
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
    (a tied head counts as zero).
    """

    linear: float
    routers: float
    experts: float
    shared: float
    embedding: float
    head: float


@functools.cache
def split_parameters(architecture: Architecture) -> ParameterSplit:
    """Return where the parameters are: attention h(Hd) + 2h(KV d) + (Hd)h per layer, gated feed-forward 3hI."""
    a = architecture
    hidden, layers, moe = a.hidden_size, a.layers, moe_layers(a)
    attention = 2 * hidden * a.attention_heads * a.head_dim + 2 * hidden * a.kv_heads * a.head_dim
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
    )


def parameter_count(architecture: Architecture) -> float:
    """Return the number of parameters."""
    split = split_parameters(architecture)
    return split.linear + split.routers + split.experts + split.shared + split.embedding + split.head


def active_parameter_count(architecture: Architecture) -> float:
    """Return the number of parameters that one token passes: of the routed experts only the chosen ones."""
    split = split_parameters(architecture)
    return parameter_count(architecture) - split.experts * (1.0 - routed_share(architecture))


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


def kv_bytes_per_token(architecture: Architecture, *, tp: int, kv_bytes: float) -> KvBytes:
    """Return the KV bytes per token on one of `tp` GPUs, at `kv_bytes` per element.

    The heads are shared out; when there are fewer than GPUs, each GPU keeps a copy of one.
    """
    heads = max(1, -(-architecture.kv_heads // tp))
    layer = 2.0 * heads * architecture.head_dim * kv_bytes
    full = full_layers(architecture)
    return KvBytes(full=full * layer, sliding=(architecture.layers - full) * layer)


def memory_plan(
    architecture: Architecture,
    checkpoint: Checkpoint,
    accelerator: Accelerator,
    *,
    tp: int,
    context_tokens: int,
    memory_utilization: float,
    runtime_overhead_gib: float,
    kv_bytes: float = WIDE_BYTES,
    max_num_seqs: int = 256,
    max_num_batched_tokens: int = 8192,
) -> MemoryPlan:
    """Return what is left for the KV cache on each of `tp` GPUs, and whether one sequence of the context fits.

    `runtime_overhead_gib` is the runtime, its graphs and communication buffers; the peak of the activations of a
    full step comes on top. vLLM takes `memory_utilization` of the memory and gives the KV cache what remains.
    """
    weight = weight_bytes(architecture, checkpoint) / tp / GIB
    activations = _activation_bytes(architecture, tp, max_num_seqs, max_num_batched_tokens) / GIB
    overhead = runtime_overhead_gib + activations
    kv = accelerator.memory_gib.value * memory_utilization - weight - overhead
    per_token = kv_bytes_per_token(architecture, tp=tp, kv_bytes=kv_bytes)
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


def _activation_bytes(architecture: Architecture, tp: int, max_num_seqs: int, max_num_batched_tokens: int) -> float:
    """Return the peak of a step's activations: four hidden states, the gated feed-forward block, the logits."""
    wide = architecture.intermediate_size
    if architecture.experts:
        wide = max(wide, expert_width(architecture) * (architecture.experts_per_token or 1))
    per_token = WIDE_BYTES * (4.0 * architecture.hidden_size + 3.0 * wide / tp)
    return max_num_batched_tokens * per_token + max_num_seqs * architecture.vocab_size * LOGIT_BYTES
