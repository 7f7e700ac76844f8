"""One lane of a server in real time: runs steps as their time comes, hands out the tokens of a step in one pass."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from typing import NoReturn, Protocol

from neuralnav.serving.live import Live, Occupancy, Step, Ticket
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.faults import Faults, Stalls

CATCH_UP_S = 0.002
"""How long an engine that is late runs steps before the rest of the server gets its turn."""

AT_A_TIME = 64
"""Tokens that are handed out before the event loop turns: who comes meanwhile is seen a millisecond or two later."""


class EngineDeadError(Exception):
    """The engine has stopped for good; the message tells why."""


class Signal:
    """Wakes the one task that waits for it; set before that, it is not missed.

    While it waits, a `taker` is asked first: where that could deal with what is there, the task sleeps on. To wake one
    costs some microseconds, and a thousand streams have 25 of them for a token.
    """

    __slots__ = ("_death", "_set", "_waiter", "taker")

    def __init__(self) -> None:
        self.taker: Callable[[], bool] | None = None
        self._set = False
        self._waiter: asyncio.Future[None] | None = None
        self._death: str | None = None

    def set(self) -> None:
        """Wake who waits, or who will."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self._set = True
        elif self.taker is None or not self.taker():
            self._set = True
            waiter.set_result(None)

    def fail(self, death: str) -> None:
        """Let who waits, and who will, see that nothing comes any more, and why."""
        self._death, self.taker = death, None
        self.set()

    async def wait(self) -> None:
        """Return once it is set, and clear it. Raises EngineDeadError when nothing comes any more."""
        if not self._set:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
            self._waiter = None
        if self._death is not None:
            raise EngineDeadError(self._death)
        self._set = False


@dataclass(slots=True, eq=False)
class Stream:
    """What a client has coming of one sequence: `delivered` tokens so far of `ticket.output`.

    `signal` is set whenever more are there; the sequences of one request (`n` above 1) share it.
    """

    ticket: Ticket
    signal: Signal
    delivered: int = 0

    @property
    def complete(self) -> bool:
        """Tell whether all tokens are there."""
        return self.delivered == self.ticket.output


class Watch(Protocol):
    """What is told of an engine's doings, once a step."""

    def stepped(self, step: Step, late_ms: float) -> None:
        """Take in a step whose tokens have been written, the last of them `late_ms` of the wall after its time."""

    def stalled(self) -> None:
        """Take in that the engine hangs, as it was told to."""


@dataclass(slots=True, eq=False)
class Engine:
    """A lane: requests are submitted and given up by the server, `run` never returns.

    `waiting` of its requests have got no token yet. With `faults` it hangs now and then, at times drawn from `seed`.
    """

    live: Live
    clock: Clock
    watch: Watch
    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    waiting: int = 0
    _stalls: Stalls = field(init=False)
    _busy_ms: float = 0.0
    _death: str | None = None
    _wake: Signal = field(default_factory=Signal)
    _streams: dict[Ticket, Stream] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stalls = Stalls(self.faults, self.seed)

    def submit(
        self, arrival_ms: float, prompt_tokens: int, output_tokens: int, signal: Signal, *, blocks: Sequence[int] = ()
    ) -> Stream:
        """Let a request arrive that came to the server at a time of the clock.

        Raises ValueError as `Live.add` does, EngineDeadError once the engine has stopped.
        """
        if self._death is not None:
            raise EngineDeadError(self._death)
        stream = Stream(self.live.add(arrival_ms, prompt_tokens, output_tokens, blocks=blocks), signal)
        self._streams[stream.ticket] = stream
        self.waiting += 1
        self._wake.set()
        return stream

    def abort(self, stream: Stream) -> None:
        """Give up a request whose client is gone; nothing happens to one that is complete."""
        if self._streams.pop(stream.ticket, None) is not None:
            self.live.abort(stream.ticket)
            self.waiting -= not stream.delivered

    def occupancy(self) -> Occupancy:
        """Return what it holds."""
        return self.live.occupancy()

    def die(self, death: str) -> None:
        """Let all that are served, and all that come, see that it has stopped, and why."""
        self._death = death
        for stream in self._streams.values():
            stream.signal.fail(death)

    async def run(self) -> NoReturn:
        """Serve for ever."""
        step: Step | None = None
        while True:
            if step is None and (step := self._plan()) is None:
                await self._idle()
                continue
            await self.clock.sleep_until(step.leave_ms)
            step = await self._hand_out(step)

    def _plan(self) -> Step | None:
        """Run the step whose time to begin has come."""
        begins_ms = self.live.begins_ms()
        if not self.clock.is_time(begins_ms):
            return None
        until_ms = self._stalls.held_until(begins_ms, self._busy_ms)
        if until_ms is not None:
            self.live.hold(until_ms)
            self.watch.stalled()
            return None
        step = self.live.step()
        self._busy_ms = step.end_ms
        return step

    async def _idle(self) -> None:
        begins_ms = self.live.begins_ms()
        if begins_ms == inf:
            await self._wake.wait()
        else:
            await self.clock.sleep_until(begins_ms)

    async def _hand_out(self, step: Step) -> Step | None:
        """Let the tokens of a step be written, and of those after it that are late; return the next if it has begun."""
        left, until_s, following = list[Step](), monotonic() + CATCH_UP_S, step
        while self.clock.is_time(following.leave_ms) and monotonic() < until_s:
            await self._deliver(following)
            left.append(following)
            planned = self._plan()
            if planned is None:
                break
            following = planned
        else:
            planned = following
        await asyncio.sleep(0)  # whom the tokens woke runs before this returns: they are written
        now_ms = self.clock.now_ms()
        for step in left:
            self.watch.stepped(step, (now_ms - step.leave_ms) / self.clock.speedup)
        return planned

    async def _deliver(self, step: Step) -> None:
        """Hand out the tokens of a step, first tokens first: who waits for one sees nothing of the pass's length."""
        others: Sequence[Ticket] = step.tickets
        began = [ticket for ticket, gap_ms in zip(others, step.gaps_ms, strict=True) if gap_ms != gap_ms]
        if 0 < len(began) < len(others):
            others = [ticket for ticket, gap_ms in zip(others, step.gaps_ms, strict=True) if gap_ms == gap_ms]
            self._give(began)
            await asyncio.sleep(0)  # whom they woke writes meanwhile
        for start in range(0, len(others), AT_A_TIME):
            if start:
                await asyncio.sleep(0)
            self._give(others[start : start + AT_A_TIME])

    def _give(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            stream = self._streams.get(ticket)
            if stream is None:  # given up since the step began
                continue
            stream.delivered += 1
            if stream.delivered == 1:
                self.waiting -= 1
            stream.signal.set()
            if stream.complete:
                del self._streams[ticket]
