"""YAML with the extent of every part: what an edit needs to touch one value and no byte beside it.

`model.document` reads what a file means, with the start of each value; here is where each ends, and how it is written.
A text is first read there, so anchors, tags and what is no YAML never come here.
"""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Form = Literal["scalar", "flow", "block"]

BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_COMMENT = re.compile("(?<![^\\s\ufeff])#[^\n\r\x85\u2028\u2029]*")
_BETWEEN = re.compile("(?:\\s+|(?<=\\s)#[^\n\r\x85\u2028\u2029]*)*")


@dataclass(frozen=True, slots=True)
class Part:
    """A value as it is written: `text[start:end]`, blanks and comments behind it left out.

    `entries` are the key and the value of each entry of a mapping, `items` those of a list; a scalar has neither.
    """

    start: int
    end: int
    form: Form
    entries: "dict[str, tuple[Part, Part]] | None" = None
    items: "tuple[Part, ...] | None" = None

    def children(self) -> "Iterator[Part]":
        """Return keys, values and items in order."""
        for pair in (self.entries or {}).values():
            yield from pair
        yield from self.items or ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, from its `#` to the end of its line."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's text, its parts, and its comments in order."""

    text: str
    root: Part
    comments: tuple[Comment, ...]

    def line_start(self, at: int) -> int:
        """Return where the line of a position begins."""
        last = 0
        for found in BREAKS.finditer(self.text, 0, at):
            last = found.end()
        return last

    def line_end(self, at: int) -> int:
        """Return where the line of a position ends, before its break."""
        found = BREAKS.search(self.text, at)
        return found.start() if found else len(self.text)

    def next_line(self, at: int) -> int:
        """Return where the line after that of a position begins; the end of the text where there is none."""
        found = BREAKS.search(self.text, at)
        return found.end() if found else len(self.text)

    def comment_behind(self, at: int) -> Comment | None:
        """Return the comment at the end of the line of a position, behind it."""
        end = self.line_end(at)
        return next((item for item in self.comments if at <= item.start < end), None)

    def comments_in(self, start: int, end: int) -> tuple[Comment, ...]:
        """Return the comments that begin between two positions."""
        return tuple(item for item in self.comments if start <= item.start < end)

    def significant(self, at: int) -> int:
        """Return the first position from `at` on that is neither blank nor in a comment."""
        found = _BETWEEN.match(self.text, at)
        return found.end() if found else at


def layout(text: str) -> Layout:
    """Return the layout of a text that `model.document.parse` has read."""
    root = _Reader(text).read()
    return Layout(text, root, tuple(_comments(text, root)))


def _comments(text: str, root: Part) -> Iterator[Comment]:
    scalars = sorted(_scalars(root))
    starts = [start for start, _ in scalars]
    at = 0
    while found := _COMMENT.search(text, at):
        index = bisect.bisect_right(starts, found.start()) - 1
        at = scalars[index][1] if index >= 0 else 0
        if found.start() >= at:
            yield Comment(found.start(), found.end(), found[0].rstrip())
            at = found.end()


def _scalars(part: Part) -> Iterator[tuple[int, int]]:
    if part.form == "scalar":
        yield part.start, part.end
    for child in part.children():
        yield from _scalars(child)


class _Reader:
    """Builds parts from events; libyaml counts characters, a byte order mark not among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shift = 1 if text.startswith("\ufeff") else 0
        self.events = _Loader(text)

    def read(self) -> Part:
        try:
            self.events.get_event()
            self.events.get_event()
            return self._part()
        finally:
            self.events.dispose()

    def _part(self) -> Part:
        event = self.events.get_event()
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        if isinstance(event, yaml.ScalarEvent):
            written = self.text[start:end]
            return Part(start, start + len(written.rstrip()) if event.style in ("|", ">") else end, "scalar")
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not self.events.check_event(yaml.SequenceEndEvent):
                items.append(self._part())
            return self._closed(start, Part(start, end, _form(event), items=tuple(items)))
        entries: dict[str, tuple[Part, Part]] = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            name = self.events.peek_event().value
            entries[name] = (self._part(), self._part())
        return self._closed(start, Part(start, end, _form(event), entries=entries))

    def _closed(self, start: int, part: Part) -> Part:
        """Return a collection with its end: its bracket's, or that of its last part."""
        closing = self.events.get_event().end_mark.index + self.shift
        last = max((child.end for child in part.children()), default=start)
        return Part(start, closing if part.form == "flow" else last, part.form, part.entries, part.items)


def _form(event: yaml.CollectionStartEvent) -> Form:
    return "flow" if event.flow_style else "block"
