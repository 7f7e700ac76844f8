"""What is kept of a request that has ended: one line of JSON each, for those who compare runs."""

import json
import logging
from dataclasses import asdict, dataclass
from math import isnan
from typing import Literal, Protocol

from neuralnav.serving.live import Ticket

LOG = logging.getLogger("neuralnav_simulator")

Reason = Literal["stop", "length", "abort"]


@dataclass(frozen=True, slots=True)
class Record:
    """One sequence that ended. Times are ms of the clock, None where they never came; see `Ticket` for the rest."""

    reason: Reason
    arrival_ms: float
    prompt: int
    output: int
    given: int
    cached: int
    preemptions: int
    queued_ms: float | None
    started_ms: float | None
    first_ms: float | None
    last_ms: float | None


class Trace(Protocol):
    """What is told of every request that ended."""

    def ended(self, record: Record) -> None:
        """Take in one sequence."""


class Output(Protocol):
    """A file without a buffer: what could not be written is not tried again when it is closed."""

    def write(self, line: bytes, /) -> int | None:
        """Write a line."""


class Lines:
    """A trace that writes each record as a line of JSON; it ends, with one word in the log, where that fails."""

    def __init__(self, stream: Output) -> None:
        self._stream: Output | None = stream

    def ended(self, record: Record) -> None:
        """Write a line, if lines can be written."""
        if self._stream is None:
            return
        try:
            self._stream.write(json.dumps(asdict(record)).encode() + b"\n")
        except OSError as error:
            self._stream = None
            LOG.error("--trace ends here, requests go on: %s", (error.strerror or str(error)).lower())


def record_of(ticket: Ticket, reason: Reason) -> Record:
    """Return what is kept of a ticket."""
    return Record(
        reason=reason,
        arrival_ms=ticket.arrival_ms,
        prompt=ticket.prompt,
        output=ticket.output,
        given=ticket.given,
        cached=ticket.cached,
        preemptions=ticket.preemptions,
        queued_ms=_known(ticket.queued_ms),
        started_ms=_known(ticket.started_ms),
        first_ms=_known(ticket.first_ms),
        last_ms=_known(ticket.last_ms),
    )


def _known(ms: float) -> float | None:
    return None if isnan(ms) else ms
