"""(ResolvedSpec, ids, tables) -> LoadCurves: select the rows of the workload's shape, simulate what is missing.

A complete measured curve replaces the simulated one of its configuration; other measured runs of it, and outcomes of
plans, correct that one. Outcomes that contradict what was measured are never averaged with it: `serving/conflicts.py`.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.model.plan import Floats, LoadCurves
from neuralnav.model.quantity import RATE_DIGITS
from neuralnav.model.spec import ResolvedSpec, UnusedRuns
from neuralnav.model.tables import METRICS, MS_DIGITS, PLAN_COLUMNS, SETTINGS
from neuralnav.serving.conflicts import Settled, against_curve, settle
from neuralnav.serving.local import SPREADS, Measured, Place, Spread
from neuralnav.serving.settings import DEFAULT_SETTINGS

ENGINE = "vllm"
"""The engine that manifests run; rows of another say nothing of it."""

Simulate = Callable[[Sequence[str]], pa.Table]
"""Simulates the configurations named by candidate id at the workload's shape and returns their rows."""

SIMULATED = "simulated"
MEASURED = "measured"
AGREES = "agrees with the complete measured curve of its configuration, which stands as it is"
WIDTH_DIGITS = 4

COMPLETE_POINTS = 3
"""A measured curve replaces a simulated one when it has at least this many load points with all three p95."""

_RANK: Mapping[str, int] = {"measured": 0, "simulated": 1, "interpolated": 2, "predicted": 3}
_VALUES = ("offered_rps", "achieved_rps", "ttft_p95_ms", "itl_p95_ms", "e2e_p95_ms", "e2e_mean_ms")
_WIDTHS = tuple(f"{metric}_interval" for metric in METRICS)
_TEXTS = ("source", "evidence_id", "engine_version")


def gather(spec: ResolvedSpec, wanted: Sequence[str], found: LoadCurves, simulate: Simulate) -> LoadCurves:
    """Return the load curves of a plan: those `found` in the tables, and simulated ones where they lack.

    `found` is `select` over the tables at the workload's shape. `wanted` are the candidate ids that the workload
    admits; those without a curve are given to `simulate`.
    """
    missing = sorted(set(wanted) - set(found.ids))
    if not missing:
        return found
    extra = select((simulate(missing),), spec.prompt_tokens, spec.output_tokens, arrival=spec.curve_arrival)
    return _joined(found, extra) if extra.ids else found


def select(
    tables: Sequence[pa.Table], prompt_tokens: int, output_tokens: int, *, arrival: str = "poisson"
) -> LoadCurves:
    """Return one load curve per configuration among a shape's open-loop rows of an arrival process, in any order.

    `tables` are in rising precedence: a later one replaces the curve of a configuration that an earlier one holds.
    """
    parts = []
    for precedence, table in enumerate(tables):
        of_shape = table.select(PLAN_COLUMNS).filter(
            pc.and_(pc.equal(table["prompt_tokens"], prompt_tokens), pc.equal(table["output_tokens"], output_tokens))
        )
        chosen = of_shape.filter(_is_usable(of_shape, arrival))
        parts.append(chosen.append_column("precedence", pa.array(np.full(chosen.num_rows, -precedence, np.int32))))
    if not parts or not any(part.num_rows for part in parts):
        return _empty()
    return _curves(pa.concat_tables([part.cast(_nullable(part.schema)) for part in parts]))


def open_to_correction(
    wanted: Sequence[str], found: LoadCurves, observed: Collection[str] = frozenset()
) -> tuple[str, ...]:
    """Return the ids of `wanted` that measured runs may say something of.

    Those are the ones whose curve is simulated, or still to be; and those `observed` in outcomes, which may contradict
    a measured curve.
    """
    sources = dict(zip(found.ids, found.source, strict=False))
    return tuple(name for name in wanted if sources.get(name, SIMULATED) == SIMULATED or name in observed)


