"""The stories: each folder with a `cmd` is one, told from its inputs to what it prints, writes and exits with.

A story holds `inputs/` (files of a repository; `x.csv` stands for `x.parquet`), perhaps `setup.sh` (what happened
before, with `neuralnav` on the PATH), `cmd` (one shell line) and `expected/`: `exit`, `stdout`, `stderr`, and `files/`,
every file that the command wrote. `--update-golden` writes `expected/` anew; what a refusal must not do, it cannot.
"""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import TIMEOUT_SECONDS, Installed, snapshot, tables_from_csv

STORIES = sorted(path.parent for path in Path(__file__).parent.glob("*/cmd"))
WRITES_NOTHING = ("--check", "--set", "neuralnav check", "neuralnav show", "neuralnav explain")
TIME = re.compile(r" +\d+\.\d\d s$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a story ended: its exit code, what it printed, and the files that are new or changed (None: removed)."""

    exit_code: int
    stdout: str
    stderr: str
    changed: dict[str, bytes | None]

    def texts(self) -> dict[str, str]:
        """Return the ending as the files of `expected/`."""
        gone = "".join(f"{name}\n" for name, content in self.changed.items() if content is None)
        found = {"exit": f"{self.exit_code}\n", "stdout": self.stdout, "stderr": self.stderr, "removed": gone}
        written = {f"files/{name}": content.decode() for name, content in self.changed.items() if content is not None}
        return {name: text for name, text in {**found, **written}.items() if text}


def tell(story: Path, folder: Path, installed: Installed) -> Ending:
    """Play a story in a new folder that is a repository root, and return how it ended."""
    repository = folder / "repository"
    shutil.copytree(story / "inputs", repository)
    tables_from_csv(repository)
    (folder / "bin").mkdir()
    command = folder / "bin" / "neuralnav"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m neuralnav "$@"\n')
    command.chmod(0o755)
    environment = {**installed.environment, "PATH": f"{command.parent}:{installed.environment['PATH']}"}

    def shell(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euc", script], cwd=repository, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip

    setup = story / "setup.sh"
    if setup.exists():
        before = shell(setup.read_text())
        assert before.returncode == 0, f"setup.sh failed\n{before.stdout}{before.stderr}"
    old = snapshot(repository)
    done = shell((story / "cmd").read_text())
    new = snapshot(repository)
    changed = {name: new.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}
    return Ending(done.returncode, normal(done.stdout, folder), normal(done.stderr, folder), changed)


def normal(text: str, folder: Path) -> str:
    """Return a text without what differs from run to run: the folder's name and the time it took."""
    return TIME.sub("   <time>", text.replace(str(folder), "<folder>"))


def expected_texts(story: Path) -> dict[str, str]:
    base = story / "expected"
    return {path.relative_to(base).as_posix(): path.read_text() for path in sorted(base.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story(
    story: Path, tmp_path: Path, small_neuralnav: Installed, pytestconfig: pytest.Config
) -> None:
    ending = tell(story, tmp_path, small_neuralnav)
    command = (story / "cmd").read_text()
    if ending.exit_code != 0 or any(word in command for word in WRITES_NOTHING):
        assert ending.changed == {}, "a refusal or a question wrote files"
    if pytestconfig.getoption("--update-golden"):
        shutil.rmtree(story / "expected", ignore_errors=True)
        for name, text in ending.texts().items():
            path = story / "expected" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    assert ending.texts() == expected_texts(story)


def test_stories_are_found() -> None:
    assert len(STORIES) > 1
