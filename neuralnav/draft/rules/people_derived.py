"""What a count of people comes to with another number beside it: a share of them, or as many in each of several."""

import bisect
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.draft.rules.corrections import following, previous
from neuralnav.draft.rules.cues import cues, wide
from neuralnav.draft.rules.numbers import Number, figure, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_words import GROUPS, STOPS, is_people, is_role
from neuralnav.draft.rules.rate_words import NOT_REQUESTS, UNITS
from neuralnav.draft.text import Span, Text


@dataclass(frozen=True, slots=True)
class Derived:
    """A number of people that follows from a count; `bonus` is how much more than it alone such words tell."""

    value: float
    spans: tuple[Span, ...]
    why: str
    bonus: float


def derived(text: Text, count: Count) -> Derived | None:
    """Return a share of a count ("20% of our 5000 employees") or a multiple of it ("5 teams of 20 people")."""
    if count.shared:
        return None
    return (
        _share_before(text, count)
        or _share_behind(text, count)
        or _multiple(text, count)
        or _with_writer(text, count)
        or _with_another(text, count)
    )


_SMALL = 10
_FEW = 100
"""So many people at most are told with one more."""
_I_AND = Pattern(
    r"\b(?:me|myself|i|ich|moi|yo)(?:,| and| plus| &| with|, plus|, and| und| et| y)+ (?:my |our |the |a |another |some"
    r" |meine |mes |mis )*$"
)
_AND_I = Pattern(r"(?: and|, and| plus| \+| &|, plus| und| et| y) (?:(?P<subject>i|ich|yo)|me|myself|moi)\b")


def _with_writer(text: Text, count: Count) -> Derived | None:
    """Return one more where the writer is told beside a count: "me and two colleagues"."""
    if not 1 <= count.value <= _FEW:
        return None
    before = _I_AND.search(text.folded, max(0, count.start - 24), count.start)
    behind = _AND_I.match(text.folded, count.end)
    if behind is not None and behind["subject"] and count.value > _SMALL:
        behind = None  # "for 50 nurses and I want it cheap" begins another clause
    if before is None and behind is None:
        return None
    span = (before.start() if before else count.start, behind.end() if behind else count.end)
    return Derived(count.value + 1, (span,), f"{figure(count.value)} and the one who writes", 0.25)


_AND_ONE = Pattern(
    r"(?:,| and|, and| plus| \+| &|, plus| und| sowie| et| y) (?:an?|ein|eine|un|une|una)"
    r" (?:[a-z]+ ){0,2}?(?P<one>[a-z]+)(?=$|[.,;)\n!?]| (?!(?:of|for)\b))"
)


def _with_another(text: Text, count: Count) -> Derived | None:
    """Return one more where a single person is told behind a count: "two paralegals and an intern"."""
    found = _AND_ONE.match(text.folded, count.end) if count.value <= _FEW else None
    if found is None or not is_role(found["one"]) or found["one"].endswith("s"):
        return None
    return Derived(count.value + 1, ((count.start, found.end()),), f"{figure(count.value)} and one more", 0.0)


