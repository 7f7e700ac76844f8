"""Text of others made safe to show: on a terminal, in markdown, in code. It can change how it looks, nothing else."""

import re

BREAK = "&#8203;"
"""A break without width. Sites look for mentions and links after entities are resolved: only this keeps them apart."""

_ESCAPES = {"&": "&amp;", "<": "&lt;", "@": "&#64;" + BREAK, "|": "&#124;", "\\": "&#92;", "`": "&#96;",
             "$": "&#36;", "[": "&#91;", "]": "&#93;", "*": "\\*", "~": "\\~"}  # fmt: skip
_LINKS = (
    (re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"), r"\\_"),
    (re.compile(r"://"), f":{BREAK}//"),
    (re.compile(r"(www)\.", re.IGNORECASE), rf"\1{BREAK}."),
    (re.compile(r"(?<!&)([#!~%])(?=\w)"), rf"\1{BREAK}"),
    (re.compile(r"(GH-)(?=\d)", re.IGNORECASE), rf"\1{BREAK}"),
)
"""What sites read as emphasis, a link or a reference without brackets, and what keeps them from it."""

_OPENS_TAG = re.compile(r"<(?=[!/?A-Za-z])")


def printable(text: str) -> str:
    """Return the text on one line; each control, bidi and invisible character is shown as its number."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def printable_json(text: str) -> str:
    """Return a document of JSON that means the same; characters that could move a cursor or hide are escaped in it."""
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its word: `1 workload`, `2 workloads`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def clipped(text: str, limit: int) -> str:
    """Return the text in at most `limit` characters, with `...` where it is cut."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def markdown_text(text: str) -> str:
    """Return the text for a line or a table cell of markdown that holds something of ours before it.

    It is on one line and has no markup, link, mention, reference or tag of its own.
    """
    plain = "".join(_ESCAPES.get(c, c) for c in printable(text))
    for found, kept_apart in _LINKS:
        plain = found.sub(kept_apart, plain)
    return plain


def markdown_code(text: str) -> str:
    """Return the text as code in a line or a table cell of markdown; empty when it is empty.

    A code span has no escapes: what would end it, end its cell, or look like a tag is shown as a number.
    """
    plain = _OPENS_TAG.sub(r"\\x3c", printable(text)).replace("`", r"\x60").replace("|", r"\x7c")
    return f"`{plain}`" if plain.strip() else ""
