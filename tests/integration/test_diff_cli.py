"""`neuralnav diff` as users run it: in a repository, between folders, in a shallow clone, and where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Installed, snapshot

from neuralnav.model.diff import PlanDiff

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: {name}
spec:
  useCase: chatbot_conversational
  traffic: {{users: 14000}}
  constraints:
    models: {{allow: [qwen3-8b]}}
    accelerators: {{allow: [H100]}}
"""
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n"


def git(folder: Path, installed: Installed, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=dict(installed.environment), capture_output=True, text=True, check=True
    ).stdout.strip()


def commit(folder: Path, installed: Installed) -> str:
    git(folder, installed, "add", "--all")
    git(folder, installed, "commit", "--quiet", "--message", "a step")
    return git(folder, installed, "rev-parse", "HEAD")


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


@pytest.fixture(scope="module")
def compiled(small_neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled") / "repository"
    for name in ("chat", "search"):
        write(folder, f"services/{name}/workload.yaml", WORKLOAD.format(name=name))
    folder.joinpath("services").mkdir(exist_ok=True)
    git(folder, small_neuralnav, "init", "--quiet", "--initial-branch=main")
    small_neuralnav.done("compile", folder=folder)
    commit(folder, small_neuralnav)
    return folder


@pytest.fixture
def repository(compiled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(compiled, tmp_path / "repository"))


def edit(repository: Path, name: str = "chat") -> None:
    path = repository / "services" / name / "workload.yaml"
    path.write_text(path.read_text().replace("14000", "56000"))


def told(installed: Installed, folder: Path, *arguments: str, code: int = 0) -> PlanDiff:
    done = installed.run("diff", "--format", "json", *arguments, folder=folder)
    assert done.returncode == code, done.stderr
    return PlanDiff.model_validate_json(done.stdout)


def said(installed: Installed, folder: Path, *arguments: str) -> str:
    done = installed.run("diff", *arguments, folder=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


def test_the_working_tree_is_compared_with_where_it_parted(repository: Path, small_neuralnav: Installed) -> None:
    git(repository, small_neuralnav, "checkout", "--quiet", "-b", "side")
    edit(repository, "search")
    commit(repository, small_neuralnav)
    git(repository, small_neuralnav, "checkout", "--quiet", "main")
    write(repository, "services/other/workload.yaml", WORKLOAD.format(name="other"))
    commit(repository, small_neuralnav)
    git(repository, small_neuralnav, "checkout", "--quiet", "side")
    edit(repository, "chat")
    found = told(small_neuralnav, repository)
    assert (found.base, found.head) == ("main...", "working tree")
    assert [(item.path, item.status) for item in found.workloads] == [
        ("services/chat/workload.yaml", "changed"), ("services/search/workload.yaml", "changed"),
    ]  # fmt: skip
    assert told(small_neuralnav, repository, "main...").workloads == found.workloads
    assert [item.status for item in told(small_neuralnav, repository, "main...side").workloads] == [
        "unchanged", "changed",
    ]  # fmt: skip
    assert [item.status for item in told(small_neuralnav, repository, "main", "side").workloads] == [
        "unchanged", "removed", "changed",
    ]  # fmt: skip


def test_what_the_edit_costs_and_why(repository: Path, small_neuralnav: Installed) -> None:
    edit(repository)
    found = told(small_neuralnav, repository, "main")
    assert found.base == "main"
    changed = found.workloads[0]
    assert changed.decision
    assert [cause.said for cause in changed.causes] == ["traffic.users 14000 -> 56000 (line 7)"]
    assert changed.causes[0].edits[0].where.file == "services/chat/workload.yaml"
    assert [drift.file for drift in changed.drift] == ["services/chat/plan.lock"]
    assert changed.cost_delta_usd_per_month is not None
    assert changed.cost_delta_usd_per_month > 0
    assert all(item.diff == "" for item in changed.manifests)
    (texts,) = told(small_neuralnav, repository, "main", "--manifests", "--path", "services/chat").workloads
    (service,) = (item for item in texts.manifests if item.path == "services/chat/deploy/inferenceservice.yaml")
    assert service.diff.startswith("--- a/services/chat/deploy/inferenceservice.yaml\n+++ b/services/chat/")


def test_nothing_of_the_repository_is_touched_and_the_bytes_are_the_same(
    repository: Path, small_neuralnav: Installed
) -> None:
    edit(repository)
    before, index = snapshot(repository), (repository / ".git" / "index").read_bytes()
    bodies = {small_neuralnav.done("diff", "--format", "markdown", folder=repository) for _ in range(2)}
    assert len(bodies) == 1
    assert snapshot(repository) == before
    assert (repository / ".git" / "index").read_bytes() == index


def test_from_a_folder_below_paths_count_from_there(repository: Path, small_neuralnav: Installed) -> None:
    edit(repository)
    folder = repository / "services"
    found = told(small_neuralnav, folder, "--path", "chat")
    assert [item.path for item in found.workloads] == ["services/chat/workload.yaml"]
    assert [drift.file for drift in found.workloads[0].drift] == ["services/chat/plan.lock"]


def test_from_a_folder_below_problems_and_annotations_are_named_from_the_root(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("users", "userz"))
    places = {
        small_neuralnav.run("diff", "--format", "github", folder=folder).stdout.partition(",")[0]
        for folder in (repository, repository / "services", path.parent)
    }
    assert places == {"::error file=services/chat/workload.yaml"}


def test_colour_and_width_are_those_of_a_terminal_and_only_there(repository: Path, small_neuralnav: Installed) -> None:
    def shown(*arguments: str, **changes: str) -> str:
        """Return what a terminal of 80 columns is sent."""
        ours, theirs = os.openpty()
        environment = {**small_neuralnav.environment, "TERM": "xterm", "COLUMNS": "80", **changes}
        command = [sys.executable, "-m", "neuralnav", "diff", *arguments]
        subprocess.run(command, cwd=repository, env=environment, check=True,
                       stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL)  # fmt: skip
        os.close(theirs)
        with os.fdopen(ours, "rb") as stream:
            return stream.read1(100_000).decode() if "--output" not in arguments else ""

    edit(repository)
    coloured = shown(NO_COLOR="")
    assert coloured.startswith("\x1b[1mPlan changes for 1 of 2 workloads: ")
    assert sum(" left)" in line for line in coloured.splitlines()) == 3
    for plain in (shown(NO_COLOR="1"), shown(TERM="dumb"), small_neuralnav.done("diff", folder=repository)):
        assert "\x1b" not in plain
    shown("--output", "out")
    assert (repository / "out").read_text() == plain


def test_the_exit_code_tells_of_changes_where_it_is_asked_to(repository: Path, small_neuralnav: Installed) -> None:
    assert small_neuralnav.run("diff", "--exit-code", folder=repository).returncode == 0
    edit(repository)
    assert small_neuralnav.run("diff", folder=repository).returncode == 0
    assert told(small_neuralnav, repository, "--exit-code", code=3).exit_code == 3


def test_two_folders_need_no_git(repository: Path, tmp_path: Path, small_neuralnav: Installed) -> None:
    for name in ("old", "new"):
        shutil.copytree(repository / "services", tmp_path / "plain" / name)
    path = tmp_path / "plain" / "new" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("14000", "56000"))
    found = told(small_neuralnav, tmp_path / "plain", "old", "new/")
    assert (found.base, found.head) == ("old", "new/")
    assert [(item.path, item.status) for item in found.workloads] == [
        ("chat/workload.yaml", "changed"), ("search/workload.yaml", "unchanged"),
    ]  # fmt: skip


def test_a_name_that_is_a_revision_and_a_folder_is_told(repository: Path, small_neuralnav: Installed) -> None:
    git(repository, small_neuralnav, "branch", "services")
    assert said(small_neuralnav, repository, "services") == (
        "git  services is both a revision and a folder\n"
        "  write ./services or refs/heads/services\n1 problem; nothing was written\n"
    )
    assert told(small_neuralnav, repository, "refs/heads/services").workloads


@pytest.mark.parametrize("name", ["main...", "main...HEAD", "...HEAD"])
def test_a_folder_called_like_a_range_is_not_taken_for_the_base(
    repository: Path, small_neuralnav: Installed, name: str
) -> None:
    (repository / name).mkdir()
    assert said(small_neuralnav, repository, name).startswith(f"git  {name} is both a revision and a folder\n")


def test_a_folder_of_the_repository_is_no_side_of_a_revision(repository: Path, small_neuralnav: Installed) -> None:
    assert said(small_neuralnav, repository, "main", "services") == (
        "git  services is a folder of this repository, and a revision holds all of it\n"
        "  neuralnav diff BASE --path services\n1 problem; nothing was written\n"
    )


def test_a_path_without_workloads_is_told(repository: Path, small_neuralnav: Installed) -> None:
    assert said(small_neuralnav, repository, "--path", "elsewhere") == (
        "neuralnav diff  no workload was found in elsewhere\n"
        "  workloads are named workload.yaml or *.workload.yaml\n1 problem; nothing was written\n"
    )


@pytest.mark.parametrize("name", ["--upload-pack=touch ran", "-o", "$(touch ran)", "main;touch ran", "@{u}"])
def test_a_name_that_looks_like_something_else_runs_nothing(
    repository: Path, small_neuralnav: Installed, name: str
) -> None:
    assert "is no revision of this repository" in said(small_neuralnav, repository, "--", name)
    assert not (repository / "ran").exists()


def test_a_shallow_clone_says_what_it_needs(repository: Path, tmp_path: Path, small_neuralnav: Installed) -> None:
    git(repository, small_neuralnav, "checkout", "--quiet", "-b", "side")
    edit(repository)
    commit(repository, small_neuralnav)
    git(repository, small_neuralnav, "checkout", "--quiet", "main")
    write(repository, "README", "main moved on\n")
    commit(repository, small_neuralnav)
    git(tmp_path, small_neuralnav, "clone", "--quiet", "--depth=1", "--branch=side", "--no-single-branch",
        repository.as_uri(), "clone")  # fmt: skip
    assert said(small_neuralnav, tmp_path / "clone") == (
        "git  this clone is shallow and does not hold the commit where origin/HEAD and HEAD part\n"
        "  git fetch --deepen=200 origin, or fetch-depth: 0 where CI checks out\n1 problem; nothing was written\n"
    )
    assert [item.status for item in told(small_neuralnav, tmp_path / "clone", "origin/main").workloads] == [
        "changed", "unchanged",
    ]  # fmt: skip


def test_a_broken_head_still_shows_the_base(repository: Path, small_neuralnav: Installed) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("useCase", "useCaze"))
    found = told(small_neuralnav, repository, code=2)
    broken = found.workloads[0]
    assert (broken.workload, broken.before.state, broken.after.state) == ("chat", "planned", "broken")
    assert broken.before.choice is not None
    assert [(item.where.file, item.where.line) for item in broken.after.problems] == [
        ("services/chat/workload.yaml", 5), ("services/chat/workload.yaml", 6),
    ]  # fmt: skip


