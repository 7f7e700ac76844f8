"""Cluster verbs as whole processes, while requests fail, killed at many moments. Prints; asserts nothing.

nice python tests/bench/bench_survive.py [faults] [kills] [restarts] [--seed 1] [--kills 20]

A line for each run that ended otherwise than it should: with a traceback, late, with another code or state than a run
without the fault, or with a statement of what was applied that the server's state belies.
"""

# ruff: noqa: ARG001, ARG002, C901, S311, T201  # a script for a desk: phases of one form, chance that is no secret

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "integration"), str(TESTS / "unit")]


from api_server import api_server  # noqa: E402  # of the tests, whose folders are no package
from cluster_front import Front  # noqa: E402
from deployed_plans import CHAT, SERVES, node, plan, pod  # noqa: E402
from front_state import Fault, Planned  # noqa: E402

SPACE, SERVICE = "llm-prod", "InferenceService"
KINDS = ("PodDisruptionBudget", "NetworkPolicy", "PodMonitor", "PrometheusRule", "ConfigMap", SERVICE)
PATIENCE = 3.0
SLACK = 14.0
"""Seconds a run may take beyond its patience: an attempt of five, start-up, a machine that is busy."""

VERBS = {
    "deploy": ("deploy", "--frozen", CHAT),
    "deploy --yes": ("deploy", "--frozen", "--yes", "--no-wait", CHAT),
    "deploy wait": ("deploy", "--frozen", "--yes", "--timeout", "30s", CHAT),
    "status": ("status", CHAT),
    "diff --live": ("diff", "--live", CHAT),
    "delete": ("delete", "--yes", CHAT),
}
FAULTS: Sequence[Fault] = (401, 409, 410, 429, 503, "reset", "cut", "lost", "hang")
PASSES = frozenset({409, 429, 503, "reset", "cut", "lost"})


