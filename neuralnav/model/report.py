"""What the commands report: the one structure behind text, JSON and the exit code."""

from typing import Literal

from neuralnav.model.lock import (
    Correction,
    LockDoc,
    LockedAssumption,
    LockedRefusal,
    LockedVerdict,
    Metric,
    Quality,
    Replicas,
    Scores,
)

DriftClass = Literal["workload", "policy", "data", "tool", "lock", "manifest", "missing"]
Status = Literal["written", "unchanged", "drift", "what-if", "infeasible", "refused", "failed"]


class ReportedWhere(LockDoc):
    """A place in a file; line 0 means the whole file."""

    file: str
    line: int
    column: int


class ReportedProblem(LockDoc):
    """A problem and how to mend it."""

    where: ReportedWhere
    message: str
    hint: str


class ReportedMetric(LockDoc):
    """A p95 at the planned load against its SLO, in ms."""

    p95_ms: Metric
    slo_ms: float


class ReportedChoice(LockDoc):
    """The candidate a plan deploys.

    `instead_of` is the locked choice that it takes the place of, `refused_by` the first rule that refuses that one now;
    both are empty where there is none.
    """

    candidate: str
    model: str
    precision: str
    accelerator: str
    gpus_per_replica: int
    nodes_per_replica: int
    replicas: Replicas
    gpus: int
    cost_usd_per_month: float
    ttft: ReportedMetric
    itl: ReportedMetric
    e2e: ReportedMetric
    binding: str
    capacity_rps: float
    capacity_at_least: bool
    kv_cache_use: float
    quality: Quality
    scores: Scores
    source: str
    correction: Correction | None = None
    mode: str
    kept: bool
    why: str
    instead_of: str
    refused_by: str = ""
    runner_up: str
    runner_up_behind: float


class ReportedDrift(LockDoc):
    """One class of drift in one file, with the command that fixes it; line 0 means the whole file."""

    drift: DriftClass
    file: str
    line: int = 0
    message: str
    fix: str


class ReportedPolicies(LockDoc):
    """What policies do to a plan, and say of its choice where they do more than pass.

    `applied` counts the policies that apply to the workload, `refused` the candidates that they refuse of those that it
    admits itself.
    """

    applied: int
    refused: int
    verdicts: tuple[LockedVerdict, ...] = ()


class WorkloadReport(LockDoc):
    """What happened to one workload."""

    workload: str
    path: str
    status: Status
    exit_code: int
    feasible: int = 0
    considered: int = 0
    choice: ReportedChoice | None = None
    assumptions: tuple[LockedAssumption, ...] = ()
    refused: tuple[LockedRefusal, ...] = ()
    policies: ReportedPolicies | None = None
    drift: tuple[ReportedDrift, ...] = ()
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class ReportedFinding(LockDoc):
    """What a policy of a repository says of it as a whole: a budget that is exceeded, an exemption that ran out.

    `deny` fails (exit 4), the others are only told; `note` says what a verdict does not count, or what will fail soon.
    `subject`: the group of a fleet policy, or whom an exemption is for. `why`: what did not hold, with what it read.
    """

    policy: str
    rule: str
    verdict: Literal["deny", "warn", "audit", "note"]
    subject: str
    message: str
    why: tuple[str, ...]
    fix: str
    where: ReportedWhere


class Report(LockDoc):
    """What one call of a command found and did."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: str
    exit_code: int
    workloads: tuple[WorkloadReport, ...] = ()
    problems: tuple[ReportedProblem, ...] = ()
    policies: tuple[ReportedFinding, ...] = ()
