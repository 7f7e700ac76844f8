"""The action in mode observe: rows, plans and one pull request, on a checkout with a remote to push to.

Prometheus is not here: a command in its place writes the rows that a test lays ready, as `observe` would. Nor is the
`gh` of GitHub: what it is called with is kept.
"""

import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from action_runner import Ran, inputs_of
from conftest import Installed
from observed_outcomes import outcome_of
from pulls import Pull, beginning

from neuralnav.files.outcomes import write_outcome

PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {outcomes: [outcomes]}\n"
BRANCH = "neuralnav/outcomes"
OBSERVE = """\
#!/bin/sh
if [ "$1" = observe ]; then
  printf '%s\\n' "$*" >>{asked}
  mkdir -p outcomes && cp -R {ready}/. outcomes
  echo '## support-chat: as observed'
  exit "$(cat {code})"
fi
exec {command} "$@"
"""
GH = """\
#!/bin/sh
printf '%s\\n' "$*" >>{calls}
case "$1 $2" in
  "pr list") cat {open} ;;
  *) while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cp "$2" {body}; shift; done; echo 7 >{open} ;;
esac
"""


class Site:
    """A repository whose schedule runs, with what stands in for Prometheus and for `gh`."""

    def __init__(self, pull: Pull, folder: Path) -> None:
        self.pull, self.folder = pull, folder
        names = ("ready", "asked", "code", "calls", "open", "body")
        self.paths = {name: folder / name for name in names}
        self.paths["ready"].mkdir()
        for name in names[1:]:
            self.paths[name].write_text("0" if name == "code" else "")
        (pull.origin / "neuralnav.yaml").write_text(PROJECT)
        pull.commit("outcomes")
        pull.git("checkout", "--quiet", "--detach")  # as a host has it: no branch is checked out

    def prepare(self, hour: int, factor: float = 1.5) -> None:
        write_outcome(self.paths["ready"], outcome_of(self.pull.origin / "chat" / "plan.lock", hour, factor=factor))

    def run(self, name: str) -> Ran:
        work = self.folder / name
        self.pull.git("clone", "--quiet", "--branch=main", f"file://{self.pull.origin}", str(work))
        runner = self.pull.runner(work, event_name="schedule", sha=self.pull.git("rev-parse", "main"))
        quoted = {name: shlex.quote(str(path)) for name, path in self.paths.items()}
        self._script(runner.temp / "shims" / "gh", GH.format(**quoted))
        wrapped = self.folder / "wrapped"
        self._script(wrapped, OBSERVE.format(command=shlex.join(self.pull.neuralnav.command), **quoted))
        runner = replace(runner, command=(str(wrapped),))
        return runner.run(**inputs_of("observe", "observe", vars_PROMETHEUS=""))

    def _script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def calls(self) -> list[str]:
        return self.paths["calls"].read_text().splitlines()

    def files(self) -> list[str]:
        return self.pull.git("diff", "--name-only", "main", BRANCH).splitlines()


@pytest.fixture
def site(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Site]:
    with beginning(tmp_path, small_neuralnav) as pull:
        (tmp_path / "site").mkdir()
        yield Site(pull, tmp_path / "site")


def test_what_was_observed_is_one_pull_request_that_keeps_its_rows_and_nothing_new_is_nothing(site: Site) -> None:
    ran = site.run("none")
    assert (ran.exit_code, site.calls()) == (0, []), ran.log
    assert "nothing new was observed" in ran.log

    site.prepare(8)
    ran = site.run("first")
    assert ran.exit_code == 0, ran.log
    assert site.files() == [
        "chat/deploy/dashboard.yaml", "chat/deploy/inferenceservice.yaml", "chat/deploy/prometheusrule.yaml",
        "chat/plan.lock", "outcomes/llm-prod/support-chat/2026-11-26T080000Z.parquet",
    ]  # fmt: skip
    asked = site.paths["asked"].read_text().splitlines()
    assert set(asked) == {"observe --format markdown --window 24h --out outcomes --"}
    listed, created = site.calls()
    assert listed.startswith(f"pr list --head {BRANCH} --base main --state open ")
    assert created.startswith(f"pr create --head {BRANCH} --base main --title Plans by what was observed --body-file ")
    body = site.paths["body"].read_text()
    assert body.startswith("**Plan changes for 1 of 1 workload: ")
    assert "outcomes outcomes changed" in body
    assert body.endswith("## support-chat: as observed\n")
    assert site.pull.github.comments == site.pull.github.issues == []

    made, calls = site.pull.git("rev-parse", BRANCH), site.calls()
    ran = site.run("again")
    assert (ran.exit_code, site.pull.git("rev-parse", BRANCH), site.calls()) == (0, made, calls), ran.log
    assert "nothing new was observed" in ran.log

    shutil.rmtree(site.paths["ready"])
    site.prepare(10, factor=1.4)
    ran = site.run("later")
    assert ran.exit_code == 0, ran.log
    rows = [Path(name).name for name in site.files() if name.startswith("outcomes/")]
    assert rows == ["2026-11-26T080000Z.parquet", "2026-11-26T100000Z.parquet"]
    assert site.pull.git("rev-parse", f"{BRANCH}^") == site.pull.git("rev-parse", "main")
    assert site.calls()[-1].startswith("pr edit 7 --body-file ")


def test_what_could_be_observed_is_kept_where_some_could_not(site: Site) -> None:
    site.prepare(8)
    site.paths["code"].write_text("2")
    ran = site.run("some")
    assert ran.exit_code == 0, ran.log
    assert ran.commands == ["warning", "notice"]
    assert "not all was observed::neuralnav observe ended with 2" in ran.log
    assert len(site.calls()) == 2


def test_a_bug_of_observe_ends_the_job_before_anything_is_pushed(site: Site) -> None:
    site.prepare(8)
    site.paths["code"].write_text("1")
    assert site.run("bug").exit_code == 1
    assert site.calls() == []
    assert site.pull.git("branch", "--list", BRANCH) == ""
