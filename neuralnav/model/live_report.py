"""What `neuralnav diff --live` found: the one structure behind its text, markdown, JSON and exit code."""

from typing import Any, Literal

from neuralnav.model.lock import LockDoc
from neuralnav.model.report import DriftClass, ReportedProblem

ObjectState = Literal["as-committed", "changed", "missing", "left-over", "unknown"]
"""How an object of a cluster stands against the committed manifest. `left-over`: ours, and no manifest says it any
more; `unknown`: it may not be read."""

Comparison = Literal["dry-run", "own-fields", ""]
"""How a difference was found: by what the server says an apply would change; or, where we may not apply, field by field
of the manifest. Empty where nothing was compared."""


class Writer(LockDoc):
    """Who wrote a field, as the object's managed fields say."""

    manager: str
    operation: str
    """Apply or Update."""
    time: str
    """When the manager last changed fields of the object; empty where it does not say."""
    gitops: str
    """The GitOps tool that the manager belongs to; empty where it belongs to none."""


class FieldDrift(LockDoc):
    """A field in which a live object is not as committed."""

    field: str
    """Its path from the object's root: `.spec.predictor.minReplicas`."""
    change: Literal["changed", "removed", "added", "beside"]
    """`removed`: committed and not there; `added`: there and in no manifest, and an apply takes it away; `beside`:
    added by others beside ours, and an apply leaves it."""
    committed: Any
    """The committed value; null where there is none."""
    live: Any
    """The live value; null where there is none."""
    by: tuple[Writer, ...]
    """Who owns the live field, the newest first; empty where nobody does, as of a field that was removed."""


class LiveObject(LockDoc):
    """One object, as the cluster has it."""

    kind: str
    namespace: str
    name: str
    file: str
    """The manifest; empty for what is left over."""
    state: ObjectState
    compared: Comparison = ""
    owner: str = ""
    """The field manager that applied it."""
    gitops: str = ""
    """The GitOps tool that keeps it as git has it; empty where none does."""
    fields: tuple[FieldDrift, ...] = ()
    why: str = ""
    """Why it is unknown or missing, where there is more to say, or that somebody else made it, not a lock."""


class LiveWorkload(LockDoc):
    """One workload: its objects in the cluster against the committed manifests."""

    workload: str
    path: str
    """The workload's file."""
    namespace: str
    candidate: str
    """The candidate that the lock chose."""
    live_candidate: str
    """The candidate that the live service names; empty where there is none."""
    drift: tuple[DriftClass, ...]
    """`live`, where it has drifted."""
    objects: tuple[LiveObject, ...]
    """In the order of the manifests, then what is left over."""
    notes: tuple[str, ...] = ()
    fix: str
    """The command that brings the cluster back to what is committed; empty where nothing drifted."""


class LiveReport(LockDoc):
    """What one call of `diff --live` found."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["diff --live"] = "diff --live"
    context: str
    """The context of the cluster."""
    server: str
    exit_code: int
    workloads: tuple[LiveWorkload, ...] = ()
    """In the order of their paths."""
    problems: tuple[ReportedProblem, ...] = ()
    """What cannot be used or read."""
