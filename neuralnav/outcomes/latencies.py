"""Latencies against their SLOs, and against what the plan expects of the load that was observed."""

from collections.abc import Mapping, Sequence
from math import isinf, sqrt

from neuralnav.model.lock import LockedCandidate, Metric
from neuralnav.model.observe_report import Against, ComparedLatency, ExpectedLatency, Figure, SloState
from neuralnav.model.observed import Histogram, Observed
from neuralnav.model.outcome import Achieved, Bounded, Outcome
from neuralnav.outcomes.expected import planned_metrics

P95 = 0.95
MS = 1000.0

MS_DIGITS, SHARE_DIGITS, ERROR_DIGITS = 3, 6, 4


def compared_latencies(
    chosen: LockedCandidate, outcome: Outcome, observed: Observed, expected: Mapping[str, ExpectedLatency]
) -> tuple[ComparedLatency, ...]:
    """Return each latency that was reported, with what was expected of it where anything was."""
    rows = []
    for metric, plan in planned_metrics(chosen).items():
        achieved: Achieved | None = getattr(outcome, metric)
        if achieved is None:
            continue
        foreseen = expected.get(metric)
        p95 = achieved.percentiles["p95"]
        row = {
            "metric": metric,
            "slo_ms": achieved.slo_ms,
            "planned": plan,
            "expected": foreseen,
            "count": achieved.count,
            "mean_ms": round(achieved.mean_ms, MS_DIGITS),
            **{f"{name}_ms": _figure(item, MS_DIGITS) for name, item in achieved.percentiles.items()},
            "bucket_ms": _bucket(observed.latencies[metric], p95),
            "within_slo": _figure(achieved.within_slo, SHARE_DIGITS),
            "slo": slo_state(achieved),
            "against": "unknown" if foreseen is None else against(metric, achieved, foreseen, plan),
            "p95_error": None if foreseen is None else _figure(_error(p95, foreseen.p95_ms), ERROR_DIGITS),
            "mean_error": None if foreseen is None else round(achieved.mean_ms / foreseen.mean_ms - 1.0, ERROR_DIGITS),
        }
        rows.append(ComparedLatency.model_validate(row))
    return tuple(rows)


def slo_state(achieved: Achieved) -> SloState:
    """Tell whether 95 % of the values were within the target.

    `missed` only where the share is lower by more than chance gives (95 %, one-sided, binomial): a p95 right at its
    target is over it half of the time.
    """
    within, p95 = achieved.within_slo, achieved.percentiles["p95"]
    if within.low >= P95 or p95.high <= achieved.slo_ms:
        return "met"
    chance = 1.645 * sqrt(P95 * (1.0 - P95) / max(achieved.count, 1.0))
    return "missed" if within.high < P95 - chance else "unclear"


def against(metric: str, achieved: Achieved, expected: ExpectedLatency, plan: Metric) -> Against:
    """Tell how a latency lies to the plan's interval: TTFT by its p95, or its exact mean where buckets leave that open.

    ITL and E2E are judged by their means alone, at the plan's relative interval: the upper end at the peak, where
    the p95 of gaps may have jumped, says nothing of a mean. That p95 jumps by a factor of three where one gap in
    twenty meets another prompt, so a load a little off moves it past any interval; that of E2E is that of the
    longest answers, and a plan has answers of one length.
    """
    low, high = expected.low_ms / expected.p95_ms, expected.high_ms / expected.p95_ms
    if metric != "ttft":
        low, high = plan.low / plan.value, plan.high / plan.value
    mean = _lies(achieved.mean_ms, achieved.mean_ms, low * expected.mean_ms, high * expected.mean_ms)
    if metric != "ttft":
        return mean
    p95 = achieved.percentiles["p95"]
    found = _lies(p95.low, p95.high, expected.low_ms, expected.high_ms)
    return mean if found == "unclear" else found


def paces_of(latencies: Sequence[ComparedLatency]) -> Mapping[str, float]:
    """Return by how much latencies are longer than expected, where they are slower than the plan's interval allows."""
    return {
        row.metric: max(1.0, row.mean_ms / row.expected.mean_ms)
        for row in latencies
        if row.against == "slower" and row.expected is not None
    }


def _lies(low: float, high: float, least: float, most: float) -> Against:
    if low > most:
        return "slower"
    if high < least:
        return "faster"
    return "as-predicted" if least <= low and high <= most else "unclear"


def _error(found: Bounded, expected: float) -> Bounded:
    return Bounded(found.value / expected - 1.0, found.low / expected - 1.0, found.high / expected - 1.0)


def _bucket(histogram: Histogram, p95: Bounded) -> tuple[float, float | None]:
    """Return the edges about a p95 in ms; bounds that the sum has tightened lie inside them."""
    edges = [0.0, *(edge * MS for edge in histogram.edges)]
    below = max((edge for edge in edges if edge <= p95.low * (1.0 + 1e-9)), default=0.0)
    above = min((edge for edge in edges[1:] if edge >= p95.high * (1.0 - 1e-9)), default=None)
    return round(below, MS_DIGITS), None if above is None else round(above, MS_DIGITS)


def _figure(found: Bounded, digits: int) -> Figure:
    high = None if isinf(found.high) else round(found.high, digits)
    return Figure(value=round(found.value, digits), low=round(found.low, digits), high=high)
