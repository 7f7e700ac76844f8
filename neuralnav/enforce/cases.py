"""Run the tests of a policy: what each rule makes of the candidate that a case gives, against what it expects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from neuralnav.enforce.applies import Subject, matches
from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.near import message_of
from neuralnav.enforce.params import typed, value_text
from neuralnav.enforce.rules import CheckedPolicy
from neuralnav.enforce.shown import decided, one_line, shown
from neuralnav.errors import Diagnostic, Where
from neuralnav.model.document import Parsed, suggestion
from neuralnav.model.policy import (
    Case,
    Match,
    Outcome,
    Parameter,
    ParameterType,
    RuleKind,
    Value,
)
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError, Fault
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.types import STRING, ObjectType, Type, type_text

OBJECTS: Mapping[RuleKind, Outcome] = {
    "deny": "deny", "require": "deny", "limit": "deny", "warn": "warn", "prefer": "prefer",
}  # fmt: skip
"""What a test calls a rule that objects (or prefers). `weights` has no verdict on a candidate."""

Bindings = dict[str, object]


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case, and where it stands: the document that holds it, and the path of the case in it."""

    case: Case
    document: Parsed[Any]
    path: tuple[str | int, ...]

    def where(self, *more: str) -> Where:
        """Return the place of a key of the case, or of the case itself."""
        return self.document.key_where(*self.path, *more) if more else self.document.where(*self.path)


@dataclass(frozen=True, slots=True)
class Suite:
    """A policy without problems, and its tests: its own, and those of files beside it."""

    policy: CheckedPolicy
    cases: tuple[PlacedCase, ...]

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.policy.parsed.document.metadata.name

    @property
    def declared(self) -> Mapping[str, Parameter]:
        """The parameters of the policy."""
        return self.policy.parsed.document.spec.params


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule made of a candidate: `reason` says why its expression has no value, `message` what it says."""

    outcome: Outcome
    accepted: tuple[Outcome, ...]
    message: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What a case expects of a rule, and what it got; `bindings` are what it was judged with."""

    rule: BoundRule
    expected: Outcome
    expected_message: str
    tried: Tried
    bindings: Mapping[str, object]

    @property
    def passed(self) -> bool:
        """Whether the outcome is one that was expected, with the message that was."""
        return self.expected in self.tried.accepted and self.expected_message in self.tried.message


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case that was run."""

    policy: str
    case: PlacedCase
    rules: tuple[RuleOutcome, ...]

    @property
    def passed(self) -> bool:
        """Whether every rule did what was expected of it."""
        return all(item.passed for item in self.rules)


def run_case(suite: Suite, placed: PlacedCase) -> CaseOutcome:
    """Return what each rule that a case names makes of its candidate. The case has no problems."""
    case = placed.case
    bindings = _bindings(suite, case)
    by_id = {rule.id: rule for rule in suite.policy.rules}
    selected = _is_selected(suite, bindings)
    skipped = Tried("skip", ("skip",))
    return CaseOutcome(
        suite.name,
        placed,
        tuple(
            RuleOutcome(
                by_id[name], expected, case.messages.get(name, ""),
                _try(by_id[name], bindings) if selected else skipped, bindings,
            )
            for name, expected in case.expect.items()
        ),
    )  # fmt: skip


def case_problems(suite: Suite, placed: PlacedCase) -> Iterator[Diagnostic]:
    """Yield what keeps a case from being run: names that do not exist, values of the wrong type, parameters unset."""
    case, rules = placed.case, {rule.id: rule for rule in suite.policy.rules}
    for part, names in (("expect", case.expect), ("messages", case.messages)):
        for name in names:
            if name not in rules:
                message = f"policy {suite.name} has no rule {name}"
                yield Diagnostic(placed.where(part, name), message, suggestion(name, rules))
            elif part == "messages" and name not in case.expect:
                yield Diagnostic(placed.where(part, name), f"expect does not name {name}", f"add {name} to expect")
            elif part == "expect" and rules[name].kind not in OBJECTS:
                hint = "try it with neuralnav show"
                yield Diagnostic(placed.where(part, name), f"{name} sets weights: it has no verdict to expect", hint)
            elif part == "expect" and not is_coverable(rules[name]):
                message = f"{name} keeps the best of a plan: one candidate cannot show that"
                yield Diagnostic(placed.where(part, name), message, "try it with neuralnav show")
    yield from _given_problems(suite, placed)
    yield from _param_problems(suite, placed)


def _given_problems(suite: Suite, placed: PlacedCase) -> Iterator[Diagnostic]:
    names = suite.policy.scope.variables
    for root, given in placed.case.given.items():
        if root not in names:
            yield Diagnostic(placed.where("given", root), f"no variable {root} to give", suggestion(root, names))
            continue
        kind = names[root].type
        if not isinstance(kind, ObjectType):
            if not isinstance(given, str):
                yield Diagnostic(placed.where("given", root), f"{root} must be {type_text(kind)}", f'{root}: "text"')
            continue
        if isinstance(given, str):
            yield Diagnostic(placed.where("given", root), f"{root} has fields", f"{root}: {{field: value}}")
            continue
        for field, value in given.items():
            place = placed.where("given", root, field)
            if field not in kind.fields:
                yield Diagnostic(place, f"{root} has no field {field}", _suggested(field, kind))
            elif _coerced(value, kind.fields[field].type) is None:
                wanted = type_text(kind.fields[field].type)
                yield Diagnostic(place, f"{root}.{field} must be {wanted}, got {value_text(value)}")


def _suggested(field: str, kind: ObjectType) -> str:
    return suggestion(field, kind.fields) or f"docs/policy-reference.md lists the fields of {kind.name}"


def _param_problems(suite: Suite, placed: PlacedCase) -> Iterator[Diagnostic]:
    for name, value in placed.case.params.items():
        place = placed.where("params", name)
        if name not in suite.declared:
            message = f"policy {suite.name} has no parameter {name}"
            yield Diagnostic(place, message, suggestion(name, suite.declared))
        elif typed(value, suite.declared[name].type) is None:
            yield Diagnostic(place, f"{name} must be {suite.declared[name].type}, got {value_text(value)}")
    for name in suite.declared:
        if suite.declared[name].default is None and name not in placed.case.params:
            yield Diagnostic(placed.where(), f"parameter {name} has no default", f"add params: {{{name}: VALUE}}")


def _bindings(suite: Suite, case: Case) -> Bindings:
    """Return what expressions read: the roots with the fields that are given, and the parameters."""
    found: Bindings = {}
    for root, variable in suite.policy.scope.variables.items():
        given = case.given.get(root)
        if isinstance(variable.type, ObjectType):
            fields = given if isinstance(given, dict) else {}
            found[root] = {name: _coerced(value, variable.type.fields[name].type) for name, value in fields.items()}
        elif given is not None or variable.type == STRING:
            found[root] = given if isinstance(given, str) else ""
    found["params"] = params_of(suite.declared, case.params)
    return found


def params_of(declared: Mapping[str, Parameter], given: Mapping[str, Value]) -> dict[str, object]:
    """Return the parameters as expressions read them: what is given, else the default; without either, none."""
    values = {name: given.get(name, item.default) for name, item in declared.items()}
    return {name: _plain(typed(value, declared[name].type)) for name, value in values.items() if value is not None}


def _coerced(value: Value, kind: Type) -> object:
    """Return a value of YAML as one of a field's type, a whole number as a double too; None when it is none."""
    name: ParameterType = type_text(kind)  # type: ignore[assignment]  # fields are scalars, lists and maps of those
    return _plain(typed(value, name))


