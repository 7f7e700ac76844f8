"""Plan a workload on both sides of a change, and under mixtures of their inputs."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath

from neuralnav.causes import Pair
from neuralnav.cli.diff_committed import as_committed, causes_of, mended_note
from neuralnav.cli.diff_left import Leaving, policies_left
from neuralnav.cli.diff_policies import Held, denials, expired_exemptions, held
from neuralnav.cli.diff_trees import Matched, Tree, name_of, root_before
from neuralnav.cli.diff_worlds import inputs_of, world_from
from neuralnav.cli.expiry import expired_price
from neuralnav.cli.work import choice_of, code_of, drift_of, read_workload
from neuralnav.cli.world import world_of
from neuralnav.diff import PlannedSide, diff
from neuralnav.diff.search import Attribution, Part, Swap, attribute
from neuralnav.diff.sides import Outcome, outcome_of, row_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, NeuralnavError
from neuralnav.files.locks import Found, find_lock
from neuralnav.files.places import Place, output_folder, read_optional, show
from neuralnav.locking import Previous
from neuralnav.model.diff import CauseKind, FieldEdit, SideState, WorkloadDiff
from neuralnav.model.document import Parsed
from neuralnav.model.lock import choice_line, dump
from neuralnav.model.plan import RankedPlan
from neuralnav.model.report import ReportedDrift, ReportedProblem, ReportedWhere
from neuralnav.model.verdicts import Said
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, World, compile_plan, make_plan
from neuralnav.report import problem

BROKEN = Outcome(decision="broken")


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


@dataclass(frozen=True, slots=True)
class Half:
    """A workload of one side: what could be read, planned and found committed, and what is wrong.

    `folder` holds its manifests, counted from its own. `fresh` is the compile that no lock binds, where there is one.
    `plain` says that the bytes of its lock are those that compile writes for it.
    """

    tree: Tree
    place: Place | None
    workload: Parsed[Workload] | None = None
    world: World | None = None
    plan: RankedPlan | None = None
    folder: str = ""
    fresh: Compiled | None = None
    found: Found = field(default_factory=lambda: Found("", None))
    plain: bool = False
    problems: tuple[Diagnostic, ...] = ()

    @property
    def name(self) -> str:
        """The workload's name, as far as it can be told."""
        if self.workload is not None:
            return self.workload.document.metadata.name
        return name_of(self.place) or self.place.shown if self.place else ""


