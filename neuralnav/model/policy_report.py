"""What `neuralnav policy` reports: findings about policies, their tests with coverage, and what one means."""

from typing import Literal

from neuralnav.model.lock import LockDoc
from neuralnav.model.policy import Enforcement, Outcome, ParameterType, RuleKind
from neuralnav.model.report import ReportedProblem, ReportedWhere

FindingSeverity = Literal["warning", "note"]


class PolicyFinding(LockDoc):
    """One finding: which code, about which rule (empty: the policy as a whole), where, and what to do."""

    severity: FindingSeverity
    code: str
    policy: str
    rule: str
    message: str
    hint: str
    where: ReportedWhere


class JudgedOn(LockDoc):
    """A workload whose candidates the rules were tried on. `path` is empty for a typical one that no file holds."""

    workload: str
    path: str
    candidates: int


class RuleCounts(LockDoc):
    """What a rule makes of the candidates that it was tried on."""

    rule: str
    kind: RuleKind
    candidates: int
    objects: int
    unknown: int


class CheckedPolicy(LockDoc):
    """A policy that was checked."""

    policy: str
    kind: Literal["Policy", "FleetPolicy"]
    file: str
    tests: int
    rules: tuple[RuleCounts, ...]


class PolicyCheckReport(LockDoc):
    """What `neuralnav policy check` found. `problems` are errors: a policy with one is not judged further."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["policy check"] = "policy check"
    exit_code: int
    judged_on: tuple[JudgedOn, ...]
    policies: tuple[CheckedPolicy, ...]
    findings: tuple[PolicyFinding, ...]
    problems: tuple[ReportedProblem, ...]


class ShownValue(LockDoc):
    """An expression, or a part of one, with what it is made of or what it met."""

    expression: str
    values: str


class RuleResult(LockDoc):
    """What a case expects of a rule and what it got.

    `kept` says that the outcome is one that was expected; `passed`, that the message is too. `message` is the rule's
    own, `reason` why its expression has no value, `values` what it read where the rule did not pass.
    """

    rule: str
    expected: Outcome
    got: Outcome
    kept: bool
    passed: bool
    message: str
    expected_message: str
    reason: str
    values: tuple[ShownValue, ...]


class CaseResult(LockDoc):
    """A case that was run."""

    policy: str
    case: str
    where: ReportedWhere
    passed: bool
    rules: tuple[RuleResult, ...]


class RuleCoverage(LockDoc):
    """How many passing cases expect a rule to object (or to prefer), and how many expect it to let pass."""

    policy: str
    rule: str
    objects: int
    passes: int


class PolicyTestReport(LockDoc):
    """What `neuralnav policy test` found. `problems` are cases that cannot be run as they stand."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["policy test"] = "policy test"
    exit_code: int
    cases: tuple[CaseResult, ...]
    coverage: tuple[RuleCoverage, ...]
    problems: tuple[ReportedProblem, ...]


class ExplainedBinding(LockDoc):
    """Where a policy binds, and how hard. No environments means all."""

    enforcement: Enforcement
    environments: tuple[str, ...]


class ExplainedParam(LockDoc):
    """A parameter with its value under each binding; no value where nothing gives it one."""

    param: str
    type: ParameterType
    values: tuple[str, ...]
    about: str


class ExplainedExemption(LockDoc):
    """Whom a rule does not bind, until which day, and who answers for it."""

    rule: str
    workloads: tuple[str, ...]
    environments: tuple[str, ...]
    expires: str
    owner: str
    reason: str


class ExplainedRule(LockDoc):
    """What a rule does, by which expression, why, what it says, and what it makes of a candidate without a value."""

    rule: str
    kind: RuleKind
    does: str
    expression: str
    about: str
    says: str
    without_value: str


class NearCandidate(LockDoc):
    """A candidate, and how far it is from the other side of a rule; empty where that has no size."""

    candidate: str
    by: str


class RuleOnWorkload(LockDoc):
    """What a rule makes of a workload's candidates.

    `refused` is the nearest that it objects to, `why` what decided there and `says` the rule's message; `admitted` is
    the nearest that passes.
    """

    rule: str
    kind: RuleKind
    objects: int
    unknown: int
    refused: NearCandidate | None
    why: tuple[ShownValue, ...]
    says: str
    admitted: NearCandidate | None


class PolicyOnWorkload(LockDoc):
    """What a policy makes of the candidates that a workload admits itself; `applies` says whether it is for it."""

    workload: str
    candidates: int
    applies: bool
    rules: tuple[RuleOnWorkload, ...]


class PolicyExplanation(LockDoc):
    """What `neuralnav policy explain` says. `binds` is empty for a policy that was named as a file."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["policy explain"] = "policy explain"
    policy: str
    file: str
    about: str
    selects: str
    binds: tuple[ExplainedBinding, ...]
    params: tuple[ExplainedParam, ...]
    variables: tuple[ShownValue, ...]
    exemptions: tuple[ExplainedExemption, ...]
    rules: tuple[ExplainedRule, ...]
    on: PolicyOnWorkload | None
