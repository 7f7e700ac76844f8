"""Durations of a text: with digits and without, with a unit and behind the name of a latency."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from neuralnav.draft.rules import latency_words as words
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.measures import Measure, phrase_before, unit_behind
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.text import Text, lies_in

MOST_MS = 3_600_000
"""An hour. What takes longer is a job, and no ceiling of an answer."""

_FAR = 40

_LEAST_MS = 15
"""A latency's bare number is in milliseconds from here on: "ttft 200"; below, in seconds: "e2e 5"."""


def durations(text: Text, given: Sequence[Number]) -> list[Measure]:
    """Return the durations of the text in milliseconds and in order, jobs and vague ones left out."""
    spelled = _spelled(text)
    taken = [(item.start, item.end) for item in spelled]
    counted: list[Measure] = []
    for number in given:
        found = unit_behind(text, number.end, words.TIME_UNITS)
        if found is None and _named(text, number):
            found = ("ms" if number.value >= _LEAST_MS else "s"), number.end
        if found is None or lies_in(number.start, taken):
            continue
        if _vague(text, number) or _year(text, number, found[1]):
            continue
        factor = words.MILLISECONDS[found[0]]
        unit = found[0] if found[1] > number.end else f"{found[0]}?"
        counted.append(Measure(number.value * factor, number.low * factor, unit, number.start, found[1]))
    counted += _going_on(text, given, counted)
    every = sorted([*spelled, *_slashed(text, given, counted)], key=lambda item: item.start)
    return [item for item in _ranged(text, every) if 0 < item.value <= MOST_MS]


def _going_on(text: Text, given: Sequence[Number], counted: Sequence[Measure]) -> list[Measure]:
    """Return bare numbers that bound or correct a duration right before them: "300 ms (max 500)"."""
    units = {item.start: item for item in counted}
    out: list[Measure] = []
    for number, then in itertools.pairwise(given):
        before = units.get(number.start)
        if before is None or then.start in units or then.kind != "plain" or then.start - before.end > _FAR:
            continue
        rest = text.spaced[then.end : then.end + 12].lstrip(" ")
        closed = not rest or not rest[0].isalnum() or text.folded[then.end : then.end + 1] == "\n"
        same = text.sentence(number.start) == text.sentence(then.start) and not rest.startswith(("%", "$", "x"))
        if closed and same and phrase_before(text, then.start, words.GOING_ON) is not None:
            factor = words.MILLISECONDS[before.unit.rstrip("?")]
            unit = f"{before.unit.rstrip('?')}?"
            out.append(Measure(then.value * factor, then.low * factor, unit, then.start, then.end))
    return out


def _ranged(text: Text, every: Sequence[Measure]) -> list[Measure]:
    """Return durations, the two ends of a range as one: "500 ms to 1 s"."""
    out: list[Measure] = []
    for item in every:
        gap = text.folded[out[-1].end : item.start].strip() if out else ""
        if out and gap in ("-", "to", "bis", "a", "~") and out[-1].value < item.value:
            out[-1] = replace(item, low=out[-1].low, start=out[-1].start)
        else:
            out.append(item)
    return out


def _named(text: Text, number: Number) -> bool:
    """Tell whether a number without a unit follows the name of a latency: "ttft 200, itl 30"."""
    at = number.start
    for _ in range(3):
        step = phrase_before(text, at, words.SMALL_WORDS)
        at = at if step is None else step[1]
    rest = text.spaced[number.end : number.end + 12].lstrip(" ")
    closed = not rest or not rest[0].isalnum() or rest.startswith(("itl", "e2e", "tpot", "ttft", "and ", "p95"))
    return number.kind == "plain" and closed and phrase_before(text, at, words.UNITLESS) is not None


def _spelled(text: Text) -> list[Measure]:
    """Return durations without digits; of those that overlap, the longest."""
    found = sorted((span[0], -span[1], ms) for phrase, ms in words.PHRASES.items() for span in text.find(phrase))
    out: list[Measure] = []
    for start, end, ms in found:
        if not in_hostile(text, start) and (not out or start >= out[-1].end):
            out.append(Measure(ms, ms, "s", start, -end))
    return out


def _slashed(text: Text, given: Sequence[Number], counted: Sequence[Measure]) -> list[Measure]:
    """Return durations, and those before them that share their unit: "150/25/7000 ms"."""
    out = list(counted)
    known = {item.start: item.unit for item in counted}
    for first in reversed(range(len(given) - 1)):
        number, then = given[first], given[first + 1]
        if number.start in known or then.start not in known or text.folded[number.end : then.start].strip() != "/":
            continue
        unit = known[then.start].rstrip("?")
        factor = words.MILLISECONDS[unit]
        out.append(Measure(number.value * factor, number.low * factor, unit, number.start, number.end))
        known[number.start] = unit
    return out


def _vague(text: Text, number: Number) -> bool:
    """Tell whether a number is "a few": words of patience, which no ceiling can be made of."""
    spelled = not any(character.isdigit() for character in text.folded[number.start : number.end])
    return number.vague or (number.approximate and spelled)


def _year(text: Text, number: Number, end: int) -> bool:
    return 1900 <= number.value <= 2100 and text.folded[number.end : end] == "s"
