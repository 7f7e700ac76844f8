"""Puts a load on a server that serves a plan, and keeps what became of each request."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

import httpx
import numpy as np

from neuralnav.cluster.openai import Answer, Asker, Endpoint, Route, client_of
from neuralnav.cluster.plain_prompts import Counted, counted, plain_prompt
from neuralnav.cluster.served_facts import Facts, ask_facts
from neuralnav.serving.arrivals import at_rate, unit_arrivals

FEW_WORDS = 16
WARM_UP_TOKENS = 16
WARM_UP_TRIES = 3
WARM_UP_PAUSE_S = 0.3
WARM_UP = 1 << 40
"""The prompts of warm-ups are counted from here: none of them is a beginning of a measured one."""

MOST_CONNECTIONS = 64
CONNECTED_S = 5.0
"""How many connections are opened before a load, and for how long that may take."""

TICK_S = 0.01
"""How often it is looked whether the event loop keeps up with what comes in."""

MOST_REQUESTS = 100_000
"""More than any probe sends; where a time alone bounds it, this stands for their number."""

LAG_MS = 5.0
"""A loop is that late on a machine that has nothing else to do, when a timer and a write meet."""

WATCH_S = 0.2


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` at most, sent within `seconds`: at a rate where one is given (Poisson), else so many in flight.

    Times are those of the wall; `seed` is of prompts and arrivals.
    """

    requests: int
    seconds: float
    seed: int
    prompt_tokens: int
    output_tokens: int
    rate_rps: float = 0.0
    in_flight: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a server: which model, how, and under which load."""

    model: str
    load: Load
    route: Route = "completions"
    ignore_eos: bool = True
    timeout_s: float = 60.0


@dataclass(slots=True)
class Board:
    """How a probe is coming along: `doing` says what, `answers` are those that are over. A `total` of 0 is unknown."""

    total: int
    doing: str = "asking what is served"
    sent: int = 0
    since_s: float = field(default_factory=monotonic)
    answers: list[Answer] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many are over without an answer."""
        return sum(answer.fault is not None for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Course:
    """What came of a load: its requests in order of sending, and how late the event loop was, of each tick."""

    answers: tuple[Answer, ...]
    begin_s: float
    end_s: float
    lag_ms: tuple[float, ...] = ()

    def late_ms(self, share: float) -> float:
        """How late this machine looked at what came, in such a share of the ticks; 0 where it is not worth a word."""
        late = float(np.quantile(self.lag_ms, share, method="inverted_cdf")) if self.lag_ms else 0.0
        return late if late > LAG_MS else 0.0


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of a probe. `counted` is None where no warm-up was counted by the server; `stopped`: by its user.

    `course` is None where no request was measured: another model is served, or no warm-up was answered.
    """

    facts: Facts
    warm_ups: tuple[Answer, ...]
    counted: Counted | None
    course: Course | None
    stopped: bool


async def probe(
    endpoint: Endpoint, wanted: Callable[[Facts], Wanted | None], board: Board, stop: asyncio.Event,
    watch: Callable[[Board], None],
) -> Probed:  # fmt: skip
    """Ask what a server serves, warm it up, and put the load on it.

    `wanted` says what is to be asked of a server that tells such facts; None where it is not the one. `watch` is shown
    the board five times a second. Once `stop` is set nothing more is sent, and what is in flight is given up. Raises
    `InputError` as `ask_facts` does.
    """
    watching = asyncio.create_task(_watched(board, watch))
    try:
        async with client_of(endpoint) as client:
            facts = await ask_facts(client, endpoint)
            asked = wanted(facts)
            if asked is None or stop.is_set():
                return Probed(facts, (), None, None, stop.is_set())
            return await _asked(client, endpoint, facts, asked, board, stop)
    finally:
        watching.cancel()


async def _watched(board: Board, watch: Callable[[Board], None]) -> None:
    while True:
        watch(board)
        await asyncio.sleep(WATCH_S)


async def _asked(
    client: httpx.AsyncClient, endpoint: Endpoint, facts: Facts, wanted: Wanted, board: Board, stop: asyncio.Event
) -> Probed:
    asker = Asker(client, endpoint, wanted.model, wanted.route, wanted.ignore_eos, wanted.timeout_s)
    board.doing = "warming up"
    found, warm_ups = await _warmed_up(asker, wanted.load, stop)
    answered = [answer for answer in warm_ups if answer.fault is None]
    if stop.is_set() or not answered:
        return Probed(facts, tuple(warm_ups), found, None, stop.is_set())
    await _connected(asker, connections_of(wanted.load, answered[-1]), stop)
    if stop.is_set():
        return Probed(facts, tuple(warm_ups), found, None, stopped=True)
    board.doing, board.since_s = "", monotonic()
    course = await run_load(asker, wanted.load, found or Counted(), board, stop)
    return Probed(facts, tuple(warm_ups), found, course, stop.is_set())


async def _warmed_up(asker: Asker, load: Load, stop: asyncio.Event) -> tuple[Counted | None, list[Answer]]:
    """Ask for two short answers, to a few words and to nearly the prompt's: how the server counts tokens follows.

    One that fails is asked for again, a few times. Return all that were sent.
    """
    sent: list[Answer] = []
    points: list[tuple[int, int]] = []
    for words in sorted({min(FEW_WORDS, load.prompt_tokens), max(1, load.prompt_tokens * 3 // 4)}):
        for attempt in range(WARM_UP_TRIES):
            answer = Answer(len(sent), monotonic(), min(WARM_UP_TOKENS, load.output_tokens))
            sent.append(answer)
            await _over([asker.ask(answer, plain_prompt(load.seed, WARM_UP + len(sent), words))], stop)
            if answer.fault is None or answer.fault == "context" or stop.is_set():
                break
            await _pause(WARM_UP_PAUSE_S * 2**attempt * (attempt < WARM_UP_TRIES - 1), stop)
        if answer.fault is not None:
            break
        if answer.prompt:
            points.append((words, answer.prompt))
    return (counted(points[0], points[-1]) if points else None), sent


def connections_of(load: Load, warm_up: Answer) -> int:
    """Return how many connections a load uses at once: twice what is in flight at the pace of a warm-up."""
    in_flight = float(load.in_flight)
    if load.rate_rps > 0.0:
        first_s, gaps_s = warm_up.stamps_s[0] - warm_up.sent_s, warm_up.stamps_s[-1] - warm_up.stamps_s[0]
        gap_s = gaps_s / max(1, len(warm_up.stamps_s) - 1)
        in_flight = 2.0 * load.rate_rps * (first_s + gap_s * load.output_tokens)
    return max(1, min(ceil(in_flight), load.requests, MOST_CONNECTIONS))


async def _connected(asker: Asker, count: int, stop: asyncio.Event) -> None:
    """Open connections before anything is measured: names, TCP and TLS are no part of a first token.

    So many requests for the list of models at once take one each; what goes wrong here shows in the measured ones.
    """

    async def one() -> None:
        try:
            async with asyncio.timeout(CONNECTED_S):
                await asker.client.get(f"{asker.endpoint.base}/v1/models")
        except (TimeoutError, httpx.HTTPError):
            return

    if count > 1:
        await _over([one() for _ in range(count)], stop)


async def run_load(asker: Asker, load: Load, found: Counted, board: Board, stop: asyncio.Event) -> Course:
    """Send the requests of a load, and return once the last of them is over."""
    sender = _Sender(asker, load, found.words(load.prompt_tokens), board, stop)
    lag_ms: list[float] = []
    watching = asyncio.create_task(_lagging(lag_ms))
    begin_s = monotonic()
    try:
        await (sender.open(begin_s) if load.rate_rps > 0.0 else sender.closed(begin_s))
    finally:
        watching.cancel()
    end_s = max((answer.end_s for answer in sender.sent), default=begin_s)
    return Course(tuple(sender.sent), begin_s, end_s, tuple(lag_ms))


@dataclass(slots=True)
class _Sender:
    """Sends the requests of a load, each once."""

    asker: Asker
    load: Load
    words: int
    board: Board
    stop: asyncio.Event
    sent: list[Answer] = field(default_factory=list)

    async def open(self, begin_s: float) -> None:
        """Send each when it is due, whether or not the others have been answered."""
        asking: list[asyncio.Task[None]] = []
        for index, at_s in enumerate(arrivals_s(self.load)):
            await _pause(begin_s + at_s - monotonic(), self.stop)
            if at_s > self.load.seconds or self.stop.is_set():
                break
            asking.append(asyncio.create_task(self._one(index, begin_s + at_s)))
        await _over(asking, self.stop)

    async def closed(self, begin_s: float) -> None:
        """Keep so many in flight: each answer sends the next."""
        indices = iter(range(self.load.requests))

        async def lane() -> None:
            for index in indices:
                if self.stop.is_set() or monotonic() - begin_s > self.load.seconds:
                    return
                await self._one(index, monotonic())

        await _over([lane() for _ in range(min(self.load.in_flight, self.load.requests))], self.stop)

    async def _one(self, index: int, due_s: float) -> None:
        answer = Answer(index, due_s, self.load.output_tokens)
        self.sent.append(answer)
        self.board.sent += 1
        await self.asker.ask(answer, plain_prompt(self.load.seed, index, self.words))
        self.board.answers.append(answer)


def arrivals_s(load: Load) -> list[float]:
    """Return when the requests of an open loop are due, in seconds from its begin: the first one at once."""
    if load.requests < 2:
        return [0.0]
    at_ms = at_rate(unit_arrivals(load.requests, seed=load.seed), load.rate_rps)
    return [float(at) / 1e3 for at in at_ms - at_ms[0]]


async def _over(asking: Iterable[Awaitable[None]], stop: asyncio.Event) -> None:
    """Wait until all of them are over; give those up that are not when `stop` is set."""
    tasks = [asyncio.ensure_future(one) for one in asking]
    if not tasks:
        return
    waiting = {asyncio.ensure_future(asyncio.wait(tasks)), stopping := asyncio.ensure_future(stop.wait())}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but not once `stop` is set."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await stop.wait()
    except TimeoutError:
        return


async def _lagging(late_ms: list[float]) -> None:
    """Look on every tick how late the event loop is. A wait over several ticks counts for each of them."""
    due_s = monotonic()
    while True:
        await asyncio.sleep(max(0.0, due_s - monotonic()))
        while due_s <= (now_s := monotonic()):
            late_ms.append((now_s - due_s) * 1e3)
            due_s += TICK_S
