"""What looks like a mistake in a sound policy: what nothing reads, what no catalog holds, what real candidates show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt

from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.reads import Compared, Read, compared, reads
from neuralnav.enforce.rules import CheckedPolicy, free_names
from neuralnav.enforce.trial import Trial
from neuralnav.errors import Where
from neuralnav.model.base import to_camel
from neuralnav.model.document import find, suggestion
from neuralnav.model.params import Value
from neuralnav.model.places_in_text import mark_in
from neuralnav.model.policy import FleetPolicy, FleetRule, Policy, Rule
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.tree import Expression
from neuralnav.policy.types import ObjectType

Severity = Literal["warning", "note"]

CODES: Mapping[str, tuple[Severity, str]] = {
    "always-objects": ("warning", "check the comparison, or bind the policy as audit first"),
    "no-value": ("warning", "guard what is absent with has(), or bring the data in"),
    "constant": ("warning", "compare a field of the candidate or the workload with something"),
    "unknown-value": ("warning", "no candidate can meet it"),
    "unused-variable": ("warning", "read it, or remove it"),
    "unused-param": ("warning", "read it, or remove it"),
    "same-condition": ("warning", "keep one of them"),
    "never-objects": ("note", "fine for a guard rail; else check the comparison"),
    "shadowed": ("note", "it changes nothing as long as the other rule is there"),
    "may-be-absent": ("note", "guard it with has(), or state onUnknown"),
    "row-by-row": ("note", "it is interpreted candidate by candidate, which is slower"),
    "unmatched": ("note", "its rules were tried on all of them all the same"),
    "untried": ("note", "give it a default, bind the policy, or set it in a test"),
    "untested": ("note", "add tests: to it; neuralnav policy test runs them"),
}
"""Every code: how bad it is, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: about which rule (empty: the policy), where, and what to do."""

    code: str
    policy: str
    rule: str
    message: str
    where: Where
    hint: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CODES[self.code][0]


def lint(
    policy: CheckedPolicy,
    trial: Trial,
    vocabulary: Mapping[str, Sequence[str]],
    *,
    tests: int,
    unset: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Return what looks like a mistake in a policy, in the order of its file.

    `trial` says what its rules make of real candidates, `vocabulary` what closed fields can hold (`scope.vocabulary`),
    `tests` how many cases there are, `unset` the parameters without any value, for want of which nothing was tried.
    """
    linter = _Linter(policy)
    found = [
        *linter.unused(),
        *linter.absent(),
        *linter.unknown_values(vocabulary),
        *linter.same(),
        *linter.on_candidates(trial),
        *linter.untested(tests),
        *linter.untried(unset),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (item.where.line, item.where.column, item.code)))


def shadowed(tried: Sequence[tuple[CheckedPolicy, Trial]]) -> Iterator[Finding]:
    """Yield the rules whose objections another rule makes too, over the same candidates, of whichever policy.

    Rules that refuse are compared with rules that refuse, and rules that warn with rules that warn. One that objects to
    everything shadows nothing: that is told of itself. Of two that object to the same, the later is told. Each is told
    once, with the rule that reaches least further.
    """
    rules = [
        _Tried(policy, rule, trial)
        for policy, trial in tried
        for rule in policy.rules
        if trial.per_row.get(rule.id)  # what judges a workload as a whole shadows others by chance
    ]
    for place, small in enumerate(rules):
        if not small.some or small.kind == VERB["prefer"]:
            continue
        others = [(other, large) for other, large in enumerate(rules) if other != place]
        over = [large for other, large in others if _hides(large, small, later=other > place)]
        if not over:
            continue
        large = min(over, key=lambda item: int(item.objects.sum()))
        name = large.rule.id if large.policy is small.policy else f"{large.name}.{large.rule.id}"
        also = f", and {_count(len(over) - 1, 'more rule')} too" if len(over) > 1 else ""
        message = f"rule {name} {large.kind} all {_count(int(small.objects.sum()), 'candidate')} that it does{also}"
        yield small.linter.finding("shadowed", small.rule.id, message, small.linter.whole(small.rule))


