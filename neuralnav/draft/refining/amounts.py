"""Amounts of what a workload has: "double the traffic", "20 % more users", "half the budget", "$500 more"."""

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.refining.held import Held, Told, Wanted, quote_of
from neuralnav.draft.refining.places import Used, within
from neuralnav.draft.refining.scaling import Step, stepped
from neuralnav.draft.refining.words import (
    ALONE,
    AND,
    BY,
    DIVIDE,
    DOWN,
    FACTORS,
    FRACTIONS,
    MULTIPLES,
    SPIKES,
    SUBJECTS,
    TO,
    UP,
    Subject,
)
from neuralnav.draft.rules.money import NO_RATE, sum_of
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Unplaced

_MULTIPLE = re.compile(rf"[ -]?(?:{'|'.join(MULTIPLES)})(?![a-z0-9])")
_A_NAME = re.compile(r" ?(?:nvidia |amd )?[a-z]{1,5}[0-9]")
"""What makes "8x" a number of GPUs: "8x H100"."""

_BEFORE_ITEM = re.compile(
    r"(?:(?<![a-z0-9])x|by a factor of|by factor|den faktor|um faktor|facteur de|factor de"
    r"|(?:multipl\w+|divid\w+) by) ?$"
)
OF_WHAT = "of what? say it with the traffic, the users, the budget or another figure of the file"

_NEARBY = 40
_LONGEST_PART = 200
_NEIGHBOURS = 4
"""So many words on each side of an amount are looked at for what it is of."""

_ARTICLES = frozenset({"the", "our", "die", "das", "der", "den", "le", "la", "les", "el", "los", "las", ""})


Named = tuple[Subject, Span]
"""A word for something that may change, and its place."""


@dataclass(frozen=True, slots=True)
class Amount:
    """By how much something is to change, and the words that say so."""

    start: int
    end: int
    step: Step
    money: Literal["", "USD", "other"] = ""


def read_amounts(text: Text, held: Held) -> Told:
    """Return what changes by an amount of what it was. An amount of nothing that is named is told as not placed."""
    told = Told()
    every = list(named(text))
    for amount in _amounts(text):
        if negated(text, (amount.start, amount.end)):
            continue
        if amount.money == "other":
            told += _left_out(text, amount, NO_RATE)
            continue
        subjects = _subjects(text, amount, every)
        if not subjects:
            told += _left_out(text, amount, OF_WHAT)
            continue
        spans = [(amount.start, amount.end), *(found for _, found in subjects)]
        span = (min(start for start, _ in spans), max(end for _, end in spans))
        for subject, _ in subjects:
            told += _applied(text, span, subject, amount.step, held)
    return told


def _left_out(text: Text, amount: Amount, why: str) -> Told:
    span = (amount.start, amount.end)
    return Told(unplaced=(Unplaced(text.quote(*span), why),), spans=(span,))


def _applied(text: Text, span: Span, subject: Subject, step: Step, held: Held) -> Told:
    """Return what a step makes of the fields that a word stands for."""
    quotes = quote_of(text, span)
    if subject in ("speed", "price"):
        step = step.inverted
        if subject == "price" and held.value("constraints.budget") is None:
            return Told()  # a wish without a figure to reckon from: what is left says which priority
    told = Told(spans=(span,))
    for field in fields_of(subject, held):
        basis, source = (held.value(field), "") if held.value(field) is not None else held.in_force(field) or (None, "")
        if basis is None or isinstance(basis, tuple | bool):
            why = f"the file states no {field}, so there is nothing to reckon from; say a figure"
            told += Told(unplaced=(Unplaced(quotes[0], why),))
            continue
        value = stepped(field, basis, step)
        if value is None:
            told += Told(unplaced=(Unplaced(quotes[0], f"{basis} of {field} cannot be changed by that"),))
            continue
        why = f"{step.words(field, basis)}, {source}" if source else step.words(field, basis)
        told += Told(wanted=(Wanted(field, value, quotes, "stated", why),))
    return told


_FIELDS: dict[Subject, str] = {
    "budget": "constraints.budget", "ttft": "slo.ttft", "itl": "slo.itl", "e2e": "slo.e2e",
    "context": "constraints.contextLength", "prompt": "traffic.promptTokens", "output": "traffic.outputTokens",
    "peak": "traffic.peakFactor", "replicas": "deploy.autoscaling.maxReplicas", "gpus": "constraints.gpus",
    "burst": "traffic.burstSize", "price": "constraints.budget",
}  # fmt: skip


