"""What a later number does to an earlier one: "5000 users, no, 500", "500, not 5000"."""

import bisect
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from neuralnav.draft.rules.cues import cues, wide
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

_CUE = cues(
    "nope|hang on|hold on|sorry|i meant|i mean|meant to say|make that|make it|scratch that|strike"
    " that|correction|corrected",
    "or better|better yet|better still|better make|or rather|better:|edit:|edit :|update:|updated:|oops|whoops"
    "|my mistake|my bad|typo|should be|should read|should"
    " say",
    "should have been|actually|let me correct|let me rephrase|on second thought|in fact|rather:|change that to|really"
    " only",
    "more like|closer to|plutot de|eher|let's say|let us say|call it|sagen wir|disons|digamos",
    "never mind|nevermind|forget that|no wait|no sorry|no make|no actually|no it's|no rather|no only|no, wait|no,"
    " sorry",
    "no, make|no, actually|no, it's|no, rather|no, only|wait,|wait.|wait -|wait:|wait!|wait no|wait it|wait actually",
    "wait that|wait sorry|wait i",
    "nein|quatsch|ich meine|ich mein|besser gesagt|vielmehr|korrektur|moment,|moment mal|halt,|stimmt"
    " nicht|falsch|doch nur",
    "verzeihung|entschuldigung|genauer gesagt|tippfehler|eigentlich|tatsachlich|ach was|ne,|nee",
    "plutot|je veux dire|pardon|en fait|en realite|enfin,|je voulais dire|rectification|desole|excusez|erreur,",
    "perdon|mejor dicho|quiero decir|queria decir|digo|en realidad|correccion|mas bien|disculp*|me equivoque|rectifico",
    "いや|やっぱり|やはり|訂正|間違え|間違い|失礼|すみません|ではなく|じゃなくて|じゃなく|もとい|正しくは|実際は",
    "不对|应该是|更正|说错|搞错|写错|哦不|不，|不,|其实|改成|改为|而是|抱歉|准确说|准确地说|纠正",
)
_MADE = Pattern(
    r"\b(?:cut|reduced?|lower(?:ed)?|trim(?:med)?|cap(?:ped)?|brought|brings?|revised?|chang(?:ed?|ing)|correct(?:ed)?"
    r"|dropped|slash(?:ed)?|shr[aiu]nk|bump(?:ed)?|raised?|upp?ed|whittled|downsized|scaled|rounded|narrowed"
    r"|knocked|set"
    r"|limited|restricted|went|got|gekurzt|reduziert|gesenkt|erhoht|begrenzt|ramene|reduit|limite|reducido|rebajado)"
    r"(?: (?:it|that|this|them|us|the \w+|those))?(?: (?:back|down|up|way))* (?:to|at|auf|a)"
    r"(?: (?:just|only|about|around|nur|roughly))? ?$"
    r"|\b(?:only|just) (?:approved|signed off|agreed|allowed|granted|funded|licen[sc]ed|paid|pays?|got|confirmed)"
    r"(?: (?:for|on|us))*(?: only)? ?$"
    r"|\b(?:approved|signed off on|agreed to|allowed|granted|confirmed|settled (?:on|for)|ended up (?:with|at|being)"
    r"|turned out (?:to be|as|that it's|it's)|now (?:it's|it is|we are|we're|only|just|they are|there are)|it's now"
    r"|it is now)(?: (?:just|only|about|around))? ?$"
)
"""What changes a number into the one behind it: "legal cut it to 400"."""
_MADE_OF = (" to ", " at ", " auf ", " a ", "only", "just", "approved", "signed", "agreed", "allowed", "granted",
            "confirmed", "settled", "turned", "ended", "now")  # fmt: skip
_NO = Pattern(r"(?:^|\W)non? ?[,.;:!-]+ ?(?!problem|worries)")
_DENIED_BEFORE = Pattern(
    r"(?:\bnone of|\bneither|\bexcluding|\bexcept(?: for)?|\bapart from|\baside from|\bnot counting|\bno longer"
    r"|\bnot|\binstead of|\brather than|\bnicht|\bstatt|\banstatt|\bpas|\bau lieu de|\bplutot que|\ben vez de"
    r"|\ben lugar de|\bno(?= [0-9])|\bno son|不是|而不是|并非|并不是)(?: for| the| about| fur| die| de| los)? ?$"
)
_DENIED_AFTER = Pattern(r"[^\s、。,.，0-9]{0,6}(?:ではなく|じゃなく|でなく|ではない|じゃない)")
_BUT = Pattern(r"(?:\bbut|\bsondern|\bmais|\bsino|而是|ではなくて?|じゃなくて?)[^0-9]{0,12}$")
_REACH = 70


def corrects(text: Text, number: Number) -> bool:
    """Tell whether words before a number say that it takes the place of an earlier one.

    They stand between the number before it and this one, 70 characters at most.
    """
    before = previous(text, number)
    if before is None:
        return False
    start = max(before.end, number.start - _REACH)
    between = text.folded[start : number.start]
    return (
        _CUE.within(between)
        or _NO.search(between) is not None
        or (any(word in between for word in _MADE_OF) and _MADE.search(between) is not None)
        or (denied(text, before) and _BUT.search(between) is not None)
    )


def turn(text: Text, start: int, end: int) -> Span | None:
    """Return the first words between two positions that take back what stands before them: "no, wait", "actually"."""
    between = text.folded[start:end]
    found = _NO.search(between)
    first, last = found.span() if found is not None else next(_CUE.spans(between), (0, 0))
    return (start + first, start + last) if last else None


def denied(text: Text, number: Number) -> bool:
    """Tell whether a number is itself denied: "not 5000", "statt 5000", "5000ではなく"."""
    folded = text.folded
    if _DENIED_BEFORE.search(folded, max(0, number.start - 24), number.start):
        words = folded[max(0, number.start - 24) : number.start]
        return not words.endswith(("if not ", "why not ", "whether or not "))
    return wide(text) and _DENIED_AFTER.match(folded, number.end) is not None


def previous(text: Text, number: Number) -> Number | None:
    """Return the number before another."""
    at = bisect.bisect_left(numbers(text), number.start, key=_start)
    return numbers(text)[at - 1] if at else None


def following(text: Text, number: Number) -> Number | None:
    """Return the number after another."""
    at = bisect.bisect_right(numbers(text), number.start, key=_start)
    return numbers(text)[at] if at < len(numbers(text)) else None


def _start(number: Number) -> int:
    return number.start


class Told(Protocol):
    """Something that was said, and may have been taken back."""

    @property
    def corrects(self) -> bool:
        """Whether it takes the place of what was said before."""

    @property
    def denied(self) -> bool:
        """Whether it is said not to be."""


_Told = TypeVar("_Told", bound=Told)


def standing(found: Iterable[_Told], same: Callable[[_Told, _Told], bool]) -> list[_Told]:
    """Return what still holds, in order: not denied, and no later one of the same kind corrects it."""
    live: list[_Told] = []
    for item in found:
        if item.denied:
            continue
        if item.corrects:
            live = [earlier for earlier in live if not same(earlier, item)]
        live.append(item)
    return live
