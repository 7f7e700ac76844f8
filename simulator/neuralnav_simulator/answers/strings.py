"""Strings that patterns and formats ask for, by a seed."""

from collections.abc import Callable
from functools import lru_cache
from string import ascii_letters, ascii_lowercase, digits, printable
from typing import assert_never

from neuralnav_simulator.answers.dice import Dice
from neuralnav_simulator.answers.patterns import At, Choice, Look, Node, Repeat, Row, Sign, parsed
from neuralnav_simulator.answers.work import spend

TRIES = 40
"""Strings that are made of one pattern before it is given up."""

SLACK = 8
"""How many characters more than the fewest a pattern is given if it takes them."""


@lru_cache(maxsize=4096)
def narrowest(node: Node) -> int:
    """Return the fewest characters of a match."""
    match node:
        case Sign():
            return 1
        case At() | Look():
            return 0
        case Row():
            return sum(map(narrowest, node.nodes))
        case Choice():
            return min(map(narrowest, node.nodes))
        case Repeat():
            return node.low * narrowest(node.node)
        case _:
            assert_never(node)


def matching(pattern: str, dice: Dice, *, least: int, most: float, attempt: int) -> str:
    """Return a text that is likely to match a pattern, its length from `least` to `most` where the pattern allows it.

    Who asks tries it: looking ahead is not minded here, nor are places. Raises PatternError.
    """
    node = parsed(pattern)
    low = narrowest(node)
    reach = low + (SLACK if attempt % 4 < 3 else 4 * SLACK)
    target = max(low, least, int(min(most, max(reach, least + SLACK))) if attempt % 2 else least)
    text = _Speller(dice, target - low, eager=attempt % 3 == 0).spelled(node)
    missing = "".join([dice.pick(ascii_lowercase) for _ in range(least - len(text))])
    return missing + text if attempt % 5 == 4 else text + missing


class _Speller:
    """Writes one match, with so many characters above the fewest."""

    __slots__ = ("_dice", "_eager", "_slack")

    def __init__(self, dice: Dice, slack: int, *, eager: bool) -> None:
        self._dice = dice
        self._slack = slack
        self._eager = eager

    def spelled(self, node: Node) -> str:
        spend(4)
        match node:
            case Sign():
                return _sign(node, self._dice)
            case At() | Look():
                return ""
            case Row():
                return "".join([self.spelled(part) for part in node.nodes])
            case Choice():
                spend(4 * len(node.nodes))
                low = narrowest(node)
                fits = [part for part in node.nodes if narrowest(part) - low <= self._slack]
                part = self._dice.pick(fits)
                self._slack -= narrowest(part) - low
                return self.spelled(part)
            case Repeat():
                return "".join([self.spelled(node.node) for _ in range(self._count(node))])
            case _:
                assert_never(node)

    def _count(self, node: Repeat) -> int:
        width = narrowest(node.node)
        room = int(min(node.high - node.low, self._slack // width if width else min(self._slack, 1)))
        more = room if self._eager else self._dice.between(0, room)
        self._slack -= more * width
        return node.low + more


def _sign(sign: Sign, dice: Dice) -> str:
    visible = _visible(sign)
    if visible:
        return dice.pick(visible)
    for _ in range(TRIES):
        low, high = dice.pick(sign.ranges) if sign.ranges and not sign.inverted else (0xA1, 0x2FFF)
        code = dice.between(low, high)
        if not 0xD800 <= code < 0xE000 and sign.fits(chr(code)):
            return chr(code)
    return ""


@lru_cache(maxsize=1024)
def _visible(sign: Sign) -> str:
    """Return the plain characters that a sign allows: letters and digits if any, else what else can be printed."""
    for signs in (ascii_letters + digits, printable[: printable.index(" ") + 1], printable):
        found = "".join(filter(sign.fits, signs))
        if found:
            return found
    return ""


def formatted(name: str, dice: Dice, words: Callable[[int], str], *, least: int = 0) -> str | None:
    """Return a text of a format of JSON Schema, None for one that is not known; `words(1)` is a word.

    It is as long as `least` where the format can be.
    """
    form = _FORMATS.get(name)
    if form is None:
        return None
    text = form(dice, words)
    missing = "".join([dice.pick(ascii_lowercase) for _ in range(least - len(text))])
    if name in _GROW_BEFORE:
        return missing + text
    return text + missing if name in _GROW_AFTER else text


Words = Callable[[int], str]


def _date(dice: Dice, _: Words) -> str:
    return f"{dice.between(1990, 2035)}-{dice.between(1, 12):02}-{dice.between(1, 28):02}"


def _time(dice: Dice, _: Words) -> str:
    return f"{dice.below(24):02}:{dice.below(60):02}:{dice.below(60):02}Z"


def _uuid(dice: Dice, _: Words) -> str:
    signs = "".join([dice.pick("0123456789abcdef") for _ in range(30)])
    return f"{signs[:8]}-{signs[8:12]}-4{signs[12:15]}-{dice.pick('89ab')}{signs[15:18]}-{signs[18:30]}"


def _host(dice: Dice, words: Words) -> str:
    return dice.pick((f"{words(1)}.example.com", f"{words(1)}.example.org", f"{words(1)}.test", "a.test"))


def _email(dice: Dice, words: Words) -> str:
    return f"{words(1)}@{_host(dice, words)}"


def _path(_: Dice, words: Words) -> str:
    return f"/{words(1)}/{words(1)}"


def _uri(dice: Dice, words: Words) -> str:
    return f"https://{_host(dice, words)}{_path(dice, words)}"


def _ipv4(dice: Dice, _: Words) -> str:
    return ".".join([str(dice.between(1, 254)) for _ in range(4)])


def _ipv6(dice: Dice, _: Words) -> str:
    return ":".join([f"{dice.between(1, 65535):x}" for _ in range(8)])


_FORMATS: dict[str, Callable[[Dice, Words], str]] = {
    "date": _date,
    "date-time": lambda dice, words: f"{_date(dice, words)}T{_time(dice, words)}",
    "time": _time,
    "duration": lambda dice, _: f"P{dice.between(1, 28)}DT{dice.between(1, 23)}H",
    "email": _email,
    "idn-email": _email,
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "uuid": _uuid,
    "uri": _uri,
    "iri": _uri,
    "uri-reference": _uri,
    "iri-reference": _uri,
    "json-pointer": _path,
    "regex": lambda _, words: f"^{words(1)}$",
    "color": lambda dice, _: f"#{dice.below(2**24):06x}",
}

_GROW_BEFORE = frozenset({"email", "idn-email", "hostname", "idn-hostname"})
_GROW_AFTER = frozenset({"uri", "iri", "uri-reference", "iri-reference", "json-pointer"})
