# ruff: noqa: T201  # a command that prints
"""How well a few measured runs of a configuration predict its others, on measured closed-loop vLLM runs.

`python tests/bench/local_calibration.py [--reference ../shared/reference]` takes 1, 2 and 3 runs of each group by
chance (seeded, several draws), predicts the group's other runs from them, and prints the median absolute error before
and after, and how many of the others lie inside of the 90 % interval; then the same group by group with 3 runs, worst
first. A configuration is a model, precision, accelerator and parallelism; `--by-model` takes all parallelisms of a
model on an accelerator as one group. `--components` prints what SPREADS rests on. Nothing is written.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

from validate_serving import ROOT, Row, _as_json, _rows

from neuralnav.model.catalog import ServingCatalog, ServingList
from neuralnav.model.tables import METRICS
from neuralnav.serving.clients import ClosedLoop, predict
from neuralnav.serving.coefficients import interval_width
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.local import Residual, plausible, shift_of
from neuralnav.serving.runs import MeasuredRun, residual
from neuralnav.serving.settings import SweepSettings

DRAWS = 20
COUNTS = (1, 2, 3)
LEAST_SHARE = 0.8  # of the nominal lengths, as the runs' client draws them
SPARE = 3  # a group has at least this many runs beside those that are taken


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one group, with the general half-widths of its accelerator."""

    name: str
    widths: Mapping[str, float]
    runs: tuple[Residual, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """One run predicted from others: log error before and after, and whether the interval holds it."""

    before: float
    after: float
    inside: bool


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "reference")
    parser.add_argument("--serving", type=Path, default=ROOT / "catalogs" / "serving.yaml")
    parser.add_argument("--by-model", action="store_true", help="one group for all parallelisms")
    parser.add_argument("--components", action="store_true", help="print the parts of the variance")
    options = parser.parse_args(arguments)
    if not (options.reference / "measured.csv").exists():
        print(f"no measured.csv in {options.reference}: nothing to calibrate with")
        return 2
    groups = _groups(options.reference, options.serving, by_model=options.by_model)
    runs = sum(len(group.runs) for group in groups)
    print(f"{runs} runs in {len(groups)} groups; errors are medians of the absolute error")
    print(f"{'runs taken':12}" + "".join(f"{m:>7} before   after  inside" for m in METRICS))
    for count in COUNTS:
        _print(f"{count}", {m: [x for g in groups for x in _misses(g, m, count)] for m in METRICS})
    print(f"\nby group, {COUNTS[-1]} runs taken, worst first by what is left of ITL")
    found = {g.name: {m: list(_misses(g, m, COUNTS[-1])) for m in METRICS} for g in groups}
    for name, misses in sorted(found.items(), key=lambda item: (-_after(item[1]["itl"]), item[0])):
        if misses["itl"]:
            _print(name, misses)
    if options.components:
        _print_components(groups)
    return 0


def _groups(reference: Path, serving_file: Path, *, by_model: bool) -> list[Group]:
    serving = ServingCatalog.model_validate_json(_as_json(serving_file)).spec
    found: dict[str, list[Residual]] = {}
    widths: dict[str, dict[str, float]] = {}
    for index, row in enumerate(_rows(reference)):
        one = _compared(index, row, serving)
        if one is not None:
            name = row.group if by_model else f"{row.group} tp{row.tp}"
            found.setdefault(name, []).append(one)
            widths[name] = {metric: interval_width(serving, metric, row.generation) for metric in LATENCY_METRICS}
    return [Group(name, widths[name], plausible(runs)[0]) for name, runs in sorted(found.items())]


def _compared(index: int, row: Row, serving: ServingList) -> Residual | None:
    configuration = Configuration(row.group, row.architecture, row.checkpoint, row.accelerator, row.tp)
    settings = SweepSettings(kv_dtype="fp8" if row.kv_bytes == 1.0 else "auto")
    client = ClosedLoop(row.concurrency, 10 * row.concurrency, LEAST_SHARE)
    reported = predict(configuration, row.prompt, row.output, client, serving, settings)
    if reported is None:
        return None
    ms = {"ttft_mean_ms": row.ttft_ms, "tpot_mean_ms": row.tpot_ms}
    run = MeasuredRun(configuration.id, f"row {index}", row.prompt, row.output, settings, client, ms)
    found = residual(run, reported)
    return found if isinstance(found, Residual) else None


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
            left = run.logs[metric] - log
            yield Miss(run.logs[metric], left, abs(left) <= math.log1p(shift.width(metric, variance)))


def _print(name: str, misses: Mapping[str, list[Miss]]) -> None:
    cells = []
    for metric in METRICS:
        before = math.expm1(median(abs(miss.before) for miss in misses[metric]))
        inside = sum(miss.inside for miss in misses[metric]) / len(misses[metric])
        cells.append(f"{before:14.1%} {_after(misses[metric]):7.1%} {inside:7.0%}")
    print(f"{name:34}" if len(name) > 2 else f"{name:12}", "".join(cells), sep="")


def _after(misses: Sequence[Miss]) -> float:
    return math.expm1(median(abs(miss.after) for miss in misses)) if misses else 0.0


def _print_components(groups: Sequence[Group]) -> None:
    """Print standard deviations: of the groups' medians, within groups, and of pairs by their distance."""
    print("\nstandard deviations of log(measured / predicted): between groups' medians, within a group (median group)")
    for metric in METRICS:
        logs = [[run.logs[metric] for run in group.runs] for group in groups if len(group.runs) > 2]  # a spread
        between = math.sqrt(sum(median(values) ** 2 for values in logs) / len(logs))
        within = median(_deviation(values) for values in logs)
        print(
            f"  {metric}: {between:.3f}, {within:.3f}; of one of a pair by doublings of concurrency, one shape:", end=""
        )
        pairs: dict[int, list[float]] = {}
        for group in groups:
            for one, two in combinations(group.runs, 2):
                if (one.place.prompt_tokens, one.place.output_tokens) == (
                    two.place.prompt_tokens,
                    two.place.output_tokens,
                ):
                    apart = round(abs(math.log2(one.place.in_flight / two.place.in_flight)))
                    pairs.setdefault(apart, []).append((one.logs[metric] - two.logs[metric]) ** 2 / 2)
        print("".join(f"  {apart}: {math.sqrt(sum(p) / len(p)):.3f}" for apart, p in sorted(pairs.items())))


def _deviation(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


if __name__ == "__main__":
    sys.exit(main())
