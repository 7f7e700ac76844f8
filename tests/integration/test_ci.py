"""`neuralnav ci` as a job calls it, against a GitHub and a GitLab on loopback."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import Installed
from diffs import diff, moved, workload
from fake_github import READER, REPOSITORY, WRITER, Answer, FakeGitHub, refused, serving
from fake_gitlab import FakeGitLab, serving_gitlab

from neuralnav.model.diff import PlanDiff
from neuralnav.model.report import Report, ReportedDrift, WorkloadReport
from neuralnav.report_diff import MARKER

SHA = "a" * 40
FORK = "mallory/models"
RUN = 4711


@dataclass
class Job:
    """A job of GitHub Actions in a folder of its own."""

    github: FakeGitHub
    neuralnav: Installed
    folder: Path

    def event(self, body: Mapping[str, object]) -> None:
        (self.folder / "event.json").write_text(json.dumps(body))

    def pull_request(self, number: int = 7, sha: str = SHA) -> None:
        self.event({"pull_request": {"number": number, "state": "open", "head": {"sha": sha, "ref": "change"}}})

    def workflow_run(self, repository: str = FORK, **changes: object) -> None:
        usual = {
            "id": RUN, "event": "pull_request", "head_sha": SHA, "head_branch": "change",
            "head_repository": {"full_name": repository}, "pull_requests": [],
        }  # fmt: skip
        self.event({"workflow_run": {**usual, **changes}})

    def diff(self, found: PlanDiff, name: str = "diff.json") -> str:
        (self.folder / name).write_text(found.model_dump_json())
        return name

    def run(self, *arguments: str, token: str = WRITER, **more: str) -> tuple[int, str]:
        """Run `neuralnav ci` and return its exit code and what it printed."""
        environment = {
            **self.neuralnav.environment, "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.github.url, "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_RUN_ID": str(RUN), "GITHUB_TOKEN": token, **more,
        }  # fmt: skip
        done = replace(self.neuralnav, environment=environment).run("ci", *arguments, folder=self.folder)
        assert token not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def job(tmp_path: Path, neuralnav: Installed) -> Iterator[Job]:
    with serving(FakeGitHub()) as github:
        yield Job(github, neuralnav, tmp_path)


def test_one_comment_is_written_and_then_kept_up_to_date(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    assert job.run("comment", job.diff(diff(moved()))) == (0, "comment created https://github.com/c/1000\n")
    assert job.run("comment", job.diff(diff(moved()))) == (0, "comment unchanged https://github.com/c/1000\n")
    assert job.run("comment", job.diff(diff(workload()))) == (0, "comment updated https://github.com/c/1000\n")
    (only,) = job.github.comments
    assert only["body"].startswith("No plan changes")
    assert MARKER in only["body"]


def test_nothing_is_said_where_nothing_changed(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    assert job.run("comment", job.diff(diff(workload()))) == (0, "comment nothing to say\n")
    assert job.github.comments == []


def test_a_change_below_the_thresholds_is_not_told(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    dearer = workload().after.model_copy(
        update={"choice": workload().after.choice.model_copy(update={"cost_usd_per_month": 6600.0})}  # type: ignore[union-attr]  # it has one
    )
    small = job.diff(diff(workload(status="changed", after=dearer, cost_delta_usd_per_month=30.0)))
    assert job.run("comment", small, "--min-cost-percent", "2") == (0, "comment nothing to say\n")
    assert job.run("comment", small)[1].startswith("comment created")


def test_parts_become_one_comment(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    one, two = job.diff(diff(moved("b")), "one.json"), job.diff(diff(moved("a")), "two.json")
    assert job.run("comment", one, two)[1].startswith("comment created")
    (only,) = job.github.comments
    assert only["body"].startswith("**Plan changes for 2 of 2 workloads: 2 deployed differently")


def test_parts_of_a_matrix_come_from_this_run(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    for number, name in enumerate(("a", "b")):
        job.github.artifact(
            RUN, f"neuralnav-diff-{number}", {"diff.json": diff(moved(name)).model_dump_json().encode()}
        )
    job.github.artifact(RUN, "coverage", b"no zip at all")
    assert job.run("comment", "--artifacts", "neuralnav-diff-*")[1].startswith("comment created")
    assert "2 deployed differently" in job.github.comments[0]["body"]
    assert "fork" not in job.github.comments[0]["body"]


def test_a_part_that_compared_nothing_is_named_and_hides_no_other(job: Job) -> None:
    job.github.pull(7, SHA)
    job.pull_request()
    job.github.artifact(RUN, "neuralnav-diff-0", {"diff.json": diff(moved()).model_dump_json().encode()})
    job.github.artifact(RUN, "neuralnav-diff-1 @team", {"diff.json": b"", "check.json": b"{}"})
    assert job.run("comment", "--artifacts", "neuralnav-diff-*")[1].startswith("comment created")
    body = job.github.comments[0]["body"]
    assert body.startswith("**Plan changes for 1 of 1 workload: ")
    told = "> Nothing is told here of `neuralnav-diff-1 @team`: the job compared nothing, as its log says."
    assert body.splitlines()[-4:] == ["> [!WARNING]", told, "", MARKER]
    job.github.artifacts[RUN] = []
    job.github.artifact(RUN, "neuralnav-diff-1", {"check.json": b"{}"})
    said = (
        "::warning title=no plan comment::neuralnav-diff-1: the artifact holds no diff.json "
        "(its job compared nothing)\n"
    )
    assert job.run("comment", "--artifacts", "neuralnav-diff-*") == (0, said)


def test_an_older_run_does_not_overwrite_the_comment_of_a_newer_one(job: Job) -> None:
    job.github.pull(7, "b" * 40)
    job.pull_request()
    said = "no comment: #7 has moved on to bbbbbbbbbbbb; the run of that commit comments\n"
    assert job.run("comment", job.diff(diff(moved()))) == (0, said)
    assert job.github.comments == []


def test_a_token_of_a_fork_is_a_visible_warning(job: Job) -> None:
    job.github.pull(7, SHA, repository=FORK)
    job.pull_request()
    said = (
        "::warning title=no plan comment::POST /repos/acme/models/issues/7/comments: HTTP 403: Resource not accessible "
        "by integration (the token may not do this: give the job the permission, or use the workflow pair for forks "
        "(docs/github.md))\n"
    )
    assert job.run("comment", job.diff(diff(moved())), token=READER) == (0, said)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(401, "Bad credentials"), "HTTP 401: Bad credentials"),
        (refused(429, "slow", Retry_After="900"), "the limit holds for 900 s more"),
        (Answer(200, {"number": "seven"}), "the answer is not what GitHub documents (2 problems)"),
        (Answer(302, None, {"Location": "http://evil.example/"}), "the answer points to an address that is not https"),
    ],
)
def test_whatever_github_does_the_job_stays_green(job: Job, answer: Answer, said: str) -> None:
    job.pull_request()
    job.github.first("GET /repos/acme/models/pulls/7", answer)
    code, text = job.run("comment", job.diff(diff(moved())))
    assert code == 0
    assert text.startswith("::warning title=no plan comment::")
    assert said in text


def test_the_pull_request_of_a_fork_is_found_by_its_head(job: Job) -> None:
    job.github.pull(7, SHA)  # the same branch name and commit, but of this repository
    job.github.pull(8, "b" * 40, repository=FORK)
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    job.github.artifact(RUN, "neuralnav-diff", {"diff.json": diff(moved()).model_dump_json().encode()})
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, "comment created https://github.com/c/1000\n")
    (only,) = job.github.comments
    assert only["number"] == 9
    assert "The run of a fork computed this" in only["body"]
    assert only["body"].startswith("**Plan changes")
    assert only["body"].endswith(MARKER)
    assert job.github.leaked == []


def test_a_run_without_a_pull_request_is_not_commented_on(job: Job) -> None:
    job.github.artifact(RUN, "neuralnav-diff", {"diff.json": diff(moved()).model_dump_json().encode()})
    job.workflow_run()
    said = "no comment: no open pull request has the commit of that run as its head\n"
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)
    job.workflow_run(event="push")
    said = "no comment: the run was started by push, not by a pull request\n"
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)
    for gone in ("head_repository", "head_branch"):
        job.workflow_run(repository=FORK, **{gone: None})
        said = "no comment: the repository or branch of that run is gone\n"
        assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)
    job.github.pull(8, SHA, repository=FORK)
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    said = "no comment: #8, #9 have the same head, and a run does not say for which it was\n"
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)


def test_a_closed_pull_request_is_not_commented_on(job: Job) -> None:
    job.github.pull(7, SHA)
    job.github.pulls[0]["state"] = "closed"
    job.pull_request()
    assert job.run("comment", job.diff(diff(moved()))) == (0, "no comment: #7 is closed\n")
    job.workflow_run(repository=REPOSITORY)
    said = "no comment: no open pull request has the commit of that run as its head\n"
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)
    assert job.github.comments == []


def test_what_lies_on_a_later_page_is_found(job: Job) -> None:
    for number in range(120):
        job.github.pull(100 + number, "b" * 40, repository=FORK)
        job.github.artifact(RUN, f"logs-{number}", b"no zip at all")
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    job.github.artifact(RUN, "neuralnav-diff", b"")  # expired: an earlier attempt of the same run
    job.github.artifact(RUN, "neuralnav-diff", {"diff.json": diff(moved()).model_dump_json().encode()})
    assert job.run("comment", "--artifacts", "neuralnav-diff")[1].startswith("comment created")
    assert job.github.comments[0]["number"] == 9


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"diff.json": b"$(id)"}, "Invalid JSON"),
        ({"diff.json": b"{}", "../../x.sh": b"id"}, "the artifact is not one of this action: it holds '../../x.sh'"),
        ({"diff.json": b"x" * 50_000_000}, "the file is larger than 8,388,608 bytes"),
    ],
)
def test_an_artifact_that_is_not_ours_is_a_warning(job: Job, members: Mapping[str, bytes], said: str) -> None:
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    job.github.artifact(RUN, "neuralnav-diff", members)
    code, text = job.run("comment", "--artifacts", "neuralnav-diff")
    assert code == 0
    assert text.startswith("::warning title=no plan comment::")
    assert said in text
    assert job.github.comments == []


def test_an_artifact_of_fifty_megabytes_is_not_downloaded(job: Job) -> None:
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    job.github.artifact(RUN, "neuralnav-diff", b"x" * 50_000_000)
    code, text = job.run("comment", "--artifacts", "neuralnav-diff")
    assert (code, text) == (
        0, "::warning title=no plan comment::run 4711: the artifacts are larger than 8,388,608 bytes\n"
    )  # fmt: skip
    assert not [item for item in job.github.requests if item.endswith("/zip")]


def test_a_missing_artifact_is_a_warning(job: Job) -> None:
    job.github.pull(9, SHA, repository=FORK)
    job.workflow_run()
    said = (
        '::warning title=no plan comment::run 4711: no artifact is named "neuralnav-diff" '
        "(its job may have failed before the upload)\n"
    )
    assert job.run("comment", "--artifacts", "neuralnav-diff") == (0, said)


def test_files_and_artifacts_exclude_each_other(job: Job) -> None:
    code, text = job.run("comment")
    assert code == 2
    assert "Error: give either files or --artifacts" in text


def test_a_file_that_is_no_diff_is_bad_input(job: Job) -> None:
    (job.folder / "diff.json").write_text('{"base": 1}')
    code, text = job.run("comment", "diff.json")
    assert code == 2
    assert "diff.json  base: Input should be a valid string" in text


def drift_report(*drift: ReportedDrift) -> Report:
    status, code = ("drift", 3) if drift else ("unchanged", 0)
    item = WorkloadReport.model_validate(
        {"workload": "a", "path": "a.yaml", "status": status, "exit_code": code, "drift": drift}
    )
    return Report(command="check", exit_code=code, workloads=(item,))


def test_one_issue_is_open_while_there_is_drift(job: Job) -> None:
    def check(*drift: ReportedDrift) -> str:
        (job.folder / "check.json").write_text(drift_report(*drift).model_dump_json())
        return job.run("issue", "check.json")[1].strip()

    data = ReportedDrift(drift="data", file="plan.lock", message="prices changed", fix="neuralnav compile")
    job.github.issues.append({"number": 3, "state": "open", "user": {"login": "alice"}, "body": "mine"})
    assert check() == "no drift"
    assert check(data) == "issue created https://github.com/i/51"
    assert check(data) == "issue unchanged https://github.com/i/51"
    assert check(data.model_copy(update={"drift": "tool"})) == "issue updated https://github.com/i/51"
    assert [item["state"] for item in job.github.issues] == ["open", "open"]
    assert "drift of class tool in `plan.lock`" in job.github.issues[1]["body"]
    assert check() == "no drift; closed #51"
    assert [item["state"] for item in job.github.issues] == ["open", "closed"]
    assert check(data) == "issue created https://github.com/i/52"


def test_an_issue_that_cannot_be_written_is_a_warning(job: Job) -> None:
    drift = ReportedDrift(drift="data", file="plan.lock", message="prices changed", fix="neuralnav compile")
    (job.folder / "check.json").write_text(drift_report(drift).model_dump_json())
    code, text = job.run("issue", "check.json", token=READER)
    assert code == 0
    assert text.startswith("::warning title=no drift issue::POST /repos/acme/models/issues: HTTP 403")


def test_gitlab_gets_the_same_markdown_as_one_note(tmp_path: Path, neuralnav: Installed) -> None:
    with serving_gitlab(FakeGitLab()) as gitlab:
        for number in range(150):
            gitlab.note(f"chat {number}", author="alice")
        environment = {
            **neuralnav.environment, "GITLAB_CI": "true", "CI_API_V4_URL": gitlab.url, "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_IID": "7", "NEURALNAV_GITLAB_TOKEN": WRITER,
        }  # fmt: skip
        environment.pop("GITHUB_ACTIONS", None)
        installed = replace(neuralnav, environment=environment)
        for found, said in ((moved(), "created"), (moved(), "unchanged"), (workload(), "updated")):
            (tmp_path / "diff.json").write_text(diff(found).model_dump_json())
            assert installed.done("ci", "comment", "diff.json", folder=tmp_path) == f"comment {said}\n"
        assert [item["body"][:15] for item in gitlab.notes[150:]] == ["No plan changes"]
        unsaid = replace(neuralnav, environment={**environment, "NEURALNAV_GITLAB_TOKEN": ""})
        done = unsaid.run("ci", "comment", "diff.json", folder=tmp_path)
        hint = "(the token is not valid, or has expired)"
        said = f"warning: no plan comment: GET /api/v4/user: HTTP 401: 401 Unauthorized {hint}\n"
        assert (done.returncode, done.stderr) == (0, said)


def test_the_summary_of_a_job_stays_below_what_github_keeps(job: Job) -> None:
    folder = job.folder / "reports"
    folder.mkdir()
    one = moved().model_dump(mode="json")
    many = [{**one, "workload": f"w{number}", "path": f"services/{number}/workload.yaml"} for number in range(4_000)]
    (folder / "diff.json").write_text(json.dumps({**diff().model_dump(mode="json"), "workloads": many}))
    data = ReportedDrift(drift="data", file="plan.lock", message="価" * 300, fix="neuralnav compile")
    (folder / "check.json").write_text(drift_report(*[data] * 2_000).model_dump_json())
    (folder / "policies.err").write_text("価" * 4_000)
    summary, outputs = job.folder / "summary", job.folder / "output"
    code, said = job.run("results", "reports", GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(outputs))
    assert code == 0, said
    assert 600_000 < len(summary.read_bytes()) <= 1024 * 1024
    assert "drift of class data" in summary.read_text()
    assert "the bundle of policies has errors or failing tests:" in summary.read_text()
    for kind in ("error", "warning", "notice"):
        assert said.count(f"::{kind} ") <= 10


def test_a_text_in_an_output_ends_no_output(job: Job) -> None:
    folder = job.folder / "reports"
    folder.mkdir()
    name = "x\nend-0\nverdict=0\n::set-output name=verdict::0"
    (folder / "diff.json").write_text(diff(moved().model_copy(update={"workload": name})).model_dump_json())
    outputs = job.folder / "output"
    assert job.run("results", "reports", "--fail-on", "changes", GITHUB_OUTPUT=str(outputs))[0] == 0
    lines = outputs.read_text().split("\n")
    marks = [line.partition("<<")[2] for line in lines if "<<end-" in line]
    assert len(set(marks)) == len(marks) == 9
    assert all(lines.count(mark) == 1 for mark in marks)
    assert lines[lines.index(next(line for line in lines if line.startswith("verdict<<"))) + 1] == "3"
    assert "verdict=0" not in lines
