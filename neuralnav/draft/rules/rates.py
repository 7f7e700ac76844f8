"""Which numbers are requests in a time: "50 req/s", "1.5M requests a day", "20 tickets per agent per day"."""

import functools
import re
from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.rules.corrections import corrects, denied, following, previous
from neuralnav.draft.rules.cues import Pattern, cues, wide
from neuralnav.draft.rules.moments import Moment, moment
from neuralnav.draft.rules.number_words import AND
from neuralnav.draft.rules.numbers import Number, figure, numbers
from neuralnav.draft.rules.people_words import GROUPS, STOPS, is_people
from neuralnav.draft.rules.rate_words import ADVERBS, NOT_REQUESTS, PER, PLAIN, SHORT, UNITS, WIDE_UNITS, WORK
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


_TOKENS = Pattern(r"[ \n-]?([a-z]+(?:'[a-z]+)?|/|(?:秒|分|時間|小时|日|天|週|周|月)間?)")
_WORDS_AT_MOST = 7


@functools.lru_cache(maxsize=4)
def rates(text: Text) -> tuple[Rate, ...]:
    """Return every rate in order."""
    found: list[Rate] = []
    for number in numbers(text):
        if number.kind != "plain" or number.value <= 0:
            continue
        rate = _after(text, number) or _wide(text, number) or _before(text, number) or _carried(text, number, found)
        if rate is not None:
            found.append(rate)
    return tuple(found)


def _after(text: Text, number: Number) -> Rate | None:
    """Return a rate whose unit stands behind: "50 requests per second", "500 tickets a day", "10 rps"."""
    folded, at = text.folded, number.end + folded_plus(text.folded, number.end)
    words: list[str] = []
    pending = False
    while len(words) < _WORDS_AT_MOST and (found := _TOKENS.match(folded, at)) is not None:
        word, at = found[1], found.end()
        if word in SHORT and not pending:
            return _rate(text, number, SHORT[word], at, ["rps"])
        if word in ADVERBS and _about_requests(folded, at, words):
            return _rate(text, number, ADVERBS[word], _noun_end(folded, at, words), words or [_next_word(folded, at)])
        if pending and word in UNITS and not (word in ("an", "m") and words[-1] in ("a", "la")):
            return _rate(text, number, UNITS[word][0], at, words)
        if pending and (inner := _window(text, number, at, word, words)) is not None:
            return inner
        pending = (
            word in PER
            or (word in AND and _per_people(words))
            or (pending and word in ("working", "business", "single", "calendar", "work", "average"))
        )
        words.append(word)
    return _window(text, number, at, "", words) if words else None


def _per_people(words: list[str]) -> bool:
    """Tell whether words end with "per user"."""
    return len(words) > 1 and is_people(words[-1]) and words[-2] in PER


def folded_plus(folded: str, at: int) -> int:
    """Return 1 where a plus stands at a position, else 0: "500+ requests"."""
    return int(folded.startswith("+", at))


_NEXT = Pattern(r" ([a-z]+)")


def _next_word(folded: str, at: int) -> str:
    found = _NEXT.match(folded, at)
    return found[1] if found else ""


def _about_requests(folded: str, at: int, words: list[str]) -> bool:
    """Tell whether "daily" counts what stands before or behind it: "500 tickets daily", "500 daily tickets"."""
    noun = words[-1] if words else _next_word(folded, at)
    return bool(noun) and noun not in NOT_REQUESTS and noun not in ("active", "users") and not is_people(noun)


def _noun_end(folded: str, at: int, words: list[str]) -> int:
    if words:
        return at
    found = _NEXT.match(folded, at)
    return found.end() if found else at


_HOURS = Pattern(r"(?P<count>[0-9]+) ?(?P<unit>[a-z]+|時間|小时|分钟|分|日|天)\b")


def _window(text: Text, number: Number, at: int, word: str, words: list[str]) -> Rate | None:
    """Return a rate told as an amount and a time for it: "10,000 documents within 8 hours"."""
    if word or not words or words[-1] not in ("in", "within", "over", "every", "en", "per", "je"):
        return None
    other = following(text, number)
    found = _TOKENS.match(text.folded, other.end) if other is not None and other.start <= at + 1 else None
    if other is None or found is None or found[1] not in UNITS or other.kind != "plain":
        return None
    unit, seconds = UNITS[found[1]]
    rate = _rate(text, number, unit, found.end(), words[:-1])
    if rate is None or unit in ("week", "month", "year") or other.value <= 0:
        return None
    hourly = float(f"{rate.number.value / (seconds * other.value) * 3600:.6g}")
    scaled = Number(hourly, hourly, number.start, number.end, vague=True)
    return Rate(scaled, "hour", 3600.0, rate.start, rate.end, plain=False, noun=rate.noun, level=rate.level)


