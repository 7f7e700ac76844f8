"""A GitHub on loopback that keeps GitHub's own limits: what the real one refuses, it refuses.

Bodies over 65,536 characters and blank ones are 422, lists come in pages, a read-only token may not write (403), a
download is a redirect to another host that refuses the token, and a test can put a rate limit, a failure or another
writer in front of any request.
"""

import contextlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

MAX_BODY = 65_536
BOT = "github-actions[bot]"
REPOSITORY = "acme/models"
WRITER, READER = "write-token", "read-token"
ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", r"/repos/acme/models/issues/(\d+)/comments", "list_comments"),
    ("POST", r"/repos/acme/models/issues/(\d+)/comments", "create_comment"),
    ("PATCH", r"/repos/acme/models/issues/comments/(\d+)", "edit_comment"),
    ("GET", r"/repos/acme/models/pulls/(\d+)", "get_pull"),
    ("GET", r"/repos/acme/models/pulls", "list_pulls"),
    ("GET", r"/repos/acme/models/actions/runs/(\d+)/artifacts", "list_artifacts"),
    ("GET", r"/repos/acme/models/actions/artifacts/(\d+)/zip", "download"),
    ("GET", r"/repos/acme/models/issues", "list_issues"),
    ("POST", r"/repos/acme/models/issues", "create_issue"),
    ("PATCH", r"/repos/acme/models/issues/(\d+)", "edit_issue"),
    ("POST", r"/graphql", "graphql"),
)


