"""Values of the language at run time: their types, equality, the keys of maps, and the price of touching them.

A value is None, a bool, an int, a `UInt`, a float, a str, bytes, a `TypeValue`, a list or tuple of values, or a mapping
from keys to values. Numbers of different types compare as CEL does: an integer beside a double becomes the nearest
double, integers beside each other stay exact.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType, NoneType
from typing import Literal, cast

from neuralnav.policy.faults import FaultKind
from neuralnav.policy.tree import UInt

LOWEST_INT = -(2**63)
HIGHEST_INT = 2**63 - 1
HIGHEST_UINT = 2**64 - 1

MOST_STEPS = 1_000_000
"""What one evaluation may spend: a step is a node, an item of a new list or of a comparison, or some characters."""

DEEPEST_VALUE = 100
"""How deep lists and maps may lie in each other where they are compared or written out."""

READ_PER_STEP = 64
"""Characters that a function reads for one step."""

ITEMS_PER_STEP = 4
"""Items that a function reads for one step: each is a value whose type is looked at."""

MADE_PER_STEP = 16
"""Characters that a function makes for one step."""

Kind = Literal["bool", "int", "uint", "double", "string", "bytes", "null_type", "type", "list", "map"]
Value = object
"""Any of the values above. They come from outside the program, so they are told apart when it runs: see `kind_of`."""

NUMBER_KINDS = frozenset[Kind](("int", "uint", "double"))


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: what `type(1)` gives and `int` means."""

    name: Kind


class BoolKey(Enum):
    """A bool as the key of a map. In Python, True is the key 1 too; in CEL it is not."""

    FALSE = False
    TRUE = True


class NoValueError(Exception):
    """An operation without a value: an `EvaluationError` in the making, whose place only the interpreter knows."""

    def __init__(self, kind: FaultKind, message: str, hint: str = "") -> None:
        self.kind = kind
        self.message = message
        self.hint = hint
        super().__init__(message)


class Budget:
    """The steps that are left to one evaluation, so that none runs for ever."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take off some steps. NoValueError of kind limit when there are no more."""
        self.left -= steps
        if self.left < 0:
            raise NoValueError("limit", f"takes more than {MOST_STEPS:,} steps", "loop over fewer items")


_KINDS: Mapping[type, Kind] = MappingProxyType({
    bool: "bool", int: "int", UInt: "uint", float: "double", str: "string", bytes: "bytes", NoneType: "null_type",
    TypeValue: "type", list: "list", tuple: "list", dict: "map",
})  # fmt: skip

TYPE_NAMES: Mapping[str, TypeValue] = MappingProxyType({kind: TypeValue(kind) for kind in set(_KINDS.values())})
"""What the names of types mean where nothing else is bound to them."""

UNSIZED = frozenset((bool, int, UInt, float, NoneType, TypeValue))
"""The classes of values that have no size: they cost nothing to read or make."""


def kind_of(value: Value) -> Kind:
    """Return the type of a value. TypeError for what is none."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    if isinstance(value, Mapping):
        return "map"
    raise TypeError(f"{type(value).__name__} is no type of the policy language")


def equal(left: Value, right: Value, budget: Budget, depth: int = 0) -> bool:
    """Tell whether two values are one: numbers of all types by size, lists and maps item by item, NaN never."""
    budget.spend()
    if type(left) is type(right) and type(left) in UNSIZED:
        return left == right
    kind, other = kind_of(left), kind_of(right)
    if kind in NUMBER_KINDS and other in NUMBER_KINDS:
        return numbers_equal(cast("float", left), cast("float", right))
    if kind != other:
        return False
    if kind in ("list", "map") and depth >= DEEPEST_VALUE:
        raise NoValueError("limit", f"compares values deeper than {DEEPEST_VALUE} levels")
    if kind == "list":
        return _lists_equal(cast("list[Value]", left), cast("list[Value]", right), budget, depth + 1)
    if kind == "map":
        return _maps_equal(cast("Mapping[Hashable, Value]", left), cast("Mapping[Hashable, Value]", right), budget,
                           depth + 1)  # fmt: skip
    budget.spend(price_of_reading(left))
    return left == right


def numbers_equal(left: float, right: float) -> bool:
    """Compare numbers of any types: with a double among them, both as doubles."""
    if isinstance(left, float) or isinstance(right, float):
        return float(left) == float(right)
    return left == right


def _lists_equal(left: list[Value], right: list[Value], budget: Budget, depth: int) -> bool:
    if len(left) != len(right):
        return False
    return all(equal(one, other, budget, depth) for one, other in zip(left, right, strict=True))


def _maps_equal(left: Mapping[Hashable, Value], right: Mapping[Hashable, Value], budget: Budget, depth: int) -> bool:
    if len(left) != len(right):
        return False
    return all(key in right and equal(value, right[key], budget, depth) for key, value in left.items())


def contains(container: Value, wanted: Value, budget: Budget) -> bool:
    """Return `wanted in container`: an item of a list, or a key of a map. NoValueError for anything else."""
    kind = kind_of(container)
    if kind == "list":
        return any(equal(item, wanted, budget) for item in cast("list[Value]", container))
    if kind == "map" and kind_of(wanted) in _LOOK_UP:
        return lookup_key(wanted) in cast("Mapping[Hashable, Value]", container)
    raise NoValueError("no_such_overload", f"no {kind_of(wanted)} in {kind}")


_LOOK_UP = frozenset[Kind](("bool", "int", "uint", "double", "string"))


def lookup_key(value: Value) -> Hashable:
    """Return what a map of this interpreter holds for a key that is read: a double finds the integer of its size."""
    if isinstance(value, bool):
        return BoolKey(value)
    return value


def new_key(value: Value) -> Hashable:
    """Return what a new map holds for a key: bool, int, uint or string. NoValueError for anything else."""
    kind = kind_of(value)
    if kind not in ("bool", "int", "uint", "string"):
        raise NoValueError("no_such_overload", f"the key of a map is bool, int, uint or string; this is {kind}")
    return lookup_key(value)


def key_value(key: Hashable) -> Value:
    """Return the value that a key of a map stands for."""
    return key.value if isinstance(key, BoolKey) else key


def price_of_reading(value: Value) -> int:
    """Return the steps that it costs to go once over the characters or items of a value itself."""
    if isinstance(value, str | bytes):
        return len(value) // READ_PER_STEP
    return len(value) // ITEMS_PER_STEP if isinstance(value, list | tuple) else 0


def price_of_making(value: Value) -> int:
    """Return the steps that a new value costs: they bound the memory that one evaluation can fill."""
    if isinstance(value, str | bytes):
        return len(value) // MADE_PER_STEP
    return len(value) if isinstance(value, list) else 0
