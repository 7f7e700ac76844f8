"""Every function and operator of the signatures at run time: one implementation each, found by the types of values."""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import assert_never, cast

from neuralnav.policy import arithmetic, conversions, texts
from neuralnav.policy.arithmetic import Operation
from neuralnav.policy.conversions import quoted
from neuralnav.policy.formats import fill, written
from neuralnav.policy.signatures import FUNCTIONS, OPERATORS
from neuralnav.policy.types import ListType, MapType, ObjectType, Parameter, Simple, Type
from neuralnav.policy.values import NUMBER_KINDS, Kind, NoValueError, Value, kind_of, lookup_key

LOGIC = frozenset({"bool && bool", "bool || bool"})
"""What has no function: the interpreter may leave an operand of these alone."""


def _size(value: Sequence[Value] | Mapping[Hashable, Value]) -> int:
    return len(value)


def item_of(container: Value, key: Value) -> Value:
    """Return `container[key]`. A list takes an int, or another number of that size; a map finds numbers by size.

    NoValueError: index, no_such_key, or no_such_overload where one of both is of another type.
    """
    kind, by = kind_of(container), kind_of(key)
    if kind == "map":
        if by in ("bool", "int", "uint", "double", "string"):
            return _entry(cast("Mapping[Hashable, Value]", container), key)
        raise NoValueError("no_such_key", f"the map has no key of type {by}")
    if kind == "list" and by in NUMBER_KINDS and cast("float", key) == (place := _whole(cast("float", key))):
        return _item(cast("Sequence[Value]", container), place)
    raise NoValueError("no_such_overload", f"no {kind}[{by}]")


def _whole(number: float) -> int:
    return int(number) if math.isfinite(number) else -1


def _item(items: Sequence[Value], place: int) -> Value:
    if 0 <= place < len(items):
        return items[place]
    raise NoValueError("index", f"item {place} of a list of {len(items)}")


def _entry(entries: Mapping[Hashable, Value], key: Value) -> Value:
    wanted = lookup_key(key)
    if wanted in entries:
        return entries[wanted]
    raise NoValueError("no_such_key", f"the map has no key {written_key(key)}")


def written_key(key: Value) -> str:
    """Return the key of a map for a message: texts in quotes."""
    return quoted(key) if isinstance(key, str) else written(key)


_SIZED = ("string", "bytes", "list<T>", "map<K, V>")

IMPLEMENTATIONS: Mapping[str, Operation] = {
    **arithmetic.operations(),
    **arithmetic.FUNCTIONS,
    **conversions.FUNCTIONS,
    **texts.FUNCTIONS,
    **{f"size({kind})": _size for kind in _SIZED},
    **{f"{kind}.size()": _size for kind in _SIZED},
    "!bool": lambda value: not value,
    "list<T> [] int": _item,
    "map<K, V> [] K": _entry,
    "string.format(list<dyn>)": fill,
}
"""By the id of the signature. `list<T> [] int` and `map<K, V> [] K` take more at run time: see `item_of`."""

VARIADICS: Mapping[str, Callable[[Sequence[Value]], Value]] = {
    "math.greatest": arithmetic.greatest,
    "math.least": arithmetic.least,
}


def apply(name: str, arguments: Sequence[Value], *, member: bool = False) -> Value:
    """Call a function or operator, as `arguments[0].name(rest)` if it is a member. `&&` and `||` are no functions.

    NoValueError: undeclared where there is no such function, no_such_overload where none takes these types, and
    whatever goes wrong in it.
    """
    kinds = tuple(map(kind_of, arguments))
    found = _EXACT.get((name, member, kinds))
    if found is not None:
        return found(*arguments)
    if not member and name in VARIADICS:
        return VARIADICS[name](arguments)
    if len(arguments) == 1 and (found := _OF_ANY.get((name, member))) is not None:
        return found(*arguments)
    raise _no_overload(name, kinds, member=member)


def is_function(name: str) -> bool:
    """Tell whether something is called so: a function, a member, or an operator."""
    return name in _NAMES


def _no_overload(name: str, kinds: tuple[Kind, ...], *, member: bool) -> NoValueError:
    if not is_function(name):
        return NoValueError("undeclared", f"there is no function {name}()")
    if name[0].isalpha():
        target, rest = (f"{kinds[0]}.", kinds[1:]) if member else ("", kinds)
        return NoValueError("no_such_overload", f"no {target}{name}({', '.join(rest)})")
    hint = _HINT if len(kinds) == 2 and NUMBER_KINDS.issuperset(kinds) else ""
    told = f" {name} ".join(kinds) if len(kinds) > 1 else f"{name}{kinds[0]}"
    return NoValueError("no_such_overload", f"no {told}", hint)


_HINT = "write a number with a point, as 2.0, or convert: double(x)"


def _kind(found: Type) -> Kind | None:
    match found:
        case Simple("dyn") | Parameter():
            return None
        case Simple(name):
            return cast("Kind", name)
        case ListType():
            return "list"
        case MapType() | ObjectType():
            return "map"
        case _:
            assert_never(found)


def _tables() -> tuple[dict[tuple[str, bool, tuple[Kind, ...]], Operation], dict[tuple[str, bool], Operation]]:
    exact: dict[tuple[str, bool, tuple[Kind, ...]], Operation] = {}
    of_any: dict[tuple[str, bool], Operation] = {}
    for item in (*OPERATORS, *FUNCTIONS):
        if item.id in LOGIC or item.name == "[]":
            continue
        kinds = tuple(map(_kind, item.parameters))
        if None in kinds:
            of_any[item.name, item.member] = IMPLEMENTATIONS[item.id]
        else:
            exact[item.name, item.member, cast("tuple[Kind, ...]", kinds)] = IMPLEMENTATIONS[item.id]
    return exact, of_any


_EXACT, _OF_ANY = _tables()
_NAMES = frozenset({item.name for item in (*OPERATORS, *FUNCTIONS)} | set(VARIADICS))
