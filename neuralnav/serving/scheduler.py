"""The scheduler of vLLM v1 as a run of events: which requests each forward pass holds, and when it ends.

A step serves the running requests first, in order of admission (each decode one token, an unfinished prompt its next
chunk), then admits waiting ones, first come first served, while tokens, sequences and KV blocks last. Blocks are taken
as tokens are computed. When a running request needs a block and none is free, the last of the running is preempted: its
blocks are freed, it goes to the front of the queue and later computes its prompt and the tokens it has already given
anew; nobody is admitted in that step (vllm/v1/core/sched/scheduler.py, first come first served).

Steps that only decode cost linearly more in KV length, so they are jumped in closed form up to the next event: a
sequence finishes, a request arrives that could be admitted, or blocks run out. A jump ends with the step in progress.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf, nan
from operator import itemgetter, mul
from typing import Protocol

from neuralnav.serving.jumps import Gaps, span, steps_to_cover
from neuralnav.serving.limits import Limits
from neuralnav.serving.stepcost import StepCost

FLUSH_REQUESTS = 8192
"""Results are handed on when this many requests have finished: what a run keeps does not grow with its length."""

CHUNKS_KEPT = 4096
"""Costs of prefill chunks that are remembered; those of further shapes are computed each time."""

Ended = list[float]
"""Per request four numbers, one after the other: which one, and when it arrived, gave its first token and finished (ms;
NaN for what has not happened). A flat list of numbers holds nothing that Python's garbage collector looks through."""


class Sink(Protocol):
    """Where the results of a run go, in order of time."""

    def take(self, ended: Ended, gaps: Gaps, preemptions: int) -> None:
        """Keep what is wanted of finished requests, gaps of measured ones, and their preemptions, since last time.

        The lists are emptied afterwards.
        """


@dataclass(slots=True)
class Sequence:
    """One request in the server. `phase` is the step, modulo a block, in which it needs a block."""

    index: int
    arrival_ms: float
    prompt: int
    output: int
    cached: int
    window: int = 0
    measured: bool = False
    emitted: int = 0
    first_ms: float = nan
    last_ms: float = nan
    phase: int = 0
    done: int = 0


Request = tuple[float, int, int, int]
"""When it arrives (ms), its prompt and output tokens, and how many of the prompt are in the prefix cache."""


