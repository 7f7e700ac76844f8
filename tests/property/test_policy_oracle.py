"""The language against cel-expr-python, an implementation of CEL that is not ours: expressions drawn at random, with
rows that lack fields and hold extremes. Both give one value, or errors of one class; both refuse what is ill-typed.
"""

import ast
import math
import re
from collections.abc import Mapping

import pytest
from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_strings
from hypothesis import HealthCheck, given, settings
from policy_expressions import CONSTANT_VALUES, KINDS, Case, cases, scope

from neuralnav.policy import EvaluationError, ExpressionError, evaluate
from neuralnav.policy.check import check
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import to_plain
from neuralnav.policy.signatures import FUNCTIONS
from neuralnav.policy.values import kind_of

TEXTS = 60
CASES = 110
"""Twice this many cases of this many texts: 13,200 expressions, of which about 11,000 are different ones."""

_TYPE = cel.Type


def _by_name(kind: cel.Type) -> cel.Type:
    return _TYPE.Map(_TYPE.STRING, kind)


ORACLE = cel.NewEnv(
    variables={
        "ints": _by_name(_TYPE.INT), "doubles": _by_name(_TYPE.DOUBLE), "strings": _by_name(_TYPE.STRING),
        "bools": _by_name(_TYPE.BOOL), "limits": _TYPE.List(_TYPE.DOUBLE), "names": _TYPE.List(_TYPE.STRING),
        "prices": _by_name(_TYPE.DOUBLE),
    },
    extensions=[ext_strings.ExtStrings(), ext_math.ExtMath()],
)  # fmt: skip
SCOPE = scope()

KINDS_OF_MESSAGES: Mapping[str, frozenset[str]] = {
    "divide by zero": frozenset({"division_by_zero"}),
    "modulus by zero": frozenset({"division_by_zero"}),
    "overflow": frozenset({"overflow"}),
    "out of int64 range": frozenset({"overflow"}),
    "out of uint64 range": frozenset({"overflow"}),
    "Key not found": frozenset({"no_such_field", "no_such_key"}),
    "Index error": frozenset({"index"}),
    "index out of range": frozenset({"index"}),
    ".charAt(": frozenset({"index"}),
    ".substring(": frozenset({"index"}),
    "cannot convert string": frozenset({"conversion", "overflow"}),
    "Type conversion error": frozenset({"conversion"}),
    "malformed UTF-8": frozenset({"conversion"}),
    "must not be empty": frozenset({"invalid_argument"}),
}
"""Its errors are texts: a part of each, and the kinds of ours that mean the same. It has one for a number that is
misspelt and one that is too large.
"""

MACRO = re.compile(r"\.(all|exists|exists_one|map|filter)\(")
"""Where items of a list fail in two ways, it tells the last one and we the first; CEL leaves that open."""

SUBSTRING_TO_THE_END = "<string>.substring(<place>, <place>)"
"""Left out: it refuses 'ab'.substring(0, 2) because the end is the size, which the suite of CEL allows."""

GREATEST_OF_ANYTHING = (
    "math.greatest(<double>, <double>, <double>)", "math.greatest(<int>, <int>)", "math.least(<ints>)",
    "math.least(<doubles>)",
)  # fmt: skip
"""Left out where types go astray: it looks into a list written out, and at no type of three arguments."""

DEPARTURES = {
    "string(1.0 / 0.0)": ("inf", "+Inf"),
    "'%s'.format([1e6])": ("1e+06", "1000000"),
    "'%d'.format([1.5])": ("1.500000", "1.5"),
    "double('1e999') > 1e308": (True, "overflow"),
    "double('0x10')": (16.0, "conversion"),
    "int(' 5')": (5, "conversion"),
    "uint('+5')": (5, "conversion"),
    "'ab'.substring(0, 2)": ("error", "ab"),
    "{1: 'a', dyn(1u): 'b'}[1]": ("a", "invalid_argument"),
}
"""Where it leaves the definition of CEL, or the definition leaves it free: what it says, and what we say. Texts of
doubles follow CEL's page on formats (no exponent in `%s`, `%d` of a double as `%s`), numbers in texts are digits only,
and a key that equals another one is there twice.
"""


def same(ours: object, theirs: object) -> bool:
    """Compare plain data: NaN is itself, and a zero keeps its sign."""
    if isinstance(theirs, bytearray):
        theirs = bytes(theirs)
    if isinstance(ours, float) and isinstance(theirs, float):
        return (ours != ours and theirs != theirs) or (
            ours == theirs and math.copysign(1.0, ours) == math.copysign(1.0, theirs)
        )
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(value, theirs[key]) for key, value in ours.items())
    return ours == theirs


QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
LAX_NUMBER = re.compile(r"\s*[+-]?(0x[0-9a-f]+|(?=\.?[0-9])[0-9]*\.?[0-9]*(e[+-]?[0-9]+)?|inf|nan)\s*", re.IGNORECASE)
"""A text that it reads as a number and we do not, as in `DEPARTURES`."""


