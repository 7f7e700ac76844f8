"""Cards as a bound: "H100 or better", "at least an A100", "nothing bigger than an L40S", "Hopper or newer"."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from neuralnav.draft.rules.mentions import Mention
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Accelerator, Catalog

_THINGS = r"(?:'?s)?(?:[ -](?:gpus?|cards?|class|level|tier|generation))*"
_AND = r",? \(?(?:or|and|oder|und|ou|et|o|y) (?:(?:anything|something|whatever|one|even)(?: [a-z]+){0,4}? )?"
_ENDS = (
    r"(?= ?(?:$|[.,;:!?)\n]|(?:for|if|only|please|would|is|are|will|should|must|but|and|or|in|on|with|cards?|gpus?"
    r"|ones?|class|needed|required|because|since|as|from|fur|mit|pour|para|que)(?![a-z])))"
)
_UP_BEHIND = Pattern(
    rf"{_THINGS}(?:{_AND}(?:better|bigger|larger|faster|stronger|higher|above|more powerful|up(?:wards?)?|onwards?"
    r"|besser|grosser|schneller|starker|hoher|aufwarts|mieux|plus puissant|superieurs?|plus|mejor|superior(?:es)?"
    rf"|mas potentes?|arriba|en adelante){_ENDS}"
    rf"|(?:,| as an?)? (?:minimum|at (?:the )?least|or more|upwards|aufwarts|onwards)(?= ?(?:$|[.,;:!?)\n]))"
    r"|\+(?![0-9a-z])|か?それ以上|以上|及以上|或以上|或更好|或更高)"
)
_NEWER_BEHIND = Pattern(rf"{_THINGS}{_AND}(?:newer|later|neuer|plus recents?|mas nuev[ao]s?|recientes?){_ENDS}")
_DOWN_BEHIND = Pattern(
    rf"{_THINGS}(?:{_AND}(?:smaller|lower|below|less|weaker|slower|cheaper|under|down|kleiner|schwacher|darunter"
    rf"|moins puissant|plus petit|inferieurs?|menor(?:es)?|inferior(?:es)?|mas peque[a-z]+){_ENDS}"
    r"|,? (?:at (?:the )?most|max|maximum|tops)(?= ?(?:$|[.,;:!?)\n]))"
    r"| (?:is|are|would be|being) (?:the |our )?(?:max(?:imum)?|limit|ceiling|upper limit|(?:biggest"
    r"|largest|best|most)"
    r" (?:card |gpu |thing )?(?:that )?(?:we|i)(?:'ll| can| may| could| get| will| are)))"
)
_OLDER_BEHIND = Pattern(rf"{_THINGS}{_AND}(?:older|earlier|alter|plus anciens?|anterior(?:es)?){_ENDS}")

_ARTICLE = r" (?:an? |the |one |ein(?:e|en|er)? |une? |una? )?(?:nvidia |amd )?$"
_MORE = (
    r"(?:bigger|larger|better|above|beyond|fancier|pricier|costlier|stronger|faster|higher|over|more (?:expensive"
    r"|powerful)|more|grosser(?:es)?|besser(?:es)?|starker(?:es)?|teurer(?:es)?|plus (?:gros|puissant|cher)"
    r"|mas (?:grande|potente|caro))"
)
_LESS = (
    r"(?:smaller|weaker|slower|below|under|lower|less(?: powerful)?|kleiner(?:es)?|schwacher(?:es)?|unter"
    r"|plus petit|moins puissant|menos potente|mas peque[a-z]+)"
)
_NOTHING = (
    r"(?:(?<![a-z])(?:nothing|none|no(?: card| gpu)?|not|never|no need for anything|not(?: [a-z]+)? anything|nichts"
    r"|rien de|nada)|n't (?:[a-z]+ ){0,2}?(?:anything|any cards?|a card)|(?<![a-z])(?P<any>anything|everything"
    r"|all cards|any cards?|alles|tout ce qui est|todo lo que sea))"
)
_RULED_OUT = Pattern(
    r"(?:'?s)? (?:is|are|would be|will be|won't|wouldn't|will not|can't|cannot|doesn't|does not|ist|est"
    r"|es|geht) ?(?:out|too"
    r"|not|overkill|useless|excluded|forbidden|banned|unacceptable|a waste|wasted|pointless|no good"
    r"|no use|do|cut it|work"
    r"|nicht|raus|zu |exclu|trop|demasiado)"
)
"""What rules out all that lies on the other side of a bound: "anything below an A100 is too slow"."""
_THAN = r"(?: (?:than|als|que|qu'))?"
_UP_BEFORE = Pattern(
    r"(?:(?<![a-z])(?:at least|minimum(?: of)?|min\.?|mindestens|au moins|al menos|como minimo|no less than"
    rf"|nothing less than)|{_NOTHING} {_LESS}{_THAN}){_ARTICLE}"
)
_NEWER_BEFORE = Pattern(rf"{_NOTHING} (?:older|alter(?:es)?|plus ancien|mas antiguo){_THAN}{_ARTICLE}")
_DOWN_BEFORE = Pattern(
    r"(?:(?<![a-z])(?:at most|max(?:imum)?\.?(?: of)?|no more than|hochstens|maximal|au plus|como maximo)"
    rf"|{_NOTHING} {_MORE}{_THAN}){_ARTICLE}"
)

_AGES: Mapping[str, int] = {"ampere": 0, "ada": 1, "hopper": 2, "blackwell": 3, "cdna3": 2, "cdna4": 3}
"""Generations of both vendors in their order; one that is not here is compared with none."""
_REACH = 40


@dataclass(frozen=True, slots=True)
class _Bound:
    """A way to bound: the words before a name, those behind it, and what lies within, by card or by generation."""

    before: Pattern | None
    behind: Pattern
    of_card: Callable[[Accelerator, Accelerator], bool]
    of_age: Callable[[Accelerator, Accelerator], bool]
    why: str


def bounded(text: Text, mentions: Iterable[Mention], catalog: Catalog) -> Iterator[Mention]:
    """Yield mentions; one that words beside it make a bound covers what lies within it, of the same vendor."""
    for item in mentions:
        yield _bound(text, item, catalog) if item.ids else item


def _bound(text: Text, item: Mention, catalog: Catalog) -> Mention:
    start, end = item.span
    first = max(0, start - _REACH)  # "max. L40S" is two clauses
    for kind in _BOUNDS:
        ahead = kind.before.search(text.spaced, first, start) if kind.before is not None else None
        if ahead and ahead["any"] and not _RULED_OUT.match(text.spaced, end):
            ahead = None
        found = ahead or kind.behind.match(text.spaced, end, min(len(text.spaced), end + _REACH))
        if found is None:
            continue
        within = kind.of_age if item.broad else kind.of_card
        given = [catalog.accelerators[key] for key in item.ids]
        ids = tuple(
            key
            for key, card in catalog.accelerators.items()
            if key in item.ids or any(card.vendor == one.vendor and within(card, one) for one in given)
        )
        span = (min(found.start(), start), max(found.end(), end))
        why = f"{kind.why}, of the same vendor"
        return replace(item, span=span, ids=ids, why=why, broad=False, bound=True, sure=ahead is not None)
    return item


def _reaches(card: Accelerator, other: Accelerator) -> bool:
    """Tell whether a card falls behind another neither in memory nor in bandwidth nor in arithmetic."""
    return all(mine >= theirs for mine, theirs in zip(_strength(card), _strength(other), strict=True))


def _stays_within(card: Accelerator, other: Accelerator) -> bool:
    return _reaches(other, card)


def _no_older(card: Accelerator, other: Accelerator) -> bool:
    ages = (card.generation, other.generation)
    return all(age in _AGES for age in ages) and _AGES[ages[0]] >= _AGES[ages[1]]


def _no_newer(card: Accelerator, other: Accelerator) -> bool:
    return _no_older(other, card)


def _strength(card: Accelerator) -> tuple[float, float, float]:
    return (card.memory_gib.value, card.bandwidth_gb_s.value, card.bf16_tflops.value)


_BOUNDS = (
    _Bound(_NEWER_BEFORE, _NEWER_BEHIND, _no_older, _no_older, "no older"),
    _Bound(_UP_BEFORE, _UP_BEHIND, _reaches, _no_older, "no less memory and speed"),
    _Bound(None, _OLDER_BEHIND, _no_newer, _no_newer, "no newer"),
    _Bound(_DOWN_BEFORE, _DOWN_BEHIND, _stays_within, _no_newer, "no more memory and speed"),
)
