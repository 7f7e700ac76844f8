"""Sweep what no table holds: the curves of a compile's shape, for the candidates that could matter to the plan.

Every candidate first gets its best case (`serving/bestcase.py`), which no sweep can beat. A plan is ranked with those,
and what stands where it counts is swept and ranked again, until everything that counts has been swept. What is left
could not have come there even in its best case. The effort follows from the inputs alone, never from the speed of the
machine or from what is kept, so the same inputs give the same plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.candidates import weigh
from neuralnav.cli.output import progress
from neuralnav.cli.pool import run_all
from neuralnav.evidence import correct, select
from neuralnav.files.parquet import CurveCache
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.document import digest
from neuralnav.model.plan import VIEWS, RankedPlan
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.tables import METRICS, MS_DIGITS, PLAN_COLUMNS
from neuralnav.rank import rank
from neuralnav.serving.arrivals import Kind
from neuralnav.serving.bestcase import best_cases
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.identity import REVISION, evidence_id
from neuralnav.serving.local import NOTHING_MEASURED, Measured
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import sweep

ON_DEMAND = SweepSettings(requests=300, most_points=8)
"""How a shape outside the tables is swept during a compile: fewer requests and points, so that it takes seconds."""

CEILING_SHARE = 1.2
"""A curve is swept up to this share of the SLOs: capacity is read where it meets them, and nothing beyond."""

INLINE_JOBS = 40
"""Up to this many sweeps run in this process; starting workers would take longer."""

REACH = 2
"""Once something that counts is not swept, this many times the shown places are, and each round twice as many as the
one before, so that few rounds are needed."""

SIZED = frozenset({"constraint.budget", "constraint.gpus", "deploy.maxReplicas", "size"})
"""The rules whose nearest miss depends on a capacity."""

Job = tuple[Configuration, int, int, ServingList, SweepSettings]


def simulated(
    catalog: Catalog, layout: pa.Table, spec: ResolvedSpec, ids: Sequence[str], measured: Measured = NOTHING_MEASURED
) -> pa.Table:
    """Return the rows of the candidates `ids` at the workload's shape, from the cache where it holds them.

    Those with measured runs are swept whatever the model says of them: the runs will correct their curves.
    """
    wanted = frozenset(ids)
    cache, key = CurveCache(), _key(catalog, spec, sorted(ids), measured)
    kept = cache.get(key)
    if kept is not None:
        return kept
    chosen = {item.id: item for item in possible(catalog) if item.id in wanted}
    rows = simulate_missing(catalog, layout, spec, chosen, cache, measured)
    cache.put(key, rows)
    return rows


def settings_of(spec: ResolvedSpec) -> SweepSettings:
    """Return how a workload's curves are swept on demand."""
    ttft, itl, e2e = (round(CEILING_SHARE * spec.slo_ms[metric], MS_DIGITS) for metric in METRICS)
    burst = 1.0 if spec.curve_arrival == "poisson" else max(1.0, spec.burst_size)
    return replace(ON_DEMAND, arrival=cast("Kind", spec.curve_arrival), burst_size=burst, ceiling_ms=(ttft, itl, e2e))


def simulate_missing(
    catalog: Catalog,
    layout: pa.Table,
    spec: ResolvedSpec,
    chosen: Mapping[str, Configuration],
    cache: CurveCache,
    measured: Measured = NOTHING_MEASURED,
) -> pa.Table:
    """Return the rows of configurations that no table holds at the workload's shape: swept, or their best case."""
    shape, settings = (spec.prompt_tokens, spec.output_tokens), settings_of(spec)
    best = best_cases(tuple(chosen.values()), *shape, catalog.serving, settings).select(PLAN_COLUMNS)
    key_of = {name: evidence_id(item, *shape, catalog.serving, settings) for name, item in chosen.items()}
    patient = replace(settings, ceiling_ms=None)  # runs move a curve: it may be read further
    swept = _swept([(chosen[n], *shape, catalog.serving, patient) for n in chosen if n in measured.residuals], cache)
    reach = REACH
    while True:
        taken = pa.array([key_of[name] for name in swept], pa.string())
        rest = best.filter(pc.invert(pc.is_in(best["evidence_id"], value_set=taken)))
        rows = pa.concat_tables([rest, *swept.values()])
        curves = correct(select((rows,), *shape, arrival=settings.arrival), measured, *shape)
        plan = rank(spec, weigh(spec, catalog, layout, curves))
        found = contenders(plan, frozenset(chosen) - frozenset(swept), reach=reach)
        if not found:
            return rows
        reach *= 2
        swept |= _swept([(chosen[name], *shape, catalog.serving, settings) for name in found], cache)


