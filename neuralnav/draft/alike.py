"""When a value says what a label does: amounts but for rounding, names by what they stand for in the catalogs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from neuralnav.draft.meaning import PARSERS
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Value
from neuralnav.model.quantity import count

Sense = float | bool | str | frozenset[str]
"""A value without its spelling: an amount in one unit, a flag, a word in lower case, or a set of ids."""

ROUNDING = 0.01
"""Amounts that differ by less say the same: "60 USD/day" and "1825 USD/month", 33.3 ms and 33 ms an item."""

EXACT = frozenset({"traffic.users"})
"""Counts in which nothing is rounded."""

_ALIKE: Mapping[str, str] = {
    "production": "prod", "live": "prod", "development": "dev", "stage": "staging", "testing": "test",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What names of a catalog stand for: each in lower case, with the ids it covers; and which models a family has."""

    models: Mapping[str, frozenset[str]]
    families: Mapping[str, frozenset[str]]
    accelerators: Mapping[str, frozenset[str]]


def names_of(catalog: Catalog) -> Names:
    """Return the names of a catalog. A vendor's name covers all its accelerators."""
    models: dict[str, set[str]] = {}
    families: dict[str, set[str]] = {}
    accelerators: dict[str, set[str]] = {}
    for model in catalog.models.values():
        for name in model.spellings:
            models.setdefault(name.lower(), set()).add(model.id)
        families.setdefault(model.family.lower(), set()).add(model.id)
    for item in catalog.accelerators.values():
        for name in (*item.spellings, item.vendor):
            accelerators.setdefault(name.lower(), set()).add(item.id)
    return Names(_frozen(models), _frozen(families), _frozen(accelerators))


def sense_of(field: str, value: object, names: Names) -> Sense:
    """Return what a value of a field says. Raises `ValueError` with a sentence where it is none of that field."""
    return _READERS.get(field, _word)(value, names)


def alike(field: str, left: Sense, right: Sense) -> bool:
    """Tell whether two senses of one field are the same, but for rounding."""
    if isinstance(left, float) and isinstance(right, float):
        slack = 0.0 if field in EXACT else ROUNDING * max(abs(left), abs(right))
        return abs(left - right) <= slack
    return type(left) is type(right) and left == right


def shown(value: Value | None) -> str:
    """Return a value as a table shows it; nothing is "-"."""
    match value:
        case None:
            return "-"
        case tuple():
            return f"[{', '.join(value)}]"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _frozen(names: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(ids) for name, ids in names.items()}


def _amount(parse: Callable[[object], object]) -> Callable[[object, Names], Sense]:
    def read(value: object, names: Names) -> Sense:  # noqa: ARG001  # every reader has both
        found = parse(value)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise ValueError(f"{value!r} is not a number")
        return float(found)

    return read


def _flag(value: object, names: Names) -> Sense:  # noqa: ARG001  # every reader has both
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _word(value: object, names: Names) -> Sense:  # noqa: ARG001  # every reader has both
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a word")
    word = " ".join(value.lower().split())
    return _ALIKE.get(word, word)


def _words(value: object, names: Names) -> Sense:
    return frozenset(str(_word(item, names)) for item in _items(value))


def _named(kind: str) -> Callable[[object, Names], Sense]:
    def read(value: object, names: Names) -> Sense:
        known: Mapping[str, frozenset[str]] = getattr(names, kind)
        found: set[str] = set()
        for item in _items(value):
            if item.lower() not in known:
                raise ValueError(f'the catalogs have no "{item}" among {kind}')
            found |= {item.lower()} if kind == "families" else known[item.lower()]
        return frozenset(found)

    return read


def _items(value: object) -> Iterable[str]:
    if not isinstance(value, tuple | list) or not value or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{value!r} is not a list of names")
    return [str(item) for item in value]


_NUMBER = _amount(count)

_READERS: Mapping[str, Callable[[object, Names], Sense]] = {
    **{field: _amount(parse) for field, parse in PARSERS.items()},
    "traffic.users": _NUMBER,
    "traffic.activeShare": _NUMBER,
    "traffic.requestsPerActiveUserPerMinute": _NUMBER,
    "traffic.peakFactor": _NUMBER,
    "traffic.burstSize": _NUMBER,
    "traffic.promptTokens": _NUMBER,
    "traffic.outputTokens": _NUMBER,
    "constraints.models.allow": _named("models"),
    "constraints.models.deny": _named("models"),
    "constraints.families.allow": _named("families"),
    "constraints.families.deny": _named("families"),
    "constraints.accelerators.allow": _named("accelerators"),
    "constraints.accelerators.deny": _named("accelerators"),
    "constraints.licenses": _words,
    "constraints.precisions": _words,
    "constraints.regions": _words,
    "constraints.contextLength": _NUMBER,
    "constraints.gpus": _NUMBER,
    "constraints.reasoning": _flag,
    "deploy.autoscaling.maxReplicas": _NUMBER,
}
"""How a field's value is read; a field that is not here holds one word or line."""
