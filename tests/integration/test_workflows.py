"""action.yml, the workflows to copy and the hooks: what their readers expect, and no hole that is known."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Installed

WORKFLOWS = sorted((ROOT / "examples" / "github" / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "examples" / "gitlab" / ".gitlab-ci.yml"
COMPOSE = ROOT / "examples" / "simulator" / "compose.yaml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
IGNORED = "# zizmor: ignore[dangerous-triggers] no code, file or text of the head is run, and the JSON is checked"
USES = re.compile(r"uses: (\S+)(?: # (.*))?")
PINNED = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "astral-sh/setup-uv": ("ae62891fec2bb8e7d6c99fc78c9fec3a63790f8d", "v10.0.0"),
}


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = shutil.which(name, path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip(f"{name} is not installed")
    return subprocess.run(
        [command, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-actions", [ACTION]),
        ("github-workflows", WORKFLOWS),
        ("gitlab-ci", [GITLAB]),
        ("compose-spec", [COMPOSE]),
    ],
)
def test_each_file_fits_the_schema_of_its_reader(schema: str, files: list[Path]) -> None:
    assert files
    done = tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
    assert done.returncode == 0, done.stdout


def test_zizmor_finds_nothing() -> None:
    done = tool("zizmor", "--offline", "--no-progress", "--color=never", ACTION, *WORKFLOWS)
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout + done.stderr
    assert "1 ignored" in done.stdout + done.stderr


def test_the_one_finding_that_is_ignored_has_its_reason_beside_it() -> None:
    lines = [line for path in (ACTION, *WORKFLOWS) for line in path.read_text().splitlines() if "zizmor" in line]
    assert [line.strip() for line in lines] == [f"workflow_run: {IGNORED}"]


def test_every_action_is_pinned_to_a_commit_that_is_known() -> None:
    found = {match.groups() for path in (ACTION, *WORKFLOWS) for match in USES.finditer(path.read_text())}
    own = {(uses, said) for uses, said in found if uses.startswith("OWNER/neuralnav@")}
    assert own == {(f"OWNER/neuralnav@{'0' * 40}", "put its owner and the commit that you use here")}
    assert found - own == {(f"{name}@{commit}", version) for name, (commit, version) in PINNED.items()}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_inputs_of_workflows_are_inputs_of_the_action(path: Path) -> None:
    known = set(yaml.safe_load(ACTION.read_text())["inputs"])
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"] if step["uses"].startswith("OWNER/")]
    assert steps
    assert {name for step in steps for name in step.get("with", {})} <= known


def test_the_job_that_may_write_on_behalf_of_forks_checks_nothing_out() -> None:
    (path,) = (path for path in WORKFLOWS if path.stem == "plans-of-forks-comment")
    (job,) = yaml.safe_load(path.read_text())["jobs"].values()
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == ["OWNER/neuralnav"]
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}


def test_hooks_of_pre_commit_run_commands_that_exist(small_neuralnav: Installed, tmp_path: Path) -> None:
    hooks = yaml.safe_load(HOOKS.read_text())
    assert [hook["entry"] for hook in hooks] == ["neuralnav ci hook", "neuralnav check"]
    for hook in hooks:
        small_neuralnav.done(*hook["entry"].split()[1:], "--help", folder=tmp_path)
        assert re.search(hook["files"], "services/chat/workload.yaml")
        assert re.search(hook["files"], "services/chat/plan.lock")
        assert not re.search(hook["files"], "README.md")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_workflow_has_a_script_that_text_of_others_could_reach(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    assert not [step for job in jobs for step in job["steps"] if "run" in step]
    for job in jobs:
        checkouts = [step["with"] for step in job["steps"] if step["uses"].startswith("actions/checkout@")]
        assert all(options["persist-credentials"] is False for options in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_workflow_gives_more_than_its_jobs_need(path: Path) -> None:
    told = yaml.safe_load(path.read_text())
    assert told["permissions"] == {}
    allowed = {"contents": "read", "actions": "read", "pull-requests": "write", "issues": "write"}
    if path.stem == "observe":  # on a schedule alone, so nobody else's text starts it: it pushes a branch
        assert set(told[True]) == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads `on` so
        allowed["contents"] = "write"
    for job in told["jobs"].values():
        assert job["timeout-minutes"] <= 10
        assert job["permissions"].items() <= allowed.items()
        writes = "write" in job["permissions"].values()
        (own,) = (step for step in job["steps"] if step["uses"].startswith("OWNER/"))
        assert writes is (own.get("with", {}).get("github-token") is None), "a job without a token may not write"
