"""What a change does to plans: the one structure behind the text, the comment, the JSON and the SARIF of `diff`."""

from typing import Literal

from pydantic import Field

from neuralnav.model.lock import LockDoc
from neuralnav.model.report import ReportedChoice, ReportedDrift, ReportedProblem, ReportedWhere

DiffStatus = Literal["unchanged", "changed", "added", "removed", "renamed"]
"""What happened to a workload; `changed` says that something of its plan did, be it only a number or a manifest."""

SideState = Literal["planned", "infeasible", "refused", "broken", "absent"]
"""What one side of a diff has: a plan, none that is feasible, none that policies permit, an input that cannot be used,
or no such workload."""

CauseKind = Literal["workload", "settings", "policies", "benchmarks", "catalog", "prices", "templates", "lock", "drift"]
"""The classes of input that are swapped one at a time. The lock is one where the head's own chooses otherwise than
compile would from the base's. Drift is what the base has committed and compile would not write there, because of
another tool, of data that lies elsewhere, or of a hand: where the head brings it up to date, that is a cause."""


class Side(LockDoc):
    """One side of a workload: its state, and its choice where there is one.

    `choice` is what compile makes there, with the lock that binds it: what is deployed once locks and manifests are in
    order. A base whose lock the head replaces has the choice of that lock, by the lock's own numbers. `committed` is
    the candidate of the lock that is committed on that side, empty without one; where it differs from the choice the
    diff says so.
    """

    state: SideState
    choice: ReportedChoice | None = None
    committed: str = ""
    feasible: int = 0
    considered: int = 0
    problems: tuple[ReportedProblem, ...] = ()


class FieldEdit(LockDoc):
    """A field of a document that differs, by its path (`spec.slo.ttft`), as text on both sides (empty: not there)."""

    field: str
    before: str
    after: str
    where: ReportedWhere


class Cause(LockDoc):
    """An input of the smallest set that, swapped from base to head, gives the head's decision.

    `edits` name what differs in it as narrowly as it was told apart. A set of several causes flips it only together.
    """

    kind: CauseKind
    edits: tuple[FieldEdit, ...] = ()
    said: str
    """One short phrase: `slo.ttft 150ms -> 100ms (line 9)`, `price of H100 list/on-demand 4.5 -> 2.9 USD/h`."""


class RankMove(LockDoc):
    """A candidate whose place in a view changed; 0 means not feasible on that side."""

    candidate: str
    before: int
    after: int


class ViewMoves(LockDoc):
    """What moved in one view, among the best of either side, best of the head first."""

    view: str
    moves: tuple[RankMove, ...]


class Crossing(LockDoc):
    """Candidates that are feasible on one side only, counted by the reason that shuts them out on the other.

    `reason` is a rule as refusals name it, or `absent` for what that side's catalog does not hold. `first` are the best
    of them by name.
    """

    reason: str
    count: int
    first: tuple[str, ...]


class RuleChange(LockDoc):
    """A rule of a policy whose verdicts changed: how many candidates it refused on each side, and on the choice.

    The verdicts on the choices are `pass`, `warn`, `deny`, `audit`, `exempt`, or empty where the rule is not bound.
    """

    rule: str
    before: int
    after: int
    choice_before: str
    choice_after: str


class NumberChange(LockDoc):
    """A number of the head's choice that differs from what the base says of the same candidate."""

    what: str
    before: float | None
    after: float | None
    unit: str


class WordChange(LockDoc):
    """A word about the evidence of the head's choice that differs from what the base says of the same candidate.

    `what` is `source`, `evidence`, `engine` or `binding`. Empty: the base has no evidence of it.
    """

    what: str
    before: str
    after: str


class SlackChange(LockDoc):
    """The share of an SLO (ttft, itl, e2e) that each side's choice leaves, 0.2 for 20 %; null without a choice."""

    metric: str
    before: float | None
    after: float | None


class ManifestChange(LockDoc):
    """A rendered file that differs: `diff` is a unified one without time stamps; empty where it is not asked for."""

    path: str
    change: Literal["added", "removed", "changed"]
    diff: str = ""


class WorkloadDiff(LockDoc):
    """What a change does to one workload.

    `decision` says whether another candidate or another number of replicas is deployed. `cost_delta` is null where
    either cost is unknown; a workload that is absent costs nothing. `slack` holds each metric where a side has a
    choice. `causes` are those of the decision; where it stands, of the choice's numbers, else of the manifests, else
    of the ranking. `evidence` and `words` compare the head's choice with the same candidate on the base.
    `renamed_from` is the former path, or the former name where the path stayed. `chosen_otherwise` holds the candidate
    that compile would have made of the head with the base's lock, where the head's committed lock chooses another;
    empty otherwise. A lock that chooses otherwise and is honoured (feasible, permitted, within the margin) is what
    `after` holds. `left` says which policies of the base a workload leaves by an edit of its own name, use case or
    labels, and what each would refuse; nothing holds it to those.
    """

    workload: str
    path: str
    status: DiffStatus
    renamed_from: str = ""
    before: Side
    after: Side
    decision: bool = False
    cost_delta_usd_per_month: float | None = None
    causes: tuple[Cause, ...] = ()
    edits: tuple[FieldEdit, ...] = ()
    views: tuple[ViewMoves, ...] = ()
    gained: tuple[Crossing, ...] = ()
    lost: tuple[Crossing, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    slack: tuple[SlackChange, ...] = ()
    evidence: tuple[NumberChange, ...] = ()
    words: tuple[WordChange, ...] = ()
    manifests: tuple[ManifestChange, ...] = ()
    drift: tuple[ReportedDrift, ...] = ()
    chosen_otherwise: str = ""
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class FleetSide(LockDoc):
    """What a rule of a fleet policy says of a group on one side; `none` where it is not bound or sees no workload.

    `value` and `limit` are the sides of its condition as far as they are numbers. A side without a value says nothing.
    """

    verdict: Literal["none", "pass", "audit", "warn", "deny"] = "none"
    value: float | None = None
    limit: float | None = None


class FleetChange(LockDoc):
    """A rule of a fleet policy that judges a group otherwise than on the base, or measures another value of it.

    `group` is the subject as `check` names it (`team=support`), in the `environments` of the binding, all where none is
    named. `whose` says whose policy it is: the head's, or the base's or a bundle's where that is harder on the head
    than the head's own. `what` is the text of what is measured, `unit` its unit as far as it has one. `by` names the
    workloads that bring the head another amount, the largest change first, and `uncounted` those of the head's of
    which nothing is known.
    """

    policy: str
    rule: str
    group: str
    environments: tuple[str, ...] = ()
    whose: Literal["head", "base", "bundle"] = "head"
    before: FleetSide
    after: FleetSide
    what: str
    unit: str = ""
    message: str
    by: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
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
    """What a change does to every workload of either side, in the order of their paths.

    `base` and `head` are the revisions or folders as they were named. `weakened` names the policies of the base that
    the head takes away, changes or enforces less, which the base's side of the judgement still holds the head to.
    `fleets` are in the order of policy, rule and group.
    """

    version: Literal["v1alpha1"] = "v1alpha1"
    base: str
    head: str
    exit_code: int
    workloads: tuple[WorkloadDiff, ...] = ()
    weakened: tuple[str, ...] = ()
    fleets: tuple[FleetChange, ...] = ()
    problems: tuple[ReportedProblem, ...] = Field(default=())
