"""Sides of a diff over the small catalog."""

from builders import workload, world

from neuralnav.cli.work import choice_of
from neuralnav.diff import PlannedSide
from neuralnav.locking import Previous
from neuralnav.model.diff import SideState
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Lock
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, World, compile_plan, make_plan


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
