"""git is run so that it reads, and does nothing else."""

import os
import subprocess
from pathlib import Path

import pytest

from neuralnav.files.git import run_git


def test_no_hook_of_a_repository_runs(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet")
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    who = {f"GIT_{role}_{what}": "test" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    assert run_git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "first", more=who).returncode == 0
    assert run_git(tmp_path, "checkout", "--quiet", "-b", "side").returncode == 0
    assert not (tmp_path / "ran").exists()


def test_nothing_is_fetched(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "there")
    done = run_git(tmp_path, "clone", "--quiet", (tmp_path / "there").as_uri(), "here")
    assert done.returncode != 0
    assert b"transport 'file' not allowed" in done.stderr


def test_output_is_bytes_and_the_caller_may_say_more_of_the_environment(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet")
    (tmp_path / os.fsdecode(b"\xff")).write_text("")
    listed = run_git(tmp_path, "ls-files", "--others", "-z").stdout
    assert listed == b"\xff\0"
    alias = run_git(tmp_path, "-c", "alias.say=!echo $WORD $LC_ALL", "say", more={"WORD": "one"})
    assert alias.stdout == b"one C\n"


def test_a_folder_that_is_not_there_is_gits_to_refuse_and_a_slow_git_is_stopped(tmp_path: Path) -> None:
    assert run_git(tmp_path / "no", "status").returncode == 128
    with pytest.raises(subprocess.TimeoutExpired):
        run_git(tmp_path, "-c", "alias.wait=!exec sleep 9", "wait", seconds=0.2)
