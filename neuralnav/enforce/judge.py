"""(Governance, workload) -> Governed: which policies apply, and their verdicts over all candidates, a column a rule.

Verdicts are absolute: a rule sees one candidate, the workload and what it is planned with. Only `limit.top` counts, and
it counts among what the workload itself admits, so that no other rule moves it. Hence a tighter rule never admits more,
and no order of rules or policies changes a verdict.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

import numpy as np
import pyarrow as pa

from neuralnav.enforce.applies import Subject, covers, in_environment, matches
from neuralnav.enforce.bound import BoundExemption, BoundPolicy, BoundRule, Governance
from neuralnav.enforce.budgets import budgets_of, judged
from neuralnav.enforce.columns import columns_of, constants_of
from neuralnav.enforce.masks import Bools, condition_mask, split
from neuralnav.enforce.near import Place, excess_of, say, say_preference
from neuralnav.errors import Diagnostic, InputError
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import digest
from neuralnav.model.plan import SCORES, Candidates, Governed
from neuralnav.model.policy import MOST_POINTS, Enforcement, OnUnknown
from neuralnav.model.policy_lines import policy_line
from neuralnav.model.spec import Assumption, ResolvedSpec, ScoreWeights
from neuralnav.model.verdicts import VERDICTS, Codes, Judged, Preference, RuleVerdicts, Scored
from neuralnav.model.workload import Workload
from neuralnav.policy.lower import Columns

_SEVERITY: Mapping[Enforcement | OnUnknown, int] = {
    "skip": 0, **{name: VERDICTS.index(name) for name in ("audit", "warn", "deny")},
}  # fmt: skip
POINT_DIGITS = 2
_EXEMPT = VERDICTS.index("exempt")


def govern(governance: Governance, catalog: Catalog, workload: Workload, spec: ResolvedSpec) -> Governed:
    """Return a workload under the policies that its environment binds and whose match selects it.

    Raises `InputError` when two of them set different weights for its scores.
    """
    subject = Subject(spec.name, spec.use_case, dict(spec.labels))
    here = tuple(policy for policy in governance.policies if in_environment(subject, policy.environments))
    applied = tuple(policy for policy in here if matches(subject, policy.match))
    exempt = {
        (item.policy, item.rule): item
        for item in sorted(governance.exemptions, key=lambda item: (item.expires, item.owner, item.reason))
        if covers(subject, item.workloads, item.environments)
    }
    weighted = _weighted(spec, applied)
    constants = constants_of(weighted, workload)
    reweighed = weighted.weights != spec.weights
    return Governed(weighted, _Judging(weighted, catalog, here, applied, exempt, constants, reweighed=reweighed).run)


def _weighted(spec: ResolvedSpec, applied: Sequence[BoundPolicy]) -> ResolvedSpec:
    """Return the spec with the weights that policies set in place of its own, said as an assumption.

    Weights that are its own change nothing, also not who is said to have set them.
    """
    setting = [
        (policy, rule, rule.weights)
        for policy, rule in _rules(applied)
        if rule.weights and policy.enforcement == "deny"
    ]
    if not setting:
        return spec
    policy, rule, weights = setting[0]
    first = f"{policy.name}.{rule.id}"
    for other, second, others in setting[1:]:
        if others != weights:
            message = f"rule {other.name}.{second.id} sets other weights than {first}, and both apply to {spec.name}"
            raise InputError([Diagnostic(second.where, message, "keep one of them, or match other workloads")])
    said = Assumption("weights", _weights_text(weights), f"policy {first}")
    if weights == spec.weights:
        return spec
    known = [item.field for item in spec.assumptions]
    place = known.index("weights") if "weights" in known else len(known)
    assumptions = (*spec.assumptions[:place], said, *spec.assumptions[place + 1 :])
    return replace(spec, weights=weights, assumptions=assumptions)


def _weights_text(weights: ScoreWeights) -> str:
    return ", ".join(f"{name} {getattr(weights, name):.0%}" for name in SCORES)


def _rules(policies: Sequence[BoundPolicy]) -> Iterator[tuple[BoundPolicy, BoundRule]]:
    """Yield every rule with its policy, in the order of their names; policies are in that of theirs."""
    for policy in policies:
        for rule in sorted(policy.rules, key=lambda item: item.id):
            yield policy, rule


@dataclass(frozen=True, slots=True)
class _Judging:
    """The policies of one workload, ready to judge its candidates.

    `exempt` holds the exemptions that cover it by policy and rule; where several do, the one that lasts longest.
    """

    spec: ResolvedSpec
    catalog: Catalog
    here: tuple[BoundPolicy, ...]
    applied: tuple[BoundPolicy, ...]
    exempt: Mapping[tuple[str, str], BoundExemption]
    constants: Mapping[str, Mapping[str, object]]
    reweighed: bool

    def run(self, candidates: Candidates, scored: Scored) -> Judged:
        """Return the verdicts over the candidates."""
        given = columns_of(self.spec, candidates, scored.scores, self.catalog)
        bench = _Bench(candidates, scored, given, Columns(given, candidates.table.num_rows))
        rules, preferences = list[RuleVerdicts](), list[Preference]()
        for policy, rule in _rules(self.applied):
            match rule.kind:
                case "deny" | "require" | "warn" | "limit":
                    rules.append(self._verdicts(policy, rule, bench))
                case "prefer":
                    preferences.append(self._preference(policy, rule, bench))
                case "weights":
                    pass
                case _:
                    assert_never(rule.kind)
        points = np.zeros(candidates.table.num_rows)
        for item in preferences:
            points += item.points * item.rows if item.acts else 0.0
        return Judged(
            rules=tuple(rules),
            preferences=tuple(preferences),
            points=np.round(np.clip(points, -MOST_POINTS, MOST_POINTS), POINT_DIGITS),
            scored=scored,
            lines=tuple(self._line(policy, _acting(rules, preferences, candidates.feasible)) for policy in self.here),
            applied=tuple(policy.name for policy in self.applied),
        )

    def _line(self, policy: BoundPolicy, acting: frozenset[str]) -> str:
        """Return what the lock says of a policy; the exemptions from it are part of its digest there."""
        waived = [[item.rule, item.owner] for (name, _), item in sorted(self.exempt.items()) if name == policy.name]
        meaning = digest([policy.digest, waived]) if waived else policy.digest
        sets = self.reweighed and policy.enforcement == "deny" and any(rule.weights for rule in policy.rules)
        acts = policy.name in acting or (sets and policy in self.applied)
        return policy_line(policy.name, meaning, policy.enforcement, acts=acts)

    def _verdicts(self, policy: BoundPolicy, rule: BoundRule, bench: "_Bench") -> RuleVerdicts:
        constants = {**self.constants, "params": policy.params}
        if rule.kind == "limit":
            budgets = budgets_of(rule, constants, bench.columns, bench.scored)
            place = Place(rule, constants, bench.columns, bench.ready, budgets)
            objects, unknown = judged(budgets, bench.rows)
        else:
            place = Place(rule, constants, bench.columns, bench.ready)
            objects, unknown = _objects(rule, constants, bench)
        unknown &= bench.candidates.feasible  # what the workload refuses needs no second refusal for want of data
        own = min(_SEVERITY["warn" if rule.kind == "warn" else "deny"], _SEVERITY[policy.enforcement])
        codes: Codes = np.where(objects, own, 0).astype(np.int8)
        codes[unknown] = min(own, _SEVERITY[rule.on_unknown])
        exemption = self.exempt.get((policy.name, rule.id))
        if exemption is not None:
            codes[codes > 0] = _EXEMPT
        return RuleVerdicts(
            policy=policy.name,
            rule=rule.id,
            codes=codes,
            excess=partial(excess_of, place, len(codes)),
            say=partial(say, place, policy.name, exemption, codes),
        )

    def _preference(self, policy: BoundPolicy, rule: BoundRule, bench: "_Bench") -> Preference:
        constants = {**self.constants, "params": policy.params}
        holds, _ = split(condition_mask(rule, constants, bench.ready, bench.rows))
        acts = policy.enforcement == "deny"
        place = Place(rule, constants, bench.columns, bench.ready)
        return Preference(
            policy.name, rule.id, rule.points, holds, acts, partial(say_preference, place, policy.name, acts)
        )


@dataclass(frozen=True, slots=True)
class _Bench:
    """The candidates that are judged: `columns` by field as they are declared, `ready` as the kernels take them."""

    candidates: Candidates
    scored: Scored
    columns: Mapping[str, pa.Array]
    ready: Columns

    @property
    def rows(self) -> int:
        return len(self.candidates.feasible)


def _acting(rules: Sequence[RuleVerdicts], preferences: Sequence[Preference], feasible: Bools) -> frozenset[str]:
    """Return the policies that refuse something that the workload admits, or move its score."""
    refusing = {rule.policy for rule in rules if (rule.is_("deny") & feasible).any()}
    moving = {item.policy for item in preferences if item.acts and item.points and (item.rows & feasible).any()}
    return frozenset(refusing | moving)


def _objects(rule: BoundRule, constants: Mapping[str, object], bench: _Bench) -> tuple[Bools, Bools]:
    """Return where a rule objects, and where its expression has no value."""
    holds, unknown = split(condition_mask(rule, constants, bench.ready, bench.rows))
    return (~holds & ~unknown if rule.kind == "require" else holds), unknown
