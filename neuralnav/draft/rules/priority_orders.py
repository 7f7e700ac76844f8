"""Orders of importance: what is weighed against another, and what a list puts first."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.priority_marks import Group, Mark, Said
from neuralnav.draft.text import Span, Text

_NUMBERED = Pattern(r"([1-4])[.):]\s?$")
_OVER = Pattern(
    r"^(?!\W*(?:et|y|e|mais|pero|und|aber)\b)"
    r"\W*(?:\w+\W+){0,4}?(?:over|before|above|gegenuber|than|ahead of|instead of|vor|uber|als|statt|plutot que|"
    r"avant|que|"
    r"prime(?:nt)? sur|l'emporte(?:nt)? sur|(?:passe )?devant|prima sobre|por delante del?|"
    r"antes que|sobre|por encima del?|"
    r"frente al?|trumps?|beats?|outweighs?|outranks?|precedes?|overrides?|eclipses?|dominates?|"
    r"wins? (?:out )?over|at the expense of|at the cost of|auf kosten der|auf kosten von|"
    r"au detriment de|a costa de)\W+(?:\w+\W+){0,2}?$|^\s*>+\s*$|^(?:性|度)?(?:而不是|而非|优先于|高于|大于|胜过|"
    r"重于|先于|优于|高过|大过|比)[^，。]{0,2}$|^[^、。]{0,3}优先于[^，。]{0,2}$"
)
_UNDER = Pattern(r"\b(?:less|weniger|moins|menos)\b")
_LESS_AHEAD = Pattern(r"\b(?:less|weniger|moins|menos)\b[^,.;:]{0,26}$")
_THAN = Pattern(r"\b(?:than|als|que|wie)\b")
_EQUAL = Pattern(
    r"\b(?:as (?:much|important|critical|crucial|vital|essential|relevant|big|key|\w+ly) as|"
    r"no less (?:\w+ )?than|(?:genauso|ebenso|gleich|so) \w+ wie|autant que|aussi \w+ que|"
    r"tanto como|tan \w+ como)\b"
)
_KEPT = Pattern(r"\b(?:not|never|n't|without|nicht|pas|sans|no|ohne|jamais|nunca|sin|nie)\b|n't\b")
_SPARED = Pattern(
    r"at the (?:expense|cost|price) of|at (?:the )?expense of|auf kosten|au detriment|a costa|en detrimento|"
    r"zulasten|zu lasten"
)
_REVERSED = Pattern(r"^(?:性)?より(?:も|は|もむしろ|むしろ)?[^。]{0,6}$|^(?:并)?(?:没有|不如)[^，。]{0,2}$")
_REVERSED_AHEAD = Pattern(r"(?:比起|相比于?|相较于?|比较起|与其|同)$")
_MORE_AHEAD = Pattern(r"\b(?:plus|moins|davantage|mas|menos|mieux|mejor|plutot|antes|avant|prefer\w*)\b")
_THEN = Pattern(
    r"(?:\bthen|\bfollowed by|\bafter that|\bsecondly\b|, second\b|\bdann|\bdanach|\bgefolgt von|\bzweitens|\bpuis|"
    r"\bensuite|\bsuivi[es]* de|\bluego|\bdespues|\bseguido de|"
    r"次に|次いで|次が|その次|然后|再是|再次|接着|>)"
)
_FOR = Pattern(r"\W*(?:for|against|to gain|to get|in favou?r of|fur|contre|pour|por)\W+(?:\w+\W+){0,2}")
_TO = Pattern(r"\W*(?:answers? |responses? )?(?:to|a|au|aux|vor)\W+(?:(?:the|la|le|les|l|los|el|las|den|der|dem)\W+)?")
_YIELDS = Pattern(
    r"\b(?:sacrificed|traded(?: off| away)?|given up|compromised|reduced|relaxed|lowered) (?:for|in favou?r of|"
    r"to|against)\b|"
    r"\b(?:yields?|gives? way|a? ?back ?seat|second|secondary|subordinate|second fiddle|lose out|loses out|"
    r"inferior) to\b|"
    r"\bcomes? (?:after|behind)\b|\b(?:ranks?|is|are|rated) (?:below|behind|under)\b"
)
_PREFER = Pattern(r"(?:\bprefer\w*|\brather have|\bfavou?r\w*|\bzieh\w*|\bprefer\w*)\b")
_TRADE = Pattern(r"\b(?:trade|trading|sacrific\w*|give up|giving up|exchange|swap)\b")
_RANKING = Pattern(r"priorit|order|importan|wichtig|reihenfolge|ordre|orden|優先|优先|順|重要")
_IN_ORDER = Pattern(
    r"(?:descending|decreasing|falling) (?:order of )?(?:importance|priority)|absteigend|"
    r"in (?:this|that|the following) order|(?:priority|priorities|importance|preference) (?:order|ranking)|"
    r"rank(?:ed|ing)\b|ordered by|sorted by|(?:orden|ordre) d[e'] ?(?:prior|import)\w+|prioritatenfolge|"
    r"rangfolge|优先级顺序|优先顺序|"
    r"優先順位[はが:：]|优先级[:：]|in order(?: of| of importance|:)|in dieser reihenfolge|dans cet ordre|"
    r"en este orden|の順|按.{0,4}顺序|依次"
)


def numbered(text: Text, every: Sequence[Mark]) -> Iterator[Said]:
    """Yield what a numbered list of importance says: "1. accuracy 2. latency 3. cost"."""
    places: list[tuple[int, Mark]] = []
    for mark in every:
        number = _NUMBERED.search(text.folded, max(mark.start - 4, 0), mark.start)
        if number and mark.kind in ("subject", "good", "idiom", "told"):
            places.append((int(number[1]), mark))
    ordered = [number for number, _ in places] == list(range(1, len(places) + 1)) and len(places) > 1
    around = text.spaced[max(places[0][1].start - 120, 0) : places[-1][1].end + 60] if places else ""
    if ordered and _RANKING.search(around):
        yield from _chained([Group((mark,)) for _, mark in places])


def insisted(text: Text, marks: Sequence[Mark]) -> Iterator[Said]:
    """Yield what is said three times over: "latency, latency, latency"."""
    for one, other, last in zip(marks, marks[1:], marks[2:], strict=False):
        words = {text.spaced[slice(*mark.span)] for mark in (one, other, last)}
        if len(words) == 1 and last.end - one.start < 60 and one.kind in ("subject", "good"):
            yield Said(one.dimension, "high", 2, ((one.start, last.end),))


def comparisons(text: Text, groups: Sequence[Group], weights: Sequence[Mark]) -> tuple[list[Said], set[Mark]]:
    """Return what pairs and chains say ("accuracy over speed", "latency, then cost"), and the weights they used."""
    said: list[Said] = []
    spent: set[Mark] = set()
    orders: list[tuple[Group, Group]] = []
    chain: list[Group] = []
    ordered = bool(groups) and len(groups) + len(groups[0].marks) > 2 and _in_order(text, groups)
    if ordered:
        chain = [Group((mark,)) for group in groups for mark in group.marks]
    for one, other in () if ordered else itertools.pairwise(groups):
        between = text.spaced[one.span[1] : other.span[0]]
        if len(between) <= 60 and _THEN.search(between):
            chain = [*(chain or [one]), other]
        elif (even := _even(between)) is not None:
            spared = _SPARED.search(between)
            raised = [other] if spared else [one, other]
            said += [item for group in raised for item in _raised(group, one.span)] if even else _ranked(other, one)
        elif (order := _order(text, one, other, between)) is not None:
            orders.append(order)
        else:
            continue
        spent |= {
            mark
            for mark in weights
            if one.span[1] <= mark.start < other.span[0]
            or 0 <= mark.start - other.span[1] < 4
            or 0 <= one.span[0] - mark.end < 8
        }
    return [*said, *_linked(orders), *_chained(chain)], spent


def _linked(orders: Sequence[tuple[Group, Group]]) -> Iterator[Said]:
    """Yield what pairs say; of "accuracy over speed, speed over cost" the middle is medium."""
    said = [item for order in orders for item in _ranked(*order)]
    heavy, light = ({item.dimension for item in said if item.level == level} for level in ("high", "low"))
    for item in said:
        yield replace(item, level="medium", loudness=3) if item.dimension in heavy & light else item


def _in_order(text: Text, groups: Sequence[Group]) -> bool:
    """Tell whether a sentence lists by importance: "in this order: ..."."""
    start, end = text.sentence(groups[0].span[0])
    return bool(_IN_ORDER.search(text.spaced, max(start, groups[0].span[0] - 60), min(end, groups[-1].span[1] + 40)))


def _order(text: Text, one: Group, other: Group, between: str) -> tuple[Group, Group] | None:
    """Return the weightier and the lighter of two neighbours, or None where they are not compared."""
    before = text.spaced[max(text.sentence(one.span[0])[0], one.span[0] - 30) : one.span[0]]
    if len(between) > 50:
        return None
    if _REVERSED.match(between) or (len(between) < 16 and _REVERSED_AHEAD.search(before)):
        return (other, one)
    if text.spaced.startswith("より", other.span[1]) and len(between) <= 3:
        return (one, other)
    if " que " in between and not _MORE_AHEAD.search(before[-16:] + between):
        return None
    if (trade := _TRADE.search(before)) and _FOR.fullmatch(between):
        return (one, other) if _KEPT.search(before[: trade.start()]) else (other, one)
    if _YIELDS.search(between) and not _KEPT.search(between):
        return (other, one)
    if _TO.fullmatch(between) and _PREFER.search(before):
        return (one, other)
    if _OVER.match(between):
        under = _UNDER.search(between) or (_LESS_AHEAD.search(before) and _THAN.search(between))
        return (other, one) if under else (one, other)
    return None


def _even(between: str) -> bool | None:
    """Tell whether two neighbours weigh the same; False where "as much as" is denied, None where it is not said."""
    if len(between) > 50:
        return None
    equal = _EQUAL.search(between)
    if equal is not None:
        return equal[0].startswith("no ") or not _KEPT.search(between[: equal.start()])
    return True if _SPARED.search(between) and _KEPT.search(between) else None


def _raised(group: Group, beside: Span) -> Iterator[Said]:
    """Yield high for what weighs as much as its neighbour, or must not suffer for it."""
    for mark in group.marks:
        yield Said(mark.dimension, "low" if mark.kind == "bad" else "high", 3, (beside, mark.span))


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
