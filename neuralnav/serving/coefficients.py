"""The numbers of the serving model for one accelerator and checkpoint, chosen from the serving catalog."""

from dataclasses import dataclass, fields
from typing import Literal

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Checkpoint, Coefficient, ServingList

Compute = Literal["bf16", "fp8", "int8", "fp4"]
Metric = Literal["ttft", "itl", "e2e"]

BF16_BITS = 16.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Every coefficient of the model, resolved. Each field's meaning and source stand in `catalogs/serving.yaml`.

    `gemm_mfu` is that of the checkpoint's compute type on the accelerator; `bf16_mfu` serves matrices that stay at
    16 bits. Shares are of the accelerator's own peak, bandwidth or link.
    """

    gemm_mfu: float
    bf16_mfu: float
    weight_only_factor: float
    moe_mfu_factor: float
    attention_mfu: float
    hbm_efficiency: float
    kv_read_efficiency: float
    expert_spread: float
    link_efficiency: float
    allreduce_latency_us: float
    layer_overhead_us: float
    moe_layer_overhead_us: float
    prefill_layer_overhead_us: float
    prefill_moe_layer_overhead_us: float
    prefill_ramp_tokens: float
    step_overhead_us: float
    frontend_ms: float
    runtime_overhead_gib: float


def coefficients(serving: ServingList, checkpoint: Checkpoint, accelerator: Accelerator) -> Coefficients:
    """Return the coefficients that hold for this checkpoint on this accelerator.

    Raises InputError when the catalog lacks one.
    """
    compute = compute_type(checkpoint, accelerator)
    values = {
        field.name: coefficient(serving, field.name, accelerator, compute)
        for field in fields(Coefficients)
        if field.name != "bf16_mfu"
    }
    return Coefficients(bf16_mfu=coefficient(serving, "gemm_mfu", accelerator, "bf16"), **values)


def coefficient(serving: ServingList, name: str, accelerator: Accelerator, compute: Compute) -> float:
    """Return the most specific value of a coefficient that holds here.

    More narrowings win; among equals generation beats link, link beats compute, and the first in the file the rest.
    """
    found = [c for c in serving.coefficients if c.name == name and _holds(c, accelerator, compute)]
    if not found:
        message = f'coefficient "{name}" has no value for {accelerator.generation}, {accelerator.link}, {compute}'
        raise input_error("serving catalog", message, "add one without generation, link and compute as the default")
    return max(found, key=_specificity).value


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


def _holds(coefficient: Coefficient, accelerator: Accelerator, compute: Compute) -> bool:
    return (
        coefficient.generation in (None, accelerator.generation)
        and coefficient.link in (None, accelerator.link)
        and coefficient.compute in (None, compute)
    )


def _specificity(coefficient: Coefficient) -> tuple[int, bool, bool, bool]:
    narrowed = (
        coefficient.generation is not None,
        coefficient.link is not None,
        coefficient.compute is not None,
    )
    return (sum(narrowed), *narrowed)