def correct(
    curves: LoadCurves,
    measured: Measured,
    prompt_tokens: int,
    output_tokens: int,
    *,
    spreads: Mapping[str, Spread] = SPREADS,
) -> LoadCurves:
    """Return the curves of a shape with each simulated one corrected by the measured runs of its configuration.

    Every p95 of a metric is multiplied by what the runs say of it at the curve's shape and at the load of the point,
    the mean E2E as the p95, and the rates are divided by the factor of E2E: a point stays one of as many requests in
    flight, which by Little's law come at another rate. The interval is what these runs leave, over the curve's points.
    A measured curve stays as it is unless outcomes contradict it, and then is as slow as the slower of the two.
    """
    if not measured.residuals:
        return curves
    corrected: dict[int, tuple[npt.NDArray[np.intp], Settled]] = {}
    for row, name in enumerate(curves.ids):
        residuals = measured.residuals.get(name, ())
        if not residuals or curves.source[row] not in (SIMULATED, MEASURED):
            continue
        points, places = _places(curves, row, prompt_tokens, output_tokens)
        widths = {m: float(values[row]) for m, values in curves.interval.items() if not np.isnan(values[row])}
        judge = settle if curves.source[row] == SIMULATED else against_curve
        settled = judge(residuals, places, general_widths=widths, spreads=spreads)
        if settled is not None:
            corrected[row] = points, settled
    if not corrected:
        return curves
    runs = {row: len(measured.residuals[curves.ids[row]]) for row in corrected if curves.source[row] == SIMULATED}
    found = replace(
        curves,
        p95_ms={metric: values.copy() for metric, values in curves.p95_ms.items()},
        e2e_mean_ms=curves.e2e_mean_ms.copy(),
        offered_rps=curves.offered_rps.copy(),
        achieved_rps=curves.achieved_rps.copy(),
        interval={metric: values.copy() for metric, values in curves.interval.items()},
        factor={metric: np.ones(len(curves.ids)) for metric in METRICS},
        measured_runs=tuple(runs.get(row, 0) for row in range(len(curves.ids))),
        conflicts={curves.ids[row]: item.conflict for row, (_, item) in corrected.items() if item.conflict},
    )
    digests = list(curves.digests)
    for row, (points, settled) in corrected.items():
        _fill_corrected(found, row, points, settled)
        digests[row] = _corrected_digest(found, row, points)
    return replace(found, digests=tuple(digests))


def left_alone(curves: LoadCurves, measured: Measured) -> tuple[UnusedRuns, ...]:
    """Return the outcomes that a measured curve stands beside: they agree with it, and change nothing."""
    kept = {
        name
        for name, source in zip(curves.ids, curves.source, strict=False)
        if source == MEASURED and name not in curves.conflicts
    }
    names = sorted(item.name for name in kept for item in measured.residuals.get(name, ()) if item.observed)
    return (UnusedRuns(AGREES, len(names), names[0]),) if names else ()


def _fill_corrected(found: LoadCurves, row: int, points: npt.NDArray[np.intp], settled: Settled) -> None:
    """Correct one row of arrays that are still ours alone."""
    for metric in METRICS:
        logs = settled.logs[metric]
        for values in (found.p95_ms[metric], *((found.e2e_mean_ms,) if metric == "e2e" else ())):
            values[row, points] = np.round(values[row, points] * np.exp(logs), MS_DIGITS)
        if metric in settled.widths:
            found.interval[metric][row] = round(settled.widths[metric], WIDTH_DIGITS)
        found.factor[metric][row] = round(float(np.exp(np.mean(logs))), WIDTH_DIGITS)
    for rates in (found.offered_rps, found.achieved_rps):
        rates[row, points] = np.round(rates[row, points] / found.factor["e2e"][row], RATE_DIGITS)


def _places(
    curves: LoadCurves, row: int, prompt_tokens: int, output_tokens: int
) -> tuple[npt.NDArray[np.intp], list[Place]]:
    """Return the load points of a curve, and how many requests are in flight at each, by Little's law."""
    points = np.flatnonzero(~np.isnan(curves.offered_rps[row]))
    e2e_ms = np.where(np.isnan(curves.e2e_mean_ms[row]), curves.p95_ms["e2e"][row], curves.e2e_mean_ms[row])
    loads = (curves.achieved_rps[row] * e2e_ms)[points] / 1000
    return points, [Place(prompt_tokens, output_tokens, load, is_tail=True) for load in loads.tolist()]


