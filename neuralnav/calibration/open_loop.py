"""Open-loop runs of MLPerf Inference (Server, Interactive): Poisson arrivals with tails, predicted and compared.

Prompt lengths are not published with the results. OpenOrca prompts are taken as log-normal about 300 tokens (cap
1024), CNN/DailyMail ones about 870 (cap 2540); answers follow the runs' own ratio of E2E to TPOT percentiles
(OpenOrca), or are of one length (128).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.numbers import check_numbers
from neuralnav.calibration.protocols import is_asynchronous
from neuralnav.calibration.rows import Row, find_checkpoint, sorted_out
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, ServingList
from neuralnav.model.catalog.names import accelerator_of
from neuralnav.serving.arrivals import POISSON, at_rate, unit_arrivals
from neuralnav.serving.coefficients import coefficient
from neuralnav.serving.engine import Limits, simulate
from neuralnav.serving.lengths import lognormal
from neuralnav.serving.memory import MemoryPlan, memory_plan
from neuralnav.serving.settings import KV_ELEMENT_BYTES
from neuralnav.serving.stepcost import Launching, step_cost

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

METRICS = ("ttft", "tpot", "e2e")
STATISTICS = ("mean", "p50", "p95", "p99")
NUMBERS = (
    "accelerator_count", "replicas", "scheduled_samples_per_s", "mean_output_tokens", "ttft_limit_ms", "tpot_limit_ms",
    "inflight_per_replica", *(f"{metric}_{name}_ms" for metric in METRICS for name in STATISTICS),
)  # fmt: skip
SEED = 20261122
REQUESTS = 6000
"""Requests of one prediction. The runs have 13 to 49 thousand; the p95 of 6,000 is within about 2 % of theirs."""

ALIASES: Mapping[str, str] = {
    "llama2-70b": "llama-3.1-70b",
    "llama3.1-70b": "llama-3.1-70b",
    "llama3.1-8b": "llama-3.1-8b",
}
"""Llama 2 70B has the layers of Llama 3.1 70B, and a smaller vocabulary."""

VOCABULARY: Mapping[str, int] = {"llama2-70b": 32000}
"""Of Llama 2, by its configuration: 3 GiB less of weights, which is room for a third more requests on two L40S."""

PRECISIONS = (("fp8", "fp8"), ("int4", "int4"), ("fp16", "bf16"), ("bf16", "bf16"))
CHIP = re.compile(r"MI\d{3}X|H[12]00|L40S|A100|B[23]00")
"""What a system's accelerator is called within its name."""

FORKED = ("mlperf", "rocm", "XPU", "fork")
"""Words in a row's engine or harness notes that tell a scheduler that is not stock vLLM's."""

OPENORCA_OUTPUT = ((0.0, 2.0), (0.1, 60.0), (0.25, 140.0), (0.5, 275.0), (0.75, 390.0), (0.9, 515.0), (0.95, 630.0),
                   (0.97, 730.0), (0.99, 950.0), (1.0, 1024.0))  # fmt: skip
"""Quantiles of answers in tokens: E2E over TPOT at p50, p90, p95, p97 and p99 of the Interactive runs of MLPerf 5.1
(two engines, two accelerators), and below p50 so that the mean is theirs, 294 to 301."""

STATED = ("tp", "max_num_seqs", "max_num_batched_tokens")
"""Numbers that a row may leave open."""

ROOMY_GIB = 70.0
"""From this much memory on vLLM's API server takes 8192 tokens a step by default, below it 2048."""


@dataclass(frozen=True, slots=True)
class OpenEngine:
    """The engine's settings: as stated, else vLLM's defaults for the accelerator and release."""

    max_num_seqs: int
    max_num_batched_tokens: int
    memory_utilization: float
    kv_dtype: str
    launching: Launching


@dataclass(frozen=True, slots=True)
class OpenRun:
    """One system of MLPerf: what it ran on, what came, and what it measured, per replica.

    `is_stock` tells vLLM's own scheduler from a fork of it. `limits_ms` are MLPerf's own, of the p99 of TTFT and TPOT.
    `measured_ms` maps metric and percentile ("ttft_p95").
    """

    row: int
    system: str
    name: str
    is_stock: bool
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    rate_rps: float
    engine: OpenEngine
    mean_output: float
    is_short: bool
    limits_ms: tuple[float, float]
    measured_ms: Mapping[str, float]


