"""The engine a step at a time, for requests that nobody knows in advance: what a server in real time runs on.

Its scheduler is that of `simulate`, so the same arrivals give the same times (tested): a run is walked, not jumped.
Beside that, a request may be given up at any moment, and a prompt may find what earlier ones left in the prefix cache.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify
from math import inf, nan

from neuralnav.serving.jumps import Gaps
from neuralnav.serving.limits import Limits
from neuralnav.serving.prefixes import Block, Prefixes
from neuralnav.serving.scheduler import Ended, Request, Scheduler
from neuralnav.serving.scheduler import Sequence as Running
from neuralnav.serving.stepcost import StepCost


@dataclass(slots=True, eq=False)
class Ticket:
    """One request in a live engine. Times are ms of the engine's clock, NaN while they have not come.

    `given` of its `output` tokens have left, the latest with the step that ended at `given_ms`. `queued_ms` is when
    the scheduler saw it, `started_ms` when the first step that computed some of its prompt began. `first_ms` and
    `last_ms` are when its client got the first and the last token. `cached` tokens of the prompt were found in the
    prefix cache. `over` tells that it has all its tokens or was given up. `index` counts requests as the scheduler
    looks at them, -1 before.
    """

    arrival_ms: float
    prompt: int
    output: int
    blocks: Sequence[Block] = ()
    given: int = 0
    cached: int = 0
    queued_ms: float = nan
    started_ms: float = nan
    given_ms: float = nan
    first_ms: float = nan
    last_ms: float = nan
    preemptions: int = 0
    over: bool = False
    index: int = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One forward pass: it ran from `start_ms` to `end_ms`, and its tokens reach clients at `leave_ms`, all at once.

    The serving model lets one stream after the other have its token. All leave when those that decode have got theirs
    and half of the first tokens too, so that on the whole TTFT is the model's and the gaps of others grow little.

    `tickets` got a token each, those that decoded before those whose prompts it completed, `gaps_ms` after their last
    one (NaN for a first). `tokens` were in the pass: of prompts, and one a decode. A step that only preempts takes no
    time and gives nothing.
    """

    start_ms: float
    end_ms: float
    leave_ms: float
    tickets: tuple[Ticket, ...]
    tokens: int
    gaps_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What an engine holds: requests that run, that wait (preempted ones among them), and blocks of its KV cache."""

    running: int
    waiting: int
    blocks: int
    of_blocks: int


class _Line:
    """Requests that the scheduler has not looked at, in order of arrival. It may be empty, and fill again."""

    __slots__ = ("latest", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Ticket] = deque()
        self.latest: Ticket | None = None

    def __iter__(self) -> Iterator[Request]:
        return self

    def __next__(self) -> Request:
        if not self.waiting:
            raise StopIteration
        ticket = self.latest = self.waiting.popleft()
        return ticket.arrival_ms, ticket.prompt, ticket.output, 0


class Live(Scheduler):
    """An engine that is asked for its next step, again and again. Its clock begins at 0 ms.

    `add` requests as they arrive; while `begins_ms` is finite, `step` runs the step that begins then. Whatever arrives
    up to that time must have been added before; to run it later than it begins changes nothing.
    """

    __slots__ = ("_before", "_given", "_leave_ms", "_line", "_prefixes", "_tickets", "_tokens", "preempted")

    def __init__(self, cost: StepCost, limits: Limits, *, prefixes: Prefixes | None = None) -> None:
        """Start empty. Without `prefixes` every prompt is computed whole."""
        self._line, self._prefixes = _Line(), prefixes
        self._tickets: dict[int, Ticket] = {}
        self._given: list[int] = []
        self._tokens, self._before, self._leave_ms = 0, 0.0, 0.0
        self.preempted = 0
        """How often a request was preempted, whichever it was."""
        super().__init__(cost, limits, self._line, (0, 0), self, flush=1)

    def add(self, arrival_ms: float, prompt_tokens: int, output_tokens: int, *, blocks: Sequence[Block] = ()) -> Ticket:
        """Let a request arrive. `blocks` name the whole blocks of its prompt and answer, for the prefix cache.

        Raises ValueError for an empty request and for one that the KV cache could never hold.
        """
        if min(prompt_tokens, output_tokens) < 1:
            raise ValueError("a request needs at least one prompt token and one output token")
        if -(-(prompt_tokens + output_tokens - 1) // self._block) > self._blocks:
            raise ValueError(f"{prompt_tokens} + {output_tokens} tokens never fit in {self._blocks} blocks of KV cache")
        ticket = Ticket(arrival_ms, prompt_tokens, output_tokens, blocks)
        ticket.queued_ms = arrival_ms + self._cost.frontend_of_ms(prompt_tokens)
        self._line.waiting.append(ticket)
        if self._head is None:
            self._pull()
        return ticket

    def abort(self, ticket: Ticket) -> None:
        """Give a request up, wherever it is. Its slot and its blocks are free for the next step that is run."""
        if ticket.over:
            return
        ticket.over = True
        if ticket.index < 0:
            self._line.waiting.remove(ticket)
            return
        del self._tickets[ticket.index]
        if self._head is not None and self._head.index == ticket.index:
            self._head = None
            self._pull()
        elif self._partial is not None and self._partial.index == ticket.index:
            self._partial = None
        elif any(sequence.index == ticket.index for sequence in self._preempted):
            self._preempted = [sequence for sequence in self._preempted if sequence.index != ticket.index]
        else:
            entry = next(entry for entry in self._running if entry[1] == ticket.index)
            self._running.remove(entry)
            heapify(self._running)
            self._leave(entry)

    def begins_ms(self) -> float:
        """Return when the next step begins; infinity while there is nothing to do."""
        if self._running or self._partial is not None or self._preempted:
            return self._now
        return max(self._now, self._due)

    def hold(self, until_ms: float) -> None:
        """Let no step begin earlier: the engine hangs, and its clients wait."""
        self._now = max(self._now, until_ms)
        if not self._async:  # who came meanwhile is known to the step that begins then
            self._seen = self._now

    def step(self) -> Step:
        """Run the next step. Raises ValueError when there is nothing to do."""
        if self.begins_ms() == inf:
            raise ValueError("there is nothing to do")
        self._look_up()
        if not self._running and self._partial is None and not self._admissible():
            self._wake()
        self._given, self._tokens, self._before, start = [], 0, 0.0, self._now
        self._step()
        tickets = tuple(self._tickets[index] for index in self._given)
        gaps = tuple([self._now - ticket.given_ms for ticket in tickets])
        for ticket in tickets:
            ticket.given += 1
            ticket.given_ms = self._now
            if ticket.given == ticket.output:
                self._finish(ticket)
        self._leave_ms = max(self._leave_ms, self._now + self._stream_ms * max(0.0, self._before))
        return Step(start, self._now, self._leave_ms, tickets, self._tokens, gaps)

    def occupancy(self) -> Occupancy:
        """Return what the engine holds between two steps; who is not through the frontend yet does not wait."""
        partial = self._partial
        used = 0 if partial is None else -(-partial.done // self._block)
        used += sum(-(-(s.prompt + s.output - end + self._decoded - 1) // self._block) for end, _, s in self._running)
        waiting = len(self._preempted) + (self._due <= self._now)
        waiting += sum(ticket.queued_ms <= self._now for ticket in self._line.waiting)
        return Occupancy(len(self._running) + (partial is not None), waiting, used, self._blocks)

    def take(self, ended: Ended, gaps: Gaps, preemptions: int) -> None:  # noqa: ARG002  # nothing is measured
        """Keep when a request's client got its last token: the engine is the sink of its own results."""
        index, _, _, last_ms = ended
        self._tickets[int(index)].last_ms = last_ms

    def _finish(self, ticket: Ticket) -> None:
        ticket.over = True
        del self._tickets[ticket.index]
        if self._prefixes is not None:
            self._prefixes.keep(ticket.blocks[: (ticket.prompt + ticket.output - 1) // self._block])

    def _look_up(self) -> None:
        """Let the request at the head find its prefix; its last token is always computed."""
        head = self._head
        if self._prefixes is not None and head is not None:
            ticket = self._tickets[head.index]
            head.cached = self._block * self._prefixes.found(ticket.blocks[: (ticket.prompt - 1) // self._block])

    def _pull(self) -> None:
        admitted = self._head
        if admitted is not None:
            ticket = self._tickets[admitted.index]
            ticket.started_ms, ticket.cached = self._now, admitted.cached
        super()._pull()
        if self._head is not None and self._line.latest is not None:
            self._line.latest.index = self._head.index
            self._tickets[self._head.index] = self._line.latest
            self._look_up()

    def _preempt(self, sequence: Running) -> None:
        super()._preempt(sequence)
        self._tickets[sequence.index].preemptions += 1
        self.preempted += 1

    def _fill(self, chunk: int, room: int, *, admit: bool) -> tuple[int, float, list[Running]]:
        decoding = [index for _, index, _ in self._running]
        prefill, chunks_ms, joined = super()._fill(chunk, room, admit=admit)
        self._given = decoding + [sequence.index for sequence in joined]
        self._tokens = prefill + len(decoding)
        self._before = len(decoding) - 1 + len(joined) / 2
        return prefill, chunks_ms, joined

    def _join(self, sequence: Running) -> None:
        super()._join(sequence)
        ticket = self._tickets[sequence.index]
        ticket.first_ms = sequence.first_ms
        if self._prefixes is not None:
            self._prefixes.keep(ticket.blocks[: ticket.prompt // self._block])
