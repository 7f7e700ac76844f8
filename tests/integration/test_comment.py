"""One comment, kept up to date against a GitHub that keeps its own limits."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from fake_github import BOT, READER, REPOSITORY, WRITER, Answer, FakeGitHub, breaking_off, refused, serving

from neuralnav.forge import http
from neuralnav.forge.github import Artifact, GitHub, PullThread, github_of
from neuralnav.forge.http import ForgeError, Patience
from neuralnav.forge.thread import Comment, Kept, Mode, keep_comment

MARKER = "<!-- neuralnav:plan-diff -->"
ARTIFACT = Artifact(id=1, name="neuralnav-diff", size_in_bytes=1000, archive_download_url="https://unused.invalid/")
BODY = f"**support-chat moves to 2x L40S**\n\n{MARKER}\n"


@dataclass
class Waits:
    """Takes the place of sleeping, and remembers."""

    seconds: list[float] = field(default_factory=list)

    def patience(self, left: float = 90.0) -> Patience:
        return Patience(left, self.seconds.append, lambda: 1_000_000.0)


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    with serving(FakeGitHub()) as github:
        yield github


def client(fake: FakeGitHub, token: str = WRITER, patience: Patience | None = None) -> GitHub:
    environment = {
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_API_URL": fake.url,
        "GITHUB_GRAPHQL_URL": fake.url + "/graphql",
    }
    return github_of(environment, token, patience)


def keep(
    fake: FakeGitHub, body: str = BODY, *, mode: Mode = "update", first: bool = True, token: str = WRITER,
    patience: Patience | None = None,
) -> Kept:  # fmt: skip
    return keep_comment(PullThread(client(fake, token, patience), 7), body, MARKER, mode=mode, first=first)


def graphql_fails(fake: FakeGitHub, *, times: int = 1) -> None:
    for _ in range(times):
        fake.first("POST /graphql", Answer(200, {"data": None, "errors": [{"message": "Something went wrong"}]}))


def test_a_token_of_an_app_whose_name_is_not_told_still_keeps_one_comment(fake: FakeGitHub) -> None:
    fake.login = "plan-bot[bot]"
    first = fake.comment("old" + MARKER, author="plan-bot[bot]")
    for body in (BODY, BODY + "more"):
        graphql_fails(fake)
        assert keep(fake, body) == Kept("updated", "https://github.com/c/1000")
        assert first["body"] == body
        assert fake.live(MARKER) == [first]


def test_a_comment_that_cannot_be_folded_is_not_in_the_way_again(fake: FakeGitHub) -> None:
    fake.comment("old" + MARKER)

    def refuse_to_fold() -> None:
        graphql_fails(fake)

    fake.first("POST /repos", refuse_to_fold)
    kept = keep(fake, mode="hide-and-new")
    note = "an earlier comment could not be folded: GraphQL refused it"
    assert kept == Kept("created", "https://github.com/c/1001", (note,))
    assert [item["body"] for item in fake.live(MARKER)] == [BODY]
    assert keep(fake, mode="hide-and-new").done == "unchanged"
    assert len(fake.comments) == 2


def test_first_comment_is_written(fake: FakeGitHub) -> None:
    assert keep(fake) == Kept("created", "https://github.com/c/1000")
    assert [item["body"] for item in fake.comments] == [BODY]


def test_nothing_is_posted_where_there_is_nothing_to_say(fake: FakeGitHub) -> None:
    fake.comment("I like it", author="alice")
    assert keep(fake, first=False) == Kept("nothing to say")
    assert len(fake.comments) == 1
    assert fake.writes() == ["POST /graphql"]


@pytest.mark.parametrize("mode", ["update", "hide-and-new"])
def test_an_earlier_comment_is_refreshed_when_nothing_changes_any_more(fake: FakeGitHub, mode: Mode) -> None:
    fake.comment(BODY)
    quiet = f"No plan changes.\n\n{MARKER}\n"
    assert keep(fake, quiet, mode=mode, first=False).done == "updated"
    assert [item["body"] for item in fake.comments] == [quiet]


def test_the_same_body_is_not_written_again(fake: FakeGitHub) -> None:
    fake.comment(BODY.rstrip())
    assert keep(fake) == Kept("unchanged", "https://github.com/c/1000")
    assert fake.writes() == ["POST /graphql"]


def test_a_comment_edited_by_hand_is_rewritten(fake: FakeGitHub) -> None:
    fake.comment(BODY + "\nand I say it is fine")
    assert keep(fake).done == "updated"
    assert [item["body"] for item in fake.comments] == [BODY]


def test_a_comment_of_somebody_else_with_the_marker_is_not_ours(fake: FakeGitHub) -> None:
    forged = fake.comment(f"all good! {MARKER}", author="mallory")
    assert keep(fake).done == "created"
    assert forged["body"] == f"all good! {MARKER}"
    assert fake.hidden == []


def test_the_author_is_whoever_the_token_is(fake: FakeGitHub) -> None:
    fake.login = "plan-bot[bot]"
    fake.comment(BODY, author=BOT)
    fake.comment("old " + MARKER, author="plan-bot[bot]")
    assert keep(fake) == Kept("updated", "https://github.com/c/1001")


def test_of_two_comments_of_ours_the_first_is_kept(fake: FakeGitHub) -> None:
    first, second = fake.comment("a" + MARKER), fake.comment("b" + MARKER)
    assert keep(fake) == Kept("updated", "https://github.com/c/1000")
    assert (first["body"], second["body"]) == (BODY, "b<!-- neuralnav: earlier -->")
    assert fake.hidden == ["IC_1"]
    assert keep(fake).done == "unchanged"
    assert fake.hidden == ["IC_1"]


def test_hide_and_new_folds_the_earlier_comment_once(fake: FakeGitHub) -> None:
    fake.comment("a" + MARKER)
    assert keep(fake, mode="hide-and-new") == Kept("created", "https://github.com/c/1001")
    assert [item["body"] for item in fake.live(MARKER)] == [BODY]
    keep(fake, BODY + "more", mode="hide-and-new")
    assert fake.hidden == ["IC_0", "IC_1"]


def test_our_comment_is_found_on_any_page(fake: FakeGitHub) -> None:
    for number in range(230):
        fake.comment(f"chat {number}", author="alice")
    fake.comment("old" + MARKER)
    for number in range(120):
        fake.comment(f"chat {number}", author="bob")
    assert keep(fake) == Kept("updated", "https://github.com/c/1230")
    assert fake.requests.count("GET /repos/acme/models/issues/7/comments") == 4


def test_two_runs_that_write_at_once_leave_one_comment(fake: FakeGitHub) -> None:
    def another_run() -> None:
        fake.comment("the other" + MARKER)

    fake.first("POST /repos/acme/models/issues/7/comments", another_run)
    assert keep(fake) == Kept("updated", "https://github.com/c/1000")
    assert [item["body"] for item in fake.live(MARKER)] == [BODY]
    assert fake.hidden == ["IC_1"]


def test_two_runs_that_hide_and_write_at_once_leave_one_comment(fake: FakeGitHub) -> None:
    earlier = fake.comment("old" + MARKER)

    class Slow(PullThread):
        def create(self, body: str) -> Comment:
            """Let another run do all it does between what this one writes and its second look."""
            made = self.github.create_comment(self.number, body)
            assert keep(fake, "the other" + MARKER, mode="hide-and-new").done == "created"
            return made

    kept = keep_comment(Slow(client(fake), 7), BODY, MARKER, mode="hide-and-new", first=True)
    assert kept.done == "created"
    (live,) = fake.live(MARKER)
    assert live["body"] == "the other" + MARKER
    assert earlier["node_id"] in fake.hidden


def test_a_comment_deleted_meanwhile_is_written_anew(fake: FakeGitHub) -> None:
    fake.comment("old" + MARKER)
    fake.first("PATCH", fake.comments.clear)
    assert keep(fake) == Kept("created", "https://github.com/c/1000", ("the earlier comment was gone",))


def test_a_fork_token_may_not_write(fake: FakeGitHub) -> None:
    with pytest.raises(ForgeError) as raised:
        keep(fake, token=READER)
    (only,) = raised.value.diagnostics
    assert raised.value.status == 403
    assert only.where.file == "POST /repos/acme/models/issues/7/comments"
    assert only.message == "HTTP 403: Resource not accessible by integration"
    assert only.hint == (
        "the token may not do this: give the job the permission, or use the workflow pair for forks (docs/github.md)"
    )


def test_a_body_over_the_limit_is_refused_in_githubs_words(fake: FakeGitHub) -> None:
    with pytest.raises(ForgeError, match="HTTP 422: Validation Failed; body is too long") as raised:
        keep(fake, "x" * 65_537)
    assert raised.value.status == 422


@pytest.mark.parametrize(
    ("limit", "waited"),
    [
        (refused(429, "slow down", Retry_After="7"), 7.0),
        (refused(403, "You have exceeded a secondary rate limit", Retry_After="3"), 3.0),
        (refused(403, "You have exceeded a secondary rate limit"), 60.0),
        (refused(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1000021"), 21.0),
    ],
)
def test_a_rate_limit_is_waited_for(fake: FakeGitHub, limit: Answer, waited: float) -> None:
    waits = Waits()
    fake.first("POST /repos", limit)
    assert keep(fake, patience=waits.patience()).done == "created"
    assert waits.seconds == [waited]


def test_a_rate_limit_that_lasts_is_not_waited_for(fake: FakeGitHub) -> None:
    waits = Waits()
    fake.first("GET /repos", refused(429, "slow down", Retry_After="3600"))
    with pytest.raises(ForgeError, match=r"^the limit holds for 3600 s more$"):
        keep(fake, patience=waits.patience())
    assert waits.seconds == []


def test_waiting_has_an_end(fake: FakeGitHub) -> None:
    waits = Waits()
    for _ in range(4):
        fake.first("GET /repos", refused(429, "slow down", Retry_After="20"))
    with pytest.raises(ForgeError, match=r"^HTTP 429: slow down$"):
        keep(fake, patience=waits.patience(100.0))
    assert waits.seconds == [20.0, 20.0, 20.0]


def test_a_stumbling_server_is_asked_again_to_read_and_to_edit_only(fake: FakeGitHub) -> None:
    waits = Waits()
    fake.comment("old" + MARKER)
    fake.first("GET /repos", refused(502, "bad gateway"))
    fake.first("PATCH", refused(500, "oops"))
    assert keep(fake, patience=waits.patience()).done == "updated"
    assert waits.seconds == [1.0, 1.0]
    fake.comments.clear()
    fake.first("POST /repos", refused(502, "bad gateway"))
    with pytest.raises(ForgeError, match="HTTP 502: bad gateway"):
        keep(fake, patience=waits.patience())


def test_a_renamed_repository_is_followed_on_its_own_host_only(fake: FakeGitHub) -> None:
    fake.first("GET /repos", Answer(301, None, {"Location": f"{fake.url}/repos/{REPOSITORY}/issues/7/comments"}))
    fake.first("POST /repos", Answer(307, None, {"Location": f"{fake.url}/repos/{REPOSITORY}/issues/7/comments"}))
    assert keep(fake).done == "created"
    assert [item["body"] for item in fake.comments] == [BODY]
    fake.first("PATCH", Answer(307, None, {"Location": f"{fake.blobs}/steal"}))
    with pytest.raises(ForgeError, match="the answer sends a write to another host"):
        keep(fake, BODY + "more")
    fake.first("PATCH", Answer(301, {"message": "Moved Permanently"}, {"Location": fake.url}))
    with pytest.raises(ForgeError, match="HTTP 301: Moved Permanently"):
        keep(fake, BODY + "more")
    assert fake.leaked == []


def test_a_next_page_on_another_host_does_not_get_the_token(fake: FakeGitHub) -> None:
    fake.artifact(9, "x", b"[]")
    fake.first("GET /repos", Answer(200, [], {"Link": f'<{fake.blobs}/blob/9000>; rel="next"'}))
    assert keep(fake, first=False).done == "nothing to say"
    assert fake.leaked == []


def test_a_server_that_does_not_answer_in_time_is_asked_again(
    fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.5)
    waited, enough = list[float](), threading.Event()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        enough.set()

    fake.first("GET /repos", lambda: enough.wait(20))
    assert keep(fake, patience=Patience(90.0, wait)).done == "created"
    assert waited[0] == 1.0


@pytest.mark.parametrize("status", [200, 502])
def test_an_answer_that_breaks_off_is_no_answer(status: int) -> None:
    waits = Waits()
    with breaking_off(status) as url:
        environment = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": url}
        with pytest.raises(ForgeError, match=r"^no answer: it breaks off$"):
            github_of(environment, WRITER, waits.patience()).download(ARTIFACT, 10_000_000)
    assert waits.seconds == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("body", ["<html>", [{"id": "x"}], {"message": "ok"}, None])
def test_an_answer_that_is_not_githubs_is_said(fake: FakeGitHub, body: object) -> None:
    fake.first("GET /repos", Answer(200, body))
    with pytest.raises(ForgeError, match="the answer is not what GitHub documents"):
        keep(fake)
    assert fake.writes() == ["POST /graphql"]


def test_the_two_apis_of_a_server_of_ones_own_lie_side_by_side() -> None:
    environment = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": "https://git.example/api/v3"}
    assert github_of(environment, WRITER).graphql == "https://git.example/api/graphql"
    named = {**environment, "GITHUB_GRAPHQL_URL": "https://git.example/elsewhere"}
    assert github_of(named, WRITER).graphql == "https://git.example/elsewhere"


def test_no_answer_at_all_is_said(fake: FakeGitHub) -> None:
    waits = Waits()
    environment = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": "http://127.0.0.1:1"}
    with pytest.raises(ForgeError, match=r"no answer: .*refused"):
        github_of(environment, WRITER, waits.patience()).pull(7)
    assert waits.seconds == [1.0, 2.0, 4.0]
    assert fake.requests == []


def test_a_token_is_not_sent_in_the_clear() -> None:
    environment = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": "http://api.example.com"}
    with pytest.raises(ForgeError, match="this is not an https address"):
        github_of(environment, WRITER)


def test_a_download_does_not_take_the_token_to_another_host(fake: FakeGitHub) -> None:
    fake.artifact(9, "neuralnav-diff", {"diff.json": b"{}"})
    github = client(fake)
    (artifact,) = github.artifacts(9)
    assert github.download(artifact, 1000).startswith(b"PK")
    assert fake.leaked == []
    with pytest.raises(ForgeError, match="the answer is larger than 10 bytes"):
        github.download(artifact, 10)
