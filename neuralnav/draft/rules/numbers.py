"""Numbers as people write them, in several languages."""

import functools
import re
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.number_tokens import Raw, raw_numbers
from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

Kind = Literal["plain", "name", "money", "percent", "time", "date", "ordinal", "item"]
"""What a number belongs to, where its surroundings tell.

plain: a count or a measure; what stands behind it says of what ("8 GPUs", "200 ms", "3x"). name: it is glued to letters
before it or follows the name of a thing ("H100", "p95", "llama-3.1-8b", "Qwen 2.5", "v0.3", "SOC 2"), or is a size of
parameters ("70b"). money: a currency stands beside it. percent: a percent sign or word follows. time: of day, or
round-the-clock ("9am", "14:30", "24/7"). date: a day or a year. ordinal: "1st". item: "1." or "2)" before an item.
"""

Bound = Literal["", "upper", "lower"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the folded text, `text.folded[start:end]`, its scale included: "10k", "2 million", "5千".

    A unit is never included: text.folded[end:] begins with it ("ms" of "200ms", "x" of "3x", "人"). `low` is the lower
    end of a range whose upper end is `value`; without a range both are the same, and a range spans both ends.
    `approximate`: the words are loose ("about 500", "a few hundred"). `vague`: the value is our choice for such words
    ("a few hundred" is 300, "dozens" is 50): a finding of it is inferred. `spelled`: in words, not digits. `bound`:
    "up to", "at most" (upper) or "at least", "over", "500+" (lower) stands beside it. `scaled`: a scale was applied.
    """

    value: float
    low: float
    start: int
    end: int
    approximate: bool = False
    spelled: bool = False
    vague: bool = False
    kind: Kind = "plain"
    bound: Bound = ""
    scaled: bool = False

    @property
    def why(self) -> str:
        """How the value follows from the words, where it is not what they say; else empty."""
        if self.vague:
            return f"loose words, taken as {figure(self.value)}"
        if self.low != self.value:
            return f"the upper end of {figure(self.low)} to {figure(self.value)}"
        return ""


def figure(value: float) -> str:
    """Return a number as digits without an exponent: "5000", "0.25", "1500000"."""
    return str(int(value)) if value == int(value) else f"{value:.10f}".rstrip("0")


LARGEST = 1e15
"""No workload has so many of anything; up to here a float holds every whole number."""


@functools.lru_cache(maxsize=4)
def numbers(text: Text) -> tuple[Number, ...]:
    """Return every number of the text in order, none inside another; those inside names (H100, 3.1) too.

    A number in a sentence that speaks to a model (`hostile_spans`) is left out, as is one that is `oversized`.
    """
    return tuple(_ranged(text, [number for number in _every(text) if number.value < LARGEST]))


def oversized(text: Text) -> tuple[Span, ...]:
    """Return where figures stand that are too large for any workload, those inside names left out."""
    kinds = ("plain", "money", "percent")
    return tuple((item.start, item.end) for item in _every(text) if item.value >= LARGEST and item.kind in kinds)


@functools.lru_cache(maxsize=4)
def _every(text: Text) -> tuple[Number, ...]:
    raws = (raw if raw.value < LARGEST else raw._replace(value=LARGEST) for raw in raw_numbers(text))
    return tuple(_judged(text, raw) for raw in raws if not in_hostile(text, raw.start))


def _judged(text: Text, raw: Raw) -> Number:
    approximate, bound = _looseness(text.folded, raw)
    return Number(
        value=raw.value,
        low=raw.value,
        start=raw.start,
        end=raw.end,
        approximate=approximate or raw.vague,
        spelled=raw.spelled,
        vague=raw.vague,
        kind=_kind(text.folded, raw),
        bound=bound,
        scaled=raw.scaled,
    )


_CURRENCY_BEFORE = Pattern(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf|rmb|cny|jpy|us\$)) ?$")
_CURRENCY_AFTER = Pattern(
    r" ?(?:[$€£¥]|(?:usd|eur|gbp|chf|rmb|cny|jpy|cents?|dollars?|dolares|euros?|bucks|pounds|francs|franken|yen|yuan"
    r"|us dollars?|us-dollars?)\b|米?ドル|美元|美金|円|日元|元|ユーロ|欧元|块钱|人民币)"
)
_PERCENT_AFTER = Pattern(r" ?%| ?-?(?:percent|prozent|pct|per cent|pour ?cents?|por ?cientos?)\b|パーセント|割")
_TIME_AFTER = Pattern(r" ?(?:[ap]m\b|a\.m\.|p\.m\.|uhr\b|o'clock)|時(?!間)|点(?!数)|h[0-9]{2}\b")
_DATE_AFTER = Pattern(r"年(?!間)|月[0-9]|\.? (?:januar|februar|marz|april|juni|juli|august|september|oktober)\b")
_DATE = Pattern(r"(?:19|20)[0-9]{2}-[0-9]{1,2}(?:-[0-9]{1,2})?|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)[0-9]{2}")
_ITEM_AFTER = Pattern(r"[.)] ")
_ORDINAL_AFTER = Pattern(r"(?:st|nd|rd|th)\b")
_YEAR_WORDS = words_of(
    "founded established gegrundet fondee fundada in by since until till from during before after of end early late"
    " mid year fy q1 q2 q3 q4 seit bis ab ende anfang"
    " mitte im jahr sommer herbst fruhjahr en depuis avant apres fin desde hasta para del january february march april"
    " may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"
)
_MONTHS = words_of(
    "january february march april june july august september october november december jan feb mar apr jun jul aug sep"
    " sept oct nov dec"
)
_NAMED = words_of(
    "llama qwen gpt phi gemma mistral mixtral ministral claude granite deepseek gemini yi apache soc iso iec tier"
    " level phase version rev release section chapter step python http https rfc bsl mpl lgpl gpl cuda port type class"
    " category sku ticket issue jira pr room route article figure table appendix industrie industry windows office"
    " microsoft web maverick scout magistral devstral nemotron olmo whisper sprint stufe gen line no nr option"
)
_GLUE_WORDS = words_of(
    "x am pm sub under over above below upto max min circa ca ab bis non usd eur gbp chf pre top us rs ~ approx"
)
_UNITS_BEFORE_DASH = words_of("ms s sec min h k m gb mb tb x mio tsd")
_WORD_BEFORE = Pattern(r"([a-z]+)([^a-z]?)$")


def _kind(folded: str, raw: Raw) -> Kind:
    start, end = raw.start, raw.end
    before = folded[max(0, start - 24) : start]
    if raw.spelled:
        if _CURRENCY_AFTER.match(folded, end):
            return "money"
        return "date" if folded.startswith("年", end) and 1990 <= raw.value <= 2039 else _percent(folded, end)
    if _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(folded, end):
        return "money"
    if raw.moment:
        return "date" if _DATE.match(folded, start) else "time"
    word = _WORD_BEFORE.search(before)
    if (
        raw.version
        or folded.startswith("00", start)
        or _of_parameters(folded, end)
        or (word and _names(word[1], word[2], folded, raw))
    ):
        return "name"
    if _ORDINAL_AFTER.match(folded, end) or before.endswith("第"):
        return "ordinal"
    if _TIME_AFTER.match(folded, end):
        return "time"
    if _is_date(folded, raw, word[1] if word and word[2] == " " else ""):
        return "date"
    if _ITEM_AFTER.match(folded, end) and (start == 0 or folded[start - 1] == "\n") and raw.value < 100:
        return "item"
    return _percent(folded, end)


def _percent(folded: str, end: int) -> Kind:
    return "percent" if _PERCENT_AFTER.match(folded, end) else "plain"


def _of_parameters(folded: str, end: int) -> bool:
    """Tell whether a number is a size of parameters: "70b"."""
    return folded.startswith("b", end) and not folded[end + 1 : end + 2].isalnum()


def _names(word: str, gap: str, folded: str, raw: Raw) -> bool:
    """Tell whether the word before makes a number part of a name."""
    if gap == "":
        return word not in _GLUE_WORDS
    if gap == "-":
        return (
            word not in _GLUE_WORDS
            and word not in _UNITS_BEFORE_DASH
            and not folded[raw.end :].startswith((" users", "-user"))
        )
    return gap == "_" or (gap in " ." and word in _NAMED and not raw.scaled and raw.value < 1000)


def _is_date(folded: str, raw: Raw, word: str) -> bool:
    if raw.scaled or raw.grouped or raw.value != int(raw.value):
        return False
    if _DATE_AFTER.match(folded, raw.end):
        return True
    if raw.end - raw.start == 4 and 1900 <= raw.value <= 2039:
        return word in _YEAR_WORDS and (raw.value > 2019 or not folded[raw.end : raw.end + 2].strip().isalpha())
    return word in _MONTHS and raw.value <= 31


_ABOUT = words_of(
    "about around roughly approximately approx approx. circa ca ca. c. some nearly almost say ~ ≈ ungefahr etwa rund"
    " zirka knapp gut schatzungsweise fast environ quelque presque approximativement aproximadamente unos unas casi"
    " aprox aprox. alrededor"
) | {"close to", "just under", "in the region of", "something like", "a peu pres", "autour de", "pres de", "a good",
     "alrededor de", "cerca de", "mas o menos", "on the order of", "or so", "in der grossenordnung von"}  # fmt: skip
_AT_MOST = words_of(
    "max max. maximum maximal hochstens < <= ≤ under below within sub unter maximo"
) | {
    "up to", "at most", "no more than", "not more than", "less than", "fewer than", "bis zu", "nicht mehr als",
    "weniger als", "jusqu'a", "au plus", "au maximum", "pas plus de", "moins de", "hasta", "como maximo", "no mas de",
    "menos de", "a maximum of", "maximum of", "max of", "at max", "upwards to", "a lo sumo",
}  # fmt: skip
_AT_LEAST = words_of(
    "over above min min. minimum mindestens uber > >= ≥ exceeding"
) | {
    "at least", "more than", "no less than", "not less than", "no fewer than", "upwards of", "mehr als", "plus de",
    "au moins", "au minimum", "minimum of", "a minimum of", "mas de", "al menos", "por lo menos", "in excess of",
    "nicht weniger als", "north of",
}  # fmt: skip
_ABOUT_BEFORE_WIDE = ("約", "约", "およそ", "おおよそ", "だいたい", "大约", "大概", "差不多", "将近", "近", "ざっと")
_AT_MOST_BEFORE_WIDE = ("最大", "最多", "不超过", "低于", "小于", "少于", "上限", "不到")
_AT_LEAST_BEFORE_WIDE = ("最低", "最少", "至少", "超过", "高于", "大于", "少なくとも", "不低于", "不少于")
_AROUND_AFTER = Pattern(r"-?ish\b| or so\b| give or take|左右|上下|前後|前后|程度|ほど|くらい|ぐらい|[多余]")
_COUNTED = Pattern(r"(?:ユーザー|[人名位個个件台回次円元])*(?:の?(?:ユーザー|用户))?")
_LEAST_AFTER = Pattern(r" ?\+|以上|を?超| or more\b| and up\b| oder mehr\b| ou plus\b| o mas\b| minimum\b")
_MOST_AFTER = Pattern(r"以下|以内|以内|未満| or less\b| or fewer\b| max\b| tops\b| maximum\b| at most\b")


def _looseness(folded: str, raw: Raw) -> tuple[bool, Bound]:
    """Return whether a number is about, and on which side it binds."""
    before = folded[max(0, raw.start - 24) : raw.start].rstrip(" $€£¥")
    words = before.replace("~", " ~ ").replace(":", " ").split()[-5:]
    tails = {" ".join(words[-count:]) for count in (1, 2, 3, 4) if len(words) >= count}
    after = raw.end
    if counted := _COUNTED.match(folded, raw.end):
        after = counted.end()
    about = bool(
        tails & _ABOUT
        or before.endswith(_ABOUT_BEFORE_WIDE)
        or _AROUND_AFTER.match(folded, raw.end)
        or _AROUND_AFTER.match(folded, after)
    )
    if tails & _AT_MOST or before.endswith(_AT_MOST_BEFORE_WIDE) or _MOST_AFTER.match(folded, after):
        return about, "upper"
    least = tails & _AT_LEAST or before.endswith(_AT_LEAST_BEFORE_WIDE) or _LEAST_AFTER.match(folded, after)
    return about, "lower" if least else ""


_UNIT = r"(?: ?(?:ms|s|k?[$€£¥]|%|usd|eur|gb|rps|qps|人|名|円|元|ミリ秒|毫秒|秒|万))?"
_TO = Pattern(
    rf"{_UNIT} ?(?:-|~|〜|to|bis|a|or|oder|ou|o|until|till|through|到|至|から|\.\.\.?|…|or even|up to|and up to)"
    " ?[$€£¥]?"
)
_BETWEEN = Pattern(rf"{_UNIT} (?:and|und|et|y|e) [$€£¥]?|{_UNIT}(?:と|和|与)")
_BETWEEN_BEFORE = Pattern(r"\b(?:between|zwischen|entre)(?: \w+)? [$€£¥]?$")


def _ranged(text: Text, found: list[Number]) -> list[Number]:
    """Return the numbers with those that are two ends of a range made one."""
    out: list[Number] = []
    for number in found:
        before = out[-1] if out else None
        joined = _range(text.folded, before, number) if before is not None and number.start - before.end <= 12 else None
        if joined is None:
            out.append(number)
        else:
            out[-1] = joined
    return out


def _range(folded: str, low: Number, high: Number) -> Number | None:
    """Return two numbers as a range, or None where they are none."""
    if low.kind not in ("plain", "money", "percent") or high.kind not in ("plain", "money", "percent", "time"):
        return None
    if low.low != low.value or (low.kind == "money" and high.kind not in ("money", "plain")):
        return None
    between = _TO.fullmatch(folded, low.end, high.start)
    if between is None:
        opened = _BETWEEN_BEFORE.search(folded, max(0, low.start - 24), low.start)
        wide = folded[high.end : high.end + 4].find("間") >= 0 or folded[high.end : high.end + 4].find("之间") >= 0
        if not (_BETWEEN.fullmatch(folded, low.end, high.start) and (opened or wide)):
            return None
    lower = low.value
    factor = _scale_of(high, folded)
    if high.scaled and not low.scaled and factor > 1 and lower < high.value / factor:
        lower *= factor
    if not lower < high.value:
        return None
    kind = high.kind if high.kind != "plain" else low.kind
    return replace(
        high, low=lower, start=low.start, kind=kind, approximate=low.approximate or high.approximate, bound=low.bound
    )


def _scale_of(number: Number, folded: str) -> float:
    """Return what the digits of a number were multiplied by: 1000 for "3k"."""
    digits = re.match(r"[0-9]+(?:[.,][0-9]+)?", folded[number.start : number.end])
    if digits is None:
        return next((step for step in (1e9, 1e6, 1e5, 1e4, 1e3, 1e2) if number.value >= step), 1.0)
    return number.value / (float(digits[0].replace(",", ".")) or 1.0)
