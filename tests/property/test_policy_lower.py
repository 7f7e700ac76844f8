"""A lowered expression has in every row the value that the interpreter has for it, and none where that has none."""

import math
from collections.abc import Mapping
from random import Random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_expressions import CONSTANT_VALUES, FIELDS, ROOTS, Case, cases, scope
from policy_tables import CONSTANTS, SCOPE, VARIABLES, expression, table

from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.explain import explain
from neuralnav.policy.faults import EvaluationError, ExpressionError
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.lower import excess, lower
from neuralnav.policy.parse import parse
from neuralnav.policy.tree import UInt
from neuralnav.policy.types import BOOL, BYTES, DOUBLE, INT, STRING, UINT, Simple, Type, type_text

EACH = 15
LOWERABLE = ("bool", "int", "uint", "double", "string", "bytes")
ARROW_OF: Mapping[Type, pa.DataType] = {BOOL: pa.bool_(), INT: pa.int64(), DOUBLE: pa.float64(), STRING: pa.string()}
ORACLE_SCOPE = scope()
SETTINGS = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def rows_of(columns: Mapping[str, pa.Array], rows: int) -> list[dict[str, object]]:
    made: list[dict[str, object]] = [{} for _ in range(rows)]
    for name, column in columns.items():
        for row, value in enumerate(column.to_pylist()):
            if value is not None:
                made[row][name.partition(".")[2]] = UInt(value) if column.type == pa.uint64() else value
    return made


def worked_out(checked: Checked, bindings: Mapping[str, object]) -> object:
    try:
        return interpret(checked.root, variables_of(checked.variables, bindings))
    except EvaluationError:
        return None


def told(value: object) -> object:
    """Tell -0.0 from 0.0, and let NaN equal itself."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else (math.copysign(1.0, value), value)
    return int(value) if isinstance(value, UInt) else value


def drawn(chance: Random, kind: Simple, depth: int, variables: Mapping[str, Checked]) -> Checked:
    """Return an expression that the checker lets through: it refuses a constant text that is no number."""
    while True:
        text = expression(chance, kind, depth, variables=bool(variables))
        try:
            return check(text, parse(text), SCOPE, variables=variables, expected=kind)
        except ExpressionError as error:
            if not {fault.kind for fault in error.faults} <= {"conversion", "invalid_argument"}:
                raise


@pytest.mark.parametrize("kind", [BOOL, DOUBLE, INT, UINT, STRING, BYTES], ids=type_text)
@SETTINGS
@given(seed=st.integers(0, 2**32), rows=st.integers(0, 8))
def test_lowered_values_are_those_of_the_interpreter(kind: Simple, seed: int, rows: int) -> None:
    chance = Random(seed)  # noqa: S311  # not for secrets
    columns = table(chance, rows)
    variables = {name: drawn(chance, of, 1, {}) for name, of in VARIABLES.items()}
    for _ in range(EACH):
        checked = drawn(chance, kind, 3, variables)
        found = lower(checked, CONSTANTS).values(columns, rows).to_pylist()
        wanted = [worked_out(checked, {**CONSTANTS, "candidate": row}) for row in rows_of(columns, rows)]
        assert list(map(told, found)) == list(map(told, wanted)), told_with(checked)


def told_with(checked: Checked) -> str:
    return "\n".join((checked.text, *(f"variables.{name}: {item.text}" for name, item in checked.variables.items())))


@settings(SETTINGS, max_examples=150)
@given(case=cases(LOWERABLE, texts=15, rows=8, mixed="plain"))
def test_expressions_of_the_oracle_test_lower_to_their_values(case: Case) -> None:
    """The other generator goes deeper into lists, maps and macros in each other."""
    columns = {
        f"{root}.{field}": pa.array([row[root].get(field) for row in case.rows], ARROW_OF[kind])
        for root, kind in ROOTS.items()
        for field in FIELDS
    }
    for text in case.texts:
        try:
            checked = check(text, parse(text), ORACLE_SCOPE)
        except ExpressionError:
            continue
        found = lower(checked, CONSTANT_VALUES).values(columns, len(case.rows)).to_pylist()
        wanted = [worked_out(checked, {**CONSTANT_VALUES, **row}) for row in case.rows]
        assert list(map(told, found)) == list(map(told, wanted)), text


@SETTINGS
@given(seed=st.integers(0, 2**32), rows=st.integers(0, 8), wanted=st.booleans())
def test_nothing_is_missing_exactly_where_a_condition_is_as_wanted(
    *, seed: int, rows: int, wanted: bool
) -> None:
    chance = Random(seed)  # noqa: S311  # not for secrets
    columns = table(chance, rows)
    variables = {name: drawn(chance, of, 1, {}) for name, of in VARIABLES.items()}
    for _ in range(EACH):
        checked = drawn(chance, BOOL, 3, variables)
        by = excess(checked, CONSTANTS, wanted=wanted).values(columns, rows).to_pylist()
        truths = lower(checked, CONSTANTS).mask(columns, rows).to_pylist()
        assert all(item >= 0.0 for item in by), told_with(checked)
        assert [item == 0.0 for item in by] == [truth is wanted for truth in truths], told_with(checked)


@SETTINGS
@given(seed=st.integers(0, 2**32))
def test_an_explanation_has_the_truth_of_its_condition(seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # not for secrets
    variables = {name: drawn(chance, of, 2, {}) for name, of in VARIABLES.items()}
    (row,) = rows_of(table(chance, 1), 1)
    bindings = {**CONSTANTS, "candidate": row}
    for _ in range(EACH):
        checked = drawn(chance, BOOL, 4, variables)
        found = explain(checked, bindings)
        assert found.holds is worked_out(checked, bindings), told_with(checked)
        assert found.leaves, told_with(checked)
