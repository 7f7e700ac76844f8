"""Carry committed plans into a cluster: look at what is there, ask the server what an apply would do, and apply."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from neuralnav.cluster.abreast import abreast
from neuralnav.cluster.accelerators import fit, need_of
from neuralnav.cluster.api import KINDS, Api, Cause, ClusterError, Kind, Object, Ref
from neuralnav.cluster.apply import Step, conflict_of, in_order, step_of
from neuralnav.cluster.committed import Committed, Planned
from neuralnav.cluster.remove import NAME_LABEL, OURS, Removal, removals, selector
from neuralnav.errors import Diagnostic, Where
from neuralnav.files.places import show
from neuralnav.model.deploy_report import ObjectResult, ReportedRollout

ENDS_ALL: frozenset[Cause] = frozenset({"unreachable", "unauthorized", "busy"})
"""Failures that are not of one object: nothing more can be asked of the server."""

FORCE = "--force-conflicts takes them over; else let their owner give them up, or say the same"
NOT_FOUND = 404
NAMES = 50
"""So many workloads are named in one list: their names go into an address."""

GOING = "wait until it is gone: what is applied to it meanwhile goes with it"
SCALE_FROM_ZERO = "--scale-from-zero, where an autoscaler brings such nodes; else compile for what is there"
WITHOUT = "to try it without GPUs, compile with `deploy: {mode: simulator}`"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: fields of others taken over, what is left over removed, nodes that are not there yet."""

    force: bool = False
    prune: bool = False
    scale_from_zero: bool = False


@dataclass(slots=True)
class Course:
    """A workload on its way into the cluster, or out: what is to be done, and what of it was done so far.

    It changes as the work goes on, so that an interruption at any moment can be told.
    """

    name: str
    path: str
    namespace: str
    candidate: str
    committed: Committed | None = None
    steps: list[Step] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    results: dict[Ref, ObjectResult] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    rollout: ReportedRollout | None = None

    @property
    def blocked(self) -> bool:
        """Tell whether something stands against applying it."""
        return bool(self.problems) or any(step.action == "conflict" for step in self.steps)


def course_of(item: Committed) -> Course:
    """Return the course of a workload before anything was asked of a cluster."""
    return Course(
        item.lock.deployment.name, item.place.shown, item.lock.deployment.namespace, item.lock.choice.candidate, item
    )


def examine(api: Api, courses: Sequence[Course], wish: Wish, step: Callable[[], None]) -> None:
    """Ask the cluster whether it can hold each workload, and the server what applying it would do; `step` counts them.

    What stands against a workload is in its problems. Raises `ClusterError` where the server cannot be asked.
    """
    spaces = list(dict.fromkeys(item.namespace for item in courses))
    against = dict(zip(spaces, abreast(spaces, partial(_against_namespace, api), Event()), strict=True))
    _hold(api, courses, wish)

    def ask(item: Course) -> None:
        if found := against[item.namespace]:
            item.problems.append(Diagnostic(Where(item.path), *found))
        else:
            _dry_run(api, item, wish)
            _look_for_left(api, item, shared.get(item.namespace))

    shared = _shared_lists(api, [item for item in courses if not against[item.namespace]])
    with closing(abreast(courses, ask, Event())) as asked:
        for _ in asked:
            step()


@dataclass(frozen=True, slots=True)
class _Listed:
    """What workloads of a namespace have there, and the kinds that may not be listed."""

    found: Sequence[tuple[Kind, Object]]
    unseen: Sequence[str]


def _shared_lists(api: Api, courses: Sequence[Course]) -> dict[str, _Listed]:
    """List what more than one workload of a namespace have there, once for all of them."""
    names: dict[str, list[str]] = {}
    for item in courses:
        names.setdefault(item.namespace, []).append(item.name)
    many = [where for where, found in names.items() if len(found) > 1]

    def listed(where: str) -> _Listed:
        parts = [
            list_ours(api, where, *names[where][place : place + NAMES]) for place in range(0, len(names[where]), NAMES)
        ]
        return _Listed([one for found, _ in parts for one in found], parts[0][1])

    return dict(zip(many, abreast(many, listed, Event()), strict=True))


def _against_namespace(api: Api, name: str) -> tuple[str, str] | None:
    """Return what stands against a namespace, with what mends it; where it may not be asked for, the dry run tells."""
    absent = f"the cluster has no namespace {name}", f"kubectl create namespace {name}"
    try:
        found = api.get(Ref(KINDS["Namespace"], "", name))
    except ClusterError as error:
        if error.status == NOT_FOUND:
            return absent
        if error.cause != "forbidden":
            raise
        return None
    if found is None:
        return absent
    return (f"namespace {name} is being deleted", GOING) if _is_going(found) else None


def _is_going(body: Object) -> bool:
    return bool(body["metadata"].get("deletionTimestamp"))


def _hold(api: Api, courses: Sequence[Course], wish: Wish) -> None:
    """Compare what each workload asks of nodes with the nodes there are."""
    needs = [(item, need) for item in courses if item.committed and (need := need_of(item.committed.lock.deployment))]
    if not needs:
        return
    try:
        nodes = api.list(KINDS["Node"])
    except ClusterError as error:
        if error.cause != "forbidden":
            raise
        for item, need in needs:
            item.notes.append(f"nodes may not be listed: whether one has {need} is not known")
        return
    for item, need in needs:
        found = fit(need, nodes)
        if found.refusal and wish.scale_from_zero:
            item.notes.append(f"{found.refusal}; --scale-from-zero expects nodes to come")
        elif found.refusal:
            hint = "; ".join(filter(None, (SCALE_FROM_ZERO, WITHOUT, found.hint)))
            item.problems.append(Diagnostic(Where(_lock_of(item)), found.refusal, hint))
        elif found.note:
            item.notes.append(found.note)


