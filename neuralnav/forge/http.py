"""JSON over HTTP as forges ask for it: limits are waited for, redirects lose the token, sizes are bounded."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.response import addinfourl

from neuralnav.errors import Diagnostic, NeuralnavError, Where

MAX_REPLY_BYTES = 16 * 1024 * 1024
TIMEOUT_SECONDS = 20.0
MAX_WAIT_SECONDS = 90.0
"""All waiting of one client together, for limits and for a server that stumbles; a job does not hang on a comment."""

UNSAID_WAIT_SECONDS = 60.0
"""How long a limit holds that does not say: GitHub asks for a minute at least."""

RETRIES = 3
REDIRECTS = 3
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ForgeError(NeuralnavError):
    """A forge did not do what it was asked to; `status` is the HTTP status, 0 where there was no answer."""

    def __init__(self, request: str, status: int, message: str, hint: str = "") -> None:
        self.request, self.status = request, status
        super().__init__([Diagnostic(Where(request), message, hint)])

    def __reduce__(self) -> tuple[type["ForgeError"], tuple[str, int, str, str]]:  # type: ignore[override]  # other fields
        """Cross a process boundary whole."""
        (only,) = self.diagnostics
        return type(self), (self.request, self.status, only.message, only.hint)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its headers by lower-case name, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Patience:
    """The seconds that a client may still wait, and how it waits."""

    left: float = MAX_WAIT_SECONDS
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def wait(self, seconds: float) -> bool:
        """Wait, or return False when that is longer than what is left."""
        if seconds > self.left:
            return False
        self.left -= seconds
        self.sleep(seconds)
        return True


@dataclass(frozen=True, slots=True)
class Http:
    """A client of one API. `base` is its URL, `headers` go with each request to its host and to no other."""

    base: str
    headers: Mapping[str, str]
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        if not _safe(self.base):
            raise ForgeError(self.base, 0, "this is not an https address", "a token is not sent in the clear")

    def call(self, method: str, path: str, body: object = None, *, max_bytes: int = MAX_REPLY_BYTES) -> Reply:
        """Return the answer to a request; `path` may be a whole URL.

        A rate limit is waited for within `patience`, as is a stumbling server where asking twice does no harm.
        Raises `ForgeError` for any other answer that is no success, for silence, and for a body over `max_bytes`.
        """
        url = path if "://" in path else self.base.rstrip("/") + path
        named = f"{method} {urllib.parse.urlsplit(url).path}"
        for attempt in range(RETRIES + 1):
            reply = self._follow(method, url, body, max_bytes, named)
            if 200 <= reply.status < 300:
                return reply
            pause = self._pause(method, reply, attempt)
            if pause is None or attempt == RETRIES:
                raise _refused(named, reply)
            if not self.patience.wait(pause):
                raise ForgeError(
                    named, reply.status, f"the limit holds for {pause:.0f} s more", "run the job again later"
                )
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, method: str, url: str, body: object, max_bytes: int, named: str) -> Reply:
        """Ask, and go where the answer points: a few times, to another host without the token and only to read."""
        for _ in range(REDIRECTS + 1):
            reply = self._ask(method, url, body, max_bytes, named)
            target = urllib.parse.urljoin(url, reply.headers.get("location", ""))
            if reply.status not in (_READ_ON if method == "GET" else _WRITE_ON):
                return reply
            if method != "GET" and _origin(target) != _origin(self.base):
                raise ForgeError(named, reply.status, "the answer sends a write to another host")
            if not _safe(target):
                raise ForgeError(named, reply.status, "the answer points to an address that is not https")
            url = target
        raise ForgeError(named, 310, "the answers point on and on")

    def _ask(self, method: str, url: str, body: object, max_bytes: int, named: str) -> Reply:
        own = _origin(url) == _origin(self.base)
        headers = {"User-Agent": "neuralnav", **(self.headers if own else {})}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310  # _safe let it through
        try:
            with _opened(request) as answer:
                return _read(answer, answer.status or 0, answer.headers, max_bytes, named)
        except (OSError, HTTPException) as error:
            return Reply(0, {}, str(getattr(error, "reason", error)).encode())

    def _pause(self, method: str, reply: Reply, attempt: int) -> float | None:
        """Return the seconds to wait before asking again, or None where asking again is of no use."""
        if reply.status == 429 or (reply.status == 403 and _limited(reply)):
            return self._limit(reply.headers)
        if (reply.status == 0 or reply.status >= 500) and method in ("GET", "PUT", "PATCH"):
            return float(2**attempt)
        return None

    def _limit(self, headers: Mapping[str, str]) -> float:
        after = _number(headers.get("retry-after"))
        if after is not None:
            return max(after, 0.0)
        reset = _number(headers.get("x-ratelimit-reset")) if headers.get("x-ratelimit-remaining") == "0" else None
        return UNSAID_WAIT_SECONDS if reset is None else max(reset - self.patience.now(), 1.0)


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener for HTTP alone that follows no redirect: the usual one takes the token along to another host."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    return opener


_OPENER = _opener()
_READ_ON = frozenset({301, 302, 303, 307, 308})
_WRITE_ON = frozenset({307, 308})
"""The redirects that keep a method and its body: GitHub answers so for a repository that was renamed."""


def _opened(request: urllib.request.Request) -> addinfourl:
    """Return the answer, whatever its status."""
    try:
        answer: addinfourl = _OPENER.open(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        return error
    return answer


def _read(answer: IO[bytes], status: int, headers: Message, max_bytes: int, named: str) -> Reply:
    body = answer.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise ForgeError(named, status, f"the answer is larger than {max_bytes:,} bytes")
    if len(body) < (_number(headers.get("content-length")) or 0):  # a read of so many bytes ends without a word
        return Reply(0, {}, b"it breaks off")
    return Reply(status, {name.lower(): value for name, value in headers.items()}, body)


def _safe(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _origin(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def _limited(reply: Reply) -> bool:
    spent = reply.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in reply.headers
    return spent or b"rate limit" in reply.body.lower()


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None


def _refused(named: str, reply: Reply) -> ForgeError:
    """Return the error for an answer, with what the forge says of it."""
    if reply.status == 0:
        return ForgeError(named, 0, f"no answer: {reply.body.decode(errors='replace')}")
    said = _message(reply.body)
    return ForgeError(
        named, reply.status, f"HTTP {reply.status}{': ' + said if said else ''}", _HINTS.get(reply.status, "")
    )


def _message(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    parts = [found.get("message"), *[item.get("message") for item in _errors(found) if isinstance(item, dict)]]
    return "; ".join(" ".join(part.split())[:300] for part in parts if isinstance(part, str))


def _errors(found: Mapping[str, object]) -> list[object]:
    errors = found.get("errors")
    return errors if isinstance(errors, list) else []


_HINTS: Mapping[int, str] = {
    401: "the token is not valid, or has expired",
    403: "the token may not do this: give the job the permission, or use the workflow pair for forks (docs/github.md)",
    404: "the token does not see it, or it is gone",
}