def contenders(plan: RankedPlan, unswept: frozenset[str], *, reach: int) -> list[str]:
    """Return which of the unswept candidates are to be swept next, in order of id; none when none counts.

    What counts: the places of each view that a lock shows, whatever is within the margin of the best in which a locked
    choice is kept, and the nearest misses of the rules that depend on a capacity. When any of that is unswept, `reach`
    times the places that are shown come with it.
    """
    ids = plan.candidates.table["id"].to_pylist()
    top, balanced = plan.spec.top, plan.scores["balanced"]
    order = plan.views["balanced"]
    kept = [row for row in order if balanced[row] >= balanced[order[0]] - plan.spec.sticky_margin]
    shown = {ids[row] for rows in (*(plan.views[view][:top] for view in VIEWS), kept) for row in rows}
    nearest = {refusal.nearest for refusal in plan.refused if refusal.reason in SIZED}
    if not (shown | nearest) & unswept:
        return []
    wide = {ids[row] for view in VIEWS for row in plan.views[view][: reach * top]}
    return sorted((shown | wide | nearest) & unswept)


def _swept(jobs: Sequence[Job], cache: CurveCache) -> dict[str, pa.Table]:
    """Return the curves of jobs by candidate id, as far as plans need them, from the cache of earlier sweeps or new."""
    kept = {job[0].id: cache.get(evidence_id(*job)) for job in jobs}
    fresh = [job for job in jobs if kept[job[0].id] is None]
    found = {name: rows for name, rows in kept.items() if rows is not None}
    if fresh:
        label = f"simulating {fresh[0][1]} -> {fresh[0][2]} tokens, load curves"
        for job, rows in zip(fresh, sweep_all(fresh, label=label), strict=True):
            cache.put(evidence_id(*job), rows)
            found[job[0].id] = rows.select(PLAN_COLUMNS)
    return found


def sweep_all(jobs: Sequence[Job], *, label: str, processes: int | None = None) -> Iterator[pa.Table]:
    """Yield the rows of every sweep, in the order of the jobs, counting on standard error."""
    with progress(label, len(jobs)) as counter:
        yield from run_all(_sweep, jobs, counter.step, processes=processes, inline=INLINE_JOBS)


def _sweep(job: Job) -> pa.Table:
    return sweep(*job)


def _key(catalog: Catalog, spec: ResolvedSpec, ids: Sequence[str], measured: Measured) -> str:
    """Return the digest of everything that decides which rows a workload gets; its labels do not."""
    facts = [
        item.model_dump_json() for item in (*catalog.models.values(), *catalog.accelerators.values(), catalog.serving)
    ]
    quality = [_plain(part) for part in (catalog.scores, catalog.quantisation, catalog.fallback)]
    query = _plain(replace(spec, labels=(), assumptions=()))
    runs = _plain({name: item for name, item in measured.residuals.items() if name in frozenset(ids)})
    whole = [REVISION, facts, quality, query, list(ids), asdict(settings_of(spec)), runs]
    return digest(whole).removeprefix("sha256:")[:32]


def _plain(value: object) -> object:
    """Return a frozen value as JSON in one spelling."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value)}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return repr(value)
