"""Read and plan a workload of one side of a change."""

import os
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from neuralnav.cli.diff_trees import Tree, name_of
from neuralnav.cli.drift import drift_of
from neuralnav.cli.work import choice_of, code_of, read_workload
from neuralnav.cli.world import world_of
from neuralnav.diff import PlannedSide
from neuralnav.errors import Diagnostic, ExitCode, NeuralnavError
from neuralnav.files.locks import Found, find_lock
from neuralnav.files.places import Place, output_folder, read_optional
from neuralnav.model.diff import SideState
from neuralnav.model.document import Parsed
from neuralnav.model.lock import Previous, dump
from neuralnav.model.plan import RankedPlan
from neuralnav.model.report import ReportedDrift
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, World, compile_plan, make_plan
from neuralnav.report import problem


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


def planned(half: Half, binding: Previous | None, folder: str) -> PlannedSide:
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
    return replace(side_of(bare, plan, made, half.workload, folder), committed=committed, problems=problems)


def _made(half: Half, world: World, plan: RankedPlan, binding: Previous | None) -> Compiled | None:
    if half.fresh is None or binding is None:
        return half.fresh
    return compile_plan(plan, world, binding, half.folder, fresh=half.fresh)


def side_of(
    bare: PlannedSide, plan: RankedPlan, made: Compiled | None, workload: Parsed[Workload], folder: str
) -> PlannedSide:
    """Return a side with its plan and what compile makes of it, or why it makes nothing."""
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


def shown_folder(half: Half) -> str:
    """Return the folder of a workload's manifests from the root, as both sides show it: a move is no edit of them."""
    parent = str(PurePosixPath(half.place.shown).parent) if half.place else "."
    return PurePosixPath(os.path.normpath(PurePosixPath(parent) / (half.folder or "deploy"))).as_posix()


def drift_at(half: Half, side: PlannedSide, binding: Previous | None, folder: str) -> tuple[ReportedDrift, ...]:
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
