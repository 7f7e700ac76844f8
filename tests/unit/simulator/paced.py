"""A small engine in real time whose every step takes as long, a thousand times as fast as the wall."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine, EngineDeadError, Signal, Stream
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes

from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Step
from neuralnav.serving.stepcost import StepCost

STEP_MS, FRONTEND_MS, SPEEDUP = 10.0, 2.0, 1000.0
LIMITS = Limits(64 * 16, 8, 64)


def flat_cost(step_ms: float = STEP_MS) -> StepCost:
    """Return a cost by which every step takes as long, and the frontend 2 ms."""
    return StepCost(
        token_ms=(step_ms,) * 65, head_ms=(0.0,) * 65, kv_ms=0.0, window_ms=0.0, window_tokens=0, pair_ms=0.0,
        window_pair_ms=0.0, prefill_ms=0.0, step_ms=0.0, eager_ms=0.0, piecewise_ms=0.0, capture_tokens=512,
        launch_sharpness=2.0, decode_launch_ms=0.0, sequence_ms=0.0, frontend_ms=FRONTEND_MS, frontend_token_ms=0.0,
        stream_ms=0.0,
    )  # fmt: skip


@dataclass(slots=True)
class Seen:
    """A watch that keeps what it is told."""

    steps: list[Step] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    stalls: int = 0

    def stepped(self, step: Step, late_ms: float) -> None:
        self.steps.append(step)
        self.late_ms.append(late_ms)

    def stalled(self) -> None:
        self.stalls += 1


@dataclass(slots=True)
class Jumping(Clock):
    """A clock that shows whatever time somebody has waited for: each step is due alone, and no wall has a say."""

    shown_ms: float = 0.0

    def now_ms(self) -> float:
        return self.shown_ms

    async def sleep_until(self, ms: float) -> None:
        self.shown_ms = max(self.shown_ms, ms)
        await asyncio.sleep(0)


def engine(
    *,
    start_ms: float = 0.0,
    clock: Clock | None = None,
    faults: Faults | None = None,
    limits: Limits = LIMITS,
    seed: int = 0,
) -> tuple[Engine, Seen]:
    """Return an engine and its watch. Its clock shows a time and is the wall's, much faster, if none is given."""
    seen, shown = Seen(), clock or Clock(SPEEDUP, monotonic() - start_ms / 1e3 / SPEEDUP)
    return Engine(Live(flat_cost(), limits), shown, seen, faults or Faults(), seed), seen


def run(lanes: Lanes, serve: Callable[[], Awaitable[None]]) -> str | None:
    """Let lanes serve somebody; return what ended them before that, if anything did."""

    async def both() -> str | None:
        running = asyncio.ensure_future(lanes.run())
        serving = asyncio.ensure_future(serve())
        await asyncio.wait([running, serving], return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        try:
            await asyncio.wait_for(serving, 5.0)
            await running
        except EngineDeadError as error:
            return str(error)
        except asyncio.CancelledError:
            return None
        raise AssertionError("lanes run until they are ended")

    return asyncio.run(both())


async def whole(stream: Stream, signal: Signal) -> list[int]:
    """Wait for all of a stream; return how many tokens there were each time."""
    counts = list[int]()
    while not stream.complete:
        await signal.wait()
        counts.append(stream.delivered)
    return counts