def fields_of(subject: Subject, held: Held) -> tuple[str, ...]:
    """Return the fields that a word stands for in a file: traffic is its users or its rate, latency what it states."""
    if subject in ("traffic", "users", "rate"):
        return ("traffic.users",) if held.value("traffic.users") is not None else ("traffic.requestRate",)
    if subject in ("latency", "speed"):
        every = ("slo.ttft", "slo.itl", "slo.e2e")
        return tuple(field for field in every if held.value(field) is not None) or every
    return (_FIELDS[subject],)


def _subjects(text: Text, amount: Amount, every: Sequence[Named]) -> list[Named]:
    """Return what an amount is of: the nearest word, in its own part of a sentence first; more after an "and"."""
    for start, end in (_part(text, amount.start), text.clause(amount.start)):
        at, first, last = (
            bisect.bisect_left(every, place, key=lambda item: item[1][0]) for place in (amount.start, start, end)
        )
        first, last = max(first, at - _NEIGHBOURS), min(last, at + _NEIGHBOURS)
        if first < last:
            nearest = min(range(first, last), key=lambda index: _distance(amount, every[index][1]))
            found = [every[nearest], *_joined(text, every[nearest + 1 : nearest + _NEIGHBOURS], every[nearest][1])]
            return [item for item in found if not amount.money or item[0] in _PAID] or _of_money(amount)
    return _of_money(amount)


_PAID: tuple[Subject, ...] = ("budget", "price")


def _of_money(amount: Amount) -> list[Named]:
    """Return what more money is of, whatever stands beside it."""
    return [("budget", (amount.start, amount.end))] if amount.money else []


def named(text: Text) -> Iterator[Named]:
    """Return every word for something that may change, none inside a longer one."""
    found = [(subject, span) for subject, words in SUBJECTS.items() for word in words for span in text.find(word)]
    end = -1
    for subject, span in sorted(found, key=lambda item: (item[1][0], -item[1][1])):
        if span[0] >= end:
            yield subject, span
            end = span[1]


def _distance(amount: Amount, span: Span) -> tuple[int, int]:
    if span[0] >= amount.end:
        return span[0] - amount.end, 0
    return amount.start - span[1], 1


def _part(text: Text, at: int) -> Span:
    """Return the part of a clause, between words like "and", that holds a position."""
    start, end = text.clause(at)
    start, end = max(start, at - _LONGEST_PART), min(end, at + _LONGEST_PART)
    for first, last in within(text, AND, start, end):
        if first < at:
            start = max(start, last)
        elif first > at:
            end = min(end, first)
    return start, end


def _joined(text: Text, every: Iterable[Named], span: Span) -> Iterator[Named]:
    """Return what follows a word by "and" and nothing else: "the traffic and the budget"."""
    for subject, (start, end) in every:
        between = text.spaced[span[1] : start].strip().split(" ")
        if start > span[1] and between[0] in AND and set(between[1:]) <= _ARTICLES:
            if not re.match(r" (?:to|by|at|is|auf|um|a|de)\b", text.spaced[end:]):
                yield subject, (start, end)
            span = (start, end)


# Amounts


def _amounts(text: Text) -> list[Amount]:
    """Return the amounts of a text in order, none inside another."""
    digits = numbers(text)
    found = [item for item in (_of_number(text, number) for number in digits) if item is not None]
    taken = Used((item.start, item.end) for item in digits), Used((item.start, item.end) for item in found)
    words = [*_factors(text), *_fractions(text)]
    found += [item for item in words if not any(used.overlaps((item.start, item.end)) for used in taken)]
    kept: list[Amount] = []
    for item in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _factors(text: Text) -> Iterator[Amount]:
    for phrase, factor in FACTORS.items():
        for start, end in text.find(phrase):
            if not _says_how_it_varies(text, start):
                yield Amount(start, end, Step(factor=factor))


def _fractions(text: Text) -> Iterator[Amount]:
    for phrase, fraction in FRACTIONS.items():
        for start, end in text.find(phrase):
            bare = _without_article(text, start)
            first, by = _word_before(text, bare, BY)
            if bare == start and not by and phrase not in ALONE:
                continue
            if not by:
                yield Amount(start, end, Step(factor=fraction))
            elif _near(text, UP, start) and not _near(text, DOWN, start):
                yield Amount(first, end, Step(factor=1 + fraction))
            else:
                yield Amount(first, end, Step(factor=1 - fraction))


def _without_article(text: Text, start: int) -> int:
    before = max(0, start - 8)
    found = re.search(r"(?:a|an|one|ein|eine|die|un|une|la|le) $", text.spaced[before:start])
    return before + found.start() if found else start


