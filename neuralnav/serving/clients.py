"""The client of a measured run, repeated against the serving model: what it would have reported.

A benchmark's numbers belong to its client. A closed loop starts with a burst, and its mean TTFT holds that burst; an
open loop starts empty. To compare a model with a run, the model must be asked by the same client.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, inf, isinf
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from neuralnav.model.catalog import ServingList
from neuralnav.serving.arrivals import Process, at_rate, unit_arrivals
from neuralnav.serving.configurations import Configuration, plan_memory
from neuralnav.serving.engine import Limits, Run, simulate, simulate_closed
from neuralnav.serving.observed import statistics
from neuralnav.serving.settings import DEFAULT_SETTINGS, KV_ELEMENT_BYTES, SweepSettings
from neuralnav.serving.stepcost import Launching, StepCost, step_cost

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

PROMPTS_IN_TURN = 10
"""A closed loop sends this many prompts for each request in flight when a run does not say: the InferenceX client."""

OPEN_REQUESTS = 1000
"""Requests of an open loop when a run does not say: the default of `vllm bench serve`."""

MOST_REQUESTS = 20_000
"""A longer run is repeated with this many requests: its percentiles have settled by then."""

POISSON = 1.0
EVEN = inf
"""Burstiness as in `vllm bench serve`: the shape of gamma-distributed gaps. 1 is Poisson, infinity an even pace."""

STEADY = 1.0


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """`concurrency` requests in flight until `requests` were sent, the first ones in a burst.

    Lengths are uniform on `least_share` to 1 of the nominal. Warm-ups before it leave nothing behind: the server is
    empty when the burst comes.
    """

    concurrency: int
    requests: int
    least_share: float = STEADY


@dataclass(frozen=True, slots=True)
class OpenLoop:
    """`requests` requests at a rate, to a server that is empty at first; lengths as in `ClosedLoop`."""

    rate_rps: float
    requests: int = OPEN_REQUESTS
    burstiness: float = POISSON
    least_share: float = STEADY


Client = ClosedLoop | OpenLoop


@dataclass(frozen=True, slots=True)
class Reported:
    """What a client reports.

    `ms` maps `<metric>_<statistic>_ms` to milliseconds: mean, p50, p90, p95 and p99 of `ttft` and `e2e` over requests,
    `itl` over all gaps of all requests, `tpot` over requests (the mean gap of each); the last two are absent where an
    answer is one token. `mean_gaps` is the mean number of gaps of an answer, `in_flight` that of requests in flight.
    """

    ms: Mapping[str, float]
    mean_gaps: float
    in_flight: float


def predict(
    configuration: Configuration,
    prompt_tokens: int,
    output_tokens: int,
    client: Client,
    serving: ServingList,
    settings: SweepSettings = DEFAULT_SETTINGS,
) -> Reported | None:
    """Return what a client would report of a configuration, or None where not even one such request fits in memory.

    Of the settings those of the engine count, and the seed. A pipeline of stages is run as one lane with its share
    of the load, as in a sweep.
    """
    plan = plan_memory(configuration, prompt_tokens + output_tokens, serving, settings)
    if not plan.fits:
        return None
    lanes = max(1, min(configuration.pp, plan.kv_capacity_tokens // (prompt_tokens + output_tokens)))
    limits = Limits(
        plan.kv_capacity_tokens // lanes,
        max(1, settings.max_num_seqs // lanes),
        settings.max_num_batched_tokens,
        async_scheduling=settings.async_scheduling,
    )
    cost = _cost(configuration, serving, settings)
    lane = _lane(client, lanes)
    prompts, outputs = _lengths(prompt_tokens, output_tokens, lane, settings.seed)
    match lane:
        case ClosedLoop():
            run = simulate_closed(cost, limits, lane.concurrency, prompts, outputs)
        case OpenLoop():
            cached = np.minimum(prompts - 1, (prompts * settings.prefix_hit_share).astype(np.int64))
            arrivals = arrivals_ms(lane, seed=settings.seed)
            run = simulate(cost, limits, arrivals, prompts, outputs, cached_tokens=cached)
        case _:
            assert_never(lane)
    return report(run, outputs, lanes=lanes)


def report(run: Run, output_tokens: Counts, *, lanes: int = 1) -> Reported:
    """Return what the client of a finished run, one of `lanes` alike, reports.

    `output_tokens` are those of each request.
    """
    gaps = output_tokens - 1
    many = gaps > 0
    values = [("ttft", run.ttft_ms), ("e2e", run.e2e_ms)]
    if many.any():
        values.append(("tpot", (run.e2e_ms[many] - run.ttft_ms[many]) / gaps[many]))
    ms = dict(_each(values))
    if len(run.gap_ms):
        ms.update(statistics("itl", run.gap_ms, run.gap_weight))
    span = float(np.max(run.finish_ms) - run.arrival_ms[0])
    return Reported(ms, float(np.mean(gaps)), lanes * float(np.sum(run.e2e_ms)) / span)


def arrivals_ms(client: OpenLoop, *, seed: int) -> Vector:
    """Return when the requests of an open loop arrive; the mean of their gaps is exactly that of the rate."""
    return at_rate(unit_arrivals(client.requests, _process(client.burstiness), seed=seed), client.rate_rps)


def _process(burstiness: float) -> Process:
    if burstiness == POISSON:
        return Process()
    return Process("uniform") if isinf(burstiness) else Process("gamma", burstiness=burstiness)


def _cost(configuration: Configuration, serving: ServingList, settings: SweepSettings) -> StepCost:
    return step_cost(
        configuration.architecture,
        configuration.checkpoint,
        configuration.accelerator,
        tp=configuration.tp,
        pp=configuration.pp,
        serving=serving,
        kv_bytes=KV_ELEMENT_BYTES[settings.kv_dtype],
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
        launching=Launching(asynchronous=settings.async_scheduling),
    )


def _each(values: list[tuple[str, Vector]]) -> Iterator[tuple[str, float]]:
    for metric, of_requests in values:
        yield from statistics(metric, of_requests, np.ones(len(of_requests), dtype=np.int64))


def _lane(client: Client, lanes: int) -> Client:
    """Return one lane's share of a client's load, and no more requests than are worth repeating."""
    requests = max(1, ceil(min(client.requests, MOST_REQUESTS) / lanes))
    match client:
        case ClosedLoop():
            return replace(client, concurrency=max(1, ceil(client.concurrency / lanes)), requests=requests)
        case OpenLoop():
            return replace(client, rate_rps=client.rate_rps / lanes, requests=requests)
        case _:
            assert_never(client)


def _lengths(prompt_tokens: int, output_tokens: int, client: Client, seed: int) -> tuple[Counts, Counts]:
    """Return the prompt and output tokens of each request, rounded up to whole tokens."""
    random = np.random.Generator(np.random.PCG64(seed))
    shares = random.uniform(client.least_share, 1.0, (2, client.requests))
    prompts, outputs = np.ceil(np.array([[prompt_tokens], [output_tokens]]) * shares).astype(np.int64)
    return prompts, outputs
