"""The OpenAI API, as vLLM speaks it, over ASGI."""

from dataclasses import dataclass

from starlette.types import ASGIApp

from neuralnav_simulator.clock import Clock
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from neuralnav_simulator.metrics import Metrics
from neuralnav_simulator.served import Served
from neuralnav_simulator.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Site:
    """All that requests are answered from. Without `api_keys` nobody needs one; `seed` is for requests without one."""

    served: Served
    tokenizer: Tokenizer
    clock: Clock
    lanes: Lanes
    metrics: Metrics
    faults: Faults
    api_keys: tuple[str, ...] = ()
    seed: int = 0


def make_app(site: Site) -> ASGIApp:
    """Return the application; while it lives, so do its lanes."""
    raise NotImplementedError
