"""What `probe` reports: what a running service answered to real requests, beside its plan. No text of any of them."""

from typing import Literal

from neuralnav.model.lock import LockDoc, Metric

ProbeVerdict = Literal[
    "answers", "slower-than-planned", "misses-slo", "does-not-answer", "another-model", "interrupted"
]
"""`slower-than-planned` still keeps the SLOs, as far as the requests tell; `interrupted`: before any was answered."""

Standing = Literal["kept", "within", "open", "missed", "untold"]
"""Of an SLO. `kept` and `missed` are shown at 95 %; `within` and `open`: the p95 measured is within it, or over, and so
few requests do not show more; `untold`: nothing was measured."""

Pace = Literal["as-planned", "slower", "untold"]


class Estimate(LockDoc):
    """A percentile and its 95 % interval from sampling alone, in ms; null: so few requests do not bound it there."""

    value: float
    low: float | None
    high: float | None


class ProbedMetric(LockDoc):
    """One latency, in ms. `planned_p95` holds at the planned peak; `predicted` are of these very requests.

    Predictions carry the plan's own relative interval. `values` counts what was measured: requests, or gaps between
    tokens; `over_slo` is the share of it above the target.
    """

    metric: Literal["ttft", "itl", "e2e"]
    slo_p95: float
    planned_p95: Metric | None
    predicted_p50: Metric | None
    predicted_p95: Metric | None
    values: int
    mean: float | None
    p50: Estimate | None
    p95: Estimate | None
    over_slo: float | None
    standing: Standing
    pace: Pace


class ProbedLoad(LockDoc):
    """What was sent. Open loop at `rate_rps` where that is above 0, else `in_flight` at a time.

    `achieved_rps` counts answers; `planned_rps` is the load at which the plan's numbers hold on so many `replicas`,
    which are taken to share the load.
    """

    requests: int
    answered: int
    failed: int
    given_up: int
    warm_ups: int
    rate_rps: float
    in_flight: int
    seconds: float
    achieved_rps: float
    planned_rps: float
    replicas: int
    seed: int


class ProbedTokens(LockDoc):
    """Tokens of a request in the mean, as the server counts them; null where it does not say.

    `cached` are those of a prompt that the server had in its prefix cache. `per_part`: of each part of a stream.
    """

    prompt_planned: int
    prompt: float | None
    output_planned: int
    output: float | None
    cached: float
    per_part: float | None


class ProbedServer(LockDoc):
    """Who answered. `simulator`: nobody but our simulator; `speedup` is its clock's, and times are of that clock."""

    url: str
    via: Literal["url", "status", "api-server"]
    route: Literal["chat", "completions"]
    model: str
    serves: tuple[str, ...]
    context_tokens: int
    version: str
    simulator: bool
    simulates: str
    speedup: float
    way_ms: float


class ProbeError(LockDoc):
    """Requests without a whole answer, of one kind, and what the first of them was told."""

    kind: str
    count: int
    said: str


class ProbeReport(LockDoc):
    """What one call of `probe` found. `why` explains the verdict, `notes` what the numbers do not say by themselves."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["probe"] = "probe"
    exit_code: int
    workload: str
    namespace: str
    candidate: str
    verdict: ProbeVerdict
    why: str
    server: ProbedServer
    load: ProbedLoad
    tokens: ProbedTokens
    metrics: tuple[ProbedMetric, ...]
    errors: tuple[ProbeError, ...]
    notes: tuple[str, ...]
