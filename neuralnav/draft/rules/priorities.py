"""What matters how much: words for quality, cost, speed and ease, and the weights that stand beside them."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.priority_marks import Group, Mark, found, grouped, segments
from neuralnav.draft.rules.priority_staff import staff_wanting
from neuralnav.draft.rules.weighing import bearing, borne, ruled_out, weakened
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Question, Reading

DIMENSIONS = ("accuracy", "cost", "latency", "complexity")

_WHY = {
    "accuracy": "asks for good answers",
    "cost": "asks for low cost",
    "latency": "asks for speed",
    "complexity": "asks for something easy to run",
}
_FARTHEST = 45
"""How many characters may lie between a weight and what it weighs."""

_CLAUSE_APART = 30
"""How much farther a weight seems beyond a comma."""


@dataclass(frozen=True, slots=True)
class Said:
    """A level that the prose gives to a dimension. The louder one wins; the later one of equals."""

    dimension: str
    level: str
    loudness: int
    spans: tuple[Span, ...]
    why: str = ""


def read_priorities(text: Text) -> Reading:
    """Return the priorities that words tell; those not spoken of are left out."""
    said = sorted(_said(text), key=lambda item: item.spans[0])
    findings: list[Finding] = []
    questions: list[Question] = []
    for dimension in DIMENSIONS:
        own = [item for item in said if item.dimension == dimension]
        if not own:
            continue
        top = max(item.loudness for item in own)
        loud = [item for item in own if item.loudness == top]
        findings.append(_finding(text, loud[-1]))
        if {"low", "high"} <= {item.level for item in loud}:
            questions.append(_contradiction(text, dimension, loud))
    return Reading(tuple(findings), questions=tuple(questions))


def _finding(text: Text, item: Said) -> Finding:
    quotes = tuple(text.quote(*span) for span in sorted(dict.fromkeys(item.spans)))
    return Finding(
        f"priorities.{item.dimension}", item.level, "inferred" if item.why else "stated", "rules", quotes, item.why
    )


def _contradiction(text: Text, dimension: str, loud: Sequence[Said]) -> Question:
    first = next(item for item in loud if item.level != loud[-1].level and item.level in ("low", "high"))
    return Question(
        f"priorities.{dimension}",
        f"Does {dimension} matter much or little? Both are told.",
        "the words contradict each other; the later ones were taken",
        ("high", "medium", "low"),
        tuple(text.quote(*span) for item in (first, loud[-1]) for span in sorted(item.spans)),
        rank=0,
    )


def _said(text: Text) -> Iterator[Said]:
    every = found(text)
    yield from _numbered(text, every)
    for span in staff_wanting(text):
        yield Said("complexity", "high", 1, (span,), "few can look after it")
    for marks in segments(text, every):
        groups = grouped(text, marks)
        weights = [mark for mark in marks if mark.kind == "weight"]
        compared, spent = _comparisons(text, groups, weights)
        yield from compared
        yield from _insisted(text, marks)
        yield from _balanced(groups, [mark for mark in marks if mark.kind == "balance"])
        yield from _weighed(text, groups, [mark for mark in weights if mark not in spent])
        yield from _elided(text, groups)
        yield from _valued(text, groups)
        for group in groups:
            for mark in group.marks:
                yield from _alone(text, mark)


def _insisted(text: Text, marks: Sequence[Mark]) -> Iterator[Said]:
    """Yield what is said three times over: "latency, latency, latency"."""
    for one, other, last in zip(marks, marks[1:], marks[2:], strict=False):
        words = {text.spaced[slice(*mark.span)] for mark in (one, other, last)}
        if len(words) == 1 and last.end - one.start < 60 and one.kind in ("subject", "good"):
            yield Said(one.dimension, "high", 2, ((one.start, last.end),))


def _balanced(groups: Sequence[Group], balances: Sequence[Mark]) -> Iterator[Said]:
    """Yield medium for what is to be balanced; for all four where nothing is named."""
    for balance in balances[:1]:
        named = [mark for group in groups for mark in group.marks if abs(mark.start - balance.end) < 80]
        for mark in named:
            yield Said(mark.dimension, "medium", 4, (mark.span, balance.span))
        for dimension in () if named else DIMENSIONS:
            yield Said(dimension, "medium", 1, (balance.span,), "asks for a balance")


_ELIDED = Pattern(
    r"\s+(?:is|are|does|do|ist|sind|hingegen|eher)?\s*(?:not|isn't|aren't|doesn't|nicht|less so|not so much|"
    r"not as much|weniger|moins|menos|pas)\s*(?:[.,;!\n]|$)"
)


_SECOND = Pattern(r"\s+(?:is |comes )?(first|second|third|last)\b(?! to| token)")
_PLACES = {"first": "high", "second": "medium", "third": "low", "last": "low"}
_LOW_VALUE = Pattern(
    r"\W+(?:(?!high|not|n't|nicht|pas|no\b)[\w']+\W+){0,4}?(?:low|lower|minimal|small|down|niedrig|gering|klein|"
    r"bas|basse|faible|faibles|bajos?|bajas?)\b"
    r"|[はもが]?(?:できるだけ|なるべく)?低[いく]|要?尽?[可量]?能?低"
)
_HIGH_VALUE = Pattern(
    r"\W+(?:(?!low|not|n't|nicht|pas|no\b)[\w']+\W+){0,3}?(?:high|excellent|perfect|flawless|top|hoch|haute|elevee|"
    r"alta)\b(?! enough)|[はもが]高[いく]|要?高(?!一)"
)


_LOW_AHEAD = Pattern(
    r"(?<!too )\b(?:minimal|minimum|low|lowest|little|small|least|reduced|(?:gering|niedrig|minimal)\w*|faibles?|"
    r"moindres?|baj[oa]s?|minim[oa]s?|poc[oa])"
    r"\s(?:\w+\s)?$|(?:最小限|最低限)の$"
)
_HIGH_AHEAD = Pattern(
    r"\b(?:high|highest|top|maximum|max|great|excellent|(?:hoh|hochst|best)\w*|haute|grande|meilleure|alta|gran|"
    r"maxima|mejor)\s(?:\w+\s)?$|(?:高い|最高の)$"
)


def _valued(text: Text, groups: Sequence[Group]) -> Iterator[Said]:
    """Yield what is said by a wished value ("costs have to stay low") or a place ("price second")."""
    for group in groups:
        mark = group.marks[-1]
        start, end = group.span
        stop = text.clause(end - 1)[1]
        place = _SECOND.match(text.spaced, end, stop)
        ahead = (_HIGH_AHEAD if mark.dimension == "accuracy" else _LOW_AHEAD).search(
            text.spaced, max(start - 30, 0), start
        )
        value = (_HIGH_VALUE if mark.dimension == "accuracy" else _LOW_VALUE).match(text.spaced, end, stop)
        if place and mark.kind in ("subject", "good"):
            yield Said(mark.dimension, _PLACES[place[1]], 3, ((start, place.end()),))
        elif (value or ahead) and mark.kind == "subject":
            span = (ahead.start() if ahead else start, value.end() if value else end)
            for one in group.marks:
                yield Said(one.dimension, "high", 2, (span,))


_AFFIRMED = Pattern(r"\s+(?:does|do|is|are|schon|oui|si)\s*(?:[.,;!\n]|$)")
_DENIED_AHEAD = Pattern(
    r"(?:\b(?:but|and|aber|und|mais|pero|y|et)|,)\s+(?:not|nicht|pas|no)\s+(?:(?:about|on|for|um|auf|sur|en|por|"
    r"so much|the|die|la|le|el)\s+){0,2}$"
)


def _elided(text: Text, groups: Sequence[Group]) -> Iterator[Said]:
    """Yield what is said in short: "accuracy matters, speed does not", "but not about cost", "but latency is"."""
    for group in groups:
        start, end = group.span
        ahead = _DENIED_AHEAD.search(text.spaced, max(start - 40, 0), start)
        behind = _ELIDED.match(text.folded, end)
        affirmed = _AFFIRMED.match(text.folded, end) if group.marks[0].kind == "subject" else None
        span = (ahead.start() if ahead else start, behind.end() if behind else affirmed.end() if affirmed else end)
        level = "low" if ahead or behind else "high"
        turned = {"low": "high", "high": "low"}
        for mark in group.marks if ahead or behind or affirmed else ():
            yield Said(mark.dimension, turned[level] if mark.kind == "bad" else level, 3, (span,))


_NUMBERED = Pattern(r"([1-4])[.):]\s?$")


def _numbered(text: Text, every: Sequence[Mark]) -> Iterator[Said]:
    """Yield what a numbered list of importance says: "1. accuracy 2. latency 3. cost"."""
    places: list[tuple[int, Mark]] = []
    for mark in every:
        number = _NUMBERED.search(text.folded, max(mark.start - 4, 0), mark.start)
        if number and mark.kind in ("subject", "good", "idiom"):
            places.append((int(number[1]), mark))
    ordered = [number for number, _ in places] == list(range(1, len(places) + 1)) and len(places) > 1
    around = text.spaced[max(places[0][1].start - 120, 0) : places[-1][1].end + 60] if places else ""
    if ordered and _RANKING.search(around):
        yield from _chained([Group((mark,)) for _, mark in places])


def _weighed(text: Text, groups: Sequence[Group], weights: Sequence[Mark]) -> Iterator[Said]:
    """Yield what weights say of the group nearest to each; a group listens to its nearest weight."""
    nearest: dict[int, tuple[int, Mark]] = {}
    for weight in weights:
        found = _nearest(text, groups, weight)
        if found is not None and found[0] < nearest.get(found[1], (_FARTHEST + _CLAUSE_APART, weight))[0]:
            nearest[found[1]] = (found[0], weight)
    for index, (_, weight) in nearest.items():
        group = groups[index]
        level = bearing(text, weight, group.span)
        if level == "medium" and _NONE.search(text.spaced, max(weight.start - 45, 0), weight.start):
            continue  # "delays are not acceptable" asks for no middle
        for mark in group.marks:
            if mark.kind != "idiom" or level != "high":
                yield Said(mark.dimension, level, 4 if mark.kind == "idiom" else 3, (mark.span, weight.span))


_NONE = Pattern(r"\b(?:not|n't|no|nicht|kein\w*|pas|aucune?|ningun\w*)\b[^.,;]{0,40}$")


def _nearest(text: Text, groups: Sequence[Group], weight: Mark) -> tuple[int, int] | None:
    """Return how far the group is that a weight speaks of, and which one it is."""
    options: list[tuple[int, int]] = []
    for index, group in enumerate(groups):
        if weight.level == "high" and all(mark.kind == "idiom" for mark in group.marks):
            continue  # it says how much by itself
        start, end = group.span
        behind = start >= weight.end
        gap = start - weight.end if behind else weight.start - end
        between = text.folded[weight.end : start] if behind else text.folded[end : weight.start]
        if gap > _FARTHEST or gap < 0:
            continue
        apart = _CLAUSE_APART if re.search("[,、，:：]", between) else 0
        if weight.side == ("after" if behind else "before") or (apart and behind and ":" in between):
            apart -= 20
        options.append((gap + apart, index))
    return min(options, default=None)


_OVER = Pattern(
    r"^(?!\W*(?:et|y|e|mais|pero|und|aber)\b)\W*(?:\w+\W+){0,4}?(?:over|before|above|than|ahead of|instead of|vor|"
    r"uber|als|statt|plutot que|avant|que|antes que|sobre|por encima del?|por delante del?|"
    r"prime(?:nt)? sur|l'emporte(?:nt)? sur|devant|frente al?|trumps|beats|outweighs|at the expense of|"
    r"at the cost of|auf kosten der|auf kosten von|au detriment de|a costa de)\W+(?:\w+\W+){0,2}?$"
    r"|^\s*>+\s*$|^(?:性|度)?(?:优先于|高于|大于|胜过|重于|先于|优于|高过|大过|比)[^，。]{0,2}$|^[^、。]{0,3}优先于[^，。]{0,2}$"
)
_UNDER = Pattern(r"\b(?:less|weniger|moins|menos)\b")
_REVERSED = Pattern(r"^(?:性)?より(?:も|は|もむしろ|むしろ)?[^。]{0,6}$|^(?:并)?(?:没有|不如)[^，。]{0,2}$")
_REVERSED_AHEAD = Pattern(r"(?:比起|相比于?|相较于?|比较起|与其|同)$")
_MORE_AHEAD = Pattern(r"\b(?:plus|moins|davantage|mas|menos|mieux|mejor|plutot|antes|avant|prefer\w*)\b")
_THEN = Pattern(
    r"(?:\bthen|\bfollowed by|\bafter that|\bsecondly\b|, second\b|\bdann|\bdanach|\bgefolgt von|\bzweitens|\bpuis|"
    r"\bensuite|\bsuivi[es]* de|\bluego|\bdespues|\bseguido de|"
    r"次に|次いで|次が|その次|然后|再是|再次|接着|>)"
)
_PREFER = Pattern(r"(?:\bprefer\w*|\brather have|\bfavou?r\w*|\bzieh\w*|\bprefer\w*)\b")
_TRADE = Pattern(r"\b(?:trade|trading|sacrific\w*|give up|giving up|exchange|swap)\b")
_RANKING = Pattern(r"priorit|order|importan|wichtig|reihenfolge|ordre|orden|優先|优先|順|重要")
_IN_ORDER = Pattern(
    r"in (?:this|that|the following) order|in order(?: of| of importance|:)|in dieser reihenfolge|dans cet ordre|"
    r"en este orden|の順|按.{0,4}顺序|依次"
)


def _comparisons(text: Text, groups: Sequence[Group], weights: Sequence[Mark]) -> tuple[list[Said], set[Mark]]:
    """Return what pairs and chains say ("accuracy over speed", "latency, then cost"), and the weights they used."""
    said: list[Said] = []
    spent: set[Mark] = set()
    chain: list[Group] = []
    ordered = bool(groups) and len(groups) + len(groups[0].marks) > 2 and _in_order(text, groups)
    if ordered:
        chain = [Group((mark,)) for group in groups for mark in group.marks]
    for one, other in () if ordered else itertools.pairwise(groups):
        between = text.spaced[one.span[1] : other.span[0]]
        if len(between) <= 60 and _THEN.search(between):
            chain = [*(chain or [one]), other]
        elif (order := _order(text, one, other, between)) is not None:
            said += _ranked(*order)
        else:
            continue
        spent |= {
            mark for mark in weights if one.span[1] <= mark.start < other.span[0] or 0 <= mark.start - other.span[1] < 4
        }
    return [*said, *_chained(chain)], spent


def _in_order(text: Text, groups: Sequence[Group]) -> bool:
    """Tell whether a sentence lists by importance: "in this order: ..."."""
    start, end = text.sentence(groups[0].span[0])
    return bool(_IN_ORDER.search(text.spaced, max(start, groups[0].span[0] - 60), min(end, groups[-1].span[1] + 40)))


def _order(text: Text, one: Group, other: Group, between: str) -> tuple[Group, Group] | None:
    """Return the weightier and the lighter of two neighbours, or None where they are not compared."""
    before = text.spaced[max(one.span[0] - 30, 0) : one.span[0]]
    if len(between) > 50:
        return None
    if _REVERSED.match(between) or (len(between) < 16 and _REVERSED_AHEAD.search(before)):
        return (other, one)
    if text.spaced.startswith("より", other.span[1]) and len(between) <= 3:
        return (one, other)
    if " que " in between and not _MORE_AHEAD.search(before[-16:] + between):
        return None
    if _TRADE.search(before) and re.fullmatch(r"\W*(?:for|against|fur|contre|por)\W+(?:\w+\W+){0,2}", between):
        return (other, one)
    if re.fullmatch(r"\W*(?:to|a|vor)\W+", between) and _PREFER.search(before):
        return (one, other)
    if _OVER.match(between):
        return (other, one) if _UNDER.search(between) else (one, other)
    return None


def _ranked(more: Group, less: Group) -> Iterator[Said]:
    spans = (more.span, less.span)
    for mark in more.marks:
        yield Said(mark.dimension, "low" if mark.kind == "bad" else "high", 3, spans)
    for mark in less.marks:
        yield Said(mark.dimension, "high" if mark.kind == "bad" else "low", 2, spans)


def _chained(chain: Sequence[Group]) -> Iterator[Said]:
    """Yield the levels of an order of importance: the first high, the last of three or more low."""
    for place, group in enumerate(chain):
        last = place == len(chain) - 1 and place > 1
        for mark in group.marks:
            yield Said(mark.dimension, "high" if not place else "low" if last else "medium", 3, (group.span,))


def _alone(text: Text, mark: Mark) -> Iterator[Said]:
    """Yield what a wish, a fear or an idiom says without a weight beside it."""
    if mark.kind == "idiom":
        yield Said(mark.dimension, mark.level, 3, (mark.span,))
    elif mark.kind == "good" and (level := weakened(text, mark)):
        why = _WHY[mark.dimension] if level == "high" else "asks for no more than that"
        yield Said(mark.dimension, level, 1, (mark.span,), why)
    elif mark.kind == "bad" and borne(text, mark):
        yield Said(mark.dimension, "low", 1, (mark.span,), "is accepted")
    elif mark.kind == "bad" and ruled_out(text, mark):
        yield Said(mark.dimension, "high", 1, (mark.span,), "is ruled out")
