"""`neuralnav bench validate`: the packaged tables and a repository's own, from the command line."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import rows as told
from builders import table
from click.testing import CliRunner, Result
from conftest import ROOT
from import_reports import vllm_result

from neuralnav.cli import cli
from neuralnav.cli.output import echo_error
from neuralnav.errors import NeuralnavError
from neuralnav.model.tables import BENCHMARK_SCHEMA
from neuralnav.validation.findings import CODES

QWEN = "qwen3-8b/bf16/h100/tp1"
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {benchmarks: [own]}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "neuralnav.yaml").write_text(PROJECT)
    return tmp_path


def write(folder: Path, name: str = "a.parquet", itl_ms: float = 10.0, **changes: Any) -> None:
    points = [(rate, 60.0, itl_ms, 2610.0) for rate in (1.0, 2.0, 4.0)]
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(told(QWEN, points, source="measured", origin="ours", **changes)), folder / name)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["bench", "validate", *arguments], prog_name="neuralnav", standalone_mode=False)


def text(*arguments: str, code: int = 0) -> str:
    result = run(*arguments)
    assert result.exception is None, result.output
    assert result.return_value == code
    return result.output


class TestValidate:
    def test_packaged_tables_and_ours_have_no_error_and_measurements_are_compared(self, repository: Path) -> None:
        write(repository / "own")
        found = json.loads(text("--format", "json"))
        assert [item["dataset"] for item in found["datasets"]] == ["packaged", "own"]
        assert [item["code"] for item in found["findings"] if item["severity"] == "error"] == []
        assert found["compared"]["open_loop"] == 3
        assert [group["rows"] for group in found["compared"]["groups"]] == [3]

    def test_an_impossible_row_is_an_error_with_its_fix(self, repository: Path) -> None:
        write(repository / "own", itl_ms=1.0)
        shown = text("own", code=2)
        assert shown.startswith("own: 3 measured\n\nerror itl-below-weights in own (3 rows)\n  worst: " + QWEN)
        assert "  fix: wrong model, precision, tp or unit; or speculative decoding" in shown
        assert "1 kind of error, no warning" in shown
        assert "open-loop rows without a simulated curve of their shape: 3" in shown

    def test_warnings_alone_exit_0(self, repository: Path) -> None:
        write(repository / "own", engine_version="0.8.4")
        assert "warning engine-old in own (3 rows)\n  worst: vllm 0.8.4, the serving catalog describes" in text("own")
        assert "nothing contradicts" in text("own", "--stale-after", "99")

    def test_a_file_that_the_door_refuses_does_not_hide_the_others(self, repository: Path) -> None:
        write(repository / "own", itl_ms=1.0)
        (repository / "own" / "b.parquet").write_bytes(b"no table")
        shown = text("own", code=2)
        assert "error refused in own\n  worst: own/b.parquet: not a readable Parquet file" in shown
        assert "error itl-below-weights in own (3 rows)" in shown

    def test_one_load_point_in_two_files_with_other_numbers_is_refused(self, repository: Path) -> None:
        write(repository / "own")
        write(repository / "own", "b.parquet", itl_ms=11.0)
        assert "error refused in own\n  worst: 3 load points are given twice with different numbers" in text(
            "own", code=2
        )

    def test_closed_loop_rows_are_left_to_calibrate(self, repository: Path) -> None:
        write(repository / "own", arrival="closed", concurrency=64)
        assert "closed-loop rows, which `neuralnav bench calibrate` compares: 3" in text("own")

    def test_json_is_valid_against_its_schema_and_markdown_is_a_table(self, repository: Path) -> None:
        write(repository / "own", itl_ms=1.0)
        schema = json.loads((ROOT / "schemas" / "validation-report.v1alpha1.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(json.loads(text("own", "--format", "json", code=2)))
        assert "| error | itl-below-weights | own | 3 |" in text("own", "--format", "markdown", code=2)

    def test_every_dataset_that_is_not_there_or_is_none_is_told_with_what_is_wrong_in_the_others(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (repository / "empty").mkdir()
        (repository / "report.json").write_text("{}")
        (repository / "own" / "b.parquet").write_bytes(b"no table")
        result = run("nowhere", "empty", "report.json", "own")
        assert isinstance(result.exception, NeuralnavError)
        echo_error(result.exception)
        hint = "  name a Parquet file, or a folder of them; `neuralnav bench import` makes one of reports\n"
        assert capsys.readouterr().err == (
            f"nowhere  no Parquet file is here\n{hint}empty  no Parquet file is here\n{hint}"
            f"report.json  this is not a Parquet file\n{hint}"
            "own  own/b.parquet: not a readable Parquet file: Parquet magic bytes not found in footer. Either the file "
            "is corrupted or this is not a parquet file.\n4 problems; nothing was written\n"
        )

    def test_a_dataset_of_the_project_that_is_not_there_counts_from_its_folder(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (repository / "own").rmdir()
        result = run()
        assert isinstance(result.exception, NeuralnavError)
        echo_error(result.exception)
        assert "own  no Parquet file is here\n  the path counts from the folder of" in capsys.readouterr().err

    def test_an_empty_table_is_fine(self, repository: Path) -> None:
        pq.write_table(pa.Table.from_pylist([], schema=BENCHMARK_SCHEMA), repository / "own" / "a.parquet")
        assert "own: no rows" in text("own")

    def test_what_is_imported_validates(self, repository: Path) -> None:
        for rate in (1.0, 2.0, 4.0):
            (repository / f"{rate:g}.json").write_text(json.dumps(vllm_result(rate)))
        facts = ("--accelerator", "h100", "--tp", "1", "--engine-version", "0.19.0", "--out", "own")
        imported = CliRunner().invoke(
            cli, ["bench", "import", "1.json", "2.json", "4.json", *facts], prog_name="neuralnav", standalone_mode=False
        )
        assert imported.exception is None, imported.output
        assert "nothing contradicts physics, itself or the other rows" in text("own")

    def test_the_example_of_the_documentation_and_every_code_in_it(self, repository: Path) -> None:
        write(repository / "benchmarks" / "measured", itl_ms=1.0)
        shown = text("benchmarks/measured", code=2).partition("\n\nopen-loop")[0]
        doc = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
        assert f"$ neuralnav bench validate benchmarks/measured\n{shown}\n```\n" in doc
        assert [code for code in CODES if f"`{code}`" not in doc and code != "engine-version-odd"] == []
