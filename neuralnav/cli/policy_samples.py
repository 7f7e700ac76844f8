"""The candidates that policies are tried on: those of a repository's workloads, or of typical ones without any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from neuralnav.cli.output import progress
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import ungoverned_world
from neuralnav.enforce.applies import Subject
from neuralnav.enforce.columns import columns_of, constants_of
from neuralnav.enforce.trial import Sample
from neuralnav.errors import InputError
from neuralnav.files.places import find_root, find_workloads, show
from neuralnav.model.document import Parsed, Source, load
from neuralnav.model.workload import Workload
from neuralnav.pipeline import World, make_plan
from neuralnav.policy.lower import Columns

MOST_WORKLOADS = 20
"""More workloads than this are not planned for a check; their first are."""

TYPICAL = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: typical-{name}}}
spec:
  useCase: {use_case}
  traffic: {{users: 1000}}
"""
"""The workload of a use case where a repository has none: a thousand users, no limits."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What policies are tried on. `skipped` workloads cannot be planned, `left` were too many to plan."""

    found: tuple[Sample, ...]
    skipped: tuple[str, ...] = ()
    left: int = 0
    typical: bool = False


def samples_of(paths: Sequence[str]) -> Samples:
    """Return the candidates of the workloads that paths name, or of all of the repository, or of typical ones."""
    root = find_root(Path.cwd())
    try:
        places = find_workloads(paths or (show(root),))
    except InputError:
        if paths:
            raise
        return _typical(root)
    found, skipped = [], []
    with progress("planning workloads", min(len(places), MOST_WORKLOADS)) as counter:
        for place in places[:MOST_WORKLOADS]:
            try:
                found.append(sample_of(read_workload(place), ungoverned_world(place.root), place.shown))
            except InputError:
                if paths:
                    raise
                skipped.append(place.shown)
            counter.step()
    return Samples(tuple(found), tuple(skipped), max(0, len(places) - MOST_WORKLOADS))


def _typical(root: Path) -> Samples:
    world = ungoverned_world(root)
    found = []
    with progress("planning typical workloads", len(world.catalog.use_cases)) as counter:
        for name in world.catalog.use_cases:
            text = TYPICAL.format(name=name.replace("_", "-"), use_case=name)
            found.append(sample_of(load(Workload, Source("typical", text)), world, ""))
            counter.step()
    return Samples(tuple(found), typical=True)


def sample_of(workload: Parsed[Workload], world: World, path: str, *, every: bool = False) -> Sample:
    """Return the candidates of a workload that it admits itself, best first; where it admits none, those in scope.

    `world` has no policies: a rule is tried on what the workload admits, whatever other rules refuse.
    With `every`, also those that it refuses, in the order of their ids.
    """
    plan = make_plan(workload, world)
    rows = np.array(plan.views["balanced"], dtype=np.int64)
    if every:
        rows = np.arange(plan.candidates.table.num_rows)
    elif not len(rows):
        rows = np.flatnonzero(plan.candidates.scope)
    columns = _Rows(columns_of(plan.spec, plan.candidates, plan.scores, world.catalog), rows)
    document = workload.document
    subject = Subject(document.metadata.name, document.spec.use_case, dict(plan.spec.labels))
    constants = constants_of(plan.spec, document)
    return Sample(subject, path, len(rows), columns, Columns(columns, len(rows)), constants)


class _Rows(Mapping[str, pa.Array]):
    """Some rows of columns, each taken when it is first read."""

    def __init__(self, columns: Mapping[str, pa.Array], rows: npt.NDArray[np.int64]) -> None:
        self.columns, self.rows = columns, pa.array(rows)
        self.taken: dict[str, pa.Array] = {}

    def __getitem__(self, name: str) -> pa.Array:
        if name not in self.taken:
            column = self.columns[name]
            whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
            self.taken[name] = whole.take(self.rows)
        return self.taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
