"""A benchmark table laid out for checks: number columns as arrays, configurations as codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import BENCHMARK_SCHEMA

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]

IDENTITY = ("model", "precision", "accelerator", "tp", "pp", "kv_dtype", "memory_utilization", "prompt_tokens",
            "output_tokens")  # fmt: skip
"""What decides the physical limits of a row."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A dataset's rows. `columns` are its numbers, NaN where unknown; `kinds` the distinct identities, one row each.

    `kind_of` has the place of each row's identity in `kinds`.
    """

    name: str
    table: pa.Table
    columns: Mapping[str, Vector]
    kinds: tuple[Mapping[str, Any], ...]  # rows as Arrow gives them
    kind_of: NDArray[np.intp]

    def __getitem__(self, name: str) -> Vector:
        return self.columns[name]

    def text(self, row: int) -> str:
        """Return a row as a message names it: candidate, shape and load."""
        cells = self.table.slice(row, 1).to_pylist()[0]
        candidate = candidate_id(*(cells[name] for name in IDENTITY[:5]))
        load = f"{cells['offered_rps']:g} req/s" if cells["offered_rps"] else f"{cells['concurrency']} in flight"
        return f"{candidate} {cells['prompt_tokens']}x{cells['output_tokens']} at {load}"


def lay_out(name: str, table: pa.Table) -> Frame:
    """Return a dataset laid out. The table has passed the door, or is one of the packaged ones."""
    numbers = {
        field.name: _floats(table[field.name])
        for field in BENCHMARK_SCHEMA
        if field.type != pa.string() and field.name in table.column_names
    }
    missing = [field.name for field in BENCHMARK_SCHEMA if field.name not in table.column_names]
    unknown = np.full(table.num_rows, np.nan)
    codes = np.zeros(table.num_rows, dtype=np.int64)
    for column in IDENTITY:
        encoded = pc.dictionary_encode(table[column].combine_chunks(), null_encoding="encode")
        size = len(encoded.dictionary)
        _, codes = np.unique(codes * size + encoded.indices.to_numpy(), return_inverse=True)
    _, heads = np.unique(codes, return_index=True)
    kinds = table.select(list(IDENTITY)).take(pa.array(heads)).to_pylist()
    return Frame(name, table, {**numbers, **dict.fromkeys(missing, unknown)}, tuple(kinds), codes.astype(np.intp))


def _floats(column: pa.ChunkedArray) -> Vector:
    filled = pc.fill_null(pc.cast(column, pa.float64()), float("nan"))
    return np.asarray(filled.to_numpy(), dtype=np.float64)
