"""One lane of a server in real time: runs steps as their time comes, hands out the tokens of a step in one pass."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from neuralnav.serving.live import Live, Step, Ticket
from neuralnav_simulator.clock import Clock


class Signal:
    """Wakes the one task that waits for it; set before that, it is not missed."""

    __slots__ = ("_set", "_waiter")

    def __init__(self) -> None:
        self._set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wake who waits, or who will."""
        self._set = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self) -> None:
        """Return once it is set, and clear it."""
        if not self._set:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
            self._waiter = None
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
        """Take in a step whose tokens left just now, `late_ms` of the wall's milliseconds after their time."""


@dataclass(slots=True)
class Engine:
    """A lane: requests are submitted and given up by the server, `run` never returns."""

    live: Live
    clock: Clock
    watch: Watch
    _wake: Signal = field(default_factory=Signal)
    _streams: dict[Ticket, Stream] = field(default_factory=dict)

    def submit(
        self, arrival_ms: float, prompt_tokens: int, output_tokens: int, signal: Signal, *, blocks: Sequence[int] = ()
    ) -> Stream:
        """Let a request arrive that came to the server at a time of the clock. Raises ValueError as `Live.add` does."""
        stream = Stream(self.live.add(arrival_ms, prompt_tokens, output_tokens, blocks=blocks), signal)
        self._streams[stream.ticket] = stream
        self._wake.set()
        return stream

    def abort(self, stream: Stream) -> None:
        """Give up a request whose client is gone; nothing happens to one that is complete."""
        self.live.abort(stream.ticket)
        self._streams.pop(stream.ticket, None)

    async def run(self) -> None:
        """Serve for ever."""
        while True:
            begins_ms = self.live.begins_ms()
            if begins_ms == inf:
                await self._wake.wait()
                continue
            await self.clock.sleep_until(begins_ms)
            if self.live.begins_ms() == inf:  # all gave up meanwhile
                continue
            step = self.live.step()
            await self.clock.sleep_until(step.leave_ms)
            self._deliver(step)

    def _deliver(self, step: Step) -> None:
        for ticket in step.tickets:
            stream = self._streams.get(ticket)
            if stream is not None:
                stream.delivered += 1
                stream.signal.set()
                if stream.complete:
                    del self._streams[ticket]
        self.watch.stepped(step, (self.clock.now_ms() - step.leave_ms) / self.clock.speedup)
