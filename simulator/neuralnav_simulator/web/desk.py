"""Where requests of a site are taken in: who may come, and what is going on."""

from dataclasses import dataclass, field
from random import Random

from neuralnav_simulator.web.problems import injected, no_engine, unavailable
from neuralnav_simulator.web.prompts import Template
from neuralnav_simulator.web.site import Site


@dataclass(slots=True)
class Desk:
    """A site, and what goes on in it: `underway` requests are being answered, `seen` were taken in so far.

    `draining` tells that no new ones are taken.
    """

    site: Site
    template: Template = field(init=False)
    underway: int = 0
    seen: int = 0
    draining: bool = False
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.template = Template(self.site.tokenizer)
        self._chance = Random(f"errors {self.site.seed}")  # noqa: S311  # which requests fail on purpose

    def check_ready(self) -> None:
        """Raise ProblemError while the model loads, once the server ends, and when an engine is dead."""
        site = self.site
        if self.draining:
            raise unavailable("the server is shutting down")
        match site.lanes.state:
            case "loading":
                left_ms = site.faults.cold_start_seconds * 1e3 - site.clock.now_ms()
                left_s = int(max(0.0, site.clock.wall_s(left_ms)))
                raise unavailable("the model is still loading", retry_after_s=left_s + 1)
            case "dead":
                raise no_engine(site.lanes.death or "the engine is dead")
            case "ready":
                return

    def check_in(self) -> None:
        """Count a request that is about to be answered. Raises ProblemError where it is not."""
        site = self.site
        if site.lanes.full:
            raise unavailable("too many requests are waiting already")
        self.seen += 1
        if site.faults.error_rate > 0.0 and self._chance.random() < site.faults.error_rate:
            site.metrics.injected("error")
            raise injected()
