"""git's merge driver: two branches that both compiled merge into what compile makes of both."""

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, Installed, snapshot

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: support-chat
spec:
  useCase: chatbot_conversational
  traffic: {users: 20000}
  slo:
    ttft: 150ms
  # These lines keep the
  # edits of two branches
  # apart for git.
  constraints:
    budget: 30000 USD/month
  deploy: {namespace: llm-prod}
"""


@dataclass
class Repository:
    """A repository whose clone has the driver turned on."""

    neuralnav: Installed
    folder: Path

    def git(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        environment = {**self.neuralnav.environment}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in codes, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begin(self) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        driver = f"{shlex.join(self.neuralnav.command)} merge %O %A %B %P"
        self.git("config", "merge.neuralnav.driver", driver)
        self.git("config", "merge.neuralnav.recursive", "text")
        (self.folder / ".gitattributes").write_text("*plan.lock merge=neuralnav\n**/deploy/** merge=neuralnav\n")
        self.write(WORKLOAD)
        self.compile_and_commit()

    def write(self, text: str, folder: str = ".") -> None:
        (self.folder / folder).mkdir(exist_ok=True)
        (self.folder / folder / "workload.yaml").write_text(text)

    def compile_and_commit(self) -> None:
        self.neuralnav.done("compile", folder=self.folder)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")

    def branch(self, name: str, edit: Callable[[str], str]) -> None:
        self.git("checkout", "--quiet", "-b", name, "main")
        self.write(edit(WORKLOAD))
        self.compile_and_commit()


@pytest.fixture
def repository(tmp_path: Path, small_neuralnav: Installed) -> Repository:
    found = Repository(small_neuralnav, tmp_path)
    found.begin()
    return found


def more_users(text: str) -> str:
    return text.replace("users: 20000", "users: 40000")


def other_budget(text: str) -> str:
    return text.replace("budget: 30000", "budget: 40000")


def fewer_users(text: str) -> str:
    return text.replace("users: 20000", "users: 9000")


def test_two_edits_of_one_workload_merge_without_a_conflict(repository: Repository) -> None:
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    repository.git("merge", "--quiet", "--no-edit", "users")
    assert (repository.folder / "workload.yaml").read_text() == more_users(other_budget(WORKLOAD))
    before = snapshot(repository.folder)
    repository.neuralnav.done("check", folder=repository.folder)
    repository.neuralnav.done("compile", folder=repository.folder)
    assert snapshot(repository.folder) == before


def test_without_the_driver_the_same_merge_conflicts(repository: Repository) -> None:
    repository.git("config", "--remove-section", "merge.neuralnav")
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    assert "CONFLICT (content): Merge conflict in plan.lock" in repository.git("merge", "users", codes=(1,))


def test_where_the_inputs_conflict_the_text_of_the_lock_is_merged(repository: Repository) -> None:
    repository.branch("users", more_users)
    repository.branch("fewer", fewer_users)
    said = repository.git("merge", "users", codes=(1,))
    assert "CONFLICT (content): Merge conflict in workload.yaml" in said
    assert "<<<<<<< " in (repository.folder / "plan.lock").read_text()
    repository.write(more_users(WORKLOAD))
    repository.neuralnav.done("compile", folder=repository.folder)
    assert "<<<<<<< " not in (repository.folder / "plan.lock").read_text()


def test_a_rebase_falls_back_to_the_text(repository: Repository) -> None:
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    assert "Merge conflict in plan.lock" in repository.git("rebase", "users", codes=(1,))
    repository.neuralnav.done("compile", folder=repository.folder)
    repository.neuralnav.done("check", folder=repository.folder)


def two_workloads(repository: Repository) -> None:
    """Commit two more workloads, and a branch for each that edits it, compiled and as `neuralnav.yaml` is read."""
    (repository.folder / "neuralnav.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n  margins: {headroom: 1.5}\n"
    )
    for name in ("chat one", "search"):
        repository.write(WORKLOAD.replace("support-chat", name.replace(" ", "-")), name)
    repository.compile_and_commit()
    for name in ("chat one", "search"):
        repository.git("checkout", "--quiet", "-b", f"edit-{name.replace(' ', '-')}", "main")
        repository.write(more_users(WORKLOAD.replace("support-chat", name.replace(" ", "-"))), name)
        repository.compile_and_commit()


@pytest.mark.parametrize("driver", [True, False], ids=["driver", "text"])
@pytest.mark.parametrize("order", [("edit-chat-one", "edit-search"), ("edit-search", "edit-chat-one")])
def test_two_pull_requests_on_two_workloads_merge_in_any_order(
    repository: Repository, order: tuple[str, str], *, driver: bool
) -> None:
    if not driver:
        repository.git("config", "--remove-section", "merge.neuralnav")
    two_workloads(repository)
    repository.git("checkout", "--quiet", "main")
    for branch in order:
        repository.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
    before = snapshot(repository.folder)
    repository.neuralnav.done("check", folder=repository.folder)
    repository.neuralnav.done("compile", folder=repository.folder)
    assert snapshot(repository.folder) == before


def test_manifests_of_any_folder_merge_by_compiling(repository: Repository) -> None:
    said = (ROOT / "docs" / "github.md").read_text()
    for line in (repository.folder / ".gitattributes").read_text().splitlines():
        assert line in said
    repository.write(WORKLOAD.replace("support-chat", "other"), "services")
    repository.compile_and_commit()
    repository.git("checkout", "--quiet", "-b", "users", "main")
    repository.write(more_users(WORKLOAD.replace("support-chat", "other")), "services")
    repository.compile_and_commit()
    repository.git("checkout", "--quiet", "-b", "headroom", "main")
    (repository.folder / "neuralnav.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {margins: {headroom: 3}}\n"
    )
    repository.compile_and_commit()
    repository.git("merge", "--quiet", "--no-edit", "users")  # both change the replicas: the texts conflict
    assert repository.neuralnav.run("compile", "--locked", folder=repository.folder).returncode == 0
    # A manifest that one branch alone changed was taken as it is: git asks no driver for it.
    assert "services/deploy/poddisruptionbudget.yaml" in repository.git("diff", "--name-only")
    repository.neuralnav.done("check", folder=repository.folder)


def test_two_edits_merge_below_a_path_with_spaces_and_quotes(repository: Repository) -> None:
    name = "chat 'one'; $(touch pwned)"
    repository.write(WORKLOAD.replace("support-chat", "other"), name)
    repository.compile_and_commit()
    for branch, edit in (("users", more_users), ("budget", other_budget)):
        repository.git("checkout", "--quiet", "-b", branch, "main")
        repository.write(edit(WORKLOAD.replace("support-chat", "other")), name)
        repository.compile_and_commit()
    repository.git("merge", "--quiet", "--no-edit", "users")
    repository.neuralnav.done("check", folder=repository.folder)
    assert not list(repository.folder.rglob("pwned"))


def test_a_cherry_pick_falls_back_to_the_text_and_compile_settles_it(repository: Repository) -> None:
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    assert "conflict in plan.lock" in repository.git("cherry-pick", "users", codes=(1,))
    repository.neuralnav.done("compile", folder=repository.folder)
    repository.neuralnav.done("check", folder=repository.folder)
    repository.git("add", "--all")
    repository.git("-c", "core.editor=true", "cherry-pick", "--continue")


@pytest.mark.parametrize("driver", ["kill -KILL $$", "exit 1", "exit 127", "no-such-command"])
def test_a_driver_that_dies_or_is_missing_leaves_a_conflict_that_compile_settles(
    repository: Repository, driver: str
) -> None:
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    repository.git("config", "merge.neuralnav.driver", driver)
    said = repository.git("merge", "users", codes=(1, 2, 128))
    if "CONFLICT" not in said:  # git itself gave up, and left everything as it was
        assert repository.git("status", "--porcelain") == ""
        return
    assert "plan.lock" in repository.git("diff", "--name-only", "--diff-filter=U")
    repository.neuralnav.done("compile", folder=repository.folder)
    repository.neuralnav.done("check", folder=repository.folder)


def test_a_merge_inside_of_a_merge_leaves_its_trees_nowhere(repository: Repository) -> None:
    """What the driver makes to compile is no branch, no stash and no file of the checkout."""
    repository.branch("users", more_users)
    repository.branch("budget", other_budget)
    refs = repository.git("for-each-ref", "--format=%(refname)")
    repository.git("merge", "--quiet", "--no-edit", "users")
    assert repository.git("for-each-ref", "--format=%(refname)") == refs
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("worktree", "list").count("\n") == 1