def test_a_workload_that_stays_broken_is_no_change(repository: Path, small_neuralnav: Installed) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("useCase:", "usecase:"))
    commit(repository, small_neuralnav)
    assert told(small_neuralnav, repository, "HEAD").workloads[0].status == "unchanged"
    write(repository, "neuralnav.yaml", f"{PROJECT}  margins: {{headroom: 1.5}}\n")  # so that all are planned
    found = told(small_neuralnav, repository, "HEAD")
    assert [(item.status, item.after.state) for item in found.workloads] == [
        ("unchanged", "broken"),
        ("changed", "planned"),
    ]
    path.write_text(f"{path.read_text()}more: 1\n")
    assert told(small_neuralnav, repository, "HEAD", code=2).workloads[0].after.state == "broken"


def test_what_is_broken_for_all_is_told_once_and_without_the_copy_s_folder(
    repository: Path, small_neuralnav: Installed
) -> None:
    write(repository, "neuralnav.yaml", "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {headroom: 2}\n")
    git(repository, small_neuralnav, "checkout", "--quiet", "-b", "side")
    commit(repository, small_neuralnav)
    found = told(small_neuralnav, repository, "main", "side", code=2)
    assert [(item.where.file, item.where.line, item.message) for item in found.problems] == [
        ("neuralnav.yaml", 3, 'unknown key "headroom"'),
    ]  # fmt: skip
    assert "neuralnav-diff-" not in found.model_dump_json()


