"""What the rules of a policy make of real candidates, counted: the second half of `policy check` and `explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.enforce.applies import Subject, applies
from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.budgets import budgets_of, judged
from neuralnav.enforce.reads import reads
from neuralnav.enforce.rules import CheckedPolicy
from neuralnav.model.verdicts import Scored
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.lower import Columns, lower

Bools = npt.NDArray[np.bool_]


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
    policy: CheckedPolicy, samples: Sequence[Sample], params: Mapping[str, object], environments: Sequence[str] = ()
) -> Trial:
    """Return what the rules of a policy make of the samples that it is for, or of all where it is for none.

    `environments` are those that it is bound in; none means all. `weights` and `top` judge no candidate by itself: they
    are left out.
    """
    match = policy.parsed.document.spec.match
    chosen = tuple(item for item in samples if applies(item.subject, environments, match))
    on = chosen or tuple(samples)
    objects, unknown, slow = {}, {}, {}
    tried = [rule for rule in policy.rules if rule.condition is not None or set(rule.limits or ()) - {"top"}]
    for rule in tried:
        masks = [objections(rule, item, params) for item in on]
        whole = pa.chunked_array(masks, pa.bool_()).combine_chunks() if masks else pa.array([], pa.bool_())
        objects[rule.id] = pc.fill_null(whole, False).to_numpy(zero_copy_only=False)  # noqa: FBT003  # Arrow's signature
        unknown[rule.id] = pc.is_null(whole).to_numpy(zero_copy_only=False)
        slow[rule.id] = _slow(rule, on, params)
    rows = {name for name, item in policy.scope.variables.items() if item.per_row}
    per_row = {rule.id: rule.condition is None or _reads_any(rule.condition, rows) for rule in tried}
    return Trial(on, bool(chosen) or not samples, objects, unknown, per_row, slow)


def objections(rule: BoundRule, sample: Sample, params: Mapping[str, object]) -> pa.Array:
    """Return where a rule objects to (or prefers) a candidate; null where its expression has no value."""
    constants = {**sample.constants, "params": params}
    if rule.condition is not None:
        mask = lower(rule.condition, constants).mask(sample.ready, sample.rows)
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


def _reads_any(checked: Checked, roots: set[str]) -> bool:
    return any(item.root in roots for item in reads(checked))
