"""What `policy check` calls guarded is: an expression whose optional fields all are has a value whatever is absent."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.enforce.reads import reads
from neuralnav.policy.check import check
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.parse import parse
from neuralnav.policy.types import BOOL, INT, Field, ObjectType, Scope, Variable
from neuralnav.policy.variables import check_all

FIELDS = ("a", "b", "c")
SCOPE = Scope({"o": Variable(ObjectType("o", {name: Field(INT, "", optional=True) for name in FIELDS}), "")})

ATOMS = st.sampled_from([
    *(f"has(o.{name})" for name in FIELDS), *(f"o.{name} > 1" for name in FIELDS), "o.a == o.b", "true", "false",
])  # fmt: skip


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("(({}) ? ({}) : ({}))".format, inner, inner, inner),
        st.builds("[1, 2].all(x, ({}) && x > 0)".format, inner),
        st.builds("[1, 2].exists(x, ({}) || x > 1)".format, inner),
        st.builds("size([1, 2].map(x, {}, {})) > 1".format, inner, inner),
    )


CONDITIONS = st.recursive(ATOMS, _wider, max_leaves=8)


@settings(max_examples=1500, deadline=None)
@given(condition=CONDITIONS, variable=CONDITIONS, uses=st.booleans())
def test_a_guarded_expression_has_a_value_whatever_is_absent(condition: str, variable: str, uses: bool) -> None:  # noqa: FBT001  # drawn
    variables = check_all({"v": variable}, SCOPE)
    text = f"variables.v && ({condition})" if uses else condition
    checked = check(text, parse(text), SCOPE, expected=BOOL, variables=variables)
    if not all(item.guarded or item.test for item in reads(checked) if item.root == "o"):
        return
    for present in product((True, False), repeat=len(FIELDS)):
        for number in (0, 5):
            row = {name: number for name, there in zip(FIELDS, present, strict=True) if there}
            try:
                interpret(checked.root, variables_of(checked.variables, {"o": row}))
            except EvaluationError as error:
                raise AssertionError(f"{text} | v: {variable} | {row}") from error


@settings(max_examples=500, deadline=None)
@given(condition=CONDITIONS)
def test_every_field_that_the_text_names_is_read(condition: str) -> None:
    checked = check(condition, parse(condition), SCOPE, expected=BOOL)
    assert {item.field for item in reads(checked)} == {name for name in FIELDS if f"o.{name}" in condition}
