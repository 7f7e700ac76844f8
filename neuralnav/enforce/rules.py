"""A policy document with its expressions checked, and every problem in them at its place in the file."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.fleet import FLEET_SCOPE
from neuralnav.enforce.params import params_variable, typed, value_text
from neuralnav.enforce.scope import SCOPE
from neuralnav.errors import Diagnostic
from neuralnav.model.base import to_camel
from neuralnav.model.document import Parsed, find
from neuralnav.model.places_in_text import mark_in
from neuralnav.model.plan import SCORES
from neuralnav.model.policy import FleetPolicy, FleetRule, Limit, Policy, Rule
from neuralnav.model.spec import ScoreWeights
from neuralnav.model.workload import Weights
from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import ExpressionError, Fault, Span
from neuralnav.policy.parse import parse
from neuralnav.policy.tree import Comprehension, Expression, Name, children
from neuralnav.policy.types import BOOL, DOUBLE, INT, STRING, Scope, Type
from neuralnav.policy.variables import VariablesError, check_all

Bindable = Parsed[Policy] | Parsed[FleetPolicy]

LIMITS: Mapping[str, tuple[Type, ...]] = {
    "gpus": (INT, DOUBLE), "replicas": (INT, DOUBLE), "cost_monthly_usd": (INT, DOUBLE), "top": (INT,),
}  # fmt: skip
"""The limits that a rule can set, and the types that each may be of."""


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """A document with its rules and variables checked; with problems, what has one is left out."""

    parsed: Bindable
    scope: Scope
    variables: Mapping[str, Checked]
    rules: tuple[BoundRule, ...]
    problems: tuple[Diagnostic, ...]


def check_policy(parsed: Bindable) -> CheckedPolicy:
    """Return a policy document with every expression checked, and all its problems in the order of the file."""
    return _Checking(parsed).run()


def scope_of(document: Policy | FleetPolicy) -> Scope:
    """Return what the expressions of a document may read: the scope of its kind, and its parameters.

    Its variables are the checker's own affair.
    """
    base = SCOPE if isinstance(document, Policy) else FLEET_SCOPE
    return Scope({**base.variables, "params": params_variable(document.spec.params)})


def score_weights(weights: Weights) -> ScoreWeights:
    """Return weights that sum to 1."""
    total = math.fsum(getattr(weights, name) for name in SCORES)
    return ScoreWeights(**{name: getattr(weights, name) / total for name in SCORES})


class _Checking:
    """One pass over a document that collects problems."""

    def __init__(self, parsed: Bindable) -> None:
        self.parsed = parsed
        self.document: Policy | FleetPolicy = parsed.document
        self.scope = scope_of(parsed.document)
        self.variables: Mapping[str, Checked] = {}
        self.refused: Collection[str] = ()
        self.problems: list[Diagnostic] = []

    def run(self) -> CheckedPolicy:
        self._params()
        self._variables()
        rules = tuple(self._rules())
        found = sorted(dict.fromkeys(self.problems), key=lambda item: (item.where.line, item.where.column))
        return CheckedPolicy(self.parsed, self.scope, self.variables, rules, tuple(found))

    def _params(self) -> None:
        for name, declared in self.document.spec.params.items():
            if declared.default is not None and typed(declared.default, declared.type) is None:
                where = self.parsed.where("spec", "params", name, "default")
                message = f"the default of {name} must be {declared.type}, got {value_text(declared.default)}"
                self.problems.append(Diagnostic(where, message))

    def _variables(self) -> None:
        if isinstance(self.document, FleetPolicy):
            return
        try:
            self.variables = check_all(self.document.spec.variables, self.scope)
        except VariablesError as error:
            self.variables, self.refused = error.checked, error.faults.keys()
            for name, faults in error.faults.items():
                self._refuse(faults, "spec", "variables", name)

    def _rules(self) -> Iterator[BoundRule]:
        first: dict[str, int] = {}
        rules: Sequence[Rule | FleetRule] = self.document.spec.rules
        for index, rule in enumerate(rules):
            where = self.parsed.where("spec", "rules", index, "id")
            line = first.setdefault(rule.id, where.line)
            if line != where.line:
                message = f'two rules have the id "{rule.id}"; the first is on line {line}'
                self.problems.append(Diagnostic(where, message, "rename one of them"))
            yield self._rule(index, rule)

    def _rule(self, index: int, rule: Rule | FleetRule) -> BoundRule:
        path = ("spec", "rules", index)
        text = rule.message_expression
        found = BoundRule(
            id=rule.id,
            kind="require",
            about=rule.about or "",
            where=self.parsed.where(*path, "id"),
            on_unknown="deny",
            message=rule.message or "",
            message_expression=None if text is None else self._check(text, STRING, *path, "messageExpression"),
        )
        if isinstance(rule, FleetRule):
            return replace(found, condition=self._check(rule.require, BOOL, *path, "require"))
        return replace(
            found,
            kind=rule.kind,
            on_unknown=rule.on_unknown,
            condition=self._condition(rule, path),
            points=rule.points or 0.0,
            weights=None if rule.weights is None else score_weights(rule.weights),
            limits=None if rule.limit is None else self._limits(rule.limit, *path, "limit"),
            by=None if rule.limit is None else rule.limit.by,
        )

    def _condition(self, rule: Rule, path: tuple[str | int, ...]) -> Checked | None:
        match rule.kind:
            case "deny" | "require" | "warn" | "prefer" as kind:
                text: str = getattr(rule, kind)
                return self._check(text, BOOL, *path, kind)
            case "weights" | "limit":
                return None
            case _:
                assert_never(rule.kind)

    def _limits(self, limit: Limit, *path: str | int) -> Mapping[str, Checked]:
        found: dict[str, Checked] = {}
        for name, kinds in LIMITS.items():
            value: int | float | str | None = getattr(limit, name)
            if value is None:
                continue
            place = (*path, to_camel(name))
            least = 1 if name == "top" else 0
            if not isinstance(value, str) and value < least:
                message = f"a limit of {value} admits nothing; give at least {least}"
                self.problems.append(Diagnostic(self.parsed.where(*place), message))
            elif (checked := self._check(str(value), kinds, *place)) is not None:
                self._same_for_all(checked, place)
                found[name] = checked
        return found

    def _same_for_all(self, limit: Checked, path: tuple[str | int, ...]) -> None:
        """Refuse a limit that reads what differs from candidate to candidate, its variables included."""
        rows = {name for name, item in self.scope.variables.items() if item.per_row}
        for name in free_names(limit.root):
            if name.name in rows:
                self._refuse_row(name.name, name.span, path)
        for variable, checked in limit.variables.items():
            for name in free_names(checked.root):
                if name.name in rows:
                    self._refuse_row(name.name, name.span, ("spec", "variables", variable))

    def _refuse_row(self, name: str, span: Span, path: tuple[str | int, ...]) -> None:
        message = f"{name} differs from candidate to candidate; a limit is one number for the whole plan"
        self._refuse([Fault("type", span, message, "read workload, slo, plan or params")], *path)

    def _check(self, text: str, expected: Type | tuple[Type, ...], *path: str | int) -> Checked | None:
        try:
            root = parse(text)
            return check(text, root, self.scope, expected=expected, variables=self.variables, refused=self.refused)
        except ExpressionError as error:
            self._refuse(error.faults, *path)
            return None

    def _refuse(self, faults: Iterable[Fault], *path: str | int) -> None:
        source, node = self.parsed.source, find(self.parsed.root, path)
        for fault in faults:
            where = source.where(mark_in(source, node, fault.span.start, fault.span.end))
            self.problems.append(Diagnostic(where, fault.message, fault.hint))


def free_names(root: Expression) -> Iterator[Name]:
    """Yield each use of a name that means something outside the expression: a macro's own variable does not."""
    yield from _names(root, frozenset())


def _names(node: Expression, own: frozenset[str]) -> Iterator[Name]:
    match node:
        case Name(name=name, absolute=absolute):
            if absolute or name not in own:
                yield node
        case Comprehension(over=over, variable=variable):
            yield from _names(over, own)
            for part in children(node)[1:]:
                yield from _names(part, own | {variable})
        case _:
            for part in children(node):
                yield from _names(part, own)
