"""Requests as they come: when, how long their prompts and answers are, how much of a prompt is in the prefix cache."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.arrivals import POISSON, Process, check_rate, unit_parts
from neuralnav.serving.lengths import Lengths

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

PART = 4096
"""How many requests of a stream are held at a time."""

PROMPTS, OUTPUTS = 1, 2
"""What is added to the seed of the arrivals for the lengths: three streams that know nothing of each other."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some requests that follow each other: arrival (ms), prompt, output and cached tokens of each."""

    arrival_ms: Vector
    prompt: Counts
    output: Counts
    cached: Counts


@dataclass(frozen=True, slots=True)
class Load:
    """`count` requests, of which a half-open range is measured, at a rate (requests per second), from a seed.

    Of each prompt the prefix cache holds `prefix_hit_share`, rounded down; a token is always computed. The requests
    are drawn in parts and never held whole. Raises ValueError for an impossible rate, share or range.
    """

    count: int
    measured: tuple[int, int]
    rate_rps: float
    prompt: Lengths
    output: Lengths
    seed: int
    process: Process = POISSON
    prefix_hit_share: float = 0.0

    def __post_init__(self) -> None:
        check_rate(self.rate_rps)
        if not 0.0 <= self.prefix_hit_share <= 1.0:
            raise ValueError(f"prefix hit share is {self.prefix_hit_share:g}: it must be between 0 and 1")
        start, stop = self.measured
        if not 0 <= start <= stop - 2 <= self.count - 2:
            raise ValueError(f"requests {start} to {stop} of {self.count} have no mean gap: measure two or more")

    def parts(self) -> Iterator[Part]:
        """Yield the requests in order of arrival; each time the same ones."""
        prompts, outputs = (np.random.Generator(np.random.PCG64([self.seed, k])) for k in (PROMPTS, OUTPUTS))
        for arrival_ms in self._times():
            prompt = self.prompt.drawn(prompts, len(arrival_ms))
            output = self.output.drawn(outputs, len(arrival_ms))
            hits = np.floor(prompt * self.prefix_hit_share).astype(np.int64)
            yield Part(arrival_ms, prompt, output, np.minimum(hits, prompt - 1))

    def span_ms(self) -> tuple[float, float]:
        """Return when the first and the last measured request arrive."""
        start, stop = self.measured
        at, begin = [0.0, 0.0], 0
        for times in self._times():
            for end, index in enumerate((start, stop - 1)):
                if begin <= index < begin + len(times):
                    at[end] = float(times[index - begin])
            begin += len(times)
        return at[0], at[1]

    def _times(self) -> Iterator[Vector]:
        scale = 1e3 / self.rate_rps
        for unit in unit_parts(self.count, self.process, seed=self.seed, measured=self.measured, part=PART):
            yield unit * scale
