"""Which numbers count people, and what is said of them: at once, later, formerly, instead of others."""

import functools
import re
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.draft.rules.corrections import corrects, denied, following, previous
from neuralnav.draft.rules.cues import Pattern, cues, wide
from neuralnav.draft.rules.moments import Moment, moment
from neuralnav.draft.rules.number_words import SMALL, words_of
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.people_words import (
    DESCRIBING,
    GROUPS,
    LABELS,
    OTHER_THINGS,
    STOPS,
    WIDE_ROLES,
    WIDE_USERS,
    is_people,
    is_thing,
    is_user,
)
from neuralnav.draft.text import Span, Text

Kind = Literal["user", "role", "group", "bare"]
"""By which word a number counts people: "users", "lawyers", "a team of 50", or none: "for 5000"."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people: `text.folded[start:end]` holds it and the word that tells.

    `at_once`: they are active at the same time. `uses`: words beside it say that they use the service. `part`: they are
    some of those counted before ("500 of them"). `corrects`: it takes the place of what was said before.
    """

    number: Number
    kind: Kind
    start: int
    end: int
    moment: Moment = ""
    at_once: bool = False
    daily: bool = False
    monthly: bool = False
    uses: bool = False
    part: bool = False
    corrects: bool = False
    denied: bool = False

    @property
    def value(self) -> float:
        """The number itself."""
        return self.number.value

    @property
    def span(self) -> Span:
        """Where the words of the count stand."""
        return self.start, self.end


@functools.lru_cache(maxsize=4)
def people(text: Text) -> tuple[Count, ...]:
    """Return every count of people in order."""
    counts: list[Count] = []
    for number in numbers(text):
        if number.kind != "plain" or number.value < 1:
            continue
        count = _count(text, number) or _carried(text, number, counts)
        if count is not None:
            counts.append(_told(text, count))
    return tuple(counts)


def _count(text: Text, number: Number) -> Count | None:
    if text.folded[max(0, number.start - 2) : number.start] == " -":
        return None
    if _MEASURE.match(text.folded, number.end) or _EFFORT.search(text.folded, max(0, number.start - 8), number.start):
        return None
    return _noun_after(text, number) or _wide_after(text, number) or _label_before(text, number) or _of(text, number)


_EFFORT = Pattern(r"\btak(?:es|ing) $")
_MEASURE = Pattern(
    r" ?-?(?:ms\b|s\b|gb\b|gib\b|tb\b|mb\b|x\b|×|%|b\b|bit\b|rps\b|qps\b|req\b|r/s|/|tok|fps\b|h\b|km\b|倍|台|枚|块"
    r"|張|张|卡"
    r"|年|月|日|天|時|时|分|秒|週|周|ヶ|か月|カ国|か国|ページ|页|頁|トークン|件|回|次|条|行|字|語|词|円|元|社|店|校"
    r"|部|クエリ|リクエスト|本|文字)"
)
_WORDS = Pattern(r"[ \n-]?(?:([a-z]+(?:'[a-z]+)?(?:-[a-z]+)*)|(&|/)|(\())")
_MARKUP = Pattern(r"[+_*`\"]*")
_LINKS = frozenset(("of", "our", "the", "and", "or", "&", "/", "und", "et", "y", "unserer", "unsere", "von", "de",
                    "des",
                    "our", "their", "more", "or", "so", "plus", "d", "nos", "nuestros", "notre", "these", "those",
                    "der", "your", "my", "its", "l", "(", "als", "di"))  # fmt: skip


