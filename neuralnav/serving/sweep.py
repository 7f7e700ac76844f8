"""Load sweeps: a configuration under Poisson arrivals from nearly idle to overload, as benchmark rows."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from math import ceil, fsum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, ServingList
from neuralnav.model.plan import candidate_id
from neuralnav.model.tables import BENCHMARK_SCHEMA, RATE_DIGITS, quantise
from neuralnav.serving.arrivals import unit_poisson
from neuralnav.serving.coefficients import Metric, coefficient, coefficients, interval_width
from neuralnav.serving.engine import Limits, Run, simulate
from neuralnav.serving.memory import MemoryPlan, memory_plan
from neuralnav.serving.stepcost import StepCost, step_cost

Vector = NDArray[np.float64]

REVISION = 1
"""Raised whenever the code of this package changes a number, so that evidence ids change with it."""

LATENCY_METRICS: tuple[Metric, ...] = ("ttft", "itl", "e2e")
ORIGIN = "neuralnav"
KV_ELEMENT_BYTES = {"auto": 2.0, "fp8": 1.0}
TENSOR_PARALLEL = (1, 2, 4, 8)
TP_SPREAD = 4
"""Up to this many times the smallest tensor parallelism that fits is swept."""

LEAST_CONTEXT = 512
USUAL_CONTEXT = 8192

QUANTILES = (("p50", 0.50), ("p90", 0.90), ("p95", 0.95), ("p99", 0.99))
LOAD_FRACTIONS = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.25)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to serve a model: which weights on which accelerator, over how many."""

    model: str
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    pp: int = 1

    @property
    def id(self) -> str:
        """The candidate id."""
        return candidate_id(self.model, self.checkpoint.precision, self.accelerator.id, self.tp, self.pp)


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How a sweep runs. `kv_dtype` "auto" is 16 bit; `load_fractions` are of the saturation rate.

    `requests` are measured per row. `warm_up_share` as many and two full batches go before them, so that a server that
    starts empty has filled, and the same number comes after, so that it stays loaded until the last measured one ends.
    """

    requests: int = 1000
    warm_up_share: float = 0.3
    seed: int = 20261122
    kv_dtype: str = "auto"
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192
    memory_utilization: float = 0.90
    prefix_hit_share: float = 0.0
    load_fractions: tuple[float, ...] = LOAD_FRACTIONS


DEFAULT_SETTINGS = SweepSettings()


def configurations(catalog: Catalog, *, settings: SweepSettings = DEFAULT_SETTINGS) -> tuple[Configuration, ...]:
    """Return every configuration worth sweeping, in order of candidate id.

    Every checkpoint that the accelerator supports, at each tensor parallelism on which the weights and one sequence
    of `LEAST_CONTEXT` tokens fit, up to four times the smallest on which `USUAL_CONTEXT` tokens do.
    """
    smallest: dict[tuple[str, str, str], int] = {}
    kept: list[Configuration] = []
    for configuration in possible(catalog):
        limit = catalog.models[configuration.model].context_tokens.value
        roomy = plan_memory(configuration, min(USUAL_CONTEXT, limit), catalog.serving, settings).fits
        if roomy or plan_memory(configuration, LEAST_CONTEXT, catalog.serving, settings).fits:
            key = (configuration.model, configuration.checkpoint.precision, configuration.accelerator.id)
            if roomy:
                smallest.setdefault(key, configuration.tp)
            if configuration.tp <= TP_SPREAD * smallest.get(key, configuration.tp):
                kept.append(configuration)
    return tuple(kept)


def possible(catalog: Catalog) -> tuple[Configuration, ...]:
    """Return every configuration, in order of candidate id, whether or not its weights fit in memory."""
    found = [
        Configuration(model.id, model.architecture, checkpoint, accelerator, tp)
        for model in catalog.models.values()
        for checkpoint in model.checkpoints
        for accelerator in catalog.accelerators.values()
        if checkpoint.precision in accelerator.supports.value
        for tp in TENSOR_PARALLEL
        if tp <= accelerator.gpus_per_node.value and _shards_evenly(model.architecture, tp)
    ]
    return tuple(sorted(found, key=lambda configuration: configuration.id))


def _shards_evenly(architecture: Architecture, tp: int) -> bool:
    """Tell whether vLLM can split the heads: KV heads are shared out evenly, or copied evenly when there are fewer."""
    kv_heads = architecture.kv_heads
    return architecture.attention_heads % tp == 0 and (kv_heads % tp == 0 or tp % kv_heads == 0)


def plan_memory(
    configuration: Configuration, context_tokens: int, serving: ServingList, settings: SweepSettings = DEFAULT_SETTINGS
) -> MemoryPlan:
    """Return how the memory of each GPU is spent when sequences are `context_tokens` long."""
    accelerator = configuration.accelerator
    return memory_plan(
        configuration.architecture,
        configuration.checkpoint,
        accelerator,
        tp=configuration.tp,
        context_tokens=context_tokens,
        memory_utilization=settings.memory_utilization,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", accelerator, "bf16"),
        kv_bytes=_kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
    )


def saturation_rps(
    cost: StepCost, limits: Limits, prompt_tokens: int, output_tokens: int, *, cached_tokens: int = 0
) -> float:
    """Return the requests per second that a server finishes while its queue never empties.

    The first batch gets staggered outputs, so that later requests finish evenly; the rate is taken between the finish
    of that batch and the moment the queue is empty.
    """
    batch = _batch(limits, prompt_tokens + output_tokens)
    count = 2 * batch + max(2 * batch, 64)
    outputs = [1 + index * output_tokens // batch for index in range(batch)] + [output_tokens] * (count - batch)
    full = replace(limits, max_num_seqs=batch)
    run = simulate(cost, full, np.zeros(count), prompt_tokens, outputs, cached_tokens=cached_tokens)
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

    The table is empty when not even one such request fits in memory. The same arguments give the same rows on every
    machine. Raises InputError for a single output token (it has no ITL), and when the catalog lacks a number.
    """
    if output_tokens < 2:
        raise input_error("sweep", f"output of {output_tokens} token has no gap between tokens", "use 2 or more")
    plan = plan_memory(configuration, prompt_tokens + output_tokens, serving, settings)
    if not plan.fits:
        return BENCHMARK_SCHEMA.empty_table()
    cost = _cost(configuration, serving, settings)
    limits = Limits(plan.kv_capacity_tokens, settings.max_num_seqs, settings.max_num_batched_tokens)
    cached = _cached(prompt_tokens, settings)
    saturation = saturation_rps(cost, limits, prompt_tokens, output_tokens, cached_tokens=cached)
    common = _common(configuration, prompt_tokens, output_tokens, serving, settings)
    warm_up = ceil(settings.requests * settings.warm_up_share) + 2 * _batch(limits, prompt_tokens + output_tokens)
    measured = (warm_up, warm_up + settings.requests)
    arrivals = unit_poisson(settings.requests + 2 * warm_up, seed=settings.seed, measured=measured)
    rows = []
    for rate in _rates(saturation, settings.load_fractions):
        run = simulate(
            cost, limits, arrivals * (1e3 / rate), prompt_tokens, output_tokens,
            cached_tokens=cached, measured=measured,
        )  # fmt: skip
        rows.append({**common, "offered_rps": rate, **_observed(run, output_tokens)})
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
        **_common(configuration, prompt_tokens, output_tokens, serving, settings),
        **{name: idle[name.split("_")[0]] for name in names},
        "offered_rps": least,
        "achieved_rps": least,
        "output_tokens_per_s": least * output_tokens,
        "requests": 1,
        "source": "predicted",
    }
    return quantise(pa.Table.from_pylist([cells], schema=BENCHMARK_SCHEMA))


