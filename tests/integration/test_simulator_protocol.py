"""What clients may do to a connection, on loopback, within limits of fractions of a second."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from neuralnav_simulator.web.protocol import WireLimits, guarded
from neuralnav_simulator.web.wire import WRITER
from uvicorn.config import Config
from uvicorn.server import ServerState

pytestmark = pytest.mark.integration

LIMITS = WireLimits(head_s=0.15, body_s=0.15, write_s=0.15, linger_s=0.15, head_bytes=1024, headers=8)
CALM = WireLimits(head_bytes=1024, headers=8)
HEAD = b"POST /x HTTP/1.1\r\nHost: h\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Echo:
    """Answers how long a body was; `ended` are the requests whose client left before that."""

    def __init__(self, *, hasty: bool = False, endless: bool = False) -> None:
        self.hasty, self.endless, self.ended = hasty, endless, 0

    async def __call__(self, _scope: dict[str, Any], receive: Any, send: Any) -> None:
        length, more = 0, True
        if self.hasty:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.ended += 1
                return
            length += len(message["body"])
            more = message["more_body"]
        if not self.hasty:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100000000")]})
        gone = asyncio.ensure_future(receive())
        while self.endless and not gone.done():
            await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
        self.ended += gone.done()
        gone.cancel()
        if not self.endless:
            await send({"type": "http.response.body", "body": b"%100000000d" % length})


def talk(limits: WireLimits, *clients: Talk, app: Any = None) -> None:
    """Let clients talk to a server, one after the other; connections stay open until all have."""

    async def both() -> None:
        config = Config(app or Small(), http=guarded(limits), log_level="critical", lifespan="off", ws="none")
        config.load()
        loop, state, ends = asyncio.get_running_loop(), ServerState(), list[asyncio.StreamWriter]()
        protocol: Any = config.http_protocol_class
        server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
        async with server:
            for client in clients:
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                ends.append(writer)
                await asyncio.wait_for(client(reader, writer), 10.0)
            for writer in ends:
                writer.close()
            while state.connections:
                await asyncio.sleep(0.001)
        await asyncio.gather(*state.tasks)

    asyncio.run(both())


class Small(Echo):
    """Answers how long a body was, shortly."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def short(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(b"content-length", b"8")]
            else:
                message["body"] = message["body"][-8:]
            await send(message)

        await super().__call__(scope, receive, short)


def refusal(raw: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the status line and the error of the only answer there is."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert b"connection: close" in lines
    assert b"content-length: %d" % len(body) in lines
    parsed: dict[str, Any] = json.loads(body)
    assert list(parsed) == ["error"]
    error: dict[str, Any] = parsed["error"]
    assert error.pop("param") is None
    assert error.pop("code") == int(lines[0].split()[1])
    return lines[0], error


def sends(*pieces: bytes, gap_s: float = 0.0) -> tuple[Talk, list[bytes]]:
    """Return a client that sends pieces and reads to the end, and what it reads."""
    got = list[bytes]()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(gap_s)
        got.append(await reader.read())

    return client, got


SLOW = (b"HTTP/1.1 408 Request Timeout", "the head of the request took too long: 0.15 s")
LARGE = (b"HTTP/1.1 431 Request Header Fields Too Large", "the head of the request is larger than 1024 bytes")
MANY = (b"HTTP/1.1 431 Request Header Fields Too Large", "more than 8 headers")
FRAMES = (b"HTTP/1.1 400 Bad Request", "the body has more frames than content")
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "gap_s", "told"),
    [
        ([HEAD], 0.0, SLOW),
        ([b"GET /", *[b"x"] * 9], 0.03, SLOW),
        (
            [HEAD + b"Content-Length: 9\r\n\r\n", b"12345678"],
            0.01,
            (b"HTTP/1.1 408 Request Timeout", "the body of the request took too long: 0.15 s"),
        ),
        ([HEAD + b"A: " + b"a" * 1024 + b"\r\n\r\n"], 0.0, LARGE),
        ([HEAD + b"A: ", *[b"a" * 600] * 2], 0.01, LARGE),
        ([b"GET /" + b"a" * 1024 + b" HTTP/1.1\r\nHost: h\r\n\r\n"], 0.0, LARGE),
        ([HEAD + b"a: b\r\n" * 8 + b"\r\n"], 0.0, MANY),
        ([CHUNKED, b"1;" + b"e" * 3000], 0.01, FRAMES),
        ([CHUNKED, b"1\r\na\r\n0\r\nTrailer: " + b"t" * 3000], 0.01, FRAMES),
        ([b"GARBAGE\r\n\r\n"], 0.0, (b"HTTP/1.1 400 Bad Request", "Invalid HTTP request received.")),
        ([CHUNKED, b"nonsense\r\n"], 0.01, (b"HTTP/1.1 400 Bad Request", "Invalid HTTP request received.")),
    ],
)  # fmt: skip
def test_what_goes_beyond_limits_is_told_why(pieces: list[bytes], gap_s: float, told: tuple[bytes, str]) -> None:
    client, got = sends(*pieces, gap_s=gap_s)
    app = Small()
    talk(LIMITS, client, app=app)
    line, error = refusal(got[0])
    kind = {b"400": "BadRequestError", b"408": "RequestTimeoutError", b"431": "RequestHeaderFieldsTooLargeError"}
    assert (line, error) == (told[0], {"message": told[1], "type": kind[line.split()[1]]})
    assert app.ended == (b"\r\n\r\n" in pieces[0] and len(pieces) > 1)


