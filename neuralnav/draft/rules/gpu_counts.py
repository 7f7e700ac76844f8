"""How many GPUs there are: "8x H100", "max 4 GPUs", "4 nodes with 8 GPUs each"."""

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.mentions import Mention, quotes
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.numbers import Number, figure, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Reading, Unplaced

_MOST = 100_000
_MOST_CARDS = 1024
_FAR = 90
_PER_BOX = 8
_SURELY = ("gpu", "graphi", "accel", "グラ", "显卡", "grafik", "beschl")

_NOUN = Pattern(
    r"(?:-| |x|×|\*|or fewer|or less|oder weniger|ou moins|o menos|of|the|our|your|nvidia|amd|instinct|tesla"
    r"|data ?cent(?:er|re)|physical|dedicated|total|available|spare"
    r"|free|existing|new|identical|powerful|个|個|块|塊|张|張|枚|台|基|片|の|高端)*"
    r"(?P<noun>gpus?|graphics cards?|graphic cards?|accelerators?|cards?|grafikkarten?|karten?|beschleunigern?"
    r"|cartes graphiques?"
    r"|cartes?|accelerateurs?|tarjetas graficas|tarjetas?|aceleradores|卡|显卡|グラフィックボード)(?![a-z])"
)
_OF_THEM = Pattern(
    r" (?:of them|of these|of those|for this(?= project| service| workload|[.,;]|$)|in total|total|davon|insgesamt"
    r"|gesamt"
    r"|d'entre eux|au total|de ellos|de ellas|en total)\b"
)
_QUANTITY = Pattern(r"(?<![a-z])(?:qty|quantity|count|number|anzahl|menge|quantite|cantidad|数量|台数|枚数) ?[:=]? ?$")
_NAMED_NEAR = Pattern(r"(?:[ahb]-?[123]00|[al]40?s?|mi3[0-9]{2}x?|a10g?|rtx|gpu|card|accelerator)s?(?![a-z0-9])")
_GAP = Pattern(
    r"(?:[ -]|x|×|\*|\+|of|the|our|their|his|her|your|these|those|nvidia|amd|instinct|tesla|hgx|dgx|new"
    r"|dedicated|spare"
    r"|free|available|existing|used|physical|own|shared|pieces?|pcs|units?|stuck|stk|gpus?|cards?"
    r"|[0-9]+ ?gb|sxm[0-9]?|pcie|der|die"
    r"|des|de|"
    r"cartes?|tarjetas?|karten|个|個|块|塊|张|張|枚|台|基|片|の|卡)*"
)
_TIMES = Pattern(r"[ ]?(?:gpus?|cards?|sxm[0-9]?|pcie|karten)?[ ]?[(:]?[ ]?(?:x|×|\*)[ ]?$")
_BRACKET = Pattern(r"(?: gpus?| cards?| only)* ?\(")
_SERVERS_OF = Pattern(r"(?:あ|る|載せた|搭載した|搭載の|の|付き)*(?:サーバー?|ノード|マシン)(?:を|が)?")
_COUNTER = Pattern(r"(?:gpu)?(?:カード)?[をがはもの]?(?:gpu)?[をが]? ?$")
_COUNTED = Pattern(r" ?(?:枚|台|基|個|张|張|块|塊|片|个|卡)")
_GPU_BEFORE = Pattern(
    r"(?:gpus?|accelerators?|cards?)(?: (?:count|number|limit|cap|quota|available|total|max(?:imum)?))?"
    r" ?(?:[:=(]|is|are|を|が|は|の数は?|数[:：は为]?|总数)? ?(?:max\.? |at most |up to |最大|最多)?(?:x ?)?$",
    ("gpu", "accel", "card"),
)
_NODES = Pattern(
    r"[ -]?(?:x |of (?:the|our|their|those|these) )?(?:gpu |dgx |hgx |big |identical |physical |worker "
    r"|bare metal |[a-z]{1,2}[0-9]{1,3}[a-z]? )*"
    r"(?:nodes?|servers?|machines?|boxes|hosts?|knoten|servern?|maschinen|rechnern?|noeuds?|serveurs?"
    r"|nodos?|servidores"
    r"|ノード|サーバ|台|节点|服务器|台服务器)(?![a-z])"
)
_EACH = Pattern(
    r"\beach\b|\bper (?:node|server|machine|host|box)\b|\bapiece\b|\bpro (?:knoten|server|maschine)\b"
    r"|\bje(?:weils)?\b"
    r"|\bpar (?:noeud|serveur|machine)\b|\bchacun\b|\bpor (?:nodo|servidor)\b|\bcada un|每台|每个节点|每节点|ごと"
    r"|ずつ|あたり|各"
)
_WITH = Pattern(
    r"[ (]*(?:,? ?(?:with|of|x|×|mit|zu|a|je|jeweils|avec|de|con|having|各|每台|に|有|配))?[ ]*(?:je |each )?(?:x )?"
)
_SHARE = Pattern(
    r"[^.,;!?]{0,24}(?:\bper (?:replica|instance|pod|model|copy|request|user|team)|\bpro (?:replik|instanz)"
    r"|\bpar replica"
    r"|\bpor replica|/replica|レプリカあたり|每个副本)"
)
_LEAST = Pattern(
    r"(?:at least|minimum(?: of)?|min\.?|no fewer than|no less than|mindestens|au moins|al menos"
    r"|como minimo"
    r"|最低|少なくとも|至少) ?$"
)
_CEILING = Pattern(
    r"(?:at most|max(?:imum)?\.?(?: of)?|up to|no more than|not more than|more than|limit(?:ed)? (?:of|to)|only|just"
    r"|cap(?:ped)?"
    r" (?:of|at)|not exceed|exceed|within|hochstens|maximal|nicht mehr als|bis zu|nur|au plus|jusqu'a|pas plus de"
    r"|maximum"
    r"|como maximo|como mucho|hasta|no mas de|solo|seulement|最大|最多|不超过|上限)[ :]*(?:de |of |a )?$"
)
_SINGLE = (
    "a single",
    "one single",
    "single",
    "ein einziger",
    "einer einzigen",
    "einem einzigen",
    "eine einzige",
    "einzelnen",
    "einzelne",
    "un seul",
    "une seule",
    "un solo",
    "una sola",
    "単一の",
    "単一",
    "单张",
    "单个",
    "单卡",
    "一张",
    "一块",
    "1枚の",
)
_ONE_BEHIND = Pattern(r"(?:を|が)?(?:一|1)(?:枚|台|基|张|块|片|个)")
_PAIR = ("a pair of", "pair of", "ein paar von", "une paire de", "un par de")
_BOXES = ("dgx", "hgx")


