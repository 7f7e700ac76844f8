"""Two governances taken apart, policy by policy and rule by rule, and mixed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from neuralnav.causes.words import changed, moved
from neuralnav.diff.search import Part
from neuralnav.enforce.bound import BoundExemption, BoundPolicy, BoundRule, Governance
from neuralnav.errors import Where
from neuralnav.model.diff import FieldEdit
from neuralnav.model.report import ReportedWhere
from neuralnav.policy.checked import Checked

Bound = tuple[BoundPolicy, ...]
"""The bindings of one policy, in environments that do not overlap."""


def policy_parts(before: Governance, after: Governance) -> tuple[Part, ...]:
    """Return the policies and exemptions that differ in what they mean, by name.

    A policy of which only rules differ is taken apart into these; of any other, all bindings are swapped together.
    """
    old, new = _by_name(before), _by_name(after)
    found = list[Part]()
    for name in sorted({*old, *new}):
        one, other = old.get(name, ()), new.get(name, ())
        if _meaning(one) == _meaning(other):
            continue
        if _only_rules(one, other):
            found.extend(_rule_parts(one[0], other[0]))
        else:
            found.append(_policy_part(name, one, other))
    return (*found, *_exemption_parts(before, after))


def mixed_governance(before: Governance, after: Governance, names: Collection[str]) -> Governance:
    """Return `before` with the policies, rules and exemptions of these parts as they are in `after`."""
    if not names:
        return before
    old, new = _by_name(before), _by_name(after)
    policies: list[BoundPolicy] = []
    for name in sorted({*old, *new}):
        one, other = old.get(name, ()), new.get(name, ())
        if name in names:
            policies.extend(other)
        elif _only_rules(one, other):
            policies.append(_mixed_rules(one[0], other[0], names))
        else:
            policies.extend(one)
    exempt, exempt_now = _by_rule(before), _by_rule(after)
    exemptions = [
        item
        for key in sorted({*exempt, *exempt_now})
        for item in (exempt_now if _exemption_name(key) in names else exempt).get(key, ())
    ]
    return Governance(tuple(policies), tuple(exemptions), before.fleets)


def _by_name(governance: Governance) -> Mapping[str, Bound]:
    found: dict[str, Bound] = {}
    for policy in governance.policies:
        found[policy.name] = (*found.get(policy.name, ()), policy)
    return found


def _meaning(policies: Bound) -> Sequence[object]:
    return [(policy.digest, policy.environments) for policy in policies]


def _around(policy: BoundPolicy) -> tuple[object, ...]:
    """Return what a policy says beside its rules."""
    return policy.enforcement, policy.environments, policy.match, dict(policy.params)


def _only_rules(before: Bound, after: Bound) -> bool:
    return len(before) == len(after) == 1 and _around(before[0]) == _around(after[0])


def _rule_parts(before: BoundPolicy, after: BoundPolicy) -> Iterator[Part]:
    """Yield the rules that differ; a policy in which none seems to is a part of its own, as its digest does."""
    parts = list[Part]()
    old, new = ({rule.id: rule for rule in policy.rules} for policy in (before, after))
    for name in sorted({*old, *new}):
        one, other = old.get(name), new.get(name)
        if _rule_meaning(one) == _rule_meaning(other):
            continue
        full = f"{before.name}.{name}"
        texts = [rule_text(rule) for rule in (one, other)]
        edit = FieldEdit(field=full, before=texts[0], after=texts[1], where=_where((other or after.rules[0]).where))
        state = changed(there=one is not None, here=other is not None)
        said = f"rule {full} {state}" if texts[0] == texts[1] or not all(texts) else f"rule {full} {moved(*texts)}"
        parts.append(Part(full, said, (edit,)))
    yield from parts or [_policy_part(before.name, (before,), (after,))]


def _rule_meaning(rule: BoundRule | None) -> object:
    if rule is None:
        return None
    limits = {name: _expression(limit) for name, limit in (rule.limits or {}).items()}
    return (
        rule.kind, rule.on_unknown, rule.message, _expression(rule.message_expression), _expression(rule.condition),
        rule.points, rule.weights, limits, rule.by, rule.about,
    )  # fmt: skip


def _expression(checked: Checked | None) -> object:
    """Return an expression with the text of every variable that it reads."""
    return checked and (checked.text, {name: item.text for name, item in checked.variables.items()})


def _value(value: object) -> str:
    """Return a parameter as its document writes it."""
    if isinstance(value, tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_value(item)}' for name, item in sorted(value.items()))}}}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.removesuffix(".0") if isinstance(value, float) else text


def rule_text(rule: BoundRule | None) -> str:
    """Return a rule on one line: its kind, and its condition, limits or weights."""
    if rule is None:
        return ""
    limits = ", ".join(f"{name} {limit.text}" for name, limit in sorted((rule.limits or {}).items()))
    condition = rule.condition.text if rule.condition else ""
    points = f"({rule.points:+g})" if rule.points else ""
    weights = str(rule.weights) if rule.weights else ""
    return " ".join(word for word in (rule.kind, " ".join(condition.split()), points, limits, weights) if word)


def _policy_part(name: str, before: Bound, after: Bound) -> Part:
    there, here = bool(before), bool(after)
    where = _whole_file(after or before)
    if not (there and here) or len(before) != len(after):
        texts = [", ".join(policy.enforcement for policy in side) for side in (before, after)]
        edit = FieldEdit(field=name, before=texts[0], after=texts[1], where=where)
        return Part(name, f"policy {name} {changed(there=there, here=here)}", (edit,))
    edits = tuple(
        FieldEdit(field=f"{name}.{what}", before=old, after=new, where=where)
        for one, other in zip(before, after, strict=True)
        for what, old, new in _settings(one, other)
    )
    if len(edits) == 1:
        return Part(
            name, f"policy {name}: {edits[0].field[len(name) + 1 :]} {moved(edits[0].before, edits[0].after)}", edits
        )
    return Part(name, f"policy {name} changed", edits or (FieldEdit(field=name, before="", after="", where=where),))


def _settings(before: BoundPolicy, after: BoundPolicy) -> Iterator[tuple[str, str, str]]:
    """Yield what differs of how a policy is bound: enforcement, environments, match, each parameter."""
    pairs = {
        "enforcement": (before.enforcement, after.enforcement),
        "environments": tuple(", ".join(policy.environments) or "all" for policy in (before, after)),
        "match": tuple(
            policy.match.model_dump_json(by_alias=True, exclude_defaults=True) for policy in (before, after)
        ),
        **{
            f"params.{name}": tuple(_value(policy.params.get(name, "")) for policy in (before, after))
            for name in sorted({*before.params, *after.params})
        },
        "rules": tuple("; ".join(sorted(map(rule_text, policy.rules))) for policy in (before, after)),
    }
    for name, (old, new) in pairs.items():
        if old != new:
            yield name, old, new


def _mixed_rules(before: BoundPolicy, after: BoundPolicy, names: Collection[str]) -> BoundPolicy:
    """Return a policy with some rules of its later version; its digest is the later one's as soon as one is taken."""
    old, new = ({rule.id: rule for rule in policy.rules} for policy in (before, after))
    taken = {name for name in {*old, *new} if f"{before.name}.{name}" in names}
    if not taken:
        return before
    rules = tuple(
        side[name] for name in sorted({*old, *new}) if name in (side := new if name in taken else old)
    )  # fmt: skip
    return replace(before, rules=rules, digest=after.digest)