def test_files_of_a_revision_are_named_as_in_the_repository(repository: Path, small_neuralnav: Installed) -> None:
    git(repository, small_neuralnav, "checkout", "--quiet", "-b", "side")
    write(repository, "neuralnav.yaml", f"{PROJECT}  margins: {{headroom: 4}}\n")
    commit(repository, small_neuralnav)
    found = told(small_neuralnav, repository, "main", "side")
    for item in found.workloads:
        assert [(edit.field, edit.where.file) for cause in item.causes for edit in cause.edits] == [
            ("spec.margins.headroom", "neuralnav.yaml")
        ]
    assert "neuralnav-diff-" not in found.model_dump_json()


def test_policies_that_the_head_weakens_still_hold(repository: Path, small_neuralnav: Installed) -> None:
    policy = (
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Policy\nmetadata: {name: guardrails}\n"
        "spec:\n  rules:\n    - {id: small, require: candidate.replicas <= 2}\n"
    )
    project = f"{PROJECT}  policies: [{{path: policies/guardrails.yaml}}]\n"
    write(repository, "policies/guardrails.yaml", policy)
    write(repository, "neuralnav.yaml", project)
    small_neuralnav.done("compile", folder=repository)
    commit(repository, small_neuralnav)
    edit(repository)
    (repository / "neuralnav.yaml").unlink()
    found = told(small_neuralnav, repository, code=4)
    assert found.weakened == ("guardrails (taken away)",)
    refused = found.workloads[0]
    assert refused.after.state == "refused"
    assert refused.after.choice is not None
    (problem,) = refused.after.problems
    assert problem.message.startswith(f"the base's policy guardrails.small refuses {refused.after.choice.candidate}")
    assert [cause.kind for cause in refused.causes] == ["workload", "policies"]
    assert found.workloads[1].after.state == "planned"


