"""Outcomes as evidence of plans: compile, check, diff, show, explain and bench calibrate with a dataset of them."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import Installed, curves_table, snapshot
from observed_outcomes import observed, outcome_of
from outcome_rows import SERVED
from pulls import WORKLOAD

PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n  outcomes: [outcomes]\n"
CANDIDATE = "qwen3-8b/fp8/h100/tp1"
CURVE = """\
model,precision,accelerator,tp,offered_rps,ttft_p95_ms,itl_p95_ms,e2e_p95_ms,source,evidence_id,origin
qwen3-8b,fp8,h100,1,4.0,34.0,5.6,560.0,measured,ours,our-cluster
qwen3-8b,fp8,h100,1,14.0,44.0,6.0,640.0,measured,ours,our-cluster
qwen3-8b,fp8,h100,1,40.0,68.0,8.5,900.0,measured,ours,our-cluster
"""
CLOSED = """\
model,precision,accelerator,tp,concurrency,arrival,ttft_mean_ms,itl_mean_ms,source,evidence_id,origin,date
qwen3-8b,fp8,h100,1,8,closed,40.0,5.4,measured,run-1,our-cluster,2026-11-01
"""


class Repository:
    """One workload, planned before anything was observed."""

    def __init__(self, folder: Path, neuralnav: Installed) -> None:
        self.folder, self.neuralnav = folder, neuralnav
        (folder / "chat").mkdir()
        (folder / "chat" / "workload.yaml").write_text(WORKLOAD)
        self.bare = self.compiled()
        (folder / "neuralnav.yaml").write_text(PROJECT)

    @property
    def lock(self) -> Path:
        return self.folder / "chat" / "plan.lock"

    def done(self, *arguments: str) -> str:
        return self.neuralnav.done(*arguments, folder=self.folder)

    def compiled(self) -> bytes:
        self.done("compile")
        return self.lock.read_bytes()

    def candidate(self) -> dict[str, Any]:
        found: dict[str, Any] = next(
            item for item in yaml.safe_load(self.lock.read_text())["candidates"] if item["id"] == CANDIDATE
        )
        return found

    def observe(self, hour: int = 8, factor: float = 1.0, **more: Any) -> Path:
        return observed(self.folder, outcome_of(self.lock, hour, factor=factor, **more))

    def benchmarks(self, csv: str) -> None:
        (self.folder / "ours.csv").write_text(csv)
        (self.folder / "rows").mkdir()
        pq.write_table(curves_table(self.folder / "ours.csv"), self.folder / "rows" / "ours.parquet")
        (self.folder / "neuralnav.yaml").write_text(PROJECT + "  benchmarks: [rows]\n  output: {top: 9}\n")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, env=dict(self.neuralnav.environment), check=True)


@pytest.fixture
def repository(tmp_path: Path, small_neuralnav: Installed) -> Repository:
    return Repository(tmp_path, small_neuralnav)


def test_a_dataset_that_nobody_wrote_yet_is_an_empty_one_and_told_once(repository: Repository) -> None:
    done = repository.neuralnav.run("compile", "--check", folder=repository.folder)
    assert (done.returncode, done.stderr) == (
        0, "outcomes: no outcome is here yet; neuralnav observe writes the first\n",
    )  # fmt: skip
    assert repository.compiled() == repository.bare
    (repository.folder / "outcomes").mkdir()
    assert repository.neuralnav.run("compile", folder=repository.folder).stderr == ""


def test_an_outcome_corrects_its_configuration_and_narrows_it_and_a_second_compile_changes_nothing(
    repository: Repository,
) -> None:
    before, rest = repository.candidate(), yaml.safe_load(repository.lock.read_text())["candidates"]
    repository.observe(factor=1.1)
    first = repository.compiled()
    after = repository.candidate()
    assert after["correction"]["measured_runs"] == 1
    assert "conflict" not in after
    for metric in ("ttft", "itl", "e2e"):
        old, new = before[f"{metric}_p95_ms"], after[f"{metric}_p95_ms"]
        assert after["correction"][metric] > 1.0
        assert new["high"] / new["value"] < old["high"] / old["value"]
    assert after["capacity_rps"] < before["capacity_rps"]
    now = {item["id"]: item["scores"] for item in yaml.safe_load(first)["candidates"]}
    assert {item["id"]: item["scores"] for item in rest if item["id"] in now and item["id"] != CANDIDATE} == {
        name: scores for name, scores in now.items() if name in {item["id"] for item in rest} - {CANDIDATE}
    }
    assert repository.compiled() == first
    assert "corrected by 1 measured run" in repository.done("explain", "chat", CANDIDATE)


def test_a_simulators_outcome_changes_no_byte_and_is_told(repository: Repository) -> None:
    repository.observe(factor=3.0, engine="neuralnav-sim")
    told = repository.done("compile")
    assert repository.lock.read_bytes() == repository.bare
    assert (
        f"1 measured run not used: a simulator's outcome, which is the model's own word (1, such as {CANDIDATE} "
        "llm-prod/support-chat 2026-11-26T07:00:00Z: 300 -> 100, 26.6667 req/s on 2 replicas)"
    ) in told


def test_what_says_nothing_is_told_by_reason(repository: Repository) -> None:
    repository.observe(6, covered=0.5)
    repository.observe(8, served=replace(SERVED, model="nobody-knows"))
    told = repository.done("compile")
    assert repository.lock.read_bytes() == repository.bare
    assert (
        "2 measured runs not used: no such configuration in the catalogs (1, such as nobody-knows/bf16/h100/tp1 "
        in told
    )
    assert "scraped for less than 80% of its window (1, such as qwen3-8b/fp8/h100/tp1 " in told


def test_a_new_outcome_is_drift_of_data_and_the_choice_is_kept_within_the_margin(repository: Repository) -> None:
    repository.observe(factor=1.5)
    done = repository.neuralnav.run("check", "--format", "json", folder=repository.folder)
    assert done.returncode == 3
    (drift,) = json.loads(done.stdout)["workloads"][0]["drift"]
    assert (drift["drift"], drift["file"]) == ("data", "chat/plan.lock")
    assert drift["message"].startswith("benchmarks or outcomes changed; ")
    lock = yaml.safe_load(repository.compiled())
    assert (lock["choice"]["candidate"], lock["choice"]["kept"]) == (CANDIDATE, True)


def test_outcomes_are_drift_of_the_workloads_alone_that_consider_what_served(repository: Repository) -> None:
    other = repository.folder / "other"
    other.mkdir()
    named = WORKLOAD.replace("support-chat", "other").replace(
        "constraints:\n", "constraints:\n    precisions: [bf16]\n"
    )
    (other / "workload.yaml").write_text(named)
    repository.compiled()
    before = (other / "plan.lock").read_bytes()
    path = repository.observe(factor=1.5)
    repository.observe(6, engine="another")
    repository.observe(4, served=replace(SERVED, model="unknown"))
    assert drifted(repository) == {"chat/workload.yaml": ["data"], "other/workload.yaml": []}
    after = repository.compiled()
    assert (after != repository.bare, (other / "plan.lock").read_bytes()) == (True, before)
    rows = pq.read_table(path).replace_schema_metadata({"written": "by another"})
    pq.write_table(rows, path, compression="gzip", use_dictionary=True)
    assert drifted(repository) == {"chat/workload.yaml": [], "other/workload.yaml": []}
    assert (repository.compiled(), (other / "plan.lock").read_bytes()) == (after, before)


def drifted(repository: Repository) -> dict[str, list[str]]:
    """Return what drifted of each workload, as `check` tells it."""
    done = repository.neuralnav.run("check", "--format", "json", folder=repository.folder)
    return {item["path"]: [one["drift"] for one in item["drift"]] for item in json.loads(done.stdout)["workloads"]}


def test_branches_that_each_add_windows_merge_without_a_conflict(repository: Repository) -> None:
    committed(repository)
    windows = {"one": outcome_of(repository.lock, 6), "two": outcome_of(repository.lock, 8, factor=1.2)}
    for name, outcome in windows.items():
        repository.git("switch", "--quiet", "--create", name, "main")
        observed(repository.folder, outcome)
        repository.git("add", "--all")
        repository.git("commit", "--quiet", "--message", name)
    repository.git("merge", "--quiet", "--no-edit", "one")
    assert len(list((repository.folder / "outcomes").rglob("*.parquet"))) == 2
    assert "corrected by 1 measured run" in repository.done("compile")


def test_the_order_in_which_windows_were_written_changes_no_byte(repository: Repository) -> None:
    windows = [outcome_of(repository.lock, hour, factor=1.0 + hour / 100) for hour in (6, 8, 10)]
    found = []
    for order in (windows, windows[::-1]):
        for path in sorted((repository.folder / "outcomes").rglob("*.parquet")):
            path.unlink()
        repository.lock.unlink()
        for outcome in order:
            observed(repository.folder, outcome)
        found.append(repository.compiled())
    assert found[0] == found[1] != repository.bare


def committed(repository: Repository) -> None:
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "base")


def test_a_diff_names_the_outcomes_that_changed_a_plan(repository: Repository) -> None:
    committed(repository)
    repository.observe(factor=1.5)
    found = json.loads(repository.done("diff", "--format", "json"))
    (item,) = found["workloads"]
    assert [(cause["kind"], cause["said"]) for cause in item["causes"]] == [("outcomes", "outcomes outcomes changed")]
    assert "outcomes outcomes changed" in repository.done("diff")
    assert repository.lock.read_bytes() == repository.bare
    repository.compiled()
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "observed")
    assert json.loads(repository.done("diff", "--format", "json", "HEAD"))["workloads"][0]["status"] == "unchanged"
    for path in (repository.folder / "outcomes").rglob("*.parquet"):
        path.unlink()
    (item,) = json.loads(repository.done("diff", "--format", "json", "HEAD"))["workloads"]
    assert [cause["kind"] for cause in item["causes"]] == ["outcomes"]


def test_an_outcome_that_agrees_with_a_complete_measured_curve_leaves_it_and_is_told(repository: Repository) -> None:
    repository.benchmarks(CURVE)
    before = repository.compiled()
    assert repository.candidate()["source"] == "measured"
    repository.observe()
    told = repository.done("compile")
    assert repository.lock.read_bytes() == before
    assert "1 measured run not used: agrees with the complete measured curve of its configuration" in told


@pytest.mark.parametrize(("csv", "source", "runs"), [(CURVE, "measured", 3), (CLOSED, "simulated", 1)])
def test_an_outcome_that_contradicts_what_was_measured_is_told_everywhere(
    repository: Repository, csv: str, source: str, runs: int
) -> None:
    repository.benchmarks(csv)
    repository.compiled()
    before = repository.candidate()
    committed(repository)
    repository.observe(factor=2.0)
    told = f"1 outcome contradicts {runs} measured run{'s' * (runs > 1)} ("
    (item,) = json.loads(repository.done("diff", "--format", "json"))["workloads"]
    assert item["contradicted"].startswith(f"{CANDIDATE}: {told}")
    assert item["contradicted"] in repository.done("diff")
    assert told in repository.done("compile")
    after = repository.candidate()
    assert (after["source"], after["conflict"]["outcomes"], after["conflict"]["measured_runs"]) == (source, 1, runs)
    assert after["conflict"]["itl"] > 1.5
    assert after["itl_p95_ms"]["high"] > before["itl_p95_ms"]["high"]
    assert after["capacity_rps"] < before["capacity_rps"]
    assert told in repository.done("explain", "chat", CANDIDATE)
    assert f"conflict: {CANDIDATE}: {told}" in repository.done("show", "chat")
    shown = json.loads(repository.done("show", "chat", "--format", "json"))["workloads"][0]["views"]["balanced"]
    assert [row["id"] for row in shown if "conflict" in row] == [CANDIDATE]
    explained = json.loads(repository.done("explain", "chat", CANDIDATE, "--format", "json"))
    assert explained["conflict"]["runs"] == runs
    assert told in repository.done("bench", "calibrate", "--with", "outcomes", "rows")


def test_calibrate_reads_outcomes_beside_reports_and_says_where_they_go(repository: Repository) -> None:
    (repository.folder / "neuralnav.yaml").unlink()
    repository.observe(6, factor=1.2)
    repository.observe(8, factor=1.2, requests=36_000.0, mean_rps=10.0, peak_rps=10.0)  # another place: another run
    before = snapshot(repository.folder)
    found = json.loads(repository.done("bench", "calibrate", "--with", "outcomes", "--format", "json"))
    assert [(item["file"], item["format"], item["rows"]) for item in found["files"]] == [("outcomes", "outcomes", 2)]
    (gain,) = found["configurations"]
    assert (gain["id"], gain["deployed"], gain["conflict"], len(gain["runs"])) == (CANDIDATE, True, None, 2)
    for metric in gain["metrics"].values():
        assert metric["error_after"] < metric["error_before"]
        assert metric["interval_here"] < metric["interval_before"]
    assert (found["benchmarks"], found["outcomes"]) == ([], ["outcomes"])
    told = repository.done("bench", "calibrate", "--with", "outcomes")
    assert told.endswith(
        "plans use it once neuralnav.yaml at the root of the repository says:\n"
        "  apiVersion: neuralnav.dev/v1alpha1\n  kind: Project\n  spec:\n    outcomes: [outcomes]\n"
    )
    assert snapshot(repository.folder) == before


@pytest.mark.parametrize("verb", ["show", "validate"])
def test_a_table_of_benchmarks_is_asked_for_where_outcomes_are_given(repository: Repository, verb: str) -> None:
    path = repository.observe()
    done = repository.neuralnav.run("bench", verb, "outcomes", folder=repository.folder)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == [
        f"{path.relative_to(repository.folder)}  these are outcomes of plans, no benchmark rows",
        (
            "  list their folder in neuralnav.yaml under spec.outcomes, or compare them: "
            "neuralnav bench calibrate --with FOLDER"
        ),
    ]


NO_OUTCOME = {
    "corrupt": "not a readable Parquet file: ",
    "truncated": "not a readable Parquet file: ",
    "foreign": 'column "version" is missing',
    "newer": "version 7 is not known",
}


@pytest.mark.parametrize(("fault", "message"), NO_OUTCOME.items())
def test_a_file_that_is_no_outcome_is_told_by_every_verb_and_nothing_is_written(
    repository: Repository, fault: str, message: str
) -> None:
    repository.observe(6)
    path = repository.observe()
    match fault:
        case "corrupt":
            path.write_bytes(b"PAR1 not really")
        case "truncated":
            path.write_bytes(path.read_bytes()[:-100])
        case "foreign":
            (repository.folder / "ours.csv").write_text(CURVE)
            pq.write_table(curves_table(repository.folder / "ours.csv"), path)
        case "newer":
            rows = pq.read_table(path)
            newer = rows.set_column(0, "version", pa.array([7], pa.int32())).append_column("new", pa.array([1]))
            pq.write_table(newer, path)
    before = snapshot(repository.folder)
    calibrate = ("bench", "calibrate", "--with", "outcomes", "--out", "fresh")
    of_calibrate = "these are benchmark rows among outcomes" if fault == "foreign" else message
    for arguments in (("compile",), ("check",), calibrate):
        done = repository.neuralnav.run(*arguments, folder=repository.folder)
        assert done.returncode == 2
        assert str(path.relative_to(repository.folder)) in done.stderr
        assert (message if arguments != calibrate else of_calibrate) in done.stderr
    assert snapshot(repository.folder) == before
