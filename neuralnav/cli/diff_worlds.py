"""The inputs of one side, apart, and a world put together of inputs that are mixed of both sides."""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pyarrow as pa

from neuralnav.candidates import lay_out
from neuralnav.causes import Dataset, Inputs, no_project
from neuralnav.cli.world import catalogs_of, datasets_of, outcome_sets_of, renderer_over, world_over
from neuralnav.enforce.bound import Governance
from neuralnav.files.cache import content_key, file_digest
from neuralnav.files.catalogs import default_project, load_keyed_catalog, read_project
from neuralnav.files.datasets import dataset_files
from neuralnav.files.outcome_sets import OutcomeSets
from neuralnav.files.packed import kept_table
from neuralnav.files.places import PROJECT_NAME
from neuralnav.files.templates import own_templates
from neuralnav.model.catalog import Accelerator, Catalog
from neuralnav.model.diff import CauseKind
from neuralnav.model.document import Parsed
from neuralnav.model.project import Project
from neuralnav.model.workload import Workload
from neuralnav.pipeline import World

MIXES_KEPT = 64
"""Catalogs that were mixed, and what was laid out for them, are dropped beyond this many, oldest first."""


_CATALOGS: dict[str, Catalog] = {}


@dataclass(frozen=True, slots=True)
class Shared:
    """What all workloads of a root are planned from."""

    project: Parsed[Project]
    governance: Governance
    catalog: Catalog
    catalog_key: str
    datasets: Mapping[str, Dataset]
    outcomes: Mapping[str, Dataset]
    templates: Mapping[str, str]


@functools.cache
def governance_of(root: Path) -> Governance:
    """Return the policies and exemptions of a root, read once in a process. Raises `InputError` as they are read."""
    found = read_project(root)
    if found is None or not (found.document.spec.policies or found.document.spec.exemptions):
        return Governance()
    from neuralnav.files.policies import load_governance  # with the policy language, as in cli/world.py

    return load_governance(root)


@functools.cache
def shared_of(root: Path) -> Shared:
    """Return what all workloads of a root are planned from, read once in a process. Raises as `world_of` does."""
    found = read_project(root)
    project = found.document if found else default_project()
    catalog, key = load_keyed_catalog([Path(path) for path in catalogs_of(root, project)])
    catalog = _CATALOGS.setdefault(key, catalog)  # one object for both sides where they say the same: cheap to compare
    locations, seen = datasets_of(root, project), outcome_sets_of(root, project)
    own = own_templates(root / project.spec.templates) if project.spec.templates else {}
    return Shared(
        found or no_project(PROJECT_NAME),
        governance_of(root),
        catalog,
        key,
        {name: _dataset(place) for name, place in zip(project.spec.benchmarks, locations, strict=True)},
        {name: _outcomes(place) for name, place in zip(project.spec.outcomes, seen, strict=True)},
        own,
    )


def _dataset(location: str) -> Dataset:
    """Return a dataset under a digest of its files, or of its place where that lies beyond the local disk."""
    if "://" in location:
        return Dataset(location, location)
    return Dataset(location, content_key([file_digest(path) for _, path in dataset_files(location)]))


def _outcomes(location: str) -> Dataset:
    """Return the same of a dataset of outcomes; one that is not there is as an empty one."""
    key = OutcomeSets([location]).key()
    return Dataset(location, location if key is None else key)


def inputs_of(root: Path, workload: Parsed[Workload]) -> Inputs:
    """Return everything that a workload of a root is planned from. Raises as `world_of` does."""
    shared = shared_of(root)
    _MIXES.learn(shared)
    return Inputs(
        workload=workload,
        project=shared.project,
        governance=shared.governance,
        catalog=shared.catalog,
        datasets=shared.datasets,
        outcomes=shared.outcomes,
        templates=shared.templates,
        places=_places(shared.project.document),
    )


