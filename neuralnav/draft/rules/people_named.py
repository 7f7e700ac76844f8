"""People named beside a number: "5000 users", "users: 5000", 5000人."""

import re

from neuralnav.draft.rules.corrections import following, previous
from neuralnav.draft.rules.cues import wide
from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_count import Count, Kind
from neuralnav.draft.rules.people_words import (
    DEPARTMENTS,
    DESCRIBING,
    GROUPS,
    LABELS,
    OTHER_THINGS,
    STOPS,
    TURNOUT,
    WIDE_ROLES,
    WIDE_USERS,
    is_people,
    is_user,
)
from neuralnav.draft.rules.rate_words import UNITS
from neuralnav.draft.text import Text


def named(text: Text, number: Number) -> Count | None:
    """Return the people that a number counts by a word of theirs."""
    if text.folded[max(0, number.start - 2) : number.start] == " -":
        return None
    return _noun_after(text, number) or _wide_after(text, number) or _label_before(text, number)


def measures(text: Text, number: Number) -> bool:
    """Tell whether a unit behind a number says that it counts no people, or that they are an effort."""
    if _MEASURE.match(text.folded, number.end):
        return True
    return _EFFORT.search(text.folded, max(0, number.start - 8), number.start) is not None


_EFFORT = Pattern(r"\btak(?:es|ing) $")
_MEASURE = Pattern(
    r" ?-?(?:ms\b|s\b|gb\b|gib\b|tb\b|mb\b|x\b|×|%|b\b|bit\b|rps\b|qps\b|req\b|r/s|/(?! |(?:day|month|week|shift"
    r"|year|night)\b)|tok|fps\b|h\b|km\b|倍|台|枚|块"
    r"|張|张|卡"
    r"|年|月|日|天|時|时|分|秒|週|周|ヶ|か月|カ国|か国|ページ|页|頁|トークン|件|回|次|条|行|字|語|词|円|元|社|店|校"
    r"|部|クエリ|リクエスト|本|文字)"
)
_WORDS = Pattern(r"[ \n-]?(?:([a-z]+(?:'[a-z]+)?(?:-[a-z]+)*)(?:[*:_/]innen)?|(&|/)|(\())")
_MACHINES = words_of("host hosts worker workers driver drivers")
_HARDWARE = Pattern(r"[^.;,]{0,24}\b(?:gpus?|cpus?|h100|h200|a100|l40s?|l4|b200|vram|cores|nodes?|version)\b")
_GENDERED = ("*innen", ":innen", "_innen", "/innen")
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
    other = following(text, number)
    stop = other.start - 1 if other is not None else len(text.folded)
    while seen < 6 and at < stop and (found := _WORDS.match(text.folded, at)) is not None:
        word = found[0].strip(" \n-").removeprefix("d'").removeprefix("l'")
        glued = (
            not seen
            and text.folded[at : at + 1].isalpha()
            and not is_people(word)
            and not word.startswith(("kopf", "ish"))
        )
        if glued or (word == "/" and not seen):
            return None
        if word.endswith(_GENDERED) or word.startswith("kopfig"):
            return Count(number, "role", number.start, found.end())
        at = found.end()
        seen += 1
        noun = word.rpartition("-")[2]
        if _is_plural_people(noun, text.folded, at):
            kind: Kind = "user" if is_user(noun) else "role"
            return Count(number, kind, number.start, at)
        if word == "strong" and seen == 1:
            return Count(number, "group", number.start, at)
        after = _WORDS.match(text.folded, at)
        if (
            after is not None
            and after[1]
            and text.folded[at] == " "
            and is_people(after[1])
            and word not in STOPS | UNITS.keys()
        ):
            continue
        if word not in _LINKS and (word in STOPS or (word in OTHER_THINGS and word not in DESCRIBING) or groups(word)):
            return None
        if word in ("of", "de", "von") and seen > 1:
            return None
    return None


def groups(word: str) -> bool:
    """Tell whether a word means several bodies of people, where one alone may describe people: "12 team leads"."""
    return word in GROUPS and word.endswith("s")


