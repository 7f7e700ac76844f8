"""The numbers of the serving model for one accelerator and checkpoint, chosen from the serving catalog."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Checkpoint, Coefficient, ServingList

Compute = Literal["bf16", "fp8", "int8", "fp4"]
Kind = Literal["bf16", "fp8", "int8", "fp4", "weight-only"]
"""How a matrix is multiplied: in one of the matrix units' types, or widened to bf16 inside the kernel."""

Metric = Literal["ttft", "itl", "e2e"]

BF16_BITS = 16.0


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the matrix products of one kind reach on one accelerator.

    `flops_per_ms` is sustained by large products, `bytes_per_ms` by grouped ones that read weights for few tokens and
    `dense_bytes_per_ms` by single ones. `tile_tokens` is what a grouped product works on per expert beyond the tokens
    it has: half-empty tiles.
    """

    kind: Kind
    flops_per_ms: float
    bytes_per_ms: float
    dense_bytes_per_ms: float
    tile_tokens: float


@dataclass(frozen=True, slots=True)
class Scalars:
    """The coefficients that hold whatever the type of the weights. Meaning and source stand in the serving catalog."""

    moe_mfu_factor: float
    expert_spread: float
    roofline_sharpness: float
    attention_mfu: float
    hbm_efficiency: float
    activation_passes: float
    expert_passes: float
    kv_read_efficiency: float
    narrow_kv_factor: float
    attention_tile_ns: float
    sequence_us: float
    link_efficiency: float
    allreduce_latency_us: float
    norm_exchange_us: float
    layer_overhead_us: float
    quantise_layer_us: float
    moe_layer_overhead_us: float
    weight_only_layer_us: float
    eager_layer_us: float
    eager_moe_layer_us: float
    piecewise_layer_us: float
    piecewise_moe_layer_us: float
    decode_only_graph_factor: float
    launch_sharpness: float
    prefill_step_us: float
    step_overhead_us: float
    synchronous_step_us: float
    synchronous_sequence_us: float
    frontend_ms: float
    frontend_token_us: float
    stream_us: float
    runtime_overhead_gib: float


SCALARS = tuple(field.name for field in fields(Scalars))


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Every coefficient of the model, resolved for one checkpoint on one accelerator.

    `wide` multiplies what stays at 16 bits, `dense` the quantised matrices that every token passes, `experts` the
    routed experts.
    """

    wide: Kernel
    dense: Kernel
    experts: Kernel
    scalars: Scalars


Lookup = Callable[[str, Kind | None], float]
"""Gives the value of a coefficient by its name, for a kind of product or for any."""


def coefficients(serving: ServingList, checkpoint: Checkpoint, accelerator: Accelerator) -> Coefficients:
    """Return the coefficients that hold for this checkpoint on this accelerator.

    Raises InputError when the catalog lacks one.
    """
    return chosen_by(lambda name, kind: coefficient(serving, name, accelerator, kind), checkpoint, accelerator)


def chosen_by(lookup: Lookup, checkpoint: Checkpoint, accelerator: Accelerator) -> Coefficients:
    """Return the coefficients of this checkpoint on this accelerator, each looked up once."""
    scalars = Scalars(**{name: lookup(name, None) for name in SCALARS})
    kind: Kind = "weight-only" if is_weight_only(checkpoint, accelerator) else compute_type(checkpoint, accelerator)
    narrow = _kernel(lookup, kind, accelerator, block_scaled=checkpoint.block_size is not None)
    wide = _kernel(lookup, "bf16", accelerator, block_scaled=False)
    return Coefficients(
        wide=wide,
        dense=narrow if checkpoint.quantized == "linear" else wide,
        experts=wide if checkpoint.quantized == "none" else narrow,
        scalars=scalars,
    )


