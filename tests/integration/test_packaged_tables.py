"""What lies beside the packaged tables, as an import into a checkout does, is no evidence unless a project lists it."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Installed, snapshot

STORY = ROOT / "tests" / "golden" / "happy-path"


@pytest.fixture
def beside(small_neuralnav: Installed) -> Iterator[Path]:
    """Return the default folder of imports, beside the packaged tables."""
    folder = Path(small_neuralnav.environment["PYTHONPATH"], "neuralnav", "_data", "benchmarks", "measured")
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_a_dataset_beside_the_packaged_tables_is_in_no_plan(
    beside: Path, small_neuralnav: Installed, tmp_path: Path
) -> None:
    (packaged,) = (beside.parent / "simulated").glob("*.parquet")
    rows = pq.read_table(packaged)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        shutil.copytree(STORY / "inputs", folder)
    small_neuralnav.done("compile", folder=first)
    shutil.copy(packaged, beside / "again.parquet")
    (beside / "broken.parquet").write_bytes(b"no table")
    small_neuralnav.done("compile", folder=second)
    assert snapshot(second) == snapshot(first)
    counted = json.loads(small_neuralnav.run("bench", "validate", "--format", "json", folder=tmp_path).stdout)
    assert [(item["dataset"], item["rows"]) for item in counted["datasets"]] == [("packaged", rows.num_rows)]
    shown = json.loads(small_neuralnav.done("bench", "show", "--limit", "9999", "--format", "json", folder=tmp_path))
    assert len(shown) == rows.num_rows


def test_a_wheel_takes_the_simulated_tables_alone() -> None:
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    of_benchmarks = {name: to for name, to in included["force-include"].items() if "benchmarks" in name}
    assert of_benchmarks == {"benchmarks/simulated": "neuralnav/_data/benchmarks/simulated"}
