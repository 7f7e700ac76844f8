"""Sides of a diff over the small catalog."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from builders import catalog, table, workload, world

from neuralnav.candidates import lay_out
from neuralnav.causes import Dataset, Inputs, Pair, no_project
from neuralnav.cli.work import choice_of
from neuralnav.diff import PlannedSide
from neuralnav.diff.search import Attribution, Decide, Swap, attribute
from neuralnav.diff.sides import Outcome, outcome_of
from neuralnav.enforce.bound import Governance
from neuralnav.enforce.judge import govern
from neuralnav.errors import NeuralnavError
from neuralnav.evidence import select
from neuralnav.files.catalogs import load_templates
from neuralnav.model.diff import SideState
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Lock, Previous
from neuralnav.model.tables import BENCHMARK_SCHEMA
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, World, compile_plan, make_plan
from neuralnav.render import Renderer


def side(
    parsed: Parsed[Workload] | None = None,
    where: World | None = None,
    previous: Previous | None = None,
    *,
    committed: Lock | None = None,
    path: str = "workload.yaml",
) -> PlannedSide:
    """A workload of the small catalog, planned."""
    chosen, place = parsed or workload(), where or world()
    name = chosen.document.metadata.name
    plan = make_plan(chosen, place)
    if not plan.views["balanced"]:
        state: SideState = "refused" if plan.refused_by_policy else "infeasible"
        return PlannedSide(name, path, state, plan=plan, workload=chosen, committed=committed)
    return of(compile_plan(plan, place, previous, "deploy"), chosen, committed=committed, path=path)


def of(made: Compiled, parsed: Parsed[Workload], *, committed: Lock | None, path: str) -> PlannedSide:
    """A side of what was compiled."""
    return PlannedSide(
        parsed.document.metadata.name,
        path,
        "planned",
        plan=made.plan,
        choice=choice_of(made.plan, made.decision, made.lock),
        lock=made.lock,
        committed=committed,
        manifests={f"deploy/{item.name}": item.text for item in made.manifests},
        workload=parsed,
    )


def absent() -> PlannedSide:
    """No such workload."""
    return PlannedSide("chat", "workload.yaml", "absent")


@functools.cache
def _renderer(texts: tuple[tuple[str, str], ...]) -> Renderer:
    return Renderer(dict(texts))


@functools.cache
def _layout(models: frozenset[str], accelerators: frozenset[str]) -> pa.Table:
    """The layout of the small catalog without some of its entries: what else the tests change is in no layout."""
    whole = catalog()
    return lay_out(
        replace(
            whole,
            models={name: item for name, item in whole.models.items() if name in models},
            accelerators={name: item for name, item in whole.accelerators.items() if name in accelerators},
        )
    )


def inputs(parsed: Parsed[Workload] | None = None, **changes: Any) -> Inputs:
    """The inputs of the small world: no policies, no settings, one dataset of the usual rows under its key."""
    found = Inputs(
        workload=parsed or workload(),
        project=no_project("neuralnav.yaml"),
        governance=Governance(),
        catalog=catalog(),
        datasets={"own": Dataset("own", "usual")},
    )
    return replace(found, **changes)


Rows = Mapping[str, Sequence[Sequence[Mapping[str, Any]]]]
"""The rows of each dataset by its key."""


def planned(given: Inputs, datasets: Rows, previous: Previous | None = None) -> PlannedSide:
    """A side planned from inputs."""
    rows = [table(*datasets[item.key]) for item in given.datasets.values()]
    place = World(
        catalog=given.catalog,
        project=given.project.document,
        layout=_layout(frozenset(given.catalog.models), frozenset(given.catalog.accelerators)),
        curves=lambda prompt, output: select(rows, prompt, output),
        simulate=lambda _spec, _ids, _measured: BENCHMARK_SCHEMA.empty_table(),
        renderer=_renderer(tuple(sorted({**load_templates(), **given.templates}.items()))),
        govern=functools.partial(govern, given.governance, given.catalog),
    )
    return side(given.workload, place, previous)


def deciding(pair: Pair, datasets: Rows, previous: Previous | None = None) -> Decide:
    """What becomes of a workload under a mixture; one that is no valid input becomes nothing."""

    @functools.cache
    def decide(swap: Swap) -> Outcome:
        try:
            return outcome_of(planned(pair.mixed(swap), datasets, previous))
        except NeuralnavError:
            return Outcome(decision="broken")

    return decide


def causes_of(pair: Pair, decide: Decide) -> Attribution:
    """The causes of what a change of inputs does."""
    return attribute(pair.parts, decide, before=decide(Swap()), after=decide(Swap(whole=frozenset(pair.parts))))
