"""Benchmark rows in Parquet files: read through the door, written atomically, kept by evidence id.

Imported where rows are needed: a compile whose load curves are kept needs none, and the import costs it 30 ms.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.cache import content_key, find, keep, packed, replace_file, unpacked
from neuralnav.files.places import show
from neuralnav.model.tables import BENCHMARK_SCHEMA, PLAN_COLUMNS, conform

CURVES = "curves"


def read_table(path: Path | str, filesystem: Any = None) -> pa.Table:  # pyarrow has no stubs
    """Return a benchmark file's rows, checked at the door.

    Raises `InputError` naming the file, and the row and column of every kind of fault.
    """
    name = show(path) if isinstance(path, Path) else path
    try:
        source = filesystem.open_input_file(path) if filesystem is not None else str(path)
        with pq.ParquetFile(source) as file:
            table = file.read(columns=[n for n in BENCHMARK_SCHEMA.names if n in file.schema_arrow.names])
    except (OSError, pa.ArrowException) as error:
        raise input_error(
            name, f"not a readable Parquet file: {str(error).splitlines()[0]}", "export it again"
        ) from None
    table, faults = conform(table)
    if faults:
        raise InputError([Diagnostic(Where(name, fault.row), fault.message, fault.hint) for fault in faults])
    return table


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
    """Write a table as one Parquet file, atomically. Measured figures repeat too rarely for a dictionary to pay."""
    words = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    replace_file(
        path,
        lambda part: pq.write_table(table, part, compression="zstd", compression_level=12, use_dictionary=words),
    )
