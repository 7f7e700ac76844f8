# ruff: noqa: T201  # a command that prints
"""What is left in a simulated server after many clients that leave, lose patience and send rubbish.

Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_simulator_chaos.py [--requests 100000] [--at-a-time 100] [--seed 1]
"""

import argparse
import asyncio
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from time import monotonic, process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

import uvloop
from simulated_chaos import CHAOS, chaos

ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--at-a-time", type=int, default=100, help="clients that are there at once")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began_s, cpu_s = monotonic(), process_time()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for step in range(1, ROUNDS + 1):  # a server each, in one process: memory must not grow from one to the next
            requests, seed = options.requests // ROUNDS, options.seed * ROUNDS + step
            outcome, left = runner.run(chaos(CHAOS, requests, at_a_time=options.at_a_time, seed=seed))
            print(f"{requests} clients, seed {seed}: {dict(sorted(outcome.did.items()))}")
            print(f"  answers by status: {dict(sorted(outcome.statuses.items()))}")
            print(f"  answers that should not be: {outcome.wrong[:5] or 'none'}")
            print(f"  left: {asdict(left)}")
            print(f"  most memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    print(f"{monotonic() - began_s:.0f} s, of them {process_time() - cpu_s:.0f} s of one core, clients included")


if __name__ == "__main__":
    main()
