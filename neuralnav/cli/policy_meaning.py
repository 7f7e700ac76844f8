"""What a policy means, in words: for whom it is, and what each rule does."""

from collections.abc import Mapping, Sequence

from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.shown import one_line
from neuralnav.model.base import to_camel
from neuralnav.model.plan import SCORES
from neuralnav.model.policy import Match, RuleKind


def match_text(match: Match) -> str:
    """Return which workloads a policy is for."""
    parts = []
    if match.workloads is not None:
        parts.append(f"named {_or(match.workloads)}")
    if match.use_cases is not None:
        parts.append(f"of use case {_or(match.use_cases)}")
    for label, values in match.labels.items():
        parts.append(f"with a label {label}" if "*" in values else f"with label {label}: {_or(values)}")
    return f"workloads {' and '.join(parts)}" if parts else "all workloads"


DOES: Mapping[RuleKind, str] = {
    "deny": "refuses a candidate where",
    "require": "refuses a candidate unless",
    "warn": "warns of a candidate where",
    "prefer": "prefers a candidate where",
    "weights": "sets the weights of the scores",
    "limit": "refuses a candidate beyond",
}
"""What each kind of rule does, before its expression."""


def rule_text(rule: BoundRule) -> tuple[str, str]:
    """Return what a rule does, and the expression by which it does."""
    does = DOES[rule.kind]
    if rule.kind == "prefer":
        does = f"{rule.points:+g} points where"
    if rule.weights is not None:
        w = rule.weights
        return does, ", ".join(f"{name} {getattr(w, name):.0%}" for name in SCORES)
    if rule.limits:
        by = f" by {rule.by}" if rule.by else ""
        parts = (
            f"{to_camel(name)}: {one_line(item.text)}{by if name == 'top' else ''}"
            for name, item in rule.limits.items()
        )
        return does, ", ".join(parts)
    return does, one_line(rule.condition.text) if rule.condition is not None else ""


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)
