"""Local calibration on the command line: each configuration's error, shift and interval, before and after its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa

from neuralnav.cli.advice import advice, entries
from neuralnav.cli.calibrate_text import echo_calibration
from neuralnav.cli.measured import residuals
from neuralnav.cli.reports import Stated, gathered
from neuralnav.cli.run_files import RunFiles, read_runs
from neuralnav.errors import Diagnostic, ExitCode, InputError, Where
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.parquet import read_table, write_table
from neuralnav.files.places import find_root, show
from neuralnav.locking import locked_conflict
from neuralnav.model.bench_report import CalibrationReport, EngineSettings, Gain, MetricGain, UnusedRun, WrittenTable
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import suggestion
from neuralnav.model.outcome import Outcome
from neuralnav.model.spec import parts_of
from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS, SETTINGS, once, repeated
from neuralnav.report import problem
from neuralnav.serving.coefficients import interval_width
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.conflicts import conflict_of, settle
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.local import FAR, SPREADS, Residual, Shift, left_out, plausible, shift_of
from neuralnav.serving.outcomes import name_of_outcome, outcome_id, repeatable, seen_runs
from neuralnav.serving.runs import (
    CROWDED,
    TOO_FAR,
    UNKNOWN,
    MeasuredRun,
    crowded,
    id_of,
    is_deployed,
    name_of,
    read_run,
)
from neuralnav.serving.windows import OLDER, pooled

DATASET = "measured.parquet"
NOT_MEASURED = "a row that is not measured"
OF_NO_ROW = -1
"""The position of an outcome, which is no row of a table."""

NO_DATASET = "plans use these runs once they are a dataset: pass --out FOLDER, such as benchmarks/measured"
REFUSED = "nothing was written; mend what was refused, or pass --skip-bad"
UNUSABLE = "nothing was written: no run can be used"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What runs do for the configurations, the positions of the rows that were used, and the runs that were not."""

    gains: tuple[Gain, ...]
    used: tuple[int, ...]
    unused: tuple[UnusedRun, ...]


NOTHING = _Outcome((), (), ())


def calibrate_local(files: Sequence[Path], stated: Stated, *, out: Path | None, form: str) -> int:
    """Compare the measured runs of files with the model, print what they change, and write them where asked to.

    Raises `InputError` when something is refused, or no run can be used; as JSON that is a report with its exit code.
    """
    root = find_root(Path.cwd())
    project = load_project(root)
    catalog = load_catalog([root / path for path in project.spec.catalogs])
    read = read_runs(files, stated, catalog)
    skips = stated.skip_bad and not read.shared and read.rows.num_rows > 0
    if read.problems and not skips:
        return _refuse(read, NOTHING, read.problems, form)
    outcome = _outcome(catalog, read.rows, read.outcomes)
    if not outcome.gains:
        told = [Diagnostic(Where(item.run), item.reason, item.hint) for item in outcome.unused]
        return _refuse(read, outcome, [*read.problems, *told], form)
    written = () if out is None or not outcome.used else _write(read.rows.take(pa.array(outcome.used, pa.int64())), out)
    rows = [path for path in files if path not in read.observed]
    datasets = [*rows] if out is None and read.is_dataset else [] if not written or out is None else [out]
    left = [advice(datasets, root, project)] if datasets else [NO_DATASET] if not read.is_dataset else []
    left += [advice(read.observed, root, project, under="outcomes")] if read.observed else []
    report = CalibrationReport(
        exit_code=ExitCode.DONE,
        files=read.files,
        problems=(),
        configurations=outcome.gains,
        unused=outcome.unused,
        written=written,
        benchmarks=entries(datasets, root),
        outcomes=entries(read.observed, root),
        advice="\n".join(left),
    )
    echo_calibration(report, form)
    return report.exit_code


