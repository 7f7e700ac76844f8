"""Regular expressions as trees: read by Python's own parser, matched in time that grows with the text alone.

A client's pattern may take Python's matcher for ever (`(a+)+$`), and nothing could stop it. What is matched here is the
same, character set by character set; what cannot be (back references, lookbehind, flags) is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from re import _constants as of  # type: ignore[attr-defined]  # the parser of `re` has no public name since 3.11
from re import _parser, error  # type: ignore[attr-defined]
from typing import Any, Literal, assert_never

from neuralnav_simulator.answers.work import spend

LONGEST = 2_000
"""Characters of a pattern that is read."""

GROUPS = 100

PARTS = 20_000
"""A pattern that has more of them, its repeats written out, is not matched."""

STEPS = 100_000
"""Nor is one that needs more of these for a text."""

INSIDE_NOTHING = re.search(r"\B", "") is not None
"""Whether no text is inside a word; Python changed its mind in 3.14."""

Place = Literal["begin", "end", "very_end", "boundary", "inside"]
Test = Callable[[str], bool]


class PatternError(Exception):
    """A pattern that is not read here; the message says why."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One character: of some ranges, or one that meets one of some tests; `inverted`, none of these."""

    ranges: tuple[tuple[int, int], ...]
    tests: tuple[Test, ...] = ()
    inverted: bool = False

    def fits(self, sign: str) -> bool:
        """Tell whether a character is one of these."""
        code = ord(sign)
        found = any(low <= code <= high for low, high in self.ranges) or any(test(sign) for test in self.tests)
        return found != self.inverted


@dataclass(frozen=True, slots=True)
class At:
    """A place between characters."""

    place: Place


@dataclass(frozen=True, slots=True)
class Look:
    """What follows, or does not, without being part of the match."""

    node: "Node"
    wanted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same, `low` to `high` times."""

    node: "Node"
    low: int
    high: int | float


Node = Sign | At | Look | Row | Choice | Repeat


@lru_cache(maxsize=512)
def parsed(pattern: str) -> Node:
    """Return the tree of a pattern. Raises PatternError."""
    if len(pattern) > LONGEST:
        raise PatternError(f"it has {len(pattern)} characters: at most {LONGEST} are read")
    if pattern.count("(") > GROUPS:
        raise PatternError(f"it has more than {GROUPS} groups")
    try:
        tree = _parser.parse(pattern)
    except (error, OverflowError) as broken:
        raise PatternError(str(broken)) from broken
    if tree.state.flags & ~of.SRE_FLAG_UNICODE:
        raise PatternError("flags are not followed")
    node = _row(tree)
    if _parts(node) > PARTS:
        raise PatternError(f"it repeats too much: more than {PARTS} parts")
    return node


def _parts(node: Node) -> float:
    """Return how many parts a pattern has, its repeats written out: what it costs to spell it, and to match it."""
    match node:
        case Sign() | At():
            return 1
        case Look():
            return 1 + _parts(node.node)
        case Row() | Choice():
            return 1 + sum(map(_parts, node.nodes))
        case Repeat():
            return 1 + (node.low + 1 if node.high == inf else node.high) * _parts(node.node)
        case _:
            assert_never(node)


def _row(items: Any) -> Node:
    nodes = tuple(_node(kind, value) for kind, value in items)
    return nodes[0] if len(nodes) == 1 else Row(nodes)


def _node(kind: Any, value: Any) -> Node:
    if kind in _READERS:
        return _READERS[kind](value)
    raise PatternError(f"{str(kind).lower()} is not followed")


def _group(value: Any) -> Node:
    _, added, removed, items = value
    if added or removed:
        raise PatternError("flags are not followed")
    return _row(items)


def _look(value: Any, *, wanted: bool) -> Node:
    direction, items = value
    if direction < 0:
        raise PatternError("lookbehind is not followed")
    return Look(_row(items), wanted)


def _repeat(value: Any) -> Node:
    low, high, items = value
    return Repeat(_row(items), low, inf if high == of.MAXREPEAT else high)


def _set(value: Any) -> Node:
    ranges: list[tuple[int, int]] = []
    tests: list[Test] = []
    inverted = False
    for kind, what in value:
        if kind == of.NEGATE:
            inverted = True
        elif kind == of.LITERAL:
            ranges.append((what, what))
        elif kind == of.RANGE:
            ranges.append(what)
        else:
            tests.append(_CATEGORIES[what])
    return Sign(tuple(ranges), tuple(tests), inverted)


def _word(sign: str) -> bool:
    return sign == "_" or sign.isalnum()


_CATEGORIES: dict[Any, Test] = {
    of.CATEGORY_DIGIT: str.isdecimal,
    of.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    of.CATEGORY_SPACE: str.isspace,
    of.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    of.CATEGORY_WORD: _word,
    of.CATEGORY_NOT_WORD: lambda sign: not _word(sign),
}

_PLACES: dict[Any, Place] = {
    of.AT_BEGINNING: "begin",
    of.AT_BEGINNING_STRING: "begin",
    of.AT_END: "end",
    of.AT_END_STRING: "very_end",
    of.AT_BOUNDARY: "boundary",
    of.AT_NON_BOUNDARY: "inside",
}

_READERS: dict[Any, Callable[[Any], Node]] = {
    of.LITERAL: lambda value: Sign(((value, value),)),
    of.NOT_LITERAL: lambda value: Sign(((value, value),), inverted=True),
    of.ANY: lambda _: Sign(((10, 10),), inverted=True),
    of.IN: _set,
    of.AT: lambda value: At(_PLACES[value]),
    of.SUBPATTERN: _group,
    of.BRANCH: lambda value: Choice(tuple(_row(items) for items in value[1])),
    of.MAX_REPEAT: _repeat,
    of.MIN_REPEAT: _repeat,
    of.ASSERT: lambda value: _look(value, wanted=True),
    of.ASSERT_NOT: lambda value: _look(value, wanted=False),
}


def searched(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches somewhere in a text, as `re.search` does. Raises PatternError."""
    return _Run(text).found(_program(pattern), 0, anywhere=True)


