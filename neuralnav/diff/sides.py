"""What a diff knows of one side of a workload."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuralnav.model.diff import SideState
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Lock
from neuralnav.model.plan import RankedPlan
from neuralnav.model.report import ReportedChoice, ReportedProblem
from neuralnav.model.workload import Workload


@dataclass(frozen=True, slots=True)
class PlannedSide:
    """One side of a workload, planned: `absent` has nothing, `broken` only problems and what could be read.

    `lock` and `manifests` (text by path) are what compile makes with the base's lock as the previous one, `committed`
    is the lock on that side. `plan` is there where nothing is feasible too, `choice` and `lock` only with a choice.
    """

    name: str
    path: str
    state: SideState
    plan: RankedPlan | None = None
    choice: ReportedChoice | None = None
    lock: Lock | None = None
    committed: Lock | None = None
    manifests: Mapping[str, str] = field(default_factory=dict)
    workload: Parsed[Workload] | None = None
    problems: tuple[ReportedProblem, ...] = ()


def chosen_row(side: PlannedSide) -> int | None:
    """Return the row of a side's choice in its own plan."""
    if side.plan is None or side.choice is None:
        return None
    return row_of(side.plan, side.choice.candidate)


def row_of(plan: RankedPlan, candidate: str) -> int | None:
    """Return the row of a candidate, or None where the plan's catalog has no such one."""
    ids = plan.candidates.table["id"]
    found = int(ids.index(candidate).as_py())
    return found if found >= 0 else None


def decided_otherwise(before: PlannedSide, after: PlannedSide) -> bool:
    """Tell whether the head deploys another candidate or another number of replicas, or none any more.

    A head that is broken decides nothing.
    """
    if after.state == "broken":
        return False
    return _decision(before) != _decision(after)


def _decision(side: PlannedSide) -> tuple[str, int] | None:
    return (side.choice.candidate, side.choice.replicas.planned) if side.choice else None