def evidence_id(
    configuration: Configuration, prompt_tokens: int, output_tokens: int, serving: ServingList, settings: SweepSettings
) -> str:
    """Return the first 16 hex digits of the SHA-256 of everything that determines a curve, and nothing else.

    Sources, notes, prices and coefficients that this configuration does not use are left out.
    """
    unused = {"source", "verified", "note"}
    accelerator = configuration.accelerator
    facts = ("bf16_tflops", "fp8_tflops", "int8_tops", "fp4_tflops", "memory_gib", "bandwidth_gb_s", "link_gb_s")
    chosen = coefficients(serving, configuration.checkpoint, accelerator)
    whole = {
        "revision": REVISION,
        "engine": [serving.engine, serving.engine_version],
        "id": configuration.id,
        "architecture": configuration.architecture.model_dump(mode="json", exclude=unused),
        "checkpoint": configuration.checkpoint.model_dump(
            mode="json", exclude={*unused, "repo", "engine_quantization"}
        ),
        "accelerator": {name: fact and fact.value for name in facts for fact in [getattr(accelerator, name)]},
        "coefficients": asdict(chosen),
        "intervals": [interval_width(serving, metric, accelerator.generation) for metric in LATENCY_METRICS],
        "shape": [prompt_tokens, output_tokens],
        "settings": asdict(settings),
    }
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _cost(configuration: Configuration, serving: ServingList, settings: SweepSettings) -> StepCost:
    return step_cost(
        configuration.architecture,
        configuration.checkpoint,
        configuration.accelerator,
        tp=configuration.tp,
        serving=serving,
        kv_bytes=_kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
    )


