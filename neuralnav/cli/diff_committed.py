"""What a base has committed, where that is not what compile makes there: a reader asks what a change does to that."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from neuralnav.cli.drift import KINDS
from neuralnav.cli.work import locked_choice
from neuralnav.diff import PlannedSide
from neuralnav.diff.sides import decided_otherwise, decision_of
from neuralnav.files.locks import Found
from neuralnav.files.places import Place, read_optional
from neuralnav.model.catalog import Catalog
from neuralnav.model.diff import Cause
from neuralnav.model.lock import Lock
from neuralnav.model.report import ReportedChoice, ReportedDrift
from neuralnav.model.spec import parts_of

OF_LOCKS = (*KINDS, "lock")
"""The classes of drift that a lock shows."""


def as_committed(
    before: PlannedSide, found: Found, *, place: Place, catalog: Catalog, folders: tuple[str, str],
    relocked: bool, mended: Sequence[ReportedDrift],
) -> PlannedSide:  # fmt: skip
    """Return a base's side as it is committed, as far as the head changes that.

    `found` is the base's lock, and `relocked` says that the head commits another choice, or none. `mended` is the
    drift that the head takes away. `folders` are those of the manifests: from the lock, and as a diff shows it. A base
    without a lock deploys nothing; a lock that chooses otherwise than compile would now deploys its own choice, at its
    own numbers.
    """
    if before.state == "broken":
        return before
    if relocked and not found.text:
        return PlannedSide(before.name, before.path, "absent", plan=before.plan, workload=before.workload)
    if found.lock is None:
        return before
    chosen = _choice(found.lock, catalog) if relocked else None
    was = replace(before, choice=chosen or before.choice)
    otherwise = decided_otherwise(was, before)
    if not mended and not otherwise:
        return before
    return replace(was if otherwise else before, manifests=_committed(found.lock, place, folders))


def _choice(lock: Lock, catalog: Catalog) -> ReportedChoice | None:
    """Return the choice of a lock; None where it names what no candidate is called, as only a hand writes."""
    model, _, accelerator = parts_of(lock.choice.candidate)
    if not accelerator:
        return None
    known = catalog.models.get(model), catalog.accelerators.get(accelerator)
    names = (known[0].name if known[0] else model, known[1].name if known[1] else accelerator)
    return locked_choice(lock, model=names[0], accelerator=names[1])


def _committed(lock: Lock, place: Place, folders: tuple[str, str]) -> Mapping[str, str]:
    """Return the text of each manifest that a lock lists and that is there, by path as a diff shows it."""
    own, shown = folders
    read = {item.path: read_optional(Path(os.path.normpath(place.folder / item.path))) for item in lock.manifests}
    return {
        f"{shown}/{os.path.relpath(path, own)}": text.decode("utf-8", "replace")
        for path, text in read.items()
        if text is not None
    }


def is_relocked(base: Found, head: Found, after: PlannedSide) -> bool:
    """Tell whether a head commits another choice than its base, or makes that of the base right.

    A lock that deploys the same as the base's, and is not what compile makes of the head, leaves things as they are.
    """
    if base.text == head.text or base.lock is None or head.lock is None:
        return base.text != head.text
    committed = _deployed(head.lock)
    return committed != _deployed(base.lock) or committed == decision_of(after)


def _deployed(lock: Lock) -> tuple[str, int]:
    return lock.choice.candidate, lock.deployment.replicas.planned


def of_one_side(mine: Sequence[ReportedDrift], others: Sequence[ReportedDrift]) -> list[ReportedDrift]:
    """Return the drift that the other side has not, by its class and the name of its file: folders may have moved."""
    known = {(item.drift, Path(item.file).name) for item in others}
    return [item for item in mine if (item.drift, Path(item.file).name) not in known]


def mended_by(there: Sequence[ReportedDrift], here: Sequence[ReportedDrift]) -> list[ReportedDrift]:
    """Return the drift of a base that its head takes away.

    A lock that is still not up to date is not mended, be it by another class: an edited workload hides edited data.
    """
    stale = any(item.drift in OF_LOCKS for item in here)
    return [item for item in of_one_side(there, here) if not (stale and item.drift in OF_LOCKS)]


def causes_of(
    deployed: PlannedSide, planned: PlannedSide, after: PlannedSide, told: Sequence[Cause],
    mended: Sequence[ReportedDrift],
) -> tuple[Cause, ...]:  # fmt: skip
    """Return why a workload changed from what the base has committed, not only from what compile makes there.

    `told` are the causes of what differs between what compile makes on either side.
    """
    if after.state == "absent" or (deployed.state == "absent" and planned.state != "absent"):
        return ()
    if decided_otherwise(deployed, planned):
        if not decided_otherwise(deployed, after):
            return ()
        mine = tuple(told) if decided_otherwise(planned, after) else ()
        if any(cause.kind == "lock" for cause in mine) or (mine and after.choice is None):
            return mine  # enough by itself, whatever the base has committed
        return (*mine, _stale(mended, "plan.lock was"))
    if told or not mended or deployed.manifests == planned.manifests:
        return tuple(told)
    return (_stale(mended, "manifests were"),)


def _stale(mended: Sequence[ReportedDrift], what: str) -> Cause:
    """Return the cause that what the base has committed was not up to date, by the classes of its drift."""
    classes = ", ".join(dict.fromkeys(item.drift for item in mended))
    return Cause(kind="drift", said=f"the base's {what} not up to date" + (f" (drift: {classes})" if classes else ""))


def mended_note(mended: Sequence[ReportedDrift], causes: Sequence[Cause]) -> tuple[str, ...]:
    """Return that a change brings up to date what had drifted, where no cause says so."""
    names = dict.fromkeys(f"{item.file} ({item.drift})" for item in mended if item.drift != "missing")
    if not names or any(cause.kind == "drift" for cause in causes):
        return ()
    return (f"brings up to date what had drifted: {', '.join(names)}",)
