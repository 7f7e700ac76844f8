"""Load sweeps: a configuration under open-loop arrivals from nearly idle to overload, as benchmark rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from neuralnav.errors import input_error
from neuralnav.model.catalog import ServingList
from neuralnav.model.tables import BENCHMARK_SCHEMA, RATE_DIGITS, quantise
from neuralnav.serving.arrivals import unit_arrivals
from neuralnav.serving.configurations import Configuration, plan_memory
from neuralnav.serving.engine import Run, simulate
from neuralnav.serving.identity import LATENCY_METRICS, common_cells
from neuralnav.serving.knee import next_interval
from neuralnav.serving.limits import Limits
from neuralnav.serving.memory import MemoryPlan
from neuralnav.serving.observed import QUANTILES, observed
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings, kv_bytes, process_of
from neuralnav.serving.stepcost import StepCost, step_cost
from neuralnav.serving.warmup import first_guess, has_filled, longest

Vector = NDArray[np.float64]


def saturation_rps(
    cost: StepCost, limits: Limits, prompt_tokens: int, output_tokens: int, *, cached_tokens: int = 0
) -> float:
    """Return the requests per second that a server finishes while its queue never empties.

    The first batch gets staggered outputs, so that later requests finish evenly; the rate is taken between the finish
    of that batch and the moment the queue is empty, over a batch or 64 requests.
    """
    batch = _batch(limits, prompt_tokens, output_tokens)
    count = 2 * batch + max(batch, 64)
    outputs = [1 + index * output_tokens // batch for index in range(batch)] + [output_tokens] * (count - batch)
    steady = (batch, count - batch)
    run = simulate(
        cost, limits, np.zeros(count), prompt_tokens, outputs, cached_tokens=cached_tokens, measured=steady
    )  # fmt: skip
    finish = np.sort(run.finish_ms)
    first, last = batch - 1, count - batch - 1
    return float((last - first) / (finish[last] - finish[first]) * 1e3)


def sweep(
    configuration: Configuration,
    prompt_tokens: int,
    output_tokens: int,
    serving: ServingList,
    settings: SweepSettings = DEFAULT_SETTINGS,
) -> pa.Table:
    """Return one benchmark row per load point, ascending in rate, with the columns of BENCHMARK_SCHEMA, quantised.

    The points are those of `settings.load_fractions` and, up to `most_points`, those where the curve turns.

    A pipeline of `pp` stages keeps as many batches in flight, one in each stage. It is swept as that many lanes: each
    is a server of its own, whose step costs a batch's whole pass through the stages, with an equal part of the KV
    cache, of the sequences and of the arrivals. One lane is simulated; the rates of the rows are those of
    all. Exact for batches of one cost; where they differ, a batch waits for a longer one ahead of it at each stage,
    which lanes do not: tails come out too short. On the other side one prompt's chunks could follow each other
    through the stages, and in a lane do not: long prompts come out too slow.

    The table is empty when not even one such request fits in memory. The same arguments give the same rows on every
    machine. Raises InputError for a single output token (it has no ITL), and when the catalog lacks a number.
    """
    if output_tokens < 2:
        raise input_error("sweep", f"output of {output_tokens} token has no gap between tokens", "use 2 or more")
    server = _Server.of(configuration, prompt_tokens, output_tokens, serving, settings)
    if server is None:
        return BENCHMARK_SCHEMA.empty_table()
    points = {rate: server.cells(rate) for rate in _rates(server.saturation_rps, settings.load_fractions)}
    while len(points) < settings.most_points:
        between = _next_rate(points, output_tokens, server.saturation_rps, settings.tolerance)
        if between is None:
            break
        points[between] = server.cells(between)
    common = common_cells(configuration, prompt_tokens, output_tokens, serving, settings)
    rows = [{**common, "offered_rps": rate, **points[rate]} for rate in sorted(points)]
    return quantise(pa.Table.from_pylist(rows, schema=BENCHMARK_SCHEMA))


def idle_row(
    configuration: Configuration,
    prompt_tokens: int,
    output_tokens: int,
    serving: ServingList,
    settings: SweepSettings = DEFAULT_SETTINGS,
) -> pa.Table:
    """Return one predicted row: the latencies of a request that has the server to itself, exact lower bounds.

    No load can make them smaller, so a configuration whose idle latency breaks an SLO needs no sweep. The table is
    empty when not even one such request fits in memory.
    """
    if not plan_memory(configuration, prompt_tokens + output_tokens, serving, settings).fits:
        return BENCHMARK_SCHEMA.empty_table()
    cost = _cost(configuration, serving, settings)
    bounds = cost.unloaded_ms(
        prompt_tokens,
        output_tokens,
        max_num_batched_tokens=settings.max_num_batched_tokens,
        cached_tokens=_cached(prompt_tokens, settings),
    )
    idle: dict[str, float] = dict(zip(LATENCY_METRICS, bounds, strict=True))
    least = 10.0**-RATE_DIGITS
    names = [
        f"{metric}_{statistic}_ms" for metric in LATENCY_METRICS for statistic in ("mean", *(q for q, _ in QUANTILES))
    ]
    cells = {
        **common_cells(configuration, prompt_tokens, output_tokens, serving, settings),
        **{name: idle[name.split("_")[0]] for name in names},
        "offered_rps": least,
        "achieved_rps": least,
        "output_tokens_per_s": least * output_tokens,
        "requests": 1,
        "source": "predicted",
    }
    return quantise(pa.Table.from_pylist([cells], schema=BENCHMARK_SCHEMA))


@dataclass(frozen=True, slots=True)
class _Server:
    """One of `lanes` alike servers, and the unit stream of arrivals of which every load point measures the same part.

    `batch` requests are in flight at most; `saturation_rps` is the rate of all lanes.
    """

    cost: StepCost
    limits: Limits
    lanes: int
    batch: int
    saturation_rps: float
    prompt_tokens: int
    output_tokens: int
    cached_tokens: int
    requests: int
    arrivals: Vector

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        prompt_tokens: int,
        output_tokens: int,
        serving: ServingList,
        settings: SweepSettings,
    ) -> "_Server | None":
        """Return the server of a configuration; None when not even one such request fits in its memory."""
        plan = plan_memory(configuration, prompt_tokens + output_tokens, serving, settings)
        found = _lanes(configuration, plan, prompt_tokens, output_tokens, settings) if plan.fits else None
        if found is None:
            return None
        (lanes, limits), cost = found, _cost(configuration, serving, settings)
        cached, batch = _cached(prompt_tokens, settings), _batch(limits, prompt_tokens, output_tokens)
        saturation = lanes * saturation_rps(cost, limits, prompt_tokens, output_tokens, cached_tokens=cached)
        around, requests = longest(batch), settings.requests
        measured = (around, around + requests)
        arrivals = unit_arrivals(requests + 2 * around, process_of(settings), seed=settings.seed, measured=measured)
        return cls(
            cost, limits, lanes, batch, saturation, prompt_tokens, output_tokens, cached, requests, arrivals,
        )  # fmt: skip

    def cells(self, rate: float) -> dict[str, float]:
        """Return what the measured requests see at a rate of all lanes.

        A run whose server had not filled when they began is repeated with twice the warm-up, up to the longest.
        Above saturation nothing fills: latencies grow as long as the overload lasts.
        """
        most, share = longest(self.batch), rate / self.saturation_rps
        warm_up = min(first_guess(self.batch, share), most)
        run = self._run(rate, warm_up)
        while share < 1.0 and warm_up < most and not has_filled(run):
            warm_up = min(2 * warm_up, most)
            run = self._run(rate, warm_up)
        return observed(run, self.output_tokens, self.lanes)

    def _run(self, rate: float, warm_up: int) -> Run:
        return simulate(
            self.cost, self.limits, self.arrivals[longest(self.batch) - warm_up :] * (1e3 / (rate / self.lanes)),
            self.prompt_tokens, self.output_tokens, cached_tokens=self.cached_tokens,
            measured=(warm_up, warm_up + self.requests),
        )  # fmt: skip


def _cost(configuration: Configuration, serving: ServingList, settings: SweepSettings) -> StepCost:
    return step_cost(
        configuration.architecture,
        configuration.checkpoint,
        configuration.accelerator,
        tp=configuration.tp,
        pp=configuration.pp,
        serving=serving,
        kv_bytes=kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
    )


def _lanes(
    configuration: Configuration, plan: MemoryPlan, prompt_tokens: int, output_tokens: int, settings: SweepSettings
) -> tuple[int, Limits] | None:
    """Return how many batches are in flight and what each of them may use; None when no lane holds one request."""
    for lanes in range(configuration.pp, 0, -1):
        sequences = max(1, settings.max_num_seqs // lanes)
        if plan.kv_capacity_tokens >= lanes:
            limits = Limits(plan.kv_capacity_tokens // lanes, sequences, settings.max_num_batched_tokens)
            if limits.holds(prompt_tokens, output_tokens):
                return lanes, limits
    return None


def _cached(prompt_tokens: int, settings: SweepSettings) -> int:
    """Return how many tokens of a prompt the prefix cache holds; at least one is always computed."""
    return min(prompt_tokens - 1, int(prompt_tokens * settings.prefix_hit_share))


def _batch(limits: Limits, prompt_tokens: int, output_tokens: int) -> int:
    """Return how many such requests are in flight at most, each with half of its output in the KV cache."""
    return max(1, min(limits.max_num_seqs, limits.kv_capacity_tokens // (prompt_tokens + output_tokens // 2)))


def _next_rate(
    points: Mapping[float, Mapping[str, float]], output_tokens: int, saturation_rps: float, tolerance: float
) -> float | None:
    """Return the rate to offer next; None when the curve is known well enough, or no rate lies between two points."""
    rates = sorted(points)
    p95 = {metric: [points[rate][f"{metric}_p95_ms"] for rate in rates] for metric in LATENCY_METRICS}
    after = next_interval(rates, p95, output_tokens, saturation_rps=saturation_rps, tolerance=tolerance)
    if after is None:
        return None
    rate = round((rates[after] + rates[after + 1]) / 2.0, RATE_DIGITS)
    return None if rate in points else rate


def _rates(saturation: float, fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Return the rates to offer, ascending, each once and as it will stand in its row."""
    least = 10.0**-RATE_DIGITS
    return tuple(sorted({max(least, round(saturation * fraction, RATE_DIGITS)) for fraction in fractions}))