_OF = Pattern(
    r"(?: ?%| percent| prozent| pour cent| por ciento)? ?(?:of|der|von|des|de|unserer|d'|del|de los|的)?"
    r"(?: (?:our|the|all|these|those|unserer|unseren|den|nos|los|nuestros|their|about|roughly))* ?"
)
_WORDS = (
    r"half|(?:a|one) third|two[ -]thirds|(?:a|one) quarter|three[ -]quarters|(?:a|one) fifth|(?:a|one) tenth|die halfte"
    r"|ein drittel|zwei drittel|ein viertel|ein zehntel|la moitie|un tiers|un quart|un dixieme|la mitad|un tercio"
    r"|la cuarta parte|una decima parte|(?P<some>one|two|three|[1-9]) (?:in|out of) (?P<nth>[0-9]+|three|four|five"
    r"|ten|twenty)"
)
_BETWEEN = r"(?: (?:our|the|all|these|unserer|nos|los|nuestros|about|roughly|those))*"
_FRACTION = Pattern(rf"\b(?P<word>{_WORDS})(?: (?:of|der|von|de|des|del)| d')?{_BETWEEN} ?$")
_PARTS: Mapping[str, float] = {
    "half": 0.5, "third": 1 / 3, "two thirds": 2 / 3, "quarter": 0.25, "three quarters": 0.75, "fifth": 0.2,
    "tenth": 0.1, "die halfte": 0.5, "ein drittel": 1 / 3, "zwei drittel": 2 / 3, "ein viertel": 0.25,
    "ein zehntel": 0.1, "la moitie": 0.5, "un tiers": 1 / 3, "un quart": 0.25, "un dixieme": 0.1, "la mitad": 0.5,
    "un tercio": 1 / 3, "la cuarta parte": 0.25, "una decima parte": 0.1,
}  # fmt: skip
_NTH: Mapping[str, float] = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20}


def _part(found: re.Match[str]) -> float:
    """Return what "half", "two-thirds" or "one in four" is as a fraction; a nonsense one as all."""
    word, some, nth = found["word"], found["some"], found["nth"]
    if nth is not None:
        whole = _NTH[nth] if nth in _NTH else float(nth)
        part = _NTH[some] if some in _NTH else float(some)
        return min(1.0, part / max(1.0, whole))
    return _PARTS[word.replace("-", " ").removeprefix("a ").removeprefix("one ")]


def _share_before(text: Text, count: Count) -> Derived | None:
    """Return a share that stands before a count: "60% of 5,000 staff", "one in four of our 8,000 members"."""
    before = _before(text, count.number)
    percent = before is not None and before.kind == "percent" and 0 < before.value < 100
    if before is not None and percent and _OF.fullmatch(text.folded, before.end, count.start):
        value = float(round(count.value * before.value / 100))
        why = f"{figure(before.value)} % of {figure(count.value)}"
        return Derived(value, ((before.start, count.end),), why, 1.5)
    found = _FRACTION.search(text.folded, max(0, count.start - 48), count.start)
    if found is None:
        return None
    value = float(round(count.value * _part(found)))
    return Derived(value, ((found.start(), count.end),), f"{found['word']} of {figure(count.value)}", 1.5)


_ANAPHOR = Pattern(
    rf"\b(?P<word>{_WORDS}|(?P<percent>[0-9]{{1,2}}) ?(?:%|percent|per cent|prozent|pour cent|por ciento))"
    r"(?: of| von| d'| de| der)? ?"
    r"(?P<them>them|these|those|whom|which|us|ihnen|davon|entre eux|ellos|ellas|(?=(?:will|would|actually|really) ))"
)
_AT_ONCE = cues(
    "concurren*|simultan*|at once|at the same time|at a time|in parallel|online|logged in|active|aktiv|gleichzeitig*",
    "zeitgleich|at any*|at peak|actifs|activos|en meme temps|a la vez|al mismo tiempo",
)
_OF_A_PART = cues(
    "use|using|chat|chats|ask|asks|need|needs|try|adopt|sign|write|talk|talks|want|access|get|go|install|log|have"
    "|nutzen"
    "|nutzt|fragen|brauchen|utiliser*|utilisent|usan|usaran|involved|eligible|licensed|served|reached|rely|query",
)


def _share_behind(text: Text, count: Count) -> Derived | None:
    """Return a share that stands behind a count: "a million people, a tenth of them chat with it"."""
    end = min(len(text.folded), count.end + 140)
    found = _ANAPHOR.search(text.folded, count.end, end)
    if found is None or any(count.end < other.start < found.start() for other in _others(text, count)):
        return None
    stop = min(text.clause(found.start())[1], found.end() + 60)
    behind = text.folded[found.end() : stop]
    if _AT_ONCE.within(text.folded[found.start() - 12 : stop]) or not _OF_A_PART.within(behind):
        return None
    part = float(found["percent"]) / 100 if found["percent"] else _part(found)
    if not 0 < part < 1:
        return None
    why = f"{found['word']} of {figure(count.value)}"
    return Derived(float(round(count.value * part)), (count.span, (found.start(), found.end())), why, 1.5)


