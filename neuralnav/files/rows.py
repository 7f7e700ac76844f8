"""Tables of text: CSV files, plain or gzipped, as rows by column name."""

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from neuralnav.errors import input_error

GZIP = b"\x1f\x8b"


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file that has at least these columns; raises InputError where it cannot be read."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw.startswith(GZIP) else raw).decode("utf-8-sig")
    except OSError as error:
        raise input_error(str(path), f"cannot be read: {error.strerror or error}", "name a CSV file") from error
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise input_error(str(path), "is not a CSV file in UTF-8, plain or gzipped", "name another file") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        shown = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
        raise input_error(str(path), f"lacks the columns {shown}", "docs/benchmarks.md lists what the table needs")
    try:
        return list(reader)
    except csv.Error as error:
        raise input_error(f"{path}:{reader.line_num}", f"cannot be read: {error}", "mend the row") from error
