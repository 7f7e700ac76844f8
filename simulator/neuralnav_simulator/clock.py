"""The time that a simulated server lives in: the wall's, or a number of times as fast."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True)
class Clock:
    """Milliseconds since it was made, `speedup` for each of the wall's. Everything the engine knows of time."""

    speedup: float = 1.0
    _origin_s: float = field(default_factory=monotonic)

    def now_ms(self) -> float:
        """Return the time."""
        return (monotonic() - self._origin_s) * 1e3 * self.speedup

    async def sleep_until(self, ms: float) -> None:
        """Return when it is that late, or after a turn of the event loop where it is already."""
        await asyncio.sleep(max(0.0, (ms - self.now_ms()) / (1e3 * self.speedup)))
