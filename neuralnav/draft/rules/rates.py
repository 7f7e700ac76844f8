"""Which numbers are requests in a time: "50 req/s", "1.5M requests a day", "20 tickets per agent per day"."""

import functools
from dataclasses import replace

from neuralnav.draft.rules.corrections import corrects, following, previous
from neuralnav.draft.rules.cues import wide
from neuralnav.draft.rules.number_words import AND
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_words import is_people
from neuralnav.draft.rules.rate import NEXT, Level, Rate, each_count, folded_plus, next_word, rate_of
from neuralnav.draft.rules.rate_words import ADVERBS, NOT_REQUESTS, PER, PLAIN, SHORT, UNITS, WIDE_UNITS, WORK
from neuralnav.draft.text import Text

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
            return rate_of(text, number, SHORT[word], at, ["rps"])
        if word in ADVERBS and _about_requests(folded, at, words):
            return rate_of(text, number, ADVERBS[word], _noun_end(folded, at, words), words or [next_word(folded, at)])
        if (
            pending
            and word in UNITS
            and not (word == "m" and words[-1] in ("a", "la"))
            and (word != "an" or words[-1] == "par")
        ):
            return rate_of(text, number, UNITS[word][0], at, words)
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


def _about_requests(folded: str, at: int, words: list[str]) -> bool:
    """Tell whether "daily" counts what stands before or behind it: "500 tickets daily", "500 daily tickets"."""
    noun = words[-1] if words else next_word(folded, at)
    return bool(noun) and noun not in NOT_REQUESTS and noun not in ("active", "users") and not is_people(noun)


def _noun_end(folded: str, at: int, words: list[str]) -> int:
    if words:
        return at
    found = NEXT.match(folded, at)
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
    rate = rate_of(text, number, unit, found.end(), words[:-1])
    if rate is None or unit in ("week", "month", "year") or other.value <= 0:
        return None
    hourly = float(f"{rate.number.value / (seconds * other.value) * 3600:.6g}")
    scaled = Number(hourly, hourly, number.start, number.end, vague=True)
    return Rate(scaled, "hour", 3600.0, rate.start, rate.end, plain=False, noun=rate.noun, level=rate.level)


