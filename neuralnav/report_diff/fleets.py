"""What every form of a plan diff says of fleet policies, budgets over all workloads of a repository."""

from collections.abc import Mapping

from neuralnav.model.diff import FleetChange, PlanDiff
from neuralnav.model.plain_text import counted
from neuralnav.model.quantity import format_usd
from neuralnav.report_diff.words import Marks, both

FIX = "keep to it, or change the policy in a pull request of its own"
BUNDLE_FIX = "keep to it: a bundle binds whatever the repository says"

USD = "USD/month"
NAMED = 3
"""Up to so many workloads are named as those that bring a fleet its change."""

_WORDS: Mapping[str, str] = {"deny": "refused by", "warn": "warned by", "audit": "recorded by"}
_WHOSE: Mapping[str, str] = {"head": "", "base": "the base's ", "bundle": "the bundle's "}


def fleets_of_note(diff: PlanDiff) -> list[FleetChange]:
    """Return the changes that a reviewer must be told of: what refuses first, then what warns, or no longer does."""
    told = [item for item in diff.fleets if {item.before.verdict, item.after.verdict} & {"warn", "deny"}]
    return sorted(told, key=_rank)


def _rank(item: FleetChange) -> int:
    if item.refused:
        return 0
    return {"deny": 1, "warn": 2}.get(item.after.verdict, 3)


def refusals(diff: PlanDiff) -> list[FleetChange]:
    """Return the fleet policies' refusals that the change brings, those that fail it."""
    return [item for item in diff.fleets if item.refused]


def opening_text(diff: PlanDiff, marks: Marks) -> str:
    """Return the sentence that says by what the change is refused as a whole; empty where it is not."""
    found = refusals(diff)
    if not found:
        return ""
    first = found[0]
    inside = ", ".join(part for part in (group_text(first, marks), amount_text(first, marks)) if part)
    more = f" and {counted(len(found) - 1, 'other rule')}" if len(found) > 1 else ""
    return f"{upper_first(judged_text(first, marks))} ({inside}){more}. "


def upper_first(text: str) -> str:
    """Return a text as one that begins a sentence; names in it keep their letters."""
    return text[:1].upper() + text[1:]


def judged_text(item: FleetChange, marks: Marks) -> str:
    """Return which rule judges, and how it did before: `still refused by the base's team-budget.budget`."""
    after, before = _WORDS.get(item.after.verdict), _WORDS.get(item.before.verdict)
    if after is None:
        word = f"no longer {before}" if before else "measured by"
    else:
        word = f"still {after}" if after == before else after
    return f"{word} {_WHOSE[item.whose]}{marks.code(f'{item.policy}.{item.rule}')}"


def amount_text(item: FleetChange, marks: Marks) -> str:
    """Return what is measured on both sides against its limit: `$13,140 -> $19,710/month, limit $10,000`.

    A side that was not measured is left out, and nothing is said where that is the head.
    """
    if item.after.value is None:
        return ""
    values = [_number(side.value, item.unit) for side in (item.before, item.after) if side.value is not None]
    limits = [_number(side.limit, item.unit) for side in (item.before, item.after) if side.limit is not None]
    unit = "/month" if item.unit == USD else f" {marks.text(item.unit)}" if item.unit else ""
    limit = f", limit {both(limits[0], limits[-1])}" if limits else ""
    return both(values[0], values[-1]) + unit + limit


def _number(value: float, unit: str) -> str:
    return format_usd(value) if unit == USD else f"{value:,.6g}"


def details_text(item: FleetChange, marks: Marks) -> str:
    """Return what a rule says of a group beside its verdict: the amounts, who brings the change, its message."""
    named = ", ".join(marks.code(name) for name in item.by[:NAMED])
    more = f" and {len(item.by) - NAMED} more" if len(item.by) > NAMED else ""
    parts = [
        amount_text(item, marks),
        f"by {named}{more}" if named else "",
        f"{counted(len(item.uncounted), 'workload')} not counted" if item.uncounted else "",
        marks.text(item.message) if item.objects else "",  # last: it may be long, and a line is cut
    ]
    return "; ".join(part for part in parts if part)


def fix_of(item: FleetChange) -> str:
    """Return what to do about a rule that objects; empty where none does, or it is only recorded."""
    if item.after.verdict not in ("warn", "deny"):
        return ""
    return BUNDLE_FIX if item.whose == "bundle" else FIX


def subject_text(item: FleetChange, marks: Marks) -> str:
    """Return which rule judges which group, and how: `refused by team-budget.budget (team=support)`."""
    return f"{judged_text(item, marks)} ({group_text(item, marks)})"


def group_text(item: FleetChange, marks: Marks) -> str:
    """Return the group that a rule judges, with the environments in which it is bound where those are not all."""
    where = f" in {', '.join(item.environments)}" if item.environments else ""
    return marks.text(f"{item.group}{where}")
