"""An import report on a terminal: what came in, how plans use it, what was refused, and what is left to do."""

from collections.abc import Sequence

import click

from neuralnav.cli.tables import print_table
from neuralnav.model.bench_report import ImportedFile, ImportReport, WrittenTable

SHOWN_CURVES = 20
"""Curves that a screen has room for."""

SHOWN = 5
"""Refusals of one report that are listed; JSON has them all."""


def echo_import(report: ImportReport, form: str) -> None:
    """Print the report; refusals of a text report go to standard error."""
    if form == "json":
        click.echo(report.model_dump_json(indent=2))
        return
    for file in report.files:
        echo_refused(file)
    files = [(f.file, f.format or "unknown", f"{f.rows:,} of {f.points:,}") for f in report.files]
    print_table(("report", "format", "load points"), files, form=form, right=(2,))
    click.echo("")
    curves = [
        (c.candidate, f"{c.prompt_tokens}x{c.output_tokens}", c.arrival, f"{c.rows:,}", f"{c.use}: {c.why}")
        for c in report.curves
    ]
    shown = curves if form == "markdown" else curves[:SHOWN_CURVES]
    print_table(("configuration", "tokens", "arrival", "rows", "in plans"), shown, form=form, right=(3,))
    if len(shown) < len(curves):
        click.echo(f"and {len(curves) - len(shown)} more; --format json lists them")
    click.echo("")
    for note in dict.fromkeys(note for file in report.files for note in file.notes):
        click.echo(f"note: {note}")
    echo_written(report.written, dry_run=report.dry_run)
    if report.advice:
        click.echo(report.advice)


def echo_written(tables: Sequence[WrittenTable], *, dry_run: bool = False) -> None:
    """Print which files of a dataset changed."""
    verb, colour = ("would write", "yellow") if dry_run else ("wrote", "green")
    for table in tables:
        word = click.style(verb, fg=colour, bold=True) if table.changed else "unchanged"
        click.echo(f"{word} {table.file} ({_count(table.rows, 'row')})")


def echo_refused(file: ImportedFile) -> None:
    """Print on standard error what of a file was skipped."""
    if not file.refused:
        return
    click.echo(f"skipped in {file.file}: {_count(len(file.refused), 'problem')}", err=True)
    lines: Sequence[str] = [f"{item.message}; {item.hint}" if item.hint else item.message for item in file.refused]
    for line in lines[:SHOWN]:
        click.echo(f"  {line}", err=True)
    if len(lines) > SHOWN:
        click.echo(f"  and {len(lines) - SHOWN} more; --format json lists them", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