def _lock_of(item: Course) -> str:
    return show(item.committed.place.lock) if item.committed else item.path


def _dry_run(api: Api, item: Course, wish: Wish) -> None:
    for planned in in_order(item.committed.objects if item.committed else ()):
        live: Object | None = None
        try:
            live = api.get(planned.ref)
            if live is not None and _is_going(live):
                item.problems.append(Diagnostic(Where(planned.file), f"{planned.ref} is being deleted", GOING))
                continue
            item.steps.append(step_of(planned, live, api.apply(planned.body, dry_run=True, force=wish.force)))
        except ClusterError as error:
            if error.cause in ENDS_ALL:
                raise
            if error.cause == "conflict" and error.owners:
                item.steps.append(conflict_of(planned, live, error.owners))
            else:
                item.problems.append(_of_file(planned, error))
    for owner in dict.fromkeys(step.shared_with for step in item.steps if step.shared_with):
        item.notes.append(f"{owner} applies it too, and sets back what git does not say")


def _of_file(planned: Planned, error: ClusterError) -> Diagnostic:
    return Diagnostic(Where(planned.file), error.message, error.hint)


def _look_for_left(api: Api, item: Course, listed: _Listed | None) -> None:
    """Find what an earlier lock made and this one no longer lists, in what was `listed` of many or by asking."""
    besides = {planned.ref for planned in item.committed.objects} if item.committed else set[Ref]()
    if listed is None:
        found, unseen = list_ours(api, item.namespace, item.name)
    else:
        unseen = list(listed.unseen)
        found = [(kind, body) for kind, body in listed.found if body["metadata"]["labels"][NAME_LABEL] == item.name]
    ours = removals(found, besides=besides)
    item.removals = [one for one in ours if one.ours]
    item.notes.extend(f"{kind} may not be listed: what an earlier lock left of it is not known" for kind in unseen)


def list_ours(api: Api, namespace: str, *names: str) -> tuple[list[tuple[Kind, Object]], list[str]]:
    """Return the objects in a namespace that carry the name of a workload, and the kinds that may not be listed.

    A kind that the cluster does not know has none.
    """
    found, unseen = list[tuple[Kind, Object]](), list[str]()
    for kind in OURS:
        try:
            found.extend((kind, body) for body in api.list(kind, namespace, labels=selector(*names)))
        except ClusterError as error:
            if error.cause == "forbidden":
                unseen.append(kind.kind)
            elif error.cause != "no-kind":
                raise
    return found, unseen


def apply_all(api: Api, courses: Sequence[Course], wish: Wish, tell: Callable[[Course], None]) -> bool:
    """Apply every workload, in order, and `tell` of each when it is through; False where an object failed.

    Few are under way at once, each in its own order. After a failure nothing more is begun: the same call goes on from
    there. Raises `ClusterError` where the server cannot be asked any more.
    """
    stop = Event()

    def apply(item: Course) -> tuple[Course, bool]:
        done = _apply(api, item, wish, stop)
        if not done:
            stop.set()
        return item, done

    whole = True
    with closing(abreast(courses, apply, stop)) as applied:
        for item, done in applied:
            tell(item)
            whole = whole and done
    return whole


def _apply(api: Api, item: Course, wish: Wish, stop: Event) -> bool:
    for one in item.steps:
        planned = one.planned
        if one.action == "unchanged":
            continue
        if stop.is_set():
            return False
        if not recorded(item, planned.ref, planned.file, partial(_applied, api, planned, wish)):
            return False
    return not wish.prune or (not stop.is_set() and remove_all(api, item))


def _applied(api: Api, planned: Planned, wish: Wish) -> None:
    """Apply an object. Raises `ClusterError` where somebody began to delete it since it was looked at."""
    if _is_going(api.apply(planned.body, force=wish.force)):
        raise ClusterError(str(planned.ref), f"{planned.ref} is being deleted", GOING)


def remove_all(api: Api, item: Course, *, dry_run: bool = False) -> bool:
    """Remove what a course says goes, in its order; False where an object failed."""
    for one in item.removals:
        if one.stays:
            continue
        done = recorded(item, one.ref, str(one.ref), partial(api.delete, one.ref, uid=one.uid, dry_run=dry_run))
        if not done:
            return False
    return True


def recorded(item: Course, ref: Ref, where: str, call: Callable[[], object]) -> bool:
    """Do something to an object and keep how it went; False where it failed. What ends all is raised.

    Until the answer is there its result is unknown: an interruption says so.
    """
    item.results[ref] = "unknown"
    try:
        call()
    except ClusterError as error:
        if error.cause in ENDS_ALL:
            raise
        item.results[ref] = "failed"
        owners = "; ".join(f"{owner.manager} owns {owner.field}" for owner in error.owners)
        message = f"{error.message}{': ' if owners else ''}{owners}"
        item.problems.append(Diagnostic(Where(where), message, error.hint or (FORCE if owners else "")))
        return False
    item.results[ref] = "done"
    return True