@dataclass(frozen=True, slots=True)
class _Count:
    """So many GPUs. `of`: the cards that they are; empty for GPUs of no name. `ceiling`: no more than that."""

    value: int
    span: Span
    of: tuple[str, ...]
    ceiling: bool = False
    why: str = ""


def read_counts(text: Text, mentions: Sequence[Mention]) -> Reading:
    """Return gpus, how many there are to plan with, and counts that are none of that."""
    found: list[_Count] = []
    unplaced: list[Unplaced] = []
    for count in _counts(text, mentions):
        before = text.spaced[max(count.span[0] - 24, 0) : count.span[0]]
        if _SHARE.match(text.spaced, count.span[1]):
            unplaced.append(Unplaced(text.quote(*count.span), "how many GPUs a replica takes follows from the plan"))
        elif _LEAST.search(before):
            unplaced.append(Unplaced(text.quote(*count.span), "a least number of GPUs is no field of a workload"))
        elif not negated(text, count.span) or _CEILING.search(before):
            found.append(count)
    if not found:
        return Reading(unplaced=tuple(unplaced))
    return Reading(findings=(_finding(text, found),), unplaced=tuple(unplaced))


def _finding(text: Text, found: Sequence[_Count]) -> Finding:
    ceilings = [item for item in found if item.ceiling]
    plain = [item for item in found if not item.of]
    kept = ceilings[-1:] or _largest(plain)
    named = _by_card(found)
    total, why = sum(item.value for item in named), ""
    if not ceilings and total > sum(item.value for item in kept):
        kept = named
        if len(named) > 1:
            total, why = _alternatives(text, named, total)
    else:
        total = kept[0].value
    whys = [why, *(item.why for item in kept)]
    said = "; ".join(dict.fromkeys(item for item in whys if item))
    return Finding(
        field="constraints.gpus",
        value=total,
        origin="inferred" if said else "stated",
        engine="rules",
        quotes=quotes(text, [item.span for item in kept]),
        why=said,
    )


def _largest(found: Sequence[_Count]) -> list[_Count]:
    return [max(found, key=lambda item: item.value)] if found else []


def _by_card(found: Sequence[_Count]) -> list[_Count]:
    """Return the largest count of each card, in the order of the prose."""
    best: dict[tuple[str, ...], _Count] = {}
    for item in found:
        if item.of and (item.of not in best or best[item.of].value < item.value):
            best[item.of] = item
    return sorted(best.values(), key=lambda item: item.span)


