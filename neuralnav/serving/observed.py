"""What a run shows: the latency and rate cells of a benchmark row."""

from collections.abc import Iterator
from math import fsum

import numpy as np
from numpy.typing import NDArray

from neuralnav.model.tables import RATE_DIGITS
from neuralnav.serving.engine import Run

Vector = NDArray[np.float64]

QUANTILES = (("p50", 0.50), ("p90", 0.90), ("p95", 0.95), ("p99", 0.99))

BINS = 4096
"""Values are binned before they are sorted: only the few bins that hold a quantile need an order."""


def observed(run: Run, output_tokens: int, lanes: int) -> dict[str, float]:
    """Return the cells that a run of one of `lanes` alike measured.

    Requests count as achieved between first and last measured arrival.
    """
    start, stop = run.measured
    since, until = run.arrival_ms[start], run.arrival_ms[stop - 1]
    finished = int(np.count_nonzero((run.finish_ms > since) & (run.finish_ms <= until)))
    achieved = round(lanes * (finished / (until - since) * 1e3), RATE_DIGITS) if until > since else 0.0
    ones = np.ones(stop - start, dtype=np.int64)
    return {
        "achieved_rps": achieved,
        "output_tokens_per_s": achieved * output_tokens,
        **dict(statistics("ttft", run.ttft_ms[start:stop], ones)),
        **dict(statistics("itl", run.gap_ms, run.gap_weight)),
        **dict(statistics("e2e", run.e2e_ms[start:stop], ones)),
    }


def statistics(metric: str, values_ms: Vector, weights: NDArray[np.int64]) -> Iterator[tuple[str, float]]:
    """Yield mean and quantiles; a quantile q is the least value that at least a share q of the weight does not exceed.

    The mean is summed without rounding, so that it does not depend on how a processor splits a sum.
    """
    total = int(weights.sum())
    yield f"{metric}_mean_ms", _sum(values_ms * weights) / total
    least, most = float(values_ms.min()), float(values_ms.max())
    bins = ((values_ms - least) * ((BINS - 1) / (most - least) if most > least else 0.0)).astype(np.int64)
    below = np.cumsum(np.bincount(bins, weights, BINS))
    for name, share in QUANTILES:
        at = int(np.searchsorted(below, share * total))
        held = np.flatnonzero(bins == at)
        held = held[np.argsort(values_ms[held])]
        cumulated = np.cumsum(weights[held]) + (below[at - 1] if at else 0.0)
        yield f"{metric}_{name}_ms", float(values_ms[held[np.searchsorted(cumulated, share * total)]])


def _sum(values: Vector) -> float:
    """Return the sum: halves are added with what rounding cuts off (Knuth's two-sum), and that is added in the end."""
    cut_off = []
    while len(values) > 1:
        half = len(values) // 2
        left, right, rest = values[:half], values[half : 2 * half], values[2 * half :]
        total = left + right
        of_right = total - left
        cut_off.append(float(((left - (total - of_right)) + (right - of_right)).sum()))
        values = np.concatenate([total, rest])
    return fsum([*values.tolist(), *cut_off])
