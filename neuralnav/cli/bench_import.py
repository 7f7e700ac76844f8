"""`neuralnav bench import`: reports of other tools into a dataset that plans can use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.import_text import echo_import
from neuralnav.cli.output import format_option
from neuralnav.errors import Diagnostic, ExitCode, InputError, Where
from neuralnav.evidence import COMPLETE_POINTS, ENGINE, select
from neuralnav.files.data import load_catalog, load_project
from neuralnav.files.parquet import read_table, write_table
from neuralnav.files.places import PROJECT_NAME, find_root, show
from neuralnav.files.reports import read_bytes, read_sidecar
from neuralnav.imports.complete import Row
from neuralnav.imports.report import MEASURED, Imported, read_report, stated_facts
from neuralnav.imports.runs import as_table
from neuralnav.imports.said import Fault, Said
from neuralnav.model.base import to_camel
from neuralnav.model.bench_report import ImportedCurve, ImportedFile, ImportReport, Use, WrittenTable
from neuralnav.model.catalog import PRECISIONS, Catalog
from neuralnav.model.document import Parsed
from neuralnav.model.plan import candidate_id
from neuralnav.model.project import Project
from neuralnav.model.sidecar import FORMATS, BenchmarkSidecar, ReportFormat
from neuralnav.model.tables import METRICS, SETTINGS, conform
from neuralnav.report import problem
from neuralnav.serving.settings import DEFAULT_SETTINGS

TOLD_APART = 5
"""Up to so many load points with the same problem are listed each; more are told at the first. JSON has them all."""

FOLDER = Path("benchmarks", "measured")
COUNT = click.IntRange(1)
RATE = click.FloatRange(0, min_open=True)
SHARE = click.FloatRange(0, 1)

FACTS: Sequence[tuple[str, Any, str]] = (
    ("--model", str, "Catalog id of the model."),
    ("--precision", click.Choice(PRECISIONS), "Precision of the weights as served."),
    ("--accelerator", str, "Catalog id of the accelerator."),
    ("--tp", COUNT, "Tensor parallelism."),
    ("--pp", COUNT, "Pipeline stages. [1]"),
    ("--replicas", COUNT, "Replicas behind the report's totals. [1]"),
    ("--engine", str, "The engine. [vllm]"),
    ("--engine-version", str, "Its version, such as 0.19.0."),
    ("--kv-dtype", click.Choice(["auto", "fp8"]), "Type of the KV cache."),
    ("--max-num-seqs", COUNT, "The scheduler's limit of sequences."),
    ("--max-num-batched-tokens", COUNT, "The scheduler's limit of tokens in a step."),
    ("--memory-utilization", click.FloatRange(0, 1, min_open=True), "Share of the memory that the engine takes."),
    ("--prefix-hit-share", SHARE, "Share of prompt tokens in the prefix cache. [0]"),
    ("--prompt-tokens", COUNT, "Tokens of a prompt. [the measured mean]"),
    ("--output-tokens", COUNT, "Tokens of an answer. [the measured mean]"),
    ("--offered-rps", RATE, "Requests offered per second, all replicas."),
    ("--concurrency", COUNT, "Requests in flight, all replicas."),
    ("--arrival", click.Choice(["poisson", "constant", "closed", "unstated"]), "How requests arrived."),
    ("--date", click.DateTime(["%Y-%m-%d"]), "The day of the run."),
)

F = TypeVar("F", bound=Callable[..., Any])
STATED = "neuralnav.imports.stated"
"""Where click's context keeps the facts that options gave."""


def _fact_options(function: F) -> F:
    """Add an option for each fact that a report may lack."""
    for name, kind, text in reversed(FACTS):
        function = click.option(name, type=kind, help=text, expose_value=False, callback=_state)(function)
    return function


def _state(context: click.Context, option: click.Parameter, value: Any) -> None:  # click's values
    if value is not None and option.name is not None:
        plain = value.date().isoformat() if isinstance(value, datetime) else value
        context.meta.setdefault(STATED, {})[option.name] = Said(plain, option.opts[0])


@dataclass(frozen=True, slots=True)
class _Read:
    """A report that was read, under the name that messages give it, and what is wrong with it."""

    name: str
    found: Imported
    problems: tuple[Diagnostic, ...]


