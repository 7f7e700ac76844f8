"""A kill at any moment leaves each workload's lock and manifests old or new, or for the next compile to make new."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Installed, snapshot

SEED = 20261122
SPREAD_KILLS = 15
"""Kills spread over the whole run: most of it is reading and planning."""

WRITING_KILLS = 10
"""Kills as soon as a workload's files are seen to change, or a moment later, where there is something to tear."""

WRITING_SECONDS = 0.001
WORKLOADS = ("audit", "billing", "chat", "drafts", "email", "faq")
OLD_USERS, NEW_USERS = 2000, 60000
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: {name}}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: {users}}}
  deploy: {{namespace: {namespace}}}
"""

Files = dict[str, bytes]


def write_workloads(folder: Path, users: int, namespace: str) -> None:
    for name in WORKLOADS:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "workload.yaml").write_text(WORKLOAD.format(name=name, users=users, namespace=namespace))


def output_of(folder: Path, name: str) -> Files:
    """Return a workload's lock and manifests; the workload itself and what is staged are left out."""
    files = snapshot(folder / name)
    return {path: content for path, content in files.items() if path == "plan.lock" or path.startswith("deploy/")}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> tuple[Path, Path, float]:
    """Return a folder with pending edits, the same folder compiled, and how long that compile took in seconds."""
    pending, compiled = tmp_path_factory.mktemp("pending"), tmp_path_factory.mktemp("compiled")
    write_workloads(pending, OLD_USERS, "old")
    small_neuralnav.done("compile", folder=pending)
    write_workloads(pending, NEW_USERS, "new")
    shutil.copytree(pending, compiled, dirs_exist_ok=True)
    started = time.monotonic()
    small_neuralnav.done("compile", folder=compiled)
    return pending, compiled, time.monotonic() - started


def start(folder: Path, installed: Installed) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "neuralnav", "compile"], cwd=folder, env=dict(installed.environment),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for_write(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when a workload's files are being staged or were changed, or the process has ended."""
    lock = folder / "plan.lock"
    before = lock.stat().st_mtime_ns
    while process.poll() is None and lock.stat().st_mtime_ns == before and not any(folder.glob(".neuralnav-*")):
        pass


def test_kill_leaves_every_workload_whole_or_for_the_next_compile_to_finish(
    states: tuple[Path, Path, float], small_neuralnav: Installed, tmp_path: Path
) -> None:
    pending, compiled, seconds = states
    moments = random.Random(SEED)  # noqa: S311  # not for secrets
    interrupted = []
    for index in range(SPREAD_KILLS + WRITING_KILLS):
        folder = tmp_path / str(index)
        shutil.copytree(pending, folder)
        with start(folder, small_neuralnav) as process:
            if index < SPREAD_KILLS:
                time.sleep(seconds * (index + moments.random()) / SPREAD_KILLS)
            else:
                wait_for_write(folder / WORKLOADS[index % len(WORKLOADS)], process)
                time.sleep(WRITING_SECONDS * moments.random())
            process.kill()
        torn = [name for name in WORKLOADS if output_of(folder, name) not in wholes(pending, compiled, name)]
        for name in torn:
            assert any((folder / name).glob(".neuralnav-*/commit.json")), f"{name} is torn and nothing will finish it"
        done = [name for name in WORKLOADS if output_of(folder, name) == output_of(compiled, name)]
        interrupted += [folder] if torn or 0 < len(done) < len(WORKLOADS) else []
    assert interrupted, "no kill met the writing: the moments are chosen badly"
    small_neuralnav.done("compile", folder=tmp_path)
    for folder in tmp_path.iterdir():
        assert snapshot(folder) == snapshot(compiled), "the next compile did not make everything new, or left something"


def wholes(pending: Path, compiled: Path, name: str) -> tuple[Files, Files]:
    """Return the old output of a workload and the new."""
    return output_of(pending, name), output_of(compiled, name)


def test_compile_after_a_kill_between_workloads_writes_the_rest(
    states: tuple[Path, Path, float], small_neuralnav: Installed, tmp_path: Path
) -> None:
    pending, compiled, _ = states
    folder = tmp_path / "half"
    shutil.copytree(pending, folder)
    for name in WORKLOADS[:3]:
        shutil.copytree(compiled / name, folder / name, dirs_exist_ok=True)
    small_neuralnav.done("compile", folder=folder)
    assert snapshot(folder) == snapshot(compiled)
