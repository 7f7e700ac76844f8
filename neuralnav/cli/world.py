"""Put the parts of a compile together: catalogs, tables, templates, and the simulation of what is missing."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from neuralnav.candidates import lay_out
from neuralnav.cli.output import progress
from neuralnav.files.data import CurveCache, Tables, load_catalog, load_project, load_templates
from neuralnav.model.catalog import ServingList
from neuralnav.model.plan import ResolvedSpec
from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS
from neuralnav.pipeline import World
from neuralnav.render import Renderer
from neuralnav.serving.sweep import Configuration, SweepSettings, evidence_id, idle_row, possible, sweep

ON_DEMAND = SweepSettings(requests=300, load_fractions=(0.02, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.05))
"""How a shape outside the tables is swept during a compile: fewer requests and points, so that it takes seconds."""

INLINE_JOBS = 12
"""Up to this many sweeps run in this process; starting workers would take longer."""

A = TypeVar("A")
B = TypeVar("B")
Job = tuple[Configuration, int, int, ServingList, SweepSettings]


class Worlds:
    """One world per repository root, made when a workload of it comes up."""

    def __init__(self) -> None:
        self._worlds: dict[Path, World] = {}

    def of(self, root: Path) -> World:
        """Return the world of a repository. Raises `InputError` when its settings or data cannot be used."""
        if root not in self._worlds:
            self._worlds[root] = load_world(root)
        return self._worlds[root]


def load_world(root: Path) -> World:
    """Return everything beside the workload that plans of this repository are made from."""
    project = load_project(root)
    catalog = load_catalog([root / path for path in project.spec.catalogs])
    tables = Tables(project.spec.benchmarks, root)
    configurations = {item.id: item for item in possible(catalog)}

    def simulate(spec: ResolvedSpec, ids: Sequence[str]) -> pa.Table:
        return simulate_missing(spec, [configurations[name] for name in ids], catalog.serving)

    return World(catalog, project, lay_out(catalog), tables.of_shape, simulate, Renderer(load_templates()))


def simulate_missing(spec: ResolvedSpec, wanted: Sequence[Configuration], serving: ServingList) -> pa.Table:
    """Return the rows of configurations that no table holds at the workload's shape.

    One whose idle latency already breaks an SLO gets that one predicted row; the others are swept, or taken from the
    cache of earlier sweeps.
    """
    cache = CurveCache()
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
    return pa.concat_tables(tables) if tables else BENCHMARK_SCHEMA.empty_table()


def sweep_all(jobs: Sequence[Job], *, label: str, processes: int | None = None) -> list[pa.Table]:
    """Return the rows of every sweep, in the order of the jobs, counting on standard error."""
    with progress(label, len(jobs)) as counter:
        return run_all(_sweep, jobs, counter.step, processes=processes, inline=INLINE_JOBS)


def run_all(
    function: Callable[[A], B], items: Sequence[A], step: Callable[[], None], *, processes: int | None, inline: int
) -> list[B]:
    """Apply a function to every item, over processes when there are more than `inline`; results keep the order."""
    workers = min(processes or cpu_count() or 1, len(items))
    if workers <= 1 or len(items) <= inline:
        return [_counted(function(item), step) for item in items]
    chunk = max(1, min(16, len(items) // (workers * 4)))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [_counted(result, step) for result in pool.map(function, items, chunksize=chunk)]


def _counted(result: B, step: Callable[[], None]) -> B:
    step()
    return result


def _sweep(job: Job) -> pa.Table:
    return sweep(*job)
