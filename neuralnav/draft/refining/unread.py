"""Parts of an instruction of which nothing was read: told, so that no wish is lost in silence."""

import re
from collections.abc import Iterator, Sequence

from neuralnav.draft.refining.places import Used, within
from neuralnav.draft.refining.words import AND
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Quote, Unplaced

WHY = "nothing of it was read"
MOST = 5

_WORDS = 3
_SIGNS = 5
_WORD = re.compile(r"[^\W_]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def unread(text: Text, left: str, quotes: Sequence[Quote]) -> tuple[Unplaced, ...]:
    """Return the parts, between stops, commas and words like "and", that no reading has touched.

    `left` is the prose with the words that were used up as blanks; `quotes` are words of which something was read. A
    part of one or two words says too little to be missed.
    """
    read = Used()
    for quote in sorted(quotes, key=lambda item: item.start):
        if not read.overlaps((quote.start, quote.end)):
            read.add((quote.start, quote.end))
    found = (text.quote(*span) for span in _parts(text) if text.spaced[slice(*span)].strip())
    missed = [
        quote
        for quote in found
        if _says_something(quote.text)
        and left[quote.start : quote.end] == quote.text
        and not read.overlaps((quote.start, quote.end))
    ]
    return tuple(Unplaced(quote, WHY) for quote in missed[:MOST])


def _parts(text: Text) -> Iterator[Span]:
    for start, end in text.clauses:
        for first, last in sorted(within(text, AND, start, end)):
            if first > start:
                yield start, first
            start = max(start, last)
        if start < end:
            yield start, end


def _says_something(words: str) -> bool:
    return len(_WORD.findall(words)) >= _WORDS or len(_WIDE.findall(words)) >= _SIGNS
