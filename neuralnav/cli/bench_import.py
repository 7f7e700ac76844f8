"""`neuralnav bench import`: reports of other tools into a dataset that plans can use."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.advice import advice
from neuralnav.cli.import_text import echo_import
from neuralnav.cli.output import format_option
from neuralnav.cli.reports import ReportCommand, ReportRead, gathered, read_reports, report_options, stated
from neuralnav.errors import Diagnostic, ExitCode, InputError, Where
from neuralnav.evidence import COMPLETE_POINTS, ENGINE, select
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.parquet import read_table, write_tables
from neuralnav.files.places import find_root, show
from neuralnav.imports.complete import Row
from neuralnav.imports.report import MEASURED
from neuralnav.imports.runs import as_table
from neuralnav.model.bench_report import ImportedCurve, ImportReport, Use, WrittenTable
from neuralnav.model.sidecar import SIMULATOR
from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import METRICS, SETTINGS, conform
from neuralnav.serving.settings import DEFAULT_SETTINGS

FOLDER = Path("benchmarks", "measured")


@click.command(
    name="import",
    cls=ReportCommand,
    epilog="What a report lacks comes from options, or from FILE.neuralnav.yaml beside it. See docs/benchmarks.md.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@report_options
@click.option("--out", type=click.Path(path_type=Path), help=f"The dataset's folder. [{FOLDER}]")
@click.option("--dry-run", is_flag=True, help="Say what would be written.")
@format_option
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], out: Path | None, *, dry_run: bool, form: str) -> int:
    """Import benchmark reports: GuideLLM, vLLM bench serve, llm-d-benchmark, aiconfigurator, the earlier NeuralNav.

    Nothing is written when any load point is refused, unless --skip-bad is given. Importing again changes nothing.
    """
    root = find_root(Path.cwd())
    project = load_project(root)
    catalog = load_catalog([root / path for path in project.spec.catalogs])
    said = stated(context)
    read = read_reports(files, said, catalog)
    problems = [item for file in read for item in file.problems]
    rows = [row for file in read for row in file.found.rows]
    if (problems and not said.skip_bad) or not rows:
        if form == "json":
            echo_import(_refusal(read, dry_run=dry_run), form)
            return ExitCode.BAD_INPUT
        raise InputError(gathered(problems))
    folder = out or root / FOLDER
    tables = _tables(folder, rows)
    report = ImportReport(
        exit_code=ExitCode.DONE,
        dry_run=dry_run,
        files=tuple(file.summary() for file in read),
        curves=tuple(_curves(rows, list(tables.values()))),
        written=_write(tables, dry_run=dry_run),
        advice=advice([folder], root, project) if any(row.cells["engine"] != SIMULATOR for row in rows) else "",
    )
    echo_import(report, form)
    return report.exit_code


def _refusal(read: Sequence[ReportRead], *, dry_run: bool) -> ImportReport:
    """Return the report of a call that wrote nothing because something was refused."""
    files = tuple(file.summary() for file in read)
    told = "nothing was written; mend what was refused, or pass --skip-bad"
    return ImportReport(exit_code=ExitCode.BAD_INPUT, dry_run=dry_run, files=files, curves=(), written=(), advice=told)


def _tables(folder: Path, rows: Sequence[Row]) -> dict[Path, pa.Table]:
    """Return what each file of the dataset is to hold: one for each origin and model, earlier imports included.

    Raises `InputError` for rows that the benchmark table's own door refuses, and for a file of the dataset that cannot
    be read.
    """
    grouped: dict[Path, list[Row]] = {}
    for row in rows:
        name = f"{str(row.cells['origin']).replace(' ', '-')}-{row.cells['model']}.parquet"
        grouped.setdefault(folder / name, []).append(row)
    tables: dict[Path, pa.Table] = {}
    problems: list[Diagnostic] = []
    for path, own in sorted(grouped.items()):
        table, faults = conform(as_table(own, read_table(path) if path.exists() else None))
        tables[path] = table
        problems.extend(Diagnostic(Where(show(path), fault.row), fault.message, fault.hint) for fault in faults)
    if problems:
        raise InputError(problems)
    return tables


def _write(tables: Mapping[Path, pa.Table], *, dry_run: bool) -> tuple[WrittenTable, ...]:
    """Write the files that change, all of them or none, and return what each holds."""
    changed = {path: table for path, table in tables.items() if not path.exists() or not read_table(path).equals(table)}
    if not dry_run:
        write_tables(changed)
    return tuple(
        WrittenTable(file=show(path), rows=table.num_rows, changed=path in changed) for path, table in tables.items()
    )


def _curves(rows: Sequence[Row], tables: Sequence[pa.Table]) -> Iterator[ImportedCurve]:
    """Yield what was imported by configuration, shape and arrival process, and how plans use it."""
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    names = ("model", "precision", "accelerator", "tp", "pp", "prompt_tokens", "output_tokens", "arrival", "source")
    for row in rows:
        grouped.setdefault(tuple(row.cells[name] for name in names), []).append(row)
    whole = pa.concat_tables(tables)
    complete = _complete(whole.filter(pc.equal(whole["source"], MEASURED)))
    for key, own in sorted(grouped.items()):
        candidate, (prompt, output, arrival, source) = candidate_id(*key[:5]), key[5:]
        measured = source == MEASURED
        is_complete = measured and arrival == "poisson" and (candidate, prompt, output) in complete
        use: Use = "complete" if is_complete else "partial" if measured else "prediction"
        why = FROM_SIMULATOR if own[0].cells["engine"] == SIMULATOR else WHY[use] if use != "partial" else _lacks(own)
        yield ImportedCurve(
            candidate=candidate, prompt_tokens=prompt, output_tokens=output, arrival=arrival, rows=len(own), use=use,
            why=why,
        )  # fmt: skip


WHY: Mapping[Use, str] = {
    "complete": "replaces the simulated curve",
    "prediction": "of another model: never corrects ours",
}
FROM_SIMULATOR = "taken of the simulator: no plan is judged by it"


def _complete(measured: pa.Table) -> frozenset[tuple[str, int, int]]:
    """Return (candidate, prompt, output) of the measured curves that a plan takes in place of simulated ones."""
    shapes = measured.group_by(["prompt_tokens", "output_tokens"]).aggregate([]).to_pylist()
    return frozenset(
        (candidate, shape["prompt_tokens"], shape["output_tokens"])
        for shape in shapes
        for candidate in select((measured,), shape["prompt_tokens"], shape["output_tokens"]).ids
    )


def _lacks(rows: Sequence[Row]) -> str:
    """Return why rows are no complete curve: the first thing that they lack, as `evidence` judges it."""
    first = rows[0].cells
    if first["arrival"] != "poisson":
        return f"can correct the simulated curve; arrivals are {first['arrival']}, not poisson"
    if first["engine"] != ENGINE:
        return f"not used: plans deploy {ENGINE}, not {first['engine']}"
    for name in SETTINGS:
        planned = getattr(DEFAULT_SETTINGS, name)
        if first[name] not in (None, planned):
            return f"can correct the simulated curve; {name} is {first[name]}, plans use {planned}"
    lacking = [m.upper() for m in METRICS if any(row.cells[f"{m}_p95_ms"] is None for row in rows)]
    if lacking:
        return f"can correct the simulated curve; no p95 of {' and '.join(lacking)}"
    loads = len({row.cells["offered_rps"] for row in rows})
    return f"can correct the simulated curve; {loads} rates in one run, {COMPLETE_POINTS} make a curve"