def _noun_after(text: Text, number: Number) -> Count | None:
    """Return people named behind a number, words that describe them between: "500 of our backend developers"."""
    at, seen = number.end, 0
    if markup := _MARKUP.match(text.folded, at):
        at = markup.end()
    while seen < 6 and (found := _WORDS.match(text.folded, at)) is not None:
        word = found[0].strip(" \n-").removeprefix("d'").removeprefix("l'")
        at = found.end()
        seen += 1
        last = word.rpartition("-")[2]
        if _is_plural_people(last, text.folded, at):
            kind: Kind = "user" if is_user(last) else "role"
            return Count(number, kind, number.start, at)
        if word == "strong" and seen == 1:
            return Count(number, "group", number.start, at)
        after = _WORDS.match(text.folded, at)
        if after is not None and after[1] and text.folded[at] == " " and is_people(after[1]) and word not in STOPS:
            continue
        if word not in _LINKS and (word in STOPS or (word in OTHER_THINGS and word not in DESCRIBING) or _groups(word)):
            return None
        if word in ("of", "de", "von") and seen > 1:
            return None
    return None


def _groups(word: str) -> bool:
    """Tell whether a word means several bodies of people, where one alone may describe people: "12 team leads"."""
    return word in GROUPS and word.endswith("s")


def _is_plural_people(word: str, folded: str, at: int) -> bool:
    """Tell whether a word is the noun counted: "500 support agents", not "500 agent requests", "50 user stories"."""
    if not is_people(word):
        return False
    behind = _WORDS.match(folded, at)
    if behind is None or not behind[1]:
        return True
    after = behind[1]
    if word.endswith("s") or word in ("people", "personen", "leute", "nutzer"):
        return after not in ("requests", "queries", "per_") or after in STOPS
    if after in ("stories", "story", "guides", "manuals", "service", "support", "reviews", "feedback", "interviews"):
        return after == "support" and word in ("person", "people")
    return after in GROUPS or (after not in OTHER_THINGS and not (is_people(after) and not folded.startswith("/", at)))


_WIDE_GAP = Pattern(
    r"(?:以上|多|余|左右|程度|ほど|くらい|ぐらい|前後|超|規模|位|名|人|个|個|万|の|近い|近く|同时|同時|活跃|在线|[ +])*"
)
_WIDE_COUNTER = Pattern(
    r"(?:以上|多|余|左右|程度|ほど|くらい|前後|超|[ +])*(?:[名位]|人(?!あたり|当たり|民|月|日|份|工))"
)
_NOUNS = "|".join(sorted((*WIDE_USERS, *WIDE_ROLES), key=len, reverse=True))
_WIDE_NOUN = Pattern(_NOUNS)
_WIDE_WORD = Pattern(rf"[^\s、。，,.；;！!？?0-9]{{0,8}}?(?:{_NOUNS})")


def _wide_after(text: Text, number: Number) -> Count | None:
    """Return people counted in Japanese or Chinese: 5000人, 5000名の社員, 5万用户."""
    folded = text.folded
    if not wide(text):
        return None
    counter = _WIDE_COUNTER.match(folded, number.end)
    if counter is not None and re.match(r"あたり|当たり|につき|每|毎", folded[counter.end() : counter.end() + 4]):
        return None
    gap = _WIDE_GAP.match(folded, number.end)
    at = gap.end() if gap else number.end
    noun = _WIDE_WORD.match(folded, at) if counter is not None or folded[number.end : at].strip(" +") else None
    if noun is None and gap is not None:
        noun = _WIDE_NOUN.match(folded, at)
    if noun is not None and (counter is not None or noun.start() == at or "个" in folded[number.end : at]):
        user = any(word in noun[0] for word in WIDE_USERS)
        return Count(number, "user" if user else "role", number.start, noun.end())
    if counter is not None:
        if number.value == 1 and number.spelled:
            return None
        return Count(number, "role", number.start, counter.end())
    return None


