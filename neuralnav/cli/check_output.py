"""Print what `check` found, or write it to a file, in the form that was asked for."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from neuralnav.cli.check_text import check_text
from neuralnav.cli.output import styled, write_report
from neuralnav.errors import Diagnostic
from neuralnav.forge.told import check_markdown
from neuralnav.model.report import Report, ReportedWhere
from neuralnav.report import as_json, diagnostics_text
from neuralnav.report_diff import check_annotations, check_sarif

PLACED: Mapping[str, Callable[[Report], str]] = {
    "github": lambda report: "\n".join(check_annotations(report)),
    "sarif": check_sarif,
}
"""The forms whose readers look for files from the top of the repository, wherever check runs."""


def tell(
    report: Report, form: str, output: Path | None, *, problems: Sequence[Diagnostic], seconds: float, mend: str
) -> None:
    """Give a report in a form; problems of a text report, lines quoted, are told on standard error."""
    text = _text(report, form, None if output else seconds, mend)
    if output is not None:
        write_report(output, text)
    elif text:
        click.echo(styled(text) if form == "text" else text)
    if problems and form == "text":
        click.echo(styled(diagnostics_text(problems, writes=False)), err=True)


def _text(report: Report, form: str, seconds: float | None, mend: str) -> str:
    if form in PLACED:
        return PLACED[form](from_top(report))
    if form == "json":
        return as_json(report)
    return check_markdown(report) if form == "markdown" else check_text(report, seconds=seconds, mend=mend)


def from_top(report: Report) -> Report:
    """Return a report whose files are named from the top of the repository around the current folder."""
    here = Path.cwd()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)

    def placed(file: str) -> str:
        path = Path(os.path.normpath(here / file))
        return path.relative_to(top).as_posix() if file and path.is_relative_to(top) else file

    def moved(where: ReportedWhere) -> ReportedWhere:
        return where.model_copy(update={"file": placed(where.file)})

    workloads = (
        item.model_copy(
            update={
                "path": placed(item.path),
                "drift": tuple(one.model_copy(update={"file": placed(one.file)}) for one in item.drift),
            }
        )
        for item in report.workloads
    )
    changes: dict[str, object] = {
        "workloads": tuple(workloads),
        "problems": tuple(one.model_copy(update={"where": moved(one.where)}) for one in report.problems),
        "policies": tuple(one.model_copy(update={"where": moved(one.where)}) for one in report.policies),
    }
    return report.model_copy(update=changes)
