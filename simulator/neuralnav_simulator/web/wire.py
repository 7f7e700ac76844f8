"""One request on the wire: its body in, its answer out, and whether its client is still there."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Signal
from neuralnav_simulator.web.problems import Header, ProblemError, too_large

JSON = b"application/json"
EVENTS = b"text/event-stream; charset=utf-8"
LONGEST_ID = 128


WRITER = "neuralnav_sim.write"
"""An extension of ASGI: `now` writes a part of a body without waiting, and tells whether it could. `came_s` is when
the last piece of the request came (`time.monotonic`), not there before that, nor for one that had to wait its turn."""


class GoneError(Exception):
    """The client left before its request was read."""


class Call:
    """A request. `arrival_ms` is when all of it had come, by the clock. `gone` tells that its client has left.

    `write_now` writes a part of the body without waiting, and tells whether it could; None where the server cannot.
    """

    __slots__ = (
        "_clock", "_cross", "_receive", "_send", "_told", "_watch", "arrival_ms", "gone", "headers", "method", "path",
        "query", "started", "write_now",
    )  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, send: Send, clock: Clock) -> None:
        self._receive, self._send, self._clock = receive, send, clock
        self.arrival_ms = clock.now_ms()
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope.get("query_string", b"")
        self.headers: list[Header] = scope["headers"]
        self.gone = self.started = False
        self._told: Mapping[str, Any] = scope.get("extensions", {}).get(WRITER, {})
        self.write_now: Callable[[bytes], bool] | None = self._told.get("now")
        self._cross = any(name == b"origin" for name, _ in self.headers)
        self._watch: asyncio.Task[None] | None = None

    def header(self, wanted: bytes) -> bytes | None:
        """Return the first header of a name in lower case."""
        return next((value for name, value in self.headers if name == wanted), None)

    def request_id(self) -> str | None:
        """Return the name that the client gave its request, if it is one."""
        given = (self.header(b"x-request-id") or b"").decode("latin-1")
        return given if given.isascii() and given.isprintable() and 0 < len(given) <= LONGEST_ID else None

    async def body(self, limit: int) -> bytes:
        """Return the whole body. Raises ProblemError once it is longer than the limit, GoneError for a client's end."""
        declared = self.header(b"content-length") or b""
        if declared.isdigit() and int(declared[:20]) > limit:
            raise too_large(limit)
        parts: list[bytes] = []
        length, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise GoneError
            part = message.get("body", b"")
            parts.append(part)
            length += len(part)
            more = message.get("more_body", False)
            if length > limit:
                raise too_large(limit)
        came_s = self._told.get("came_s")
        self.arrival_ms = self._clock.now_ms() if came_s is None else self._clock.at_ms(came_s)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def watch(self, signal: Signal) -> None:
        """Set the signal when the client leaves; only after the body was read."""
        self._watch = asyncio.create_task(self._until_gone(signal))

    def close(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.cancel()

    async def start(self, status: int, kind: bytes, *, length: int | None, headers: Iterable[Header] = ()) -> None:
        """Send the status line and the headers."""
        sent = [(b"content-type", kind)] if kind else []
        if length is not None:
            sent.append((b"content-length", str(length).encode()))
        if self._cross:
            sent.append((b"access-control-allow-origin", b"*"))
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": [*sent, *headers]})

    async def write(self, body: bytes, *, more: bool) -> None:
        """Send a part of the body, the last one without `more`."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def reply(self, status: int, body: bytes, kind: bytes = JSON, headers: Iterable[Header] = ()) -> None:
        """Send a whole answer; one to HEAD has no body."""
        bare = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        await self.start(status, kind, length=None if bare else len(body), headers=headers)
        await self.write(b"" if self.method == "HEAD" else body, more=False)

    async def refuse(self, problem: ProblemError) -> None:
        """Answer an error: an event and the end where the answer has begun as a stream."""
        if self.started:
            await self.write(b"data: %b\n\ndata: [DONE]\n\n" % problem.body(), more=False)
        else:
            await self.reply(problem.status, problem.body(), headers=problem.headers)

    async def _until_gone(self, signal: Signal) -> None:
        message: Message = {"type": "http.request"}
        while message["type"] != "http.disconnect":
            message = await self._receive()
        self.gone = True
        signal.set()
