"""A policy as a project binds it: its expressions checked, its parameters set, its enforcement known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from neuralnav.errors import Where
from neuralnav.model.policy import Enforcement, LimitView, Match, OnUnknown, RuleKind, Value
from neuralnav.model.spec import ScoreWeights
from neuralnav.policy.checked import Checked


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule with its expressions checked. What its kind has not is None or empty.

    `limits` maps `gpus`, `replicas`, `cost_monthly_usd` or `top` to the expression of the limit; it reads nothing that
    is per row.
    """

    id: str
    kind: RuleKind
    about: str
    where: Where
    on_unknown: OnUnknown
    message: str
    message_expression: Checked | None = None
    condition: Checked | None = None
    points: float = 0.0
    weights: ScoreWeights | None = None
    limits: Mapping[str, Checked] | None = None
    by: LimitView | None = None


@dataclass(frozen=True, slots=True)
class BoundPolicy:
    """A policy bound in a project: where it applies, how hard, and with which parameters.

    `environments` empty means all. `digest` is of its meaning (a comment is none), parameters and enforcement included.
    """

    name: str
    file: str
    digest: str
    enforcement: Enforcement
    environments: tuple[str, ...]
    match: Match
    params: Mapping[str, Value]
    rules: tuple[BoundRule, ...]


@dataclass(frozen=True, slots=True)
class BoundFleet:
    """A fleet policy bound in a project: conditions on the locks of a folder together. All its rules `require`.

    `group_by` empty makes one group of all workloads; `environments` empty means all.
    """

    name: str
    file: str
    digest: str
    enforcement: Enforcement
    environments: tuple[str, ...]
    match: Match
    group_by: str
    params: Mapping[str, Value]
    rules: tuple[BoundRule, ...]


@dataclass(frozen=True, slots=True)
class BoundExemption:
    """A rule that does not bind some workloads, until a day that `check` judges. `environments` empty means all."""

    policy: str
    rule: str
    workloads: tuple[str, ...]
    environments: tuple[str, ...]
    owner: str
    reason: str
    expires: date
    where: Where


@dataclass(frozen=True, slots=True)
class Governance:
    """Every policy and exemption of a project: policies by name, then by environments; exemptions as they are stated.

    One policy may be bound more than once, in environments that do not overlap.
    """

    policies: tuple[BoundPolicy, ...] = ()
    exemptions: tuple[BoundExemption, ...] = ()
    fleets: tuple[BoundFleet, ...] = ()
