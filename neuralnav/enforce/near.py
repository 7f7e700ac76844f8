"""What one rule says of one candidate, and by how much every candidate misses it: for explanations and near misses."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from neuralnav.enforce.bound import BoundExemption, BoundRule
from neuralnav.enforce.budgets import Budget
from neuralnav.enforce.columns import row_of
from neuralnav.model.plan import Floats
from neuralnav.model.verdicts import VERDICTS, Codes, Said, Seen
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of

LONGEST_MESSAGE = 400


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is judged: over these columns, with these values for the whole plan, its parameters among them."""

    rule: BoundRule
    constants: Mapping[str, object]
    columns: Mapping[str, pa.Array]
    budgets: tuple[Budget, ...] = ()

    def bindings(self, row: int) -> dict[str, object]:
        """Return what an expression may read of one candidate."""
        return {**self.constants, **row_of(self.columns, row)}


def say(place: Place, policy: str, exemption: BoundExemption | None, codes: Codes, row: int) -> Said:
    """Return what a rule says of a row that it does more than pass."""
    rule, bindings = place.rule, place.bindings(row)
    verdict = VERDICTS[codes[row]]
    seen = tuple(_deciding(place, bindings, row))
    return Said(
        policy=policy,
        rule=rule.id,
        verdict="deny" if verdict == "pass" else verdict,
        message=_message(rule, bindings),
        unknown=any(item.absent for item in seen) and not _decides(rule, bindings),
        seen=seen,
        owner=exemption.owner if exemption else "",
        reason=exemption.reason if exemption else "",
    )


def say_preference(place: Place, policy: str, acts: bool, row: int) -> Said:  # noqa: FBT001  # bound by partial
    """Return what a rule says of a row that it prefers; under another enforcement than deny it gives no points."""
    rule, bindings = place.rule, place.bindings(row)
    message = _message(rule, bindings)
    if acts:
        return Said(policy, rule.id, "prefer", message, points=rule.points)
    would = f"would give it {rule.points:+g} points"
    return Said(policy, rule.id, "audit", f"{message}; {would}" if message else would)


def excess_of(place: Place, rows: int) -> Floats:
    """Return by which share of its limit each row misses a rule: 0 where it does not, inf where that has no size."""
    if place.budgets:
        found: Floats = np.stack([budget.excess for budget in place.budgets]).max(axis=0)
        return found
    return np.full(rows, np.inf)


def _deciding(place: Place, bindings: Mapping[str, object], row: int) -> list[Seen]:
    """Return the conditions that make a rule object to a row, or that have no value there."""
    if place.budgets:
        return [item.seen(row) for item in place.budgets if item.over[row] or item.unknown[row]]
    return []


def _decides(rule: BoundRule, bindings: Mapping[str, object]) -> bool:
    """Tell whether a rule's condition has a value."""
    return rule.condition is not None and _value(rule.condition, bindings) is not None


def _message(rule: BoundRule, bindings: Mapping[str, object]) -> str:
    """Return a rule's words for a candidate on one line: its message, or what it is about."""
    found = _value(rule.message_expression, bindings) if rule.message_expression is not None else rule.message
    text = " ".join((found if isinstance(found, str) and found else rule.about).split())
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return printable if len(printable) <= LONGEST_MESSAGE else f"{printable[: LONGEST_MESSAGE - 3]}..."


def _value(checked: Checked, bindings: Mapping[str, object]) -> object:
    """Return an expression's value for one candidate, or None where it has none."""
    try:
        return interpret(checked.root, variables_of(checked.variables, bindings))
    except EvaluationError:
        return None
