"""How loads are spelt on a command line: arrivals, lengths, rates and durations."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from neuralnav.serving.arrivals import Process
from neuralnav.serving.lengths import Lengths, fixed, gamma, lognormal, uniform

ARRIVALS = "poisson, constant, gamma:SHAPE, burst:SIZE"
LENGTHS = "N, uniform:LOW-HIGH, lognormal:MEAN:CV, gamma:MEAN:CV"
LONGEST_DIGITS = 7
UNIT_SECONDS: Mapping[str, float] = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Arrival:
    """An arrival process under the name that a benchmark row has for it.

    `burstiness` is that of vLLM's client: the shape of Gamma gaps, None where they are no such thing.
    """

    process: Process
    name: str
    burstiness: float | None


def arrival_of(text: str) -> Arrival:
    """Return an arrival process by its name. Raises ValueError with those that there are."""
    name, _, figure = text.partition(":")
    match name, figure:
        case "poisson", "":
            return Arrival(Process(), "poisson", 1.0)
        case "constant", "":
            return Arrival(Process("uniform"), "constant", None)
        case "gamma", figure if figure:
            shape = _number(figure, "the shape of gamma")
            return Arrival(Process("gamma", burstiness=shape), f"gamma:{shape:g}", shape)
        case "burst", figure if figure:
            size = _number(figure, "the size of a burst")
            return Arrival(Process("compound", burst_size=size), "unstated", None)
        case _:
            raise ValueError(f'"{text}" is no arrival process; known: {ARRIVALS}')


def lengths_of(text: str) -> Lengths:
    """Return token lengths by their name. Raises ValueError with those that there are."""
    name, _, rest = text.partition(":")
    if any(len(figure) > LONGEST_DIGITS for figure in re.findall(r"(?<![.0-9])[0-9]+", text)):
        raise ValueError(f'"{text}" are more tokens than any model takes')
    if re.fullmatch(r"[0-9]+", text):
        return fixed(int(text))
    if name == "uniform" and (ends := re.fullmatch(r"([0-9]+)-([0-9]+)", rest)):
        low, high = int(ends[1]), int(ends[2])
        if not 1 <= low <= high:
            raise ValueError(f'"{text}" is no range: it must rise, from 1 or more')
        return uniform(high, low_share=(low - 1) / high)  # draws are rounded up, so that `low` is the least
    if name in _SPREAD and (parts := rest.split(":")) and len(parts) == 2:
        mean, variation = (_number(part, f"{what} of {name}") for part, what in zip(parts, _PARTS, strict=True))
        return _SPREAD[name](mean, variation)
    raise ValueError(f'"{text}" is no length; known: {LENGTHS}')


def _lognormal(mean: float, variation: float) -> Lengths:
    return lognormal(mean, variation=variation)


def _gamma(mean: float, variation: float) -> Lengths:
    return gamma(mean, variation=variation)


_PARTS = ("the mean", "the variation")
_SPREAD: Mapping[str, Callable[[float, float], Lengths]] = {"lognormal": _lognormal, "gamma": _gamma}


def rates_of(text: str) -> tuple[float, ...]:
    """Return rates in requests per second, one load point each. Raises ValueError for one that is not above 0."""
    return tuple(_number(part.strip(), "a rate") for part in text.split(","))


def seconds_of(text: str) -> float:
    """Return a duration in seconds: `90`, `90s`, `1.5m`, `1h` or `250ms`. Raises ValueError for anything else."""
    found = re.fullmatch(r"([0-9]*\.?[0-9]+)(ms|s|m|h)?", text.strip())
    seconds = float(found[1]) * UNIT_SECONDS[found[2] or "s"] if found else 0.0
    if seconds <= 0.0:
        raise ValueError(f'"{text}" is no duration; say 60s, 5m or 1h')
    return seconds


def key_of(text: str) -> str:
    """Return an API key as a header can hold it; files end in a newline. Raises ValueError without showing it."""
    key = text.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("a key is of printable ASCII characters")
    return key


def _number(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < inf:
        raise ValueError(f'{what} is "{text}": it must be a number above 0')
    return number
