"""(Project, policy documents) -> Governance: policies and exemptions, every expression checked, or every problem."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from neuralnav.enforce.bound import BoundExemption, BoundFleet, BoundPolicy, Governance
from neuralnav.enforce.meaning import meaning_of
from neuralnav.enforce.params import typed, value_text
from neuralnav.enforce.rules import Bindable, CheckedPolicy, check_policy
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.document import Parsed, suggestion
from neuralnav.model.policy import Match, Policy, Value
from neuralnav.model.project import Exemption, PolicyBinding, Project

REFUSING = ("deny", "require", "warn", "limit")
"""The kinds of rules that object, so that there is something to be exempt from."""


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy document and the binding, by its index in the project file, that leads to it."""

    binding: int
    parsed: Bindable


def bind(
    project: Parsed[Project], documents: Sequence[PolicyDocument], problems: Sequence[Diagnostic] = ()
) -> Governance:
    """Return the policies and exemptions of a project.

    `problems` were found while the documents were read; what may only follow from a document that is missing is then
    not told. Raises `InputError` with these and every other problem: those of the project file first, then those of
    each policy file in the order of the bindings.
    """
    return _Binding(project, documents, list(problems)).run()


@dataclass(frozen=True, slots=True)
class _Bound:
    """A document under one binding."""

    index: int
    binding: PolicyBinding
    checked: CheckedPolicy
    params: Mapping[str, Value]

    @property
    def name(self) -> str:
        return self.checked.parsed.document.metadata.name

    @property
    def file(self) -> str:
        return self.checked.parsed.source.name

    @property
    def match(self) -> Match:
        return self.checked.parsed.document.spec.match

    @property
    def environments(self) -> tuple[str, ...]:
        return self.binding.environments or ()

    def bound(self) -> BoundPolicy | BoundFleet:
        document = self.checked.parsed.document
        enforcement = self.binding.enforcement
        digest = meaning_of(document, self.params, enforcement)
        if isinstance(document, Policy):
            return BoundPolicy(
                self.name, self.file, digest, enforcement, self.environments, self.match, self.params,
                self.checked.rules,
            )  # fmt: skip
        return BoundFleet(
            self.name, self.file, digest, enforcement, self.environments, self.match, document.spec.group_by or "",
            self.params, self.checked.rules,
        )  # fmt: skip


