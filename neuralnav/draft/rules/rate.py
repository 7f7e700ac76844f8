"""A rate: what it counts, over which time, and whether of one user, at the peak or on average."""

import re
from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.rules.corrections import corrects, denied, following, previous
from neuralnav.draft.rules.cues import cues
from neuralnav.draft.rules.moments import Moment, moment
from neuralnav.draft.rules.numbers import Number, figure
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_words import GROUPS, STOPS, TURNOUT, is_people
from neuralnav.draft.rules.rate_words import NOT_REQUESTS, PER, PLAIN, UNITS, WORK
from neuralnav.draft.text import Span, Text

Level = Literal["", "mean", "peak"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests in a time. `unit` is what the prose says: "s", "min", "hour", "day", "week", "month" or "year".

    `seconds` is how long that is. `each`: it is the rate of one person. `active`: of one who is active. `plain`: the
    words say requests; else something that is taken for one request each, `noun`.
    """

    number: Number
    unit: str
    seconds: float
    start: int
    end: int
    plain: bool
    noun: str = ""
    each: bool = False
    active: bool = False
    level: Level = ""
    moment: Moment = ""
    corrects: bool = False
    denied: bool = False

    @property
    def per_s(self) -> float:
        """Requests per second."""
        return self.number.value / self.seconds

    @property
    def span(self) -> Span:
        """Where the words of the rate stand."""
        return self.start, self.end

    @property
    def text(self) -> str:
        """The rate as a workload's file spells it."""
        if self.unit in ("s", "min", "hour", "day"):
            return f"{figure(self.number.value)} req/{self.unit}"
        return f"{figure(float(f'{self.per_s * 86_400:.6g}'))} req/day"


def folded_plus(folded: str, at: int) -> int:
    """Return 1 where a plus stands at a position, else 0: "500+ requests"."""
    return int(folded.startswith("+", at))


NEXT = Pattern(r" ([a-z]+)")


def next_word(folded: str, at: int) -> str:
    """Return the word behind a position, or nothing."""
    found = NEXT.match(folded, at)
    return found[1] if found else ""


def rate_of(text: Text, number: Number, unit: str, end: int, words: list[str]) -> Rate | None:
    """Return a rate, or None where what is counted is no request."""
    nouns = [word for word in words if word not in PER]
    if any(word in NOT_REQUESTS for word in nouns) or not _counts_requests(nouns):
        return None
    if not nouns and unit not in ("s", "min") and _labelled_people(text.folded, number.start):
        return None
    if text.folded.startswith("-", number.end) or (not nouns and unit in ("week", "month", "year")):
        return None
    folded = text.folded
    each, last = _of_each(text, number, end)
    head = next((word for word in nouns if word in PLAIN), "")
    seconds = next(seconds for name, seconds in UNITS.values() if name == unit)
    start, stop = _own(text, number, last)
    around = folded[start:stop]
    return Rate(
        number=number,
        unit=unit,
        seconds=seconds,
        start=number.start,
        end=last,
        plain=bool(head) or not nouns,
        noun=" ".join(nouns),
        each=each,
        active=each and _ACTIVE.search(around) is not None,
        level=_level(around, number),
        moment=moment(text, number),
        corrects=corrects(text, number),
        denied=denied(text, number),
    )


_PEOPLE_BEFORE = Pattern(
    r"\b(?P<noun>[a-z]+)(?: (?:to|of|at|in|on|from) (?:the |our |its |this )?[a-z]+)?(?:,|:| -|=| \(| is| are|\()*"
    r" ?(?:about |around |roughly |some |~ ?|up to |over |approx\.? |nearly |between )?$"
)


def _labelled_people(folded: str, start: int) -> bool:
    """Tell whether a number tells of people named before it: "visitors: 3,000 a day"."""
    found = _PEOPLE_BEFORE.search(folded, max(0, start - 48), start)
    return found is not None and (
        found["noun"] in TURNOUT or (found["noun"].endswith("s") and is_people(found["noun"]))
    )


_LINKS = frozenset(("of", "them", "us", "these", "those", "and", "und", "de", "et", "y", "d"))


def _counts_requests(nouns: list[str]) -> bool:
    """Tell whether the words between a number and its time are things that become requests."""
    if _names_people(nouns):
        return False
    heads = [word for word in nouns if not is_people(word) and word not in STOPS and word not in _LINKS]
    if nouns and is_people(nouns[-1]) and not any(word in PLAIN for word in nouns):
        return bool(heads) and nouns[0] not in ("active", "unique", "new") and not is_people(nouns[0])
    return not nouns or bool(heads)


def _names_people(nouns: list[str]) -> bool:
    """Tell whether a number counts people who do something in a time: "10,000 shoppers chat with it each day"."""
    for at, word in enumerate(nouns[:4]):
        if word in PLAIN or word in WORK or word in STOPS:
            return False
        if (word.endswith("s") or word in ("ppl", "people", "folk")) and is_people(word):
            behind = nouns[at + 1 : at + 2]
            verb = bool(behind) and (not behind[0].endswith("s") or behind[0] not in PLAIN | WORK)
            return verb and behind[0] not in GROUPS
    return False


_EACH_AFTER = Pattern(
    r"[ ,]*(?:(?:/|per|pro|par|por|je|for each|for every|from each|by each|each|every|cada|chaque|a) ?"
    r"(?P<words>(?:[a-z]+ ){0,2}[a-z]+)|(?P<alone>each|apiece|jeweils|chacun|cada uno|cada una))\b"
)
_EACH_BEFORE = Pattern(
    r"\b(?:each|every|per|pro|je|jeder?|jede[rsnm]?|chaque|cada|par|por)(?: (?:one|of))?(?: (?:our|the|these|them"
    r"|unserer|die|der|nos|nuestros|[0-9,.]+k?)){0,2}"
    r" (?P<words>(?:[a-z]+ ){0,2}[a-z]+)"
)
_WIDE_EACH = cues(
    "1人あたり|一人あたり|1人当たり|一人当たり|ひとりあたり|人均|每人|每位|每个用户|每个员工|每个人|各ユーザー|ユーザーあたり",
    "1ユーザー|一人につき|1人につき|每名|毎人|一人1日|1人1日|人/日|每用户",
)


def _of_each(text: Text, number: Number, end: int) -> tuple[bool, int]:
    """Tell whether a rate is that of one person, and where its words end."""
    folded = text.folded
    found = _EACH_AFTER.match(folded, end)
    if found is not None and found["alone"]:
        return True, found.end()
    if found is not None and any(is_people(word) for word in found["words"].split()):
        words = found["words"].split()
        first = next(at for at, word in enumerate(words) if is_people(word))
        return True, found.start("words") + len(" ".join(words[: first + 1]))
    inside = folded[number.end : end]
    if _EACH_INSIDE.search(inside) and any(is_people(word) for word in re.findall(r"[a-z]+", inside)):
        return True, end
    start, _ = _own(text, number, end)
    before = folded[max(start, number.start - 70) : number.start]
    if _WIDE_EACH.within(before) or _WIDE_EACH.within(folded[number.end : end + 4]):
        return True, end
    for told in _EACH_BEFORE.finditer(before):
        if any(is_people(word) for word in told["words"].split()):
            return True, end
    sends = _EACH_SENDS.search(before)
    return sends is not None and sends["first"] not in GROUPS, end


_EACH_INSIDE = Pattern(r"\b(?:per|pro|par|por|je|each|every|cada|chaque)\b|/")
_EACH_SENDS = Pattern(
    r"\b(?:each|everyone|everybody|jeder|jede|jeweils|chacun|chacune|cada uno|cada una|todos)"
    r"(?! (?:day|week|hour|month|minute|second|year|night|morning|evening|quarter|request|time|working|business|call"
    r"|tag"
    r"|woche|stunde|monat|minute)\b)(?: (?P<first>[a-z']+))?(?: [a-z'~.-]+){0,5} ?~? ?$"
)
_ACTIVE = Pattern(r"\b(?:active|aktive[rnm]?|actif|activo|concurrent)\b")
_PEAK = cues(
    "peak*|max|max.|maximum|burst|bursts|spik*|worst case|at most|up"
    " to|busiest|rush|spitze*|lastspitze*|stosszeit*|pic",
    "pics|pointe|maximal|hochstens|bis zu|jusqu'a|pico|picos|maximo|hora punta|hasta|ピーク|最大|高峰|峰值|繁忙",
)
_MEAN = cues(
    "average|averag*|mean|avg|typical*|normal*|usual*|baseline|steady|durchschnitt*|schnitt|moyenne|promedio|media",
    "sustained|otherwise|平均|通常|普段|平时|平常",
)


def _level(around: str, number: Number) -> Level:
    if _MEAN.within(around):
        return "mean"
    if _PEAK.within(around) or number.bound == "upper":
        return "peak"
    return ""


def _own(text: Text, number: Number, end: int) -> Span:
    """Return the words that stand with a rate: its clause, up to the numbers beside it."""
    start, stop = text.clause(number.start)
    before, after = previous(text, number), following(text, number)
    start = max(start, number.start - 80, before.end if before and not each_count(text, before) else 0)
    return min(start, number.start), max(end, min(stop, end + 40, after.start if after else stop))


def each_count(text: Text, number: Number) -> bool:
    """Tell whether a number only says how many "each of our 200 agents" are, or 1日 and 1人."""
    word = next_word(text.folded, number.end)
    behind = text.folded[number.end : number.end + 1]
    return is_people(word) or (number.value == 1 and behind in ("日", "人", "天", "時", "秒", "分"))
