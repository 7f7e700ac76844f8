"""What may go wrong on purpose."""

from dataclasses import dataclass
from math import inf
from random import Random
from typing import Literal

Fault = Literal["error", "stall"]
"""Faults that are counted; after a crash nobody is left to count."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults to inject; all off by default.

    `error_rate` of the requests are answered 500. The engine hangs for `stall_seconds` every `stall_every_seconds` on
    average. For `cold_start_seconds` after the start the model is loading: 503. `crash_after_seconds` after that the
    process dies, whoever is being served. Seconds are the clock's.
    """

    error_rate: float = 0.0
    stall_seconds: float = 0.0
    stall_every_seconds: float = 0.0
    cold_start_seconds: float = 0.0
    crash_after_seconds: float = 0.0


class Stalls:
    """When an engine hangs: gaps between two stalls are exponential, drawn from a seed. Times are ms of the clock."""

    __slots__ = ("_draw", "_every_ms", "due_ms", "long_ms")

    def __init__(self, faults: Faults, seed: int) -> None:
        """Draw the first. Lanes of one server that are given one seed hang together."""
        self._draw, self._every_ms = Random(f"stalls {seed}"), faults.stall_every_seconds * 1e3  # noqa: S311
        self.long_ms = faults.stall_seconds * 1e3
        self.due_ms = faults.cold_start_seconds * 1e3
        """When the next one begins; infinity when there is none."""
        self._next()

    def held_until(self, begins_ms: float, busy_ms: float) -> float | None:
        """Return until when no step may begin, for one that would at `begins_ms`; None when nothing is in its way.

        A stall that falls due while a step runs, until `busy_ms`, begins when that one ends.
        """
        until = None
        while self.due_ms <= begins_ms:
            until = max(self.due_ms, busy_ms, until or 0.0) + self.long_ms
            self.due_ms += self.long_ms
            self._next()
        return until if until is not None and until > begins_ms else None

    def _next(self) -> None:
        idle = self.long_ms <= 0.0 or self._every_ms <= 0.0
        self.due_ms = inf if idle else self.due_ms + self._draw.expovariate(1.0 / self._every_ms)