_LABEL_GAP = Pattern(
    r"(?P<label>[a-z#.']+(?: [a-z#.']+){0,3})[\"*`]* ?(?:\(.{0,12}\) ?)?(?:[:=~]+|-|is|are|of|ist|sind|est|es|son"
    r"|will be|:|at|around|about|approx\.?|roughly|up to|ca\.?|etwa|bei|von|de|d'environ|max\.?)? ?(?:about"
    r"|around|roughly|ca\.?|circa|etwa|environ|unos|unas|approx\.?|approximately|up to|over|some|~|rund|>|<|max\.?|exactly)? ?$"
)
_WIDE_LABEL = Pattern(
    rf"(?:{_NOUNS}|日活|月活|同時接続|同時アクセス|并发|人)(?:数|量|総数|总数|人数|规模|规模|数量|規模|者)?"
    r"(?:跃|活|ユーザー|用户)?(?:は|が|:|で|约|約|大约|大概|为|是|有|共|达到|超过|至少|最多|最大|およそ|だいたい|同時"
    r"|同时|总共|一共|=| )*$"
)


def _label_before(text: Text, number: Number) -> Count | None:
    """Return people named before a number: "users: 5000", "ユーザー数は5000"."""
    folded = text.folded
    if _followed_by_thing(folded, number.end):
        return None
    label = _WIDE_LABEL.search(folded, max(0, number.start - 20), number.start) if wide(text) else None
    if label is not None:
        return Count(number, "user", label.start(), number.end)
    found = _LABEL_GAP.search(text.spaced, max(0, number.start - 48), number.start)
    if found is None:
        return None
    words = found["label"].split()
    separated = re.search(
        r"[:=~]|\b(?:is|of|ist|est|es|are|at|bei)\b|-", folded[found.end("label") : number.start] or " "
    )
    for count in range(min(4, len(words)), 0, -1):
        name = " ".join(words[-count:])
        if name.removesuffix(" of").removesuffix(" is") in LABELS and (
            separated or _alone(text, name, found.start(), number)
        ):
            start = found.start("label") + len(found["label"]) - len(name)
            return Count(number, "user" if any(map(is_user, name.split())) else "role", start, number.end)
    return None


_BEHIND = Pattern(r"\+? ?(?:$|[.,;!?\n)])")


def _alone(text: Text, name: str, start: int, number: Number) -> bool:
    """Tell whether a label needs no sign behind it: "DAU 8k", "users 760,"."""
    if name in ("mau", "dau", "wau"):
        return True
    other = previous(text, number)
    return (other is None or other.end < start - 1) and _BEHIND.match(text.folded, number.end) is not None


_OF_TIME = words_of("next last this later now nachstes kommendes dieses letztes l'annee el este today currently then")
_PER = Pattern(
    r" ?/ ?(?:s|sec|second|min|minute|h|hr|hour|d|day|tag|jour|dia|week|month|mo|year|req\w*|秒|分|時|天|日)\b"
)


def _followed_by_thing(folded: str, end: int) -> bool:
    """Tell whether the words behind a number say that it counts another thing."""
    if _PER.match(folded, end):
        return True
    found = _WORDS.match(folded, end)
    second = _WORDS.match(folded, found.end()) if found else None
    words = [match[1] for match in (found, second) if match and match[1]]
    if not words or words[0] in _OF_TIME:
        return False
    if words[0] in ("per", "a", "pro", "par", "por", "each", "al"):
        return True
    return words[0] not in STOPS and any(word in OTHER_THINGS for word in words)


