"""The operands of a type error as its sentences are made from them, and the words that those share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from neuralnav.policy.signatures import NUMBERS
from neuralnav.policy.tree import Constant, Expression
from neuralnav.policy.types import BOOL, Field, Type, type_text

LONGEST_QUOTE: Final = 60
NOTHING_IS_NULL: Final = "nothing here is null; missing data is absent: use has()"

Advice = tuple[str, str]
"""What is wrong, and how to mend it (may be empty)."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A part of an expression: its node, its type, its own text, and the field when it reads one of an object."""

    node: Expression
    type: Type
    text: str
    field: Field | None = None

    @property
    def constant(self) -> bool:
        """Whether it is a value written out."""
        return isinstance(self.node, Constant)

    @property
    def quote(self) -> str:
        """Its text on one line, or `...` when that is too long for a hint."""
        return short(self.text)

    def part(self, node: Expression) -> str:
        """Return the text of a node below this one, as short as `quote`."""
        start = self.node.span.start
        return short(self.text[node.span.start - start : node.span.end - start])


def short(text: str) -> str:
    """Return a text that fits a hint, or `...`."""
    return text if len(text) <= LONGEST_QUOTE and "\n" not in text else "..."


def is_scalar(kind: Type) -> bool:
    """Tell whether `string()` makes a readable text of it."""
    return kind in (*NUMBERS, BOOL)


def either(kinds: Iterable[Type]) -> str:
    """Return types as a choice: `int, double or list`, without what a list or map holds where that is anything."""
    return choice([type_text(kind).partition("<T>")[0].partition("<K, V>")[0].removesuffix("<dyn>") for kind in kinds])


def choice(words: Sequence[str]) -> str:
    """Return words as a choice: `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def as_double(operand: Operand) -> str:
    """Return a whole number that is written out as a double."""
    whole = operand.node.value if isinstance(operand.node, Constant) else None
    return f"{whole}.0" if isinstance(whole, int) else operand.quote
