"""An outcome: what one locked plan achieved over a window, as one row of the dataset `outcomes/`. No text of prompts.

It is measured evidence at one operating point. Times are milliseconds, rates requests per second.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OUTCOME_VERSION = 1
"""Written in every row; a reader refuses a greater one, and knows every smaller one."""

PERCENTILES = ("p50", "p90", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure read off a histogram: it lies between `low` and `high`; `value` is the best guess between them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Achieved:
    """A latency: its exact mean, percentiles as good as the buckets, and the share of values within the target."""

    mean_ms: float
    percentiles: Mapping[str, Bounded]
    slo_ms: float
    within_slo: Bounded
    count: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens of prompts, or of answers: the exact mean, and percentiles as good as the buckets."""

    mean: float
    p50: Bounded
    p95: Bounded


@dataclass(frozen=True, slots=True)
class Served:
    """What served: a candidate under engine settings, as benchmark rows name them. `engine` tells a simulator apart."""

    model: str
    precision: str
    accelerator: str
    tp: int
    pp: int
    engine: str
    engine_version: str
    kv_dtype: str
    max_num_seqs: int
    max_num_batched_tokens: int
    memory_utilization: float
    prefix_caching: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan achieved. `plan` is the digest of the lock's text; `start` and `end` are UTC, ISO 8601 with a Z.

    `seconds` are the server's: a simulator at ten times the speed has ten in one between `start` and `end`, and all
    rates are by them. `mean_rps` and `peak_rps` are of the whole service; the peak is the highest rate over any five
    minutes. What is null was not reported. `cost_usd` is what the replicas cost in the window at the lock's price.
    """

    workload: str
    namespace: str
    environment: str
    plan: str
    served: Served
    start: str
    end: str
    seconds: float
    covered: float
    requests: float
    failed: float
    mean_rps: float
    peak_rps: float
    replicas_mean: float
    replicas_least: float
    replicas_most: float
    ttft: Achieved | None
    itl: Achieved | None
    e2e: Achieved | None
    prompt_tokens: Lengths | None
    output_tokens: Lengths | None
    in_flight_mean: float | None
    waiting_mean: float | None
    kv_use_mean: float | None
    kv_use_most: float | None
    preemptions: float
    prefix_hit_share: float | None
    cost_usd: float
    resets: int
