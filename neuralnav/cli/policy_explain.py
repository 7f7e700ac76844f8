"""`neuralnav policy explain`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from neuralnav.cli.policy_files import Loaded, load_policies
from neuralnav.cli.policy_meaning import match_text, rule_text
from neuralnav.cli.policy_samples import sample_of
from neuralnav.cli.policy_words import clean, counted
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import ungoverned_world
from neuralnav.enforce.bound import BoundRule
from neuralnav.enforce.lint import VERB
from neuralnav.enforce.shown import one_line, shown
from neuralnav.enforce.trial import Sample, Tally, tally, try_rules
from neuralnav.errors import InputError, input_error
from neuralnav.files.data import load_project
from neuralnav.files.places import PROJECT_NAME, find_root, find_workloads
from neuralnav.model.document import suggestion
from neuralnav.model.policy import FleetPolicy
from neuralnav.model.project import Exemption

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
    found: dict[str, object] = {
        "policy": bound[0].name, "file": bound[0].policy.parsed.source.name,
        "about": one_line(bound[0].policy.parsed.document.spec.description or ""),
        "for": match_text(bound[0].policy.parsed.document.spec.match), "binds": [_binding(item) for item in bound],
        "params": {name: _param(bound, name) for name in bound[0].policy.parsed.document.spec.params},
        "variables": {name: one_line(item.text) for name, item in bound[0].policy.variables.items()},
        "exemptions": [_exemption(item) for item in _exemptions(bound[0]) if item.rule in {r.id for r in rules}],
        "rules": [_rule(rule) for rule in rules],
    }  # fmt: skip
    if workload is not None:
        found["on"] = _on(bound, rules, workload)
    click.echo(json.dumps(found, indent=2, default=str) if form == "json" else "\n".join(_text(found)))


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


def _binding(item: Loaded) -> dict[str, object]:
    if item.binding is None:
        return {"enforcement": "", "environments": []}
    return {"enforcement": item.binding.enforcement, "environments": list(item.binding.environments or ())}


def _param(bound: Sequence[Loaded], name: str) -> dict[str, object]:
    declared = bound[0].policy.parsed.document.spec.params[name]
    values = [shown(found[name]) for found in (item.params() for item in bound) if name in found]
    return {"type": declared.type, "values": list(dict.fromkeys(values)), "about": declared.about or ""}


def _exemptions(item: Loaded) -> tuple[Exemption, ...]:
    project = load_project(find_root(Path.cwd()))
    return tuple(found for found in project.spec.exemptions if item.binding and found.policy == item.name)


def _exemption(item: Exemption) -> dict[str, object]:
    scope = [*(item.workloads or ()), *(f"environment {name}" for name in item.environments or ())]
    return {
        "rule": item.rule,
        "for": scope,
        "until": item.expires.isoformat(),
        "owner": item.owner,
        "reason": item.reason,
    }


def _rule(rule: BoundRule) -> dict[str, object]:
    does, expression = rule_text(rule)
    says = one_line(rule.message_expression.text) if rule.message_expression is not None else rule.message
    unknown = "adds no points" if rule.kind == "prefer" else UNKNOWN[rule.on_unknown]
    if rule.kind == "warn" and rule.on_unknown == "deny":
        unknown = UNKNOWN["warn"]
    return {"rule": rule.id, "does": does, "expression": expression, "about": rule.about, "says": says,
            "without a value": "" if rule.kind == "weights" else unknown}  # fmt: skip


def _on(bound: Sequence[Loaded], rules: Sequence[BoundRule], path: str) -> dict[str, object]:
    """Return what the rules make of the candidates that a workload admits itself, under each binding of the policy."""
    item = bound[0]
    if isinstance(item.policy.parsed.document, FleetPolicy):
        raise input_error(path, f"{item.name} judges locks together", "neuralnav check judges it")
    places = find_workloads((path,))
    if len(places) > 1:
        names = ", ".join(place.shown for place in places[:3])
        raise input_error(path, f"{len(places)} workloads are here", f"name one: {names}, ...")
    sample = sample_of(read_workload(places[0]), ungoverned_world(places[0].root), places[0].shown)
    here = next((each for each in bound if _is_for(each, sample)), item)
    trial = try_rules(here.policy, (sample,), here.params(), _environments(here))
    wanted = [rule for rule in rules if rule.id in trial.objects]
    if here.unset():
        raise input_error(item.policy.parsed.source.name, f"{', '.join(here.unset())} has no value", "bind the policy")
    tallies = [tally(rule, sample, here.params()) for rule in wanted]
    return {
        "workload": sample.subject.name, "candidates": sample.rows, "applies": trial.matched,
        "rules": [_tallied(item) for item in tallies],
    }  # fmt: skip


def _environments(item: Loaded) -> tuple[str, ...]:
    return item.binding.environments or () if item.binding else ()


def _is_for(item: Loaded, sample: Sample) -> bool:
    return try_rules(item.policy, (sample,), {}, _environments(item), rules=()).matched


def _tallied(item: Tally) -> dict[str, object]:
    near = {name: None if found is None else {"candidate": found.candidate, "by": found.by}
            for name, found in (("refused", item.refused), ("admitted", item.admitted))}  # fmt: skip
    return {"rule": item.rule, "does": VERB[item.kind], "objects": item.objects, "unknown": item.unknown, **near,
            "why": dict(item.why), "says": item.says}  # fmt: skip


def _text(found: Mapping[str, object]) -> Iterator[str]:
    match found:
        case {"policy": policy, "about": about, "file": file, "for": selects, "binds": list() as binds}:
            yield f"{click.style(str(policy), bold=True)}  {clean(str(about))}".rstrip()
            yield f"  file   {clean(str(file))}"
            yield f"  for    {clean(str(selects))}"
            for item in binds:
                yield f"  binds  {_bound_text(item)}"
    for label, lines in (("params", _params_text(found)), ("exempt", _exempt_text(found))):
        for line in lines:
            yield f"  {label:<6} {clean(line)}"
    yield from _rules_text(found)
    on = found.get("on")
    if isinstance(on, dict):
        yield from _on_text(on)


def _bound_text(binding: Mapping[str, Sequence[str]]) -> str:
    if not binding["enforcement"]:
        return "not looked up: this is the file by itself"
    where = f"in {', '.join(binding['environments'])}" if binding["environments"] else "everywhere"
    return f"as {binding['enforcement']}, {where}"


def _params_text(found: Mapping[str, object]) -> Iterator[str]:
    params = found["params"]
    if isinstance(params, dict):
        for name, item in params.items():
            yield f"{name} = {' or '.join(item['values']) or 'not set'}  {item['about']}".rstrip()


def _exempt_text(found: Mapping[str, object]) -> Iterator[str]:
    exemptions = found["exemptions"]
    if isinstance(exemptions, list):
        for item in exemptions:
            whom = f"{item['rule']} for {', '.join(item['for'])} until {item['until']}"
            yield f"{whom}: {item['reason']} ({item['owner']})"


def _rules_text(found: Mapping[str, object]) -> Iterator[str]:
    rules, variables = found["rules"], found["variables"]
    if isinstance(variables, dict) and variables:
        yield ""
        for name, text in variables.items():
            yield f"variables.{name} = {clean(text)}"
    if isinstance(rules, list):
        for item in rules:
            yield ""
            yield f"{click.style(item['rule'], bold=True)} {item['does']}"
            yield f"  {clean(item['expression'])}"
            for label in ("about", "says", "without a value"):
                if item[label]:
                    yield f"  {label}: {clean(item[label])}"


def _on_text(on: Mapping[str, object]) -> Iterator[str]:
    candidates, rules = on["candidates"], on["rules"]
    yield ""
    other = "" if on["applies"] else "; the policy is not for this workload, this is what it would do"
    yield (
        f"on the {counted(candidates, 'candidate')} that {on['workload']} admits{other}"
        if isinstance(candidates, int)
        else ""
    )
    if isinstance(rules, list):
        for item in rules:
            unknown = f", {item['unknown']:,} without a value" if item["unknown"] else ""
            yield f"  {item['rule']}: {item['does']} {item['objects']:,}{unknown}"
            if item["refused"]:
                yield f"    nearest  {_near_text(item['refused'])}"
                for condition, met in item["why"].items():
                    yield f"             {clean(condition)}: {clean(met)}"
                if item["says"]:
                    yield f"             {clean(item['says'])}"
            if item["admitted"]:
                yield f"    passes   {_near_text(item['admitted'])}, the nearest of those"


def _near_text(near: Mapping[str, str]) -> str:
    return near["candidate"] + (f" (by {near['by']})" if near["by"] else "")
