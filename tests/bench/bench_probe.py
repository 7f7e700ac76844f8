"""How near `probe` measures: its means beside those of the simulator's own trace, and what it foresaw.

`uv run python -m tests.bench.bench_probe [FOLDER OF A WORKLOAD]`: one in flight, then Poisson arrivals. Nothing is
asserted: on a busy machine both are late, and the last column says how much the probe was (p99).
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import click

LOADS = (("--requests", "15"), ("--rate", "3", "--duration", "15s"), ("--rate", "6.5", "--duration", "15s"))
WARM_UP_TOKENS = 16


def main() -> None:
    """Start a simulator of the plan, probe it, and print."""
    workload = sys.argv[1] if len(sys.argv) > 1 else "examples/support-chat"
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.jsonl"
        command = [sys.executable, "-m", "neuralnav_simulator", "serve", "--port", "0", "--trace", str(trace)]
        server = subprocess.Popen([*command, "--lock", f"{workload}/plan.lock"], stdout=subprocess.PIPE, text=True)
        try:
            url = _url(server)
            click.echo(f"{'load':28}{'':6}{'server':>10}{'probe':>10}{'off':>8}{'foreseen':>10}{'late':>10}")
            seen = 0
            for load in LOADS:
                report = _probe(workload, url, load)
                records = [json.loads(line) for line in trace.read_text().splitlines()]
                _print(" ".join(load), report, records[seen:])
                seen = len(records)
        finally:
            server.kill()


def _url(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise SystemExit("the simulator did not start")


def _probe(workload: str, url: str, load: Sequence[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "neuralnav", "probe", workload, "--url", url, "--format", "json", "--seed", "3"]
    done = subprocess.run([*command, *load], capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print(load: str, report: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> None:
    measured = [record for record in records if record["given"] > WARM_UP_TOKENS]
    ms = {
        "ttft": fmean(item["first_ms"] - item["arrival_ms"] for item in measured),
        "itl": fmean((item["last_ms"] - item["first_ms"]) / (item["given"] - 1) for item in measured),
        "e2e": fmean(item["last_ms"] - item["arrival_ms"] for item in measured),
    }
    busy = next((note for note in report["notes"] if "busy" in note), "")
    late = re.sub(r".* came (.*) late .*", r"\1", busy)
    for item in report["metrics"]:
        server, probe = ms[item["metric"]], item["mean"]
        foreseen = item["predicted_p50"]["value"]
        figures = f"{server:10.2f}{probe:10.2f}{probe / server - 1:8.1%}{foreseen:10.2f}{late:>10}"
        click.echo(f"{load:28}{item['metric']:6}{figures}")


if __name__ == "__main__":
    main()
