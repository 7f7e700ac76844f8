# ruff: noqa: T201  # a command that prints
"""What an outside client measures of a running simulator against the serving model offline, for the same requests.

The server runs the lock of an example as a process of its own, on one core; the load generator on another. Each metric
should agree within 5 % or 3 ms, whichever is larger. Prints; asserts nothing, and pytest does not collect it. On a busy
machine `--realtime` (as root) keeps other processes out of the measurement.

python tests/bench/bench_simulator_agreement.py [--seconds 60] [--share 0.8] [--case NAME]... [--realtime]
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from busy import Said, watched
from neuralnav_simulator.load.client import Ask
from neuralnav_simulator.load.measured import Measured, predicted
from neuralnav_simulator.load.plan import Asked, LoadPoint, open_points
from neuralnav_simulator.load.prompts import Words
from neuralnav_simulator.load.run import Running, run_points
from neuralnav_simulator.load.spelling import arrival_of
from neuralnav_simulator.load.wire import Pool, address_of
from neuralnav_simulator.served import Served
from neuralnav_simulator.served.locked import served_from_lock
from neuralnav_simulator.tokens import load_tokenizer

from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.lengths import Lengths, fixed, lognormal
from neuralnav.serving.saturation import saturation_rps

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SHARE, LEAST_MS = 0.05, 3.0
"""How far a figure may lie from the prediction."""

CONNECTIONS = 64
"""Open before the first request that counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """A lock of the examples, whether lengths vary, and how fast the server's clock goes."""

    example: str
    speedup: float = 1.0
    variation: float = 0.0

    @property
    def name(self) -> str:
        """How it is called."""
        spread = f", lengths vary by {self.variation:g}" if self.variation else ""
        return self.example + (f" x{self.speedup:g}" if self.speedup != 1.0 else "") + spread

    def lengths(self, mean: int, cap: int) -> Lengths:
        """Return the lengths of prompts or answers."""
        return lognormal(float(mean), variation=self.variation, cap=cap) if self.variation else fixed(mean)


CASES = (
    Case("support-chat"),
    Case("contract-rag"),
    Case("support-chat", variation=0.5),
    Case("news-summaries", speedup=4.0),
    Case("translation-simulated"),
)


def main() -> None:
    """Run the cases and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the wall, for each case")
    parser.add_argument("--share", type=float, default=0.8, help="of the rate at which the server is saturated")
    parser.add_argument("--case", action="append", help="only this one, by its number or name")
    parser.add_argument("--realtime", action="store_true", help="keep other processes out")
    options = parser.parse_args()
    for number, case in enumerate(CASES, 1):
        if not options.case or {str(number), case.name} & set(options.case):
            compare(case, options.seconds, options.share, realtime=options.realtime)


def compare(case: Case, seconds: float, share: float, *, realtime: bool) -> None:
    """Measure one case and print it beside its prediction."""
    lock = EXAMPLES / case.example / "plan.lock"
    settled = served_from_lock(lock).settled
    served, prompt, output = settled.served, settled.prompt_tokens, settled.output_tokens
    rate = share * served.lanes * saturation_rps(served.cost, served.limits, prompt, output)
    room = served.max_model_len // 2
    asked = Asked(case.lengths(prompt, room), case.lengths(output, room), seed=7, seconds=seconds * case.speedup)
    (point,) = open_points(asked, (rate,), arrival_of("poisson"))
    with serving(lock, case.speedup, realtime=realtime) as (url, pid):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-1:])
        if realtime:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
        before_s = _spent_s(pid)
        with watched(cores[0], {"server": (pid, cores[0]), "client": (os.getpid(), cores[-1])}) as machine:
            found = uvloop.run(measure(url, point, served, case.speedup))
        of_token_us = (_spent_s(pid) - before_s) / max(1, found.output_tokens) * 1e6
        if realtime:
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, cores)
    show(case, point, found, predicted(point, served), machine)
    print(f"  the server took {of_token_us:,.0f} us of its core for each token, prompts included")


async def measure(url: str, point: LoadPoint, served: Served, speedup: float) -> Measured:
    """Send a load point and return what came of it; some requests go before, so that code and pages are warm."""
    tokenizer = load_tokenizer()
    words = Words(tuple(tokenizer.piece(token) for token in tokenizer.words), seed=7)
    running = Running(Ask(served.names[0]), words, speedup, 5.0, "nothing", None, print)
    pool = Pool(address_of(url))
    warm = Asked(fixed(int(point.prompt[0])), fixed(8), seed=1, requests=20)
    await run_points(pool, open_points(warm, (20.0,), arrival_of("constant")), running)
    for connection in [await pool.connect() for _ in range(CONNECTIONS)]:  # to open one takes longer than to be seen
        pool.give(connection)
    await asyncio.sleep(1.0)
    (found,) = await run_points(pool, [point], running)
    await pool.close()
    return found


@contextmanager
def serving(lock: Path, speedup: float, *, realtime: bool) -> Iterator[tuple[str, int]]:
    """Serve a lock from a process on the first core, and yield its address and id."""
    cores = sorted(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "neuralnav_simulator", "serve", "--lock", str(lock), "--port", "0",
               "--speedup", str(speedup), "--log-format", "json"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(server.pid, {cores[0]})
        if realtime:
            os.sched_setscheduler(server.pid, os.SCHED_RR, os.sched_param(10))
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"], server.pid
    finally:
        server.terminate()
        server.wait()


def _spent_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(case: Case, point: LoadPoint, found: Measured, model: dict[str, float], machine: Said) -> None:
    """Print a table."""
    tokens = found.output_tokens / found.seconds if found.seconds else 0.0
    print(f"\n{case.name}: {point.shown}, {found.done} of {found.sent} requests, {tokens:,.0f} tokens/s")
    print(f"  {machine.text}")
    print(f"  sent late by {found.late_ms[0]:.2f} ms p50, {found.late_ms[1]:.2f} p99, {found.late_ms[2]:.2f} at most")
    for fault in found.faults:
        print(f"  {fault.count} x {fault.kind}: {fault.said}")
    for metric in LATENCY_METRICS:
        for statistic in ("p50", "p95"):
            name = f"{metric}_{statistic}_ms"
            got, said = found.ms[name], model[name]
            off, allowed = got - said, max(SHARE * said, LEAST_MS)
            verdict = "ok" if abs(off) <= allowed else "OFF"
            cells = f"{got:10,.2f} ms  predicted {said:10,.2f} ms  {off:+8.2f} ms {off / said:+7.2%}"
            print(f"  {metric.upper():4} {statistic}  measured {cells}  {verdict}")


if __name__ == "__main__":
    main()
