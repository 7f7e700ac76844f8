"""What `observe` reports: the judgement of a plan's run, the structure behind text, JSON and exit code."""

from typing import Literal

from neuralnav.model.lock import LockDoc, Metric
from neuralnav.model.report import ReportedProblem

Verdict = Literal[
    "as-planned",
    "under-provisioned",
    "over-provisioned",
    "assumptions-wrong",
    "slower-than-predicted",
    "faster-than-predicted",
    "not-enough",
]
SloState = Literal["met", "missed", "unclear"]
"""`unclear`: the target lies inside a bucket, and so does the p95."""

Against = Literal["as-predicted", "slower", "faster", "unclear", "unknown"]
"""`unclear`: the buckets reach over an end of the interval; `unknown`: nothing was predicted for this load."""

TrafficState = Literal["as-planned", "at-peak", "apart", "unclear"]
"""`at-peak`: a mean above the plan's, in a window that may all be the busy time; `unclear`: so few values that
chance may explain the difference."""


class Figure(LockDoc):
    """A figure read off a histogram: it lies between `low` and `high`, `value` is the best guess between them."""

    value: float
    low: float
    high: float | None
    """None where it lies above the last edge, and nothing says how far."""


class ExpectedLatency(LockDoc):
    """What the plan's model says of the load that was observed, in ms, with the plan's 90 % interval about it."""

    at_rps: float
    """Requests a second of one replica: the load that the average request met."""
    mean_ms: float
    p95_ms: float
    low_ms: float
    high_ms: float
    """The upper end at the observed peak."""


class ComparedLatency(LockDoc):
    """One latency: what was planned, expected of the observed load, and observed."""

    metric: Literal["ttft", "itl", "e2e"]
    slo_ms: float
    """The target of the p95."""
    planned: Metric
    """The p95 at the planned peak."""
    expected: ExpectedLatency | None
    count: float
    mean_ms: float
    p50_ms: Figure
    p90_ms: Figure
    p95_ms: Figure
    p99_ms: Figure
    bucket_ms: tuple[float, float | None]
    """The edges of the bucket that holds the p95."""
    within_slo: Figure
    """The share of values within the target."""
    slo: SloState
    against: Against
    p95_error: Figure | None
    """Observed over expected, less 1; its bounds are those of the observed p95."""
    mean_error: float | None
    """Likewise; the mean is exact."""


class ComparedTraffic(LockDoc):
    """One assumption about traffic: planned, and observed with what chance leaves open (95 %)."""

    name: Literal["mean rate", "peak rate", "prompt tokens", "output tokens"]
    field: str
    """The field of the workload that states it."""
    unit: str
    planned: float
    observed: float
    low: float
    high: float
    state: TrafficState


class Sizing(LockDoc):
    """Replicas: planned, seen, and needed for what was observed."""

    planned: int
    least: int
    """What runs at least: the planned number, or the autoscaler's least where there is one."""
    most: int
    """What runs at most: the planned number, or the autoscaler's most."""
    spare: int
    """Replicas of these that the plan counts on for nothing: they stand in for one that is lost."""
    seen_mean: float
    seen_least: float
    seen_most: float
    needed: int | None
    """With the plan's headroom and spare replicas; None where no number keeps the SLOs, or it cannot be told."""
    peak_rps: float
    """The peak that `needed` is for."""
    capacity_rps: float
    """Of one replica, at the observed lengths and pace."""
    planned_capacity_rps: float
    breaks_at_rps: float
    """The peak at which the SLOs break, of all that may run but the spare ones."""
    headroom: float
    headroom_left: float | None
    """`breaks_at_rps` over the peak."""
    usd_per_month: float
    """Of the planned replicas."""
    saving_usd_per_month: float
    """Of `needed` replicas in place of `least`; below zero, what they cost more than `most`; else 0."""


class ObservedFinding(LockDoc):
    """Something that is not as planned, in one sentence."""

    verdict: Verdict
    sentence: str


class FieldEdit(LockDoc):
    """A field of the workload that should say something else; dots between keys, `spec` left out."""

    field: str
    before: str
    """What it says now; empty where it says nothing."""
    after: str | int | float | None
    """As it is written in the file; None takes the field away."""
    why: str


class Judgement(LockDoc):
    """A run held against its plan. The verdict is that of the first finding; `as-planned` where there is none."""

    verdict: Verdict
    sentence: str
    findings: tuple[ObservedFinding, ...]
    latencies: tuple[ComparedLatency, ...]
    traffic: tuple[ComparedTraffic, ...]
    burstiness: float | None
    """Variance over mean of the requests in a step, about their five minutes' mean; 1 for Poisson arrivals."""
    sizing: Sizing
    edits: tuple[FieldEdit, ...]
    notes: tuple[str, ...]


class ObservedWorkload(LockDoc):
    """One workload over the window."""

    workload: str
    path: str
    exit_code: int
    namespace: str
    environment: str
    plan: str
    """Digest of the lock's text."""
    candidate: str
    start: str
    end: str
    """UTC, ISO 8601."""
    seconds: float
    covered: float
    simulated: bool
    requests: float
    failed: float
    in_flight_mean: float | None
    waiting_mean: float | None
    kv_use_mean: float | None
    kv_use_most: float | None
    planned_kv_use: float | None
    preemptions: float
    prefix_hit_share: float | None
    resets: int
    cost_usd: float
    judgement: Judgement
    merge_patch: str = ""
    """The edits as a YAML merge patch of the workload; empty where there are none."""
    diff: str = ""
    """The edits as a unified diff of the workload's file, comments kept."""
    what_if: str = ""
    """What a compile of the edited workload would choose, in a sentence."""
    written: str = ""
    """The file of outcomes that holds this run; empty where none was written."""


class ObserveReport(LockDoc):
    """What one call of `observe` found."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["observe"] = "observe"
    exit_code: int
    workloads: tuple[ObservedWorkload, ...]
    problems: tuple[ReportedProblem, ...] = ()
    """Why others could not be observed."""
