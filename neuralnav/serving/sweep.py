"""Load sweeps: a configuration under open-loop arrivals from nearly idle to overload, as benchmark rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from neuralnav.model.catalog import ServingList
from neuralnav.model.quantity import RATE_DIGITS
from neuralnav.model.tables import BENCHMARK_SCHEMA, quantise
from neuralnav.serving.arrivals import unit_arrivals
from neuralnav.serving.coefficients import Metric
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.engine import Run, simulate
from neuralnav.serving.identity import LATENCY_METRICS, common_cells
from neuralnav.serving.knee import ceilings, next_interval
from neuralnav.serving.observed import observed
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.server import Server, server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings, process_of
from neuralnav.serving.warmup import first_guess, has_filled, longest

Vector = NDArray[np.float64]


def sweep(
    configuration: Configuration,
    prompt_tokens: int,
    output_tokens: int,
    serving: ServingList,
    settings: SweepSettings = DEFAULT_SETTINGS,
) -> pa.Table:
    """Return one benchmark row per load point, ascending in rate, with the columns of BENCHMARK_SCHEMA, quantised.

    The points are those of `settings.load_fractions` and, up to `most_points`, those where the curve turns. One lane
    of the server is simulated; the rates of the rows are those of all.

    The table is empty when not even one such request fits in memory. The same arguments give the same rows on every
    machine. Raises InputError as `server_of` does.
    """
    server = server_of(configuration, prompt_tokens, output_tokens, serving, settings)
    if server is None:
        return BENCHMARK_SCHEMA.empty_table()
    load = _Load.on(server, settings)
    ceiling_ms = ceilings(output_tokens)
    if settings.ceiling_ms is not None:
        ceiling_ms = dict(zip(LATENCY_METRICS, settings.ceiling_ms, strict=True))
    points: dict[float, dict[str, float]] = {}
    for rate in _rates(load.saturation_rps, settings.load_fractions):
        points[rate] = load.cells(rate)
        over = any(points[rate][f"{metric}_p95_ms"] > ceiling_ms[metric] for metric in LATENCY_METRICS)
        if over and settings.ceiling_ms is not None:
            break
    while len(points) < settings.most_points:
        between = _next_rate(points, ceiling_ms, load.saturation_rps, settings.tolerance)
        if between is None:
            break
        points[between] = load.cells(between)
    common = common_cells(configuration, prompt_tokens, output_tokens, serving, settings)
    rows = [{**common, "offered_rps": rate, **points[rate]} for rate in sorted(points)]
    return quantise(pa.Table.from_pylist(rows, schema=BENCHMARK_SCHEMA))


@dataclass(frozen=True, slots=True)
class _Load:
    """A server and the unit stream of arrivals of which every load point measures the same part.

    `saturation_rps` is the rate of all lanes.
    """

    server: Server
    saturation_rps: float
    requests: int
    arrivals: Vector

    @classmethod
    def on(cls, server: Server, settings: SweepSettings) -> "_Load":
        """Return the load of a sweep on a server."""
        saturation = server.lanes * saturation_rps(
            server.cost, server.limits, server.prompt_tokens, server.output_tokens, cached_tokens=server.cached_tokens
        )
        around, requests = longest(server.batch), settings.requests
        measured = (around, around + requests)
        arrivals = unit_arrivals(requests + 2 * around, process_of(settings), seed=settings.seed, measured=measured)
        return cls(server, saturation, requests, arrivals)

    def cells(self, rate: float) -> dict[str, float]:
        """Return what the measured requests see at a rate of all lanes.

        A run whose server had not filled when they began is repeated with twice the warm-up, up to the longest.
        Above saturation nothing fills: latencies grow as long as the overload lasts.
        """
        server, most, share = self.server, longest(self.server.batch), rate / self.saturation_rps
        warm_up = min(first_guess(server.batch, share), most)
        run = self._run(rate, warm_up)
        while share < 1.0 and warm_up < most and not has_filled(run):
            warm_up = min(2 * warm_up, most)
            run = self._run(rate, warm_up)
        return observed(run, server.output_tokens, server.lanes)

    def _run(self, rate: float, warm_up: int) -> Run:
        server = self.server
        own_ms = 1e3 / (rate / server.lanes)
        return simulate(
            server.cost, server.limits, self.arrivals[longest(server.batch) - warm_up :] * own_ms,
            server.prompt_tokens, server.output_tokens, cached_tokens=server.cached_tokens,
            measured=(warm_up, warm_up + self.requests),
        )  # fmt: skip


def _next_rate(
    points: Mapping[float, Mapping[str, float]],
    ceiling_ms: Mapping[Metric, float],
    saturation_rps: float,
    tolerance: float,
) -> float | None:
    """Return the rate to offer next; None when the curve is known well enough, or no rate lies between two points."""
    rates = sorted(points)
    p95 = {metric: [points[rate][f"{metric}_p95_ms"] for rate in rates] for metric in LATENCY_METRICS}
    after = next_interval(rates, p95, ceiling_ms, saturation_rps=saturation_rps, tolerance=tolerance)
    if after is None:
        return None
    rate = round((rates[after] + rates[after + 1]) / 2.0, RATE_DIGITS)
    return None if rate in points else rate


def _rates(saturation: float, fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Return the rates to offer, ascending, each once and as it will stand in its row."""
    least = 10.0**-RATE_DIGITS
    return tuple(sorted({max(least, round(saturation * fraction, RATE_DIGITS)) for fraction in fractions}))