def _corrected_digest(found: LoadCurves, row: int, points: npt.NDArray[np.intp]) -> str:
    """Return the sha256 of a corrected curve: of the one before, how many runs corrected it, and what it became."""
    digest = hashlib.sha256(f"{found.digests[row]} {found.measured_runs[row]}".encode())
    p95_ms = (found.p95_ms[metric] for metric in METRICS)
    for values in (found.offered_rps, found.achieved_rps, *p95_ms, found.e2e_mean_ms):
        digest.update(values[row, points].astype("<f8").tobytes())
    digest.update(np.array([found.interval[metric][row] for metric in METRICS]).astype("<f8").tobytes())
    return digest.hexdigest()


def _is_usable(rows: pa.Table, arrival: str) -> pa.ChunkedArray:
    """Tell which rows are open-loop points of what would be deployed: our engine, under the settings we render."""
    mask = pc.and_(pc.equal(rows["arrival"], arrival), pc.equal(rows["engine"], ENGINE))
    for name in ("offered_rps", *_VALUES[1:5]):
        mask = pc.and_(mask, pc.is_valid(rows[name]))
    for name in SETTINGS:
        mask = pc.and_(mask, pc.fill_null(pc.equal(rows[name], getattr(DEFAULT_SETTINGS, name)), fill_value=True))
    return mask


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def _curves(rows: pa.Table) -> LoadCurves:
    """Group rows by configuration, keep the best source of each, and lay the curves out as padded arrays."""
    names, codes = _ordered_codes(_ids(rows))
    labels = [_ordered_codes(rows[name])[1] for name in ("origin", "engine_version", "evidence_id")]
    dates = -_ordered_codes(pc.fill_null(rows["date"], ""))[1]  # the newest run of a configuration speaks for it
    groups = (_floats(rows, "burst_size"), *labels, dates)
    sources, source_codes = _ordered_codes(rows["source"])
    ranks = np.array([_RANK[source] for source in sources])[source_codes]
    precedence = rows["precedence"].to_numpy()
    values = {name: _floats(rows, name) for name in (*_VALUES, *_WIDTHS)}
    ties = [values[name] for name in reversed(_VALUES)]
    order = np.lexsort((*ties, *groups, ranks, precedence, codes))
    keys = [key[order] for key in (codes, precedence, ranks, *groups)]
    rates = values["offered_rps"][order]
    starts = _starts(*keys)
    ends = np.append(starts[1:], len(order))
    kept: dict[str, tuple[int, int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        complete = keys[2][start] != _RANK["measured"] or len(np.unique(rates[start:end])) >= COMPLETE_POINTS
        if complete:
            kept.setdefault(names[keys[0][start]], (start, end))
    if not kept:
        return _empty()
    heads = pa.array(order[[start for start, _ in kept.values()]])
    texts = {name: rows[name].take(heads).to_pylist() for name in _TEXTS}
    return _lay_out(kept, {name: column[order] for name, column in values.items()}, texts)


def _ids(rows: pa.Table) -> pa.ChunkedArray:
    """Return the candidate id of each row; pipeline parallelism shows where there is any."""
    text = [rows[name] for name in ("model", "precision", "accelerator")]
    tensor = pc.binary_join_element_wise("tp", pc.cast(rows["tp"], pa.string()), "")
    stages = pc.binary_join_element_wise("/pp", pc.cast(rows["pp"], pa.string()), "")
    ids = pc.binary_join_element_wise(*text, tensor, "/")
    return pc.binary_join_element_wise(ids, pc.if_else(pc.greater(rows["pp"], 1), stages, ""), "")


def _ordered_codes(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Return the distinct texts in order and each row's place among them."""
    encoded = column.combine_chunks().dictionary_encode()
    words = encoded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), dtype=np.intp)
    place[order] = np.arange(len(words))
    return [words[index] for index in order], place[encoded.indices.to_numpy()]


def _lay_out(
    kept: Mapping[str, tuple[int, int]], values: Mapping[str, Floats], texts: Mapping[str, Sequence[str]]
) -> LoadCurves:
    names = tuple(kept)
    starts, ends = (np.array(edge, dtype=np.intp) for edge in zip(*kept.values(), strict=True))
    lengths = ends - starts
    row = np.repeat(np.arange(len(names)), lengths)
    column = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    taken = np.repeat(starts, lengths) + column
    padded = {name: np.full((len(names), int(lengths.max())), np.nan) for name in _VALUES}
    for name in _VALUES:
        padded[name][row, column] = values[name][taken]
    source, evidence_id, engine_version = (tuple(texts[name]) for name in _TEXTS)
    return LoadCurves(
        ids=names,
        offered_rps=padded["offered_rps"],
        achieved_rps=padded["achieved_rps"],
        p95_ms={metric: padded[f"{metric}_p95_ms"] for metric in METRICS},
        e2e_mean_ms=padded["e2e_mean_ms"],
        interval={metric: _widest(values[f"{metric}_interval"], starts, ends) for metric in METRICS},
        source=source,
        evidence_id=evidence_id,
        engine_version=engine_version,
        digests=_digests(kept, values, tuple(zip(names, source, evidence_id, engine_version, strict=True))),
    )


def _widest(widths: Floats, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> Floats:
    """Return the widest interval of each curve; NaN where no row of it has one."""
    pairs = np.stack([starts, ends], axis=1).ravel()
    return np.fmax.reduceat(np.append(widths, np.nan), pairs)[::2]


def _digests(
    kept: Mapping[str, tuple[int, int]], values: Mapping[str, Floats], labels: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the sha256 of each curve: its labels, its numbers as little-endian doubles, its intervals."""
    numbers = np.stack([values[name] for name in (*_VALUES, *_WIDTHS)], axis=1).astype("<f8")
    found = []
    for label, (start, end) in zip(labels, kept.values(), strict=True):
        digest = hashlib.sha256("\0".join(label).encode())
        digest.update(numbers[start:end].tobytes())
        found.append(digest.hexdigest())
    return tuple(found)


def _joined(first: LoadCurves, second: LoadCurves) -> LoadCurves:
    """Return the curves of both; no configuration is in both."""
    if not first.ids:
        return second
    width = max(first.offered_rps.shape[1], second.offered_rps.shape[1])

    def stack(one: Floats, other: Floats) -> Floats:
        return np.vstack([np.pad(a, ((0, 0), (0, width - a.shape[1])), constant_values=np.nan) for a in (one, other)])

    return LoadCurves(
        ids=first.ids + second.ids,
        offered_rps=stack(first.offered_rps, second.offered_rps),
        achieved_rps=stack(first.achieved_rps, second.achieved_rps),
        p95_ms={metric: stack(first.p95_ms[metric], second.p95_ms[metric]) for metric in METRICS},
        e2e_mean_ms=stack(first.e2e_mean_ms, second.e2e_mean_ms),
        interval={metric: np.concatenate([first.interval[metric], second.interval[metric]]) for metric in METRICS},
        source=first.source + second.source,
        evidence_id=first.evidence_id + second.evidence_id,
        engine_version=first.engine_version + second.engine_version,
        digests=first.digests + second.digests,
    )


def _starts(*keys: npt.NDArray[np.generic]) -> npt.NDArray[np.intp]:
    changed = np.ones(len(keys[0]), dtype=bool)
    changed[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(changed)


def _floats(table: pa.Table, name: str) -> Floats:
    column = pc.cast(table[name], pa.float64())
    return np.asarray(pc.fill_null(column, float("nan")).to_numpy(), dtype=np.float64)


def _empty() -> LoadCurves:
    """Return no curve: one row of NaN under no id, so that rows can still be taken from the arrays."""
    none, blank = np.full((1, 1), np.nan), ("",)
    widths = {metric: np.full(1, np.nan) for metric in METRICS}
    return LoadCurves((), none, none, dict.fromkeys(METRICS, none), none, widths, blank, blank, blank, blank)
