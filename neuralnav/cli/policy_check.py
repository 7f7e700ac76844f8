"""`neuralnav policy check`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from neuralnav.cli.policy_files import Loaded, load_policies
from neuralnav.cli.policy_findings import check_text
from neuralnav.cli.policy_samples import Samples, samples_of
from neuralnav.cli.policy_text import echo_json, echo_problems
from neuralnav.cli.world import ungoverned_world
from neuralnav.enforce.lint import Finding, lint, shadowed
from neuralnav.enforce.scope import vocabulary
from neuralnav.enforce.trial import Trial, try_rules
from neuralnav.errors import ExitCode
from neuralnav.files.places import find_root
from neuralnav.model.policy import FleetPolicy
from neuralnav.model.policy_report import CheckedPolicy, JudgedOn, PolicyCheckReport, PolicyFinding, RuleCounts
from neuralnav.model.report import ReportedWhere
from neuralnav.report import problem


@click.command(
    name="check",
    short_help="Find errors and what looks like a mistake.",
    epilog="In CI: neuralnav policy check policies/ --strict",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--workload", "workloads", multiple=True, metavar="PATH", help="Try rules on this one; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit 2 on warnings too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[str, ...], *, workloads: tuple[str, ...], strict: bool, form: str) -> int:
    """Find errors in policies, and what looks like a mistake: rules that refuse everything or nothing, and the like.

    PATHS are files and folders; without one, what neuralnav.yaml binds. Rules are tried on the candidates of the
    repository's workloads, or of a typical workload of each use case where it has none. Exit 2 on errors.
    """
    found = load_policies(paths)
    problems = list(found.problems)
    samples = samples_of(workloads) if found.sound else Samples(())
    known = vocabulary(ungoverned_world(find_root(Path.cwd())).catalog)
    tried = [(item, _trial(item, samples)) for item in found.sound]
    findings = _findings(tried, known)
    if problems:
        echo_problems(problems)
    unfit = problems or (strict and any(item.severity == "warning" for item in findings))
    report = PolicyCheckReport(
        exit_code=int(ExitCode.BAD_INPUT if unfit else ExitCode.DONE),
        judged_on=tuple(JudgedOn(workload=s.subject.name, path=s.path, candidates=s.rows) for s in samples.found),
        policies=tuple(_counts(item, trial) for item, trial in tried),
        findings=tuple(_finding(item) for item in findings),
        problems=tuple(problem(item) for item in problems),
    )
    if form == "json":
        echo_json(report)
    else:
        click.echo(check_text(report, findings, samples))
    return report.exit_code


def _findings(tried: Sequence[tuple[Loaded, Trial]], vocabulary: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return every finding once, in the order of the policies and of their files."""
    found = [
        one
        for item, trial in tried
        for one in lint(item.policy, trial, vocabulary, tests=len(item.cases), unset=item.unset())
    ]
    found += shadowed([(item.policy, trial) for item, trial in tried])
    files = [item.policy.parsed.source.name for item, _ in tried]
    return sorted(
        dict.fromkeys(found),
        key=lambda item: (files.index(item.where.file), item.where.line, item.where.column, item.code, item.message),
    )


def _trial(item: Loaded, samples: Samples) -> Trial:
    """Return what the rules of a policy make of the samples; nothing for rules over locks, or without parameters."""
    if isinstance(item.policy.parsed.document, FleetPolicy) or item.unset():
        return Trial(())
    environments = item.binding.environments or () if item.binding else ()
    trial = try_rules(item.policy, samples.found, item.params(), environments)
    return replace(trial, matched=True) if samples.typical else trial  # no label of theirs says anything


def _counts(item: Loaded, trial: Trial) -> CheckedPolicy:
    document = item.policy.parsed.document
    rules = tuple(
        RuleCounts(
            rule=rule.id, kind=rule.kind, candidates=len(trial.objects[rule.id]),
            objects=int(trial.objects[rule.id].sum()), unknown=int(trial.unknown[rule.id].sum()),
        )
        for rule in item.policy.rules
        if rule.id in trial.objects
    )  # fmt: skip
    return CheckedPolicy(
        policy=item.name, kind=document.kind, file=item.policy.parsed.source.name, tests=len(item.cases), rules=rules
    )


def _finding(item: Finding) -> PolicyFinding:
    where = ReportedWhere(file=item.where.file, line=item.where.line, column=item.where.column)
    return PolicyFinding(
        severity=item.severity, code=item.code, policy=item.policy, rule=item.rule, message=item.message,
        hint=item.hint, where=where,
    )  # fmt: skip
