"""Frames of words: constructions that say what matters whatever words fill their gaps.

A frame is written in steps: `a|b|c*` is one of some words ("c*" begins so, "*c" ends so, "a_b" is two words), a name in
capitals a set of them, `x?` may be missing, `..` lets up to three words lie between and `..6` six, `$` is the end of a
clause. A frame that begins with `!` counts only where nothing denies it. A gap crosses no comma, no stop and no denial.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.priority_common_frames import COMMON, NAMED
from neuralnav.draft.rules.priority_frame_table import FRAMES, SETS
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


def framed(text: Text) -> Iterator[tuple[Span, Frame]]:
    """Yield where a frame stands, and the frame."""
    places = [found.span() for found in _TOKEN.finditer(text.spaced)]
    words = [text.spaced[start:end] for start, end in places]
    index: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        index.setdefault(word, []).append(at)
    starts: dict[Step, list[int]] = {}
    for frame in _frames():
        if frame.first not in starts:
            starts[frame.first] = _starts(frame.first, words, index)
        for at in starts[frame.first]:
            end = _match(frame, _steps(frame.line, frame.dimension), words, at)
            if end is not None and not (frame.affirmed and _denied(words, at)):
                yield (places[at][0], places[end - 1][1]), frame


def _starts(step: Step, words: Sequence[str], index: dict[str, list[int]]) -> list[int]:
    found = [at for word in step.words & index.keys() for at in index[word]]
    for first, *rest in step.phrases:
        found += [at for at in index.get(first, ()) if words[at + 1 : at + 1 + len(rest)] == rest]
    if step.begins or step.ends:
        found += [at for word, many in index.items() if word not in step.words and step.holds(word) for at in many]
    return found


def _match(frame: Frame, steps: Sequence[Step], words: Sequence[str], at: int) -> int | None:
    """Return where the steps that are left end when they match from a word on, or None."""
    if not steps:
        return at
    step, *left = steps
    for start in range(at, at + step.gap + 1):
        passed = words[start - 1] if start > at else ""
        if passed and (passed in _STOPS or passed in frame.fence or _DENIALS.holds(passed)):
            break
        for end in _at(step, words, start):
            if (last := _match(frame, left, words, end)) is not None:
                return last
        if start >= len(words):
            break
    return _match(frame, left, words, at) if step.optional else None


def _at(step: Step, words: Sequence[str], at: int) -> Iterator[int]:
    """Yield where a step ends that begins at a word."""
    if step.closing and (at >= len(words) or words[at] in _STOPS):
        yield at
    for phrase in step.phrases:
        if tuple(words[at : at + len(phrase)]) == phrase:
            yield at + len(phrase)
    if at < len(words) and step.holds(words[at]):
        yield at + 1


def _denied(words: Sequence[str], at: int) -> bool:
    for back in range(at - 1, max(at - 1 - _DENIED_WITHIN, -1), -1):
        if words[back] in _STOPS:
            return False
        if _DENIALS.holds(words[back]):
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
