"""What no server can beat: times and rates of a configuration at the full peak and bandwidth of its accelerators."""

from dataclasses import dataclass

from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint
from neuralnav.serving.coefficients import compute_type, peak_flops_per_ms
from neuralnav.serving.memory import (
    WIDE_BYTES,
    full_layers,
    kv_bytes_per_token,
    memory_plan,
    routed_share,
    split_parameters,
)
from neuralnav.serving.settings import KV_ELEMENT_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one configuration and shape. Where the truth is between two, the one that refuses less is taken.

    `weights_ms`: one read of the weights that a single token needs. `prefill_ms`: the FLOPs of one prompt, no token
    of it cached. `request_ms`: the FLOPs of a prompt and its answer. `kv_ms`: the read of a sequence's KV for one
    token, at mid-life. `kv_tokens`: the KV cache in tokens, with nothing but the weights beside it.
    """

    weights_ms: float
    prefill_ms: float
    request_ms: float
    kv_ms: float
    kv_tokens: float


def limits_of(
    catalog: Catalog, *, model: str, precision: str, accelerator: str, tp: int, pp: int, kv_dtype: str | None,
    memory_utilization: float | None, prompt_tokens: int, output_tokens: int,
) -> Limits | None:  # fmt: skip
    """Return the bounds, or None for a configuration that the catalog does not hold."""
    entry, machine = catalog.models.get(model), catalog.accelerators.get(accelerator)
    if entry is None or machine is None:
        return None
    checkpoint = next((item for item in entry.checkpoints if item.precision == precision), None)
    if checkpoint is None:
        return None
    a = entry.architecture
    bytes_per_ms = machine.bandwidth_gb_s.value * 1e6
    flops_per_ms = _flops_per_ms(checkpoint, machine) * tp * pp
    prefill, decode = _prompt_flops(a, prompt_tokens), output_tokens * 2.0 * (_active(a) + _head(a))
    kv_bytes = KV_ELEMENT_BYTES.get(kv_dtype or "auto", 1.0)
    kv = kv_bytes_per_token(a, tp=tp, pp=pp, kv_bytes=kv_bytes)
    middle = prompt_tokens + output_tokens / 2.0
    seen = kv.full * middle + kv.sliding * min(middle, a.sliding_window or middle)
    return Limits(
        weights_ms=_weight_bytes(a, checkpoint, tp) / bytes_per_ms,
        prefill_ms=prefill / flops_per_ms,
        request_ms=(prefill + decode) / flops_per_ms,
        kv_ms=seen / bytes_per_ms,
        kv_tokens=_kv_tokens(a, checkpoint, machine, tp=tp, pp=pp, kv_bytes=kv_bytes, share=memory_utilization or 1.0,
                             context_tokens=prompt_tokens + output_tokens),
    )  # fmt: skip


def _flops_per_ms(checkpoint: Checkpoint, machine: Accelerator) -> float:
    """Return the higher of the peaks that a checkpoint's matrices run at: some stay at 16 bits."""
    narrow = peak_flops_per_ms(machine, compute_type(checkpoint, machine))
    return max(narrow, peak_flops_per_ms(machine, "bf16"))


def _active(a: Architecture) -> float:
    """Return the parameters that one token is multiplied with, beside the vocabulary matrices."""
    split = split_parameters(a)
    return split.linear + split.routers + split.shared + split.experts * routed_share(a)


def _head(a: Architecture) -> float:
    return float(a.vocab_size * a.hidden_size)


def _prompt_flops(a: Architecture, prompt_tokens: int) -> float:
    """Return 2 FLOPs per parameter and token, and those of causal attention in the layers that see everything."""
    pairs = prompt_tokens * prompt_tokens / 2.0
    attention = full_layers(a) * 2.0 * a.attention_heads * (a.head_dim + (a.v_head_dim or a.head_dim))
    return 2.0 * _active(a) * prompt_tokens + attention * pairs + 2.0 * _head(a)


def _weight_bytes(a: Architecture, checkpoint: Checkpoint, tp: int) -> float:
    """Return the bytes that a GPU of `tp` reads for one token through all layers: of the experts the chosen ones."""
    split, narrow = split_parameters(a), checkpoint.bits_per_weight / 8.0
    linear = narrow if checkpoint.quantized == "linear" else WIDE_BYTES
    experts = WIDE_BYTES if checkpoint.quantized == "none" else narrow
    shared_out = (split.linear - split.replicated) * linear + _head(a) * WIDE_BYTES
    shared_out += (split.shared + split.experts * routed_share(a)) * experts
    return shared_out / tp + split.replicated * linear


def _kv_tokens(
    a: Architecture, checkpoint: Checkpoint, machine: Accelerator, *, tp: int, pp: int, kv_bytes: float, share: float,
    context_tokens: int,
) -> float:  # fmt: skip
    plan = memory_plan(
        a, checkpoint, machine, tp=tp, pp=pp, context_tokens=context_tokens, memory_utilization=share,
        runtime_overhead_gib=0.0, kv_bytes=kv_bytes, max_num_seqs=1, max_num_batched_tokens=1,
    )  # fmt: skip
    return float(plan.kv_capacity_tokens)
