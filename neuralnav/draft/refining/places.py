"""Where words and numbers of a text lie, looked up without a pass over all of it."""

import bisect
from collections.abc import Iterable, Iterator

from neuralnav.draft.refining.words import AND, BUT
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.text import Span, Text


def within(text: Text, words: Iterable[str], start: int, end: int) -> Iterator[Span]:
    """Return where some words stand that begin between two positions; word by word, each in order."""
    for word in words:
        spans = text.find(word)
        for index in range(bisect.bisect_left(spans, (start, start)), len(spans)):
            if spans[index][0] >= end:
                break
            yield spans[index]


def numbers_within(text: Text, start: int, end: int) -> tuple[Number, ...]:
    """Return the numbers that begin between two positions, in order."""
    every = numbers(text)
    first = bisect.bisect_left(every, start, key=lambda item: item.start)
    return every[first : bisect.bisect_left(every, end, key=lambda item: item.start)]


def parts(text: Text, start: int, end: int) -> tuple[Span, ...]:
    """Return what lies between words like "and" and "but" from one position to another, in order."""
    found: list[Span] = []
    for first, last in sorted(within(text, (*AND, *BUT), start, end)):
        if first > start:
            found.append((start, first))
        start = max(start, last)
    return (*found, (start, end)) if start < end else tuple(found)


class Used:
    """Spans that are used up; a new one is looked up among its neighbours."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = sorted(spans)

    def add(self, span: Span) -> None:
        """Use up a span."""
        bisect.insort(self._spans, span)

    def overlaps(self, span: Span) -> bool:
        """Tell whether a part of a span is used up. None of those used overlaps another."""
        at = bisect.bisect_left(self._spans, (span[1], span[1]))
        return at > 0 and self._spans[at - 1][1] > span[0]
