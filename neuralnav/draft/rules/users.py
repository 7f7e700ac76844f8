"""How many people use the service: one count chosen among those of the text."""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, replace

from neuralnav.draft.rules.corrections import previous
from neuralnav.draft.rules.cues import Pattern, cues, wide
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.numbers import Number, figure
from neuralnav.draft.rules.people import people
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_words import GROUPS, WIDE_ROLES, WIDE_USERS
from neuralnav.draft.rules.people_words_abroad import POPULATION
from neuralnav.draft.rules.rate import next_word
from neuralnav.draft.rules.rates import rates
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Origin, Question, Unplaced

_MOST = 10_000_000_000
_PARTS_OF_A_SUM = 12
_ASKED = 4
"""How many numbers a question lists."""


@dataclass(frozen=True, slots=True)
class People:
    """The users of a service, and how many of them are active at once where the text counts them."""

    finding: Finding | None = None
    unplaced: tuple[Unplaced, ...] = ()
    questions: tuple[Question, ...] = ()
    at_once: Count | None = None
    share: float = 1.0
    share_why: str = ""
    share_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number of users: what it comes to, from which words, and how strongly they speak for it."""

    value: float
    counts: tuple[Count, ...]
    spans: tuple[Span, ...]
    strength: float
    why: str = ""
    inferred: bool = False


def chosen_users(text: Text) -> People:
    """Return the users, the number that fits best among several; two that fit as well are a question."""
    inside = [rate.span for rate in rates(text) if rate.each]
    counts = [count for count in people(text) if not _lies_in(inside, count.number.start)]
    live = _standing(tuple(end for count in counts for end in _ends(text, count)))
    once = [count for count in live if count.at_once]
    base = [count for count in live if not count.at_once]
    base, unplaced, asked = _of_today(text, base)
    if any(count.kind == "user" for count in once):
        base = [count for count in base if count.kind != "bare"]
    candidates = _candidates(text, base)
    if not candidates:
        return _only_at_once(text, once, unplaced, asked)
    best = max(candidates, key=lambda item: (item.strength, item.value))
    rivals = [item for item in candidates if item.strength > best.strength - 0.75 and item.value != best.value]
    questions = (_contradiction(text, best, rivals),) if rivals else asked
    finding = _finding(text, best, rivals)
    if finding is None:
        return People(None, unplaced, questions)
    part = next((count for count in once if count.value < best.value), None)
    if part is None:
        return People(finding, unplaced, questions)
    why = f"{figure(part.value)} of {figure(best.value)} at the same time"
    return People(finding, unplaced, questions, part, part.value / best.value, why, (*best.spans, part.span))


_GROWS = cues(
    "grow*|scal*|ramp*|expand*|increas*|rising|wachs*|steig*|crec*|passer|croitre|evoluer|増|增|扩",
)


def _ends(text: Text, count: Count) -> tuple[Count, ...]:
    """Return a count that grows from one number to another as two: of today, and of later."""
    number = count.number
    before = text.folded[max(0, number.start - 40) : number.start]
    if number.low == number.value or number.bound or not _GROWS.within(before):
        return (count,)
    today = replace(count, number=replace(number, value=number.low), moment="now")
    return today, replace(count, number=replace(number, low=number.value), moment="later")


def _lies_in(spans: list[Span], position: int) -> bool:
    """Tell whether a position is in one of some spans in order."""
    at = bisect.bisect_right(spans, position, key=lambda span: span[0])
    return at > 0 and position < spans[at - 1][1]


def _standing(counts: tuple[Count, ...]) -> list[Count]:
    """Return the counts that no later one takes the place of and that are not denied."""
    live: list[Count] = []
    for count in counts:
        if count.denied:
            continue
        if count.corrects:
            live = [item for item in live if item.at_once != count.at_once]
        live.append(count)
    return live


def _of_today(text: Text, counts: list[Count]) -> tuple[list[Count], tuple[Unplaced, ...], tuple[Question, ...]]:
    """Return the counts that hold today; those of another time are told, and a larger one is asked about."""
    today = [count for count in counts if count.moment in ("", "now")]
    if not today:
        return [count for count in counts if count.moment != "before"] or counts, (), ()
    told = {"later": "is said of later; the plan is for today's users", "before": "is said of the past"}
    others = [count for count in counts if count.moment in told]
    unplaced = tuple(Unplaced(text.quote(*count.span), told[count.moment]) for count in others)
    later = next((count for count in others if count.moment == "later" and count.value > today[0].value), None)
    if later is None:
        return today, unplaced, ()
    options = (figure(today[0].value), figure(later.value))
    question = Question(
        field="traffic.users",
        text=f"Plan for {options[0]} users now, or for {options[1]} later?",
        why="the number of users sets the number of GPUs",
        options=options,
        quotes=(text.quote(*today[0].span), text.quote(*later.span)),
        rank=3,
    )
    return today, unplaced, (question,)


def _only_at_once(text: Text, once: list[Count], unplaced: tuple[Unplaced, ...], asked: tuple[Question, ...]) -> People:
    """Return users known only as those active at the same time."""
    if not once:
        return People(_alone(text), unplaced, asked)
    count = max(once, key=lambda item: item.value)
    finding = _finding(text, _Candidate(count.value, (count,), (count.span,), 1.0), [])
    why = "the users told are those active at the same time"
    return People(finding, unplaced, asked, count if finding else None, 1.0, why, (count.span,))


_ALONE = (
    "single user", "just me", "only me", "just for me", "only for me", "just for myself", "just myself", "nur ich",
    "nur fur mich", "moi seul", "juste pour moi", "solo yo", "solo para mi", "自分だけ", "自分専用", "只有我",
    "我自己用",
)  # fmt: skip


def _alone(text: Text) -> Finding | None:
    """Return one user where the text says that there is no other."""
    for phrase in _ALONE:
        for start, end in text.find(phrase):
            if not in_hostile(text, start):
                return Finding("traffic.users", 1, "inferred", "rules", (text.quote(start, end),), "one user")
    return None


_STRENGTHS: Mapping[str, float] = {"user": 3.0, "role": 2.5, "group": 1.75, "bare": 1.0}
_ORGANISATION = cues(
    "company|companies|firm|organization|organisation|business|corporation|enterprise|startup|unternehmen|firma|konzern",
    "betrieb|entreprise|societe|groupe|empresa|compania|organizacion|会社|企業|企业|公司|集团",
)
_ANYONE = cues(
    "staff|employee|employees|fte|ftes|headcount|workforce|mitarbeiter*|beschaftigte*|salaries|employes|empleados",
    "trabajadores|社員|従業員|职工|员工|職員",
)
"""Words for all who work somewhere: another count beside them is more often that of the users."""

_BUILDERS = Pattern(r" (?:who |that )?(?:are |is )?(?:build|develop|maintain|operat|run)(?:ing|s)?\b")
_SERVED = Pattern(
    r"\b(?:answer\w*|respond\w*|reply|replies|help\w*|support(?:s|ing)?|handl\w*|for|to|from|betreu\w*|serv\w*)$"
)


def _candidates(text: Text, counts: list[Count]) -> list[_Candidate]:
    """Return what the counts come to: alone, summed, multiplied, or a share of them."""
    found: list[_Candidate] = []
    for count in counts:
        one = _derived(text, count) or _Candidate(
            count.value, (count,), (count.span,), _strength(text, count), count.number.why, count.number.vague
        )
        if found and one.spans[0][0] <= found[-1].spans[0][0]:
            found.pop()
        if found and _adds(text, found[-1], one):
            found[-1] = _sum(found[-1], one)
        else:
            found.append(one)
    return found


def _strength(text: Text, count: Count) -> float:
    """Return how strongly words say that these people use the service."""
    strength = _STRENGTHS[count.kind] + 3 * count.part + count.daily + 0.5 * (count.moment == "now")
    if count.uses:
        strength += 1.0
    before = text.folded[max(0, count.start - 30) : count.start]
    around = text.folded[max(0, count.start - 12) : count.end + 16]
    organisation = _ORGANISATION.within(around)
    counted = text.folded[count.number.end : count.end]
    if _ANYONE.within(counted):
        strength -= 0.4
    if not POPULATION.isdisjoint(counted.split()):
        strength -= 1.5
    if _BUILDERS.match(text.folded, count.end):
        strength -= 1.0
    if organisation or (count.monthly and not count.daily):
        strength -= 1.0
    return strength + 0.5 * (_SERVED.search(before.rstrip()) is not None and count.kind != "bare")


_WIDE_MORE = Pattern(
    r"(?:の)?(?:[と和及、，,]|以及|还有|および|それと)(?!.*(?:うち|其中|のべ|ピーク|同時|同时|最大|最多|高峰|每天|毎日|来年|将来|以后|明年|現在|目前"
    r"|今後|其余|月間|每月|毎月|合計|共|计))[^\s0-9、。，,；;:：]{1,14}"
)
_WIDE_AND = Pattern(rf"(?:[と和及、，]|以及|还有|および)(?:{'|'.join((*WIDE_ROLES, *WIDE_USERS))})")
_AND = Pattern(
    r"\+?,? ?(?:and|plus|&|\+|as well as|und|sowie|et|y|e|と|和|及|以及|、)? ?(?:another|about|around|some|roughly"
    r"|our|the"
    r"|~|etwa|rund|ca\.?|weitere|environ|otros|unos|また|另外|还有)? ?"
)


def _adds(text: Text, first: _Candidate, second: _Candidate) -> bool:
    """Tell whether two counts stand side by side as parts of a whole: "200 doctors and 300 nurses"."""
    left, right = first.counts[-1], second.counts[0]
    if len(first.counts) >= _PARTS_OF_A_SUM:
        return False
    plain = left.kind in ("role", "user") and right.kind in ("role", "user") and not right.part and not right.corrects
    if not plain or first.value / second.value > 50 or second.value / first.value > 50:
        return False
    if left.daily != right.daily or left.monthly != right.monthly:
        return False
    between = text.folded[left.end : right.start]
    if not between.strip() or len(between) > 40:
        return False
    apart = _ELSEWHERE.fullmatch(between) is not None and _IN.match(text.folded, right.end) is not None
    if wide(text) and (_WIDE_AND.fullmatch(between) or _WIDE_MORE.fullmatch(between)):
        return True
    return apart or (len(between) < 24 and _AND.fullmatch(between) is not None)


_ELSEWHERE = Pattern(
    r" (?:in|im|en|au|aux|from|at|a) [^0-9.;]{2,24}?(?:,|,? and|,? plus|,? und|,? et|,? y)(?: another| about)? "
)
_IN = Pattern(r" (?:more )?(?:in|im|en|au|aux|from|at|a) (?!a\b|the (?:next|first|second))[a-z]")


def _sum(first: _Candidate, second: _Candidate) -> _Candidate:
    total = first.value + second.value
    counts = (*first.counts, *second.counts)
    why = f"{' + '.join(figure(count.value) for count in counts)}"
    return _Candidate(
        total, counts, (*first.spans, *second.spans), max(first.strength, second.strength), why, inferred=True
    )


_OF = Pattern(
    r"(?:%| percent| prozent| pour cent| por ciento)? ?(?:of|der|von|des|de|unserer|d'|del|de los|的)?"
    r"(?: (?:our|the|all|these|those|unserer|unseren|den|nos|los|nuestros|their|about|roughly))* ?"
)
_FRACTION = Pattern(
    r"(?P<word>half|(?:a|one) third|two thirds|(?:a|one) quarter|three quarters|(?:a|one) fifth|(?:a|one) tenth"
    r"|die halfte"
    r"|ein drittel|zwei drittel|ein viertel|la moitie|un tiers|un quart|la mitad|un tercio|la cuarta parte)"
    r" (?:of|der|von|de|des|d'|del)? ?(?:(?:our|the|all|these|unserer|nos|los|nuestros|about|roughly) )*$"
)
_PARTS: Mapping[str, float] = {
    "half": 0.5, "third": 1 / 3, "two thirds": 2 / 3, "quarter": 0.25, "three quarters": 0.75, "fifth": 0.2,
    "tenth": 0.1, "die halfte": 0.5, "ein drittel": 1 / 3, "zwei drittel": 2 / 3, "ein viertel": 0.25,
    "la moitie": 0.5, "un tiers": 1 / 3, "un quart": 0.25, "la mitad": 0.5, "un tercio": 1 / 3, "la cuarta parte": 0.25,
}  # fmt: skip


def _derived(text: Text, count: Count) -> _Candidate | None:
    """Return a share of a count ("20% of our 5000 employees") or a multiple of it ("5 teams of 20 people")."""
    strength = _strength(text, count)
    before = _before(text, count.number)
    if count.shared:
        return None
    percent = before is not None and before.kind == "percent" and 0 < before.value < 100
    if before is not None and percent and _OF.fullmatch(text.folded, before.end, count.start):
        value = float(round(count.value * before.value / 100))
        why = f"{figure(before.value)} % of {figure(count.value)}"
        return _Candidate(value, (count,), ((before.start, count.end),), strength + 1.5, why, inferred=True)
    part = _FRACTION.search(text.folded, max(0, count.start - 48), count.start)
    if part is not None:
        word = part["word"].removeprefix("a ").removeprefix("one ")
        value = float(round(count.value * _PARTS[word]))
        why = f"{part['word']} of {figure(count.value)}"
        return _Candidate(value, (count,), ((part.start(), count.end),), strength + 1.5, why, inferred=True)
    return _multiple(text, count, before, strength)


_GROUPED = Pattern(r" ?(?P<words>(?:[a-z]+ ){0,2}?)(?P<noun>[a-z]+) (?P<link>of|with|a|mit|von|de|con|avec) ?"
                      r"(?:about |around |roughly |some |up to |etwa |rund |environ |ca\. ?)?")  # fmt: skip
_PER_GROUP = Pattern(r" ?(?:/|per|in each|in every|pro|je|par|por) ?(?P<group>[a-z]+)")
_EACH = Pattern(r",? ?(?:each|apiece|jeweils|chacun|cada un)")


def _multiple(text: Text, count: Count, before: Number | None, strength: float) -> _Candidate | None:
    if before is None or before.kind != "plain" or not 2 <= before.value <= 100_000:
        return None
    group = _PER_GROUP.match(text.folded, count.end)
    if group is not None and next_word(text.folded, before.end)[:-1] == group["group"][: len(group["group"])]:
        value = before.value * count.value
        why = f"{figure(before.value)} times {figure(count.value)}"
        return _Candidate(value, (count,), ((before.start, group.end()),), strength + 0.5, why, inferred=True)
    found = _GROUPED.fullmatch(text.folded, before.end, count.number.start)
    if found is None or found["noun"] not in GROUPS or found["noun"] in ("user", "users", "customer"):
        return None
    each = _EACH.match(text.folded, count.end)
    if found["link"] in ("with", "mit", "con", "avec") and each is None:
        return None
    value = before.value * count.value
    why = f"{figure(before.value)} times {figure(count.value)}"
    return _Candidate(
        value, (count,), ((before.start, each.end() if each else count.end),), strength + 0.5, why, inferred=True
    )


def _before(text: Text, number: Number) -> Number | None:
    found = previous(text, number)
    return found if found is not None and number.start - found.end < 48 else None


def _finding(text: Text, best: _Candidate, rivals: list[_Candidate]) -> Finding | None:
    value = round(best.value)
    if not 1 <= value <= _MOST:
        return None
    why = best.why
    if rivals:
        why = "the strongest of several numbers, until it is asked"
    elif not why and all(count.moment == "later" for count in best.counts):
        why = "said of later; no number is given for today"
    origin: Origin = "inferred" if best.inferred else "stated"
    quotes = tuple(text.quote(*span) for span in sorted(best.spans))
    return Finding("traffic.users", value, origin, "rules", quotes, why)


def _contradiction(text: Text, best: _Candidate, rivals: list[_Candidate]) -> Question:
    """Return the question between counts that fit as well."""
    firsts = {item.value: item for item in reversed((best, *rivals))}
    several = sorted(sorted(firsts.values(), key=lambda item: -item.strength)[:_ASKED], key=lambda item: item.spans[0])
    values = sorted(item.value for item in several)
    quotes = tuple(text.quote(*span) for item in several for span in item.spans)
    return Question(
        field="traffic.users",
        text=f"How many people use the service: {_listed(values)}?",
        why="the description gives more than one number, and it sets the number of GPUs",
        options=tuple(figure(value) for value in values),
        quotes=quotes,
        rank=0,
    )


def _listed(values: list[float]) -> str:
    """Return numbers as "500 or 5000"."""
    words = [figure(value) for value in values]
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
