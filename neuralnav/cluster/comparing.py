"""Compare what is committed with what a cluster has: ask the server what an apply would change, and for what is left."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from neuralnav.cluster.api import Api, Cause, ClusterError, Kind, Object, Ref
from neuralnav.cluster.committed import Committed, Planned
from neuralnav.cluster.live import drift_of
from neuralnav.cluster.owners import gitops_owner
from neuralnav.cluster.remove import OURS, removals, selector
from neuralnav.cluster.status import CANDIDATE, applier_of, is_ours
from neuralnav.model.live_report import Comparison, LiveObject

AT_ONCE = 8
"""Requests under way at the same time."""

ENDS_ALL: frozenset[Cause] = frozenset({"unreachable", "unauthorized", "busy"})
"""Failures that are not of one object: nothing more can be asked of the server."""


@dataclass(slots=True)
class Compared:
    """What was found of one workload: its objects, the candidate that runs, and what could not be told."""

    objects: list[LiveObject] = field(default_factory=list)
    live_candidate: str = ""
    notes: list[str] = field(default_factory=list)


def compare_all(api: Api, items: Sequence[Committed], step: Callable[[], None]) -> list[Compared]:
    """Return how the cluster differs from what is committed of each workload; `step` counts them.

    Raises `ClusterError` where the server cannot be asked any more.
    """
    threads = ThreadPoolExecutor(AT_ONCE)
    found = list[Compared]()
    try:
        for one in threads.map(lambda item: _compare(api, item), items):
            found.append(one)
            step()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # Ctrl-C waits for no server that hangs
    return found


def _compare(api: Api, item: Committed) -> Compared:
    found = Compared()
    for planned in item.objects:
        one = _object(api, planned, found)
        found.objects.append(one)
    found.objects.extend(_left_over(api, item, found))
    return found


def _object(api: Api, planned: Planned, found: Compared) -> LiveObject:
    base = LiveObject(
        kind=planned.ref.kind.kind, namespace=planned.ref.namespace, name=planned.ref.name, file=planned.file,
        state="as-committed",
    )  # fmt: skip
    try:
        live = api.get(planned.ref)
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        state = "missing" if error.cause in ("no-kind", "no-namespace") else "unknown"
        return base.model_copy(update={"state": state, "why": error.message})
    if live is None:
        return base.model_copy(update={"state": "missing"})
    if planned.ref.kind.kind in SERVING:
        found.live_candidate = str((live["metadata"].get("annotations") or {}).get(CANDIDATE) or "")
    compared, applied = _applied(api, planned, found)
    fields = drift_of(planned.body, live, applied)
    return base.model_copy(update={
        "state": "changed" if fields else "as-committed", "compared": compared, "owner": applier_of(live),
        "gitops": gitops_owner(live), "fields": fields,
        "why": "" if is_ours(live) else "it was not made of a lock",
    })  # fmt: skip


def _applied(api: Api, planned: Planned, found: Compared) -> tuple[Comparison, Object | None]:
    """Return what the server would make of a forced apply; nothing where we may not ask it."""
    try:
        return "dry-run", api.apply(planned.body, dry_run=True, force=True)
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        found.notes.append(_without(planned.ref, error))
        return "own-fields", None


def _without(ref: Ref, error: ClusterError) -> str:
    """Return what is said where the server does not say what an apply would change."""
    why = "a dry run is not allowed" if error.cause == "forbidden" else f"the dry run failed: {error.message}"
    return f"{ref}: {why}; the manifest's own fields are compared"


def _left_over(api: Api, item: Committed, found: Compared) -> list[LiveObject]:
    """Return what was made of an earlier lock of a workload, and no manifest says any more."""
    besides = {planned.ref for planned in item.objects}
    plan = item.lock.deployment
    left = list[LiveObject]()
    for kind in OURS:
        listed = _listed(api, kind, plan.namespace, plan.name, found)
        for body in listed:
            ref = Ref(kind, plan.namespace, str(body["metadata"]["name"]))
            if ref not in besides and is_ours(body):
                left.append(
                    LiveObject(
                        kind=kind.kind, namespace=ref.namespace, name=ref.name, file="", state="left-over",
                        owner=applier_of(body), gitops=gitops_owner(body),
                    )  # fmt: skip
                )
    return left


def _listed(api: Api, kind: Kind, namespace: str, name: str, found: Compared) -> list[Object]:
    try:
        return api.list(kind, namespace, labels=selector(name))
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        if error.cause not in ("no-kind", "no-namespace"):
            found.notes.append(f"{kind.plural} cannot be listed: what an earlier lock left of them is not known")
        return []
