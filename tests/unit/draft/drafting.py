"""Readings made by hand, for tests of what is made of them."""

from collections.abc import Sequence

from neuralnav.draft.text import Text, read
from neuralnav.model.draft import Engine, Finding, Origin, Quote, Reading, Unplaced, Value

STATED: Origin = "stated"


def quote(prose: str, words: str) -> Quote:
    """The first place of words in a prose."""
    start = prose.index(words)
    return Quote(words, start, start + len(words))


def finding(
    prose: str,
    field: str,
    value: Value,
    *words: str,
    origin: Origin = STATED,
    engine: Engine = "rules",
    why: str = "",
) -> Finding:
    """A finding with the words behind it."""
    return Finding(field, value, origin, engine, tuple(quote(prose, item) for item in words), why)


def reading(*findings: Finding, unplaced: Sequence[Unplaced] = ()) -> Reading:
    return Reading(findings=findings, unplaced=tuple(unplaced))


def text(prose: str) -> Text:
    return read(prose)