_OF = Pattern(
    r"(?P<group>[a-z]+) (?:of|with|mit|von|de|d'|avec|con|aus)(?: about| around| roughly| some| over| up to| almost"
    r"| ca\.?"
    r"| etwa| rund| environ| unos| nearly| approximately| approx\.?| circa| only| just| more than| mehr als"
    r"| plus de)? ?$"
)
_FOR = Pattern(
    r"\b(?:for|serv(?:e|es|ing)|used by|fur|pour|para|reach(?:es|ing)?|onboard(?:ing)?|supports?|supporting|scale to)"
    r"(?: about| around| roughly| some| up to| over| ca\.?| etwa| rund| environ| unos| approx\.?| approximately| circa"
    r"| only| just| like| maybe| perhaps| at least| more than| bis zu| jusqu'a| hasta)? ?$"
)
_END = Pattern(r"\+?(?:$|[.,;!?\n)]| (?:and|but|in|at|on|with|und|mit|in|im|et|avec|y|con|of us|of them|here|total)\b)")
_SIGNED_UP = Pattern(
    r"\+? (?:are |sind |sont )?(?:registered|enrolled|signed[ -]up|sign-?ups|registrierte|inscrits|registrados)\b"
)
_SESSIONS = Pattern(
    r"\+? (?:concurrent|simultaneous|parallel|gleichzeitigen?|parallelen?|simultanees|simultaneas|concurrentes|active)"
    r" (?:[a-z]+ )?(?:sessions?|connections?|chats?|conversations?|logins?|sitzungen|verbindungen|sesiones"
    r"|conexiones)\b"
    r"| (?:sessions|connexions|sesiones|conexiones|conversaciones) (?:simultanees|simultaneas|concurrentes"
    r"|en parallele)\b"
    r"|の?同時(?:接続|セッション)|个?并发(?:会话|连接)"
)
_CONCURRENT = Pattern(r"[ -]?(?:concurrent|simultaneous|simultan|gleichzeitig|并发|同時接続|同時)[a-z]*")
_OF_THEM = Pattern(
    r" (?:of (?:them|these|those|whom|us|which)|davon|von ihnen|d'entre eux|de ellos|de ellas|de estos)\b"
)
_THEREOF = Pattern(r"(?:davon(?: [a-z]+){0,3}|of whom|of which|of these|of them|dont|de los cuales|de ellos|其中"
                      r"|うち)(?:の|约|約|大约|有|only|about|around|etwa|nur|circa| )*$")  # fmt: skip


def _of(text: Text, number: Number) -> Count | None:
    """Return people told without a word for them: "a team of 50", "for 5000", "500 of them"."""
    folded, start, end = text.folded, number.start, number.end
    if them := _OF_THEM.match(folded, end):
        return Count(number, "bare", start, them.end(), part=True)
    if thereof := _THEREOF.search(folded, max(0, start - 32), start):
        return None if _followed_by_thing(folded, end) else Count(number, "bare", thereof.start(), end, part=True)
    if signed := _SIGNED_UP.match(folded, end):
        return Count(number, "user", start, signed.end())
    group = _OF.search(folded, max(0, start - 40), start)
    if group is not None and group["group"] in GROUPS and not _followed_by_thing(folded, end):
        return Count(number, "group", group.start("group"), end)
    if sessions := _SESSIONS.match(folded, end):
        return Count(number, "user", start, sessions.end(), at_once=True)
    if at_once := _CONCURRENT.match(folded, end):
        thing = _followed_by_thing(folded, at_once.end()) or _followed_by_thing(folded, end)
        return None if thing else Count(number, "user", start, end, at_once=True)
    if number.value >= 2 and _FOR.search(folded, max(0, start - 40), start) and _END.match(folded, end):
        return Count(number, "bare", start, end)
    return _unknown(text, number)


_OURS = Pattern(
    r"\b(?:for|our|fur|unsere|unseren|unserer|pour|nos|para|nuestros|nuestras|we're|we are|wir sind|somos|nous sommes"
    r"|used by|team of)(?: about| around| roughly| some| up to| over| the| our| ca\.?| etwa| rund| environ| unos"
    r"| approx\.?"
    r"| approximately| circa| only| die| unsere| les| nos| los| nuestros)* ?$"
)
_PLURAL = Pattern(r" (?P<noun>[a-z]{4,}(?:s|en|er|e|i|a|folk|people))\b(?= ?(?:$|[.,;!?\n)(]| [a-z]+))")


def _unknown(text: Text, number: Number) -> Count | None:
    """Return a count of what no table knows, where it stands as people do: "for 370 aides"."""
    noun = _PLURAL.match(text.folded, number.end)
    if noun is None or number.value < 2 or not _OURS.search(text.folded, max(0, number.start - 40), number.start):
        return None
    words = (noun["noun"], *text.folded[noun.end() : noun.end() + 30].split()[:1])
    if any(word in OTHER_THINGS or _groups(word) or is_thing(word) or word in SMALL for word in words):
        return None
    return None if noun["noun"] in STOPS else Count(number, "bare", number.start, noun.end())


