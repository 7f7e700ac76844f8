"""What a reviewer is pointed to at a file and line: of a plan diff, and of a check."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.model.diff import FleetChange, PlanDiff, WorkloadDiff
from neuralnav.model.lock import LockedVerdict
from neuralnav.model.plain_text import counted
from neuralnav.model.report import (
    Report,
    ReportedDrift,
    ReportedFinding,
    ReportedProblem,
    ReportedWhere,
    WorkloadReport,
)
from neuralnav.report_diff.decision import decision_text, otherwise_text
from neuralnav.report_diff.fleets import details_text, fix_of, subject_text
from neuralnav.report_diff.words import PLAIN

Level = Literal["error", "warning", "note"]

RULES: Mapping[str, str] = {
    "broken-input": "An input cannot be used as it stands.",
    "refused-by-policy": "Policies refuse every feasible candidate, or a repository as a whole.",
    "infeasible": "No candidate meets the workload's SLOs and constraints.",
    "drift-workload": "The workload changed after the lock was written.",
    "drift-policy": "Settings or policies changed after the lock was written.",
    "drift-data": "Benchmarks, catalogs or prices changed after the lock was written.",
    "drift-tool": "Templates or the lock's format changed after the lock was written.",
    "drift-lock": "The lock was edited by hand.",
    "drift-manifest": "A manifest is not what the lock says.",
    "drift-missing": "A workload has no lock yet.",
    "weakened-policy": "A change takes away, changes or enforces less a policy of the base.",
    "left-policy": "A workload leaves a policy of the base by an edit of its own name, use case or labels.",
    "chosen-otherwise": "The committed lock chooses another candidate than compile would.",
    "policy-warning": "A policy warns of a choice or of a repository.",
    "policy-note": "A policy records something, or will fail soon.",
    "plan-note": "Something that a plan tells its reader.",
    "plan-changed": "A change deploys something else.",
}
"""The rules of findings with what each says, what matters most first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its rule, how bad it is, where, what it says, and how to mend it (empty: nothing to do)."""

    rule: str
    level: Level
    where: ReportedWhere
    message: str
    fix: str = ""


def diff_findings(diff: PlanDiff) -> list[Finding]:
    """Return what a diff finds, what matters most first, then by file and line; each once."""
    found = [_problem(problem) for problem in diff.problems]
    found += [_weakened(name) for name in diff.weakened]
    found += [_left(item, name) for item in diff.workloads for name in item.left]
    found += [_fleet(item) for item in diff.fleets if item.objects]
    found += [finding for item in diff.workloads for finding in _of_workload(item)]
    return ordered(found)


def report_findings(report: Report) -> list[Finding]:
    """Return what a check finds, what matters most first, then by file and line; each once."""
    found = [_problem(problem) for problem in report.problems]
    found += [finding for item in report.workloads for finding in _of_report(item)]
    found += [_policy(finding) for finding in report.policies]
    return ordered(found)


def ordered(found: Sequence[Finding]) -> list[Finding]:
    """Return findings by level, rule, file and line, each once."""
    place = {rule: index for index, rule in enumerate(RULES)}
    return sorted(
        dict.fromkeys(found),
        key=lambda one: (
            _LEVELS[one.level],
            place[one.rule],
            one.where.file,
            one.where.line,
            one.where.column,
            one.message,
        ),
    )


_LEVELS: Mapping[Level, int] = {"error": 0, "warning": 1, "note": 2}


def _whole(file: str) -> ReportedWhere:
    return ReportedWhere(file=file, line=0, column=0)


def _problem(problem: ReportedProblem) -> Finding:
    return Finding("broken-input", "error", problem.where, problem.message, problem.hint)


def _weakened(name: str) -> Finding:
    message = f"this change weakens or changes {name}; the base's rules are still enforced on it"
    return Finding("weakened-policy", "warning", _whole("neuralnav.yaml"), message)


def _left(item: WorkloadDiff, name: str) -> Finding:
    message = f"{item.workload} leaves {name}; nothing holds it to that"
    return Finding("left-policy", "warning", _whole(item.path), message)


def _fleet(item: FleetChange) -> Finding:
    """Return what a fleet policy finds: an error only where the change brings a refusal, as the exit code says."""
    stood = item.after.verdict == "deny" and not item.refused
    rule, level = _OF_POLICY["warn" if stood else item.after.verdict]
    details = details_text(item, PLAIN)
    message = subject_text(item, PLAIN) + (f": {details}" if details else "")
    return Finding(rule, level, item.where, message, fix_of(item))


def _of_workload(item: WorkloadDiff) -> Iterator[Finding]:
    refused = item.after.state == "refused"
    for problem in item.after.problems:
        yield replace(_problem(problem), rule="refused-by-policy") if refused else _problem(problem)
    if item.after.state in ("refused", "infeasible"):
        yield from _without_plan(item)
    elif item.decision or item.status in ("added", "removed"):
        plain = item.model_copy(update={"chosen_otherwise": ""})  # a finding of its own, below
        alone = PlanDiff(base="", head="", exit_code=0, workloads=(plain,))
        message = decision_text(alone).partition(": ")[2]
        yield Finding("plan-changed", "note", _cause(item), f"{message.removesuffix('.')}{_because(item)}")
    if item.chosen_otherwise:
        fix = "restore the lock and run neuralnav compile, or say why in the pull request"
        message = f"{item.workload}: {otherwise_text(item, PLAIN)}"
        yield Finding("chosen-otherwise", "warning", _cause(item), message, fix)
    yield from (_drift(drift, "warning") for drift in item.drift)
    for changed in item.rules:
        if changed.choice_after == "warn" and changed.choice_before != "warn":
            message = f"{changed.rule} warns of the choice of {item.workload}"
            yield Finding("policy-warning", "warning", _whole(item.path), message)


def leaves_no_plan(item: WorkloadDiff) -> bool:
    """Tell whether a change takes the plan away, and no problem says what refuses the choice."""
    gone = item.after.state in ("refused", "infeasible") and item.after.choice is None
    return gone and item.after.state != item.before.state


def _without_plan(item: WorkloadDiff) -> Iterator[Finding]:
    if leaves_no_plan(item):
        refused = item.after.state == "refused"
        word, rule = ("permitted", "refused-by-policy") if refused else ("feasible", "infeasible")
        before = item.before.choice
        fix = shlex.join(["neuralnav", "explain", item.path, before.candidate]) if before else ""
        yield Finding(rule, "error", _cause(item), f"no {word} plan for {item.workload}{_because(item)}", fix)


def _cause(item: WorkloadDiff) -> ReportedWhere:
    """Return the place of the edit that caused a change, or the workload as a whole."""
    places = [edit.where for cause in item.causes for edit in cause.edits if edit.where.file]
    return next((place for place in places if place.line), places[0] if places else _whole(item.path))


def _because(item: WorkloadDiff) -> str:
    return f"; why: {' and '.join(cause.said for cause in item.causes[:3])}" if item.causes else ""


def _drift(drift: ReportedDrift, level: Level) -> Finding:
    where = ReportedWhere(file=drift.file, line=drift.line, column=0)
    return Finding(f"drift-{drift.drift}", level, where, drift.message, drift.fix)


def _of_report(item: WorkloadReport) -> Iterator[Finding]:
    yield from (_drift(drift, "error") for drift in item.drift)
    where = _whole(item.path)
    if item.status in ("infeasible", "refused"):
        word = "feasible" if item.status == "infeasible" else "permitted"
        reasons = ", ".join(f"{refusal.reason} ({refusal.count:,})" for refusal in item.refused[:3])
        message = f"no {word} plan for {item.workload}: refused by {reasons}" if reasons else f"no {word} plan"
        rule = "infeasible" if item.status == "infeasible" else "refused-by-policy"
        fix = f"neuralnav explain {item.path} {item.refused[0].nearest}" if item.refused else ""
        yield Finding(rule, "error", where, message, fix)
    for verdict in item.policies.verdicts if item.policies and item.choice else ():
        if verdict.verdict in _SAID:
            rule, level = _SAID[verdict.verdict]
            yield Finding(rule, level, where, _said(verdict))
    yield from (Finding("plan-note", "warning", where, note) for note in item.notes)


_SAID: Mapping[str, tuple[str, Level]] = {
    "warn": ("policy-warning", "warning"), "audit": ("policy-note", "note"), "exempt": ("policy-note", "note"),
}  # fmt: skip
"""The verdicts on a choice that are found: a preference is none."""


def _said(verdict: LockedVerdict) -> str:
    what = verdict.message or verdict.why
    return f"{verdict.rule} ({verdict.verdict}): {what}" if what else f"{verdict.rule} ({verdict.verdict})"


def _policy(found: ReportedFinding) -> Finding:
    rule, level = _OF_POLICY[found.verdict]
    name = f"{found.policy}.{found.rule}" if found.rule else found.policy
    subject = f" ({found.subject})" if found.subject else ""
    message = "; ".join((f"{name}{subject}: {found.message}", *found.why))
    return Finding(rule, level, found.where, message, found.fix)


_OF_POLICY: Mapping[str, tuple[str, Level]] = {
    "deny": ("refused-by-policy", "error"), "warn": ("policy-warning", "warning"), "audit": ("policy-note", "note"),
    "note": ("policy-note", "note"),
}  # fmt: skip


def summary(hidden: int) -> str:
    """Return what stands for the findings of one kind that are not shown."""
    return f"{counted(hidden, 'more finding')} of this kind; neuralnav check and neuralnav diff show them all"
