"""Annotations of GitHub: workflow commands that a job prints, shown at a file and line of the pull request."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from neuralnav.model.diff import PlanDiff
from neuralnav.model.plain_text import clipped, printable
from neuralnav.model.report import Report, ReportedWhere
from neuralnav.report_diff.findings import Finding, Level, diff_findings, report_findings, summary
from neuralnav.report_diff.job import job_findings

OF_A_KIND = 10
"""GitHub shows so many annotations of each kind for a step, and drops the rest without a word."""

MESSAGE_CHARACTERS = 2_000
"""A message is cut here. GitHub shows 64 KB of one, which nobody reads beside a line."""

_COMMANDS: Mapping[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def diff_annotations(diff: PlanDiff) -> list[str]:
    """Return the annotations of a diff, one line each, at most ten of a kind, what matters most first."""
    return _annotations(diff_findings(diff))


def check_annotations(report: Report) -> list[str]:
    """Return the annotations of a check, as those of a diff: its drift, refusals, problems and notes."""
    return _annotations(report_findings(report))


def job_annotations(diff: PlanDiff | None, report: Report | None, *, other_errors: int = 0) -> list[str]:
    """Return the annotations of a step that tells a diff and a check together, beside some errors of its own."""
    return _annotations(job_findings(diff, report), other_errors)


def _annotations(found: Sequence[Finding], other_errors: int = 0) -> list[str]:
    """Return a line for each finding; of a kind with more than ten, the last says how many are not shown."""
    groups = groupby(found, lambda one: one.level)
    room = {"error": OF_A_KIND - other_errors}
    return [line for level, group in groups for line in _of_kind(level, list(group), room.get(level, OF_A_KIND))]


def _of_kind(level: Level, found: Sequence[Finding], room: int) -> Iterator[str]:
    command = _COMMANDS[level]
    shown = found if len(found) <= room else found[: room - 1]
    for one in shown:
        properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(one))
        yield f"::{command} {properties}::{_message(one)}"
    if len(shown) < len(found):
        yield f"::{command} title=neuralnav::{_data(summary(len(found) - len(shown)))}"


def _properties(one: Finding) -> Iterator[tuple[str, str]]:
    yield from _place(one.where)
    yield "title", f"neuralnav {one.rule}"


def _place(where: ReportedWhere) -> Iterator[tuple[str, str]]:
    """Yield the place of an annotation; without a line it is one of the file."""
    if where.file:
        yield "file", where.file
        if where.line > 0:
            yield "line", str(where.line)
            if where.column > 0:
                yield "col", str(where.column)


def _message(one: Finding) -> str:
    text = _data(clipped(printable(one.message), MESSAGE_CHARACTERS))
    return f"{text}%0Afix: {_data(clipped(printable(one.fix), MESSAGE_CHARACTERS))}" if one.fix else text


def _data(text: str) -> str:
    """Return text as the message of a command, in which only a percent sign still means something."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    """Return text as a property of a command, which a colon or a comma would end."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