def _places(project: Project) -> Mapping[CauseKind, str]:
    """Return the file that gives catalog entries and prices: the overlay where there is one, else what names them."""
    names = project.spec.catalogs
    file = names[0] if len(names) == 1 else PROJECT_NAME
    return {"catalog": file, "prices": file} if names else {}


def world_from(inputs: Inputs) -> World:
    """Return the world that inputs of one side, or of both mixed, make up. Raises as `world_of` does."""
    datasets, outcomes = (tuple(it.location for it in items.values()) for items in (inputs.datasets, inputs.outcomes))
    data = _MIXES.world(inputs.catalog, datasets, outcomes)
    world = replace(data, catalog=inputs.catalog, project=inputs.project.document)
    world = replace(world, renderer=renderer_over(inputs.templates))
    governance = inputs.governance
    if not (governance.policies or governance.exemptions):
        return world
    from neuralnav.enforce.judge import govern  # as above

    return replace(world, govern=functools.partial(govern, governance, inputs.catalog))


@dataclass(frozen=True, slots=True)
class _Laid:
    """A catalog without its prices, on which neither a layout nor a load curve depends, and what follows from it."""

    told: Mapping[str, object]
    catalog: Catalog
    key: str
    layout: pa.Table


@dataclass(slots=True)
class _Mixes:
    """The catalogs that this process has seen, so that laying one out, a second of work, is done once."""

    laid: list[_Laid] = field(default_factory=list)
    worlds: dict[tuple[str, tuple[str, ...], tuple[str, ...]], World] = field(default_factory=dict)

    def learn(self, shared: Shared) -> None:
        """Know a side's own catalog, whose layout is kept on disk."""
        if all(item.key != shared.catalog_key for item in self.laid):
            told, key = dict(_told(shared.catalog)), shared.catalog_key
            layout = self._layout(told, lambda: kept_table("layouts", key, lambda: lay_out(shared.catalog)))
            self._add(_Laid(told, shared.catalog, key, layout))

    def world(self, catalog: Catalog, datasets: tuple[str, ...], outcomes: tuple[str, ...]) -> World:
        """Return the world of the default settings over a catalog, its prices aside, and datasets."""
        laid = self._find(catalog)
        found = self.worlds.get((laid.key, datasets, outcomes))
        if found is None:
            found = world_over(laid.catalog, laid.key, laid.layout, datasets, outcomes, own=True)
            self.worlds[laid.key, datasets, outcomes] = found
        return found

    def _find(self, catalog: Catalog) -> _Laid:
        told = dict(_told(catalog))
        known = next((item for item in self.laid if item.told == told), None)
        if known is None:
            key = content_key([repr(item).encode() for item in told.items()])
            known = _Laid(told, catalog, key, self._layout(told, lambda: lay_out(catalog)))
            self._add(known)
        return known

    def _layout(self, told: Mapping[str, object], compute: Callable[[], pa.Table]) -> pa.Table:
        """Return the layout of a catalog that says this: that of one which lays out the same, else what is computed."""
        laid = _laid_out(told)
        found = next((item.layout for item in self.laid if _laid_out(item.told) == laid), None)
        return compute() if found is None else found

    def _add(self, item: _Laid) -> None:
        self.laid.append(item)
        for old in self.laid[:-MIXES_KEPT]:
            self.laid.remove(old)
            self.worlds = {key: world for key, world in self.worlds.items() if key[0] != old.key}


_MIXES = _Mixes()


def _told(catalog: Catalog) -> Iterator[tuple[str, object]]:
    """Yield the entries of a catalog by section and id, without prices."""
    for section in fields(Catalog):
        found = getattr(catalog, section.name)
        if isinstance(found, Mapping):
            for name, item in found.items():
                yield f"{section.name}/{name}", _bare(item)
        else:
            yield section.name, found


def _laid_out(told: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a layout depends on."""
    return {name: item for name, item in told.items() if name.startswith(("models/", "accelerators/", "serving"))}


def _bare(item: object) -> object:
    return item.model_copy(update={"prices": ()}) if isinstance(item, Accelerator) and item.prices else item
