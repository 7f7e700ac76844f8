"""What `neuralnav policy` prints: findings and tests. Colour only on a terminal."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click
from pydantic import BaseModel

from neuralnav.errors import Diagnostic, input_error
from neuralnav.model.plain_text import counted, printable
from neuralnav.model.policy_report import CaseResult, PolicyTestReport, RuleCoverage, RuleResult
from neuralnav.report import diagnostic_text


def echo_json(report: BaseModel) -> None:
    """Print a report as JSON. What is not printable is escaped, so that no policy steers a terminal."""
    text = report.model_dump_json(indent=2)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def write_text(path: Path, text: str) -> None:
    """Write a file. Raises `InputError` where that is not possible."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise input_error(str(path), f"cannot be written: {(error.strerror or str(error)).lower()}") from None


def echo_problems(problems: Iterable[Diagnostic]) -> None:
    """Print every problem on standard error, its line quoted, and how many there are."""
    every = list(problems)
    for item in every:
        click.echo(diagnostic_text(item), err=True)
    click.echo(click.style(counted(len(every), "error"), fg="red", bold=True), err=True)


def tests_text(report: PolicyTestReport, *, coverage: bool, every: bool) -> str:
    """Return what tests gave: a line a policy, each failure with the values that were read, and the counts.

    Where `every` case was run, policies without one are named: no failures is not the same as tested.
    """
    width = max((len(item.policy) for item in report.cases), default=0)
    lines = []
    for policy, group in groupby(report.cases, key=lambda item: item.policy):
        cases = list(group)
        failed = [item for item in cases if not item.passed]
        word = click.style(f"{len(failed)} failed", fg="red", bold=True) if failed else click.style("ok", fg="green")
        lines.append(f"{policy.ljust(width)}  {counted(len(cases), 'case'):>9}  {word}")
        lines += [f"  {line}" for item in failed for line in failure_lines(item)]
    if coverage:
        lines += _coverage(report.coverage)
    tested = {item.policy for item in report.cases}
    bare = [name for name in dict.fromkeys(item.policy for item in report.coverage) if name not in tested]
    if every and bare:
        lines.append(f"without a test: {', '.join(bare)}")
    passed = sum(1 for item in report.cases if item.passed)
    failed_count = len(report.cases) - passed
    total = f"{counted(len(tested), 'policy', 'policies')}, {counted(len(report.cases), 'case')}"
    lines.append(f"{total}: {passed} passed" + (f", {failed_count} failed" if failed_count else ""))
    return "\n".join(lines)


def failure_lines(item: CaseResult) -> Iterator[str]:
    """Yield a failed case: where it is, and for each rule that failed what it did and the values that it read."""
    yield f"{item.where.file}:{item.where.line}:{item.where.column}  {printable(item.case)}"
    for rule in item.rules:
        if rule.passed:
            continue
        yield f"  {verdict(rule)}"
        width = max((len(value.expression) for value in rule.values), default=0)
        for value in rule.values:
            yield f"    {value.expression.ljust(width)}  {printable(value.values)}"


def verdict(rule: RuleResult) -> str:
    """Return what was expected of a rule and what it did."""
    if not rule.kept:
        reason = f": {printable(rule.reason)}" if rule.reason else ""
        says = f'; it says "{printable(rule.message)}"' if rule.message and rule.got not in ("allow", "unknown") else ""
        return f"{rule.rule}: expected {rule.expected}, got {rule.got}{reason}{says}"
    return f'{rule.rule}: expected the message to hold "{rule.expected_message}", got "{printable(rule.message)}"'


def _coverage(covered: Sequence[RuleCoverage]) -> Iterator[str]:
    full = sum(1 for item in covered if item.objects and item.passes)
    yield f"coverage: {full} of {counted(len(covered), 'rule')}"
    for item in covered:
        missing = [
            what for count, what in ((item.objects, "makes it object"), (item.passes, "it lets pass")) if not count
        ]
        if missing:
            yield f"  {item.policy}.{item.rule}: no case " + ", and none ".join(missing)
