"""What a change does to the fleet policies of a repository: budgets over what each side deploys, judged on both."""

import functools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from neuralnav.cli.diff_policies import STRENGTH, bundle_of
from neuralnav.cli.diff_trees import Matched, Tree, root_before
from neuralnav.cli.diff_worlds import governance_of
from neuralnav.enforce.applies import Subject
from neuralnav.enforce.bound import BoundFleet
from neuralnav.enforce.fleet import FleetReading, Measure, Member, read_fleets
from neuralnav.errors import InputError
from neuralnav.files.members import member_in
from neuralnav.files.places import Place, read_optional
from neuralnav.model.diff import FleetChange, FleetSide, Side, WorkloadDiff
from neuralnav.model.document import Source, parse, plain
from neuralnav.model.report import ReportedWhere
from neuralnav.model.spec import parts_of

Whose = Literal["head", "base", "bundle"]

Key = tuple[str, str, str, tuple[str, ...]]
"""A policy, its rule, a group, and the environments of the binding: a policy may be bound in each on its own terms."""

Readings = Mapping[Key, FleetReading]


@dataclass(frozen=True, slots=True)
class Compared:
    """A workload of either side, with what the change does to it where it was compared."""

    matched: Matched
    found: WorkloadDiff | None = None


def fleet_changes(
    before: Tree, after: Tree, items: Sequence[Compared], bundle: Path | None = None
) -> tuple[FleetChange, ...]:
    """Return where fleet policies judge otherwise than on the base, or measure another value: by policy, rule, group.

    `items` are all workloads of both sides. One counts with what its side would deploy, or, where that was not planned
    or its lock chooses otherwise, with what its lock says. The base's policies, and those of a bundle, see what lies
    below their root on the base wherever the head puts a project file. Policies that cannot be used are told with each
    workload, not here.
    """
    more = bundle_of(bundle).fleets if bundle else ()
    roots = {root for item in items for root in _roots(before, after, item.matched)}
    places = [Path(os.path.normpath(tree.root / root)) for tree in (before, after) for root in roots]
    if not more and not any(map(_fleets_of, places)):
        return ()
    repository = _Repository(
        before,
        after,
        [_seen(item.matched.base, item.found.before if item.found else None) for item in items if item.matched.base],
        [
            _seen(item.matched.head, _deployed(item.found), _root_before(before, after, item))
            for item in items
            if item.matched.head
        ],
    )
    found = [change for root in sorted(roots) for change in repository.changes(root, more)]
    return tuple(sorted(found, key=lambda one: (one.policy, one.rule, one.group, one.environments, one.whose)))


def _roots(before: Tree, after: Tree, matched: Matched) -> Iterator[str]:
    """Yield the roots of a workload, each by its path from the top of its side."""
    yield os.path.relpath(root_before(before, after, matched.base, matched.head), before.root)
    if matched.head is not None:
        yield os.path.relpath(matched.head.root, after.root)


def _root_before(before: Tree, after: Tree, item: Compared) -> Path:
    return root_before(before, after, item.matched.base, item.matched.head)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A workload of one side as fleet policies see it, None where nothing is known of it.

    `root` is its root, `root_before` the one whose policies it has to keep to on the base.
    """

    shown: str
    root: Path
    root_before: Path
    member: Member | None


def _seen(place: Place, side: Side | None, before: Path | None = None) -> _Seen:
    return _Seen(place.shown, place.root, before or place.root, _member(place, side))


def _deployed(found: WorkloadDiff | None) -> Side | None:
    """Return the head's side as it is deployed; None where that is what a lock says that chooses otherwise."""
    return None if found is None or found.chosen_otherwise else found.after


def _read(fleets: Sequence[BoundFleet], seen: Sequence[_Seen]) -> Readings:
    found = read_fleets(fleets, [item.member for item in seen if item.member is not None])
    return {_key(item): item for item in found}


def _key(reading: FleetReading) -> Key:
    return reading.policy, reading.rule.id, reading.subject, reading.environments


def _paired(old: Readings, new: Readings) -> Iterator[tuple[FleetReading | None, FleetReading | None]]:
    """Yield what rules say on both sides; of a binding that changes its environments, and no other does, too."""
    gone, come = ([key for key in side if key not in other] for side, other in ((old, new), (new, old)))
    moved = {before: after for before in gone for after in come if _lone(before, gone) and _lone(after, come)
             and before[:3] == after[:3]}  # fmt: skip
    for key in sorted({*old, *new} - set(moved) - set(moved.values())):
        yield old.get(key), new.get(key)
    for before, after in sorted(moved.items()):
        yield old[before], new[after]


def _lone(key: Key, keys: Sequence[Key]) -> bool:
    """Tell whether no other binding of the same policy judges the same group."""
    return sum(other[:3] == key[:3] for other in keys) == 1


