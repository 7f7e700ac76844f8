"""Local calibration: a few measured runs of one configuration -> how far its latencies lie from the model's.

Each run gives, per metric, y = log(measured / predicted). Over the configurations that were measured, y is taken as
a + b + e: `a` belongs to the configuration (variance between configurations), `b` changes with shape and load (alike
for places that are near, independent for distant ones), `e` is what repeats of one run differ by. From the y of one
configuration follow the shift of its latencies at any place, and what may still lie between it and the next run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import expm1, inf, log, log1p, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from neuralnav.model.spec import UnusedRuns
from neuralnav.model.tables import METRICS

Vector = NDArray[np.float64]

MOST_FACTOR = 4.0
"""A run further than this from its prediction, in any metric, is probably not what its labels say."""

Z90 = 1.645
"""Standard normal deviate that 5 % exceed."""

DOUBLINGS = 3.0
"""The distance, in doublings of prompt, output and load together, over which likeness falls to 1/e."""

PRIOR_RUNS = 4.0
"""How many runs the variance within configurations counts as, beside those at hand."""

APART_DOUBLINGS = 3.0
"""How far a p95 under Poisson arrivals is taken to lie from what other clients and statistics say. An assumption."""

LEAST_IN_FLIGHT = 1.0
"""Fewer requests in flight than one are as good as one: a request has the server to itself."""

DIGITS = 6
"""Logarithms are rounded to a millionth, so that no last bit of a processor's `log` shows in a plan."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviations of y for one metric.

    `between` configurations; `within` one, over shapes and loads that have nothing in common; of a `repeat`.
    """

    between: float
    within: float
    repeat: float


SPREADS: Mapping[str, Spread] = {
    "ttft": Spread(between=0.15, within=0.19, repeat=0.10),
    "itl": Spread(between=0.12, within=0.09, repeat=0.04),
    "e2e": Spread(between=0.12, within=0.09, repeat=0.04),
}
"""Defaults. `repeat`: runs of one configuration differ by about 10 % in TTFT and 2-6 % in TPOT (feasibility study of
the serving model). `between`: the spread of configurations' medians, each predicted by a fit that left its group out.
`within` is chosen so that 90 % intervals from one and from three runs hold 90 % of the others, as are DOUBLINGS and
PRIOR_RUNS (`tests/bench/local_calibration.py --components`)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a latency is measured, or wanted: the shape of the requests, and how many are in flight on average.

    `is_tail` tells a p95 under Poisson arrivals, which plans are made of, from any other statistic or client.
    """

    prompt_tokens: int
    output_tokens: int
    in_flight: float
    is_tail: bool = False


FAR = Place(1, 1, inf)
"""A place that is like none."""


@dataclass(frozen=True, slots=True)
class Residual:
    """One measured run: where, and log(measured / predicted) of each metric that it reports.

    `doubts` are variances of these logs beside that of a repeat, of the metrics that have any: a window in which the
    load varied says less than a benchmark does. `observed` tells outcomes of deployed plans from benchmarks.
    """

    name: str
    place: Place
    logs: Mapping[str, float]
    doubts: Mapping[str, float] = field(default_factory=dict)
    observed: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured runs of configurations by candidate id, and those that could not be used, by reason."""

    residuals: Mapping[str, tuple[Residual, ...]]
    unused: tuple[UnusedRuns, ...]


NOTHING_MEASURED = Measured({}, ())


@dataclass(frozen=True, slots=True)
class MetricShift:
    """What the runs of one configuration say of one metric.

    `runs` that report it, the `median` of their y, and `shift`, the median drawn towards 0. `left` is the standard
    deviation of y within the configuration, from these runs and `spread`; `spread` is what was known before.
    """

    metric: str
    runs: int
    median: float
    shift: float
    left: float
    spread: Spread


@dataclass(frozen=True, slots=True)
class Shift:
    """What the measured runs of one configuration say of its latencies; every metric is there."""

    metrics: Mapping[str, MetricShift]
    residuals: tuple[Residual, ...]
    general_widths: Mapping[str, float]

    def at(self, metric: str, places: Sequence[Place]) -> tuple[Vector, Vector]:
        """Return the log of what predictions are multiplied by at each place, and the variance left there.

        Far from all runs the first is the metric's `shift`; near them, what is left of their y beyond it counts too,
        by exp(-distance / DOUBLINGS). The second is that of one more run: never below the variance of a repeat.
        """
        found = self.metrics[metric]
        spread = found.spread
        drift, repeat = max(found.left**2 - spread.repeat**2, 0.0), spread.repeat**2
        own = [item for item in self.residuals if metric in item.logs]
        if not own:
            return np.zeros(len(places)), np.full(len(places), spread.between**2 + drift + repeat)
        y = np.array([item.logs[metric] for item in own]) - found.shift
        here, noise = [item.place for item in own], np.diag(_doubts(own, metric) + repeat)
        near, alike = drift * _likeness(places, here), drift * _likeness(here, here) + noise
        logs = found.shift + near @ np.linalg.solve(alike, y)
        both, every = near + spread.between**2, alike + spread.between**2
        known = np.einsum("ij,ji->i", both, np.linalg.solve(every, both.T))
        left = np.maximum(spread.between**2 + drift - known, 0.0) + repeat
        return np.round(logs, DIGITS), np.round(left, DIGITS)

    def far(self, metric: str) -> Vector:
        """Return the variance that is left far from all runs, as `at` does."""
        return self.at(metric, [FAR])[1]

    def width(self, metric: str, variances: Vector) -> float:
        """Return the relative half-width of the 90 % interval over places of these variances.

        It is never below that of repeats of one run, nor above the general one where that is known.
        """
        local = expm1(Z90 * sqrt(float(np.mean(variances))))
        return min(local, self.general_widths.get(metric, local))


