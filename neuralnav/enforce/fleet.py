"""Budgets over finished locks: what fleet policies may read, their verdicts, and what they measured."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.enforce.applies import Subject, applies
from neuralnav.enforce.bound import BoundFleet, BoundRule
from neuralnav.enforce.near import seen_of
from neuralnav.model.lock import Lock
from neuralnav.model.policy import Enforcement
from neuralnav.model.report import ReportedFinding, ReportedWhere
from neuralnav.policy.checked import Checked
from neuralnav.policy.explain import explain
from neuralnav.policy.faults import EvaluationError, Fault
from neuralnav.policy.interpret import interpret
from neuralnav.policy.tree import Binary, Expression, Name, Select, children
from neuralnav.policy.types import DOUBLE, INT, STRING, Field, ListType, MapType, ObjectType, Scope, Variable

_FLEET = {
    "workloads": Field(INT, "Workloads of the group that have a lock.", example="fleet.workloads <= 50"),
    "replicas": Field(INT, "Planned replicas of them all.", example="fleet.replicas <= 100"),
    "gpus": Field(INT, "GPUs of all planned replicas.", "GPUs", "fleet.gpus <= 64"),
    "cost_monthly_usd": Field(
        DOUBLE, "What they cost together.", "USD/month", "fleet.cost_monthly_usd <= usd('100k')"
    ),
    "gpus_by_accelerator": Field(
        MapType(STRING, INT), "GPUs by accelerator id; only those in use are there.", "GPUs",
        "!('h200' in fleet.gpus_by_accelerator) || fleet.gpus_by_accelerator['h200'] <= 16",
    ),
    "cost_by_accelerator": Field(
        MapType(STRING, DOUBLE), "Cost by accelerator id; only those in use are there.", "USD/month",
        "fleet.cost_by_accelerator.all(id, fleet.cost_by_accelerator[id] <= usd('50k'))",
    ),
    "names": Field(ListType(STRING), "The names of the workloads, sorted.", example="!('sandbox' in fleet.names)"),
}  # fmt: skip

LONGEST = 400
"""The most characters of a message, or of a condition that does not hold."""

FLEET_SCOPE = Scope(
    {
        "fleet": Variable(ObjectType("fleet", _FLEET), "The workloads of one group, summed up from their locks."),
        "group": Variable(STRING, "The group's value of the label in `groupBy`; empty where there is none."),
    }
)
"""What the rules of a fleet policy may read; `params` is added where one is bound."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a finished lock brings to a fleet: of its choice, the planned replicas with their GPUs and cost."""

    subject: Subject
    accelerator: str
    replicas: int
    gpus: int
    cost_monthly_usd: float


def member_of(lock: Lock) -> Member | None:
    """Return what a lock brings to a fleet; None when it lacks its own choice, as one edited by hand may."""
    chosen = next((item for item in lock.candidates if item.id == lock.choice.candidate), None)
    if chosen is None:
        return None
    subject = Subject(lock.workload, lock.requirements.use_case, lock.deployment.labels)
    return Member(subject, lock.deployment.accelerator, chosen.replicas, chosen.gpus, chosen.cost_usd_per_month)


@dataclass(frozen=True, slots=True)
class Measure:
    """A comparison that a rule makes: what of the fleet it measures, with the number and its limit where they are such.

    `holds` is None where the comparison has no value.
    """

    what: str
    unit: str
    value: float | None
    limit: float | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class FleetReading:
    """What one rule makes of one group: whether it objects and how hard it is meant, its message, what did not hold.

    `environments` are those of the binding, empty meaning all. `members` are those of the group, `measures` the
    comparisons that must hold together, as they are written.
    """

    policy: str
    environments: tuple[str, ...]
    rule: BoundRule
    subject: str
    objects: bool
    enforcement: Enforcement
    message: str
    why: tuple[str, ...]
    members: tuple[Member, ...]
    measures: tuple[Measure, ...]


def judge_fleets(fleets: Sequence[BoundFleet], members: Sequence[Member]) -> tuple[ReportedFinding, ...]:
    """Return what the rules of fleet policies object to over all these locks: by policy, group, then rule.

    A policy sees the locks that it matches in the environments where it is bound; one that sees none says nothing. A
    rule without a value (it reads a key that is not there) objects too, and says why. Amounts are those of the planned
    replicas.
    """
    return tuple(_finding(reading) for reading in read_fleets(fleets, members) if reading.objects)


