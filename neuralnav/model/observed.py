"""What Prometheus said of one workload over a window, before anybody judges it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of values by bucket over a window.

    `edges` are the upper edges, rising, without infinity; `counts` has one more: what lies above the last edge.
    `total` is the sum of all values, so the mean is exact where percentiles are only as good as the buckets.
    """

    edges: tuple[float, ...]
    counts: tuple[float, ...]
    total: float

    @property
    def count(self) -> float:
        """How many values there are."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge over the window: its mean over time, its least and its most."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second of the whole service in the step that ends at `at`."""

    at: datetime
    rps: float


@dataclass(frozen=True, slots=True)
class Observed:
    """One workload over a window, all replicas together.

    `latencies` are histograms in seconds by metric (ttft, itl, e2e); a metric that no replica reports is missing.
    `covered` is the share of the window in which a replica was scraped. `requests` ended with an answer, by reason in
    `reasons`; those that were aborted or failed are among them under their reasons. `rates` are in order of time.
    `resets` counts restarts of a counter. `notes` say what makes all this less certain, in whole sentences. So many
    seconds of the server's clock as `speedup` says pass in one of the window: a simulator's may run faster, and then
    `latencies` are by its clock, `rates` by the window's.
    """

    start: datetime
    end: datetime
    covered: float
    simulated: bool
    served_models: tuple[str, ...]
    latencies: Mapping[str, Histogram]
    prompt_tokens: Histogram | None
    output_tokens: Histogram | None
    requests: float
    reasons: Mapping[str, float]
    rates: tuple[Rate, ...]
    replicas: Level | None
    running: Level | None
    waiting: Level | None
    kv_use: Level | None
    preemptions: float
    prefix_hit_share: float | None
    resets: int
    notes: tuple[str, ...]
    speedup: float = 1.0
