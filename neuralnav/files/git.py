"""Run git so that it only reads what a clone holds: no hook runs, nothing is fetched, nobody is asked for anything."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SETTINGS = (
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "log.showSignature=false",
    "-c", "protocol.allow=never",
)  # fmt: skip
ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}


def command_of(folder: Path, *arguments: str) -> list[str]:
    """Return the command that runs git in a folder, as a list that no shell is to see."""
    return ["git", "--no-pager", *SETTINGS, "-C", str(folder), *arguments]


def environment_of(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment in which git is run: our own, and what keeps it quiet."""
    return {**os.environ, **ENVIRONMENT, **(more or {})}


def run_git(
    folder: Path, *arguments: str, more: Mapping[str, str] | None = None, seconds: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Return what git does in a folder, its output as bytes, and `more` set in its environment.

    Raises `FileNotFoundError` where there is no git, and `TimeoutExpired` after so many seconds. What a user names is
    to stand after `--` or `--end-of-options`, or to be a pathspec behind its magic.
    """
    return subprocess.run(  # noqa: S603  # a list, no shell
        command_of(folder, *arguments), env=environment_of(more), stdin=subprocess.DEVNULL, capture_output=True,
        timeout=seconds, check=False,
    )  # fmt: skip
