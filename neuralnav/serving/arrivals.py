"""Arrival times of requests: one seeded stream, stretched to every rate (common random numbers)."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

DIGITS = 9
"""Gaps are rounded to a billionth of the mean gap, so that no processor's last bit of `log` moves an arrival."""


def unit_poisson(count: int, *, seed: int, measured: tuple[int, int] | None = None) -> Vector:
    """Return `count` arrival times of a Poisson process of rate 1, ascending, from the seed alone.

    Gaps are drawn by inversion, -ln(1 - u) with u from PCG64. They are normalised so that the measured requests (a
    half-open range of two or more; all by default) come with a mean gap of exactly 1: the process conditioned on its
    count, so that the rate of a finite run is the rate it was asked for.
    """
    if not count:
        return np.zeros(0)
    uniform = np.random.Generator(np.random.PCG64(seed)).random(count)
    gaps = np.round(-np.log1p(-uniform), DIGITS)
    times: Vector = np.cumsum(gaps)
    if measured is None:
        return times * (count / float(times[-1]))
    start, stop = measured
    return times * ((stop - 1 - start) / float(times[stop - 1] - times[start]))


def poisson_ms(count: int, *, rate_rps: float, seed: int) -> Vector:
    """Return `count` arrival times in milliseconds at a rate in requests per second: the unit stream, stretched."""
    return unit_poisson(count, seed=seed) * (1e3 / rate_rps)
