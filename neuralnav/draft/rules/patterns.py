"""Patterns that are compiled when they are first needed: to compile all at the start takes longer than to read."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression whose words are of ASCII letters: beside "の" or "的" one begins and ends.

    It can match only in text that holds one of its hints, where it has any.
    """

    source: str
    hints: tuple[str, ...] = ()

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Return the matches between two places; without a hint there none is looked for."""
        if self.hints and not any(text.find(hint, start, end) >= 0 for hint in self.hints):
            return iter(())
        return _compiled(self.source).finditer(text, start, len(text) if end is None else end)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first match between two places, or None."""
        if self.hints and not any(text.find(hint, start, end) >= 0 for hint in self.hints):
            return None
        return _compiled(self.source).search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the match that begins at a place, or None."""
        return _compiled(self.source).match(text, start, len(text) if end is None else end)

    def fullmatch(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the match that is all between two places, or None."""
        return _compiled(self.source).fullmatch(text, start, len(text) if end is None else end)


@functools.cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.ASCII)
