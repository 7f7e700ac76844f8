"""`neuralnav bench import`: files in, a dataset out, all or nothing."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import jsonschema
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, Installed, snapshot
from import_reports import AICONFIGURATOR, EARLIER, guidellm_v2, vllm_result

from neuralnav.cli import cli
from neuralnav.cli.output import echo_error
from neuralnav.cli.reports import FACTS
from neuralnav.errors import NeuralnavError
from neuralnav.evidence import select
from neuralnav.model.sidecar import FORMATS

FLAGS = ("--accelerator", "h100", "--tp", "1", "--engine-version", "0.19.0")
SIDECAR = """\
apiVersion: neuralnav.dev/v1alpha1
kind: BenchmarkSidecar
spec:
  accelerator: h100
  tp: 1
  engineVersion: "0.19.0"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for rate in (1.0, 2.0, 4.0):
        (tmp_path / f"run-{rate:g}.json").write_text(json.dumps(vllm_result(rate)))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["bench", "import", *arguments], prog_name="neuralnav", standalone_mode=False)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exception is None, result.output
    assert result.return_value == 0
    return result.output


def refusal(result: Result, capsys: pytest.CaptureFixture[str]) -> str:
    assert isinstance(result.exception, NeuralnavError), result.output
    assert result.exception.exit_code == 2
    echo_error(result.exception)
    return capsys.readouterr().err


RUNS = ("run-1.json", "run-2.json", "run-4.json")
TABLE = Path("benchmarks", "measured", "vllm-bench-serve-qwen3-8b.parquet")


