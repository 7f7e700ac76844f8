"""Asks a server that speaks OpenAI's API: what it serves, and one streamed answer at a time with the time of each part.

Nothing is followed to another address and nothing is sent twice; credentials go to the endpoint's own host alone.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from math import nan
from time import monotonic
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import httpx

from neuralnav.cluster.sse import LONGEST_SAID, Events, Piece, TooLongError, piece_of, said_in
from neuralnav.errors import input_error
from neuralnav.model.answer_ids import is_simulated
from neuralnav.model.plain_text import printable

Route = Literal["chat", "completions"]
PATHS: Mapping[Route, str] = {"chat": "/v1/chat/completions", "completions": "/v1/completions"}

Fault = Literal[
    "refused", "unreachable", "time-out", "cut", "HTTP", "context", "content type", "stream error", "empty", "too much",
    "malformed", "given up",
]  # fmt: skip
"""What ended a request without a whole answer. `context`: prompt and answer together are too long; `empty`: no token
came; `too much`: more tokens than were asked for, or an event of a megabyte; `given up`: the run's end."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CONNECT_S = 10.0
LONGEST_ERROR = 64 << 10
SPARE_TOKENS = 64
"""So many tokens more than asked for are taken for another way of counting, not for an answer without an end."""

REST_S = 0.2

PLAIN_TYPES = frozenset({"", "text/event-stream", "text/plain", "application/octet-stream"})
"""The types a stream of events comes under; what the last two hold is told by its events."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked: `base` ends before `/v1`.

    `key` is the API's own, `headers` are what the way there asks for; neither is shown. `verify` is how TLS is judged,
    `server_name` whose certificate is expected where that is not the host's; `proxy` overrides the environment's.
    `through` is the context whose API server passes requests on; empty where none does.
    """

    base: str
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: ssl.SSLContext | bool = True
    proxy: str = field(default="", repr=False)
    server_name: str = ""
    through: str = ""

    @property
    def shown(self) -> str:
        """The address without what signs in to it."""
        parts = urlsplit(self.base)
        host = parts.netloc.rpartition("@")[2]
        return printable(urlunsplit((parts.scheme, host, parts.path, "", "")))


def endpoint_of(url: str, *, key: str = "", insecure: bool = False) -> Endpoint:
    """Return the endpoint of a URL, with or without its `/v1`. Raises `InputError` for what is no such URL."""
    try:
        parts = urlsplit(url.strip())
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right or parts.query or parts.fragment:
        raise input_error("--url", f'"{printable(url)}" is no address of a server', "write it like http://host:8000/v1")
    path = parts.path.rstrip("/")
    for end in (*PATHS.values(), "/v1"):
        path = path.removesuffix(end)
    return Endpoint(urlunsplit((parts.scheme, parts.netloc, path, "", "")), key, verify=not insecure)


@dataclass(slots=True, eq=False)
class Answer:
    """What became of one request: times in seconds of the monotonic clock, `stamps_s` one for each part with tokens.

    `due_s` is when it was to be sent. `prompt`, `output` and `cached` are the tokens that the server says it counted.
    `told_end` says that the stream ended as it should, with `[DONE]`.
    """

    index: int
    due_s: float
    asked: int
    sent_s: float = nan
    end_s: float = nan
    status: int = 0
    fault: Fault | None = None
    said: str = ""
    prompt: int | None = None
    output: int | None = None
    cached: int = 0
    model: str = ""
    finish: str = ""
    simulated: bool = False
    told_end: bool = False
    stamps_s: list[float] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The fault as it is counted: each HTTP status apart."""
        return f"HTTP {self.status}" if self.fault == "HTTP" else self.fault or ""


class _BadAnswerError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, fault: Fault, said: str) -> None:
        self.fault: Fault = fault
        self.said = said
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one endpoint for streamed answers of one model; each request takes `timeout_s` at most."""

    client: httpx.AsyncClient
    endpoint: Endpoint
    model: str
    route: Route = "completions"
    ignore_eos: bool = True
    timeout_s: float = 60.0

    async def ask(self, answer: Answer, prompt: str) -> None:
        """Send a prompt, and fill the answer with what comes: whatever goes wrong is a fault of it."""
        answer.sent_s = monotonic()
        try:
            async with asyncio.timeout(self.timeout_s):
                await self._stream(answer, prompt)
        except TimeoutError:
            self._fail(answer, "time-out", f"no whole answer within {self.timeout_s:g} s")
        except asyncio.CancelledError:
            self._fail(answer, "given up", "the run was stopped")
        except _BadAnswerError as error:
            self._fail(answer, error.fault, error.said)
        except TooLongError:
            self._fail(answer, "too much", "an event of more than a megabyte")
        except httpx.HTTPError as error:
            self._fail(answer, *_network(error, answer))
        if answer.fault or not answer.told_end:
            answer.end_s = monotonic()

    def _fail(self, answer: Answer, fault: Fault, said: str) -> None:
        answer.fault, answer.said = fault, legible(said, self.endpoint.key)

    async def _stream(self, answer: Answer, prompt: str) -> None:
        url = self.endpoint.base + PATHS[self.route]
        async with self.client.stream("POST", url, json=self._body(prompt, answer.asked)) as reply:
            answer.status = reply.status_code
            if reply.status_code != httpx.codes.OK:
                raise _refusal(answer.status, reply.headers, await bounded(reply, LONGEST_ERROR))
            await _check_kind(reply)
            await _read(answer, reply)
        _judge_end(answer)

    def _body(self, prompt: str, tokens: int) -> dict[str, Any]:
        asked: dict[str, Any] = {"prompt": prompt}
        if self.route == "chat":
            asked = {"messages": [{"role": "user", "content": prompt}]}
        asked |= {"model": self.model, "max_tokens": tokens, "temperature": 0, "stream": True}
        asked["stream_options"] = {"include_usage": True}
        return asked | ({"ignore_eos": True} if self.ignore_eos else {})


