"""`neuralnav bench calibrate --with`: what measured runs do for a configuration, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Installed, curves_table, snapshot

STORY = Path(__file__).parents[1] / "golden" / "partial-measurements"
RUNS = curves_table(STORY / "inputs" / "measurements" / "three-runs.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pq.write_table(RUNS, tmp_path / "runs.parquet")
    return tmp_path


def report(neuralnav: Installed, folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        neuralnav.done("bench", "calibrate", *arguments, "--format", "json", folder=folder)
    )
    return found


def refusal(neuralnav: Installed, folder: Path, *arguments: str) -> str:
    before = snapshot(folder)
    done = neuralnav.run("bench", "calibrate", *arguments, folder=folder)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert snapshot(folder) == before
    return done.stderr


def changed(**cells: object) -> pa.Table:
    rows = [{**row, **cells} for row in RUNS.slice(0, 1).to_pylist()]
    return pa.Table.from_pylist(rows, RUNS.schema)


def test_three_runs_lower_the_error_and_say_by_how_much(folder: Path, small_neuralnav: Installed) -> None:
    found = report(small_neuralnav, folder, "--with", "runs.parquet")
    (one,) = found["configurations"]
    assert (one["id"], one["deployed"], len(one["runs"])) == ("qwen3-8b/fp8/h100/tp2", True, 3)
    assert sorted(one["metrics"]) == ["e2e", "itl", "ttft"]
    for metric in one["metrics"].values():
        assert metric["runs"] == 3
        low, high = sorted((1.0, metric["median_factor"]))
        assert low < metric["factor"] < high
        assert metric["error_after"] < metric["error_before"]
        assert metric["interval_here"] < metric["interval_elsewhere"] < metric["interval_before"] == 0.5
    assert [item["run"].split()[1] for item in found["unused"]] == ["old-run:", "wrong-label:"]
    assert found["benchmarks"] == ["runs.parquet"]
    assert [(item["file"], item["format"], item["rows"]) for item in found["files"]] == [("runs.parquet", "parquet", 5)]
    assert sorted(snapshot(folder)) == ["runs.parquet"]


def test_one_run_leaves_its_error_unknown(folder: Path, small_neuralnav: Installed) -> None:
    pq.write_table(RUNS.slice(0, 1), folder / "one.parquet")
    (one,) = report(small_neuralnav, folder, "--with", "one.parquet")["configurations"]
    assert all(metric["error_after"] is None for metric in one["metrics"].values())
    told = small_neuralnav.done("bench", "calibrate", "--with", "one.parquet", folder=folder)
    assert told.count("unknown") == 3


def test_the_table_names_what_is_left_out_and_what_to_write(folder: Path, small_neuralnav: Installed) -> None:
    told = small_neuralnav.done("bench", "calibrate", "--with", "runs.parquet", folder=folder)
    lines = told.splitlines()
    assert lines[0].split("  ")[0] == "configuration"
    assert [line.split()[1] for line in lines[1:4]] == ["TTFT", "ITL", "E2E"]
    assert lines[4:] == [
        "not used: qwen3-8b/fp8/h100/tp2 old-run: 1000 -> 200, 16 in flight: another release of the engine",
        (
            "not used: qwen3-8b/bf16/h100/tp1 wrong-label: 300 -> 100, 8 in flight: more than a factor 4 from the "
            "prediction, probably mislabelled"
        ),
        "plans use it once neuralnav.yaml at the root of the repository says:",
        "  apiVersion: neuralnav.dev/v1alpha1",
        "  kind: Project",
        "  spec:",
        "    benchmarks: [runs.parquet]",
    ]
    markdown = small_neuralnav.done(
        "bench", "calibrate", "--with", "runs.parquet", "--format", "markdown", folder=folder
    )
    assert markdown.startswith("| configuration | metric | runs |")


def test_the_order_and_the_number_of_files_change_nothing(folder: Path, small_neuralnav: Installed) -> None:
    pq.write_table(RUNS.slice(2), folder / "later.parquet")
    pq.write_table(RUNS.slice(0, 2), folder / "first.parquet")
    whole = report(small_neuralnav, folder, "--with", "runs.parquet")["configurations"]
    for files in (["--with", "later.parquet", "first.parquet"], ["--with", "first.parquet", "--with", "later.parquet"],
                  ["--with", "."]):  # fmt: skip
        assert report(small_neuralnav, folder, *files)["configurations"] == whole


def test_runs_under_other_settings_stand_apart_and_correct_no_plan(folder: Path, small_neuralnav: Installed) -> None:
    pq.write_table(changed(max_num_seqs=64), folder / "other.parquet")
    found = report(small_neuralnav, folder, "--with", "runs.parquet", "other.parquet")["configurations"]
    assert [(one["settings"]["max_num_seqs"], one["deployed"], len(one["runs"])) for one in found] == [
        (256, True, 3),
        (64, False, 1),
    ]


def test_what_is_written_is_what_can_be_used_and_is_a_dataset(folder: Path, small_neuralnav: Installed) -> None:
    told = small_neuralnav.done("bench", "calibrate", "--with", "runs.parquet", "--out", "ours", folder=folder)
    assert "wrote ours/measured.parquet" in told
    assert "    benchmarks: [ours]" in told
    written = pq.read_table(folder / "ours" / "measured.parquet")
    assert written["evidence_id"].to_pylist() == ["run-1", "run-2", "run-3"]
    again = report(small_neuralnav, folder, "--with", "ours")
    assert again["unused"] == []
    assert again["configurations"] == report(small_neuralnav, folder, "--with", "runs.parquet")["configurations"]


def test_nothing_that_can_be_used_is_refused_with_every_reason(folder: Path, small_neuralnav: Installed) -> None:
    pq.write_table(changed(model="qwen3-8"), folder / "a.parquet")
    pq.write_table(changed(engine="sglang"), folder / "b.parquet")
    pq.write_table(changed(source="predicted"), folder / "c.parquet")
    run = "run-1: 300 -> 100, 8 in flight"
    assert refusal(small_neuralnav, folder, "--with", "a.parquet", "b.parquet", "c.parquet") == (
        f"qwen3-8/fp8/h100/tp2 {run}  no such configuration in the catalogs\n"
        '  unknown model "qwen3-8"; did you mean qwen3-8b?\n'
        f"qwen3-8b/fp8/h100/tp2 {run}  another engine\n"
        f"qwen3-8b/fp8/h100/tp2 {run}  a row that is not measured\n"
        "3 problems; nothing was written\n"
    )


def test_every_file_that_cannot_be_read_is_named(folder: Path, small_neuralnav: Installed) -> None:
    (folder / "report.json").write_text("{}")
    (folder / "empty").mkdir()
    (folder / "broken.parquet").write_text("no table")
    files = ("report.json", "empty", "broken.parquet", "runs.parquet", "missing.json", "/dev/null")
    told = refusal(small_neuralnav, folder, "--with", *files)
    assert told == (
        "report.json  this is no benchmark report that is known here\n"
        "  pass --from with one of guidellm, vllm, llm-d, aiconfigurator, neuralnav-json\n"
        "empty  no Parquet file is here\n"
        "  name reports of other tools one by one\n"
        "broken.parquet  not a readable Parquet file: Parquet magic bytes not found in footer. Either the file is "
        "corrupted or this is not a parquet file.\n"
        "  export it again\n"
        "missing.json  cannot be read: no such file or directory\n"
        "/dev/null  this is not a file\n"
        "  name the report itself\n"
        "5 problems; nothing was written\n"
    )


def test_one_load_point_with_two_numbers_is_refused(folder: Path, small_neuralnav: Installed) -> None:
    pq.write_table(changed(ttft_mean_ms=99.0), folder / "again.parquet")
    told = refusal(small_neuralnav, folder, "--with", "runs.parquet", "again.parquet")
    assert "runs.parquet, again.parquet  1 load points are given twice with different numbers" in told


def test_files_must_be_named(folder: Path, small_neuralnav: Installed) -> None:
    for arguments in ((), ("runs.parquet",)):
        assert "name the measured runs: --with FILE" in refusal(small_neuralnav, folder, *arguments)
