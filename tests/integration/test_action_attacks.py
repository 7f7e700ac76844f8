"""What a hostile pull request tries on the action: code, commands, options, and files that are not its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Installed
from pulls import BAD_POLICY, FORK, WORKLOAD, Pull, beginning, doubled


@pytest.fixture
def pull(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Pull]:
    with beginning(tmp_path, small_neuralnav) as found:
        yield found


SHELL = "$(touch pwned)`touch pwned`\";touch pwned;'||touch pwned #"


def test_no_text_of_others_reaches_a_shell(pull: Pull) -> None:
    name = SHELL.replace("/", "")

    def attack(origin: Path) -> None:
        (origin / name).mkdir()
        (origin / name / "workload.yaml").write_text(WORKLOAD.replace("support-chat", "other-chat"))
        (origin / "uv.toml").write_text('index-url = "https://evil.invalid/"\n')

    runner = pull.change(attack, branch="$(touch${IFS}pwned)")
    for inputs in (
        {"base": SHELL, "mode": "comment"}, {"paths": f"{name}\n{SHELL}", "policies": SHELL},
        {"fail_on": SHELL, "min_cost_usd": SHELL, "mode": "check"}, {"paths": name, "mode": "comment"},
    ):  # fmt: skip
        runner.run(**inputs)
    assert not list(pull.folder.rglob("pwned"))
    assert pull.github.comments
    body = pull.github.comments[0]["body"]
    assert "other-chat" in body


NEW_COMMAND, OLD_COMMAND = "::set-output name=code::0", "a##[add-mask]b"


def test_what_the_head_is_called_is_no_command_to_the_runner(pull: Pull) -> None:
    def attack(origin: Path) -> None:
        for name in (NEW_COMMAND, OLD_COMMAND, f" {NEW_COMMAND}", "::stop-commands::x"):
            (origin / name).mkdir()
            (origin / name / "workload.yaml").write_text("apiVersion: neuralnav.dev/v1alpha1\nkind: '##[add-path]x'\n")
            (origin / name / "bad.yaml").write_text(BAD_POLICY)

    runner = pull.change(attack)
    for inputs in ({}, {"policies": NEW_COMMAND}, {"policies": OLD_COMMAND}, {"base": OLD_COMMAND}):
        ran = runner.run(**inputs)
        assert ran.exit_code == 2
        assert "##[add-path]x" in ran.log or inputs
        assert set(ran.commands) <= {"error", "warning", "notice"}, inputs


@pytest.mark.parametrize("of_head", [False, True], ids=["merge", "head"])
@pytest.mark.parametrize("name", ["{base}", "{base}...", "{base}...HEAD", "main"])
def test_a_folder_called_like_the_base_does_not_take_its_place(pull: Pull, name: str, *, of_head: bool) -> None:
    base = pull.git("rev-parse", "main")

    def attack(origin: Path) -> None:
        doubled(origin, pull.neuralnav)
        shutil.copytree(origin / "chat", origin / name.format(base=base) / "chat")

    runner = pull.change(attack)
    if of_head:
        runner.workspace = pull.folder / "head"
        pull.git("clone", "--quiet", "--branch=change", f"file://{pull.origin}", str(runner.workspace))
    ran = runner.run(mode="comment", paths="chat")
    assert ran.exit_code == 2 or ran.outputs["decision"] == "changed", ran.outputs
    assert (ran.exit_code == 2) == (name == "{base}"), ran.log


HIDDEN = "hunter2-of-the-runner"


def test_what_lies_outside_the_repository_is_not_quoted(pull: Pull) -> None:
    outside = pull.folder / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text(f"{HIDDEN}: {HIDDEN}\n")

    def attack(origin: Path) -> None:
        (origin / "stolen").mkdir()
        (origin / "stolen" / "workload.yaml").symlink_to("../../outside/secret.yaml")
        (origin / "chat" / "plan.lock").unlink()
        (origin / "chat" / "plan.lock").symlink_to(outside / "secret.yaml")
        settings = f"{{catalogs: [{outside}], templates: ../outside, policies: [{{path: ../outside/secret.yaml}}]}}"
        (origin / "neuralnav.yaml").write_text(f"apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {settings}\n")

    ran = pull.change(attack, repository=FORK).run()
    assert ran.exit_code == 2
    body = pull.github.comments[0]["body"]
    assert "lies outside the repository" in body
    kept = b"".join(ran.artifacts["neuralnav-diff"].values()).decode()
    assert HIDDEN not in body + ran.log + ran.summary + kept


def test_no_code_of_the_head_runs(pull: Pull) -> None:
    canary = pull.folder / "canary"
    steal = f"open({str(canary)!r}, 'w').close()\n"

    def attack(origin: Path) -> None:
        for name in ("sitecustomize", "usercustomize", "click", "pydantic", "json", "secrets", "conftest", "setup"):
            (origin / f"{name}.py").write_text(steal)
        for package in ("neuralnav", "jinja2"):
            (origin / package).mkdir()
            (origin / package / "__init__.py").write_text(steal)
        (origin / "uv.toml").write_text('index-url = "https://evil.invalid/"\nrequired-version = "==0.0.1"\n')
        (origin / ".python-version").write_text("2.7\n")
        (origin / ".gitattributes").write_text("* filter=own diff=own merge=own\n")
        (origin / ".gitconfig").write_text(f"[core]\nfsmonitor = touch {canary}\n")
        hooks = origin / ".githooks"
        hooks.mkdir()
        (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {canary}\n")

    runner = pull.change(attack)
    runner.command = (sys.executable, "-P", "-m", "neuralnav")  # imports anew, as a script of its own does
    for key, value in (("filter.own.smudge", "touch"), ("diff.own.textconv", "touch"), ("core.fsmonitor", "touch")):
        # As if an earlier step had set them: attributes of the head must not reach them.
        subprocess.run(["git", "config", key, f"{value} {canary}"], cwd=runner.workspace, check=True)
    assert runner.run().exit_code == 0
    assert not canary.exists()


def test_the_installed_command_takes_no_module_from_the_folder_it_runs_in(tmp_path: Path) -> None:
    script = Path(sys.executable).parent / "neuralnav"
    if not script.exists():
        pytest.skip("neuralnav is not installed beside this Python")
    for name in ("click", "sitecustomize", "json", "pydantic"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run')\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(script), "ci", "comment", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_options_that_a_path_or_base_looks_like_are_none(pull: Pull) -> None:
    ran = pull.change(doubled).run(base="--output=stolen", mode="comment")
    assert ran.exit_code == 2
    assert not list(pull.folder.rglob("stolen"))
    ran = pull.runner(pull.folder / "work-2", event_name="push").run(paths="--help", mode="check")
    assert ran.exit_code == 2
    assert "--help" in ran.log
