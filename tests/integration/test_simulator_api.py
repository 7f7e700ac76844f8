"""The simulator's API over a real server on loopback: what only sockets show."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from simulated_site import MODEL, Listening, Playing, listening

from neuralnav.serving.lengths import fixed

pytestmark = pytest.mark.integration

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
PLAYING = Playing(output=fixed(20), speedup=100.0, max_body=200_000)
HELLO = [{"role": "user", "content": "Hello"}]
PATIENCE_S = 10.0
END = b'"kv_transfer_params":null}'


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    with listening(PLAYING) as server:
        yield server


@pytest.fixture
def client(server: Listening) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=PATIENCE_S) as client:
        yield client


def connected(server: Listening) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)


def received(sock: socket.socket, until: bytes = b"") -> bytes:
    """Return what comes until a text, or the end."""
    got = b""
    while not until or until not in got:
        part = sock.recv(65_536)
        if not part:
            break
        got += part
    return got


def posting(body: bytes, path: str = CHAT, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: here", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def is_idle(server: Listening) -> bool:
    """Tell whether nothing is held any more, within a time that is ample."""
    lanes, until = server.app.desk.site.lanes, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        held = lanes.occupancy()
        if (server.app.desk.underway, held.running, held.waiting, held.blocks) == (0, 0, 0, 0):
            return True
        time.sleep(0.01)
    return False


def test_a_chat_is_streamed_and_ends(client: httpx.Client) -> None:
    body = {"messages": HELLO, "stream": True, "model": MODEL, "stream_options": {"include_usage": True}}
    with client.stream("POST", CHAT, json=body) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-1]] == [None] * 20 + ["stop"]
    assert chunks[-1]["usage"] == {"prompt_tokens": 13, "total_tokens": 33, "completion_tokens": 20}


def test_tokens_are_written_as_they_come() -> None:
    """A slow model: the first tokens are there while the last are not, and leaving then frees the slot."""
    with listening(replace(PLAYING, speedup=1.0, step_ms=20.0)) as slow, connected(slow) as sock:
        sock.sendall(posting(json.dumps({"messages": HELLO, "stream": True, "ignore_eos": True}).encode()))
        assert b"[DONE]" not in received(sock, b'"content":" ')
        assert slow.app.desk.site.lanes.occupancy().running == 1
        sock.close()
        assert is_idle(slow)


def test_many_are_served_at_once(server: Listening) -> None:
    async def run() -> list[int]:
        limits = httpx.Limits(max_connections=100)
        base = f"http://127.0.0.1:{server.port}"
        async with httpx.AsyncClient(base_url=base, limits=limits, timeout=PATIENCE_S) as client:
            bodies = [{"prompt": "word " * (index + 1), "max_tokens": index % 40 + 1} for index in range(100)]
            answers = await asyncio.gather(*[client.post(COMPLETIONS, json=body) for body in bodies])
            return [answer.json()["usage"]["completion_tokens"] for answer in answers]

    assert asyncio.run(run()) == [min(20, index % 40 + 1) for index in range(100)]
    assert is_idle(server)


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_frees_its_slot(server: Listening, *, stream: bool) -> None:
    body = {"messages": HELLO, "stream": stream, "ignore_eos": True, "n": 4}
    with connected(server) as sock:
        sock.sendall(posting(json.dumps(body).encode()))
        until = time.monotonic() + PATIENCE_S
        while server.app.desk.underway == 0 and time.monotonic() < until:
            time.sleep(0.001)
        assert server.app.desk.underway == 1
    assert is_idle(server)


def test_a_connection_is_good_for_more_after_an_error(server: Listening) -> None:
    right = json.dumps({"messages": HELLO, "max_tokens": 2}).encode()
    with connected(server) as sock:
        for body, status in ((b"{", b"400"), (right, b"200"), (b'{"messages":5}', b"400"), (right, b"200")):
            sock.sendall(posting(body))
            assert received(sock, END if status == b"200" else b"}}").split()[1] == status


def test_a_body_above_the_limit_is_refused_while_it_comes(server: Listening) -> None:
    with connected(server) as declared:
        declared.sendall(
            posting(b"", CHAT, "expect: 100-continue").replace(b"content-length: 0", b"content-length: 999999")
        )
        assert received(declared).startswith(b"HTTP/1.1 413 ")
    with connected(server) as sock:
        sock.sendall(b"POST /v1/completions HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n")
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        for _ in range(7):  # 229,376 bytes
            sock.sendall(chunk)
        answer = received(sock)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in answer
        assert b"the body is larger than this server takes: 200000 bytes" in answer
    assert is_idle(server)


def test_a_body_may_come_in_chunks_and_slowly(server: Listening) -> None:
    raw = json.dumps({"prompt": "Hello", "max_tokens": 1}).encode()
    with connected(server) as sock:
        sock.sendall(b"POST /v1/completions HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n")
        for byte in raw:
            sock.sendall(b"1\r\n%c\r\n" % byte)
        sock.sendall(b"0\r\n\r\n")
        assert received(sock, END).startswith(b"HTTP/1.1 200 ")


def test_a_name_of_a_request_does_no_harm(client: httpx.Client) -> None:
    def name(given: str) -> str:
        answer = client.post(COMPLETIONS, json={"prompt": "a", "max_tokens": 1}, headers={"x-request-id": given})
        return str(answer.json()["id"])

    assert name('a"b\\') == 'cmpl-a"b\\'
    assert name("x" * 200) != f"cmpl-{'x' * 200}"


def test_paths_are_what_they_decode_to(client: httpx.Client) -> None:
    assert client.get("/v1/models/acme%2Ftiny-7b").json()["id"] == MODEL
    assert client.get("/v1/models/%ff%00").status_code == 404
    assert client.get("/%2e%2e/health?x=1").status_code == 404
    assert client.get("/health?x=1").status_code == 200


def test_head_has_no_body_and_its_length(client: httpx.Client) -> None:
    answer = client.head("/version")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "55", b"")


def test_a_large_body_is_read_whole(client: httpx.Client) -> None:
    body = {"prompt": "Hello", "max_tokens": 1, "metadata": {"note": "x" * 190_000}}
    assert client.post(COMPLETIONS, json=body).status_code == 200
