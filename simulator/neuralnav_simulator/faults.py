"""What may go wrong on purpose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults to inject; all off by default.

    `error_rate` of the requests are answered 500. The engine hangs for `stall_seconds` every `stall_every_seconds` in
    the mean. For `cold_start_seconds` after the start the model is loading: 503. `crash_after_seconds` after that the
    process dies, whoever is being served. Seconds are the clock's.
    """

    error_rate: float = 0.0
    stall_seconds: float = 0.0
    stall_every_seconds: float = 0.0
    cold_start_seconds: float = 0.0
    crash_after_seconds: float = 0.0