@click.command(
    name="import",
    epilog="What a report lacks comes from options, or from FILE.neuralnav.yaml beside it. See docs/benchmarks.md.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "read_as", type=click.Choice(FORMATS), help="The format. [as it looks]")
@_fact_options
@click.option("--out", type=click.Path(path_type=Path), help=f"The dataset's folder. [{FOLDER}]")
@click.option("--dry-run", is_flag=True, help="Say what would be written.")
@click.option("--skip-bad", is_flag=True, help="Import what can be used, and name what cannot.")
@format_option
@click.pass_context
def command(
    context: click.Context, files: tuple[Path, ...], out: Path | None, *, read_as: ReportFormat | None, dry_run: bool,
    skip_bad: bool, form: str,
) -> int:  # fmt: skip
    """Import benchmark reports: GuideLLM, vLLM bench serve, llm-d-benchmark, aiconfigurator, the earlier NeuralNav.

    Nothing is written when any load point is refused, unless --skip-bad is given. Importing again changes nothing.
    """
    root = find_root(Path.cwd())
    project = load_project(root)
    catalog = load_catalog([root / path for path in project.spec.catalogs])
    stated = context.meta.get(STATED, {})
    read, problems = _read_all(files, read_as, stated, catalog)
    rows = [row for file in read for row in file.found.rows]
    if (problems and not skip_bad) or not rows:
        if form == "json":
            echo_import(_refusal(read, dry_run=dry_run), form)
            return ExitCode.BAD_INPUT
        raise InputError(_gathered(problems))
    folder = out or root / FOLDER
    tables = _tables(folder, rows)
    report = ImportReport(
        exit_code=ExitCode.DONE,
        dry_run=dry_run,
        files=tuple(_reported(file) for file in read),
        curves=tuple(_curves(rows, list(tables.values()))),
        written=tuple(_write(path, table, dry_run=dry_run) for path, table in tables.items()),
        advice=_advice(folder, root, project),
    )
    echo_import(report, form)
    return report.exit_code


def _refusal(read: Sequence[_Read], *, dry_run: bool) -> ImportReport:
    """Return the report of a call that wrote nothing because something was refused."""
    files = tuple(_reported(file) for file in read)
    advice = "nothing was written; mend what was refused, or pass --skip-bad"
    return ImportReport(
        exit_code=ExitCode.BAD_INPUT, dry_run=dry_run, files=files, curves=(), written=(), advice=advice
    )


def _gathered(problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the problems with those that many load points of a file share told once, at the first of them."""
    shared: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for item in problems:
        shared.setdefault((item.where.file, item.message.partition(": ")[2] or item.message, item.hint), []).append(
            item
        )
    return [
        same if len(group) <= TOLD_APART else replace(same, message=f"{same.message} (and {len(group) - 1} more alike)")
        for group in shared.values()
        for same in (group if len(group) <= TOLD_APART else group[:1])
    ]


def _read_all(
    files: Sequence[Path], read_as: ReportFormat | None, stated: Mapping[str, Said], catalog: Catalog
) -> tuple[list[_Read], list[Diagnostic]]:
    """Return every report with its rows, and every problem of every report; one bad file does not hide the others."""
    read: list[_Read] = []
    problems: list[Diagnostic] = []
    for path in dict.fromkeys(files):
        try:
            raw, sidecar = read_bytes(path), read_sidecar(path)
        except InputError as error:
            problems.extend(error.diagnostics)
            read.append(_Read(show(path), Imported("", (), (), 0), error.diagnostics))
            continue
        facts, wanted = {**stated}, read_as
        if sidecar is not None:
            wanted = read_as or sidecar.document.spec.format
            facts = {**stated_facts(sidecar.document.spec, _places(sidecar)), **stated}
        found = read_report(raw, facts, catalog, wanted)
        read.append(_Read(show(path), found, tuple(_diagnostic(show(path), fault) for fault in found.faults)))
        problems.extend(read[-1].problems)
    return read, problems


def _places(sidecar: Parsed[BenchmarkSidecar]) -> Callable[[str], str]:
    def place(name: str) -> str:
        where = sidecar.where("spec", to_camel(name))
        return f"{where.file}:{where.line}"

    return place


def _diagnostic(name: str, fault: Fault) -> Diagnostic:
    message = f"{fault.path}: {fault.message}" if fault.path else fault.message
    return Diagnostic(Where(name), message, fault.hint)


def _reported(file: _Read) -> ImportedFile:
    found = file.found
    refused = tuple(problem(item) for item in file.problems)
    return ImportedFile(
        file=file.name, format=found.format, points=found.points, rows=len(found.rows), notes=found.notes,
        refused=refused,
    )  # fmt: skip


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


def _write(path: Path, table: pa.Table, *, dry_run: bool) -> WrittenTable:
    changed = not path.exists() or not read_table(path).equals(table)
    if changed and not dry_run:
        write_table(table, path)
    return WrittenTable(file=show(path), rows=table.num_rows, changed=changed)


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
        yield ImportedCurve(
            candidate=candidate, prompt_tokens=prompt, output_tokens=output, arrival=arrival, rows=len(own), use=use,
            why=WHY[use] if use != "partial" else _lacks(own),
        )  # fmt: skip


WHY: Mapping[Use, str] = {
    "complete": "replaces the simulated curve",
    "prediction": "of another model: never corrects ours",
}


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


def _advice(folder: Path, root: Path, project: Project) -> str:
    """Return what is left to do so that plans see the dataset."""
    absolute = folder.resolve()
    listed = [(root / path).resolve() for path in project.spec.benchmarks if "://" not in path]
    if any(absolute.is_relative_to(path) for path in listed):
        return f"{PROJECT_NAME} lists {show(folder)} already"
    inside = absolute.is_relative_to(root.resolve())
    name = absolute.relative_to(root.resolve()).as_posix() if inside else str(absolute)
    entries = ", ".join([*project.spec.benchmarks, name])
    return f"add it to {PROJECT_NAME}, under spec:  benchmarks: [{entries}]"
