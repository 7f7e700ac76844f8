"""Rows against other rows: repeated load points, old engines, and measurements against the simulated curves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.model.bench_report import BenchFinding, Compared, GroupError
from neuralnav.model.sidecar import SIMULATOR
from neuralnav.model.tables import CONFIGURATION, LATENCIES, LOAD, SETTINGS, SHAPE, TPOT
from neuralnav.validation.findings import finding
from neuralnav.validation.frame import Frame, Vector

SAME = (*CONFIGURATION, *SETTINGS, *SHAPE, *LOAD, *LATENCIES, *TPOT, "source")
"""Two rows that agree in these are one measurement, whoever says it."""

CURVE = ("model", "precision", "accelerator", "tp", "pp", "prompt_tokens", "output_tokens")
OTHERS = ("measured", "predicted")
PAIRS: Mapping[str, tuple[str, str]] = {
    "ttft_mean": ("ttft_mean_ms", "ttft_mean_ms"), "ttft_p95": ("ttft_p95_ms", "ttft_p95_ms"),
    "itl_p95": ("itl_p95_ms", "itl_p95_ms"), "tpot_mean": ("tpot_mean_ms", "itl_mean_ms"),
    "e2e_mean": ("e2e_mean_ms", "e2e_mean_ms"), "e2e_p95": ("e2e_p95_ms", "e2e_p95_ms"),
}  # fmt: skip
"""What is compared: the measured column, and the simulated one that stands for it."""

RELEASE = re.compile(r"(\d+)\.(\d+)")


def check_repeated(frames: Sequence[Frame]) -> Iterator[BenchFinding]:
    """Yield the load points that a dataset shares with an earlier one. Simulated rows replace each other by design."""
    seen: pa.Table | None = None
    for frame in frames:
        others = frame.table.filter(pc.is_in(frame.table["source"], value_set=pa.array(OTHERS)))
        own = others.select([name for name in SAME if name in others.column_names])
        own = own.append_column("from", pa.array([frame.name] * own.num_rows, pa.string()))
        if seen is not None and own.num_rows:
            both = pa.concat_tables([seen, own], promote_options="default")
            names = [name for name in both.column_names if name != "from"]
            counted = both.group_by(names).aggregate([("from", "count_distinct")])
            twice = counted.filter(pc.greater(counted["from_count_distinct"], 1))
            if twice.num_rows:
                first = twice.slice(0, 1).to_pylist()[0]
                shown = f"{first['model']}/{first['precision']}/{first['accelerator']}/tp{first['tp']}"
                yield finding("repeated", frame.name, twice.num_rows, f"{shown} is in an earlier dataset too")
        seen = own if seen is None else pa.concat_tables([seen, own], promote_options="default")


def check_engines(frame: Frame, engine: str, version: str, stale_after: int) -> Iterator[BenchFinding]:
    """Yield the measured and predicted rows of an engine older than `version` by `stale_after` minor releases."""
    now = _release(version)
    table = frame.table.filter(pc.is_in(frame.table["source"], value_set=pa.array(OTHERS)))
    counts = table.group_by(["engine", "engine_version"]).aggregate([([], "count_all")]).to_pylist()
    old, odd = [], []
    for item in counts:
        release = _release(item["engine_version"])
        if item["engine"] != engine or now is None:
            continue
        if release is None:
            odd.append(item)
        elif release[0] < now[0] or (release[0] == now[0] and now[1] - release[1] >= stale_after):
            old.append((release, item))
    if old:
        oldest = min(old, key=lambda pair: pair[0])[1]["engine_version"]
        rows = sum(item["count_all"] for _, item in old)
        yield finding("engine-old", frame.name, rows, f"{engine} {oldest}, the serving catalog describes {version}")
    if odd:
        named = sorted(item["engine_version"] for item in odd)[0]
        yield finding("engine-version-odd", frame.name, sum(i["count_all"] for i in odd), f'version "{named}"')


def compare(frames: Sequence[Frame]) -> Compared:
    """Return how far measured open-loop rows lie from the simulated curve at the offered rate, by group.

    The curve is that of the last dataset that simulates the configuration and shape. Rates beyond its sweep are not
    extrapolated. Groups are ordered: the largest error of any metric first.
    """
    measured = [row for frame in frames for row in _rows(frame, "measured")]
    open_loop = [row for row in measured if row["arrival"] == "poisson" and row["offered_rps"] is not None]
    wanted = {tuple(row[name] for name in CURVE) for row in open_loop}
    curves = _curves(frames, wanted)
    errors: dict[tuple[str, str, str], list[Mapping[str, float]]] = {}
    without = beyond = 0
    for row in open_loop:
        curve = curves.get(tuple(row[name] for name in CURVE))
        if curve is None:
            without += 1
        elif not curve.rates[0] <= row["offered_rps"] <= curve.rates[-1]:
            beyond += 1
        else:
            group = (row["model"], row["accelerator"], row["precision"])
            errors.setdefault(group, []).append(_errors(row, curve))
    closed = sum(1 for row in measured if row["arrival"] == "closed")
    groups = sorted((_group(key, found) for key, found in errors.items()), key=_worst_first)
    return Compared(
        open_loop=len(open_loop), closed_loop=closed, without_curve=without, beyond_sweep=beyond, groups=tuple(groups)
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """A simulated curve by rising rate."""

    rates: Vector
    values: Mapping[str, Vector]


def _rows(frame: Frame, source: str) -> list[dict[str, Any]]:  # rows as Arrow gives them
    rows: list[dict[str, Any]] = frame.table.filter(pc.equal(frame.table["source"], source)).to_pylist()
    return rows


def _curves(frames: Sequence[Frame], wanted: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], _Curve]:
    """Return the simulated curves of configurations and shapes; a later dataset replaces an earlier one's."""
    models = pa.array(sorted({key[0] for key in wanted}), pa.string())
    kept: dict[tuple[Any, ...], _Curve] = {}
    for frame in frames:
        ours = pc.and_(
            pc.equal(frame.table["source"], "simulated"), pc.not_equal(frame.table["engine"], SIMULATOR)
        )  # what a client took of the simulator is no curve
        table = frame.table.filter(pc.and_(ours, pc.is_in(frame.table["model"], value_set=models)))
        held: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            key = tuple(row[name] for name in CURVE)
            if key in wanted and row["offered_rps"] is not None:
                held.setdefault(key, []).append(row)
        for key, rows in held.items():
            ordered = sorted(rows, key=lambda row: row["offered_rps"])
            names = {simulated for _, simulated in PAIRS.values()}
            values = {name: np.array([row[name] for row in ordered], dtype=np.float64) for name in names}
            kept[key] = _Curve(np.array([row["offered_rps"] for row in ordered], dtype=np.float64), values)
    return kept


