"""(ResolvedSpec, layout, load curves) -> Candidates: capacity, replicas, cost, SLO slack and a verdict per rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.candidates.quality import of_checkpoint, reached
from neuralnav.model.catalog import Catalog, Price
from neuralnav.model.plan import Candidates, Floats, LoadCurves, ResolvedSpec
from neuralnav.model.quantity import HOURS_PER_MONTH
from neuralnav.model.tables import METRICS, MS_DIGITS
from neuralnav.serving.configurations import Configuration, configurations, plan_memory, possible
from neuralnav.serving.memory import GIB, WIDE_BYTES, kv_bytes_per_token
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings

Bools = npt.NDArray[np.bool_]

RULES = (
    "constraint.models", "constraint.families", "constraint.licenses", "constraint.accelerators",
    "constraint.precisions", "constraint.context", "constraint.reasoning", "memory", "deploy.target", "price",
    "evidence", "slo.ttft", "slo.itl", "slo.e2e", "size", "deploy.maxReplicas", "constraint.gpus", "constraint.budget",
)  # fmt: skip
"""The rules in the order in which a refusal is reported: the first that refuses a candidate is its reason."""

SCOPE_RULES = RULES[: RULES.index("constraint.context")]
"""The rules that only name things. What they shut out is no part of a plan: it is not counted, and cannot drift."""

STABLE_SHARE = 0.9
"""A load is carried while the achieved rate keeps up with the offered one to this share. Sweeps end at 1.25 times
saturation, where at most 0.8 is achieved; below saturation the noise of 1,000 requests stays above 0.92."""

MOST_REPLICAS = 1_000_000
"""More replicas than this are no plan."""


def lay_out(catalog: Catalog, settings: SweepSettings = DEFAULT_SETTINGS) -> pa.Table:
    """Return every configuration of the catalog with the facts that no workload changes, in the order of its id.

    Beside the configurations that are swept stand those whose weights do not fit, so that a refusal can name them.
    """
    swept = configurations(catalog, settings=settings)
    rows = [_facts(configuration, catalog, settings) for configuration in (*swept, *_too_small(catalog, swept))]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])))


def admitted(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table) -> Mapping[str, Bools]:
    """Return the verdicts of the rules that need no evidence, one boolean per row of the layout."""
    price = _prices(spec, catalog, layout)
    allowed = spec.allowed
    return {
        "constraint.models": _in(layout, "model", allowed.models),
        "constraint.families": _in(layout, "family", allowed.families),
        "constraint.licenses": _in(layout, "license", allowed.licenses),
        "constraint.accelerators": _in(layout, "accelerator", allowed.accelerators),
        "constraint.precisions": _in(layout, "precision", allowed.precisions),
        "constraint.context": layout["model_context_tokens"].to_numpy() >= spec.context_tokens,
        "constraint.reasoning": ~layout["always_reasons"].to_numpy(zero_copy_only=False) | spec.reasoning,
        "memory": _sequence_gib(layout, spec.context_tokens) <= layout["kv_gib"].to_numpy(),
        "deploy.target": (layout["pp"].to_numpy() == 1) | spec.spans_nodes,
        "price": ~np.isnan(price),
    }


def weigh(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, curves: LoadCurves) -> Candidates:
    """Return every candidate of the layout with its numbers and verdicts.

    Capacity is the highest rate at which one replica meets every SLO, read from the whole load curve: interpolated
    between points, never beyond them. `safe` reads the upper end of the 90 % interval in place of the value.
    """
    rows, has_curve = _join(layout, curves)
    offered = np.where(has_curve[:, None], curves.offered_rps[rows], np.nan)
    p95 = {metric: np.where(has_curve[:, None], curves.p95_ms[metric][rows], np.nan) for metric in METRICS}
    width = {metric: _widths(curves.interval[metric][rows], metric, catalog) for metric in METRICS}
    planned = {metric: _planned(p95[metric], width[metric], spec.confidence) for metric in METRICS}
    capacity, at_least, binding = _capacity(offered, planned, _stable(offered, curves.achieved_rps[rows]), spec.slo_ms)
    sizing = _sizing(spec, catalog, layout, has_curve, capacity)
    found = {**admitted(spec, catalog, layout), **_judged(spec, planned, has_curve, sizing)}
    verdicts = {rule: found[rule] for rule in RULES}
    mean = curves.e2e_mean_ms[rows]
    e2e_ms = np.where(np.isnan(mean), p95["e2e"], mean)
    columns: dict[str, Sequence[object] | npt.NDArray[np.generic]] = {
        "price_usd_per_hour": sizing.price,
        "capacity_rps": np.where(sizing.sized, np.round(capacity, 4), 0.0),
        "capacity_at_least": at_least,
        "binding": binding,
        "replicas_planned": sizing.total,
        "replicas_min": _size(sizing.sized, spec.peak_rps, capacity) + spec.spare_replicas,
        "gpus": sizing.gpus,
        "cost_usd_per_month": sizing.cost,
        "target_concurrency": np.maximum(np.round(_in_flight(offered, e2e_ms, capacity / spec.headroom), 1), 0.1),
        **_memory(spec, layout, _in_flight(offered, e2e_ms, sizing.rate)),
        **_latencies(spec, offered, p95, width, planned, sizing.rate),
        **_quality(spec, catalog, layout),
        "source": _take(curves.source, rows, has_curve),
        "evidence_id": _take(curves.evidence_id, rows, has_curve),
        "engine_version": _take(curves.engine_version, rows, has_curve),
        **_corrections(curves, rows, has_curve),
    }
    table = layout
    for name, column in columns.items():
        table = table.append_column(name, pa.array(column, from_pandas=True))
    feasible = np.logical_and.reduce(list(verdicts.values())) & sizing.sized
    return Candidates(table, verdicts, feasible, np.logical_and.reduce([verdicts[rule] for rule in SCOPE_RULES]))


@dataclass(frozen=True, slots=True)
class _Sizing:
    """How many replicas each row needs, and what they cost. `rate` is the load of one replica at the peak."""

    sized: Bools
    total: npt.NDArray[np.int64]
    gpus: npt.NDArray[np.int64]
    price: Floats
    cost: Floats
    rate: Floats


def _sizing(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, has_curve: Bools, capacity: Floats) -> _Sizing:
    sized = has_curve & (capacity > 0)
    replicas = _size(sized, spec.headroom * spec.peak_rps, capacity)
    total = replicas + spec.spare_replicas
    gpus = total * layout["gpus_per_replica"].to_numpy()
    price = _prices(spec, catalog, layout)
    rate = np.where(sized, spec.peak_rps / np.maximum(replicas, 1), 0.0)
    return _Sizing(sized, total, gpus, price, np.round(price * gpus * HOURS_PER_MONTH, 2), rate)


def _judged(spec: ResolvedSpec, planned: Mapping[str, Floats], has_curve: Bools, sizing: _Sizing) -> dict[str, Bools]:
    """Return the verdicts of the rules that need evidence. What has no size yet is not refused for its size."""
    slos = {f"slo.{metric}": has_curve & (planned[metric][:, 0] <= spec.slo_ms[metric]) for metric in METRICS}
    countable = sizing.total <= MOST_REPLICAS
    most = spec.deploy.max_replicas or MOST_REPLICAS
    return {
        "evidence": has_curve,
        **slos,
        "size": countable | ~sizing.sized,
        "deploy.maxReplicas": (sizing.total <= most) | ~countable | ~sizing.sized,
        "constraint.gpus": (sizing.gpus <= spec.max_gpus) | ~sizing.sized,
        "constraint.budget": ~(sizing.cost > spec.budget_usd_per_month) | ~sizing.sized,
    }


def _widths(width: Floats, metric: str, catalog: Catalog) -> Floats:
    """Return the half-widths of the intervals; where none is known, the widest that the serving catalog states."""
    widest = max((item.width for item in catalog.serving.intervals if item.metric == metric), default=0.0)
    return np.where(np.isnan(width), widest, width)


def _planned(p95: Floats, width: Floats, confidence: str) -> Floats:
    """Return the p95 that planning uses, rising along each curve: noise must not let a heavier load look lighter."""
    upper = p95 * (1 + width[:, None]) if confidence == "safe" else p95
    filled = np.where(np.isnan(upper), -np.inf, np.round(upper, MS_DIGITS))
    return np.where(np.isnan(upper), np.nan, np.maximum.accumulate(filled, axis=1))


def _stable(offered: Floats, achieved: Floats) -> Bools:
    """Tell which points are carried; one that falls short by chance counts when a heavier one is carried again."""
    kept = achieved >= STABLE_SHARE * offered
    return np.logical_or.accumulate(kept[:, ::-1], axis=1)[:, ::-1]


def _capacity(
    offered: Floats, planned: Mapping[str, Floats], stable: Bools, slo_ms: Mapping[str, float]
) -> tuple[Floats, Bools, pa.Array]:
    """Return (capacity_rps, whether the sweep's top still meets everything, what binds) for each row."""
    count = len(offered)
    limits = [_crossing(offered, planned[metric], slo_ms[metric]) for metric in METRICS]
    exists = ~np.isnan(offered)
    top = np.where(exists, offered, -np.inf).max(axis=1, initial=0.0)
    unstable = exists & ~stable
    first = np.where(unstable.any(axis=1), unstable.argmax(axis=1), offered.shape[1])
    before = np.take_along_axis(offered, np.clip(first - 1, 0, None)[:, None], axis=1)[:, 0]
    limits.append(np.where(first == 0, 0.0, np.where(unstable.any(axis=1), before, np.inf)))
    stacked = np.stack(limits)
    which = stacked.argmin(axis=0)
    lowest = stacked[which, np.arange(count)]
    at_least = np.isinf(lowest)
    names = pa.array((*METRICS, "throughput", "none"))
    binding = names.take(pa.array(np.where(at_least, len(names) - 1, which)))
    return np.where(at_least, top, lowest), at_least, binding


def _crossing(offered: Floats, values: Floats, limit: float) -> Floats:
    """Return the rate at which each rising curve meets `limit`: 0 when its first point is over, inf when none is."""
    over = values > limit
    any_over = over.any(axis=1)
    index = np.where(any_over, over.argmax(axis=1), 1)
    before = np.clip(index - 1, 0, None)[:, None]
    after = np.clip(index, 0, offered.shape[1] - 1)[:, None]
    x0, x1 = (np.take_along_axis(offered, at, axis=1)[:, 0] for at in (before, after))
    y0, y1 = (np.take_along_axis(values, at, axis=1)[:, 0] for at in (before, after))
    with np.errstate(invalid="ignore", divide="ignore"):
        between = x0 + (x1 - x0) * (limit - y0) / (y1 - y0)
    return np.where(~any_over, np.inf, np.where(index == 0, 0.0, between))


def _at(offered: Floats, values: Floats, rate: Floats) -> Floats:
    """Return each curve at one rate, linear between its points and level outside them."""
    points = np.maximum((~np.isnan(offered)).sum(axis=1), 1)
    index = np.clip((offered <= rate[:, None]).sum(axis=1), 1, np.maximum(points - 1, 1))
    low, high = (index - 1)[:, None], np.minimum(index, points - 1)[:, None]
    x0, x1 = (np.take_along_axis(offered, at, axis=1)[:, 0] for at in (low, high))
    y0, y1 = (np.take_along_axis(values, at, axis=1)[:, 0] for at in (low, high))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(np.where(x1 > x0, (rate - x0) / (x1 - x0), 0.0), 0.0, 1.0)
    return np.asarray(y0 + (y1 - y0) * share)


def _in_flight(offered: Floats, e2e_ms: Floats, rate: Floats) -> Floats:
    return np.asarray(rate * _at(offered, e2e_ms, rate) / 1000)  # Little's law


def _latencies(
    spec: ResolvedSpec,
    offered: Floats,
    p95: Mapping[str, Floats],
    width: Mapping[str, Floats],
    planned: Mapping[str, Floats],
    rate: Floats,
) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for metric in METRICS:
        likely = planned[metric] if spec.confidence == "likely" else _planned(p95[metric], width[metric], "likely")
        value = _at(offered, likely, rate)
        spread = 1 + width[metric]
        found[f"{metric}_p95_ms"] = np.round(value, 1)
        found[f"{metric}_low_ms"] = np.round(value / spread, 1)
        found[f"{metric}_high_ms"] = np.round(value * spread, 1)
        found[f"{metric}_least_ms"] = np.round(planned[metric][:, 0], 1)
        found[f"{metric}_width"] = width[metric]
        found[f"{metric}_slack"] = np.round(1 - found[f"{metric}_p95_ms"] / spec.slo_ms[metric], 4)
    return found


def _quality(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table) -> dict[str, Floats]:
    models, model = _words(layout, "model")
    precisions, precision = _words(layout, "precision")
    pairs, inverse = np.unique(model * len(precisions) + precision, return_inverse=True)
    found = {name: reached(catalog.models[name], spec.quality_weights, catalog) for name in models}
    named = [(models[pair // len(precisions)], precisions[pair % len(precisions)]) for pair in pairs.tolist()]
    scored = [of_checkpoint(found[name], catalog.models[name], kind, catalog) for name, kind in named]
    columns = np.array(scored, dtype=np.float64).reshape(-1, 4)[inverse.ravel()]
    names = ("quality", "quality_low", "quality_high", "quality_coverage")
    return {name: columns[:, index] for index, name in enumerate(names)}


def _prices(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table) -> Floats:
    """Return the hourly price of one accelerator of each row; NaN where none is known."""
    names, which = _words(layout, "accelerator")
    found = [price_of(catalog.accelerators[name].prices, spec.provider, spec.price_kind) for name in names]
    return np.array(found, dtype=np.float64)[which]


def prices_of(spec: ResolvedSpec, catalog: Catalog, accelerators: Iterable[str]) -> dict[str, float | None]:
    """Return the hourly price of each of these accelerators, by id; None where it is unknown."""
    names = sorted(accelerators)
    found = {name: price_of(catalog.accelerators[name].prices, spec.provider, spec.price_kind) for name in names}
    return {name: None if np.isnan(price) else price for name, price in found.items()}


def price_of(prices: Sequence[Price], provider: str, kind: str) -> float:
    """Return the newest price of a provider and kind, or NaN."""
    best = (date.min, float("nan"))
    for price in prices:
        if price.provider == provider and price.kind == kind and price.recorded >= best[0]:
            best = (price.recorded, price.hourly_usd)
    return best[1]


def _size(sized: Bools, demand_rps: float, capacity: Floats) -> npt.NDArray[np.int64]:
    needed = np.ceil(demand_rps / np.where(sized, capacity, 1.0) - 1e-9)
    return np.where(sized, np.clip(needed, 1, 2 * MOST_REPLICAS), 0).astype(np.int64)


def _facts(configuration: Configuration, catalog: Catalog, settings: SweepSettings) -> dict[str, object]:
    model, accelerator = catalog.models[configuration.model], configuration.accelerator
    plan = plan_memory(configuration, 1, catalog.serving, settings)
    kv = kv_bytes_per_token(model.architecture, tp=configuration.tp, pp=configuration.pp, kv_bytes=WIDE_BYTES)
    return {
        "id": configuration.id,
        "model": model.id,
        "model_name": model.name,
        "family": model.family,
        "license": model.license.value,
        "model_context_tokens": model.context_tokens.value,
        "always_reasons": model.always_reasons is not None and model.always_reasons.value,
        "precision": configuration.checkpoint.precision,
        "repo": configuration.checkpoint.repo,
        "accelerator": accelerator.id,
        "accelerator_name": accelerator.name,
        "tp": configuration.tp,
        "pp": configuration.pp,
        "gpus_per_replica": configuration.tp * configuration.pp,
        "memory_gib": accelerator.memory_gib.value,
        "weight_gib": plan.weight_gib,
        "kv_gib": accelerator.memory_gib.value * settings.memory_utilization - plan.weight_gib - plan.overhead_gib,
        "kv_full_bytes": kv.full,
        "kv_window_bytes": kv.sliding,
        "window_tokens": model.architecture.sliding_window or 0,
        "kv_dtype": settings.kv_dtype,
        "max_num_seqs": settings.max_num_seqs,
        "max_num_batched_tokens": settings.max_num_batched_tokens,
        "memory_utilization": settings.memory_utilization,
    }


def _too_small(catalog: Catalog, swept: Sequence[Configuration]) -> list[Configuration]:
    """Return the configurations with too little memory: all below the smallest that fits, or the largest of all."""
    smallest: dict[tuple[str, str, str], int] = {}
    for item in swept:
        smallest[_kind(item)] = min(item.tp, smallest.get(_kind(item), item.tp))
    every = possible(catalog)
    largest = {_kind(item): item for item in sorted(every, key=lambda item: (item.pp, item.tp))}
    return [
        item
        for item in every
        if (item.tp < smallest[_kind(item)] if _kind(item) in smallest else item is largest[_kind(item)])
    ]


def _kind(item: Configuration) -> tuple[str, str, str]:
    return item.model, item.checkpoint.precision, item.accelerator.id


def _sequence_gib(layout: pa.Table, tokens: int) -> Floats:
    """Return the KV cache of one sequence on one GPU of each row, in GiB."""
    windowed = np.minimum(layout["window_tokens"].to_numpy(), tokens)
    full, window = layout["kv_full_bytes"].to_numpy(), layout["kv_window_bytes"].to_numpy()
    return np.asarray((full * tokens + window * windowed) / GIB)


def _memory(spec: ResolvedSpec, layout: pa.Table, concurrency: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Return the KV cache of one replica: what it holds, what lacks for the context, what the peak uses of it."""
    kv_gib = layout["kv_gib"].to_numpy()
    context = _sequence_gib(layout, spec.context_tokens)
    tokens = spec.prompt_tokens + spec.output_tokens
    capacity = np.floor(np.maximum(kv_gib, 0.0) / _sequence_gib(layout, tokens) * tokens).astype(np.int64)
    in_use = concurrency * (spec.prompt_tokens + spec.output_tokens / 2)
    return {
        "kv_capacity_tokens": capacity,
        "memory_shortfall_gib": np.round(np.maximum(context - kv_gib, 0.0), 2),
        "kv_cache_use": np.round(in_use / np.maximum(capacity, 1), 3),
    }


def _in(layout: pa.Table, column: str, allowed: frozenset[str]) -> Bools:
    names, which = _words(layout, column)
    return np.array([name in allowed for name in names], dtype=np.bool_)[which]


def _words(layout: pa.Table, column: str) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Return the distinct texts of a column, and for each row which of them it holds."""
    encoded = layout[column].combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.intp)


def _join(layout: pa.Table, curves: LoadCurves) -> tuple[npt.NDArray[np.intp], Bools]:
    """Return the curve's row of each candidate (0 where there is none) and whether there is one."""
    found = pc.index_in(layout["id"], value_set=pa.array(curves.ids, pa.string()))
    rows = pc.fill_null(found, -1).to_numpy().astype(np.intp)
    return np.maximum(rows, 0), rows >= 0


def _corrections(curves: LoadCurves, rows: npt.NDArray[np.intp], present: Bools) -> dict[str, npt.NDArray[np.generic]]:
    """Return how many measured runs corrected the curve of each row, and what they multiplied each metric by."""
    runs = np.array(curves.measured_runs or (0,) * len(curves.offered_rps), dtype=np.int64)
    ones = np.ones(len(curves.offered_rps))
    factors = {m: np.where(present, curves.factor.get(m, ones)[rows], 1.0) for m in METRICS}
    counted = np.where(present, runs[rows], 0)
    return {"measured_runs": counted, **{f"{metric}_factor": values for metric, values in factors.items()}}


def _take(values: Sequence[str], rows: npt.NDArray[np.intp], present: Bools) -> pa.Array:
    """Return the value of each row, and nothing where there is none."""
    return pa.array((*values, ""), pa.string()).take(pa.array(np.where(present, rows, len(values))))
