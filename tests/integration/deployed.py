"""Workloads that are deployed into a cluster on loopback, and what a controller would make of them there."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cluster_front import Front
from conftest import TIMEOUT_SECONDS, Installed

Object = dict[str, Any]

SPACE = "llm"
NAME = "chat"
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: {name}}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: {users}}}
  deploy: {{namespace: {namespace}{more}}}
"""
ORDER = ("PodDisruptionBudget", "NetworkPolicy", "PodMonitor", "PrometheusRule", "ConfigMap", "InferenceService")
"""The order in which what a workload has is applied."""

SERVING = "/inferenceservices/chat"
REAL = r"\?(?!.*dryRun)"
"""Behind a path: what is no dry run."""


def write_workload(folder: Path, name: str = NAME, users: int = 2000, namespace: str = SPACE, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "workload.yaml"
    path.write_text(WORKLOAD.format(name=name, users=users, namespace=namespace, more=more))
    return path


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder with compiled workloads beside a cluster that can hold them."""

    folder: Path
    front: Front
    neuralnav: Installed

    def run(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of the cluster."""
        return self.neuralnav.run(verb, *self._arguments(arguments), folder=self.folder)

    def done(self, verb: str, *arguments: str) -> str:
        """Run a verb that must succeed; return what it says."""
        completed = self.run(verb, *arguments)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout

    def interrupted(
        self, verb: str, *arguments: str, when: Callable[[], bool], by: signal.Signals = signal.SIGINT
    ) -> subprocess.CompletedProcess[str]:
        """Run a verb in a process of its own, and press Ctrl-C (or send what is said) when something has happened."""
        command = [sys.executable, "-m", "neuralnav", verb, *self._arguments(arguments)]
        with subprocess.Popen(
            command, cwd=self.folder, env=dict(self.neuralnav.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            until(lambda: when() or process.poll() is not None)
            process.send_signal(by)
            out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    @property
    def kinds(self) -> list[str]:
        """What the manifests of the workload hold, in the order in which it is applied."""
        files = sorted((self.folder / NAME / "deploy").glob("*.yaml"))
        found = [yaml.safe_load(path.read_text())["kind"] for path in files]
        return [kind for kind in ORDER if kind in found]

    def _arguments(self, arguments: Sequence[str]) -> list[str]:
        return ["--kubeconfig", str(self.front.kubeconfig), *arguments]

    def objects(self, name: str = NAME) -> dict[str, Object]:
        """Return what of a workload is in the cluster, by kind."""
        found = {kind: self.front.take(kind, SPACE, name) for kind in ORDER}
        return {kind: item for kind, item in found.items() if item is not None}

    def asked(self, pattern: str) -> bool:
        """Tell whether the cluster was asked for a path with its query."""
        return any(re.search(pattern, f"{seen.method} {seen.target}") for seen in list(self.front.seen))

    def edit(self, kind: str, change: Callable[[Object], None], manager: str, name: str = NAME) -> None:
        """Change an object as somebody else."""
        found = self.front.take(kind, SPACE, name)
        assert found is not None
        found["metadata"].pop("managedFields", None)
        change(found)
        self.front.put(found, manager=manager)


def told(kinds: Sequence[str], word: str) -> str:
    """Return the lines that tell of objects."""
    return "".join(f"               {word:<10} {kind} {NAME}\n" for kind in kinds)


def until(happened: Callable[[], bool]) -> None:
    """Return when something has happened."""
    ends = time.monotonic() + TIMEOUT_SECONDS
    while not happened():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.01)


def repository(folder: Path, compiled: Path, front: Front, neuralnav: Installed) -> Repository:
    """Return a copy of compiled workloads beside a cluster with a namespace and a node for them."""
    shutil.copytree(compiled, folder)
    front.add_namespace(SPACE)
    lock = yaml.safe_load((folder / NAME / "plan.lock").read_text())
    add_node(front, lock["deployment"]["node_label_value"])
    return Repository(folder, front, neuralnav)


def add_node(front: Front, product: str, count: int = 8, name: str = "node-a") -> None:
    labels = {"nvidia.com/gpu.product": product}
    front.put(
        {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "status": {"allocatable": {"nvidia.com/gpu": str(count)}},
        }
    )  # fmt: skip


def add_pod(front: Front, name: str, *, ready: bool, workload: str = NAME, **status: Any) -> None:
    labels = {"serving.kserve.io/inferenceservice": workload, "component": "predictor"}
    conditions = [{"type": "Ready", "status": str(ready)}, *status.pop("conditions", ())]
    front.put(
        {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": SPACE, "labels": labels},
            "status": {"conditions": conditions, **status},
        }
    )  # fmt: skip
