"""A repository with a pull request, as the jobs of an action meet it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from action_runner import Runner
from conftest import Installed
from fake_github import REPOSITORY, FakeGitHub, serving

FORK = "mallory/models"
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: support-chat
spec:
  useCase: chatbot_conversational
  traffic: {users: 20000}
  priorities: {cost: high}
  constraints:
    budget: 30000 USD/month
    licenses: [apache-2.0, llama3.1]
  deploy: {namespace: llm-prod}
"""

BAD_POLICY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: bad}
spec: {rules: [{id: one, require: candidate.no_such_field > 1}]}
"""


@dataclass
class Pull:
    """A repository with a pull request, and the folder that jobs check it out below."""

    neuralnav: Installed
    github: FakeGitHub
    folder: Path

    @property
    def origin(self) -> Path:
        return self.folder / "origin"

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.origin, env=dict(self.neuralnav.environment), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def begin(self) -> None:
        """Commit a base: one workload, compiled."""
        (self.origin / "chat").mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        (self.origin / "chat" / "workload.yaml").write_text(WORKLOAD)
        self.compile()
        self.commit("base")

    def compile(self) -> None:
        self.neuralnav.done("compile", folder=self.origin)

    def commit(self, title: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", title)
        return self.git("rev-parse", "HEAD")

    def change(self, edit: Callable[[Path], object], *, repository: str = REPOSITORY, branch: str = "change") -> Runner:
        """Commit a head, merge it as GitHub does, and return the runner of its job."""
        base = self.git("rev-parse", "main")
        self.git("checkout", "--quiet", "-b", branch)
        edit(self.origin)
        head = self.commit("change")
        self.git("checkout", "--quiet", "-b", "merge", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "merge", branch)
        self.github.pull(7, head, repository=repository, branch=branch)
        ends = {"base": {"sha": base, "ref": "main"}, "head": {"sha": head, "ref": branch}}
        event = {"pull_request": {"number": 7, "state": "open", "title": "t", **ends}}
        merge = self.git("rev-parse", "merge")
        return self.runner(self.checkout(depth=2), event_name="pull_request", event=event, sha=merge)

    def checkout(self, *, depth: int) -> Path:
        """Clone the merge commit as actions/checkout does, so shallow."""
        target = self.folder / f"work-{depth}"
        self.git("clone", "--quiet", f"--depth={depth}", "--branch=merge", f"file://{self.origin}", str(target))
        return target

    def runner(self, workspace: Path, **more: object) -> Runner:
        temp = self.folder / "temp" / workspace.name
        return Runner(workspace, temp, self.neuralnav.environment, self.neuralnav.command, self.github.url, **more)  # type: ignore[arg-type]  # the caller names fields


@contextmanager
def beginning(folder: Path, neuralnav: Installed) -> Iterator[Pull]:
    """Serve a GitHub for a repository below a folder that has its base."""
    with serving(FakeGitHub()) as github:
        found = Pull(neuralnav, github, folder)
        found.begin()
        yield found


def doubled(origin: Path, neuralnav: Installed | None = None) -> None:
    """Double the users, and compile where a NeuralNav is given."""
    path = origin / "chat" / "workload.yaml"
    path.write_text(WORKLOAD.replace("users: 20000", "users: 40000"))
    if neuralnav:
        neuralnav.done("compile", folder=origin)
