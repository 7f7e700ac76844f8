"""What a job that compares and checks points to: each thing once, and nothing that the change does not touch."""

from neuralnav.model.diff import FleetChange, PlanDiff, WorkloadDiff
from neuralnav.model.report import Report, ReportedFinding, WorkloadReport
from neuralnav.report_diff.findings import Finding, diff_findings, leaves_no_plan, ordered, report_findings


def job_findings(diff: PlanDiff | None, report: Report | None) -> list[Finding]:
    """Return what a diff and a check of one head find, what matters most first, then by file and line.

    What both say is told as the one says it that knows more: drift as the check does, a plan that is lost and a budget
    that the change exceeds as the diff does, at the edit that caused it. What policies and plans tell of a workload
    that the change leaves as it was is told by a check alone.
    """
    if diff is None or report is None:
        return diff_findings(diff) if diff else report_findings(report) if report else []
    checked = {item.path: item for item in report.workloads}
    compared = {item.path: item for item in diff.workloads}
    brought = {_group(item) for item in diff.fleets if _is_ours(item) and item.refused}
    judged = {(item.policy, item.rule, item.subject) for item in report.policies}
    own = diff.model_copy(update={
        "workloads": tuple(_unchecked(item, checked.get(item.path)) for item in diff.workloads),
        "fleets": tuple(
            item for item in diff.fleets if item.refused or not _is_ours(item) or _group(item) not in judged
        ),
    })  # fmt: skip
    others = report.model_copy(update={
        "workloads": tuple(_uncompared(item, compared.get(item.path)) for item in report.workloads),
        "policies": tuple(item for item in report.policies if not _is_brought(item, brought)),
    })  # fmt: skip
    return ordered([*diff_findings(own), *report_findings(others)])


def _group(item: FleetChange) -> tuple[str, str, str]:
    return item.policy, item.rule, item.group


def _is_ours(item: FleetChange) -> bool:
    """Tell whether a rule is one of the head's, which is what a check judges by."""
    return item.whose == "head"


def _is_brought(item: ReportedFinding, brought: set[tuple[str, str, str]]) -> bool:
    return item.verdict == "deny" and (item.policy, item.rule, item.subject) in brought


def _unchecked(item: WorkloadDiff, checked: WorkloadReport | None) -> WorkloadDiff:
    """Return a workload without the drift and the warnings that a check of it tells."""
    if checked is None:
        return item
    drifted = {drift.drift for drift in checked.drift}
    told = checked.policies.verdicts if checked.policies and checked.choice else ()
    warned = {verdict.rule for verdict in told if verdict.verdict == "warn"}
    return item.model_copy(update={
        "drift": tuple(drift for drift in item.drift if drift.drift not in drifted),
        "rules": tuple(rule for rule in item.rules if rule.rule not in warned),
    })  # fmt: skip


def _uncompared(item: WorkloadReport, compared: WorkloadDiff | None) -> WorkloadReport:
    """Return a workload without what its comparison tells, or leaves unsaid because the change does not touch it."""
    if compared is None:
        return item
    if compared.status == "unchanged":
        return item.model_copy(update={"policies": None, "notes": ()})
    return item.model_copy(update={"status": "unchanged"}) if leaves_no_plan(compared) else item