@dataclass(frozen=True, slots=True)
class _Repository:
    """Both sides with their workloads."""

    before: Tree
    after: Tree
    base: Sequence[_Seen]
    head: Sequence[_Seen]

    def changes(self, root: str, more: Sequence[BoundFleet]) -> Iterator[FleetChange]:
        """Yield what becomes of the rules in a root: the head's own, or those of the base and a bundle that are harder.

        `root` is its path from the top of each side.
        """
        base, head = (Path(os.path.normpath(tree.root / root)) for tree in (self.before, self.after))
        was = [item for item in self.base if item.root == base]
        now = [item for item in self.head if item.root == head]
        held = [item for item in self.head if item.root_before == base]
        old, new, kept = (_read(_fleets_of(here), seen) for here, seen in ((base, was), (head, now), (base, held)))
        for first, second in _paired(old or self._readings_before(now), new):
            if first is None or _strength(second) >= _strength(kept.get(_key(first))):
                yield from self._change(first, second, now, "head")
        own = [reading for root in sorted({item.root for item in held}) for reading in self._own(root)]
        both: tuple[tuple[Whose, Readings, Readings], ...] = (
            ("base", old, kept),
            ("bundle", _read(more, was), _read(more, held)),
        )
        for whose, before, after in both:
            for key, reading in sorted(after.items(), key=lambda one: one[0]):
                if _strength(reading) > max((_strength(item) for item in own if _covers(item, reading)), default=0):
                    yield from self._change(before.get(key), reading, held, whose)

    def _own(self, root: Path) -> Sequence[FleetReading]:
        """Return what the head's own rules say in one of its roots."""
        return list(_read(_fleets_of(root), [item for item in self.head if item.root == root]).values())

    def _readings_before(self, now: Sequence[_Seen]) -> Readings:
        """Return what rules of the roots said from which workloads came: a root that moves brings no refusal."""
        found: dict[Key, FleetReading] = {}
        for root in sorted({item.root_before for item in now}):
            found |= _read(_fleets_of(root), [item for item in self.base if item.root == root])
        return found

    def _change(
        self, old: FleetReading | None, new: FleetReading | None, seen: Sequence[_Seen], whose: Whose
    ) -> Iterator[FleetChange]:
        told = old if new is None or (old is not None and not new.objects) else new
        if told is None:
            return
        measure = _deciding(told)
        before, after = (_side(reading, measure) for reading in (old, new))
        if before == after:
            return
        where = told.rule.where
        tree = self.before if told is old or whose != "head" else self.after
        yield FleetChange(
            policy=told.policy,
            rule=told.rule.id,
            group=told.subject,
            environments=told.environments,
            whose=whose,
            before=before,
            after=after,
            what=measure.what if measure else "",
            unit=measure.unit if measure else "",
            message=told.message,
            by=tuple(_by(old, new)),
            uncounted=tuple(item.shown for item in seen if item.member is None),
            where=ReportedWhere(file=tree.from_root(where.file), line=where.line, column=where.column),
        )


def _fleets_of(root: Path) -> Sequence[BoundFleet]:
    try:
        return governance_of(root).fleets
    except InputError:
        return ()  # told with each workload


def _strength(reading: FleetReading | None) -> int:
    """Return how hard a rule objects, 0 where it does not."""
    return 1 + STRENGTH[reading.enforcement] if reading is not None and reading.objects else 0


def _covers(item: FleetReading, other: FleetReading) -> bool:
    """Tell whether a reading is of the same rule and group as another, in all of its environments."""
    within = not item.environments or (other.environments and set(other.environments) <= set(item.environments))
    return _key(item)[:3] == _key(other)[:3] and bool(within)


def _deciding(reading: FleetReading) -> Measure | None:
    """Return the comparison to tell of: the first that does not hold, else the first."""
    return next((item for item in reading.measures if item.holds is not True), next(iter(reading.measures), None))


def _side(reading: FleetReading | None, told: Measure | None) -> FleetSide:
    if reading is None:
        return FleetSide()
    same = next((item for item in reading.measures if told is not None and item.what == told.what), None)
    verdict = reading.enforcement if reading.objects else "pass"
    return FleetSide(verdict=verdict, value=same.value if same else None, limit=same.limit if same else None)


def _by(old: FleetReading | None, new: FleetReading | None) -> list[str]:
    """Return the workloads of a group that bring it another amount, the largest change first."""
    was, now = (
        {item.subject.name: item for item in (reading.members if reading else ())} for reading in (old, new)
    )  # fmt: skip
    changes = [(*_more(was.get(name), now.get(name)), name) for name in {*was, *now} if was.get(name) != now.get(name)]
    return [name for *_, name in sorted(changes)]


def _more(was: Member | None, now: Member | None) -> tuple[float, int]:
    """Return the change of cost and GPUs, negative the larger they are."""
    cost = (now.cost_monthly_usd if now else 0.0) - (was.cost_monthly_usd if was else 0.0)
    return -math.fabs(cost), -abs((now.gpus if now else 0) - (was.gpus if was else 0))


def _member(place: Place, side: Side | None) -> Member | None:
    """Return what a workload deploys: its choice, or what its lock says where it was not planned or has no plan."""
    try:
        if side is None or side.choice is None:
            return _locked(read_optional(place.lock) or b"")
        subject = _subject(read_optional(place.workload) or b"")
    except InputError:
        return None
    choice = side.choice
    accelerator = parts_of(choice.candidate)[2]
    if subject is None:
        return None
    return Member(subject, accelerator, choice.replicas.planned, choice.gpus, choice.cost_usd_per_month)


@functools.lru_cache(4096)
def _locked(content: bytes) -> Member | None:
    return member_in(content.decode("utf-8", "replace"))


@functools.lru_cache(4096)
def _subject(content: bytes) -> Subject | None:
    """Return whom policies see in a workload that could be planned."""
    match plain(parse(Source("workload", content.decode("utf-8", "replace")))):
        case {"metadata": {"name": str(name), **metadata}, "spec": {"useCase": str(use_case)}}:
            labels = metadata.get("labels")
            return Subject(name, use_case, labels if isinstance(labels, dict) else {})
    return None
