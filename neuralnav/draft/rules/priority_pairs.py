"""Bare words that are weighed against each other: "cheap over good", "right before fast", "done, not perfect"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

_PAIR = Pattern(
    r"\b(?:(?P<more>[a-z']+) (?:answers? |results? |replies |responses? |ones? |models? |and \w+ )?"
    r"(?P<link>over|before|beats|trumps|rather than|instead of|not|than|als|que|statt|vor|plutot que|plutot qu'|"
    r"avant|"
    r"antes que|mejor que|en vez de|en lugar de)) "
    r"(?:be(?:ing)? |to |have |get |an? |the |just |merely |a lot of )*(?P<less>[a-z']+)\b",
    (" over ", " before ", " beats ", " trumps ", " rather than ", " instead of ", " not ", " than ", " als ", " que ",
     " statt ",
     " vor ", " plutot ", " avant ", " antes ", " mejor ", " en vez ", " en lugar "),
)  # fmt: skip

_WORDS: Mapping[str, str] = {
    "accuracy": "good right correct better best perfect perfection smart smarter clever cleverer accurate "
    "precise true "
    "truthful brilliant excellent thorough careful reliable great gut richtig korrekt genau besser perfekt bien "
    "bon bonne "
    "juste exact parfait mejor bueno buena correcto exacto perfecto quality accuracy "
    "correctness polish depth finesse nuance elegance completeness",
    "cost": "cheap cheaper cheapest affordable economical frugal inexpensive billig gunstig billiger gunstiger "
    "cheap pas-cher "
    "economique barato barata economico cost costs price savings",
    "latency": "fast faster quick quicker quickly speedy instant rapid swift prompt snappy snappier early "
    "schnell schneller "
    "flott rapide vite rapido rapida veloz speed latency",
    "complexity": "simple simpler easy easier boring plain einfach simple facile sencillo facil simplicity",
}
_FEARS: Mapping[str, str] = {
    "accuracy": "wrong bad sloppy worse incorrect inaccurate dumb mediocre stupid falsch schlecht faux mal malo",
    "cost": "expensive pricey costly teuer cher caro premium",
    "latency": "slow slower late slowly langsam langsamer spat lent lente tard lento lenta tarde",
    "complexity": "complex complicated fancy clever-stack sophisticated kompliziert komplex complique complicado",
}
_MEANT = {
    word: (dimension, level)
    for table, level in ((_WORDS, "high"), (_FEARS, "low"))
    for dimension, words in table.items()
    for word in words.split()
}
_OTHER = {"high": "low", "low": "high"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A word of a pair and what is said by it."""

    dimension: str
    level: str
    span: Span


def paired(text: Text) -> Iterator[tuple[Weighed, Weighed]]:
    """Yield the words of each pair, the weightier one first."""
    for found in _PAIR.finditer(text.spaced):
        more, less = _MEANT.get(found["more"]), _MEANT.get(found["less"])
        if more is None or less is None or more[0] == less[0]:
            continue
        if found["link"] in ("than", "que") and not _ahead(text, found.start()):
            continue
        if in_hostile(text, found.start()):
            continue
        yield Weighed(*more, found.span("more")), Weighed(less[0], _OTHER[less[1]], found.span("less"))


def _ahead(text: Text, at: int) -> bool:
    """Tell whether words before a "than" prefer: "better slow than wrong"."""
    return bool(_PREFERRED.search(text.spaced, max(at - 24, 0), at))


_PREFERRED = Pattern(r"\b(?:better|rather|sooner|more|lieber|besser|eher|plutot|mieux|mejor|antes)\b[^.;!?]*$")
