# ruff: noqa: T201  # a command that prints
"""How well a few measured runs of a configuration predict its others, on measured closed-loop vLLM runs.

`python tests/bench/local_calibration.py [--reference ../shared/reference]` takes 1, 2 and 3 runs of each configuration
by chance (seeded, several draws), predicts its other runs from them, and prints the median absolute error before and
after, and how many of the others lie inside of the 90 % interval; then the same for each configuration with 3 runs,
worst first. Predictions are those of fits that knew nothing of the configuration's group (model x accelerator x
precision), which takes some minutes; `--in-sample` takes the packaged coefficients. `--components` prints what SPREADS
rests on. Nothing is written.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import expm1, log1p, log2, sqrt
from pathlib import Path
from statistics import median

import numpy as np

from neuralnav.calibration.fit import Errors, errors
from neuralnav.calibration.judge import DRAWS, SPARE, by_group, left_out, residuals
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import current
from neuralnav.calibration.rows import ClosedRun, closed_runs
from neuralnav.calibration.steps import step_sets
from neuralnav.cli.calibrate_all import STEP_ACCELERATOR, STEP_MODEL
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.rows import read_csv
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.tables import METRICS
from neuralnav.serving.coefficients import interval_width
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.local import Residual, plausible, shift_of

ROOT = Path(__file__).resolve().parents[2]
COUNTS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one configuration, with the general half-widths of its accelerator."""

    name: str
    widths: Mapping[str, float]
    runs: tuple[Residual, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """One run predicted from others: log(model / measured) before and after, and whether the interval holds it."""

    before: float
    after: float
    is_inside: bool


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "reference")
    parser.add_argument("--in-sample", action="store_true", help="by the packaged coefficients, nothing left out")
    parser.add_argument("--by-model", action="store_true", help="take all parallelisms of a model as one configuration")
    parser.add_argument("--components", action="store_true", help="print the parts of the variance")
    options = parser.parse_args(arguments)
    table = options.reference / "measured.csv"
    if not table.exists():
        print(f"no measured.csv in {options.reference}: nothing to calibrate with")
        return 2
    catalog = load_catalog()
    runs = closed_runs(read_csv(table, ()), catalog).runs
    found = _in_sample(runs, catalog) if options.in_sample else _left_out(runs, catalog, options.reference)
    groups = _groups(runs, catalog.serving, found, by_model=options.by_model)
    _print_all(groups)
    if options.components:
        _print_components(groups)
    return 0


def _in_sample(runs: Sequence[ClosedRun], catalog: Catalog) -> Errors:
    return errors(RunModel(runs, catalog.serving), np.array(current(catalog.serving)))


def _left_out(runs: Sequence[ClosedRun], catalog: Catalog, reference: Path) -> Errors:
    """Return the errors of each run by a fit to all other groups, and to measured passes where they lie there."""
    table, begin = reference / "step_time_vllm.csv.gz", np.array(current(catalog.serving))
    rows = read_csv(table, ()) if table.exists() else []
    sets = step_sets(rows, catalog, accelerator=STEP_ACCELERATOR, model=STEP_MODEL)
    return left_out(
        runs, sets, catalog.serving, begin, by_group, step=lambda: print(".", end="", flush=True, file=sys.stderr)
    )


def _groups(runs: Sequence[ClosedRun], serving: ServingList, found: Errors, *, by_model: bool) -> list[Group]:
    generations = {run.group: run.accelerator.generation for run in runs}
    own: dict[str, tuple[Residual, ...]] = {}
    for name, members in sorted(residuals(RunModel(runs, serving), found).items()):
        key = name.rpartition(" tp")[0] if by_model else name
        own[key] = (*own.get(key, ()), *members)
    widths: dict[str, Mapping[str, float]] = {
        group: {metric: interval_width(serving, metric, generation) for metric in LATENCY_METRICS}
        for group, generation in generations.items()
    }
    return [
        Group(name, widths[name if by_model else name.rpartition(" tp")[0]], plausible(members)[0])
        for name, members in own.items()
    ]


def _print_all(groups: Sequence[Group]) -> None:
    runs = sum(len(group.runs) for group in groups)
    print(f"{runs} runs of {len(groups)} configurations; errors are medians of the absolute error")
    print(f"{'runs taken':12}" + "".join(f"{m:>7} before   after  inside" for m in METRICS))
    for count in COUNTS:
        _print(f"{count}", {m: [x for g in groups for x in _misses(g, m, count)] for m in METRICS})
    print(f"\nby configuration, {COUNTS[-1]} runs taken, worst first by what is left of ITL")
    found = {g.name: {m: list(_misses(g, m, COUNTS[-1])) for m in METRICS} for g in groups}
    for name, misses in sorted(found.items(), key=lambda item: (-_after(item[1]["itl"]), item[0])):
        if misses["itl"]:
            _print(name, misses)


def _misses(group: Group, metric: str, count: int) -> Iterator[Miss]:
    """Yield what becomes of every run that is not taken, over all draws."""
    if len(group.runs) < count + SPARE:
        return
    chance = random.Random(count)  # noqa: S311  # a draw, seeded
    for _ in range(DRAWS):
        taken = set(chance.sample(range(len(group.runs)), count))
        shift = shift_of([group.runs[i] for i in sorted(taken)], general_widths=group.widths)
        others = [run for i, run in enumerate(group.runs) if i not in taken]
        logs, variances = shift.at(metric, [run.place for run in others])
        for run, log, variance in zip(others, logs.tolist(), variances, strict=True):
            left = log - run.logs[metric]
            yield Miss(-run.logs[metric], left, abs(left) <= log1p(shift.width(metric, variance)))


def _print(name: str, misses: Mapping[str, list[Miss]]) -> None:
    cells = []
    for metric in METRICS:
        before = median(abs(expm1(miss.before)) for miss in misses[metric])
        inside = sum(miss.is_inside for miss in misses[metric]) / len(misses[metric])
        cells.append(f"{before:14.1%} {_after(misses[metric]):7.1%} {inside:7.0%}")
    print(f"{name:34}" if len(name) > 2 else f"{name:12}", "".join(cells), sep="")


def _after(misses: Sequence[Miss]) -> float:
    return median(abs(expm1(miss.after)) for miss in misses) if misses else 0.0


def _print_components(groups: Sequence[Group]) -> None:
    """Print standard deviations: of the groups' medians, within groups, and of pairs by their distance."""
    print(
        "\nstandard deviations of log(measured / predicted): of configurations' medians, and within (the median one);"
    )
    print("of one of a pair of one configuration and shape, by doublings of concurrency between them")
    for metric in METRICS:
        logs = [[run.logs[metric] for run in group.runs] for group in groups if len(group.runs) > 2]  # a spread
        between = sqrt(sum(median(values) ** 2 for values in logs) / len(logs))
        within = median(_deviation(values) for values in logs)
        pairs: dict[int, list[float]] = {}
        for group in groups:
            for one, two in combinations(group.runs, 2):
                if one.place.prompt_tokens == two.place.prompt_tokens and (
                    one.place.output_tokens == two.place.output_tokens
                ):
                    apart = round(abs(log2(one.place.in_flight / two.place.in_flight)))
                    pairs.setdefault(apart, []).append((one.logs[metric] - two.logs[metric]) ** 2 / 2)
        shown = "".join(f"  {apart}: {sqrt(sum(p) / len(p)):.3f}" for apart, p in sorted(pairs.items()))
        print(f"  {metric}: {between:.3f}, {within:.3f};{shown}")


def _deviation(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


if __name__ == "__main__":
    sys.exit(main())