@dataclass(slots=True)
class Counted(Front):
    """A front that fails at a request by its number."""

    at: int = -1
    fault: Fault = 503
    again: bool = False
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    count: int = 0
    wait_until: str = ""

    def fault_for(self, method: str, target: str) -> Planned | None:
        """Return the fault where it is this one's turn."""
        number, self.count = self.count, self.count + 1
        if self.at >= 0 and (number == self.at or (self.again and number > self.at)):
            return Planned(re.compile(""), self.fault, 1, self.headers, self.body, "")
        return None


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended."""

    code: int
    out: str
    err: str
    seconds: float


class Bench:
    """A cluster, a plan, and what was found wrong."""

    def __init__(self, front: Counted, folder: Path) -> None:
        self.front, self.folder = front, folder
        self.runs = self.bad = 0

    def command(self, verb: str, *more: str) -> list[str]:
        name, *rest = VERBS[verb]
        return [sys.executable, "-m", "neuralnav", name, "--kubeconfig", str(self.front.kubeconfig),
                "--patience", str(PATIENCE), *more, *rest]  # fmt: skip

    def run(self, verb: str, *more: str, limit: float = 90) -> Ran:
        self.runs += 1
        began = time.monotonic()
        try:
            done = subprocess.run(self.command(verb, *more), cwd=self.folder, capture_output=True, text=True,
                                  timeout=limit, env=ENV, stdin=subprocess.DEVNULL)  # fmt: skip
        except subprocess.TimeoutExpired:
            return Ran(-99, "", "HANG", limit)
        return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def started(self, verb: str, *more: str) -> subprocess.Popen[str]:
        self.runs += 1
        return subprocess.Popen(self.command(verb, *more), cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=ENV, stdin=subprocess.DEVNULL)  # fmt: skip

    def fresh(self, verb: str) -> None:
        """Make the cluster what the verb is to meet."""
        front = self.front
        front.at, front.again = -1, False
        front.clear()
        front.add_namespace(SPACE)
        front.put(node("gpu-0") | {"status": {"allocatable": {"nvidia.com/gpu": "8"}}})
        front.put(node("gpu-0") | {"status": {"allocatable": {"nvidia.com/gpu": "64"}}})
        if not verb.startswith("deploy"):
            self.deploy()
        if verb in ("deploy wait", "status", "diff --live"):
            self.deploy()
            self.front.ready(SERVICE, SPACE, CHAT)
            for number in range(20):
                front.put(pod(f"chat-{number}", SPACE, SERVES[CHAT], node="gpu-0"))
        front.count = 0

    def deploy(self) -> None:
        done = self.run("deploy --yes")
        assert done.code == 0, done.out + done.err

    def there(self) -> dict[str, Any]:
        found = {}
        for kind in KINDS:
            item = self.front.take(kind, SPACE, CHAT)
            if item is not None:
                found[kind] = {key: value for key, value in item.items() if key not in ("metadata", "status")}
                found[kind]["labels"] = item["metadata"].get("labels")
                found[kind]["annotations"] = item["metadata"].get("annotations")
        return found

    def complain(self, what: str, ran: Ran) -> None:
        self.bad += 1
        print(f"!! {what}: code {ran.code}, {ran.seconds:.1f} s")
        for text in (ran.out[-1500:], ran.err[-2500:]):
            print("".join(f"     | {line}\n" for line in text.splitlines()), end="", flush=True)

    def checked(self, what: str, ran: Ran, *, patience: float = PATIENCE) -> None:
        """Say what no run may do."""
        said = ran.out + ran.err
        if "Traceback" in said or "Error(" in said:
            self.complain(f"{what}: traceback", ran)
        if ran.seconds > patience + SLACK:
            self.complain(f"{what}: late", ran)
        if self.front.token in said or "token-" in said:
            self.complain(f"{what}: token", ran)
        if any(not (c.isprintable() or c == "\n") for c in said):
            self.complain(f"{what}: control characters", ran)

    def claims(self, what: str, ran: Ran) -> None:
        """Compare what a JSON report says of each object with the server."""
        try:
            report = json.loads(ran.out)
        except ValueError:
            self.complain(f"{what}: no JSON", ran)
            return
        there = self.there()
        for item in report.get("workloads", []):
            for one in item["objects"]:
                gone, present = one["kind"] not in there, one["kind"] in there
                if report["command"] == "delete":
                    gone, present = present, gone
                result = one["result"]
                if report["dry_run"] or one["action"] in ("unchanged", "stay"):
                    continue
                if (result == "done" and not present) or (
                    result == "planned" and present and one["action"] == "create"
                ):
                    self.complain(f"{what}: says {one['kind']} {one['action']} {result}", ran)


def faults(bench: Bench, random_: random.Random, options: argparse.Namespace) -> None:
    """Let one request fail, and all from one on, at the first, a middle and the last."""
    for verb in options.verbs or VERBS:
        bench.fresh(verb)
        usual = bench.run(verb)
        total, state = bench.front.count, bench.there()
        bench.checked(verb, usual)
        print(f"{verb}: code {usual.code}, {total} requests, {usual.seconds:.1f} s", flush=True)
        for fault in FAULTS:
            for at in sorted({0, random_.randrange(total), total - 1}):
                for again in (False, True):
                    if again and fault in ("hang",) and at:
                        continue
                    bench.fresh(verb)
                    bench.front.at, bench.front.fault, bench.front.again = at, fault, again
                    form = ("--format", "json")
                    ran = bench.run(verb, *form)
                    bench.front.at = -1
                    what = f"{verb}: {fault} at {at}/{total}{' on' if again else ''}"
                    bench.checked(
                        what,
                        ran,
                        patience=2 * PATIENCE + (30 if verb == "deploy wait" else 0) + (5 if fault == "hang" else 0),
                    )
                    if verb.startswith(("deploy", "delete")):
                        bench.claims(what, ran)
                    if not again and fault in PASSES and fault != 410:
                        if ran.code != usual.code:
                            bench.complain(f"{what}: other code than {usual.code}", ran)
                        elif bench.there() != state:
                            bench.complain(f"{what}: other state", ran)
                    elif again and ran.code not in (2,) and not (verb == "deploy wait" and ran.code == 3):
                        bench.complain(f"{what}: not told by its code", ran)
                    if again and verb in ("deploy --yes", "delete"):
                        bench.front.again = False
                        more = bench.run(verb)
                        if more.code != 0 or bench.there() != state:
                            bench.complain(f"{what}: does not converge", more)


def kills(bench: Bench, random_: random.Random, options: argparse.Namespace) -> None:
    """Kill at random moments, by three signals; what is said must hold, and the same again must converge."""
    for verb in options.verbs or ("deploy --yes", "delete", "deploy wait", "status", "diff --live", "deploy"):
        bench.fresh(verb)
        usual = bench.run(verb, "--format", "json")
        state = bench.there()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            codes: dict[int, int] = {}
            for _ in range(options.kills if sign != signal.SIGKILL else options.kills // 2):
                bench.fresh(verb)
                moment = random_.uniform(0.02, usual.seconds * 1.1)
                began = time.monotonic()
                process = bench.started(verb, "--format", "json")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(moment)
                process.send_signal(sign)
                out, err = process.communicate(timeout=60)
                ran = Ran(process.returncode, out, err, time.monotonic() - began)
                codes[ran.code] = codes.get(ran.code, 0) + 1
                what = f"{verb}: {sign.name} after {moment:.2f} s"
                if sign != signal.SIGKILL:
                    bench.checked(what, ran)
                    if verb.startswith(("deploy", "delete")) and out:
                        bench.claims(what, ran)
                    if (
                        verb.startswith("de")
                        and not out
                        and ran.code not in (usual.code,)
                        and len(bench.there()) not in ((0,) if verb in ("deploy --yes",) else (len(state), 6))
                    ):
                        bench.complain(f"{what}: silent, and something is done", ran)
                if verb in ("deploy --yes", "delete"):
                    more = bench.run(verb)
                    if more.code != 0 or bench.there() != state:
                        bench.complain(f"{what}: does not converge", more)
            print(f"{verb}: {sign.name}: codes {codes}", flush=True)


def restarts(bench: Bench, random_: random.Random, options: argparse.Namespace) -> None:
    """Restart the server in the middle, for longer and shorter than the patience."""
    for verb in options.verbs or ("deploy --yes", "status", "diff --live", "delete", "deploy wait"):
        for seconds, patience in ((2, 30), (20, 60), (70, 10)):
            bench.fresh(verb)
            process = bench.started(verb, "--format", "json", "--patience", str(patience))
            began = time.monotonic()
            while bench.front.count < 2 and process.poll() is None:
                time.sleep(0.005)
            timer = bench.front.restart_after(seconds)
            out, err = process.communicate(timeout=200)
            ran = Ran(process.returncode, out, err, time.monotonic() - began)
            what = f"{verb}: away {seconds} s, patience {patience} s"
            bench.checked(what, ran, patience=patience + 30)
            print(f"{what}: code {ran.code} in {ran.seconds:.1f} s; {ran.err.strip().splitlines()[-1:]}", flush=True)
            timer.cancel()
            bench.front.start()
            if verb.startswith("de"):
                bench.claims(what, ran)


ENV = {**os.environ, "NEURALNAV_CACHE_DIR": tempfile.gettempdir() + "/survive-cache", "NO_COLOR": "1"}
PHASES = {"faults": faults, "kills": kills, "restarts": restarts}


@contextlib.contextmanager
def site() -> Iterator[Bench]:
    """Give a cluster with a plan beside it."""
    with tempfile.TemporaryDirectory(prefix="neuralnav-bench-") as name:
        folder = Path(name)
        for part in ("server", "front", "work"):
            (folder / part).mkdir()
        plan(folder / "work")
        shutil.copy(TESTS.parent / "examples" / "neuralnav.yaml", folder / "work") if (
            TESTS.parent / "examples" / "neuralnav.yaml"
        ).exists() else None
        with api_server(folder / "server") as server:
            front = Counted(server, folder=folder / "front")
            front.start()
            front.clear()
            try:
                yield Bench(front, folder / "work")
            finally:
                front.end()


def main() -> None:
    """Run the phases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phases", nargs="*", default=list(PHASES))
    parser.add_argument("--verbs", action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    with site() as bench:
        for phase in options.phases:
            PHASES[phase](bench, random.Random(options.seed), options)
        print(f"{bench.runs} runs, {bench.bad} complaints")


if __name__ == "__main__":
    main()
