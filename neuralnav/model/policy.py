"""Policy documents: what a platform team allows, refuses and weighs, with its tests. Expressions are still text."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from neuralnav.model.base import ApiVersion, DnsLabel, Doc, LabelKey, LabelValue, Line, Metadata
from neuralnav.model.params import Enforcement as Enforcement  # these four are part of this module's vocabulary
from neuralnav.model.params import Identifier as Identifier
from neuralnav.model.params import Scalar as Scalar
from neuralnav.model.params import Value as Value
from neuralnav.model.workload import Weights

OnUnknown = Literal["deny", "warn", "skip"]
RuleKind = Literal["deny", "require", "warn", "prefer", "weights", "limit"]
Outcome = Literal["allow", "deny", "warn", "prefer", "unknown", "skip"]
"""What a test expects of a rule for one candidate; `unknown`: its expression has no value."""

LimitView = Literal["balanced", "accuracy", "cost", "latency", "complexity"]
MOST_POINTS = 20.0

ExpressionText = Annotated[str, StringConstraints(min_length=1)]
"""An expression of the policy language; its length is judged with the rest of it."""

ParameterType = Literal[
    "bool", "int", "double", "string", "list<bool>", "list<int>", "list<double>", "list<string>",
    "map<string, bool>", "map<string, int>", "map<string, double>", "map<string, string>",
]  # fmt: skip
Given = dict[str, Value]


class Match(Doc):
    """Which workloads a policy is for: all of them, or those that meet every list given here.

    `labels` maps a label to the values that it may have; `["*"]` asks only that it is there.
    """

    workloads: tuple[DnsLabel, ...] | None = None
    use_cases: tuple[Line, ...] | None = None
    labels: dict[LabelKey, tuple[LabelValue | Literal["*"], ...]] = Field(default_factory=dict)


class Parameter(Doc):
    """A value that a binding may set. Without a default every binding must."""

    type: ParameterType
    default: Value | None = None
    about: Line | None = None


class Limit(Doc):
    """Budgets of one plan, or the best few of a view: numbers, or expressions over what is one value for a plan.

    `top` keeps the N best of view `by` among the candidates that the workload itself admits.
    """

    gpus: int | ExpressionText | None = None
    replicas: int | ExpressionText | None = None
    cost_monthly_usd: int | float | ExpressionText | None = None
    top: int | ExpressionText | None = None
    by: LimitView | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if (self.top is None) != (self.by is None):
            raise ValueError("top and by come together; top: 5 with by: cost keeps the five cheapest")
        if self.top is None and self.gpus is None and self.replicas is None and self.cost_monthly_usd is None:
            raise ValueError("an empty limit; give gpus, replicas, costMonthlyUsd, or top and by")
        return self


class Rule(Doc):
    """One rule: exactly one of deny, require, warn, prefer, weights and limit.

    `deny` and `warn` object where their expression is true, `require` where it is false. `prefer` adds `points` to the
    balanced score where it is true. `onUnknown` says what an expression without a value (data is missing) means.
    """

    id: DnsLabel
    about: Line | None = None
    deny: ExpressionText | None = None
    require: ExpressionText | None = None
    warn: ExpressionText | None = None
    prefer: ExpressionText | None = None
    points: Annotated[float, Field(ge=-MOST_POINTS, le=MOST_POINTS)] | None = None
    weights: Weights | None = None
    limit: Limit | None = None
    message: Line | None = None
    message_expression: ExpressionText | None = None
    on_unknown: OnUnknown = "deny"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [name for name in ("deny", "require", "warn", "prefer", "weights", "limit") if getattr(self, name)]
        if len(kinds) != 1:
            found = " and ".join(kinds) if kinds else "none of them"
            raise ValueError(f"give one of deny, require, warn, prefer, weights and limit; here is {found}")
        if (self.points is None) == (self.prefer is not None):
            raise ValueError("points and prefer come together; prefer: EXPRESSION with points: 5")
        if self.message is not None and self.message_expression is not None:
            raise ValueError("give either message or messageExpression, not both; remove one of them")
        return self

    @property
    def kind(self) -> RuleKind:
        """Which of the six kinds this rule is."""
        kinds: tuple[RuleKind, ...] = ("deny", "require", "warn", "prefer", "weights", "limit")
        return next(name for name in kinds if getattr(self, name) is not None)


class Case(Doc):
    """A test: fields of the scope that are given, and what each rule named in `expect` makes of that candidate.

    `given` maps a variable (`candidate`, `accelerator`, `model`, `workload`, `slo`, `plan`) to its fields; a field that
    is left out is absent. Of a fleet policy these are `fleet` and `group`, a text. `params` overrides defaults.
    `messages` maps a rule to a part of the message it must give.
    """

    name: Line
    given: dict[Identifier, Given | str] = Field(default_factory=dict)
    params: dict[Identifier, Value] = Field(default_factory=dict)
    expect: Annotated[dict[DnsLabel, Outcome], Field(min_length=1)]
    messages: dict[DnsLabel, Line] = Field(default_factory=dict)


class PolicySpec(Doc):
    """The body of a policy. `variables` are expressions under a name, read as `variables.<name>`, in any order."""

    description: str | None = None
    match: Match = Field(default_factory=Match)
    params: dict[Identifier, Parameter] = Field(default_factory=dict)
    variables: dict[Identifier, ExpressionText] = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    tests: tuple[Case, ...] = ()


class Policy(Doc):
    """Rules over the candidates of each workload's plan."""

    api_version: ApiVersion
    kind: Literal["Policy"]
    metadata: Metadata
    spec: PolicySpec


class FleetRule(Doc):
    """A condition that the finished locks of a folder must meet together, within each group."""

    id: DnsLabel
    about: Line | None = None
    require: ExpressionText
    message: Line | None = None
    message_expression: ExpressionText | None = None


class FleetPolicySpec(Doc):
    """The body of a fleet policy. With `groupBy`, a label, each of its values is judged on its own."""

    description: str | None = None
    match: Match = Field(default_factory=Match)
    group_by: LabelKey | None = None
    params: dict[Identifier, Parameter] = Field(default_factory=dict)
    rules: Annotated[tuple[FleetRule, ...], Field(min_length=1)]
    tests: tuple[Case, ...] = ()


class FleetPolicy(Doc):
    """Budgets over all the workloads of a folder: a verdict of `check` over finished locks, no part of a plan."""

    api_version: ApiVersion
    kind: Literal["FleetPolicy"]
    metadata: Metadata
    spec: FleetPolicySpec


class PolicyTestSpec(Doc):
    """The body of a file of tests. `policy`: the path of the policy, from this file's folder."""

    policy: Line
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class PolicyTest(Doc):
    """Tests of a policy in a file of their own."""

    api_version: ApiVersion
    kind: Literal["PolicyTest"]
    metadata: Metadata | None = None
    spec: PolicyTestSpec