def _refuse(read: RunFiles, outcome: _Outcome, problems: Sequence[Diagnostic], form: str) -> int:
    """Raise the problems as an `InputError`, or print them as JSON and return the exit code."""
    if form != "json":
        raise InputError(gathered(problems))
    report = CalibrationReport(
        exit_code=ExitCode.BAD_INPUT,
        files=read.files,
        problems=tuple(problem(item) for item in read.shared),
        configurations=(),
        unused=outcome.unused,
        written=(),
        benchmarks=(),
        advice=UNUSABLE if outcome.unused else REFUSED,
    )
    echo_calibration(report, form)
    return report.exit_code


def _write(rows: pa.Table, folder: Path) -> tuple[WrittenTable, ...]:
    """Write the rows that a dataset does not hold yet, in whichever of its files, beside those that it holds.

    Raises `InputError` when one of them is there with other numbers.
    """
    path = folder / DATASET
    others = [read_table(file) for file in sorted(folder.rglob("*.parquet")) if file != path]
    held = read_table(path) if path.exists() else BENCHMARK_SCHEMA.empty_table()
    before = pa.concat_tables([*others, held])
    whole = once(pa.concat_tables([before, rows]))
    faults = list(repeated(whole))
    if faults:
        raise InputError([Diagnostic(Where(show(folder)), fault.message, fault.hint) for fault in faults])
    fresh = whole.slice(once(before).num_rows)
    if not fresh.num_rows:
        return (WrittenTable(file=show(folder), rows=whole.num_rows, changed=False),)
    held = pa.concat_tables([held, fresh])
    write_table(held, path)
    return (WrittenTable(file=show(path), rows=held.num_rows, changed=True),)


def _outcome(catalog: Catalog, rows: pa.Table, outcomes: Sequence[Outcome]) -> _Outcome:
    """Return what each configuration gains, in order, the rows that were used, and the runs that were not."""
    known = {item.id: item for item in possible(catalog)}
    runs, unused = _repeatable(catalog, rows, outcomes, known)
    grouped: dict[tuple[str, tuple[object, ...]], list[tuple[int, MeasuredRun, Residual]]] = {}
    compared = residuals([run for _, run in runs], known, catalog.serving)
    for (index, run), outcome in zip(runs, compared, strict=True):
        if isinstance(outcome, str):
            unused.append(_unused(run.name, outcome, catalog))
        else:
            key = (run.id, tuple(getattr(run.settings, name) for name in SETTINGS))
            grouped.setdefault(key, []).append((index, run, outcome))
    gains, used = [], []
    for (name, _), members in sorted(grouped.items(), key=lambda item: repr(item[0])):
        kept, far = plausible(item for _, _, item in members)
        unused += [_unused(item.name, TOO_FAR, catalog) for item in far]
        if kept:
            gains.append(_gain(known[name], members[0][1], kept, catalog))
            same = {id(item) for item in kept}
            used += [index for index, _, item in members if id(item) in same and index != OF_NO_ROW]
    return _Outcome(tuple(gains), tuple(sorted(used)), tuple(unused))


def _repeatable(
    catalog: Catalog, rows: pa.Table, outcomes: Sequence[Outcome], known: Mapping[str, Configuration]
) -> tuple[list[tuple[int, MeasuredRun]], list[UnusedRun]]:
    """Return the runs that can be repeated, each with the position of its row, and those that cannot."""
    every: list[tuple[int, str, MeasuredRun | str]] = []
    for index, row in enumerate(rows.to_pylist()):
        found = read_run(row, catalog.serving) if row["source"] == "measured" else NOT_MEASURED
        found = found if id_of(row) in known or found == NOT_MEASURED else UNKNOWN
        every.append((index, name_of(row), found))
    said = zip(outcomes, repeatable(outcomes, catalog.serving), strict=True)
    windows = [found if outcome_id(outcome) in known else UNKNOWN for outcome, found in said]
    every += [(OF_NO_ROW, name_of_outcome(seen), found) for seen, found in zip(outcomes, windows, strict=True)]
    runs = [(index, found) for index, _, found in every if isinstance(found, MeasuredRun) and index != OF_NO_ROW]
    unused = [_unused(name, found, catalog) for _, name, found in every if isinstance(found, str)]
    of_places, older = pooled(seen_runs(outcomes, windows))
    runs += [(OF_NO_ROW, run) for run in of_places]
    unused += [_unused(name, OLDER, catalog) for name in older]
    beyond = crowded([run for _, run in runs])
    unused += [_unused(runs[position][1].name, CROWDED, catalog) for position in sorted(beyond)]
    return [run for position, run in enumerate(runs) if position not in beyond], unused


