"""(Lock, what was observed) -> Outcome: the row that a plan's run leaves behind."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import fsum
from statistics import median

from neuralnav.model.engine_metrics import SIMULATOR_PREFIX
from neuralnav.model.lock import Lock
from neuralnav.model.observed import Histogram, Level, Observed, Rate
from neuralnav.model.outcome import PERCENTILES, Achieved, Bounded, Lengths, Outcome, Served
from neuralnav.outcomes.histogram import mean_of, quantile, share_within

PEAK_SECONDS = 300.0
"""The peak is the highest rate over so long: shorter ones are noise and bursts, which latencies already show."""

ANSWERED = frozenset({"stop", "length"})
"""Reasons with which vLLM ends a request that it answered; the others (abort, error) are failures."""

SIMULATOR = SIMULATOR_PREFIX.replace("_", "-").strip("-")
MS = 1000.0


def outcome_of(lock: Lock, plan_digest: str, observed: Observed, *, environment: str) -> Outcome:
    """Return what a plan achieved. `plan_digest` is that of the lock's text.

    Rates and cost are of the time in which the service was seen. Replicas that nobody reported are as planned.
    """
    seconds = (observed.end - observed.start).total_seconds() * observed.speedup
    seen = seconds * observed.covered
    replicas = observed.replicas or _as_planned(lock)
    mean_rps = observed.requests / seen if seen > 0.0 else 0.0
    price = lock.deployment.scaling.replica_usd_per_hour
    slo_ms = slos_of(lock)
    latencies = {name: _achieved(observed.latencies.get(name), slo) for name, slo in slo_ms.items()}
    return Outcome(
        workload=lock.workload,
        namespace=lock.deployment.namespace,
        environment=environment,
        plan=plan_digest,
        served=served_of(lock, simulated=observed.simulated),
        start=_utc(observed.start),
        end=_utc(observed.end),
        seconds=seconds,
        covered=observed.covered,
        requests=observed.requests,
        failed=max(0.0, fsum(count for reason, count in observed.reasons.items() if reason not in ANSWERED)),
        mean_rps=mean_rps,
        peak_rps=max(mean_rps, peak_of(observed.rates) / observed.speedup),
        replicas_mean=replicas.mean,
        replicas_least=replicas.least,
        replicas_most=replicas.most,
        ttft=latencies["ttft"],
        itl=latencies["itl"],
        e2e=latencies["e2e"],
        prompt_tokens=_lengths(observed.prompt_tokens),
        output_tokens=_lengths(observed.output_tokens),
        in_flight_mean=_mean(observed.running),
        waiting_mean=_mean(observed.waiting),
        kv_use_mean=_mean(observed.kv_use),
        kv_use_most=observed.kv_use.most if observed.kv_use else None,
        preemptions=observed.preemptions,
        prefix_hit_share=observed.prefix_hit_share,
        cost_usd=price * replicas.mean * seen / 3600.0,
        resets=observed.resets,
    )


def slos_of(lock: Lock) -> Mapping[str, float]:
    """Return the p95 targets of a plan in ms, by metric."""
    wanted = lock.requirements
    return {"ttft": wanted.ttft_p95_ms, "itl": wanted.itl_p95_ms, "e2e": wanted.e2e_p95_ms}


def served_of(lock: Lock, *, simulated: bool) -> Served:
    """Return what a lock deploys, as benchmark rows name it."""
    d = lock.deployment
    return Served(
        model=d.model,
        precision=d.precision,
        accelerator=d.accelerator,
        tp=d.tensor_parallel,
        pp=d.pipeline_parallel,
        engine=SIMULATOR if simulated else "vllm",
        engine_version=d.engine_version,
        kv_dtype=d.kv_cache_dtype,
        max_num_seqs=d.max_num_seqs,
        max_num_batched_tokens=d.max_num_batched_tokens,
        memory_utilization=d.gpu_memory_utilization,
        prefix_caching=d.prefix_caching,
    )


def step_seconds(rates: Sequence[Rate]) -> float:
    """Return how long a step of the rates is; 0 where one rate, or none, tells no step."""
    gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(rates)]
    return median(gaps) if gaps else 0.0


def peak_of(rates: Sequence[Rate]) -> float:
    """Return the highest mean rate over five minutes, or over all there is where that is less.

    Only whole stretches count: a burst in the first minute is no five minutes of it. A step in which nothing was
    scraped counts as no request.
    """
    step = step_seconds(rates)
    if step <= 0.0:
        return max((rate.rps for rate in rates), default=0.0)
    begin = rates[0].at.timestamp() - step
    stretch = min(PEAK_SECONDS, rates[-1].at.timestamp() - begin)
    highest, held, first = 0.0, 0.0, 0
    for rate in rates:
        held += rate.rps * step
        while rate.at.timestamp() - rates[first].at.timestamp() >= stretch - step / 2.0 and rates[first] is not rate:
            held -= rates[first].rps * step
            first += 1
        if rate.at.timestamp() - begin >= stretch - step / 2.0:
            highest = max(highest, held / max(stretch, step))
    return highest


def _achieved(histogram: Histogram | None, slo_ms: float) -> Achieved | None:
    mean = mean_of(histogram) if histogram is not None else None
    within = share_within(histogram, slo_ms / MS) if histogram is not None else None
    if histogram is None or mean is None or within is None:
        return None
    found = {name: quantile(histogram, int(name[1:]) / 100.0) for name in PERCENTILES}
    percentiles = {name: _in_ms(item) for name, item in found.items() if item is not None}
    return Achieved(mean * MS, percentiles, slo_ms, within, histogram.count)


def _in_ms(seconds: Bounded) -> Bounded:
    return Bounded(seconds.value * MS, seconds.low * MS, seconds.high * MS)


def _lengths(histogram: Histogram | None) -> Lengths | None:
    if histogram is None:
        return None
    mean, p50, p95 = mean_of(histogram), quantile(histogram, 0.5), quantile(histogram, 0.95)
    return None if mean is None or p50 is None or p95 is None else Lengths(mean, p50, p95)


def _as_planned(lock: Lock) -> Level:
    planned = float(lock.deployment.replicas.planned)
    return Level(planned, planned, planned)


def _mean(level: Level | None) -> float | None:
    return None if level is None else level.mean


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