def _rate(text: Text, number: Number, unit: str, end: int, words: list[str]) -> Rate | None:
    """Return a rate, or None where what is counted is no request."""
    nouns = [word for word in words if word not in PER]
    if any(word in NOT_REQUESTS for word in nouns) or not _counts_requests(nouns):
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


_LINKS = frozenset(("of", "and", "und", "de", "et", "y", "d"))


def _counts_requests(nouns: list[str]) -> bool:
    """Tell whether the words between a number and its time are things that become requests."""
    heads = [word for word in nouns if not is_people(word) and word not in STOPS and word not in _LINKS]
    if nouns and is_people(nouns[-1]) and not any(word in PLAIN for word in nouns):
        return bool(heads) and nouns[0] not in ("active", "unique", "new") and not is_people(nouns[0])
    return not nouns or bool(heads)


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
    start = max(start, number.start - 80, before.end if before and not _each_count(text, before) else 0)
    return min(start, number.start), max(end, min(stop, end + 40, after.start if after else stop))


def _each_count(text: Text, number: Number) -> bool:
    """Tell whether a number only says how many "each of our 200 agents" are, or 1日 and 1人."""
    word = _next_word(text.folded, number.end)
    behind = text.folded[number.end : number.end + 1]
    return is_people(word) or (number.value == 1 and behind in ("日", "人", "天", "時", "秒", "分"))


_WIDE_PREFIX = Pattern(
    r"(?P<each>(?:1|一)人(?:あたり|当たり|につき)?|每人|人均|每个?(?:用户|员工)|每位[^0-9、，。]{0,4})?(?:每|毎|1|一"
    r"|单|平均)*"
    r"(?P<unit>日(?=均)|秒|分钟|分|小时|時間?|天|日|周|週間?|月)?(?:间|間)?(?:あたり|当たり|につき|に|均|大约|约|約"
    r"|平均|最大|最多|有|处理|発生|会|要|"
    r"は|で|ごとに|、|，|,|发送|提问|收到|发起|产生|使用|处理|需要|上限|达到|超过|需|的|请求|リクエスト|数|量|总|は|:"
    r"| )*$"
)
_WIDE_NOUN = Pattern(
    r"(?:以上|多|余|程度|ほど|くらい|前後|左右)?(?P<noun>件|回|次|リクエスト|請求|请求|クエリ|查询|条|條|张|封|通|本"
    r"|篇|份|メッセージ|质问|問い合わせ|"
    r"会話|对话|質問|问题|チケット|工单|个(?:请求|查询|问题|工单|文档|对话|任务|会话)|文書|文档"
    r"|ドキュメント)(?:の)?[^\s、。，,.0-9/]{0,8}?"
)
_WIDE_UNIT_AFTER = Pattern(
    r"[^\s、。，,.0-9/]{0,8}?(?:/|毎|每|／)(?P<unit>秒|分钟|分|小时|時間?|天|日|周|週|月|s\b|sec\b|min\b|h\b|day\b)"
)
_QPS_BEFORE = Pattern(
    r"(?<![a-z])(?P<short>rps|qps|rpm|qpm)(?: ?(?:of|is|:|=|~|at|about|around|des|von|de|约|約|为|は|达到|大约|大概"
    r"|最大|峰值|到|在|目标|要|~))* ?$"
)


def _wide(text: Text, number: Number) -> Rate | None:
    """Return a rate told in Japanese or Chinese: 1日1万リクエスト, 每秒50个请求, 500件/日."""
    folded = text.folded
    noun = _WIDE_NOUN.match(folded, number.end) if wide(text) else None
    if noun is None:
        return None
    plain = any(word in noun["noun"] for word in ("リクエスト", "请求", "請求", "クエリ", "查询", "次", "回"))
    words = ["request"] if plain else [noun["noun"]]
    after = _WIDE_UNIT_AFTER.match(folded, noun.end())
    if after is not None:
        unit = UNITS[WIDE_UNITS.get(after["unit"], after["unit"])][0]
        return _rate(text, number, unit, after.end(), words)
    before = _WIDE_PREFIX.search(folded, max(0, number.start - 22), number.start)
    if before is None or not before["unit"]:
        return None
    unit = UNITS[WIDE_UNITS.get(before["unit"], before["unit"])][0]
    rate = _rate(text, number, unit, noun.end("noun"), words)
    return None if rate is None else _from(rate, before.start(), each=rate.each or bool(before["each"]))


