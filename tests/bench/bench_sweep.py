"""How well few load points tell a capacity, what is left of a run's start, and how long the whole table takes.

Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_sweep.py points | warm-up | speed | on-demand [--every 172]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from neuralnav.candidates import _capacity
from neuralnav.candidates.beside import carried_to, planned_p95
from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.catalog import Catalog
from neuralnav.model.tables import METRICS
from neuralnav.serving.arrivals import unit_poisson
from neuralnav.serving.bestcase import best_cases
from neuralnav.serving.configurations import Configuration, configurations
from neuralnav.serving.engine import simulate
from neuralnav.serving.observed import observed
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.server import server_of
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import sweep
from neuralnav.serving.warmup import first_guess

EARLIER = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.25)
DENSE = tuple(round(1.25 * step / 64, 6) for step in range(1, 65))
PLANS: Mapping[str, SweepSettings] = {
    "13 fixed points": SweepSettings(load_fractions=EARLIER, most_points=0),
    "8 at the knees": SweepSettings(most_points=8),
    "10 at the knees": SweepSettings(),
    "13 at the knees": SweepSettings(most_points=13),
}
OWN_SHAPES = ((700, 300), (2000, 150), (300, 600), (6000, 800))
LONG_WARM_UP = 4000
CLASSES = ((150.0, 25.0), (300.0, 30.0), (500.0, 35.0), (1000.0, 40.0), (2000.0, 45.0))
"""TTFT and ITL of the experience classes; E2E is TTFT and ITL for every token (`catalogs/use-cases.yaml`)."""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(COMMANDS))
    parser.add_argument("--every", type=int, default=172, help="look at one of so many configurations")
    arguments = parser.parse_args()
    os.environ[CACHE_VARIABLE] = tempfile.mkdtemp(prefix="neuralnav-bench-")
    catalog = load_catalog()
    sample = configurations(catalog)[7 :: arguments.every]
    say(f"{len(sample)} of {len(configurations(catalog)):,} configurations")
    COMMANDS[arguments.what](catalog, sample)


def points(catalog: Catalog, sample: Sequence[Configuration]) -> None:
    """Print the error of capacity against a dense sweep of the same requests, at the SLOs of the experience classes."""
    errors: dict[str, list[float]] = {name: [] for name in PLANS}
    rows = dict.fromkeys(PLANS, 0)
    for item in sample:
        for shape in _shapes(catalog):
            dense = sweep(item, *shape, catalog.serving, SweepSettings(load_fractions=DENSE, most_points=0))
            if not dense.num_rows:
                continue
            truth = _capacities(dense, shape[1])
            for name, settings in PLANS.items():
                table = sweep(item, *shape, catalog.serving, settings)
                rows[name] += table.num_rows
                pairs = zip(_capacities(table, shape[1]), truth, strict=True)
                errors[name] += [found / true - 1.0 for found, true in pairs if true > 0.0]
    say(f"{'load points':18} {'rows':>6} {'median':>8} {'p90':>8} {'worst':>8} {'bias':>8}")
    for name, found in errors.items():
        off = np.abs(found)
        shown = (np.median(off), np.quantile(off, 0.9), off.max(), np.mean(found))
        say(f"{name:18} {rows[name]:6,} " + " ".join(f"{100 * value:7.1f}%" for value in shown))


def warm_up(catalog: Catalog, sample: Sequence[Configuration]) -> None:
    """Print how far p95 is off, of the same 1,000 requests, for the start being near instead of far."""
    arrivals = unit_poisson(1000 + 2 * LONG_WARM_UP, seed=5, measured=(LONG_WARM_UP, LONG_WARM_UP + 1000))
    say(f"{'load':>5} {'rule':>12} {'requests':>8}   mean error of p95 TTFT, ITL, E2E      worst")
    for share in (0.1, 0.5, 0.8, 0.9, 0.95):
        found: dict[str, list[list[float]]] = {"none": [], "time to fill": []}
        before: dict[str, list[int]] = {"none": [], "time to fill": []}
        for item in sample[::4]:
            for shape in _shapes(catalog):
                server = server_of(item, *shape, catalog.serving, SweepSettings())
                if server is None:
                    continue
                gap_ms = 1e3 / (share * saturation_rps(server.cost, server.limits, *shape))

                def p95(warm_up: int, *, gap_ms: float = gap_ms, shape: tuple[int, int] = shape) -> list[float]:
                    times = arrivals[LONG_WARM_UP - warm_up :] * gap_ms
                    run = simulate(server.cost, server.limits, times, *shape, measured=(warm_up, warm_up + 1000))  # noqa: B023  # called at once
                    cells = observed(run, shape[1], 1)
                    return [cells[f"{metric}_p95_ms"] for metric in METRICS]

                settled = np.array(p95(LONG_WARM_UP))
                for name, count in (("none", 0), ("time to fill", first_guess(server.batch, share))):
                    found[name].append((np.array(p95(count)) / settled - 1.0).tolist())
                    before[name].append(count)
        for name, errors in found.items():
            off = np.abs(np.array(errors)) * 100
            means = " ".join(f"{value:9.2f}%" for value in off.mean(axis=0))
            say(f"{share:5.0%} {name:>12} {np.mean(before[name]):8.0f}   {means}   {off.max():15.1f}%")


def speed(catalog: Catalog, sample: Sequence[Configuration]) -> None:
    """Print what the whole default table takes, projected from the sample, in processor time."""
    begun, rows = time.process_time(), 0
    for item in sample:
        rows += sum(sweep(item, *shape, catalog.serving).num_rows for shape in _shapes(catalog))
    spent = time.process_time() - begun
    minutes = spent / len(sample) * len(configurations(catalog)) / 60
    say(f"{rows:,} rows in {spent:.1f} s of processor time, {1e3 * spent / rows:.1f} ms a row")
    say(f"whole table: {minutes:.0f} minutes on one core, {minutes / 2:.0f} on two")


def on_demand(catalog: Catalog, sample: Sequence[Configuration]) -> None:
    """Print how far above a swept capacity its best case is, at the SLOs of the experience classes, and its cost."""
    ratios, below, seconds = list[float](), 0, [0.0, 0.0]
    for item in sample:
        for shape in OWN_SHAPES:
            settings = SweepSettings(requests=300, most_points=8)
            begun = time.process_time()
            best = best_cases((item,), *shape, catalog.serving, settings)
            middle = time.process_time()
            table = sweep(item, *shape, catalog.serving, settings)
            seconds[0], seconds[1] = seconds[0] + middle - begun, seconds[1] + time.process_time() - middle
            if not table.num_rows:
                continue
            for most, found in zip(_capacities(best, shape[1]), _capacities(table, shape[1]), strict=True):
                below += found > most
                ratios += [most / found] if found > 0.0 else []
    shown = ", ".join(f"{share:.0%} {np.quantile(ratios, share):.2f}" for share in (0.0, 0.05, 0.5, 0.95))
    say(f"{len(ratios)} capacities; best case over swept: {shown}; swept above the best case: {below}")
    count = len(sample) * len(OWN_SHAPES)
    say(f"{1e3 * seconds[0] / count:.1f} ms a best case, {1e3 * seconds[1] / count:.1f} ms a sweep (300 requests)")
    say("left out and predicted from the other profiles (log-linear in tokens), error of capacity:")
    for name, error in _left_out(catalog, sample).items():
        say(f"  {name:12} median {100 * np.median(error):5.0f}%, p90 {100 * np.quantile(error, 0.9):5.0f}%")


def _left_out(catalog: Catalog, sample: Sequence[Configuration]) -> dict[str, list[float]]:
    """Return the errors of each profile's capacities when they are interpolated from the three other profiles."""
    shapes = _shapes(catalog)
    places = np.array([[1.0, np.log(prompt), np.log(output)] for prompt, output in shapes])
    errors: dict[str, list[float]] = {f"{prompt}x{output}": [] for prompt, output in shapes}
    for item in sample:
        tables = [sweep(item, *shape, catalog.serving, SweepSettings(requests=300)) for shape in shapes]
        if not all(table.num_rows for table in tables):
            continue
        found = np.array([_capacities(table, shape[1]) for table, shape in zip(tables, shapes, strict=True)])
        for index, name in enumerate(errors):
            others = [other for other in range(len(shapes)) if other != index]
            weights = places[index] @ np.linalg.inv(places[others])
            for column in found[:, (found > 0).all(axis=0)].T:
                errors[name].append(abs(float(np.exp(weights @ np.log(column[others])) / column[index]) - 1.0))
    return errors


def _shapes(catalog: Catalog) -> list[tuple[int, int]]:
    return [(item.prompt_tokens, item.output_tokens) for item in catalog.profiles.values()]


def _capacities(table: pa.Table, output_tokens: int) -> list[float]:
    """Return the capacity of a curve at the SLOs of each experience class, as a plan reads it."""
    offered, achieved = (table[name].to_numpy()[None] for name in ("offered_rps", "achieved_rps"))
    planned = {
        metric: planned_p95(table[f"{metric}_p95_ms"].to_numpy()[None], np.zeros(1), "likely") for metric in METRICS
    }
    carried = carried_to(offered, achieved)
    targets = [{"ttft": ttft, "itl": itl, "e2e": ttft + output_tokens * itl} for ttft, itl in CLASSES]
    return [float(_capacity(offered, planned, carried, slo_ms)[0][0]) for slo_ms in targets]


COMMANDS: Mapping[str, Callable[[Catalog, Sequence[Configuration]], None]] = {
    "points": points, "warm-up": warm_up, "speed": speed, "on-demand": on_demand,
}  # fmt: skip


if __name__ == "__main__":
    main()
