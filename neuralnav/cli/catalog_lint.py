"""`neuralnav catalog lint`."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from neuralnav.cli.tables import print_table
from neuralnav.files.catalogs import KINDS as DOCUMENT_KINDS
from neuralnav.files.catalogs import catalog_files, load_catalog, load_project
from neuralnav.files.places import find_root, read_source
from neuralnav.lint.findings import CODES, KINDS, SEVERITIES, Finding, LintReport
from neuralnav.lint.survey import lint as survey
from neuralnav.model.document import Parsed, parse, plain, validate

SHOWN = 5
"""Findings of one code that are listed without --verbose; a screen has room for no more."""

COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


@click.command(
    name="lint",
    short_help="Count what is unverified, stale, inconsistent or missing.",
    epilog="In CI: neuralnav catalog lint --strict",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day to judge prices and sources by. [today]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 2 on warnings too.")
@click.option("--verbose", is_flag=True, help="List every finding, unverified figures among them.")
def lint(as_of: datetime | None, *, form: str, strict: bool, verbose: bool) -> int:
    """Count what the catalogs hold that is unverified, stale, inconsistent or missing: packaged ones and overlays.

    Exits 2 when there are errors.
    """
    root = find_root(Path.cwd())
    overlays = [root / path for path in load_project(root).spec.catalogs]
    catalog = load_catalog(overlays)
    day = as_of.date() if as_of is not None else date.today()  # noqa: DTZ011  # the user's day
    report = survey(catalog, read_documents(overlays), as_of=day, strict=strict)
    if form == "json":
        click.echo(report.model_dump_json(indent=2))
    else:
        _print(report, verbose=verbose)
    return report.exit_code


def read_documents(overlays: Sequence[Path]) -> list[Parsed[Any]]:
    """Return the catalog files in the order they are read; `load_catalog` has found them valid."""
    packaged, own = catalog_files(overlays)
    return [_document(path) for path in (*packaged, *own)]


def _document(path: Path) -> Parsed[Any]:
    source = read_source(path)
    root = parse(source)
    return validate(DOCUMENT_KINDS[plain(root)["kind"]], root, source)


def _print(report: LintReport, *, verbose: bool) -> None:
    click.echo(
        f"catalogs as of {report.as_of}: {report.models} models ({report.checkpoints} checkpoints), "
        f"{report.accelerators} accelerators, {report.use_cases} use cases; "
        f"{report.figures:,} figures in {len(report.files)} files\n"
    )
    print_table(("class", *(f"{s}s" for s in SEVERITIES), ""), list(_summary(report)), right=(1, 2, 3))
    for severity in SEVERITIES:
        found = [finding for finding in report.findings if finding.severity == severity]
        if severity == "info" and not verbose:
            _print_counts(report, found)
        else:
            _print_findings(found, limit=len(found) if verbose else SHOWN)


def _summary(report: LintReport) -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        counts = [sum(1 for f in report.findings if (f.kind, f.severity) == (kind, s)) for s in SEVERITIES]
        share = f"{report.unverified / report.figures:.0%} of the figures" if report.figures else ""
        yield (kind, *(f"{count:,}" for count in counts), share if kind == "unverified" else "")


def _print_findings(findings: Sequence[Finding], *, limit: int) -> None:
    for code, group in groupby(findings, key=lambda finding: finding.code):
        items = list(group)
        known = CODES[code]
        word = click.style(known.severity, fg=COLOURS[known.severity], bold=True)
        click.echo(f"\n{word} {code} ({len(items)}): {known.fix}")
        for item in items[:limit]:
            place = f"{item.file}:{item.line}" if item.line else item.file
            name = f"{item.entry}.{item.figure}" if item.figure else item.entry
            click.echo(f"  {place}  {name}: {item.message}")
        if len(items) > limit:
            click.echo(f"  and {len(items) - limit} more; --verbose lists them")


def _print_counts(report: LintReport, infos: Sequence[Finding]) -> None:
    if infos:
        codes = [(code, len(list(group))) for code, group in groupby(infos, key=lambda finding: finding.code)]
        counted = ", ".join(f"{code} {count:,}" for code, count in codes)
        click.echo(f"\n{click.style('info', fg=COLOURS['info'], bold=True)} {counted}; --verbose lists them")
    worst = sorted((f for f in report.files if f.unverified), key=lambda f: (-f.unverified, f.file))
    if worst:
        listed = ", ".join(f"{f.file} {f.unverified} of {f.figures}" for f in worst[:SHOWN])
        more = f", {len(worst) - SHOWN} more files" if len(worst) > SHOWN else ""
        click.echo(f"unverified most in {listed}{more}")
