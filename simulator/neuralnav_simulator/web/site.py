"""All that a server answers requests from."""

from dataclasses import dataclass

from neuralnav_simulator.clock import Clock
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from neuralnav_simulator.metrics import Metrics
from neuralnav_simulator.served import Served
from neuralnav_simulator.tokens import Tokenizer

MAX_BODY = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """All that requests are answered from. Without `api_keys` nobody needs one; `seed` is for requests without one.

    A body of more than `max_body` bytes is refused.
    """

    served: Served
    tokenizer: Tokenizer
    clock: Clock
    lanes: Lanes
    metrics: Metrics
    faults: Faults
    api_keys: tuple[str, ...] = ()
    seed: int = 0
    max_body: int = MAX_BODY