def _hides(large: "_Tried", small: "_Tried", *, later: bool) -> bool:
    """Tell whether one rule objects to all that another does, and is not the `later` of two that object to the same."""
    if large.every or large.kind != small.kind or large.samples != small.samples:
        return False
    if large.rule.where == small.rule.where:  # one rule, of a policy that is bound twice
        return False
    mine, theirs = small.objects, large.objects
    return not (mine & ~theirs).any() and not (later and np.array_equal(mine, theirs))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A rule with what it made of its policy's samples."""

    policy: CheckedPolicy
    rule: BoundRule
    trial: Trial

    @property
    def name(self) -> str:
        return self.policy.parsed.document.metadata.name

    @property
    def kind(self) -> str:
        return VERB[self.rule.kind]

    @property
    def samples(self) -> list[int]:
        return [id(item) for item in self.trial.on]

    @property
    def objects(self) -> npt.NDArray[np.bool_]:
        return self.trial.objects[self.rule.id]

    @property
    def some(self) -> bool:
        return bool(self.objects.any())

    @property
    def every(self) -> bool:
        return bool(self.objects.all())

    @property
    def linter(self) -> "_Linter":
        return _Linter(self.policy)


class _Linter:
    """One policy, with the places of its parts."""

    def __init__(self, policy: CheckedPolicy) -> None:
        self.policy, self.parsed = policy, policy.parsed
        self.document: Policy | FleetPolicy = policy.parsed.document
        rules: Sequence[Rule | FleetRule] = self.document.spec.rules
        self.index = {rule.id: index for index, rule in enumerate(rules)}

    def unused(self) -> Iterator[Finding]:
        read = {item.path for rule in self.policy.rules for _, checked in _expressions(rule) for item in reads(checked)}
        for name in self.document.spec.params:
            if f"params.{name}" not in read:
                yield self._unused("param", name, "params")
        for name in self.policy.variables:
            if f"variables.{name}" not in read:
                yield self._unused("variable", name, "variables")

    def _unused(self, what: str, name: str, section: str) -> Finding:
        where = self.parsed.key_where("spec", section, name)
        return self.finding(f"unused-{what}", "", f"no rule reads {section}.{name}", where)

    def absent(self) -> Iterator[Finding]:
        """Find what may be absent and is read unguarded by a rule that leaves `onUnknown` to the default."""
        for rule in self.policy.rules:
            if rule.condition is None or rule.kind == "prefer" or self._states(rule, "onUnknown"):
                continue
            found = {item.path: item for item in reads(rule.condition) if self._may_be_absent(item)}
            if found:
                first = next(iter(found.values()))
                where = self._where(rule, (rule.kind,), first.span, first.variable)
                then = "warns" if rule.kind == "warn" else "refuses"
                message = f"{' and '.join(found)} may be absent; the rule then {then}"
                yield self.finding("may-be-absent", rule.id, message, where)

    def _may_be_absent(self, item: Read) -> bool:
        root = self.policy.scope.variables.get(item.root)
        if root is None or not isinstance(root.type, ObjectType) or item.test or item.guarded:
            return False
        return item.field in root.type.fields and root.type.fields[item.field].optional

    def _states(self, rule: BoundRule, key: str) -> bool:
        node = find(self.parsed.root, ("spec", "rules", self.index[rule.id]))
        return isinstance(node.value, dict) and key in node.value

    def unknown_values(self, vocabulary: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
        """Find texts that a closed field is compared with and that it cannot hold."""
        for rule in self.policy.rules:
            for keys, checked in _expressions(rule):
                for item in compared(checked, self._defaults()):
                    known = vocabulary.get(item.path)
                    if known is not None and item.value not in known:
                        near = suggestion(item.value, known) or CODES["unknown-value"][1]
                        message = f'no {item.path} is "{item.value}"'
                        yield Finding("unknown-value", self._name, rule.id, message, self._of(rule, keys, item), near)

    def _of(self, rule: BoundRule, keys: tuple[str, ...], item: Compared) -> Where:
        if item.param:
            default = self.document.spec.params[item.param].default
            index = (default.index(item.value),) if isinstance(default, tuple) else ()
            return self.parsed.where("spec", "params", item.param, "default", *index)
        return self._where(rule, keys, item.span, item.variable)

    def _defaults(self) -> dict[str, Value]:
        declared = self.document.spec.params
        return {name: item.default for name, item in declared.items() if item.default is not None}

    def same(self) -> Iterator[Finding]:
        """Find rules of one kind whose conditions are written alike, or that read nothing."""
        first: dict[tuple[object, ...], str] = {}
        for rule in self.policy.rules:
            if rule.condition is None:
                continue
            if not any(True for _ in free_names(rule.condition.root)):
                yield self.finding("constant", rule.id, "the expression reads nothing", self.whole(rule))
            shape = (rule.kind, _shape(rule.condition.root))
            other = first.setdefault(shape, rule.id)
            if other != rule.id:
                yield self.finding("same-condition", rule.id, f"rule {other} asks the same", self.whole(rule))

    def on_candidates(self, trial: Trial) -> Iterator[Finding]:
        """Find what only real candidates show."""
        if not trial.matched:
            message = f"it is for none of {_count(len(trial.on), 'workload')}"
            yield self.finding("unmatched", "", message, self.parsed.where("metadata", "name"))
        for rule in self.policy.rules:
            objects, unknown = trial.objects.get(rule.id), trial.unknown.get(rule.id)
            if objects is not None and unknown is not None and len(objects):
                yield from self._on_all(rule, objects, unknown, trial)
            for span, variable in trial.slow.get(rule.id, ()):
                where = self._where(rule, (rule.kind,), span, variable)
                yield self.finding("row-by-row", rule.id, "this part has no Arrow kernel", where)

    def _on_all(
        self, rule: BoundRule, objects: npt.NDArray[np.bool_], unknown: npt.NDArray[np.bool_], trial: Trial
    ) -> Iterator[Finding]:
        workloads = len(trial.on)
        over = f"{_count(len(objects), 'candidate')} of {_count(workloads, 'workload')}"
        where = self.whole(rule)
        if unknown.all():
            yield self.finding("no-value", rule.id, f"the expression has no value for any of {over}", where)
        elif objects.all() and trial.per_row[rule.id]:
            yield self.finding("always-objects", rule.id, f"the rule {VERB[rule.kind]} all {over}", where)
        elif not objects.any():
            yield self.finding("never-objects", rule.id, f"the rule {VERB[rule.kind]} none of {over}", where)

    def untested(self, tests: int) -> Iterator[Finding]:
        if not tests:
            yield self.finding("untested", "", "the policy has no tests", self.parsed.where("metadata", "name"))

    def untried(self, unset: Sequence[str]) -> Iterator[Finding]:
        for name in unset:
            where = self.parsed.key_where("spec", "params", name)
            yield self.finding("untried", "", f"nothing gives params.{name} a value, so no rule was tried", where)

    @property
    def _name(self) -> str:
        return self.document.metadata.name

    def finding(self, code: str, rule: str, message: str, where: Where) -> Finding:
        return Finding(code, self._name, rule, message, where, CODES[code][1])

    def whole(self, rule: BoundRule) -> Where:
        return self.parsed.key_where("spec", "rules", self.index[rule.id], rule.kind)

    def _where(self, rule: BoundRule, keys: tuple[str, ...], span: Span, variable: str) -> Where:
        path: tuple[str | int, ...] = ("spec", "variables", variable)
        if not variable:
            path = ("spec", "rules", self.index[rule.id], *keys)
        node = find(self.parsed.root, path)
        return self.parsed.source.where(mark_in(self.parsed.source, node, span.start, span.end))


VERB: Mapping[str, str] = {
    "deny": "refuses", "require": "refuses", "limit": "refuses", "warn": "warns of", "prefer": "prefers",
}  # fmt: skip
"""What a rule does to a candidate that it objects to."""


def _expressions(rule: BoundRule) -> Iterator[tuple[tuple[str, ...], Checked]]:
    """Yield each expression of a rule with the keys that lead to it."""
    if rule.condition is not None:
        yield (rule.kind,), rule.condition
    if rule.message_expression is not None:
        yield ("messageExpression",), rule.message_expression
    for name, checked in (rule.limits or {}).items():
        yield ("limit", to_camel(name)), checked


def _shape(node: Expression) -> tuple[object, ...]:
    """Return a tree without its places: equal where two expressions are written alike but for white space."""
    parts = (getattr(node, item.name) for item in fields(node) if not item.name.endswith("span"))
    return type(node).__name__, *(_part_shape(part) for part in parts)


def _part_shape(part: object) -> object:
    if isinstance(part, tuple):
        return tuple(_part_shape(item) for item in part)
    if isinstance(part, Expression):
        return _shape(part)
    return type(part).__name__, part


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"
