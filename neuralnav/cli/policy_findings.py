"""What `neuralnav policy check` prints."""

from collections.abc import Sequence

import click

from neuralnav.cli.policy_samples import Samples
from neuralnav.enforce.lint import Finding
from neuralnav.errors import Diagnostic
from neuralnav.model.plain_text import counted
from neuralnav.model.policy_report import PolicyCheckReport
from neuralnav.report import diagnostic_text

COLOURS = {"warning": "yellow", "note": "blue"}


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
    admit = "admits" if len(samples.found) == 1 else "admit"
    text = f"tried on the {rows} that {counted(len(samples.found), 'workload')} {admit}"
    text += f"; {samples.left} more workloads were left out" if samples.left else ""
    return text + (f"; cannot be planned: {', '.join(samples.skipped)}" if samples.skipped else "")
