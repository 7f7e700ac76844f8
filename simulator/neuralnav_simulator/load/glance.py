"""What is shown while a load point runs: a few figures of just now, as cheap to make as to send to another process."""

import json
from dataclasses import asdict, dataclass
from time import monotonic

from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav_simulator.load.aims import Slos
from neuralnav_simulator.load.outcomes import Board

LATEST = 256
"""Of so many values the percentiles are taken: sorting them takes 20 microseconds."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A load point just now. Rates are per second since the last look; `ms` has ttft_p50 and the like, of late.

    Times and rates are in the server's clock. `server` are its own gauges, where it has metrics.
    """

    shown: str
    number: int
    of: int
    seconds: float
    total: int
    sent: int
    finished: int
    in_flight: int
    faults: dict[str, int]
    sent_rps: float
    done_rps: float
    tokens_per_s: float
    late_ms: float
    ms: dict[str, float]
    slos: dict[str, float]
    server: dict[str, float]

    def line(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self)) + "\n"


def glance_of(line: str) -> Glance:
    """Return what `line` wrote."""
    return Glance(**json.loads(line))


class Looks:
    """Looks at the board of a load point, again and again."""

    __slots__ = ("_before", "_begun_s", "_board", "_name", "_slos", "_speedup")

    def __init__(self, board: Board, name: tuple[str, int, int], *, slos: Slos | None, speedup: float) -> None:
        self._board, self._name, self._slos, self._speedup = board, name, slos, speedup
        self._begun_s = monotonic()
        self._before = (self._begun_s, 0, 0, 0)

    def look(self, server: dict[str, float]) -> Glance:
        """Return how it stands."""
        board, now_s = self._board, monotonic()
        before_s, sent, finished, tokens = self._before
        self._before = now_s, board.sent, board.finished, board.tokens
        passed = max(1e-3, (now_s - before_s) * self._speedup)
        shown, number, of = self._name
        slos: dict[str, float] = {}
        if self._slos is not None:
            slos = {metric: self._slos.of(metric) for metric in LATENCY_METRICS}
        return Glance(
            shown=shown,
            number=number,
            of=of,
            seconds=(now_s - self._begun_s) * self._speedup,
            total=board.total,
            sent=board.sent,
            finished=board.finished,
            in_flight=board.in_flight,
            faults=dict(board.faults),
            sent_rps=(board.sent - sent) / passed,
            done_rps=(board.finished - finished) / passed,
            tokens_per_s=(board.tokens - tokens) / passed,
            late_ms=board.latest_late_ms,
            ms=self._latest(),
            slos=slos,
            server=server,
        )

    def _latest(self) -> dict[str, float]:
        found: dict[str, float] = {}
        series = (self._board.ttft_ms, self._board.gap_ms, self._board.e2e_ms)
        for metric, values in zip(LATENCY_METRICS, series, strict=True):
            ordered = sorted(list(values)[-LATEST:])
            if ordered:
                found[f"{metric}_p50"] = ordered[len(ordered) // 2] * self._speedup
                found[f"{metric}_p95"] = ordered[min(len(ordered) - 1, len(ordered) * 19 // 20)] * self._speedup
        return found


def plain(glance: Glance) -> str:
    """Return it as a line of text, for where there is no terminal."""
    faults = f", {sum(glance.faults.values())} failed" if glance.faults else ""
    tail = "".join(
        f", {metric.upper()} p95 {glance.ms[f'{metric}_p95']:,.1f} ms"
        for metric in LATENCY_METRICS
        if f"{metric}_p95" in glance.ms
    )
    flying = f"{glance.in_flight} in flight"
    return f"{glance.shown}: {glance.seconds:,.0f} s, {glance.sent:,} of {glance.total:,} sent, {flying}{faults}{tail}"
