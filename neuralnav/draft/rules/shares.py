"""What share of the users is active at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.draft.rules.cues import cues
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.users import People
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding

_AT_ONCE = cues(
    "concurren*|simultan*|at once|at the same time|at a time|in parallel|gleichzeitig*|zeitgleich|en meme temps|a la"
    " vez",
    "al mismo tiempo|at any time|at any given time|at any one time|at any moment|at any point|at peak|at the peak",
    "online|logged in|active",
    "active share|aktiv|actif|actifs|actives|activo|activos|同時|同时|并发|活跃|在线|アクティブ",
)
_OTHER = cues(
    "gpu*|utilization|utilisation|accura*|availab*|uptime|cheaper|percentile|discount|cache|cpu|memory|growth"
    "|auslastung",
)
_FRACTIONS: Mapping[str, float] = {
    "half": 0.5, "a third": 0.333, "one third": 0.333, "a quarter": 0.25, "one quarter": 0.25, "a fifth": 0.2,
    "one fifth": 0.2, "a tenth": 0.1, "one tenth": 0.1, "two thirds": 0.667, "three quarters": 0.75, "one in ten": 0.1,
    "one in five": 0.2, "one in four": 0.25, "one in three": 0.333, "1 in 10": 0.1, "1 in 5": 0.2, "1 in 4": 0.25,
    "1 in 20": 0.05, "die halfte": 0.5, "ein drittel": 0.333, "ein viertel": 0.25, "ein zehntel": 0.1,
    "ein funftel": 0.2, "la moitie": 0.5, "un tiers": 0.333, "un quart": 0.25, "un dixieme": 0.1, "la mitad": 0.5,
    "un tercio": 0.333, "una cuarta parte": 0.25, "una decima parte": 0.1, "半数": 0.5, "一半": 0.5, "三分之一": 0.333,
    "四分之一": 0.25, "十分之一": 0.1, "1割": 0.1, "2割": 0.2, "3割": 0.3, "一割": 0.1, "二割": 0.2, "三割": 0.3,
    "一成": 0.1,
    "两成": 0.2, "三成": 0.3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """The share of users that is active at once, above 0 and at most 1."""

    value: float
    finding: Finding


def active_share(text: Text, crowd: People) -> Share | None:
    """Return traffic.activeShare where the text tells it: as a share, or as people at once."""
    if crowd.at_once is not None:
        value, why = crowd.share, crowd.share_why
        quotes = tuple(sorted({text.quote(*span) for span in crowd.share_spans}, key=lambda quote: quote.start))
        return _share(value, Finding("traffic.activeShare", _short(value), "inferred", "rules", quotes, why))
    for number in numbers(text):
        if number.kind == "percent" and 0 < number.value <= 100 and _told(text, number):
            end = number.end + len(_PERCENT_WORD.match(text.folded, number.end)[0])  # type: ignore[index]
            value = number.value / 100
            quote = text.quote(number.start, end)
            return _share(value, Finding("traffic.activeShare", _short(value), "stated", "rules", (quote,), number.why))
    return _worded(text)


_PERCENT_WORD = Pattern(r" ?%| ?-?[^\W\d_]+(?: (?:cent|ciento)s?\b)?|")


def _told(text: Text, number: Number) -> bool:
    return _active(text, (number.start, number.end))


def _active(text: Text, span: Span) -> bool:
    """Tell whether the words around a share are of people active at once."""
    start, end = text.clause(span[0])
    around = text.folded[max(start, span[0] - 60) : min(end, span[1] + 60)]
    return _AT_ONCE.within(around) and not _OTHER.within(around)


def _worded(text: Text) -> Share | None:
    for phrase, value in _FRACTIONS.items():
        for start, end in text.find(phrase):
            if _active(text, (start, end)) and not in_hostile(text, start):
                quote = text.quote(start, end)
                return _share(value, Finding("traffic.activeShare", value, "stated", "rules", (quote,)))
    return None


def _share(value: float, finding: Finding) -> Share:
    return Share(value, finding)


def _short(value: float) -> int | float:
    short = float(f"{value:.4g}")
    return 1 if short == 1 else short
