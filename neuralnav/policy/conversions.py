"""Conversions between the types at run time, and the text of a double."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from neuralnav.model import quantity
from neuralnav.policy.arithmetic import Operation, as_int, as_uint
from neuralnav.policy.tree import UInt
from neuralnav.policy.values import NoValueError, TypeValue, Value, kind_of

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_NATURAL = re.compile(r"[0-9]+", re.ASCII)
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?inf(inity)?|[+-]?nan", re.ASCII | re.IGNORECASE)
_LONGEST_NUMBER = 400
"""Characters of a text that is read as a number: a double has at most 309 digits before its point."""

_TRUTHS: Mapping[str, bool] = {
    "true": True, "True": True, "TRUE": True, "t": True, "1": True,
    "false": False, "False": False, "FALSE": False, "f": False, "0": False,
}  # fmt: skip


def double_text(value: float) -> str:
    """Return the shortest text that reads back as this double, with an exponent below 1e-4 and from 1e6 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    _, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    power = Decimal(repr(value)).adjusted() if value else 0
    if -4 <= power < max(6, 0) or not value:
        return plain_double_text(value)
    first, *rest = map(str, digits)
    fraction = f".{''.join(rest)}" if rest else ""
    return f"{'-' if value < 0 else ''}{first}{fraction}e{'-' if power < 0 else '+'}{abs(power):02d}"


def plain_double_text(value: float) -> str:
    """Return the shortest text of a finite double without an exponent, and without a fraction that is 0."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _int_of_double(value: float) -> int:
    # Both ends are refused, as everywhere in CEL: the double next to 2^63 - 1 is 2^63.
    if -(2.0**63) < value < 2.0**63:
        return int(value)
    raise NoValueError("overflow", f"{double_text(value)} does not fit the 64 bits of an int")


def _uint_of_double(value: float) -> UInt:
    if 0 <= value < 2.0**64:
        return UInt(value)
    raise NoValueError("overflow", f"{double_text(value)} does not fit the 64 bits of a uint")


def _int_of_text(text: str) -> int:
    if len(text) <= _LONGEST_NUMBER and _INTEGER.fullmatch(text):
        return as_int(int(text), text)
    raise NoValueError("conversion", f"{quoted(text)} is not an int", "write digits only, such as '42'")


def _uint_of_text(text: str) -> UInt:
    if len(text) <= _LONGEST_NUMBER and _NATURAL.fullmatch(text):
        return as_uint(int(text), text)
    raise NoValueError("conversion", f"{quoted(text)} is not a uint", "write digits only, such as '42'")


def _double_of_text(text: str) -> float:
    if len(text) <= _LONGEST_NUMBER:
        if _NO_NUMBER.fullmatch(text):
            return float(text)
        if _DOUBLE.fullmatch(text):
            value = float(text)
            if math.isfinite(value):
                return value
            raise NoValueError("overflow", f"{text} does not fit the 64 bits of a double")
    raise NoValueError("conversion", f"{quoted(text)} is not a double", "write a number such as '1.5'")


def _bool_of_text(text: str) -> bool:
    if text in _TRUTHS:
        return _TRUTHS[text]
    raise NoValueError("conversion", f"{quoted(text)} is not a bool", "write 'true' or 'false'")


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NoValueError("conversion", f"the bytes are not UTF-8 from byte {error.start} on") from error


def _measure(of: Callable[[object], float]) -> Operation:
    def operation(text: str) -> float:
        try:
            value = of(text)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            raise NoValueError("conversion", message, hint) from error
        if math.isinf(value):
            raise NoValueError("overflow", f"{quoted(text)} does not fit the 64 bits of a double")
        return value

    return operation


def _same(value: Value) -> Value:
    return value


FUNCTIONS: Mapping[str, Operation] = {
    "int(int)": _same,
    "int(uint)": lambda value: as_int(int(value), f"{value}u"),
    "int(double)": _int_of_double,
    "int(string)": _int_of_text,
    "uint(uint)": _same,
    "uint(int)": lambda value: as_uint(value, str(value)),
    "uint(double)": _uint_of_double,
    "uint(string)": _uint_of_text,
    "double(double)": _same,
    "double(int)": float,
    "double(uint)": float,
    "double(string)": _double_of_text,
    "string(string)": _same,
    "string(int)": str,
    "string(uint)": str,
    "string(double)": double_text,
    "string(bool)": lambda value: "true" if value else "false",
    "string(bytes)": _text_of_bytes,
    "bool(bool)": _same,
    "bool(string)": _bool_of_text,
    "bytes(bytes)": _same,
    "bytes(string)": str.encode,
    "dyn(T)": _same,
    "type(T)": lambda value: TypeValue(kind_of(value)),
    "ms(string)": _measure(quantity.duration_ms),
    "usd(string)": _measure(quantity.usd),
    "gib(string)": _measure(quantity.gib),
}


def quoted(text: str) -> str:
    """Return a text in quotes for a message, cut where it is long."""
    return f"'{text}'" if len(text) <= 40 else f"'{text[:37]}...'"
