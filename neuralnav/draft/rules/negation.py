"""What is said not to be: which words a denial reaches, ahead of it or behind it."""

import bisect
import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.denials import (
    BREAKS,
    BY,
    CUES,
    LISTS,
    ONE,
    TAIL,
    TURNS,
    WIDE_BREAKS,
    Reach,
)
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text, is_wide, lies_in

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FARTHEST = 160
"""How far a denial reaches in characters, so that one endless clause is no endless search."""
_LONGEST_ITEM = 4
_LONGEST_LIST = 12
_COMMAS = ",、，"
_PARTICLES = "はをがもにで"
_COMPARED = Pattern(r" *(?:[a-z]+ ){0,3}?(?!(?:other|rather) )(?:[a-z]+er|more|less) (?:than|als)(?![a-z])")
_NEW_LINE = Pattern(r"\n(?=[^\n:]{1,30}:)")
"""A line that begins with a heading, as in a form: "GPU: ...", which no denial before it reaches."""

_VERBS = frozenset(("to", "use", "have", "want", "need", "consider", "be", "a", "an", "the", "any"))
_BE = frozenset(("is", "are", "be", "was", "were", "been", "sind", "ist", "est", "sont", "son"))
_HEADING = Pattern(r" ?([a-z]*(?: [a-z]+){0,2})[\"']? ?[:=]")
_DIRECTED = Pattern(
    r"\b(?:(?:benchmark|compar|measur|test|weigh|pit|stack|evaluat|check)[a-z]* [^.;!?]*|(?:quer(?:y|ies|ying)"
    r"|questions?|ask\w*|run\w*|search\w*|match\w*|validat\w*|verif\w*"
    r"|screen\w*|review\w*|answers?|prompts?|lookups?|audit\w*) (?:[a-z]+ ){0,2})$"
)
"""What is done against something denies it not: "ask questions against the wiki", "benchmark L40S against H100"."""
_NAMES_ONLY = Pattern(r"-(?:code|brainer|nonsense|frills|op|ops|sql|reply)\b")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    reach: Reach


def negated(text: Text, span: Span) -> bool:
    """Tell whether words of the text are denied: "not autocomplete", "kein H100", "H100は使わない"."""
    return lies_in(span[0], denied_spans(text))


@functools.lru_cache(maxsize=4)
def denied_spans(text: Text) -> tuple[Span, ...]:
    """Return what the text denies, in order, none touching another."""
    return _denied(text, _cues(text))


def _cues(text: Text) -> list[_Cue]:
    """Return the cues in order, none inside another: where two begin at one place, the longer one."""
    every = sorted(
        (
            _Cue(start, end, reach)
            for reach, phrases in CUES.items()
            for phrase in phrases
            for start, end in text.find(phrase)
        ),
        key=lambda cue: (cue.start, -cue.end),
    )
    kept: list[_Cue] = []
    for cue in every:
        if not kept or cue.start >= kept[-1].end:
            kept.append(cue)
    return [cue for cue in kept if not _compares(text, cue)]


def _compares(text: Text, cue: _Cue) -> bool:
    """Tell whether a cue bounds a figure ("not slower than"), is part of a name ("no-code") or only an aim."""
    if text.spaced[cue.start : cue.end] == "against" and _DIRECTED.search(
        text.spaced, max(cue.start - 40, 0), cue.start
    ):
        return True
    return bool(_COMPARED.match(text.spaced, cue.end) or _NAMES_ONLY.match(text.folded, cue.end))


def _denied(text: Text, cues: list[_Cue]) -> tuple[Span, ...]:
    """Return the reaches of all cues together; one that stands in a denial and turns it leaves a hole."""
    denied: list[Span] = []
    sparing = {cue for cue in cues if _only_that(text, cue, cues)}
    for cue in cues:
        if cue.reach == "nothing" or cue in sparing:
            continue
        start, end = _reach(text, cue)
        if cue.reach in ("apart", "noun") and _turns(text, cue, denied):
            last = denied.pop()
            denied.append((last[0], cue.start))
        elif end > start:
            denied.append((start, end))
    return _without(_merged(denied), _merged([(_topic(text, cue)[0], cue.end) for cue in sparing]))


