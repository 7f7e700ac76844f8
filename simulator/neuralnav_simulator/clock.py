"""The time that a simulated server lives in: the wall's, or a number of times as fast."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic

RESOLUTION_S = 0.001
"""Timers of event loops count in whole milliseconds."""


@dataclass(slots=True)
class Clock:
    """Milliseconds since it was made, `speedup` for each of the wall's. Everything the engine knows of time."""

    speedup: float = 1.0
    _origin_s: float = field(default_factory=monotonic)

    def now_ms(self) -> float:
        """Return the time."""
        return self.at_ms(monotonic())

    def at_ms(self, monotonic_s: float) -> float:
        """Return the time at an instant of `time.monotonic`."""
        return (monotonic_s - self._origin_s) * 1e3 * self.speedup

    def wall_s(self, ms: float) -> float:
        """Return how many of the wall's seconds so many of the clock's milliseconds take."""
        return ms / (1e3 * self.speedup)

    def is_time(self, ms: float) -> bool:
        """Tell whether it is that late, to the nearest of what timers can tell apart."""
        return self.wall_s(ms - self.now_ms()) <= RESOLUTION_S / 2

    async def sleep_until(self, ms: float) -> None:
        """Return when it is that late (see `is_time`), at once where it is already."""
        while not self.is_time(ms):
            await asyncio.sleep(self.wall_s(ms - self.now_ms()))
