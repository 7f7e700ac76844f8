"""Put the parts of a compile together: catalogs, tables, templates, and the simulation of what is missing."""

import functools
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, replace
from os import cpu_count
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from neuralnav.candidates import lay_out
from neuralnav.cli.output import progress
from neuralnav.evidence import select
from neuralnav.files.cache import CurveCache, kept_table
from neuralnav.files.curves import kept_curves
from neuralnav.files.data import Tables, catalog_key, default_project, load_catalog, load_project, load_templates
from neuralnav.files.templates import own_templates
from neuralnav.model.catalog import Accelerator, Catalog, Model, ServingList
from neuralnav.model.document import digest
from neuralnav.model.plan import LoadCurves, ResolvedSpec
from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS, PLAN_COLUMNS
from neuralnav.pipeline import World
from neuralnav.render import Renderer
from neuralnav.serving.sweep import (
    DEFAULT_SETTINGS,
    REVISION,
    Configuration,
    SweepSettings,
    configurations,
    evidence_id,
    idle_row,
    possible,
    sweep,
)

ON_DEMAND = SweepSettings(requests=300, load_fractions=(0.02, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.25))
"""How a shape outside the tables is swept during a compile: fewer requests and points, so that it takes seconds."""

INLINE_JOBS = 12
"""Up to this many sweeps run in this process; starting workers would take longer."""

A = TypeVar("A")
B = TypeVar("B")
Job = tuple[Configuration, int, int, ServingList, SweepSettings]


@functools.cache
def world_of(root: Path, templates: str = "") -> World:
    """Return everything beside the workload that plans of a repository are made from, loaded once in a process.

    `templates` is as for `renderer_of`. Raises `InputError` when its settings, data or templates cannot be used.
    """
    project = load_project(root)
    catalogs = tuple(str(root / path) for path in project.spec.catalogs)
    datasets = tuple(path if "://" in path else str(root / path) for path in project.spec.benchmarks)
    return replace(_data(catalogs, datasets), project=project, renderer=renderer_of(root, templates))


def renderer_of(root: Path, templates: str = "") -> Renderer:
    """Return the packaged templates with the repository's own over them.

    Its own lie in `templates`, counted from the current folder, or else where its project file says.
    """
    if templates:
        return _renderer(str(Path(templates).absolute()))
    own = load_project(root).spec.templates
    return _renderer(str(root / own) if own else "")


@functools.cache
def _renderer(folder: str) -> Renderer:
    return Renderer({**load_templates(), **(own_templates(Path(folder)) if folder else {})})


@functools.cache
def _data(catalogs: tuple[str, ...], datasets: tuple[str, ...]) -> World:
    """Return the world of the default settings over these overlays and datasets: repositories may share it."""
    overlays = [Path(path) for path in catalogs]
    catalog = load_catalog(overlays)
    layout = kept_table("layouts", catalog_key(overlays), lambda: lay_out(catalog))
    tables = Tables(datasets, stale=_stale(catalog) if catalogs else frozenset())

    @functools.cache
    def curves(prompt_tokens: int, output_tokens: int) -> LoadCurves:
        shape = (prompt_tokens, output_tokens)
        key = tables.key(*shape)
        fresh = functools.partial(_select, tables, *shape)
        return fresh() if key is None else kept_curves(key, fresh)

    def simulate(spec: ResolvedSpec, ids: Sequence[str]) -> pa.Table:
        wanted = frozenset(ids)
        facts = [
            item.model_dump_json()
            for item in (*catalog.models.values(), *catalog.accelerators.values(), catalog.serving)
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

    return World(catalog, default_project(), layout, curves, simulate, _renderer(""))


def _select(tables: Tables, prompt_tokens: int, output_tokens: int) -> LoadCurves:
    return select(tables.of_shape(prompt_tokens, output_tokens), prompt_tokens, output_tokens)


def _stale(catalog: Catalog) -> frozenset[str]:
    """Return the candidate ids whose packaged rows describe another model or other hardware than the catalog now does.

    An evidence id is a digest of all facts behind a curve; it is compared where an overlay touched the facts.
    """
    packaged = load_catalog()
    all_of = frozenset(catalog.models) if catalog.serving != packaged.serving else frozenset()
    models = all_of | {
        name for name, item in catalog.models.items() if _build(item) != _build(packaged.models.get(name))
    }
    accelerators = {
        name for name, item in catalog.accelerators.items() if _build(item) != _build(packaged.accelerators.get(name))
    }
    before = {item.id: item for item in _touched(packaged, models, accelerators)}
    return frozenset(
        item.id
        for item in _touched(catalog, models, accelerators)
        if item.id not in before or _evidence(item, catalog.serving) != _evidence(before[item.id], packaged.serving)
    )


def _touched(catalog: Catalog, models: Collection[str], accelerators: Collection[str]) -> tuple[Configuration, ...]:
    """Return the configurations of these models, and those on these accelerators; some may come twice."""
    some = replace(catalog, models={name: item for name, item in catalog.models.items() if name in models})
    others = replace(
        catalog, accelerators={name: item for name, item in catalog.accelerators.items() if name in accelerators}
    )
    return (*configurations(some), *configurations(others))


def _build(item: Model | Accelerator | None) -> object:
    """Return an entry without what no load curve depends on."""
    match item:
        case Model():
            return item.architecture, item.checkpoints
        case Accelerator():
            return item.model_copy(update={"prices": (), "node_label": None})
        case None:
            return None


def _evidence(item: Configuration, serving: ServingList) -> str:
    return evidence_id(item, 512, 256, serving, DEFAULT_SETTINGS)


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


def run_all(
    function: Callable[[A], B], items: Sequence[A], step: Callable[[], None], *, processes: int | None, inline: int
) -> Iterator[B]:
    """Apply a function to every item, over processes when there are more than `inline`; results keep the order."""
    workers = min(processes or cpu_count() or 1, len(items))
    if workers <= 1 or len(items) <= inline:
        for item in items:
            yield _counted(function(item), step)
        return
    chunk = max(1, min(16, len(items) // (workers * 4)))
    from concurrent.futures import ProcessPoolExecutor  # 15 ms that only many items need
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_follow_parent)
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # workers start with it, and keep it
        results = pool.map(function, items, chunksize=chunk)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for result in results:
            yield _counted(result, step)
    except BaseException:
        for process in list(pool._processes.values()):  # the pool has no public way to end running work
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _follow_parent() -> None:
    """Let a worker end when its parent does, even by a kill. Ctrl-C is left to the parent, which ends its workers."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # only workers have one

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _counted(result: B, step: Callable[[], None]) -> B:
    step()
    return result


def _sweep(job: Job) -> pa.Table:
    return sweep(*job)
