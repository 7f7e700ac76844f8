"""A continuous-batching engine in the manner of vLLM v1, and what its clients see: open loop, closed loop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.arrivals import check_times
from neuralnav.serving.jumps import Gaps, expand
from neuralnav.serving.limits import Limits
from neuralnav.serving.load import Load
from neuralnav.serving.scheduler import FLUSH_REQUESTS, Ended, Request, Scheduler
from neuralnav.serving.stepcost import StepCost
from neuralnav.serving.tally import FLUSHES, Tally, tally

__all__ = ["Limits", "Run", "simulate", "simulate_closed", "simulate_load"]

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]
Tokens = int | Sequence[int] | Counts


@dataclass(frozen=True, slots=True)
class Run:
    """What a client of the engine saw.

    `arrival_ms`, `ttft_ms`, `finish_ms`, `e2e_ms`: one value per request, in order of arrival; NaN where the run ended
    before (a run ends when the last measured request has finished). `gap_ms`, `gap_weight`: the gaps between tokens of
    the measured requests and how often each occurred, in order of time. `measured`: the half-open range of requests.
    `preemptions`: how often measured requests were thrown out of the KV cache and computed anew.
    """

    arrival_ms: Vector
    ttft_ms: Vector
    finish_ms: Vector
    e2e_ms: Vector
    gap_ms: Vector
    gap_weight: Counts
    measured: tuple[int, int]
    preemptions: int = 0


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

    `cached_tokens` of each prompt are found in the prefix cache: not computed, but read. Their blocks are counted as
    the request's own: a prefix is not shared with others that run, as in conversations, each with its own history.
    A preempted request finds the same tokens again, and nothing more.

    Raises ValueError when a request could never be served, or a time or count is no such thing.
    """
    times = np.asarray(arrival_ms, dtype=np.float64)
    check_times(times)
    shapes = _Shapes.of(len(times), prompt_tokens, output_tokens, cached_tokens, limits)
    kept = _Kept(len(times), _range(len(times), measured))
    requests = zip(times.tolist(), shapes.prompt, shapes.output, shapes.cached, strict=True)
    Scheduler(cost, limits, requests, kept.measured, kept).run()
    kept.arrival_ms = times
    return kept.run()


def simulate_closed(
    cost: StepCost,
    limits: Limits,
    concurrency: int,
    prompt_tokens: Sequence[int] | Counts,
    output_tokens: Sequence[int] | Counts,
    *,
    cached_tokens: Tokens = 0,
    measured: tuple[int, int] | None = None,
) -> Run:
    """Serve as many requests as there are prompts, `concurrency` in flight: each finish sends the next one.

    The first `concurrency` are sent at once. Raises ValueError as `simulate` does.
    """
    if concurrency < 1:
        raise ValueError(f"{concurrency} requests in flight: at least 1 is needed")
    count = len(prompt_tokens)
    shapes = _Shapes.of(count, prompt_tokens, output_tokens, cached_tokens, limits)
    kept = _Kept(count, _range(count, measured))
    requests = zip([0.0] * count, shapes.prompt, shapes.output, shapes.cached, strict=True)
    Scheduler(cost, limits, requests, kept.measured, kept, in_flight=min(count, concurrency)).run()
    return kept.run()


