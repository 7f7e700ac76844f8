"""What a change does to plans: the one structure behind the text, the comment, the JSON and the SARIF of `diff`."""

from typing import Literal

from pydantic import Field

from neuralnav.model.lock import LockDoc
from neuralnav.model.report import ReportedChoice, ReportedDrift, ReportedProblem, ReportedWhere

DiffStatus = Literal["unchanged", "changed", "added", "removed", "renamed"]
"""What happened to a workload."""

SideState = Literal["planned", "infeasible", "refused", "broken", "absent"]
"""What one side of a diff has: a plan, none that is feasible, none that policies permit, an input that cannot be used,
or no such workload."""

CauseKind = Literal[
    "workload", "settings", "policies", "benchmarks", "outcomes", "catalog", "prices", "templates", "lock", "drift"
]
"""The classes of input that are swapped one at a time. The lock is one where the head's own chooses otherwise than
compile would from the base's. Drift is what the base has committed and compile would not write there, because of
another tool, of data that lies elsewhere, or of a hand: where the head brings it up to date, that is a cause."""


class Side(LockDoc):
    """One side of a workload: its state, and its choice where there is one."""

    state: SideState
    choice: ReportedChoice | None = None
    """What compile makes there under the lock that binds it; of a base whose lock the head replaces, that lock's
    choice."""
    committed: str = ""
    """The candidate of the lock that is committed on that side; empty without one."""
    feasible: int = 0
    """How many candidates meet all SLOs, constraints and policies; 0 where the workload was not planned again."""
    considered: int = 0
    """How many candidates the constraints admit by name; 0 where the workload was not planned again."""
    problems: tuple[ReportedProblem, ...] = ()


class FieldEdit(LockDoc):
    """A field of a document that differs, by its path (`spec.slo.ttft`), as text on both sides (empty: not there)."""

    field: str
    """The path of the field in its document: `spec.slo.ttft`."""
    before: str
    """The base's value as text; empty where the field is not there."""
    after: str
    """The head's value as text; empty where the field is not there."""
    where: ReportedWhere
    """The place in the head's document."""


class Cause(LockDoc):
    """An input of the smallest set that, swapped from base to head, gives the head's decision.

    A set of several causes flips it only together.
    """

    kind: CauseKind
    edits: tuple[FieldEdit, ...] = ()
    """What differs in the input, as narrowly as it was told apart."""
    said: str
    """One short phrase: `slo.ttft 150ms -> 100ms (line 9)`, `price of H100 list/on-demand 4.5 -> 2.9 USD/h`."""


class RankMove(LockDoc):
    """A candidate whose place in a view changed."""

    candidate: str
    before: int
    """The place on the base, from 1; 0 where it is not feasible."""
    after: int
    """The place on the head, from 1; 0 where it is not feasible."""


class ViewMoves(LockDoc):
    """What moved in one view, among the best of either side, best of the head first."""

    view: str
    moves: tuple[RankMove, ...]


class Crossing(LockDoc):
    """Candidates that are feasible on one side only, counted by the reason that shuts them out on the other."""

    reason: str
    """A rule as refusals name it, or `absent` for what that side's catalog does not hold."""
    count: int
    first: tuple[str, ...]
    """The best of them, by id."""


class RuleChange(LockDoc):
    """A rule of a policy whose verdicts changed: how many candidates it refused on each side, and on the choice.

    The verdicts on the choices are `pass`, `warn`, `deny`, `audit`, `exempt`, or empty where the rule is not bound.
    """

    rule: str
    """The rule: `policy.<policy>.<rule>`."""
    before: int
    """How many candidates it refuses on the base."""
    after: int
    """How many candidates it refuses on the head."""
    choice_before: str
    """Its verdict on the base's choice; empty where it is not bound."""
    choice_after: str
    """Its verdict on the head's choice; empty where it is not bound."""


class NumberChange(LockDoc):
    """A number of the head's choice that differs from what the base says of the same candidate."""

    what: str
    before: float | None
    """What the base says of the head's choice; null where it is not known."""
    after: float | None
    """What the head says of it; null where it is not known."""
    unit: str


class WordChange(LockDoc):
    """A word about the evidence of the head's choice that differs from what the base says of the same candidate.

    Empty: the base has no evidence of it.
    """

    what: str
    """`source`, `evidence`, `engine`, `binding`, or `conflict`: what outcomes say against what was measured."""
    before: str
    after: str


class SlackChange(LockDoc):
    """The share of an SLO that each side's choice leaves, 0.2 for 20 %."""

    metric: str
    """`ttft`, `itl` or `e2e`."""
    before: float | None
    """The share of the SLO that the base's choice leaves; null without a choice."""
    after: float | None
    """The share of the SLO that the head's choice leaves; null without a choice."""


class ManifestChange(LockDoc):
    """A rendered file that differs."""

    path: str
    change: Literal["added", "removed", "changed"]
    diff: str = ""
    """A unified diff without time stamps; empty where it is not asked for."""
    shows_numbers: bool = False
    """A dashboard: it follows the plan's numbers, which are told on their own."""


