"""Figures of length in a text: tokens, words, pages and signs, and bare numbers that words beside them make tokens."""

from collections.abc import Sequence

from neuralnav.draft.rules import length_words as words
from neuralnav.draft.rules.latency_words import BEFORE_SECOND
from neuralnav.draft.rules.length_words import CONTEXT, OUTPUT, PROMPT
from neuralnav.draft.rules.measures import Measure, holds, last_held, phrase_before, phrase_behind, unit_behind
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text, lies_in

_MOST_PAGES = 500
"""More pages than this are a stock of documents, and no request holds them."""
_LEAST_GOING_ON = 16
_WORD = Pattern(r"[a-z]+")
_NEXT_FIGURE = Pattern(r"\s*(?:tokens?)?\s*[:=~]?\s*[0-9]")
"""What stands behind a word that belongs to the next figure: "input 1024 output 256"."""


def length_figures(text: Text, given: Sequence[Number]) -> list[tuple[Measure, str]]:
    """Return lengths in order, each with the field that words right beside it give it, or ""."""
    out: list[tuple[Measure, str]] = []
    for number in given:
        found = unit_behind(text, number.end, words.UNITS)
        if found is not None and _countable(text, number, found):
            behind = _beside(text, found[1]) or _adjective(text, number, found[1])
            if behind is not None and found[0] != words.TOKEN and behind[0] == CONTEXT:
                behind = None
            field, end = behind or ("", found[1])
            out.append((_measure(number, found[0], end), field))
            continue
        bare = _bare(text, number) if found is None else None
        if bare is not None:
            out.append(bare)
    return sorted([item for item in out if item[0].value > 0] + _spelled(text, given), key=lambda item: item[0].start)


def _spelled(text: Text, given: Sequence[Number]) -> list[tuple[Measure, str]]:
    """Return lengths of answers without figures, "summaries of a page": only where an answer is named before them."""
    taken = [(number.start, number.end) for number in given]
    out: list[tuple[Measure, str]] = []
    for phrase, (value, unit) in words.SPELLED.items():
        for start, end in text.find(phrase):
            clause = text.clause(start)
            named = last_held(text, (max(clause[0], start - 40), start), words.OUTPUTS)
            if named is not None and not lies_in(start, taken):
                out.append((Measure(value, value, unit, named[0], end), OUTPUT))
    return _apart(out)


def _apart(found: list[tuple[Measure, str]]) -> list[tuple[Measure, str]]:
    """Return figures, of those that overlap the longest."""
    out: list[tuple[Measure, str]] = []
    for item in sorted(found, key=lambda one: (one[0].start, -one[0].end)):
        if not out or item[0].start >= out[-1][0].end:
            out.append(item)
    return out


def _measure(number: Number, unit: str, end: int, *, start: int | None = None) -> Measure:
    return Measure(number.value, number.low, unit, number.start if start is None else start, end, vague=number.vague)


def _beside(text: Text, end: int) -> tuple[str, int] | None:
    """Return the field that words right behind a number give it: "in", "out", "of context"."""
    for field, phrases in words.BARE_BEHIND.items():
        found = phrase_behind(text, end, phrases)
        if found is None or (found[0] == "in" and not _closed(text, found[1])) or "\n" in text.folded[end : found[1]]:
            continue
        if not _NEXT_FIGURE.match(text.folded, found[1]):
            return field, found[1]
    return None


def _adjective(text: Text, number: Number, end: int) -> tuple[str, int] | None:
    """Return the field of the noun behind a length in one word, and its end: "two-page digest", "500 word articles"."""
    word = text.folded[number.end : end]
    if not word.startswith("-") and word.strip() not in words.SINGULAR:
        return None
    for field, phrases in ((OUTPUT, words.OUTPUTS), (PROMPT, words.INPUTS)):
        found = phrase_behind(text, end, phrases)
        if found is not None and found[0] not in words.NO_NOUNS:
            return field, found[1]
    return None


