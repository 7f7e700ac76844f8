"""Numbers with units, the words that say what they measure, and which belongs to which."""

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.corrections import turn
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Quote

_LATIN = re.compile("[a-z]+")
_LONGEST_WIDE = 6
_REACH = 90
"""How many characters may lie between a number and the words that say what it is."""

_OTHER_CLAUSE, _WEAK, _BEHIND, _JOINED = 40, 30, 10, 60
"""What makes a cue less likely, in characters of distance: measured on the sentences of the tests, not sacred."""

_JOINS = (" and ", " but ", " und ", " et ", " y ", " aber ", " mais ", " pero ", " with ", " + ", " & ")
_SEPARATORS = Pattern(r"(?:[\s/,;|&+:-]|and|und|et|y|or)*")
_FILLERS = Pattern(r"(?:[\s/,;|&+:=<~\u2264-]|and|und|et|y|under|below|of|for|as|at|are|is|within|respectively)*")

_NO = Pattern(r"[,;.] ?(no|non|nein|nee|nope) ?[$~]?$")

CHANGES = (
    "raised to", "increased to", "cut to", "reduced to", "lowered to", "changed to", "bumped to", "upped to",
    "updated to", "revised to", "erhoht auf", "gesenkt auf", "gekurzt auf", "passe a", "porte a", "reduit a",
    "subio a", "paso a", "aumento a", "に引き上げ", "上调到", "提高到", "降到", "增加到", "sondern",
)  # fmt: skip
"""Words that put a figure in the place of the one before, besides those of any correction."""
_NO_MEASURE = ("name", "time", "date", "ordinal", "item")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number in a base unit, its unit's words included: `text.folded[start:end]`. `low` is a range's lower end.

    `vague`: the value is our choice for loose words, "several hundred pages".
    """

    value: float
    low: float
    unit: str
    start: int
    end: int
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that say what a number beside them is. A weak one is asked only where no other is near."""

    kind: str
    start: int
    end: int
    weak: bool = False


def sound_numbers(text: Text) -> tuple[Number, ...]:
    """Return the numbers of the text, those in words that address a model left out."""
    return tuple(item for item in numbers(text) if item.kind not in _NO_MEASURE)


def between_figures(text: Text, start: int, end: int) -> Span:
    """Return what lies around a figure up to the numbers before and behind it."""
    given = sound_numbers(text)
    behind = bisect.bisect_left(given, end, key=_start)
    before = bisect.bisect_left(given, start, key=_start) - 1
    return (given[before].end if before >= 0 else 0, given[behind].start if behind < len(given) else len(text.folded))


def _start(number: Number) -> int:
    return number.start