def _of_number(text: Text, number: Number) -> Amount | None:
    """Return the amount that a number says, or None where it is a figure of its own."""
    if number.kind == "percent":
        return _percent(text, number)
    if number.kind not in ("plain", "money"):
        return None
    behind = _MULTIPLE.match(text.spaced, number.end)
    if behind is not None:
        return _multiple(text, number, behind.end())
    before = _BEFORE_ITEM.search(text.spaced[max(0, number.start - 24) : number.start])
    if before is not None and number.kind == "plain" and number.value > 0:
        return Amount(number.start - len(before[0]), number.end, Step(factor=_factor(text, number)))
    return _delta(text, number)


def _multiple(text: Text, number: Number, end: int) -> Amount | None:
    if _A_NAME.match(text.spaced, end) or _says_how_it_varies(text, number.start) or number.value <= 0:
        return None
    return Amount(number.start, end, Step(factor=_factor(text, number)))


def _factor(text: Text, number: Number) -> float:
    return 1 / number.value if _near(text, DIVIDE, number.start) and number.value else number.value


def _percent(text: Text, number: Number) -> Amount | None:
    up, down = _direction(text, number)
    start, to = _word_before(text, number.start, TO)
    end = text.spaced.find("%", number.end, number.end + 3) + 1 or number.end
    if to and (up or down):
        return Amount(start, end, Step(factor=number.value / 100))
    better = _near(text, (*SUBJECTS["speed"], *SUBJECTS["price"]), number.start)
    if up == down == better == 0:
        return None
    up = up or better
    share = number.value / 100 * (1 if up and (not down or up < down) else -1)
    return Amount(number.start, end, Step(factor=1 + share, percent=True)) if share > -1 else None


def _delta(text: Text, number: Number) -> Amount | None:
    """Return a number that is added or taken away: "by 500", "500 more users", "another 500"."""
    start, by = _word_before(text, number.start, BY)
    up, down = _direction(text, number)
    if not up and not down:
        return None
    beside = re.match(r" ?(?:more|fewer|less|additional|extra|mehr|weniger|zusatzlich\w*|de plus|de moins|mas|menos)\b",
                      text.spaced[number.end :])  # fmt: skip
    first, added = _word_before(text, number.start, _ADDED)
    if not (by or beside or added or _signed(text, number)):
        return None
    sign = 1 if up and (not down or up < down) else -1
    end = number.end + (beside.end() if beside else 0)
    delta = Step(delta=sign * number.value)
    paid = sum_of(text, number) if number.kind == "money" else None
    if paid is None:
        return Amount(min(start, first), end, delta)
    return Amount(min(start, first, paid[0][0]), max(end, paid[0][1]), delta, "USD" if paid[1] else "other")


_ADDED = ("another", "additional", "extra", "add", "plus", "weitere", "zusatzlich", "zusatzliche", "ajoute", "otros",
          "再", "あと", "さらに")  # fmt: skip


def _direction(text: Text, number: Number) -> tuple[int, int]:
    """Return how near a word for more and one for less stand to a number, 0 where none does; a sign is nearest."""
    sign = _signed(text, number)
    if sign:
        return (1, 0) if sign == "+" else (0, 1)
    return _near(text, UP, number.start), _near(text, DOWN, number.start)


def _signed(text: Text, number: Number) -> str:
    """Return the sign right before a number that stands apart from what is before it: "+20%", "-500"."""
    found = re.search(r"(?:^|[^0-9a-z])([+-])[$€£]?$", text.folded[max(0, number.start - 3) : number.start])
    return found[1] if found else ""


def _near(text: Text, words: Sequence[str], at: int) -> int:
    """Return how near, from 1, one of some words stands in the part of a clause that holds a position; 0 where none."""
    start, end = _part(text, at)
    around = max(start, at - _NEARBY), min(end, at + _NEARBY)
    near = [max(at - last, first - at, 0) + 1 for first, last in within(text, words, *around)]
    return min(near, default=0)


def _word_before(text: Text, at: int, words: Sequence[str]) -> tuple[int, bool]:
    """Return where the word right before a position begins where it is one of some; else the position."""
    before = text.spaced[max(0, at - 24) : at].rstrip(" $€£¥+")
    for word in words:
        if before == word or before.endswith(f" {word}") or (not word.isascii() and before.endswith(word)):
            return at - len(text.spaced[max(0, at - 24) : at]) + len(before) - len(word), True
    return at, False


def _says_how_it_varies(text: Text, at: int) -> bool:
    """Tell whether an amount speaks of peaks: "3x at lunch", "the peak is double the average"."""
    start, end = text.clause(at)
    spikes = any(within(text, SPIKES, start, end))
    return spikes and not re.match(r"\W*(?:double|halve|triple|increase|reduce|raise|cut)\b", text.spaced[start:end])