async def _check_kind(reply: httpx.Response) -> None:
    """Raise `_BadAnswerError` for an answer that is no stream of events."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = reply.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise _BadAnswerError("content type", f"{encoding}, which was not asked for")
    if kind not in PLAIN_TYPES:
        begins = said_in(await bounded(reply, LONGEST_ERROR))
        raise _BadAnswerError("content type", f"{kind} in place of a stream: {begins}")


async def _read(answer: Answer, reply: httpx.Response) -> None:
    """Take the events of a stream until it says that it is over, or is."""
    events, parts = Events(), reply.aiter_raw()
    async for part in parts:
        now_s = monotonic()
        for data in events.fed(part):
            _take(answer, data, now_s)
        if answer.told_end:
            answer.end_s = now_s
            await _rest(parts)
            return
    for data in events.rest():
        _take(answer, data, monotonic())


async def _rest(parts: AsyncIterator[bytes]) -> None:
    """Read what HTTP has behind the last event, so that the connection is kept; some servers never send it."""
    try:
        async with asyncio.timeout(REST_S):
            async for _ in parts:
                continue
    except (TimeoutError, httpx.HTTPError):
        return


def _take(answer: Answer, data: bytes, now_s: float) -> None:
    """Take an event that came at a time. Raises `_BadAnswerError` for an error in it, and for what never ends."""
    if not data.strip():
        return
    piece = piece_of(data)
    if piece.error:
        raise _BadAnswerError("stream error", piece.error)
    if not piece.known:
        raise _BadAnswerError("malformed", f"an event that is none: {said_in(data)}")
    if piece.text or (piece.more and answer.stamps_s):
        answer.stamps_s.append(now_s)
    if len(answer.stamps_s) > answer.asked + SPARE_TOKENS:
        raise _BadAnswerError("too much", f"more than the {answer.asked} tokens that were asked for, and no end")
    _keep(answer, piece)


def _keep(answer: Answer, piece: Piece) -> None:
    answer.told_end |= piece.done
    answer.simulated |= is_simulated(piece.answer_id)
    answer.finish = piece.finish or answer.finish
    answer.model = piece.model or answer.model
    answer.prompt = answer.prompt if piece.prompt is None else piece.prompt
    answer.output = answer.output if piece.output is None else piece.output
    answer.cached = answer.cached if piece.cached is None else piece.cached


def _judge_end(answer: Answer) -> None:
    """Judge a stream that is over: whole is what says so, by `[DONE]` or by why it ended."""
    if not (answer.told_end or answer.finish):
        raise _BadAnswerError("cut", f"the stream ended after {len(answer.stamps_s)} of {answer.asked} tokens")
    if not answer.stamps_s:
        raise _BadAnswerError("empty", "the stream ended without a token")


def _refusal(status: int, headers: httpx.Headers, body: bytes) -> _BadAnswerError:
    said = said_in(body)
    if status == 400 and "context" in said.lower():  # HTTP's; vLLM: "maximum context length"
        return _BadAnswerError("context", said)
    if 300 <= status < 400:
        return _BadAnswerError("HTTP", f"it sends elsewhere, to {headers.get('location', 'nowhere')}")
    after = headers.get("retry-after", "")
    return _BadAnswerError("HTTP", said + (f" (to be asked again after {after} s)" if after.isdigit() else ""))


def _network(error: httpx.HTTPError, answer: Answer) -> tuple[Fault, str]:
    if isinstance(error, httpx.TimeoutException):
        return "time-out", f"no connection within {CONNECT_S:g} s"
    if isinstance(error, httpx.ConnectError):
        return ("refused" if "refused" in why_of(error) else "unreachable"), why_of(error)
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return "cut", f"the connection ended after {len(answer.stamps_s)} of {answer.asked} tokens"
    return "unreachable", why_of(error)


def why_of(error: httpx.HTTPError) -> str:
    """Return why a connection failed, in the system's words where it has some."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


def legible(said: str, key: str) -> str:
    """Return what a server said, on one line and without the key that it was given."""
    told = said.replace(key, "***") if key else said
    return printable(" ".join(told.split())[:LONGEST_SAID])


async def bounded(reply: httpx.Response, most: int) -> bytes:
    """Return the beginning of a body."""
    body = b""
    async for part in reply.aiter_raw():
        body += part
        if len(body) > most:
            break
    return body[:most]


def client_of(endpoint: Endpoint) -> httpx.AsyncClient:
    """Return a client for one endpoint; proxies of the environment are for other machines, never for this one."""
    host = urlsplit(endpoint.base).hostname
    key = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}

    async def named(request: httpx.Request) -> None:
        if endpoint.server_name:
            request.extensions = {**request.extensions, "sni_hostname": endpoint.server_name}

    return httpx.AsyncClient(
        headers={"Accept-Encoding": "identity", "User-Agent": "neuralnav", **endpoint.headers, **key},
        timeout=httpx.Timeout(None, connect=CONNECT_S),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        follow_redirects=False,
        trust_env=host not in LOOPBACK,
        verify=endpoint.verify,
        proxy=endpoint.proxy or None,
        event_hooks={"request": [named]},
    )