@dataclass
class Answer(Exception):  # noqa: N818  # an answer is no error by itself
    """What the server answers; raised to answer at once."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Answerer = Callable[[str, str, str, dict[str, Any]], Answer]


def refused(status: int, message: str, **headers: str) -> Answer:
    return Answer(status, {"message": message}, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class FakeGitHub:
    """The state of one repository, and what tests lay in the way of requests."""

    url: str = ""
    blobs: str = ""
    login: str = BOT
    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    before: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    """The next request whose `METHOD /path` begins so is preceded by this, once; what it raises is the answer."""

    leaked: list[str] = field(default_factory=list)

    # What tests set up.

    def pull(self, number: int, sha: str, *, repository: str = REPOSITORY, branch: str = "change") -> None:
        head = {"sha": sha, "ref": branch, "repo": {"full_name": repository}}
        self.pulls.append({"number": number, "state": "open", "head": head, "title": "t"})

    def comment(self, body: str, *, author: str = BOT, number: int = 7) -> dict[str, Any]:
        made = {"id": 1000 + len(self.comments), "node_id": f"IC_{len(self.comments)}", "number": number, "body": body}
        made |= {"html_url": f"https://github.com/c/{made['id']}", "user": {"login": author}}
        self.comments.append(made)
        return made

    def first(self, request: str, what: Callable[[], object] | Answer) -> None:
        def answer() -> None:
            assert isinstance(what, Answer)
            raise what

        self.before.append((request, answer if isinstance(what, Answer) else what))

    def artifact(self, run: int, name: str, members: Mapping[str, bytes] | bytes) -> None:
        self.artifacts.setdefault(run, []).append((name, members if isinstance(members, bytes) else zipped(members)))

    def live(self, marker: str) -> list[dict[str, Any]]:
        """Return the comments that still hold the marker."""
        return [item for item in self.comments if marker in item["body"]]

    def writes(self) -> list[str]:
        return [item for item in self.requests if not item.startswith("GET")]

    # What it does.

    def answer(self, method: str, target: str, token: str, body: dict[str, Any]) -> Answer:
        parts = urlsplit(target)
        self.requests.append(f"{method} {parts.path}")
        try:
            for index, (request, action) in enumerate(self.before):
                if f"{method} {parts.path}".startswith(request):
                    del self.before[index]
                    action()
                    break
            if token not in (f"Bearer {WRITER}", f"Bearer {READER}"):
                return refused(401, "Bad credentials")
            for wanted, pattern, name in ROUTES:
                match = re.fullmatch(pattern, parts.path)
                if match and wanted == method:
                    if method != "GET" and name != "graphql" and token != f"Bearer {WRITER}":
                        return refused(403, "Resource not accessible by integration")
                    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                    result: Answer = getattr(self, f"_{name}")(query if method == "GET" else body, *match.groups())
                    return result
        except Answer as early:
            return early
        return refused(404, "Not Found")

    def _list_comments(self, query: dict[str, str], number: str) -> Answer:
        found = [item for item in self.comments if item["number"] == int(number)]
        return self._page(found, query, f"issues/{number}/comments")

    def _create_comment(self, body: dict[str, Any], number: str) -> Answer:
        _check(body)
        return Answer(201, self.comment(body["body"], author=self.login, number=int(number)))

    def _edit_comment(self, body: dict[str, Any], number: str) -> Answer:
        _check(body)
        for item in self.comments:
            if item["id"] == int(number):
                if item["user"]["login"] != self.login:
                    return refused(403, "You cannot edit this comment")
                item["body"] = body["body"]
                return Answer(200, item)
        return refused(404, "Not Found")

    def _get_pull(self, query: dict[str, str], number: str) -> Answer:  # noqa: ARG002  # all routes are called alike
        found = [item for item in self.pulls if item["number"] == int(number)]
        return Answer(200, found[0]) if found else refused(404, "Not Found")

    def _list_pulls(self, query: dict[str, str]) -> Answer:
        def named(item: dict[str, Any]) -> str:
            return f"{item['head']['repo']['full_name'].split('/')[0]}:{item['head']['ref']}"

        found = [item for item in self.pulls if item["state"] == query["state"] and named(item) == query["head"]]
        return self._page(found, query, "pulls")

    def _list_artifacts(self, query: dict[str, str], run: str) -> Answer:
        items = [
            {
                "id": int(run) * 1000 + index, "name": name, "size_in_bytes": len(content), "expired": not content,
                "archive_download_url": "https://unused.invalid/",
            }
            for index, (name, content) in enumerate(self.artifacts.get(int(run), []))
        ]  # fmt: skip
        page = self._page(items, query, f"actions/runs/{run}/artifacts")
        return Answer(200, {"total_count": len(items), "artifacts": page.body}, page.headers)

    def _download(self, query: dict[str, str], number: str) -> Answer:  # noqa: ARG002  # as above
        return Answer(302, None, {"Location": f"{self.blobs}/blob/{number}?sig=secret"})

    def _list_issues(self, query: dict[str, str]) -> Answer:
        found = [i for i in self.issues if i["state"] == query["state"] and i["user"]["login"] == query["creator"]]
        return self._page(found, query, "issues")

    def _create_issue(self, body: dict[str, Any]) -> Answer:
        _check(body)
        made = {"number": 50 + len(self.issues), "state": "open", "user": {"login": self.login}, **body}
        made["html_url"] = f"https://github.com/i/{made['number']}"
        self.issues.append(made)
        return Answer(201, made)

    def _edit_issue(self, body: dict[str, Any], number: str) -> Answer:
        for item in self.issues:
            if item["number"] == int(number):
                item.update(body)
                return Answer(200, item)
        return refused(404, "Not Found")

    def _graphql(self, body: dict[str, Any]) -> Answer:
        if "viewer" in body["query"]:
            return Answer(200, {"data": {"viewer": {"login": self.login}}})
        self.hidden.append(body["variables"]["id"])
        return Answer(200, {"data": {"minimizeComment": {"clientMutationId": None}}})

    def _page(self, items: list[dict[str, Any]], query: dict[str, str], path: str) -> Answer:
        size, page = min(int(query.get("per_page", "30")), 100), int(query.get("page", "1"))
        some = items[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(items):
            more = urlencode({**query, "per_page": size, "page": page + 1})
            where = f"{self.url}/repos/{REPOSITORY}/{path}?{more}"
            headers["Link"] = f'<{where}>; rel="next", <{where}>; rel="last"'
        return Answer(200, some, headers)


def _check(body: dict[str, Any]) -> None:
    text = body.get("body")
    if not isinstance(text, str) or not text.strip():
        raise Answer(422, {"message": "Validation Failed", "errors": [{"message": "body can't be blank"}]})
    if len(text) > MAX_BODY:
        problem = {"message": f"body is too long (maximum is {MAX_BODY} characters)"}
        raise Answer(422, {"message": "Validation Failed", "errors": [problem]})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


@contextmanager
def serving(github: FakeGitHub) -> Iterator[FakeGitHub]:
    """Serve a fake GitHub, and the host of its downloads, on loopback."""
    with serving_api(github.answer, "Authorization") as github.url, _serving(_blobs(github)) as github.blobs:
        yield github


@contextmanager
def serving_api(answer: Answerer, header: str) -> Iterator[str]:
    """Serve what answers a method, a path, the token in a header, and a JSON body; yield the URL."""
    with _serving(_api(answer, header)) as url:
        yield url


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def breaking_off(status: int) -> Iterator[str]:
    """Serve answers that end before their end; yield the URL."""

    class Short(_Quiet):
        def do_GET(self) -> None:
            self.reply(status, b"{", {"Content-Length": "1000"})
            self.close_connection = True

    with _serving(Short) as url:
        yield url


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        """Say nothing: the log of a test is its own."""

    def reply(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a client that has read enough hangs up
            self.wfile.write(content)


def _api(answer: Answerer, header: str) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Api(_Quiet):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else {}
            with lock:
                given = answer(self.command, self.path, self.headers.get(header, ""), body)
            content = b"" if given.body is None else json.dumps(given.body).encode()
            self.reply(given.status, content, given.headers)

        do_GET = do_POST = do_PATCH = do_PUT = _do  # noqa: N815  # http.server's names

    return Api


def _blobs(github: FakeGitHub) -> type[BaseHTTPRequestHandler]:
    class Blobs(_Quiet):
        def do_GET(self) -> None:
            if "Authorization" in self.headers:
                github.leaked.append(self.path)
            number = int(urlsplit(self.path).path.rsplit("/", 1)[1])
            self.reply(200, github.artifacts[number // 1000][number % 1000][1], {})

    return Blobs