_WIDE_PREFIX = Pattern(
    r"(?P<each>(?:1|一)人(?:あたり|当たり|につき)?|每人|人均|每个?(?:用户|员工)|每位[^0-9、，。]{0,4})?(?:每|毎|1|一"
    r"|单|平均)*"
    r"(?P<unit>日(?=均)|秒|分钟|分|小时|時間?|天|日|周|週間?|月)?(?:间|間)?(?:あたり|当たり|につき|に|均|大约|约|約"
    r"|平均|最大|最多|有|处理|発生|会|要|"
    r"は|で|ごとに|、|，|,|发送|提问|收到|发起|产生|使用|处理|需要|上限|达到|超过|需|的|请求|リクエスト|调用|查询|クエリ|访问|数|量|总|は|:"
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
    if not wide(text):
        return None
    noun = _WIDE_NOUN.match(folded, number.end)
    if noun is None:
        return _wide_label(text, number)
    plain = any(word in noun["noun"] for word in ("リクエスト", "请求", "請求", "クエリ", "查询", "次", "回"))
    words = ["request"] if plain else [noun["noun"]]
    after = _WIDE_UNIT_AFTER.match(folded, noun.end())
    if after is not None:
        unit = UNITS[WIDE_UNITS.get(after["unit"], after["unit"])][0]
        return rate_of(text, number, unit, after.end(), words)
    before = _WIDE_PREFIX.search(folded, max(0, number.start - 22), number.start)
    if before is None or not before["unit"]:
        return None
    unit = UNITS[WIDE_UNITS.get(before["unit"], before["unit"])][0]
    rate = rate_of(text, number, unit, noun.end("noun"), words)
    return None if rate is None else _from(rate, before.start(), each=rate.each or bool(before["each"]))


_WIDE_LABEL = Pattern(r"请求|リクエスト|调用|查询|クエリ|访问")
_NO_NOUN = Pattern(r" ?(?:$|[、。，,.；;！!？?）)\n+]|以上|左右|程度|ほど)")


def _wide_label(text: Text, number: Number) -> Rate | None:
    """Return a rate whose noun stands before: 日均请求量10万."""
    before = _WIDE_PREFIX.search(text.folded, max(0, number.start - 22), number.start)
    if before is None or not before["unit"] or not _WIDE_LABEL.search(before[0]):
        return None
    if not _NO_NOUN.match(text.folded, number.end):
        return None
    unit = UNITS[WIDE_UNITS.get(before["unit"], before["unit"])][0]
    rate = rate_of(text, number, unit, number.end, ["request"])
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
    near = folded[max(0, number.start - 28) : number.start]
    short = None
    if "ps" in near or "pm" in near:
        short = _QPS_BEFORE.search(folded, max(0, number.start - 28), number.start)
    if short is not None:
        rate = rate_of(text, number, SHORT[short["short"]], number.end, ["rps"])
        return None if rate is None else _from(rate, short.start(), each=rate.each)
    label = _LABEL.search(folded, max(0, number.start - 60), number.start)
    if label is not None:
        rate = rate_of(text, number, UNITS[label["unit"]][0], number.end, ["requests"])
        return None if rate is None else _from(rate, label.start(), each=rate.each)
    noun = _request_noun(folded, number)
    if noun is None:
        return None
    clause = text.clause(number.start)[0]
    sentence = text.sentence(number.start)[0]
    start = clause if clause > sentence + 24 else sentence
    other = previous(text, number)
    start = max(start, number.start - 60, other.end if other and not each_count(text, other) else 0)
    found = list(_UNIT_BEFORE.finditer(folded, start, number.start))
    if not found:
        return None
    unit = ADVERBS[found[-1]["adverb"]] if found[-1]["adverb"] else UNITS[found[-1]["unit"]][0]
    rate = rate_of(text, number, unit, noun[1], [noun[0]])
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


_LEVEL_BEHIND = Pattern(
    r" ?(?:r/s|rps|qps)?,? ?(?:(?P<mean>on average|average|avg|mean|normally|usually|otherwise|im schnitt|en moyenne"
    r"|de media"
    r"|en promedio)|(?:(?:at|during|in|am|en) )?(?:the )?(?P<peak>peak|max|pic|pico|pointe))\b"
)
_LEVEL_BEFORE = Pattern(
    r"(?:(?P<mean>averag\w+|mean|avg|normally|usually|otherwise|平均|通常|平时)"
    r"|(?P<peak>峰值|高峰|ピーク時?|最大|peak\w*|max|maximum|burst\w*|spik\w+|up to|pics?|picos?|spitze\w*))"
    r"(?: at| of| to| is| a| de| von| bei| bis| rate| load|:|は|为|是|约|約)*(?: about| around| ~| roughly)? ?$"
)


def _carried(text: Text, number: Number, found: list[Rate]) -> Rate | None:
    """Return a bare number behind a rate that corrects it, or is its mean or peak: "50 rps, no, 80", "4/s, peak 20"."""
    before = previous(text, number)
    if before is None or not found or found[-1].number is not before:
        return None
    word = next_word(text.folded, number.end)
    if word in NOT_REQUESTS or is_people(word):
        return None
    last = found[-1]
    if corrects(text, number):
        return replace(last, number=number, start=number.start, end=number.end, corrects=True)
    behind = _LEVEL_BEHIND.match(text.folded, number.end)
    ahead = _LEVEL_BEFORE.search(text.folded, max(last.end, number.start - 40), number.start)
    told = behind or ahead
    if told is None or last.each or text.sentence(last.start) != text.sentence(number.start):
        return None
    start = ahead.start() if ahead else number.start
    level: Level = "mean" if told["mean"] else "peak"
    return replace(last, number=number, start=start, end=max(number.end, behind.end() if behind else 0), level=level)


def _from(rate: Rate, start: int, *, each: bool) -> Rate:
    """Return a rate whose words begin earlier."""
    return replace(rate, start=min(start, rate.start), each=each)
