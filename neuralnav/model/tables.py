"""The benchmark table: its Arrow schema, its quantisation, and what a row must obey to pass the door.

One row is one load point of one configuration. Times are milliseconds, rates are per second and per replica.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.model.quantity import RATE_DIGITS
from neuralnav.model.sidecar import SIMULATOR

METRICS = ("ttft", "itl", "e2e")
STATISTICS = ("mean", "p50", "p90", "p95", "p99")
LATENCIES = tuple(f"{metric}_{statistic}_ms" for metric in METRICS for statistic in STATISTICS)
SAMPLING = tuple(f"{metric}_{statistic}_ci" for metric in METRICS for statistic in STATISTICS[1:])
TPOT = tuple(f"tpot_{statistic}_ms" for statistic in STATISTICS)
"""A request's mean gap, over requests: what many reports give in place of the gaps themselves. Never mixed with ITL."""

SOURCES = ("measured", "simulated", "interpolated", "predicted")

CONFIGURATION = ("model", "precision", "accelerator", "tp", "pp", "engine", "engine_version")
SETTINGS = ("kv_dtype", "max_num_seqs", "max_num_batched_tokens", "memory_utilization", "prefix_hit_share")
SHAPE = ("prompt_tokens", "output_tokens", "arrival", "burst_size")
LOAD = ("offered_rps", "concurrency")
KEY = (*CONFIGURATION, *SETTINGS, *SHAPE, *LOAD, "source", "origin", "evidence_id", "date")
"""Two rows with one key are one load point twice."""

LONGEST_TEXT = 200
PLAIN_TEXT = r"^[A-Za-z0-9]([A-Za-z0-9._+:/ -]*[A-Za-z0-9])?$"
MS_DIGITS = 1
SAMPLING_DIGITS = 3
"""Latencies are kept to 0.1 ms and sampling errors to 0.1 %, so that no later sum depends on a last bit."""

_TEXT = pa.string()
_NULLABLE = {"offered_rps", "concurrency", "kv_dtype", "max_num_seqs", "max_num_batched_tokens", "memory_utilization",
             "achieved_rps", "output_tokens_per_s", "date", "ttft_interval", "itl_interval", "e2e_interval",
             "requests", *LATENCIES, *TPOT, *SAMPLING}  # fmt: skip

BENCHMARK_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=name in _NULLABLE)
        for name, kind in (
            ("model", _TEXT),
            ("precision", _TEXT),
            ("accelerator", _TEXT),
            ("tp", pa.int32()),
            ("pp", pa.int32()),
            ("engine", _TEXT),
            ("engine_version", _TEXT),
            ("kv_dtype", _TEXT),
            ("max_num_seqs", pa.int32()),
            ("max_num_batched_tokens", pa.int32()),
            ("memory_utilization", pa.float64()),
            ("prefix_hit_share", pa.float64()),
            ("prompt_tokens", pa.int32()),
            ("output_tokens", pa.int32()),
            ("arrival", _TEXT),
            ("burst_size", pa.float64()),
            ("offered_rps", pa.float64()),
            ("concurrency", pa.int32()),
            ("achieved_rps", pa.float64()),
            ("output_tokens_per_s", pa.float64()),
            *((name, pa.float64()) for name in (*LATENCIES, *TPOT, *SAMPLING)),
            ("ttft_interval", pa.float64()),
            ("itl_interval", pa.float64()),
            ("e2e_interval", pa.float64()),
            ("requests", pa.int32()),
            ("source", _TEXT),
            ("evidence_id", _TEXT),
            ("date", _TEXT),
            ("origin", _TEXT),
        )
    ]
)
"""The columns in order. `*_interval` is the relative half-width of the 90 % interval of that metric's p95: how far off
the model may be. `*_ci` is that of the 95 % confidence interval of one percentile from sampling alone: how far off the
row's number of requests may be."""


PLAN_COLUMNS = (
    "model", "precision", "accelerator", "tp", "pp", "engine", "engine_version", *SETTINGS, "prompt_tokens",
    "output_tokens", "arrival", "offered_rps", "achieved_rps", "ttft_p95_ms", "itl_p95_ms", "e2e_p95_ms",
    "e2e_mean_ms", "ttft_interval", "itl_interval", "e2e_interval", "source", "evidence_id", "burst_size",
    "origin", "date",
)  # fmt: skip
"""The columns that a plan is made from."""


