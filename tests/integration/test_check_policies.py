"""`neuralnav check` beside the plans: budgets over a repository, and what has run out by a day."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Installed

STORIES = Path(__file__).resolve().parents[1] / "golden"


def told(neuralnav: Installed, folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
    """Return the exit code, the findings and the whole report of a check."""
    done = neuralnav.run("check", "--format", "json", *arguments, folder=folder)
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return done.returncode, report["policies"], report


@pytest.fixture
def exempt(tmp_path: Path, small_neuralnav: Installed) -> Path:
    shutil.copytree(STORIES / "exemption-expired" / "inputs", tmp_path, dirs_exist_ok=True)
    small_neuralnav.done("compile", folder=tmp_path)
    return tmp_path


@pytest.fixture
def fleet(tmp_path: Path, small_neuralnav: Installed) -> Path:
    shutil.copytree(STORIES / "fleet-over-budget" / "inputs", tmp_path, dirs_exist_ok=True)
    small_neuralnav.done("compile", folder=tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("day", "code", "verdict", "message"),
    [
        ("2027-01-16", 0, "", ""),
        ("2027-01-17", 0, "note", "the exemption that ana answers for expires on 2027-01-31, in 14 days"),
        ("2027-01-31", 0, "note", "the exemption that ana answers for expires today, 2027-01-31"),
        ("2027-02-01", 4, "deny", "the exemption that ana answers for expired on 2027-01-31, 1 day ago"),
    ],
)
def test_an_exemption_holds_through_its_last_day(
    small_neuralnav: Installed, exempt: Path, day: str, code: int, verdict: str, message: str
) -> None:
    found, findings, _ = told(small_neuralnav, exempt, "--as-of", day)
    assert found == code
    assert [(item["verdict"], item["message"]) for item in findings] == ([(verdict, message)] if verdict else [])


def test_an_expired_exemption_of_nobody_in_hand_is_no_matter(small_neuralnav: Installed, exempt: Path) -> None:
    project = exempt / "neuralnav.yaml"
    project.write_text(project.read_text().replace("[support-chat]", "[other]"))
    assert told(small_neuralnav, exempt, "--as-of", "2027-02-01")[1] == []


def test_a_day_is_a_date(small_neuralnav: Installed, exempt: Path) -> None:
    done = small_neuralnav.run("check", "--as-of", "tomorrow", folder=exempt)
    assert done.returncode == 2
    assert done.stderr.endswith("Error: Invalid value for '--as-of': 'tomorrow' is no day; write it like 2026-12-31\n")


def test_a_budget_counts_the_whole_repository_whatever_is_checked(small_neuralnav: Installed, fleet: Path) -> None:
    code, findings, report = told(small_neuralnav, fleet, "chat", "--as-of", "2026-12-01")
    assert code == 4
    assert [item["workload"] for item in report["workloads"]] == ["support-chat"]
    assert [(item["rule"], item["subject"]) for item in findings] == [
        ("owner", "without the label team"),
        ("budget", "team=support"),
    ]


def test_a_budget_reads_locks_that_are_not_up_to_date_from_the_disk(small_neuralnav: Installed, fleet: Path) -> None:
    before = told(small_neuralnav, fleet, "--as-of", "2026-12-01")[1]
    for folder in ("chat", "search", "stray"):
        workload = fleet / folder / "workload.yaml"
        workload.write_text(workload.read_text().replace("users: 20000", "users: 60000"))
    code, findings, report = told(small_neuralnav, fleet, "--as-of", "2026-12-01")
    assert {item["status"] for item in report["workloads"]} == {"drift"}
    assert (code, findings) == (4, before)


def test_a_budget_that_only_warns_fails_nothing(small_neuralnav: Installed, fleet: Path) -> None:
    project = fleet / "neuralnav.yaml"
    project.write_text(project.read_text().replace("params:", "enforcement: warn\n      params:"))
    code, findings, _ = told(small_neuralnav, fleet, "--as-of", "2026-12-01")
    assert (code, {item["verdict"] for item in findings}) == (0, {"warn"})


def test_a_workload_without_a_lock_is_named(small_neuralnav: Installed, fleet: Path) -> None:
    (fleet / "search" / "plan.lock").unlink()
    _, findings, _ = told(small_neuralnav, fleet, "chat", "--as-of", "2026-12-01")
    assert [(item["verdict"], item["message"]) for item in findings] == [
        ("deny", "every service belongs to a team"),
        ("note", "1 workload has no lock yet and is not counted: search/workload.yaml"),
    ]


def test_a_budget_is_not_judged_over_a_damaged_lock(small_neuralnav: Installed, fleet: Path) -> None:
    lock = fleet / "search" / "plan.lock"
    lock.write_text(lock.read_text()[:-100])
    code, findings, report = told(small_neuralnav, fleet, "chat", "--as-of", "2026-12-01")
    assert (code, findings) == (2, [])
    assert [item["where"]["file"] for item in report["problems"]] == ["search/plan.lock"]


def test_a_lock_without_its_own_choice_is_a_problem(small_neuralnav: Installed, fleet: Path) -> None:
    lock = fleet / "search" / "plan.lock"
    lock.write_text(lock.read_text().replace("  candidate: qwen3-8b/fp8/h100/tp1", "  candidate: nothing", 1))
    code, _, report = told(small_neuralnav, fleet, "chat", "--as-of", "2026-12-01")
    assert code == 2
    assert [item["message"] for item in report["problems"]] == [
        "the lock does not hold its own choice, nothing: it was edited by hand"
    ]


def test_a_price_that_ran_out_is_noted_beside_the_plan(small_neuralnav: Installed, exempt: Path) -> None:
    code, _, report = told(small_neuralnav, exempt, "--as-of", "2027-05-22")
    note = "the on-demand price of NVIDIA H100 (list) was valid until 2027-05-21; look it up again"
    assert report["workloads"][0]["notes"] == [f"{note}, and set recorded and validUntil"]
    assert code == 4
    assert told(small_neuralnav, exempt, "--as-of", "2027-05-21")[2]["workloads"][0]["notes"] == []


def test_a_budget_is_not_judged_over_a_part_that_a_sparse_checkout_has(small_neuralnav: Installed, fleet: Path) -> None:
    script = "git init -q && git add -A && git commit -qm plan && git sparse-checkout set chat policies"
    subprocess.run(["bash", "-euc", script], cwd=fleet, env=dict(small_neuralnav.environment), check=True)
    code, findings, report = told(small_neuralnav, fleet, "--as-of", "2026-12-01")
    assert (code, findings) == (2, [])
    message = (
        "git's sparse checkout leaves out 2 workloads, such as search/workload.yaml, and fleet policies are judged "
    )
    assert [(item["where"]["file"], item["message"], item["hint"]) for item in report["problems"]] == [
        (".", f"{message}over all of a repository", "git sparse-checkout disable")
    ]
