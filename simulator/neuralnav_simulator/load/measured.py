"""What a load point showed: distributions in milliseconds of the server's clock, and what went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.engine import Run, simulate
from neuralnav.serving.observed import statistics
from neuralnav_simulator.load.client import Course
from neuralnav_simulator.load.outcomes import Outcome
from neuralnav_simulator.load.plan import LoadPoint
from neuralnav_simulator.served import Served

Vector = NDArray[np.float64]

LATE_MS = 5.0
"""Requests that leave later than this after their time, in p99, say as much of the generator as of the server, and so
do tokens that it comes to look at as late."""

LOST_SHARE = 0.05
"""A p95 leaves so many requests out. With more that have no answer it is above any limit, whatever the others took."""


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How many requests ended with one kind of fault, and what the first of them was told."""

    kind: str
    count: int
    said: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A load point as it went. `ms` maps `ttft_p95_ms` and the like, of ttft, itl, tpot and e2e, to milliseconds.

    Latencies count from when a request was due, in the server's clock; `from_send_ms` holds TTFT and E2E counted from
    when it was sent. `itl` is over all gaps between tokens, `tpot` over the mean gaps of requests. A metric that
    nothing was seen of is not there. `late_ms` (the wall's) tells how late the generator turned to requests: p50, p99
    and the latest; `lag_ms` how late it looked at what had come, in p99. `merged` tokens came in the same event as
    another one, so that their gaps were not seen. `simulated` tells whether answers had the mark of our simulator.
    """

    sent: int
    done: int
    seconds: float
    prompt_tokens: int
    output_tokens: int
    ms: Mapping[str, float]
    from_send_ms: Mapping[str, float]
    late_ms: tuple[float, float, float]
    lag_ms: float
    faults: tuple[FaultCount, ...]
    merged: int
    short: int
    stopped: bool
    simulated: bool = False

    @property
    def lost(self) -> bool:
        """Tell whether so many requests failed that no p95 of all that were sent can be kept."""
        return self.sent - self.done > LOST_SHARE * self.sent

    @property
    def generator_is_slow(self) -> bool:
        """Tell whether the generator itself did not keep the pace."""
        return max(self.late_ms[1], self.lag_ms) > LATE_MS


def measured(point: LoadPoint, course: Course, speedup: float) -> Measured:
    """Return what a load point showed. Only requests that were answered whole are in the latencies."""
    done = [outcome for outcome in course.outcomes if outcome.fault is None and outcome.stamps_ms]
    stamps = [np.asarray(outcome.stamps_ms, dtype=np.float64) for outcome in done]
    sent_ms = np.array([(outcome.sent_s - outcome.due_s) * 1e3 for outcome in done])
    first, last = (np.array([times[at] for times in stamps]) for at in (0, -1))
    outputs = np.array([outcome.output or len(outcome.stamps_ms) for outcome in done], dtype=np.int64)
    several = outputs > 1
    tpot = (last - first)[several] / (outputs[several] - 1)
    gaps = np.concatenate([np.zeros(0), *(np.diff(times) for times in stamps)])
    samples = {"ttft": first, "itl": gaps, "tpot": tpot, "e2e": last}
    prompts = [outcome.prompt or int(point.prompt[outcome.index]) for outcome in done]
    return Measured(
        sent=len(course.outcomes),
        done=len(done),
        seconds=max(0.0, course.end_s - course.begin_s) * speedup,
        prompt_tokens=sum(prompts),
        output_tokens=int(outputs.sum()),
        ms=_all({name: values * speedup for name, values in samples.items()}),
        from_send_ms=_all({"ttft": (first - sent_ms) * speedup, "e2e": (last - sent_ms) * speedup}),
        late_ms=_lateness(course.outcomes),
        lag_ms=float(np.quantile(course.lag_ms, 0.99)) if len(course.lag_ms) else 0.0,
        faults=_faults(course.outcomes),
        merged=sum(max(0, (outcome.output or 0) - len(outcome.stamps_ms)) for outcome in done),
        short=sum(outcome.output is not None and outcome.output < outcome.asked for outcome in done),
        stopped=course.stopped,
        simulated=any(outcome.simulated for outcome in course.outcomes),
    )


def foreseen(point: LoadPoint, found: Measured, served: Served) -> dict[str, float]:
    """Return what is predicted of a load point that ran as it was meant to, else nothing.

    One that was stopped, or where many requests had no answer, met another load.
    """
    if found.stopped or found.lost:
        return {}
    try:
        return predicted(point, served)
    except ValueError:
        return {}


def predicted(point: LoadPoint, served: Served) -> dict[str, float]:
    """Return what the serving model says of the same requests: `ttft_p95_ms` and the like, of ttft, itl and e2e.

    The lanes of a pipeline take requests in turn. A closed loop is not predicted: nothing is returned. Raises
    ValueError for a request that the server could never hold.
    """
    if point.in_flight is not None:
        return {}
    lanes = [slice(lane, None, served.lanes) for lane in range(served.lanes)]
    runs = [
        simulate(served.cost, served.limits, point.at_ms[lane], point.prompt[lane], point.output[lane])
        for lane in lanes
        if len(point.at_ms[lane])
    ]
    return _all({"ttft": _joined(runs, "ttft_ms"), "e2e": _joined(runs, "e2e_ms")}) | _gaps(runs)


def _joined(runs: Sequence[Run], name: str) -> Vector:
    return np.concatenate([getattr(run, name) for run in runs])


def _gaps(runs: Sequence[Run]) -> dict[str, float]:
    values, weights = _joined(runs, "gap_ms"), np.concatenate([run.gap_weight for run in runs])
    return dict(statistics("itl", values, weights)) if len(values) else {}


def _all(samples: Mapping[str, Vector]) -> dict[str, float]:
    found: dict[str, float] = {}
    for metric, values in samples.items():
        if len(values):
            found |= statistics(metric, values, np.ones(len(values), dtype=np.int64))
    return found


def _lateness(outcomes: Iterable[Outcome]) -> tuple[float, float, float]:
    late = np.array([(outcome.launch_s - outcome.due_s) * 1e3 for outcome in outcomes])
    if not len(late):
        return 0.0, 0.0, 0.0
    return float(np.median(late)), float(np.quantile(late, 0.99)), float(late.max())


def _faults(outcomes: Iterable[Outcome]) -> tuple[FaultCount, ...]:
    """Return the faults, the most frequent first."""
    counts: dict[str, int] = {}
    said: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.fault is not None:
            counts[outcome.kind] = counts.get(outcome.kind, 0) + 1
            said.setdefault(outcome.kind, outcome.said)
    ordered = sorted(counts, key=lambda kind: (-counts[kind], kind))
    return tuple(FaultCount(kind, counts[kind], said[kind]) for kind in ordered)
