"""Expressions of Prometheus's query language: which series are meant, and how counters are counted without guessing.

`increase()` guesses what happened between a window's edges and the samples next to them, and misses what a new pod had
counted by its first scrape. So counters are counted by difference: the last value less the one at the window's start,
or less nothing for a series that was not there yet. Only where a counter began anew within the window does
`increase()` help, over a range that begins and ends with a sample, where it has nothing to guess.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neuralnav.errors import input_error

LOOKBACK_SECONDS = 300
"""How long Prometheus takes an old sample for the present, unless it was told otherwise."""

_MATCHER = r"""[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_MATCHERS = re.compile(rf"\s*\{{?\s*({_MATCHER}(?:\s*,\s*{_MATCHER})*)\s*,?\s*\}}?\s*")
MOST_SELECTOR = 2000


@dataclass(frozen=True, slots=True)
class Special:
    """A process whose counters cannot be counted by difference.

    `matchers` name it, `first` and `last` are the times of its samples at the edges of what is counted. `born` says
    that it began to count within the window, so that its first sample counts too.
    """

    matchers: str
    first: float
    last: float
    born: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The series of one workload: their matchers, a label that tells processes apart, and the special processes.

    `special_values` are the values of that label that special ones have.
    """

    matchers: str
    label: str = "instance"
    specials: tuple[Special, ...] = ()
    special_values: tuple[str, ...] = ()

    def all(self, name: str) -> str:
        """Return the selector of all series of a name."""
        return f"{name}{{{self.matchers}}}"

    def usual(self, name: str) -> str:
        """Return the selector of those that are counted by difference."""
        if not self.special_values:
            return self.all(name)
        others = "|".join(re.escape(value) for value in self.special_values)
        return f"{name}{{{self.matchers},{self.label}!~{quoted(others)}}}"


def selector_of(text: str) -> str:
    """Return the matchers that a person wrote, without braces. Raises `InputError` for what are none."""
    found = _MATCHERS.fullmatch(text) if len(text) <= MOST_SELECTOR else None
    if found is None or "__name__" in text:
        shown = text if len(text) <= 100 else f"{text[:97]}..."
        hint = """write labels as Prometheus does: --selector 'namespace="llm",pod=~"chat-.*"'"""
        raise input_error("--selector", f"{shown!r} selects no series", hint)
    return found[1]


def quoted(text: str) -> str:
    """Return a text as a string of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def matchers_of(labels: Mapping[str, str]) -> str:
    """Return the matchers of exactly these labels."""
    return ",".join(f"{name}={quoted(value)}" for name, value in sorted(labels.items()))


def span(seconds: float) -> str:
    """Return a duration, in the language's milliseconds."""
    return f"{max(1, round(seconds * 1000))}ms"


def counted(scope: Scope, names: Sequence[str], seconds: float) -> str:
    """Return how far each counter got in the window of so many seconds that ends at the time of the query.

    `names` are names of one thing, the best first: a process that has the first is not counted by the others.
    """
    return _first_of([" or ".join([_difference(scope.usual(name), seconds), *_special(scope, name)]) for name in names])


def counted_roughly(scope: Scope, names: Sequence[str], seconds: float) -> str:
    """Return the same for a short window among many: there, the special ones are guessed at."""
    guess = [f"increase({name}{{{scope.matchers},{one.matchers}}}[{span(seconds)}])" for name in names[:1]
             for one in scope.specials]  # fmt: skip
    return " or ".join([_first_of([_difference(scope.usual(name), seconds) for name in names]), *guess])


def named(name: str, expression: str) -> str:
    """Return an expression whose series carry a name, so that several can be asked for at once."""
    return f'label_replace({expression}, "of", {quoted(name)}, "", "")'


def _difference(selector: str, seconds: float) -> str:
    last = f"last_over_time({selector}[{span(seconds)}])"
    return f"({last} - {selector} offset {span(seconds)}) or {last}"


def _special(scope: Scope, name: str) -> list[str]:
    found = []
    for one in scope.specials:
        selector, at = f"{name}{{{scope.matchers},{one.matchers}}}", f"@ {one.last:.3f}"
        reach = span(one.last - one.first + 0.001)  # since Prometheus 3 a range leaves out what lies at its beginning
        found.append(f"increase({selector}[{reach}] {at})")
        if one.born:
            found.append(named("first", f"{selector} @ {one.first:.3f}"))
    return found


def _first_of(expressions: Sequence[str]) -> str:
    return " or ".join(f"({one})" for one in expressions)