def plausible(residuals: Iterable[Residual]) -> tuple[tuple[Residual, ...], tuple[Residual, ...]]:
    """Return the runs that may be what their labels say, in a total order, and those that are too far off to be."""
    kept: list[Residual] = []
    refused: list[Residual] = []
    for item in sorted(residuals, key=_order):
        far = any(abs(value) > log(MOST_FACTOR) for value in item.logs.values())
        (refused if far else kept).append(item)
    return tuple(kept), tuple(refused)


def shift_of(
    residuals: Iterable[Residual],
    *,
    general_widths: Mapping[str, float] | None = None,
    spreads: Mapping[str, Spread] = SPREADS,
) -> Shift:
    """Return what the runs of one configuration say, whatever their order.

    `general_widths` are the half-widths of the intervals that hold without any run, by metric, where they are known:
    one wider than `spreads` explain says that configurations like this one differ more from each other.
    """
    widths = dict(general_widths or {})
    ordered = tuple(sorted(residuals, key=_order))
    metrics = {}
    for metric in METRICS:
        spread = _widened(spreads[metric], widths.get(metric))
        own = [item for item in ordered if metric in item.logs]
        metrics[metric] = _shift(metric, np.array([item.logs[metric] for item in own]), _doubts(own, metric), spread)
    return Shift(metrics, ordered, widths)


def left_out(
    residuals: Iterable[Residual],
    *,
    general_widths: Mapping[str, float] | None = None,
    spreads: Mapping[str, Spread] = SPREADS,
) -> Mapping[str, tuple[float, ...]]:
    """Return, per metric, what is left of each run's y when the others alone correct its prediction.

    In a total order of the runs that report the metric; empty where there are fewer than two.
    """
    ordered = sorted(residuals, key=_order)
    found: dict[str, tuple[float, ...]] = {}
    for metric in METRICS:
        own = [item for item in ordered if metric in item.logs]
        rests = [[other for other in own if other is not item] for item in own] if len(own) > 1 else []
        found[metric] = tuple(
            item.logs[metric]
            - float(shift_of(rest, general_widths=general_widths, spreads=spreads).at(metric, [item.place])[0][0])
            for item, rest in zip(own, rests, strict=False)
        )
    return found


def _shift(metric: str, y: Vector, doubts: Vector, spread: Spread) -> MetricShift:
    """Return the median, drawn towards 0 by what it may owe to chance.

    The weight is n B / (n B + W) for the variances B between and W within. n runs count as 1 + 2 (n - 1) / pi in it,
    because the median wastes some of them. W is the known one, counted as PRIOR_RUNS, joined with that of the runs
    about their median, and at least that of a repeat. A run of doubt d counts in all this as W / (W + d) of one.
    """
    if not len(y):
        return MetricShift(metric, 0, 0.0, 0.0, spread.within, spread)
    shares = spread.within**2 / (spread.within**2 + doubts)
    median = float(np.median(y)) if not doubts.any() else _weighted_median(y, shares)
    squares = PRIOR_RUNS * spread.within**2 + float(np.sum(shares * (y - median) ** 2))
    within = max(squares / (PRIOR_RUNS + len(y) - 1), spread.repeat**2)
    counted = (1.0 + 2.0 * (len(y) - 1) / pi) * spread.between**2 * float(np.mean(shares))
    return MetricShift(metric, len(y), median, counted / (counted + within) * median, sqrt(within), spread)


def _weighted_median(y: Vector, shares: Vector) -> float:
    """Return the value that half the weight lies on either side of, the mean of two where it falls between them."""
    order = np.argsort(y, kind="stable")
    below, half = np.cumsum(shares[order]), float(np.sum(shares)) / 2
    at = int(np.searchsorted(below, half * (1 - 1e-12)))
    level = abs(float(below[at]) - half) <= half * 1e-12
    return float(y[order[at]] + y[order[at + 1]]) / 2 if level else float(y[order[at]])


def _doubts(items: Sequence[Residual], metric: str) -> Vector:
    return np.array([item.doubts.get(metric, 0.0) for item in items], dtype=np.float64)


def _widened(spread: Spread, width: float | None) -> Spread:
    """Return the spread with as much between configurations as the general interval leaves to it, if that is more."""
    if width is None:
        return spread
    between = (log1p(width) / Z90) ** 2 - spread.within**2
    return Spread(max(spread.between, sqrt(max(between, 0.0))), spread.within, spread.repeat)


def _likeness(some: Sequence[Place], others: Sequence[Place]) -> Vector:
    """Return exp(-distance / DOUBLINGS) of each pair: doublings of prompt, of output and of load, and what is apart."""
    one, two = _coordinates(some), _coordinates(others)
    distance = np.abs(one[:, None, :] - two[None, :, :]).sum(axis=2)
    return np.asarray(np.exp(-distance / DOUBLINGS))


def _coordinates(places: Sequence[Place]) -> Vector:
    rows = [(p.prompt_tokens, p.output_tokens, max(p.in_flight, LEAST_IN_FLIGHT)) for p in places]
    tails = np.array([[APART_DOUBLINGS * place.is_tail] for place in places])
    return np.hstack([np.log2(np.array(rows, dtype=np.float64)), tails])


def _order(item: Residual) -> tuple[object, ...]:
    place = item.place
    return (
        place.prompt_tokens,
        place.output_tokens,
        place.in_flight,
        place.is_tail,
        item.name,
        sorted(item.logs.items()),
        sorted(item.doubts.items()),
        item.observed,
    )