def _exemption_parts(before: Governance, after: Governance) -> Iterator[Part]:
    old, new = _by_rule(before), _by_rule(after)
    for key in sorted({*old, *new}):
        one, other = old.get(key, ()), new.get(key, ())
        if [_covers(item) for item in one] == [_covers(item) for item in other]:
            continue
        texts = [", ".join(f"{item.owner} until {item.expires}" for item in side) for side in (one, other)]
        edit = FieldEdit(
            field=_exemption_name(key), before=texts[0], after=texts[1], where=_where((other or one)[0].where)
        )
        yield Part(
            _exemption_name(key), f"{_exemption_name(key)} {changed(there=bool(one), here=bool(other))}", (edit,)
        )


def _by_rule(governance: Governance) -> Mapping[tuple[str, str], tuple[BoundExemption, ...]]:
    found: dict[tuple[str, str], tuple[BoundExemption, ...]] = {}
    for item in governance.exemptions:
        found[item.policy, item.rule] = (*found.get((item.policy, item.rule), ()), item)
    return found


def _exemption_name(key: tuple[str, str]) -> str:
    return f"exemption from {key[0]}.{key[1]}"


def _covers(item: BoundExemption) -> object:
    return item.workloads, item.environments, item.owner, item.reason, item.expires


def _whole_file(policies: Bound) -> ReportedWhere:
    return ReportedWhere(file=policies[0].file, line=0, column=0)


def _where(where: Where) -> ReportedWhere:
    return ReportedWhere(file=where.file, line=where.line, column=where.column)
