"""Lists of phrases, and what is left of finds that overlap."""

from collections.abc import Iterable, Iterator

from neuralnav.draft.text import Span, Text


def listed(phrases: str) -> tuple[str, ...]:
    """Return the phrases of a table's entry, which stand between commas."""
    return tuple(" ".join(phrases.split()).split(", "))


def hits(text: Text, phrases: Iterable[str]) -> Iterator[Span]:
    """Yield where the phrases stand; most stand nowhere, which is told faster than by `Text.find`."""
    for phrase in phrases:
        if phrase in text.spaced or ("*" in phrase and phrase.strip("*") in text.spaced):
            yield from text.find(phrase)


def longest(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order; of those that overlap the first one, and of those that begin together the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda item: (item[0], -item[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
