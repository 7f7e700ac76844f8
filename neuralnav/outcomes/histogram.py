"""Figures read off a histogram, with what its buckets leave open: a quantile, a share, the mean.

A value in the bucket (lower, upper] may lie anywhere in it. So a figure has three numbers: `low` and `high`, between
which it lies whatever the values were, and `value`, the straight line between the edges that Prometheus'
`histogram_quantile` draws. Values are never negative: the first bucket begins at 0 (below 0 where its edge is).

Counts over a window come from counters read at two moments; where they were extrapolated to the window's ends they are
no whole numbers, and a bucket's may even be below zero. The cumulated counts are then made to rise, as Prometheus does.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import ceil, fsum, inf, isinf

from neuralnav.model.observed import Histogram
from neuralnav.model.outcome import Bounded

EQUAL = 1e-9
"""Two edges, or an edge and a target, that differ by less than this share are one: both came through a text."""

SUM_ERROR = 1e-4
"""A sum may be off by so much of itself and still tighten: `increase` over a window is off by the milliseconds between
its ends and the samples next to them."""


def mean_of(histogram: Histogram) -> float | None:
    """Return the mean, which is exact; None where there is no value."""
    cumulated = _cumulated(histogram)
    return histogram.total / cumulated[-1] if cumulated[-1] > 0.0 else None


def quantile(histogram: Histogram, share: float) -> Bounded | None:
    """Return the value that a share of the values does not exceed; None where there is none.

    The bounds hold for every usual definition of a percentile: nearest rank, and a line between two neighbours. They
    are the edges of the bucket, or closer where the exact sum of whole counts leaves less room: the values below
    and above cannot be so large, or so small. What lies above the last edge has no upper bound but by that sum: `high`
    is then infinite, and `value` the last edge.
    """
    cumulated = _cumulated(histogram)
    count = cumulated[-1]
    if count <= 0.0:
        return None
    first, last = (_rank(share, count, side) for side in (0, 1))
    low = _lower(histogram, cumulated, first)
    high = max(_upper(histogram, cumulated, last), low)
    return Bounded(min(max(_line(histogram, cumulated, share * count), low), high), low, high)


def share_within(histogram: Histogram, target: float) -> Bounded | None:
    """Return the share of values at or below a target; None where there is none.

    The bounds are the shares at the edges on either side; they meet where a bucket ends at the target.
    """
    cumulated = _cumulated(histogram)
    count = cumulated[-1]
    if count <= 0.0:
        return None
    edges = (_floor(histogram), *histogram.edges, inf)
    shares = (0.0, *(part / count for part in cumulated))
    below = max((i for i, edge in enumerate(edges) if edge <= target * (1.0 + EQUAL)), default=0)
    if below and _same(edges[below], target):
        return Bounded(shares[below], shares[below], shares[below])
    if target < edges[0]:
        return Bounded(0.0, 0.0, 0.0)
    low, high, upper = shares[below], shares[below + 1], edges[below + 1]
    along = 0.0 if isinf(upper) else (target - edges[below]) / (upper - edges[below])
    return Bounded(low + (high - low) * along, low, high)


def merged(histograms: Sequence[Histogram]) -> Histogram | None:
    """Return all values of several histograms in one; None for none.

    Where their edges differ, the edges that all have stay: a bucket is then as wide as the widest of them.
    """
    if not histograms:
        return None
    edges = [
        edge
        for edge in histograms[0].edges
        if all(any(_same(edge, other) for other in item.edges) for item in histograms[1:])
    ]
    rows = [[_at(item, edge) for edge in (*edges, inf)] for item in histograms]
    cumulated = [fsum(column) for column in zip(*rows, strict=True)]
    counts = tuple(after - before for before, after in pairwise((0.0, *cumulated)))
    return Histogram(tuple(edges), counts, fsum(item.total for item in histograms))


def _cumulated(histogram: Histogram) -> tuple[float, ...]:
    """Return how many values lie at or below each edge, the last for all; rising, whatever the counts."""
    return tuple(max(0.0, part) for part in accumulate(accumulate(histogram.counts), max))


def _at(histogram: Histogram, edge: float) -> float:
    """Return how many values lie at or below one of its edges."""
    for own, part in zip((*histogram.edges, inf), _cumulated(histogram), strict=True):
        if _same(own, edge):
            return part
    raise ValueError(f"{edge:g} is no edge of the histogram")


def _same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= EQUAL * max(abs(one), abs(other)) < inf


def _floor(histogram: Histogram) -> float:
    """Return where the first bucket begins."""
    return 0.0 if not histogram.edges or histogram.edges[0] > 0.0 else -inf


def _rank(share: float, count: float, side: int) -> float:
    """Return the rank, from 1, of the value on one side of a percentile: below it (0) or above it (1).

    numpy's line runs between the ranks around (n - 1) q + 1; the nearest rank, ceil(n q), is one of the two.
    """
    place = (count - 1.0) * share + 1.0
    rank = ceil(place - EQUAL) if side else int(place + EQUAL)
    return min(max(float(rank), min(1.0, count)), count)


def _bucket(cumulated: Sequence[float], rank: float) -> int:
    """Return the bucket that holds the value of a rank."""
    reach = rank * (1.0 - EQUAL)
    return next(index for index, part in enumerate(cumulated) if part >= reach)


def _line(histogram: Histogram, cumulated: Sequence[float], rank: float) -> float:
    """Return what `histogram_quantile` does: values spread evenly over their bucket."""
    index = next(index for index, part in enumerate(cumulated) if part >= rank and part > 0.0)
    edges = (_floor(histogram), *histogram.edges)
    if index == len(histogram.edges):
        return edges[-1]
    before = cumulated[index - 1] if index else 0.0
    lower, upper = edges[index], edges[index + 1]
    return upper if isinf(lower) else lower + (upper - lower) * (rank - before) / (cumulated[index] - before)


def _lower(histogram: Histogram, cumulated: Sequence[float], rank: float) -> float:
    """Return the least that the value of a rank can be.

    With all others as large as they can be, those of its bucket before it as large as it is, the sum is reached only
    if it is at least that.
    """
    index = _bucket(cumulated, rank)
    edges = (_floor(histogram), *histogram.edges, inf)
    lower = edges[index]
    if not _is_exact(histogram) or histogram.counts[-1] > 0.0:
        return lower
    before = cumulated[index - 1] if index else 0.0
    above = cumulated[index] - rank
    others = fsum(part * edges[i + 1] for i, part in enumerate(histogram.counts[:-1]) if i != index)
    total = histogram.total * (1.0 - SUM_ERROR)
    least = (total - others - above * edges[index + 1]) / (rank - before)
    return min(max(lower, least), edges[index + 1])


def _upper(histogram: Histogram, cumulated: Sequence[float], rank: float) -> float:
    """Return the most that the value of a rank can be: the mirror of `_lower`."""
    index = _bucket(cumulated, rank)
    edges = (_floor(histogram), *histogram.edges, inf)
    upper = edges[index + 1]
    if not _is_exact(histogram) or isinf(edges[0]):
        return upper
    before = cumulated[index - 1] if index else 0.0
    below = rank - 1.0 - before
    others = fsum(part * edges[i] for i, part in enumerate(histogram.counts) if i != index)
    total = histogram.total * (1.0 + SUM_ERROR)
    most = (total - others - below * edges[index]) / (cumulated[index] - rank + 1.0)
    return max(min(upper, most), edges[index])


def _is_exact(histogram: Histogram) -> bool:
    """Tell whether the counts are counts, whole and none below zero, and the sum can be that of such values.

    A sum that is missing, or of another time than the counts, tells nothing.
    """
    counts = histogram.counts
    if not all(part >= 0.0 and part == int(part) for part in counts):
        return False
    edges = (_floor(histogram), *histogram.edges, inf)
    least = fsum(part * edge for part, edge in zip(counts, edges, strict=False) if part)
    most = fsum(part * edge for part, edge in zip(counts, edges[1:], strict=True) if part)
    return least <= histogram.total * (1.0 + SUM_ERROR) and histogram.total * (1.0 - SUM_ERROR) <= most
