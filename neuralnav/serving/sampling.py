"""What few measurements show of the server behind them: percentiles with the interval that sampling alone leaves.

An end that so few values cannot give is None: twenty requests never bound a p95 from above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, isfinite, lgamma, log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

TAIL = 0.025
"""What lies outside a 95 % interval at each end."""

Z = 1.959964
"""The 97.5 % point of the normal distribution."""

LEAST_CLUSTERS = 5
"""Below so many requests the scatter between them says nothing of that of their gaps."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A percentile of what was measured, and the 95 % interval of the one behind it; None: not bounded on that side."""

    value: float
    low: float | None
    high: float | None


def percentile(values: Sequence[float], share: float) -> Sampled:
    """Return a percentile of independent values: the least that such a share of them does not exceed.

    The interval is that of order statistics, which holds for every distribution (Conover, Practical Nonparametric
    Statistics, ch. 3.2). Infinity stands for a request without an answer. ValueError for no values.
    """
    if not values:
        raise ValueError("no values have no percentile")
    rising, count = sorted(values), len(values)
    first, last = _ranks(count, share)
    high = rising[last - 1] if last <= count else None
    return Sampled(
        rising[max(0, ceil(share * count - 1e-9) - 1)],
        rising[first - 1] if first else None,
        high if high is not None and isfinite(high) else None,
    )


def _ranks(count: int, share: float) -> tuple[int, int]:
    """Return the ranks between which the percentile lies: 0 is below all values, `count` + 1 above all of them.

    Fewer values than a rank lie below the percentile with a chance of `TAIL` at most, and so many or more likewise.
    """
    fewer, first = 0.0, 0
    for rank in range(1, count + 1):
        fewer += _binomial(count, rank - 1, share)
        if fewer <= TAIL:
            first = rank
        elif 1.0 - fewer <= TAIL:
            return first, rank
    return first, count + 1


def _binomial(count: int, at: int, share: float) -> float:
    ways = lgamma(count + 1) - lgamma(at + 1) - lgamma(count - at + 1)
    return exp(ways + at * log(share) + (count - at) * log1p(-share))


def clustered_percentile(values: Vector, weights: Vector, clusters: Counts, share: float) -> Sampled:
    """Return a percentile of weighted values that belong to requests: gaps of one request resemble each other.

    `clusters` holds the number of each value's request, from 0. The share of the weight at or below the percentile is a
    ratio estimate over requests; its error (Cochran, Sampling Techniques, ch. 6), by Student's t, gives shares whose
    percentiles are the ends (Woodruff, Journal of the American Statistical Association 47, 1952). Both ends are None
    for fewer than `LEAST_CLUSTERS` requests. ValueError for no values.
    """
    if not len(values):
        raise ValueError("no values have no percentile")
    order = np.argsort(values, kind="stable")
    rising, reached = values[order], np.cumsum(weights[order])
    value = _at(rising, reached, share)
    sizes = np.bincount(clusters, weights)
    count = int(np.count_nonzero(sizes))
    if count < LEAST_CLUSTERS:
        return Sampled(value, None, None)
    below = np.bincount(clusters, np.where(values <= value, weights, 0.0), len(sizes))
    rest = below - sizes * (below.sum() / sizes.sum())
    error = _t(count - 1) * sqrt(float(rest @ rest) * count / (count - 1)) / float(sizes.sum())
    high = _at(rising, reached, share + error) if share + error < 1.0 else None
    return Sampled(value, _at(rising, reached, share - error) if share > error else None, high)


def _at(rising: Vector, reached: Vector, share: float) -> float:
    """Return the least value that a share of the weight does not exceed."""
    at = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
    return float(rising[min(at, len(rising) - 1)])


def _t(freedom: int) -> float:
    """Return the 97.5 % point of Student's t, within 1 % (Abramowitz and Stegun 26.7.5)."""
    third, fifth, seventh = Z**3, Z**5, Z**7
    return (
        Z
        + (third + Z) / (4 * freedom)
        + (5 * fifth + 16 * third + 3 * Z) / (96 * freedom**2)
        + (3 * seventh + 19 * fifth + 17 * third - 15 * Z) / (384 * freedom**3)
    )