def _others(text: Text, count: Count) -> Iterator[Number]:
    """Yield the plain numbers behind a count."""
    every = numbers(text)
    first = bisect.bisect_right(every, count.end, key=lambda number: number.start)
    return (number for number in itertools.islice(every, first, first + _LOOKED_AT) if number.kind == "plain")


_LOOKED_AT = 8


_LOOSE = (
    r"(?:about |around |roughly |some |up to |etwa |rund |environ |ca\. ?|approx\.? |on average |an average of |~ ?)*"
)
_GROUPED = Pattern(
    r" ?(?P<words>(?:[a-z&-]+ ){0,3}?)(?P<noun>[a-z]+),? "
    r"(?:that |which )?(?P<link>of|with|a|mit|von|de|con|avec|having|have|has|each with|each having|each has"
    r"|all with|averaging|average|avg\.?|times|x|at|zu|aus) ?"
    r"(?P<each>je |jeweils |each |chacun |chacune )?" + _LOOSE
)
_EACH = Pattern(
    r",? ?(?:each|apiece|jeweils|chacune?|cada un[oa]|in each|at each|on each|in jede[rm])\b(?! (?:day|week|hour|month"
    r"|minute|year|morning|evening|night))"
)
_PER_GROUP = Pattern(
    r",? ?(?:/|per|(?:in|at|on|for) (?:each|every)(?: of (?:the|our|these|those))?|each|every|pro|in jede[rm]|je|par"
    r"|por|dans chaque|en cada|an?) ?(?P<group>[a-z]+)"
)
_EACH_GROUP = Pattern(
    r"\b(?:each|every|per|any|an?|one|jede[rsnm]?|pro|chaque|par|cada|por)(?: (?:of|single|the|our|these|those|them))*"
    r"(?: (?P<group>[a-z]+))??(?: one)?(?: \([^()]{0,30}\))?,?"
    r"(?: (?:has|have|having|with|employs|counts|holds|of|gets|hat|mit|avec|tiene|con|consists of|is|runs|seats|there"
    r" are|there's|we have|made up of|made of|comes with|brings|houses|hosts|a|compte|cuenta con|bei|are|size))+[ :=] ?"
    + _LOOSE
    + "$"
)
_REACH = 160
_FEWEST, _MOST = 2, 100_000


def _multiple(text: Text, count: Count) -> Derived | None:
    """Return as many people in each of several groups, told side by side or in two clauses."""
    return _beside(text, count) or (_apart_wide(text, count) if wide(text) else _apart(text, count))


_EACH_WIDE = Pattern(
    r"(?:各|毎|每个?|每家|每间|每所|每支|1|一)(?:つの|个)?(?P<group>[\u4e00-\u9fff\u30a0-\u30ff]{1,5}?)"
    r"(?:あたり|当たり|につき|には|に|は|有|配备|配|大约|大概|平均|约|約|の|が|、|，| )*$"
)
_EACH_BARE = Pattern(r"(?:各|各々|それぞれ|各自)(?:约|約|に|が)*$")
_SEVERAL_WIDE = Pattern(r"(?:个|家|间|所|支|か所|ヶ所|つの|の)?(?P<group>[\u4e00-\u9fff\u30a0-\u30ff]{1,5})")


def _alike(one: str, other: str) -> bool:
    """Tell whether two names of a group are one: 店舗 and 店舗, 店 and 分店."""
    return one.startswith(other[:2]) or one in other or other in one


