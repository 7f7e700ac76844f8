"""Arrow tables as bytes, and kept as such."""

from collections.abc import Callable

import pyarrow as pa

from neuralnav.files.cache import kept


def kept_table(kind: str, key: str, compute: Callable[[], pa.Table]) -> pa.Table:
    """Return the table kept under `key`, computed and kept when it is not there whole."""
    return unpacked(kept(kind, key, lambda: packed(compute())))


def packed(table: pa.Table) -> bytes:
    """Return a table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(content: bytes) -> pa.Table:
    """Return the table of such bytes."""
    return pa.ipc.open_stream(content).read_all()