_ELSEWHERE = Pattern(r" (?:in|im|en|au|aux|from|at|a) [^0-9.;]{2,24}?,? (?:and|plus|und|et|y)(?: another| about)? ")
_IN = Pattern(r" (?:more )?(?:in|im|en|au|aux|from|at) (?!a\b|the (?:next|first|second))[a-z]")


def _carried(text: Text, number: Number, counts: list[Count]) -> Count | None:
    """Return a bare number right behind a count of people that corrects it, or holds at another time."""
    before = previous(text, number)
    if before is None or not counts or counts[-1].number is not before:
        return None
    between = text.folded[counts[-1].end : number.start]
    beside = _ELSEWHERE.fullmatch(between) is not None and _IN.match(text.folded, number.end) is not None
    timed = moment(text, number) and text.sentence(before.start) == text.sentence(number.start)
    if not (corrects(text, number) or timed or beside):
        return None
    if beside:
        return replace(counts[-1], number=number, start=number.start, end=number.end)
    if _followed_by_thing(text.folded, number.end):
        return None
    return replace(counts[-1], number=number, start=number.start, end=number.end, kind="bare", part=False)


_AT_ONCE = cues(
    "concurren*|simultan*|at once|at the same time|at a time|in parallel|online at|gleichzeitig*|parallel|en meme"
    " temps",
    "a la vez|al mismo tiempo|at any time|at any given time|at any one time|at any moment|at any given moment|at any"
    " point",
    "logged in at|at peak|at the peak|auf einmal|a la fois|en paralelo|parallelement|同時|同时|并发|一斉",
)
_DAILY = cues(
    "dau|daus|daily|per day|a day|/day|taglich|pro tag|par jour|al dia|diari*|journali*|日活|每天|每日|毎日|1日",
)
_MONTHLY = cues(
    "mau|maus|monthly|per month|a month|/month|monatlich|pro monat|par mois|al mes|mensua*|mensuel*|月活|每月|月間",
)
_USES = cues(
    "use|uses|using|used by|used|access*|serve|serves|serving|for|rely*|relies|reach*|available to|open"
    " to|nutzen|nutzt",
    "nutzung|verwende*|fur|utilise|utilisent|utiliser|utilisera|utiliseront|utilisee|utilises|utilisant|pour|usa|usan",
    "usara|usaran|utiliza*|para|roll out to|rolled out to|rolling out"
    " to|audience|onboard*|actively|active|aktiv*|actif",
    "actifs|activo|activos|使用|使う|使い|利用|向け|用いる|供|为|給|给|アクティブ|活跃",
)


def _told(text: Text, count: Count) -> Count:
    """Return a count with what the words around it say."""
    start, end = _surroundings(text, count)
    around = text.folded[start:end]
    return replace(
        count,
        moment=moment(text, count.number),
        at_once=count.at_once or _AT_ONCE.within(around),
        daily=_DAILY.within(text.folded[max(start, count.start - 12) : min(end, count.end + 14)]),
        monthly=_MONTHLY.within(text.folded[max(start, count.start - 14) : min(end, count.end + 14)]),
        uses=count.kind != "bare" and _USES.within(around),
        corrects=corrects(text, count.number),
        denied=denied(text, count.number),
    )


def _surroundings(text: Text, count: Count) -> Span:
    """Return the clause of a count, cut at the numbers beside it, and 60 characters either side at most."""
    start, end = text.clause(count.number.start)
    before = previous(text, count.number)
    start = max(start, count.start - 60, before.end if before else 0)
    after = following(text, count.number)
    last = min(end, count.end + 60, after.start if after else end)
    return min(start, count.start), max(last, count.end)