def read_fleets(fleets: Sequence[BoundFleet], members: Sequence[Member]) -> Iterator[FleetReading]:
    """Yield what every rule of fleet policies says of each group, as `judge_fleets` does, those that hold included."""
    for fleet in fleets:
        groups: dict[str, list[Member]] = {}
        for member in members:
            if applies(member.subject, fleet.environments, fleet.match):
                group = member.subject.labels.get(fleet.group_by, "") if fleet.group_by else ""
                groups.setdefault(group, []).append(member)
        for group, own in sorted(groups.items()):
            bindings = {"fleet": _sums(own), "group": group, "params": fleet.params}
            for rule in fleet.rules:
                if rule.condition is not None:
                    yield _read(fleet, rule, rule.condition, (group, own), bindings)


def _sums(members: Sequence[Member]) -> dict[str, object]:
    """Return the fields of `fleet` over some locks."""
    costs: dict[str, list[float]] = {}
    gpus: dict[str, int] = {}
    for member in members:
        costs.setdefault(member.accelerator, []).append(member.cost_monthly_usd)
        gpus[member.accelerator] = gpus.get(member.accelerator, 0) + member.gpus
    return {
        "workloads": len(members),
        "replicas": sum(member.replicas for member in members),
        "gpus": sum(gpus.values()),
        "cost_monthly_usd": math.fsum(cost for items in costs.values() for cost in items),
        "gpus_by_accelerator": dict(sorted(gpus.items())),
        "cost_by_accelerator": {name: math.fsum(items) for name, items in sorted(costs.items())},
        "names": sorted(member.subject.name for member in members),
    }


def _read(
    fleet: BoundFleet, rule: BoundRule, condition: Checked, own: tuple[str, Sequence[Member]],
    bindings: Mapping[str, object],
) -> FleetReading:  # fmt: skip
    group, members = own
    holds = _value(condition.root, bindings) is True
    leaves = () if holds else explain(condition, bindings).leaves
    return FleetReading(
        policy=fleet.name,
        environments=fleet.environments,
        rule=rule,
        subject=_group_text(fleet.group_by, group),
        objects=not holds,
        enforcement=fleet.enforcement,
        message="" if holds else _line(_message(rule, bindings) or rule.about),
        why=tuple(_line(str(seen_of(leaf))) for leaf in leaves),
        members=tuple(members),
        measures=tuple(_measures(condition, condition.root, bindings)),
    )


def _message(rule: BoundRule, bindings: Mapping[str, object]) -> str:
    if rule.message_expression is None:
        return rule.message
    said = _value(rule.message_expression.root, bindings)
    return f"no message: {said.message}" if isinstance(said, Fault) else str(said)


def _measures(checked: Checked, node: Expression, bindings: Mapping[str, object]) -> Iterator[Measure]:
    """Yield the comparisons that must hold together, each of something of the fleet with something that is not."""
    match node:
        case Binary(operator="&&", left=left, right=right):
            yield from _measures(checked, left, bindings)
            yield from _measures(checked, right, bindings)
        case Binary(operator="==" | "<" | "<=" | ">" | ">=", left=left, right=right):
            fields = [_fields(side) for side in (left, right)]
            if bool(fields[0]) == bool(fields[1]):
                return
            side, limit = (left, right) if fields[0] else (right, left)
            held = _value(node, bindings)
            yield Measure(
                what=_line(checked.text[side.span.start : side.span.end]),
                unit=_FLEET[(fields[0] or fields[1])[0]].unit,
                value=_number(_value(side, bindings)),
                limit=_number(_value(limit, bindings)),
                holds=held if isinstance(held, bool) else None,
            )


def _fields(node: Expression) -> list[str]:
    """Return the fields of the fleet that a part of a condition reads, in the order of the text."""
    match node:
        case Select(operand=Name(name="fleet"), field=field):
            return [field]
    return [field for child in children(node) for field in _fields(child)]


def _number(value: object) -> float | None:
    """Return a value as a number; None where it is none, or none that a report can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _finding(reading: FleetReading) -> ReportedFinding:
    where = reading.rule.where
    return ReportedFinding(
        policy=reading.policy,
        rule=reading.rule.id,
        verdict=reading.enforcement,
        subject=reading.subject,
        message=reading.message,
        why=reading.why,
        fix="",
        where=ReportedWhere(file=where.file, line=where.line, column=where.column),
    )


def _group_text(group_by: str, group: str) -> str:
    if not group_by:
        return "all workloads"
    return f"{group_by}={group}" if group else f"without the label {group_by}"


def _value(node: Expression, bindings: Mapping[str, object]) -> object:
    """Return the value of a part of a condition, or the fault in its place."""
    try:
        return interpret(node, bindings)
    except EvaluationError as error:
        return error.fault


def _line(text: str) -> str:
    """Return a text on one line that is not too long: an expression may make any text."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
