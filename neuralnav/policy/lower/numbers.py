"""Arithmetic and rounding over columns: checked, and null only in the rows that go wrong."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower.parts import ARROW, Column, Fixed, Frame, Run, Step, Value, one, slow_of, step, taken, two

Whole = npt.NDArray[np.int64] | npt.NDArray[np.uint64]
Datum: TypeAlias = pa.Array | pa.Scalar

LEAST: Mapping[str, int] = {"int": -(2**63), "uint": 0}
MOST: Mapping[str, int] = {"int": 2**63 - 1, "uint": 2**64 - 1}


def arithmetic(operator: str, kind: str) -> Callable[[Value, Value], Column]:
    """Return the rule for an operator between two numbers of one kind. Doubles follow IEEE 754 and have no errors."""

    def rule(left: Value, right: Value) -> Column:
        steps = step(left, kind), step(right, kind)
        run = two(_IEEE[operator], *steps) if kind == "double" else _checked(operator, kind, *steps)
        return Column(kind, run, slow_of(left, right))

    return rule


_IEEE: Mapping[str, str] = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_CHECKED: Mapping[str, str] = {
    "+": "add_checked", "-": "subtract_checked", "*": "multiply_checked", "/": "divide_checked",
}  # fmt: skip


def _checked(operator: str, kind: str, left: Step, right: Step) -> Run:
    divides = operator in "/%"
    fast = pc.get_function(_CHECKED["/" if divides else operator])

    def run(frame: Frame) -> pa.Array:
        first, second = taken(left, frame), taken(right, frame)
        if divides and _some_zero(second):  # each row that fails in the kernel costs it as much as fifty that do not
            second = _divisors(kind, first, second)
        try:
            result = fast.call([first, second])
        except pa.ArrowInvalid:  # some row overflows or divides by zero: find which, and go on with the others
            if not divides:
                return _wrapping(operator, kind, first, second, frame.rows)
            second = _divisors(kind, first, second)
            result = fast.call([first, second])
        return result if operator != "%" else pc.subtract(first, pc.multiply(result, second))

    return run


def _some_zero(divisor: Datum) -> bool:
    return isinstance(divisor, pa.Array) and bool(pc.any(pc.equal(divisor, pa.scalar(0, divisor.type))).as_py())


def _divisors(kind: str, dividend: Datum, divisor: Datum) -> Datum:
    """Return the divisors, null where there is no quotient."""
    bad = pc.equal(divisor, pa.scalar(0, ARROW[kind]))
    if kind == "int":
        overflows = pc.and_(pc.equal(dividend, pa.scalar(LEAST["int"])), pc.equal(divisor, pa.scalar(-1)))
        bad = pc.or_kleene(bad, overflows)
    return pc.if_else(bad, pa.scalar(None, ARROW[kind]), divisor)


def _wrapping(operator: str, kind: str, left: Datum, right: Datum, rows: int) -> pa.Array:
    a, b = whole(left, kind, rows), whole(right, kind, rows)
    with np.errstate(all="ignore"):
        result, bad = _WRAPPED[operator, kind](a, b)
    return pa.array(result, ARROW[kind], mask=bad | unknown(left, rows) | unknown(right, rows))


def whole(found: Datum, kind: str, rows: int) -> Whole:
    """Return whole numbers for numpy, 0 where there is none."""
    if isinstance(found, pa.Scalar):
        return np.full(rows, found.as_py() or 0, dtype=kind + "64")
    filled: Whole = found.fill_null(0).to_numpy(zero_copy_only=False)
    return filled


def unknown(found: Datum, rows: int) -> npt.NDArray[np.bool_]:
    """Return where there is no value."""
    if isinstance(found, pa.Scalar):
        return np.full(rows, not found.is_valid)
    missing: npt.NDArray[np.bool_] = pc.is_null(found).to_numpy(zero_copy_only=False)
    return missing


Wrapped = Callable[[Whole, Whole], tuple[Whole, npt.NDArray[np.bool_]]]


def _sum_of_ints(a: Whole, b: Whole) -> tuple[Whole, npt.NDArray[np.bool_]]:
    result = a + b
    return result, ((a ^ result) & (b ^ result)) < 0


def _difference_of_ints(a: Whole, b: Whole) -> tuple[Whole, npt.NDArray[np.bool_]]:
    result = a - b
    return result, ((a ^ b) & (a ^ result)) < 0


def _product(a: Whole, b: Whole) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Multiply; a product that wrapped, divided by one factor, is not the other, but for -1 and the least int."""
    result = a * b
    bad = (a != 0) & (result // np.where(a == 0, 1, a).astype(a.dtype) != b)
    if a.dtype == np.int64:
        bad |= (a == -1) & (b == LEAST["int"])
    return result, bad


_WRAPPED: Mapping[tuple[str, str], Wrapped] = {
    ("+", "int"): _sum_of_ints,
    ("-", "int"): _difference_of_ints,
    ("*", "int"): _product,
    ("+", "uint"): lambda a, b: (a + b, a + b < a),
    ("-", "uint"): lambda a, b: (a - b, a < b),
    ("*", "uint"): _product,
}


def negated(kind: str) -> Callable[[Value], Column]:
    """Return the rule of the unary minus; the least int has no opposite, which is an error of that row."""
    return lambda value: Column(kind, one("negate", _value(value, kind)), slow_of(value))


def absolute(kind: str) -> Callable[[Value], Column]:
    """Return the rule of `math.abs`; the least int has none, which is an error of that row."""
    return lambda value: Column(kind, one("abs", _value(value, kind)), slow_of(value))


def _value(value: Value, kind: str) -> Run:
    run = column(value).run
    if kind != "int":
        return run
    least, none = pa.scalar(LEAST["int"]), pa.scalar(None, pa.int64())

    def within(frame: Frame) -> pa.Array:
        found = run(frame)
        bad = pc.equal(found, least)
        return pc.if_else(bad, none, found) if pc.any(bad).as_py() else found

    return within


def column(value: Value) -> Column:
    """Return a value as the column that it must be: a rule of one operand never sees a fixed one, which is folded."""
    if isinstance(value, Fixed):
        raise TypeError(f"{value} should have been folded")
    return value


def plain(name: str, kind: str, options: pc.FunctionOptions | None = None) -> Callable[[Value], Column]:
    """Return a rule that is one kernel, its result brought to the form of its kind."""

    def rule(value: Value) -> Column:
        run = one(name, column(value).run, options)
        form = ARROW[kind]

        def formed(frame: Frame) -> pa.Array:
            found = run(frame)
            return found if found.type == form else found.cast(form)

        return Column(kind, formed, slow_of(value))

    return rule


def rounded(value: Value) -> Column:
    """Return the rule of `math.round`, half away from 0. Arrow's own takes -0.49999999999999994 for a half."""
    run = column(value).run

    def nearest(frame: Frame) -> pa.Array:
        found = run(frame)
        whole = pc.trunc(found)
        far = pc.greater_equal(pc.abs(pc.subtract(found, whole)), 0.5)
        return pc.if_else(far, pc.add(whole, pc.sign(found)), whole)

    return Column("double", nearest, slow_of(value))


def same(value: Value) -> Value:
    """Return the value as it is: a conversion to the type that it has."""
    return value


def narrowed(source: str, target: str) -> Callable[[Value], Column]:
    """Return the rule that makes a number a whole one of another kind; what is out of range is an error of its row."""
    low, high = _RANGES[source, target]
    none = pa.scalar(None, ARROW[source])

    def rule(value: Value) -> Column:
        run = column(value).run

        def converted(frame: Frame) -> pa.Array:
            found = run(frame)
            inside = None if low is None else low(found)
            above = None if high is None else high(found)
            for test in (inside, above):
                if test is not None and not pc.all(test).as_py():
                    found = pc.if_else(test, found, none)
            return found.cast(ARROW[target], safe=False)

        return Column(target, converted, slow_of(value))

    return rule


Test = Callable[[pa.Array], pa.Array]


def _beyond(name: str, limit: pa.Scalar) -> Test:
    function = pc.get_function(name)
    return lambda found: function.call([found, limit])


_RANGES: Mapping[tuple[str, str], tuple[Test | None, Test | None]] = {
    ("double", "int"): (
        _beyond("greater", pa.scalar(-(2.0**63))), _beyond("less", pa.scalar(2.0**63)),
    ),
    ("double", "uint"): (_beyond("greater_equal", pa.scalar(0.0)), _beyond("less", pa.scalar(2.0**64))),
    ("int", "uint"): (_beyond("greater_equal", pa.scalar(0)), None),
    ("uint", "int"): (None, _beyond("less_equal", pa.scalar(MOST["int"], pa.uint64()))),
}  # fmt: skip


def widened(value: Value) -> Column:
    """Return whole numbers as doubles, the nearest where there is none alike."""
    run = column(value).run
    return Column("double", lambda frame: run(frame).cast(pa.float64(), safe=False), slow_of(value))
