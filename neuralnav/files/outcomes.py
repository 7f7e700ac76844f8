"""The dataset of outcomes on disk: one small Parquet file for each workload and window, read back through the door."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.datasets import dataset_files
from neuralnav.files.lfs import MOST_BYTES, refuse_pointer
from neuralnav.files.parquet import write_table
from neuralnav.files.places import show
from neuralnav.model.outcome import Outcome
from neuralnav.model.outcome_table import conform, outcomes_of, table_of

USUAL_FOLDER = "outcomes"
"""Below the root of a repository that names no other."""


def outcome_path(folder: Path, outcome: Outcome) -> Path:
    """Return where an outcome lies in a dataset: observed again, the same window replaces what was there."""
    end = outcome.end.replace(":", "")
    name = f"{end}.{outcome.environment}" if outcome.environment else end
    return folder / outcome.namespace / outcome.workload / f"{name}.parquet"


def write_outcome(folder: Path, outcome: Outcome) -> Path:
    """Write an outcome into a dataset, whole or not at all, and return its file.

    Raises `InputError` where it cannot be written, and for an outcome that no reader would let in.
    """
    path = outcome_path(folder, outcome)
    table, faults = conform(table_of([outcome]))
    if faults:
        hint = "compile the workload anew: its lock says what no outcome can"
        raise InputError([Diagnostic(Where(show(path)), fault.message, hint) for fault in faults])
    write_table(table, path)
    return path


def read_outcomes(datasets: Sequence[str]) -> tuple[Outcome, ...]:
    """Return the outcomes of datasets (files, folders, URIs), each window once, by namespace, workload and end.

    A folder that is not there yet, or is empty, holds none. Raises `InputError` with every fault of every file.
    """
    found: dict[tuple[str, ...], tuple[str, Outcome]] = {}
    held, problems = _held(datasets)
    for name, outcome in held:
        key = (outcome.namespace, outcome.workload, outcome.environment, outcome.end)
        other, known = found.setdefault(key, (name, outcome))
        if known != outcome:
            told = f"the window of {outcome.namespace}/{outcome.workload} that ends at {outcome.end}"
            message = f"{told} is in {other} too, with other figures"
            problems.append(Diagnostic(Where(name), message, "remove the file that is wrong"))
    if problems:
        raise InputError(problems)
    return tuple(found[key][1] for key in sorted(found))


def _held(datasets: Sequence[str]) -> tuple[list[tuple[str, Outcome]], list[Diagnostic]]:
    """Return each outcome with the name of its file, and what is wrong with files, in the order of files."""
    held: list[tuple[str, Outcome]] = []
    problems: list[Diagnostic] = []
    alike: list[tuple[str, pa.Table]] = []
    for name, path, filesystem in (file for dataset in datasets for file in _files(dataset)):
        try:
            table = _table(path, filesystem, name)
        except InputError as error:
            problems += error.diagnostics
            continue
        if alike and table.schema != alike[0][1].schema:
            _judge(alike, held, problems)
            alike = []
        alike.append((name, table))
    _judge(alike, held, problems)
    return held, problems


def _judge(alike: Sequence[tuple[str, pa.Table]], held: list[tuple[str, Outcome]], problems: list[Diagnostic]) -> None:
    """Add what tables of the same columns hold, and their faults.

    To judge a thousand rows takes hardly longer than to judge one, so they are judged at once; only where that finds a
    fault, the halves are, down to the files that have it.
    """
    if not alike:
        return
    table, faults = conform(pa.concat_tables([table for _, table in alike]).combine_chunks())
    if faults and len(alike) > 1:
        for half in (alike[: len(alike) // 2], alike[len(alike) // 2 :]):
            _judge(half, held, problems)
        return
    problems += [Diagnostic(Where(alike[0][0], fault.row), fault.message, fault.hint) for fault in faults]
    if not faults:
        names = [name for name, part in alike for _ in range(part.num_rows)]
        held += zip(names, outcomes_of(table), strict=True)


def _files(dataset: str) -> list[tuple[str, Path | str, Any]]:  # pyarrow has no stubs
    """Return (shown name, path, filesystem) of each file of a dataset."""
    if "://" not in dataset:
        path = Path(dataset)
        if not path.exists() or (path.is_dir() and not any(path.rglob("*.parquet"))):
            return []
    files = dataset_files(dataset)
    return [(show(path) if isinstance(path, Path) else str(path), path, filesystem) for filesystem, path in files]


def _table(path: Path | str, filesystem: Any, name: str) -> pa.Table:  # pyarrow has no stubs
    """Return all that a file holds: a column that no outcome has is for the door to refuse."""
    try:
        source = filesystem.open_input_file(path) if filesystem is not None else str(path)
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            return file.read(use_threads=False)  # of so small a file, threads would take twice as long
    except (OSError, pa.ArrowException) as error:
        if isinstance(path, Path) and path.is_file():
            with path.open("rb") as start:
                refuse_pointer(start.read(MOST_BYTES), name)
        hint = "remove it: `neuralnav observe` can write it again while Prometheus keeps the window"
        raise input_error(name, f"not a readable Parquet file: {str(error).splitlines()[0]}", hint) from None
