"""Load sweeps: a configuration under Poisson arrivals from nearly idle to overload, as benchmark rows."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from math import ceil

import numpy as np
import pyarrow as pa

from neuralnav.errors import input_error
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, ServingList
from neuralnav.model.plan import candidate_id
from neuralnav.model.tables import BENCHMARK_SCHEMA, RATE_DIGITS, quantise
from neuralnav.serving.arrivals import unit_poisson
from neuralnav.serving.coefficients import Metric, coefficient, coefficients, interval_width
from neuralnav.serving.engine import Limits, simulate
from neuralnav.serving.memory import MemoryPlan, expert_width, memory_plan
from neuralnav.serving.observed import QUANTILES, observed
from neuralnav.serving.stepcost import StepCost, hop, step_cost

REVISION = 2
"""Raised whenever the code of this package changes a number, so that evidence ids change with it."""

LATENCY_METRICS: tuple[Metric, ...] = ("ttft", "itl", "e2e")
ORIGIN = "neuralnav"
KV_ELEMENT_BYTES = {"auto": 2.0, "fp8": 1.0}
TENSOR_PARALLEL = (1, 2, 4, 8)
PIPELINE_PARALLEL = (2, 4)
TP_SPREAD = 4
"""Up to this many times the smallest tensor parallelism that fits is swept."""

LEAST_SHARE = 1 / 32
"""Weights that take less of each GPU's memory than this gain nothing from being split further."""

MXFP4 = "mxfp4"
"""vLLM's name of the OCP micro-scaling format; its other 4-bit float is NVIDIA's NVFP4."""

LEAST_CONTEXT = 512
USUAL_CONTEXT = 8192

LOAD_FRACTIONS = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.25)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to serve a model: which weights on which accelerator, over how many.

    `pp` counts pipeline stages, each on a node of its own, of `tp` accelerators each.
    """

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
    of `LEAST_CONTEXT` tokens fit, up to four times the smallest on which `USUAL_CONTEXT` tokens do, while each GPU
    still holds a fair share of weights. A model that is too large for a node spans as few nodes as hold
    `USUAL_CONTEXT` tokens.
    """
    smallest: dict[tuple[str, str, str], int] = {}
    kept: list[Configuration] = []
    for configuration, roomy in sorted(_every(catalog, settings), key=_by_id):
        least = plan_memory(configuration, LEAST_CONTEXT, catalog.serving, settings)
        if roomy or least.fits:
            key = (configuration.model, configuration.checkpoint.precision, configuration.accelerator.id)
            if roomy:
                smallest.setdefault(key, configuration.tp)
            first = smallest.get(key, configuration.tp)
            full = least.weight_gib >= LEAST_SHARE * configuration.accelerator.memory_gib.value
            if configuration.tp == first or (full and configuration.tp <= TP_SPREAD * first):
                kept.append(configuration)
    return tuple(kept)


def possible(catalog: Catalog, *, settings: SweepSettings = DEFAULT_SETTINGS) -> tuple[Configuration, ...]:
    """Return every configuration, in order of candidate id, whether or not its weights fit in memory.

    Pipelines over nodes are among them only where no node is large enough, up to the first that is.
    """
    return tuple(configuration for configuration, _ in sorted(_every(catalog, settings), key=_by_id))


def _by_id(found: tuple[Configuration, bool]) -> str:
    return found[0].id


def _every(catalog: Catalog, settings: SweepSettings) -> Iterator[tuple[Configuration, bool]]:
    """Yield every possible configuration, and whether a sequence of the usual context (or the model's) fits on it."""
    for model in catalog.models.values():
        context = min(USUAL_CONTEXT, model.context_tokens.value)
        for checkpoint in model.checkpoints:
            for accelerator in catalog.accelerators.values():
                if _serves(accelerator, checkpoint):
                    single = Configuration(model.id, model.architecture, checkpoint, accelerator, tp=1)
                    yield from _spread(single, context, catalog.serving, settings)


def _serves(accelerator: Accelerator, checkpoint: Checkpoint) -> bool:
    """Tell whether the engine serves a checkpoint there. Of the 4-bit floats only MXFP4 runs beyond NVIDIA."""
    anywhere = checkpoint.precision != "fp4" or checkpoint.engine_quantization == MXFP4
    return (anywhere or accelerator.vendor == "nvidia") and checkpoint.precision in accelerator.supports.value


def _spread(
    single: Configuration, context: int, serving: ServingList, settings: SweepSettings
) -> Iterator[tuple[Configuration, bool]]:
    """Yield a configuration at each tensor parallelism within a node, then over nodes until one is roomy."""
    node, spanning = single.accelerator.gpus_per_node.value, single.accelerator.inter_node_gb_s is not None
    within = [(tp, 1) for tp in TENSOR_PARALLEL if tp <= node]
    over = [(node, pp) for pp in PIPELINE_PARALLEL if spanning and pp <= single.architecture.layers]
    large_enough = False
    for tp, pp in within + (over if node in TENSOR_PARALLEL else []):
        if _shards_evenly(single.architecture, tp) and _whole_blocks(single, tp) and (pp == 1 or not large_enough):
            configuration = replace(single, tp=tp, pp=pp)
            roomy = plan_memory(configuration, context, serving, settings).fits
            large_enough = large_enough or roomy
            yield configuration, roomy


