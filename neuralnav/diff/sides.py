"""What a diff knows of one side of a workload."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from neuralnav.model.diff import SideState
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Lock
from neuralnav.model.plan import VIEWS, RankedPlan
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a workload, in the steps in which it matters.

    `decision` is what is deployed and how often, `numbers` what is said of it, `files` the manifests, and `ranking`
    the order of all that is feasible, with what policies refuse. `cost` is that of the choice, one of its numbers.
    """

    decision: object
    numbers: object = None
    files: object = None
    ranking: object = None
    cost: float | None = None

    def steps(self) -> tuple[object, ...]:
        """Return the steps, what matters most first."""
        return (self.decision, self.numbers, self.files, self.ranking)


def outcome_of(side: PlannedSide) -> Outcome:
    """Return what becomes of a workload on one side, to be compared with another."""
    choice, plan = side.choice, side.plan
    return Outcome(
        decision=(side.state, choice and (choice.candidate, choice.replicas.planned)),
        numbers=choice and choice.model_dump_json(exclude=set(HOW_IT_CAME)),
        files=tuple(sorted(side.manifests.items())),
        ranking=plan and _ranking(plan),
        cost=choice.cost_usd_per_month if choice else None,
    )


HOW_IT_CAME = ("kept", "why", "instead_of", "runner_up", "runner_up_behind")
"""What a choice says of the others and of the last one; it may change though nothing that is deployed does."""


def _ranking(plan: RankedPlan) -> tuple[object, ...]:
    ids = plan.candidates.table["id"]
    views = tuple(tuple(ids.take(pa.array(plan.views[view], pa.int64())).to_pylist()) for view in VIEWS)
    return views, tuple(sorted((item.reason, item.count) for item in plan.shut_out))


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
    return decision_of(before) != decision_of(after)


def decision_of(side: PlannedSide) -> tuple[str, int] | None:
    """Return the candidate and the replicas that a side deploys; None where it deploys nothing."""
    return (side.choice.candidate, side.choice.replicas.planned) if side.choice else None
