"""Histograms that cost little, and the bucket edges of vLLM's that nobody else reads (vllm/v1/metrics/loggers.py)."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from prometheus_client.utils import floatToGoString

STEP_TOKENS = (1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
CHOICES = (1, 2, 5, 10, 20)
LATENESS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Ours: how late tokens leave. The simulator promises 25 ms."""


def up_to(most: int) -> tuple[int, ...]:
    """Return 1, 2, 5, 10, 20, 50 and so on, none above `most`."""
    edges = list[int]()
    scale = 1
    while scale <= most:
        edges += [factor * scale for factor in (1, 2, 5) if factor * scale <= most]
        scale *= 10
    return tuple(edges)


class Histogram:
    """Counts of values by bucket; an edge belongs to the bucket below it."""

    __slots__ = ("_counts", "_edges", "_shown", "_total")

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = edges
        self._shown = (*(floatToGoString(edge) for edge in edges), "+Inf")  # type: ignore[no-untyped-call]
        self._counts = [0] * (len(edges) + 1)
        self._total = 0.0

    def observe(self, value: float, *, times: int = 1) -> None:
        """Count a value, or the same one so many times."""
        self._counts[bisect_left(self._edges, value)] += times
        self._total += value * times

    def cumulative(self) -> list[tuple[str, float]]:
        """Return how many values lie at or below each edge, as Prometheus writes it, infinity last."""
        return list(zip(self._shown, accumulate(self._counts), strict=True))

    @property
    def total(self) -> float:
        """The sum of all values."""
        return self._total