def unit_behind(text: Text, at: int, units: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the unit that stands at a position, one space or dash skipped, and its end."""
    if at < len(text.spaced) and text.spaced[at] == " ":
        at += 1
    found = _LATIN.match(text.spaced, at)
    if found is not None:
        unit = units.get(found[0])
        return None if unit is None else (unit, found.end())
    for length in range(_LONGEST_WIDE, 0, -1):
        word = text.spaced[at : at + length]
        if word in units:
            return units[word], at + len(word)
    return None


def phrase_behind(text: Text, at: int, phrases: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the longest of the phrases that stands at a position, white space skipped, and its end."""
    at = _skipped(text.spaced, at)
    best: tuple[str, int] | None = None
    if not text.spaced.startswith(phrases, at):  # for speed: seldom does any
        return None
    for phrase in phrases:
        end = at + len(phrase)
        if text.spaced.startswith(phrase, at) and _ends_word(text.spaced, end) and (best is None or end > best[1]):
            best = phrase, end
    return best


def phrase_before(text: Text, at: int, phrases: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the longest of the phrases that ends at a position, white space skipped, and its start."""
    end = at
    while end > 0 and text.spaced[end - 1] in " ~:":
        end -= 1
    best: tuple[str, int] | None = None
    if not text.spaced.endswith(phrases, 0, end):  # for speed, as above
        return None
    for phrase in phrases:
        start = end - len(phrase)
        if start >= 0 and text.spaced.startswith(phrase, start) and _ends_word(text.spaced, start):
            best = (phrase, start) if best is None or start < best[1] else best
    return best


def holds(text: Text, span: Span, phrases: Iterable[str]) -> Span | None:
    """Return where the first of the phrases stands inside a span of the text."""
    for phrase in phrases:
        spans = text.found.get(phrase)
        if spans is None:
            spans = text.find(phrase)
        if not spans:
            continue
        index = bisect.bisect_left(spans, (span[0], 0))
        if index < len(spans) and spans[index][1] <= span[1]:
            return spans[index]
    return None


def last_held(text: Text, span: Span, phrases: Iterable[str]) -> Span | None:
    """Return the last place of any of the phrases inside a span of the text."""
    best: Span | None = None
    for phrase in phrases:
        spans = text.find(phrase)
        if not spans:
            continue
        index = bisect.bisect_right(spans, span[1], key=lambda item: item[1]) - 1
        if index >= 0 and spans[index][0] >= span[0] and (best is None or spans[index][1] > best[1]):
            best = spans[index]
    return best


def cues(text: Text, table: Mapping[str, Sequence[str]], *, weak: frozenset[str] = frozenset()) -> tuple[Cue, ...]:
    """Return the cues of a table (kind to phrases) in order; of those that overlap, the first and longest."""
    found = [
        Cue(kind, start, end, kind in weak)
        for kind, phrases in table.items()
        for phrase in phrases
        for start, end in text.find(phrase)
        if not in_hostile(text, start)
    ]
    found.sort(key=lambda cue: (cue.start, -cue.end, cue.weak))
    kept: list[Cue] = []
    for cue in found:
        if not kept or cue.start >= kept[-1].end:
            kept.append(cue)
        elif kept[-1].weak and not cue.weak and cue.end > kept[-1].end:
            kept[-1] = cue
    return tuple(kept)


def paired(text: Text, measures: Sequence[Measure], known: Sequence[Cue]) -> tuple[Cue | None, ...]:
    """Return the cue of each measure, or None. A cue speaks for one measure; between the two lies no other measure."""
    out: list[Cue | None] = [None] * len(measures)
    used: set[Cue] = set()
    for index, cue in _listed(text, measures, known):
        out[index] = cue
        used.add(cue)
    starts = [cue.start for cue in known]
    for index, measure in enumerate(measures):
        if out[index] is not None:
            continue
        sentence = text.sentence(measure.start)
        first = max(sentence[0], measures[index - 1].end if index else 0)
        last = min(sentence[1], measures[index + 1].start if index + 1 < len(measures) else sentence[1])
        first, last = max(first, measure.start - 2 * _REACH), min(last, measure.end + 2 * _REACH)
        near = known[bisect.bisect_left(starts, first) : bisect.bisect_right(starts, last)]
        follows = measures[index + 1].start if index + 1 < len(measures) else -1
        free = [cue for cue in near if cue not in used and not _of_next(text, measure, cue, follows)]
        ranked = [(_distance(text, measure, cue), cue.start, cue) for cue in free]
        best = min(ranked, default=None, key=lambda item: item[:2])
        if best is not None and best[0] <= _REACH:
            out[index] = best[2]
            used.add(best[2])
    return tuple(out)


def corrected(text: Text, earlier: Span, later: Span) -> Span | None:
    """Return the words that put a later statement in the place of an earlier one: "no, 300ms", "actually"."""
    first = max(earlier[1], later[0] - 60)
    if first > later[0]:
        return None
    span = first, later[0]
    return turn(text, *span) or holds(text, span, CHANGES) or _bare_no(text, *span)


def _bare_no(text: Text, start: int, end: int) -> Span | None:
    """Return the "no" of "6k, no 8k", right before a figure."""
    found = _NO.search(text.folded, start, end)
    return None if found is None else found.span(1)


def quotes(text: Text, *spans: Span | None) -> tuple[Quote, ...]:
    """Return the words of the spans, in order, as one quote where they lie close together."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span is not None):
        if joined and start - joined[-1][1] <= 40 and text.sentence(joined[-1][0]) == text.sentence(start):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif not joined or end > joined[-1][1]:
            joined.append((start, end))
    return tuple(text.quote(start, end) for start, end in joined)


def plain(value: float) -> str:
    """Return a number as the file's quantities spell it: no exponent, no needless digits."""
    return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0").rstrip(".")


def _of_next(text: Text, measure: Measure, cue: Cue, follows: int) -> bool:
    """Tell whether a cue behind a measure stands in the next clause, with that clause's own measure."""
    clause = text.clause(cue.start)
    return cue.start >= measure.end and measure.end <= clause[0] and clause[0] <= follows < clause[1]


def _distance(text: Text, measure: Measure, cue: Cue) -> int:
    """Return how far a cue lies from a measure, likelihood counted in."""
    behind = cue.start >= measure.end
    gap = text.folded[measure.end : cue.start] if behind else text.folded[cue.end : measure.start]
    away = len(gap) + (_WEAK if cue.weak else 0)
    if behind:
        away += _BEHIND + (_JOINED if any(word in f" {gap} " for word in _JOINS) else 0)
    clause = text.clause(measure.start)
    apart = not clause[0] <= cue.start < clause[1] and gap.strip() not in (":", "=", ",", "")
    return away + (_OTHER_CLAUSE if apart or (behind and "," in gap) else 0)


def _listed(text: Text, measures: Sequence[Measure], known: Sequence[Cue]) -> Iterator[tuple[int, Cue]]:
    """Yield measures by index with their cues where both are lists: "TTFT/ITL/E2E 150/25/7000 ms"."""
    for names in _runs([cue for cue in known if not cue.weak], text, _SEPARATORS):
        behind = bisect.bisect_left(measures, names[-1].end, key=lambda item: item.start)
        before = bisect.bisect_left(measures, names[0].start, key=lambda item: item.start) - len(names)
        for at in (behind, before):
            run = measures[max(at, 0) : max(at, 0) + len(names)]
            if len(run) < len(names) or at < 0:
                continue
            ends = (names[-1].end, run[0].start) if at == behind else (run[-1].end, names[0].start)
            links = [ends, *((a.end, b.start) for a, b in itertools.pairwise(run))]
            if all(_FILLERS.fullmatch(text.folded, *link) for link in links):
                yield from ((at + offset, cue) for offset, cue in enumerate(names))
                break


def _runs(known: Sequence[Cue], text: Text, between: Pattern) -> Iterator[tuple[Cue, ...]]:
    """Yield cues that follow each other with nothing but separators between, two or more."""
    run: list[Cue] = []
    for cue in known:
        if run and cue.start - run[-1].end <= 8 and between.fullmatch(text.folded, run[-1].end, cue.start):
            run.append(cue)
            continue
        if len(run) > 1:
            yield tuple(run)
        run = [cue]
    if len(run) > 1:
        yield tuple(run)


def _skipped(spaced: str, at: int) -> int:
    while at < len(spaced) and spaced[at] == " ":
        at += 1
    return at


def _ends_word(spaced: str, at: int) -> bool:
    """Tell whether a Latin word may begin or end at a position."""
    return not (0 < at < len(spaced) and _letter(spaced[at - 1]) and _letter(spaced[at]))


def _letter(character: str) -> bool:
    return character.isascii() and character.isalnum()
