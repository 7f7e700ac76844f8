"""What one rule says of one candidate, and by how much every candidate misses it: for explanations and near misses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from neuralnav.enforce.bound import BoundExemption, BoundRule
from neuralnav.enforce.budgets import Budget, excess_over
from neuralnav.enforce.columns import row_of
from neuralnav.enforce.masks import condition_excess
from neuralnav.enforce.shown import shown
from neuralnav.model.plan import Floats
from neuralnav.model.verdicts import VERDICTS, Codes, Said, Seen
from neuralnav.policy.explain import Leaf, explain
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.lower import Columns

LONGEST_LINE = 400
LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is judged: over these columns, with these values for the whole plan, its parameters among them.

    `ready` are the columns as kernels take them.
    """

    rule: BoundRule
    constants: Mapping[str, object]
    columns: Mapping[str, pa.Array]
    ready: Columns
    budgets: tuple[Budget, ...] = ()

    def bindings(self, row: int) -> dict[str, object]:
        """Return what an expression may read of one candidate."""
        return {**self.constants, **row_of(self.columns, row)}


def say(place: Place, policy: str, exemption: BoundExemption | None, codes: Codes, row: int) -> Said:
    """Return what a rule says of a row that it does more than pass."""
    rule, bindings = place.rule, place.bindings(row)
    verdict = VERDICTS[codes[row]]
    unknown, seen = _deciding(place, bindings, row)
    return Said(
        policy=policy,
        rule=rule.id,
        verdict="deny" if verdict == "pass" else verdict,
        message=_message(rule, bindings),
        unknown=rule.on_unknown if unknown else "",
        seen=seen,
        owner=_line(exemption.owner) if exemption else "",
        reason=_line(exemption.reason) if exemption else "",
    )


def say_preference(place: Place, policy: str, acts: bool, row: int) -> Said:  # noqa: FBT001  # bound by partial
    """Return what a rule says of a row that it prefers; under another enforcement than deny it gives no points."""
    rule = place.rule
    message = _message(rule, place.bindings(row))
    if acts:
        return Said(policy, rule.id, "prefer", message, points=rule.points)
    would = f"would give it {rule.points:+g} points"
    return Said(policy, rule.id, "audit", f"{message}; {would}" if message else would)


def excess_of(place: Place, rows: int) -> Floats:
    """Return by which share of its limit each row misses a rule: 0 where it does not, inf where that has no size."""
    if place.budgets:
        return excess_over(place.budgets)
    return condition_excess(place.rule, place.constants, place.ready, rows)


def _deciding(place: Place, bindings: Mapping[str, object], row: int) -> tuple[bool, tuple[Seen, ...]]:
    """Return whether a rule has no value for a row, and the conditions that decided, or have none."""
    if place.budgets:
        over = tuple(item.seen(row) for item in place.budgets if item.over[row])
        return not over, over or tuple(_unknown(item, row) for item in place.budgets if item.unknown[row])
    if place.rule.condition is None:
        return False, ()
    found = explain(place.rule.condition, bindings)
    return found.holds is None, tuple(seen_of(leaf) for leaf in found.leaves)


def _unknown(budget: Budget, row: int) -> Seen:
    """Return what a budget that cannot be told lacks: its limit, or its value in a row."""
    if budget.lacks is None:
        return budget.seen(row)
    seen = seen_of(budget.lacks)
    return replace(seen, text=f"{budget.what} <= {seen.text}")


def seen_of(leaf: Leaf) -> Seen:
    """Return a condition with what it read: its sides, or itself where it has none, or what went wrong in it."""
    text = _line(leaf.text)
    if leaf.holds is None:
        absent = " and ".join(leaf.missing)
        return Seen(text, absent or _line(leaf.fault.message if leaf.fault else ""), absent=bool(absent))
    sides = [_line(shown(item.value), LONGEST_VALUE) for item in leaf.operands if item.fault is None]
    by = f"{leaf.excess:+.1%}" if leaf.excess else ""
    return Seen(text, " and ".join(sides) or shown(leaf.holds), by)


def message_of(rule: BoundRule, bindings: Mapping[str, object]) -> str:
    """Return what a rule says of the candidate; nothing where its message cannot be made of what is there."""
    expression = rule.message_expression
    if expression is None:
        return rule.message
    try:
        found = interpret(expression.root, variables_of(expression.variables, bindings))
    except EvaluationError:
        return ""
    return found if isinstance(found, str) else ""


def _message(rule: BoundRule, bindings: Mapping[str, object]) -> str:
    """Return a rule's words for a candidate: its message, or what it is about."""
    return _line(message_of(rule, bindings) or rule.about)


def _line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text on one printable line, cut where it is too long: a policy must not steer a terminal."""
    printable = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return printable if len(printable) <= longest else f"{printable[: longest - 3]}..."
