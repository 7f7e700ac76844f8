"""Plain Python data into values of the language, and back."""

from collections.abc import Hashable, Mapping
from typing import cast

from neuralnav.policy.arithmetic import as_uint
from neuralnav.policy.tokens import SURROGATE
from neuralnav.policy.tree import UInt
from neuralnav.policy.values import (
    DEEPEST_VALUE,
    HIGHEST_INT,
    HIGHEST_UINT,
    LOWEST_INT,
    MOST_STEPS,
    Budget,
    NoValueError,
    TypeValue,
    Value,
    key_value,
    new_key,
)


def from_plain(data: object, budget: Budget, depth: int = 0) -> Value:
    """Return the value of plain data: an int over 64 bits with a sign is a uint where it fits one.

    NoValueError for what has no value: a larger int, a text that is no Unicode, another class of object, a deeper nest.
    """
    budget.spend()
    match data:
        case None | bool():
            return data
        case float():
            return float(data)
        case bytes():
            return bytes(data)
        case UInt():
            return as_uint(data, str(data))
        case int():
            return _integer(data)
        case str():
            return _text(data)
    if depth >= DEEPEST_VALUE:
        raise NoValueError("limit", f"lies deeper than {DEEPEST_VALUE} levels")
    match data:
        case list() | tuple():
            return [from_plain(item, budget, depth + 1) for item in data]
        case Mapping():
            return _map(data, budget, depth + 1)
    raise NoValueError("conversion", f"{type(data).__name__} is no type of the policy language",
                  "give None, bool, int, float, str, bytes, list or dict")  # fmt: skip


def _integer(data: int) -> Value:
    if LOWEST_INT <= data <= HIGHEST_INT:
        return int(data)
    if 0 <= data <= HIGHEST_UINT:
        return UInt(data)
    raise NoValueError("overflow", "an integer of more than 64 bits")


def _text(data: str) -> str:
    if not data.isascii() and SURROGATE.search(data):
        raise NoValueError("conversion", "a text with half a surrogate pair is no Unicode")
    return str.__str__(data)  # of a class of its own, such as a member of an enum, the text itself


def _map(data: Mapping[object, object], budget: Budget, depth: int) -> dict[Hashable, Value]:
    made: dict[Hashable, Value] = {}
    for key, item in data.items():
        found = new_key(from_plain(key, budget, depth))
        made[found] = from_plain(item, budget, depth)
    return made


def to_plain(value: Value) -> object:
    """Return a value as plain data: a uint as an int, a type as its name, a list as a list, a map as a dict.

    NoValueError for one too large or too deep to write out. A map with the keys true and 1 keeps only one of them.
    """
    return _plain(value, Budget(MOST_STEPS), 0)


def _plain(value: Value, budget: Budget, depth: int) -> object:
    budget.spend()
    match value:
        case TypeValue(name):
            return name
        case UInt():
            return int(value)
        case list() | tuple() | Mapping() if depth >= DEEPEST_VALUE:
            raise NoValueError("limit", f"has a value deeper than {DEEPEST_VALUE} levels")
        case list() | tuple():
            return [_plain(item, budget, depth + 1) for item in value]
        case Mapping():
            return {
                _plain(key_value(key), budget, depth): _plain(item, budget, depth + 1)
                for key, item in cast("Mapping[Hashable, Value]", value).items()
            }
    return value
