"""Where a load curve needs its next point: capacity is read off the curve by linear interpolation between points.

A latency that rises with the rate lies, between two load points, in the rectangle that they span; the chord is off by
at most half of it. In (log rate, log latency) that area is the error of the capacity, averaged over the targets that
fall between the two latencies, times their log ratio: a step and a smooth turn are both met where they cost most, and
nothing is assumed about the shape. Bisecting the largest such interval puts the points at the knees.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log

from neuralnav.serving.coefficients import Metric

LEAST_STEP = 0.02
"""Two rates closer than this share are not told apart by a run of 1,000 requests."""

SLOWEST_TTFT_MS, SLOWEST_ITL_MS = 10_000.0, 225.0
"""Five times the targets of the slowest experience class (batch: 2 s, 45 ms; `catalogs/use-cases.yaml`): beyond them
no plan reads a curve."""


def next_interval(
    rates: Sequence[float],
    p95_ms: Mapping[Metric, Sequence[float]],
    ceiling_ms: Mapping[Metric, float],
    *,
    saturation_rps: float,
    tolerance: float,
) -> int | None:
    """Return the index of the load point after which the next one belongs, halfway to its neighbour.

    `rates` rise; `p95_ms` has one value per rate and metric, and what lies above `ceiling_ms` does not count. None
    when no interval errs by more than `tolerance` in any metric, or all that do are too narrow or lie above
    saturation: there latencies only tell how long the overload has lasted.
    """
    errors = [0.0] * (len(rates) - 1)
    for metric, values in p95_ms.items():
        for index, error in enumerate(_errors(rates, values, ceiling_ms[metric])):
            errors[index] = max(errors[index], error)
    open_ones = [
        (error, -index)
        for index, ((low, high), error) in enumerate(zip(pairwise(rates), errors, strict=True))
        if error > tolerance and low < saturation_rps and high > low * (1.0 + LEAST_STEP)
    ]
    return -max(open_ones)[1] if open_ones else None


def _errors(rates: Sequence[float], values: Sequence[float], ceiling_ms: float) -> list[float]:
    """Return half the area of the rectangle of each interval, its latencies made to rise and cut at the ceiling."""
    rising, highest = [], 0.0
    for value in values:
        highest = max(highest, min(value, ceiling_ms))
        rising.append(log(highest))
    pairs = zip(pairwise(rates), pairwise(rising), strict=True)
    return [round(log(x1 / x0) * (y1 - y0) / 2.0, 9) for (x0, x1), (y0, y1) in pairs]


def ceilings(output_tokens: int) -> dict[Metric, float]:
    """Return the p95 beyond which no plan reads a curve; that of E2E is the TTFT's and the ITL's for every token."""
    e2e_ms = SLOWEST_TTFT_MS + output_tokens * SLOWEST_ITL_MS
    return {"ttft": SLOWEST_TTFT_MS, "itl": SLOWEST_ITL_MS, "e2e": e2e_ms}
