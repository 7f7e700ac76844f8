"""What golden and integration tests share: an installed copy with a small world, and tables from CSV."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from forks import forking
from hypothesis import settings

from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS

ROOT = Path(__file__).resolve().parents[1]
WORLD = ROOT / "tests" / "golden" / "world"
TIMEOUT_SECONDS = 120

pytest_plugins = ["cluster_fixtures"]  # of tests/integration: started once for all folders

os.environ["NEURALNAV_CACHE_DIR"] = tempfile.mkdtemp(prefix="neuralnav-test-")
"""No test reads what an earlier run, or the user, has kept."""

settings.register_profile("desk", deadline=None)  # no test asserts how long it takes
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
"""What gates a merge draws the same cases each time; at a desk each run draws anew."""

SHARES_OF_P95 = {"mean": 0.7, "p50": 0.65, "p90": 0.9, "p99": 1.2}
"""How the statistics that a story's CSV leaves out follow from its p95."""

INTERVALS = tuple(f"{metric}_interval" for metric in METRICS)

USUAL_CELLS: Mapping[str, object] = {
    "pp": 1, "engine": "vllm", "engine_version": "0.19.0", "prefix_hit_share": 0.0, "prompt_tokens": 300,
    "output_tokens": 100, "arrival": "poisson", "burst_size": 1.0, "requests": 1000, "source": "simulated",
    "evidence_id": "story", "origin": "story", "ttft_interval": 0.5, "itl_interval": 0.5, "e2e_interval": 0.5,
}  # fmt: skip
"""What a row holds where a story's CSV says nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write what the stories give as what they should.")


def curves_table(csv: Path) -> pa.Table:
    """Return the benchmark table of a CSV that names only what it tells: at least model to tp, rate and three p95.

    A row with a concurrency is a closed loop, and holds just the statistics that it names.
    """
    return pa.Table.from_pylist([_row(dict(row)) for row in _told(csv).to_pylist()], BENCHMARK_SCHEMA)


def _told(csv: Path) -> pa.Table:
    return pyarrow.csv.read_csv(csv, convert_options=pyarrow.csv.ConvertOptions(column_types={"date": pa.string()}))


def _row(told: dict[str, object]) -> dict[str, object]:
    if told.get("concurrency"):
        return {**USUAL_CELLS, "requests": None, **dict.fromkeys(INTERVALS), **told}
    rate = told["offered_rps"]
    row = {**USUAL_CELLS, "achieved_rps": rate, "output_tokens_per_s": float(str(rate)) * 100, **told}
    for metric in METRICS:
        p95 = float(str(row[f"{metric}_p95_ms"]))
        for statistic, share in SHARES_OF_P95.items():
            row.setdefault(f"{metric}_{statistic}_ms", round(p95 * share, 1))
    return row


def tables_from_csv(folder: Path) -> None:
    """Write each `x.csv` below a folder as the Parquet file `x.parquet` beside it, in its place."""
    for csv in sorted(folder.rglob("*.csv")):
        pq.write_table(curves_table(csv), csv.with_suffix(".parquet"))
        csv.unlink()


@dataclass(frozen=True, slots=True)
class Installed:
    """A NeuralNav that tests run as users do: in a process of its own, be it forked where its imports are done."""

    environment: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = (sys.executable, "-m", "neuralnav")

    def run(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run `neuralnav ARGUMENTS` in a folder, its output piped."""
        return subprocess.run(
            [*self.command, *arguments], cwd=folder, env=dict(self.environment),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip

    def done(self, *arguments: str, folder: Path) -> str:
        """Run a command that must succeed, and return its standard output."""
        completed = self.run(*arguments, folder=folder)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path, git's own left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(".git/")}


def _environment(cache: Path, package: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "NEURALNAV_", "PYTHON"))}
    return {
        **kept,
        "NEURALNAV_CACHE_DIR": str(cache),
        "PYTHONPATH": str(package),
        "PYTHONWARNINGS": "error",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": "story" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture(scope="session")
def neuralnav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Give the checkout's NeuralNav, with the catalogs and tables that it ships."""
    environment = _environment(tmp_path_factory.mktemp("cache"), ROOT)
    with forking(tmp_path_factory.mktemp("forks"), environment) as command:
        yield Installed(environment, (str(command),))


@pytest.fixture(scope="session")
def small_neuralnav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Give the same code laid out as a wheel lays it out, with the small world of tests/golden/world as its data.

    What the packaged catalogs and tables say then changes no story.
    """
    house = tmp_path_factory.mktemp("house")
    package = house / "neuralnav"
    shutil.copytree(ROOT / "neuralnav", package)  # with its compiled files: times of change are kept, so they hold
    shutil.copytree(ROOT / "templates", package / "_data" / "templates")
    shutil.copytree(WORLD / "catalogs", package / "_data" / "catalogs")
    tables = package / "_data" / "benchmarks" / "simulated"
    tables.mkdir(parents=True)
    shutil.copy(WORLD / "curves.csv", tables)
    tables_from_csv(tables)
    environment = _environment(tmp_path_factory.mktemp("cache"), house)
    with forking(tmp_path_factory.mktemp("forks"), environment) as command:
        yield Installed(environment, (str(command),))


@pytest.fixture(scope="session")
def table_from_csv() -> Callable[[Path], pa.Table]:
    """Return the function that makes a benchmark table of a CSV."""
    return curves_table


@pytest.fixture
def own_git_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git in this process see no settings but the test's own."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "test")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "test")
