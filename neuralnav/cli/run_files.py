"""Measured runs named on a command line: Parquet datasets, reports of other tools as one table, and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from neuralnav.cli.reports import ReportRead, Stated, read_reports
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.outcomes import read_outcomes
from neuralnav.files.parquet import holds_outcomes, read_table
from neuralnav.files.places import show
from neuralnav.files.reports import is_parquet
from neuralnav.imports.runs import as_table
from neuralnav.model.bench_report import ImportedFile
from neuralnav.model.catalog import Catalog
from neuralnav.model.outcome import Outcome
from neuralnav.model.tables import BENCHMARK_SCHEMA, conform, once, repeated
from neuralnav.report import problem

PARQUET = "parquet"
OUTCOMES = "outcomes"

MIXED = "these are benchmark rows among outcomes: no plan can use such a folder"
APART = "keep them in a folder of their own: neuralnav.yaml names it under spec.benchmarks"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The rows of files that were named, each once, and what was found in each file.

    `problems` are all of them, `shared` those that no file has alone. `is_dataset` tells that a plan can use the files
    as they are, because none of them is a report; `observed` are those among them that hold outcomes.
    """

    rows: pa.Table
    outcomes: tuple[Outcome, ...]
    files: tuple[ImportedFile, ...]
    problems: tuple[Diagnostic, ...]
    shared: tuple[Diagnostic, ...]
    is_dataset: bool
    observed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Dataset:
    """A Parquet file, or a folder of them, that was read; what is wrong with some of it leaves no row of it."""

    name: str
    rows: pa.Table
    outcomes: tuple[Outcome, ...]
    observed: tuple[Path, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    def summary(self) -> ImportedFile:
        refused = tuple(problem(item) for item in self.problems)
        count = self.rows.num_rows + len(self.outcomes)
        kind = OUTCOMES if self.observed and not self.rows.num_rows else PARQUET
        return ImportedFile(file=self.name, format=kind, points=count, rows=count, notes=(), refused=refused)


def read_runs(files: Sequence[Path], stated: Stated, catalog: Catalog) -> RunFiles:
    """Return the rows of all files, and every problem of every file.

    A load point that stands in a dataset, and in the report that it was imported from, counts once. Raises
    `InputError` when options say something of reports, and none is among the files.
    """
    named = list(dict.fromkeys(files))
    datasets = {path: _read_dataset(path) for path in named if path.is_dir() or is_parquet(path)}
    reports = [path for path in named if path not in datasets]
    if not reports and not stated.is_empty:
        option = next(iter(fact.path for fact in stated.facts.values()), "--from")
        raise input_error(option, "a dataset says this of each of its rows", "this option is for reports")
    read = dict(zip(reports, read_reports(reports, stated, catalog), strict=True))
    held = pa.concat_tables([BENCHMARK_SCHEMA.empty_table(), *(item.rows for item in datasets.values())])
    imported, shared = _imported(list(read.values()))
    rows = once(pa.concat_tables([held, imported]))
    outcomes, twice = _outcomes([file for item in datasets.values() for file in item.observed])
    shared += twice if not any(item.problems for item in datasets.values()) else []
    names = ", ".join(show(path) for path in named)
    shared += [Diagnostic(Where(names), fault.message, fault.hint) for fault in repeated(rows)]
    items: list[_Dataset | ReportRead] = [datasets.get(path) or read[path] for path in named]
    return RunFiles(
        rows=rows,
        outcomes=outcomes,
        files=tuple(item.summary() for item in items),
        problems=(*chain.from_iterable(item.problems for item in items), *shared),
        shared=tuple(shared),
        is_dataset=not reports,
        observed=tuple(path for path, item in datasets.items() if item.observed),
    )


def _read_dataset(path: Path) -> _Dataset:
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    tables, problems = [BENCHMARK_SCHEMA.empty_table()], []
    if not files:
        hint = "name reports of other tools one by one"
        problems.append(Diagnostic(Where(show(path)), "no Parquet file is here", hint))
    observed = tuple(file for file in files if holds_outcomes(file))
    for file in (file for file in files if file not in observed):
        try:
            tables.append(read_table(file))
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        if observed:
            problems.append(Diagnostic(Where(show(file)), MIXED, APART))
    outcomes, faults = _outcomes(observed)
    problems.extend(faults)
    rows = tables[0] if problems else pa.concat_tables(tables)
    return _Dataset(show(path), rows, () if problems else outcomes, observed, tuple(problems))


def _outcomes(files: Sequence[Path]) -> tuple[tuple[Outcome, ...], list[Diagnostic]]:
    try:
        return read_outcomes([str(file) for file in files]), []
    except InputError as error:
        return (), list(error.diagnostics)


def _imported(reports: Sequence[ReportRead]) -> tuple[pa.Table, list[Diagnostic]]:
    """Return the rows of reports as an import would write them, and what the table's own door refuses of them."""
    rows = [row for report in reports for row in report.found.rows]
    table, faults = conform(as_table(rows))
    names = ", ".join(report.name for report in reports if report.found.rows)
    return table, [Diagnostic(Where(names), fault.message, fault.hint) for fault in faults]
