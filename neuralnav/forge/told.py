"""What `check` found, as the markdown of a job's summary and of the drift issue."""

from collections.abc import Iterator
from itertools import accumulate

from neuralnav.model.plain_text import markdown_code, markdown_text
from neuralnav.model.report import Report, WorkloadReport

MAX_CHARACTERS = 60_000
"""An issue takes 65,536, and whoever files it adds a line or two."""

MAX_FINDING = 300

_STATES = {"infeasible": "has no feasible plan", "refused": "has no plan that policies permit"}


def check_markdown(report: Report) -> str:
    """Return what is wrong by workload, each with the command that mends it, cut to fit an issue."""
    lines = list(_lines(report))
    if not lines:
        return f"Committed plans are what their inputs say ({_counted(len(report.workloads))})."
    sizes = list(accumulate(len(line) + 1 for line in lines))
    shown = sum(size <= MAX_CHARACTERS for size in sizes)
    more = [f"- and {len(lines) - shown} more; `neuralnav check` lists them"] if shown < len(lines) else []
    opening = f"**`neuralnav check` finds {len(lines)} in {_counted(len(report.workloads))}:**"
    return "\n".join([opening, "", *lines[:shown], *more])


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
        place = markdown_code(drift.file[:MAX_FINDING] + (f":{drift.line}" if drift.line else ""))
        told = markdown_text(drift.message[:MAX_FINDING])
        yield f"- drift of class {drift.drift} in {place}: {told}. Fix: {markdown_code(drift.fix)}"
    if item.status in _STATES:
        yield f"- {markdown_code(item.path[:MAX_FINDING])} {_STATES[item.status]}"


def _counted(count: int) -> str:
    return "1 workload" if count == 1 else f"{count:,} workloads"
