"""(ResolvedSpec, layout, load curves) -> Candidates: capacity, replicas, cost, SLO slack and a verdict per rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from neuralnav.candidates.beside import Beside, Bools, Rows, Told, lay_beside, planned_p95, words_of
from neuralnav.candidates.quality import of_checkpoint, reached
from neuralnav.model.catalog import Catalog, Price
from neuralnav.model.plan import Candidates, Floats, LoadCurves
from neuralnav.model.quantity import HOURS_PER_MONTH
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.tables import METRICS
from neuralnav.serving.configurations import Configuration, configurations, plan_memory, possible
from neuralnav.serving.memory import GIB, WIDE_BYTES, kv_bytes_per_token
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings

RULES = (
    "constraint.models", "constraint.families", "constraint.licenses", "constraint.accelerators",
    "constraint.precisions", "constraint.context", "constraint.reasoning", "memory", "deploy.target", "price",
    "evidence", "slo.ttft", "slo.itl", "slo.e2e", "size", "deploy.maxReplicas", "constraint.gpus", "constraint.budget",
)  # fmt: skip
"""The rules in the order in which a refusal is reported: the first that refuses a candidate is its reason."""

SCOPE_RULES = RULES[: RULES.index("constraint.context")]
"""The rules that only name things. What they shut out is no part of a plan: it is not counted, and cannot drift."""

MOST_REPLICAS = 1_000_000
"""More replicas than this are no plan."""


def lay_out(catalog: Catalog, settings: SweepSettings = DEFAULT_SETTINGS) -> pa.Table:
    """Return every configuration of the catalog with the facts that no workload changes, in the order of its id.

    Beside the configurations that are swept stand those whose weights do not fit, so that a refusal can name them.
    """
    swept = configurations(catalog, settings=settings)
    rows = [_facts(configuration, catalog, settings) for configuration in (*swept, *_too_small(catalog, swept))]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])))


def admitted(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, told: Told | None = None) -> Mapping[str, Bools]:
    """Return the verdicts of the rules that need no evidence, one boolean per row of the layout.

    `told` saves what was told of the layout before.
    """
    words = _Words(layout, told or Told())
    price = _prices(spec, catalog, words)
    allowed = spec.allowed
    return {
        "constraint.models": words.are_in("model", allowed.models),
        "constraint.families": words.are_in("family", allowed.families),
        "constraint.licenses": words.are_in("license", allowed.licenses),
        "constraint.accelerators": words.are_in("accelerator", allowed.accelerators),
        "constraint.precisions": words.are_in("precision", allowed.precisions),
        "constraint.context": layout["model_context_tokens"].to_numpy() >= spec.context_tokens,
        "constraint.reasoning": ~layout["always_reasons"].to_numpy(zero_copy_only=False) | spec.reasoning,
        "memory": _sequence_gib(layout, spec.context_tokens) <= layout["kv_gib"].to_numpy(),
        "deploy.target": (layout["pp"].to_numpy() == 1) | spec.spans_nodes,
        "price": ~np.isnan(price),
    }


def weigh(
    spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, curves: LoadCurves, told: Told | None = None,
    *, admits: Mapping[str, Bools] | None = None,
) -> Candidates:  # fmt: skip
    """Return every candidate of the layout with its numbers and verdicts.

    Capacity is the highest rate at which one replica meets every SLO, read from the whole load curve: interpolated
    between points, never beyond them. `safe` reads the upper end of the 90 % interval in place of the value.
    `told` saves what was told before, and `admits` is `admitted` of the same, where that is known.
    """
    told = told or Told()
    held = (layout, curves, catalog.serving)
    laid = told.of_shape(held, "", lambda: lay_beside(layout, curves, catalog.serving))
    planned = laid.likely if spec.confidence != "safe" else told.of_shape(held, "safe", lambda: _safe(laid))
    capacity, at_least, binding = _capacity(laid.offered, planned, (laid.top, laid.carried), spec.slo_ms)
    words = _Words(layout, told)
    sizing = _sizing(spec, _prices(spec, catalog, words), layout, laid.has_curve, capacity)
    admits = admitted(spec, catalog, layout, told) if admits is None else admits
    found = {**admits, **_judged(spec, planned, laid.has_curve, sizing)}
    verdicts = {rule: found[rule] for rule in RULES}
    at_peak, at_capacity = _place(laid.offered, sizing.rate), _place(laid.offered, capacity / spec.headroom)
    concurrency = capacity / spec.headroom * _at(at_capacity, laid.e2e_ms) / 1000  # Little's law
    columns: dict[str, Sequence[object] | npt.NDArray[np.generic] | pa.Array] = {
        "price_usd_per_hour": sizing.price,
        "capacity_rps": np.where(sizing.sized, np.round(capacity, 4), 0.0),
        "capacity_at_least": at_least,
        "binding": binding,
        "replicas_planned": sizing.total,
        "replicas_min": _size(sizing.sized, spec.peak_rps, capacity) + spec.spare_replicas,
        "gpus": sizing.gpus,
        "cost_usd_per_month": sizing.cost,
        "target_concurrency": np.maximum(np.round(concurrency, 1), 0.1),
        **_memory(spec, layout, sizing.rate * _at(at_peak, laid.e2e_ms) / 1000),
        **_latencies(spec, laid, planned, at_peak),
        **_quality(spec, catalog, words),
        **{name: column for name, column in laid.columns.items() if name not in WIDTHS},
    }
    table = layout
    for name, column in columns.items():
        known = isinstance(column, pa.Array)
        table = table.append_column(name, column if known else pa.array(column, from_pandas=True))
    feasible = np.logical_and.reduce(list(verdicts.values())) & sizing.sized
    return Candidates(table, verdicts, feasible, np.logical_and.reduce([verdicts[rule] for rule in SCOPE_RULES]))


WIDTHS = tuple(f"{metric}_width" for metric in METRICS)
"""What stands among a plan's latencies."""


