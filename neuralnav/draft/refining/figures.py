"""Figures said of a word of the file: "bump the users to 8000", "peak factor 3"; the rules read "8000 users"."""

import re
from collections.abc import Collection, Mapping

from neuralnav.draft.refining.amounts import OF_WHAT, fields_of, named
from neuralnav.draft.refining.held import Held, Told, Wanted, quote_of
from neuralnav.draft.refining.places import numbers_within
from neuralnav.draft.refining.words import Subject
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Unplaced, Value

_BETWEEN = re.compile(
    r"[ :=]*(?:(?:is|are|to|at|of|now|be|should|must|will|up|down|about|around|was|were|has|have"
    r"|been|got|gets|goes|went|cut|set|raised|lowered|reduced|increased|changed|dropped|grew|rose|fell|auf|ist|sind|jetzt|von|passe|est|sont|es"
    r"|son|a|de|を|は|が|に|到|为|是|至|提高|降低|改)[ :=]*){0,4}"
)
"""What may stand between a word of the file and its figure."""

_FARTHEST = 40

_AS_PROSE: Mapping[Subject, str] = {
    "users": "{} users", "context": "context window of {} tokens", "replicas": "at most {} replicas",
    "gpus": "at most {} GPUs", "budget": "budget of {} USD a month", "rate": "{} requests per second",
}  # fmt: skip
"""How prose says the same in a way that the rules read: what "32k" means of a context is theirs to say."""

_AS_THEY_STAND: Mapping[Subject, type[int] | type[float]] = {
    "peak": float, "prompt": int, "output": int, "burst": float,
}  # fmt: skip


def read_figures(text: Text, held: Held, known: Collection[str]) -> Told:
    """Return the fields that are given a figure behind their word, and that are not among those known already."""
    told = Told()
    for subject, span in named(text):
        number = next(
            (item for item in numbers_within(text, span[1], span[1] + _FARTHEST) if _belongs(text, span, item)), None
        )
        if number is None or negated(text, span):
            continue
        whole = (span[0], number.end)
        found = _valued(subject, text, number, held)
        if found is not None and found[0] not in known:
            told += Told((Wanted(found[0], found[1], quote_of(text, whole)),), spans=(whole,))
    return told


def by_how_much(text: Text) -> Told:
    """Return a word of the file without a figure, else a figure without a word, told as not placed; or nothing."""
    first = next(named(text), None)
    figures = [item for item in numbers(text) if item.kind == "plain" and not text.folded[item.end :][:1].isalnum()]
    if first is None and figures:
        return Told(unplaced=(Unplaced(text.quote(figures[0].start, figures[0].end), OF_WHAT),))
    if first is None:
        return Told()
    return Told(unplaced=(Unplaced(text.quote(*first[1]), "by how much, or to what? say a figure"),))


def _belongs(text: Text, span: Span, number: Number) -> bool:
    between = _BETWEEN.fullmatch(text.spaced, span[1], number.start) if span[1] <= number.start else None
    return between is not None and number.kind in ("plain", "money")


def _valued(subject: Subject, text: Text, number: Number, held: Held) -> tuple[str, Value] | None:
    """Return the field and value that a figure of a word means."""
    words = text.folded[number.start : number.end]
    if subject in _AS_THEY_STAND:
        kind = _AS_THEY_STAND[subject]
        return fields_of(subject, held)[0], kind(number.value)
    if subject in _AS_PROSE:
        found = by_rules(prepare(_AS_PROSE[subject].format(words)), held.catalog).findings
        wanted = {"users": "traffic.users", "rate": "traffic.requestRate"}.get(subject) or fields_of(subject, held)[0]
        return next(((item.field, item.value) for item in found if item.field == wanted), None)
    return None
