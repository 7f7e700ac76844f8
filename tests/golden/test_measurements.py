"""Partial measurements in a plan: the same rows give the same bytes, and cost something once."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Installed, curves_table, snapshot

from neuralnav.evidence import select

STORY = Path(__file__).parent / "partial-measurements"


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return curves_table(STORY / "inputs" / "measurements" / "three-runs.csv")


def repository(folder: Path, *tables: pa.Table) -> Path:
    """The repository of the story, with one file in its dataset for each table."""
    shutil.copytree(STORY / "inputs", folder, ignore=shutil.ignore_patterns("*.csv"))
    for index, table in enumerate(tables):
        pq.write_table(table, folder / "measurements" / f"{index}.parquet")
    return folder


def compiled(folder: Path, installed: Installed) -> dict[str, bytes]:
    """What compile writes in a repository."""
    installed.done("compile", folder=folder)
    return {name: content for name, content in snapshot(folder).items() if not name.endswith(".parquet")}


def with_cache(installed: Installed, cache: Path) -> Installed:
    return replace(installed, environment={**installed.environment, "NEURALNAV_CACHE_DIR": str(cache)})


def test_the_order_of_rows_files_and_machines_changes_no_byte(
    tmp_path: Path, small_neuralnav: Installed, rows: pa.Table
) -> None:
    first = compiled(repository(tmp_path / "one", rows), small_neuralnav)
    assert first["plan.lock"] == (STORY / "expected" / "files" / "plan.lock").read_bytes()
    reverse = rows.take(pa.array(range(rows.num_rows - 1, -1, -1)))
    elsewhere = with_cache(small_neuralnav, tmp_path / "cache")
    assert compiled(repository(tmp_path / "two", reverse), elsewhere) == first
    assert compiled(repository(tmp_path / "three", reverse.slice(2), reverse.slice(0, 2)), small_neuralnav) == first


def test_a_second_compile_repeats_no_client_and_a_lost_cache_costs_no_byte(
    tmp_path: Path, small_neuralnav: Installed, rows: pa.Table
) -> None:
    cache, folder = tmp_path / "cache", repository(tmp_path / "one", rows)
    installed = with_cache(small_neuralnav, cache)
    first = compiled(folder, installed)
    kept = snapshot(cache)
    comparisons = [name for name in kept if "/residuals/" in name]
    assert len(comparisons) == 4  # the rows of this release; two configurations are asked for
    for name in comparisons:
        (cache / name).write_bytes(b"damaged, and not looked at")
    assert compiled(folder, installed) == first
    assert all((cache / name).read_bytes() == b"damaged, and not looked at" for name in comparisons)
    shutil.rmtree(cache / "neuralnav" / "measured")
    assert compiled(folder, installed) == first
    assert {name: content for name, content in snapshot(cache).items() if name in comparisons} == {
        name: kept[name] for name in comparisons
    }
    shutil.rmtree(cache)
    assert compiled(folder, installed) == first


def test_runs_of_what_the_workload_does_not_admit_are_not_repeated(
    tmp_path: Path, small_neuralnav: Installed, rows: pa.Table
) -> None:
    cache, folder = tmp_path / "cache", repository(tmp_path / "one", rows)
    workload = folder / "workload.yaml"
    workload.write_text(workload.read_text().replace("models: {allow: [qwen3-8b]}", "models: {allow: [llama-3.1-8b]}"))
    done = with_cache(small_neuralnav, cache).run("compile", folder=folder)
    assert done.returncode == 0
    assert "measured" not in done.stdout
    assert not (cache / "neuralnav" / "residuals").exists()


def of_simulator(rows: pa.Table) -> pa.Table:
    """Open-loop rows of the workload's shape that promise a millisecond, as a client takes them of our simulator."""
    told: dict[str, str | float | None] = {
        "source": "simulated", "engine": "neuralnav-sim", "arrival": "poisson", "concurrency": None,
        "prompt_tokens": 300, "output_tokens": 100, "achieved_rps": 1.0,
    }  # fmt: skip
    told |= dict.fromkeys((f"{metric}_{of}_ms" for metric in ("ttft", "itl", "e2e") for of in ("mean", "p95")), 1.0)
    for name, value in told.items():
        index = rows.schema.get_field_index(name)
        field = rows.schema.field(index)
        rows = rows.set_column(index, field, pa.array([value] * rows.num_rows, field.type))
    index = rows.schema.get_field_index("offered_rps")
    rates = pa.array([float(number) for number in range(1, rows.num_rows + 1)], pa.float64())
    return rows.set_column(index, rows.schema.field(index), rates)


def test_a_dataset_without_measured_rows_changes_no_byte(
    tmp_path: Path, small_neuralnav: Installed, rows: pa.Table
) -> None:
    index = rows.schema.get_field_index("source")
    predicted = rows.set_column(index, rows.schema.field(index), pa.array(["predicted"] * rows.num_rows, pa.string()))
    bare = repository(tmp_path / "bare")
    (bare / "neuralnav.yaml").write_text(
        (bare / "neuralnav.yaml").read_text().replace("benchmarks: [measurements]", "")
    )
    played = of_simulator(rows)
    index = rows.schema.get_field_index("engine")
    real = played.set_column(index, rows.schema.field(index), pa.array(["vllm"] * rows.num_rows, pa.string()))
    shape = played.column("prompt_tokens")[0].as_py(), played.column("output_tokens")[0].as_py()
    assert select((real,), *shape).ids  # what makes them none is that the simulator played them
    assert (
        compiled(repository(tmp_path / "one", predicted, played), small_neuralnav)["plan.lock"]
        == (compiled(bare, small_neuralnav)["plan.lock"])
    )


def test_a_configuration_of_the_catalog_that_is_misspelt_is_told(
    tmp_path: Path, small_neuralnav: Installed, rows: pa.Table
) -> None:
    index = rows.schema.get_field_index("accelerator")
    wrong = rows.set_column(index, rows.schema.field(index), pa.array(["H100"] * rows.num_rows, pa.string()))
    told = small_neuralnav.done("compile", folder=repository(tmp_path / "one", wrong))
    assert (
        "5 measured runs not used: no such configuration in the catalogs "
        "(5, such as qwen3-8b/bf16/H100/tp1 wrong-label: 300 -> 100, 8 in flight)"
    ) in told
