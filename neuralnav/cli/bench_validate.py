"""`neuralnav bench validate`: benchmark tables against physics, themselves, each other and the simulation."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import pyarrow as pa

from neuralnav.cli.output import format_option
from neuralnav.cli.tables import print_table
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.data import packaged_tables
from neuralnav.files.datasets import dataset_files
from neuralnav.files.parquet import OUTCOMES_GO, OUTCOMES_HERE, holds_outcomes, read_table
from neuralnav.files.places import find_root, show
from neuralnav.files.reports import is_parquet
from neuralnav.model.bench_report import BenchFinding, Compared, DatasetCount, GroupError, ValidationReport
from neuralnav.model.tables import BENCHMARK_SCHEMA, distinct, repeated
from neuralnav.validation.survey import STALE_AFTER, validate

PACKAGED = "packaged"
NO_DATASET = "name a Parquet file, or a folder of them; `neuralnav bench import` makes one of reports"
SHOWN_GROUPS = 12
"""Groups of compared rows that a screen has room for; JSON has them all."""

COLOURS = {"error": "red", "warning": "yellow"}
ERROR_COLUMNS = ("ttft_mean", "ttft_p95", "itl_p95", "tpot_mean", "e2e_mean", "e2e_p95")


@click.command(name="validate", epilog="In CI: neuralnav bench validate --format json")
@click.argument("datasets", nargs=-1)
@click.option("--stale-after", type=click.IntRange(1), default=STALE_AFTER, show_default=True,
              help="Minor releases after which an engine's rows are old.")  # fmt: skip
@format_option
def command(datasets: tuple[str, ...], *, stale_after: int, form: str) -> int:
    """Check benchmark tables: physics, consistency, copies, old engines, and measured against simulated.

    DATASETS are Parquet files, folders or object-store URIs, a later one in precedence. Without any, the packaged
    tables and those of neuralnav.yaml are checked. Exits 2 when there are errors; warnings are no error.
    """
    root = find_root(Path.cwd())
    spec = load_project(root).spec
    catalog = load_catalog([root / path for path in spec.catalogs])
    named = list(datasets)
    if not datasets:
        named = [PACKAGED, *(path if "://" in path else str(root / path) for path in spec.benchmarks)]
    tables: dict[str, pa.Table] = {}
    refused: list[tuple[str, str]] = []
    missing: list[Diagnostic] = []
    for name in named:
        try:
            table, faults = _read(name)
        except InputError as error:
            bare = datasets and not any(item.hint == OUTCOMES_GO for item in error.diagnostics)
            missing.extend(replace(item, hint=NO_DATASET) if bare else item for item in error.diagnostics)
            continue
        tables[_shown(name, root)] = table
        refused.extend((_shown(name, root), fault) for fault in faults)
    if missing:
        raise InputError([*missing, *(Diagnostic(Where(name), fault) for name, fault in refused)])
    report = validate(tables, catalog, refused, stale_after=stale_after)
    if form == "json":
        click.echo(report.model_dump_json(indent=2))
    else:
        _print(report, form)
    return report.exit_code


def _read(name: str) -> tuple[pa.Table, list[str]]:
    """Return the rows of a dataset that pass the door, and what is wrong with the files that do not.

    Raises `InputError` for a dataset that is not there, or is none.
    """
    place = str(packaged_tables()) if name == PACKAGED else name
    if Path(place).is_file() and not is_parquet(Path(place)):
        raise input_error(show(Path(place)), "this is not a Parquet file")
    parts: list[pa.Table] = []
    faults: list[str] = []
    for filesystem, path in dataset_files(place):
        if filesystem is None and holds_outcomes(path):
            raise input_error(show(path), OUTCOMES_HERE, OUTCOMES_GO)
        try:
            parts.append(read_table(path, filesystem))
        except InputError as error:
            faults.extend(f"{item.where.file}: {item.message}" for item in error.diagnostics)
    whole = pa.concat_tables([BENCHMARK_SCHEMA.empty_table(), *parts])
    if len(parts) > 1 and name != PACKAGED:
        whole = distinct(whole)
        faults.extend(fault.message for fault in repeated(whole))
    return whole, faults


def _shown(name: str, root: Path) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_absolute() and path.is_relative_to(root) else name


def _print(report: ValidationReport, form: str) -> None:
    click.echo("; ".join(_dataset(item) for item in report.datasets) + "\n")
    errors = sum(1 for item in report.findings if item.severity == "error")
    if form == "markdown":
        body = [(f.severity, f.code, f.dataset, f"{f.rows:,}", f.worst, f.fix) for f in report.findings]
        print_table(("severity", "finding", "dataset", "rows", "worst", "fix"), body, form=form, right=(3,))
    else:
        for item in report.findings:
            _print_finding(item)
    if not report.findings:
        click.echo("nothing contradicts physics, itself or the other rows")
    else:
        click.echo(f"{_kinds(errors, 'error')}, {_kinds(len(report.findings) - errors, 'warning')}")
    _print_compared(report.compared, form)


def _kinds(count: int, noun: str) -> str:
    return f"{count} kind{'' if count == 1 else 's'} of {noun}" if count else f"no {noun}"


def _dataset(item: DatasetCount) -> str:
    counts = (("measured", item.measured), ("simulated", item.simulated), ("predicted or interpolated", item.other))
    return f"{item.dataset}: " + (", ".join(f"{count:,} {name}" for name, count in counts if count) or "no rows")


def _print_finding(item: BenchFinding) -> None:
    word = click.style(item.severity, fg=COLOURS[item.severity], bold=True)
    rows = f" ({item.rows:,} rows)" if item.rows else ""
    click.echo(f"{word} {item.code} in {item.dataset}{rows}\n  worst: {item.worst}\n  fix: {item.fix}")


def _print_compared(compared: Compared, form: str) -> None:
    if not compared.open_loop and not compared.closed_loop:
        return
    click.echo("")
    if compared.groups:
        click.echo("measured against simulated at the offered rate, median error by group, worst first")
        header = ("model", "accelerator", "precision", "rows", *(name.replace("_", " ") for name in ERROR_COLUMNS))
        body = [_group(item) for item in compared.groups[:SHOWN_GROUPS]]
        print_table(header, body, form=form, right=range(3, 10))
    more = len(compared.groups) - SHOWN_GROUPS
    for line in _left_out(compared, more):
        click.echo(line)


def _left_out(compared: Compared, more: int) -> Sequence[str]:
    lines = [f"and {more} more groups; --format json lists them"] if more > 0 else []
    if compared.without_curve:
        lines.append(f"open-loop rows without a simulated curve of their shape: {compared.without_curve:,}")
    if compared.beyond_sweep:
        lines.append(f"open-loop rows beyond the rates of the sweep: {compared.beyond_sweep:,}")
    if compared.closed_loop:
        lines.append(f"closed-loop rows, which `neuralnav bench calibrate` compares: {compared.closed_loop:,}")
    return lines


def _group(item: GroupError) -> tuple[str, ...]:
    errors = [getattr(item, name) for name in ERROR_COLUMNS]
    shown = ["" if error is None else f"{error:.0%}" for error in errors]
    return (item.model, item.accelerator, item.precision, f"{item.rows:,}", *shown)
