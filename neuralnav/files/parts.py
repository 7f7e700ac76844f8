"""Finished curves of a running sweep: a hidden folder beside its output, so that a kill loses seconds of work."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from neuralnav.files.parquet import write_table
from neuralnav.model.tables import BENCHMARK_SCHEMA, distinct, widened

SUFFIX = ".part"
"""Not `.parquet`: a folder of datasets is searched for those, and a part is none."""


class Parts:
    """The part files of one output file."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.folder = output.parent / f".{output.name}.parts"

    def read(self) -> tuple[pa.Table, list[Path]]:
        """Return the rows of the output and of every part, each once, and the files that are no such table."""
        rows, unreadable = [BENCHMARK_SCHEMA.empty_table()], []
        for path in (self.output, *sorted(self.folder.glob(f"*{SUFFIX}"))):
            if path.exists():
                try:
                    with pq.ParquetFile(path) as file:
                        rows.append(widened(file.read()).cast(BENCHMARK_SCHEMA))
                except (OSError, pa.ArrowException, KeyError, ValueError):
                    unreadable.append(path)
        return distinct(pa.concat_tables(rows)), unreadable

    def add(self, rows: pa.Table) -> None:
        """Keep the rows of finished curves, atomically."""
        write_table(rows, self.folder / f"{rows['evidence_id'][0].as_py()}{SUFFIX}")

    def finish(self, rows: pa.Table) -> None:
        """Write the output, atomically, and drop the parts."""
        write_table(rows, self.output)
        self.clear()

    def clear(self) -> None:
        """Drop the parts."""
        shutil.rmtree(self.folder, ignore_errors=True)