def choice_of(lock: Path) -> str:
    return next(line for line in lock.read_text().splitlines() if line.startswith("  candidate: ")).split()[1]


def other_than(candidate: str) -> str:
    return candidate.replace("tp2", "tp1") if candidate.endswith("tp2") else candidate.replace("tp1", "tp2")


def choose(lock: Path, candidate: str) -> None:
    lock.write_text(lock.read_text().replace(f"  candidate: {choice_of(lock)}\n", f"  candidate: {candidate}\n"))


def test_what_a_lock_of_the_head_chooses_is_what_would_be_deployed(
    repository: Path, small_neuralnav: Installed
) -> None:
    lock = repository / "services" / "chat" / "plan.lock"
    best = choice_of(lock)
    choose(lock, other_than(best))
    small_neuralnav.done("compile", folder=repository)  # the choice is within the margin, so it is kept
    assert choice_of(lock) == other_than(best)
    chat, search = told(small_neuralnav, repository).workloads
    assert chat.after.choice is not None
    assert (chat.status, chat.decision, chat.drift) == ("changed", True, ())
    assert (chat.after.choice.candidate, chat.after.committed) == (other_than(best), other_than(best))
    assert chat.chosen_otherwise == best
    line = lock.read_text().splitlines().index(f"  candidate: {other_than(best)}") + 1
    assert [(cause.kind, cause.said) for cause in chat.causes] == [
        ("lock", f"plan.lock chooses {other_than(best)}, not {best} (line {line})")
    ]
    assert [(edit.where.file, edit.where.line) for edit in chat.causes[0].edits] == [("services/chat/plan.lock", line)]
    assert chat.manifests
    assert search.status == "unchanged"


def test_an_upgrade_of_a_kept_choice_is_the_locks_own_doing(repository: Path, small_neuralnav: Installed) -> None:
    lock = repository / "services" / "chat" / "plan.lock"
    best = choice_of(lock)
    choose(lock, other_than(best))
    small_neuralnav.done("compile", folder=repository)
    commit(repository, small_neuralnav)
    small_neuralnav.done("compile", "--upgrade", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert found.before.choice is not None
    assert found.after.choice is not None
    assert (found.before.choice.candidate, found.after.choice.candidate) == (other_than(best), best)
    assert (found.chosen_otherwise, [cause.kind for cause in found.causes]) == (other_than(best), ["lock"])


def test_a_lock_that_goes_with_an_edit_is_no_cause_of_its_own(repository: Path, small_neuralnav: Installed) -> None:
    edit(repository)
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("models: {allow: [qwen3-8b]}", "models: {allow: [llama-3.1-8b]}"))
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository).workloads[0]
    assert (found.decision, found.chosen_otherwise) == (True, "")
    assert [cause.kind for cause in found.causes] == ["workload"]