def _errors(row: Mapping[str, Any], curve: _Curve) -> dict[str, float]:
    """Return |measured / simulated - 1| of every metric that the row has, by name."""
    found = {}
    for name, (measured, simulated) in PAIRS.items():
        value = row.get(measured)
        if value is not None:
            expected = float(np.interp(row["offered_rps"], curve.rates, curve.values[simulated]))
            found[name] = abs(value / expected - 1.0)
    return found


def _group(key: tuple[str, str, str], rows: Sequence[Mapping[str, float]]) -> GroupError:
    def median(name: str) -> float | None:
        values = [row[name] for row in rows if name in row]
        return round(float(np.median(values)), 4) if values else None

    model, accelerator, precision = key
    return GroupError(
        model=model, accelerator=accelerator, precision=precision, rows=len(rows),
        **{name: median(name) for name in PAIRS},
    )  # fmt: skip


def _worst_first(group: GroupError) -> tuple[float, str, str, str]:
    errors = [error for name in PAIRS if (error := getattr(group, name)) is not None]
    return -max(errors, default=0.0), group.model, group.accelerator, group.precision


def _release(version: str) -> tuple[int, int] | None:
    """Return (major, minor) of a version, or None for what is not one."""
    match = RELEASE.match(version.removeprefix("v"))
    return (int(match[1]), int(match[2])) if match else None
