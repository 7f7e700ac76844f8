"""How many people use the service: one count chosen among those of the text."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from neuralnav.draft.rules.corrections import standing
from neuralnav.draft.rules.cues import cues, wide
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.numbers import figure
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people import people
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_derived import derived, one_each
from neuralnav.draft.rules.people_listed import elsewhere
from neuralnav.draft.rules.people_words import WIDE_ROLES, WIDE_USERS, is_people
from neuralnav.draft.rules.people_words_abroad import POPULATION
from neuralnav.draft.rules.rates import rates
from neuralnav.draft.text import Span, Text, lies_in
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
    several: tuple[float, ...] = ()

    @property
    def parts(self) -> tuple[float, ...]:
        """The numbers that it is the sum of."""
        return self.several or (self.value,)


def chosen_users(text: Text) -> People:
    """Return the users, the number that fits best among several; two that fit as well are a question."""
    inside = [rate.span for rate in rates(text) if rate.each]
    counts = [count for count in people(text) if not lies_in(count.number.start, inside)]
    ends = (end for count in counts for end in _ends(text, count))
    live = standing(ends, lambda one, other: one.at_once == other.at_once)
    once = [count for count in live if count.at_once]
    base = [count for count in live if not count.at_once]
    base, unplaced, asked = _of_today(text, base)
    if any(count.kind == "user" for count in once):
        base = [count for count in base if count.kind != "bare"]
    candidates = _candidates(text, base)
    if not candidates and not once and (each := one_each(text)) is not None:
        quotes = tuple(text.quote(*span) for span in each.spans)
        return People(
            Finding("traffic.users", round(each.value), "inferred", "rules", quotes, each.why), unplaced, asked
        )
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
    "single user", "just me", "only me", "just for me", "only for me", "just for myself", "just myself",
    "solo dev", "indie developer", "indie dev", "lone developer", "only user", "sole user",
    "nur ich",
    "nur fur mich", "moi seul", "juste pour moi", "solo yo", "solo para mi", "自分だけ", "自分専用", "只有我",
    "我自己用", "myself only", "myself alone", "for my own use", "for personal use", "solo developer",
    "one person only",
    "one man show", "one person shop", "one man band", "solo founder", "nobody but me", "no one but me",
)  # fmt: skip
_NEAR = words_of(
    "brother sister wife husband boss friend cofounder co-founder mate flatmate roommate spouse girlfriend"
    " boyfriend son"
    " daughter twin cousin other buddy father mother business-partner"
)
_TOGETHER: Mapping[str, int] = {
    "zu zweit": 2, "zu dritt": 3, "zu viert": 4, "zu funft": 5, "zu sechst": 6, "zu siebt": 7, "zu acht": 8,
    "zu neunt": 9, "zu zehnt": 10,
}  # fmt: skip
_PAIR = Pattern(
    r"\b(?:me|myself),? (?:and|plus|&) my (?P<one>[a-z-]+)\b|\bmy (?P<other>[a-z-]+) and (?:i|me|myself)\b"
    r"|\b(?:the|us) two (?:of us)?(?=$|[.,;!?])"
)


def _alone(text: Text) -> Finding | None:
    """Return one user where the text says that there is no other."""
    for pair in _PAIR.finditer(text.folded):
        who = pair["one"] or pair["other"] or "person"
        if (is_people(who) or who in _NEAR) and not who.endswith("s") and not in_hostile(text, pair.start()):
            return Finding("traffic.users", 2, "inferred", "rules", (text.quote(*pair.span()),), "two users")
    for phrase, number in _TOGETHER.items():
        for start, end in text.find(phrase):
            return Finding("traffic.users", number, "inferred", "rules", (text.quote(start, end),), f"{number} users")
    for phrase in _ALONE:
        for start, end in text.find(phrase):
            if not in_hostile(text, start):
                return Finding("traffic.users", 1, "inferred", "rules", (text.quote(start, end),), "one user")
    return None


_STRENGTHS: Mapping[str, float] = {"user": 3.0, "role": 2.5, "group": 1.75, "bare": 1.0}
_ORGANISATION = cues(
    "company|companies|firm|organization|organisation|business|corporation|enterprise|startup|unternehmen|firma"
    "|konzern",
    "start-up|solicitors' firm|practice|agency|studio|betrieb|entreprise|societe|groupe|empresa|compania"
    "|organizacion|会社|企業|企业|公司|集团",
)
_ANYONE = cues(
    "staff|employee|employees|fte|ftes|headcount|workforce|mitarbeiter*|beschaftigte*|salaries|employes|empleados",
    "trabajadores|社員|従業員|职工|员工|職員",
)
"""Words for all who work somewhere: another count beside them is more often that of the users."""

_YEARLY = Pattern(r" (?:a|per|each|every) year\b| (?:yearly|annually)\b")
_BUILDERS = Pattern(
    r" (?:who |that |will |would |to )?(?:are |is )?(?:build|develop|maintain|operat|run|administ)(?:e|er|ing|s)?\b"
    r"|(?:who |that )?(?: manage| look after| host| monitor| own) (?:it|the (?:service|cluster|system|platform|bot))\b"
)
_KEEPERS = Pattern(r"\b(?:admins?|administrators?|sysadmins?|maintainers?|mlops|devops)\b")
_SERVED = Pattern(
    r"\b(?:answer\w*|respond\w*|reply|replies|help\w*|support(?:s|ing)?|handl\w*|for|to|from|betreu\w*|serv\w*)$"
)


def _candidates(text: Text, counts: list[Count]) -> list[_Candidate]:
    """Return what the counts come to: alone, summed, multiplied, or a share of them."""
    found: list[_Candidate] = []
    for count in counts:
        one = _candidate(text, count)
        if found and one.spans[0][0] <= found[-1].spans[0][0]:
            found.pop()
        if found and _adds(text, found[-1], one):
            found[-1] = _sum(found[-1], one)
        else:
            found.append(one)
    return found


def _candidate(text: Text, count: Count) -> _Candidate:
    """Return what one count comes to, with the numbers beside it."""
    strength = _strength(text, count)
    more = derived(text, count)
    if more is None:
        return _Candidate(count.value, (count,), (count.span,), strength, count.number.why, count.number.vague)
    return _Candidate(more.value, (count,), more.spans, strength + more.bonus, more.why, inferred=True)


_ONLY = Pattern(
    r"\b(?:only|just|nur|seuls?|seulement|solo) (?:the |our |those |these |die |les |los |las )?(?P<noun>[a-z]+)"
    r"(?= (?:will |can |would |should |may |are |get |who |actually |ever )?[a-z]+)"
)


def _alone_told(text: Text, count: Count) -> bool:
    """Tell whether a count is of those who alone use the service: "420 students, 18 teachers; only teachers ask"."""
    noun = text.folded[count.number.end : count.end].rpartition(" ")[2]
    return len(noun) > 1 and noun in _only(text)


@functools.lru_cache(maxsize=4)
def _only(text: Text) -> frozenset[str]:
    """Return the people of whom the text says that only they do something."""
    return frozenset(match["noun"] for match in _ONLY.finditer(text.folded) if is_people(match["noun"]))


def _strength(text: Text, count: Count) -> float:
    """Return how strongly words say that these people use the service."""
    strength = _STRENGTHS[count.kind] + 3 * count.part + count.daily + 0.5 * (count.moment == "now")
    if count.uses:
        strength += 1.0
    if _alone_told(text, count):
        strength += 2.0
    before = text.folded[max(0, count.start - 30) : count.start]
    around = text.folded[max(0, count.start - 12) : count.end + 16]
    organisation = _ORGANISATION.within(around)
    counted = text.folded[count.number.end : count.end]
    if _ANYONE.within(counted):
        strength -= 0.4
    if not POPULATION.isdisjoint(counted.split()):
        strength -= 1.5
    if _BUILDERS.match(text.folded, count.end) or _KEEPERS.search(text.folded[count.start : count.end]):
        strength -= 1.0
    if _YEARLY.match(text.folded, count.end):
        strength -= 1.0
    if organisation or (count.monthly and not count.daily):
        strength -= 1.0
    return strength + 0.5 * (_SERVED.search(before.rstrip()) is not None and count.kind != "bare")


_FAR = 50
"""How many times larger one count may be than the next in a sum."""
_PLUS = Pattern(r"\bplus\b|\+|\bas well as\b|\banother\b|\band the\b|\bzuzuglich\b|\bsowie\b")
_WIDE_MORE = Pattern(
    r"(?:の)?(?:[と和及、，,]|以及|还有|および|それと)(?!.*(?:うち|其中|のべ|ピーク|同時|同时|最大|最多|高峰|每天|毎日|来年|将来|以后|明年|現在|目前"
    r"|今後|其余|月間|每月|毎月|合計|共|计))[^\s0-9、。，,；;:：]{1,14}"
)
_WIDE_AND = Pattern(rf"(?:[と和及、，]|以及|还有|および)(?:{'|'.join((*WIDE_ROLES, *WIDE_USERS))})")
_AND = Pattern(
    r"\+?(?:,|;| ?/)? ?(?:and|plus|&|\+|as well as|und|sowie|et|y|e|と|和|及|以及|、)? ?(?:another|about|around|some"
    r"|roughly"
    r"|their|its|his|her|also|then|all of|all|a further|an additional|just|only|up to|nearly|over|our|the"
    r"|~|etwa|rund|ca\.?|weitere|environ|otros|unos|また|另外|还有)? ?"
)


def _adds(text: Text, first: _Candidate, second: _Candidate) -> bool:
    """Tell whether two counts stand side by side as parts of a whole: "200 doctors and 300 nurses"."""
    left, right = first.counts[-1], second.counts[0]
    if len(first.counts) >= _PARTS_OF_A_SUM:
        return False
    kinds = {left.kind, right.kind}
    joined = kinds == {"group"} or (kinds != {"bare"} and _PLUS.search(text.folded, left.end, right.start) is not None)
    plain = (kinds <= {"role", "user"} or joined) and not right.part and not right.corrects
    last = first.parts[-1]
    if not plain or max(last, second.value) > _FAR * min(last, second.value):
        return False
    if _alone_told(text, left) != _alone_told(text, right):
        return False
    if left.daily != right.daily or left.monthly != right.monthly:
        return False
    end = max((span[1] for span in first.spans if span[1] <= right.start), default=left.end)
    between = text.folded[max(left.end, end) : right.start]
    if not between.strip() or len(between) > 40:
        return False
    apart = elsewhere(text, left.end, right.start, right.end)
    if wide(text) and (_WIDE_AND.fullmatch(between) or _WIDE_MORE.fullmatch(between)):
        return True
    return apart or (len(between) < 24 and _AND.fullmatch(between) is not None) or _both_labelled(text, left, right)


_NEXT_LABEL = Pattern(r"[ .,;\n/|]{1,3}")
_NEXT_PLACE = Pattern(
    r"\)?(?:,|;)? ?(?:and |plus |& )?(?:in |for |at |all of |the |our )*[a-z&]+(?: [a-z]+){0,2}(?:,|:| -| with"
    r"| has| \()?(?: |(?<=\())"
)


def _both_labelled(text: Text, left: Count, right: Count) -> bool:
    """Tell whether two counts are told in one form of two kinds: "lawyers: 85, clerks: 40"."""
    names = [text.folded[count.start : count.number.start] for count in (left, right)]
    nouns = [text.folded[count.number.end : count.end] for count in (left, right)]
    between = text.folded[left.end : right.start]
    if any(_ANYONE.within(name) or _ORGANISATION.within(name) for name in names):
        return False
    if all(names) and not any(noun.strip(")") for noun in nouns) and names[0] != names[1]:
        return _NEXT_LABEL.fullmatch(between) is not None or _AND.fullmatch(between) is not None
    return not any(names) and nouns[0] == nouns[1] and _NEXT_PLACE.fullmatch(between) is not None


def _sum(first: _Candidate, second: _Candidate) -> _Candidate:
    parts = (*first.parts, *second.parts)
    total = sum(parts)
    why = " + ".join(map(figure, parts))
    whole = next((part for part in (parts[0], parts[-1]) if 2 * part == total and len(parts) > _TWO), None)
    if whole is not None:
        total, why = whole, f"as many as its parts: {why}"
    return _Candidate(
        total,
        (*first.counts, *second.counts),
        (*first.spans, *second.spans),
        max(first.strength, second.strength),
        why,
        inferred=True,
        several=parts,
    )


_TWO = 2


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