def _cached(prompt_tokens: int, settings: SweepSettings) -> int:
    """Return how many tokens of a prompt the prefix cache holds; at least one is always computed."""
    return min(prompt_tokens - 1, int(prompt_tokens * settings.prefix_hit_share))


def _batch(limits: Limits, request_tokens: int) -> int:
    """Return how many such requests are in flight at most."""
    return max(1, min(limits.max_num_seqs, limits.kv_capacity_tokens // request_tokens))


def _kv_bytes(settings: SweepSettings) -> float:
    if settings.kv_dtype not in KV_ELEMENT_BYTES:
        raise input_error("sweep", f'kv dtype "{settings.kv_dtype}" is unknown', "use " + " or ".join(KV_ELEMENT_BYTES))
    return KV_ELEMENT_BYTES[settings.kv_dtype]


def _rates(saturation: float, fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Return the rates to offer, ascending, each once and as it will stand in its row."""
    least = 10.0**-RATE_DIGITS
    return tuple(sorted({max(least, round(saturation * fraction, RATE_DIGITS)) for fraction in fractions}))


def _common(
    configuration: Configuration, prompt_tokens: int, output_tokens: int, serving: ServingList, settings: SweepSettings
) -> dict[str, object]:
    """Return the cells that every row of a sweep shares."""
    generation = configuration.accelerator.generation
    widths = {f"{metric}_interval": interval_width(serving, metric, generation) for metric in LATENCY_METRICS}
    return {
        "model": configuration.model,
        "precision": configuration.checkpoint.precision,
        "accelerator": configuration.accelerator.id,
        "tp": configuration.tp,
        "pp": configuration.pp,
        "engine": serving.engine,
        "engine_version": serving.engine_version,
        "kv_dtype": settings.kv_dtype,
        "max_num_seqs": settings.max_num_seqs,
        "max_num_batched_tokens": settings.max_num_batched_tokens,
        "memory_utilization": settings.memory_utilization,
        "prefix_hit_share": settings.prefix_hit_share,
        "prompt_tokens": prompt_tokens,
        "output_tokens": output_tokens,
        "arrival": "poisson",
        "burst_size": 1.0,
        "concurrency": None,
        **widths,
        "requests": settings.requests,
        "source": "simulated",
        "evidence_id": evidence_id(configuration, prompt_tokens, output_tokens, serving, settings),
        "date": serving.dated.isoformat(),
        "origin": ORIGIN,
    }


def _observed(run: Run, output_tokens: int) -> dict[str, float]:
    """Return the cells that a run measured. Requests count as achieved between first and last measured arrival."""
    start, stop = run.measured
    since, until = run.arrival_ms[start], run.arrival_ms[stop - 1]
    finished = int(np.count_nonzero((run.finish_ms > since) & (run.finish_ms <= until)))
    achieved = round(finished / (until - since) * 1e3, RATE_DIGITS) if until > since else 0.0
    ones = np.ones(stop - start, dtype=np.int64)
    return {
        "achieved_rps": achieved,
        "output_tokens_per_s": achieved * output_tokens,
        **dict(_statistics("ttft", run.ttft_ms[start:stop], ones)),
        **dict(_statistics("itl", run.gap_ms, run.gap_weight)),
        **dict(_statistics("e2e", run.e2e_ms[start:stop], ones)),
    }


def _statistics(metric: str, values_ms: Vector, weights: NDArray[np.int64]) -> Iterator[tuple[str, float]]:
    """Yield mean and quantiles; a quantile q is the least value that at least a share q of the weight does not exceed.

    The mean is summed exactly, so that it does not depend on how a processor splits a sum.
    """
    total = int(weights.sum())
    yield f"{metric}_mean_ms", fsum((values_ms * weights).tolist()) / total
    order = np.argsort(values_ms, kind="stable")
    cumulated = np.cumsum(weights[order])
    for name, share in QUANTILES:
        yield f"{metric}_{name}_ms", float(values_ms[order[np.searchsorted(cumulated, share * total)]])
