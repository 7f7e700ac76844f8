"""Global calibration on the command line: fit the serving model to measured runs, and judge it on those left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.fit import Errors, errors, fit
from neuralnav.calibration.judge import (
    GroupErrors,
    Key,
    Widths,
    by_generation,
    by_group,
    by_kind,
    e2e_logs,
    group_errors,
    left_out,
    local_gain,
    overall,
    widths,
)
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.open_loop import NUMBERS as OPEN_NUMBERS
from neuralnav.calibration.open_loop import OpenRun, capacity_rps, open_runs, predict_open
from neuralnav.calibration.parameters import FREE, Free, current, with_values
from neuralnav.calibration.rows import ClosedRun, closed_runs
from neuralnav.calibration.steps import StepSet, step_logs, step_sets
from neuralnav.calibration.writing import with_numbers
from neuralnav.cli.fit_text import report_lines
from neuralnav.cli.output import progress
from neuralnav.errors import input_error
from neuralnav.files.catalogs import data_folder, load_catalog, load_project
from neuralnav.files.places import find_root, show
from neuralnav.files.rows import read_csv
from neuralnav.files.writes import write_together
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.fit_report import (
    CoefficientRow,
    ErrorRow,
    ErrorTable,
    FitReport,
    IntervalRow,
    LeaveOut,
    LocalRow,
    OpenRow,
    StepRow,
    UnusedRows,
)
from neuralnav.serving.coefficients import Metric, interval_width

Vector = NDArray[np.float64]

CLOSED_COLUMNS = ("model", "gpu", "tp", "mode", "engine_version", "precision", "input_tokens", "output_tokens",
                  "concurrency", "ttft_mean_ms", "itl_mean_ms", "quality_flag")  # fmt: skip
STEP_COLUMNS = ("model", "tp", "phase", "prefill_tokens", "num_prefill_requests", "prefill_kv_tokens",
                "decode_requests", "decode_kv_tokens", "latency_ms")  # fmt: skip
OPEN_COLUMNS = ("system", "submitter", "scenario", "model", "accelerator", "engine_version", "weights_precision",
                "kv_cache_dtype", "tp", "max_num_seqs", "max_num_batched_tokens", "engine_flags", "harness_notes",
                *OPEN_NUMBERS)  # fmt: skip

KEYS: Mapping[LeaveOut, Key] = {"group": by_group, "kind": by_kind, "generation": by_generation}
STEP_MODEL, STEP_ACCELERATOR = "Qwen/Qwen3-32B", "b200"
"""The dense model of the table of forward passes; what it ran on is not named, arithmetic says Blackwell."""

METRICS: tuple[Metric, ...] = ("ttft", "itl", "e2e")
LOCAL_COUNTS = (1, 2, 3)
ROUNDS = 20
NEAR_BOUND = 1e-3


@dataclass(frozen=True, slots=True)
class Inputs:
    """The tables to fit to and judge by."""

    measured: Path
    steps: Path | None
    open_loop: Path | None


def calibrate_all(inputs: Inputs, *, leave: Sequence[LeaveOut], keep: bool, out: Path | None, form: str) -> FitReport:
    """Fit (unless `keep`), judge, report, and write the serving catalog to `out` where it is given."""
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    read = closed_runs(read_csv(inputs.measured, CLOSED_COLUMNS), catalog, table=str(inputs.measured))
    if not read.runs:
        reasons = "; ".join(f"{count} rows: {reason}" for reason, count in list(read.unused.items())[:3])
        raise input_error(str(inputs.measured), "no row can be used", reasons or "the table is empty")
    sets = _sets(inputs, catalog)
    found = np.array(current(catalog.serving))
    if not keep:
        click.echo(f"fitting {len(FREE)} coefficients to {len(read.runs)} runs", err=True)
        found = fit(read.runs, sets, catalog.serving, found, rounds=ROUNDS)
    serving = with_values(catalog.serving, found.tolist())
    report = _judged(read.runs, sets, catalog, found, leave)
    report = report.model_copy(
        update={
            "fitted": not keep,
            "unused": _unused(read.unused),
            "coefficients": tuple(_coefficients(catalog.serving, serving)),
            **_opened(inputs, catalog, serving),
            "written": _write(out, serving, report.intervals) if out else "",
        }
    )
    if form == "json":
        click.echo(report.model_dump_json(by_alias=True, indent=2))
    else:
        report_lines(report, form)
    return report


def _sets(inputs: Inputs, catalog: Catalog) -> tuple[StepSet, ...]:
    if inputs.steps is None:
        return ()
    rows = read_csv(inputs.steps, STEP_COLUMNS)
    return step_sets(rows, catalog, accelerator=STEP_ACCELERATOR, model=STEP_MODEL, table=str(inputs.steps))


def _judged(
    runs: Sequence[ClosedRun], sets: Sequence[StepSet], catalog: Catalog, found: Vector, leave: Sequence[LeaveOut]
) -> FitReport:
    """Return what the runs say of the coefficients: in sample, and with parts left out of the fit."""
    model = RunModel(runs, catalog.serving)
    inside = errors(model, found)
    tables = [ErrorTable(all=_row(overall(inside)), groups=_rows(runs, inside, by_group))]
    intervals: list[IntervalRow] = []
    local: list[LocalRow] = []
    for name in leave:
        key = KEYS[name]
        names = {key(run) for run in runs}
        if len(names) < 2:  # nothing is left to fit to
            continue
        with progress(f"fitting with one {name} left out", len(names)) as counter:
            out = left_out(runs, sets, catalog.serving, found, key, step=counter.step)
        tables.append(ErrorTable(left_out=name, all=_row(overall(out)), groups=_rows(runs, out, key)))
        if name == "group":
            intervals = list(_intervals(model, out, catalog.serving))
            local = [LocalRow(**asdict(local_gain(model, out, taken=count))) for count in LOCAL_COUNTS]
    return FitReport(
        fitted=True,
        runs=len(runs),
        unused=(),
        tables=tuple(tables),
        intervals=tuple(intervals),
        local=tuple(local),
        steps=tuple(_steps(sets, with_values(catalog.serving, found.tolist()))),
        open_loop=(),
        open_unused=(),
        coefficients=(),
        written="",
    )


def _row(group: GroupErrors) -> ErrorRow:
    return ErrorRow(**asdict(group))


def _rows(runs: Sequence[ClosedRun], found: Errors, key: Key) -> tuple[ErrorRow, ...]:
    return tuple(_row(group) for group in group_errors(runs, found, key))


def _intervals(model: RunModel, out: Errors, serving: ServingList) -> Iterator[IntervalRow]:
    """Yield the intervals of all generations together, and of each."""
    e2e = e2e_logs(model, out)
    generations = sorted({run.accelerator.generation for run in model.runs})
    for generation in ("", *generations):
        own = [i for i, run in enumerate(model.runs) if generation in ("", run.accelerator.generation)]
        part = Errors(out.ttft[own], out.tpot[own])
        half = widths([model.runs[i] for i in own], part, e2e[own])
        for metric in METRICS:
            now = interval_width(serving, metric, generation or None)
            yield IntervalRow(
                metric=metric, generation=generation, now=now, found=_half(half, metric), held=half.held[metric]
            )


def _half(half: Widths, metric: Metric) -> float:
    return {"ttft": half.ttft, "itl": half.itl, "e2e": half.e2e}[metric]


def _steps(sets: Sequence[StepSet], serving: ServingList) -> Iterator[StepRow]:
    for item, logs in zip(sets, step_logs(sets, serving), strict=True):
        error, bias = float(np.median(np.abs(np.expm1(logs)))), float(np.expm1(np.median(logs)))
        yield StepRow(model=item.model, tp=item.tp, phase=item.phase, passes=len(logs), error=error, bias=bias)


def _opened(inputs: Inputs, catalog: Catalog, serving: ServingList) -> dict[str, object]:
    if inputs.open_loop is None:
        return {}
    runs, unused = open_runs(read_csv(inputs.open_loop, OPEN_COLUMNS), catalog, table=str(inputs.open_loop))
    with progress("serving open loops", len(runs)) as counter:
        rows = [_open(run, serving, counter.step) for run in runs]
    return {"open_loop": tuple(rows), "open_unused": _unused(unused)}


def _open(run: OpenRun, serving: ServingList, step: Callable[[], None]) -> OpenRow:
    said = predict_open(run, serving)
    ratio = {name: said[name] / run.measured_ms[name] - 1.0 for name in ("ttft_p95", "tpot_p95", "e2e_p95")}
    capacity = capacity_rps(run, serving) / run.rate_rps
    step()
    return OpenRow(name=run.name, stock=run.is_stock, rate_rps=run.rate_rps, capacity_ratio=capacity, **ratio)


def _unused(counts: Mapping[str, int]) -> tuple[UnusedRows, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(UnusedRows(reason=reason, rows=rows) for reason, rows in ordered)


def _coefficients(before: ServingList, after: ServingList) -> Iterator[CoefficientRow]:
    for item, old, new in zip(FREE, current(before), current(after), strict=True):
        low, high = log(item.low), log(item.high)
        bound = "low" if new - low < NEAR_BOUND else "high" if high - new < NEAR_BOUND else ""
        values = {"before": float(np.exp(old)), "after": float(np.exp(new)), "bound": bound}
        yield CoefficientRow.model_validate({"name": _name(item), **values})


def _name(item: Free) -> str:
    return " ".join(part for part in (item.name, item.compute, item.generation) if part)


def _write(out: Path, serving: ServingList, intervals: Sequence[IntervalRow]) -> str:
    """Write the packaged serving catalog with the new numbers, and say where."""
    text = (data_folder("catalogs") / "serving.yaml").read_text(encoding="utf-8")
    half: dict[tuple[str, str], float] = {
        (row.metric, row.generation): row.found for row in intervals if row.generation
    }
    numbers = with_numbers(text, [c.value for c in serving.coefficients], half)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_together(out.parent, {out.name: numbers.encode()})
    return show(out)
