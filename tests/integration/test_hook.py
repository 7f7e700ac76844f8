"""The hooks before a commit: no commit lacks what compile writes."""

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, Installed

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 20000}
"""
HOOK = f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m neuralnav ci hook\n"


@dataclass
class Repository:
    neuralnav: Installed
    folder: Path

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, env=dict(self.neuralnav.environment), capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def commit(self, *more: str) -> tuple[int, str]:
        done = self.git("commit", "--quiet", "--message", "change", *more)
        return done.returncode, done.stderr if done.returncode else ""

    def write(self, text: str, name: str = "chat") -> None:
        (self.folder / name).mkdir(exist_ok=True)
        (self.folder / name / "workload.yaml").write_text(text)


@pytest.fixture
def repository(tmp_path: Path, small_neuralnav: Installed) -> Repository:
    found = Repository(small_neuralnav, tmp_path)
    found.git("init", "--quiet")
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    found.write(WORKLOAD)
    found.git("add", "--all")
    return found


NEW = (
    "not in this commit: chat/deploy/dashboard.yaml, chat/deploy/inferenceservice.yaml, "
    "chat/deploy/kustomization.yaml, chat/deploy/networkpolicy.yaml, chat/deploy/poddisruptionbudget.yaml and 3 more; "
    "add with git add\n"
)


def test_the_first_commit_has_its_lock_however_often_it_is_tried(repository: Repository) -> None:
    for _ in range(2):
        code, said = repository.commit()
        assert (code, said) == (1, NEW)
    repository.git("add", "--all")
    done = repository.git("commit", "--quiet", "--message", "change")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert repository.git("status", "--porcelain").stdout == ""


def test_an_edit_commits_with_what_it_changes(repository: Repository) -> None:
    repository.commit()
    repository.git("add", "--all")
    repository.commit()
    repository.write(WORKLOAD.replace("20000", "90000"))
    code, said = repository.commit("--all")
    assert code == 1
    changed = "dashboard.yaml, chat/deploy/inferenceservice.yaml, chat/deploy/prometheusrule.yaml, chat/plan.lock"
    assert said.endswith(f"not in this commit: chat/deploy/{changed}; add with git add\n")
    repository.git("add", "--all")
    assert repository.commit() == (0, "")


def test_a_draft_that_git_does_not_know_stops_no_commit(repository: Repository) -> None:
    repository.commit()
    repository.git("add", "--all")
    repository.write(WORKLOAD.replace("support-chat", "draft"), "draft")
    assert repository.commit() == (0, "")
    assert (repository.folder / "draft" / "plan.lock").exists()


def test_a_workload_that_cannot_be_planned_stops_the_commit(repository: Repository) -> None:
    repository.write("kind: [\n")
    repository.git("add", "--all")
    code, said = repository.commit()
    assert code == 1
    assert said.startswith("chat/workload.yaml:2:1  not valid YAML")


def test_without_a_repository_it_compiles(tmp_path: Path, small_neuralnav: Installed) -> None:
    Repository(small_neuralnav, tmp_path).write(WORKLOAD)
    assert small_neuralnav.run("ci", "hook", folder=tmp_path).returncode == 0
    assert (tmp_path / "chat" / "plan.lock").exists()


def test_pre_commit_takes_the_manifest_of_the_hooks() -> None:
    command = shutil.which("pre-commit", path=str(Path(sys.executable).parent)) or shutil.which("pre-commit")
    if command is None:
        pytest.skip("pre-commit is not installed")
    done = subprocess.run(
        [command, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
