"""What moved between two ranked plans: places in the views, candidates that crossed over, verdicts of rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.diff.sides import PlannedSide, chosen_row
from neuralnav.model.diff import Crossing, RankMove, RuleChange, ViewMoves
from neuralnav.model.plan import THROUGHPUT, VIEWS, RankedPlan
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.verdicts import VERDICTS, RuleVerdicts

Rows = npt.NDArray[np.int64]

ABSENT = "absent"
"""The reason of a candidate that a side's catalog does not hold."""

FIRST = 3
"""How many candidates that crossed over for one reason are named."""


@dataclass(frozen=True, slots=True)
class _Aligned:
    """The candidates of two plans, those of either by id, and the row of each in both; -1 where a plan lacks it."""

    ids: pa.Array
    before: Rows
    after: Rows


def _align(before: RankedPlan, after: RankedPlan) -> _Aligned:
    old, new = (plan.candidates.table["id"].combine_chunks() for plan in (before, after))
    if old.equals(new):
        rows = np.arange(len(old))
        return _Aligned(old, rows, rows)
    ids = pc.unique(pa.concat_arrays([old, new]))
    ids = ids.take(pc.array_sort_indices(ids))
    return _Aligned(ids, *(pc.fill_null(pc.index_in(ids, value_set=side), -1).to_numpy() for side in (old, new)))


def _places(plan: RankedPlan, view: str, rows: Rows) -> Rows:
    """Return the place of each row in a view from 1, and 0 where it is not feasible or there is no such row."""
    places = np.zeros(plan.candidates.table.num_rows + 1, dtype=np.int64)  # the last is that of row -1
    places[list(plan.views[view])] = np.arange(1, len(plan.views[view]) + 1)
    return places[rows]


def view_moves(before: RankedPlan | None, after: RankedPlan | None) -> tuple[ViewMoves, ...]:
    """Return what moved among the best of either side, in each view; nothing where a side has no plan.

    The best are as many as the head's lock lists of a view.
    """
    if before is None or after is None:
        return ()
    aligned = _align(before, after)
    found = ((view, tuple(_moves(before, after, aligned, view))) for view in VIEWS)
    return tuple(ViewMoves(view=view, moves=moves) for view, moves in found if moves)


def _moves(before: RankedPlan, after: RankedPlan, aligned: _Aligned, view: str) -> Iterator[RankMove]:
    old, new = _places(before, view, aligned.before), _places(after, view, aligned.after)
    best = [(places > 0) & (places <= after.spec.top) for places in (old, new)]
    moved = np.flatnonzero((best[0] | best[1]) & (old != new))
    last = len(after.views[view]) + 1
    order = np.lexsort((moved, old[moved], np.where(new[moved] > 0, new[moved], last)))
    for row in moved[order].tolist():
        yield RankMove(candidate=aligned.ids[row].as_py(), before=int(old[row]), after=int(new[row]))


def crossings(there: RankedPlan | None, here: RankedPlan | None) -> tuple[Crossing, ...]:
    """Return what is feasible here and not there, by the first reason that shuts it out there; most first, then by it.

    Nothing where a side has no plan.
    """
    if there is None or here is None:
        return ()
    aligned = _align(there, here)
    places = _places(here, "balanced", aligned.after)
    only = np.flatnonzero((places > 0) & (_places(there, "balanced", aligned.before) == 0))
    only = only[np.argsort(places[only])]
    found = []
    for reason, rows in _by_first_reason(there, aligned.before, only):
        first = tuple(aligned.ids[row].as_py() for row in rows[:FIRST].tolist())
        found.append(Crossing(reason=reason, count=len(rows), first=first))
    return tuple(sorted(found, key=lambda item: (-item.count, item.reason)))


def _by_first_reason(plan: RankedPlan, rows: Rows, left: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield the candidates `left`, none of which is feasible in a plan, by the first rule there that refuses them."""
    absent = rows[left] < 0
    if absent.any():
        yield ABSENT, left[absent]
    left = left[~absent]
    for rule, admits in plan.candidates.verdicts.items():
        refused = ~admits[rows[left]]
        if refused.any():
            yield rule, left[refused]
            left = left[~refused]
    if len(left):
        yield THROUGHPUT, left


def rule_changes(before: PlannedSide, after: PlannedSide) -> tuple[RuleChange, ...]:
    """Return the rules of policies that refuse more or fewer, or judge the choices differently, by name.

    Nothing where a side has no plan. A head without a choice has no verdicts on one; and where only the head has one,
    a rule that it passes is no news.
    """
    if before.plan is None or after.plan is None:
        return ()
    rules = [_rules(side.plan) for side in (before, after)]
    counts = [_refused(side.plan) for side in (before, after)]
    chosen = [chosen_row(side) for side in (before, after)]
    found = []
    for reason in sorted({*rules[0], *rules[1]}):
        verdicts = [_verdict(bound.get(reason), row) for bound, row in zip(rules, chosen, strict=True)]
        if chosen[1] is None or (chosen[0] is None and verdicts[1] == "pass"):
            verdicts = ["", ""]
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
