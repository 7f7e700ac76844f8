"""The command line as its users meet it: help, reports, pipes, signals and odd folders."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from conftest import ROOT, TIMEOUT_SECONDS, Installed, snapshot

from neuralnav.cli import VERBS, cli

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 14000}
"""
REPORT_SCHEMA = ROOT / "schemas" / "report.v1alpha1.json"
"""Verbs whose help names no command to try next."""

CLOSED_PIPES = [("show", "head -1"), ("show --format json", "true"), ("catalog", "head -1"), ("schema report", "true")]
INTERRUPTED = 130
PATIENCE_SECONDS = 5


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "workload.yaml").write_text(WORKLOAD)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_a_command_to_try_or_where_the_output_goes(verb: str) -> None:
    done = CliRunner().invoke(cli, [verb, "--help"], prog_name="neuralnav")
    _, _, body = done.output.partition("\n")
    assert done.exit_code == 0
    assert "neuralnav " in " ".join(body.split()) or "yaml-language-server" in body


def test_help_lists_every_verb_and_where_to_start(neuralnav: Installed, tmp_path: Path) -> None:
    text = neuralnav.done("--help", folder=tmp_path)
    assert all(f"  {verb} " in text for verb in VERBS)
    assert "Start with `neuralnav init`" in text


@pytest.mark.parametrize(("typed", "meant"), [("comple", "compile"), ("chek", "check"), ("explian", "explain")])
def test_unknown_verb_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    done = CliRunner().invoke(cli, [typed], prog_name="neuralnav")
    assert done.exit_code == 2
    assert f"No such command '{typed}'. Did you mean {meant}?" in done.output


def test_unknown_verb_exits_2(neuralnav: Installed, tmp_path: Path) -> None:
    assert neuralnav.run("comple", folder=tmp_path).returncode == 2


def report_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:  # JSON
    """Return a JSON report that agrees with its schema and its process."""
    report: dict[str, Any] = json.loads(done.stdout)
    if REPORT_SCHEMA.exists():
        jsonschema.validate(report, json.loads(REPORT_SCHEMA.read_text()))
    assert report["exit_code"] == done.returncode
    assert done.stderr == ""
    return report


def test_json_report_tells_what_was_written_then_that_nothing_was(repository: Path, small_neuralnav: Installed) -> None:
    statuses = []
    for _ in range(2):
        report = report_of(small_neuralnav.run("compile", "--format", "json", folder=repository))
        statuses.append((report["workloads"][0]["status"], len(report["workloads"][0]["written"])))
    assert statuses == [("written", 8), ("unchanged", 0)]


@pytest.mark.parametrize(
    ("line", "exit_code", "status"),
    [("slo: {ttft: 1ms}", 5, "infeasible"), ("slo: {ttft: 1 lightyear}", 2, "failed"), ("", 3, "drift")],
)
def test_json_report_of_a_refusal_keeps_the_schema(
    line: str, exit_code: int, status: str, repository: Path, small_neuralnav: Installed
) -> None:
    (repository / "workload.yaml").write_text(f"{WORKLOAD}  {line}\n")
    done = small_neuralnav.run("check", "--format", "json", folder=repository)
    report = report_of(done)
    assert report["exit_code"] == exit_code
    assert status == "failed" or report["workloads"][0]["status"] == status
    assert bool(report["problems"]) == (status == "failed")


def test_markdown_report_is_a_table(repository: Path, small_neuralnav: Installed) -> None:
    lines = small_neuralnav.done("compile", "--format", "markdown", folder=repository).splitlines()
    assert lines[0].startswith("| workload | plan |")
    assert len({line.count(" | ") for line in lines if not line.startswith("|---")}) == 1


