"""Numbers at run time: checked 64-bit integers, IEEE doubles, rounding, and what is largest."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from neuralnav.policy.signatures import NUMBERS, ORDERED, ORDERS
from neuralnav.policy.tree import UInt
from neuralnav.policy.types import type_text
from neuralnav.policy.values import (
    HIGHEST_INT,
    HIGHEST_UINT,
    LOWEST_INT,
    NUMBER_KINDS,
    NoValueError,
    Value,
    kind_of,
)

Operation = Callable[..., Value]
"""What a signature does: its arguments are of the types that it names."""


def as_int(value: int, told: str) -> int:
    """Return an int of 64 bits. NoValueError of kind overflow, saying what was told, for one that has more."""
    if LOWEST_INT <= value <= HIGHEST_INT:
        return value
    raise NoValueError("overflow", f"{told} does not fit the 64 bits of an int")


def as_uint(value: int, told: str) -> UInt:
    """Return a uint of 64 bits. NoValueError of kind overflow, saying what was told, for what is none."""
    if 0 <= value <= HIGHEST_UINT:
        return UInt(value)
    raise NoValueError("overflow", f"{told} does not fit the 64 bits of a uint")


def quotient(left: int, right: int) -> int:
    """Divide towards 0. NoValueError when the divisor is 0."""
    if right == 0:
        raise NoValueError("division_by_zero", f"{left} / 0")
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def remainder(left: int, right: int) -> int:
    """Return what that division leaves, with the sign of the dividend. As in CEL, the lowest int % -1 overflows."""
    if right == 0:
        raise NoValueError("division_by_zero", f"{left} % 0")
    if left == LOWEST_INT and right == -1:
        raise NoValueError("overflow", f"{left} % -1 does not fit the 64 bits of an int")
    left_over = abs(left) % abs(right)
    return -left_over if left < 0 else left_over


def divide(left: float, right: float) -> float:
    """Divide as IEEE 754 does: by zero to an infinity, or to NaN."""
    if right:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


_WHOLE: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": quotient, "%": remainder,
}  # fmt: skip
_REAL: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": divide,
}  # fmt: skip
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def operations() -> Mapping[str, Operation]:
    """Return the operators on numbers, and the order of all that has one, by the id of their signature."""
    made: dict[str, Operation] = {f"double {name} double": found for name, found in _REAL.items()}
    for name, found in _WHOLE.items():
        made[f"int {name} int"] = _checked(name, found, as_int)
        made[f"uint {name} uint"] = _checked(name, found, as_uint)
    for name in ORDERS:
        for left in NUMBERS:
            for right in NUMBERS:
                kinds = (type_text(left), type_text(right))
                exact = "double" not in kinds or kinds == ("double", "double")
                made[f"{kinds[0]} {name} {kinds[1]}"] = _ORDER[name] if exact else _as_doubles(_ORDER[name])
        # Python orders bool, str by code point, and bytes as CEL does.
        made |= {f"{type_text(item)} {name} {type_text(item)}": _ORDER[name] for item in ORDERED}
    made["-int"] = lambda value: as_int(-value, f"-({value})")
    made["-double"] = operator.neg
    return made


def _checked(name: str, of: Callable[[int, int], int], fit: Callable[[int, str], int]) -> Operation:
    def operation(left: int, right: int) -> int:
        return fit(of(left, right), f"{left} {name} {right}")

    return operation


def _as_doubles(of: Callable[[float, float], bool]) -> Operation:
    def operation(left: float, right: float) -> bool:
        return of(float(left), float(right))

    return operation


def rounded(value: float) -> float:
    """Return the nearest whole number, of two the one further from 0; the sign of a zero stays."""
    whole = truncated(value)
    if abs(value - whole) >= 0.5:
        whole += math.copysign(1.0, value)
    return whole


def truncated(value: float) -> float:
    """Return the number without its fraction; the sign of a zero stays."""
    return math.copysign(float(math.trunc(value)), value) if math.isfinite(value) else value


def _whole(of: Callable[[float], int]) -> Operation:
    def operation(value: float) -> float:
        return math.copysign(float(of(value)), value) if math.isfinite(value) else value

    return operation


def _sign(value: float) -> float:
    if value > 0:
        return 1.0
    return -1.0 if value < 0 else value + 0.0


def _whole_sign(value: int) -> int:
    return (value > 0) - (value < 0)


FUNCTIONS: Mapping[str, Operation] = {
    "math.ceil(double)": _whole(math.ceil),
    "math.floor(double)": _whole(math.floor),
    "math.round(double)": rounded,
    "math.trunc(double)": truncated,
    "math.abs(int)": lambda value: as_int(abs(value), f"math.abs({value})"),
    "math.abs(uint)": lambda value: value,
    "math.abs(double)": abs,
    "math.sign(int)": _whole_sign,
    "math.sign(uint)": lambda value: UInt(_whole_sign(value)),
    "math.sign(double)": _sign,
    "math.isNaN(double)": math.isnan,
    "math.isInf(double)": math.isinf,
    "math.isFinite(double)": math.isfinite,
}


def greatest(arguments: Sequence[Value]) -> Value:
    """Return the first of the largest among numbers, or in one list of them. NoValueError for all else, or none."""
    return _most("math.greatest", arguments, operator.gt)


def least(arguments: Sequence[Value]) -> Value:
    """Return the first of the smallest among numbers, or in one list of them. NoValueError for all else, or none."""
    return _most("math.least", arguments, operator.lt)


def _most(name: str, arguments: Sequence[Value], beats: Callable[[float, float], bool]) -> Value:
    items = arguments
    if len(arguments) == 1 and kind_of(arguments[0]) == "list":
        items = cast("Sequence[Value]", arguments[0])
        if not items:
            raise NoValueError("invalid_argument", f"{name} of an empty list")
    if not items:
        raise NoValueError("no_such_overload", f"{name} takes a number at least")
    for item in items:
        if kind_of(item) not in NUMBER_KINDS:
            raise NoValueError("no_such_overload", f"{name} takes numbers; this is {kind_of(item)}")
    best, *others = cast("Sequence[float]", items)
    for item in others:
        if (beats if type(item) is type(best) else _as_doubles_if(item, best, beats))(item, best):
            best = item
    return best


def _as_doubles_if(left: float, right: float, beats: Callable[[float, float], bool]) -> Operation:
    mixed = isinstance(left, float) or isinstance(right, float)
    return _as_doubles(beats) if mixed else beats