_UNIT_BEFORE = Pattern(
    r"\b(?:per|a|each|every|pro|par|por|chaque|cada|jeden|jede|am|al|/)(?: (?:single|working"
    r"|business))? ?(?P<unit>second|sec|s|"
    r"minute|min|hour|h|day|week|month|sekunde|minute|stunde|tag|woche|monat|seconde|heure|jour|semaine|mois|segundo"
    r"|minuto"
    r"|hora|dia|semana|mes)\b|\b(?P<adverb>daily|hourly|weekly|monthly|taglich|stundlich|quotidiennement|diariamente)\b"
)
_LABEL = Pattern(
    r"\b(?:requests?|req|queries|calls|messages|anfragen|requetes|peticiones|volume|load|traffic|throughput|rate|rps"
    r"|qps)"
    r"[a-z ]{0,12}(?:/|per|a|pro|par|por|al) ?(?P<unit>second|sec|s|minute|min|hour|h|day|sekunde|stunde|tag|jour"
    r"|heure|dia"
    r"|segundo|hora)\)? ?(?:[:=~]|is|of)* ?(?:about|around|~|ca\.?|up to)? ?$"
)


def _before(text: Text, number: Number) -> Rate | None:
    """Return a rate whose unit stands before: "QPS 50", "requests per second: 50", "every day 500 tickets come in"."""
    folded = text.folded
    short = _QPS_BEFORE.search(folded, max(0, number.start - 28), number.start)
    if short is not None:
        rate = _rate(text, number, SHORT[short["short"]], number.end, ["rps"])
        return None if rate is None else _from(rate, short.start(), each=rate.each)
    label = _LABEL.search(folded, max(0, number.start - 60), number.start)
    if label is not None:
        rate = _rate(text, number, UNITS[label["unit"]][0], number.end, ["requests"])
        return None if rate is None else _from(rate, label.start(), each=rate.each)
    noun = _request_noun(folded, number)
    if noun is None:
        return None
    clause = text.clause(number.start)[0]
    sentence = text.sentence(number.start)[0]
    start = clause if clause > sentence + 24 else sentence
    other = previous(text, number)
    start = max(start, number.start - 60, other.end if other and not _each_count(text, other) else 0)
    found = list(_UNIT_BEFORE.finditer(folded, start, number.start))
    if not found:
        return None
    unit = ADVERBS[found[-1]["adverb"]] if found[-1]["adverb"] else UNITS[found[-1]["unit"]][0]
    rate = _rate(text, number, unit, noun[1], [noun[0]])
    return None if rate is None else _from(rate, found[-1].start(), each=rate.each)


def _request_noun(folded: str, number: Number) -> tuple[str, int] | None:
    """Return a word behind a number that means requests or work for one, and where it ends."""
    at = number.end + folded_plus(folded, number.end)
    for _ in range(3):
        found = _TOKENS.match(folded, at)
        if found is None:
            return None
        if found[1] in PLAIN or found[1] in WORK:
            return found[1], found.end()
        if found[1] in NOT_REQUESTS or found[1] in PER:
            return None
        at = found.end()
    return None


def _carried(text: Text, number: Number, found: list[Rate]) -> Rate | None:
    """Return a bare number that takes the place of the rate right before it: "50 rps, no, 80"."""
    before = previous(text, number)
    if before is None or not found or found[-1].number is not before or not corrects(text, number):
        return None
    word = _next_word(text.folded, number.end)
    if word in NOT_REQUESTS or is_people(word):
        return None
    last = found[-1]
    return Rate(number, last.unit, last.seconds, number.start, number.end, plain=last.plain, noun=last.noun,
                each=last.each, active=last.active, level=last.level, corrects=True)  # fmt: skip


def _from(rate: Rate, start: int, *, each: bool) -> Rate:
    """Return a rate whose words begin earlier."""
    return Rate(
        rate.number, rate.unit, rate.seconds, min(start, rate.start), rate.end, plain=rate.plain, noun=rate.noun,
        each=each, active=rate.active, level=rate.level, moment=rate.moment, corrects=rate.corrects, denied=rate.denied,
    )  # fmt: skip
