"""A small simulated server for tests: a linear cost, a small context, the packaged tokenizer; and one that listens."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from neuralnav_simulator.metrics import Metrics
from neuralnav_simulator.served import Served
from neuralnav_simulator.tokens import load_tokenizer
from neuralnav_simulator.web import MAX_BODY, App, Site, make_app
from starlette.types import Message

from neuralnav.serving.lengths import Lengths, fixed
from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live
from neuralnav.serving.prefixes import Prefixes
from neuralnav.serving.stepcost import StepCost

MODEL = "acme/tiny-7b"


def linear_cost(limits: Limits, *, step_ms: float = 10.0, token_ms: float = 0.01) -> StepCost:
    """Return a cost of `step_ms` a pass and `token_ms` for each token in it."""
    tokens = limits.max_num_batched_tokens + 1
    return StepCost(
        token_ms=tuple(token_ms * count for count in range(tokens)),
        head_ms=(0.0,) * (limits.max_num_seqs + 1),
        kv_ms=0.0,
        window_ms=0.0,
        window_tokens=0,
        pair_ms=0.0,
        window_pair_ms=0.0,
        prefill_ms=0.0,
        step_ms=step_ms,
        eager_ms=0.0,
        piecewise_ms=0.0,
        capture_tokens=0,
        launch_sharpness=1.0,
        decode_launch_ms=0.0,
        sequence_ms=0.0,
        frontend_ms=1.0,
        frontend_token_ms=0.0,
        stream_ms=0.0,
    )


@dataclass(frozen=True, slots=True)
class Playing:
    """What a test's server plays, where it is not the usual."""

    output: Lengths = fixed(8)  # noqa: RUF009  # frozen
    max_model_len: int = 512
    kv_tokens: int = 8192
    max_num_seqs: int = 32
    step_ms: float = 10.0
    speedup: float = 1.0
    prefix_caching: bool = False
    lanes: int = 1
    faults: Faults = Faults()  # noqa: RUF009  # frozen
    max_waiting: int = 0
    api_keys: tuple[str, ...] = ()
    max_body: int = MAX_BODY
    seed: int = 0


def site_of(playing: Playing) -> Site:
    """Return a site that plays that."""
    limits = Limits(playing.kv_tokens, playing.max_num_seqs, 2048)
    cost = linear_cost(limits, step_ms=playing.step_ms)
    clock = Clock(playing.speedup)
    caches = [Prefixes(limits.blocks) if playing.prefix_caching else None for _ in range(playing.lanes)]
    lives = [Live(cost, limits, prefixes=cache) for cache in caches]
    metrics = Metrics(
        MODEL,
        clock,
        lives,
        max_model_len=playing.max_model_len,
        engine_version="0.19.0",
        prefix_caching=playing.prefix_caching,
    )
    engines = [Engine(live, clock, metrics, playing.faults) for live in lives]
    served = Served(
        names=(MODEL, "tiny"),
        candidate="tiny",
        shown="tiny",
        cost=cost,
        limits=limits,
        lanes=playing.lanes,
        max_model_len=playing.max_model_len,
        output=playing.output,
        prefix_caching=playing.prefix_caching,
        engine_version="0.19.0",
        load_seconds=0.0,
    )
    return Site(
        served=served,
        tokenizer=load_tokenizer(),
        clock=clock,
        lanes=Lanes(engines, clock, playing.faults, playing.max_waiting),
        metrics=metrics,
        faults=playing.faults,
        api_keys=playing.api_keys,
        seed=playing.seed,
        max_body=playing.max_body,
    )


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that listens on a port of the loopback."""

    app: App
    port: int
    loop: asyncio.AbstractEventLoop


@contextmanager
def listening(playing: Playing) -> Iterator[Listening]:
    """Yield a server that listens; it runs in a thread of its own."""
    app = make_app(site_of(playing))
    config = uvicorn.Config(
        app, port=0, log_level="critical", access_log=False, lifespan="on", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    loop = config.get_loop_factory()
    ready = threading.Event()
    running: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        running.append(asyncio.get_running_loop())
        task = asyncio.ensure_future(server.serve())
        while not server.started and not task.done():
            await asyncio.sleep(0.005)
        ready.set()
        await task

    def run() -> None:
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="simulator")
    thread.start()
    try:
        ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Listening(app, port, running[0])
    finally:
        server.should_exit = True
        thread.join()


@dataclass(slots=True)
class Answered:
    """What an application sent: `writes` are the parts of the body as they were."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    writes: list[bytes] = field(default_factory=list)
    ended: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.writes)

    def json(self) -> Any:
        return json.loads(self.body)

    def error(self) -> tuple[int, str, str | None]:
        """Return the status, the message and the field of an error."""
        told = self.json()["error"]
        return self.status, told["message"], told["param"]

    def chunks(self) -> list[Any]:
        """Return the events of a stream, which ends as it should."""
        *events, done, nothing = self.body.decode().split("\n\n")
        assert (done, nothing) == ("data: [DONE]", "")
        return [json.loads(event.removeprefix("data: ")) for event in events]


async def ask(
    app: App,
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    leaves_after: int | None = None,
) -> Answered:
    """Ask an application without a socket; `body` is JSON or bytes. The client leaves after so many writes."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    answered, gone, unread = Answered(), asyncio.Event(), [raw]
    if leaves_after == 0:
        gone.set()

    async def receive() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        answered.writes.append(message["body"])
        answered.ended = not message["more_body"]
        if leaves_after is not None and len(answered.writes) >= leaves_after:
            gone.set()

    told = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "headers": told}
    await app(scope, receive, send)
    return answered


@asynccontextmanager
async def living(playing: Playing) -> AsyncIterator[App]:
    """Yield an application that lives, and see that nothing is left in it."""
    app = make_app(site_of(playing))
    lanes = asyncio.create_task(app.desk.site.lanes.run())
    try:
        yield app
        held = app.desk.site.lanes.occupancy()
        assert (app.desk.underway, held.running, held.waiting, held.blocks) == (0, 0, 0, 0)
    finally:
        lanes.cancel()
        await asyncio.gather(lanes, return_exceptions=True)


def asked(playing: Playing, *requests: tuple[Any, ...]) -> list[Answered]:
    """Return what an application answers to requests, one after the other."""

    async def run() -> list[Answered]:
        async with living(playing) as app:
            return [await ask(app, *request) for request in requests]

    return asyncio.run(run())


def posted(path: str, body: object, playing: Playing | None = None) -> Answered:
    """Return what an application answers to one request with a body."""
    return asked(playing or QUICK, ("POST", path, body))[0]


QUICK = Playing(speedup=1000.0)