def _alternatives(text: Text, named: Sequence[_Count], total: int) -> tuple[int, str]:
    """Return the sum of several cards, or the largest of them where the prose offers a choice."""
    between = " ".join(text.spaced[a.span[1] : min(b.span[0], a.span[1] + 60)] for a, b in itertools.pairwise(named))
    if re.search(r"\b(?:or|oder|ou|o)\b|または|或", between):
        return max(item.value for item in named), "the larger of the two offered"
    return total, " + ".join(figure(item.value) for item in named)


def _counts(text: Text, mentions: Sequence[Mention]) -> Iterator[_Count]:
    """Yield the counts of GPUs, nodes multiplied."""
    every = [item for item in numbers(text) if _counts_things(text, item)]
    wanted = [item for item in mentions if item.stance != "mentioned"]
    used: set[int] = set()
    for number in every:
        noun = _noun(text, number, cards=bool(mentions))
        if noun is not None:
            used.add(number.start)
            yield _count(text, number, every, noun, ())
    for index, item in enumerate(wanted):
        last = wanted[index - 1].span[1] if index else 0
        beside = _beside(text, item, [number for number in _near(every, item.span) if number.start >= last])
        if beside is not None and beside.start not in used:
            used.add(beside.start)
            behind = _COUNTED.match(text.folded, beside.end) if beside.start > item.span[0] else None
            last = behind.end() if behind else beside.end
            span = (min(beside.start, item.span[0]), max(last, item.span[1]))
            yield _count(text, beside, every, span, item.ids)
        elif beside is None:
            yield from _single(text, item)
    yield from _bare_single(text)


def _counts_things(text: Text, number: Number) -> bool:
    """Tell whether a number may count GPUs: whole, and not part of a name such as "H100"."""
    if number.value != int(number.value) or not 1 <= number.value <= _MOST or number.kind == "name":
        return False
    before = text.folded[max(number.start - 2, 0) : number.start]
    return not (before[-1:].isascii() and before[-1:].isalpha()) or bool(re.fullmatch(r"[^a-z]?x", before))


def _noun(text: Text, number: Number, *, cards: bool) -> Span | None:
    """Return the words of a number of GPUs: "8 GPUs", "GPUs: 8"; cards count where GPUs are spoken of at all."""
    if number.kind in ("money", "percent", "time", "date"):
        return None
    noun = _NOUN.match(text.spaced, number.end)
    if noun and (noun["noun"].startswith(_SURELY) or ((cards or text.find("gpu*")) and number.value <= _MOST_CARDS)):
        return (number.start, noun.end())
    near = text.spaced[max(number.start - _FAR, 0) : number.start]
    spoken = cards and number.value <= _MOST_CARDS and bool(_NAMED_NEAR.search(near))
    if spoken and (of_them := _OF_THEM.match(text.spaced, number.end)):
        return (number.start, of_them.end())
    first = max(number.start - 40, 0)
    before = _GPU_BEFORE.search(text.folded, first, number.start)
    follows = text.folded[number.end : number.end + 1]
    named = spoken and _QUANTITY.search(text.folded, first, number.start)
    if named and not follows.isalnum():
        return (named.start(), number.end)
    if before and (follows in ("", ".", ",", ";", ")", "\n", "。", "、", "，", "枚", "张", "块", "台", "个", "基")):
        return (before.start(), number.end)
    return None


def _near(every: Sequence[Number], span: Span) -> Sequence[Number]:
    """Return the numbers close to a span; `every` is in order."""
    first = bisect.bisect_left(every, span[0] - 48, key=_start)
    last = bisect.bisect_right(every, span[1] + 16, key=_start)
    return [number for number in every[first:last] if number.end <= span[1] + 16]


def _start(number: Number) -> int:
    return number.start


def _beside(text: Text, item: Mention, near: Sequence[Number]) -> Number | None:
    """Return the number that counts a card: "8x H100", "H100 x8", "H100を8枚"."""
    start, end = item.span
    for number in reversed(near):
        if number.end <= start and _GAP.fullmatch(text.spaced, number.end, start):
            return number
    for number in near:
        if number.start >= end:
            gap = text.spaced[end : number.start]
            closed = _BRACKET.fullmatch(gap) and text.folded[number.end : number.end + 1] == ")"
            if closed or _TIMES.fullmatch(gap) or (_COUNTER.fullmatch(gap) and _COUNTED.match(text.folded, number.end)):
                return number
    return None