@dataclass(frozen=True, slots=True)
class TableFault:
    """A row (counted from 1; 0 for the whole table) and column that break the schema or physics."""

    row: int
    column: str
    message: str
    hint: str = ""


def quantise(table: pa.Table) -> pa.Table:
    """Return the table with latencies, rates and sampling errors rounded to the precision in which they are kept."""
    for index, name in enumerate(table.column_names):
        if name in LATENCIES or name in TPOT:
            table = table.set_column(index, table.field(index), pc.round(table[name], MS_DIGITS))
        elif name in ("offered_rps", "achieved_rps", "output_tokens_per_s"):
            table = table.set_column(index, table.field(index), pc.round(table[name], RATE_DIGITS))
        elif name in SAMPLING:
            table = table.set_column(index, table.field(index), pc.round(table[name], SAMPLING_DIGITS))
    return table


def widened(table: pa.Table) -> pa.Table:
    """Return the table with every column of the schema, in its order: the nullable ones that it lacks are null.

    A table that was written before a nullable column was added stays readable so. Raises `KeyError` for another.
    """
    columns = [
        pa.nulls(table.num_rows, field.type)
        if field.nullable and field.name not in table.column_names
        else table[field.name]
        for field in BENCHMARK_SCHEMA
    ]
    return pa.table(columns, names=BENCHMARK_SCHEMA.names)


def conform(table: pa.Table) -> tuple[pa.Table, tuple[TableFault, ...]]:
    """Return the table with exactly the schema's columns, types and order, quantised, and every fault found in it.

    The table is usable only when there is no fault. Unknown columns are dropped; missing nullable ones are null.
    """
    missing = [
        TableFault(0, field.name, f'column "{field.name}" is missing', f"it holds {field.type}; see docs/formats.md")
        for field in BENCHMARK_SCHEMA
        if field.name not in table.column_names and not field.nullable
    ]
    if missing:
        return BENCHMARK_SCHEMA.empty_table(), tuple(missing)
    columns, faults = [], []
    for field in BENCHMARK_SCHEMA:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            columns.append(table[field.name].cast(field.type))
        except pa.ArrowInvalid as error:
            faults.append(
                TableFault(0, field.name, f"{field.name} cannot be read as {field.type}: {_first_line(error)}")
            )
        except pa.ArrowNotImplementedError:
            faults.append(TableFault(0, field.name, f"{field.name} holds {table[field.name].type}, not {field.type}"))
    if faults:
        return BENCHMARK_SCHEMA.empty_table(), tuple(faults)
    nullable = pa.schema([pa.field(field.name, field.type) for field in BENCHMARK_SCHEMA])
    whole = pa.Table.from_arrays(columns, schema=nullable)
    whole = quantise(whole)
    faults = [fault for check in (_nulls, _values, _texts, _orders) for fault in check(whole)]
    whole = distinct(whole)
    faults += repeated(whole)
    return (whole.cast(BENCHMARK_SCHEMA), ()) if not faults else (BENCHMARK_SCHEMA.empty_table(), tuple(faults))


def _nulls(table: pa.Table) -> Iterator[TableFault]:
    for field in BENCHMARK_SCHEMA:
        if not field.nullable:
            yield from _where(table, field.name, pc.is_null(table[field.name]), "is null", "every row needs it")
    ours = pc.is_in(table["source"], value_set=pa.array(["simulated", "interpolated"]))
    complete = pc.and_(ours, pc.not_equal(table["engine"], SIMULATOR))
    for name in ("offered_rps", "achieved_rps", *LATENCIES):
        bad = pc.and_(complete, pc.is_null(table[name]))
        yield from _where(table, name, bad, "is null", "only a measured or predicted row may leave a metric out")
    neither = pc.and_(pc.is_null(table["offered_rps"]), pc.is_null(table["concurrency"]))
    yield from _where(table, "offered_rps", neither, "is null, and so is concurrency", "give the load of the row")


