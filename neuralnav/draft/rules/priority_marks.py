"""Where words of priority stand: what may matter, how much, and which of them belong together."""

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import hits, listed, longest
from neuralnav.draft.rules.priority_cues import BALANCED, NOTHING, SUBJECTS, WEIGHTS
from neuralnav.draft.rules.priority_fears import MORE_BAD, MORE_IDIOMS
from neuralnav.draft.rules.priority_frames import Frame, framed
from neuralnav.draft.rules.priority_wish_words import MORE_GOOD
from neuralnav.draft.rules.priority_wishes import BAD, GOOD, IDIOMS
from neuralnav.draft.rules.priority_words import MORE_NOTHING, MORE_SUBJECTS, MORE_WEIGHTS
from neuralnav.draft.text import Span, Text

Kind = Literal["subject", "weight", "good", "bad", "idiom", "told", "balance", "nothing"]
Side = Literal["before", "after", "either"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase that was found; one that is told says its level whatever stands beside it.

    `side`: where a weight's subject stands as a rule, seen from the weight.
    """

    kind: Kind
    dimension: str
    level: str
    start: int
    end: int
    side: Side = "either"

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects and wishes in a row, which share a weight: "cost, latency and quality"."""

    marks: tuple[Mark, ...]

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return (self.marks[0].start, self.marks[-1].end)


@dataclass(frozen=True, slots=True)
class Said:
    """A level that the prose gives to a dimension. The louder one wins; the later one of equals."""

    dimension: str
    level: str
    loudness: int
    spans: tuple[Span, ...]
    why: str = ""


_AFTER = (
    "optimi", "focus", "prioriti", "care ", "cares ", "worried", "emphasis", "maximi", "minimi", "don't care",
    "do not care",
    "dont care", "doesn't care", "couldn't care", "don't mind", "can tolerate", "tolera", "sacrific",
    "compromise on", "no compromise",
    "not worried", "not too worried", "not concerned", "most important", "top priorit", "highest priority",
    "low priority", "forgiving",
    "keep an eye", "watch", "regardless", "at the expense", "at the cost", "at expense", "best", "the best",
    "highest", "utmost", "excellent", "top",
    "decent", "reasonable", "moderate", "hochste", "beste", "maximale", "tight", "don't worry", "do not worry",
    "ignore", "privilegier", "au detriment",
    "priorizar", "priorizamos", "a costa de", "auf kosten", "注重", "看重", "重视", "追求", "优先考虑", "最看重",
    "不在乎", "不在意", "不介意", "不考虑", "不计较", "最在意",
    "其次是", "可以牺牲", "可牺牲", "牺牲", "犠牲にして", "侧重", "强调", "追求", "严格控制", "控制", "优先保", "最关",
    "legen", "wert auf", "fokus", "schwerpunkt", "verzicht", "abstriche", "priorisier", "der fokus", "liegt der fokus",
    "priorisons", "prioriser", "on priv", "nous priv", "privilegi", "on mise", "misons", "mett", "l'accent",
    "maitriser", "limiter", "reduire", "surveiller", "attentifs", "sensible a", "sensibles a", "exigeant",
    "exigeons", "nous tenons", "tenons", "sacrifi", "quitte", "peu regardant", "prioriza",
    "enfoque", "foco", "nos centramos", "centrados", "tant pis",
    "exigimos", "cuid", "vigilar", "reducir", "lo que mas importa", "lo que cuenta", "lo que manda", "lo que prima",
)  # fmt: skip
"""How weights begin whose subject follows."""

_BEFORE = (
    "matter", "count", "come", "goes first", "is ", "doesn't", "does not", "don't matter", "do not matter",
    "sensitive", "conscious", "above all",
    "secondary", "no object", "no issue", "no concern", "less so", "not so much", "egal", "spielt", "zahlt",
    "peu importe", "flexible", "trumps",
)  # fmt: skip
"""How weights begin whose subject precedes."""

_TURNS = Pattern(
    r"\b(?:but|while|whereas|although|though|however|yet|aber|wahrend|jedoch|dafur|hingegen|dagegen|mais|"
    r"tandis que|alors que|"
    r"en revanche|pero|mientras que|mientras|en cambio)\b|一方|ただし|しかし|ですが|だが|が、|但是|但|不过"
)

_JOINED = Pattern(
    r"(?:[\s,/&+、]|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b|\be\b|\bo\b|\bas well as\b|\bthe\b|\bour\b|"
    r"\bboth\b|\ba\b|\bdie\b|\bder\b|"
    r"\bdas\b|\bla\b|\ble\b|\bles\b|\bel\b|\blos\b|\blas\b|\bl'|\bnor\b|\bmodel\b|\bof\b|\bhigh\b|性|和|与|及|以及|"
    r"と|や|及び|並びに|answers|responses|replies|results)*"
)

_NEW_FIELD = Pattern(r"\n[^\n:?.]{1,40}[:?]")
"""A line of a form: "Latency: relaxed"."""

_PRIORITY = Pattern(r"priorit|priorid|importance|importancia|wichtig|优先|優先")
_LEVEL = Pattern(
    r"\s*(?:priority|importance|weight|sensitivity|prioritat|prioridad|priorite|优先级|優先度|の優先度)?\s*(?:[:=]|"
    r"\bis\b|-|->|→|は|\()?\s*"
    r"(very high|high|medium|moderate|low|hoch|mittel|niedrig|gering|haute?|elevee?|moyenne?|basse|faible|alta|"
    r"alto|media|medio|baja|bajo|高|中|低)(?!\w)"
)
_PAIRS = Pattern(
    r"\b(?:accuracy|quality|costs?|price|latency|speed|complexity|simplicity)\s?[:=]?\s?(?:very high|high|medium|"
    r"moderate|low)\b"
)
_LEVELS: Mapping[str, str] = {
    **dict.fromkeys(("very high", "high", "hoch", "haute", "haut", "elevee", "eleve", "alta", "alto", "高"), "high"),
    **dict.fromkeys(("low", "niedrig", "gering", "basse", "faible", "baja", "bajo", "低"), "low"),
}


@functools.cache
def cues() -> tuple[tuple[Kind, str, str, tuple[str, ...]], ...]:
    """Return the kinds, dimensions and levels with their phrases; where two match the same words the first counts."""
    tables: list[tuple[Kind, str, str, str]] = [("nothing", "", "", NOTHING), ("nothing", "", "", MORE_NOTHING)]
    for idioms in (IDIOMS, MORE_IDIOMS):
        tables += [("idiom", dimension, level, line) for (dimension, level), line in idioms.items()]
    for good in (GOOD, MORE_GOOD):
        tables += [("good", dimension, "high", line) for dimension, line in good.items()]
    for bad in (BAD, MORE_BAD):
        tables += [("bad", dimension, "", line) for dimension, line in bad.items()]
    tables += [("balance", "", "medium", BALANCED)]
    for weights in (WEIGHTS, MORE_WEIGHTS):
        tables += [("weight", "", level, line) for level, line in weights.items()]
    for subjects in (SUBJECTS, MORE_SUBJECTS):
        tables += [("subject", dimension, "", line) for dimension, line in subjects.items()]
    return tuple((kind, dimension, level, listed(line)) for kind, dimension, level, line in tables)


def segments(text: Text, marks: Iterable[Mark]) -> Iterator[tuple[Mark, ...]]:
    """Yield marks a sentence at a time, cut where the prose turns ("but", "während")."""
    held: list[Mark] = []
    for mark in marks:
        if held and (_apart(text, held[-1], mark) or _turn(text, held[-1], mark)):
            yield tuple(held)
            held = []
        held.append(mark)
    if held:
        yield tuple(held)


def found(text: Text) -> list[Mark]:
    """Return every mark in order, those of hostile sentences left out."""
    return [mark for mark in _levelled(text, _marks(text)) if not in_hostile(text, mark.start)]


def _apart(text: Text, one: Mark, other: Mark) -> bool:
    """Tell whether two marks stand in sentences of their own; a short question goes on: "Price? Not so much."."""
    start, end = text.sentence(one.start)
    if start == text.sentence(other.start)[0]:
        return False
    return not (text.folded[end - 1] == "?" and end - start < 25 and other.start - end < 5)


def _turn(text: Text, one: Mark, other: Mark) -> bool:
    ahead = min(other.start + 2, one.end + 200)
    field = _NEW_FIELD.search(text.folded, one.end, other.end + 40)
    return bool(_TURNS.search(text.spaced, one.end, ahead)) or (field is not None and field.start() < other.start)


def grouped(text: Text, marks: Sequence[Mark]) -> tuple[Group, ...]:
    """Return the subjects and wishes of a segment, those in a row together."""
    groups: list[list[Mark]] = []
    before: Mark | None = None
    for mark, after in zip(marks, (*marks[1:], None), strict=True):
        if mark.kind in ("subject", "good", "bad", "idiom", "told"):
            if (
                groups
                and before is groups[-1][-1]
                and (_joined(text, before, mark) or _listed(text, before, mark, after))
            ):
                groups[-1].append(mark)
            else:
                groups.append([mark])
        before = mark
    return tuple(Group(tuple(group)) for group in groups)


def _joined(text: Text, one: Mark, other: Mark) -> bool:
    """Tell whether two neighbours share what is said of them."""
    between = text.spaced[one.end : other.start]
    if between.strip() in ("a", "a la", "a l'", "au"):  # "calidad a velocidad"
        return False
    if between.strip() in ("", ",", "、"):
        return one.kind == other.kind and between.strip() != ","
    return bool(_JOINED.fullmatch(between))


def _listed(text: Text, one: Mark, other: Mark, after: Mark | None) -> bool:
    """Tell whether a comma alone joins two: in a list that an "and" ends, "fast, cheap and accurate"."""
    comma = text.spaced[one.end : other.start].strip() == ","
    return comma and after is not None and after.kind != "weight" and _joined(text, other, after)


def _marks(text: Text) -> list[Mark]:
    """Return every mark in order, none inside a longer one."""
    found: dict[Span, tuple[Kind, str, str]] = {}
    for kind, dimension, level, phrases in cues():
        for span in hits(text, phrases):
            found.setdefault(span, (kind, dimension, level))
    told = dict(framed(text))
    plain = longest(found)
    frames = [span for span in longest(told) if not _swallowed(span, plain, found)]
    frames += _beside(told, frames)
    marks = [
        Mark("told", told[span].dimension, told[span].level, *span, "before" if told[span].leads else "either")
        for span in frames
    ]
    clear = sorted(frames)
    marks += [
        _mark(text, span, *found[span])
        for span in plain
        if found[span][0] != "nothing"
        and not any(_says(told[other], text, span, found[span]) for other in _over(clear, span))
    ]
    return sorted(marks, key=lambda mark: mark.span)


def _says(frame: Frame, text: Text, span: Span, told: tuple[Kind, str, str]) -> bool:
    """Tell whether a frame speaks for a phrase in it; a whole wish of another dimension goes on saying its own."""
    whole = told[0] in ("good", "idiom") and " " in text.spaced[slice(*span)]
    return not (whole and told[1] != frame.dimension)


def _over(spans: Sequence[Span], one: Span) -> Iterator[Span]:
    """Yield those of ordered spans that overlap one."""
    at = max(bisect.bisect_left(spans, one) - 2, 0)
    while at < len(spans) and spans[at][0] < one[1]:
        if one[0] < spans[at][1]:
            yield spans[at]
        at += 1


def _swallowed(span: Span, phrases: Sequence[Span], found: Mapping[Span, tuple[Kind, str, str]]) -> bool:
    """Tell whether a frame gives way: to words that mean nothing, or to a longer phrase around it."""
    return any(
        (found[other][0] == "nothing" and not span[0] < other[0] < other[1] < span[1])
        or (other[0] <= span[0] and span[1] <= other[1] and other != span)
        for other in _over(phrases, span)
    )


def _beside(told: Mapping[Span, Frame], frames: Sequence[Span]) -> list[Span]:
    """Return frames that begin inside one of another dimension: "we'd pay extra for accuracy" says two things."""
    more: list[Span] = []
    for span in sorted(told.keys() - set(frames)):
        over = list(_over(frames, span))
        if over and all(told[other].dimension != told[span].dimension and other[1] <= span[1] for other in over):
            more.append(span)
    return more


def _mark(text: Text, span: Span, kind: Kind, dimension: str, level: str) -> Mark:
    return Mark(kind, dimension, level, *span, _side(text.spaced[slice(*span)]) if kind == "weight" else "either")


def _levelled(text: Text, marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks; a subject with a level behind it, in a list of priorities, is one mark that says both.

    Subjects in a row share the level behind the last one: "accuracy, cost: high".
    """
    levelled = list(_with_levels(text, marks))
    for at in range(len(levelled) - 1, 0, -1):
        one, other = levelled[at - 1 : at + 1]
        row = one.kind == "subject" and other.kind == "told" and other.side == "before"
        if row and _IN_A_ROW.fullmatch(text.spaced, one.end, other.start):
            levelled[at - 1] = Mark("told", one.dimension, other.level, one.start, one.end, "before")
    return levelled


_IN_A_ROW = Pattern(r"\s*(?:,|/|&|\+|;|、|\band\b|\bund\b|\bet\b|\by\b|和|与|と|, and\b)\s*(?:the |our )?")


_SCORE = Pattern(r"\s*[:=(]?\s*([0-9]{1,3})\s?(?:/|out of|von|sur|de)\s?(5|10|100)\b|\s*[:=(]?\s*(?:p|prio ?)([0-4])\b")


def _scored(score: re.Match[str]) -> str:
    """Return the level of a mark ("4/5") or of a place ("P1")."""
    if score[3]:
        return ("high", "high", "medium", "low", "low")[int(score[3])]
    share = int(score[1]) / int(score[2])
    return "high" if share >= 0.7 else "low" if share <= 0.4 else "medium"


def _with_levels(text: Text, marks: Iterable[Mark]) -> Iterator[Mark]:
    end = 0
    for mark in marks:
        if mark.start < end:
            continue
        name = _name(text, mark)
        found = _LEVEL.match(text.spaced, name[1]) if name else None
        score = _SCORE.match(text.spaced, name[1]) if name else None
        if name and score:
            end = score.end()
            yield Mark("told", name[0], _scored(score), mark.start, end, "before")
            continue
        if name and found and _as_priority(text, mark, found[0]):
            end = found.end()
            yield Mark("told", name[0], _LEVELS.get(found[1], "medium"), mark.start, end, "before")
        else:
            yield mark


def _name(text: Text, mark: Mark) -> tuple[str, int] | None:
    """Return which dimension a mark names and where its name ends; a wish may begin with one ("cost low")."""
    if mark.kind == "subject":
        return mark.dimension, mark.end
    if mark.kind != "good":
        return None
    first = text.spaced[mark.start : mark.end].split(" ")[0]
    if first in ("cost", "costs", "latency", "kosten", "latenz", "latencia", "latence"):
        return mark.dimension, mark.start + len(first)
    return None


def _as_priority(text: Text, mark: Mark, level: str) -> bool:
    """Tell whether a level after a subject is a priority and no value: "latency: low" may be either."""
    if _PRIORITY.search(text.spaced, max(mark.start - 200, 0), mark.end + len(level)):
        return True
    around = text.spaced[max(mark.start - 80, 0) : mark.end + 80]
    if sum(1 for _ in _PAIRS.finditer(around)) > 2:  # a list of levels
        return True
    return (
        mark.dimension == "accuracy"
        or "medium" in level
        or "moderate" in level
        or (mark.dimension == "cost" and "high" in level)
    )


def _side(phrase: str) -> Side:
    if phrase.startswith(_AFTER):
        return "after"
    return "before" if phrase.startswith(_BEFORE) or phrase[0] > "\u3000" else "either"
