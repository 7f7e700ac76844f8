"""The action's steps, run as GitHub runs them, on a checkout with a real base and head."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from action_runner import RUN, inputs_of
from conftest import ROOT, Installed
from fake_github import READER, WRITER, zipped
from pulls import BAD_POLICY, FORK, WORKLOAD, Pull, beginning, doubled

from neuralnav.forge.results import TROUBLES
from neuralnav.report_diff import MARKER


@pytest.fixture
def pull(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Pull]:
    with beginning(tmp_path, small_neuralnav) as found:
        yield found


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


def test_a_repository_without_a_workload_yet_is_no_failure(pull: Pull) -> None:
    """The pull request that adds the action comes before the first workload."""
    pull.git("rm", "--quiet", "-r", "chat")
    pull.commit("nothing yet")
    ran = pull.change(lambda origin: (origin / "README.md").write_text("hello\n")).run()
    assert (ran.exit_code, ran.commands, pull.github.comments) == (0, [], [])
    assert ran.outputs["summary"] == "No plan changes: there is no workload."
    assert (ran.outputs["decision"], ran.outputs["exit-code"]) == ("unchanged", "0")


def test_the_last_workload_may_be_removed(pull: Pull) -> None:
    ran = pull.change(lambda origin: shutil.rmtree(origin / "chat")).run()
    assert ran.exit_code == 0, ran.log
    assert ran.outputs["summary"].startswith("Plan changes for 1 of 1 workload: support-chat is removed, -$")


def test_a_path_without_a_workload_fails_and_the_summary_does_not_call_that_no_drift(pull: Pull) -> None:
    ran = pull.change(doubled).run(paths="elsewhere")
    assert ran.exit_code == 2
    assert ran.outputs["summary"] == "neuralnav diff gave no result. 1 of the inputs cannot be used."


def test_drift_fails_the_job_after_the_comment(pull: Pull) -> None:
    ran = pull.change(doubled).run()
    assert ran.exit_code == 3
    assert ran.outputs["drift"] == "workload"
    assert len(pull.github.comments) == 1
    assert ran.log.count("title=neuralnav drift-workload") == 1
    assert ran.log.count("::error file=chat/workload.yaml,line=7") == 1
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
    assert "`support-chat` cannot be planned: not valid YAML" in pull.github.comments[0]["body"]
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


def other(origin: Path) -> None:
    (origin / "other").mkdir()
    (origin / "other" / "workload.yaml").write_text(WORKLOAD.replace("support-chat", "other-chat"))


def test_a_checkout_of_the_head_is_held_against_where_it_parted_from_the_base(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav))
    pull.git("checkout", "--quiet", "main")
    other(pull.origin)
    pull.compile()
    base = pull.commit("the base goes on")
    event = {**runner.event, "pull_request": {**runner.event["pull_request"], "base": {"sha": base, "ref": "main"}}}
    whole = pull.folder / "whole"
    pull.git("clone", "--quiet", "--branch=change", f"file://{pull.origin}", str(whole))
    ran = pull.runner(whole, event_name="pull_request", event=event, sha=runner.sha).run(mode="comment")
    assert ran.exit_code == 0, ran.log
    assert pull.github.comments[0]["body"].startswith("**Plan changes for 1 of 1 workload: `support-chat` goes from ")


def test_a_merge_queue_is_compared_with_its_base(pull: Pull) -> None:
    runner = pull.change(lambda origin: doubled(origin, pull.neuralnav))
    runner.event_name = "merge_group"
    runner.event = {"merge_group": {"base_sha": pull.git("rev-parse", "main"), "head_sha": runner.sha}}
    ran = runner.run()
    assert (ran.exit_code, ran.outputs["decision"]) == (0, "changed"), ran.log
    assert "no comment: this job is not about a pull request" in ran.log


RULES = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: guard}
spec:
  rules: [{id: small, require: candidate.replicas <= 2, message: at most two replicas}]
"""
BINDS = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {policies: [{path: guard.yaml}]}\n"


def test_a_head_that_takes_a_policy_away_is_held_to_it(pull: Pull) -> None:
    (pull.origin / "guard.yaml").write_text(RULES)
    (pull.origin / "neuralnav.yaml").write_text(BINDS)
    pull.compile()
    pull.commit("guarded")

    def weaken(origin: Path) -> None:
        (origin / "neuralnav.yaml").unlink()
        doubled(origin, pull.neuralnav)

    runner = pull.change(weaken, repository=FORK)
    ran = runner.run(mode="comment")
    assert (ran.exit_code, ran.outputs["exit-code"]) == (4, "4"), ran.log
    body = pull.github.comments[0]["body"]
    assert "but the base's policy guard.small refuses " in body.splitlines()[0]
    weakened = (
        "**This change weakens or changes policies:** `guard (taken away)`. The base's rules are still enforced on it."
    )
    assert weakened in body.splitlines()
    assert runner.run(mode="comment", fail_on="weakened").exit_code == 4
    assert runner.run(mode="comment", fail_on="drift").exit_code == 0


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
        ({"mode": "both; id"}, "mode is check, comment, both or observe"),
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
    assert ran.outputs["summary"].endswith(
        "but the bundle's policy platform-guard.small refuses qwen3-8b/fp8/h100/tp1: at most two replicas."
    )
    assert "the bundle's policy platform-guard.small refuses " in ran.log
    assert runner.run(mode="comment").exit_code == 0


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
