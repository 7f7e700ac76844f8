"""Which coefficients of the serving model are free in a fit, and how far they may go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log

from neuralnav.model.catalog import Coefficient, ServingList


@dataclass(frozen=True, slots=True)
class Free:
    """A coefficient that a fit may move, by name and narrowing: where it starts, and the physical bounds.

    Fits work in logarithms; `start` also pulls, weakly (see `PULL`), so that what no run shows stays where it was put.
    """

    name: str
    start: float
    low: float
    high: float
    compute: str | None = None
    generation: str | None = None


FREE = (
    Free("gemm_mfu", 0.65, 0.4, 0.85, compute="bf16"),
    Free("gemm_mfu", 0.5, 0.25, 0.9, compute="fp8"),
    Free("gemm_mfu", 0.45, 0.15, 0.9, compute="fp4"),
    Free("gemm_mfu", 0.8, 0.2, 1.2, compute="weight-only"),
    Free("block_scale_factor", 0.8, 0.4, 1.0),
    Free("moe_mfu_factor", 0.6, 0.1, 1.0),
    Free("expert_tile_tokens", 16.0, 1.0, 128.0),
    Free("expert_tile_tokens", 16.0, 1.0, 128.0, compute="fp4"),
    Free("expert_tile_tokens", 12.0, 1.0, 64.0, compute="weight-only"),
    Free("expert_spread", 0.9, 0.3, 1.0),
    Free("expert_passes", 3.0, 0.2, 20.0),
    Free("activation_passes", 6.0, 0.5, 30.0),
    Free("roofline_sharpness", 4.0, 1.0, 6.0),
    Free("attention_mfu", 0.45, 0.15, 0.8),
    Free("hbm_efficiency", 0.85, 0.5, 0.95),
    Free("dense_read_factor", 0.88, 0.75, 1.0, compute="bf16"),
    Free("dense_read_factor", 0.85, 0.5, 1.0, compute="fp8"),
    Free("dense_read_factor", 0.7, 0.4, 1.0, compute="fp4"),
    Free("kv_read_efficiency", 0.75, 0.3, 0.95),
    Free("narrow_kv_factor", 0.9, 0.3, 1.2),
    Free("attention_tile_ns", 60.0, 2.0, 400.0),
    Free("sequence_us", 3.0, 0.1, 60.0),
    Free("link_efficiency", 0.7, 0.2, 0.95, generation="hopper"),
    Free("link_efficiency", 0.5, 0.2, 0.95, generation="blackwell"),
    Free("allreduce_latency_us", 5.0, 0.5, 40.0),
    Free("norm_exchange_us", 3.0, 0.2, 60.0),
    Free("layer_overhead_us", 25.0, 1.0, 80.0),
    Free("quantise_layer_us", 10.0, 0.5, 60.0),
    Free("moe_layer_overhead_us", 25.0, 1.0, 120.0),
    Free("weight_only_layer_us", 30.0, 1.0, 150.0),
    Free("eager_layer_us", 250.0, 20.0, 1500.0),
    Free("eager_moe_layer_us", 400.0, 10.0, 2500.0),
    Free("piecewise_layer_us", 60.0, 5.0, 600.0),
    Free("piecewise_moe_layer_us", 60.0, 5.0, 1000.0),
    Free("decode_only_graph_factor", 1.5, 0.5, 4.0),
    Free("launch_sharpness", 3.0, 1.0, 12.0),
    Free("prefill_step_us", 300.0, 10.0, 20000.0),
    Free("step_overhead_us", 300.0, 10.0, 3000.0),
    Free("synchronous_step_us", 2000.0, 50.0, 4000.0),
    Free("frontend_ms", 5.0, 0.5, 40.0),
    Free("frontend_token_us", 1.0, 0.1, 6.0),
    Free("stream_us", 100.0, 5.0, 600.0),
)

PULL = 0.15
"""The weight of the pull to the start: a factor e away counts like a residual of 0.15 of one run."""


def places(serving: ServingList, free: Sequence[Free] = FREE) -> tuple[int, ...]:
    """Return the place of each free coefficient in the serving catalog. Raises ValueError where one is missing."""
    return tuple(_place(serving, item) for item in free)


def _place(serving: ServingList, item: Free) -> int:
    for index, coefficient in enumerate(serving.coefficients):
        if _is(coefficient, item):
            return index
    raise ValueError(f"the serving catalog has no {item.name} for {item.compute or item.generation or 'everything'}")


def _is(coefficient: Coefficient, item: Free) -> bool:
    """Tell whether a coefficient is the one that is free; of links only NVLink was measured."""
    links = ("nvlink",) if item.name in ("link_efficiency", "allreduce_latency_us") else (None,)
    same = (coefficient.name, coefficient.compute, coefficient.generation) == (item.name, item.compute, item.generation)
    return same and coefficient.link in links


def with_values(serving: ServingList, logs: Sequence[float], free: Sequence[Free] = FREE) -> ServingList:
    """Return the serving catalog with the free coefficients at e to the `logs`, kept to four significant digits."""
    changed = list(serving.coefficients)
    for place, value in zip(places(serving, free), logs, strict=True):
        changed[place] = changed[place].model_copy(update={"value": float(f"{exp(value):.4g}")})
    return serving.model_copy(update={"coefficients": tuple(changed)})


def current(serving: ServingList, free: Sequence[Free] = FREE) -> list[float]:
    """Return the logarithms of the free coefficients as they stand, within their bounds."""
    values = (serving.coefficients[place].value for place in places(serving, free))
    return [log(min(max(value, item.low), item.high)) for value, item in zip(values, free, strict=True)]


def starts(free: Sequence[Free] = FREE) -> Iterator[float]:
    """Yield the logarithms of the starting points."""
    return (log(item.start) for item in free)
