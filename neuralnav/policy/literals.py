"""Literals: the value that a token of a number, a string or bytes stands for."""

import re
from collections.abc import Mapping
from typing import Final

from neuralnav.policy.tokens import Token, refusal
from neuralnav.policy.tree import Scalar, UInt

INT_LEAST: Final = -(2**63)
INT_MOST: Final = 2**63 - 1
UINT_MOST: Final = 2**64 - 1

_SIMPLE: Mapping[str, str] = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\?\"'`])|[xX](?P<hex>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{2})"
    r"|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<bad>[\s\S]))"
)
_LAST_CHARACTER = 0x10FFFF
_MANY_DIGITS = 400
"""More than any number in range needs, and far below what Python refuses to read."""


def literal_value(token: Token, minus: Token | None = None) -> Scalar:
    """Return the value of an `int`, `uint`, `double` or `text` token; `minus` is the sign before a number.

    Raises ExpressionError for a number that 64 bits do not hold, and for an escape that means nothing.
    """
    match token.kind:
        case "int":
            return _whole(token, token.text, minus)
        case "uint":
            return UInt(_whole(token, token.text[:-1], minus, most=UINT_MOST, name="uint"))
        case "double":
            return -float(token.text) if minus else float(token.text)
        case _:
            return _text(token)


def _whole(token: Token, digits: str, minus: Token | None, *, most: int = INT_MOST, name: str = "int") -> int:
    short = digits.lstrip("0")
    base = 16 if short.startswith("x") else 10
    value = int(digits, base) if len(short) < _MANY_DIGITS else UINT_MOST + 1
    value = -value if minus else value
    if INT_LEAST <= value <= most:
        return value
    start = minus.start if minus else token.start
    least = INT_LEAST if name == "int" else 0
    message = f"the number is out of range; {name} goes from {least} to {most}"
    fits = name == "int" and not minus and value <= UINT_MOST
    hint = f"write {token.text}u for a uint" if fits else f"write {short}.0 for a double" if base == 10 else ""
    raise refusal("syntax", start, token.end, message, hint if len(short) < _MANY_DIGITS else "")


def _text(token: Token) -> str | bytes:
    quote = min(found for mark in "\"'" if (found := token.text.find(mark)) >= 0)
    prefix = token.text[:quote].lower()
    width = 3 if token.text[quote : quote + 3] in ('"""', "'''") and len(token.text) >= quote + 6 else 1
    body = token.text[quote + width : len(token.text) - width]
    if "r" in prefix or "\\" not in body:
        return body.encode() if "b" in prefix else body
    start = token.start + quote + width
    return _octets(body, start) if "b" in prefix else _characters(body, start)


def _characters(body: str, start: int) -> str:
    def _one(found: re.Match[str]) -> str:
        match found.lastgroup, found[found.lastgroup or 0]:
            case "simple", mark:
                return _SIMPLE[mark]
            case "octal", digits:
                return chr(int(digits, 8))
            case "hex" | "short" | "long", digits:
                return chr(_code(int(digits, 16), found, start))
        raise _bad_escape(found, start)

    return _ESCAPE.sub(_one, body)


def _octets(body: str, start: int) -> bytes:
    parts, done = [], 0
    for found in _ESCAPE.finditer(body):
        parts.append(body[done : found.start()].encode())
        done = found.end()
        match found.lastgroup, found[found.lastgroup or 0]:
            case "simple", mark:
                parts.append(_SIMPLE[mark].encode())
            case "octal", digits:
                parts.append(bytes([int(digits, 8)]))
            case "hex", digits:
                parts.append(bytes([int(digits, 16)]))
            case "short" | "long", _:
                place = (start + found.start(), start + found.end())
                raise refusal(
                    "syntax", *place, "bytes have no characters to name", r"write each byte as \x and two digits"
                )
            case _:
                raise _bad_escape(found, start)
    parts.append(body[done:].encode())
    return b"".join(parts)


def _code(code: int, found: re.Match[str], start: int) -> int:
    if code > _LAST_CHARACTER or 0xD800 <= code <= 0xDFFF:
        what = "half of a character" if code <= _LAST_CHARACTER else "no character"
        raise refusal("syntax", start + found.start(), start + found.end(), f"U+{code:04X} is {what}")
    return code


_DIGITS: Mapping[str, str] = {
    "x": r"\x takes two hexadecimal digits", "X": r"\X takes two hexadecimal digits",
    "u": r"\u takes four hexadecimal digits", "U": r"\U takes eight hexadecimal digits",
    **dict.fromkeys("0123", "an octal escape takes three digits, from \\000 to \\377"),
}  # fmt: skip


def _bad_escape(found: re.Match[str], start: int) -> Exception:
    mark = found["bad"]
    hint = _DIGITS.get(mark, r"write \\ for a backslash, or a raw text: r'...'")
    shown = mark if mark.isprintable() else f"U+{ord(mark):04X}"
    return refusal("syntax", start + found.start(), start + found.end(), f'"\\{shown}" is no escape', hint)
