"""What a template may cost, counted in steps and in characters: the same on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError

STEPS = 100_000
"""What one template may do: each round of a loop costs as many steps as its body has nodes."""

MOST_RANGE = 10_000
LONGEST_VALUE = 1 << 16
"""Characters of a text, or items of a list, that an expression may make."""

MOST_MADE = 1 << 24
"""Characters and items that all expressions of one template may make together."""

LONGEST_OUTPUT = 1 << 20
LONGEST_NUMBER_BITS = 256
LONGEST_TEMPLATE = 1 << 16


@dataclass(slots=True)
class Budget:
    """What is left for the template that runs now. Every method raises `SecurityError` when it is used up."""

    steps: int = STEPS
    made: int = MOST_MADE

    def spend(self, steps: int) -> None:
        """Pay for `steps` steps."""
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError(f"it takes more than {STEPS:,} steps")

    def make(self, size: int) -> None:
        """Pay for a value of `size` characters or items before, or just after, it is made."""
        if size > LONGEST_VALUE:
            raise SecurityError(f"a value of {size:,} is longer than {LONGEST_VALUE:,}")
        self.made -= size
        if self.made < 0:
            raise SecurityError(f"it makes values of more than {MOST_MADE:,} characters in all")

    def weigh(self, value: object) -> None:
        """Pay for looking at every part of a value, however often a part is shared."""
        if type(value) is str:  # most are, and short
            self.spend(1 + len(value) // 64)
            return
        self.spend(1)
        if isinstance(value, str):
            self.spend(len(value) // 64)
        elif isinstance(value, range):
            self.spend(len(value))
        elif isinstance(value, Mapping):
            for key, child in value.items():
                self.weigh(key)
                self.weigh(child)
        elif isinstance(value, list | tuple):
            for child in value:
                self.weigh(child)


def known(*values: object) -> None:
    """Raise Jinja's `UndefinedError`, which names what is missing, for an undefined value."""
    for value in values:
        if isinstance(value, StrictUndefined):
            str(value)
