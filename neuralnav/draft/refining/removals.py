"""What is to be taken out: "remove the budget", "no licence limit", "any region". And names: "rename it to desk"."""

import re
from collections.abc import Iterator, Sequence

from neuralnav.draft.coherence import slug
from neuralnav.draft.refining.held import Held, Told, Wanted, quote_of
from neuralnav.draft.refining.places import Used, numbers_within, parts, within
from neuralnav.draft.refining.words import LIMIT, NAMED, NONE_OF, PARTS, REMOVE
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Quote, Unplaced

_NEEDED = {
    "usecase": "what it is for", "use case": "what it is for", "users": "its users or a request rate",
    "traffic": "its users or a request rate", "name": "a name",
}  # fmt: skip
_FARTHEST = 30
_NAME = re.compile(r"[\s:\"'「『]*(\w[\w.-]*(?: (?!please\b|and\b|for\b|bitte\b|und\b|now\b|et\b|y\b)[\w.-]+){0,2})")


def read_removals(text: Text, held: Held, named: Sequence[Quote]) -> Told:
    """Return what is to be taken out of the file, with what a workload cannot do without told as not placed.

    `named` are the names in the instruction: beside one, "remove" speaks of the name, not of the list that it is in.
    """
    told = Told()
    for span, fields in _removals(text):
        if _names_one(text, span, named):
            continue
        stated = [field for field in fields if held.value(field) is not None]
        if not stated:
            told += Told(
                notes=(f"the file states no {' nor '.join(fields)}, so nothing is to be removed",), spans=(span,)
            )
            continue
        quotes = quote_of(text, span)
        told += Told(wanted=tuple(Wanted(field, None, quotes) for field in stated), spans=(span,))
    for phrase, needed in _NEEDED.items():
        for span in (span for noun in text.find(phrase) for span in _verbs_before(text, noun)):
            if Used(told.spans).overlaps(span):
                continue
            why = f"a workload needs {needed}; say another in its place"
            told += Told(unplaced=(Unplaced(text.quote(*span), why),), spans=(span,))
    return told


def _removals(text: Text) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Return the words that take something out, and its fields, the longer word first."""
    used = Used()
    for phrase, fields in sorted(PARTS.items(), key=lambda item: -len(item[0])):
        for noun in text.find(phrase):
            for span in (*_verbs_before(text, noun), *_limits_lifted(text, noun, fields)):
                if not used.overlaps(span):
                    used.add(span)
                    yield span, fields


def _verbs_before(text: Text, noun: Span) -> Iterator[Span]:
    """Return the spans from a verb like "remove" to a noun; Japanese and Chinese may have the verb behind it."""
    start, end = text.clause(noun[0])
    for verb in within(text, REMOVE, max(start, noun[0] - 2 * _FARTHEST), min(end, noun[1] + _FARTHEST)):
        first, last = min(verb[0], noun[0]), max(verb[1], noun[1])
        ahead = verb[0] < noun[0] or not text.folded[verb[0]].isascii() or text.folded[noun[1] : verb[0]].isspace()
        near = max(noun[0] - verb[1], verb[0] - noun[1]) <= _FARTHEST
        behind = next((part[1] for part in parts(text, noun[0], end)), end)
        if ahead and near and not negated(text, verb) and not _figure_in(text, first, behind):
            yield first, _limit_behind(text, last)


def _limits_lifted(text: Text, noun: Span, fields: tuple[str, ...]) -> Iterator[Span]:
    """Return the spans of "no budget limit", "no limit on the budget", "any licence", "预算不限"."""
    end = _limit_behind(text, noun[1])
    clause = text.clause(noun[0])
    alone = fields == ("constraints.budget",) and not text.spaced[end : clause[1]].strip(" .!")
    reach = max(0, noun[0] - _FARTHEST), noun[1] + 4
    for first, last in within(text, NONE_OF, *reach):
        word = text.spaced[first:last]
        before = last <= noun[0] and text.spaced[last : noun[0]].strip() in ("", "more", "mehr", "plus")
        behind = not word.isascii() and 0 <= first - noun[1] <= 3
        limited = _limit_behind(text, last)
        of_it = last < limited <= noun[0] <= limited + _OF_IT
        lifted = of_it or behind or (before and (alone or end > noun[1] or word.startswith(_WITHOUT_LIMIT)))
        if lifted and not _figure_in(text, first, text.clause(first)[1]):
            yield min(first, noun[0]), max(end, last)


_OF_IT = len(" on the monthly ")
"""How far a noun may stand behind "no limit": "no limit on the budget"."""

_WITHOUT_LIMIT = ("any", "unlimited", "cualquier", "ilimitado", "unbegrenzt", "illimite")
"""What lifts a limit that is not called one: "any licence"."""


def _limit_behind(text: Text, end: int) -> int:
    """Return the end of a word like "limit" right behind a position, else the position."""
    return max((last for _, last in within(text, LIMIT, end, end + 2)), default=end)


def _names_one(text: Text, span: Span, named: Sequence[Quote]) -> bool:
    """Tell whether a name stands in the same part of a clause."""
    every = parts(text, *text.clause(span[0]))
    start, end = next((part for part in every if part[0] <= span[0] < part[1]), span)
    first, last = text.starts[start], text.ends[end - 1]
    return any(first <= quote.start < last for quote in named)


def _figure_in(text: Text, start: int, end: int) -> bool:
    """Tell whether a figure stands in a span: "drop the budget to 4k" takes nothing out."""
    return any(item.kind != "name" for item in numbers_within(text, start, end))


def read_name(text: Text, held: Held) -> Told:
    """Return the new name of the service, made one that Kubernetes takes."""
    for phrase in sorted(NAMED, key=len, reverse=True):
        for start, end in text.find(phrase):
            limit = text.clause(end - 1)[1]
            found = _NAME.match(text.folded, end, limit)
            name = slug(found[1]) if found else ""
            if found is None or not name:
                continue
            span = (start, found.end())
            if name == held.value("metadata.name"):
                return Told(notes=(f"it is called {name} already",), spans=(span,))
            why = "" if name == found[1] else "as Kubernetes writes names"
            return Told(wanted=(Wanted("metadata.name", name, quote_of(text, span), "stated", why),), spans=(span,))
    return Told()