def _single(text: Text, item: Mention) -> Iterator[_Count]:
    """Yield one for "a single H100", eight for "a DGX H100"."""
    before = text.spaced[max(item.span[0] - 28, 0) : item.span[0]].rstrip(" ")
    box = next((word for word in _BOXES if before.endswith(word)), "")
    if box:
        yield _Count(_PER_BOX, (item.span[0] - len(box) - 1, item.span[1]), item.ids, why=f"{_PER_BOX} a {box.upper()}")
        return
    if counted := _ONE_BEHIND.match(text.folded, item.span[1]):
        yield _Count(1, (item.span[0], counted.end()), item.ids)
        return
    if before.endswith(_PAIR):
        yield _Count(2, (item.span[0] - len("pair of") - 1, item.span[1]), item.ids, why="a pair")
        return
    for phrase in _SINGLE:
        bare = re.sub(r" ?(?:nvidia|amd|instinct|[0-9]+ ?gb)$", "", before)
        if bare.endswith(phrase):
            yield _Count(1, (item.span[0] - (len(before) + 1 - len(bare)) - len(phrase), item.span[1]), item.ids)
            return


def _bare_single(text: Text) -> Iterator[_Count]:
    for noun in ("gpu", "card", "accelerator"):
        for phrase in _SINGLE:
            joined = f"{phrase} {noun}" if phrase[-1].isascii() else f"{phrase}{noun}"
            for span in text.find(joined):
                yield _Count(1, span, ())


def _count(text: Text, number: Number, every: Sequence[Number], span: Span, of: tuple[str, ...]) -> _Count:
    value, why = int(number.value), number.why
    share = _share_of(text, number, every)
    if share is not None:
        return _Count(share[0], (share[1], span[1]), of, ceiling=True, why=share[2])
    nodes = _nodes(text, number, every, span)
    if nodes is not None and nodes.value * value <= _MOST:
        why = f"{figure(nodes.value)} x {value}"
        value *= int(nodes.value)
        span = (min(span[0], nodes.start), max(span[1], nodes.end))
    elif of and re.search(r"\bdgx\b", text.spaced[number.end : span[1]]):
        value, why = value * _PER_BOX, f"{_PER_BOX} a DGX"
    before = text.spaced[max(span[0] - 24, 0) : span[0]]
    return _Count(value, span, of, bool(_CEILING.search(before)) or number.bound == "upper", why)


def _share_of(text: Text, number: Number, every: Sequence[Number]) -> tuple[int, int, str] | None:
    """Return what part of a number is meant, and where its words begin: "two of the eight", "half of our sixteen"."""
    first = max(text.sentence(number.start)[0], number.start - 40)
    if found := _HALF.search(text.spaced, first, number.start):
        parts = next(size for word, size in _PARTS if word in found[0])
        if number.value % parts == 0:
            return int(number.value) // parts, found.start(), f"{found[0].strip()} {figure(number.value)}"
    for other in _near(every, (number.start, number.start)):
        near = first <= other.start < number.start and other.value <= number.value
        if near and _OF_ALL.fullmatch(text.spaced, other.end, number.start):
            return int(other.value), other.start, ""
    return None


_OF_ALL = Pattern(
    r" (?:gpus? |cards? )?(?:(?:out )?of|from|von|aus|der|unserer?|des|de|sur) (?:a (?:pool|total) of )?"
    r"(?:(?:the|our|those|these|all|den|unseren?|nos|les|los|las|nuestr[ao]s) )*$"
)
_HALF = Pattern(
    r"(?<![a-z])(?:(?:one )?half|a quarter|one quarter|a third|one third|die halfte|ein viertel"
    r"|ein drittel|la moitie|la mitad)"
    r" (?:(?:of|von|de|der) )?(?:(?:the|our|those|these|unserer?|den|nos|les|nuestr[ao]s|los|las) )*$"
)
_PARTS = (("quarter", 4), ("viertel", 4), ("third", 3), ("drittel", 3), ("hal", 2), ("moitie", 2), ("mitad", 2))


def _nodes(text: Text, number: Number, every: Sequence[Number], span: Span) -> Number | None:
    """Return how many nodes hold a number of GPUs each, where the words around say so."""
    first, last = text.sentence(number.start)
    each = bool(_EACH.search(text.spaced, span[0], min(span[1] + 40, last)))
    each = each or bool(_EACH.search(text.spaced, max(span[0] - 12, first), span[0]))
    for other in _near(every, (number.start, span[1] + 60)):
        if other.start == number.start or not first <= other.start < last:
            continue
        nodes = _NODES.match(text.spaced, other.end)
        if not nodes:
            continue
        close = other.start < number.start and _WITH.fullmatch(text.spaced, nodes.end(), number.start)
        behind = other.start >= span[1] and _SERVERS_OF.fullmatch(text.folded, span[1], other.start)
        if each or close or behind:
            return other
    ahead = _NODES.match(text.spaced, span[1])  # "two 8-GPU nodes", "2 x 8xH100"
    for other in _near(every, span):
        gap = text.spaced[other.end : number.start] if other.end <= number.start else "-"
        if gap in ("x", " x ", "x ", " × ", "×", " * ", "*") or (gap == " " and ahead):
            return other
    return None
