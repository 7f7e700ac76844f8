"""Budgets over finished locks: what fleet policies may read, and their verdicts."""

import math
from collections.abc import Iterator, Mapping, Sequence

from neuralnav.enforce.applies import Subject, applies
from neuralnav.enforce.bound import BoundFleet, BoundRule
from neuralnav.model.lock import Lock, LockedCandidate
from neuralnav.model.report import ReportedFinding, ReportedWhere
from neuralnav.policy.faults import EvaluationError, Fault
from neuralnav.policy.interpret import interpret
from neuralnav.policy.signatures import ORDERS
from neuralnav.policy.tree import Binary, Expression
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

FLEET_SCOPE = Scope(
    {
        "fleet": Variable(ObjectType("fleet", _FLEET), "The workloads of one group, summed up from their locks."),
        "group": Variable(STRING, "The group's value of the label in `groupBy`; empty where there is none."),
    }
)
"""What the rules of a fleet policy may read; `params` is added where one is bound."""


def judge_fleets(fleets: Sequence[BoundFleet], locks: Sequence[Lock]) -> tuple[ReportedFinding, ...]:
    """Return what the rules of fleet policies object to over all these locks: by policy, group, then rule.

    A policy sees the locks that it matches in the environments where it is bound; one that sees none says nothing. A
    rule without a value (it reads a key that is not there) objects too, and says why. Amounts are those of the planned
    replicas.
    """
    return tuple(finding for fleet in fleets for finding in _of_fleet(fleet, locks))


def subject_of(lock: Lock) -> Subject:
    """Return what tells the workload of a lock from others."""
    return Subject(lock.workload, lock.requirements.use_case, lock.deployment.labels)


def _of_fleet(fleet: BoundFleet, locks: Sequence[Lock]) -> Iterator[ReportedFinding]:
    groups: dict[str, list[Lock]] = {}
    for lock in locks:
        if applies(subject_of(lock), fleet.environments, fleet.match):
            group = lock.deployment.labels.get(fleet.group_by, "") if fleet.group_by else ""
            groups.setdefault(group, []).append(lock)
    for group, members in sorted(groups.items()):
        bindings = {"fleet": _sums(members), "group": group, "params": fleet.params}
        for rule in fleet.rules:
            finding = _judged(fleet, rule, group, bindings)
            if finding is not None:
                yield finding


def _sums(locks: Sequence[Lock]) -> dict[str, object]:
    """Return the fields of `fleet` over some locks."""
    costs: dict[str, list[float]] = {}
    gpus: dict[str, int] = {}
    for lock in locks:
        accelerator, chosen = lock.deployment.accelerator, _chosen(lock)
        costs.setdefault(accelerator, []).append(chosen.cost_usd_per_month)
        gpus[accelerator] = gpus.get(accelerator, 0) + chosen.gpus
    return {
        "workloads": len(locks),
        "replicas": sum(_chosen(lock).replicas for lock in locks),
        "gpus": sum(gpus.values()),
        "cost_monthly_usd": math.fsum(cost for items in costs.values() for cost in items),
        "gpus_by_accelerator": dict(sorted(gpus.items())),
        "cost_by_accelerator": {name: math.fsum(items) for name, items in sorted(costs.items())},
        "names": sorted(lock.workload for lock in locks),
    }


def _chosen(lock: Lock) -> LockedCandidate:
    return next(item for item in lock.candidates if item.id == lock.choice.candidate)


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
        subject=f"{fleet.group_by}={group}" if fleet.group_by else "all workloads",
        message=message or rule.about,
        why=tuple(_why(rule.condition.root, rule.condition.text, bindings)),
        fix="",
        where=ReportedWhere(file=where.file, line=where.line, column=where.column),
    )


def _why(node: Expression, text: str, bindings: Mapping[str, object]) -> Iterator[str]:
    """Yield each part of a condition, its conjuncts taken apart, that does not hold, with what stands on its left."""
    if isinstance(node, Binary) and node.operator == "&&":
        yield from _why(node.left, text, bindings)
        yield from _why(node.right, text, bindings)
        return
    found = _value(node, bindings)
    if found is True:
        return
    written = " ".join(text[node.span.start : node.span.end].split())
    if isinstance(found, Fault):
        yield f"{written}: has no value: {found.message}"
    elif isinstance(node, Binary) and node.operator in ORDERS:
        left, right = (_value(side, bindings) for side in (node.left, node.right))
        yield f"{written}: {_shown(left)} against {_shown(right)}"
    else:
        yield f"{written}: false"


def _value(node: Expression, bindings: Mapping[str, object]) -> object:
    """Return the value of a part of a condition, or the fault in its place."""
    try:
        return interpret(node, bindings)
    except EvaluationError as error:
        return error.fault


def _shown(value: object) -> str:
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else str(value)
