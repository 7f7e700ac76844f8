"""What `deploy` and `delete` did to a cluster: the one structure behind text, JSON and the exit code."""

from typing import Literal

from neuralnav.model.lock import LockDoc
from neuralnav.model.report import Report, ReportedProblem

ObjectAction = Literal["create", "change", "adopt", "unchanged", "conflict", "remove", "stay"]
ObjectResult = Literal["none", "planned", "done", "unknown", "failed"]
RolloutState = Literal["ready", "failed", "late", "interrupted"]


class ReportedChange(LockDoc):
    """A field of an object, before and after."""

    field: str
    """Its path from the object's root: `.spec.predictor.minReplicas`."""
    before: str
    """Empty where there is none."""
    after: str


class ReportedOwner(LockDoc):
    """A field that somebody else owns."""

    manager: str
    field: str


class ReportedObject(LockDoc):
    """One object of a workload in the cluster."""

    kind: str
    namespace: str
    name: str
    file: str
    """The manifest that says it; empty for one that no manifest says."""
    action: ObjectAction
    """`adopt`: no field changes, but neuralnav owns it from now on; `conflict`: others own fields that must change;
    `remove`: an earlier plan left it, or all is deleted; `stay`: it is kept, and `note` says why."""
    result: ObjectResult
    """`planned`: not done yet; `done`; `unknown`: asked for, no answer was waited for; `none`: nothing to do."""
    changes: tuple[ReportedChange, ...] = ()
    """What a change changes, by the server's own dry run."""
    owners: tuple[ReportedOwner, ...] = ()
    """Whose fields are in the way."""
    note: str = ""


class ReportedRollout(LockDoc):
    """What waiting for a workload came to."""

    state: RolloutState
    ready: int
    """Pods that are ready."""
    wanted: int
    """Pods that the plan wants."""
    said: tuple[str, ...]
    """What it waits for, the worst first."""
    seconds: float


class DeployedWorkload(LockDoc):
    """What happened to one workload."""

    workload: str
    path: str
    """The workload's file, or its lock."""
    namespace: str
    candidate: str
    """The choice of the lock."""
    exit_code: int
    objects: tuple[ReportedObject, ...] = ()
    rollout: ReportedRollout | None = None
    """Null where nothing was waited for."""
    notes: tuple[str, ...] = ()
    problems: tuple[ReportedProblem, ...] = ()


class DeployReport(LockDoc):
    """What one call of `deploy` or `delete` found and did."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["deploy", "delete"]
    exit_code: int
    context: str
    """The kubeconfig context; empty where no cluster was reached."""
    server: str
    dry_run: bool
    """Whether the server was only asked what it would do."""
    interrupted: bool = False
    workloads: tuple[DeployedWorkload, ...] = ()
    check: Report | None = None
    """What `check` finds, where that is why nothing was applied."""
    problems: tuple[ReportedProblem, ...] = ()
