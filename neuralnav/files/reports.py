"""Benchmark reports of other tools and the sidecars beside them, and the datasets that imports keep."""

from pathlib import Path

from neuralnav.errors import input_error
from neuralnav.files.places import read_source, show
from neuralnav.imports.parsing import PARQUET_MAGIC
from neuralnav.model.document import Parsed, load
from neuralnav.model.sidecar import SUFFIX, BenchmarkSidecar

MAX_REPORT_BYTES = 512 << 20
"""Reports that keep every request are large; this is some hundred thousand requests."""


PARQUET_SUFFIX = ".parquet"


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, or should be by its name; one that cannot be read is told by its name alone."""
    if path.suffix == PARQUET_SUFFIX:
        return True
    try:
        if not path.is_file():  # a pipe would be read from
            return False
        with path.open("rb") as stream:
            return stream.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
    except OSError:
        return False


def read_bytes(path: Path) -> bytes:
    """Return a report's bytes. Raises `InputError` when it cannot be read, is no file or is too large."""
    try:
        if path.exists() and not path.is_file():
            raise input_error(show(path), "this is not a file", "name the report itself")
        with path.open("rb") as stream:
            raw = stream.read(MAX_REPORT_BYTES + 1)
    except OSError as error:
        raise input_error(show(path), f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(raw) > MAX_REPORT_BYTES:
        hint = "export it without the requests"
        raise input_error(show(path), f"more than {MAX_REPORT_BYTES:,} bytes is too large", hint)
    return raw


def read_sidecar(report: Path) -> Parsed[BenchmarkSidecar] | None:
    """Return the sidecar beside a report, or None when there is none. Raises `InputError` for one that is wrong."""
    path = report.with_name(report.name + SUFFIX)
    return load(BenchmarkSidecar, read_source(path)) if path.exists() else None
