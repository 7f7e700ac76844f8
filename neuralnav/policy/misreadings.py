"""What is said where a text leaves the grammar: what was expected, what is there, and what was probably meant."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from neuralnav.policy.faults import ExpressionError
from neuralnav.policy.tokens import KEYWORDS, RESERVED, Token, refusal

_SHOWN: Final = 24
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
_PERCENT = "a percentage is a fraction: write 0.2 for 20 %"
_PAIRS: Mapping[tuple[str, str], str] = {
    ("<", ">"): "write != for not equal",
    ("?", "?"): "write has(x.y) ? x.y : other",
    (".", "?"): "optional fields are not part of this language; guard with has()",
    ("[", "?"): "optional items are not part of this language; guard with in",
    ("*", "*"): "there is no power; multiply",
    ("-", ">"): "write a dot before a field",
    ("!", "-"): "put what is negated in parentheses",
    ("-", "!"): "put what is negated in parentheses",
    ("!", "in"): "write !(x in list)",
    ("not", "in"): "write !(x in list)",
    ("name", "{"): "messages are not part of this language",
    **dict.fromkeys((("%", after) for after in ("end", "&&", "||", ")", "]", ",", "?", ":")), _PERCENT),
    **{(".", word): f"a keyword is no field after a dot; write x['{word}']" for word in KEYWORDS},
}
"""By the kinds of two tokens that follow each other and cannot; a name that is an English word counts as that."""

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
    """Return the error of a token that no rule takes here; `opening` is the bracket (or "?") that is still open."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if token.kind == "unclosed":
        return refusal("syntax", token.start, token.end, "a text is never closed", f"close it with {_quote(token)}")
    if before is not None and before.kind in _NUMBERS and token.kind == "name" and before.end == token.start:
        return _unit(before, token)
    if token.kind == "end" and opening is not None:
        return refusal("syntax", opening.start, opening.end, f'"{opening.text}" is never closed', f"expected {wanted}")
    if token.kind == "odd":
        message = f"unexpected character {_character(token.text)}"
        return refusal("syntax", token.start, token.end, message, _ODD.get(token.text, ""))
    hint = _hint(tokens, at) or (_open(text, token, opening) if opening is not None else "")
    return refusal("syntax", token.start, token.end, f"expected {wanted}, found {_found(token)}", hint)


def _quote(token: Token) -> str:
    return token.text.lstrip("bBrR")


def _unit(number: Token, unit: Token) -> ExpressionError:
    message = f'a number cannot have "{unit.text}" after it'
    function = _UNITS.get(unit.text)
    if function is not None:
        hint = f"write {function}('{number.text}{unit.text}')"
    else:
        hint = "write it without _" if unit.text.startswith("_") else "the unit is part of a field's name"
    return refusal("syntax", number.start, unit.end, message, hint)


def _hint(tokens: Sequence[Token], at: int) -> str:
    token = tokens[at]
    two, one, here, after = (_word(tokens, at + step) for step in (-2, -1, 0, 1))
    if (here, after) == ("not", "in"):
        return _PAIRS["not", "in"]
    if here in _WORDS or (one == "not" and token.kind == "name"):
        return _WORDS.get(here, _WORDS["not"])
    if one == "." and two == "int":
        return f"write {tokens[at - 2].text}.0"
    return _PAIRS.get((one, here), "") or _PAIRS.get((here, after), "")


def _word(tokens: Sequence[Token], at: int) -> str:
    """Return the kind of a token, or its text where it is an English word; empty beyond either end."""
    if not 0 <= at < len(tokens):
        return ""
    return tokens[at].text if tokens[at].kind == "name" and tokens[at].text in _WORDS else tokens[at].kind


def _open(text: str, token: Token, opening: Token) -> str:
    if token.kind == opening.kind == "?":
        return "a conditional between ? and : stands in parentheses"
    line = text[opening.start :].splitlines()[0].strip()
    return f'for the "{opening.text}" that opens {_short(line)}'


def _found(token: Token) -> str:
    if token.kind == "end":
        return "the end"
    if token.text in RESERVED:
        return f'the reserved word "{token.text}"'
    return _short(token.text) if token.kind == "text" else f'"{_short(token.text)}"'


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _character(mark: str) -> str:
    name = unicodedata.name(mark, "")
    shown = f'"{mark}"' if mark.isprintable() else f"U+{ord(mark):04X}"
    return shown if mark.isascii() or not name else f"{shown} ({name})"
