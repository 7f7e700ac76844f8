"""Sentences that wish for something, and of which nothing was read: told, so that no wish is lost in silence."""

import bisect
from collections.abc import Iterator

from neuralnav.draft.found import Found
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Quote, Unplaced

WHY = "nothing of it was read"
MOST = 50
"""A long prose wishes for much that is no business of a workload; what is said must stay readable."""

WISHES = (
    "must", "should", "shall", "need", "needs", "need to", "want", "wants", "require", "requires", "required", "has to",
    "have to", "please", "would like", "we'd like", "would be nice", "would be great", "make sure", "ensure",
    "important", "muss", "mussen", "soll", "sollen", "sollte", "brauchen", "braucht", "benotigen", "wollen", "mochten",
    "bitte", "wichtig", "doit", "doivent", "devra", "faut", "besoin", "voulons", "souhaitons", "merci de",
    "il faudrait", "debe", "deben", "tiene que", "necesitamos", "necesita", "queremos", "por favor", "hay que",
    "必要", "必須", "ください", "たい", "べき", "なければ", "需要", "必须", "要求", "希望", "务必", "应该",
)  # fmt: skip
"""Words that ask, in six languages."""


def unread_wishes(text: Text, found: Found) -> tuple[Unplaced, ...]:
    """Return the sentences of a prose that ask, and in which no finding, question or word not placed has its words."""
    sentences = {text.sentence(start): None for start in sorted(_asking(text))}
    taken = sorted({(quote.start, quote.end) for quote in _quotes(found)})
    return tuple(Unplaced(quote, WHY) for quote in _without(taken, text, sentences))[:MOST]


def _asking(text: Text) -> set[int]:
    return {start for word in WISHES for start, _ in text.find(word)}


def _quotes(found: Found) -> Iterator[Quote]:
    for finding in found.findings.values():
        yield from finding.quotes
    for question in found.questions:
        yield from question.quotes
    for item in found.unplaced:
        yield item.quote


def _without(taken: list[Span], text: Text, sentences: dict[Span, None]) -> Iterator[Quote]:
    ends = [0]  # the furthest end of the first so many quotes
    for _, end in taken:
        ends.append(max(ends[-1], end))
    for start, end in sentences:
        quote = text.quote(start, end)
        before = bisect.bisect_left(taken, (quote.end, 0))
        if ends[before] <= quote.start:
            yield quote
