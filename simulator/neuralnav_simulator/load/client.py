"""Sends a load point, open loop or closed, and keeps what became of each request. Nothing is ever sent twice."""

import asyncio
import json
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from neuralnav_simulator.load.events import Streamed
from neuralnav_simulator.load.outcomes import Board, Outcome
from neuralnav_simulator.load.plan import LoadPoint
from neuralnav_simulator.load.prompts import Prompts
from neuralnav_simulator.load.wire import Connection, Pool, request_bytes

Api = Literal["completions", "chat"]
PATHS: dict[Api, str] = {"completions": "/v1/completions", "chat": "/v1/chat/completions"}

SPIN_S = 0.0015
"""Timers of an event loop are whole milliseconds: the last of the wait for a request is spent in turns of the loop."""

LONGEST_WAIT_S = 0.1
"""How long it may take until a stop is noticed."""

LEAD_S = 0.05
"""Between the call and the first arrival."""

AHEAD_S = 0.02
AHEAD_BYTES = 4 << 20
"""Requests are made ahead while none is due for so long, up to so many bytes: those of a burst leave together."""

UNHEARD = 16
"""So many requests leave at most, however late they are, before the loop looks at connections and answers again."""

TICK_S = 0.01
"""How often it is looked whether the event loop keeps up with what comes in."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What every request asks for, and how long it may take, in seconds of the wall."""

    model: str
    api: Api = "completions"
    key: str = ""
    ignore_eos: bool = True
    timeout_s: float = 600.0

    def body(self, prompt: str, tokens: int) -> bytes:
        """Return the body of a request for an answer of so many tokens, streamed."""
        told: dict[str, Any] = {"model": self.model}
        told |= {"prompt": prompt} if self.api == "completions" else {"messages": [{"role": "user", "content": prompt}]}
        told |= {"max_tokens": tokens, "stream": True, "stream_options": {"include_usage": True}}
        if self.ignore_eos:
            told["ignore_eos"] = True
        return json.dumps(told, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Course:
    """What came of a load point: its outcomes in order of sending, when it began and ended, and whether it was cut.

    `lag_ms` is how late the event loop was, of each tick: tokens have been looked at as late.
    """

    outcomes: tuple[Outcome, ...]
    begin_s: float
    end_s: float
    stopped: bool
    lag_ms: Sequence[float] = ()


class Lag:
    """Looks on every tick how late the event loop is. A wait over several ticks counts for each of them."""

    __slots__ = ("_due_s", "ms")

    def __init__(self) -> None:
        self.ms, self._due_s = array("f"), monotonic()

    def tick(self, now_s: float) -> None:
        """Take the time at which the loop came to it."""
        while self._due_s <= now_s:
            self.ms.append((now_s - self._due_s) * 1e3)
            self._due_s += TICK_S

    async def watched(self) -> None:
        """Tick until cancelled."""
        while True:
            await asyncio.sleep(max(0.0, self._due_s - monotonic()))
            self.tick(monotonic())


class Ahead:
    """Requests that are made before they are due, a few megabytes of them."""

    __slots__ = ("_bytes", "_making", "_ready")

    def __init__(self, making: Iterator[bytes]) -> None:
        self._making, self._ready, self._bytes = making, deque[bytes](), 0

    def one(self) -> bool:
        """Make one, and tell whether there is another to make now."""
        made = next(self._making, None) if self._bytes < AHEAD_BYTES else None
        if made is None:
            return False
        self._ready.append(made)
        self._bytes += len(made)
        return True

    def take(self) -> bytes:
        """Return the next one, made now if it has to be."""
        if not self._ready:
            return next(self._making)
        self._bytes -= len(self._ready[0])
        return self._ready.popleft()


@dataclass(slots=True)
class Sender:
    """Sends the requests of a load point. `speedup` of the server's milliseconds pass in one of the wall.

    Once `stop` is set nothing more is sent, and what is in flight has `grace_s` left. Prompts are counted over all its
    load points: one that repeats those of another would find them in the server's prefix cache.
    """

    pool: Pool
    ask: Ask
    prompts: Prompts
    stop: asyncio.Event
    speedup: float = 1.0
    grace_s: float = 5.0
    _before: int = 0
    _under_way: dict[Outcome, tuple[Streamed, asyncio.TimerHandle]] = field(default_factory=dict)
    _connections: dict[Outcome, Connection] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, point: LoadPoint, board: Board) -> Course:
        """Send all requests of a load point, and return when the last of them is over."""
        begin_s, lag = monotonic() + LEAD_S, Lag()
        watching = asyncio.create_task(lag.watched())
        sent = await (self._open(point, board, begin_s) if point.in_flight is None else self._closed(point, board))
        await self._drain()
        watching.cancel()
        self._before += len(point.output)
        end_s = max((outcome.end_s for outcome in sent), default=begin_s)
        if point.in_flight is not None and sent:
            begin_s = sent[0].due_s
        return Course(tuple(sent), begin_s, end_s, self.stop.is_set(), lag.ms)

    async def _open(self, point: LoadPoint, board: Board, begin_s: float) -> list[Outcome]:
        sent: list[Outcome] = []
        made = Ahead(self._request(point, index) for index in range(len(point.output)))
        for index, at_ms in enumerate(point.at_ms.tolist()):
            due_s = begin_s + at_ms / (1e3 * self.speedup)
            while due_s - monotonic() > AHEAD_S and made.one():
                await asyncio.sleep(0)
            await self._until(due_s)
            if self.stop.is_set():
                break
            outcome = Outcome(index, due_s, int(point.output[index]))
            sent.append(outcome)
            self._launch(made.take(), outcome, board)
            if index % UNHEARD == 0:
                await asyncio.sleep(0)
        return sent

    async def _closed(self, point: LoadPoint, board: Board) -> list[Outcome]:
        sent: list[Outcome] = []
        for index in range(len(point.output)):
            request = self._request(point, index)
            while len(self._under_way) >= (point.in_flight or 1) and not self.stop.is_set():
                await self._one_ends()
            if self.stop.is_set():
                break
            outcome = Outcome(index, monotonic(), int(point.output[index]))
            sent.append(outcome)
            self._launch(request, outcome, board)
            if index % UNHEARD == 0:
                await asyncio.sleep(0)
        return sent

    def _request(self, point: LoadPoint, index: int) -> bytes:
        text = self.prompts.text(self._before + index, int(point.prompt[index]))
        body = self.ask.body(text, int(point.output[index]))
        return request_bytes(self.pool.address, "POST", PATHS[self.ask.api], body, key=self.ask.key)

    async def _until(self, due_s: float) -> None:
        while (left_s := due_s - monotonic()) > 0.0 and not self.stop.is_set():
            await asyncio.sleep(min(left_s - SPIN_S, LONGEST_WAIT_S) if left_s > SPIN_S else 0.0)

    async def _one_ends(self) -> None:
        self._ended.clear()
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await self._ended.wait()
        except TimeoutError:
            return

    async def _drain(self) -> None:
        """Wait for what is in flight; after a stop not for long."""
        since_s: float | None = None
        while self._under_way:
            await self._one_ends()
            if self.stop.is_set():
                since_s = since_s or monotonic()
                if monotonic() - since_s >= self.grace_s:
                    for streamed, _ in list(self._under_way.values()):
                        streamed.fail("given up", monotonic(), "the run was stopped")

    def _launch(self, request: bytes, outcome: Outcome, board: Board) -> None:
        """Send at once where a connection is idle, else over a new one."""
        streamed = Streamed(outcome, board, self._over(board))
        timer = asyncio.get_running_loop().call_later(self.ask.timeout_s, self._late, streamed)
        self._under_way[outcome] = streamed, timer
        outcome.launch_s = monotonic()
        board.sent += 1
        connection = self.pool.idle()
        if connection is not None:
            self._send(connection, request, streamed)
            return
        task = asyncio.create_task(self._connect(request, streamed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, request: bytes, streamed: Streamed) -> None:
        try:
            connection = await self.pool.connect()
        except ConnectionRefusedError:
            streamed.fail("refused", monotonic(), "the connection was refused")
        except OSError as error:
            streamed.fail("unreachable", monotonic(), str(error))
        else:
            self._send(connection, request, streamed)

    def _send(self, connection: Connection, request: bytes, streamed: Streamed) -> None:
        outcome = streamed.outcome
        if outcome not in self._under_way:  # it ended while it waited for its connection
            self.pool.give(connection)
            return
        self._connections[outcome] = connection
        outcome.sent_s = monotonic()
        connection.send(request, streamed)

    def _late(self, streamed: Streamed) -> None:
        streamed.fail("time-out", monotonic(), f"no whole answer within {self.ask.timeout_s:g} s")

    def _over(self, board: Board) -> Callable[[Outcome], None]:
        def over(outcome: Outcome) -> None:
            _, timer = self._under_way.pop(outcome)
            timer.cancel()
            connection = self._connections.pop(outcome, None)
            if connection is not None and outcome.fault not in (None, "HTTP"):
                connection.drop()
            board.latest_late_ms = (outcome.launch_s - outcome.due_s) * 1e3
            board.ended(outcome)
            self._ended.set()

        return over
