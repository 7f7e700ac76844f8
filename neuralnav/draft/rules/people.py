"""Which numbers count people, and what is said of them: at once, later, formerly, instead of others."""

import functools
import re
from dataclasses import replace

from neuralnav.draft.rules.corrections import corrects, denied, following, previous
from neuralnav.draft.rules.cues import cues
from neuralnav.draft.rules.moments import moment
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_acts import act, will_act
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_listed import comes_to, elsewhere, listed, listed_before
from neuralnav.draft.rules.people_named import followed_by_thing, measures, named
from neuralnav.draft.rules.people_unnamed import unnamed
from neuralnav.draft.text import Span, Text


@functools.lru_cache(maxsize=4)
def people(text: Text) -> tuple[Count, ...]:
    """Return every count of people in order."""
    counts: list[Count] = []
    for number in numbers(text):
        if number.kind != "plain" or number.value < 1:
            continue
        count = _count(text, number) or _carried(text, number, counts) or listed(text, number, counts)
        if count is None:
            continue
        first = [item for item in listed_before(text, count) if _count(text, item.number) is None]
        count = replace(count, part=count.part or comes_to(text, count, counts))
        counts += [_told(text, item) for item in (*first, _kept(text, count), count) if item is not None]
    return tuple(counts)


_INSTEAD = Pattern(
    r" ?,? (?:instead of|rather than|and not|not|statt|anstatt|nicht|au lieu de|en vez de|en lugar de) (?:the )?"
)


def _kept(text: Text, count: Count) -> Count | None:
    """Return the bare number that stands in place of a count: 300 of "300 instead of 200 users"."""
    before = previous(text, count.number)
    if before is None or before.kind != "plain" or not _INSTEAD.fullmatch(text.folded, before.end, count.start):
        return None
    return replace(count, number=before, start=before.start, end=before.end)


def _count(text: Text, number: Number) -> Count | None:
    return None if measures(text, number) else named(text, number) or unnamed(text, number)


def _carried(text: Text, number: Number, counts: list[Count]) -> Count | None:
    """Return a bare number right behind a count of people that corrects it, or holds at another time."""
    before = previous(text, number)
    if before is None or not counts or counts[-1].number is not before:
        return None
    beside = elsewhere(text, counts[-1].end, number.start, number.end)
    timed = moment(text, number) and text.sentence(before.start) == text.sentence(number.start)
    some = will_act(text.folded, number.end) and text.sentence(before.start) == text.sentence(number.start)
    whole = replace(counts[-1], number=number, start=number.start, end=number.end)
    if not (corrects(text, number) or timed or beside or some or comes_to(text, whole, counts)):
        return None
    if beside:
        return whole
    if not corrects(text, number) and comes_to(text, whole, counts):
        return replace(whole, at_once=False)
    if followed_by_thing(text.folded, number.end):
        return None
    return replace(whole, part=some and not corrects(text, number))


_AT_ONCE = cues(
    "concurren*|simultan*|at once|at the same time|at a time|in parallel|online at|gleichzeitig*|parallel|en meme"
    " temps",
    "a la vez|al mismo tiempo|at any time|at any given time|at any one time|at any moment|at any given moment|at any"
    " point",
    "logged in at|at peak|at the peak|auf einmal|a la fois|en paralelo|parallelement|同時|同时|并发|一斉",
)
_DAILY = cues(
    "dau|daus|daily|per day|a day|each day|every day|/day|taglich|pro tag|par jour|al dia|diari*|journali*|日活|每天"
    "|每日|毎日|1日",
)
_MONTHLY = cues(
    "a year|per year|yearly|annual|annually|im jahr|pro jahr|par an|al ano|年間|每年|毎年|mau|maus|monthly|per month"
    "|a month|/month|monatlich|pro monat|par mois|al mes|mensua*|mensuel*|月活|每月|月間",
)
_USES = cues(
    "use|uses|using|used by|used|access*|serve|serves|serving|for|rely*|relies|reach*|available to|open to|roll out to",
    "rolled out to|rolling out to|give|gives|giving|let"
    " our|enable|equip|audience|onboard*|actively|active|nutzen|nutzt",
    "nutzung|verwende*|fur|aktiv*|utilise|utilisent|utiliser|utilisera|utiliseront|utilisee|utilises|utilisant|pour",
    "actif|actifs|usa|usan|usara|usaran|utiliza*|para|activo|activos",
    "使用|使う|使い|利用|向け|用いる|供|为|給|给|アクティブ|活跃",
)


_ALL = Pattern(
    r",? (?:all|alle|tous|todos)(?: of them)? (?:at once|at the same time|concurrently|simultaneously|gleichzeitig"
    r"|en meme temps|a la vez)\b"
)
_PART_OF = Pattern(
    r"(?:%|percent|prozent|cent|ciento|\bin \w+|half|third|quarter|fifth|tenth|halfte|drittel|viertel|moitie|tiers"
    r"|quart"
    r"|mitad|tercio) (?:of|der|von|des|de)(?: (?:our|the|all|these|unserer|nos|los|nuestros))* ?$"
)


_NEXT = re.compile(r" [/|] |[,;]")


def _told(text: Text, count: Count) -> Count:
    """Return a count with what the words around it say."""
    start, end = _surroundings(text, count)
    around = text.folded[start : count.end] + _NEXT.split(text.folded[count.end : end])[0]
    when = moment(text, count.number)
    behind = _NEXT.split(text.folded[count.end : max(count.end, min(end, count.end + 14))])[0]
    near = text.folded[max(start, count.start - 14) : count.end] + behind
    return replace(
        count,
        moment=when,
        at_once=count.at_once or _active_at_once(text, count, around),
        shared=_AT_ONCE.within(around) and _share_of(text, count),
        daily=_DAILY.within(near),
        monthly=_MONTHLY.within(near),
        uses=count.kind != "bare" and (_USES.within(around) or act(text.folded, count.end)),
        corrects=corrects(text, count.number) and when != "later",
        denied=denied(text, count.number),
    )


def _active_at_once(text: Text, count: Count, around: str) -> bool:
    if _ALL.match(text.folded, count.end):
        return True
    return not _share_of(text, count) and _AT_ONCE.within(around)


def _share_of(text: Text, count: Count) -> bool:
    """Tell whether a share of a count stands before it: "10% of our 500 members"."""
    return _PART_OF.search(text.folded, max(0, count.start - 40), count.start) is not None


def _surroundings(text: Text, count: Count) -> Span:
    """Return the clause of a count, cut at the numbers beside it, and 60 characters either side at most."""
    start, end = text.clause(count.number.start)
    before = previous(text, count.number)
    start = max(start, count.start - 60, before.end if before else 0)
    after = following(text, count.number)
    last = min(end, count.end + 60, after.start if after else end)
    closed = text.folded.find(")", count.end, last)
    last = closed if closed >= 0 else last
    return min(start, count.start), max(last, count.end)
