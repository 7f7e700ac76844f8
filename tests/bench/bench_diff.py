"""How long a diff of a large repository takes. Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_diff.py [--workloads 200] [--repeats 3] [--fleet]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from bench_compile import write_workloads

ROOT = Path(__file__).resolve().parents[2]
BARS = {"one edited": 5.0, "all tables": 20.0}
TABLES = "benchmarks"
SHAPES = ("512x256", "1024x1024", "4096x512", "10240x1536")
"""Those of the nine use cases, so that no workload is left out when all of their tables change."""
POLICIES = "  policies: [{path: budget.yaml}]\n"
BUDGET = """\
apiVersion: neuralnav.dev/v1alpha1
kind: FleetPolicy
metadata: {name: budget}
spec:
  groupBy: team
  rules:
    - {id: spend, require: fleet.cost_monthly_usd <= usd('900k')}
    - {id: gpus, require: fleet.gpus <= 600}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3, help="runs behind each median")
    parser.add_argument("--fleet", action="store_true", help="with a budget over all workloads")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="neuralnav-bench-") as name:
        folder = Path(name)
        prepare(folder, options.workloads, POLICIES if options.fleet else "")
        measure("nothing changed", folder, options.repeats)
        edited = sorted(folder.rglob("workload.yaml"))[options.workloads // 2]
        before = edited.read_text()
        edited.write_text(before.replace("users: ", "users: 1"))
        measure("one edited", folder, options.repeats)
        edited.write_text(before)
        for what, shapes in {"one table": SHAPES[2:3], "all tables": (*SHAPES[:2], SHAPES[3])}.items():
            for path in (folder / TABLES / f"{shape}.parquet" for shape in shapes):
                pq.write_table(slower(pq.read_table(path)), path)
            measure(what, folder, options.repeats)


def slower(table: pa.Table) -> pa.Table:
    """Return a benchmark table whose requests take a tenth longer to a first token and in all."""
    for index, name in enumerate(table.schema.names):
        if name.startswith(("ttft_", "e2e_")) and name.endswith("_ms"):
            values = [None if value is None else round(value * 1.1, 1) for value in table[name].to_pylist()]
            table = table.set_column(index, table.schema.field(index), pa.array(values, pa.float64()))
    return table


def prepare(folder: Path, workloads: int, policies: str) -> None:
    """Make a repository of many compiled workloads with benchmark tables of its own, under policies or none."""
    write_workloads(folder, workloads)
    (folder / TABLES).mkdir()
    for shape in SHAPES:
        shutil.copy(ROOT / "benchmarks" / "simulated" / f"{shape}.parquet", folder / TABLES)
    (folder / "neuralnav.yaml").write_text(
        f"apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n  benchmarks: [{TABLES}]\n{policies}"
    )
    (folder / "budget.yaml").write_text(BUDGET)
    run(folder, sys.executable, "-m", "neuralnav", "compile")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        run(folder, "git", *command)


def measure(what: str, folder: Path, repeats: int) -> None:
    """Print the median of some runs of a diff with its comment, and how it stands to its bar."""
    seconds, spent = [], []
    for _ in range(repeats):
        start, used = time.perf_counter(), children_seconds()
        done = run(folder, sys.executable, "-m", "neuralnav", "diff", "--format", "markdown")
        seconds.append(time.perf_counter() - start)
        spent.append(children_seconds() - used)
    median = statistics.median(seconds)
    bar = BARS.get(what)
    against = f", {median / bar:.2f} of the bar of {bar:g} s" if bar else ""
    first = next((line for line in done.splitlines() if line and not line.startswith("<!--")), "")
    busy = f"{statistics.median(spent):.1f} s of processors"  # what another's load on the machine does not lengthen
    print(f"{what:<16} {median:6.2f} s (first {seconds[0]:.2f}, {busy}){against}   {first[:90]}", flush=True)  # noqa: T201


def children_seconds() -> float:
    """Return the processor time of the processes that were run so far."""
    times = os.times()
    return times.children_user + times.children_system


def run(folder: Path, *command: str) -> str:
    """Run a command in a folder and return what it prints."""
    names = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4, 5):
        sys.exit(f"{' '.join(command)}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


if __name__ == "__main__":
    main()
