"""What is said where a text leaves the grammar: what was expected, what is there, and what was probably meant."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from neuralnav.policy.faults import ExpressionError, line_and_column
from neuralnav.policy.tokens import RESERVED, Token, refusal

_NUMBERS: Final = frozenset({"int", "uint", "double"})
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("ms", "s", "m", "min", "h"), "ms"),
    **dict.fromkeys(("k", "K", "M"), "usd"),
    **dict.fromkeys(("KiB", "MiB", "GiB", "TiB", "KB", "kB", "MB", "GB", "TB", "G", "GI", "Gi", "Mi", "Ti"), "gib"),
}
_WORDS: Mapping[str, str] = {
    "and": "write && for and",
    "or": "write || for or",
    "not": "write ! for not",
    "is": "write == to compare",
    "if": "write condition ? value : other",
    "else": "write condition ? value : other",
    "for": "write list.all(x, ...), list.exists(x, ...) or list.map(x, ...)",
    "let": "give the value a name in the policy's variables",
    "var": "give the value a name in the policy's variables",
}
_PAIRS: Mapping[tuple[str, str], str] = {
    ("<", ">"): "write != for not equal",
    (".", "?"): "optional fields are not part of this language; guard with has()",
    ("?", "?"): "write has(x.y) ? x.y : other",
    ("[", "?"): "optional items are not part of this language; guard with in",
    ("*", "*"): "there is no power; multiply",
    ("-", ">"): "write a dot before a field",
    ("!", "in"): "write !(x in list)",
    ("!=", "="): "write != to compare",
    ("==", "="): "write == to compare",
}
_ODD: Mapping[str, str] = {
    "=": "write == to compare",
    "&": "write && for and",
    "|": "write || for or",
    "^": "there is no power and no exclusive or; of two conditions, write a != b",
    "#": "a comment starts with //",
    "`": "a field between backquotes has letters, digits, _ . - / and spaces",
    ";": "an expression is one value; split it into variables or rules",
    "$": "write an amount like usd('5k')",
    **dict.fromkeys("\u201c\u201d\u201e\u2018\u2019\u201a", "write a plain \" or '"),
    **dict.fromkeys("\u2264\u2265\u2260", "write <=, >= or !="),
}


def unexpected(
    text: str, tokens: Sequence[Token], at: int, wanted: str, opening: Token | None = None
) -> ExpressionError:
    """Return the error of a token that no rule takes here; `opening` is the bracket that is still open."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if token.kind == "unclosed":
        return refusal("syntax", token.start, token.end, "a text is never closed", f"close it with {_quote(token)}")
    if before is not None and before.kind in _NUMBERS and token.kind == "name" and before.end == token.start:
        return _unit(before, token)
    if token.kind == "end" and opening is not None:
        return refusal("syntax", opening.start, opening.end, f'"{opening.text}" is never closed', f"expected {wanted}")
    hint = _hint(before, token, tokens[min(at + 1, len(tokens) - 1)])
    if token.kind == "odd":
        message = f"unexpected character {_character(token.text)}"
        return refusal("syntax", token.start, token.end, message, hint)
    message = f"expected {wanted}, found {_found(token)}"
    if opening is not None:
        line, column = line_and_column(text, opening.start)
        line_part = f"line {line}, " if "\n" in text else ""
        hint = hint or f'the "{opening.text}" of {line_part}column {column} is still open'
    return refusal("syntax", token.start, token.end, message, hint)


def _quote(token: Token) -> str:
    return token.text.lstrip("bBrR")


def _unit(number: Token, unit: Token) -> ExpressionError:
    message = f'a number cannot have "{unit.text}" after it'
    function = _UNITS.get(unit.text)
    hint = f"write {function}('{number.text}{unit.text}')" if function else "a unit is part of a field's name"
    return refusal("syntax", number.start, unit.end, message, hint)


def _hint(before: Token | None, token: Token, after: Token) -> str:
    if token.kind == "odd":
        return _ODD.get(token.text, "")
    if token.kind == "name" and token.text in _WORDS:
        return _WORDS[token.text]
    if before is None:
        return ""
    if before.text == "not" and token.kind in ("in", "name"):
        return "write !(x in list)" if token.kind == "in" else _WORDS["not"]
    if token.kind == "{" and before.kind == "name":
        return "messages are not part of this language"
    return _PAIRS.get((before.kind, token.kind), "") or _PAIRS.get((token.kind, after.kind), "")


def _found(token: Token) -> str:
    if token.kind == "end":
        return "the end"
    if token.text in RESERVED:
        return f'the reserved word "{token.text}"'
    shown = token.text if len(token.text) <= 40 else f"{token.text[:37]}..."
    return shown if token.kind == "text" else f'"{shown}"'


def _character(mark: str) -> str:
    name = unicodedata.name(mark, "")
    shown = f'"{mark}"' if mark.isprintable() else f"U+{ord(mark):04X}"
    return shown if mark.isascii() or not name else f"{shown} ({name})"
