"""How long `status` and `diff --live` of many workloads take, as whole processes. Prints; asserts nothing.

python tests/bench/bench_status.py [--workloads 200] [--namespaces 5] [--repeats 3]

The API server is real; pods, events and nodes come from the front of the tests, in Python, on the same machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "integration"), str(TESTS / "unit")]

from api_server import api_server  # noqa: E402  # of the tests, whose folders are no package
from cluster_front import Front, fronted  # noqa: E402
from deployed_plans import CHAT, SERVES, deployed, node, plan, pod, warning  # noqa: E402

BAR_SECONDS = 5.0
PODS = 3
EVENTS = 5


def main() -> None:
    """Deploy, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", type=int, default=200)
    parser.add_argument("--namespaces", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="neuralnav-bench-") as name:
        folder = Path(name)
        for part in ("server", "front", "work"):
            (folder / part).mkdir()
        with api_server(folder / "server") as server, fronted(folder / "front", server) as front:
            front.clear()
            fill(front, folder / "work", options.workloads, options.namespaces)
            for verb in (("status",), ("diff", "--live")):
                measure(front, folder / "work", verb, options.repeats)


def fill(front: Front, folder: Path, workloads: int, namespaces: int) -> None:
    """Deploy so many workloads, each with its pods, on ten nodes, and warnings."""
    first = plan(folder)
    for number in range(10):
        front.put(node(f"gpu-{number}"))
    for number in range(workloads):
        name, space = f"chat-{number}", f"space-{number % namespaces}"
        own = folder / name
        shutil.copytree(first, own)
        for path in (own / "plan.lock", *(own / "deploy").iterdir()):
            text = path.read_text()
            path.write_text(text.replace(CHAT, name).replace("llm-prod", space))
        deployed(front, own)
        front.ready("InferenceService", space, name)
        labels = {**SERVES[CHAT], "serving.kserve.io/inferenceservice": name}
        for copy in range(PODS):
            front.put(pod(f"{name}-predictor-{copy}", space, labels, node=f"gpu-{number % 10}"))
        for event in range(EVENTS):
            name_of = f"w-{number}-{event}"
            front.put(warning(name_of, space, f"{name}-predictor-{event % PODS}", "Unhealthy", "probe failed"))
    shutil.rmtree(first)


def measure(front: Front, folder: Path, verb: tuple[str, ...], repeats: int) -> None:
    """Print the least of several times of a verb, with what it asked of the server."""
    command = [sys.executable, "-m", "neuralnav", *verb, "--kubeconfig", str(front.kubeconfig)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
    times = []
    for _ in range(repeats):
        front.seen.clear()
        started = time.perf_counter()
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - started)
    bar = f", bar {BAR_SECONDS:g} s" if verb == ("status",) else ""
    said = ran.stdout.splitlines()[-1]
    print(f"{' '.join(verb):<12} {min(times):5.2f} s (least of {repeats}{bar})  "  # noqa: T201  # a bench prints
          f"{len(front.seen):>5} requests  exit {ran.returncode}  {said}")  # fmt: skip


if __name__ == "__main__":
    main()