@pytest.mark.usefixtures("repository")
class TestImport:
    def test_three_rates_with_every_p95_are_a_complete_curve(self) -> None:
        text = done(*RUNS, *FLAGS, "--max-num-seqs", "256")
        assert "qwen3-8b/bf16/h100/tp1  512x256  poisson     3  complete: replaces the simulated curve" in text
        assert f"wrote {TABLE} (3 rows)" in text
        assert text.endswith(
            "plans use it once neuralnav.yaml at the root of the repository says:\n"
            "  apiVersion: neuralnav.dev/v1alpha1\n  kind: Project\n  spec:\n    benchmarks: [benchmarks/measured]\n"
        )
        assert pq.read_table(TABLE)["max_num_seqs"].to_pylist() == [256, 256, 256]

    def test_what_is_taken_of_the_simulator_is_in_no_plan(self) -> None:
        text = done(*RUNS, *FLAGS, "--engine", "neuralnav-sim")
        assert "poisson     3  prediction: taken of the simulator: no plan is judged by it" in text
        assert text.endswith(f"wrote {TABLE} (3 rows)\n")  # and no word of how plans would use it
        table = pq.read_table(TABLE)
        assert table["source"].to_pylist() == ["simulated"] * 3
        assert select((table,), 512, 256).ids == ()

    def test_two_rates_are_partial(self) -> None:
        text = done(*RUNS[:2], *FLAGS)
        assert "partial: can correct the simulated curve; 2 rates in one run, 3 make a curve" in text

    def test_other_settings_than_a_plan_uses_are_partial(self) -> None:
        text = done(*RUNS, *FLAGS, "--kv-dtype", "fp8")
        assert "partial: can correct the simulated curve; kv_dtype is fp8, plans use auto" in text

    def test_guidellm_is_partial_for_its_itl_is_a_mean_per_request(self, repository: Path) -> None:
        (repository / "sweep.json").write_text(json.dumps(guidellm_v2(1.0, 2.0, 4.0)))
        text = done("sweep.json", *FLAGS)
        assert "partial: can correct the simulated curve; no p95 of ITL" in text

    def test_importing_again_gives_the_same_bytes(self, repository: Path) -> None:
        done(*RUNS, *FLAGS)
        before = snapshot(repository)
        assert f"unchanged {TABLE} (3 rows)" in done(*reversed(RUNS), *FLAGS)
        assert snapshot(repository) == before

    def test_file_names_do_not_count(self, repository: Path) -> None:
        done(*RUNS, *FLAGS)
        before = TABLE.read_bytes()
        TABLE.unlink()
        for index, name in enumerate(RUNS):
            (repository / name).rename(repository / f"other{index}.json")
        done(*sorted(path.name for path in repository.glob("other*.json")), *FLAGS)
        assert TABLE.read_bytes() == before

    def test_a_sidecar_says_what_a_report_lacks_and_options_win(self, repository: Path) -> None:
        (repository / "run-1.json.neuralnav.yaml").write_text(SIDECAR)
        done("run-1.json", "--tp", "2")
        row = pq.read_table(TABLE).to_pylist()[0]
        assert (row["accelerator"], row["tp"], row["engine_version"]) == ("h100", 2, "0.19.0")

    def test_a_sidecar_is_strict(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (repository / "run-1.json.neuralnav.yaml").write_text(SIDECAR.replace("accelerator", "acelerator"))
        text = refusal(run("run-1.json"), capsys)
        assert 'run-1.json.neuralnav.yaml:4:3  unknown key "acelerator"' in text
        assert "did you mean accelerator?" in text

    def test_a_place_in_a_sidecar_is_named(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (repository / "run-1.json.neuralnav.yaml").write_text(SIDECAR.replace("h100", "h10"))
        text = refusal(run("run-1.json"), capsys)
        assert 'run-1.json.neuralnav.yaml:4: unknown accelerator "h10"' in text

    def test_one_bad_file_stops_all_and_every_problem_is_named(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (repository / "run-2.json").write_text(json.dumps(vllm_result(2.0, completed=0)))
        (repository / "run-4.json").write_text("{")
        before = snapshot(repository)
        text = refusal(run(*RUNS, "missing.json", *FLAGS), capsys)
        assert "run-2.json  completed: 0 is not above zero" in text
        assert "run-4.json  line 1 column 2: not valid JSON" in text
        assert "missing.json  cannot be read: no such file or directory" in text
        assert text.rstrip().endswith("3 problems; nothing was written")
        assert snapshot(repository) == before

    def test_skip_bad_imports_the_rest_and_names_what_it_left_out(self, repository: Path) -> None:
        (repository / "run-2.json").write_text(json.dumps(vllm_result(2.0, completed=0)))
        result = run(*RUNS, *FLAGS, "--skip-bad")
        assert result.return_value == 0
        assert "skipped in run-2.json: 1 problem\n  completed: 0 is not above zero" in result.output
        assert pq.read_table(TABLE)["offered_rps"].to_pylist() == [1.0, 4.0]

    def test_a_refusal_as_json_names_every_path(self, repository: Path) -> None:
        before = snapshot(repository)
        (repository / "sweep.jsonl").write_text("\n".join(json.dumps(vllm_result(2.0, completed=0)) for _ in range(9)))
        result = run("sweep.jsonl", *FLAGS, "--format", "json")
        assert result.return_value == 2
        report = json.loads(result.output)
        assert report["exit_code"] == 2
        assert [item["message"].partition(":")[0] for item in report["files"][0]["refused"]] == [
            f"[{index}].completed" for index in range(9)
        ]
        (repository / "sweep.jsonl").unlink()
        assert snapshot(repository) == before

    def test_one_problem_of_many_load_points_is_told_once(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (repository / "sweep.jsonl").write_text("\n".join(json.dumps(vllm_result(2.0, completed=0)) for _ in range(9)))
        text = refusal(run("sweep.jsonl", *FLAGS), capsys)
        assert (
            text
            == "sweep.jsonl  [0].completed: 0 is not above zero (and 8 more alike)\n1 problem; nothing was written\n"
        )

    def test_nothing_but_bad_files_is_refused_with_skip_bad_too(self, repository: Path) -> None:
        (repository / "run-2.json").write_text("{}")
        assert isinstance(run("run-2.json", "--skip-bad").exception, NeuralnavError)

    def test_a_dry_run_writes_nothing(self, repository: Path) -> None:
        before = snapshot(repository)
        assert f"would write {TABLE} (3 rows)" in done(*RUNS, *FLAGS, "--dry-run")
        assert snapshot(repository) == before

    def test_a_dataset_that_is_listed_is_said_to_be(self, repository: Path) -> None:
        listed = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {benchmarks: [benchmarks/measured]}\n"
        (repository / "neuralnav.yaml").write_text(listed)
        assert "neuralnav.yaml lists benchmarks/measured already" in done(*RUNS, *FLAGS)

    def test_a_project_that_lists_other_datasets_is_told_the_whole_list(self, repository: Path) -> None:
        listed = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {benchmarks: [ours]}\n"
        (repository / "neuralnav.yaml").write_text(listed)
        text = done(*RUNS, *FLAGS)
        assert text.endswith("add it to neuralnav.yaml, under spec:  benchmarks: [ours, benchmarks/measured]\n")

    def test_predictions_never_correct_a_curve(self, repository: Path) -> None:
        (repository / "pareto.csv").write_text(AICONFIGURATOR)
        text = done("pareto.csv")
        assert "prediction: of another model: never corrects ours" in text

    def test_an_engine_version_that_the_table_cannot_hold_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = refusal(run("run-1.json", *FLAGS[:-1], "0.19 $(x)"), capsys)
        assert "engine_version 0.19 $(x) is not a plain name" in text

    def test_arrivals_that_a_report_does_not_tell_are_stated_by_name(self, repository: Path) -> None:
        (repository / "earlier.json").write_text(json.dumps(EARLIER))
        assert "512x256  gamma:2.5 " in done("earlier.json", "--arrival", "gamma:2.5")
        for name in ("gamma:", "gamma:x", "gamma:1e9", "gamma:1.", "bursty"):
            result = run("earlier.json", "--arrival", name)
            assert isinstance(result.exception, click.UsageError)
            known = "poisson, gamma:K, constant, closed, unstated, poisson-capped"
            assert result.exception.message == f'"{name}" is none of {known}'

    def test_a_large_report_is_announced(self, repository: Path) -> None:
        large = {**vllm_result(2.0), "errors": [" " * (9 << 20)]}
        (repository / "large.json").write_text(json.dumps(large))
        result = run("large.json", *FLAGS)
        assert result.stderr == "reading large.json, 9 MB\n"

    def test_json_is_valid_against_its_schema(self) -> None:
        report: dict[str, Any] = json.loads(done(*RUNS, *FLAGS, "--format", "json"))
        schema = json.loads((ROOT / "schemas" / "import-report.v1alpha1.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(report)
        assert [file["rows"] for file in report["files"]] == [1, 1, 1]
        assert [curve["use"] for curve in report["curves"]] == ["complete"]

    def test_markdown_is_a_table(self) -> None:
        assert "| run-1.json | vllm | 1 of 1 |" in done(*RUNS, *FLAGS, "--format", "markdown")


class TestDocumentation:
    """The examples of docs/benchmarks.md are what the commands print."""

    DOC = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")

    def test_the_first_example_runs_as_it_stands(self, neuralnav: Installed, tmp_path: Path) -> None:
        command, _, rest = self.DOC.partition("```\n")[2].partition("```")
        shown = rest.partition("```\n")[2].partition("```")[0]
        script = f'neuralnav() {{ {shlex.join(neuralnav.command)} "$@"; }}\n{command}'
        done = subprocess.run(
            ["bash", "-euc", script], cwd=tmp_path, env=dict(neuralnav.environment), capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, shown, "")
        assert pq.read_table(tmp_path / TABLE)["offered_rps"].to_pylist() == [1.0, 2.0, 4.0]

    def test_the_refusal(self, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
        sweep = guidellm_v2(1.0, 2.0, 4.0)
        sweep["benchmarks"][1]["metrics"]["request_latency"]["successful"]["mean"] = 2600.0
        (repository / "sweep.json").write_text(json.dumps(sweep))
        text = refusal(run("sweep.json", *FLAGS), capsys)
        assert f"$ neuralnav bench import sweep.json {' '.join(FLAGS)}\n{text}```\n" in self.DOC

    def test_the_sidecar(self, repository: Path) -> None:
        sidecar = self.DOC.partition("```yaml\n")[2].partition("```")[0]
        (repository / "run-1.json.neuralnav.yaml").write_text(sidecar)
        done("run-1.json")
        assert pq.read_table(TABLE)["max_num_seqs"].to_pylist() == [256]

    def test_every_format_and_every_option_for_a_fact_is_described(self) -> None:
        assert [name for name in FORMATS if f"(`{name}`)" not in self.DOC] == []
        assert [name for name, *_ in FACTS if f"`{name}`" not in self.DOC] == []