def _gain(configuration: Configuration, run: MeasuredRun, kept: Sequence[Residual], catalog: Catalog) -> Gain:
    generation = configuration.accelerator.generation if configuration.pp == 1 else None
    widths: dict[str, float] = {
        metric: interval_width(catalog.serving, metric, generation) for metric in LATENCY_METRICS
    }
    shift, left = shift_of(kept, general_widths=widths), left_out(kept, general_widths=widths)
    metrics = {metric: _metric_gain(shift, metric, left[metric]) for metric in METRICS if shift.metrics[metric].runs}
    conflict = conflict_of(kept, general_widths=widths, spreads=SPREADS)
    if conflict is not None:
        metrics |= {metric: _in_conflict(metrics[metric], metric, kept, widths) for metric in conflict.factors}
    return Gain(
        id=run.id,
        settings=EngineSettings(**{name: getattr(run.settings, name) for name in SETTINGS}),
        deployed=is_deployed(run),
        metrics=metrics,
        runs=tuple(item.name for item in kept),
        conflict=locked_conflict(conflict),
    )


def _in_conflict(gain: MetricGain, metric: str, kept: Sequence[Residual], widths: Mapping[str, float]) -> MetricGain:
    """Return what is gained of a metric in which outcomes contradict the other runs: the slower, within both."""
    here, far = (
        settle(kept, places, general_widths=widths, spreads=SPREADS)
        for places in ([item.place for item in kept if metric in item.logs], [FAR])
    )
    changed = {
        "factor": _rounded(float(np.exp(far.logs[metric][0]))),
        "interval_here": _rounded(here.widths[metric]),
        "interval_elsewhere": _rounded(far.widths[metric]),
    }
    return gain.model_copy(update=changed)


def _metric_gain(shift: Shift, metric: str, left: Sequence[float]) -> MetricGain:
    found = shift.metrics[metric]
    own = [item for item in shift.residuals if metric in item.logs]
    here = shift.at(metric, [item.place for item in own])[1]
    return MetricGain(
        runs=found.runs,
        median_factor=_rounded(float(np.exp(found.median))),
        factor=_rounded(float(np.exp(found.shift))),
        error_before=_error([item.logs[metric] for item in own]),
        error_after=_error(left) if left else None,
        interval_before=shift.general_widths[metric],
        interval_here=_rounded(shift.width(metric, here)),
        interval_elsewhere=_rounded(shift.width(metric, shift.far(metric))),
    )


def _error(logs: Sequence[float]) -> float:
    return _rounded(expm1(median(abs(value) for value in logs)))


def _rounded(value: float) -> float:
    return round(value, 4)  # digits


def _unused(run: str, reason: str, catalog: Catalog) -> UnusedRun:
    return UnusedRun(run=run, reason=reason, hint=_hint(run, catalog) if reason == UNKNOWN else "")


def _hint(run: str, catalog: Catalog) -> str:
    """Return what may help a run whose configuration no catalog holds."""
    model, _, accelerator = parts_of(run.split(" ")[0])
    for kind, word, ids in (("model", model, catalog.models), ("accelerator", accelerator, catalog.accelerators)):
        if word not in ids:
            return f'unknown {kind} "{word}"; {suggestion(word, ids)}'.rstrip("; ")
    return "the accelerator does not serve this precision, or the model cannot be split so"
