"""What flows between the stages: requirements, evidence, candidates, the ranked plan. Frozen, no optionals left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from neuralnav.model.spec import Conflict, ResolvedSpec, ScoreWeights, UnusedRuns
from neuralnav.model.verdicts import Judged, Said, Scored

Floats = npt.NDArray[np.float64]

VIEWS = ("balanced", "accuracy", "cost", "latency", "complexity")
View = Literal["balanced", "accuracy", "cost", "latency", "complexity"]
SCORES = ("accuracy", "cost", "latency", "complexity")
NEAR_MISS = 0.20
"""A candidate at most this share over an SLO is a near miss: shown as such, never as compliant."""

THROUGHPUT = "slo.throughput"
"""The reason of what meets every rule and yet carries no load: it is unstable from the lightest on."""


@dataclass(frozen=True, slots=True)
class LoadCurves:
    """One load curve per configuration that has evidence; row i of every array belongs to `ids[i]`.

    Arrays have shape (configurations, points), rates rise along a row, and NaN fills the rows that are shorter.
    `p95_ms` holds the three metrics; `interval` (configurations,) the relative half-width of each metric's interval.
    `measured_runs` says how many measured runs corrected each curve, and `factor` (configurations,) what each metric
    was multiplied by, the geometric mean over its points; both are empty where nothing was corrected. `conflicts` are
    those of the configurations whose outcomes contradict what was measured.
    """

    ids: tuple[str, ...]
    offered_rps: Floats
    achieved_rps: Floats
    p95_ms: Mapping[str, Floats]
    e2e_mean_ms: Floats
    interval: Mapping[str, Floats]
    source: tuple[str, ...]
    evidence_id: tuple[str, ...]
    engine_version: tuple[str, ...]
    digests: tuple[str, ...]
    measured_runs: tuple[int, ...] = ()
    factor: Mapping[str, Floats] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Every candidate, one row each in the order of its id, and one boolean verdict column per rule.

    `verdicts[rule][i]` is True when the rule admits row i. A candidate is feasible when every rule does, and in
    `scope` when no constraint of the workload shuts it out by name.
    """

    table: pa.Table
    verdicts: Mapping[str, npt.NDArray[np.bool_]]
    feasible: npt.NDArray[np.bool_]
    scope: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Governed:
    """A workload under its policies: the spec with the weights that they set, and their verdicts, still to be asked."""

    spec: ResolvedSpec
    judge: Callable[[Candidates, Scored], Judged]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How many candidates a rule refused first, and the one that came nearest to passing.

    A rule of a policy counts all that it refuses of what the workload admits; several may refuse one candidate.
    """

    reason: str
    count: int
    nearest: str
    by: str
    near_miss: bool


@dataclass(frozen=True, slots=True)
class RankedPlan:
    """The candidates scored and ordered.

    `views` maps a view to row numbers of feasible candidates, best first. `refused` counts what is in scope,
    `shut_out` everything that was refused. `unused_measurements` are measured runs that say nothing, by reason, and
    `conflicts` those of candidates whose outcomes contradict what was measured.
    Where policies are bound, `candidates` hold their verdicts too, and `judged` what else they say; `admitted` counts
    what was feasible before them.
    """

    spec: ResolvedSpec
    candidates: Candidates
    scores: Mapping[str, Floats]
    views: Mapping[str, tuple[int, ...]]
    dominated: npt.NDArray[np.bool_]
    refused: tuple[Refusal, ...]
    shut_out: tuple[Refusal, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    unused_measurements: tuple[UnusedRuns, ...] = ()
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    judged: Judged | None = None
    admitted: int = 0

    @property
    def refused_by_policy(self) -> int:
        """How many candidates the workload admits and its policies refuse."""
        return self.admitted - len(self.views["balanced"])

    def refused_by(self, candidate: str) -> str:
        """Return the first rule that refuses a candidate, empty where none does or the plan has no such candidate."""
        rows = np.flatnonzero(self.candidates.table["id"].to_numpy(zero_copy_only=False) == candidate)
        return next((rule for row in rows for rule, admits in self.candidates.verdicts.items() if not admits[row]), "")

    def row(self, index: int) -> Mapping[str, object]:
        """Return one candidate's columns by name."""
        found: Mapping[str, object] = self.candidates.table.slice(index, 1).to_pylist()[0]
        return found

    def name_of(self, index: int) -> str:
        """Return the id of one candidate."""
        return str(self.candidates.table["id"][index].as_py())

    def rows(self, indices: Sequence[int]) -> list[Mapping[str, object]]:
        """Return the columns of several candidates by name."""
        found: list[Mapping[str, object]] = self.candidates.table.take(pa.array(indices, pa.int64())).to_pylist()
        return found


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that refuses a candidate, and by how much it is missed (empty where that has no size)."""

    rule: str
    by: str
    near_miss: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a candidate is where it is.

    `ranks` maps each view to its place from 1, empty when it is refused. `failed` lists every rule that refuses it,
    the reported reason first. `relax` holds (field, value) pairs that would lift a refusal, `siblings` the feasible
    candidates of the same model with their cost. `said` is what policies say of it, `preference` the points that they
    give it, `nearest` the feasible candidate most like one that a policy refuses; where none is feasible, the one most
    like it that the first such rule alone would let through. `conflict` is there where outcomes contradict what was
    measured.
    """

    candidate: str
    cells: Mapping[str, object]
    scores: Mapping[str, float]
    weights: ScoreWeights
    slo_ms: Mapping[str, float]
    ranks: Mapping[str, int]
    feasible: int
    best: str
    behind: float
    failed: tuple[Failure, ...]
    relax: tuple[tuple[str, str], ...]
    siblings: tuple[tuple[str, float], ...]
    said: tuple[Said, ...] = ()
    preference: float = 0.0
    nearest: str = ""
    conflict: Conflict | None = None