def _closed(text: Text, end: int) -> bool:
    """Tell whether "in" ends here ("500 in, 200 out") and does not lead on ("500 in total")."""
    rest = text.spaced[end : end + 10].lstrip(" ")
    return not rest or not rest[0].isalpha() or rest.startswith(("and ", "with ", "und ", "et ", "y "))


def _bare(text: Text, number: Number) -> tuple[Measure, str] | None:
    """Return a number without a unit as tokens where words right beside it say so: "input 1024", "128k context"."""
    behind = _beside(text, number.end)
    if behind is not None and number.value >= 16 and (behind[0] == CONTEXT or _lengthy(text, number)):
        return _measure(number, words.TOKEN, behind[1]), behind[0]
    for field, phrases in words.BARE_BEFORE.items():
        before = phrase_before(text, _filled(text, number.start), phrases)
        if before is None or number.value < 16 or before[0] in ("in", "out") or _counted(text, number.end):
            continue
        return _measure(number, words.TOKEN, number.end, start=before[1]), field
    return _goes_on(text, number)


def _goes_on(text: Text, number: Number) -> tuple[Measure, str] | None:
    """Return a number of tokens that says only of what: "prompts are about 3,000 tokens, answers around 400"."""
    first, last = text.sentence(number.start)
    if number.value < _LEAST_GOING_ON or number.kind in ("money", "percent", "time", "date", "name"):
        return None
    if not holds(text, (first, last), ("tokens", "token", "トークン")) or _counted(text, number.end):
        return None
    at = _filled(text, number.start)
    for field, phrases in ((PROMPT, words.INPUTS), (OUTPUT, words.OUTPUTS)):
        before = phrase_before(text, at, phrases)
        if before is not None and before[0] not in ("in", "out", "into", "down to") and at < number.start:
            return _measure(number, words.TOKEN, number.end, start=before[1]), field
    return None


def _filled(text: Text, start: int) -> int:
    """Return where the small words before a number begin: "is about", "=", "of"."""
    for _ in range(3):
        step = phrase_before(text, start, words.SMALL_WORDS)
        if step is None:
            return start
        start = step[1]
    return start


def _lengthy(text: Text, number: Number) -> bool:
    """Tell whether "4k in" is of tokens: an "out" or the word token stands in the same sentence."""
    start, end = text.sentence(number.start)
    near = max(start, number.start - 80), min(end, number.end + 80)
    return (
        holds(text, near, ("token", "tokens", "out", "output", "input", "prompt", "in and", "sortie", "salida", "输出"))
        is not None
    )


def _counted(text: Text, end: int) -> bool:
    """Tell whether a word behind a number says that it counts something else: "input 300 documents"."""
    if text.folded[end : end + 2].lstrip(" ").startswith("\n"):
        return False
    rest = text.spaced[end : end + 20].lstrip(" ")
    word = _WORD.match(rest)
    if word is None:
        return rest[:1] in ("$", "%", "€")
    return word[0] not in words.NOT_COUNTED


def _countable(text: Text, number: Number, unit: tuple[str, int]) -> bool:
    """Tell whether a number of words, pages or tokens is a length and not a speed or a stock."""
    kind, end = unit
    if phrase_behind(text, end, words.RATE_BEHIND) or phrase_before(text, number.start, BEFORE_SECOND):
        return False
    if kind == words.TOKEN:
        return not phrase_before(text, number.start, ("per", "/")) and text.folded[end : end + 1] != "/"
    if kind in (words.LINE, words.SENTENCE, words.PARAGRAPH):
        return number.value <= 1000 and (
            kind != words.LINE
            or phrase_behind(text, end, ("of code", "code")) is not None
            or text.folded[number.end : end].strip() == "loc"
        )
    if kind == words.PAGE:
        return number.value <= _MOST_PAGES and not _stock(text, number)
    return True


def _stock(text: Text, number: Number) -> bool:
    """Tell whether pages are those of a stock of documents: "a wiki of 300 pages"."""
    start, end = text.clause(number.start)
    near = max(start, number.start - 60), min(end, number.end + 60)
    return holds(text, near, words.CORPUS) is not None
