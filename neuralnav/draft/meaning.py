"""What a value means, whatever its spelling: "5000ms" is "5s", and the order of a list says nothing."""

from collections.abc import Callable, Mapping

from neuralnav.model.draft import Value
from neuralnav.model.quantity import duration_ms, rate_per_s, usd_per_month

PARSERS: Mapping[str, Callable[[object], float]] = {
    "traffic.requestRate": rate_per_s,
    "slo.ttft": duration_ms,
    "slo.itl": duration_ms,
    "slo.e2e": duration_ms,
    "constraints.budget": usd_per_month,
}
"""The fields that a file spells with a unit."""


def meaning(field: str, value: Value) -> object:
    """Return what two spellings of one value have in common, to be compared."""
    match value:
        case tuple():
            return frozenset(item.casefold() for item in value)
        case str() if field in PARSERS:
            try:
                return round(PARSERS[field](value), 9)
            except ValueError:
                return value
        case str():
            return value.casefold()
        case bool():
            return ("yes", "no")[not value]
        case _:
            return float(value)


def misspelt(field: str, value: Value) -> str:
    """Return why a quantity cannot stand in a file; empty where it can, and for what is no quantity."""
    if field not in PARSERS:
        return ""
    try:
        PARSERS[field](value)
    except ValueError as error:
        return str(error).partition("; ")[0]
    return ""


def same(field: str, first: Value, second: Value) -> bool:
    """Tell whether two values of a field mean the same."""
    return meaning(field, first) == meaning(field, second)
