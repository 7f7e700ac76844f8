"""Benchmark rows in Parquet files: read through the door, written atomically, kept by evidence id.

Imported where rows are needed: a compile whose load curves are kept needs none, and the import costs it 30 ms.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.cache import content_key, find, keep
from neuralnav.files.lfs import MOST_BYTES, refuse_pointer
from neuralnav.files.packed import packed, unpacked
from neuralnav.files.places import show
from neuralnav.files.writes import signals_held
from neuralnav.model.tables import BENCHMARK_SCHEMA, PLAN_COLUMNS, conform

CURVES = "curves"
PART_PREFIX = ".part-"
"""Of a file that is being written: hidden, and not named `.parquet`, so in no dataset."""


OUTCOME_MARKS = frozenset({"version", "workload", "plan", "mean_rps"})
"""Columns that outcomes have, and no benchmark."""

OUTCOMES_HERE = "these are outcomes of plans, no benchmark rows"
OUTCOMES_GO = (
    "list their folder in neuralnav.yaml under spec.outcomes, or compare them: neuralnav bench calibrate --with FOLDER"
)


def read_table(path: Path | str, filesystem: Any = None) -> pa.Table:  # pyarrow has no stubs
    """Return a benchmark file's rows, checked at the door.

    Raises `InputError` naming the file, and the row and column of every kind of fault.
    """
    name = show(path) if isinstance(path, Path) else path
    try:
        source = filesystem.open_input_file(path) if filesystem is not None else str(path)
        with pq.ParquetFile(source) as file:
            observed = OUTCOME_MARKS.issubset(file.schema_arrow.names)
            table = file.read(columns=[n for n in BENCHMARK_SCHEMA.names if n in file.schema_arrow.names])
    except (OSError, pa.ArrowException) as error:
        if isinstance(path, Path) and path.is_file():
            with path.open("rb") as start:
                refuse_pointer(start.read(MOST_BYTES), name)
        raise input_error(
            name, f"not a readable Parquet file: {str(error).splitlines()[0]}", "export it again"
        ) from None
    if observed:
        raise input_error(name, OUTCOMES_HERE, OUTCOMES_GO)
    table, faults = conform(table)
    if faults:
        raise InputError([Diagnostic(Where(name, fault.row), fault.message, fault.hint) for fault in faults])
    return table


def holds_outcomes(path: Path) -> bool:
    """Tell by its columns whether a file is of a dataset of outcomes; one that cannot be read is of none."""
    try:
        with pq.ParquetFile(str(path)) as file:
            return OUTCOME_MARKS.issubset(file.schema_arrow.names)
    except (OSError, pa.ArrowException):
        return False


def may_hold_source(path: Path | str, source: str, filesystem: Any = None) -> bool:
    """Tell from one column whether a benchmark file may hold rows of a source; one that cannot be read may."""
    try:
        opened = filesystem.open_input_file(path) if filesystem is not None else str(path)
        with pq.ParquetFile(opened) as file:
            return source in file.read(columns=["source"])["source"].unique().to_pylist()
    except (OSError, KeyError, pa.ArrowException):
        return True


def read_packaged(path: Path, shape: tuple[int, int]) -> pa.Table | None:
    """Return the columns of a packaged file that plans need, or None when it holds no row of the shape.

    Our own tables pass the door in a test; here they are only read.
    """
    with pq.ParquetFile(path) as file:
        return file.read(columns=list(PLAN_COLUMNS)) if _may_hold(file.metadata, shape) else None


def _may_hold(metadata: Any, shape: tuple[int, int]) -> bool:  # pyarrow has no stubs
    """Tell from the row groups' statistics whether a file may hold rows of a shape."""
    wanted = dict(zip(("prompt_tokens", "output_tokens"), shape, strict=True))
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        columns = [group.column(position) for position in range(group.num_columns)]
        ranges = {c.path_in_schema: c.statistics for c in columns if c.path_in_schema in wanted}
        if len(ranges) < len(wanted) or any(s is None or not s.has_min_max for s in ranges.values()):
            return True
        if all(ranges[name].min <= value <= ranges[name].max for name, value in wanted.items()):
            return True
    return False


class CurveCache:
    """Simulated rows by evidence id, as far as plans need them."""

    def get(self, key: str) -> pa.Table | None:
        """Return the rows kept under a key by this version of the code, or None when they are not there whole."""
        found = find(CURVES, content_key([key.encode()]))
        return None if found is None else unpacked(found)

    def put(self, key: str, rows: pa.Table) -> None:
        """Keep rows; a cache that cannot be written is no error."""
        keep(CURVES, content_key([key.encode()]), packed(rows.select(PLAN_COLUMNS)))


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as one Parquet file, atomically. Raises `InputError` where that cannot be."""
    write_tables({path: table})


def write_tables(tables: Mapping[Path, pa.Table]) -> None:
    """Write each table as a Parquet file: all of them, or none where one cannot be written.

    A kill leaves whole files, and none of them new unless it falls between two renames. Raises `InputError` for the
    file that cannot be written.
    """
    with ExitStack() as stack:
        staged = {path: stack.enter_context(_staged(table, path)) for path, table in tables.items()}
        with signals_held():
            for path, part in staged.items():
                with _writable(path):
                    part.replace(path)


@contextmanager
def _staged(table: pa.Table, path: Path) -> Iterator[Path]:
    """Write a table beside its place and yield that file; it is gone in the end, renamed or removed.

    Measured figures repeat too rarely for a dictionary to pay, and of one row, as an outcome is, each cell is a page of
    its own: unpacking those would take two thirds of the time to read it. Its pages have checksums in place of that.
    """
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 12, "use_dictionary": words}
    if table.num_rows == 1:
        options = {
            "compression": "none",
            "use_dictionary": False,
            "write_statistics": False,
            "write_page_checksum": True,
        }
    with _writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "a folder has its name")
        _remove_abandoned(path.parent)
        handle, name = tempfile.mkstemp(prefix=PART_PREFIX, dir=path.parent)
    part = Path(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _writable(path):
            pq.write_table(table, part, **options)
            part.chmod(0o644)
        yield part
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove what killed writers left: a living one holds a lock on its file, and has written to it by then."""
    for part in folder.glob(f"{PART_PREFIX}*"):
        with suppress(OSError), part.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if part.stat().st_size:
                part.unlink()


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Say which file cannot be written, and why."""
    try:
        yield
    except OSError as error:
        in_the_way = isinstance(error, FileExistsError)
        reason = "a file stands where its folder should" if in_the_way else (error.strerror or str(error)).lower()
        raise input_error(show(path), f"cannot be written: {reason}", "give another folder with --out") from None
