"""The filters of templates. Each takes the context, so that Jinja never runs it while it compiles."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import StrictUndefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from pydantic import BaseModel

from neuralnav.render.budget import MOST_RANGE, Budget, known

ROUNDS, JOINED, WEIGHED = "_rounds", "_joined", "_weighed"
"""The filters that the rewriting of templates puts in; a template cannot name them itself."""


_TEXTS = (str, int, float)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class Json(str):
    """Text that `tojson` made; nothing else is emitted as a value."""

    __slots__ = ()


def _budget(context: Context) -> Budget:
    found: Budget = context.environment.budget  # type: ignore[attr-defined]  # our own environment
    return found


@pass_context
def only_json(context: Context, value: object) -> object:
    """Let through what `tojson` made. Raises `TypeError` for any other value."""
    if not isinstance(value, Json):
        known(value)
        raise TypeError("a value is emitted without | tojson")
    _budget(context).make(len(value))
    return value


@pass_context
def _json(context: Context, value: object) -> Json:
    """Return a value as JSON. Raises `TypeError` for what JSON cannot hold, an undefined name included."""
    known(value)
    _budget(context).weigh(value)
    return Json(_ENCODER.encode(value))


@pass_context
def _default(context: Context, value: object, other: object = "") -> object:  # noqa: ARG001  # for Jinja, as above
    return other if isinstance(value, StrictUndefined) else value


@pass_context
def _join(context: Context, values: object, separator: str = "") -> str:
    found = _items(context, values)
    return _text(context, [part for value in found for part in (separator, value)][1:])


@pass_context
def _joined(context: Context, values: Sequence[object]) -> str:
    return _text(context, values)


@pass_context
def _string(context: Context, value: object) -> str:
    return _text(context, [value])


@pass_context
def _int(context: Context, value: object) -> int:  # noqa: ARG001  # for Jinja, as above
    if isinstance(value, str | int | float):
        return int(value)
    raise TypeError("int takes a number, or a text that holds one")


@pass_context
def _length(context: Context, values: object) -> int:
    return len(values) if isinstance(values, str) else len(_items(context, values))


@pass_context
def _first(context: Context, values: object) -> object:
    return _items(context, values)[0]


@pass_context
def _sort(context: Context, values: object) -> list[Any]:
    return sorted(_plain(context, values))


@pass_context
def _least(context: Context, values: object) -> object:
    return min(_plain(context, values))


@pass_context
def _most(context: Context, values: object) -> object:
    return max(_plain(context, values))


@pass_context
def _at_most(context: Context, values: object, most: float) -> list[Any]:
    """Return the numbers of a list that are not above one."""
    found = _plain(context, values)
    if not all(isinstance(value, int | float) for value in (*found, most)):
        raise TypeError("at_most compares numbers")
    return [value for value in found if value <= most]


@pass_context
def _where(context: Context, values: object, name: str, wanted: object) -> list[object]:
    """Return the parts of the lock in a list whose field `name` is this text or number."""
    found = _items(context, values)
    if not all(isinstance(item, BaseModel) and name in type(item).model_fields for item in found):
        raise TypeError(f"where finds no field {name}")
    if not isinstance(wanted, str | int | float):
        raise TypeError("where compares with a text or a number")
    return [item for item in found if getattr(item, name) == wanted]


@pass_context
def _digest(context: Context, value: object) -> str:
    """Return 16 hex digits that stand for a text: a name for what has a short one."""
    text = _text(context, [value])
    _budget(context).spend(len(text) // 64)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pass_context
def _weighed(context: Context, value: object) -> object:
    _budget(context).weigh(value)
    return value


@pass_context
def _charged(context: Context, values: Iterable[object], cost: int) -> Iterator[object]:
    """Yield the items of a loop, each at the cost of the loop's body."""
    budget = _budget(context)
    for value in values:
        budget.spend(cost)
        yield value


def _items(context: Context, values: object) -> list[object]:
    """Return the items of a list, a mapping or a range, paid for."""
    if not isinstance(values, list | tuple | Mapping | range | type({}.items()) | type({}.keys()) | type({}.values())):
        raise TypeError(f"{type(values).__name__} is not a list")
    _budget(context).spend(len(values))
    found = list(values)
    _budget(context).weigh(found)
    return found


def _plain(context: Context, values: object) -> list[Any]:
    found = _items(context, values)
    if not all(isinstance(value, str | int | float) for value in found):
        raise TypeError("only texts and numbers are put in order")
    return found


def _text(context: Context, values: Sequence[object]) -> str:
    """Return texts and numbers as one text. Raises `TypeError` for anything else, an undefined name included."""
    for value in values:
        if not isinstance(value, _TEXTS):
            known(value)
            raise TypeError(f"{type(value).__name__} is not a text or a number")
    found = "".join(map(str, values))
    _budget(context).make(len(found))
    return found


def bounded_range(*bounds: int) -> range:
    """Return Python's range. Raises `SecurityError` when it is longer than templates need."""
    found = range(*bounds)
    if len(found) > MOST_RANGE:
        raise SecurityError(f"a range of {len(found):,} is longer than {MOST_RANGE:,}")
    return found


FILTERS = {
    "tojson": _json, "default": _default, "d": _default, "join": _join, "length": _length, "count": _length,
    "sort": _sort, "string": _string, "int": _int, "first": _first, "min": _least, "max": _most,
    "at_most": _at_most, "where": _where, "digest": _digest,
    ROUNDS: _charged, JOINED: _joined, WEIGHED: _weighed,
}  # fmt: skip
"""All filters that templates have."""