def _each_bare(text: Text, count: Count) -> Derived | None:
    """Return 3チーム、各10人."""
    told = _EACH_BARE.search(text.folded, max(0, count.number.start - 6), count.number.start)
    several = previous(text, count.number)
    if told is None or several is None or several.kind != "plain" or not _FEWEST <= several.value <= _MOST:
        return None
    group = _SEVERAL_WIDE.match(text.folded, several.end)
    if group is None or told.start() - several.end > _NEAR:
        return None
    return _times(several, count, ((several.start, count.end),))


_NEAR = 16


def _apart_wide(text: Text, count: Count) -> Derived | None:
    """Return 全国20店舗、各店舗に15人."""
    told = _EACH_WIDE.search(text.folded, max(0, count.number.start - 16), count.number.start)
    if told is None:
        return _each_bare(text, count)
    for number in _near(text, count):
        group = _SEVERAL_WIDE.match(text.folded, number.end)
        if group is not None and _alike(told["group"], group["group"]):
            end = group.start("group") + len(told["group"])
            return _times(number, count, ((told.start(), count.end), (number.start, end)))
    return None


_TAKEN = ("of", "a", "von", "de", "times", "x", "zu", "aus", "avg", "avg.", "average", "averaging")
_EACH_OF = Pattern(
    r"\b(?:each|every one|all|jede[rs]?|chacun|chacune|cada uno|cada una) (?:of|von|de|der|des) ?(?:the |our |these )?$"
)


def _beside(text: Text, count: Count) -> Derived | None:
    """Return "5 teams of 20 people", "14 call centres with 85 agents each"."""
    before = _before(text, count.number)
    if before is None or before.kind != "plain" or not _FEWEST <= before.value <= _MOST:
        return None
    found = _GROUPED.fullmatch(text.folded, before.end, count.number.start)
    if found is None:
        return None
    every = _EACH_OF.search(text.folded, max(0, before.start - 24), before.start)
    if not _holds(found["noun"]) and (every is None or found["noun"] in UNITS):
        return None
    if every is not None:
        return _times(before, count, ((every.start(), count.end),))
    each = _EACH.match(text.folded, count.end) or _per_same(text, count, found["noun"])
    if found["link"] not in _TAKEN and each is None and not found["each"] and "each" not in found["link"]:
        return None
    return _times(before, count, ((before.start, each.end() if each else count.end),))


def _per_same(text: Text, count: Count, noun: str) -> re.Match[str] | None:
    found = _PER_GROUP.match(text.folded, count.end)
    return found if found is not None and _same(found["group"], noun) else None


def _apart(text: Text, count: Count) -> Derived | None:
    """Return "each branch has 6 advisors and we have 220 branches", "24 classes with about 28 kids in each"."""
    start = text.sentence(count.start)[0]
    first = _EACH_GROUP.search(text.folded, max(start, count.start - 60), count.start)
    each = _EACH.match(text.folded, count.end) if first is None else None
    per = _PER_GROUP.match(text.folded, count.end) if first is None and each is None else None
    told = first or each or per
    if told is None:
        return _crossed(text, count)
    group = None if told is each else told["group"]
    if group in ("one", "them"):
        group = None
    if group is not None and (group in STOPS or (group not in GROUPS and (group in UNITS or is_people(group)))):
        return None
    if group is None and told is first and not text.folded.startswith(("each", "every", "jede", "cada"), told.start()):
        return None
    several = _several(text, count, group)
    if several is None and told is first:
        inside = previous(text, count.number)
        if inside is not None and told.start() < inside.start and inside.kind == "plain":
            several = inside, (inside.start, inside.end)
    if several is None:
        return None
    words = (min(told.start(), count.start), max(told.end() if told is not first else 0, count.end))
    return _times(several[0], count, (words, several[1]))


