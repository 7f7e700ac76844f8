"""What a report says, each value with its path in the file, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

Value = str | int | float

LONGEST = 60
"""One line of a terminal has room for a value of so many characters and its path."""

WIDEST_BITS = 256
"""Python writes no integer of many thousands of digits in tens; hexadecimal it writes any."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and where it was said: a path in the report, or the option or sidecar that gave it."""

    value: Value
    path: str

    @property
    def number(self) -> float:
        """The value of what was read as a number."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a report cannot be used with. An empty path means the file as a whole."""

    path: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One load point of a report as it stands there: facts by name, times in ms, rates per second of all replicas.

    Facts are named like the columns of the benchmark table; `model_name` and `accelerator_name` are as the report
    spells them. A point with faults is no evidence. `notes` say what was read otherwise than it looks.
    """

    path: str
    facts: Mapping[str, Said]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    def number(self, name: str) -> float | None:
        """Return a fact that is a number, or None where the report does not have it."""
        said = self.facts.get(name)
        return None if said is None else said.number


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a parsed report with its path; what is read through it adds to `faults`."""

    value: Any  # an arbitrary document
    path: str = ""
    faults: list[Fault] = field(default_factory=list)

    def apart(self) -> "Node":
        """Return the same value with faults of its own."""
        return replace(self, faults=[])

    def at(self, *steps: str | int) -> "Node":
        """Return what is inside; what is not there has the value None."""
        value, path = self.value, self.path
        for step in steps:
            match value:
                case dict():
                    value = value.get(step)
                case list() if isinstance(step, int) and step < len(value):
                    value = value[step]
                case _:
                    value = None
            path = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}" if path else step
        return Node(value, path, self.faults)

    def first(self, *names: str) -> "Node":
        """Return the first of these keys that is there; a fault about none of them names the first."""
        found = (self.at(name) for name in names)
        return next((node for node in found if node.value is not None), self.at(names[0]))

    def each(self) -> Iterator["Node"]:
        """Yield the items of a list, each with faults of its own; anything else is a fault."""
        if not isinstance(self.value, list):
            self.refuse(f"{shown(self.value)} is not a list")
            return
        for index in range(len(self.value)):
            yield self.at(index).apart()

    def refuse(self, message: str, hint: str = "") -> None:
        """Add a fault about this value."""
        self.faults.append(Fault(self.path, message, hint))

    def text(self) -> Said | None:
        """Return a text that is not empty, or None where there is none."""
        match self.value:
            case None:
                return None
            case str() as text if text.strip():
                return Said(text.strip(), self.path)
            case int() | float() as number if not isinstance(number, bool):
                return Said(str(number), self.path)
            case _:
                self.refuse(f"{shown(self.value)} is not a name")
                return None

    def number(self, *, scale: float = 1.0, positive: bool = False) -> Said | None:
        """Return a finite number not below zero (with `positive`: above), times `scale`, or None where there is none.

        Texts that are numbers count: CSV has no others, and YAML 1.1 reads 1e-05 as one.
        """
        if self.value is None or self.value == "":
            return None
        number = as_number(self.value)
        if number is None:
            self.refuse(f"{shown(self.value)} is not a number")
        elif not isfinite(number):
            self.refuse(f"{number} is not a finite number", "the run measured nothing there; leave it out")
        elif number < 0:
            self.refuse(f"{number:g} is negative")
        elif positive and number == 0:
            self.refuse("0 is not above zero")
        else:
            return Said(number * scale, self.path)
        return None

    def needed(self, *, scale: float = 1.0) -> Said | None:
        """Return a number above zero; a missing one is a fault too."""
        if self.value is None or self.value == "":
            self.refuse("is missing")
            return None
        return self.number(scale=scale, positive=True)

    def count(self) -> Said | None:
        """Return a whole number above zero, or None where there is none."""
        said = self.number(positive=True)
        if said is not None and said.number != int(said.number):
            self.refuse(f"{said.value:g} is not a whole number")
            return None
        return None if said is None else Said(int(said.number), said.path)


def as_number(value: object) -> float | None:
    """Return a number, or a text that is one, as float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):  # a union would be built each time
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def known(**facts: Said | None) -> dict[str, Said]:
    """Return the facts that are there."""
    return {name: said for name, said in facts.items() if said is not None}


def shown(value: object) -> str:
    """Return a value as a message shows it, cut short. Of lists and mappings only the kind: they may be of any size."""
    match value:
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case str():
            text = f'"{value[:LONGEST]}"'
        case int():
            text = f"{value:#x}" if value.bit_length() > WIDEST_BITS else f"{value}"
        case _:
            text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