def test_an_edit_and_a_lock_that_chooses_otherwise_are_told_together(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("models: {allow: [qwen3-8b]}", "models: {allow: [llama-3.1-8b]}"))
    small_neuralnav.done("compile", folder=repository)
    lock = path.with_name("plan.lock")
    best = choice_of(lock)
    choose(lock, other_than(best))
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository).workloads[0]
    assert found.after.choice is not None
    assert (found.after.choice.candidate, found.chosen_otherwise) == (other_than(best), best)
    assert [cause.kind for cause in found.causes] == ["workload", "lock"]


def test_a_lock_that_names_what_compile_would_not_keep_deploys_nothing(
    repository: Path, small_neuralnav: Installed
) -> None:
    lock = repository / "services" / "chat" / "plan.lock"
    best = choice_of(lock)
    choose(lock, "llama-3.1-8b/bf16/h100/tp1")
    found = told(small_neuralnav, repository).workloads[0]
    assert found.after.choice is not None
    assert (found.decision, found.after.choice.candidate, found.causes) == (False, best, ())
    assert (found.after.committed, found.chosen_otherwise) == ("llama-3.1-8b/bf16/h100/tp1", best)
    assert [item.drift for item in found.drift] == ["lock"]


MORE = "users: 14000", "users: 90000"


def test_what_the_base_has_committed_is_what_a_change_starts_from(repository: Path, small_neuralnav: Installed) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace(*MORE))
    commit(repository, small_neuralnav)  # the lock is left behind
    assert told(small_neuralnav, repository, "HEAD").workloads[0].status == "unchanged"
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert found.before.choice is not None
    assert found.after.choice is not None
    assert found.before.choice.replicas.planned < found.after.choice.replicas.planned
    assert (found.status, found.decision, found.drift, found.edits) == ("changed", True, (), ())
    assert [(cause.kind, cause.said) for cause in found.causes] == [
        ("drift", "the base's plan.lock was not up to date (drift: workload)")
    ]
    assert found.cost_delta_usd_per_month is not None
    assert found.cost_delta_usd_per_month > 0


def test_what_goes_with_a_workload_is_what_its_lock_deploys(repository: Path, small_neuralnav: Installed) -> None:
    lock = repository / "services" / "chat" / "plan.lock"
    planned = next(line for line in lock.read_text().splitlines() if line.startswith("    planned: "))
    path = lock.with_name("workload.yaml")
    path.write_text(path.read_text().replace(*MORE))
    commit(repository, small_neuralnav)  # the lock is left behind
    shutil.rmtree(lock.parent)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert found.before.choice is not None
    assert (found.status, f"    planned: {found.before.choice.replicas.planned}") == ("removed", planned)
    assert found.cost_delta_usd_per_month == -found.before.choice.cost_usd_per_month


def test_an_edit_on_a_base_that_is_not_up_to_date_is_told_beside_that(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace(*MORE))
    commit(repository, small_neuralnav)
    path.write_text(path.read_text().replace("models: {allow: [qwen3-8b]}", "models: {allow: [llama-3.1-8b]}"))
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert [cause.kind for cause in found.causes] == ["workload", "drift"]


