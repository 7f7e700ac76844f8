"""What the answers of a probe measure, before anything is judged: latencies in ms of the server's clock, and tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from neuralnav.cluster.openai import SPARE_TOKENS, Answer
from neuralnav.model.probe_report import Estimate, ProbeError
from neuralnav.serving.sampling import Sampled, clustered_percentile, percentile

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

MS_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Latency:
    """One metric: `p95_of_all` counts requests without an answer as slower than any, the others leave them out."""

    values: int
    mean: float
    p50: Sampled
    p95: Sampled
    p95_of_all: Sampled
    over: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps between tokens of all answers, how many each stands for, and whose they are.

    Where a part of a stream held several tokens, the gap before it is shared out over them.
    """

    ms: Vector
    weights: Vector
    requests: Counts


def answered(answers: Sequence[Answer]) -> list[Answer]:
    """Return the requests that were answered whole."""
    return [answer for answer in answers if answer.fault is None]


def failed(answers: Sequence[Answer]) -> list[Answer]:
    """Return those that were not, but for those that the end of the run took."""
    return [answer for answer in answers if answer.fault not in (None, "given up")]


def errors_of(answers: Sequence[Answer]) -> tuple[ProbeError, ...]:
    """Return what went wrong, the most frequent first, each kind with the words of its first."""
    kinds: dict[str, list[Answer]] = {}
    for answer in failed(answers):
        kinds.setdefault(answer.kind, []).append(answer)
    found = (ProbeError(kind=kind, count=len(of), said=of[0].said) for kind, of in kinds.items())
    return tuple(sorted(found, key=lambda error: (-error.count, error.kind)))


def tokens_of(answer: Answer) -> int:
    """Return the tokens of an answer: as the server counts them where that can be, else its parts."""
    told = answer.output or 0
    return told if 0 < told <= answer.asked + SPARE_TOKENS else len(answer.stamps_s)


def gaps_of(answers: Sequence[Answer], speedup: float) -> Gaps:
    """Return the gaps of all answers, in ms of a clock that runs so many times as fast as the wall."""
    ms, weights, requests = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    for number, answer in enumerate(answers):
        gaps = np.diff(np.array(answer.stamps_s)) * (1e3 * speedup)
        share = max(1.0, (tokens_of(answer) - 1) / max(1, len(gaps)))
        ms.append(gaps / share)
        weights.append(np.full(len(gaps), share))
        requests.append(np.full(len(gaps), number))
    return Gaps(np.concatenate(ms), np.concatenate(weights), np.concatenate(requests))


def latencies(answers: Sequence[Answer], speedup: float, slos_ms: Sequence[float]) -> tuple[Latency | None, ...]:
    """Return TTFT, ITL and E2E, each against its target; None where nothing was measured.

    TTFT and E2E count from when a request was due.
    """
    whole, lost = answered(answers), [float("inf")] * len(failed(answers))
    ttft, itl, e2e = slos_ms
    scale = 1e3 * speedup
    first = [(answer.stamps_s[0] - answer.due_s) * scale for answer in whole]
    last = [(answer.end_s - answer.due_s) * scale for answer in whole]
    return _of_requests(first, lost, ttft), _of_gaps(gaps_of(whole, speedup), itl), _of_requests(last, lost, e2e)


def _of_requests(values: list[float], lost: list[float], slo_ms: float) -> Latency | None:
    if not values:
        return None
    count = len(values) + len(lost)
    over = (sum(value > slo_ms for value in values) + len(lost)) / count
    p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
    return Latency(len(values), fmean(values), p50, p95, percentile(values + lost, 0.95), over)


def _of_gaps(gaps: Gaps, slo_ms: float) -> Latency | None:
    if not len(gaps.ms):
        return None
    total = float(gaps.weights.sum())
    p50, p95 = (clustered_percentile(gaps.ms, gaps.weights, gaps.requests, share) for share in (0.5, 0.95))
    over = float(gaps.weights[gaps.ms > slo_ms].sum()) / total
    return Latency(round(total), float(gaps.ms @ gaps.weights) / total, p50, p95, p95, over)


def estimate(found: Sampled) -> Estimate:
    """Return a percentile as a report has it."""
    low, high = (None if end is None else round(end, MS_DIGITS) for end in (found.low, found.high))
    return Estimate(value=round(found.value, MS_DIGITS), low=low, high=high)


def mean_or_none(values: Sequence[float | None]) -> float | None:
    """Return the mean of what was told, or None where nothing was."""
    told = [value for value in values if value is not None]
    return round(fmean(told), 2) if told else None
