"""What moved between two ranked plans: places in the views, candidates that crossed over, verdicts of rules."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from neuralnav.diff.sides import PlannedSide, chosen_row
from neuralnav.model.diff import Crossing, RankMove, RuleChange, ViewMoves
from neuralnav.model.plan import THROUGHPUT, VIEWS, RankedPlan
from neuralnav.model.verdicts import PREFIX, VERDICTS, RuleVerdicts

ABSENT = "absent"
"""The reason of a candidate that a side's catalog does not hold."""

FIRST = 3
"""How many candidates that crossed over for one reason are named."""


def view_moves(before: RankedPlan | None, after: RankedPlan | None) -> tuple[ViewMoves, ...]:
    """Return what moved among the best of either side, in each view; nothing where a side has no plan.

    The best are as many as the head's lock lists of a view.
    """
    if before is None or after is None:
        return ()
    found = ((view, tuple(_moves(before, after, view))) for view in VIEWS)
    return tuple(ViewMoves(view=view, moves=moves) for view, moves in found if moves)


def _moves(before: RankedPlan, after: RankedPlan, view: str) -> Iterator[RankMove]:
    top = after.spec.top
    old, new = (_places(plan, view) for plan in (before, after))
    best = {name for places in (old, new) for name, place in places.items() if place <= top}
    last = len(new) + 1
    for name in sorted(best, key=lambda name: (new.get(name, last), old.get(name, 0), name)):
        one, other = old.get(name, 0), new.get(name, 0)
        if one != other:
            yield RankMove(candidate=name, before=one, after=other)


def _places(plan: RankedPlan, view: str) -> dict[str, int]:
    names = plan.candidates.table["id"].take(pa.array(plan.views[view], pa.int64())).to_pylist()
    return {name: place for place, name in enumerate(names, 1)}


def crossings(there: RankedPlan | None, here: RankedPlan | None) -> tuple[Crossing, ...]:
    """Return what is feasible here and not there, by the first reason that shuts it out there; most first, then by it.

    Nothing where a side has no plan.
    """
    if there is None or here is None:
        return ()
    feasible = _places(there, "balanced")
    only = [name for name in _places(here, "balanced") if name not in feasible]
    if not only:
        return ()
    reasons = _first_reasons(there, only)
    groups: dict[str, list[str]] = {}
    for name in only:
        groups.setdefault(reasons[name], []).append(name)
    found = (Crossing(reason=reason, count=len(names), first=tuple(names[:FIRST])) for reason, names in groups.items())
    return tuple(sorted(found, key=lambda item: (-item.count, item.reason)))


def _first_reasons(plan: RankedPlan, names: list[str]) -> dict[str, str]:
    """Return the first rule of a plan that refuses each of these candidates, none of which is feasible in it."""
    rows = dict(zip(plan.candidates.table["id"].to_pylist(), range(plan.candidates.table.num_rows), strict=True))
    return {name: _first_reason(plan, rows[name]) if name in rows else ABSENT for name in names}


def _first_reason(plan: RankedPlan, row: int) -> str:
    return next((rule for rule, admits in plan.candidates.verdicts.items() if not admits[row]), THROUGHPUT)


def rule_changes(before: PlannedSide, after: PlannedSide) -> tuple[RuleChange, ...]:
    """Return the rules of policies that refuse more or fewer, or judge the choices differently, by name.

    Nothing where a side has no plan.
    """
    if before.plan is None or after.plan is None:
        return ()
    rules = [_rules(side.plan) for side in (before, after)]
    counts = [_refused(side.plan) for side in (before, after)]
    chosen = [chosen_row(side) for side in (before, after)]
    found = []
    for reason in sorted({*rules[0], *rules[1]}):
        verdicts = [_verdict(bound.get(reason), row) for bound, row in zip(rules, chosen, strict=True)]
        change = RuleChange(
            rule=reason.removeprefix(PREFIX),
            before=counts[0].get(reason, 0),
            after=counts[1].get(reason, 0),
            choice_before=verdicts[0],
            choice_after=verdicts[1],
        )
        if change.before != change.after or change.choice_before != change.choice_after:
            found.append(change)
    return tuple(found)


def _rules(plan: RankedPlan | None) -> Mapping[str, RuleVerdicts]:
    return {rule.reason: rule for rule in plan.judged.rules} if plan and plan.judged else {}


def _refused(plan: RankedPlan | None) -> Mapping[str, int]:
    """Return how many candidates each rule refuses of those that the workload admits."""
    return {item.reason: item.count for item in plan.shut_out} if plan else {}


def _verdict(rule: RuleVerdicts | None, row: int | None) -> str:
    return VERDICTS[int(rule.codes[row])] if rule and row is not None else ""
