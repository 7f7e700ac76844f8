"""The table of outcomes: its Arrow schema, what a row must obey to pass the door, and rows as `Outcome` and back.

One row is one workload over one window. It holds figures and names only: no text of a prompt has a column.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.model.base import DNS_LABEL
from neuralnav.model.outcome import OUTCOME_VERSION, PERCENTILES, Achieved, Bounded, Lengths, Outcome, Served
from neuralnav.model.tables import LONGEST_TEXT, METRICS, PLAIN_TEXT, TableFault

KEY = ("namespace", "workload", "environment", "end")
"""Two rows with one key are one window of one workload twice; rows stand in this order."""

SIGNIFICANT = 6
"""Digits that a figure keeps: no window is known better, and none then differs by the last bit of a sum."""

LENGTHS = ("prompt_tokens", "output_tokens")
LENGTH_PERCENTILES = ("p50", "p95")

_TEXT = pa.string()
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_LABEL = r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"
_DIGEST = r"^sha256:[0-9a-f]{64}$"

_TYPES: Mapping[object, pa.DataType] = {str: _TEXT, int: pa.int32(), float: pa.float64(), bool: pa.bool_()}
_OPTIONAL = ("in_flight_mean", "waiting_mean", "kv_use_mean", "kv_use_most", "prefix_hit_share")
_SHARES = ("covered", "kv_use_mean", "kv_use_most", "prefix_hit_share", "memory_utilization")


def _bounded(name: str, unit: str = "") -> tuple[str, str, str]:
    """Return the columns of a bounded figure: its value, its least and its most."""
    return f"{name}{unit}", f"{name}_low{unit}", f"{name}_high{unit}"


def _of_latency(metric: str) -> Iterator[str]:
    yield f"{metric}_mean_ms"
    for name in PERCENTILES:
        yield from _bounded(f"{metric}_{name}", "_ms")
    yield f"{metric}_slo_ms"
    yield from _bounded(f"{metric}_within_slo")
    yield f"{metric}_count"


def _of_lengths(name: str) -> Iterator[str]:
    yield f"{name}_mean"
    for percentile in LENGTH_PERCENTILES:
        yield from _bounded(f"{name}_{percentile}")


GROUPS: Mapping[str, tuple[str, ...]] = {
    **{metric: tuple(_of_latency(metric)) for metric in METRICS},
    **{name: tuple(_of_lengths(name)) for name in LENGTHS},
}
"""The columns of each part of an outcome that may be missing: all of them are null, or none."""

BOUNDED: tuple[tuple[str, str, str], ...] = (
    *(_bounded(f"{metric}_{name}", "_ms") for metric in METRICS for name in PERCENTILES),
    *(_bounded(f"{metric}_within_slo") for metric in METRICS),
    *(_bounded(f"{name}_{percentile}") for name in LENGTHS for percentile in LENGTH_PERCENTILES),
)


def _fields() -> Iterator[pa.Field]:
    yield pa.field("version", pa.int32(), nullable=False)
    for item in fields(Outcome):
        if item.name == "served":
            yield from (pa.field(part.name, _TYPES[part.type], nullable=False) for part in fields(Served))
        elif item.name in GROUPS:
            yield from (pa.field(name, pa.float64()) for name in GROUPS[item.name])
        else:
            optional = item.name in _OPTIONAL
            yield pa.field(item.name, pa.float64() if optional else _TYPES[item.type], nullable=optional)


OUTCOME_SCHEMA = pa.schema(list(_fields()))
"""The columns in order. `*_low` and `*_high` bound the figure before them; a bound that no bucket gives is infinite."""


def table_of(outcomes: Sequence[Outcome]) -> pa.Table:
    """Return outcomes as a table in order of KEY, figures rounded to the digits that are kept."""
    rows = sorted((_row(outcome) for outcome in outcomes), key=_key)
    return pa.Table.from_pylist(rows, OUTCOME_SCHEMA)


def outcomes_of(table: pa.Table) -> tuple[Outcome, ...]:
    """Return the outcomes of a table that passed the door, in the order of its rows."""
    return tuple(_outcome(row) for row in table.to_pylist())


def conform(table: pa.Table) -> tuple[pa.Table, tuple[TableFault, ...]]:
    """Return the table with the schema's columns, types and order, and every fault; it is usable only without any.

    A row of a newer version is refused before anything else is judged: its columns may mean something else.
    """
    faults = tuple(_versions(table)) or tuple(_columns(table))
    if faults:
        return OUTCOME_SCHEMA.empty_table(), faults
    loose = pa.schema([pa.field(field.name, field.type) for field in OUTCOME_SCHEMA])
    whole = pa.Table.from_arrays([table[field.name].cast(field.type) for field in OUTCOME_SCHEMA], schema=loose)
    faults = tuple(fault for check in (_nulls, _texts, _figures, _bounds, _times) for fault in check(whole))
    return (whole.cast(OUTCOME_SCHEMA), ()) if not faults else (OUTCOME_SCHEMA.empty_table(), faults)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in KEY)


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"version": OUTCOME_VERSION}
    for item in fields(Outcome):
        value = getattr(outcome, item.name)
        match value:
            case Served():
                row |= {part.name: _rounded(getattr(value, part.name)) for part in fields(Served)}
            case Achieved() | Lengths():
                row |= dict(zip(GROUPS[item.name], map(_rounded, _figures_of(value)), strict=True))
            case None if item.name in GROUPS:
                row |= dict.fromkeys(GROUPS[item.name])
            case _:
                row[item.name] = _rounded(value)
    return row


def _figures_of(value: Achieved | Lengths) -> list[float]:
    """Return the figures of a part in the order of its columns."""
    match value:
        case Achieved():
            percentiles = [figure for name in PERCENTILES for figure in _spread(value.percentiles[name])]
            return [value.mean_ms, *percentiles, value.slo_ms, *_spread(value.within_slo), value.count]
        case Lengths():
            return [value.mean, *_spread(value.p50), *_spread(value.p95)]


def _spread(value: Bounded) -> tuple[float, float, float]:
    return value.value, value.low, value.high


def _rounded(value: Any) -> Any:  # any cell of a row
    """Return a figure with the digits that are kept; what is no figure stays."""
    if not isinstance(value, float) or not math.isfinite(value) or value == 0:
        return value
    return round(value, SIGNIFICANT - 1 - math.floor(math.log10(abs(value))))


def _outcome(row: Mapping[str, Any]) -> Outcome:
    cells: dict[str, Any] = {}
    for item in fields(Outcome):
        if item.name == "served":
            cells["served"] = Served(**{part.name: row[part.name] for part in fields(Served)})
        elif item.name in GROUPS:
            figures = [row[name] for name in GROUPS[item.name]]
            read: Callable[[list[float]], Achieved | Lengths] = _achieved if item.name in METRICS else _lengths
            cells[item.name] = None if figures[0] is None else read(figures)
        else:
            cells[item.name] = row[item.name]
    return Outcome(**cells)


def _achieved(figures: list[float]) -> Achieved:
    mean, *rest = figures
    bounds = {name: Bounded(*rest[3 * index : 3 * index + 3]) for index, name in enumerate(PERCENTILES)}
    slo, within, low, high, count = rest[3 * len(PERCENTILES) :]
    return Achieved(mean, bounds, slo, Bounded(within, low, high), count)


def _lengths(figures: list[float]) -> Lengths:
    mean, *rest = figures
    return Lengths(mean, Bounded(*rest[:3]), Bounded(*rest[3:]))


def _versions(table: pa.Table) -> Iterator[TableFault]:
    hint = "this neuralnav is older than the one that wrote it: upgrade it"
    if "version" not in table.column_names:
        yield TableFault(0, "version", 'column "version" is missing', "give files that `neuralnav observe` wrote")
    elif not pa.types.is_integer(table["version"].type):
        yield TableFault(0, "version", f"version holds {table['version'].type}, not int32")
    else:
        known = pc.and_(pc.greater_equal(table["version"], 1), pc.less_equal(table["version"], OUTCOME_VERSION))
        yield from _where(table, "version", pc.invert(pc.fill_null(known, fill_value=False)), "is not known", hint)


def _columns(table: pa.Table) -> Iterator[TableFault]:
    names = table.column_names
    for name in sorted(set(names) - set(OUTCOME_SCHEMA.names)):
        yield TableFault(0, name, f'an outcome has no column "{name}"', "give files that `neuralnav observe` wrote")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield TableFault(0, name, f'column "{name}" is there twice', "give files that `neuralnav observe` wrote")
    for field in OUTCOME_SCHEMA:
        if field.name not in names:
            yield TableFault(0, field.name, f'column "{field.name}" is missing', f"it holds {field.type}")
        elif names.count(field.name) == 1 and not _castable(table[field.name], field.type):
            yield TableFault(0, field.name, f"{field.name} holds {table[field.name].type}, not {field.type}")


def _castable(column: pa.ChunkedArray, kind: pa.DataType) -> bool:
    """Tell whether a column is of a type: as it stands, or without loss."""
    families = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_string)
    if not pa.types.is_null(column.type) and not any(of(kind) and of(column.type) for of in families):
        return bool(pa.types.is_large_string(column.type) and pa.types.is_string(kind))
    try:
        column.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _nulls(table: pa.Table) -> Iterator[TableFault]:
    for field in OUTCOME_SCHEMA:
        if not field.nullable:
            yield from _where(table, field.name, pc.is_null(table[field.name]), "is null", "every row needs it")
    for names in GROUPS.values():
        for name in names[1:]:
            odd = pc.not_equal(pc.is_null(table[name]), pc.is_null(table[names[0]]))
            yield from _where(table, name, odd, f"and {names[0]}: one is null, the other is not")


def _texts(table: pa.Table) -> Iterator[TableFault]:
    patterns = {"workload": DNS_LABEL, "namespace": DNS_LABEL, "environment": _LABEL, "plan": _DIGEST,
                "start": _TIME, "end": _TIME}  # fmt: skip
    for field in OUTCOME_SCHEMA:
        if field.type == _TEXT:
            long = pc.greater(pc.utf8_length(table[field.name]), LONGEST_TEXT)
            yield from _where(table, field.name, long, f"is longer than {LONGEST_TEXT} characters")
            fits = pc.match_substring_regex(table[field.name], patterns.get(field.name, PLAIN_TEXT))
            yield from _where(table, field.name, pc.invert(fits), "is not written as outcomes write it")


def _figures(table: pa.Table) -> Iterator[TableFault]:
    open_above = {high for _, _, high in BOUNDED}
    for field in OUTCOME_SCHEMA:
        column = table[field.name]
        if pa.types.is_floating(field.type):
            bad = pc.is_nan(column) if field.name in open_above else pc.invert(pc.is_finite(column))
            yield from _where(table, field.name, bad, "is not a finite number")
        if pa.types.is_floating(field.type) or pa.types.is_integer(field.type):
            yield from _where(table, field.name, pc.less(column, 0), "is negative")
    for name in ("seconds", "tp", "pp", "max_num_seqs", "max_num_batched_tokens"):
        yield from _where(table, name, pc.less_equal(table[name], 0), "is not above zero")
    for name in (*_SHARES, *(f"{metric}_within_slo" for metric in METRICS)):
        yield from _where(table, name, pc.greater(table[name], 1), "is above 1, and a share")


def _bounds(table: pa.Table) -> Iterator[TableFault]:
    for value, low, high in BOUNDED:
        yield from _where(table, value, pc.less(table[value], table[low]), f"is below {low}")
        yield from _where(table, value, pc.greater(table[value], table[high]), f"is above {high}")


def _times(table: pa.Table) -> Iterator[TableFault]:
    for name in ("start", "end"):
        told = pc.match_substring_regex(table[name], _TIME)
        cells = zip(table[name].to_pylist(), told.to_pylist(), strict=True)
        bad = [bool(fits) and not _is_time(text) for text, fits in cells]
        yield from _where(table, name, pa.chunked_array([bad], pa.bool_()), "is no time")
    yield from _where(table, "end", pc.less_equal(table["end"], table["start"]), "is not after start")


def _is_time(text: str | None) -> bool:
    try:
        datetime.fromisoformat(text or "")
    except ValueError:
        return False
    return True


def _where(table: pa.Table, column: str, bad: pa.ChunkedArray, message: str, hint: str = "") -> Iterator[TableFault]:
    """Yield one fault for the first bad row, with how many more there are. A null in `bad` is not bad."""
    rows: Sequence[int] = pc.indices_nonzero(pc.fill_null(bad, fill_value=False)).to_pylist()
    if rows:
        value = table[column][rows[0]].as_py()
        more = f" (and {len(rows) - 1} more rows)" if len(rows) > 1 else ""
        shown = "" if value is None else f" {_short(value)}"
        yield TableFault(rows[0] + 1, column, f"{column}{shown} {message}{more}", hint)


def _short(value: object) -> str:
    text = re.sub(r"[^\x20-\x7e]", "?", str(value))
    return text if len(text) <= 60 else f"{text[:57]}..."
