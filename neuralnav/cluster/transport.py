"""Requests to an API server that may restart, stumble, be busy, or no longer know us."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.failures import Asked, Stumble, broken, is_bare_404, stumble, unauthorized, worn_out
from neuralnav.cluster.login import Login
from neuralnav.cluster.server_clock import ServerClock

CONNECT_SECONDS = 10.0
ATTEMPT_SECONDS = 30.0
LEAST_SECONDS = 5.0
"""One attempt's bounds: it hangs no longer than the first, and has the second however little patience is left."""

MAX_REPLY_BYTES = 256 * 1024 * 1024
"""A page of 500 objects of half a MiB each; etcd keeps no object above 1.5 MiB."""

UNREADY_SECONDS = 0.7
STARTING_SECONDS = 10.0
"""A server that starts says for a moment that it knows no path of custom resources. So that word is heard again for the
first of these, and for the second after a connection broke: then the server was most likely away."""

PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts, the last one again and again."""

SAID_EVERY_SECONDS = 5.0
PIECE_BYTES = 1 << 16

FAULTS = (HTTPError, HTTPException, OSError, ValueError)
"""What a request may end with where there is no answer; ValueError: a header or an address that cannot be sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the path below the server's address, the query, a JSON body and its type."""

    asked: Asked
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    content_type: str = "application/json"

    @property
    def target(self) -> str:
        """The path with the query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `unsure`: an attempt before it broke off, and may have done what was asked."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    unsure: bool = False

    def json(self) -> Any:  # an arbitrary JSON document
        """Return the body, or None where it is no JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None


@dataclass(slots=True)
class Waiting:
    """How long stumbling servers are waited for, and how that is told: once in a few seconds, by all threads together.

    `sleep` and `now` are the clock.
    """

    patience_seconds: float
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _said: float = float("-inf")

    def tell(self, text: str) -> None:
        """Say it, unless something was said just now."""
        with self._lock:
            due = self.now() - self._said >= SAID_EVERY_SECONDS
            if due:
                self._said = self.now()
        if due:
            self.say(text)


class Transport:
    """A way to a server: waits out what passes, asks for fresh credentials once, leaves answers to be read."""

    def __init__(self, log_in: Callable[[], Login], waiting: Waiting) -> None:
        """Log in with `log_in`, which is called again when the server no longer knows us."""
        self._log_in = log_in
        self._lock = threading.Lock()
        self.waiting = waiting
        self.clock = ServerClock()
        self.login = log_in()
        self._broke = float("-inf")

    def send(self, request: Request) -> Reply:
        """Return the answer to a request, be it a success or a refusal that no waiting mends.

        Raises `ClusterError` where there is none within the patience, and where the credentials do not count.
        """
        waiting, fresh, unsure = self.waiting, False, False
        began = waiting.now()
        ends = began + waiting.patience_seconds
        for pause in _pauses():
            login = self.login
            found = self._attempt(login, request, ends - waiting.now())
            if isinstance(found, Reply) and found.status == 401:
                if fresh:
                    raise unauthorized(request.asked, login.access, found.status)
                self.renew(login)
                fresh = True
                continue
            passing = self._passing(found, began, ends - pause)
            if isinstance(passing, Reply):
                return replace(passing, unsure=unsure)
            unsure = unsure or passing.unsure
            self.rest(request.asked, passing, pause, ends)
        raise AssertionError("pauses never end")

    def rest(self, asked: Asked, stumbled: Stumble, pause: float, ends: float) -> None:
        """Wait before the next attempt, or raise `ClusterError` where that is later than the patience ends."""
        waiting = self.waiting
        seconds = max(pause, stumbled.after_seconds)
        left = ends - waiting.now()
        if seconds > left:
            raise worn_out(asked, self.login.server, stumbled, waiting.patience_seconds)
        after = f", as it asks for {stumbled.after_seconds:.0f} s" if stumbled.after_seconds else ""
        wakes = waiting.now() + seconds
        while seconds > 0:
            if stumbled.reason:
                waiting.tell(f"waiting for the API server ({stumbled.reason}{after})")
            waiting.sleep(min(seconds, SAID_EVERY_SECONDS))
            seconds = wakes - waiting.now()

    def renew(self, old: Login) -> None:
        """Log in anew, unless another thread has since `old` was taken."""
        with self._lock:
            if self.login is old:
                self.login = self._log_in()

    def _passing(self, found: Reply | Stumble, began: float, ends: float) -> Reply | Stumble:
        """Return what passes of an attempt, or the answer that stands."""
        if isinstance(found, Stumble):
            self._broke = self.waiting.now()
            return found
        return stumble(found.status, found.headers, found.content) or self._unready(found, began, ends) or found

    def _unready(self, reply: Reply, began: float, ends: float) -> Stumble | None:
        """Return a stumble for a 404 that a server may say of kinds it knows, while it starts."""
        now = self.waiting.now()
        broke = now - self._broke < STARTING_SECONDS
        if now > ends or not is_bare_404(reply.status, reply.content) or not (broke or now - began < UNREADY_SECONDS):
            return None
        return Stumble("it is starting" if broke else "", status=404)

    def _attempt(self, login: Login, request: Request, left: float) -> Reply | Stumble:
        seconds = max(LEAST_SECONDS, min(ATTEMPT_SECONDS, left))
        ends = self.waiting.now() + seconds
        try:
            with opened(login, request, seconds) as answer:
                pieces, size = [], 0
                for piece in answer.stream(PIECE_BYTES):
                    size += len(piece)
                    if size > MAX_REPLY_BYTES:
                        raise ClusterError(
                            str(request.asked), f"the answer is larger than {MAX_REPLY_BYTES >> 20} MiB",
                            f"is {login.server} a Kubernetes API server?",
                        )  # fmt: skip
                    if self.waiting.now() > ends:
                        return Stumble(f"no whole answer in {seconds:.0f} s", unsure=True)
                    pieces.append(piece)
                headers = {key.lower(): value for key, value in answer.headers.items()}
                self.clock.hear(headers)
                return Reply(answer.status, headers, b"".join(pieces))
        except FAULTS as error:
            return broken(error, request.asked, login.access, seconds)


@contextmanager
def opened(login: Login, request: Request, seconds: float) -> Iterator[urllib3.BaseHTTPResponse]:
    """Give an answer whose body is still to be read; a body left unread costs the connection."""
    headers = {"Accept": "application/json", "User-Agent": "neuralnav", **login.headers}
    body = None
    if request.body is not None:
        body = json.dumps(request.body).encode()
        headers["Content-Type"] = request.content_type
    answer = login.pool.request(
        request.asked.method, login.server + request.target, body=body, headers=headers, preload_content=False,
        redirect=False, retries=False, timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
    )  # fmt: skip
    whole = False
    try:
        yield answer
        whole = True
    finally:
        if not whole:
            answer.close()
        answer.release_conn()


def _pauses() -> Iterator[float]:
    yield from PAUSES
    while True:
        yield PAUSES[-1]