def told(text: str, bindings: Mapping[str, object]) -> tuple[str, object]:
    """Return our type and value, or "error" and its kind, or "lax" where a text is a number to it alone."""
    try:
        value = interpret(parse(text), bindings)
        return kind_of(value), to_plain(value)
    except EvaluationError as error:
        quoted = QUOTED.match(error.fault.message)
        if error.kind == "conversion" and quoted and LAX_NUMBER.fullmatch(ast.literal_eval(quoted[0])):
            return "lax", error.kind
        return "error", error.kind


def theirs_of(program: cel.Expression, bindings: Mapping[str, object]) -> tuple[str, object]:
    """Return its type and value, or "error" and its message."""
    found = program.eval(data=dict(bindings))
    kind = found.type().name().partition("<")[0].lower()
    return {"null": "null_type"}.get(kind, kind), found.plain_value()


def agree(text: str, program: cel.Expression, bindings: Mapping[str, object]) -> None:
    ours, theirs = told(text, bindings), theirs_of(program, bindings)
    shown = f"{text}\nover {bindings}\nours: {ours}\ntheirs: {theirs}"
    if ours[0] == "lax":
        return
    assert ours[0] == theirs[0], shown
    if ours[0] == "error":
        kinds = next((kinds for part, kinds in KINDS_OF_MESSAGES.items() if part in str(theirs[1])), frozenset())
        assert ours[1] in kinds or MACRO.search(text), shown
    else:
        assert same(ours[1], theirs[1]), shown


def judge(case: Case) -> None:
    for text in case.texts:
        program = ORACLE.compile(text)
        # It refuses to compare an int with a double, unless dyn() stands around them; we need none.
        plain = text.replace("dyn(", "(")
        check(text, parse(text), SCOPE)
        check(plain, parse(plain), SCOPE)
        for row in case.rows:
            bindings = {**row, **CONSTANT_VALUES}
            agree(text, program, bindings)
            agree(plain, program, bindings)


RUN = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))


@RUN
@given(cases(texts=TEXTS, rows=3, mixed="dyn", without=(SUBSTRING_TO_THE_END,)))
def test_conditions_are_what_the_oracle_makes_of_them(case: Case) -> None:
    judge(case)


@RUN
@given(cases(KINDS, texts=TEXTS, rows=2, mixed="dyn", without=(SUBSTRING_TO_THE_END,)))
def test_expressions_of_every_type_are_what_the_oracle_makes_of_them(case: Case) -> None:
    judge(case)


def refused_by_us(text: str) -> bool:
    try:
        check(text, parse(text), SCOPE)
    except ExpressionError as error:
        # A text that no function can read, such as int('x'), is refused by us and no matter of types.
        return any(fault.kind != "conversion" for fault in error.faults)
    return False


def refused_by_it(text: str) -> bool:
    try:
        ORACLE.compile(text)
    except RuntimeError:
        return True
    return False


@settings(RUN, max_examples=60)
@given(cases(KINDS, texts=50, rows=0, astray=0.15, without=GREATEST_OF_ANYTHING))
def test_what_is_ill_typed_both_refuse(case: Case) -> None:
    for text in case.texts:
        ours, theirs = refused_by_us(text), refused_by_it(text)
        assert ours == theirs, f"{text}\nrefused by us: {ours}, by the oracle: {theirs}"


def test_some_of_them_are_ill_typed_and_some_are_not() -> None:
    found: set[bool] = set()

    @settings(RUN, max_examples=5)
    @given(cases(KINDS, texts=50, rows=0, astray=0.15))
    def count(case: Case) -> None:
        found.update(map(refused_by_us, case.texts))

    count()
    assert found == {True, False}


@pytest.mark.parametrize("text", DEPARTURES)
def test_departures_are_as_they_are_written_down(text: str) -> None:
    wanted_of_it, wanted_of_us = DEPARTURES[text]
    kind, value = theirs_of(ORACLE.compile(text), {})
    assert (kind if wanted_of_it == "error" else value) == wanted_of_it
    assert told(text, {})[1] == wanted_of_us


def test_every_function_and_macro_is_drawn() -> None:
    drawn: set[str] = set()

    @settings(RUN, max_examples=100)
    @given(cases(KINDS, texts=TEXTS, rows=0, mixed="dyn"))
    def collect(case: Case) -> None:
        for text in case.texts:
            drawn.update(re.findall(r"\b([a-zA-Z_]+)\(", text))

    collect()
    known = {item.name.rpartition(".")[2] for item in FUNCTIONS} | {"all", "exists", "exists_one", "map", "filter"}
    assert known - drawn == {"ms", "usd", "gib"}  # the oracle has no units


def test_the_public_entry_agrees_too() -> None:
    bindings = {"limits": [1.5, 2.5], "names": ["a"], "prices": {"a": 2.0}}
    text = "limits.exists(x, x * prices[names[0]] == 5.0)"
    assert evaluate(text, bindings) is theirs_of(ORACLE.compile(text), bindings)[1] is True
