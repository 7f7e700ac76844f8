"""What a Prometheus might have said of the small lock's service, for the tests of outcomes."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from neuralnav.model.engine_metrics import LATENCY_EDGES_S
from neuralnav.model.observed import Histogram, Level, Observed, Rate

END = datetime(2026, 11, 26, 8, 0, 0, tzinfo=UTC)
TOKEN_EDGES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)
USUAL_S: Mapping[str, float] = {"ttft": 0.070, "itl": 0.020, "e2e": 4.5}
"""Latencies that keep the SLOs of the small lock, 150/25/7000 ms."""


def filled(values: Sequence[float], edges: Sequence[float]) -> Histogram:
    """Return the histogram of some values."""
    counts = [0.0] * (len(edges) + 1)
    for value in values:
        counts[bisect_left(edges, value)] += 1.0
    return Histogram(tuple(edges), tuple(counts), float(sum(values)))


def all_at(value: float, count: float, edges: Sequence[float]) -> Histogram:
    """Return the histogram of one value, so many times."""
    counts = [0.0] * (len(edges) + 1)
    counts[bisect_left(edges, value)] = float(count)
    return Histogram(tuple(edges), tuple(counts), value * count)


def observed(
    *rps: float,
    hours: float = 24.0,
    latencies_s: Mapping[str, float] | None = None,
    prompt: float = 512.0,
    output: float = 256.0,
    replicas: float | None = 2.0,
    **changes: Any,
) -> Observed:
    """Return a window of rates that stand for equal parts of it, every request alike; a day unless `hours` says."""
    seconds = hours * 3600.0
    steps = max(len(rps), int(seconds // 60.0))
    rates = [rps[index * len(rps) // steps] for index in range(steps)]
    step = seconds / steps
    requests = float(round(sum(rates) * step))
    times = {**USUAL_S, **(latencies_s or {})}
    start = END - timedelta(seconds=seconds)
    level = None if replicas is None else Level(replicas, replicas, replicas)
    values: dict[str, Any] = {
        "start": start,
        "end": END,
        "covered": 1.0,
        "simulated": False,
        "served_models": ("alpha-8b",),
        "latencies": {name: all_at(times[name], requests, LATENCY_EDGES_S[name]) for name in times},
        "prompt_tokens": all_at(prompt, requests, TOKEN_EDGES),
        "output_tokens": all_at(output, requests, TOKEN_EDGES),
        "requests": requests,
        "reasons": {"stop": requests},
        "rates": tuple(Rate(start + timedelta(seconds=step * (i + 1)), rate) for i, rate in enumerate(rates)),
        "replicas": level,
        "running": Level(30.0, 0.0, 60.0),
        "waiting": Level(0.0, 0.0, 1.0),
        "kv_use": Level(0.04, 0.0, 0.1),
        "preemptions": 0.0,
        "prefix_hit_share": None,
        "resets": 0,
        "notes": (),
        **changes,
    }
    return Observed(**values)
