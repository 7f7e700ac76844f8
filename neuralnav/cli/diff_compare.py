"""Compare one workload on both sides of a change."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from neuralnav.cli.diff_causes import Locks, attribution_of
from neuralnav.cli.diff_committed import as_committed, causes_of, is_relocked, mended_by, mended_note, of_one_side
from neuralnav.cli.diff_sides import Half, drift_at, planned, read_half, shown_folder
from neuralnav.cli.diff_trees import Matched, Tree, root_before
from neuralnav.cli.expiry import expired_price
from neuralnav.diff import PlannedSide, diff
from neuralnav.errors import NeuralnavError
from neuralnav.files.catalogs import load_project
from neuralnav.model.diff import WorkloadDiff
from neuralnav.model.lock import Previous
from neuralnav.model.report import ReportedDrift


@dataclass(frozen=True, slots=True)
class Job:
    """One workload to compare: where it is on both sides, and whether manifests are compared line by line.

    `as_of` is the day by which the head's price and exemptions are judged; without one they are not. `bundle` is a
    folder of policies that the head is held to beside the base's.
    """

    base: Tree
    head: Tree
    matched: Matched
    manifest_texts: bool = False
    as_of: date | None = None
    bundle: Path | None = None


def compare(job: Job) -> WorkloadDiff:
    """Return what a change does to one workload. What is wrong with a side is in its problems, never raised."""
    base = read_half(job.base, job.matched.base)
    head = read_half(job.head, job.matched.head, known=base)
    binding = base.found.previous
    moved = shown_folder(head if head.place else base)
    before = planned(base, binding, moved)
    given = planned(head, binding, moved)
    after = _as_committed(head, given, binding, moved)
    own = after is not given
    held_by = head.found.previous if own else binding
    path = PurePosixPath(job.matched.base.shown if job.matched.base else "")
    there, here = drift_at(base, before, binding, moved), drift_at(head, after, held_by, moved)
    drift = of_one_side(here, there)
    mended = mended_by(there, here) if head.fresh is not None and not head.problems else []
    after = _under_base(base, head, after, job.bundle)
    told = attribution_of(base, head, before, after, Locks(binding, held_by, given, moved))
    deployed = _deployed(base, head, (before, after), mended, moved)
    causes = causes_of(deployed, before, after, told.causes, mended)
    found = diff(
        deployed if deployed.name else replace(deployed, name=after.name, path=str(path)),
        after if after.name else replace(after, name=before.name),
        from_base=given.choice.candidate if own and given.choice else "",
        causes=causes,
        drift=drift,
        notes=(
            *base.found.notes,
            *head.found.notes,
            *told.notes,
            *mended_note(mended, causes),
            *_run_out(head, after, job.as_of),
        ),
        manifest_texts=job.manifest_texts,
    )
    return _from_roots(found.model_copy(update={"left": _left(base, head, after)}), job)


def _under_base(base: Half, head: Half, after: PlannedSide, bundle: Path | None) -> PlannedSide:
    if bundle is None and not _is_governed(base, head):
        return after
    from neuralnav.cli.diff_held import under_base  # the policy language, as in cli/world.py

    return under_base(base, head, after, bundle)


def _left(base: Half, head: Half, after: PlannedSide) -> tuple[str, ...]:
    if not _is_governed(base, head):
        return ()
    from neuralnav.cli.diff_held import left_policies  # as above

    return left_policies(base, head, after)


def _is_governed(base: Half, head: Half) -> bool:
    """Tell whether the project file of a side binds anything."""
    roots = [root_before(base.tree, head.tree, base.place, head.place), *([head.place.root] if head.place else ())]
    return any(binds_policies(root) for root in roots)


def binds_policies(root: Path) -> bool:
    """Tell whether the project file of a root binds a policy or states an exemption: else none need be loaded."""
    try:
        spec = load_project(root).spec
    except NeuralnavError:
        return False  # told where the workload is read
    return bool(spec.policies or spec.exemptions)


def _deployed(
    base: Half, head: Half, sides: tuple[PlannedSide, PlannedSide], mended: Sequence[ReportedDrift], folder: str
) -> PlannedSide:
    """Return the base's side as it is committed, as far as the head changes that."""
    before, after = sides
    if base.place is None or base.world is None or head.problems or not (head.place or base.found.text):
        return before
    return as_committed(
        before,
        base.found,
        place=base.place,
        catalog=base.world.catalog,
        folders=(base.folder, folder),
        relocked=is_relocked(base.found, head.found, after),
        mended=mended,
    )


def _as_committed(head: Half, given: PlannedSide, binding: Previous | None, folder: str) -> PlannedSide:
    """Return the head's side as its own lock has it, where that chooses another than the base's and is honoured."""
    own = head.found.previous
    if own is None or own == binding or given.choice is None or own.candidate == given.choice.candidate:
        return given
    made = planned(head, own, folder)
    honoured = made.choice is not None and made.choice.candidate != given.choice.candidate
    return made if honoured else given


def _from_roots(found: WorkloadDiff, job: Job) -> WorkloadDiff:
    """Return a diff whose files are named from the roots: where a copy of a revision lies is nothing to a reader."""
    whole = text = found.model_dump_json(by_alias=True)
    for tree in (job.base, job.head):
        text = text.replace(f"{tree.root}{os.sep}", "")
    return found if text == whole else WorkloadDiff.model_validate_json(text)


def _run_out(head: Half, after: PlannedSide, as_of: date | None) -> Iterator[str]:
    """Yield what the head's plan rests on and has run out by a day."""
    if as_of is None or head.place is None or head.workload is None or head.world is None or after.plan is None:
        return
    if after.choice is not None:
        yield from expired_price(after.choice, after.plan.spec, head.world.catalog, as_of)
    if binds_policies(head.place.root):
        from neuralnav.cli.diff_policies import expired_exemptions  # as above

        yield from expired_exemptions(head.place.root, head.workload.document, as_of)
