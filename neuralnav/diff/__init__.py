"""(PlannedSide, PlannedSide, causes) -> WorkloadDiff: decisions, rank moves, what crossed over, what changed. Pure."""

from collections.abc import Sequence

from neuralnav.diff.edits import workload_edits
from neuralnav.diff.numbers import contradiction, cost_delta, number_changes, slack_changes, word_changes
from neuralnav.diff.plans import crossings, rule_changes, view_moves
from neuralnav.diff.sides import HOW_IT_CAME, decided_otherwise
from neuralnav.diff.sides import PlannedSide as PlannedSide  # callers make them
from neuralnav.diff.texts import manifest_changes
from neuralnav.model.diff import Cause, DiffStatus, ManifestChange, Side, WorkloadDiff
from neuralnav.model.report import ReportedDrift


def diff(
    before: PlannedSide,
    after: PlannedSide,
    *,
    causes: Sequence[Cause] = (),
    drift: Sequence[ReportedDrift] = (),
    notes: Sequence[str] = (),
    from_base: str = "",
    manifest_texts: bool = True,
) -> WorkloadDiff:
    """Return what a change does to one workload: the same for the same sides, byte for byte.

    Both sides are planned with the base's lock, as compile does; where the head's own lock chooses otherwise and is
    honoured `after` is planned with that, and `from_base` is what the base's would have made. `drift` is what the head
    has and the base had not. Without `manifest_texts` manifests are named, but not compared line by line.
    """
    found = WorkloadDiff(
        workload=_name(before, after),
        path=(before if after.state == "absent" else after).path,
        status="unchanged",
        before=_side(before),
        after=_side(after),
        decision=decided_otherwise(before, after),
        cost_delta_usd_per_month=cost_delta(before, after),
        causes=tuple(causes),
        edits=tuple(edit.shown for edit in workload_edits(before.workload, after.workload)),
        views=view_moves(before.plan, after.plan),
        gained=crossings(before.plan, after.plan),
        lost=crossings(after.plan, before.plan),
        rules=rule_changes(before, after),
        slack=slack_changes(before, after),
        evidence=number_changes(before, after),
        words=word_changes(before, after),
        manifests=_manifests(before, after, texts=manifest_texts),
        drift=tuple(drift),
        contradicted=contradiction(before, after),
        chosen_otherwise=from_base or _not_honoured(before, after),
        notes=(*_let_go(before, after), *notes),
    )
    came = {"status": _status(before, after, found), "renamed_from": _former(before, after)}
    return found.model_copy(update=came)


def _name(before: PlannedSide, after: PlannedSide) -> str:
    """Return the head's name; the base's where the head has none, or none that can be read."""
    nameless = after.state == "absent" or (_is_unread(after) and before.name)
    return before.name if nameless else after.name


def _is_unread(side: PlannedSide) -> bool:
    """Tell whether a side's file could not even be read for a name: its path then stands for one."""
    return side.state == "broken" and side.name == side.path


def _manifests(before: PlannedSide, after: PlannedSide, *, texts: bool) -> tuple[ManifestChange, ...]:
    if not (_is_rendered(before) and _is_rendered(after)):
        return ()
    return manifest_changes(before.manifests, after.manifests, texts=texts)


def _is_rendered(side: PlannedSide) -> bool:
    """Tell whether a side has the manifests that it should: one without a plan takes nobody's files away."""
    return side.choice is not None or side.state == "absent"


def _side(side: PlannedSide) -> Side:
    plan = side.plan
    return Side(
        state=side.state,
        choice=side.choice,
        committed=side.committed.choice.candidate if side.committed else "",
        feasible=len(plan.views["balanced"]) if plan else 0,
        considered=int(plan.candidates.scope.sum()) if plan else 0,
        problems=side.problems,
    )


def _status(before: PlannedSide, after: PlannedSide, found: WorkloadDiff) -> DiffStatus:
    """Return what happened; an edit that moves nothing and reaches no manifest leaves a workload unchanged."""
    if before.state == "absent":
        return "unchanged" if after.state == "absent" else "added"
    if after.state == "absent":
        return "removed"
    if _former(before, after):
        return "renamed"
    told = (
        found.decision, found.views, found.gained, found.lost, found.rules, found.evidence, found.words,
        found.manifests, found.drift, found.chosen_otherwise,
    )  # fmt: skip
    said = [
        (side.state, side.feasible, side.considered, side.problems, _without_reasons(side))
        for side in (found.before, found.after)
    ]
    return "changed" if any(told) or said[0] != said[1] else "unchanged"


def _without_reasons(side: Side) -> object:
    """Return a side's choice without how it came about."""
    return side.choice and side.choice.model_dump(exclude=set(HOW_IT_CAME))


def _former(before: PlannedSide, after: PlannedSide) -> str:
    """Return the former path of a workload, or its former name where the path stayed; empty where neither changed."""
    if "absent" in (before.state, after.state):
        return ""
    if before.path != after.path:
        return before.path
    if _is_unread(before) or _is_unread(after):
        return ""
    return before.name if before.name != after.name else ""


def _let_go(before: PlannedSide, after: PlannedSide) -> tuple[str, ...]:
    """Return the note that a choice which had only been kept is given up: any edit of what is intended does that."""
    old, new = before.choice, after.choice
    if old is None or new is None or not old.kept or new.kept or old.candidate == new.candidate:
        return ()
    return (f"the last lock had kept {old.candidate} though it was not the best; now it is chosen anew",)


def _not_honoured(before: PlannedSide, after: PlannedSide) -> str:
    """Return what compile makes where the head commits a lock of its own that chooses another, which it does not keep.

    A lock that the head left as it was is stale at most, which is drift and no choice.
    """
    if after.lock is None or after.committed is None or after.committed == before.committed:
        return ""
    made = after.lock.choice.candidate
    return "" if made == after.committed.choice.candidate else made
