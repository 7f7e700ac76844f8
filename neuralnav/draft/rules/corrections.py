"""What a later number does to an earlier one: "5000 users, no, 500", "500, not 5000"."""

import bisect
import re

from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.text import Span, Text

_CUE = re.compile(
    r"(?:^|[\W\s])(?:no ?[,.;:!-]+ ?(?!problem|worries)|nope\b|no,? (?:wait|sorry|make|actually|it's|rather|only)\b"
    r"|(?:oh |hm+ |ah |er |uh )?wait\b(?= ?[,.:;!-]| no| it| actually| that| sorry|$| i )|hang on\b|hold on\b|sorry\b"
    r"|i meant?\b|i mean\b|meant to say|make (?:that|it)\b|scratch that|strike that|correction\b|corrected\b|or rather"
    r"|better:|edit ?:|update ?:|updated?:|oops|my (?:mistake|bad)|typo|should (?:be|read|say|have been)|actually\b"
    r"|let me (?:correct|rephrase)|on second thought|in fact\b|rather:|change that to|it's really|really only|whoops"
    r"|never ?mind|forget that"
    r"|nein\b|quatsch|ich meine?\b|besser gesagt|vielmehr|korrektur|sorry|moment\b|halt,|stimmt nicht|falsch|doch nur"
    r"|verzeihung|entschuldigung|genauer gesagt|tippfehler|eigentlich|tatsachlich|ach was|ne,|nee\b"
    r"|non ?[,.;:!-]+|plutot\b|je veux dire|pardon\b|en fait\b|en realite|enfin,|ou plutot|je voulais dire"
    r"|rectification"
    r"|desole|excusez|erreur,"
    r"|perdon\b|mejor dicho|quiero decir|queria decir|digo\b|en realidad|correccion|mas bien|disculp\w*|me equivoque"
    r"|rectifico)"
    r"|いや|やっぱり|やはり|訂正|間違え|間違い|失礼|すみません|ではなく|じゃなくて|じゃなく|もとい|正しくは|実際は"
    r"|不对|应该是|更正|说错|搞错|写错|哦不|不，|不,|其实是|其实|改成|改为|而是|抱歉|准确地?说|纠正"
)
_DENIED_BEFORE = re.compile(
    r"(?:\bnot|\binstead of|\brather than|\bnicht|\bstatt|\banstatt|\bpas|\bau lieu de|\bplutot que|\ben vez de"
    r"|\ben lugar de|\bno(?= [0-9])|\bno son|不是|而不是|并非|并不是)(?: for| the| about| fur| die| de| los)? ?$"
)
_DENIED_AFTER = re.compile(r"[^\s、。,.，0-9]{0,6}(?:ではなく|じゃなく|でなく|ではない|じゃない)")
_BUT = re.compile(r"(?:\bbut|\bsondern|\bmais|\bsino|而是|ではなくて?|じゃなくて?)[^0-9]{0,12}$")
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
    return _CUE.search(between) is not None or (denied(text, before) and _BUT.search(between) is not None)


def turn(text: Text, start: int, end: int) -> Span | None:
    """Return the first words between two positions that take back what stands before them: "no, wait", "actually"."""
    found = _CUE.search(text.folded, start, end)
    return None if found is None else found.span()


def denied(text: Text, number: Number) -> bool:
    """Tell whether a number is itself denied: "not 5000", "statt 5000", "5000ではなく"."""
    folded = text.folded
    if _DENIED_BEFORE.search(folded, max(0, number.start - 24), number.start):
        words = folded[max(0, number.start - 24) : number.start]
        return not words.endswith(("if not ", "why not ", "whether or not "))
    return _DENIED_AFTER.match(folded, number.end) is not None


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
