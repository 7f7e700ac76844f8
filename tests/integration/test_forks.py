"""The forked runs of other tests: they tell what a process from scratch tells, and are one where they must be."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Installed


@pytest.mark.parametrize("arguments", [("--version",), ("comple",), ("check", "nowhere.yaml"), ("explain", "--help")])
def test_a_forked_run_tells_what_one_from_scratch_tells(
    arguments: tuple[str, ...], small_neuralnav: Installed, tmp_path: Path
) -> None:
    forked = small_neuralnav.run(*arguments, folder=tmp_path)
    scratch = replace(small_neuralnav, command=(sys.executable, "-m", "neuralnav")).run(*arguments, folder=tmp_path)
    assert (forked.returncode, forked.stdout, forked.stderr) == (scratch.returncode, scratch.stdout, scratch.stderr)


def test_what_a_process_settles_as_it_starts_gets_one_from_scratch(small_neuralnav: Installed, tmp_path: Path) -> None:
    assert "import time:" not in small_neuralnav.run("--version", folder=tmp_path).stderr
    environment = {**small_neuralnav.environment, "PYTHONPROFILEIMPORTTIME": "1"}
    done = replace(small_neuralnav, environment=environment).run("--version", folder=tmp_path)
    assert done.returncode == 0
    assert "import time:" in done.stderr
