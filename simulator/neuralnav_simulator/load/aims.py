"""What a lock plans of one replica: its load, the latencies that it is to keep, and what benchmark rows say of it."""

from dataclasses import dataclass
from pathlib import Path

from neuralnav.model.lock import Lock
from neuralnav.model.sidecar import SIMULATOR, RunFacts
from neuralnav.serving.coefficients import Metric
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav_simulator.served import Served
from neuralnav_simulator.served.locked import served_from_lock


@dataclass(frozen=True, slots=True)
class Slos:
    """The p95 that are to be kept, in ms."""

    ttft: float
    itl: float
    e2e: float

    def of(self, metric: Metric) -> float:
        """Return that of a metric."""
        return dict(zip(LATENCY_METRICS, (self.ttft, self.itl, self.e2e), strict=True))[metric]


@dataclass(frozen=True, slots=True)
class Aims:
    """What a lock says of one replica: its load at the peak, the SLOs, the server that is planned, and its facts."""

    rate_rps: float
    prompt_tokens: int
    output_tokens: int
    slos: Slos
    served: Served
    facts: RunFacts
    repo: str


def aims_of(path: Path) -> Aims:
    """Return what a lock plans. Raises InputError as `served_from_lock` does."""
    found = served_from_lock(path)
    lock, asked = found.lock, found.lock.requirements
    return Aims(
        rate_rps=asked.peak_rps / lock.deployment.replicas.planned if found.planned is None else found.planned.rate_rps,
        prompt_tokens=asked.prompt_tokens,
        output_tokens=asked.output_tokens,
        slos=Slos(asked.ttft_p95_ms, asked.itl_p95_ms, asked.e2e_p95_ms),
        served=found.settled.served,
        facts=_facts(lock),
        repo=lock.deployment.repo,
    )


def _facts(lock: Lock) -> RunFacts:
    deployed = lock.deployment
    return RunFacts.model_validate(
        {
            "format": "vllm",
            "model": deployed.model,
            "precision": deployed.precision,
            "accelerator": deployed.accelerator,
            "tp": deployed.tensor_parallel,
            "pp": deployed.pipeline_parallel,
            "engineVersion": deployed.engine_version,
            "kvDtype": "fp8" if deployed.kv_cache_dtype.startswith("fp8") else "auto",
            "maxNumSeqs": deployed.max_num_seqs,
            "maxNumBatchedTokens": deployed.max_num_batched_tokens,
            "memoryUtilization": deployed.gpu_memory_utilization,
        }
    )


def facts_seen(told: RunFacts | None, *, simulated: bool, version: str, hit_share: float | None) -> RunFacts | None:
    """Return the facts of a run: what a lock or a candidate told, as far as the server bears it out.

    A simulator's run is never that of an engine. Of a real one the version is what it says itself: where it says none,
    `bench import` asks, as nothing shows that what was measured is what was planned. Prompts that were found in the
    server's cache are said, as no plan counts on them.
    """
    seen: dict[str, object] = {"prefix_hit_share": hit_share}
    if told is not None:
        seen["engine"] = SIMULATOR if simulated else "vllm"
        if not simulated:
            seen["engine_version"] = version or None
    elif simulated:
        seen["engine"] = SIMULATOR
    elif hit_share is None:
        return None
    return (told or RunFacts(format="vllm")).model_copy(update=seen)


def facts_of(candidate: str, engine_version: str) -> RunFacts | None:
    """Return what a candidate's id says of a server, or None for what is no such id."""
    try:
        model, precision, accelerator, *split = candidate.split("/")
        degrees = {part[:2]: int(part[2:]) for part in split}
        return RunFacts.model_validate(
            {
                "format": "vllm", "model": model, "precision": precision, "accelerator": accelerator,
                "tp": degrees["tp"], "pp": degrees.get("pp", 1), "engineVersion": engine_version or None,
            }
        )  # fmt: skip
    except (ValueError, KeyError):
        return None
