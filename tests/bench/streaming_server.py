# ruff: noqa: T201  # a command that prints
"""A simulated server whose every step takes as long, for the benches: prints its port, and at the end what it took.

python tests/bench/streaming_server.py [--itl 25] [--speedup 1] [--seqs 1024] [--profile FILE]
"""

import argparse
import asyncio
import cProfile
import json
import resource
import sys
import time
from dataclasses import replace

import uvicorn
import uvloop
from neuralnav_simulator.cli.running import collect_seldom
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from neuralnav_simulator.metrics import Metrics
from neuralnav_simulator.records import Record
from neuralnav_simulator.served import Served
from neuralnav_simulator.tokens import load_tokenizer
from neuralnav_simulator.web import Site, make_app
from neuralnav_simulator.web.protocol import WireLimits, guarded

from neuralnav.serving.lengths import fixed
from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Step
from neuralnav.serving.stepcost import StepCost

BUDGET = 8192
MODEL = "bench"


class Noted(Metrics):
    """Metrics that also keep when each step left, in the wall's seconds, and what the process had used by then."""

    def __init__(self, clock: Clock, live: Live) -> None:
        self.wall, self.steps, self.firsts = clock, list[tuple[float, float, int, float]](), dict[int, float]()
        super().__init__(
            MODEL, clock, [live], max_model_len=32768, engine_version="0.19.0", prefix_caching=False, trace=Firsts(self)
        )

    def stepped(self, step: Step, late_ms: float) -> None:
        super().stepped(step, late_ms)
        if step.tickets and self.wall.speedup == 1.0:
            self.steps.append((self.at_s(step.leave_ms), late_ms, len(step.tickets), time.process_time()))

    def at_s(self, ms: float) -> float:
        return time.monotonic() + self.wall.wall_s(ms - self.wall.now_ms())


class Firsts:
    """A trace of when first tokens left, by the length of the answer."""

    def __init__(self, noted: Noted) -> None:
        self.noted = noted

    def ended(self, record: Record) -> None:
        if record.first_ms is not None and self.noted.wall.speedup == 1.0:
            self.noted.firsts[record.output] = self.noted.at_s(record.first_ms)


def cost(itl_ms: float) -> StepCost:
    return StepCost(
        token_ms=(itl_ms,) * (BUDGET + 1),
        head_ms=(0.0,) * (BUDGET + 1),
        kv_ms=0.0, window_ms=0.0, window_tokens=0, pair_ms=0.0, window_pair_ms=0.0, prefill_ms=0.0, step_ms=0.0,
        eager_ms=0.0, piecewise_ms=0.0, capture_tokens=512, launch_sharpness=2.0, decode_launch_ms=0.0, sequence_ms=0.0,
        frontend_ms=1.0, frontend_token_ms=0.0, stream_ms=0.0,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--itl", type=float, default=25.0, help="ms a step")
    parser.add_argument("--speedup", type=float, default=1.0)
    parser.add_argument("--seqs", type=int, default=1024, help="sequences at a time")
    parser.add_argument("--profile", help="write a profile there")
    options = parser.parse_args()
    limits = Limits(10_000_000, options.seqs, BUDGET)
    served = Served(
        names=(MODEL,), candidate="bench", shown="bench", cost=cost(options.itl), limits=limits, lanes=1,
        max_model_len=32768, output=fixed(64), prefix_caching=False, engine_version="0.19.0", load_seconds=0.0,
    )  # fmt: skip
    clock, live = Clock(options.speedup), Live(served.cost, limits)
    metrics, faults = Noted(clock, live), Faults()
    site = Site(served, load_tokenizer(), clock, Lanes([Engine(live, clock, metrics)], clock), metrics, faults)
    config = uvicorn.Config(
        make_app(site), http=guarded(replace(WireLimits(), head_s=60.0)), ws="none", log_level="error", port=0,
        access_log=False, proxy_headers=False, backlog=2048,
    )  # fmt: skip
    profile = cProfile.Profile() if options.profile else None
    if profile:
        profile.enable()
    collect_seldom()
    uvloop.run(serve(config))
    if profile:
        profile.disable()
        profile.dump_stats(options.profile)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held = site.lanes.occupancy()
    print(json.dumps({"steps": metrics.steps, "firsts": metrics.firsts, "peak_mb": peak_mb, "running": held.running}))


async def serve(config: uvicorn.Config) -> None:
    """Serve until standard input ends."""
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await task


if __name__ == "__main__":
    main()
