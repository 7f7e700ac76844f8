"""A continuous-batching engine in the manner of vLLM v1, driven by events instead of tokens.

Each step decodes every running sequence, then prefills waiting requests, first come first served, in chunks up to the
token budget. Steps that only decode are jumped in closed form (their cost is linear in KV length) until a sequence
finishes or a request arrives; a jump ends with the step in progress. Simplifications, on purpose: a request reserves KV
for its whole prompt and output when it is admitted (vLLM admits by prompt and preempts), and nothing is preempted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.stepcost import StepCost

Vector = NDArray[np.float64]
Tokens = int | Sequence[int] | NDArray[np.int64]

BLOCK_STEPS = 16
"""A jump's gaps are recorded in blocks of at most this many steps, each at its mean: exact in total."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the scheduler may use: sequences and tokens per step, and tokens of KV cache."""

    kv_capacity_tokens: int
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192


@dataclass(frozen=True, slots=True)
class Run:
    """What a client of the engine saw.

    `arrival_ms`, `ttft_ms`, `finish_ms`, `e2e_ms`: one value per request, in order of arrival; NaN where the run ended
    before (a run ends when the last measured request has finished). `gap_ms`, `gap_weight`: the gaps between tokens of
    the measured requests and how often each occurred, in order of time. `measured`: the half-open range of requests.
    """

    arrival_ms: Vector
    ttft_ms: Vector
    finish_ms: Vector
    e2e_ms: Vector
    gap_ms: Vector
    gap_weight: NDArray[np.int64]
    measured: tuple[int, int]


def simulate(
    cost: StepCost,
    limits: Limits,
    arrival_ms: Vector,
    prompt_tokens: Tokens,
    output_tokens: Tokens,
    *,
    cached_tokens: Tokens = 0,
    measured: tuple[int, int] | None = None,
) -> Run:
    """Serve requests that arrive at given times (ms, ascending). Token counts are one for all, or one per request.

    `cached_tokens` of each prompt are found in the prefix cache: not computed, but read. Raises ValueError when a
    request could never be admitted.
    """
    count = len(arrival_ms)
    shapes = _Shapes.of(count, prompt_tokens, output_tokens, cached_tokens)
    engine = _Engine(cost, limits, shapes, measured or (0, count), np.asarray(arrival_ms, dtype=np.float64).tolist())
    return engine.run()


