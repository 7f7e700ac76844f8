"""The stages in order: Workload -> ResolvedSpec -> Candidates -> Judged -> RankedPlan -> Lock -> Manifests. No I/O."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.candidates import SCOPE_RULES, admitted, prices_of, weigh
from neuralnav.candidates.beside import Bools, Told
from neuralnav.digests import Facts, input_digests
from neuralnav.evidence import correct, gather, left_alone, open_to_correction
from neuralnav.locking import Decision, decide, lock_plan
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Lock, Previous
from neuralnav.model.plan import Governed, LoadCurves, RankedPlan
from neuralnav.model.project import Project
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.workload import Workload
from neuralnav.rank import rank, score
from neuralnav.render import Renderer, with_manifests
from neuralnav.render.text import Manifest
from neuralnav.resolve import layout_of, resolve, settings_of
from neuralnav.serving.local import NOTHING_MEASURED, Measured


def _nothing_measured(_ids: Sequence[str]) -> Measured:
    return NOTHING_MEASURED


def _nothing_observed() -> frozenset[str]:
    return frozenset()


def _ungoverned(_workload: Workload, _spec: ResolvedSpec) -> None:
    return None


@dataclass(frozen=True, slots=True)
class World:
    """Everything beside the workload that a plan is made from.

    `layout` is `candidates.lay_out(catalog)`, made once. `curves` gives `evidence.select` over the benchmark tables
    at a shape (prompt and output tokens), made once for each; `simulate` the rows of the candidates that they lack,
    given the measured runs that will correct some of them; `measured` the measured runs of candidates, of any shape and
    load, against what the serving model predicts; `observed` names those that have outcomes. `govern` puts a workload
    under the policies of its project: None where there is none, so that the policy language is only loaded where one is
    bound. `facts` keeps what digests tell of catalog entries, and `told` what was told of the layout and of a shape's
    curves.
    """

    catalog: Catalog
    project: Project
    layout: pa.Table
    curves: Callable[[int, int], LoadCurves]
    simulate: Callable[[ResolvedSpec, Sequence[str], Measured], pa.Table]
    renderer: Renderer
    measured: Callable[[Sequence[str]], Measured] = _nothing_measured
    observed: Callable[[], frozenset[str]] = _nothing_observed
    govern: Callable[[Workload, ResolvedSpec], Governed | None] = _ungoverned
    facts: Facts = field(default_factory=Facts)
    told: Told = field(default_factory=Told)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A feasible plan, the choice made in it, and what is to be committed."""

    plan: RankedPlan
    decision: Decision
    lock: Lock
    manifests: tuple[Manifest, ...]


def make_plan(workload: Parsed[Workload], world: World) -> RankedPlan:
    """Return the ranked plan of a workload. Raises `InputError` when the workload cannot be resolved."""
    catalog, layout = world.catalog, world.layout
    spec = resolve(workload, catalog, world.project)
    governed = world.govern(workload.document, spec)
    spec = governed.spec if governed else spec
    verdicts = admitted(spec, catalog, layout, world.told)
    wanted = _ids(layout, verdicts.values())
    found = world.curves(spec.prompt_tokens, spec.output_tokens)
    measured = world.measured(open_to_correction(wanted, found, world.observed()))
    simulated = gather(spec, wanted, found, lambda missing: world.simulate(spec, missing, measured))
    curves = correct(simulated, measured, spec.prompt_tokens, spec.output_tokens)
    candidates = weigh(spec, catalog, layout, curves, world.told, admits=verdicts)
    ranked = rank(spec, candidates, governed.judge(candidates, score(spec, candidates)) if governed else None)
    scope = layout.select(["model", "accelerator"]).filter(_all(verdicts[rule] for rule in SCOPE_RULES))
    models, accelerators = (pc.unique(scope[name]).to_pylist() for name in ("model", "accelerator"))
    digests = dict(zip(curves.ids, curves.digests, strict=False))
    inputs = input_digests(
        spec,
        workload=workload.document.model_dump(mode="json", exclude_defaults=True),
        settings=settings_of(workload.document, world.project),
        layout=layout_of(world.project),
        catalog=catalog,
        models=models,
        accelerators=accelerators,
        curves={name: digests.get(name, "none") for name in wanted},
        prices=prices_of(spec, catalog, accelerators),
        templates=world.renderer.digest,
        facts=world.facts,
    )
    unused = (*measured.unused, *left_alone(curves, measured))
    return replace(ranked, inputs=inputs, unused_measurements=unused, conflicts=curves.conflicts)


def _ids(layout: pa.Table, verdicts: Iterable[Bools]) -> list[str]:
    """Return the ids of the layout's rows that every verdict admits."""
    found: list[str] = layout["id"].filter(_all(verdicts)).to_pylist()
    return found


def _all(verdicts: Iterable[Bools]) -> pa.Array:
    return pa.array(np.logical_and.reduce(list(verdicts)))


def compile_plan(
    plan: RankedPlan, world: World, previous: Previous | None, folder: str, *, fresh: Compiled | None = None
) -> Compiled:
    """Return the lock and manifests of a plan with at least one feasible candidate; `folder` holds the manifests.

    `fresh` is the same under no lock, where that was made: what `previous` does not bind is that.
    """
    decision = decide(plan, previous)
    if fresh is not None and replace(decision, instead_of="", refused_by="") == fresh.decision:
        return replace(fresh, decision=decision)  # no lock says what a choice was made in place of
    lock = lock_plan(plan, decision, world.catalog)
    manifests = world.renderer.render(lock)
    return Compiled(plan, decision, with_manifests(lock, folder, manifests), manifests)
