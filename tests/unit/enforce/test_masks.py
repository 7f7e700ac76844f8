"""Conditions of rules over all candidates: three outcomes a row, distances both ways, and who took the last step."""

import math

import pyarrow as pa
import pytest

from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.masks import condition_excess, condition_mask, split
from neuralnav.enforce.scope import SCOPE
from neuralnav.errors import InputError, Where
from neuralnav.model.policy import RuleKind
from neuralnav.policy.check import check
from neuralnav.policy.faults import Span
from neuralnav.policy.lower import Columns
from neuralnav.policy.lower.columns import MOST_WORK
from neuralnav.policy.parse import parse

WHERE = Where("p.yaml", 7, 9, "require: ...", 3)


def rule(text: str, kind: RuleKind = "require") -> BoundRule:
    return BoundRule("few", kind, "", WHERE, "deny", "", condition=check(text, parse(text), SCOPE))


def columns() -> Columns:
    return Columns({"candidate.gpus": pa.array([2, 8, None])}, 3)


def test_a_condition_holds_or_not_or_has_no_value() -> None:
    holds, unknown = split(condition_mask(rule("candidate.gpus <= 4"), {}, columns(), 3))
    assert (holds.tolist(), unknown.tolist()) == ([True, False, False], [False, False, True])


def test_a_rule_without_a_condition_is_unknown_everywhere() -> None:
    bare = BoundRule("few", "require", "", WHERE, "deny", "")
    assert condition_mask(bare, {}, columns(), 3).to_pylist() == [None] * 3
    assert condition_excess(bare, {}, columns(), 3).tolist() == [math.inf] * 3


@pytest.mark.parametrize(
    ("kind", "objecting", "found"),
    [
        ("require", True, [0.0, 1.0, math.inf]),
        ("require", False, [0.5, 0.0, math.inf]),
        ("deny", True, [0.5, 0.0, math.inf]),
        ("deny", False, [0.0, 1.0, math.inf]),
    ],
)
def test_the_distance_is_to_the_side_that_is_asked_for(kind: RuleKind, *, objecting: bool, found: list[float]) -> None:
    far = condition_excess(rule("candidate.gpus <= 4", kind), {}, columns(), 3, objecting=objecting)
    assert far.tolist() == found


def test_the_rule_that_takes_the_last_step_is_named_at_its_place() -> None:
    spent = columns()
    spent.charge(MOST_WORK, "", Span(0, 0))
    slow = rule("string(candidate.gpus).replace('8', '') == ''")
    for judging in (condition_mask, condition_excess):
        with pytest.raises(InputError) as caught:
            judging(slow, {}, spent, 3)
        (told,) = caught.value.diagnostics
        assert told.where == WHERE
        assert told.message == "the policies take more than 20,000,000 steps over 3 candidates; this comes last"
