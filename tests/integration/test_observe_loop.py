"""The whole loop with real parts: plan, two simulators, load, Prometheus, observe, calibrate, plan again.

The simulators are slower than the plan has it, by a factor. Prometheus scrapes them twice: as a job whose series say
that they are simulators, and as one that drops those series, which makes them an engine as far as anybody can tell.
"""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Installed
from real_prometheus import Target, need_prometheus, prometheus

from neuralnav.cluster.observe import Asked, observe
from neuralnav.cluster.prometheus import Prometheus, access_of, prometheus_at
from neuralnav.files.outcomes import read_outcomes
from neuralnav.model.observed import Observed
from neuralnav.outcomes.histogram import quantile

pytestmark = pytest.mark.integration

REQUESTS, PROMPT, OUTPUT = 60, 1024, 24
RATE = 10.0
SLOWER = 1.6
POLLS, PAUSE_S = 600, 0.1
"""How often something is looked for before the test gives it up."""

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: NAME
spec:
  useCase: custom
  traffic: {requestRate: RATE req/s, peakFactor: 1, promptTokens: 1024, outputTokens: 24}  # as we were told
  slo: {ttft: 2s, itl: 400ms, e2e: 10s}
  constraints:
    models: {allow: [qwen3-32b]}
    accelerators: {allow: [h100]}
    precisions: [bf16]
  deploy: {namespace: llm}
"""
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {outcomes: [outcomes]}\n"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@contextmanager
def simulator(lock: Path, port: int, trace: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "neuralnav_simulator", "serve", "--lock", str(lock), "--port", str(port),
               "--ttft-factor", str(SLOWER), "--itl-factor", str(SLOWER), "--output-lengths", "fixed",
               "--trace", str(trace)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def listening(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    said = ""
    while not re.search(r"http://127\.0\.0\.1:\d+", said):
        line = process.stdout.readline()
        assert line, said
        said += line


def load(ports: Sequence[int], requests: int, folder: Path) -> list[dict[str, Any]]:
    """Send requests to each server at once; return the generator's own record of each."""
    paths = [folder / f"load-{port}.json" for port in ports]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "neuralnav_simulator", "load", f"http://127.0.0.1:{port}", "--rate", str(RATE),
             "--requests", str(requests), "--prompt-tokens", str(PROMPT), "--output-tokens", str(OUTPUT),
             "--seed", str(port), "--quiet", "--out", str(path)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for port, path in zip(ports, paths, strict=True)
    ]  # fmt: skip
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    return [json.loads(path.read_text()) for path in paths]


def until(server: Prometheus, expression: str, wanted: float) -> float:
    """Wait until an expression has a value; return Prometheus's time then, in whole seconds."""
    for _ in range(POLLS):
        now = server.now()
        if [sample.value for sample in server.query(expression, now)] == [wanted]:
            return float(int(now) + 1)
        time.sleep(PAUSE_S)
    pytest.fail(f"{expression} did not become {wanted}")


@dataclass(frozen=True)
class Loop:
    """A repository with a plan that runs, and what ran it."""

    root: Path
    url: str
    server: Prometheus
    installed: Installed
    records: list[dict[str, Any]]
    start: float
    end: float

    def observe(self, workload: str, *options: str, selector: str = "") -> tuple[int, dict[str, Any]]:
        window = (
            "--window",
            f"{self.end - self.start:.0f}s",
            "--end",
            datetime.fromtimestamp(self.end, UTC).isoformat(),
        )
        chosen = ("--selector", selector) if selector else ()
        done = self.installed.run("observe", workload, "--prometheus", self.url, "--format", "json", *window, *chosen,
                                  *options, folder=self.root)  # fmt: skip
        report = json.loads(done.stdout)
        assert not report["problems"], report["problems"]
        (run,) = report["workloads"]
        return done.returncode, run

    def seen(self, selector: str, *, end: float | None = None) -> Observed:
        end = end or self.end
        return observe(self.server, Asked(selector, end - self.start, end), our_time=time.time())

    def lock(self) -> str:
        return (self.root / "chat" / "plan.lock").read_text()