def test_a_base_that_goes_back_to_what_it_has_committed_decides_nothing(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    was = path.read_text()
    path.write_text(was.replace(*MORE))
    lock = path.with_name("plan.lock")
    lock.write_text(lock.read_text().replace("# Written", "#  Written"))
    commit(repository, small_neuralnav)
    path.write_text(was)
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert (found.decision, found.causes, found.cost_delta_usd_per_month) == (False, (), 0.0)


def test_a_first_lock_deploys_what_nothing_did_before(repository: Path, small_neuralnav: Installed) -> None:
    lock = repository / "services" / "chat" / "plan.lock"
    lock.unlink()
    commit(repository, small_neuralnav)
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert (found.status, found.before.state, found.before.choice) == ("added", "absent", None)
    assert found.after.choice is not None
    assert found.cost_delta_usd_per_month == found.after.choice.cost_usd_per_month
    assert (found.causes, found.notes) == ((), ())


def test_a_manifest_that_is_brought_back_is_shown_from_what_was_committed(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "deploy" / "inferenceservice.yaml"
    path.write_text(path.read_text().replace("minReplicas: ", "minReplicas: 1"))
    commit(repository, small_neuralnav)
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD", "--manifests").workloads[0]
    assert (found.status, found.decision) == ("changed", False)
    assert [(cause.kind, cause.said) for cause in found.causes] == [
        ("drift", "the base's manifests were not up to date (drift: manifest)")
    ]
    (manifest,) = found.manifests
    assert manifest.path == "services/chat/deploy/inferenceservice.yaml"
    assert "\n-    minReplicas: 1" in manifest.diff


def test_a_choice_that_the_base_refuses_by_now_is_still_what_is_deployed(
    repository: Path, small_neuralnav: Installed
) -> None:
    path = repository / "services" / "chat" / "workload.yaml"
    path.write_text(path.read_text().replace("allow: [H100]}", "allow: [H100]}\n    budget: 1 USD/month"))
    commit(repository, small_neuralnav)
    path.write_text(path.read_text().replace("models: {allow: [qwen3-8b]}", "models: {allow: [llama-3.1-8b]}")
                    .replace("\n    budget: 1 USD/month", ""))  # fmt: skip
    small_neuralnav.done("compile", folder=repository)
    found = told(small_neuralnav, repository, "HEAD").workloads[0]
    assert found.before.state == "infeasible"
    assert found.before.choice is not None
    assert found.after.choice is not None
    assert found.cost_delta_usd_per_month is not None
    assert found.before.choice.candidate.startswith("qwen3-8b/")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "sarif", "github"])
def test_every_format_is_written_to_a_file_too(repository: Path, small_neuralnav: Installed, form: str) -> None:
    edit(repository)
    printed = small_neuralnav.done("diff", "--format", form, folder=repository)
    assert small_neuralnav.done("diff", "--format", form, "--output", "out", folder=repository) == ""
    assert (repository / "out").read_text() == printed
    assert printed.strip()
    if form in ("json", "sarif"):
        assert isinstance(json.loads(printed), dict)


def test_a_link_of_a_revision_that_leads_out_is_not_followed(
    repository: Path, tmp_path: Path, small_neuralnav: Installed
) -> None:
    write(tmp_path, "secret/guardrails.yaml", "kind: Secret\n")
    write(repository, "neuralnav.yaml",
          f"{PROJECT}  policies: [{{path: guardrails.yaml}}]\n")  # fmt: skip
    (repository / "guardrails.yaml").symlink_to(tmp_path / "secret" / "guardrails.yaml")
    git(repository, small_neuralnav, "checkout", "--quiet", "-b", "side")
    commit(repository, small_neuralnav)
    found = told(small_neuralnav, repository, "main", "side", code=2)
    assert [item.message for item in found.problems] == ['"guardrails.yaml" does not exist']


def test_hooks_and_filters_of_the_checkout_do_not_run(repository: Path, small_neuralnav: Installed) -> None:
    ran = repository / "ran"
    write(repository, ".gitattributes", "* filter=evil diff=evil\n")
    commit(repository, small_neuralnav)
    for name in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "diff.evil.textconv",
        "diff.evil.command",
        "core.fsmonitor",
    ):
        git(repository, small_neuralnav, "config", name, f"touch {ran}")
    edit(repository)
    told(small_neuralnav, repository)
    assert not ran.exists()


def test_no_folder_is_left_behind(repository: Path, tmp_path: Path, small_neuralnav: Installed) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    installed = replace(small_neuralnav, environment={**small_neuralnav.environment, "TMPDIR": str(folder)})
    edit(repository)
    installed.done("diff", folder=repository)
    assert list(folder.iterdir()) == []


def test_the_schema_holds_what_is_printed(repository: Path, small_neuralnav: Installed) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    edit(repository)
    printed = json.loads(small_neuralnav.done("diff", "--format", "json", folder=repository))
    jsonschema.validate(printed, json.loads((ROOT / "schemas" / "plan-diff.v1alpha1.json").read_text()))
