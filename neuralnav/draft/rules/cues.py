"""Words to look for near a place, without the cost of compiling them: a draft starts and ends in a blink."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text


@functools.lru_cache(maxsize=4)
def wide(text: Text) -> bool:
    """Tell whether a text holds Japanese or Chinese: no other text is searched for theirs."""
    return not text.folded.isascii() and max(text.folded) > "\u3000"


@dataclass(frozen=True, slots=True)
class Cues:
    """Words and phrases of any language; those of Latin letters match whole words, "grow*" words that begin so."""

    latin: Mapping[str, tuple[tuple[str, bool], ...]]
    """Phrases by their first two letters, and whether a word must end behind them."""

    loose: tuple[str, ...]
    """Phrases that begin with a sign, or in a script without spaces."""

    def within(self, window: str) -> bool:
        """Tell whether any stands in a few words."""
        return next(self.spans(window), None) is not None

    def spans(self, window: str) -> Iterator[Span]:
        """Yield where they stand."""
        for word in _WORD.finditer(window):
            at = word.start()
            for phrase, closes in self.latin.get(window[at : at + 2], ()):
                end = at + len(phrase)
                if window.startswith(phrase, at) and not (closes and _WORD.match(window, end)):
                    yield at, end
        for phrase in self.loose:
            at = window.find(phrase)
            while at >= 0:
                yield at, at + len(phrase)
                at = window.find(phrase, at + 1)


_WORD = Pattern("[a-z0-9]+")


def cues(*lines: str) -> Cues:
    """Return the phrases of some lines, apart by "|"."""
    latin: dict[str, tuple[tuple[str, bool], ...]] = {}
    loose: list[str] = []
    for phrase in (phrase for line in lines for phrase in line.split("|") if phrase):
        if _latin(phrase[0]):
            bare = phrase.removesuffix("*")
            latin[bare[:2]] = (*latin.get(bare[:2], ()), (bare, _latin(phrase[-1])))
        else:
            loose.append(phrase)
    return Cues(latin, tuple(loose))


def _latin(character: str) -> bool:
    return character.isalnum() and character.isascii()