def _shards_evenly(architecture: Architecture, tp: int) -> bool:
    """Tell whether vLLM can split the heads: KV heads are shared out evenly, or copied evenly when there are fewer.

    MLA has one latent for all heads, whole on every GPU.
    """
    kv_heads = 1 if architecture.kv_lora_rank is not None else architecture.kv_heads
    return architecture.attention_heads % tp == 0 and (kv_heads % tp == 0 or tp % kv_heads == 0)


def _whole_blocks(single: Configuration, tp: int) -> bool:
    """Tell whether every GPU gets whole blocks of each split feed-forward width; vLLM refuses to load others."""
    a, block = single.architecture, single.checkpoint.block_size
    if block is None:
        return True
    dense = [a.intermediate_size] if not a.experts or a.dense_layers else []
    experts = [expert_width(a)] if a.experts else []
    return all(width % (tp * block) == 0 for width in dense + experts)


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
        pp=configuration.pp,
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

    A pipeline of `pp` stages keeps as many batches in flight, one in each stage. It is swept as that many lanes: each
    is a server of its own, whose step costs a batch's whole pass through the stages, with an equal part of the KV
    cache, of the sequences and of the (Poisson) arrivals. One lane is simulated; the rates of the rows are those of
    all. Exact for batches of one cost; where they differ, a batch waits for a longer one ahead of it at each stage,
    which lanes do not: tails come out too short. On the other side one prompt's chunks could follow each other
    through the stages, and in a lane do not: long prompts come out too slow.

    The table is empty when not even one such request fits in memory. The same arguments give the same rows on every
    machine. Raises InputError for a single output token (it has no ITL), and when the catalog lacks a number.
    """
    if output_tokens < 2:
        raise input_error("sweep", f"output of {output_tokens} token has no gap between tokens", "use 2 or more")
    plan = plan_memory(configuration, prompt_tokens + output_tokens, serving, settings)
    if not plan.fits:
        return BENCHMARK_SCHEMA.empty_table()
    cost = _cost(configuration, serving, settings)
    lanes, limits = _lanes(configuration, plan, prompt_tokens + output_tokens, settings)
    cached = _cached(prompt_tokens, settings)
    saturation = lanes * saturation_rps(cost, limits, prompt_tokens, output_tokens, cached_tokens=cached)
    common = _common(configuration, prompt_tokens, output_tokens, serving, settings)
    warm_up = ceil(settings.requests * settings.warm_up_share) + 2 * _batch(limits, prompt_tokens + output_tokens)
    measured = (warm_up, warm_up + settings.requests)
    arrivals = unit_poisson(settings.requests + 2 * warm_up, seed=settings.seed, measured=measured)
    rows = []
    for rate in _rates(saturation, settings.load_fractions):
        run = simulate(
            cost, limits, arrivals * (1e3 / (rate / lanes)), prompt_tokens, output_tokens,
            cached_tokens=cached, measured=measured,
        )  # fmt: skip
        rows.append({**common, "offered_rps": rate, **observed(run, output_tokens, lanes)})
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
    accelerator = configuration.accelerator
    facts = ("bf16_tflops", "fp8_tflops", "int8_tops", "fp4_tflops", "memory_gib", "bandwidth_gb_s", "link_gb_s")
    given = {name: fact.value for name in facts if (fact := getattr(accelerator, name)) is not None}
    whole = {
        "revision": REVISION,
        "engine": [serving.engine, serving.engine_version],
        "id": configuration.id,
        "architecture": _facts(configuration.architecture, set()),
        "checkpoint": _facts(configuration.checkpoint, {"repo", "engine_quantization", "block_size"}),
        "accelerator": given,
        "coefficients": asdict(coefficients(serving, configuration.checkpoint, accelerator)),
        "pipeline": asdict(hop(accelerator, serving)) if configuration.pp > 1 else {},
        "intervals": [_interval(configuration, metric, serving) for metric in LATENCY_METRICS],
        "shape": [prompt_tokens, output_tokens],
        "settings": asdict(settings),
    }
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _facts(entry: Architecture | Checkpoint, unused: set[str]) -> dict[str, object]:
    """Return what an entry states, without defaults: a new optional field leaves the ids of what lacks it alone."""
    return entry.model_dump(mode="json", exclude={"source", "verified", "note", *unused}, exclude_defaults=True)


def _cost(configuration: Configuration, serving: ServingList, settings: SweepSettings) -> StepCost:
    return step_cost(
        configuration.architecture,
        configuration.checkpoint,
        configuration.accelerator,
        tp=configuration.tp,
        pp=configuration.pp,
        serving=serving,
        kv_bytes=_kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
    )


def _lanes(
    configuration: Configuration, plan: MemoryPlan, request_tokens: int, settings: SweepSettings
) -> tuple[int, Limits]:
    """Return how many batches are in flight, no more than requests that fit, and what each of them may use."""
    lanes = max(1, min(configuration.pp, plan.kv_capacity_tokens // request_tokens))
    sequences = max(1, settings.max_num_seqs // lanes)
    return lanes, Limits(plan.kv_capacity_tokens // lanes, sequences, settings.max_num_batched_tokens)


def _interval(configuration: Configuration, metric: Metric, serving: ServingList) -> float:
    """Return the half-width of a metric's interval; for a pipeline, of which none was measured, the general one."""
    return interval_width(serving, metric, configuration.accelerator.generation if configuration.pp == 1 else None)


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
    widths = {f"{metric}_interval": _interval(configuration, metric, serving) for metric in LATENCY_METRICS}
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
