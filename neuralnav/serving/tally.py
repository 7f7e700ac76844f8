"""The latencies of a run as histograms: what is kept does not grow with the number of requests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.jumps import Gaps, expand
from neuralnav.serving.scheduler import Ended

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

BATCHES = 20
"""The measured requests fall into this many batches, in order of time, for the error of a percentile."""

FLUSHES = 4 * BATCHES
"""Results are taken in at least as many times in a run, so that gaps fall into their batch by time."""

FINE_MS, COARSE_FROM_MS, GROWTH, LONGEST_MS = 0.1, 50.0, 1.002, 1e8
EDGES: Vector = np.round(
    np.concatenate(
        [
            np.arange(1, round(COARSE_FROM_MS / FINE_MS)) * FINE_MS,
            COARSE_FROM_MS * GROWTH ** np.arange(np.log(LONGEST_MS / COARSE_FROM_MS) / np.log(GROWTH)),
        ]
    ),
    6,
)
"""Upper edges of the bins: 0.1 ms wide up to 50 ms, then 0.2 % wider each; the last bin is open."""


class Histogram:
    """Weights and sums of weighted values, by batch and bin. A bin stands for its mean, so it errs by half its width.

    Bins that hold one value many times, as of steps of one cost, are exact.
    """

    __slots__ = ("sums", "weights")

    def __init__(self) -> None:
        self.weights: Counts = np.zeros((BATCHES, len(EDGES) + 1), dtype=np.int64)
        self.sums: Vector = np.zeros((BATCHES, len(EDGES) + 1))

    def add(self, batches: Counts, values_ms: Vector, weights: Counts) -> None:
        """Add values of given batches, each as often as its weight says."""
        bins = np.searchsorted(EDGES, values_ms)
        np.add.at(self.weights, (batches, bins), weights)
        np.add.at(self.sums, (batches, bins), values_ms * weights)

    def sample(self) -> tuple[Vector, Counts, Counts]:
        """Return values (ms), how often each occurred, and their batches, ascending."""
        batches, bins = np.nonzero(self.weights)
        weights = self.weights[batches, bins]
        return self.sums[batches, bins] / weights, weights, batches


@dataclass(slots=True)
class Tally:
    """What clients saw of a run, added up: a sink of the scheduler. `finished` counts between `since` and `until`."""

    measured: tuple[int, int]
    since_ms: float
    until_ms: float
    ttft: Histogram
    itl: Histogram
    e2e: Histogram
    finished: int = 0
    seen: int = 0
    preemptions: int = 0

    def take(self, ended: Ended, gaps: Gaps, preemptions: int) -> None:
        """Add what has happened since last time."""
        self.preemptions += preemptions
        start, stop = self.measured
        if ended:
            number, arrival, first, finish = np.array(ended).reshape(-1, 4).T
            index = number.astype(np.int64)
            self.finished += int(np.count_nonzero((finish > self.since_ms) & (finish <= self.until_ms)))
            kept = (index >= start) & (index < stop) & np.isfinite(finish)
            batches, ones = (index[kept] - start) * BATCHES // (stop - start), np.ones(int(kept.sum()), dtype=np.int64)
            self.ttft.add(batches, (first - arrival)[kept], ones)
            self.e2e.add(batches, (finish - arrival)[kept], ones)
            self.seen += len(ones)
        if gaps:
            values, weights = expand(gaps)
            batch = min(BATCHES - 1, self.seen * BATCHES // (stop - start))
            self.itl.add(np.full(len(values), batch), values, weights)


def tally(measured: tuple[int, int], span_ms: tuple[float, float]) -> Tally:
    """Return an empty tally of a range of requests, the first and last of which arrive at given times."""
    return Tally(measured, *span_ms, Histogram(), Histogram(), Histogram())
