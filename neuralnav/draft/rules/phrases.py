"""Lists of phrases, and what is left of finds that overlap."""

from collections.abc import Iterable

from neuralnav.draft.text import Span


def listed(phrases: str) -> tuple[str, ...]:
    """Return the phrases of a table's entry, which stand between commas."""
    return tuple(part.strip() for part in phrases.replace("\n", " ").split(",") if part.strip())


def longest(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order; of those that overlap the first one, and of those that begin together the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda item: (item[0], -item[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
