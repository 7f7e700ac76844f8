"""`neuralnav policy explain`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from neuralnav.cli.policy_explained import explanation_lines
from neuralnav.cli.policy_files import Loaded, load_policies
from neuralnav.cli.policy_meaning import match_text, rule_text
from neuralnav.cli.policy_samples import sample_of
from neuralnav.cli.policy_text import echo_json
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import ungoverned_world
from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.shown import one_line, shown
from neuralnav.enforce.trial import Near, Sample, Tally, tally, try_rules
from neuralnav.errors import InputError, input_error
from neuralnav.files.catalogs import load_project
from neuralnav.files.places import PROJECT_NAME, find_root, find_workload
from neuralnav.model.document import suggestion
from neuralnav.model.policy import FleetPolicy
from neuralnav.model.policy_report import (
    ExplainedBinding,
    ExplainedExemption,
    ExplainedParam,
    ExplainedRule,
    NearCandidate,
    PolicyExplanation,
    PolicyOnWorkload,
    RuleOnWorkload,
    ShownValue,
)
from neuralnav.model.project import Exemption, PolicyBinding

UNKNOWN: Mapping[str, str] = {"deny": "refuses", "warn": "warns", "skip": "says nothing"}
"""What a rule does without a value."""


@click.command(
    name="explain",
    short_help="Say what a policy means, where it binds, and whom it refuses.",
    epilog="\b\nneuralnav policy explain cost-guardrail.ceiling services/chat\n"
    "neuralnav policy explain policies/cost-guardrail.yaml",
)
@click.argument("policy", metavar="POLICY[.RULE]")
@click.argument("workload", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(policy: str, workload: str | None, *, form: str) -> None:
    """Say what a POLICY means, where it binds and how hard, with its parameters and exemptions.

    POLICY is the name of one that neuralnav.yaml binds, or a file. With a WORKLOAD: how many of its candidates each
    rule refuses, the nearest that it refuses and the best that it admits.
    """
    bound, rules = _named(policy)
    first = bound[0].policy
    document = first.parsed.document
    exemptions = [item for item in _exemptions(bound[0]) if item.rule in {rule.id for rule in rules}]
    found = PolicyExplanation(
        policy=bound[0].name, file=first.parsed.source.name, about=one_line(document.spec.description or ""),
        selects=match_text(document.spec.match),
        binds=tuple(_binding(item.binding) for item in bound if item.binding is not None),
        params=tuple(_param(bound, name) for name in document.spec.params),
        variables=tuple(ShownValue(expression=f"variables.{name}", values=one_line(item.text))
                        for name, item in first.variables.items()),
        exemptions=tuple(_exemption(item) for item in exemptions),
        rules=tuple(_rule(rule) for rule in rules),
        on=None if workload is None else _on(bound, rules, workload),
    )  # fmt: skip
    if form == "json":
        echo_json(found)
    else:
        click.echo("\n".join(explanation_lines(found)))


def _named(name: str) -> tuple[list[Loaded], list[BoundRule]]:
    """Return the policy of a name with each of its bindings, and its rules, or the one that is named."""
    path, policy, rule = _parts(name)
    loaded = load_policies((path,) if path else ())
    bound = [item for item in loaded.policies if path or item.name == policy]
    if not bound:
        if loaded.problems:
            raise InputError(loaded.problems)
        hint = suggestion(policy, {item.name for item in loaded.policies})
        raise input_error(PROJECT_NAME, f'no policy "{policy}" is bound', hint)
    if any(item.policy.problems for item in bound):
        raise InputError(dict.fromkeys(problem for item in bound for problem in item.policy.problems))
    rules = {item.id: item for item in bound[0].policy.rules}
    if rule and rule not in rules:
        raise input_error(bound[0].policy.parsed.source.name, f'no rule "{rule}"', suggestion(rule, rules))
    return bound, [rules[rule]] if rule else list(rules.values())


def _parts(name: str) -> tuple[str, str, str]:
    """Return the file or the name of a policy, and the name of a rule; a rule is behind the last dot."""
    if Path(name).is_file():
        return name, "", ""
    before, _, rule = name.rpartition(".")
    if before and Path(before).is_file():
        return before, "", rule
    if "/" in name:
        raise input_error(name, "cannot be read: no such file or directory")
    return "", before or name, rule if before else ""


def _binding(item: PolicyBinding) -> ExplainedBinding:
    return ExplainedBinding(enforcement=item.enforcement, environments=item.environments or ())


def _param(bound: Sequence[Loaded], name: str) -> ExplainedParam:
    declared = bound[0].policy.parsed.document.spec.params[name]
    values = [shown(found[name]) for found in (item.params() for item in bound) if name in found]
    return ExplainedParam(
        param=name, type=declared.type, values=tuple(dict.fromkeys(values)), about=declared.about or ""
    )


def _exemptions(item: Loaded) -> tuple[Exemption, ...]:
    project = load_project(find_root(Path.cwd()))
    return tuple(found for found in project.spec.exemptions if item.binding and found.policy == item.name)


def _exemption(item: Exemption) -> ExplainedExemption:
    return ExplainedExemption(
        rule=item.rule, workloads=item.workloads or (), environments=item.environments or (),
        expires=item.expires.isoformat(), owner=item.owner, reason=item.reason,
    )  # fmt: skip


def _rule(rule: BoundRule) -> ExplainedRule:
    does, expression = rule_text(rule)
    says = one_line(rule.message_expression.text) if rule.message_expression is not None else rule.message
    return ExplainedRule(
        rule=rule.id, kind=rule.kind, does=does, expression=expression, about=rule.about, says=says,
        without_value=_without_value(rule),
    )  # fmt: skip


def _without_value(rule: BoundRule) -> str:
    match rule.kind:
        case "weights":
            return ""
        case "prefer":
            return "adds no points"
        case "warn" if rule.on_unknown == "deny":
            return UNKNOWN["warn"]
        case _:
            return UNKNOWN[rule.on_unknown]


def _on(bound: Sequence[Loaded], rules: Sequence[BoundRule], path: str) -> PolicyOnWorkload:
    """Return what the rules make of the candidates that a workload admits itself, under each binding of the policy."""
    item = bound[0]
    if isinstance(item.policy.parsed.document, FleetPolicy):
        raise input_error(path, f"{item.name} judges locks together", "neuralnav check judges it")
    place = find_workload(path)
    sample = sample_of(read_workload(place), ungoverned_world(place.root), place.shown)
    here = next((each for each in bound if _is_for(each, sample)), item)
    trial = try_rules(here.policy, (sample,), here.params(), _environments(here))
    wanted = [rule for rule in rules if rule.id in trial.objects]
    if here.unset():
        raise input_error(item.policy.parsed.source.name, f"{', '.join(here.unset())} has no value", "bind the policy")
    tallies = [tally(rule, sample, here.params()) for rule in wanted]
    return PolicyOnWorkload(
        workload=sample.subject.name, candidates=sample.rows, applies=trial.matched,
        rules=tuple(_tallied(item) for item in tallies),
    )  # fmt: skip


def _environments(item: Loaded) -> tuple[str, ...]:
    return item.binding.environments or () if item.binding else ()


def _is_for(item: Loaded, sample: Sample) -> bool:
    return try_rules(item.policy, (sample,), {}, _environments(item), rules=()).matched


def _tallied(item: Tally) -> RuleOnWorkload:
    return RuleOnWorkload(
        rule=item.rule, kind=item.kind, objects=item.objects, unknown=item.unknown, refused=_near(item.refused),
        why=tuple(ShownValue(expression=condition, values=met) for condition, met in item.why), says=item.says,
        admitted=_near(item.admitted),
    )  # fmt: skip


def _near(item: Near | None) -> NearCandidate | None:
    return None if item is None else NearCandidate(candidate=item.candidate, by=item.by)