_ONE_EACH = Pattern(
    r"\b(?:each|every|one|per) (?P<group>[a-z]+)(?:'s)? (?P<role>[a-z]+)\b|\bone (?P<who>[a-z]+) (?:per|in each"
    r"|in every"
    r"|at each|at every|for each) (?P<there>[a-z]+)\b"
)


def one_each(text: Text) -> Derived | None:
    """Return one person for each of several groups: "600 stores, and each store manager asks"."""
    for found in itertools.islice(_ONE_EACH.finditer(text.folded), _LOOKED_AT):
        role, group = found["role"] or found["who"], found["group"] or found["there"]
        if not is_role(role) or role.endswith("s") or is_people(group):
            continue
        for number in numbers(text):
            end = _noun_end(text.folded, number.end, group) if number.kind == "plain" else None
            if end is not None and number.value >= _FEWEST:
                spans = tuple(sorted(((number.start, end), found.span())))
                return Derived(number.value, spans, f"one in each of {figure(number.value)}", 0.0)
    return None


_CROSS = Pattern(r" ?(?:x|\*|times) ?(?:the |our )?")


def _crossed(text: Text, count: Count) -> Derived | None:
    """Return "10 developers x 4 squads"."""
    several = following(text, count.number)
    if several is None or not _CROSS.fullmatch(text.folded, count.end, several.start):
        return None
    end = _noun_end(text.folded, several.end, None)
    return None if end is None else _times(several, count, ((count.start, end),))


def _near(text: Text, count: Count) -> list[Number]:
    """Return the numbers near a count that may say how many groups there are."""
    every = numbers(text)
    first = bisect.bisect_left(every, count.start - _REACH, key=lambda number: number.start)
    last = bisect.bisect_right(every, count.start + _REACH, key=lambda number: number.start)
    return [
        number
        for number in every[first:last]
        if number.kind == "plain" and number is not count.number and _FEWEST <= number.value <= _MOST
    ]


def _several(text: Text, count: Count, group: str | None) -> tuple[Number, Span] | None:
    """Return how many groups there are, and where that is said: of a name, or the last that stand before."""
    near = _near(text, count)
    before = [number for number in near if number.start < count.start]
    for number in (*reversed(before), *(number for number in near if number.start > count.start)):
        end = _noun_end(text.folded, number.end, group)
        if end is not None and (group is not None or number.start < count.start):
            return number, (number.start, end)
    return None


_NOUNS = Pattern(r"[ -]([a-z]+)")


def _noun_end(folded: str, at: int, group: str | None) -> int | None:
    """Return where the noun that a number counts ends, where it is the group, or holds people."""
    for _ in range(4):
        found = _NOUNS.match(folded, at)
        if found is None or found[1] in STOPS or found[1] in (NOT_REQUESTS | UNITS.keys()) - GROUPS:
            return None
        at = found.end()
        if _same(found[1], group) if group is not None else _holds(found[1]) and found[1].endswith(("s", "en")):
            return at
    return None


def _same(one: str, other: str) -> bool:
    """Tell whether two words are one noun, each in the singular or the plural."""
    return not _singulars(one).isdisjoint(_singulars(other))


_PLURALS = (("ies", "y"), ("es", ""), ("s", ""), ("en", ""), ("n", ""), ("e", ""), ("aux", "al"))


def _singulars(word: str) -> frozenset[str]:
    """Return a word, and what it may be the plural of."""
    return frozenset((word, *(word.removesuffix(end) + rest for end, rest in _PLURALS if word.endswith(end))))


def _holds(noun: str) -> bool:
    return noun in GROUPS and noun not in ("user", "users", "customer")


def _times(several: Number, count: Count, spans: tuple[Span, ...]) -> Derived:
    why = f"{figure(several.value)} times {figure(count.value)}"
    return Derived(several.value * count.value, tuple(sorted(spans)), why, 1.0)


def _before(text: Text, number: Number) -> Number | None:
    found = previous(text, number)
    return found if found is not None and number.start - found.end < 48 else None
