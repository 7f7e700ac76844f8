"""Equality and order over columns, exact between numbers of different kinds, and `in` over lists."""

import math
import operator as python
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower.numbers import LEAST, MOST, unknown, whole
from neuralnav.policy.lower.parts import (
    ARROW,
    NUMBERS,
    Column,
    Fixed,
    Frame,
    Run,
    Value,
    column_kind,
    constant_where_known,
    kernel,
    kind_name,
    one,
    slow_of,
    step,
    two,
    where_known,
)

KERNELS: Mapping[str, str] = {
    "==": "equal", "!=": "not_equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal",
}  # fmt: skip
MIRRORED: Mapping[str, str] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
HOLDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": python.eq, "!=": python.ne, "<": python.lt, "<=": python.le, ">": python.gt, ">=": python.ge,
}  # fmt: skip
MOST_EXACT = 2.0**53
"""Below this, in size, every whole number is a double."""


def compared(operator: str, left: Value, right: Value) -> Column | None:
    """Return the rule of `== != < <= > >=`; None where the kinds have no such comparison, or none is a column."""
    if isinstance(left, Fixed):
        return compared(MIRRORED[operator], right, left) if isinstance(right, Column) else None
    kinds = left.kind, kind_name(right)
    slow = slow_of(left, right)
    if kinds[0] == kinds[1]:
        return Column("bool", two(KERNELS[operator], left.run, step(right, kinds[1])), slow)
    if NUMBERS.issuperset(kinds):
        return Column("bool", _mixed(operator, left, right), slow)
    if operator in ("==", "!=") and all(kind in ARROW for kind in kinds):
        return Column("bool", _never_equal(operator, left.run, right), slow)
    return None


def _never_equal(operator: str, left: Run, right: Value) -> Run:
    run = constant_where_known(left, operator == "!=")
    if isinstance(right, Fixed):
        return run
    other = right.run
    return lambda frame: where_known(run(frame), other(frame))


def _mixed(operator: str, left: Column, right: Value) -> Run:
    """Compare numbers of two kinds as the language does: with a double as doubles, whole numbers exactly."""
    kinds = {left.kind, kind_name(right)}
    if isinstance(right, Column):
        if "double" in kinds:
            return two(KERNELS[operator], _as_double(left), _as_double(right))
        return _whole(operator, left, right) if left.kind == "int" else _whole(MIRRORED[operator], right, left)
    number = cast("float", right.value)
    if left.kind == "double" or ("double" in kinds and MOST_EXACT <= abs(number) < math.inf):
        return two(KERNELS[operator], _as_double(left), pa.scalar(float(number)))
    answer = translated(operator, left.kind, number)
    if isinstance(answer, bool):
        return constant_where_known(left.run, answer)
    operator, limit = answer
    return two(KERNELS[operator], left.run, pa.scalar(limit, ARROW[left.kind]))


def _as_double(value: Column) -> Run:
    run = value.run
    return run if value.kind == "double" else lambda frame: run(frame).cast(pa.float64(), safe=False)


def translated(operator: str, kind: str, limit: float) -> bool | tuple[str, int]:
    """Return a comparison of a column of whole numbers with a number of another kind as one with its own kind.

    A truth value where it comes out the same whatever the column holds.
    """
    if isinstance(limit, float):
        if not math.isfinite(limit):
            return bool(HOLDS[operator](0, limit))
        if not limit.is_integer():
            if operator in ("==", "!="):
                return operator == "!="
            limit = math.floor(limit) if operator in (">", "<=") else math.ceil(limit)
    if not LEAST[kind] <= limit <= MOST[kind]:
        return bool(HOLDS[operator](0, limit))
    return operator, int(limit)


def _whole(operator: str, signed: Column, unsigned: Column) -> Run:
    judge = HOLDS[operator]

    def run(frame: Frame) -> pa.Array:
        first, second = signed.run(frame), unsigned.run(frame)
        left, right = whole(first, "int", frame.rows), whole(second, "uint", frame.rows)
        answer = np.where(left < 0, judge(-1, 0), judge(left.astype(np.uint64), right))
        return pa.array(answer, pa.bool_(), mask=unknown(first, frame.rows) | unknown(second, frame.rows))

    return run


def among(value: Column, items: Iterable[object]) -> Column:
    """Return whether each row's value is one of the items; an item of another kind is equal only as a number can be."""
    listed, rounded = _alike(value.kind, items)
    options = pc.SetLookupOptions(pa.array(listed, ARROW[value.kind]))
    source, function = value.run, kernel("is_in")

    def run(frame: Frame) -> pa.Array:
        values = source(frame)
        return where_known(function.call([values], options), values)  # the kernel says false of a null

    steps: list[Run] = [run, *(_mixed("==", value, Fixed(item)) for item in rounded)]
    return Column("bool", reduce(lambda left, right: two("or_kleene", left, right), steps), value.slow)


def _alike(kind: str, items: Iterable[object]) -> tuple[list[object], list[float]]:
    """Return what equals an item among a column's values, and the doubles that many whole numbers of a column equal.

    None of NaN, and both zeros, which the kernel tells apart.
    """
    listed: list[object] = []
    rounded: list[float] = []
    for item in items:
        other = column_kind(item)
        if not (NUMBERS.issuperset((kind, other)) and isinstance(item, int | float)):
            listed += [item] if kind == other else []
        elif kind == "double":
            listed += [0.0, -0.0] if item == 0 else [float(item)] if item == item else []
        elif other == "double" and MOST_EXACT <= abs(item) < math.inf:
            rounded.append(float(item))
        else:
            answer = translated("==", kind, item)
            listed += [] if isinstance(answer, bool) else [answer[1]]
    return listed, rounded


def inverted(value: Column) -> Column:
    """Return the rule of `!`."""
    return Column("bool", one("invert", value.run), value.slow)
