"""Laws of evaluation, over expressions drawn at random: what is checked keeps its type, what is not never crashes."""

import math
from collections.abc import Mapping
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_expressions import CONSTANT_VALUES, KINDS, Case, cases, scope

from neuralnav.policy import EvaluationError, ExpressionError, evaluate
from neuralnav.policy.check import check
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import from_plain, to_plain
from neuralnav.policy.tree import Expression, UInt
from neuralnav.policy.types import ListType, MapType, Simple
from neuralnav.policy.values import Budget, Value, equal, kind_of

RUN = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
SCOPE = scope()

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(-(2**63), 2**64 - 1), inner, max_size=4)
    ),
    max_leaves=12,
)


def outcome(text: str, bindings: Mapping[str, object]) -> tuple[str, Value]:
    try:
        value = interpret(parse(text), bindings)
    except EvaluationError as error:
        return "error", error.kind
    return kind_of(value), to_plain(value)


def attempt(root: Expression, bindings: Mapping[str, object]) -> Value | EvaluationError:
    try:
        return interpret(root, bindings)
    except EvaluationError as error:
        return error


def fits(value: Value, kind: object) -> bool:
    match kind:
        case Simple("dyn"):
            return True
        case Simple(name):
            return kind_of(value) == name
        case ListType(item):
            return isinstance(value, list) and all(fits(part, item) for part in value)
        case MapType(key, item):
            return isinstance(value, Mapping) and all(fits(k, key) and fits(v, item) for k, v in value.items())
    return False


@RUN
@given(cases(KINDS, texts=30, rows=2, mixed="plain"))
def test_a_value_has_the_type_that_the_checker_told(case: Case) -> None:
    for text in case.texts:
        root = parse(text)
        wanted = check(text, root, SCOPE).type
        for row in case.rows:
            found = attempt(root, {**row, **CONSTANT_VALUES})
            if isinstance(found, EvaluationError):
                # A checked expression fails by its data; no function lacks an overload for it.
                assert found.kind not in ("no_such_overload", "undeclared"), text
            else:
                assert fits(found, wanted), f"{text}: {found!r} is no {wanted}"


@RUN
@given(cases(KINDS, texts=30, rows=2, mixed="plain", astray=0.4))
def test_what_nobody_checked_has_a_value_or_an_error(case: Case) -> None:
    for text in case.texts:
        if "!-" in text:  # a number astray where a condition belongs: "!-1" has no reading
            continue
        for row in case.rows:
            kind, _ = outcome(text, {**row, **CONSTANT_VALUES})
            assert kind


TOKENS = (
    "a", "b", "x", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "!", "-", "+", "*", "/", "%", "<", ">", "=", "&&",
    "||", "in", "has(", "all(", "map(x,", "1", "2u", "1.5", "'x'", "b''", "true", "null", "size(", "math.", ".y",
)  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_any_heap_of_tokens_has_a_value_or_an_error(text: str) -> None:
    with suppress(ExpressionError, EvaluationError):
        evaluate(text, {"a": [1], "b": {"a": 1}, "x": 1.5})


@RUN
@given(cases(texts=20, rows=3))
def test_and_and_or_do_not_care_about_sides(case: Case) -> None:
    for left, right in zip(case.texts, reversed(case.texts), strict=True):
        for row in case.rows:
            bindings = {**row, **CONSTANT_VALUES}
            for operator in ("&&", "||"):
                one, other = (outcome(f"({a}) {operator} ({b})", bindings) for a, b in ((left, right), (right, left)))
                assert one == other or one[0] == other[0] == "error", (left, operator, right)
            both = outcome(f"({left}) && ({right})", bindings)
            morgan = outcome(f"!(!({left}) || !({right}))", bindings)
            assert both == morgan, (left, right)


@RUN
@given(cases(("ints", "strings", "doubles"), texts=10, rows=2), cases(texts=10, rows=0))
def test_all_is_no_exists_of_the_contrary(lists: Case, conditions: Case) -> None:
    for items, condition in zip(lists.texts, conditions.texts, strict=True):
        for row in lists.rows:
            bindings = {**row, **CONSTANT_VALUES}
            assert outcome(f"{items}.all(y, {condition})", bindings) == outcome(
                f"!{items}.exists(y, !({condition}))", bindings
            )


@given(PLAIN)
def test_plain_data_goes_in_and_out(data: object) -> None:
    out = evaluate("x", {"x": data})
    budget = Budget()
    assert equal(from_plain(out, budget), from_plain(data, budget), budget) or "nan" in repr(data)


@given(PLAIN, PLAIN)
def test_equality_looks_both_ways_and_in_finds_what_is_equal(left: object, right: object) -> None:
    bindings = {"x": left, "y": right}
    same = evaluate("x == y", bindings)
    assert evaluate("y == x", bindings) is same
    assert evaluate("x != y", bindings) is not same
    assert evaluate("x in [y]", bindings) is same
    assert evaluate("{'k': x} == {'k': y}", bindings) is same


NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**64 - 1).map(UInt) | st.floats()


@given(NUMBERS, NUMBERS)
def test_numbers_are_in_order(left: float, right: float) -> None:
    bindings = {"x": left, "y": right}
    less, same, more = (evaluate(f"x {operator} y", bindings) for operator in ("<", "==", ">"))
    assert [less, same, more].count(True) == (0 if math.isnan(left) or math.isnan(right) else 1)
    assert evaluate("x <= y", bindings) is (less or same)
    assert evaluate("x >= y", bindings) is (more or same)
    assert evaluate("y > x", bindings) is less


WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(WHOLE, WHOLE)
def test_whole_numbers_are_those_of_python_or_an_error(left: int, right: int) -> None:
    wanted = {"+": left + right, "-": left - right, "*": left * right}
    if right:
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        wanted |= {"/": quotient, "%": left - quotient * right}
    for operator, value in wanted.items():
        kind, found = outcome(f"x {operator} y", {"x": left, "y": right})
        fits_int = -(2**63) <= value < 2**63 and not (operator == "%" and (left, right) == (-(2**63), -1))
        assert (kind, found) == (("int", value) if fits_int else ("error", "overflow"))


@given(st.floats())
def test_a_double_reads_back_from_its_text(value: float) -> None:
    back = evaluate("double(string(x))", {"x": value})
    assert isinstance(back, float)
    assert back == value or (math.isnan(back) and math.isnan(value))
    if math.isfinite(value):
        assert float(str(evaluate("'%s'.format([x])", {"x": value}))) == value


@given(st.text(), st.text(max_size=2))
def test_texts_that_are_split_are_joined_again(text: str, separator: str) -> None:
    assert evaluate("t.split(s).join(s) == t", {"t": text, "s": separator}) is True
    assert evaluate("t.reverse().reverse() == t && size(t.reverse()) == size(t)", {"t": text}) is True
