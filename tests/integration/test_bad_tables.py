"""A benchmark table that cannot be used is refused by name, column and row, and nothing is written."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import WORLD, Installed, snapshot

from neuralnav.model.tables import BENCHMARK_SCHEMA

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 14000}
"""
PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec: {benchmarks: [measurements]}
"""
TABLE = "measurements/ours.parquet"
ROW = 3
"""The row, counted from 1, that each damage is done to."""

Damage = Callable[[pa.Table, Path], None]


def write_repository(folder: Path) -> Path:
    (folder / "measurements").mkdir(parents=True)
    (folder / "workload.yaml").write_text(WORKLOAD)
    (folder / "neuralnav.yaml").write_text(PROJECT)
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write_repository(tmp_path)


@pytest.fixture(scope="module")
def table(table_from_csv: Callable[[Path], pa.Table]) -> pa.Table:
    return table_from_csv(WORLD / "curves.csv")


def loose(table: pa.Table) -> pa.Table:
    """Return the table with every column nullable, so that it can be damaged."""
    return table.cast(pa.schema([pa.field(field.name, field.type) for field in BENCHMARK_SCHEMA]))


def with_cell(column: str, value: object) -> Damage:
    def damage(table: pa.Table, path: Path) -> None:
        cells = table[column].to_pylist()
        cells[ROW - 1] = value
        index = table.column_names.index(column)
        pq.write_table(loose(table).set_column(index, column, pa.array(cells, table.schema.field(index).type)), path)

    return damage


def cut_in_half(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def holding(content: bytes) -> Damage:
    def damage(_: pa.Table, path: Path) -> None:
        path.write_bytes(content)

    return damage


def without(column: str) -> Damage:
    return lambda table, path: pq.write_table(table.drop_columns([column]), path)


def as_text(column: str) -> Damage:
    def damage(table: pa.Table, path: Path) -> None:
        words = pa.array(["fast"] * table.num_rows)
        pq.write_table(loose(table).set_column(table.column_names.index(column), column, words), path)

    return damage


def as_list(column: str) -> Damage:
    def damage(table: pa.Table, path: Path) -> None:
        lists = pa.array([[1.0]] * table.num_rows)
        pq.write_table(loose(table).set_column(table.column_names.index(column), column, lists), path)

    return damage


def twice(table: pa.Table, path: Path) -> None:
    again = table.slice(ROW - 1, 1)
    index = table.column_names.index("itl_p95_ms")
    slower = again.set_column(index, again.schema.field(index), pa.array([again["itl_p95_ms"][0].as_py() + 0.1]))
    pq.write_table(pa.concat_tables([table, slower]), path)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "cut in half": (cut_in_half, f"{TABLE}  not a readable Parquet file"),
    "text renamed": (holding(b"model,tp\nqwen3-8b,1\n"), f"{TABLE}  not a readable"),
    "empty file": (holding(b""), f"{TABLE}  not a readable Parquet file"),
    "missing p95 column": (without("ttft_p95_ms"), f"{TABLE}:1  ttft_p95_ms is null (and 35 more rows)"),
    "missing key column": (without("model"), f'{TABLE}  column "model" is missing'),
    "null in a key": (with_cell("model", None), f"{TABLE}:{ROW}  model is null"),
    "null where complete": (with_cell("itl_p95_ms", None), f"{TABLE}:{ROW}  itl_p95_ms is null"),
    "not a number": (with_cell("e2e_p95_ms", float("nan")), f"{TABLE}:{ROW}  e2e_p95_ms nan is not a finite number"),
    "infinite": (with_cell("ttft_p99_ms", float("inf")), f"{TABLE}:{ROW}  ttft_p99_ms inf is not a finite number"),
    "negative latency": (with_cell("itl_mean_ms", -3.0), f"{TABLE}:{ROW}  itl_mean_ms -3.0 is not above zero"),
    "p99 below p95": (with_cell("ttft_p99_ms", 0.5), f"{TABLE}:{ROW}  ttft_p99_ms 0.5 is below ttft_p95_ms"),
    "end before first token": (with_cell("e2e_mean_ms", 1.0), f"{TABLE}:{ROW}  e2e_mean_ms 1.0 is below ttft_mean_ms"),
    "negative rate": (with_cell("offered_rps", -1.0), f"{TABLE}:{ROW}  offered_rps -1.0 is not above zero"),
    "no GPU": (with_cell("tp", 0), f"{TABLE}:{ROW}  tp 0 is not above zero"),
    "unknown source": (with_cell("source", "guessed"), f"{TABLE}:{ROW}  source guessed is none of measured"),
    "words for numbers": (as_text("tp"), f"{TABLE}  tp cannot be read as int32: Failed to parse string: 'fast'"),
    "lists for numbers": (as_list("itl_p95_ms"), f"{TABLE}  itl_p95_ms holds list<element: double>, not double"),
    "one load point twice": (twice, f"{TABLE}  1 load points are given twice with different numbers; the first: "),
}
"""What is wrong with a table, and how the line that refuses it begins."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one call over a repository for each damage ended, and whether it left every file as it was."""

    done: subprocess.CompletedProcess[str]
    untouched: bool