def open_runs(
    rows: Sequence[Row], catalog: Catalog, *, table: str = "open loop"
) -> tuple[tuple[OpenRun, ...], Mapping[str, int]]:
    """Return the runs on accelerators and models of the catalog, and how many others, by reason.

    Raises InputError naming every cell of a run that is not a number above zero, as `table`:line.
    """
    stated = [(place, row) for place, row in enumerate(rows, start=1) if row["replicas"]]
    check_numbers(table, stated, (*NUMBERS, *STATED))
    runs, unused = sorted_out(rows, lambda place, row: _open_run(place, row, catalog))
    narrow = {run.system for run in runs if run.engine.kv_dtype == "fp8"}
    return tuple(_narrowed(run) if run.system in narrow else run for run in runs), unused


def _open_run(place: int, row: Row, catalog: Catalog) -> OpenRun | str:
    chip = CHIP.search(row["accelerator"])
    name = accelerator_of(chip[0], catalog) if chip else None
    if name is None:
        return f"accelerator {row['accelerator']} is not in the catalog"
    precision = next((ours for word, ours in PRECISIONS if word in row["weights_precision"]), "")
    found = find_checkpoint(ALIASES.get(row["model"], row["model"]), precision, catalog)
    if found is None:
        return f"model {row['model']} is not in the catalog"
    replicas, count = int(float(row["replicas"] or 0)), int(float(row["accelerator_count"] or 0))
    tp = int(float(row["tp"])) if row["tp"] else (count // replicas if replicas else 0)
    if not tp or not replicas:
        return "neither tensor parallelism nor replicas are stated"
    if not all(row[name] for name in NUMBERS):
        return "a rate, a limit or a latency is missing"
    accelerator = catalog.accelerators[name]
    vocabulary = VOCABULARY.get(row["model"], found[0].architecture.vocab_size)
    run = OpenRun(
        row=place,
        system=row["system"],
        name=f"{row['model']} {precision} {tp}x {accelerator.id} {row['scenario']} ({row['submitter']})",
        architecture=found[0].architecture.model_copy(update={"vocab_size": vocabulary}),
        checkpoint=found[1],
        accelerator=accelerator,
        tp=tp,
        is_stock=not _is_forked(row),
        rate_rps=float(row["scheduled_samples_per_s"]) / replicas,
        engine=_engine(row, accelerator),
        mean_output=float(row["mean_output_tokens"]),
        is_short=row["model"].endswith("8b"),
        limits_ms=(float(row["ttft_limit_ms"]), float(row["tpot_limit_ms"])),
        measured_ms={f"{metric}_{q}": float(row[f"{metric}_{q}_ms"]) for metric in METRICS for q in STATISTICS},
    )
    return _with_room(run, float(row["inflight_per_replica"]), catalog.serving)


def _is_forked(row: Row) -> bool:
    words = f"{row['engine_version']} {row['harness_notes']}"
    return any(word in words for word in FORKED) or "AMD" in row["accelerator"]


def _with_room(run: OpenRun, in_flight: float, serving: ServingList) -> OpenRun:
    """Return the run with an 8-bit KV cache where its measured requests in flight do not fit in a 16-bit one.

    The mean request in flight holds its prompt and E[o^2] / 2 E[o] of its output o: longer ones are there longer.
    """
    prompts, outputs = _lengths(run)
    held = float(np.mean(prompts)) + float(np.mean(outputs.astype(np.float64) ** 2)) / 2.0 / float(np.mean(outputs))
    if in_flight * held <= _plan(run, serving).kv_capacity_tokens:
        return run
    return _narrowed(run)


def _narrowed(run: OpenRun) -> OpenRun:
    return replace(run, engine=replace(run.engine, kv_dtype="fp8"))


def _engine(row: Row, accelerator: Accelerator) -> OpenEngine:
    usual = 8192 if accelerator.memory_gib.value > ROOMY_GIB else 2048
    utilization = next((part.split("=")[1] for part in row["engine_flags"].split(";") if "utilization=" in part), "0.9")
    sequences = int(float(row["max_num_seqs"] or 256))
    return OpenEngine(
        max_num_seqs=sequences,
        max_num_batched_tokens=max(int(float(row["max_num_batched_tokens"] or usual)), sequences),
        memory_utilization=float(utilization),
        kv_dtype="fp8" if row["kv_cache_dtype"].startswith("fp8") else "auto",
        launching=Launching(asynchronous=is_asynchronous(row["engine_version"])),
    )


def predict_open(run: OpenRun, serving: ServingList, *, rate_rps: float | None = None) -> dict[str, float]:
    """Return mean, p50, p95 and p99 of TTFT, TPOT and E2E in ms at the run's rate, or at another one."""
    rate = run.rate_rps if rate_rps is None else rate_rps
    prompts, outputs = _lengths(run)
    cost = step_cost(
        run.architecture,
        run.checkpoint,
        run.accelerator,
        tp=run.tp,
        serving=serving,
        kv_bytes=KV_ELEMENT_BYTES[run.engine.kv_dtype],
        max_num_seqs=run.engine.max_num_seqs,
        max_num_batched_tokens=run.engine.max_num_batched_tokens,
        launching=run.engine.launching,
    )
    limits = Limits(
        _plan(run, serving).kv_capacity_tokens,
        run.engine.max_num_seqs,
        run.engine.max_num_batched_tokens,
        async_scheduling=run.engine.launching.asynchronous,
    )
    arrivals = at_rate(unit_arrivals(REQUESTS, POISSON, seed=SEED), rate)
    served = simulate(cost, limits, arrivals, prompts, outputs)
    tpot = (served.e2e_ms - served.ttft_ms) / np.maximum(outputs - 1, 1)
    return {
        f"{metric}_{name}": value
        for metric, values in (("ttft", served.ttft_ms), ("tpot", tpot), ("e2e", served.e2e_ms))
        for name, value in _statistics(values)
    }


def _plan(run: OpenRun, serving: ServingList) -> MemoryPlan:
    return memory_plan(
        run.architecture,
        run.checkpoint,
        run.accelerator,
        tp=run.tp,
        context_tokens=2048,
        memory_utilization=run.engine.memory_utilization,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", run.accelerator),
        kv_bytes=KV_ELEMENT_BYTES[run.engine.kv_dtype],
        max_num_seqs=run.engine.max_num_seqs,
        max_num_batched_tokens=run.engine.max_num_batched_tokens,
    )


def capacity_rps(run: OpenRun, serving: ServingList, *, digits: int = 3) -> float:
    """Return the highest rate of a replica at which the p99 of TTFT and TPOT meet the run's limits, by bisection."""
    low, high = 0.0, run.rate_rps
    while _meets(run, serving, high) and high < run.rate_rps * 8.0:
        low, high = high, high * 2.0
    while high - low > 0.01 * run.rate_rps:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _meets(run, serving, middle) else (low, middle)
    return round(low, digits)


def _meets(run: OpenRun, serving: ServingList, rate_rps: float) -> bool:
    found = predict_open(run, serving, rate_rps=rate_rps)
    return found["ttft_p99"] <= run.limits_ms[0] and found["tpot_p99"] <= run.limits_ms[1]


def _lengths(run: OpenRun) -> tuple[Counts, Counts]:
    if run.is_short:
        outputs = np.full(REQUESTS, round(run.mean_output), dtype=np.int64)
        return lognormal(870.0, variation=0.6, cap=2540).draw(REQUESTS, seed=SEED), outputs
    prompts = lognormal(300.0, variation=0.85, cap=1024).draw(REQUESTS, seed=SEED)
    share, tokens = (np.array(column) for column in zip(*OPENORCA_OUTPUT, strict=True))
    drawn = np.interp(np.random.Generator(np.random.PCG64(SEED + 1)).random(REQUESTS), share, tokens)
    outputs = np.clip(np.round(drawn * run.mean_output / float(np.mean(drawn))), 2, 1024).astype(np.int64)
    return prompts, outputs


def _statistics(values: Vector) -> Iterator[tuple[str, float]]:
    yield "mean", float(np.mean(values))
    for name, share in (("p50", 50), ("p95", 95), ("p99", 99)):
        found = float(np.percentile(values, share))
        yield name, found if isfinite(found) else float("inf")