def simulate_load(cost: StepCost, limits: Limits, load: Load) -> Tally:
    """Serve requests as they are drawn; memory does not grow with their number, and nothing is kept per request.

    Its percentiles are those of `simulate` within half a bin of `tally.EDGES`. Raises ValueError as `simulate` does.
    """
    kept = tally(load.measured, load.span_ms())
    flush = max(1, min(FLUSH_REQUESTS, (load.measured[1] - load.measured[0]) // FLUSHES))
    Scheduler(cost, limits, _requests(load, limits), load.measured, kept, flush=flush).run()
    return kept


def _requests(load: Load, limits: Limits) -> Iterator[Request]:
    first = 0
    for part in load.parts():
        check_shapes(part.prompt, part.output, part.cached, limits, first=first)
        first += len(part.prompt)
        columns = (column.tolist() for column in (part.arrival_ms, part.prompt, part.output, part.cached))
        yield from zip(*columns, strict=True)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Token counts per request."""

    prompt: list[int]
    output: list[int]
    cached: list[int]

    @classmethod
    def of(cls, count: int, prompt: Tokens, output: Tokens, cached: Tokens, limits: Limits) -> "_Shapes":
        """Spread single counts over all requests; at least one prompt token is always computed."""
        prompts, outputs, hits = (_spread(count, tokens) for tokens in (prompt, output, cached))
        if count:
            check_shapes(prompts, outputs, hits, limits)
        return cls(prompts.tolist(), outputs.tolist(), np.minimum(hits, prompts - 1).tolist())


def check_shapes(prompts: Counts, outputs: Counts, cached: Counts, limits: Limits, *, first: int = 0) -> None:
    """Raise ValueError when a request is empty or could never be served; it is named, counted from `first`."""
    if min(prompts.min(), outputs.min()) < 1:
        raise ValueError("a request needs at least one prompt token and one output token")
    if cached.min() < 0:
        raise ValueError("the prefix cache cannot hold fewer than 0 tokens of a prompt")
    blocks = -(-(prompts + outputs - 1) // limits.block_tokens)
    if blocks.max() > limits.blocks:
        at = int(np.argmax(blocks > limits.blocks))
        raise ValueError(
            f"request {first + at} of {int(prompts[at])} + {int(outputs[at])} tokens can never be served: "
            f"it needs {int(blocks[at])} blocks of {limits.block_tokens} tokens of KV, and there are {limits.blocks}"
        )


class _Kept:
    """Keeps everything, one value per request."""

    __slots__ = ("_ended", "_gap_ms", "_gap_weight", "_preemptions", "arrival_ms", "count", "measured")

    def __init__(self, count: int, measured: tuple[int, int]) -> None:
        self.count, self.measured = count, measured
        self.arrival_ms: Vector | None = None
        self._ended: list[Vector] = []
        self._gap_ms: list[Vector] = []
        self._gap_weight: list[Counts] = []
        self._preemptions = 0

    def take(self, ended: Ended, gaps: Gaps, preemptions: int) -> None:
        self._ended.append(np.array(ended).reshape(-1, 4))
        gap_ms, gap_weight = expand(gaps)
        self._gap_ms.append(gap_ms)
        self._gap_weight.append(gap_weight)
        self._preemptions += preemptions

    def run(self) -> Run:
        ended = np.concatenate(self._ended)
        ended = ended[ended[:, 0] < self.count]
        times = np.full((3, self.count), nan)
        times[:, ended[:, 0].astype(np.int64)] = ended[:, 1:].T
        arrival, first, finish = times
        if self.arrival_ms is not None:
            arrival = self.arrival_ms
        return Run(
            arrival_ms=arrival,
            ttft_ms=first - arrival,
            finish_ms=finish,
            e2e_ms=finish - arrival,
            gap_ms=np.concatenate(self._gap_ms),
            gap_weight=np.concatenate(self._gap_weight),
            measured=self.measured,
            preemptions=self._preemptions,
        )


def _range(count: int, measured: tuple[int, int] | None) -> tuple[int, int]:
    start, stop = measured or (0, count)
    if not 0 <= start <= stop <= count:
        raise ValueError(f"requests {start} to {stop} of {count} cannot be measured")
    return start, stop


def _spread(count: int, tokens: Tokens) -> Counts:
    if isinstance(tokens, int):
        return np.full(count, tokens, dtype=np.int64)
    if len(tokens) != count:
        raise ValueError(f"{len(tokens)} token counts for {count} requests")
    return np.asarray(tokens, dtype=np.int64)
