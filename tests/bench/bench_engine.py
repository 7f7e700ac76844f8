# ruff: noqa: T201  # a command that prints
"""How long the serving engine takes and what it holds. Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_engine.py [--repeats 5] [--most 1000000] [--every 200]
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from neuralnav.files.catalogs import load_catalog
from neuralnav.model.catalog import Catalog
from neuralnav.serving.arrivals import at_rate, unit_poisson
from neuralnav.serving.configurations import Configuration, configurations, plan_memory
from neuralnav.serving.engine import Limits, simulate, simulate_load
from neuralnav.serving.lengths import fixed
from neuralnav.serving.load import Load
from neuralnav.serving.observed import observed
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.stepcost import StepCost, step_cost
from neuralnav.serving.sweep import sweep

SHAPES = ((512, 256), (1024, 1024), (4096, 512), (10240, 1536))
SHARES = (0.02, 0.4, 0.8, 0.95, 1.25)
MEASURED, AROUND = 1000, 300
TIGHT_TOKENS = 24_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="the least of so many is printed")
    parser.add_argument("--most", type=int, default=1_000_000, help="requests of the longest run whose memory is shown")
    parser.add_argument("--every", type=int, default=200, help="sweep one of so many configurations; 0: none")
    parser.add_argument("--hold", nargs=2, metavar=("HOW", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    cost, limits = llama(load_catalog())
    if options.hold:
        hold(cost, limits, options.hold[0], int(options.hold[1]))
        return
    print_run(cost, limits, options.repeats)
    print_rows(cost, limits, options.repeats)
    print_memory(options.most)
    if options.every:
        print_sweeps(options.every)


def llama(catalog: Catalog) -> tuple[StepCost, Limits]:
    """Return llama-3.1-8b at 16 bits on one H100."""
    model, accelerator = catalog.models["llama-3.1-8b"], catalog.accelerators["h100"]
    checkpoint = next(c for c in model.checkpoints if c.precision == "bf16")
    one = Configuration(model.id, model.architecture, checkpoint, accelerator, tp=1)
    plan = plan_memory(one, 768, catalog.serving)
    cost = step_cost(model.architecture, checkpoint, accelerator, tp=1, serving=catalog.serving)
    return cost, Limits(plan.kv_capacity_tokens)


def print_run(cost: StepCost, limits: Limits, repeats: int) -> None:
    rate = 0.8 * saturation_rps(cost, limits, 512, 256)
    arrivals = at_rate(unit_poisson(10_000, seed=1), rate)
    seconds = least(lambda: simulate(cost, limits, arrivals, 512, 256), repeats)
    print(f"10,000 requests 512 -> 256 at 80 % load ({rate:.1f}/s): {seconds:.3f} s of processor time")
    planned_ahead = Limits(limits.kv_capacity_tokens, async_scheduling=True)
    print(
        f"  asynchronous scheduling: {least(lambda: simulate(cost, planned_ahead, arrivals, 512, 256), repeats):.3f} s"
    )


def print_rows(cost: StepCost, limits: Limits, repeats: int) -> None:
    """Print what a row costs: its run, and its percentiles with their intervals."""
    print(f"\nms per row of {MEASURED} measured requests, run + row, by share of the saturation rate")
    print(f"{'':34}" + "".join(f"{share:>16}" for share in SHARES) + "  preemptions at the last")
    for limit in (limits, Limits(TIGHT_TOKENS)):
        for prompt, output in SHAPES:
            batch = max(1, min(limit.max_num_seqs, limit.kv_capacity_tokens // (prompt + output)))
            warm_up = AROUND + 2 * batch
            measured, count = (warm_up, warm_up + MEASURED), MEASURED + 2 * warm_up
            saturation = saturation_rps(cost, limit, prompt, output)
            cells, preemptions = [], 0
            for share in SHARES:
                arrivals = at_rate(unit_poisson(count, seed=1, measured=measured), saturation * share)

                run = partial(simulate, cost, limit, arrivals, prompt, output, measured=measured)
                ran = run()
                took = least(run, repeats), least(partial(observed, ran, output, 1), repeats)
                cells.append(f"{took[0] * 1e3:9.1f} + {took[1] * 1e3:3.1f}")
                preemptions = ran.preemptions
            shape = f"{prompt} -> {output}, {limit.kv_capacity_tokens} KV"
            print(f"{shape:34}" + "".join(f"{cell:>16}" for cell in cells) + f"{preemptions:>10}")


def print_memory(most: int) -> None:
    """Print the peak memory of a process of its own for each length of run; most of it is the catalog's."""
    print(f"\n{'requests':>10}{'added up (simulate_load)':>28}{'kept (simulate)':>28}")
    count = 10_000
    while count <= most:
        cells = [
            subprocess.run(
                [sys.executable, __file__, "--hold", how, str(count)], capture_output=True, text=True, check=True
            ).stdout.strip()
            for how in ("added", "kept")
        ]
        print(f"{count:>10}{cells[0]:>28}{cells[1]:>28}")
        count *= 10


def hold(cost: StepCost, limits: Limits, how: str, count: int) -> None:
    rate = 0.8 * saturation_rps(cost, limits, 512, 256)
    load = Load(count, (count // 10, count - count // 10), rate, fixed(512), fixed(256), seed=1)
    started = time.process_time()
    if how == "added":
        observed(simulate_load(cost, limits, load), 256, 1)
    elif how == "kept":
        arrivals = at_rate(unit_poisson(count, seed=1, measured=load.measured), rate)
        observed(simulate(cost, limits, arrivals, 512, 256, measured=load.measured), 256, 1)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.process_time() - started:.2f} s, {peak_mib:.0f} MiB")


def print_sweeps(every: int) -> None:
    """Sweep some configurations, and print what all would take."""
    catalog = load_catalog()
    all_of_them = configurations(catalog)
    chosen = all_of_them[::every]
    started, rows = time.process_time(), 0
    for configuration in chosen:
        for prompt, output in SHAPES:
            rows += sweep(configuration, prompt, output, catalog.serving).num_rows
    seconds = time.process_time() - started
    whole = seconds / len(chosen) * len(all_of_them) / 60
    print(f"\n{len(chosen)} of {len(all_of_them)} configurations, {rows} rows: {seconds / rows * 1e3:.1f} ms per row")
    print(f"all of them: {whole:.0f} minutes of processor time, {whole / 2:.0f} on two cores")


def least(run: Callable[[], object], repeats: int) -> float:
    """Return the least processor time of some repeats."""
    taken = []
    for _ in range(repeats):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return min(taken)


if __name__ == "__main__":
    main()
