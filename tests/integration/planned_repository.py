"""A committed repository with the plan of one workload, as tests of `check` begin with, and a hand that runs it."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import TIMEOUT_SECONDS, Installed, snapshot, tables_from_csv

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: support-chat
spec:
  useCase: chatbot_conversational
  traffic: {users: 20000}
  slo: {ttft: 150ms}
"""
PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec:
  catalogs: [data/quality.yaml, data/prices.yaml]
  benchmarks: [data/rows]
  policies:
    - {path: data/guardrails.yaml}
    - {path: data/small.yaml}
"""
QUALITY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: QualityCatalog
metadata: {name: ours}
spec:
  sources: {ours: {title: Our own evaluation}}
  scores:
    - {model: llama-3.1-8b, row: Llama, source: ours, verified: true, scores: {intelligence_index: 18, mmlu_pro: 50}}
"""
PRICES = """\
apiVersion: neuralnav.dev/v1alpha1
kind: PriceCatalog
metadata: {name: ours}
spec:
  sources: {invoice: {title: Our own}}
  prices:
    - {accelerator: h100, provider: list, kind: on-demand, usdPerHour: 4.5, recorded: '2026-11-01',
       validUntil: '2027-10-31', source: invoice, verified: true}
"""
GUARDRAILS = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: guardrails}
spec:
  rules:
    - {id: cost, require: candidate.cost_monthly_usd <= usd('20k')}
"""
SMALL = GUARDRAILS.replace("guardrails", "small").replace(
    "candidate.cost_monthly_usd <= usd('20k')", "candidate.gpus < 99"
)
ROWS = """\
model,precision,accelerator,tp,offered_rps,ttft_p95_ms,itl_p95_ms,e2e_p95_ms
llama-3.1-8b,fp8,h100,2,3.2,17.0,4.9,405.1
llama-3.1-8b,fp8,h100,2,57.6,68.0,13.7,1154.6
"""
FOLDER = "services/chat"
Told = tuple[str, str, str, str]
"""A drift as it is told: its class, file and line, message, and what mends it."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A committed repository with the plan of one workload, and the NeuralNav that planned it."""

    folder: Path
    neuralnav: Installed

    def edit(self, name: str, before: str, after: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after, 1))

    def check(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Return the exit code and the report of a check, which must agree and must not touch a file."""
        before = stamps(self.folder)
        done = self.neuralnav.run("check", "--format", "json", *arguments, folder=self.folder)
        assert stamps(self.folder) == before
        assert done.stderr == ""
        report: dict[str, Any] = json.loads(done.stdout)
        assert report["exit_code"] == done.returncode
        return done.returncode, report

    def drift(self, *arguments: str) -> list[Told]:
        code, report = self.check(*arguments)
        found = [told(item) for workload in report["workloads"] for item in workload["drift"]]
        assert code == (3 if found else 0), report["problems"]
        return found

    def done(self, script: str) -> str:
        """Run a script that must succeed, and return its standard output."""
        done = self.shell(script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        command = self.folder.parent / "bin" / "neuralnav"
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.join(self.neuralnav.command)} "$@"\n')
        command.chmod(0o755)
        environment = dict(self.neuralnav.environment)
        environment["PATH"] = f"{command.parent}:{environment['PATH']}"
        return subprocess.run(
            ["bash", "-euc", script], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip


def told(item: Mapping[str, Any]) -> Told:
    place = f"{item['file']}:{item['line']}" if item["line"] else item["file"]
    return item["drift"], place, item["message"], item["fix"]


def stamps(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes of every file below a folder and when it was written; of folders too."""
    files = snapshot(folder)
    return {
        path.relative_to(folder).as_posix(): (
            files.get(path.relative_to(folder).as_posix(), b""),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if ".git" not in path.relative_to(folder).parts
    }


def plan_repository(folder: Path, neuralnav: Installed) -> Repository:
    """Plan a workload under policies, own data and own prices, and commit all of it."""
    texts = {
        f"{FOLDER}/workload.yaml": WORKLOAD, "neuralnav.yaml": PROJECT, "data/quality.yaml": QUALITY,
        "data/prices.yaml": PRICES, "data/guardrails.yaml": GUARDRAILS, "data/small.yaml": SMALL,
        "data/rows/own.csv": ROWS,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    tables_from_csv(folder)
    neuralnav.done("compile", folder=folder)
    one = Repository(folder, neuralnav)
    one.done("git init -q -b main && git add -A && git commit -qm plan")
    return one