class Scheduler:
    """The state of one run. Times are ms. `decoded` counts steps: a sequence with r tokens to go ends at + r.

    `running` holds (end, index, sequence) of those that decode, as a heap; at most one more is amid its prompt: the
    last admitted. Who was admitted last has the highest index, since the preempted are the last and come back first.
    `demand` counts the running by the step, modulo a block, in which they need a block: from it and the sum of their
    lengths follow the blocks they hold. `seen` is the time up to which arrivals are known to the step that starts
    `now`; `late_` is what finished requests still hold in its eyes. Both differ from the present only under
    asynchronous scheduling. What every event reads is held here directly, and costs that recur are looked up: an
    event takes about two microseconds, and a sweep of a catalog has a billion.
    """

    __slots__ = (
        "_async", "_block", "_blocks", "_budget", "_chunks", "_cost", "_count", "_decode_ms", "_decoded", "_demand",
        "_due", "_ended", "_flush", "_gaps", "_head", "_kv", "_kv_ms", "_late_blocks", "_late_seqs",
        "_left", "_live", "_now", "_partial", "_preempted", "_preemptions", "_requests", "_running",
        "_seen", "_sent", "_seqs", "_sink", "_start", "_stop", "_stream_ms", "_whole", "_window", "_window_ms",
    )  # fmt: skip

    def __init__(
        self,
        cost: StepCost,
        limits: Limits,
        requests: Iterator[Request],
        measured: tuple[int, int],
        sink: Sink,
        *,
        in_flight: int = 0,
        flush: int = FLUSH_REQUESTS,
    ) -> None:
        """Prepare a run over requests in order of arrival; with `in_flight`, each is sent when another finishes.

        The sink takes results whenever `flush` requests have finished.
        """
        self._cost, self._kv_ms, self._window_ms, self._stream_ms = cost, cost.kv_ms, cost.window_ms, cost.stream_ms
        self._decode_ms = cost.decode_table()
        self._chunks: dict[tuple[int, int], float] = {}
        self._budget, self._seqs = limits.max_num_batched_tokens, limits.max_num_seqs
        self._block, self._blocks = limits.block_tokens, limits.blocks
        self._async, self._whole = limits.async_scheduling, limits.whole_prompt
        self._flush = 4 * flush
        self._requests, (self._start, self._stop), self._sink = requests, measured, sink
        self._sent = deque([0.0] * in_flight) if in_flight else None
        self._now, self._seen, self._left = 0.0, 0.0, self._stop - self._start
        self._decoded, self._count, self._preemptions = 0, 0, 0
        self._running: list[tuple[int, int, Sequence]] = []
        self._preempted: list[Sequence] = []
        self._partial: Sequence | None = None
        self._kv, self._window, self._live, self._late_seqs, self._late_blocks = 0, 0, 0, 0, 0
        self._demand = [0] * self._block
        self._ended: Ended = []
        self._gaps: Gaps = []
        self._head: Sequence | None = None
        self._due = inf
        self._pull()

    def run(self) -> None:
        """Serve until the measured requests have finished."""
        running = self._running
        while self._left:
            if not running and self._partial is None and not self._admissible():
                self._wake()
            self._step()
            if running and self._partial is None:
                self._decode()
        for sequence in (*(s for _, _, s in running), *self._preempted, self._partial, self._head):
            if sequence is not None:
                self._ended += (sequence.index, sequence.arrival_ms, sequence.first_ms, nan)
        for number, sent in enumerate(self._sent or ()):
            self._ended += (self._count + number, sent, nan, nan)
        self._sink.take(self._ended, self._gaps, self._preemptions)

    def _pull(self) -> None:
        """Look at the next request, if it has been sent."""
        self._head, self._due = None, inf
        if (self._sent is not None and not self._sent) or (request := next(self._requests, None)) is None:
            return
        arrival, prompt, output, cached = request
        if self._sent is not None:
            arrival = self._sent.popleft()
        index = self._count
        self._count = index + 1
        window = self._cost.window_kv(prompt, output) if self._cost.window_tokens else 0
        self._head = Sequence(index, arrival, prompt, output, cached, window, self._start <= index < self._stop)
        self._due = arrival + self._cost.frontend_of_ms(prompt)

    def _wake(self) -> None:
        """Plan afresh with all that has finished let go: at once if someone waits, else when the next one comes."""
        if not self._preempted and self._due > self._now:
            self._now = self._due
        self._seen, self._late_seqs, self._late_blocks = self._now, 0, 0

    def _room(self) -> int:
        """Return the blocks left when those that decode have got theirs for the step; negative when there are none."""
        block, demand, after = self._block, self._demand, (self._decoded + 1) % self._block
        broken: int = sum(map(mul, demand[after:] + demand[:after], range(block)))
        return self._blocks - self._late_blocks - (self._kv + broken) // block

    def _admissible(self) -> bool:
        """Tell whether the step that starts now admits a request. No prompt is unfinished."""
        sequence = self._preempted[-1] if self._preempted else self._head
        if sequence is None or (self._due > self._seen and not self._preempted):
            return False
        decodes, block = len(self._running), self._block
        if decodes + self._late_seqs >= self._seqs or decodes >= self._budget:
            return False
        tokens = sequence.prompt + sequence.emitted
        if not self._whole:
            tokens = min(tokens, sequence.cached + self._budget - decodes)
        need = -(-tokens // block)
        least = self._blocks - self._late_blocks - (self._kv + decodes * (block - 1)) // block
        return need <= least or need <= self._room()

    def _step(self) -> None:
        """Run one step: decode everything running and prefill what the limits allow."""
        running, partial, block = self._running, self._partial, self._block
        decodes, chunk = len(running), 0
        room = self._blocks - self._late_blocks - (self._kv + decodes * (block - 1)) // block
        if partial is not None:
            chunk = min(partial.prompt + partial.emitted - partial.done, self._budget - decodes)
            room -= -(-(partial.done + chunk) // block)
        if room < 0 and self._make_room(chunk):
            decodes = len(running)
            prefill, chunks_ms, joined = self._fill(chunk, room, admit=False)
            if not decodes and not prefill:
                self._wake()
                return
        else:
            prefill, chunks_ms, joined = self._fill(chunk, room, admit=True)
        step = self._cost.mixed_ms(prefill, chunks_ms, decodes + len(joined), decodes, self._kv, self._window)
        if self._live:
            self._gaps += (step, 0.0, 1, self._live)
        started = self._now
        now = self._now = started + step
        self._seen = started if self._async else now
        self._late_seqs = self._late_blocks = 0
        self._decoded += 1
        self._kv += decodes
        if decodes and running[0][0] == self._decoded:
            self._release()
        for sequence in joined:
            self._join(sequence)

    def _make_room(self, chunk: int) -> bool:
        """Preempt the last of the running until the others have their blocks; tell whether that was needed."""
        running, preempted = self._running, False
        while True:
            partial, room = self._partial, self._room()
            if partial is not None:
                room -= -(-(partial.done + chunk) // self._block)
            if room >= 0:
                return preempted
            preempted = True
            if partial is not None:
                self._partial = None
                self._preempt(partial)
                continue
            last = max(running, key=itemgetter(1))
            running.remove(last)
            heapify(running)
            self._preempt(self._leave(last))

    def _leave(self, entry: tuple[int, int, Sequence]) -> Sequence:
        """Take a sequence out of the sums of those that decode; return it, its tokens counted up to now."""
        end, _, sequence = entry
        sequence.emitted = sequence.output - (end - self._decoded)
        sequence.last_ms = self._now
        self._kv -= sequence.prompt + sequence.emitted
        self._window -= sequence.window
        self._demand[sequence.phase] -= 1
        if sequence.measured:
            self._live -= 1
        return sequence

    def _preempt(self, sequence: Sequence) -> None:
        self._preempted.append(sequence)
        if sequence.measured:
            self._preemptions += 1

    def _fill(self, chunk: int, room: int, *, admit: bool) -> tuple[int, float, list[Sequence]]:
        """Return the prefill tokens of this step, what their attention costs, and whose prompts they complete.

        The unfinished prompt comes first, with `chunk` tokens; then requests are admitted, unless forbidden. `room`
        is at most what is left of the blocks: they are counted when that does not suffice.
        """
        decodes, block, chunks, preempted = len(self._running), self._block, self._chunks, self._preempted
        budget, slots, taken, counted = self._budget - decodes, self._seqs - decodes - self._late_seqs, 0, False
        prefill, chunks_ms, joined = 0, 0.0, list[Sequence]()
        sequence, tokens = self._partial, chunk
        while True:
            if sequence is not None:
                done = sequence.done
                cost = chunks.get((done, tokens))
                chunks_ms += self._chunk_ms(done, tokens) if cost is None else cost
                done = sequence.done = done + tokens
                prefill, slots, taken = prefill + tokens, slots - 1, taken + -(-done // block)
                if done < sequence.prompt + sequence.emitted:
                    self._partial = sequence
                    break
                self._partial = None
                joined.append(sequence)
            if not admit or prefill >= budget or slots <= 0:
                break
            sequence = preempted[-1] if preempted else self._head
            if sequence is None or (self._due > self._seen and not preempted):
                break
            total, cached = sequence.prompt + sequence.emitted, sequence.cached
            tokens = min(total - cached, budget - prefill)
            need = -(-(total if self._whole else cached + tokens) // block)
            if need > room and not counted:
                room, counted = self._room() - taken, True
            if need > room:
                break
            room -= -(-(cached + tokens) // block)
            sequence.done = cached
            if preempted:
                preempted.pop()
            else:
                self._pull()
        return prefill, chunks_ms, joined

    def _chunk_ms(self, context: int, tokens: int) -> float:
        cost = self._cost.chunk_ms(context, tokens)
        if len(self._chunks) < CHUNKS_KEPT:
            self._chunks[context, tokens] = cost
        return cost

    def _join(self, sequence: Sequence) -> None:
        """Let a sequence whose prompt is computed give a token, and decode from now on."""
        emitted = sequence.emitted = sequence.emitted + 1
        if emitted == 1:
            sequence.first_ms = self._now + self._stream_ms * len(self._running)
        elif sequence.measured:
            self._gaps += (self._now - sequence.last_ms, 0.0, 1, 1)
        length = sequence.prompt + emitted
        if emitted == sequence.output:
            self._end(sequence)
            return
        sequence.phase = phase = (self._decoded - length + 1) % self._block
        self._demand[phase] += 1
        self._kv += length
        self._window += sequence.window
        if sequence.measured:
            self._live += 1
        heappush(self._running, (self._decoded + sequence.output - emitted, sequence.index, sequence))

    def _decode(self) -> None:
        """Run decode-only steps, from event to event, until one can be admitted, blocks run out or all is done."""
        running, base, kv_ms, window_ms = self._running, self._decode_ms, self._kv_ms, self._window_ms
        while running and self._left:
            decodes, now = len(running), self._now
            step = base[decodes] + kv_ms * self._kv + window_ms * self._window
            slope = kv_ms * decodes
            steps = self._until_event(decodes, step, slope)
            if not steps:
                return
            if self._live:
                self._gaps += (step, slope, steps, self._live)
            if self._async:
                self._seen = now + span(steps - 1, step, slope)
                self._now = self._seen + (step + slope * (steps - 1))
                self._late_seqs = self._late_blocks = 0
            else:
                self._seen = self._now = now + (steps * step + slope * (steps * (steps - 1) // 2))
            self._decoded += steps
            self._kv += steps * decodes
            if running[0][0] == self._decoded:
                self._release()

    def _until_event(self, decodes: int, step_ms: float, slope_ms: float) -> int:
        """Return for how many steps the scheduler has nothing to decide: 0 when it could admit or must preempt now."""
        steps = self._running[0][0] - self._decoded
        block = self._block
        if self._kv + decodes * (steps + block) + self._late_blocks * block > self._blocks * block:
            steps = min(steps, self._lasting(decodes))
        if decodes >= self._seqs:
            return steps
        if self._preempted or self._due <= self._seen:
            if self._admissible():
                return 0
            return min(steps, 1) if self._late_seqs else steps
        wait = self._due - self._now
        if steps <= 1 or wait == inf:
            return steps
        if not self._async:
            return steps_to_cover(wait, step_ms, slope_ms, steps)
        # planned in while the step after the one that it arrives in runs
        return 1 if wait <= 0.0 else min(steps, steps_to_cover(wait, step_ms, slope_ms, steps) + 1)

    def _lasting(self, decodes: int) -> int:
        """Return for how many steps blocks last: every sequence needs one per as many steps as a block has tokens."""
        block, demand = self._block, self._demand
        free = self._room() + demand[self._decoded % block]
        rounds, free = divmod(free, decodes)
        steps = rounds * block
        while free >= (need := demand[(self._decoded + steps) % block]):
            free -= need
            steps += 1
        return steps

    def _release(self) -> None:
        """Let go of the sequences that have all their tokens."""
        running, decoded = self._running, self._decoded
        while running and running[0][0] == decoded:
            self._end(self._leave(heappop(running)))

    def _end(self, sequence: Sequence) -> None:
        last_ms = max(sequence.first_ms, self._now + self._stream_ms * len(self._running))
        self._ended += (sequence.index, sequence.arrival_ms, sequence.first_ms, last_ms)
        if sequence.measured:
            self._left -= 1
        if self._async:
            self._late_seqs += 1
            self._late_blocks += -(-(sequence.prompt + sequence.output - 1) // self._block)
        if self._sent is not None:
            self._sent.append(self._now)
            if self._head is None:
                self._pull()
        if len(self._ended) >= self._flush:  # four numbers each
            self._sink.take(self._ended, self._gaps, self._preemptions)
            self._ended.clear()
            self._gaps.clear()
            self._preemptions = 0
