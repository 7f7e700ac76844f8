"""Token lengths of requests: fixed, or drawn from a distribution by a seed."""

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Kind = Literal["fixed", "uniform", "lognormal", "gamma", "empirical"]

DIGITS = 6
"""Draws are rounded to a millionth of a token before they become whole, so that no last bit makes a token."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """A distribution of whole token counts, 1 or more and at most `cap`. Built by the functions below.

    `mean` is that of the draws before they become whole tokens (`uniform` ones are rounded up, as clients do, others to
    the nearest) and are capped. `spread` is half the width of a uniform one, else the coefficient of variation;
    `values` are those of an empirical one.
    """

    kind: Kind
    mean: float
    spread: float = 0.0
    values: tuple[int, ...] = ()
    cap: int | None = None

    def draw(self, count: int, *, seed: int) -> Counts:
        """Return `count` lengths, from the seed alone (PCG64). Drawing fewer returns the first of them."""
        return self.drawn(np.random.Generator(np.random.PCG64(seed)), count)

    def drawn(self, random: np.random.Generator, count: int) -> Counts:
        """Return the next `count` lengths of a stream."""
        match self.kind:
            case "fixed":
                draws = np.full(count, self.mean)
            case "uniform":
                low = self.mean - self.spread
                draws = low + 2.0 * self.spread * random.random(count)
            case "lognormal":
                sigma = sqrt(log(1.0 + self.spread**2))
                draws = self.mean * np.exp(sigma * random.standard_normal(count) - sigma**2 / 2.0)
            case "gamma":
                shape = 1.0 / self.spread**2
                draws = random.standard_gamma(shape, count) * (self.mean / shape)
            case "empirical":
                draws = np.array(self.values, dtype=np.float64)[
                    np.floor(random.random(count) * len(self.values)).astype(np.int64)
                ]
        draws = np.round(draws, DIGITS)
        lengths = np.maximum(np.ceil(draws) if self.kind == "uniform" else np.floor(draws + 0.5), 1.0)
        return np.minimum(lengths, inf if self.cap is None else self.cap).astype(np.int64)


def fixed(tokens: int) -> Lengths:
    """Return the length that is always the same. ValueError below 1, as for all lengths."""
    return Lengths("fixed", _positive("length", tokens))


def uniform(nominal: int, *, low_share: float, cap: int | None = None) -> Lengths:
    """Return lengths evenly spread between a share of the nominal one and the nominal one itself.

    So do the clients of most published closed-loop runs (`--random-dataset --random-range-ratio 0.8` of the serving
    benchmark that vLLM and SGLang grew from): `low_share` 0.8 means 0.8-1.0 of nominal.
    """
    _positive("length", nominal)
    if not 0.0 <= low_share <= 1.0:
        raise ValueError(f"share is {low_share:g}: it must be between 0 and 1")
    half = nominal * (1.0 - low_share) / 2.0
    return Lengths("uniform", nominal - half, half, cap=_cap(cap))


def lognormal(mean: float, *, variation: float, cap: int | None = None) -> Lengths:
    """Return log-normal lengths with a mean, and a standard deviation of `variation` times the mean."""
    return Lengths("lognormal", _positive("mean", mean), _positive("variation", variation), cap=_cap(cap))


def gamma(mean: float, *, variation: float, cap: int | None = None) -> Lengths:
    """Return Gamma lengths with a mean, and a standard deviation of `variation` times it; exponential at 1."""
    return Lengths("gamma", _positive("mean", mean), _positive("variation", variation), cap=_cap(cap))


def empirical(values: tuple[int, ...], *, cap: int | None = None) -> Lengths:
    """Return lengths drawn from those of a trace, each as likely as the others."""
    if not values:
        raise ValueError("an empirical distribution needs at least one length")
    for index, value in enumerate(values):
        _positive(f"length {index}", value)
    return Lengths("empirical", sum(values) / len(values), values=values, cap=_cap(cap))


def _positive(name: str, value: float) -> float:
    least = 1 if isinstance(value, int) else 0.0
    if not (value >= least and 0.0 < value < inf):
        raise ValueError(f"{name} is {value:g}: it must be {'at least 1' if least else 'finite and above 0'}")
    return value


def _cap(cap: int | None) -> int | None:
    if cap is not None:
        _positive("cap", cap)
    return cap
