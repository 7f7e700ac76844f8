"""How many requests go before the measured ones: as many as fill the server, judged by what the run itself shows.

A server that starts empty has filled when as many requests have come as are in flight on average: by Little's law the
arrivals of one mean E2E. `tests/bench/bench_sweep.py warm-up` shows what is left of the start after this rule: a few
tenths of a percent of any p95 up to 90 % of saturation. MSER-5 (White, Cobb & Spratt 2000), tried first, asks for more
on three in ten runs that have settled: near saturation latencies are too autocorrelated for it.
"""

from math import ceil

from neuralnav.serving.engine import Run

FILLS = 1.25
"""The measured requests begin this many mean E2E after the first arrival, or later."""

LEAST = 30
MOST_FILLS = 4.0


def first_guess(batch: int, load_share: float) -> int:
    """Return the warm-up to begin with, where at most `batch` requests are in flight at saturation.

    At a share of saturation they are at most that share of a batch: no E2E is longer than that of a full batch.
    """
    return LEAST + ceil(FILLS * batch * min(load_share, 1.0))


def longest(batch: int) -> int:
    """Return the longest warm-up of such a server: what four full batches do not fill is a queue that only grows."""
    return LEAST + ceil(MOST_FILLS * batch)


def has_filled(run: Run) -> bool:
    """Tell whether the run's measured requests came when the server had filled."""
    start, stop = run.measured
    filling_ms = float(run.arrival_ms[start] - run.arrival_ms[0])
    return filling_ms >= FILLS * float(run.e2e_ms[start:stop].mean())