def _is_plural_people(word: str, folded: str, at: int) -> bool:
    """Tell whether a word is the noun counted: "500 support agents", not "500 agent requests", "50 user stories"."""
    if not is_people(word) or (word in _MACHINES and _HARDWARE.match(folded, at)):
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
    r"(?:以上|多|余|来|左右|程度|ほど|くらい|ぐらい|前後|超|規模|位|名|人|个|個|万|の|近い|近く"
    r"|同时|同時|活跃|在线|终端|最终|注册|付费|企业|内部|外部|目标|海外|国内|一线|エンド|登録"
    r"|アクティブ|法人|社内|外国人|[ +])*"
)
_WIDE_COUNTER = Pattern(
    r"(?:以上|多|余|来|左右|程度|ほど|くらい|前後|超|[ +])*"
    r"(?:[名位户]|世帯|个?人(?!あたり|当たり|民|月|日|份|工))"
)
_NOUNS = "|".join(sorted((*WIDE_USERS, *WIDE_ROLES), key=len, reverse=True))
_WIDE_NOUN = Pattern(_NOUNS)
_WIDE_WORD = Pattern(rf"[^\s、。，,.；;！!？?0-9と和及]{{0,8}}?(?:{_NOUNS})")


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
    r"(?P<label>[a-z#.']+(?: [a-z#.']+){0,7})[\"*`]* ?(?:\(.{0,12}\) ?)?(?:[:=~]+|-|is|are|of|ist|sind|est|es|son"
    r"|will be|:|between|from|zwischen|entre|at|around|about|approx\.?|roughly|up to|ca\.?|etwa|bei|von|de"
    r"|d'environ|max\.?)? ?(?:about|between|from"
    r"|around|roughly|ca\.?|circa|etwa|environ|unos|unas|approx\.?|approximately|up to|over|some|~|rund|>|<|max\.?"
    r"|exactly)? ?$"
)
_WIDE_LABEL = Pattern(
    rf"(?:{_NOUNS}|日活|月活|同時接続|同時アクセス|并发|人)(?:数|量|総数|总数|人数|规模|规模|数量|規模|者)?"
    r"(?:跃|活|ユーザー|用户)?(?:は|が|:|で|在|约|約|大约|大概|为|是|有|共|达到|超过|至少|最多|最大|およそ|だいたい|同時"
    r"|同时|总共|一共|=| )*$"
)


def _label_before(text: Text, number: Number) -> Count | None:
    """Return people named before a number: "users: 5000", "ユーザー数は5000"."""
    folded = text.folded
    own_line = (
        folded.startswith("\n", number.end)
        or _KEY.match(folded, number.end) is not None
        or _A_TIME.match(folded, number.end) is not None
    )
    if followed_by_thing(folded, number.end) and not own_line:
        return None
    label = _WIDE_LABEL.search(folded, max(0, number.start - 20), number.start) if wide(text) else None
    if label is not None:
        return Count(number, "user", label.start(), number.end)
    if not _ends_there(folded, number.end):
        return None
    place = _LABEL_OF.search(folded, max(0, number.start - 64), number.start)
    if place is not None and place["noun"].endswith("s") and is_people(place["noun"]):
        return Count(number, "user" if is_user(place["noun"]) else "role", place.start(), number.end)
    spoken = _NUMBER_OF.search(folded, max(0, number.start - 110), number.start)
    if spoken is not None and any(map(is_people, spoken["words"].split())):
        user = any(map(is_user, spoken["words"].split()))
        return Count(number, "user" if user else "role", spoken.start(), number.end)
    found = _LABEL_GAP.search(text.spaced, max(0, number.start - 48), number.start)
    if found is None:
        return None
    words = found["label"].split()
    while words and words[-1] in _FILLING:
        words.pop()
    told = " ".join(words)
    behind = folded[found.start("label") + len(told) : number.start]
    separated = re.search(r"[:=~]|\b(?:is|of|ist|est|es|are|at|bei|be|was|were)\b|-", behind or " ")
    for count in range(min(4, len(words)), 0, -1):
        name = " ".join(words[-count:])
        if _labels(name.removesuffix(" of").removesuffix(" is"), separated) and (
            separated or _alone(text, name, found.start(), number)
        ):
            start = found.start("label") + len(told) - len(name)
            return Count(number, "user" if any(map(is_user, name.split())) else "role", start, number.end)
    return None


