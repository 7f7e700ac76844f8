"""Why a workload is planned otherwise: both sides' inputs mixed, and the locks that bind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from neuralnav.causes import Pair
from neuralnav.cli.diff_sides import Half, side_of
from neuralnav.cli.diff_worlds import inputs_of, world_from
from neuralnav.diff import PlannedSide
from neuralnav.diff.search import Attribution, Part, Swap, attribute
from neuralnav.diff.sides import Outcome, outcome_of
from neuralnav.errors import InputError
from neuralnav.files.places import show
from neuralnav.model.diff import CauseKind, FieldEdit
from neuralnav.model.lock import Previous, choice_line
from neuralnav.model.report import ReportedWhere
from neuralnav.pipeline import compile_plan, make_plan

BROKEN = Outcome(decision="broken")


@dataclass(frozen=True, slots=True)
class Locks:
    """What binds a workload: the base's lock, and that of the head where it chooses otherwise and is honoured.

    `given` is the head's side under the base's. Without a lock of its own that is honoured, both are the base's.
    """

    base: Previous | None
    head: Previous | None
    given: PlannedSide
    folder: str

    def parts(self, head: Half) -> Mapping[CauseKind, tuple[Part, ...]]:
        """Return the head's lock as an input that can be swapped, where it is one."""
        place, own, choice = head.place, self.head, self.given.choice
        if own == self.base or own is None or place is None or choice is None:
            return {}
        lock = head.tree.from_root(show(place.lock))
        where = ReportedWhere(file=lock, line=choice_line(head.found.text), column=0)
        edit = FieldEdit(field="choice.candidate", before=choice.candidate, after=own.candidate, where=where)
        said = f"{place.lock.name} chooses {own.candidate}, not {choice.candidate} (line {where.line})"
        return {"lock": (Part("choice", said, (edit,)),)}


def attribution_of(base: Half, head: Half, before: PlannedSide, after: PlannedSide, locks: Locks) -> Attribution:
    """Return why the plan changed; nothing where a side is not there to be compared."""
    workload = head.workload
    if base.place is None or head.place is None or base.workload is None or workload is None:
        return Attribution()
    if before.state == "broken" or after.state == "broken":
        return Attribution()
    pair = Pair.of(inputs_of(base.place.root, base.workload), inputs_of(head.place.root, workload))
    parts = {**pair.parts, **locks.parts(head)}
    if not parts:
        return Attribution()
    decide = _decider(pair, head, locks)
    return attribute(parts, decide, before=outcome_of(before), after=outcome_of(_own(head, after)))


def _own(head: Half, after: PlannedSide) -> PlannedSide:
    """Return the head's side as its own policies leave it: that the base's refuse its choice is no cause of it."""
    refused_by_base = after.state == "refused" and head.plan is not None and bool(head.plan.views["balanced"])
    return replace(after, state="planned") if refused_by_base else after


def _decider(pair: Pair, head: Half, locks: Locks) -> Callable[[Swap], Outcome]:
    def decide(swap: Swap) -> Outcome:
        try:
            return outcome_of(_under(pair, swap, head, locks))
        except InputError:
            return BROKEN  # some edits are only valid together

    return decide


def _under(pair: Pair, swap: Swap, head: Half, locks: Locks) -> PlannedSide:
    """Return what becomes of the workload under a mixture."""
    inputs = pair.mixed(swap)
    world = world_from(inputs)
    plan = make_plan(inputs.workload, world)
    binding = locks.head if "lock" in swap.whole or swap.of("lock") else locks.base
    made = compile_plan(plan, world, binding, head.folder) if plan.views["balanced"] else None
    return side_of(PlannedSide("", "", "planned"), plan, made, inputs.workload, locks.folder)
