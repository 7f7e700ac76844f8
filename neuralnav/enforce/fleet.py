"""Budgets over finished locks: what fleet policies may read, and their verdicts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.enforce.applies import Subject, applies
from neuralnav.enforce.bound import BoundFleet, BoundRule
from neuralnav.enforce.near import seen_of
from neuralnav.model.lock import Lock
from neuralnav.model.report import ReportedFinding, ReportedWhere
from neuralnav.policy.explain import explain
from neuralnav.policy.faults import EvaluationError, Fault
from neuralnav.policy.interpret import interpret
from neuralnav.policy.tree import Expression
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


def judge_fleets(fleets: Sequence[BoundFleet], members: Sequence[Member]) -> tuple[ReportedFinding, ...]:
    """Return what the rules of fleet policies object to over all these locks: by policy, group, then rule.

    A policy sees the locks that it matches in the environments where it is bound; one that sees none says nothing. A
    rule without a value (it reads a key that is not there) objects too, and says why. Amounts are those of the planned
    replicas.
    """
    return tuple(finding for fleet in fleets for finding in _of_fleet(fleet, members))


def _of_fleet(fleet: BoundFleet, members: Sequence[Member]) -> Iterator[ReportedFinding]:
    groups: dict[str, list[Member]] = {}
    for member in members:
        if applies(member.subject, fleet.environments, fleet.match):
            group = member.subject.labels.get(fleet.group_by, "") if fleet.group_by else ""
            groups.setdefault(group, []).append(member)
    for group, own in sorted(groups.items()):
        bindings = {"fleet": _sums(own), "group": group, "params": fleet.params}
        for rule in fleet.rules:
            finding = _judged(fleet, rule, group, bindings)
            if finding is not None:
                yield finding


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


def _judged(fleet: BoundFleet, rule: BoundRule, group: str, bindings: Mapping[str, object]) -> ReportedFinding | None:
    if rule.condition is None or _value(rule.condition.root, bindings) is True:
        return None
    message = rule.message
    if rule.message_expression is not None:
        said = _value(rule.message_expression.root, bindings)
        message = f"no message: {said.message}" if isinstance(said, Fault) else str(said)
    where = rule.where
    return ReportedFinding(
        policy=fleet.name,
        rule=rule.id,
        verdict=fleet.enforcement,
        subject=_group_text(fleet.group_by, group),
        message=_line(message or rule.about),
        why=tuple(_line(str(seen_of(leaf))) for leaf in explain(rule.condition, bindings).leaves),
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