@dataclass(frozen=True, slots=True)
class _Take:
    sign: Sign
    then: int


@dataclass(frozen=True, slots=True)
class _Fork:
    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Stand:
    place: Place
    then: int


@dataclass(frozen=True, slots=True)
class _Peek:
    inner: "_Program"
    wanted: bool
    then: int


_State = _Take | _Fork | _Stand | _Peek | None


@dataclass(slots=True)
class _Program:
    """States of a matcher; state 0 is the end, `start` where it begins, `parts` how many parts were built into it."""

    states: list[_State]
    start: int = 0
    parts: int = 0


@lru_cache(maxsize=128)
def _program(pattern: str) -> _Program:
    return _compiled(parsed(pattern))


def _compiled(node: Node, *, parts: int = 0) -> _Program:
    program = _Program([None], parts=parts)
    program.start = _built(node, 0, program)
    return program


def _built(node: Node, then: int, program: _Program) -> int:
    program.parts += 1
    if program.parts > PARTS:
        raise PatternError(f"it repeats too much: more than {PARTS} parts")
    match node:
        case Sign():
            return _added(_Take(node, then), program)
        case At():
            return _added(_Stand(node.place, then), program)
        case Look():
            inner = _compiled(node.node, parts=program.parts)
            program.parts = inner.parts
            return _added(_Peek(inner, node.wanted, then), program)
        case Row():
            for part in reversed(node.nodes):
                then = _built(part, then, program)
            return then
        case Choice():
            return _added(_Fork(tuple([_built(part, then, program) for part in node.nodes])), program)
        case Repeat():
            return _built_repeat(node, then, program)
        case _:
            assert_never(node)


def _built_repeat(node: Repeat, then: int, program: _Program) -> int:
    if node.high == inf:
        loop = _added(None, program)
        program.states[loop] = _Fork((_built(node.node, loop, program), then))
        then = loop
    else:
        end = then
        for _ in range(int(node.high) - node.low):
            then = _added(_Fork((_built(node.node, then, program), end)), program)
    for _ in range(node.low):
        then = _built(node.node, then, program)
    return then


def _added(state: _State, program: _Program) -> int:
    program.states.append(state)
    return len(program.states) - 1


class _Run:
    """One match of a text: all states at once, a character at a time."""

    __slots__ = ("_steps", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def found(self, program: _Program, begin: int, *, anywhere: bool) -> bool:
        entered = [program.start]
        for place in range(begin, len(self._text) + 1):
            takes = self._reached(program, entered, place)
            if takes is None:
                return True
            if place == len(self._text):
                break
            sign = self._text[place]
            entered = [take.then for take in takes if take.sign.fits(sign)]
            if anywhere:
                entered.append(program.start)
            elif not entered:
                break
        return False

    def _reached(self, program: _Program, entered: list[int], place: int) -> list[_Take] | None:
        """Return the states that take a character next, None when the end is reached."""
        takes: list[_Take] = []
        seen: set[int] = set()
        todo = entered
        while todo:
            state = todo.pop()
            if state in seen:
                continue
            seen.add(state)
            match program.states[state]:
                case None:
                    return None
                case _Take() as take:
                    takes.append(take)
                case waypoint:
                    todo.extend(self._onward(waypoint, place))
        self._steps += len(seen)
        spend(2 * len(seen))
        if self._steps > STEPS:
            raise PatternError("it takes too long to match")
        return takes

    def _onward(self, state: _Fork | _Stand | _Peek, place: int) -> tuple[int, ...]:
        """Return where a state leads that takes no character."""
        match state:
            case _Fork(ways):
                return ways
            case _Stand(where, then):
                return (then,) if _stands(where, self._text, place) else ()
            case _Peek(inner, wanted, then):
                return (then,) if self.found(inner, place, anywhere=False) == wanted else ()
            case _:
                assert_never(state)


def _stands(where: Place, text: str, place: int) -> bool:
    match where:
        case "begin":
            return place == 0
        case "end":
            return place == len(text) or (place == len(text) - 1 and text[place] == "\n")
        case "very_end":
            return place == len(text)
        case "boundary" | "inside":
            if not text:
                return where == "inside" and INSIDE_NOTHING
            before = place > 0 and _word(text[place - 1])
            after = place < len(text) and _word(text[place])
            return (before != after) == (where == "boundary")
        case _:
            assert_never(where)
