"""What `neuralnav status` found: the one structure behind its text, markdown, JSON and exit code."""

from typing import Literal

from neuralnav.model.lock import LockDoc, Replicas
from neuralnav.model.report import ReportedProblem
from neuralnav.model.workload import Target

State = Literal["ready", "progressing", "degraded", "missing", "not-ours", "unknown", "unreachable"]
"""How a workload stands in the cluster. `progressing`: not ready yet, and nothing is wrong with it so far; `degraded`:
something is; `not-ours`: an object of that name was made by somebody else; `unknown`: we may not read it."""


class ReportedCondition(LockDoc):
    """A condition of an object, as its controller wrote it."""

    type: str
    status: str
    """True, False or Unknown."""
    reason: str
    message: str
    since: str
    """When it came to be so; empty where it does not say."""


class ReportedPod(LockDoc):
    """A pod that serves the workload."""

    name: str
    phase: str
    ready: bool
    node: str
    """Empty while it has none."""
    accelerators: int
    """How many accelerators it asks for."""
    restarts: int
    trouble: tuple[str, ...]
    """What is wrong with it: why a container waits, how one ended, why it is not scheduled."""
    terminating: bool


class ReportedEvent(LockDoc):
    """Warnings that say the same, as one."""

    reason: str
    message: str
    object: str
    """What it is about, as `Pod/name`."""
    count: int
    last: str
    """When it was seen last; empty where it does not say."""


class ReportedReplicas(LockDoc):
    """Replicas: how many are ready, and how many there should be. Null is unknown."""

    ready: int | None
    running: int | None
    """How many there are, ready or not."""
    low: int | None
    """The least that the live object asks for."""
    high: int | None
    """The most that the live object asks for."""
    planned: Replicas


class ReportedAccelerators(LockDoc):
    """Accelerators: how many the pods hold, and of which product. Null is unknown."""

    resource: str
    """The resource that pods ask for; empty for a simulator, which needs none."""
    allocated: int | None
    """Held by pods that have a node, those that terminate included."""
    planned: int
    """Of the replicas that the plan asks for: the planned ones, or as many as the autoscaler runs."""
    products: dict[str, int] | None
    """How many of each product, by the label of their nodes; empty text where a node has none."""
    planned_product: str


class WorkloadStatus(LockDoc):
    """How one workload stands."""

    workload: str
    path: str
    """The workload's file."""
    namespace: str
    target: Target
    state: State
    why: str
    """Why it is in this state; empty when it is ready."""
    as_planned: bool
    """Whether what runs is what the lock says; false where nothing runs."""
    deviations: tuple[str, ...] = ()
    """What is not as the lock says."""
    candidate: str
    """The candidate that the lock chose."""
    live_candidate: str = ""
    """The candidate that the live object names; empty where it names none."""
    owner: str = ""
    """The field manager that applied it."""
    gitops: str = ""
    """The GitOps tool that the owner belongs to; empty where it belongs to none."""
    url: str = ""
    replicas: ReportedReplicas
    accelerators: ReportedAccelerators
    conditions: tuple[ReportedCondition, ...] = ()
    pods: tuple[ReportedPod, ...] | None = ()
    """Null where pods cannot be read."""
    events: tuple[ReportedEvent, ...] | None = ()
    """Warnings, the newest first. Null where events cannot be read."""
    unread: tuple[str, ...] = ()
    """What could not be read, and why."""


class StatusReport(LockDoc):
    """What one call of `status` found."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["status"] = "status"
    context: str
    """The context of the cluster."""
    server: str
    exit_code: int
    workloads: tuple[WorkloadStatus, ...] = ()
    """In the order of their paths."""
    problems: tuple[ReportedProblem, ...] = ()
    """Workloads that have no lock which can be used."""
