"""Clients that leave, wait too briefly and send rubbish, against a real server on loopback; and what is left of it.

Which client does what is drawn from a seed. Server and clients share one event loop, so that at the end every task and
every sequence can be counted.
"""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import uvicorn
from neuralnav_simulator.web import App, make_app
from neuralnav_simulator.web.protocol import WireLimits, guarded
from simulated_site import Playing, site_of

from neuralnav.serving.lengths import gamma

CHAOS = Playing(
    output=gamma(20.0, variation=1.0),
    max_model_len=512,
    kv_tokens=2048,
    max_num_seqs=16,
    speedup=400.0,
    prefix_caching=True,
)
PATIENCE_S = 30.0
POSTS = ("/v1/chat/completions", "/v1/completions", "/tokenize", "/detokenize")
PATHS = (*POSTS, "/v1/models", "/health", "/metrics", "/version", "/v1/nothing", "/", "/%00%ff", "/v1/models/a%2Fb")
WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, 1e308, "", "x", "\0", "\ud83d\ude00" * 9, [], [[]], {}, [None], {"a": {"b": [1]}},
    ["stop"] * 9, "auto", {"type": "json_schema"}, {"type": "function", "function": {"name": "f"}}, [5] * 600,
)  # fmt: skip
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}
DEMANDS: tuple[dict[str, Any], ...] = (
    {"tools": [{"type": "function", "function": {"name": "look_up", "parameters": SCHEMA}}]},
    {"response_format": {"type": "json_object"}},
    {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}},
    {"logprobs": True, "top_logprobs": 5},
    {"stream_options": {"include_usage": True, "continuous_usage_stats": True}, "stream": True},
    {"temperature": 0, "n": 1, "seed": 5},
)
RUBBISH = (
    b"", b"{", b"nul", b"[" * 5000, b'{"messages":' * 300, b'{"prompt":NaN}', b'{"prompt":"\\ud800"}', b"\xff\xfe\0",
    b'{"prompt":1e999}', b'{"prompt":' + b"9" * 5000 + b"}", b'{"messages":[{"role":"user","content":"\\u0000"}]}',
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What clients met with: by what they did, by status, and each answer that should not be."""

    did: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Left:
    """What a server holds when its clients have gone: nothing of them. Its metrics know `ended` sequences."""

    underway: int
    running: int
    waiting: int
    blocks: int
    streams: int
    tickets: int
    tasks: int
    connections: int
    unstarted: int
    ended: int


async def chaos(playing: Playing, requests: int, *, at_a_time: int, seed: int) -> tuple[Outcome, Left]:
    """Return what came of so many requests, and what they left behind."""
    outcome, numbers = Outcome(), iter(range(requests))
    async with _served(playing) as (app, server):
        port = server.servers[0].sockets[0].getsockname()[1]
        before = len(asyncio.all_tasks())

        async def client() -> None:
            for number in numbers:
                await _one(port, Random(f"{seed} {number}"), outcome)  # noqa: S311  # what a client does

        await asyncio.gather(*[client() for _ in range(at_a_time)])
        await _quiet(lambda: app.desk.underway == 0 and not server.server_state.connections)
        return outcome, _left(app, server, len(asyncio.all_tasks()) - before)


def _left(app: App, server: uvicorn.Server, tasks: int) -> Left:
    lanes = app.desk.site.lanes
    held = lanes.occupancy()
    told = app.desk.site.metrics.exposition().decode().splitlines()
    ended = sum(float(line.split()[-1]) for line in told if line.startswith("vllm:request_success_total"))
    return Left(
        underway=app.desk.underway,
        running=held.running,
        waiting=held.waiting,
        blocks=held.blocks,
        streams=sum(len(engine._streams) for engine in lanes.engines),
        tickets=sum(len(engine.live._tickets) for engine in lanes.engines),
        tasks=tasks,
        connections=len(server.server_state.connections),
        unstarted=sum(engine.waiting for engine in lanes.engines),
        ended=int(ended),
    )


async def _quiet(is_quiet: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_quiet():
            return
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _served(playing: Playing) -> AsyncIterator[tuple[App, uvicorn.Server]]:
    app = make_app(site_of(playing))
    http = guarded(WireLimits(head_s=5.0))
    config = uvicorn.Config(app, port=0, http=http, log_level="critical", access_log=False, lifespan="on", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield app, server
    finally:
        server.should_exit = True
        await task


async def _one(port: int, random: Random, outcome: Outcome) -> None:
    """Be one client."""
    name, conduct = random.choice(CONDUCTS)
    outcome.did[name] += 1
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await conduct(Wire(reader, writer, random, outcome))
    except TimeoutError:
        outcome.wrong.append(f"{name}: no answer within {PATIENCE_S:g} s")
    except (ConnectionError, asyncio.IncompleteReadError):
        outcome.did["cut off"] += 1
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class Wire:
    """A client's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    random: Random
    outcome: Outcome

    def send(self, path: str, body: bytes, *, method: str = "POST", length: int | None = None) -> None:
        size = len(body) if length is None else length
        self.writer.write(f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n".encode() + body)

    async def answer(self, *, whole: bool = False) -> None:
        """Read an answer to its end, and keep what is wrong with it; `whole` ones have to be right in themselves."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split()[1])
        self.outcome.statuses[status] += 1
        if "transfer-encoding: chunked" in head:
            body = await self._chunks()
            if not body.endswith(b"data: [DONE]\n\n") or b'data: {"error"' in body:
                self.outcome.wrong.append(f"a stream ends with {body[-200:]!r}")
        else:
            size = next((int(line.split(":")[1]) for line in head.split("\r\n") if "content-length" in line), 0)
            body = await self.reader.readexactly(size)
        if status >= 500 or (whole and status != 200):
            self.outcome.wrong.append(f"{status}: {body[:200]!r}")

    async def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return b"".join(parts)


def _body(random: Random, *, stream: bool) -> tuple[str, dict[str, Any]]:
    """Return a right request."""
    sampling: dict[str, Any] = {
        "max_tokens": random.randint(1, 60),
        "stream": stream,
        "ignore_eos": random.random() < 0.3,
    }
    if random.random() < 0.2:
        sampling["n"] = random.randint(1, 4)
    if random.random() < 0.1:
        sampling["stop"] = ["e", " the"]
    if random.random() < 0.5:
        talk = "word " * random.randint(1, 150)
        sampling |= random.choice(DEMANDS) if random.random() < 0.3 else {}
        return POSTS[0], {"messages": [{"role": "user", "content": talk}], **sampling}
    prompts = ("word " * random.randint(1, 150), [random.randint(3, 900) for _ in range(random.randint(1, 300))])
    return POSTS[1], {"prompt": random.choice(prompts), **sampling}


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


async def _reads_all(wire: Wire) -> None:
    for _ in range(wire.random.randint(1, 3)):
        path, body = _body(wire.random, stream=wire.random.random() < 0.5)
        wire.send(path, _encoded(body))
        await wire.answer(whole=True)


async def _asks_at_once(wire: Wire) -> None:
    """Send two requests without waiting for an answer."""
    for _ in range(2):
        path, body = _body(wire.random, stream=wire.random.random() < 0.5)
        wire.send(path, _encoded(body))
    await wire.answer(whole=True)
    await wire.answer(whole=True)


async def _leaves_in_the_head(wire: Wire) -> None:
    wire.writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-le"[: wire.random.randint(0, 60)])
    await wire.writer.drain()


async def _leaves_in_the_body(wire: Wire) -> None:
    path, body = _body(wire.random, stream=True)
    raw = _encoded(body)
    wire.send(path, raw[: wire.random.randint(0, len(raw) - 1)], length=len(raw))
    await wire.writer.drain()
    await asyncio.sleep(wire.random.choice((0.0, 0.002)))


async def _leaves_in_the_stream(wire: Wire) -> None:
    path, body = _body(wire.random, stream=wire.random.random() < 0.8)
    wire.send(path, _encoded(body))
    await wire.reader.read(wire.random.randint(1, 3000))
    if wire.random.random() < 0.5:
        _reset(wire.writer)


async def _loses_patience(wire: Wire) -> None:
    path, body = _body(wire.random, stream=wire.random.random() < 0.5)
    wire.send(path, _encoded(body | {"ignore_eos": True, "max_tokens": 200}))
    await wire.writer.drain()
    await asyncio.sleep(wire.random.choice((0.0, 0.001, 0.003, 0.01)))
    if wire.random.random() < 0.5:
        _reset(wire.writer)


async def _sends_rubbish(wire: Wire) -> None:
    wire.send(wire.random.choice(POSTS), wire.random.choice(RUBBISH))
    await wire.answer()


async def _sends_noise(wire: Wire) -> None:
    """Send a right request with some of its bytes changed."""
    path, body = _body(wire.random, stream=wire.random.random() < 0.5)
    raw = bytearray(_encoded(body))
    for _ in range(wire.random.randint(1, 4)):
        raw[wire.random.randrange(len(raw))] = wire.random.randrange(256)
    wire.send(path, bytes(raw))
    await wire.answer()


async def _sends_wrong_types(wire: Wire) -> None:
    path, body = _body(wire.random, stream=wire.random.random() < 0.5)
    for _ in range(wire.random.randint(1, 3)):
        body[wire.random.choice(FIELDS)] = wire.random.choice(WRONG)
    wire.send(path, _encoded(body))
    await wire.answer()


async def _asks_anything(wire: Wire) -> None:
    method = wire.random.choice(("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))
    wire.send(wire.random.choice(PATHS), b"", method=method)
    await wire.answer()


async def _is_no_client(wire: Wire) -> None:
    wire.writer.write(wire.random.randbytes(wire.random.randint(1, 150)) + b"\r\n\r\n")
    await wire.writer.drain()
    wire.writer.write_eof()
    await wire.reader.read()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, as a process that is killed does."""
    held: socket.socket = writer.get_extra_info("socket")
    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


FIELDS = (
    "messages", "prompt", "model", "n", "seed", "stop", "stream", "stream_options", "temperature", "top_p", "top_k",
    "max_tokens", "max_completion_tokens", "min_tokens", "logprobs", "top_logprobs", "tools", "tool_choice", "echo",
    "response_format", "structured_outputs", "guided_json", "logit_bias", "suffix", "ignore_eos", "return_token_ids",
    "truncate_prompt_tokens", "prompt_logprobs", "add_generation_prompt", "continue_final_message", "cache_salt",
)  # fmt: skip
CONDUCTS = (
    ("reads all", _reads_all),
    ("asks at once", _asks_at_once),
    ("leaves in the head", _leaves_in_the_head),
    ("leaves in the body", _leaves_in_the_body),
    ("leaves in the stream", _leaves_in_the_stream),
    ("leaves in the stream", _leaves_in_the_stream),
    ("loses patience", _loses_patience),
    ("loses patience", _loses_patience),
    ("sends rubbish", _sends_rubbish),
    ("sends noise", _sends_noise),
    ("sends wrong types", _sends_wrong_types),
    ("sends wrong types", _sends_wrong_types),
    ("asks anything", _asks_anything),
    ("is no client", _is_no_client),
)