def test_a_client_that_says_nothing_is_not_talked_to() -> None:
    client, got = sends()
    talk(LIMITS, client)
    assert got == [b""]


def test_more_connections_than_allowed_are_refused_at_once() -> None:
    async def stay(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)

    client, got = sends()
    talk(replace(CALM, connections=1), stay, client)
    assert b"\r\nretry-after: 1\r\n" in got[0]
    assert refusal(got[0]) == (
        b"HTTP/1.1 503 Service Unavailable",
        {"message": "too many connections are open", "type": "ServiceUnavailableError"},
    )


def test_a_body_may_take_long_if_it_keeps_coming_and_the_connection_serves_on() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 10\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.03)
            writer.write(b"x")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert await reader.readexactly(8) == b"      10"
        await asyncio.sleep(0.2)  # longer than a head may take: it has not begun
        writer.write(HEAD + b"a: b\r\n" * 6 + b"Content-Length: 1\r\n\r\n-")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert await reader.readexactly(8) == b"       1"

    talk(LIMITS, client)


def test_requests_one_after_the_other_in_one_piece_are_counted_apart() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((HEAD + b"A: " + b"a" * 800 + b"\r\nContent-Length: 3\r\n\r\nabc") * 5)
        for _ in range(5):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
            assert await reader.readexactly(8) == b"       3"

    talk(CALM, client)


def test_what_follows_a_body_is_no_header_of_the_request() -> None:
    seen = list[list[tuple[bytes, bytes]]]()

    class Headers(Small):
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            await super().__call__(scope, receive, send)
            seen.append(scope["headers"])

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + b"2\r\nab\r\n0\r\nX-Late: 1\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert await reader.readexactly(8) == b"       2"

    talk(CALM, client, app=Headers())
    assert seen == [[(b"host", b"h"), (b"transfer-encoding", b"chunked")]]


def test_an_answer_that_has_begun_is_cut_and_nothing_is_put_into_it() -> None:
    app = Echo(hasty=True)
    client, got = sends(HEAD + b"Content-Length: 9\r\n\r\n1")
    talk(LIMITS, client, app=app)
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body, app.ended) == (b"HTTP/1.1 200 OK", b"", 1)


def test_a_client_that_does_not_read_is_cut_off() -> None:
    app = Echo(endless=True)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # as a client that hangs
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        while not app.ended:
            await asyncio.sleep(0.01)

    talk(LIMITS, client, app=app)
    assert app.ended == 1


def test_parts_are_written_without_waiting_in_order_and_not_to_who_does_not_read() -> None:
    told = list[bool]()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        now = scope["extensions"][WRITER]["now"]
        await receive()
        told.append(now(b"too early"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        told.append(now(b"1"))
        await send({"type": "http.response.body", "body": b"2", "more_body": True})
        told.append(now(b"3"))
        await send({"type": "http.response.body", "body": bytes(2**24), "more_body": True})
        told.append(now(b"too much"))
        await send({"type": "http.response.body", "body": b"4"})  # waits until the client reads
        while not told[-1]:
            told.append((await receive())["type"] == "http.disconnect")
        told.append(now(b"too late"))

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"transfer-encoding: chunked" in head
        body = await reader.readexactly(18 + len(b"1000000\r\n") + 2**24 + len(b"\r\n1\r\n4\r\n0\r\n\r\n"))
        assert body[:18] == b"1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n"
        assert body[-13:] == b"\r\n1\r\n4\r\n0\r\n\r\n"

    talk(CALM, client, app=app)
    assert told == [False, True, True, False, True, False]


def test_a_request_has_come_with_its_last_piece_and_one_that_waits_its_turn_is_not_told_when() -> None:
    told = list[tuple[float, float | None]]()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        began_s, more = monotonic(), True
        while more:
            more = (await receive())["more_body"]
        told.append((began_s, scope["extensions"][WRITER].get("came_s")))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    async def client(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole = HEAD + b"Content-Length: 2\r\n\r\nab"
        for piece in (whole[:-1], whole[-1:] + whole, whole):
            writer.write(piece)
            await asyncio.sleep(0.03)

    talk(CALM, client, app=app)
    (slow_s, slow_came_s), (_, in_line_came_s), (quick_s, quick_came_s) = told
    assert slow_came_s is not None
    assert slow_came_s - slow_s > 0.02
    assert in_line_came_s is None
    assert quick_came_s is not None
    assert slow_came_s < quick_came_s <= quick_s
