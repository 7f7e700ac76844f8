"""GitHub's REST API, as far as a comment, an issue and the artifacts of a run need it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from neuralnav.forge.http import ForgeError, Http, Patience
from neuralnav.forge.thread import Comment

API = "https://api.github.com"
MAX_PAGES = 50
ACTIONS_LOGIN = "github-actions[bot]"
NEXT = re.compile(r'<([^<>]+)>;\s*rel="next"')


class _Seen(BaseModel):
    """What is read of an answer; GitHub adds fields as it likes."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _User(_Seen):
    login: str


class _Comment(_Seen):
    id: int
    node_id: str = ""
    html_url: str = ""
    body: str | None = None
    user: _User | None = None

    def seen(self) -> Comment:
        """Return it in the words of a thread; the author of a deleted account is empty."""
        return Comment(self.id, self.user.login if self.user else "", self.body or "", self.html_url, self.node_id)


class _Repository(_Seen):
    full_name: str


class _End(_Seen):
    sha: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")]
    ref: str = ""
    repo: _Repository | None = None


class Pull(_Seen):
    """A pull request: its number, whether it is open, and the commit that it would merge."""

    number: int
    state: str = "open"
    head: _End


class Issue(_Seen):
    """An issue, or a pull request where `pull_request` is set."""

    number: int
    body: str | None = None
    html_url: str = ""
    user: _User | None = None
    pull_request: Mapping[str, object] | None = None


class Artifact(_Seen):
    """A file that a run keeps, zipped."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool = False
    archive_download_url: str


class _Artifacts(_Seen):
    artifacts: tuple[Artifact, ...]


class _Viewer(_Seen):
    login: str


class _ViewerData(_Seen):
    viewer: _Viewer


class _ViewerAnswer(_Seen):
    data: _ViewerData


Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class GitHub:
    """A repository on GitHub. `graphql` is the URL of the other API, which alone knows who a token is, and folds."""

    http: Http
    repository: str
    graphql: str

    def author(self) -> str:
        """Return the login that the token writes as; a job's own token always writes as the same bot."""
        try:
            answer = self._graphql("query { viewer { login } }", {})
            return _parsed(TypeAdapter(_ViewerAnswer), answer, "viewer").data.viewer.login
        except ForgeError:
            return ACTIONS_LOGIN

    def comments(self, number: int) -> list[Comment]:
        """Return all comments of an issue or pull request."""
        pages = self._pages(f"/repos/{self.repository}/issues/{number}/comments?per_page=100")
        return [item.seen() for page in pages for item in _parsed(_COMMENTS, page, "comments")]

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment."""
        return self._comment("POST", f"/repos/{self.repository}/issues/{number}/comments", body)

    def edit_comment(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""
        return self._comment("PATCH", f"/repos/{self.repository}/issues/comments/{comment.id}", body)

    def minimize(self, comment: Comment) -> None:
        """Fold a comment as outdated."""
        ask = (
            "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }"
        )
        self._graphql(ask, {"id": comment.node})

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        return _parsed(_PULL, self.http.call("GET", f"/repos/{self.repository}/pulls/{number}").body, "pull")

    def open_pulls(self, owner: str, branch: str) -> list[Pull]:
        """Return the open pull requests from a branch of somebody's fork."""
        query = urlencode({"state": "open", "head": f"{owner}:{branch}", "per_page": 100})
        pages = self._pages(f"/repos/{self.repository}/pulls?{query}")
        return [item for page in pages for item in _parsed(_PULLS, page, "pulls")]

    def artifacts(self, run: int) -> list[Artifact]:
        """Return what a run keeps, by name."""
        pages = self._pages(f"/repos/{self.repository}/actions/runs/{run}/artifacts?per_page=100")
        found = [item for page in pages for item in _parsed(_ARTIFACTS, page, "artifacts").artifacts]
        return sorted(found, key=lambda item: (item.name, item.id))

    def download(self, artifact: Artifact, max_bytes: int) -> bytes:
        """Return the zip of an artifact. Raises `ForgeError` when it is larger than `max_bytes`."""
        path = f"/repos/{self.repository}/actions/artifacts/{artifact.id}/zip"
        return self.http.call("GET", path, max_bytes=max_bytes).body

    def open_issues(self, creator: str) -> list[Issue]:
        """Return the open issues that an author filed, pull requests left out, the first filed first."""
        query = urlencode({"state": "open", "creator": creator, "per_page": 100})
        pages = self._pages(f"/repos/{self.repository}/issues?{query}")
        found = [item for page in pages for item in _parsed(_ISSUES, page, "issues")]
        return sorted((item for item in found if item.pull_request is None), key=lambda item: item.number)

    def create_issue(self, title: str, body: str) -> Issue:
        """File an issue."""
        answer = self.http.call("POST", f"/repos/{self.repository}/issues", {"title": title, "body": body})
        return _parsed(_ISSUE, answer.body, "issue")

    def edit_issue(self, number: int, change: Mapping[str, str]) -> Issue:
        """Change fields of an issue."""
        answer = self.http.call("PATCH", f"/repos/{self.repository}/issues/{number}", dict(change))
        return _parsed(_ISSUE, answer.body, "issue")

    def _comment(self, method: str, path: str, body: str) -> Comment:
        return _parsed(_COMMENT, self.http.call(method, path, {"body": body}).body, "comment").seen()

    def _graphql(self, query: str, variables: Mapping[str, str]) -> bytes:
        body = self.http.call("POST", self.graphql, {"query": query, "variables": dict(variables)}).body
        if b'"errors"' in body and isinstance(found := json.loads(body), dict) and found.get("errors"):
            raise ForgeError("POST /graphql", 200, "GraphQL refused it")
        return body

    def _pages(self, path: str) -> Iterator[bytes]:
        """Yield the pages of a list. Raises `ForgeError` where there is no end: what is not seen is not known."""
        url: str | None = path
        for _ in range(MAX_PAGES):
            if url is None:
                return
            reply = self.http.call("GET", url)
            yield reply.body
            found = NEXT.search(reply.headers.get("link", ""))
            url = found[1] if found else None
        if url is not None:
            raise ForgeError(f"GET {path}", 200, f"the list has more than {MAX_PAGES} pages")


