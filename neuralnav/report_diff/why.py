"""Why a workload is planned otherwise, or not at all: causes, what shuts candidates out, problems, drift."""

from collections.abc import Sequence

from neuralnav.model.diff import Crossing, WorkloadDiff
from neuralnav.model.report import ReportedDrift, ReportedProblem
from neuralnav.report_diff.words import Marks


def why_text(item: WorkloadDiff, marks: Marks) -> str:
    """Return what flipped the decision, or what keeps the workload from a plan."""
    if item.after.problems:
        more = len(item.after.problems) - 1
        return problem_text(item.after.problems[0], marks, inside=item.path) + (f" (and {more} more)" if more else "")
    if item.before.state == "broken" and item.before.problems:
        return f"the base cannot be planned: {marks.text(item.before.problems[0].message)}"
    said = [marks.text(cause.said) for cause in item.causes]
    why = " and ".join(said[:3]) + (f" and {len(said) - 3} more" if len(said) > 3 else "")
    return "; ".join(part for part in (why, marks.text(item.contradicted), _shut_out(item, marks)) if part)


def _shut_out(item: WorkloadDiff, marks: Marks) -> str:
    """Return what shuts out every candidate, or the one that is deployed now; empty where neither is told."""
    before = item.before.choice
    if item.after.choice is None:
        by = [f"{marks.code(lost.reason)} ({lost.count:,})" for lost in item.lost[:3] if lost.reason != ABSENT]
        gone = [f"{UNKNOWN} ({lost.count:,})" for lost in item.lost if lost.reason == ABSENT]
        return "; ".join([*([f"shut out by {', '.join(by)}"] if by else []), *gone])
    if before is None or not item.decision:
        return ""
    by = [shut_out_text(lost, marks) for lost in item.lost if before.candidate in lost.first]
    return f"what is deployed now is {by[0]}" if by else ""


ABSENT = "absent"
UNKNOWN = "not in the catalog"
"""The reason of candidates that a side does not know, and how it is said."""


def reason_text(crossing: Crossing, marks: Marks) -> str:
    """Return what shuts candidates out: a rule by its name, or that the catalog lacks them."""
    return UNKNOWN if crossing.reason == ABSENT else marks.code(crossing.reason)


def shut_out_text(crossing: Crossing, marks: Marks) -> str:
    """Return the same as what is said of candidates: `shut out by slo.ttft`."""
    return UNKNOWN if crossing.reason == ABSENT else f"shut out by {marks.code(crossing.reason)}"


def problem_text(problem: ReportedProblem, marks: Marks, *, inside: str = "") -> str:
    """Return a problem with its place and how to mend it: `chat/workload.yaml:9 unknown key; did you mean users?`.

    A problem of the file `inside` as a whole is told without its place.
    """
    where = problem.where
    named = where.file and (where.line or where.file != inside)
    place = f"{marks.code(where.file + (f':{where.line}' if where.line else ''))} " if named else ""
    return place + marks.text(problem.message) + (f"; {marks.text(problem.hint)}" if problem.hint else "")


FILES = 3
"""Up to so many files are named that have drifted alike."""


def drift_texts(items: Sequence[WorkloadDiff], marks: Marks) -> list[str]:
    """Return what has drifted and what mends it, once for all that drifted alike, in the order they were met.

    Such as `drift (lock) in a/plan.lock, b/plan.lock: the lock was edited by hand; fix: neuralnav compile`.
    """
    alike = dict[ReportedDrift, list[str]]()
    for drift in (drift for item in items for drift in item.drift):
        alike.setdefault(drift.model_copy(update={"file": ""}), []).append(drift.file)
    return [_drift_text(drift, files, marks) for drift, files in alike.items()]


def _drift_text(drift: ReportedDrift, files: Sequence[str], marks: Marks) -> str:
    more = f" and {len(files) - FILES:,} more" if len(files) > FILES else ""
    named = ", ".join(marks.code(file) for file in files[:FILES])
    fix = f"; fix: {marks.code(drift.fix)}" if drift.fix else ""
    return f"drift ({drift.drift}) in {named}{more}: {marks.text(drift.message)}{fix}"
