"""What became of each request, in seconds of the wall's monotonic clock as the client read it."""

from array import array
from collections import deque
from dataclasses import dataclass, field
from math import nan
from typing import Literal

Fault = Literal["refused", "unreachable", "time-out", "cut", "malformed", "HTTP", "stream error", "empty", "given up"]
"""What ended a request early: no connection, no answer in time, an answer that broke off or is no HTTP or no stream of
events, a status that is not 200, an error told inside of the stream, an answer without a token, or the run's end."""

RECENT = 1024
"""So many of the latest values stand for "now" in a live view."""


@dataclass(slots=True, eq=False)
class Outcome:
    """One request: due at `due_s`, sent at `sent_s`, over at `end_s`; `stamps_ms` of its tokens count from `due_s`.

    At `launch_s` the generator turned to it: what it was late then is its own doing; a new connection comes after it.
    `status` is HTTP's, 0 before an answer. `said` is what came with a fault, cut short. `prompt` and `output` are the
    tokens that the server says it counted, None where it does not; `asked` those that were asked of it. `simulated`
    tells whether the answer has the mark of our simulator.
    """

    index: int
    due_s: float
    asked: int
    launch_s: float = nan
    sent_s: float = nan
    end_s: float = nan
    status: int = 0
    fault: Fault | None = None
    said: str = ""
    prompt: int | None = None
    output: int | None = None
    stamps_ms: "array[float]" = field(default_factory=lambda: array("f"))
    simulated: bool = False

    @property
    def kind(self) -> str:
        """The fault as it is counted: each HTTP status apart."""
        return f"HTTP {self.status}" if self.fault == "HTTP" else self.fault or ""


@dataclass(slots=True)
class Board:
    """What a load point looks like just now. The latest times are in ms of the wall."""

    total: int
    sent: int = 0
    finished: int = 0
    tokens: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    ttft_ms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    gap_ms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    e2e_ms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    latest_late_ms: float = 0.0

    @property
    def in_flight(self) -> int:
        """Requests whose end has not come."""
        return self.sent - self.finished - sum(self.faults.values())

    def ended(self, outcome: Outcome) -> None:
        """Count a request that is over."""
        if outcome.fault is not None:
            self.faults[outcome.kind] = self.faults.get(outcome.kind, 0) + 1
        else:
            self.finished += 1
            self.e2e_ms.append((outcome.end_s - outcome.due_s) * 1e3)