def _safe(laid: Beside) -> Mapping[str, Floats]:
    return {metric: planned_p95(laid.p95_ms[metric], laid.width[metric], "safe") for metric in METRICS}


@dataclass(frozen=True, slots=True)
class _Words:
    """The texts in the columns of a layout."""

    layout: pa.Table
    told: Told

    def of(self, column: str) -> tuple[list[str], Rows]:
        """Return the distinct texts of a column, and for each row which of them it holds."""
        return self.told.once((self.layout,), column, lambda: words_of(self.layout, column))

    def are_in(self, column: str, allowed: frozenset[str]) -> Bools:
        """Tell of which rows a column's text is allowed."""
        names, which = self.of(column)
        return np.array([name in allowed for name in names], dtype=np.bool_)[which]


@dataclass(frozen=True, slots=True)
class _Sizing:
    """How many replicas each row needs, and what they cost. `rate` is the load of one replica at the peak."""

    sized: Bools
    total: npt.NDArray[np.int64]
    gpus: npt.NDArray[np.int64]
    price: Floats
    cost: Floats
    rate: Floats


def _sizing(spec: ResolvedSpec, price: Floats, layout: pa.Table, has_curve: Bools, capacity: Floats) -> _Sizing:
    sized = has_curve & (capacity > 0)
    replicas = _size(sized, spec.headroom * spec.peak_rps, capacity)
    total = replicas + spec.spare_replicas
    gpus = total * layout["gpus_per_replica"].to_numpy()
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


def _capacity(
    offered: Floats, planned: Mapping[str, Floats], carried: tuple[Floats, Floats], slo_ms: Mapping[str, float]
) -> tuple[Floats, Bools, pa.Array]:
    """Return (capacity_rps, whether the sweep's top still meets everything, what binds) for each row.

    `carried` is that of `carried_to`.
    """
    top, stable_to = carried
    limits = [*(_crossing(offered, planned[metric], slo_ms[metric]) for metric in METRICS), stable_to]
    stacked = np.stack(limits)
    which = stacked.argmin(axis=0)
    lowest = stacked[which, np.arange(len(which))]
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a rate lies on each curve: between which two points, and at which share of the way."""

    low: Rows
    high: Rows
    share: Floats


def _place(offered: Floats, rate: Floats) -> _Place:
    """Return the place of one rate of each curve: between its points, and level outside them."""
    points = np.maximum((~np.isnan(offered)).sum(axis=1), 1)
    index = np.clip((offered <= rate[:, None]).sum(axis=1), 1, np.maximum(points - 1, 1))
    low, high = (index - 1)[:, None], np.minimum(index, points - 1)[:, None]
    x0, x1 = (np.take_along_axis(offered, at, axis=1)[:, 0] for at in (low, high))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(np.where(x1 > x0, (rate - x0) / (x1 - x0), 0.0), 0.0, 1.0)
    return _Place(low, high, share)


def _at(place: _Place, values: Floats) -> Floats:
    """Return each curve at its place, linear between two points."""
    y0, y1 = (np.take_along_axis(values, at, axis=1)[:, 0] for at in (place.low, place.high))
    with np.errstate(invalid="ignore"):
        return np.asarray(y0 + (y1 - y0) * place.share)


def _latencies(
    spec: ResolvedSpec, laid: Beside, planned: Mapping[str, Floats], place: _Place
) -> dict[str, Floats | pa.Array]:
    found: dict[str, Floats | pa.Array] = {}
    for metric in METRICS:
        value = _at(place, laid.likely[metric])
        spread = 1 + laid.width[metric]
        p95 = np.round(value, 1)
        found[f"{metric}_p95_ms"] = p95
        found[f"{metric}_low_ms"] = np.round(value / spread, 1)
        found[f"{metric}_high_ms"] = np.round(value * spread, 1)
        found[f"{metric}_least_ms"] = np.round(planned[metric][:, 0], 1)
        found[f"{metric}_width"] = laid.columns[f"{metric}_width"]
        found[f"{metric}_slack"] = np.round(1 - p95 / spec.slo_ms[metric], 4)
    return found


def _quality(spec: ResolvedSpec, catalog: Catalog, words: _Words) -> Mapping[str, pa.Array]:
    weights = spec.quality_weights
    held = (words.layout, catalog)
    return words.told.once(held, tuple(weights.items()), lambda: _qualities(weights, catalog, words))


def _qualities(weights: Mapping[str, float], catalog: Catalog, words: _Words) -> Mapping[str, pa.Array]:
    models, model = words.of("model")
    precisions, precision = words.of("precision")
    pairs, inverse = np.unique(model * len(precisions) + precision, return_inverse=True)
    found = {name: reached(catalog.models[name], weights, catalog) for name in models}
    named = [(models[pair // len(precisions)], precisions[pair % len(precisions)]) for pair in pairs.tolist()]
    scored = [of_checkpoint(found[name], catalog.models[name], kind, catalog) for name, kind in named]
    columns = np.array(scored, dtype=np.float64).reshape(-1, 4)[inverse.ravel()]
    names = ("quality", "quality_low", "quality_high", "quality_coverage")
    return {name: pa.array(columns[:, index], from_pandas=True) for index, name in enumerate(names)}


def _prices(spec: ResolvedSpec, catalog: Catalog, words: _Words) -> Floats:
    """Return the hourly price of one accelerator of each row; NaN where none is known."""
    names, which = words.of("accelerator")
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
