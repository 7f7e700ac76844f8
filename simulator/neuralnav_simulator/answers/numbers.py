"""Numbers in a range and of a step, by a seed; exact, so that the last digit of a step is right."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any

from neuralnav_simulator.answers.dice import Dice

SPAN = 1000
"""How far from its one end a range that has no other end is used."""

DIGITS = 100
"""A number without a step has hundredths, unless its range is too narrow for them."""

TRIES = 20
"""Multiples that are tried until one is a multiple for floats as well."""

BITS = 1000
"""What a float still holds; larger numbers are not made."""


def number(schemas: Sequence[dict[str, Any]], dice: Dice, *, whole: bool) -> int | float | None:
    """Return a number that is in the ranges of all schemas and a multiple of their steps, None if there is none."""
    low, above = _end(schemas, "minimum", "exclusiveMinimum", 1)
    high, below = _end(schemas, "maximum", "exclusiveMaximum", -1)
    steps = [Fraction(str(schema["multipleOf"])) for schema in schemas if "multipleOf" in schema]
    if whole or not steps:
        steps.append(Fraction(1) if whole else _fine(low, high))
    step = steps[0]
    for other in steps[1:]:
        step = _common(step, other)
    if low is None:
        low = min(Fraction(0), high - SPAN * step) if high is not None else Fraction(0)
    if high is None:
        high = max(Fraction(SPAN), low + SPAN * step)
    first, last = ceil(low / step), floor(high / step)
    first += above and first * step == low
    last -= below and last * step == high
    if first > last:
        return None
    told = [schema["multipleOf"] for schema in schemas if "multipleOf" in schema]
    value: int | float | None = None
    for _ in range(TRIES):
        value = _plain(dice.between(first, last) * step)
        if value is None or all(_fits(value, step) for step in told):
            break
    return value


def _plain(value: Fraction) -> int | float | None:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def _fits(value: float, step: float) -> bool:
    """Tell whether who divides floats finds a multiple too: 8.2 / 0.1 is not whole."""
    return not isinstance(step, float) or (value / step).is_integer()


def _end(schemas: Sequence[dict[str, Any]], key: str, strict_key: str, sign: int) -> tuple[Fraction | None, bool]:
    """Return one end of the common range, and whether it is outside. Draft 4 says so by a boolean."""
    ends: list[tuple[Fraction, bool]] = []
    for schema in schemas:
        strict = schema.get(strict_key)
        if key in schema:
            ends.append((Fraction(str(schema[key])), strict is True))
        if strict is not None and not isinstance(strict, bool):
            ends.append((Fraction(str(strict)), True))
    if not ends:
        return None, False
    return max(ends, key=lambda end: (sign * end[0], end[1]))


def _fine(low: Fraction | None, high: Fraction | None) -> Fraction:
    step = Fraction(1, DIGITS)
    while low is not None and high is not None and low < high and (high - low) / step < DIGITS:
        step /= 10
    if low is not None and low == high and low != 0:
        return abs(low)
    return step


def _common(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(
        lcm(one.numerator * other.denominator, other.numerator * one.denominator), one.denominator * other.denominator
    )
