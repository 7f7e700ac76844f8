"""Arrival times of requests: one seeded stream of rate 1 per process, stretched to every rate (common random numbers).

Every stream can be drawn whole or in parts: the parts are the whole, byte for byte.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Kind = Literal["poisson", "gamma", "compound", "clustered", "uniform"]

DIGITS = 9
"""Gaps are rounded to a billionth of the mean gap, so that no processor's last bit of `log` moves an arrival."""


@dataclass(frozen=True, slots=True)
class Process:
    """How requests follow each other, whatever their rate. Gaps are independent, and 1 long in the mean.

    - `poisson`: exponential gaps.
    - `gamma`: gaps of a Gamma distribution of shape `burstiness`, as in `vllm bench serve --burstiness`: below 1
      burstier than Poisson, 1 Poisson, above 1 steadier.
    - `compound`: bursts arrive as a Poisson process, all requests of a burst at once. Their number is geometric with
      mean `burst_size`, so that a mean need not be whole, and a burst of 1 is Poisson with the same numbers.
    - `clustered`: requests gather without arriving together: Gamma gaps whose squared coefficient of variation is
      `burst_size` (shape 1 / `burst_size`), so that counts over a long time scatter `burst_size` times as much as
      those of Poisson.
    - `uniform`: evenly paced.

    Raises ValueError for a number that no such process has.
    """

    kind: Kind = "poisson"
    burst_size: float = 1.0
    burstiness: float = 1.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.burst_size < inf:
            raise ValueError(f"burst size is {self.burst_size:g}: it must be finite and at least 1")
        if not 0.0 < self.burstiness < inf:
            raise ValueError(f"burstiness is {self.burstiness:g}: it must be finite and above 0")

    def gaps(self, random: np.random.Generator, count: int) -> Vector:
        """Draw `count` gaps. Exponential ones by inversion, so that one seed is one stream at every burst size."""
        match self.kind:
            case "poisson":
                gaps = -np.log1p(-random.random(count))
            case "compound":
                first = self.burst_size * (1.0 - random.random(count))  # at most 1 for the first of a burst
                gaps = -self.burst_size * np.log(np.minimum(first, 1.0))
            case "gamma":
                gaps = random.standard_gamma(self.burstiness, count) / self.burstiness
            case "clustered":
                gaps = random.standard_gamma(1.0 / self.burst_size, count) * self.burst_size
            case "uniform":
                gaps = np.ones(count)
        return np.asarray(np.round(gaps, DIGITS) + 0.0, dtype=np.float64)  # no gap is -0.0


POISSON = Process()


def unit_arrivals(
    count: int, process: Process = POISSON, *, seed: int, measured: tuple[int, int] | None = None
) -> Vector:
    """Return `count` arrival times of a process of rate 1, ascending, from the seed alone (PCG64).

    They are normalised so that the measured requests (a half-open range of two or more; all by default) come with
    a mean gap of exactly 1: the process conditioned on its count, so that the rate of a finite run is the rate it was
    asked for.
    """
    return np.concatenate([np.zeros(0), *unit_parts(count, process, seed=seed, measured=measured, part=max(1, count))])


def unit_parts(
    count: int, process: Process = POISSON, *, seed: int, measured: tuple[int, int] | None = None, part: int
) -> Iterator[Vector]:
    """Yield the times of `unit_arrivals` in parts of `part`: the stream is drawn twice and never held whole."""
    scale = _scale(count, process, seed, measured, part) if count else 1.0
    for times in _raw(count, process, seed, part):
        yield times * scale


def _raw(count: int, process: Process, seed: int, part: int) -> Iterator[Vector]:
    random, last = np.random.Generator(np.random.PCG64(seed)), 0.0
    for begin in range(0, count, part):
        gaps = process.gaps(random, min(part, count - begin))
        gaps[0] += last
        times: Vector = np.cumsum(gaps)
        last = float(times[-1])
        yield times


def _scale(count: int, process: Process, seed: int, measured: tuple[int, int] | None, part: int) -> float:
    start, stop = measured or (0, count)
    if measured is not None and not 0 <= start <= stop - 2 <= count - 2:
        raise ValueError(f"requests {start} to {stop} of {count} have no mean gap: measure two or more")
    at = {start: 0.0, stop - 1: 0.0}
    for number, times in enumerate(_raw(count, process, seed, part)):
        for index in at:
            if 0 <= index - number * part < len(times):
                at[index] = float(times[index - number * part])
    span = at[stop - 1] - (at[start] if measured else 0.0)
    gaps = stop - 1 - start if measured else count
    if span <= 0.0:
        if measured:
            raise ValueError(f"requests {start} to {stop} all arrive at once: measure more")
        return 1.0
    return gaps / span


def unit_poisson(count: int, *, seed: int, measured: tuple[int, int] | None = None) -> Vector:
    """Return `unit_arrivals` of a Poisson process."""
    return unit_arrivals(count, seed=seed, measured=measured)


def at_rate(unit: Vector, rate_rps: float) -> Vector:
    """Return a stream of rate 1 in milliseconds at a rate in requests per second. ValueError for an impossible rate."""
    check_rate(rate_rps)
    return unit * (1e3 / rate_rps)


def check_rate(rate_rps: float) -> None:
    """Raise ValueError unless a rate is finite and above 0."""
    if not 0.0 < rate_rps < inf:
        raise ValueError(f"rate is {rate_rps:g} requests/s: it must be finite and above 0")


def poisson_ms(count: int, *, rate_rps: float, seed: int) -> Vector:
    """Return `count` Poisson arrival times in milliseconds at a rate in requests per second."""
    return at_rate(unit_poisson(count, seed=seed), rate_rps)


def replayed_ms(times_ms: Sequence[float] | Vector) -> Vector:
    """Return the arrival times of a trace as they are. ValueError names the first that is out of order or no time."""
    times = np.array(times_ms, dtype=np.float64)
    check_times(times)
    return times


def check_times(times_ms: Vector) -> None:
    """Raise ValueError unless arrival times are finite, not negative and ascending; the first fault is named."""
    faults = ~np.isfinite(times_ms) | (times_ms < 0.0)
    faults[1:] |= times_ms[1:] < times_ms[:-1]
    if not faults.any():
        return
    at = int(np.argmax(faults))
    value = float(times_ms[at])
    if np.isfinite(value) and value >= 0.0:
        raise ValueError(f"arrival {at} is at {value:g} ms, before arrival {at - 1} at {float(times_ms[at - 1]):g} ms")
    raise ValueError(f"arrival {at} is at {value:g} ms: it must be finite and not negative")
