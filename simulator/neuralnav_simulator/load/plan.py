"""Which requests are sent when: load points, drawn from a seed or read from a trace, one after another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.serving.arrivals import at_rate, unit_arrivals
from neuralnav.serving.lengths import Lengths
from neuralnav.serving.load import OUTPUTS, PROMPTS
from neuralnav_simulator.load.spelling import Arrival

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

MOST_REQUESTS = 5_000_000
"""What a load point may hold: more than a week at 8 requests a second, and 120 MB."""


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Requests of one load: when each is to be sent (ms of the server's clock), its prompt's and answer's tokens.

    `rate_rps` is what is offered, None for a closed loop, which keeps `in_flight` requests at the server instead.
    `arrival` is the name that benchmark rows have for how requests come, `burstiness` the shape of Gamma gaps or None.
    """

    at_ms: Vector
    prompt: Counts
    output: Counts
    arrival: str
    rate_rps: float | None
    burstiness: float | None = None
    in_flight: int | None = None

    @property
    def shown(self) -> str:
        """How people name it."""
        return f"{self.in_flight} in flight" if self.rate_rps is None else f"{self.rate_rps:g} req/s"


@dataclass(frozen=True, slots=True)
class Asked:
    """What every load point has in common. Either `requests` or `seconds` says how long each one is."""

    prompt: Lengths
    output: Lengths
    seed: int
    requests: int | None = None
    seconds: float = 60.0


def open_points(asked: Asked, rates: Sequence[float], arrival: Arrival) -> tuple[LoadPoint, ...]:
    """Return a load point for each rate. All draw from one seed, so that rates alone differ.

    Raises ValueError for one that is empty or beyond what is held at once.
    """
    return tuple(_open_point(asked, rate, arrival) for rate in rates)


def closed_point(asked: Asked, in_flight: int) -> LoadPoint:
    """Return the load point that keeps so many requests in flight."""
    if asked.requests is None:
        raise ValueError("a closed loop ends by its requests: give --requests")
    prompt, output = _lengths(asked, asked.requests)
    return LoadPoint(np.zeros(asked.requests), prompt, output, "closed", None, in_flight=in_flight)


def _open_point(asked: Asked, rate_rps: float, arrival: Arrival) -> LoadPoint:
    count = asked.requests or round(rate_rps * asked.seconds)
    if not 1 <= count <= MOST_REQUESTS:
        lasting = f"{rate_rps:g} req/s over {asked.seconds:g} s"
        raise ValueError(f"{lasting} are {count:,} requests: a load point has 1 to {MOST_REQUESTS:,}")
    times = at_rate(unit_arrivals(count, arrival.process, seed=asked.seed), rate_rps)
    prompt, output = _lengths(asked, count)
    return LoadPoint(times, prompt, output, arrival.name, rate_rps, arrival.burstiness)


def _lengths(asked: Asked, count: int) -> tuple[Counts, Counts]:
    """Return prompts and outputs as `neuralnav.serving.load` draws them."""
    prompts, outputs = (np.random.Generator(np.random.PCG64([asked.seed, stream])) for stream in (PROMPTS, OUTPUTS))
    return asked.prompt.drawn(prompts, count), asked.output.drawn(outputs, count)
