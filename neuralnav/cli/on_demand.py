"""Sweep what no table holds: the curves of a compile's shape, kept by evidence id."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import pyarrow as pa

from neuralnav.cli.output import progress
from neuralnav.cli.pool import run_all
from neuralnav.files.parquet import CurveCache
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.document import digest
from neuralnav.model.plan import ResolvedSpec
from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS, PLAN_COLUMNS
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.identity import REVISION, evidence_id
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import idle_row, sweep

ON_DEMAND = SweepSettings(requests=300, load_fractions=(0.02, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.25))
"""How a shape outside the tables is swept during a compile: fewer requests and points, so that it takes seconds."""

INLINE_JOBS = 12
"""Up to this many sweeps run in this process; starting workers would take longer."""

Job = tuple[Configuration, int, int, ServingList, SweepSettings]


def simulated(catalog: Catalog, spec: ResolvedSpec, ids: Sequence[str]) -> pa.Table:
    """Return the rows of the candidates `ids` at the workload's shape, from the cache where it holds them."""
    wanted = frozenset(ids)
    facts = [
        item.model_dump_json() for item in (*catalog.models.values(), *catalog.accelerators.values(), catalog.serving)
    ]
    query = [sorted(ids), spec.prompt_tokens, spec.output_tokens, dict(spec.slo_ms)]
    key = digest([REVISION, facts, *query, asdict(ON_DEMAND)]).removeprefix("sha256:")[:32]
    cache = CurveCache()
    kept = cache.get(key)
    if kept is not None:
        return kept
    chosen = [item for item in possible(catalog) if item.id in wanted]
    rows = simulate_missing(spec, chosen, catalog.serving, cache)
    cache.put(key, rows)
    return rows


def simulate_missing(
    spec: ResolvedSpec, wanted: Sequence[Configuration], serving: ServingList, cache: CurveCache
) -> pa.Table:
    """Return the rows of configurations that no table holds at the workload's shape.

    One whose idle latency already breaks an SLO gets that one predicted row; the others are swept, or taken from the
    cache of earlier sweeps.
    """
    shape = (spec.prompt_tokens, spec.output_tokens)
    tables, jobs = [], []
    for configuration in wanted:
        idle = idle_row(configuration, *shape, serving, ON_DEMAND)
        if idle.num_rows and any(idle[f"{m}_p95_ms"][0].as_py() > spec.slo_ms[m] for m in METRICS):
            tables.append(idle)
        elif idle.num_rows:
            jobs.append((configuration, *shape, serving, ON_DEMAND))
    fresh = []
    for job in jobs:
        kept = cache.get(evidence_id(*job))
        if kept is None:
            fresh.append(job)
        else:
            tables.append(kept)
    label = f"simulating {shape[0]} -> {shape[1]} tokens, load curves"
    for job, rows in zip(fresh, sweep_all(fresh, label=label), strict=True):
        cache.put(evidence_id(*job), rows)
        tables.append(rows)
    if not tables:
        return BENCHMARK_SCHEMA.empty_table()
    return pa.concat_tables([table.select(PLAN_COLUMNS) for table in tables])


def sweep_all(jobs: Sequence[Job], *, label: str, processes: int | None = None) -> Iterator[pa.Table]:
    """Yield the rows of every sweep, in the order of the jobs, counting on standard error."""
    with progress(label, len(jobs)) as counter:
        yield from run_all(_sweep, jobs, counter.step, processes=processes, inline=INLINE_JOBS)


def _sweep(job: Job) -> pa.Table:
    return sweep(*job)
