"""What the rules of a policy make of real candidates, counted: the second half of `policy check` and `explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.enforce.applies import Subject, applies
from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.budgets import budgets_of, excess_over, judged
from neuralnav.enforce.columns import row_of
from neuralnav.enforce.masks import Bools, condition_excess, condition_mask, split
from neuralnav.enforce.near import message_of
from neuralnav.enforce.rules import CheckedPolicy
from neuralnav.enforce.shown import decided
from neuralnav.model.policy import RuleKind
from neuralnav.model.verdicts import Scored
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.lower import Columns, lower
from neuralnav.policy.reads import reads_of

SMALLEST = 0.001
"""A smaller share is no longer told in figures."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The candidates of one workload, best first. `columns` and `constants` are what expressions read of them.

    `ready` are the columns as kernels take them, worked out once for all rules.
    """

    subject: Subject
    path: str
    rows: int
    columns: Mapping[str, pa.Array]
    ready: Columns
    constants: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Trial:
    """What each rule makes of the candidates of all samples, one after another, by the rule's id.

    `objects` says where a rule objects (or prefers), `unknown` where its expression has no value. `per_row` tells rules
    that read something of the candidate from those that judge the workload as a whole. `slow` are the parts that are
    interpreted row by row: the place, and the variable in whose text it is. Without `matched` the policy is for none of
    the workloads, and was tried on all of them.
    """

    on: tuple[Sample, ...]
    matched: bool = True
    objects: Mapping[str, Bools] = field(default_factory=dict)
    unknown: Mapping[str, Bools] = field(default_factory=dict)
    per_row: Mapping[str, bool] = field(default_factory=dict)
    slow: Mapping[str, tuple[tuple[Span, str], ...]] = field(default_factory=dict)


def try_rules(
    policy: CheckedPolicy,
    samples: Sequence[Sample],
    params: Mapping[str, object],
    environments: Sequence[str] = (),
    *,
    rules: Sequence[BoundRule] | None = None,
) -> Trial:
    """Return what the rules of a policy make of the samples that it is for, or of all where it is for none.

    `environments` are those that it is bound in; none means all. `rules` are all of its rules unless given. `weights`
    and `top` judge no candidate by itself: they are left out.
    """
    match = policy.parsed.document.spec.match
    chosen = tuple(item for item in samples if applies(item.subject, environments, match))
    on = chosen or tuple(samples)
    objects, unknown, slow = {}, {}, {}
    among = policy.rules if rules is None else rules
    tried = [rule for rule in among if rule.condition is not None or set(rule.limits or ()) - {"top"}]
    for rule in tried:
        masks = [objections(rule, item, params) for item in on]
        whole = pa.chunked_array(masks, pa.bool_()).combine_chunks() if masks else pa.array([], pa.bool_())
        objects[rule.id], unknown[rule.id] = split(whole)
        slow[rule.id] = _slow(rule, on, params)
    per_row = {rule.id: rule.condition is None or _is_per_row(rule.condition) for rule in tried}
    return Trial(on, bool(chosen) or not samples, objects, unknown, per_row, slow)


@dataclass(frozen=True, slots=True)
class Near:
    """A candidate, and how far it is from the other side of a rule: empty where that has no size."""

    candidate: str
    by: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What one rule makes of one workload's candidates: how many it objects to, and how many it has no value for.

    `refused` is the candidate that it objects to and that comes nearest to passing, `why` what decided there, `says`
    the rule's message; `admitted` is the one that passes and comes nearest to an objection. Of equals, the best ranked.
    """

    rule: str
    kind: RuleKind
    objects: int
    unknown: int
    refused: Near | None = None
    why: tuple[tuple[str, str], ...] = ()
    says: str = ""
    admitted: Near | None = None


def tally(rule: BoundRule, sample: Sample, params: Mapping[str, object]) -> Tally:
    """Return what a rule makes of a workload's candidates."""
    objects, unknown = split(objections(rule, sample, params))
    constants = {**sample.constants, "params": params}
    refused = _nearest(np.flatnonzero(objects), _distance(rule, sample, constants, objecting=True))
    admitted = _nearest(np.flatnonzero(~objects & ~unknown), _distance(rule, sample, constants, objecting=False))
    found = Tally(
        rule.id, rule.kind, int(objects.sum()), int(unknown.sum()),
        refused=_near(sample, refused), admitted=_near(sample, admitted),
    )  # fmt: skip
    if refused is None:
        return found
    bindings = {**constants, **row_of(sample.columns, refused[0])}
    why = decided(rule.condition, bindings) if rule.condition is not None else iter(())
    return replace(found, why=tuple(why), says=message_of(rule, bindings))


def _distance(
    rule: BoundRule, sample: Sample, constants: Mapping[str, object], *, objecting: bool
) -> npt.NDArray[np.float64]:
    """Return how far each candidate is from the other side of a rule, as a share of a limit; inf without a size."""
    if rule.condition is not None:
        return condition_excess(rule, constants, sample.ready, sample.rows, objecting=objecting)
    budgets = budgets_of(_each_alone(rule), constants, sample.columns, Scored({}, {}))
    if objecting:
        return excess_over(budgets)
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.stack([1 - item.values / item.most for item in budgets]).min(axis=0)
    return np.where(np.isfinite(room), room, np.inf)


def _nearest(rows: npt.NDArray[np.int64], distance: npt.NDArray[np.float64]) -> tuple[int, float] | None:
    if not len(rows):
        return None
    row = int(rows[distance[rows].argmin()])
    return row, float(distance[row])


def _near(sample: Sample, found: tuple[int, float] | None) -> Near | None:
    if found is None:
        return None
    row, distance = found
    sized = np.isfinite(distance) and distance > 0
    by = ("less than 0.1 %" if distance < SMALLEST else f"{distance * 100:.1f} %") if sized else ""
    return Near(sample.columns["candidate.id"][row].as_py(), by)


def objections(rule: BoundRule, sample: Sample, params: Mapping[str, object]) -> pa.Array:
    """Return where a rule objects to (or prefers) a candidate; null where its expression has no value."""
    constants = {**sample.constants, "params": params}
    if rule.condition is not None:
        mask = condition_mask(rule, constants, sample.ready, sample.rows)
        return pc.invert(mask) if rule.kind == "require" else mask
    budgets = budgets_of(_each_alone(rule), constants, sample.columns, Scored({}, {}))
    over, unknown = judged(budgets, sample.rows)
    return pa.array(over, mask=unknown)


def _each_alone(rule: BoundRule) -> BoundRule:
    """Return a rule with the limits that judge each candidate by itself."""
    return replace(rule, limits={name: item for name, item in (rule.limits or {}).items() if name != "top"})


def _slow(rule: BoundRule, on: Sequence[Sample], params: Mapping[str, object]) -> tuple[tuple[Span, str], ...]:
    if rule.condition is None or not on:
        return ()
    constants = {**on[0].constants, "params": params}
    variables = rule.condition.variables
    inner = [(span, name) for name, item in variables.items() for span in _slow_parts(item, constants)]
    within = {span for span, _ in inner}
    return (*((span, "") for span in _slow_parts(rule.condition, constants) if span not in within), *inner)


def _slow_parts(checked: Checked, constants: Mapping[str, object]) -> tuple[Span, ...]:
    try:
        return lower(checked, constants).slow
    except TypeError:  # a list or a map, which no column holds: it is judged where a rule reads it
        return ()


def _is_per_row(checked: Checked) -> bool:
    return bool(reads_of(checked, {})[checked.root].columns)