@pytest.fixture(scope="module")
def refusal(table: pa.Table, small_neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory) -> Refusal:
    folder = tmp_path_factory.mktemp("damaged")
    for name, (damage, _) in DAMAGES.items():
        damage(table, write_repository(folder / name) / TABLE)
    before = snapshot(folder)
    done = small_neuralnav.run("compile", folder=folder)
    return Refusal(done, snapshot(folder) == before)


@pytest.mark.parametrize("name", DAMAGES)
def test_bad_table_is_refused_by_file_row_and_column(name: str, refusal: Refusal) -> None:
    lines = refusal.done.stderr.splitlines()
    assert [line for line in lines if line.startswith(f"{name}/{DAMAGES[name][1]}")], refusal.done.stderr


def test_nothing_is_written_beside_a_bad_table(refusal: Refusal) -> None:
    assert refusal.done.returncode == 2
    assert refusal.done.stderr.endswith("problems; nothing was written\n")
    assert refusal.untouched


@pytest.mark.parametrize(("damage", "column"), [(as_text("tp"), "tp"), (as_list("itl_p95_ms"), "itl_p95_ms")])
def test_wrong_type_names_its_column(
    damage: Damage, column: str, repository: Path, table: pa.Table, small_neuralnav: Installed
) -> None:
    damage(table, repository / TABLE)
    assert column in small_neuralnav.run("compile", folder=repository).stderr


def test_empty_folder_is_refused_with_what_a_path_counts_from(repository: Path, small_neuralnav: Installed) -> None:
    done = small_neuralnav.run("compile", folder=repository)
    assert done.returncode == 2
    assert done.stderr == (
        "measurements  no Parquet file is here\n"
        "  the path counts from the folder of neuralnav.yaml\n"
        "1 problem; nothing was written\n"
    )


def test_every_fault_of_a_table_comes_at_once(repository: Path, table: pa.Table, small_neuralnav: Installed) -> None:
    with_cell("tp", 0)(table, repository / TABLE)
    with_cell("itl_mean_ms", -3.0)(pq.read_table(repository / TABLE), repository / TABLE)
    done = small_neuralnav.run("compile", folder=repository)
    assert "tp 0 is not above zero" in done.stderr
    assert "itl_mean_ms -3.0 is not above zero" in done.stderr


def test_good_table_in_any_column_order_with_columns_of_its_own_is_taken(
    repository: Path, table: pa.Table, small_neuralnav: Installed
) -> None:
    own = table.select(sorted(table.column_names, reverse=True)).append_column("cluster", [["a"] * table.num_rows])
    pq.write_table(own, repository / TABLE)
    assert "wrote" in small_neuralnav.done("compile", folder=repository)


def test_later_measurement_replaces_an_earlier_one_without_a_complaint(
    repository: Path, table: pa.Table, small_neuralnav: Installed
) -> None:
    index = table.column_names.index("source")
    measured = table.set_column(index, table.schema.field(index), pa.array(["measured"] * table.num_rows))
    for name in ("1-first.parquet", "2-second.parquet"):
        pq.write_table(measured, repository / "measurements" / name)
    assert "not in the plan" not in small_neuralnav.done("compile", folder=repository)
