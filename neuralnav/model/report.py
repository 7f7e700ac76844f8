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

DriftClass = Literal["workload", "policy", "data", "tool", "lock", "manifest", "missing", "live"]
"""`live` is what runs in a cluster and is not what is committed: only `diff --live` finds it."""
Status = Literal["written", "unchanged", "drift", "what-if", "infeasible", "refused", "failed"]


class ReportedWhere(LockDoc):
    """A place in a file."""

    file: str
    """From the folder where the command ran; in a diff, and in annotations, from the root."""
    line: int
    """From 1; 0 means the whole file."""
    column: int
    """From 1; 0 means the whole line."""


class ReportedProblem(LockDoc):
    """A problem and how to mend it."""

    where: ReportedWhere
    message: str
    hint: str


class ReportedMetric(LockDoc):
    """A p95 at the planned load against its SLO, in ms."""

    p95_ms: Metric
    """The p95 at the planned load with its 90 % interval."""
    slo_ms: float


class ReportedChoice(LockDoc):
    """The candidate a plan deploys."""

    candidate: str
    """Its id: model/precision/accelerator/tpN, with /ppN where a pipeline is used."""
    model: str
    precision: str
    accelerator: str
    gpus_per_replica: int
    nodes_per_replica: int
    replicas: Replicas
    gpus: int
    """Accelerators in all, of the planned replicas."""
    cost_usd_per_month: float
    ttft: ReportedMetric
    itl: ReportedMetric
    e2e: ReportedMetric
    binding: str
    """The SLO that the load curve hits first."""
    capacity_rps: float
    """The highest rate at which one replica meets all SLOs."""
    capacity_at_least: bool
    """Whether the capacity is a lower bound: the top of the curve still meets all SLOs."""
    kv_cache_use: float
    """The share of the KV cache that the planned load takes."""
    quality: Quality
    scores: Scores
    source: str
    """Where the load curve comes from: measured, simulated, interpolated or predicted."""
    correction: Correction | None = None
    """How measured runs corrected the curve, where they did."""
    mode: str
    """vllm or simulator."""
    kept: bool
    """Whether this is the locked choice, kept though another ranks above it."""
    why: str
    """Why it was kept or made."""
    instead_of: str
    """The locked choice that it takes the place of; empty where there is none."""
    refused_by: str = ""
    """The first rule that refuses that one now; empty where none does."""
    runner_up: str
    """The candidate behind it; empty where there is none."""
    runner_up_behind: float
    """By how many points of the balanced score."""


class ReportedDrift(LockDoc):
    """One class of drift in one file, with the command that fixes it."""

    drift: DriftClass
    """The class of drift."""
    file: str
    line: int = 0
    """From 1; 0 means the whole file."""
    message: str
    fix: str
    """The command that mends it, ready for a shell."""


class ReportedPolicies(LockDoc):
    """What policies do to a plan, and say of its choice where they do more than pass."""

    applied: int
    """How many policies apply to the workload."""
    refused: int
    """How many candidates they refuse of those that it admits itself."""
    verdicts: tuple[LockedVerdict, ...] = ()


class WorkloadReport(LockDoc):
    """What happened to one workload."""

    workload: str
    path: str
    """The workload's file."""
    status: Status
    exit_code: int
    feasible: int = 0
    """How many candidates meet all SLOs, constraints and policies."""
    considered: int = 0
    """How many candidates the constraints admit by name."""
    choice: ReportedChoice | None = None
    assumptions: tuple[LockedAssumption, ...] = ()
    """Every default that was taken."""
    refused: tuple[LockedRefusal, ...] = ()
    """Why candidates are refused, counted, with the nearest of each."""
    policies: ReportedPolicies | None = None
    drift: tuple[ReportedDrift, ...] = ()
    """How the committed files differ from what compile would write."""
    written: tuple[str, ...] = ()
    """The files that were written."""
    notes: tuple[str, ...] = ()


class ReportedFinding(LockDoc):
    """What a policy of a repository says of it as a whole: a budget that is exceeded, an exemption that ran out."""

    policy: str
    rule: str
    """The rule; empty where the policy as a whole is meant."""
    verdict: Literal["deny", "warn", "audit", "note"]
    """`deny` fails with exit code 4, the others are only told; `note` says what is not counted or will fail soon."""
    subject: str
    """The group of a fleet policy, or whom an exemption is for."""
    message: str
    why: tuple[str, ...]
    """What did not hold, with what it read."""
    fix: str
    where: ReportedWhere


class Report(LockDoc):
    """What one call of a command found and did."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: str
    """The command: compile or check."""
    exit_code: int
    """The exit code of the command."""
    workloads: tuple[WorkloadReport, ...] = ()
    """What happened to each workload, in the order of their paths."""
    problems: tuple[ReportedProblem, ...] = ()
    """What cannot be used, of all workloads."""
    policies: tuple[ReportedFinding, ...] = ()
    """What policies say of the repository as a whole."""