def _plain(value: Value | None) -> object:
    return list(value) if isinstance(value, tuple) else value


def _is_selected(suite: Suite, bindings: Bindings) -> bool:
    """Tell whether the policy is for the workload that is given. What a case says nothing of is taken to match."""
    given = bindings.get("workload")
    if not isinstance(given, Mapping):
        return True
    match = suite.policy.parsed.document.spec.match
    said = Match(
        workloads=match.workloads if "name" in given else None,
        use_cases=match.use_cases if "use_case" in given else None,
        labels=match.labels if "labels" in given else {},
    )
    return matches(Subject(given.get("name", ""), given.get("use_case", ""), given.get("labels", {})), said)


def _try(rule: BoundRule, bindings: Bindings) -> Tried:
    objects = OBJECTS[rule.kind]
    try:
        objecting = _objects(rule, bindings)
    except EvaluationError as error:
        return Tried("unknown", ("unknown", _when_unknown(rule)), message_of(rule, bindings), error.fault.message)
    if not objecting:
        return Tried("allow", ("allow",))
    return Tried(objects, (objects,), message_of(rule, bindings))


def _when_unknown(rule: BoundRule) -> Outcome:
    """Return what a rule makes of a candidate of which its expression has no value."""
    match rule.kind:
        case "prefer":
            return "skip"
        case "warn":
            return "skip" if rule.on_unknown == "skip" else "warn"
        case _:
            return rule.on_unknown


def _objects(rule: BoundRule, bindings: Bindings) -> bool:
    """Tell whether a rule objects to (or prefers) the candidate. Raises EvaluationError where nothing says so."""
    if rule.condition is not None:
        found = interpret(rule.condition.root, variables_of(rule.condition.variables, bindings))
        return bool(found) != (rule.kind == "require")
    over = [_exceeds(name, checked, bindings) for name, checked in (rule.limits or {}).items() if name != "top"]
    if True not in over:
        for item in over:
            if isinstance(item, EvaluationError):
                raise item
    return True in over


def _exceeds(name: str, checked: Checked, bindings: Bindings) -> bool | EvaluationError:
    """Tell whether a candidate is over one limit, or why nobody knows."""
    candidate = bindings["candidate"]
    if not isinstance(candidate, Mapping) or name not in candidate:
        return EvaluationError(Fault("no_such_field", checked.root.span, f"candidate.{name} is absent"))
    try:
        limit = interpret(checked.root, variables_of(checked.variables, bindings))
    except EvaluationError as error:
        return error
    return bool(candidate[name] > limit)


def is_coverable(rule: BoundRule) -> bool:
    """Tell whether a case can show what a rule makes of one candidate."""
    return rule.condition is not None or bool(set(rule.limits or ()) - {"top"})


def value_of(item: RuleOutcome) -> Iterator[tuple[str, str]]:
    """Yield what decided about the candidate of a case: each condition with the values that it met."""
    if item.rule.condition is not None:
        yield from decided(item.rule.condition, item.bindings)
    candidate = item.bindings.get("candidate")
    if item.rule.limits and isinstance(candidate, Mapping):
        for name, checked in item.rule.limits.items():
            found = shown(candidate[name]) if name in candidate else "absent"
            yield f"candidate.{name} <= {one_line(checked.text)}", f"candidate.{name} is {found}"
