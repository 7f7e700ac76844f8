"""What the base's policies, and those of a bundle, say of what a head would deploy."""

from dataclasses import replace
from pathlib import Path

from neuralnav.cli.diff_left import Leaving, policies_left
from neuralnav.cli.diff_policies import Held, denials, held
from neuralnav.cli.diff_sides import Half
from neuralnav.cli.diff_trees import root_before
from neuralnav.diff import PlannedSide
from neuralnav.diff.sides import row_of
from neuralnav.errors import InputError, NeuralnavError
from neuralnav.model.report import ReportedProblem
from neuralnav.model.verdicts import Said
from neuralnav.report import problem


def under_base(base: Half, head: Half, after: PlannedSide, bundle: Path | None) -> PlannedSide:
    """Return the head's side, refused where a bundle, or what the head holds less of the base, refuses its choice."""
    if base.tree.root == head.tree.root or head.place is None or head.world is None or head.workload is None:
        return after
    found = _held_for(base, head, bundle)
    if found is None or after.plan is None or after.choice is None:
        return after
    row = row_of(after.plan, after.choice.candidate)
    if row is None:
        return after
    try:
        said = denials(found, head.world.catalog, head.workload.document, after.plan, row)
    except InputError as error:
        problems = tuple(problem(head.tree.told(item)) for item in error.diagnostics)
        return replace(after, state="broken", problems=(*after.problems, *problems))
    if not said:
        return after
    problems = tuple(
        _refused(item, after.choice.candidate, after.path, "bundle" if item.policy in found.bundled else "base")
        for item in said
    )
    return replace(after, state="refused", problems=(*after.problems, *problems))


def left_policies(base: Half, head: Half, after: PlannedSide) -> tuple[str, ...]:
    """Return the policies of the base that a workload leaves by an edit of its own."""
    if base.place is None or head.place is None or base.workload is None or head.workload is None:
        return ()
    if head.world is None or after.plan is None:
        return ()
    try:
        return policies_left(
            Leaving(
                roots=(base.place.root, head.place.root),
                before=base.workload.document,
                after=head.workload.document,
                catalog=head.world.catalog,
                plan=after.plan,
                row=row_of(after.plan, after.choice.candidate) if after.choice else None,
            )
        )
    except InputError:
        return ()  # told where the policies are read


def _held_for(base: Half, head: Half, bundle: Path | None = None) -> Held | None:
    """Return what the base's policies hold the head to; None where the policies of a side cannot be used."""
    if head.place is None:
        return None
    root = root_before(base.tree, head.tree, base.place, head.place)
    try:
        return held(root, head.place.root, bundle)
    except NeuralnavError:
        return None


def _refused(said: Said, candidate: str, path: str, whose: str) -> ReportedProblem:
    where = {"file": path, "line": 0, "column": 0}
    why = f": {said.message}" if said.message else f": {said.missed}" if said.missed else ""
    return ReportedProblem.model_validate(
        {
            "where": where,
            "message": f"the {whose}'s policy {said.policy}.{said.rule} refuses {candidate}{why}",
            "hint": "change the policy in a pull request of its own, or meet it",
        }
    )
