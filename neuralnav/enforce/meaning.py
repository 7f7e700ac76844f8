"""The digest of what a bound policy means: comments, descriptions, tests and layout are no part.

The order of rules is none either: a digest that changes is a reason to choose anew.
What a rule is about is a part where it has no fixed message: a lock then may say that in its place.
"""

from collections.abc import Mapping
from typing import Any

from neuralnav.model.document import digest
from neuralnav.model.policy import Enforcement, FleetPolicy, Policy, Value
from neuralnav.policy.tokens import tokenize

_EXPRESSIONS = ("deny", "require", "warn", "prefer", "message_expression")
_ALL_LIMITS = ("gpus", "replicas", "cost_monthly_usd", "top")


def meaning_of(document: Policy | FleetPolicy, params: Mapping[str, Value], enforcement: Enforcement) -> str:
    """Return the digest of a policy whose expressions have no fault, under these parameters and this enforcement.

    Where it is bound is no part: a binding for one environment more changes no plan of another.
    """
    spec: dict[str, Any] = document.spec.model_dump(
        mode="json", exclude={"description", "tests", "params"}, exclude_none=True
    )
    spec["match"] = _sorted(spec["match"])
    spec["rules"] = sorted((_rule(rule) for rule in spec["rules"]), key=lambda rule: str(rule["id"]))
    if "variables" in spec:
        spec["variables"] = {name: _plain(text) for name, text in spec["variables"].items()}
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in params.items()}
    return digest(
        {"kind": document.kind, "name": document.metadata.name, "spec": spec, "params": values,
         "enforcement": enforcement}
    )  # fmt: skip


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in rule.items() if name != "about" or "message" not in rule}
    found |= {name: _plain(found[name]) for name in _EXPRESSIONS if name in found}
    if "limit" in found:
        found["limit"] = {name: _limit(name, value) for name, value in found["limit"].items()}
    return found


def _sorted(match: Mapping[str, Any]) -> dict[str, Any]:
    """Return whom a policy is for with every list in order: they are sets."""
    labels = {key: sorted(values) for key, values in match["labels"].items()}
    return {name: sorted(values) for name, values in match.items() if name != "labels"} | {"labels": labels}


def _limit(name: str, value: object) -> object:
    return _plain(str(value)) if name in _ALL_LIMITS else value


def _plain(text: str) -> str:
    """Return an expression with one space between its tokens."""
    return " ".join(token.text for token in tokenize(text)[:-1])
