"""What can be wrong with an expression, or go wrong in one, as data: the kind, the place in its text, and the fix."""

import re
from dataclasses import dataclass
from typing import Literal

from neuralnav.errors import Diagnostic, Where

_LINE_END = re.compile(r"\r\n|\r|\n")

FaultKind = Literal[
    "syntax",
    "limit",
    "type",
    "undeclared",
    "no_such_field",
    "no_such_key",
    "no_such_overload",
    "division_by_zero",
    "overflow",
    "index",
    "conversion",
    "invalid_argument",
]
"""`syntax`, `limit`, `type` and `undeclared` are found before anything runs; the others happen to one row.

`no_such_field` is absence: data that nobody has. `conversion` is a text or number that has no value of the type asked
for, `overflow` one that has none in 64 bits.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an expression's text: characters from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem: what kind, where in the expression's text, what is wrong, and how to mend it (may be empty)."""

    kind: FaultKind
    span: Span
    message: str
    hint: str = ""


class ExpressionError(Exception):
    """An expression that cannot be used: every problem that was found, in the order of the text."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))

    def __reduce__(self) -> tuple[type["ExpressionError"], tuple[tuple[Fault, ...]]]:
        """Cross a process boundary with the faults whole."""
        return type(self), (self.faults,)


class EvaluationError(Exception):
    """What an expression does in place of having a value, for one row: CEL's error, absorbed by `&&` and `||`."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)

    @property
    def kind(self) -> FaultKind:
        """The class of the error."""
        return self.fault.kind

    def __reduce__(self) -> tuple[type["EvaluationError"], tuple[Fault]]:
        """Cross a process boundary with the fault whole."""
        return type(self), (self.fault,)


def diagnose(name: str, text: str, fault: Fault) -> Diagnostic:
    """Return a fault of an expression that stands alone, as a place in the lines of its text under the name given."""
    line, column = line_and_column(text, fault.span.start)
    quote = _LINE_END.split(text)[line - 1]
    room = max(1, len(quote) - column + 1)
    width = max(1, min(fault.span.end - fault.span.start, room))
    return Diagnostic(Where(name, line, column, quote, width), fault.message, fault.hint)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column of a character of a text, both from 1."""
    ends = [found.end() for found in _LINE_END.finditer(text, 0, offset)]
    return len(ends) + 1, offset - (ends[-1] if ends else 0) + 1
