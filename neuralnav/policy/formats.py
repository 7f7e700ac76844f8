"""`format` at run time: a text with its clauses filled in from a list, `%[.precision]letter`."""

import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, cast

from neuralnav.policy.conversions import plain_double_text
from neuralnav.policy.texts import fits_text
from neuralnav.policy.values import DEEPEST_VALUE, NUMBER_KINDS, NoValueError, TypeValue, Value, key_value, kind_of

MOST_DIGITS: Final = 1_000
"""Digits after the point that a clause may ask for."""

_DEFAULT_DIGITS: Final = 6
_CLAUSE = re.compile(r"%(?:(?P<percent>%)|(?:\.(?P<digits>[0-9]+))?(?P<letter>.)|(?P<rest>.{0,2}))", re.DOTALL)


def fill(text: str, items: Sequence[Value]) -> str:
    """Return the text with each clause filled by the next item; `%%` is a percent sign, items left over are ignored.

    NoValueError for a clause that is none, that has no item left, or whose item it cannot write.
    """
    parts: list[str] = []
    at, taken, length = 0, 0, 0
    for clause in _CLAUSE.finditer(text):
        filled = "%"
        if clause["percent"] is None:
            letter, digits = _read(clause)
            if taken == len(items):
                raise NoValueError("invalid_argument", f"{clause[0]} has no item left: the list holds {len(items)}")
            filled = _FILLS[letter](items[taken], letter, digits)
            taken += 1
        parts += (text[at : clause.start()], filled)
        length += clause.start() - at + len(filled)
        fits_text(length)
        at = clause.end()
    fits_text(length + len(text) - at)
    return "".join((*parts, text[at:]))


def _read(clause: re.Match[str]) -> tuple[str, int]:
    letter, digits = clause["letter"], clause["digits"]
    if letter not in _FILLS:
        raise NoValueError("invalid_argument", f"{clause[0]} is no clause of format()",
                      "write %s, %d, %.2f, %e, %b, %o, %x or %%")  # fmt: skip
    if digits is None:
        return letter, _DEFAULT_DIGITS
    if len(digits) > len(str(MOST_DIGITS)) or int(digits) > MOST_DIGITS:
        raise NoValueError("limit", f"{clause[0]} asks for more than {MOST_DIGITS:,} digits")
    return letter, int(digits)


def written(value: Value, depth: int = 0) -> str:
    """Return a value as `%s` writes it: doubles without an exponent, maps by their written keys."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return plain_double_text(value) if math.isfinite(value) else _no_number(value)
        case str():
            return value
        case bytes():
            return re.sub("\ufffd+", "\ufffd", value.decode(errors="replace"))
        case TypeValue(name):
            return name
    if depth >= DEEPEST_VALUE:
        raise NoValueError("limit", f"writes a value deeper than {DEEPEST_VALUE} levels")
    if isinstance(value, Mapping):
        return _map(value, depth + 1)
    return f"[{_listed(written(item, depth + 1) for item in cast('Sequence[Value]', value))}]"


def _map(value: Mapping[Hashable, Value], depth: int) -> str:
    entries = [(written(key_value(key)), item) for key, item in value.items()]
    entries.sort(key=lambda entry: entry[0])
    return "{" + _listed(f"{key}: {written(item, depth)}" for key, item in entries) + "}"


def _listed(items: Iterable[str]) -> str:
    parts: list[str] = []
    length = 0
    for item in items:
        length += len(item) + 2
        fits_text(length)
        parts.append(item)
    return ", ".join(parts)


def _no_number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _text(value: Value, letter: str, digits: int) -> str:
    del letter, digits  # %s writes a value whole, whatever precision stands before it
    return written(value)


def _decimal(value: Value, letter: str, digits: int) -> str:
    del digits  # and so does %d a number
    if kind_of(value) not in NUMBER_KINDS:
        raise _misfit(letter, "a number", value)
    return written(value)


def _real(value: Value, letter: str, digits: int) -> str:
    if kind_of(value) not in NUMBER_KINDS:
        raise _misfit(letter, "a number", value)
    number = float(cast("float", value))
    return format(number, f".{digits}{letter}") if math.isfinite(number) else _no_number(number)


def _based(value: Value, letter: str, digits: int) -> str:
    del digits  # a whole number has none
    kind = kind_of(value)
    if kind in ("int", "uint") or (kind == "bool" and letter == "b"):
        return format(int(cast("int", value)), letter)
    if letter in "xX" and isinstance(value, str | bytes):
        data = value.encode() if isinstance(value, str) else value
        return data.hex().upper() if letter == "X" else data.hex()
    wanted = {"b": "an int, uint or bool", "o": "an int or uint"}.get(letter, "an int, uint, string or bytes")
    raise _misfit(letter, wanted, value)


def _misfit(letter: str, wanted: str, value: Value) -> NoValueError:
    return NoValueError("invalid_argument", f"%{letter} writes {wanted}; this is {kind_of(value)}")


_FILLS: Mapping[str, Callable[[Value, str, int], str]] = {
    "s": _text, "d": _decimal, "f": _real, "e": _real, **dict.fromkeys("boxX", _based),
}  # fmt: skip
