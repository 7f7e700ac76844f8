"""How fast the client is: 200 services and their pods listed, and 200 objects read by a pool of threads.

`python -m tests.bench.bench_client` in a checkout with ../shared; prints, asserts nothing.
"""
# ruff: noqa: E402, T201  # a command that prints, of modules that tests find by pytest

import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

for _folder in ("tests", "tests/integration"):
    sys.path.insert(0, _folder)

from api_server import api_server, missing_part
from cluster_front import fronted

from neuralnav.cluster.api import KINDS, Ref
from neuralnav.cluster.connection import connect

COUNT, TIMES, THREADS = 200, 5, 8
SPACE = "llm"


def _least(run: Callable[[], object]) -> float:
    """Return the least milliseconds of several runs."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return min(found) * 1e3


def main() -> None:
    """Print what it takes."""
    if reason := missing_part():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder, api_server(Path(folder)) as server:
        (Path(folder) / "front").mkdir()
        with fronted(Path(folder) / "front", server) as front:
            front.add_namespace(SPACE)
            kind, pod = KINDS["InferenceService"], KINDS["Pod"]
            for number in range(COUNT):
                metadata = {"name": f"chat-{number}", "namespace": SPACE}
                containers = [{"name": "kserve-container", "image": "vllm:1", "args": ["--x"] * 20}]
                front.put({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata,
                           "spec": {"predictor": {"containers": containers}}})  # fmt: skip
                for replica in range(3):
                    front.put({"apiVersion": "v1", "kind": "Pod",
                               "metadata": {"name": f"chat-{number}-{replica}", "namespace": SPACE}})  # fmt: skip
            api = connect(kubeconfig=str(front.kubeconfig))
            refs = [Ref(kind, SPACE, f"chat-{number}") for number in range(COUNT)]
            print(f"{COUNT} services in one list:  {_least(lambda: api.list(kind, SPACE)):7.1f} ms")
            print(f"{COUNT * 3} pods in two pages:     {_least(lambda: api.list(pod, SPACE)):7.1f} ms")
            print(f"{COUNT} gets, one by one:      {_least(lambda: [api.get(ref) for ref in refs]):7.1f} ms")
            with ThreadPoolExecutor(THREADS) as pool:
                print(f"{COUNT} gets, {THREADS} threads:       {_least(lambda: list(pool.map(api.get, refs))):7.1f} ms")


if __name__ == "__main__":
    main()
