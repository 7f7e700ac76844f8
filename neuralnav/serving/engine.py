"""A continuous-batching engine in the manner of vLLM v1, driven by events instead of tokens.

Each step decodes every running sequence, then prefills waiting requests, first come first served, in chunks up to the
token budget. Steps that only decode are jumped in closed form (their cost is linear in KV length) until a sequence
finishes or a request arrives; a jump ends with the step in progress. Simplifications, on purpose: a request reserves KV
for its whole prompt and output when it is admitted (vLLM admits by prompt and preempts), and nothing is preempted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf, nan, sqrt

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
    """The state of one run. Times are ms. `decoded` counts decode steps: a sequence with r tokens to go ends at + r.

    `ready` is when the scheduler sees each request that has been sent, and infinity after the last; `need` ends in a
    request of nothing, which is not sent. What every event
    reads is held here directly, and costs that recur are looked up: an event takes about a microsecond, and a sweep
    of a catalog has a billion.
    """

    __slots__ = (
        "_arrivals", "_budget", "_cached", "_chunks", "_cost", "_count", "_decode_ms", "_decoded", "_finish", "_first",
        "_free_kv", "_frontend", "_gaps", "_head", "_kv", "_kv_ms", "_left", "_live", "_need", "_now", "_output",
        "_partial", "_partial_done", "_prompt", "_ready", "_running", "_seqs", "_start", "_stop", "_window",
        "_window_ms", "_windows",
    )  # fmt: skip

    def __init__(
        self, cost: StepCost, limits: Limits, shapes: _Shapes, measured: tuple[int, int], arrivals: list[float]
    ) -> None:
        count = self._count = len(shapes.prompt)
        self._cost, self._frontend, self._kv_ms, self._window_ms = cost, cost.frontend_ms, cost.kv_ms, cost.window_ms
        self._decode_ms = cost.decode_table()
        self._chunks: dict[tuple[int, int], float] = {}
        self._budget, self._seqs = limits.max_num_batched_tokens, limits.max_num_seqs
        self._prompt, self._output, self._cached = shapes.prompt, shapes.output, shapes.cached
        self._need = [*(p + o for p, o in zip(shapes.prompt, shapes.output, strict=True)), 0]
        if max(self._need) > limits.kv_capacity_tokens:
            raise ValueError(f"a request of {max(self._need)} tokens exceeds {limits.kv_capacity_tokens} tokens of KV")
        self._windows = _windows(cost, shapes)
        self._arrivals, (self._start, self._stop) = arrivals, measured
        self._ready = [*(arrival + self._frontend for arrival in arrivals), inf]
        self._now, self._decoded, self._head, self._left = 0.0, 0, 0, measured[1] - measured[0]
        self._running: list[tuple[int, int]] = []
        self._kv, self._window, self._live, self._free_kv = 0, 0, 0, limits.kv_capacity_tokens
        self._partial, self._partial_done = -1, 0
        self._first, self._finish = [nan] * count, [nan] * count
        self._gaps: list[tuple[float, float, int, int]] = []

    def run(self) -> Run:
        """Serve until the measured requests have finished."""
        ready, running = self._ready, self._running
        while self._left:
            if not running and self._partial < 0:
                self._now = max(self._now, ready[self._head])
            self._prefill()
            if running and self._partial < 0:
                self._decode()
        arrivals = np.array(self._arrivals + [nan] * (self._count - len(self._arrivals)))
        finish = np.array(self._finish)
        gap_ms, gap_weight = _expand(self._gaps)
        return Run(
            arrival_ms=arrivals,
            ttft_ms=np.array(self._first) - arrivals,
            finish_ms=finish,
            e2e_ms=finish - arrivals,
            gap_ms=gap_ms,
            gap_weight=gap_weight,
            measured=(self._start, self._stop),
        )

    def _prefill(self) -> None:
        """Run one step that decodes everything running and prefills what the budget allows."""
        running, decoded = self._running, self._decoded
        decodes = len(running)
        prefill, chunks_ms, joined = self._fill(decodes)
        step = self._cost.mixed_ms(prefill, chunks_ms, decodes + len(joined), decodes, self._kv, self._window)
        if self._live:
            self._gaps.append((step, 0.0, 1, self._live))
        now = self._now = self._now + step
        if decodes:
            decoded = self._decoded = decoded + 1
            self._kv += decodes
            if running[0][0] == decoded:
                self._release()
        for index in joined:
            self._first[index] = now
            output = self._output[index]
            if output == 1:
                self._end(index)
                continue
            heappush(running, (decoded + output - 1, index))
            self._kv += self._prompt[index] + 1
            self._window += self._windows[index]
            if self._start <= index < self._stop:
                self._live += 1

    def _fill(self, decodes: int) -> tuple[int, float, list[int]]:
        """Return the prefill tokens of this step, what their attention costs, and whose prompts they complete."""
        prompts, need, now, chunks = self._prompt, self._need, self._now, self._chunks
        budget, room = self._budget - decodes, self._seqs - decodes
        prefill, chunks_ms = 0, 0.0
        joined: list[int] = []
        while prefill < budget and len(joined) < room:
            index, done = self._partial, self._partial_done
            if index < 0:
                index = self._head
                if self._ready[index] > now or need[index] > self._free_kv:
                    break
                done = self._cached[index]
                self._free_kv -= need[index]
                self._head = index + 1
            tokens = prompts[index] - done
            if tokens <= budget - prefill:
                self._partial = -1
                joined.append(index)
            else:
                tokens = budget - prefill
                self._partial, self._partial_done = index, done + tokens
            prefill += tokens
            chunk = chunks.get((done, tokens))
            if chunk is None:
                chunk = chunks[done, tokens] = self._cost.chunk_ms(done, tokens)
            chunks_ms += chunk
        return prefill, chunks_ms, joined

    def _decode(self) -> None:
        """Run decode-only steps until a request can be admitted or nothing runs.

        Jump from event to event: a sequence finishes, or a request arrives that could be admitted.
        """
        running, ready, need, seqs, head = self._running, self._ready, self._need, self._seqs, self._head
        base, kv_ms, window_ms, gaps = self._decode_ms, self._kv_ms, self._window_ms, self._gaps
        now, decoded = self._now, self._decoded
        while running and self._left:
            decodes = len(running)
            due = ready[head] if decodes < seqs and need[head] <= self._free_kv else inf
            if due <= now:
                break
            step = base[decodes] + kv_ms * self._kv + window_ms * self._window
            slope = kv_ms * decodes
            steps = running[0][0] - decoded
            if steps > 1 and due != inf:
                steps = _steps_to_cover(due - now, step, slope, steps)
            if self._live:
                gaps.append((step, slope, steps, self._live))
            now = self._now = now + (steps * step + slope * (steps * (steps - 1) // 2))
            decoded = self._decoded = decoded + steps
            self._kv += steps * decodes
            if running[0][0] == decoded:
                self._release()

    def _release(self) -> None:
        """Let go of the sequences that have all their tokens."""
        running, decoded = self._running, self._decoded
        while running and running[0][0] == decoded:
            index = heappop(running)[1]
            self._kv -= self._need[index]
            self._window -= self._windows[index]
            if self._start <= index < self._stop:
                self._live -= 1
            self._end(index)

    def _end(self, index: int) -> None:
        self._finish[index] = self._now
        self._free_kv += self._need[index]
        if self._start <= index < self._stop:
            self._left -= 1
        if len(self._arrivals) < self._count:
            self._arrivals.append(self._now)
            self._ready[-1:] = (self._now + self._frontend, inf)


def _windows(cost: StepCost, shapes: _Shapes) -> list[int]:
    """Return what each sequence reads in a sliding-window layer."""
    if not cost.window_tokens:
        return [0] * len(shapes.prompt)
    return [cost.window_kv(prompt, output) for prompt, output in zip(shapes.prompt, shapes.output, strict=True)]


def _span(steps: int, first_ms: float, slope_ms: float) -> float:
    """Return the time of `steps` steps, the first of which takes `first_ms` and each next `slope_ms` more."""
    return steps * first_ms + slope_ms * (steps * (steps - 1) // 2)


def _steps_to_cover(wait_ms: float, first_ms: float, slope_ms: float, most: int) -> int:
    """Return the fewest steps (1 to `most`) that take `wait_ms` or longer."""
    if first_ms >= wait_ms:
        return 1
    if _span(most - 1, first_ms, slope_ms) < wait_ms:
        return most
    half = first_ms - slope_ms / 2.0
    steps = max(1, int(2.0 * wait_ms / (half + sqrt(half * half + 2.0 * slope_ms * wait_ms))))
    while steps > 1 and _span(steps - 1, first_ms, slope_ms) >= wait_ms:
        steps -= 1
    while _span(steps, first_ms, slope_ms) < wait_ms:
        steps += 1
    return steps


def _expand(gaps: list[tuple[float, float, int, int]]) -> tuple[Vector, NDArray[np.int64]]:
    """Return (ms, weight) of jumps given as (first gap, slope, steps, sequences)."""
    columns = tuple(zip(*gaps, strict=True)) or ((), (), (), ())
    first, slope = (np.array(column, dtype=np.float64) for column in columns[:2])
    steps, weight = (np.array(column, dtype=np.int64) for column in columns[2:])
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
