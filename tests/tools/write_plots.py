# ruff: noqa: T201  # a command that prints
"""Draw the figures of docs/: `uv run python -m tests.tools.write_plots [--reference ../shared/reference]`.

`predicted-measured.png` holds every measured closed-loop run that is used, predicted by a fit that did not see its
group; it needs the measured table, which is not part of this repository, and takes some minutes. `load-curves.png` is
drawn from the packaged tables.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow.compute as pc

mpl.use("Agg")
from matplotlib import pyplot as plt

from neuralnav.calibration.fit import Errors
from neuralnav.calibration.judge import by_group, left_out
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import current
from neuralnav.calibration.rows import ClosedRun, closed_runs
from neuralnav.calibration.steps import step_sets
from neuralnav.cli.calibrate_all import CLOSED_COLUMNS, STEP_ACCELERATOR, STEP_COLUMNS, STEP_MODEL
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.parquet import read_table
from neuralnav.files.rows import read_csv

ROOT = Path(__file__).resolve().parents[2]
CURVES = (
    "llama-3.1-8b/fp8/h100/tp1",
    "qwen3-32b/fp8/h100/tp2",
    "gpt-oss-120b/fp4/b200/tp1",
    "minimax-m2.5/fp8/h200/tp4",
)
SHAPE = "512x256"
COLOURS = ("#1b6ca8", "#d1495b", "#3a7d44", "#8d6a9f", "#e08e45", "#5c5c5c", "#2a9d8f", "#b5838d")
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "reference")
    options = parser.parse_args(arguments)
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
                         "grid.alpha": 0.25})  # fmt: skip
    _load_curves(ROOT / "docs" / "load-curves.png")
    if (options.reference / "measured.csv").exists():
        _predicted(options.reference, ROOT / "docs" / "predicted-measured.png")
    else:
        print(f"no measured.csv in {options.reference}: only the load curves are drawn")
    return 0


def _predicted(reference: Path, path: Path) -> None:
    catalog = load_catalog([])
    runs = closed_runs(read_csv(reference / "measured.csv", CLOSED_COLUMNS), catalog).runs
    rows = read_csv(reference / "step_time_vllm.csv.gz", STEP_COLUMNS)
    sets = step_sets(rows, catalog, accelerator=STEP_ACCELERATOR, model=STEP_MODEL)
    found = left_out(
        runs,
        sets,
        catalog.serving,
        np.array(current(catalog.serving)),
        by_group,
        step=lambda: print(".", end="", flush=True),
    )
    model = RunModel(runs, catalog.serving)
    figure, axes = plt.subplots(1, 2, figsize=(11, 5.6))
    for axis, metric in zip(axes, ("TTFT", "TPOT"), strict=True):
        _scatter(axis, model.runs, found, metric)
    axes[1].legend(loc="lower right", fontsize=7, frameon=False)
    figure.suptitle(
        "Predicted by a fit that never saw the model on that accelerator, against measured (means of closed loops)"
    )
    _save(figure, path)


def _scatter(axis: Any, runs: Sequence[ClosedRun], found: Errors, metric: str) -> None:
    measured = np.array([run.ttft_ms if metric == "TTFT" else run.tpot_ms for run in runs])
    predicted = measured * np.exp(found.ttft if metric == "TTFT" else found.tpot)
    for index, name in enumerate(sorted({run.group for run in runs})):
        own = np.array([run.group == name for run in runs])
        mark = MARKS[(index + index // len(MARKS)) % len(MARKS)]  # no two groups look alike
        colour = COLOURS[index % len(COLOURS)]
        look = {"s": 14, "alpha": 0.7, "linewidths": 0, "marker": mark, "color": colour}
        axis.scatter(measured[own], predicted[own], label=name, **look)
    ends = np.array([measured.min() * 0.8, measured.max() * 1.25])
    axis.plot(ends, ends, color="black", linewidth=0.8)
    axis.fill_between(ends, ends / 1.2, ends * 1.2, color="black", alpha=0.06, linewidth=0)
    middle = np.median(np.abs(predicted / measured - 1.0))
    axis.set(xscale="log", yscale="log", xlabel=f"measured {metric}, ms", ylabel=f"predicted {metric}, ms",
             title=f"{metric}: median error {middle:.1%} over {len(runs)} runs; the band is 20 %")  # fmt: skip


def _load_curves(path: Path) -> None:
    table = read_table(ROOT / "benchmarks" / "simulated" / f"{SHAPE}.parquet")
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.2))
    for colour, name in zip(COLOURS, CURVES, strict=False):
        model, precision, accelerator, tp = name.split("/")
        wanted = {"model": model, "precision": precision, "accelerator": accelerator, "tp": int(tp[2:]), "pp": 1}
        rows = table
        for column, value in wanted.items():
            rows = rows.filter(pc.equal(rows[column], value))
        for axis, metric in zip(axes, ("ttft", "itl", "e2e"), strict=True):
            _curve(axis, rows.sort_by("offered_rps").to_pylist(), metric, colour, name)
    for axis, metric in zip(axes, ("TTFT", "ITL", "E2E"), strict=True):
        axis.set(yscale="log", xlabel="offered requests/s per replica", ylabel=f"p95 {metric}, ms")
    axes[0].legend(fontsize=7, frameon=False)
    figure.suptitle(
        f"Load curves of the packaged tables, {SHAPE.replace('x', ' -> ')} tokens; bands are 90 % intervals"
    )
    _save(figure, path)


def _curve(axis: Any, rows: Sequence[dict[str, Any]], metric: str, colour: str, name: str) -> None:
    if not rows:
        return
    rate = [row["offered_rps"] for row in rows]
    value = np.array([row[f"{metric}_p95_ms"] for row in rows])
    width = np.array([row[f"{metric}_interval"] for row in rows])
    axis.plot(rate, value, marker="o", markersize=3, color=colour, label=name)
    axis.fill_between(rate, value / (1 + width), value * (1 + width), color=colour, alpha=0.15, linewidth=0)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=130, metadata={"Software": None})
    print(f"\nwrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
