"""Local calibration on the command line: each configuration's error, shift and interval, before and after its runs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import expm1
from pathlib import Path
from statistics import median

import click
import numpy as np
import pyarrow as pa

from neuralnav.cli.measured import residuals
from neuralnav.cli.tables import print_table
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.data import load_catalog, load_project
from neuralnav.files.parquet import read_table, write_table
from neuralnav.files.places import find_root, show
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import suggestion
from neuralnav.model.tables import METRICS, SETTINGS, distinct, repeated
from neuralnav.serving.coefficients import interval_width
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.local import Residual, Shift, left_out, plausible, shift_of
from neuralnav.serving.runs import TOO_FAR, UNKNOWN, MeasuredRun, id_of, is_deployed, name_of, read_run

DATASET = "measured.parquet"
NOT_MEASURED = "a row that is not measured"
HEADER = ("configuration", "metric", "runs", "measured / model", "shift", "error before", "error after",
          "interval before", "at these runs", "elsewhere")  # fmt: skip


@dataclass(frozen=True, slots=True)
class MetricGain:
    """What the runs of a configuration do for one metric.

    `median_factor` is measured over model in the median, `factor` what a prediction far from all runs is multiplied
    by. Errors are medians of the absolute error, on a log scale; `error_after` is None below two runs. Intervals are
    relative half-widths: the general one, that at the runs' own shapes and loads, and that far from them.
    """

    runs: int
    median_factor: float
    factor: float
    error_before: float
    error_after: float | None
    interval_before: float
    interval_here: float
    interval_elsewhere: float


@dataclass(frozen=True, slots=True)
class Gain:
    """What its measured runs do for one configuration under one set of engine settings."""

    id: str
    settings: Mapping[str, object]
    deployed: bool
    metrics: Mapping[str, MetricGain]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unused:
    """A run that says nothing, and why."""

    run: str
    reason: str


def calibrate_local(files: Sequence[Path], *, out: Path | None, form: str) -> None:
    """Compare the measured runs of files with the model, print what they change, and write them where asked to.

    Raises `InputError` when a file cannot be read, or when no run of them can be used.
    """
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    rows = read_runs(files)
    gains, used, unused = _gains(catalog, rows)
    if not gains:
        raise InputError([Diagnostic(Where(item.run), item.reason, _hint(item, catalog)) for item in unused])
    datasets = [show(path) for path in files]
    if out is not None:
        write_table(rows.take(pa.array(used, pa.int64())), out / DATASET)
        datasets = [show(out)]
    if form == "json":
        click.echo(json.dumps(_as_json(gains, unused, datasets), indent=2))
        return
    print_table(HEADER, [cells for gain in gains for cells in _cells(gain)], form=form, right=range(2, len(HEADER)))
    _say(gains, unused, datasets, written=out is not None)


def read_runs(files: Sequence[Path]) -> pa.Table:
    """Return the rows of measured runs in files: Parquet datasets. Raises `InputError` with every problem."""
    tables: list[pa.Table] = []
    problems: list[Diagnostic] = []
    for path in files:
        found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        try:
            if not found:
                raise input_error(show(path), "no Parquet file is here")
            tables += [read_table(item) for item in found]
        except InputError as error:
            problems += error.diagnostics
    if not problems:
        whole = distinct(pa.concat_tables(tables))
        names = ", ".join(show(path) for path in files)
        problems = [Diagnostic(Where(names), fault.message, fault.hint) for fault in repeated(whole)]
    if problems:
        raise InputError(problems)
    return whole


def _gains(catalog: Catalog, rows: pa.Table) -> tuple[list[Gain], list[int], list[Unused]]:
    """Return what each configuration gains, in order, the rows that were used, and the runs that were not."""
    known = {item.id: item for item in possible(catalog)}
    runs: list[tuple[int, MeasuredRun]] = []
    unused: list[Unused] = []
    for index, row in enumerate(rows.to_pylist()):
        found = read_run(row, catalog.serving) if row["source"] == "measured" else NOT_MEASURED
        found = found if id_of(row) in known or found == NOT_MEASURED else UNKNOWN
        if isinstance(found, str):
            unused.append(Unused(name_of(row), found))
        else:
            runs.append((index, found))
    grouped: dict[tuple[str, tuple[object, ...]], list[tuple[int, MeasuredRun, Residual]]] = {}
    compared = residuals([run for _, run in runs], known, catalog.serving)
    for (index, run), outcome in zip(runs, compared, strict=True):
        if isinstance(outcome, str):
            unused.append(Unused(run.name, outcome))
        else:
            key = (run.id, tuple(getattr(run.settings, name) for name in SETTINGS))
            grouped.setdefault(key, []).append((index, run, outcome))
    gains, used = [], []
    for (name, _), members in sorted(grouped.items(), key=lambda item: repr(item[0])):
        kept, far = plausible(item for _, _, item in members)
        unused += [Unused(item.name, TOO_FAR) for item in far]
        if kept:
            gains.append(_gain(known[name], members[0][1], kept, catalog))
            same = {id(item) for item in kept}
            used += [index for index, _, item in members if id(item) in same]
    return gains, sorted(used), unused


def _gain(configuration: Configuration, run: MeasuredRun, kept: Sequence[Residual], catalog: Catalog) -> Gain:
    generation = configuration.accelerator.generation if configuration.pp == 1 else None
    widths: dict[str, float] = {
        metric: interval_width(catalog.serving, metric, generation) for metric in LATENCY_METRICS
    }
    shift, left = shift_of(kept, general_widths=widths), left_out(kept, general_widths=widths)
    return Gain(
        id=run.id,
        settings={name: getattr(run.settings, name) for name in SETTINGS},
        deployed=is_deployed(run),
        metrics={metric: _metric_gain(shift, metric, left[metric]) for metric in METRICS if shift.metrics[metric].runs},
        runs=tuple(item.name for item in kept),
    )


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


def _cells(gain: Gain) -> Iterator[tuple[str, ...]]:
    for metric, found in gain.metrics.items():
        yield (
            gain.id, metric.upper(), f"{found.runs}", f"x {found.median_factor:.2f}", f"x {found.factor:.2f}",
            f"{found.error_before:.1%}", "unknown" if found.error_after is None else f"{found.error_after:.1%}",
            f"{found.interval_before:.0%}", f"{found.interval_here:.0%}", f"{found.interval_elsewhere:.0%}",
        )  # fmt: skip


def _say(gains: Sequence[Gain], unused: Sequence[Unused], datasets: Sequence[str], *, written: bool) -> None:
    """Print what was left out, and how plans come to use the runs."""
    for gain in gains:
        if not gain.deployed:
            stated = ", ".join(f"{name} {value}" for name, value in gain.settings.items())
            click.echo(f"{gain.id}: corrects no plan, whose engine has other settings than {stated}")
    for item in unused:
        click.echo(f"not used: {item.run}: {item.reason}")
    if written:
        click.echo(f"wrote {datasets[0]}/{DATASET}")
    click.echo("plans use these runs when neuralnav.yaml says:")
    click.echo(f"  spec:\n    benchmarks: [{', '.join(datasets)}]")


def _as_json(gains: Sequence[Gain], unused: Sequence[Unused], datasets: Sequence[str]) -> dict[str, object]:
    return {
        "configurations": [asdict(gain) for gain in gains],
        "unused": [asdict(item) for item in unused],
        "neuralnav.yaml": {"spec": {"benchmarks": list(datasets)}},
    }


def _hint(item: Unused, catalog: Catalog) -> str:
    """Return what may help a run whose configuration no catalog holds."""
    if item.reason != UNKNOWN:
        return ""
    name = item.run.split(" ")[0]
    model, _, accelerator = name.split("/")[:3]
    for kind, word, ids in (("model", model, catalog.models), ("accelerator", accelerator, catalog.accelerators)):
        if word not in ids:
            return f'unknown {kind} "{word}"; {suggestion(word, ids)}'.rstrip("; ")
    return "the accelerator does not serve this precision, or the model cannot be split so"