class WorkloadDiff(LockDoc):
    """What a change does to one workload."""

    workload: str
    """The workload's name, of the head where it is there."""
    path: str
    """The workload's file from the root, of the head where it is there."""
    status: DiffStatus
    """What happened to it; `changed` says that something of its plan did, be it only a number or a manifest."""
    renamed_from: str = ""
    """The former path, or the former name where the path stayed; empty otherwise."""
    before: Side
    after: Side
    decision: bool = False
    """Whether another candidate, another number of replicas, or nothing any more is deployed."""
    cost_delta_usd_per_month: float | None = None
    """The head's cost less the base's; null where either is unknown. An absent workload costs nothing."""
    causes: tuple[Cause, ...] = ()
    """Why: of the decision; where it stands of the numbers, else of the manifests, else of the ranking."""
    edits: tuple[FieldEdit, ...] = ()
    """The fields of the workload that differ, whether they cause anything or not."""
    views: tuple[ViewMoves, ...] = ()
    """What moved among the best of each view."""
    gained: tuple[Crossing, ...] = ()
    """What is feasible on the head alone, by the reason that shuts it out on the base."""
    lost: tuple[Crossing, ...] = ()
    """What is feasible on the base alone, by the reason that shuts it out on the head."""
    rules: tuple[RuleChange, ...] = ()
    """The rules of policies whose verdicts changed."""
    slack: tuple[SlackChange, ...] = ()
    """Each metric where a side has a choice."""
    evidence: tuple[NumberChange, ...] = ()
    """The numbers of the head's choice that the base gives otherwise for the same candidate."""
    words: tuple[WordChange, ...] = ()
    """The words about its evidence that the base gives otherwise for the same candidate."""
    manifests: tuple[ManifestChange, ...] = ()
    """The rendered files that differ."""
    drift: tuple[ReportedDrift, ...] = ()
    """How the head's committed files differ from what compile would write, where the base's did not."""
    chosen_otherwise: str = ""
    """The candidate that compile would choose from the base's lock, where the head's lock chooses another."""
    contradicted: str = ""
    """How the head's outcomes contradict what was measured of a choice, the base's before the head's, in words; empty
    where they do not, or do so on the base."""
    left: tuple[str, ...] = ()
    """Policies of the base that an edit of name, use case or labels leaves, and what each would refuse."""
    notes: tuple[str, ...] = ()
    """What else a reader should know, such as a price that ran out."""


class FleetSide(LockDoc):
    """What a rule of a fleet policy says of a group on one side; `none` where it is not bound or sees no workload."""

    verdict: Literal["none", "pass", "audit", "warn", "deny"] = "none"
    value: float | None = None
    """What is measured, as far as it is a number; null where the side says nothing."""
    limit: float | None = None
    """What it is held against, as far as that is a number."""


class FleetChange(LockDoc):
    """A rule of a fleet policy that judges a group otherwise than on the base, or measures another value of it."""

    policy: str
    rule: str
    group: str
    """Whom the rule counts together, as `check` names it: `team=support`."""
    environments: tuple[str, ...] = ()
    """The environments of the binding; none means all."""
    whose: Literal["head", "base", "bundle"] = "head"
    """Whose policy it is: the head's, or the base's or a bundle's where that is harder on the head than its own."""
    before: FleetSide
    after: FleetSide
    what: str
    """The text of what is measured."""
    unit: str = ""
    """Its unit, as far as it has one."""
    message: str
    by: tuple[str, ...] = ()
    """The workloads that bring the head another amount, the largest change first."""
    uncounted: tuple[str, ...] = ()
    """The head's workloads of which nothing is known."""
    where: ReportedWhere

    @property
    def refused(self) -> bool:
        """Whether the change brings a refusal that did not stand on the base."""
        return self.after.verdict == "deny" != self.before.verdict

    @property
    def objects(self) -> bool:
        """Whether a rule objects to the head, however hard it is meant."""
        return self.after.verdict in ("audit", "warn", "deny")


class PlanDiff(LockDoc):
    """What a change does to every workload of either side."""

    version: Literal["v1alpha1"] = "v1alpha1"
    base: str
    """The base as it was named; with `...` behind it where the commit is compared from which the head parted."""
    head: str
    """The head as it was named, or `working tree`."""
    exit_code: int
    """The exit code of the command."""
    workloads: tuple[WorkloadDiff, ...] = ()
    """Every workload of either side, in the order of their paths."""
    weakened: tuple[str, ...] = ()
    """Policies of the base that the head takes away, changes or enforces less; it is held to them all the same."""
    fleets: tuple[FleetChange, ...] = ()
    """In the order of policy, rule and group."""
    problems: tuple[ReportedProblem, ...] = Field(default=())
    """What is wrong with the head for several workloads at once."""
