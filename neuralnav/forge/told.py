"""What `check` found, as the markdown of a job's summary and of the drift issue."""

from collections.abc import Iterator

from neuralnav.model.plain_text import markdown_code, markdown_text
from neuralnav.model.report import Report, WorkloadReport

MAX_LINES = 200
"""So many findings are listed: an issue takes 65,536 characters, and a finding few hundred."""

MAX_FINDING = 300

_STATES = {"infeasible": "has no feasible plan", "refused": "has no plan that policies permit"}


def check_markdown(report: Report) -> str:
    """Return what is wrong by workload, each with the command that mends it, in at most 60,000 characters or so."""
    lines = list(_lines(report))
    if not lines:
        return f"Committed plans are what their inputs say ({_counted(len(report.workloads))})."
    more = [f"- and {len(lines) - MAX_LINES} more; `neuralnav check` lists them"] if len(lines) > MAX_LINES else []
    opening = f"**`neuralnav check` finds {len(lines)} in {_counted(len(report.workloads))}:**"
    return "\n".join([opening, "", *lines[:MAX_LINES], *more])


def _lines(report: Report) -> Iterator[str]:
    for problem in report.problems:
        place = problem.where.file + (f":{problem.where.line}" if problem.where.line else "")
        hint = f"; {problem.hint}" if problem.hint else ""
        yield f"- {markdown_code(place[:MAX_FINDING])} {markdown_text((problem.message + hint)[:MAX_FINDING])}"
    for item in report.workloads:
        yield from _workload(item)
    for finding in report.policies:
        if finding.verdict == "deny":
            told = "; ".join((finding.message, *finding.why))[:MAX_FINDING]
            yield f"- policy {markdown_code(f'{finding.policy}.{finding.rule}')} {markdown_text(told)}"


def _workload(item: WorkloadReport) -> Iterator[str]:
    for drift in item.drift:
        place = markdown_code(drift.file[:MAX_FINDING])
        told = markdown_text(drift.message[:MAX_FINDING])
        yield f"- drift of class {drift.drift} in {place}: {told}. Fix: {markdown_code(drift.fix)}"
    if item.status in _STATES:
        yield f"- {markdown_code(item.path[:MAX_FINDING])} {_STATES[item.status]}"


def _counted(count: int) -> str:
    return "1 workload" if count == 1 else f"{count:,} workloads"