def _kernel(lookup: Lookup, kind: Kind, accelerator: Accelerator, *, block_scaled: bool) -> Kernel:
    """Return what one kind of product reaches.

    Weight-only kernels multiply by warp-level instructions (mma.sync), of which newer generations do fewer than of
    their own: `warp_mma_share`. FP8 with a scale per block rescales inside of the product: `block_scale_factor`.
    """
    compute: Compute = "bf16" if kind == "weight-only" else kind
    mfu = lookup("gemm_mfu", kind)
    if kind == "weight-only":
        mfu *= lookup("warp_mma_share", None)
    if kind == "fp8" and block_scaled:
        mfu *= lookup("block_scale_factor", None)
    read = accelerator.bandwidth_gb_s.value * 1e6 * lookup("hbm_efficiency", None)
    return Kernel(
        kind=kind,
        flops_per_ms=peak_flops_per_ms(accelerator, compute) * mfu,
        bytes_per_ms=read,
        dense_bytes_per_ms=read * lookup("dense_read_factor", kind),
        tile_tokens=lookup("expert_tile_tokens", kind),
    )


def coefficient(serving: ServingList, name: str, accelerator: Accelerator, kind: Kind | None = None) -> float:
    """Return the most specific value of a coefficient that holds here.

    More narrowings win; among equals generation beats link, link beats compute, and the first in the file the rest.
    """
    found = holding(serving, name, accelerator, kind)
    if not found:
        message = f'coefficient "{name}" has no value for {accelerator.generation}, {accelerator.link}, {kind or "any"}'
        raise input_error("serving catalog", message, "add one without generation, link and compute as the default")
    return serving.coefficients[found[0]].value


def holding(serving: ServingList, name: str, accelerator: Accelerator, kind: Kind | None = None) -> list[int]:
    """Return the places of a coefficient's values that hold here, the one that counts first."""
    held = [i for i, c in enumerate(serving.coefficients) if c.name == name and _holds(c, accelerator, kind)]
    return sorted(held, key=lambda place: _specificity(serving.coefficients[place]), reverse=True)


def interval_width(serving: ServingList, metric: Metric, generation: str | None) -> float:
    """Return the relative half-width of the 90 % interval of a metric: the generation's own, else the general one.

    Without a generation it is the general one: that of what was never measured.
    """
    for wanted in (generation, None):
        for interval in serving.intervals:
            if interval.metric == metric and interval.generation == wanted:
                return interval.width
    raise input_error("serving catalog", f'no interval of "{metric}" holds for {generation}', "add a general one")


def compute_type(checkpoint: Checkpoint, accelerator: Accelerator) -> Compute:
    """Return the type in which the checkpoint's quantised matrices are multiplied.

    Without a peak for it, weight-only kernels widen the weights and run on the bf16 units (Marlin in vLLM).
    """
    return checkpoint.compute if _peak(accelerator, checkpoint.compute) is not None else "bf16"


def is_weight_only(checkpoint: Checkpoint, accelerator: Accelerator) -> bool:
    """Tell whether narrow weights are widened to bf16 inside the kernel."""
    narrow = checkpoint.quantized != "none" and checkpoint.bits_per_weight < BF16_BITS
    return narrow and compute_type(checkpoint, accelerator) == "bf16"


def peak_flops_per_ms(accelerator: Accelerator, compute: Compute) -> float:
    """Return the dense peak of the accelerator in floating point operations per millisecond."""
    peak = _peak(accelerator, compute)
    return (accelerator.bf16_tflops.value if peak is None else peak) * 1e9


def _peak(accelerator: Accelerator, compute: Compute) -> float | None:
    facts = {
        "bf16": accelerator.bf16_tflops,
        "fp8": accelerator.fp8_tflops,
        "int8": accelerator.int8_tops,
        "fp4": accelerator.fp4_tflops,
    }
    fact = facts[compute]
    return None if fact is None else fact.value


def _holds(coefficient: Coefficient, accelerator: Accelerator, kind: Kind | None) -> bool:
    return (
        coefficient.generation in (None, accelerator.generation)
        and coefficient.link in (None, accelerator.link)
        and coefficient.compute in (None, kind)
    )


def _specificity(coefficient: Coefficient) -> tuple[int, bool, bool, bool]:
    narrowed = (
        coefficient.generation is not None,
        coefficient.link is not None,
        coefficient.compute is not None,
    )
    return (sum(narrowed), *narrowed)
