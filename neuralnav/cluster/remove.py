"""What of a cluster belongs to a plan: what deleting takes away, what an earlier lock left, what stays and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from neuralnav.cluster.api import KINDS, Kind, Object, Ref
from neuralnav.cluster.owners import gitops_owner, has_applied, managers

NAME_LABEL = "app.kubernetes.io/name"
"""The label by which objects say which workload they are of."""

OURS: tuple[Kind, ...] = tuple(
    KINDS[name]
    for name in (
        "LLMInferenceService", "InferenceService", "ConfigMap", "PrometheusRule", "PodMonitor", "NetworkPolicy",
        "PodDisruptionBudget",
    )
)  # fmt: skip
"""Every kind that a plan may hold, in the order in which they are removed: what serves first."""


@dataclass(frozen=True, slots=True)
class Removal:
    """An object of a plan's name in a cluster. `stays` says why it is not removed; empty where it is.

    `ours` says that neuralnav applied it, by itself or beside others.
    """

    ref: Ref
    uid: str
    stays: str = ""
    ours: bool = True


def selector(*names: str) -> str:
    """Return the label selector of the objects of one workload, or of any of several."""
    return f"{NAME_LABEL}={names[0]}" if len(names) == 1 else f"{NAME_LABEL} in ({','.join(names)})"


def removals(found: Iterable[tuple[Kind, Object]], *, besides: Collection[Ref] = ()) -> list[Removal]:
    """Return what to do with objects that carry a workload's name, those `besides` left out, serving ones first.

    Only what neuralnav applied goes, and nothing that a GitOps controller would bring back.
    """
    order = {kind.kind: place for place, kind in enumerate(OURS)}
    items = [_removal(kind, body) for kind, body in found]
    kept = [item for item in items if item.ref not in besides]
    return sorted(kept, key=lambda item: (order.get(item.ref.kind.kind, len(order)), item.ref.name))


def _removal(kind: Kind, body: Object) -> Removal:
    metadata = body["metadata"]
    ref = Ref(kind, str(metadata.get("namespace", "")), str(metadata["name"]))
    return Removal(ref, str(metadata.get("uid", "")), _why_it_stays(body), has_applied(body))


def _why_it_stays(body: Object) -> str:
    if not has_applied(body):
        others = ", ".join(managers(body)) or "somebody else"
        return f"neuralnav did not apply it; {others} did"
    if owner := gitops_owner(body):
        return f"{owner} applies it too and would bring it back: remove it from git"
    return ""


def lingering(one: Removal, body: Object) -> str:
    """Return why an object is still there after it was deleted; empty where another has come in its place."""
    metadata = body["metadata"]
    if metadata.get("uid") != one.uid:
        return ""
    finalizers = metadata.get("finalizers") or ()
    if not finalizers:
        return f"{one.ref} is still there"
    names = ", ".join(map(str, finalizers))
    return f"{one.ref} waits for the controller that keeps its finalizers: {names}"