def compare(job: Job) -> WorkloadDiff:
    """Return what a change does to one workload. What is wrong with a side is in its problems, never raised."""
    base = read_half(job.base, job.matched.base)
    head = read_half(job.head, job.matched.head, known=base)
    binding = base.found.previous
    moved = _shown_folder(head if head.place else base)
    before = _planned(base, binding, moved)
    given = _planned(head, binding, moved)
    after = _as_committed(head, given, binding, moved)
    held_by, from_base = (binding, "") if after is given or given.choice is None else (
        head.found.previous, given.choice.candidate)  # fmt: skip
    path = PurePosixPath(job.matched.base.shown if job.matched.base else "")
    there, here = _drift(base, before, binding, moved), _drift(head, after, held_by, moved)
    drift = [item for item in here if _key(item) not in set(map(_key, there))]
    mended = [item for item in there if head.place and _key(item) not in set(map(_key, here))]
    after = _under_base(base, head, after, job.bundle)
    told = _causes(base, head, before, after, Locks(binding, held_by, given, moved))
    deployed = _deployed(base, head, before, mended, moved)
    causes = causes_of(deployed, before, after, told.causes, mended)
    found = diff(
        deployed if deployed.name else replace(deployed, name=after.name, path=str(path)),
        after if after.name else replace(after, name=before.name),
        from_base=from_base,
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


def _deployed(base: Half, head: Half, before: PlannedSide, mended: Sequence[ReportedDrift], folder: str) -> PlannedSide:
    """Return the base's side as it is committed, as far as the head changes that."""
    if base.place is None or base.world is None or head.place is None or head.problems:
        return before
    return as_committed(
        before,
        base.found,
        place=base.place,
        catalog=base.world.catalog,
        folders=(base.folder, folder),
        relocked=base.found.text != head.found.text,
        mended=mended,
    )


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
    yield from expired_exemptions(head.place.root, head.workload.document, as_of)


def read_half(tree: Tree, place: Place | None, known: Half | None = None) -> Half:
    """Return a workload of one side, planned. The lock of `known`, the other side, is taken where it is the same."""
    if place is None:
        return Half(tree, None)
    half = Half(tree, place)
    try:
        half = replace(half, workload=read_workload(place))
        half = _with_plan(half, place)
    except NeuralnavError as error:
        half = _told(half, error)
    try:
        return _with_lock(half, place, known)
    except NeuralnavError as error:
        return _told(half, error)


def _with_plan(half: Half, place: Place) -> Half:
    if half.workload is None:
        return half
    world = world_of(place.root)
    name = half.workload.document.metadata.name
    folder = output_folder(place, world.project.spec.output.manifests, name)
    plan = make_plan(half.workload, world)
    fresh = compile_plan(plan, world, None, folder) if plan.views["balanced"] else None
    return replace(half, world=world, plan=plan, folder=folder, fresh=fresh)


def _told(half: Half, error: NeuralnavError) -> Half:
    return replace(half, problems=(*half.problems, *(half.tree.told(item, half.place) for item in error.diagnostics)))


def _with_lock(half: Half, place: Place, known: Half | None) -> Half:
    """Return a side with its lock; one that is known, or that a fresh compile would write, is not read: 30 ms."""
    text = read_optional(place.lock)
    if text is not None and known is not None and text == known.found.text.encode():
        return replace(half, found=replace(known.found, notes=()), plain=known.plain)
    if text is not None and half.fresh is not None and text == dump(half.fresh.lock).encode():
        return replace(half, found=Found(text.decode(), half.fresh.lock), plain=True)
    return replace(half, found=find_lock(place))


def _planned(half: Half, binding: Previous | None, folder: str) -> PlannedSide:
    """Return a side with what compile makes of it under a lock that binds it."""
    place, plan = half.place, half.plan
    if place is None:
        return PlannedSide("", "", "absent")
    committed = half.found.lock
    problems = tuple(problem(item) for item in half.problems)
    bare = PlannedSide(half.name, place.shown, "broken", committed=committed, workload=half.workload, problems=problems)
    if plan is None or half.world is None or half.workload is None or half.problems:  # a damaged lock stops compile too
        return bare
    try:
        made = _made(half, half.world, plan, binding)
    except NeuralnavError as error:
        return replace(
            bare, problems=(*problems, *(problem(half.tree.told(item, half.place)) for item in error.diagnostics))
        )
    return replace(_side(bare, plan, made, half.workload, folder), committed=committed, problems=problems)


def _as_committed(head: Half, given: PlannedSide, binding: Previous | None, folder: str) -> PlannedSide:
    """Return the head's side as its own lock has it, where that chooses another than the base's and is honoured."""
    own = head.found.previous
    if own is None or own == binding or given.choice is None or own.candidate == given.choice.candidate:
        return given
    made = _planned(head, own, folder)
    honoured = made.choice is not None and made.choice.candidate != given.choice.candidate
    return made if honoured else given


def _made(half: Half, world: World, plan: RankedPlan, binding: Previous | None) -> Compiled | None:
    if half.fresh is None or binding is None:
        return half.fresh
    return compile_plan(plan, world, binding, half.folder)


def _side(
    bare: PlannedSide, plan: RankedPlan, made: Compiled | None, workload: Parsed[Workload], folder: str
) -> PlannedSide:
    if made is None:
        state: SideState = "refused" if code_of(plan) is ExitCode.REFUSED else "infeasible"
        return replace(bare, state=state, plan=plan, workload=workload)
    return replace(
        bare,
        state="planned",
        plan=plan,
        choice=choice_of(plan, made.decision, made.lock),
        lock=made.lock,
        manifests={f"{folder}/{item.name}": item.text for item in made.manifests},
        workload=workload,
    )


def _shown_folder(half: Half) -> str:
    """Return the folder of a workload's manifests from the root, as both sides show it: a move is no edit of them."""
    parent = str(PurePosixPath(half.place.shown).parent) if half.place else "."
    return PurePosixPath(os.path.normpath(PurePosixPath(parent) / (half.folder or "deploy"))).as_posix()


def _drift(half: Half, side: PlannedSide, binding: Previous | None, folder: str) -> tuple[ReportedDrift, ...]:
    """Return how the committed files of a half differ from what compile would write there, under its own lock.

    `side` is what it writes under `binding`, its manifests in `folder`: the same, where its own lock binds the same.
    """
    place, plan, world = half.place, half.plan, half.world
    if place is None or plan is None or world is None or half.fresh is None or half.problems:
        return ()
    own = half.found.previous
    try:
        if own == binding and side.lock is not None:
            lock, texts = side.lock, {name.removeprefix(f"{folder}/"): text for name, text in side.manifests.items()}
        else:
            made = _made(half, world, plan, own) or half.fresh
            lock, texts = made.lock, {item.name: item.text for item in made.manifests}
        whole = half.found.text if half.plain and lock == half.found.lock else dump(lock)
        files = {f"{half.folder}/{name}": text.encode() for name, text in texts.items()}
        found = drift_of(place, {**files, place.lock.name: whole.encode()}, half.found.lock, lock)
    except NeuralnavError:
        return ()  # told where the lock is read
    return tuple(item.model_copy(update={"file": half.tree.from_root(item.file)}) for item in found)


def _key(item: ReportedDrift) -> tuple[str, str]:
    return item.drift, Path(item.file).name


def _under_base(base: Half, head: Half, after: PlannedSide, bundle: Path | None) -> PlannedSide:
    """Return the head's side, refused where a bundle, or what the head holds less of the base, refuses its choice."""
    if base.tree.root == head.tree.root or head.place is None or head.world is None or head.workload is None:
        return after
    found = held_for(base, head, bundle)
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


def _left(base: Half, head: Half, after: PlannedSide) -> tuple[str, ...]:
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


def held_for(base: Half, head: Half, bundle: Path | None = None) -> Held | None:
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


@dataclass(frozen=True, slots=True)
class Locks:
    """What binds a workload: the base's lock, and that of the head where it chooses otherwise and is honoured.

    `given` is the head's side under the base's. Without a lock of its own that is honoured, both are the base's.
    """

    base: Previous | None
    head: Previous | None
    given: PlannedSide
    folder: str

    def parts(self, head: Half) -> Mapping[CauseKind, tuple[Part, ...]]:
        """Return the head's lock as an input that can be swapped, where it is one."""
        place, own, choice = head.place, self.head, self.given.choice
        if own == self.base or own is None or place is None or choice is None:
            return {}
        lock = head.tree.from_root(show(place.lock))
        where = ReportedWhere(file=lock, line=choice_line(head.found.text), column=0)
        edit = FieldEdit(field="choice.candidate", before=choice.candidate, after=own.candidate, where=where)
        said = f"{place.lock.name} chooses {own.candidate}, not {choice.candidate} (line {where.line})"
        return {"lock": (Part("choice", said, (edit,)),)}


def _causes(base: Half, head: Half, before: PlannedSide, after: PlannedSide, locks: Locks) -> Attribution:
    """Return why the plan changed; nothing where a side is not there to be compared."""
    workload = head.workload
    if base.place is None or head.place is None or base.workload is None or workload is None:
        return Attribution()
    if before.state == "broken" or after.state == "broken":
        return Attribution()
    pair = Pair.of(inputs_of(base.place.root, base.workload), inputs_of(head.place.root, workload))
    parts = {**pair.parts, **locks.parts(head)}
    if not parts:
        return Attribution()
    decide = _decider(pair, head, locks)
    return attribute(parts, decide, before=outcome_of(before), after=outcome_of(_own(head, after)))


def _own(head: Half, after: PlannedSide) -> PlannedSide:
    """Return the head's side as its own policies leave it: that the base's refuse its choice is no cause of it."""
    refused_by_base = after.state == "refused" and head.plan is not None and bool(head.plan.views["balanced"])
    return replace(after, state="planned") if refused_by_base else after


def _decider(pair: Pair, head: Half, locks: Locks) -> Callable[[Swap], Outcome]:
    def decide(swap: Swap) -> Outcome:
        try:
            return outcome_of(_under(pair, swap, head, locks))
        except InputError:
            return BROKEN  # some edits are only valid together

    return decide


def _under(pair: Pair, swap: Swap, head: Half, locks: Locks) -> PlannedSide:
    """Return what becomes of the workload under a mixture."""
    inputs = pair.mixed(swap)
    world = world_from(inputs)
    plan = make_plan(inputs.workload, world)
    binding = locks.head if "lock" in swap.whole or swap.of("lock") else locks.base
    made = compile_plan(plan, world, binding, head.folder) if plan.views["balanced"] else None
    return _side(PlannedSide("", "", "planned"), plan, made, inputs.workload, locks.folder)
