"""What `check` tells on a terminal: what is wrong first, what is up to date as a number."""

from collections import Counter
from collections.abc import Iterator, Sequence

from neuralnav.cli.drift import OTHERWISE
from neuralnav.model.plain_text import printable
from neuralnav.model.report import Report, ReportedDrift, Status, WorkloadReport
from neuralnav.report import LABEL_COLUMNS, WIDE, drift_text, finding_lines, full_text, line_text

NAMED = 3
"""Workloads that a note names; the JSON holds all."""

MOST_DRIFT = 20
"""So much drift is told one by one."""

STATES: tuple[tuple[Status, str, str], ...] = (
    ("failed", "cannot be planned", "cannot be planned"),
    ("refused", "has no permitted plan", "have no permitted plan"),
    ("infeasible", "has no feasible plan", "have no feasible plan"),
    ("drift", "has drifted", "have drifted"),
)
"""What is said of one and of several workloads that are not up to date, in the order of their exit codes."""


def check_text(report: Report, *, seconds: float | None, mend: str) -> str:
    """Return what a check found. Problems are told by `diagnostics_text`.

    `mend` is the command that mends all drift at once, told where there is more than one to mend.
    """
    took = f"   {seconds:.2f} s" if seconds is not None else ""
    opening = _opening(report)
    lines = [f"{opening}{took}"] if opening else []
    lines += _wrong(report)
    ordered = sorted(report.policies, key=lambda found: found.verdict != "deny")
    findings = [(found.verdict == "deny", line) for found in ordered for line in finding_lines(found)]
    lines += [line for denies, line in findings if denies]
    lines += [*_remarks(report.workloads), *(line for denies, line in findings if not denies)]
    lines += [*_mending(report, mend), *_up_to_date(report, "" if opening else took)]
    return "\n".join(printable(line) for line in lines)


def _opening(report: Report) -> str:
    """Return how many workloads are in which trouble."""
    counts = Counter(item.status for item in report.workloads)
    total, parts = len(report.workloads), list[str]()
    for status, one, many in STATES:
        if counts[status]:
            of = "" if parts else f" of {total:,} workload{'s' if total != 1 else ''}"
            parts.append(f"{counts[status]:,}{of} {one if counts[status] == 1 else many}")
    return ", ".join(parts)


def _wrong(report: Report) -> Iterator[str]:
    """Yield what is wrong with each workload: why it has no plan, and its drift."""
    without = [item for item in report.workloads if item.status in ("refused", "infeasible")]
    for item in without:
        yield from (full_text(item, 0) if len(without) <= WIDE else line_text(item, LABEL_COLUMNS)).split("\n")
    drift = [found for item in report.workloads for found in item.drift]
    yield from map(drift_text, drift) if len(drift) <= MOST_DRIFT else _grouped(drift)


def _grouped(drift: Sequence[ReportedDrift]) -> Iterator[str]:
    """Yield drift that says the same of several workloads once: a price that changed may drift all of a repository."""
    groups: dict[tuple[str, str, str], list[ReportedDrift]] = {}
    for one in drift:
        what = one.message.partition("; ")[0].partition(": ")[0]
        groups.setdefault((one.drift, what, " ".join(one.fix.split()[:2])), []).append(one)
    for (kind, what, command), members in groups.items():
        if len(members) == 1:
            yield drift_text(members[0])
            continue
        files = ", ".join(one.file for one in members[:NAMED])
        more = f" and {len(members) - NAMED:,} more" if len(members) > NAMED else ""
        others = sum(OTHERWISE in one.message for one in members)
        effect = f"; {OTHERWISE} another candidate for {others:,}" if others else ""
        yield f"drift ({kind}) in {len(members):,} files: {what}{effect}; fix: {command} ({files}{more})"


def _remarks(items: Sequence[WorkloadReport]) -> Iterator[str]:
    """Yield what policies warn of and what plans note, each once with the workloads that it is true of."""
    said: dict[str, list[str]] = {}
    for item in items:
        for verdict in item.policies.verdicts if item.policies and item.choice else ():
            if verdict.verdict == "warn":
                what = f": {verdict.message or verdict.why}".removesuffix(": ")
                said.setdefault(f"warned by {verdict.rule}{what}", []).append(item.workload)
        for note in item.notes:
            said.setdefault(f"note: {note}", []).append(item.workload)
    for text, names in said.items():
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        yield f"{text} ({', '.join(names[:NAMED])}{more})"


def _mending(report: Report, mend: str) -> Iterator[str]:
    """Yield the command for all: compile writes nothing while an input cannot be used, so not where one cannot."""
    if sum(item.status == "drift" for item in report.workloads) > 1 and not report.problems:
        yield f"to mend all: {mend}"


def _up_to_date(report: Report, took: str) -> Iterator[str]:
    """Yield the workloads that are as they should be: a line each for few, else their number."""
    good = [item for item in report.workloads if item.status == "unchanged"]
    total = len(report.workloads)
    every = bool(good) and len(good) == total and not report.exit_code
    if total <= WIDE:
        width = max([LABEL_COLUMNS, *(len(item.workload) for item in good)])
        for item in good:
            line = line_text(item.model_copy(update={"policies": None}), width)
            yield line if every else f"{line}   up to date"
    elif good:
        counted = "all" if every else f"{len(good):,} of"
        yield f"up to date: {counted} {total:,} workloads{took}"
    if every and total <= WIDE:
        yield f"up to date{took}"
