"""What matters how much: words for quality, cost, speed and ease, and the weights that stand beside them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.priority_marks import BAD, GOOD, IDIOM, WEIGHT, Group, Mark, grouped, segments
from neuralnav.draft.rules.weighing import ACCEPTED, RULED_OUT, bearing, weakened
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
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


def read_priorities(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
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
    origin = "inferred" if item.why else "stated"
    return Finding(f"priorities.{item.dimension}", item.level, origin, "rules", quotes, item.why)


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
    for marks in segments(text):
        groups = grouped(text, marks)
        compared, spent = _comparisons(text, groups)
        yield from compared
        yield from _weighed(text, groups, [mark for mark in marks if mark.kind == WEIGHT and mark not in spent])
        for group in groups:
            for mark in group.marks:
                yield from _alone(text, mark)


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
        for mark in group.marks:
            if mark.kind != IDIOM or level != "high":
                yield Said(mark.dimension, level, 3, (mark.span, weight.span))


def _nearest(text: Text, groups: Sequence[Group], weight: Mark) -> tuple[int, int] | None:
    """Return how far the group is that a weight speaks of, and which one it is."""
    options: list[tuple[int, int]] = []
    for index, group in enumerate(groups):
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


_OVER = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:over|before|above|than|ahead of|instead of|vor|uber|als|statt|plutot que|avant|que|antes que|sobre|por encima de|"
    r"frente a|trumps|beats|outweighs)\W+(?:\w+\W+){0,2}?$|^\s*>+\s*$|^(?:性|度)?(?:优先于|高于|大于|胜过|比)[^，。]{0,2}$|^[^、。]{0,3}优先于[^，。]{0,2}$"
)
_UNDER = re.compile(r"\b(?:less|weniger|moins|menos)\b")
_REVERSED = re.compile(r"^(?:性)?より(?:も)?[^。]{0,4}$")
_THEN = re.compile(
    r"(?:\bthen|\bfollowed by|\bafter that|\bsecond(?:ly)?|\bdann|\bdanach|\bgefolgt von|\bzweitens|\bpuis|\bensuite|\bsuivi[es]* de|\bluego|\bdespues|\bseguido de|"
    r"次に|次いで|次が|その次|其次|然后|再是|再次|接着|>)"
)
_PREFER = re.compile(r"(?:\bprefer\w*|\brather have|\bfavou?r\w*|\bzieh\w*|\bprefer\w*)\b")
_TRADE = re.compile(r"\b(?:trade|trading|sacrific\w*|give up|giving up|exchange|swap)\b")
_IN_ORDER = re.compile(r"in (?:this|that|the following) order|in order(?: of| of importance|:)|in dieser reihenfolge|dans cet ordre|en este orden|の順|按.{0,4}顺序|依次")


def _comparisons(text: Text, groups: Sequence[Group]) -> tuple[list[Said], set[Mark]]:
    """Return what pairs and chains say ("accuracy over speed", "latency, then cost"), and the weights they used."""
    said: list[Said] = []
    spent: set[Mark] = set()
    chain: list[Group] = []
    for one, other in zip(groups, groups[1:], strict=False):
        between = text.spaced[one.span[1] : other.span[0]]
        if len(between) <= 60 and _THEN.search(between):
            chain = chain or [one]
            chain.append(other)
            continue
        order = _order(text, one, other, between)
        if order is not None:
            said += _ranked(order[0], order[1])
            spent |= {mark for mark in one.weights if one.span[1] <= mark.start < other.span[0]}
    said += _chained(chain)
    return said, spent


def _order(text: Text, one: Group, other: Group, between: str) -> tuple[Group, Group] | None:
    """Return the weightier and the lighter of two neighbours, or None where they are not compared."""
    before = text.spaced[max(one.span[0] - 30, 0) : one.span[0]]
    if len(between) > 50:
        return None
    if _REVERSED.match(between):
        return (other, one)
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
        yield Said(mark.dimension, "low" if mark.kind == BAD else "high", 3, spans)
    for mark in less.marks:
        yield Said(mark.dimension, "high" if mark.kind == BAD else "low", 2, spans)


def _chained(chain: Sequence[Group]) -> Iterator[Said]:
    """Yield the levels of an order of importance: the first high, the last of three or more low."""
    for place, group in enumerate(chain):
        last = place == len(chain) - 1 and place > 1
        for mark in group.marks:
            yield Said(mark.dimension, "high" if not place else "low" if last else "medium", 3, (group.span,))


def _alone(text: Text, mark: Mark) -> Iterator[Said]:
    """Yield what a wish, a fear or an idiom says without a weight beside it."""
    if mark.kind == IDIOM:
        yield Said(mark.dimension, mark.level, 3 if mark.level != "low" else 2, (mark.span,), "" if mark.level == "high" else "")
    elif mark.kind == GOOD:
        level = weakened(text, mark)
        if level:
            yield Said(mark.dimension, level, 1, (mark.span,), _WHY[mark.dimension] if level == "high" else "does not ask for much")
    elif mark.kind == BAD:
        match ACCEPTED(text, mark), RULED_OUT(text, mark):
            case True, _:
                yield Said(mark.dimension, "low", 1, (mark.span,), "is accepted")
            case _, True:
                yield Said(mark.dimension, "high", 1, (mark.span,), "is ruled out")
