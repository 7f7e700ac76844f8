"""Where requests of a site are taken in: who may come, and what is going on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, TypeVar

from neuralnav_simulator.engine import Engine, Signal
from neuralnav_simulator.web.problems import broken, injected, unavailable
from neuralnav_simulator.web.prompts import Template
from neuralnav_simulator.web.site import Site

T = TypeVar("T")
Work = Callable[[], T]


class Underway(Protocol):
    """A request that is being answered by one of the engines."""

    engine: Engine
    signal: Signal


@dataclass(slots=True)
class Desk:
    """A site, and what goes on in it: `underway` requests, `seen` ones of all so far.

    `draining` tells that no new ones are taken; `failed` that an engine has stopped, which none should.
    """

    site: Site
    template: Template = field(init=False)
    underway: set[Underway] = field(default_factory=set)
    seen: int = 0
    draining: bool = False
    failed: bool = False
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.template = Template(self.site.tokenizer)
        self._chance = Random(self.site.seed)  # noqa: S311  # which requests fail on purpose

    def check_ready(self) -> None:
        """Raise ProblemError while the model loads and once the server ends."""
        site = self.site
        loading_ms = site.faults.cold_start_seconds * 1e3 - site.clock.now_ms()
        if loading_ms > 0.0:
            wall_s = loading_ms / 1e3 / site.clock.speedup
            raise unavailable("the model is still loading", retry_after_s=int(wall_s) + 1)
        if self.draining:
            raise unavailable("the server is shutting down")
        if self.failed:
            raise broken()

    def check_in(self) -> None:
        """Count a request that is about to be answered. Raises ProblemError where it is not."""
        site = self.site
        if site.max_waiting is not None:
            waiting = sum(engine.live.occupancy().waiting for engine in site.engines)
            if waiting >= site.max_waiting:
                raise unavailable(f"{waiting} requests are waiting already")
        self.seen += 1
        if site.faults.error_rate > 0.0 and self._chance.random() < site.faults.error_rate:
            raise injected()

    def lane(self) -> Engine:
        """Return the engine that answers the fewest requests, the first of several."""
        engines = self.site.engines
        if len(engines) == 1:
            return engines[0]
        return min(engines, key=lambda engine: sum(turn.engine is engine for turn in self.underway))

    def fail(self) -> None:
        """Let everybody know that an engine has stopped."""
        self.failed = True
        for turn in self.underway:
            turn.signal.set()
