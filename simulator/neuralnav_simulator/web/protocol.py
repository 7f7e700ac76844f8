"""HTTP as uvicorn speaks it, with limits on what a client may send, and on how long it may take.

A request that comes in one piece, as nearly all do, costs no timer.
"""

import asyncio
import json
from asyncio import AbstractEventLoop, TimerHandle
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any, ClassVar, Literal

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from neuralnav_simulator.web.wire import WRITER


@dataclass(frozen=True, slots=True)
class WireLimits:
    """What clients may do to a connection. Seconds are the wall's.

    A request's head, `head_bytes` and `headers` at most, has to be there `head_s` after it began, and no more than
    `body_s` may pass between two pieces of its body. A client that takes no data for `write_s` is cut off. With
    `connections` above 0 no more are open at a time. A refused client has `linger_s` to read why.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    write_s: float = 60.0
    linger_s: float = 1.0
    head_bytes: int = 64 * 1024
    headers: int = 100
    connections: int = 0


class _RefusedError(Exception):
    """Stops the parser: the request is refused."""


class GuardedProtocol(HttpToolsProtocol):
    """A connection within `limits`. What is refused is answered in OpenAI's shape of an error, then closed."""

    limits: ClassVar[WireLimits] = WireLimits()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._part: Literal["head", "body", ""] = "head"
        self._began_s = self._heard_s = self._came_s = 0.0
        self._told: dict[object, object] = {}
        self._taken = self._body = 0
        self._verdict: tuple[HTTPStatus, str] | None = None
        self._refused = False
        self._in_turn = True
        self._watchdog: TimerHandle | None = None
        self._stuck: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to watch the clock, for a client that never says anything."""
        super().connection_made(transport)
        if 0 < self.limits.connections < len(self.connections):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections are open")
            return
        self._began_s = self._heard_s = self.loop.time()
        self._watchdog = self.loop.call_later(self.limits.head_s, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timers."""
        super().connection_lost(exc)
        for timer in (self._watchdog, self._stuck):
            if timer is not None:
                timer.cancel()
        self._watchdog = self._stuck = None

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the client has been refused: then nobody listens."""
        if self._refused:
            return
        self._heard_s, self._came_s = self.loop.time(), monotonic()  # the loop's stands still while it works
        self._taken += len(data)
        super().data_received(data)
        if self._part and not self._refused:
            self._weigh()

    def on_message_begin(self) -> None:
        """Start to count a request's bytes; of what came along with the end of the one before, none are."""
        if not self._part:
            self._part, self._began_s, self._taken = "head", self._heard_s, 0
        self._body = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header in; those that follow a body are of no use to anybody."""
        if self._part == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, if the head is within limits."""
        if len(self.headers) > self.limits.headers:
            self._stop(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"more than {self.limits.headers} headers")
        if self._taken > self.limits.head_bytes:
            head = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if head > self.limits.head_bytes:
                self._stop_head()
        self._part = "body"
        before = self.cycle
        super().on_headers_complete()
        self._told = {"now": partial(self._write, self.cycle)}
        self._in_turn = before is None or before.response_complete
        self.scope["extensions"] = {WRITER: self._told}

    def on_body(self, body: bytes) -> None:
        """Take in a piece of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop to watch the clock, and tell when the request was there."""
        self._part = ""
        if self._in_turn:
            self._told["came_s"] = self._came_s
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what could not be parsed."""
        status, message = self._verdict or (HTTPStatus.BAD_REQUEST, msg)
        self._refuse(status, message)

    def pause_writing(self) -> None:
        """Give a client that does not read some time."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.limits.write_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Forget that a client did not read."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _write(self, cycle: RequestResponseCycle, body: bytes) -> bool:
        """Write a part of an answer that is sent in chunks, at once; tell whether that was possible."""
        if self.flow.write_paused or cycle.disconnected or cycle.response_complete or not cycle.chunked_encoding:
            return False
        self.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
        return True

    def _weigh(self) -> None:
        """Watch a request of which something is still to come: how large it is, and that it does come."""
        if self._part == "head" and self._taken > self.limits.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, self._head_said())
        elif self._taken > 2 * self.limits.head_bytes + 8 * self._body:  # what frames the chunks of a body outweighs it
            self._refuse(HTTPStatus.BAD_REQUEST, "the body has more frames than content")
        elif self._watchdog is None:
            self._watchdog = self.loop.call_later(self._left_s(), self._look)

    def _look(self) -> None:
        """See whether a client has taken too long; look again later if not."""
        self._watchdog = None
        if not self._part or self._refused:
            return
        if self._left_s() > 0.0:
            self._watchdog = self.loop.call_later(self._left_s(), self._look)
        elif not self._taken:
            self.transport.close()
        else:
            limit = self.limits.head_s if self._part == "head" else self.limits.body_s
            said = f"the {self._part} of the request took too long: {limit:g} s"
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, said)

    def _left_s(self) -> float:
        """Return how long the client may still take for what is to come next."""
        now_s = self.loop.time()
        if self._part == "head":
            if self.cycle is not None and not self.cycle.response_complete:  # it has to wait for its turn anyway
                return self.limits.head_s
            return self._began_s + self.limits.head_s - now_s
        if self.flow.read_paused:  # the server does not listen
            return self.limits.body_s
        return self._heard_s + self.limits.body_s - now_s

    def _stop(self, status: HTTPStatus, message: str) -> None:
        self._verdict = status, message
        raise _RefusedError

    def _stop_head(self) -> None:
        self._stop(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, self._head_said())

    def _head_said(self) -> str:
        return f"the head of the request is larger than {self.limits.head_bytes} bytes"

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer an error where nothing has been answered yet; close when the client has had time to read it."""
        self._refused = True
        cycle, free = self.cycle, self.cycle is None or self.cycle.response_complete
        if not free:
            cycle.disconnected = True
            cycle.message_event.set()
        if self._part == "body":
            free = not cycle.response_started
        if not free or self.transport.is_closing():
            self.transport.close()
            return
        self.transport.write(self._refusal(status, message))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()  # closed with unread data, a connection is reset, and the answer with it
        self._stuck = self.loop.call_later(self.limits.linger_s, self.transport.abort)

    def _refusal(self, status: HTTPStatus, message: str) -> bytes:
        error = {"message": message, "type": status.phrase.title().replace(" ", "") + "Error", "param": None}
        body = json.dumps({"error": error | {"code": status.value}}).encode()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", b"1"))
        return b"".join([STATUS_LINE[status], *(b"%b: %b\r\n" % header for header in headers), b"\r\n", body])


def guarded(limits: WireLimits) -> type[GuardedProtocol]:
    """Return the protocol within such limits, for `uvicorn.Config(http=...)`."""
    return type("GuardedProtocol", (GuardedProtocol,), {"limits": limits})
