"""The wheels are whole: installed alone, one compiles what the checkout compiles, the other has all that it serves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE = ("error sending request", "failed to fetch", "dns error", "could not connect", "network")
"""What uv says when the package index cannot be reached, in lower case."""

pytestmark = pytest.mark.integration


def _run(*command: str | Path, folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment["NEURALNAV_CACHE_DIR"] = str(cache)
    return subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=300, check=False,
    )  # fmt: skip


def _uv(*arguments: str | Path, folder: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    done = _run(uv, *arguments, folder=folder, cache=folder)
    if done.returncode and any(word in done.stderr.lower() for word in UNREACHABLE):
        pytest.skip(f"the package index is not reachable: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of an environment that holds the wheels and their dependencies, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--quiet", "--wheel", "--all-packages", "--out-dir", folder / "dist", ROOT, folder=folder)
    wheels = sorted((folder / "dist").glob("*.whl"))
    assert [wheel.name.partition("-")[0] for wheel in wheels] == ["neuralnav", "neuralnav_simulator"]
    _uv("venv", "--quiet", "--python", sys.executable, folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    constraints = ROOT / "requirements.lock"
    _uv("pip", "install", "--quiet", "--python", python, "--constraints", constraints, *wheels, folder=folder)
    return python.parent


def _compiled(command: list[str | Path], folder: Path) -> dict[str, bytes]:
    """Return every file, by its path, of a new folder in which `init` and `compile` ran."""
    cache = folder / "cache"
    workload = folder / "support-chat"
    workload.mkdir(parents=True)
    for verb in ("init", "compile"):
        done = _run(*command, verb, folder=workload, cache=cache)
        assert done.returncode == 0, done.stdout + done.stderr
    return {path.relative_to(workload).as_posix(): path.read_bytes() for path in workload.rglob("*") if path.is_file()}


def test_installed_wheel_compiles_the_same_bytes_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    from_wheel = _compiled([installed / "neuralnav"], tmp_path / "wheel")
    from_checkout = _compiled([sys.executable, "-m", "neuralnav"], tmp_path / "checkout")
    assert {"plan.lock", "workload.yaml", "deploy/inferenceservice.yaml"} <= set(from_wheel)
    assert from_wheel == from_checkout


def test_installed_wheel_brings_its_catalogs_and_schemas(installed: Path, tmp_path: Path) -> None:
    for arguments in (("catalog", "models"), ("schema", "workload"), ("bench", "show", "--limit", "1")):
        done = _run(installed / "neuralnav", *arguments, folder=tmp_path, cache=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_installed_simulator_serves_from_its_own(installed: Path, tmp_path: Path) -> None:
    (packaged,) = installed.parent.rglob("neuralnav_simulator/tokenizer")
    sources = ROOT / "simulator" / "neuralnav_simulator" / "tokenizer"
    kept = {path.name: path.read_bytes() for path in packaged.iterdir() if path.is_file()}
    assert kept == {path.name: path.read_bytes() for path in sources.iterdir() if path.is_file()}
    assert {"tokenizer.json", "tokenizer_config.json"} <= set(kept)
    lock = ROOT / "examples" / "translation-simulated" / "plan.lock"
    asked = ("predict", "--lock", lock, "--rate", "1", "--requests", "20")
    done = _run(installed / "neuralnav-sim", *asked, folder=tmp_path, cache=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "qwen3-30b-a3b-2507/int4/a100-80/tp1" in done.stdout


def test_installed_wheels_hold_the_licence_and_are_typed(installed: Path) -> None:
    licences = list(installed.parent.rglob("neuralnav*.dist-info/licenses/LICENSE"))
    assert [path.read_bytes() for path in licences] == 2 * [(ROOT / "LICENSE").read_bytes()]
    typed = {path.parent.name for path in installed.parent.rglob("neuralnav*/py.typed")}
    assert typed == {"neuralnav", "neuralnav_simulator"}
