"""Put the parts of a compile together: catalogs, tables, templates, and the simulation of what is missing."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from neuralnav.candidates import lay_out
from neuralnav.errors import InputError
from neuralnav.evidence import select
from neuralnav.files.cache import kept_manifests
from neuralnav.files.catalogs import default_project, load_catalog, load_keyed_catalog, load_project, load_templates
from neuralnav.files.curves import kept_curves
from neuralnav.files.data import Tables
from neuralnav.files.measured import kept_measured
from neuralnav.files.outcome_sets import OutcomeSets
from neuralnav.files.packed import kept_table
from neuralnav.files.templates import own_templates
from neuralnav.model.catalog import Accelerator, Catalog, Model, ServingList
from neuralnav.model.plan import LoadCurves
from neuralnav.model.project import Project
from neuralnav.model.spec import ResolvedSpec
from neuralnav.pipeline import World
from neuralnav.render import Renderer
from neuralnav.serving.configurations import Configuration, configurations
from neuralnav.serving.identity import evidence_id
from neuralnav.serving.local import NOTHING_MEASURED, Measured
from neuralnav.serving.settings import DEFAULT_SETTINGS


def world_of(root: Path, templates: str = "") -> World:
    """Return everything beside the workload that plans of a repository are made from, loaded once in a process.

    `templates` is as for `renderer_of`. Raises `InputError` when its settings, policies, data or templates cannot be
    used: the same each time, for each workload of a repository meets it.
    """
    found = _world_or_error(root, templates)
    if isinstance(found, InputError):
        raise InputError(found.diagnostics)
    return found


@functools.cache
def _world_or_error(root: Path, templates: str) -> World | InputError:
    try:
        world = ungoverned_world(root, templates)
        bound = world.project.spec.policies or world.project.spec.exemptions
        return _governed(root, world) if bound else world
    except InputError as error:
        return error


def forget_worlds() -> None:
    """Let every world be loaded afresh: files may have changed."""
    _world_or_error.cache_clear()


def ungoverned_world(root: Path, templates: str = "") -> World:
    """Return the same without policies: what rules are tried on must not depend on rules, nor on their mistakes."""
    project = load_project(root)
    data = data_of(catalogs_of(root, project), datasets_of(root, project), outcome_sets_of(root, project))
    return replace(data, project=project, renderer=renderer_of(root, templates))


def catalogs_of(root: Path, project: Project) -> tuple[str, ...]:
    """Return the paths of a repository's catalog overlays."""
    return tuple(str(root / path) for path in project.spec.catalogs)


def datasets_of(root: Path, project: Project) -> tuple[str, ...]:
    """Return the paths and URIs of a repository's benchmark datasets."""
    return _located(root, project.spec.benchmarks)


def outcome_sets_of(root: Path, project: Project) -> tuple[str, ...]:
    """Return the paths and URIs of a repository's datasets of outcomes."""
    return _located(root, project.spec.outcomes)


def _located(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name if "://" in name else str(root / name) for name in names)


def _governed(root: Path, world: World) -> World:
    from neuralnav.enforce.judge import govern  # with the policy language, 30 ms that a project without policies saves
    from neuralnav.files.policies import load_governance

    return replace(world, govern=functools.partial(govern, load_governance(root), world.catalog))


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
    return renderer_over(own_templates(Path(folder)) if folder else {})


def renderer_over(own: Mapping[str, str]) -> Renderer:
    """Return the packaged templates with these, by name, over them."""
    return Renderer({**load_templates(), **own}, keep=kept_manifests)


@functools.cache
def data_of(catalogs: tuple[str, ...], datasets: tuple[str, ...], outcomes: tuple[str, ...] = ()) -> World:
    """Return the world of the default settings over these overlays and datasets: repositories may share it."""
    catalog, key = load_keyed_catalog([Path(path) for path in catalogs])
    layout = kept_table("layouts", key, lambda: lay_out(catalog))
    return world_over(catalog, key, layout, datasets, outcomes, own=bool(catalogs))


def world_over(
    catalog: Catalog,
    key: str,
    layout: pa.Table,
    datasets: tuple[str, ...],
    outcomes: tuple[str, ...] = (),
    *,
    own: bool,
) -> World:
    """Return the world of the default settings over a catalog, datasets of benchmarks, and others of outcomes.

    `key` names the catalog's content, `layout` is what `lay_out` makes of it, and `own` says whether it may differ from
    the packaged one.
    """
    curves_of, tables = _curves_of(datasets, _stale(catalog) if own else frozenset())
    seen = _seen_of(outcomes)

    def simulate(spec: ResolvedSpec, ids: Sequence[str], measured: Measured) -> pa.Table:
        from neuralnav.cli.on_demand import simulated  # with Parquet, 30 ms that few compiles need

        return simulated(catalog, layout, spec, ids, measured)

    @functools.cache
    def own_rows() -> str | None:
        rows, windows = tables.own_key(), seen.key()
        return None if rows is None or windows is None else f"{rows} {windows}".rstrip()

    may_be_measured = functools.cache(tables.may_be_measured)

    def measured(ids: Sequence[str]) -> Measured:
        if not may_be_measured() and not seen.candidates():
            return NOTHING_MEASURED
        fresh = functools.partial(_measured, catalog, tables, seen, ids)
        return fresh() if (rows := own_rows()) is None else kept_measured(key, rows, ids, fresh)

    return World(catalog, default_project(), layout, curves_of, simulate, _renderer(""), measured, seen.candidates)


_seen_of = functools.cache(OutcomeSets)


@functools.cache
def _curves_of(datasets: tuple[str, ...], stale: frozenset[str]) -> tuple[Callable[[int, int], LoadCurves], Tables]:
    """Return the load curves of each shape over some datasets, and the datasets, each read once in a process."""
    tables, failed = Tables(datasets, stale=stale), list[InputError]()

    @functools.cache
    def curves(prompt_tokens: int, output_tokens: int) -> LoadCurves:
        if failed:  # a bad table is bad for every workload, and checking it takes as long as reading a good one
            raise failed[0]
        shape = (prompt_tokens, output_tokens)
        key = tables.key(*shape)
        fresh = functools.partial(_select, tables, *shape)
        try:
            return fresh() if key is None else kept_curves(key, fresh)
        except InputError as error:
            failed.append(error)
            raise

    return curves, tables


def _measured(catalog: Catalog, tables: Tables, seen: OutcomeSets, ids: Sequence[str]) -> Measured:
    rows, outcomes = tables.measured(), seen.read()
    if rows is None and not outcomes:
        return NOTHING_MEASURED
    from neuralnav.cli.measured import compare  # as on demand

    return compare(catalog, rows.to_pylist() if rows is not None else (), ids, outcomes)


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
