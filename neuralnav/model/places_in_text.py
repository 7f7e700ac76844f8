"""Places inside a YAML scalar: from characters of the text that it means to line and column of the file that writes it.

A scalar is decoded a second time, as libyaml does it, with the place of each character kept. The result is compared
with what libyaml made of it: where the two differ, the scalar as a whole is the place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from neuralnav.model.document import Mark, Node, Source

BREAKS = "\n\r\x85\u2028\u2029"
_BLANKS = re.compile(rf"[ \t]*(?:[{BREAKS}][ \t]*)*")
_HEADER = re.compile(rf"[|>][^{BREAKS}]*")
_TAG = re.compile(r"!\s*")
_ESCAPE_LENGTH: Mapping[str, int] = {"x": 2, "u": 4, "U": 8}
_ESCAPES: Mapping[str, str] = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def mark_in(source: Source, node: Node, start: int, end: int) -> Mark:
    """Return the mark of the characters [start, end) of the text of a scalar, as `source` writes them.

    A span over several lines is underlined to the end of its first. What lies at the end of the text, or in the blanks
    there, is placed behind the last word; the place of a scalar without a word is its own.
    """
    last = len(str(node.value).rstrip())
    pieces = None if node.mark.origin or not last else _pieces(source.text, node, str(node.value))
    if pieces is None:
        return node.mark
    if start >= last:
        at, length = pieces.places[last - 1]
        return _mark(source.text, at + length, at + length + 1)
    at = pieces.places[start][0]
    final, length = pieces.places[max(min(end, last) - 1, start)]
    return _mark(source.text, at, max(final + length, at + 1))


@dataclass(slots=True)
class _Pieces:
    """Decoded text, with the offset and length in the file of each of its characters."""

    text: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, at: int, length: int = 1) -> None:
        """Add characters that are all written by one piece of the file."""
        self.text.extend(text)
        self.places.extend([(at, length)] * len(text))


def _pieces(text: str, node: Node, value: str) -> _Pieces | None:
    """Return the scalar at a node decoded, or None where that gives another text than `value`."""
    start = _offset(text, node.mark)
    if tag := _TAG.match(text, start):
        start = tag.end()
    if text[start : start + 1] in ("|", ">"):
        return _block(text, start, value)
    unit = _UNITS.get(text[start : start + 1])
    found = _Pieces()
    _flow(text, start if unit is None else start + 1, len(value), found, unit or _bare)
    return found if "".join(found.text) == value else None


def _flow(text: str, at: int, length: int, found: _Pieces, unit: Callable[[str, int, _Pieces], int]) -> None:
    """Decode a plain or quoted scalar: a line break is a space, and each empty line after it a break."""
    escaped_break = False
    while len(found.text) < length and at < len(text):
        blanks = _BLANKS.match(text, at)
        run = blanks[0] if blanks else ""
        breaks = sum(run.count(item) for item in BREAKS)
        if escaped_break:
            found.add("\n" * breaks, at)
        elif breaks:
            found.add(" " if breaks == 1 else "\n" * (breaks - 1), at)
        else:
            for index, blank in enumerate(run):
                found.add(blank, at + index)
        at += len(run)
        escaped_break = unit is _double and text[at : at + 1] == "\\" and text[at + 1 : at + 2] in tuple(BREAKS)
        if escaped_break:
            at += 2
        elif len(found.text) < length and at < len(text):
            at += unit(text, at, found)


def _bare(text: str, at: int, found: _Pieces) -> int:
    found.add(text[at], at)
    return 1


def _single(text: str, at: int, found: _Pieces) -> int:
    width = 2 if text.startswith("''", at) else 1
    found.add(text[at], at, width)
    return width


def _double(text: str, at: int, found: _Pieces) -> int:
    if text[at] != "\\":
        return _bare(text, at, found)
    letter = text[at + 1 : at + 2]
    digits = _ESCAPE_LENGTH.get(letter, 0)
    code = text[at + 2 : at + 2 + digits]
    found.add(chr(int(code, 16)) if digits else _ESCAPES.get(letter, letter), at, 2 + digits)
    return 2 + digits


_UNITS: Mapping[str, Callable[[str, int, _Pieces], int]] = {"'": _single, '"': _double}


def _block(text: str, start: int, value: str) -> _Pieces | None:
    """Decode a block scalar with the indentation that gives `value`: its first line may be indented further."""
    header = _HEADER.match(text, start)
    if header is None:
        return None
    lines = _lines(text, header.end() + 1)
    first = next((line for _, line in lines if line.strip(" " + BREAKS)), "")
    for indent in range(len(first) - len(first.lstrip(" ")), -1, -1):
        found = _Block(indent, folded=text[start] == ">").read(lines)
        if "".join(found.text[: len(value)]) == value:
            return found
    return None


def _lines(text: str, at: int) -> list[tuple[int, str]]:
    """Return the lines from an offset on, each with its offset and its break."""
    found = []
    for line in text[at:].splitlines(keepends=True):
        found.append((at, line))
        at += len(line)
    return found


class _Block:
    """Reads a block scalar line by line. Folded, a single break between two unindented lines is a space."""

    def __init__(self, indent: int, *, folded: bool) -> None:
        self.indent, self.folded = indent, folded
        self.found = _Pieces()
        self.breaks: list[int] = []
        self.pending: int | None = None
        self.was_indented = False

    def read(self, lines: list[tuple[int, str]]) -> _Pieces:
        """Return all content of the block, with the breaks at its end that it would have if they were kept."""
        for at, line in lines:
            content = line.rstrip(BREAKS)
            spaces = len(content) - len(content.lstrip(" "))
            if spaces == len(content) and spaces <= self.indent:
                self.breaks.append(at)
            elif spaces < self.indent:
                break
            else:
                self._line(at + self.indent, content[self.indent :])
        self._join(folding=False)
        return self.found

    def _line(self, at: int, content: str) -> None:
        indented = content[:1] in (" ", "\t")
        self._join(folding=self.folded and not self.was_indented and not indented)
        for index, character in enumerate(content):
            self.found.add(character, at + index)
        self.pending, self.was_indented = at + len(content), indented

    def _join(self, *, folding: bool) -> None:
        if self.pending is not None and not (folding and self.breaks):
            self.found.add(" " if folding else "\n", self.pending)
        for at in self.breaks:
            self.found.add("\n", at)
        self.pending, self.breaks = None, []


def _offset(text: str, mark: Mark) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: mark.line - 1])) + mark.column - 1


def _mark(text: str, start: int, end: int) -> Mark:
    before = text[:start].splitlines(keepends=True)
    broken = not before or before[-1][-1] in BREAKS
    column = 1 if broken else len(before[-1]) + 1
    line = len(before) + 1 if broken else len(before)
    rest = next((index for index in range(start, end) if text[index : index + 1] in tuple(BREAKS)), end)
    return Mark(line, column, max(rest - start, 1))