def workload(root: Path, name: str, rate: float) -> None:
    (root / name).mkdir()
    (root / name / "workload.yaml").write_text(WORKLOAD.replace("NAME", name).replace("RATE", f"{rate:.4g}"))


def settled(expected: Mapping[str, tuple[float, float]], told: Mapping[str, float], slack: float) -> dict[str, float]:
    """The figures that lie outside their bounds by more than a slack."""
    return {name: told[name] for name, (low, high) in expected.items() if not low - slack <= told[name] <= high + slack}


def ranked(values: Sequence[float], share: float) -> float:
    """The least value that a share does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def test_what_ran_is_observed_and_makes_the_next_plan(neuralnav: Installed, tmp_path: Path) -> None:
    need_prometheus()
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "neuralnav.yaml").write_text(PROJECT)
    workload(root, "chat", 2 * RATE)
    ports = [free_port(), free_port()]
    jobs = ("llm/chat", "llm/simulators")
    targets = [Target(f"127.0.0.1:{port}", job, f"chat-{i}") for job in jobs for i, port in enumerate(ports)]
    traces = [tmp_path / f"trace-{index}.jsonl" for index in range(2)]
    (tmp_path / "prometheus").mkdir()
    with ExitStack() as stack:
        running = stack.enter_context(prometheus(tmp_path / "prometheus", targets, drop="llm/chat;neuralnav_sim_.*"))
        server = prometheus_at(access_of(running.url, {}))
        stack.callback(server.close)
        neuralnav.done("compile", ".", folder=root)
        lock = root / "chat" / "plan.lock"
        simulators = [stack.enter_context(simulator(lock, port, traces[i])) for i, port in enumerate(ports)]
        for process in simulators:
            listening(process)
        start = until(server, "count(vllm:num_requests_running)", 4.0) - 1
        records = load(ports, REQUESTS, tmp_path)
        done = 'sum(vllm:request_success_total{job="%s"})'
        end = max(until(server, done % job, 2 * REQUESTS) for job in jobs)
        until(server, f"vector(time() >= bool {end})", 1.0)
        loop = Loop(root, running.url, server, neuralnav, records, start, end)
        _simulated_changes_nothing(loop)
        _is_slower(loop)
        _percentiles_are_the_loads(loop, traces)
        _surprise_is_named(loop)
        simulators[0].kill()
        again = stack.enter_context(simulator(lock, ports[0], tmp_path / "again.jsonl"))
        listening(again)
        _restart_is_harmless(loop, ports[0])
    _next_plan_knows(loop)


def _simulated_changes_nothing(loop: Loop) -> None:
    before = loop.lock()
    _, run = loop.observe("chat", selector='job="llm/simulators"')
    assert (run["simulated"], run["requests"], run["written"].startswith("outcomes/llm/chat/")) == (
        True,
        2 * REQUESTS,
        True,
    )
    (outcome,) = read_outcomes([str(loop.root / "outcomes")])
    assert outcome.served.engine == "neuralnav-sim"
    loop.installed.done("compile", "chat", folder=loop.root)
    assert loop.lock() == before


def _is_slower(loop: Loop) -> None:
    code, run = loop.observe("chat")
    assert (code, run["simulated"], run["requests"], run["failed"], run["resets"]) == (3, False, 2 * REQUESTS, 0, 0)
    judged = run["judgement"]
    assert "slower-than-predicted" in [finding["verdict"] for finding in judged["findings"]]
    traffic = {row["name"]: row["observed"] for row in judged["traffic"]}
    assert (traffic["prompt tokens"], traffic["output tokens"]) == (PROMPT, OUTPUT)
    assert traffic["mean rate"] == pytest.approx(2 * REQUESTS / (loop.end - loop.start), rel=0.15)
    (outcome,) = read_outcomes([str(loop.root / "outcomes")])  # the same window, observed again
    assert (outcome.served.engine, outcome.requests, outcome.replicas_most) == ("vllm", 2 * REQUESTS, 2)


def _percentiles_are_the_loads(loop: Loop, traces: Sequence[Path]) -> None:
    """Of each replica: within its bucket of the engine's own trace, and of the load's record but for its lateness."""
    for index, (record, trace) in enumerate(zip(loop.records, traces, strict=True)):
        observed = loop.seen(f'job="llm/chat",pod="chat-{index}"')
        lines = [json.loads(line) for line in trace.read_text().splitlines()]
        exact = {
            "ttft": [(line["first_ms"] - line["arrival_ms"]) for line in lines],
            "e2el": [(line["last_ms"] - line["arrival_ms"]) for line in lines],
        }
        assert observed.latencies["ttft"].count == record["completed"] == len(lines) == REQUESTS
        assert observed.latencies["itl"].count == REQUESTS * (OUTPUT - 1)
        late = record["neuralnav"]["lag_ms"] + record["neuralnav"]["lateness_ms"]["max"]
        bounds = {
            f"{share}_{name}": (found.low * 1000, found.high * 1000)
            for name, metric in {"ttft": "ttft", "itl": "itl", "e2el": "e2e"}.items()
            for share in ("p90", "p95")
            if (found := quantile(observed.latencies[metric], int(share[1:]) / 100)) is not None
        }
        own = {name: ranked(exact[name[4:]], int(name[1:3]) / 100) for name in bounds if name[4:] in exact}
        assert settled({name: bounds[name] for name in own}, own, 0.0) == {}
        told = {name: record[f"{name}_ms"] for name in bounds}
        assert settled(bounds, told, 2 * late + 10) == {}, late
        mean = observed.latencies["e2e"].total * 1000 / REQUESTS
        assert mean == pytest.approx(sum(exact["e2el"]) / REQUESTS, rel=1e-6)


def _surprise_is_named(loop: Loop) -> None:
    """The same traffic, held against a plan for half of it."""
    rate = 2 * REQUESTS / (loop.end - loop.start)
    workload(loop.root, "half", rate / 2)
    loop.installed.done("compile", "half", folder=loop.root)
    code, run = loop.observe("half", "--no-write", selector='job="llm/chat"')
    judged = run["judgement"]
    assert (code, "assumptions-wrong" in [finding["verdict"] for finding in judged["findings"]]) == (3, True)
    (edit,) = [edit for edit in judged["edits"] if edit["field"] == "traffic.requestRate"]
    assert float(edit["after"].split()[0]) == pytest.approx(rate, rel=0.15)
    assert f"+  traffic: {{requestRate: {edit['after']}, " in run["diff"]
    assert "# as we were told" in run["diff"]
    assert run["what_if"].startswith("compile would ")
    assert run["written"] == ""


def _restart_is_harmless(loop: Loop, port: int) -> None:
    body = {"model": "qwen3-32b", "prompt": "Hello", "max_tokens": OUTPUT, "ignore_eos": True}
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/completions", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    for _ in range(10):
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  # as above
            assert answer.status == 200
    until(loop.server, 'sum(vllm:request_success_total{job="llm/chat"})', REQUESTS + 10)
    end = until(loop.server, 'sum(vllm:num_requests_running{job="llm/chat"})', 0.0)
    until(loop.server, f"vector(time() >= bool {end})", 1.0)
    observed = loop.seen('job="llm/chat"', end=end)
    assert (observed.requests, observed.latencies["e2e"].count, observed.resets) == (
        2 * REQUESTS + 10,
        2 * REQUESTS + 10,
        1,
    )
    assert observed.notes == ("Counters began anew once; up to 1 s before each are not counted.",)


def _next_plan_knows(loop: Loop) -> None:
    said = loop.installed.done("bench", "calibrate", "--with", "outcomes", folder=loop.root)
    rows = [line.split() for line in said.splitlines() if line.startswith("qwen3-32b/bf16/h100/tp")]
    assert {row[1]: float(row[4]) > 1.3 for row in rows} == {"TTFT": True, "ITL": True, "E2E": True}, said
    before = loop.lock()
    loop.installed.done("compile", "chat", folder=loop.root)
    assert loop.lock() != before
