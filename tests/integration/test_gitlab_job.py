"""The job of examples/gitlab, its script run line by line as GitLab's runner does, against a GitLab on loopback."""

import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Installed
from fake_github import WRITER
from fake_gitlab import FakeGitLab, serving_gitlab
from pulls import Pull, beginning, doubled

from neuralnav.report_diff import MARKER

JOB = yaml.safe_load((ROOT / "examples" / "gitlab" / ".gitlab-ci.yml").read_text())["plans"]
INSTALLS = [
    'python -I -m venv "$CI_PROJECT_DIR/../neuralnav"',
    '"$CI_PROJECT_DIR/../neuralnav/bin/pip" install --quiet "$NEURALNAV_SOURCE"',
]


@dataclass
class Job:
    pull: Pull
    gitlab: FakeGitLab
    folder: Path

    def run(self, token: str = WRITER) -> tuple[int, str]:
        assert JOB["script"][:2] == INSTALLS
        environment = {
            **self.pull.neuralnav.environment, "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(self.folder),
            "CI_API_V4_URL": self.gitlab.url, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.pull.git("merge-base", "main", "change"),
            "CI_COMMIT_REF_NAME": "$(touch pwned)", "CI_MERGE_REQUEST_TITLE": "`touch pwned`",
            "NEURALNAV_GITLAB_TOKEN": token,
        }  # fmt: skip
        environment.pop("GITHUB_ACTIONS", None)
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(JOB["script"][2:])], cwd=self.folder, env=environment,
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert WRITER not in done.stdout + done.stderr
        assert not list(self.pull.folder.rglob("pwned"))
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def job(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Job]:
    with beginning(tmp_path, small_neuralnav) as pull, serving_gitlab(FakeGitLab()) as gitlab:
        command = tmp_path / "neuralnav" / "bin" / "neuralnav"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.join(small_neuralnav.command)} "$@"\n')
        command.chmod(0o755)
        yield Job(pull, gitlab, tmp_path / "checkout")


def checked_out(job: Job) -> None:
    job.pull.git("clone", "--quiet", "--branch=change", f"file://{job.pull.origin}", str(job.folder))


def test_one_note_is_kept_and_drift_fails_the_job(job: Job) -> None:
    job.pull.change(doubled)
    checked_out(job)
    code, said = job.run()
    assert code == 3, said
    assert "comment created" in said
    (note,) = job.gitlab.notes
    assert note["body"].startswith("**Plan changes for 1 of 1 workload: ")
    assert MARKER in note["body"]
    job.pull.neuralnav.done("compile", folder=job.folder)
    code, said = job.run()
    assert code == 0, said
    assert "comment updated" in said


def test_a_head_that_cannot_be_planned_is_told_before_the_job_fails(job: Job) -> None:
    job.pull.change(lambda origin: (origin / "chat" / "workload.yaml").write_text("kind: [\n"))
    checked_out(job)
    code, said = job.run()
    assert code == 2, said
    assert "cannot be planned: not valid YAML" in job.gitlab.notes[0]["body"]


def test_a_pipeline_of_a_fork_has_no_token_and_fails_for_drift_alone(job: Job) -> None:
    job.pull.change(lambda origin: doubled(origin, job.pull.neuralnav))
    checked_out(job)
    code, said = job.run(token="")  # there is none
    assert code == 0, said
    assert "warning: no plan comment: GET /api/v4/user: HTTP 401" in said
    assert job.gitlab.notes == []