def simulate_closed(
    cost: StepCost,
    limits: Limits,
    concurrency: int,
    prompt_tokens: Sequence[int] | NDArray[np.int64],
    output_tokens: Sequence[int] | NDArray[np.int64],
    *,
    measured: tuple[int, int] | None = None,
) -> Run:
    """Serve as many requests as there are prompts, `concurrency` in flight: each finish sends the next one."""
    count = len(prompt_tokens)
    shapes = _Shapes.of(count, prompt_tokens, output_tokens, 0)
    return _Engine(cost, limits, shapes, measured or (0, count), [0.0] * min(count, concurrency)).run()


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Token counts per request."""

    prompt: list[int]
    output: list[int]
    cached: list[int]

    @classmethod
    def of(cls, count: int, prompt: Tokens, output: Tokens, cached: Tokens) -> "_Shapes":
        """Spread single counts over all requests; at least one prompt token is always computed."""
        prompts, outputs, hits = (_spread(count, tokens) for tokens in (prompt, output, cached))
        if count and min(min(prompts), min(outputs)) < 1:
            raise ValueError("a request needs at least one prompt token and one output token")
        return cls(prompts, outputs, [min(hit, length - 1) for hit, length in zip(hits, prompts, strict=True)])


class _Engine:
    """The state of one run. Times are ms. `decoded` counts decode steps: a sequence with r tokens to go ends at + r."""

    __slots__ = (
        "_arrivals", "_cost", "_decoded", "_finish", "_first", "_free_kv", "_frontend", "_gaps", "_head", "_kv",
        "_left", "_limits", "_live", "_measured", "_need", "_now", "_partial", "_partial_done", "_running", "_shapes",
        "_window",
    )  # fmt: skip

    def __init__(
        self, cost: StepCost, limits: Limits, shapes: _Shapes, measured: tuple[int, int], arrivals: list[float]
    ) -> None:
        count = len(shapes.prompt)
        self._cost, self._limits, self._shapes, self._measured = cost, limits, shapes, measured
        self._need = [p + o for p, o in zip(shapes.prompt, shapes.output, strict=True)]
        if count and max(self._need) > limits.kv_capacity_tokens:
            raise ValueError(f"a request of {max(self._need)} tokens exceeds {limits.kv_capacity_tokens} tokens of KV")
        self._arrivals, self._frontend = arrivals, cost.frontend_ms
        self._now, self._decoded, self._head, self._left = 0.0, 0, 0, measured[1] - measured[0]
        self._running: list[tuple[int, int]] = []
        self._kv, self._window, self._live, self._free_kv = 0, 0, 0, limits.kv_capacity_tokens
        self._partial, self._partial_done = -1, 0
        self._first, self._finish = [nan] * count, [nan] * count
        self._gaps: list[tuple[float, float, int, int]] = []

    def run(self) -> Run:
        """Serve until the measured requests have finished."""
        while self._left:
            if self._partial >= 0 or self._admissible():
                self._mixed()
            elif self._running:
                self._jump()
            else:
                self._now = self._arrivals[self._head] + self._frontend
        arrivals = np.array(self._arrivals + [nan] * (len(self._need) - len(self._arrivals)))
        finish = np.array(self._finish)
        gap_ms, gap_weight = _expand(self._gaps)
        return Run(
            arrival_ms=arrivals,
            ttft_ms=np.array(self._first) - arrivals,
            finish_ms=finish,
            e2e_ms=finish - arrivals,
            gap_ms=gap_ms,
            gap_weight=gap_weight,
            measured=self._measured,
        )

    def _admissible(self) -> bool:
        head = self._head
        return head < len(self._arrivals) and self._arrivals[head] + self._frontend <= self._now and self._has_room()

    def _has_room(self) -> bool:
        return len(self._running) < self._limits.max_num_seqs and self._need[self._head] <= self._free_kv

    def _mixed(self) -> None:
        """Run one step that decodes everything running and prefills what the budget allows."""
        decodes = len(self._running)
        prefill, chunks_ms, joined = self._fill(self._limits.max_num_batched_tokens - decodes)
        step = self._cost.mixed_ms(
            prefill_tokens=prefill,
            chunks_ms=chunks_ms,
            sampled=decodes + len(joined),
            decodes=decodes,
            kv_tokens=self._kv,
            window_kv_tokens=self._window,
        )
        if self._live:
            self._gaps.append((step, 0.0, 1, self._live))
        self._now += step
        if decodes:
            self._advance(1)
        for index in joined:
            self._join(index)

    def _fill(self, budget: int) -> tuple[int, float, list[int]]:
        """Return the prefill tokens of this step, what their attention costs, and whose prompts they complete."""
        prompts, chunk_ms = self._shapes.prompt, self._cost.chunk_ms
        room = self._limits.max_num_seqs - len(self._running)
        prefill, chunks_ms = 0, 0.0
        joined: list[int] = []
        while prefill < budget and len(joined) < room:
            if self._partial < 0:
                if not self._admissible():
                    break
                self._partial, self._partial_done = self._head, self._shapes.cached[self._head]
                self._free_kv -= self._need[self._head]
                self._head += 1
            tokens = min(prompts[self._partial] - self._partial_done, budget - prefill)
            chunks_ms += chunk_ms(self._partial_done, tokens)
            prefill += tokens
            self._partial_done += tokens
            if self._partial_done == prompts[self._partial]:
                joined.append(self._partial)
                self._partial = -1
        return prefill, chunks_ms, joined

    def _jump(self) -> None:
        """Run decode-only steps until a sequence finishes or a request arrives that could be admitted."""
        decodes = len(self._running)
        step = self._cost.decode_ms(decodes, self._kv, self._window)
        slope = self._cost.kv_ms * decodes
        steps = self._running[0][0] - self._decoded
        if steps > 1 and self._head < len(self._arrivals) and self._has_room():
            wait = self._arrivals[self._head] + self._frontend - self._now
            steps = min(steps, _steps_to_cover(wait, step, slope))
        if self._live:
            self._gaps.append((step, slope, steps, self._live))
        self._now += _span(steps, step, slope)
        self._advance(steps)

    def _advance(self, steps: int) -> None:
        """Give every running sequence `steps` tokens, and let go of those that have all theirs."""
        self._decoded += steps
        self._kv += steps * len(self._running)
        while self._running and self._running[0][0] == self._decoded:
            index = heappop(self._running)[1]
            self._kv -= self._need[index]
            self._window -= self._cost.window_kv(self._shapes.prompt[index], self._shapes.output[index])
            if self._measured[0] <= index < self._measured[1]:
                self._live -= 1
            self._end(index)

    def _join(self, index: int) -> None:
        """Note the first token of a request whose prompt is done, and let it decode the rest."""
        self._first[index] = self._now
        output = self._shapes.output[index]
        if output == 1:
            self._end(index)
            return
        heappush(self._running, (self._decoded + output - 1, index))
        self._kv += self._shapes.prompt[index] + 1
        self._window += self._cost.window_kv(self._shapes.prompt[index], output)
        if self._measured[0] <= index < self._measured[1]:
            self._live += 1

    def _end(self, index: int) -> None:
        self._finish[index] = self._now
        self._free_kv += self._need[index]
        if self._measured[0] <= index < self._measured[1]:
            self._left -= 1
        if len(self._arrivals) < len(self._need):
            self._arrivals.append(self._now)


def _span(steps: int, first_ms: float, slope_ms: float) -> float:
    """Return the time of `steps` steps, the first of which takes `first_ms` and each next `slope_ms` more."""
    return steps * first_ms + slope_ms * (steps * (steps - 1) // 2)


def _steps_to_cover(wait_ms: float, first_ms: float, slope_ms: float) -> int:
    """Return the fewest steps (at least 1) that take `wait_ms` or longer."""
    half = first_ms - slope_ms / 2.0
    root = sqrt(half * half + 2.0 * slope_ms * max(0.0, wait_ms))
    steps = max(1, int(2.0 * max(0.0, wait_ms) / (half + root)))
    while steps > 1 and _span(steps - 1, first_ms, slope_ms) >= wait_ms:
        steps -= 1
    while _span(steps, first_ms, slope_ms) < wait_ms:
        steps += 1
    return steps


def _expand(gaps: list[tuple[float, float, int, int]]) -> tuple[Vector, NDArray[np.int64]]:
    """Return (ms, weight) of jumps given as (first gap, slope, steps, sequences)."""
    first, slope = np.array([g[0] for g in gaps]), np.array([g[1] for g in gaps])
    steps, weight = np.array([g[2] for g in gaps], dtype=np.int64), np.array([g[3] for g in gaps], dtype=np.int64)
    blocks = -(-steps // BLOCK_STEPS)
    owner = np.repeat(np.arange(len(gaps)), blocks)
    begin = (np.arange(len(owner)) - np.repeat(np.cumsum(blocks) - blocks, blocks)) * BLOCK_STEPS
    size = np.minimum(BLOCK_STEPS, steps[owner] - begin)
    return first[owner] + slope[owner] * (begin + (size - 1) / 2.0), weight[owner] * size


def _spread(count: int, tokens: Tokens) -> list[int]:
    if isinstance(tokens, int):
        return [tokens] * count
    values = [int(value) for value in tokens]
    if len(values) != count:
        raise ValueError(f"{len(values)} token counts for {count} requests")
    return values
