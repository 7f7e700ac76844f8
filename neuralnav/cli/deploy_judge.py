"""Whether committed plans may be applied: as `check` judges them, or frozen: the manifests against their locks."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from neuralnav.cli.check_verb import check_report, judge
from neuralnav.cli.drift import fix_of, manifest_drift
from neuralnav.cluster.committed import Committed, read_committed, read_lock_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, Where
from neuralnav.files.places import Place
from neuralnav.model.lock import Lock
from neuralnav.model.report import Report, WorkloadReport

SAME = "name the folder of one cluster, or give one of them another name"

A = TypeVar("A")
B = TypeVar("B")
Locked = tuple[Place, Lock]


def read_locks(places: Sequence[Place]) -> list[Locked]:
    """Return the lock of each workload. Raises `InputError` with every one that is missing, damaged or in conflict."""
    return _all(places, lambda place: (place, read_lock_of(place)))


def read_objects(locked: Sequence[Locked]) -> list[Committed]:
    """Return what is committed of each workload. Raises `InputError` with every problem, two of one name among them."""
    found = _all(locked, lambda item: read_committed(*item))
    if problems := _collisions(found):
        raise InputError(problems)
    return found


def judged(locked: Sequence[Locked], *, frozen: bool, templates: str, as_of: date) -> tuple[Report, list[Diagnostic]]:
    """Return what `check` says of workloads, with problems and their quotes. Its exit code is 0 where all may go."""
    if not frozen:
        return judge([place for place, _ in locked], (), templates, as_of)
    return check_report([_frozen(place, lock) for place, lock in locked], (), ()), []


def _all(items: Sequence[A], each: Callable[[A], B]) -> list[B]:
    """Return what `each` gives of every item; one that fails hides no other."""
    found, problems = list[B](), list[Diagnostic]()
    for item in items:
        try:
            found.append(each(item))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return found


def _frozen(place: Place, lock: Lock) -> WorkloadReport:
    """Return how the manifests of a workload differ from what its lock says of them."""
    listed = {entry.path: entry.digest for entry in lock.manifests}
    drift = tuple(manifest_drift(place, listed, {}, fix_of(place, "compile --frozen", "")))
    code = ExitCode.DRIFT if drift else ExitCode.DONE
    return WorkloadReport(
        workload=lock.workload,
        path=place.shown,
        status="drift" if drift else "unchanged",
        exit_code=int(code),
        drift=drift,
    )


def _collisions(found: Sequence[Committed]) -> list[Diagnostic]:
    """Return a problem for each workload that would apply an object of another one."""
    owners: dict[str, Committed] = {}
    problems = []
    for item in found:
        for planned in (item.serving, *item.objects):
            other = owners.setdefault(str(planned.ref), item)
            if other is not item:
                message = f"{planned.ref} is of this workload and of {other.place.shown}"
                problems.append(Diagnostic(Where(item.place.shown), message, SAME))
                break
    return problems