def _only_that(text: Text, cue: _Cue, cues: Sequence[_Cue]) -> bool:
    """Tell whether what is left out of a denial is all that may be: "H100以外は使わない", "不能用英伟达以外的显卡"."""
    if not text.folded.startswith(_BESIDES, cue.start):
        return False
    start, end = text.clause(cue.start)
    first = bisect.bisect_left(cues, start, key=lambda item: item.start)
    others = itertools.takewhile(lambda item: item.start < end, itertools.islice(cues, first, first + _MOST_CUES))
    return any(item != cue and item.reach in ("either", "behind", "clause") for item in others)


_MOST_CUES = 40
_BESIDES = ("以外", "之外")


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans with holes cut out of them; both are in order and apart."""
    left: list[Span] = []
    at = 0
    for start, end in spans:
        while at < len(holes) and holes[at][1] <= start:
            at += 1
        index = at
        while index < len(holes) and holes[index][0] < end:
            if start < holes[index][0]:
                left.append((start, holes[index][0]))
            start = max(start, holes[index][1])
            index += 1
        if start < end:
            left.append((start, end))
    return tuple(left)


_TURNING = ("without", "ohne", "sans", "sin")


def _turns(text: Text, cue: _Cue, denied: list[Span]) -> bool:
    """Tell whether a cue denies a denial: "nothing except L4", "not without streaming"."""
    inside = bool(denied) and denied[-1][0] <= cue.start <= denied[-1][1]
    return inside and (cue.reach == "apart" or text.spaced[cue.start : cue.end] in _TURNING)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return tuple(merged)


def _reach(text: Text, cue: _Cue) -> Span:
    """Return what one cue denies."""
    if cue.reach == "next":
        found = _TOKEN.search(text.folded, cue.end, min(cue.end + 40, text.clause(cue.end - 1)[1]))
        return (cue.end, found.end()) if found else _behind(text, cue)
    if cue.reach == "behind":
        return _behind(text, cue)
    headed = _HEADING.match(text.spaced, cue.end) if cue.reach not in ("noun", "apart") else None
    article = headed is not None and headed[1].split()[:1] in (
        ["a"],
        ["an"],
        ["the"],
    )  # "not a chatbot: code completion"
    if (
        headed and not article and (cue.reach == "either" or TAIL.issuperset(headed[1].split()))
    ):  # "excluded GPUs: A10G, L4", "not allowed: DeepSeek"
        return (headed.end(), _line_end(text, headed.end()))
    if text.folded[cue.end : cue.end + 2].lstrip()[:1] == ":":
        return (cue.end, _line_end(text, cue.end + 2))
    if cue.reach in ("clause", "either", "noun") and _object_precedes(text, cue):
        return _behind(text, cue)
    return (cue.end, _ahead(text, cue))


def _line_end(text: Text, at: int) -> int:
    """Return where a list after a heading ends: with its sentence, or before the next heading."""
    at = min(at, len(text.folded) - 1)
    end = min(text.sentence(at)[1], at + _FARTHEST)
    if text.folded[at : at + 2].lstrip().startswith("["):
        end = min(end, text.folded.find("]", at) % (len(text.folded) + 1))
    line = _NEW_LINE.search(text.folded, at, end)
    return line.start() if line else end


def _object_precedes(text: Text, cue: _Cue) -> bool:
    """Tell whether a denial is at its end, so that it speaks of what stands before it."""
    _, end = text.clause(max(cue.end - 1, cue.start))
    line = _NEW_LINE.search(text.folded, cue.end, min(end, cue.end + 80))
    end = line.start() if line else end
    words = [found[0] for found in _TOKEN.finditer(text.folded, cue.end, min(end, cue.end + 80))]
    if cue.reach == "noun" and text.spaced[cue.start : cue.end] != "no":
        return False
    if cue.reach == "either" and is_wide(text.folded[cue.start]):
        return len("".join(words)) <= 1 or "".join(words) in ("的", "使用", "考虑")
    if cue.reach == "either":
        before = _TOKEN.findall(text.folded, max(cue.start - 12, 0), cue.start)
        be = bool(before) and before[-1] in _BE
        return be or not words
    rest = 0
    while rest < len(words) and words[rest] in TAIL:
        rest += 1
    if rest == len(words):
        return True
    return rest > 0 and words[rest] in BY and words[rest - 1] not in _VERBS


def _ahead(text: Text, cue: _Cue) -> int:
    """Return where what a cue denies ends."""
    _, clause_end = text.clause(min(cue.end, len(text.folded) - 1))
    stop = _stop(text, cue, clause_end)
    while stop == clause_end and (item := _next_item(text, stop)) > stop:
        clause_end = stop = item
    return stop


def _stop(text: Text, cue: _Cue, end: int) -> int:
    """Return where a word ends the denial within a clause, or the clause's end."""
    end = min(end, cue.end + _FARTHEST)
    end = min([end, *(at for word in WIDE_BREAKS if (at := text.folded.find(word, cue.end, end)) > cue.end)])
    line = _NEW_LINE.search(text.folded, cue.end, end)
    end = line.start() if line else end
    before = ""
    for count, found in enumerate(_TOKEN.finditer(text.folded, cue.end, end)):
        word = found[0]
        if count and (word in BREAKS or (cue.reach in ("noun", "apart") and word in TURNS and before != "to")):
            return found.start()
        if word == "and" and cue.reach == "clause":
            return found.start()
        before = word
    return end


