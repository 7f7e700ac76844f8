"""Words to look for near a place, without the cost of compiling them: a draft starts and ends in a blink."""

import functools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from neuralnav.draft.text import Span, Text


class Pattern:
    """A regular expression that is compiled at its first use: most texts need few of them."""

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match between two positions."""
        return self._ready().search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the match that begins at a position."""
        return self._ready().match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the match that fills what lies between two positions."""
        return self._ready().fullmatch(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield every match."""
        return self._ready().finditer(text, start, end)

    def _ready(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled


@functools.lru_cache(maxsize=4)
def wide(text: Text) -> bool:
    """Tell whether a text holds Japanese or Chinese: no other text is searched for theirs."""
    return not text.folded.isascii() and max(text.folded) > "\u3000"


@dataclass(frozen=True, slots=True)
class Cues:
    """Words and phrases of any language; those of Latin letters match whole words, "grow*" words that begin so."""

    phrases: tuple[tuple[str, bool, bool], ...]
    """Each phrase, and whether a word must begin before it and end behind it."""

    def within(self, window: str) -> bool:
        """Tell whether any stands in a few words."""
        return next(self.spans(window), None) is not None

    def spans(self, window: str) -> Iterator[Span]:
        """Yield where they stand, in the order in which the phrases were given."""
        for phrase, begins, closes in self.phrases:
            at = window.find(phrase)
            while at >= 0:
                end = at + len(phrase)
                if not (begins and at and window[at - 1].isalnum() and window[at - 1] < "\u0250") and not (
                    closes and end < len(window) and window[end].isalnum() and window[end] < "\u0250"
                ):
                    yield at, end
                at = window.find(phrase, at + 1)


def cues(*lines: str) -> Cues:
    """Return the phrases of some lines, apart by "|"."""
    phrases = [phrase for line in lines for phrase in line.split("|") if phrase]
    return Cues(
        tuple(
            (
                phrase.removesuffix("*"),
                phrase[0].isalnum() and phrase.isascii(),
                phrase[-1].isalnum() and phrase.isascii(),
            )
            for phrase in phrases
        )
    )
