"""The lanes of a server together: which of them takes a request, whether they are up, and what ends them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from neuralnav.serving.live import Occupancy
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine, EngineDeadError
from neuralnav_simulator.faults import Faults

State = Literal["loading", "ready", "dead"]


def _nothing() -> None:
    """Do nothing."""


@dataclass(slots=True, eq=False)
class Lanes:
    """Alike engines that share the requests of a server. `run` brings them up and never returns, but raises.

    `state` is what health checks ask for. With `max_waiting` above 0 no request is to be taken while as many, or more,
    wait. `on_death` is called once when an engine has stopped: the process is to end, with `death` as the reason.
    """

    engines: Sequence[Engine]
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    max_waiting: int = 0
    on_death: Callable[[], None] = _nothing
    death: str | None = None
    _loaded: bool = field(init=False)
    _turn: int = 0

    def __post_init__(self) -> None:
        self._loaded = self.faults.cold_start_seconds <= 0.0

    @property
    def state(self) -> State:
        """Tell whether requests are served."""
        if self.death is not None:
            return "dead"
        return "ready" if self._loaded else "loading"

    @property
    def full(self) -> bool:
        """Tell whether too many requests wait for another one to be taken."""
        return 0 < self.max_waiting <= sum(engine.waiting for engine in self.engines)

    def pick(self) -> Engine:
        """Return the engine for the next request: each in its turn, as plans and predictions have it."""
        chosen = self.engines[self._turn]
        self._turn = (self._turn + 1) % len(self.engines)
        return chosen

    def occupancy(self) -> Occupancy:
        """Return what all of them hold together."""
        held = [engine.occupancy() for engine in self.engines]
        return Occupancy(
            sum(one.running for one in held),
            sum(one.waiting for one in held),
            sum(one.blocks for one in held),
            sum(one.of_blocks for one in held),
        )

    async def run(self) -> NoReturn:
        """Load the model, then serve until an engine stops. Raises EngineDeadError, and whatever was wrong with it."""
        loaded_ms = self.faults.cold_start_seconds * 1e3
        await self.clock.sleep_until(loaded_ms)
        self._loaded = True
        tasks = [asyncio.ensure_future(engine.run()) for engine in self.engines]
        if self.faults.crash_after_seconds > 0.0:
            tasks.append(asyncio.ensure_future(self._crash(loaded_ms + self.faults.crash_after_seconds * 1e3)))
        try:
            await asyncio.gather(*tasks)
        except EngineDeadError as error:
            self._die(str(error))
            raise
        except Exception as error:
            death = f"the engine stopped: {type(error).__name__}: {error}"
            self._die(death)
            raise EngineDeadError(death) from error
        finally:
            for task in tasks:
                task.cancel()
        raise AssertionError("engines never return")

    async def _crash(self, at_ms: float) -> NoReturn:
        await self.clock.sleep_until(at_ms)
        raise EngineDeadError(f"the engine crashed, as told to, after {self.faults.crash_after_seconds:g} s")

    def _die(self, death: str) -> None:
        self.death = death
        for engine in self.engines:
            engine.die(death)
        self.on_death()
