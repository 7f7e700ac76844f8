"""What `neuralnav policy` prints: findings, tests, JUnit XML. Colour only on a terminal."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import click
from pydantic import BaseModel

from neuralnav.cli.policy_samples import Samples
from neuralnav.enforce.lint import Finding
from neuralnav.errors import Diagnostic
from neuralnav.model.policy_report import CaseResult, PolicyCheckReport, PolicyTestReport, RuleCoverage, RuleResult
from neuralnav.report import diagnostic_text

COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


def echo_json(report: BaseModel) -> None:
    """Print a report as JSON."""
    click.echo(report.model_dump_json(indent=2))


def echo_problems(problems: Iterable[Diagnostic]) -> None:
    """Print every problem on standard error, its line quoted, and how many there are."""
    every = list(problems)
    for item in every:
        click.echo(diagnostic_text(item), err=True)
    click.echo(click.style(counted(len(every), "error"), fg="red", bold=True), err=True)


def check_text(report: PolicyCheckReport, findings: Sequence[Finding], samples: Samples) -> str:
    """Return what a check found: each finding with its line quoted, what it was judged on, and the counts."""
    lines = []
    for item in findings:
        word = click.style(item.severity, fg=COLOURS[item.severity], bold=True)
        subject = f"{item.policy}.{item.rule}" if item.rule else item.policy
        told = diagnostic_text(Diagnostic(item.where, f"{subject}: {item.message}", item.hint)).split("\n")
        quoted = told[1:] if item.severity == "warning" else []  # a note is worth one line
        lines += [f"{word} {item.code}  {told[0]}", *quoted]
    lines += [""] * bool(findings)
    lines.append(_judged_on(samples))
    severities = [item.severity for item in findings]
    counts = [counted(len(report.problems), "error"), *(counted(severities.count(s), s) for s in ("warning", "note"))]
    rules = sum(len(item.rules) for item in report.policies)
    policies = counted(len(report.policies), "policy", "policies")
    lines.append(f"{policies}, {counted(rules, 'rule')} tried: {', '.join(counts)}")
    return "\n".join(lines)


def _judged_on(samples: Samples) -> str:
    rows = counted(sum(item.rows for item in samples.found), "candidate")
    if samples.typical:
        return f"tried on the {rows} of a typical workload of each use case: no workload was found here"
    text = f"tried on the {rows} that {counted(len(samples.found), 'workload')} admit"
    text += f"; {samples.left} more workloads were left out" if samples.left else ""
    return text + (f"; cannot be planned: {', '.join(samples.skipped)}" if samples.skipped else "")


def tests_text(report: PolicyTestReport, *, coverage: bool) -> str:
    """Return what tests gave: a line a policy, each failure with the values that were read, and the counts."""
    width = max((len(item.policy) for item in report.cases), default=0)
    lines = []
    for policy, group in groupby(report.cases, key=lambda item: item.policy):
        cases = list(group)
        failed = [item for item in cases if not item.passed]
        word = click.style(f"{len(failed)} failed", fg="red", bold=True) if failed else click.style("ok", fg="green")
        lines.append(f"{policy.ljust(width)}  {counted(len(cases), 'case'):>9}  {word}")
        lines += [f"  {line}" for item in failed for line in _failure(item)]
    if coverage:
        lines += _coverage(report.coverage)
    passed = sum(1 for item in report.cases if item.passed)
    failed_count = len(report.cases) - passed
    policies = len({item.policy for item in report.cases})
    total = f"{counted(policies, 'policy', 'policies')}, {counted(len(report.cases), 'case')}"
    lines.append(f"{total}: {passed} passed" + (f", {failed_count} failed" if failed_count else ""))
    return "\n".join(lines)


def _failure(item: CaseResult) -> Iterator[str]:
    yield f"{item.where.file}:{item.where.line}:{item.where.column}  {clean(item.case)}"
    for rule in item.rules:
        if rule.passed:
            continue
        yield f"  {verdict(rule)}"
        width = max((len(value.expression) for value in rule.values), default=0)
        for value in rule.values:
            yield f"    {value.expression.ljust(width)}  {clean(value.values)}"


def verdict(rule: RuleResult) -> str:
    """Return what was expected of a rule and what it did."""
    if not rule.kept:
        reason = f": {clean(rule.reason)}" if rule.reason else ""
        says = f'; it says "{clean(rule.message)}"' if rule.message and rule.got not in ("allow", "unknown") else ""
        return f"{rule.rule}: expected {rule.expected}, got {rule.got}{reason}{says}"
    return f'{rule.rule}: expected the message to hold "{rule.expected_message}", got "{clean(rule.message)}"'


def _coverage(covered: Sequence[RuleCoverage]) -> Iterator[str]:
    full = sum(1 for item in covered if item.objects and item.passes)
    yield f"coverage: {full} of {counted(len(covered), 'rule')}"
    for item in covered:
        missing = [what for count, what in ((item.objects, "makes it object"), (item.passes, "it lets pass")) if not count]
        if missing:
            yield f"  {item.policy}.{item.rule}: no case " + ", and none ".join(missing)


def junit(report: PolicyTestReport) -> str:
    """Return the tests as JUnit XML: a suite for each policy, the problems in a suite of their own."""
    failures = sum(1 for item in report.cases if not item.passed)
    root = ET.Element("testsuites", name="neuralnav policy test", tests=str(len(report.cases) + len(report.problems)),
                      failures=str(failures), errors=str(len(report.problems)))  # fmt: skip
    for policy, group in groupby(report.cases, key=lambda item: item.policy):
        _suite(root, policy, list(group))
    if report.problems:
        count = str(len(report.problems))
        suite = ET.SubElement(root, "testsuite", name="errors", tests=count, failures="0", errors=count, skipped="0")
        for item in report.problems:
            place = f"{item.where.file}:{item.where.line}:{item.where.column}"
            case = ET.SubElement(suite, "testcase", classname="errors", name=_xml(place))
            ET.SubElement(case, "error", message=_xml(item.message)).text = _xml(f"{place}  {item.message} {item.hint}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, policy: str, cases: list[CaseResult]) -> None:
    failed = sum(1 for item in cases if not item.passed)
    suite = ET.SubElement(root, "testsuite", name=policy, tests=str(len(cases)), failures=str(failed), errors="0",
                          skipped="0")  # fmt: skip
    for item in cases:
        case = ET.SubElement(suite, "testcase", classname=policy, name=_xml(item.case), file=_xml(item.where.file),
                             line=str(item.where.line))  # fmt: skip
        for rule in item.rules:
            if not rule.passed:
                failure = ET.SubElement(case, "failure", type=rule.got, message=_xml(verdict(rule)))
                failure.text = _xml("\n".join(_failure(item)))


def _xml(text: str) -> str:
    """Return the text without characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def clean(text: str) -> str:
    """Return the text without control characters: no input may steer a terminal or forge a line."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def counted(number: int, what: str, many: str = "") -> str:
    """Return a number with the word for what was counted."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"
