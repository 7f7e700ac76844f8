"""Frames of words: constructions that say what matters whatever words fill their gaps.

A frame is written in steps: `a|b|c*` is one of some words ("c*" begins so, "*c" ends so, "a_b" is two words), a name in
capitals a set of them, `x?` may be missing, `..` lets up to three words lie between and `..6` six, `$` is the end of a
clause. A frame that begins with `!` counts only where nothing denies it. A gap crosses no comma, no stop and no denial.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from neuralnav.draft.rules.priority_common_frames import COMMON, NAMED
from neuralnav.draft.rules.priority_frame_table import FRAMES
from neuralnav.draft.rules.priority_word_sets import SETS
from neuralnav.draft.text import Span, Text

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?()\n]")
_STOPS = frozenset(".,;:!?()\n")
_GAP = 3
_DENIED_WITHIN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One place of a frame: the words that may stand there, and how many may lie before it."""

    words: frozenset[str]
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    gap: int = 0
    optional: bool = False
    closing: bool = False

    def holds(self, word: str) -> bool:
        """Tell whether a single word may stand here."""
        return (
            word in self.words
            or (bool(self.begins) and word.startswith(self.begins))
            or (bool(self.ends) and word.endswith(self.ends))
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """A construction and what it says; its line is read on when its first step was seen."""

    dimension: str
    level: str
    line: str
    first: Step
    affirmed: bool
    leads: bool
    """Whether it begins with the dimension's own name: what stands in a row before that shares the level."""

    fence: frozenset[str] = frozenset()
    """Words that no gap crosses: what is said of one dimension is not said of the next one."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text and where each stands; `spots` keeps where a step may stand, and where it then ends."""

    words: tuple[str, ...]
    index: Mapping[str, Sequence[int]]
    spots: dict[Step, Mapping[int, tuple[int, ...]]] = field(default_factory=dict)

    def ends(self, step: Step) -> Mapping[int, tuple[int, ...]]:
        """Return where a step ends by where it begins."""
        known = self.spots.get(step)
        if known is None:
            known = self.spots[step] = self._ends(step)
        return known

    def _ends(self, step: Step) -> Mapping[int, tuple[int, ...]]:
        names = step.words & self.index.keys()
        if step.begins or step.ends:
            names |= {word for word in self.index if step.holds(word)}
        found = {at: (at + 1,) for name in names for at in self.index[name]}
        for phrase in step.phrases:
            for at in self.index.get(phrase[0], ()):
                if self.words[at : at + len(phrase)] == phrase:
                    found[at] = (at + len(phrase), *found.get(at, ()))
        if step.closing:
            found |= {at: (at,) for stop in _STOPS for at in self.index.get(stop, ())}
            found[len(self.words)] = (len(self.words),)
        return found


def framed(text: Text) -> Iterator[tuple[Span, Frame]]:
    """Yield where a frame stands, and the frame."""
    places = [found.span() for found in _TOKEN.finditer(text.spaced)]
    index: dict[str, list[int]] = {}
    for at, (start, end) in enumerate(places):
        index.setdefault(text.spaced[start:end], []).append(at)
    words = _Words(tuple(text.spaced[start:end] for start, end in places), index)
    denials = words.ends(_DENIALS).keys()
    walls = denials | words.ends(_BARS).keys() | {at for stop in _STOPS for at in index.get(stop, ())}
    fences: dict[frozenset[str], Set[int]] = {}
    for frame in _frames():
        if not words.ends(frame.first):
            continue
        steps = _steps(frame.line, frame.dimension)
        if not all(step.optional or words.ends(step) for step in steps):
            continue
        if frame.fence not in fences:
            fences[frame.fence] = walls | {at for word in frame.fence & index.keys() for at in index[word]}
        for at in words.ends(frame.first):
            last = _match(words, steps, at, fences[frame.fence])
            if last is not None and not (frame.affirmed and _denied(words.words, at, denials)):
                yield (places[at][0], places[last - 1][1]), frame


def _match(words: _Words, steps: Sequence[Step], at: int, walls: Set[int]) -> int | None:
    """Return where the steps end when they match from a word on, or None."""
    if not steps:
        return at
    step, left = steps[0], steps[1:]
    ends = words.ends(step)
    for start in range(at, at + step.gap + 1):
        if start > at and start - 1 in walls:
            break
        for end in ends.get(start, ()):
            if (last := _match(words, left, end, walls)) is not None:
                return last
    return _match(words, left, at, walls) if step.optional else None


def _denied(words: Sequence[str], at: int, denials: Set[int]) -> bool:
    for back in range(at - 1, max(at - 1 - _DENIED_WITHIN, -1), -1):
        if words[back] in _STOPS:
            return False
        if back in denials:
            return True
    return False


@functools.cache
def _frames() -> tuple[Frame, ...]:
    made = [_frame(line, *told) for told, lines in FRAMES.items() for line in lines.strip().splitlines()]
    fence = frozenset(name for names in NAMED.values() for name in names.split("|") if "_" not in name)
    for level, lines in COMMON.items():
        for line in lines.strip().splitlines():
            made += [_frame(line, dimension, level, fence) for dimension in NAMED]
    return tuple(made)


def _frame(line: str, dimension: str, level: str, fence: frozenset[str] = frozenset()) -> Frame:
    line = line.strip()
    bare = line.removeprefix("!")
    first = bare.split(" ", 1)[0]
    step = _step(NAMED[dimension] if first == "D" else first, 0)
    return Frame(dimension, level, bare, step, bare != line, first == "D", fence)


@functools.cache
def _steps(line: str, dimension: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    gap = 0
    for part in "|".join(piece.strip() for piece in line.split("|")).split():
        if part.startswith(".."):
            gap = int(part[2:] or _GAP)
        else:
            steps.append(_step(NAMED[dimension] if part == "D" else part, gap))
            gap = 0
    return tuple(steps)


@functools.cache
def _step(part: str, gap: int) -> Step:
    words: list[str] = []
    begins: list[str] = []
    ends: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for piece in part.removesuffix("?").split("|"):
        for name in SETS[piece].split("|") if piece in SETS else (piece,):
            if "_" in name:
                phrases.append(tuple(name.split("_")))
            elif name.endswith("*"):
                begins.append(name[:-1])
            elif name.startswith("*"):
                ends.append(name[1:])
            else:
                words.append(name)
    return Step(frozenset(words), tuple(begins), tuple(ends), tuple(phrases), gap, part.endswith("?"), "$" in words)


_DENIALS = _step("NOT", 0)
_BARS = _step("BARS", 0)
"""Words that begin another thought: no gap crosses them."""