@pytest.mark.parametrize("command", ["compile", "check", "show", "explain"])
def test_piped_output_has_no_terminal_codes(command: str, repository: Path, small_neuralnav: Installed) -> None:
    done = small_neuralnav.run(*command.split(), folder=repository)
    assert done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def piped(command: str, reader: str, folder: Path, installed: Installed) -> subprocess.CompletedProcess[str]:
    """Run a command into a reader that may stop early; the exit code is the command's."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m neuralnav {command} | {reader} >/dev/null; exit ${{PIPESTATUS[0]}}"],
        cwd=folder, env=dict(installed.environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIMEOUT_SECONDS, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("command", "reader"), CLOSED_PIPES)
def test_closed_pipe_is_quiet(command: str, reader: str, repository: Path, small_neuralnav: Installed) -> None:
    assert piped(command, reader, repository, small_neuralnav).stderr == ""


def test_closed_pipe_is_no_bug(repository: Path, small_neuralnav: Installed) -> None:
    assert piped("show", "true", repository, small_neuralnav).returncode != 1


def interrupted(arguments: Sequence[str], folder: Path, installed: Installed) -> tuple[int, str]:
    """Press Ctrl-C on a command that is well under way; return its exit code and what it said on standard error."""
    with subprocess.Popen(
        [sys.executable, "-m", "neuralnav", *arguments], cwd=folder, env=dict(installed.environment),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        time.sleep(2)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, said = process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"Ctrl-C had no effect within {PATIENCE_SECONDS} s")
    return process.returncode, said


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_is_one_line_and_leaves_nothing(jobs: str, tmp_path: Path, neuralnav: Installed) -> None:
    arguments = ("bench", "simulate", "--requests", "100000", "--jobs", jobs, "--out", str(tmp_path / "out"))
    code, said = interrupted(arguments, tmp_path, neuralnav)
    assert code == INTERRUPTED
    assert said.strip() == "interrupted; nothing was left half written"
    assert snapshot(tmp_path) == {}


def test_loop_of_links_is_named(tmp_path: Path, small_neuralnav: Installed) -> None:
    (tmp_path / "workload.yaml").symlink_to("workload.yaml")
    for arguments in ((), ("workload.yaml",)):
        done = small_neuralnav.run("compile", *arguments, folder=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("workload.yaml  cannot be read: is a loop of links\n")


def test_folder_that_links_to_itself_is_searched_once(repository: Path, small_neuralnav: Installed) -> None:
    (repository / "again").symlink_to(repository)
    report = report_of(small_neuralnav.run("compile", "--format", "json", folder=repository))
    assert [item["path"] for item in report["workloads"]] == ["workload.yaml"]


@pytest.mark.parametrize("verb", ["compile", "explain"])
def test_folder_without_workloads_is_told_how_they_are_named(
    verb: str, tmp_path: Path, small_neuralnav: Installed
) -> None:
    done = small_neuralnav.run(verb, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(".  no workload was found in this folder\n")
    assert "neuralnav init" in done.stderr


def test_path_that_does_not_exist_is_named(tmp_path: Path, small_neuralnav: Installed) -> None:
    done = small_neuralnav.run("compile", "nowhere", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("nowhere  cannot be read: no such file or directory\n")


def test_second_run_is_up_to_date_and_touches_nothing(repository: Path, small_neuralnav: Installed) -> None:
    small_neuralnav.done("compile", folder=repository)
    times = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    assert "up to date" in small_neuralnav.done("compile", folder=repository)
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == times
    assert small_neuralnav.run("check", folder=repository).returncode == 0
    assert small_neuralnav.run("compile", "--check", folder=repository).returncode == 0


def test_same_inputs_give_the_same_bytes_elsewhere_and_under_another_hash_seed(
    tmp_path: Path, small_neuralnav: Installed
) -> None:
    found = []
    for name, seed in (("here", "1"), ("else where", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "workload.yaml").write_text(WORKLOAD)
        Installed({**small_neuralnav.environment, "PYTHONHASHSEED": seed}).done("compile", folder=tmp_path / name)
        found.append(snapshot(tmp_path / name))
    assert found[0] == found[1]


def test_init_and_compile_take_an_empty_folder_to_manifests(tmp_path: Path, neuralnav: Installed) -> None:
    folder = tmp_path / "Support Chat"
    folder.mkdir()
    assert "now run: neuralnav compile" in neuralnav.done("init", folder=folder)
    assert "wrote" in neuralnav.done("compile", folder=folder)
    assert sorted(snapshot(folder)) == [
        "deploy/dashboard.yaml", "deploy/inferenceservice.yaml", "deploy/kustomization.yaml",
        "deploy/networkpolicy.yaml", "deploy/poddisruptionbudget.yaml", "deploy/podmonitor.yaml",
        "deploy/prometheusrule.yaml", "plan.lock", "workload.yaml",
    ]  # fmt: skip
    assert b"name: support-chat" in (folder / "workload.yaml").read_bytes()


def test_init_takes_another_name_of_a_use_case(tmp_path: Path, neuralnav: Installed) -> None:
    neuralnav.done("init", "--use-case", "content_creation", "--users", "300", folder=tmp_path)
    assert "useCase: content_generation" in (tmp_path / "workload.yaml").read_text()
    assert "wrote" in neuralnav.done("compile", folder=tmp_path)


def test_init_never_overwrites(repository: Path, neuralnav: Installed) -> None:
    done = neuralnav.run("init", folder=repository)
    assert done.returncode == 2
    assert "this file exists and is not overwritten" in done.stderr
    assert snapshot(repository) == {"workload.yaml": WORKLOAD.encode()}


def test_init_does_not_replace_a_link_to_a_file_that_is_not_there_yet(tmp_path: Path, neuralnav: Installed) -> None:
    (tmp_path / "workload.yaml").symlink_to("elsewhere.yaml")
    neuralnav.run("init", folder=tmp_path)
    assert (tmp_path / "workload.yaml").is_symlink()
