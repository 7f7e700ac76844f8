"""A closed loop as the scheduler sees it: which steps there are does not depend on how long they take.

With a fixed number of requests in flight, each next request comes when one finishes, so which requests share which
step follows from their token counts alone. What a client reports is then a weighted sum over steps of their cost: TTFT
is the steps a request waits and prefills in, TPOT those that it decodes in. A fit needs that sum for many costs of one
trace.
"""

import heapq
from collections import deque
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.stepcost import Passes

Vector = NDArray[np.float64]

ALIKE = 0.08
"""Steps whose prefill and decode counts lie within this share of each other are added up."""

EDGES = (512, 2048)
"""Token counts that steps are never added up across: what engines capture graphs for."""

DIGITS = 6
"""Mean counts are rounded, so that steps of just a capture size stay on its side."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A closed loop: requests in flight, nominal tokens of prompt and output, and what the engine may use.

    Lengths are uniform on `least_share` to 1 of nominal. `lag_steps` is how many whole steps a request waits between
    the finish that sent it and its first step: 1, and 2 where steps are planned one ahead.
    """

    concurrency: int
    prompt_tokens: int
    output_tokens: int
    requests: int
    least_share: float
    lag_steps: int
    kv_capacity_tokens: int
    max_num_batched_tokens: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The steps of a closed loop, alike ones added up, and what each counts for a mean request.

    `ttft` and `tpot` are weights per row of `passes`: mean TTFT is `ttft @ cost` and mean TPOT `tpot @ cost`, in the
    unit of cost, without the way to and from the server. `preempted` counts requests that lost their cache.
    """

    passes: Passes
    ttft: Vector
    tpot: Vector
    mean_prompt: float
    mean_output: float
    preempted: int


def trace(loop: Loop, *, window_tokens: int = 0) -> Trace:
    """Return the steps of a closed loop whose requests are sent at once and then one for each that finishes.

    `window_tokens` is what a sequence reads at most in a sliding-window layer. Raises ValueError when one request does
    not fit in the KV cache.
    """
    if loop.prompt_tokens + loop.output_tokens > loop.kv_capacity_tokens:
        raise ValueError(f"a request needs more than the {loop.kv_capacity_tokens} tokens of KV that there are")
    random = np.random.Generator(np.random.PCG64(loop.concurrency))
    prompt, output = (
        np.ceil(tokens * random.uniform(loop.least_share, 1.0, loop.requests)).astype(np.int64)
        for tokens in (loop.prompt_tokens, loop.output_tokens)
    )
    walk = _Walk(loop, prompt.tolist(), output.tolist())
    walk.run()
    rows = _added_up(np.array(walk.rows, dtype=np.float64))
    rows[:, 7:] /= loop.requests
    return Trace(
        passes=_passes(rows, window_tokens),
        ttft=rows[:, 7],
        tpot=rows[:, 8],
        mean_prompt=float(prompt.mean()),
        mean_output=float(output.mean()),
        preempted=walk.preempted,
    )


def _passes(rows: Vector, window_tokens: int) -> Passes:
    prefill, sampled, decodes, kv, pairs, context = rows[:, :6].T
    return Passes(
        prefill=prefill,
        decodes=decodes,
        sampled=sampled + decodes,
        kv=kv,
        window_kv=np.minimum(kv, window_tokens * decodes),
        pairs=pairs,
        window_pairs=np.minimum(pairs, window_tokens * prefill),
        context=context,
    )


class _Walk:
    """The state of one loop. A row is (prefill, finished prompts, decodes, KV, pairs, context, steps, TTFT, TPOT)."""

    def __init__(self, loop: Loop, prompt: list[int], output: list[int]) -> None:
        self._loop, self._prompt, self._output = loop, prompt, output
        self.rows: list[tuple[float, ...]] = []
        self.preempted = 0
        self._step, self._done = 0, 0
        first = min(loop.concurrency, loop.requests)
        self._next, self._waiting = first, deque((0, index) for index in range(first))
        self._sent: deque[tuple[int, int]] = deque()
        self._running: list[tuple[int, int]] = []
        self._admitted: dict[int, int] = {}
        self._made: dict[int, int] = {}
        self._partial: tuple[int, int] | None = None
        self._kv, self._used = 0, 0
        self._unseen, self._decoding = first, 0.0

    def run(self) -> None:
        """Walk until every request has finished."""
        while self._done < self._loop.requests:
            self._receive()
            prefill, finished, pairs, context = self._fill()
            if prefill:
                self._mixed(prefill, finished, pairs, context)
            elif self._running:
                self._decode()
            else:
                self._step = max(self._step + 1, self._soonest())
            while self._running and self._running[0][0] <= self._step:
                self._finish()

    def _receive(self) -> None:
        while self._sent and self._sent[0][0] <= self._step:
            step, index = self._sent.popleft()
            self._unseen += 1
            self._waiting.append((step + self._loop.lag_steps, index))

    def _soonest(self) -> int:
        return min([entry[0] for queue in (self._waiting, self._sent) for entry in list(queue)[:1]])

    def _fill(self) -> tuple[int, list[int], float, float]:
        """Return the prefill tokens of this step, whose prompts they complete, their pairs and cached context."""
        room = self._loop.max_num_batched_tokens - len(self._running)
        prefill, finished, pairs, context = 0, [], 0.0, 0.0
        while room > 0:
            if self._partial is None:
                if not self._waiting or self._waiting[0][0] > self._step:
                    break
                index = self._waiting[0][1]
                if self._used + len(self._running) + self._length(index) > self._loop.kv_capacity_tokens:
                    break
                self._waiting.popleft()
                self._used += self._length(index)
                self._partial = (index, 0)
            index, done = self._partial
            tokens = min(room, self._length(index) - done)
            pairs += tokens * (done + 0.5 * (tokens + 1))
            context += done
            prefill, room = prefill + tokens, room - tokens
            self._partial = (index, done + tokens)
            if done + tokens == self._length(index):
                self._partial = None
                finished.append(index)
        return prefill, finished, pairs, context

    def _length(self, index: int) -> int:
        """Return the tokens to prefill: the prompt, and what was made before the cache was lost."""
        return self._prompt[index] + self._made.get(index, 0)

    def _mixed(self, prefill: int, finished: list[int], pairs: float, context: float) -> None:
        decodes = len(self._running)
        self._record(prefill, len(finished), decodes, self._kv, pairs, context, 1)
        self._advance(1)
        for index in finished:
            if index not in self._admitted:
                self._unseen -= 1
                self._decoding += self._share(index)
            self._admitted[index] = self._step
            self._kv += self._length(index) + 1
            self._used += 1
            left = self._output[index] - self._made.get(index, 0) - 1
            heapq.heappush(self._running, (self._step + left, index))

    def _decode(self) -> None:
        """Take the steps up to the next event at once, or let one request go when the cache is full."""
        decodes = len(self._running)
        steps = self._running[0][0] - self._step
        if self._waiting and self._waiting[0][0] > self._step:
            steps = min(steps, self._waiting[0][0] - self._step)
        if self._sent:
            steps = min(steps, self._sent[0][0] - self._step)
        room = (self._loop.kv_capacity_tokens - self._used) // decodes
        if room < 1 < decodes:
            self._preempt()
            return
        steps = max(1, min(steps, room))
        self._record(0, 0, decodes, self._kv + decodes * (steps - 1) / 2.0, 0.0, 0.0, steps)
        self._advance(steps)

    def _preempt(self) -> None:
        """Let the request that was admitted last go; it comes back first, and prefills what it had made too."""
        last = max(self._running, key=lambda entry: (self._admitted[entry[1]], entry[1]))
        self._running.remove(last)
        heapq.heapify(self._running)
        end, index = last
        held = self._prompt[index] + self._output[index] - (end - self._step)
        self._made[index] = held - self._prompt[index]
        self._kv, self._used = self._kv - held, self._used - held
        self._waiting.appendleft((self._step, index))
        self.preempted += 1

    def _record(
        self, prefill: int, sampled: int, decodes: int, kv: float, pairs: float, context: float, steps: int
    ) -> None:
        weights = (self._unseen * steps, self._decoding * steps)
        self.rows.append((prefill, sampled, decodes, kv, pairs, context, steps, *weights))

    def _advance(self, steps: int) -> None:
        tokens = steps * len(self._running)
        self._kv, self._used, self._step = self._kv + tokens, self._used + tokens, self._step + steps

    def _finish(self) -> None:
        _, index = heapq.heappop(self._running)
        held = self._prompt[index] + self._output[index]
        self._kv, self._used = self._kv - held, self._used - held
        self._decoding -= self._share(index)
        self._done += 1
        if self._next < self._loop.requests:
            self._sent.append((self._step, self._next))
            self._next += 1

    def _share(self, index: int) -> float:
        """Return what a step counts for the TPOT of a request that decodes in it."""
        return 1.0 / (self._output[index] - 1) if self._output[index] > 1 else 0.0


def _added_up(rows: Vector) -> Vector:
    """Return the rows with alike ones added up: counts and weights summed, the rest averaged by weight."""
    prefill, decodes = rows[:, 0], rows[:, 2]
    step = log1p(ALIKE)
    classes = [
        np.where(count > 0, 1 + np.round(np.log(np.maximum(count, 1.0)) / step), 0) for count in (prefill, decodes)
    ]
    side = sum((prefill + decodes > edge).astype(np.float64) for edge in EDGES)
    key = ((classes[0] * 1000 + classes[1]) * 4 + side) * 2 + (rows[:, 5] > 0)
    _, group = np.unique(key, return_inverse=True)
    ttft, tpot = rows[:, 7].sum() or 1.0, rows[:, 8].sum() or 1.0
    weight = rows[:, 6] * 1e-9 + rows[:, 7] / ttft + rows[:, 8] / tpot
    total = np.bincount(group, weight)
    means = [np.round(np.bincount(group, weight * rows[:, column]) / total, DIGITS) for column in range(6)]
    sums = [np.bincount(group, rows[:, column]) for column in range(6, 9)]
    return np.stack([*means, *sums], axis=1)
