"""What `neuralnav policy explain` prints."""

from collections.abc import Iterator

import click

from neuralnav.enforce.lint import VERB
from neuralnav.model.plain_text import counted, printable
from neuralnav.model.policy_report import (
    ExplainedBinding,
    ExplainedExemption,
    ExplainedRule,
    NearCandidate,
    PolicyExplanation,
    PolicyOnWorkload,
    RuleOnWorkload,
)


def explanation_lines(found: PolicyExplanation) -> Iterator[str]:
    """Yield the lines: the policy, where it binds, its rules, and what they make of a workload's candidates."""
    yield f"{click.style(found.policy, bold=True)}  {printable(found.about)}".rstrip()
    yield f"  file   {printable(found.file)}"
    yield f"  for    {printable(found.selects)}"
    for binding in found.binds:
        yield f"  binds  {_binding(binding)}"
    if not found.binds:
        yield "  binds  not looked up: this is the file by itself"
    for item in found.params:
        values = printable(" or ".join(item.values)) or "not set"
        yield f"  params {item.param} = {values}  {printable(item.about)}".rstrip()
    for exemption in found.exemptions:
        yield f"  exempt {printable(_exemption(exemption))}"
    yield from [""] * bool(found.variables)
    for variable in found.variables:
        yield f"{variable.expression} = {printable(variable.values)}"
    for rule in found.rules:
        yield from _rule(rule)
    if found.on is not None:
        yield from _on(found.on)


def _binding(item: ExplainedBinding) -> str:
    return f"as {item.enforcement}, " + (f"in {', '.join(item.environments)}" if item.environments else "everywhere")


def _exemption(item: ExplainedExemption) -> str:
    scope = [*item.workloads, *(f"environment {name}" for name in item.environments)]
    return f"{item.rule} for {', '.join(scope)} until {item.expires}: {item.reason} ({item.owner})"


def _rule(item: ExplainedRule) -> Iterator[str]:
    yield ""
    yield f"{click.style(item.rule, bold=True)} {item.does}"
    yield f"  {printable(item.expression)}"
    for label, text in (("about", item.about), ("says", item.says), ("without a value", item.without_value)):
        if text:
            yield f"  {label}: {printable(text)}"


def _on(found: PolicyOnWorkload) -> Iterator[str]:
    yield ""
    other = "" if found.applies else "; the policy is not for this workload, this is what it would do"
    yield f"on the {counted(found.candidates, 'candidate')} that {found.workload} admits{other}"
    for item in found.rules:
        yield from _on_rule(item)


def _on_rule(item: RuleOnWorkload) -> Iterator[str]:
    unknown = f", {item.unknown:,} without a value" if item.unknown else ""
    yield f"  {item.rule}: {VERB[item.kind]} {item.objects:,}{unknown}"
    if item.refused is not None:
        yield f"    nearest  {_near(item.refused)}"
        for part in item.why:
            yield f"             {printable(part.expression)}: {printable(part.values)}"
        if item.says:
            yield f"             {printable(item.says)}"
    if item.admitted is not None:
        yield f"    passes   {_near(item.admitted)}, the nearest of those"


def _near(item: NearCandidate) -> str:
    return item.candidate + (f" (by {item.by})" if item.by else "")