@dataclass(slots=True)
class _Binding:
    """One pass over a project's bindings that collects problems."""

    project: Parsed[Project]
    documents: Sequence[PolicyDocument]
    problems: list[Diagnostic]
    whole: bool = field(init=False)
    checked: dict[str, CheckedPolicy] = field(init=False)

    def __post_init__(self) -> None:
        self.whole = not self.problems
        self.checked = {}

    def run(self) -> Governance:
        bound = [self._bound(item) for item in self.documents]
        self._environments()
        self._unknown_params()
        self._twice(bound)
        self._weights(bound)
        exemptions = tuple(self._exemptions(bound))
        for checked in self.checked.values():
            self.problems += checked.problems
        if self.problems:
            raise InputError(self._ordered())
        found = [item.bound() for item in sorted(bound, key=lambda item: (item.name, item.environments))]
        return Governance(
            tuple(item for item in found if isinstance(item, BoundPolicy)),
            exemptions,
            tuple(item for item in found if isinstance(item, BoundFleet)),
        )

    def _ordered(self) -> list[Diagnostic]:
        """Return the problems: those of the project file first, then those of each policy file, each in its order."""
        files = [self.project.source.name, *(item.parsed.source.name for item in self.documents)]
        files += [item.where.file for item in self.problems]
        place = {name: index for index, name in reversed(list(enumerate(files)))}
        return sorted(
            dict.fromkeys(self.problems),
            key=lambda item: (place[item.where.file], item.where.line, item.where.column),
        )

    def _bound(self, item: PolicyDocument) -> _Bound:
        name = item.parsed.source.name
        if name not in self.checked:
            self.checked[name] = check_policy(item.parsed)
        checked = self.checked[name]
        binding = self.project.document.spec.policies[item.binding]
        return _Bound(item.binding, binding, checked, dict(self._params(item, binding)))

    def _params(self, item: PolicyDocument, binding: PolicyBinding) -> Iterator[tuple[str, Value]]:
        """Yield each parameter of a document with its value: the binding's, or else the default."""
        policy = item.parsed.document.metadata.name
        for name, declared in item.parsed.document.spec.params.items():
            value = binding.params.get(name, declared.default)
            if value is None:
                where = self._where(item.binding)
                message = f'policy {policy} needs the parameter "{name}" ({declared.type}); it has no default'
                self._refuse(where, message, f"add params: {{{name}: ...}} to this binding")
                continue
            found = typed(value, declared.type)
            if found is not None:
                yield name, found
            elif name in binding.params:
                where = self.project.where("spec", "policies", item.binding, "params", name)
                message = f"the parameter {name} of policy {policy} must be {declared.type}, got {value_text(value)}"
                self._refuse(where, message)

    def _unknown_params(self) -> None:
        for index, binding in enumerate(self.project.document.spec.policies):
            own = [item.parsed.document for item in self.documents if item.binding == index]
            if not own or (binding.bundle is not None and not self.whole):
                continue
            known = {name for document in own for name in document.spec.params}
            who = f"policy {own[0].metadata.name}" if binding.path is not None else f"no policy of {binding.bundle}"
            for name in binding.params:
                if name not in known:
                    has = "has no parameter" if binding.path is not None else "has a parameter"
                    where = self.project.where_key("spec", "policies", index, "params", name)
                    self._refuse(where, f'{who} {has} "{name}"', suggestion(name, known))

    def _environments(self) -> None:
        spec = self.project.document.spec
        stated = [("policies", index, item.environments) for index, item in enumerate(spec.policies)]
        stated += [("exemptions", index, item.environments) for index, item in enumerate(spec.exemptions)]
        for section, index, environments in stated if spec.environments else ():
            for place, name in enumerate(environments or ()):
                if name not in spec.environments:
                    where = self.project.where("spec", section, index, "environments", place)
                    message = f'environment "{name}" is not one of spec.environments'
                    self._refuse(where, message, suggestion(name, spec.environments))

    def _twice(self, bound: Sequence[_Bound]) -> None:
        """Refuse two policies of one name, and one policy that is bound twice for an environment."""
        for first, second in combinations(bound, 2):
            if first.name != second.name:
                continue
            if first.file != second.file:
                there = first.checked.parsed.where("metadata", "name")
                where = second.checked.parsed.where("metadata", "name")
                message = f'two policies are named "{second.name}"; the first is at {there.file}:{there.line}'
                self._refuse(where, message, "rename one of them")
            elif (both := _shared(first, second)) is not None:
                other = self._where(first.index)
                message = f'policy "{second.name}" is bound twice for {both}; the first is at {other.file}:{other.line}'
                self._refuse(self._where(second.index), message, "keep one of them, or name other environments")

    def _weights(self, bound: Sequence[_Bound]) -> None:
        """Refuse two rules that set other weights for the same workloads, where no match could tell them apart."""
        setting = [(item, rule) for item in bound for rule in item.checked.rules if rule.weights is not None]
        for (first, one), (second, other) in combinations(setting, 2):
            enforced = first.binding.enforcement == "deny" == second.binding.enforcement
            same = first is second or (first.match == second.match and _shared(first, second) is not None)
            if enforced and same and one.weights != other.weights and first.file + one.id != second.file + other.id:
                place = f"{one.where.file}:{one.where.line}"
                message = f"rule {other.id} sets other weights than rule {one.id} at {place}, for the same workloads"
                self._refuse(other.where, message, "keep one of them")

    def _exemptions(self, bound: Sequence[_Bound]) -> Iterator[BoundExemption]:
        for index, exemption in enumerate(self.project.document.spec.exemptions):
            self._exempt(index, exemption, [item for item in bound if item.name == exemption.policy], bound)
            yield BoundExemption(
                exemption.policy,
                exemption.rule,
                exemption.workloads or (),
                exemption.environments or (),
                exemption.owner,
                exemption.reason,
                exemption.expires,
                self.project.where("spec", "exemptions", index),
            )

    def _exempt(self, index: int, exemption: Exemption, named: Sequence[_Bound], bound: Sequence[_Bound]) -> None:
        """Refuse an exemption from nothing."""
        if not named:
            if self.whole:
                where = self.project.where("spec", "exemptions", index, "policy")
                hint = suggestion(exemption.policy, {item.name for item in bound})
                self._refuse(where, f'no policy "{exemption.policy}" is bound', hint)
            return
        if not isinstance(named[0].checked.parsed.document, Policy):
            where = self.project.where("spec", "exemptions", index, "policy")
            message = f"{exemption.policy} is a FleetPolicy; no workload can be exempt from a budget of many"
            self._refuse(where, message, "set its params where it is bound")
            return
        rules = {rule.id: rule for rule in named[0].checked.rules}
        where = self.project.where("spec", "exemptions", index, "rule")
        rule = rules.get(exemption.rule)
        if rule is None:
            message = f'policy {exemption.policy} has no rule "{exemption.rule}"'
            self._refuse(where, message, suggestion(exemption.rule, rules))
        elif rule.kind not in REFUSING:
            self._refuse(where, f"rule {rule.id} is of kind {rule.kind}: it refuses nothing to be exempt from")

    def _where(self, index: int) -> Where:
        binding = self.project.document.spec.policies[index]
        return self.project.where("spec", "policies", index, "path" if binding.path is not None else "bundle")

    def _refuse(self, where: Where, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(where, message, hint))


def _shared(first: _Bound, second: _Bound) -> str | None:
    """Return the environments that two bindings share, in words, or None."""
    if not first.environments or not second.environments:
        one = first.environments or second.environments
        return _listed(one) if one else "every environment"
    both = [name for name in first.environments if name in second.environments]
    return _listed(both) if both else None


def _listed(environments: Sequence[str]) -> str:
    return "environment " + ", ".join(environments)
