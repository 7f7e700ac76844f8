"""What lowered expressions may cost: the memory of long texts over many rows, the steps of what is folded or slow."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from neuralnav.errors import InputError
from neuralnav.policy.check import check
from neuralnav.policy.faults import Span
from neuralnav.policy.lower import Columns, Lowered, lower
from neuralnav.policy.lower.columns import MOST_WORK
from neuralnav.policy.parse import parse
from neuralnav.policy.types import BOOL, DOUBLE, STRING, Field, ListType, ObjectType, Scope, Variable


def _object(name: str, *, per_row: bool, **fields: Field) -> Variable:
    return Variable(ObjectType(name, fields), "", per_row=per_row)


SCOPE = Scope({
    "candidate": _object(
        "candidate", per_row=True, string=Field(STRING, ""), bool=Field(BOOL, ""), double=Field(DOUBLE, "")
    ),
    "params": _object("params", per_row=False, long=Field(STRING, ""), names=Field(ListType(STRING), "")),
})  # fmt: skip
LONG = "b" * 900_000


def lowered(text: str, params: Mapping[str, object]) -> Lowered:
    return lower(check(text, parse(text), SCOPE), {"params": params})


@pytest.mark.parametrize(
    ("text", "few", "many"),
    [
        ("params.long + candidate.string", 900_001, None),
        ("candidate.string + params.long", 900_001, None),
        ("candidate.bool ? params.long : candidate.string", 900_000, None),
        ("candidate.bool ? candidate.string : params.long", 1, 1),
        ("{'a': params.long, 'b': 'b'}[candidate.string]", 900_000, None),
        ("[params.long, candidate.string][0]", 900_000, None),
        ("params.long", 900_000, None),
    ],
)
def test_a_long_text_of_the_plan_does_not_stand_in_too_many_rows(text: str, few: int, many: int | None) -> None:
    rule = lowered(text, {"long": LONG})
    for rows, size in ((3, few), (100_000, many)):
        columns = {"candidate.string": pa.repeat("a", rows), "candidate.bool": pa.repeat(True, rows)}  # noqa: FBT003
        found = rule.values(columns, rows)
        assert len(found) == rows
        assert pc.unique(pc.binary_length(found)).to_pylist() == [size]


def test_a_long_text_among_short_ones_is_no_error_of_theirs() -> None:
    text = "{'a': params.long, 'b': 'b'}[candidate.string]"
    rule = lowered(text, {"long": LONG})
    column = pa.array(["a"] + ["b"] * 99_999)
    assert pc.unique(pc.binary_length(rule.values({"candidate.string": column}, 100_000))).to_pylist() == [900_000, 1]
    column = pa.array(["a"] * 2_000 + ["b"] * 98_000)
    assert pc.unique(pc.binary_length(rule.values({"candidate.string": column}, 100_000))).to_pylist() == [None, 1]


def test_what_goes_row_by_row_ends_for_all_rows_and_rules_together() -> None:
    text = "candidate.double > 1.0 || string(candidate.double) == '5'"
    rule = lowered(text, {})
    columns = Columns({"candidate.double": pa.array([0.1, 0.2, 0.3])}, 3)
    columns.charge(MOST_WORK - 10, "", Span(0, 0))
    assert rule.mask(columns, 3).to_pylist() == [False, False, False]
    with pytest.raises(InputError) as caught:
        rule.mask(columns, 3)
    (found,) = caught.value.diagnostics
    assert found.message == ("the policies take more than 20,000,000 steps over 3 candidates; this comes last")
    assert found.hint == "loop over fewer items"
    assert (found.where.quote, found.where.column) == (text, 27)


def test_what_is_folded_counts_for_all_rules_together() -> None:
    text = "params.names.all(a, params.names.all(b, a != b + 'x')) && candidate.bool"
    rule = lowered(text, {"names": ["n"] * 300})
    columns = Columns({"candidate.bool": pa.array([True, None])}, 2)
    assert rule.mask(columns, 2).to_pylist() == [True, None]
    for _ in range(MOST_WORK // rule.steps - 1):
        rule.mask(columns, 2)
    with pytest.raises(InputError) as caught:
        rule.mask(columns, 2)
    assert caught.value.diagnostics[0].message == (
        "the policies take more than 20,000,000 steps over 2 candidates; this comes last"
    )


def test_what_is_folded_has_steps_for_the_whole_expression() -> None:
    heavy = "[candidate.double].all(z, params.names.all(a, params.names.all(b, a <= 'z' && b <= 'z')))"
    column = {"candidate.double": pa.array([1.0])}
    params = {"names": ["a"] * 250}
    assert lowered(heavy, params).mask(column, 1).to_pylist() == [True]
    assert lowered(" && ".join([heavy] * 20), params).mask(column, 1).to_pylist() == [None]
