"""YAML for the files that we write: block style, one scalar a line, fixed order, the same bytes everywhere.

A string is written bare only when YAML 1.1 and 1.2 both read it back as that string; else it is double-quoted.
"""

import functools
import json
import math
import re
from decimal import Decimal

Tree = dict[str, "Tree"] | list["Tree"] | tuple["Tree", ...] | str | int | float | bool | None

_BARE = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@+()$'%=<>&*|!?,:; -]*[A-Za-z0-9_/@+()'%.])?")
_RISKY = re.compile(r":\s|\s#|:$|^\.|\.\.\.|---")
_WORDS = frozenset({"y", "yes", "n", "no", "true", "false", "on", "off", "null", "."})
"""What YAML 1.1 reads as something else, in any case."""


STRINGS_KEPT = 4096
"""So many strings are looked through once only: the fields and names of a document return in the next."""


def emit(tree: dict[str, Tree]) -> str:
    """Return the mapping as block YAML, ending in a line break."""
    lines: list[str] = []
    _write(tree, "", lines)
    return "\n".join(lines) + "\n"


def scalar(value: str | int | float | bool | None) -> str:  # noqa: FBT001  # a scalar may be a bool
    """Return one scalar as it is written."""
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _float(value)


@functools.lru_cache(maxsize=STRINGS_KEPT)
def _string(value: str) -> str:
    return value if _is_bare(value) else _quoted(value)


def _quoted(text: str) -> str:
    """Return the text as a JSON string with what YAML does not print escaped too."""
    return "".join(c if c.isprintable() else _escaped(c) for c in json.dumps(text, ensure_ascii=False))


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # the two widths of YAML


def _float(value: float) -> str:
    """Return the shortest decimal that reads back as the number, without an exponent: YAML 1.1 has its own."""
    if not math.isfinite(value):
        raise ValueError("a number that is not finite cannot be written")
    text = f"{Decimal(repr(value)):f}"
    return text if "." in text else f"{text}.0"


def _is_bare(text: str) -> bool:
    return (
        _BARE.fullmatch(text) is not None
        and _RISKY.search(text) is None
        and text.lower() not in _WORDS
        and len(text) <= 400
    )


def _write(tree: dict[str, Tree], pad: str, lines: list[str]) -> None:
    """Add the lines of a mapping."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            lines.append(f"{pad}{scalar(key)}:")
            _write(value, pad + "  ", lines)
        elif isinstance(value, list | tuple) and value:
            lines.append(f"{pad}{scalar(key)}:")
            _write_items(value, pad + "  ", lines)
        else:
            lines.append(f"{pad}{scalar(key)}: {_leaf(value)}")


def _write_items(items: list[Tree] | tuple[Tree, ...], pad: str, lines: list[str]) -> None:
    for item in items:
        if isinstance(item, dict) and item:
            first = len(lines)
            _write(item, pad + "  ", lines)
            lines[first] = f"{pad}- {lines[first].strip()}"
        elif isinstance(item, list | tuple) and item:
            raise ValueError("a list directly inside a list is not written")
        else:
            lines.append(f"{pad}- {_leaf(item)}")


def _leaf(value: Tree) -> str:
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    return scalar(value)