_LABEL_OF = Pattern(
    r"\b(?P<noun>[a-z]+) (?:of|at|in|from|on) (?:the |our |this |its )?[a-z]+(?: [a-z]+)? ?[:=] ?(?:about |around "
    r"|~ ?)?$"
)
_FILLING = words_of(
    "will be is are was were of somewhere around about roughly likely probably should would may might could at"
    " expected to"
    " currently now still only just already approximately estimated close sits stands near anywhere between"
)
_NUMBER_OF = Pattern(
    r"\b(?:number|count|volume|nr\.?|amount) of (?P<words>[a-z]+(?: [a-z]+)?)\b(?! (?:requests|questions))"
    r"[^.;:?!0-9\n]{0,60}? (?:is|are|was|exceeds?|exceed|reach(?:es)?|stays?|lies|hits?|be|at|of|to|past|than|around"
    r"|about|under|over|below|beyond|approximately|roughly|nears|approaches|totals?|near|equals|for)"
    r" (?:about |around |roughly |some |over |under |at |up to |at most |approximately |between )?$"
)
_A_TIME = Pattern(
    r" ?(?:/|a|per|pro|par|al|each|every) ?(?:day|month|week|year|shift|night|tag|monat|jour|mois|dia|mes)\b"
)
_COUNT_OF = (
    "number of ", "no. of ", "nr of ", "nr. of ", "# of ", "count of ", "anzahl der ", "anzahl ", "nombre de ",
    "numero de ",
)  # fmt: skip


def _labels(name: str, separated: re.Match[str] | None) -> bool:
    """Tell whether words name a number of people: "users", "number of welders", or with a colon "welders"."""
    if name in LABELS:
        return True
    counted = _COUNTS.fullmatch(name)
    if counted is not None:
        return is_people(counted["noun"] or counted["compound"])
    noun = next((name.removeprefix(start) for start in _COUNT_OF if name.startswith(start)), "")
    if noun:
        return is_people(noun.rpartition(" ")[2])
    if name == "n":
        return separated is not None and separated[0] == "="
    if name in DEPARTMENTS:
        return separated is not None and separated[0] == ":"
    return separated is not None and separated[0] in ":=" and name.endswith(("s", "en")) and is_people(name)


_COUNTS = Pattern(
    r"(?:(?:gesamt)?(?:anzahl|zahl)(?: der| an| unserer| aktiver)?|(?:nombre|nb|nbre) (?:total )?(?:de |d')?"
    r"|(?:numero|cantidad|no?\.?) (?:total )?de) ?(?P<noun>[a-z]+)"
    r"|(?P<compound>[a-z]+?)s?(?:zahl|anzahl)"
)


_KEY = Pattern(r"[^.,;!?\n]{1,24}?[:=]")


def _ends_there(folded: str, end: int) -> bool:
    """Tell whether no noun follows: "users: 900" and not "customers: 3 banks"; the next label may."""
    found = _WORDS.match(folded, end)
    if found is None or not found[1] or folded.startswith("\n", end) or _KEY.match(folded, end):
        return True
    return found[1] in STOPS | _OF_TIME | _AFTER_LABEL or found[1].endswith("ly")


_AFTER_LABEL = words_of(
    "total max maximum peak active concurrent strong initially plus more roughly approx insgesamt gleichzeitig maximal"
    " environ simultanes concurrentes max. expected today"
)
_BEHIND = Pattern(r"\+? ?(?:$|[.,;!?\n)])")


def _alone(text: Text, name: str, start: int, number: Number) -> bool:
    """Tell whether a label needs no sign behind it: "DAU 8k", "users 760,"."""
    if name in TURNOUT:
        return True
    other = previous(text, number)
    return (other is None or other.end < start - 1) and _BEHIND.match(text.folded, number.end) is not None


_OF_TIME = words_of("next last this later now nachstes kommendes dieses letztes l'annee el este today currently then")
_LATER_ON = (("a", "terme"), ("a", "l'avenir"), ("a", "futuro"))
_PER = Pattern(
    r" ?/ ?(?:s|sec|second|min|minute|h|hr|hour|d|day|tag|jour|dia|week|month|mo|year|req\w*|秒|分|時|天|日)\b"
)


def followed_by_thing(folded: str, end: int) -> bool:
    """Tell whether the words behind a number say that it counts another thing."""
    if _PER.match(folded, end):
        return True
    found = _WORDS.match(folded, end)
    second = _WORDS.match(folded, found.end()) if found else None
    words = [match[1] for match in (found, second) if match and match[1]]
    if not words or words[0] in _OF_TIME or tuple(words) in _LATER_ON:
        return False
    if words[0] in ("per", "a", "pro", "par", "por", "each", "al"):
        return True
    return words[0] not in STOPS and any(word in OTHER_THINGS for word in words)