@dataclass(frozen=True, slots=True)
class PullThread:
    """The comments of one pull request."""

    github: GitHub
    number: int

    def author(self) -> str:
        """Return the login that the token writes as."""
        return self.github.author()

    def comments(self) -> Sequence[Comment]:
        """Return all comments."""
        return self.github.comments(self.number)

    def create(self, body: str) -> Comment:
        """Write a new comment."""
        return self.github.create_comment(self.number, body)

    def edit(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""
        return self.github.edit_comment(comment, body)

    def hide(self, comment: Comment) -> None:
        """Fold a comment as outdated."""
        self.github.minimize(comment)


def github_of(environment: Mapping[str, str], token: str, patience: Patience | None = None) -> GitHub:
    """Return the repository that a job's environment names. Raises `ForgeError` when it names none."""
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not re.fullmatch(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", repository):
        raise ForgeError("GITHUB_REPOSITORY", 0, "no repository is named", "write it like owner/name")
    base = environment.get("GITHUB_API_URL", "") or API
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    # On a server of one's own the two APIs lie side by side: /api/v3 and /api/graphql.
    graphql = environment.get("GITHUB_GRAPHQL_URL", "") or base.rstrip("/").removesuffix("/v3") + "/graphql"
    return GitHub(Http(base, headers, patience or Patience()), quote(repository), graphql)


def _parsed(shape: TypeAdapter[Seen], body: bytes, named: str) -> Seen:
    try:
        return shape.validate_json(body)
    except ValidationError as error:
        raise ForgeError(
            named, 200, f"the answer is not what GitHub documents ({error.error_count()} problems)"
        ) from None


_COMMENT = TypeAdapter(_Comment)
_COMMENTS = TypeAdapter(tuple[_Comment, ...])
_PULL = TypeAdapter(Pull)
_PULLS = TypeAdapter(tuple[Pull, ...])
_ISSUE = TypeAdapter(Issue)
_ISSUES = TypeAdapter(tuple[Issue, ...])
_ARTIFACTS = TypeAdapter(_Artifacts)