def _next_item(text: Text, at: int) -> int:
    """Return where the denied list ends that goes on after a comma, or `at` where none does."""
    seen = 0
    while seen < _LONGEST_LIST and 0 < at < len(text.folded) and text.folded[at - 1] in _COMMAS:
        seen += 1
        _, end = text.clause(at)
        words = _TOKEN.findall(text.folded, at, min(end, at + 80))
        if not words or len(words) > _LONGEST_ITEM + 1 or BREAKS.intersection(words) or words[0][0].isdigit():
            break
        if LISTS.intersection(words):
            return end
        at = end
    return -1


def _behind(text: Text, cue: _Cue) -> Span:
    """Return the words before a cue that it speaks of."""
    if is_wide(text.folded[cue.start]):
        return _topic(text, cue)
    start = max(text.clause(cue.start)[0], cue.start - _FARTHEST)
    words = list(_TOKEN.finditer(text.folded, start, cue.start))
    asked = start > 0 and text.folded[max(start - 3, 0) : start].rstrip()[-1:] in (":", "?", "：")
    if asked and not words:  # "Reasoning: no"
        return (text.clause(start - 1)[0], cue.start)
    single = bool(ONE.intersection(found[0] for found in words[-2:])) or text.spaced[cue.start : cue.end] in ONE
    for found in reversed(words):
        word = found[0]
        if word in ("but", "aber", "mais", "pero", "while", "because", "if", "only"):
            return (found.end(), cue.start)
        if single and word in ("and", "und", "et", "y"):
            return (found.end(), cue.start)
    return (start, cue.start)


_WISHED = ("希望", "予定", "想定", "優先", "推奨", "採用", "利用")
"""With what a clause ends that asks for something: no denial behind it reaches there."""


_ADVERBS = ("絶対に", "絶対", "基本的に", "なるべく", "できれば", "できるだけ", "極力", "一切", "決して", "原則", "、")
"""What may stand between a topic and its denial."""


def _topic(text: Text, cue: _Cue) -> Span:
    """Return the words that a Japanese or Chinese denial follows: "H100とA100は使わない"."""
    start = max(text.clause(cue.start)[0], cue.start - _FARTHEST)
    end = cue.start
    while adverb := next((word for word in _ADVERBS if text.folded.endswith(word, start, end)), ""):
        end -= len(adverb)
    if end > start and text.folded[end - 1] in _PARTICLES:
        end -= 1
        inner = max(text.folded.rfind(sign, start, end) for sign in _PARTICLES)
        start = max(start, inner + 1)
    while start > 0 and text.folded[start - 1] == "、":  # the list before: "H100、A100は使わない"
        first, _ = text.clause(start - 1)
        item = text.folded[first:start]
        if not 0 < len(item) <= 24 or item[:-1].endswith(_WISHED) or any(sign in item for sign in _PARTICLES):
            break
        start = first
    return (start, cue.start)
