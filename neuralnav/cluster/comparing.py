"""Compare what is committed with what a cluster has: what an apply would change, and what is left over."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from neuralnav.cluster.api import FIELD_MANAGER, Api, Cause, ClusterError, Kind, Object, Ref
from neuralnav.cluster.committed import SERVING, Committed, Planned
from neuralnav.cluster.live import drift_of
from neuralnav.cluster.owners import MANAGED_BY, applier_of, gitops_owner, is_ours
from neuralnav.cluster.remove import NAME_LABEL, OURS, selector
from neuralnav.cluster.status import CANDIDATE
from neuralnav.model.live_report import Comparison, LiveObject

AT_ONCE = 8
"""Requests under way at the same time."""

ENDS_ALL: frozenset[Cause] = frozenset({"unreachable", "unauthorized", "busy"})
"""Failures that are not of one object: nothing more can be asked of the server."""

ABSENT: frozenset[Cause] = frozenset({"no-kind", "no-namespace"})
"""Failures that say that an object cannot be there."""

PASSES: frozenset[Cause] = frozenset({"conflict", "gone"})
"""Failures of a dry run that another one need not meet; a webhook that takes none refuses the next one too."""

MADE = f"{MANAGED_BY}={FIELD_MANAGER}"
"""The selector of what is made of a lock, whoever applied it."""


@dataclass(slots=True)
class Compared:
    """What was found of one workload: its objects, the candidate that runs, and what could not be told."""

    objects: list[LiveObject] = field(default_factory=list)
    live_candidate: str = ""
    notes: list[str] = field(default_factory=list)
    cut_off: bool = False
    """Whether a list or a dry run failed that we may have: another time it says more."""


@dataclass(slots=True)
class Known:
    """What lists of objects that say they are ours found; by namespace, what may not be listed and why lists failed."""

    objects: dict[Ref, Object] = field(default_factory=dict)
    unlisted: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)


def compare_all(api: Api, items: Sequence[Committed], step: Callable[[], None]) -> list[Compared]:
    """Return how the cluster differs from what is committed of each workload; `step` counts them.

    Raises `ClusterError` where the server cannot be asked any more.
    """
    threads = ThreadPoolExecutor(AT_ONCE)
    found = list[Compared]()
    try:
        known = _known(api, items, threads)
        for one in threads.map(lambda item: _compare(api, item, known), items):
            found.append(one)
            step()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)  # Ctrl-C waits for no server that hangs
    return found


def _known(api: Api, items: Sequence[Committed], threads: Executor) -> Known:
    """List what says that it is ours, a request for each kind and namespace; of one workload only its own."""
    known = Known()
    names: dict[str, set[str]] = {}
    for plan in (item.lock.deployment for item in items):
        names.setdefault(plan.namespace, set()).add(plan.name)
    wanted = [
        (kind, where, f"{MADE},{selector(next(iter(found)))}" if len(found) == 1 else MADE)
        for where, found in sorted(names.items()) for kind in OURS
    ]  # fmt: skip
    for (kind, where, _), listed in zip(wanted, threads.map(lambda one: _listed(api, *one), wanted), strict=True):
        if isinstance(listed, ClusterError):
            if listed.cause == "forbidden":
                known.unlisted.setdefault(where, []).append(kind.plural)
            else:
                known.failed.setdefault(where, []).append(f"{kind.plural} ({listed.message})")
            continue
        for body in listed:
            known.objects[Ref(kind, where, str(body["metadata"]["name"]))] = body
    return known


def _listed(api: Api, kind: Kind, namespace: str, labels: str) -> list[Object] | ClusterError:
    """Return the objects that a selector finds, or why they cannot be listed; an unknown kind has none."""
    try:
        return api.list(kind, namespace, labels=labels)
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        return [] if error.cause in ABSENT else error


def _compare(api: Api, item: Committed, known: Known) -> Compared:
    found = Compared()
    for planned in item.objects:
        found.objects.append(_object(api, planned, known, found))
    found.objects.extend(_left_over(item, known))
    if kinds := known.unlisted.get(item.lock.deployment.namespace):
        found.notes.append(f"what an earlier lock left is not known: {', '.join(kinds)} may not be listed")
    if failed := known.failed.get(item.lock.deployment.namespace):
        found.notes.append(f"what an earlier lock left is not known: no list of {', '.join(failed)}")
        found.cut_off = True
    return found


def _object(api: Api, planned: Planned, known: Known, found: Compared) -> LiveObject:
    base = LiveObject(
        kind=planned.ref.kind.kind, namespace=planned.ref.namespace, name=planned.ref.name, file=planned.file,
        state="as-committed",
    )  # fmt: skip
    try:
        live = known.objects.get(planned.ref) or api.get(planned.ref)
        if live is None:
            return base.model_copy(update={"state": "missing"})
        compared, applied = _applied(api, planned, found)
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        return base.model_copy(
            update={"state": "missing" if error.cause in ABSENT else "unknown", "why": error.message}
        )
    if planned.ref.kind.kind in SERVING:
        found.live_candidate = str((live["metadata"].get("annotations") or {}).get(CANDIDATE) or "")
    fields = drift_of(planned.body, live, applied)
    return base.model_copy(update={
        "state": "changed" if fields else "as-committed", "compared": compared, "fields": fields,
        "owner": applier_of(live), "gitops": gitops_owner(live),
        "why": "" if is_ours(live) else "it was not made of a lock",
    })  # fmt: skip


def _applied(api: Api, planned: Planned, found: Compared) -> tuple[Comparison, Object | None]:
    """Return what the server would make of a forced apply; nothing where we may not ask it."""
    try:
        return "dry-run", api.apply(planned.body, dry_run=True, force=True)
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        forbidden = error.cause == "forbidden"
        found.cut_off = found.cut_off or error.cause in PASSES
        why = "a dry run is not allowed" if forbidden else f"{planned.ref}: the dry run failed: {error.message}"
        found.notes.append(f"{why}; only the fields that manifests say are compared")
        return "own-fields", None


def _left_over(item: Committed, known: Known) -> list[LiveObject]:
    """Return what was made of an earlier lock of a workload, and no manifest says any more.

    What a controller made for such an object carries its labels, and goes with it: that has an owner.
    """
    besides, plan = {planned.ref for planned in item.objects}, item.lock.deployment
    left = list[LiveObject]()
    for ref, body in known.objects.items():
        metadata = body["metadata"]
        own = ref.namespace == plan.namespace and (metadata.get("labels") or {}).get(NAME_LABEL) == plan.name
        if own and ref not in besides and not metadata.get("ownerReferences"):
            left.append(LiveObject(
                kind=ref.kind.kind, namespace=ref.namespace, name=ref.name, file="", state="left-over",
                owner=applier_of(body), gitops=gitops_owner(body),
            ))  # fmt: skip
    return left