def _values(table: pa.Table) -> Iterator[TableFault]:
    known = pc.is_in(table["source"], value_set=pa.array(SOURCES))
    yield from _where(table, "source", pc.invert(known), "is none of " + ", ".join(SOURCES))
    for field in BENCHMARK_SCHEMA:
        if not pa.types.is_floating(field.type):
            continue
        column = table[field.name]
        finite = pc.is_finite(column)
        yield from _where(table, field.name, pc.invert(finite), "is not a finite number")
        floor_open = field.name in (*LATENCIES, *TPOT, "offered_rps", "memory_utilization")
        low = pc.less_equal(column, 0.0) if floor_open else pc.less(column, 0.0)
        yield from _where(table, field.name, pc.and_(finite, low), "is not above zero" if floor_open else "is negative")
    for name in ("tp", "pp", "prompt_tokens", "output_tokens", "concurrency", "requests"):
        yield from _where(table, name, pc.less_equal(table[name], 0), "is not above zero")


def _texts(table: pa.Table) -> Iterator[TableFault]:
    for field in BENCHMARK_SCHEMA:
        if field.type == _TEXT:
            long = pc.greater(pc.utf8_length(table[field.name]), LONGEST_TEXT)
            yield from _where(table, field.name, long, f"is longer than {LONGEST_TEXT} characters")
            plain = pc.match_substring_regex(table[field.name], PLAIN_TEXT)
            yield from _where(
                table, field.name, pc.invert(plain), "is not a plain name", "use letters, digits and ._+:/-"
            )


def _orders(table: pa.Table) -> Iterator[TableFault]:
    for metric in (*METRICS, "tpot"):
        for lower, upper in (("p50", "p90"), ("p90", "p95"), ("p95", "p99")):
            low, high = f"{metric}_{lower}_ms", f"{metric}_{upper}_ms"
            yield from _where(table, high, pc.less(table[high], table[low]), f"is below {low}")
    for statistic in ("mean", "p50"):
        ttft, e2e = f"ttft_{statistic}_ms", f"e2e_{statistic}_ms"
        yield from _where(table, e2e, pc.less(table[e2e], table[ttft]), f"is below {ttft}")


def distinct(table: pa.Table) -> pa.Table:
    """Return the table with each row once, in the order of their first appearance."""
    once = table.group_by(table.column_names, use_threads=False).aggregate([])
    return table if once.num_rows == table.num_rows else once


def once(table: pa.Table) -> pa.Table:
    """Return the table with each measurement once, whatever evidence ids it goes by: that of its first row stays.

    Rows come in the order of their first appearance, so rows that are appended change none before them.
    """
    own = [name for name in table.column_names if name != "evidence_id"]
    single = table.group_by(own, use_threads=False).aggregate([("evidence_id", "first")])
    return single.rename_columns([*own, "evidence_id"]).select(table.column_names).cast(table.schema)


def repeated(table: pa.Table) -> Iterator[TableFault]:
    """Yield a fault when load points are given twice with different numbers."""
    counted = table.group_by(list(KEY), use_threads=False).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1))
    if twice.num_rows:
        first = twice.slice(0, 1).to_pylist()[0]
        point = ", ".join(
            f"{name} {first[name]}" for name in (*CONFIGURATION[:4], "prompt_tokens", *LOAD) if first[name]
        )
        message = f"{twice.num_rows} load points are given twice with different numbers; the first: {point}"
        yield TableFault(
            0, "", message, "keep one row for each load point, or give each run its own evidence_id or date"
        )


def _where(table: pa.Table, column: str, bad: pa.ChunkedArray, message: str, hint: str = "") -> Iterator[TableFault]:
    """Yield one fault for the first bad row, with how many more there are. A null in `bad` is not bad."""
    rows: Sequence[int] = pc.indices_nonzero(pc.fill_null(bad, fill_value=False)).to_pylist()  # Arrow's signature
    if rows:
        value = table[column][rows[0]].as_py()
        more = f" (and {len(rows) - 1} more rows)" if len(rows) > 1 else ""
        shown = "" if value is None else f" {value}"
        yield TableFault(rows[0] + 1, column, f"{column}{shown} {message}{more}", hint)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
