"""The cause of a change: the smallest set of inputs that, swapped from base to head, gives what the head decides."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar, get_args

from neuralnav.diff.sides import Outcome
from neuralnav.model.diff import Cause, CauseKind, FieldEdit

KINDS: tuple[CauseKind, ...] = get_args(CauseKind)
T = TypeVar("T")

TRIES = 64
"""How many mixtures of one input's parts are tried one by one, and how many more by halving."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an input that can be swapped alone: its name among the others, what it edits, and a short phrase."""

    name: str
    said: str
    edits: tuple[FieldEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Swap:
    """What a mixture takes from the head: some inputs whole, and of others only the parts that are named."""

    whole: frozenset[CauseKind] = frozenset()
    parts: frozenset[tuple[CauseKind, str]] = frozenset()

    def of(self, kind: CauseKind) -> frozenset[str]:
        """Return the names of the parts of an input that is not taken whole."""
        return frozenset(name for other, name in self.parts if other == kind)

    def with_all_of(self, more: "Swap") -> "Swap":
        """Return what either takes; an input of which one takes all that the other leaves is taken whole."""
        whole = self.whole | more.whole
        return Swap(whole, frozenset(part for part in self.parts | more.parts if part[0] not in whole))


Decide = Callable[[Swap], Outcome]
"""What becomes of the workload under a mixture of the base's inputs and the head's."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The causes of a change in the order of their kinds, none where nothing changed; and what could not be told."""

    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()


def attribute(
    parts: Mapping[CauseKind, Sequence[Part]],
    decide: Decide,
    *,
    before: Outcome | None = None,
    after: Outcome | None = None,
) -> Attribution:
    """Return the causes of what differs most: the decision, else the numbers of the choice, the manifests, the ranking.

    `before` is the outcome under the base's inputs and `after` that under the head's, where they are known. The keys
    of `parts` are the inputs that differ; each has at least one part. The set of inputs is the smallest, and among
    sets of one size the first in the order of `CauseKind`. Each is then narrowed to the smallest set of its parts, in
    their order, as long as that takes no more than `TRIES` mixtures; then to a set without a part too many; and where
    that fails too it is named as a whole, and a note says so. No mixture is decided twice.
    """
    start, end = Swap(), Swap(whole=frozenset(parts))
    known = {swap: outcome or decide(swap) for swap, outcome in ((start, before), (end, after))}
    steps = zip(known[start].steps(), known[end].steps(), strict=True)
    step = next((index for index, (old, new) in enumerate(steps) if old != new), None)
    if step is None or not parts:
        return Attribution()
    return _Search(parts, decide, step, known[end].steps()[: step + 1], known).run()


@dataclass(slots=True)
class _Search:
    """One search: the step at which base and head part, and what was decided so far."""

    parts: Mapping[CauseKind, Sequence[Part]]
    decide: Decide
    step: int
    goal: tuple[object, ...]
    known: dict[Swap, Outcome] = field(default_factory=dict)

    def run(self) -> Attribution:
        """Return the causes, each input narrowed with those before it as narrow as they are told."""
        swap = Swap(whole=frozenset(self.smallest_set()))
        causes, notes = list[Cause](), list[str]()
        for kind in (kind for kind in KINDS if kind in swap.whole):
            chosen = self.narrowed(kind, swap)
            if chosen is None:
                count = len(self.parts[kind])
                notes.append(f"the {count} edits of the {kind} could not be told apart in {2 * TRIES} tries")
                causes.append(Cause(kind=kind, said=f"{kind}: {count} edits"))
                continue
            swap = Swap(swap.whole - {kind}, swap.parts | {(kind, part.name) for part in chosen})
            edits = tuple(edit for part in chosen for edit in part.edits)
            causes.append(Cause(kind=kind, edits=edits, said=" and ".join(part.said for part in chosen)))
        return Attribution(tuple(causes), (*notes, *self.of_cost(swap)))

    def of_cost(self, swap: Swap) -> Iterator[str]:
        """Yield what changes the cost beside the causes of a decision, which would pass for all of it."""
        goal = self.known[Swap(whole=frozenset(self.parts))]
        if self.step or goal.cost is None or self._decided(swap).cost in (None, goal.cost):
            return
        rest = {
            kind: left
            for kind, parts in self.parts.items()
            if kind not in swap.whole and (left := [part for part in parts if (kind, part.name) not in swap.parts])
        }
        found = attribute(rest, lambda more: Outcome(self._decided(swap.with_all_of(more)).cost))
        if found.causes:
            yield f"its cost changes because of {' and '.join(cause.said for cause in found.causes)} too"

    def smallest_set(self) -> tuple[CauseKind, ...]:
        """Return the smallest set of inputs that gives the head's outcome; all of them do."""
        kinds = [kind for kind in KINDS if kind in self.parts]
        return next(chosen for chosen in _subsets(kinds) if self._reaches(Swap(whole=frozenset(chosen))))

    def narrowed(self, kind: CauseKind, swap: Swap) -> Sequence[Part] | None:
        """Return the fewest parts of an input that still give the head's outcome, or None where they are not told."""
        parts = self.parts[kind]
        if len(parts) == 1:
            return parts

        def reached(chosen: Sequence[Part]) -> bool:
            names = {(kind, part.name) for part in chosen}
            return self._reaches(Swap(swap.whole - {kind}, swap.parts | names))

        for tries, chosen in enumerate(_subsets(parts)):
            if tries == TRIES:
                break
            if reached(chosen):
                return chosen
        return _Halving(reached, TRIES).run(parts)

    def _reaches(self, swap: Swap) -> bool:
        return self._decided(swap).steps()[: self.step + 1] == self.goal

    def _decided(self, swap: Swap) -> Outcome:
        if swap not in self.known:
            self.known[swap] = self.decide(swap)
        return self.known[swap]


def _subsets(items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Yield the subsets with at least one item: by size, then in the order of the items."""
    for size in range(1, len(items) + 1):
        yield from combinations(items, size)


@dataclass(slots=True)
class _Halving:
    """QuickXplain (Junker, AAAI 2004): a set without a part too many, in about 2k log(n / k) tries for k of n parts."""

    reached: Callable[[Sequence[Part]], bool]
    left: int

    def run(self, parts: Sequence[Part]) -> Sequence[Part] | None:
        """Return such a set in the order of the parts, or None where the tries run out or the parts do not add up."""
        try:
            needed = self._needed((), parts, grown=False)
        except _OutOfTriesError:
            return None
        chosen = [part for part in parts if part in needed]
        return chosen if self.reached(chosen) else None

    def _needed(self, given: Sequence[Part], parts: Sequence[Part], *, grown: bool) -> tuple[Part, ...]:
        """Return what of `parts` is needed beside `given`; `grown` says that `given` is more than was last asked."""
        if grown and self._try(given):
            return ()
        if len(parts) == 1:
            return tuple(parts)
        half = len(parts) // 2
        first, second = parts[:half], parts[half:]
        later = self._needed((*given, *first), second, grown=True)
        earlier = self._needed((*given, *later), first, grown=bool(later))
        return (*earlier, *later)

    def _try(self, chosen: Sequence[Part]) -> bool:
        if self.left == 0:
            raise _OutOfTriesError
        self.left -= 1
        return self.reached(chosen)


class _OutOfTriesError(Exception):
    """The tries that a search may take are used up."""
