"""What a curve is of: its evidence id, and the cells that all its rows share."""

import json
from dataclasses import asdict
from hashlib import sha256

from neuralnav.model.catalog import Architecture, Checkpoint, ServingList
from neuralnav.serving.coefficients import Metric, coefficients, interval_width
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.stepcost import hop

REVISION = 4
"""Raised whenever the code of this package changes a number, so that evidence ids change with it."""

LATENCY_METRICS: tuple[Metric, ...] = ("ttft", "itl", "e2e")
ORIGIN = "neuralnav"


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


def common_cells(
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
        "arrival": settings.arrival,
        "burst_size": settings.burst_size,
        "concurrency": None,
        **widths,
        "requests": settings.requests,
        "source": "simulated",
        "evidence_id": evidence_id(configuration, prompt_tokens, output_tokens, serving, settings),
        "date": serving.dated.isoformat(),
        "origin": ORIGIN,
    }


def _facts(entry: Architecture | Checkpoint, unused: set[str]) -> dict[str, object]:
    """Return what an entry states, without defaults: a new optional field leaves the ids of what lacks it alone."""
    return entry.model_dump(mode="json", exclude={"source", "verified", "note", *unused}, exclude_defaults=True)


def _interval(configuration: Configuration, metric: Metric, serving: ServingList) -> float:
    """Return the half-width of a metric's interval; for a pipeline, of which none was measured, the general one."""
    return interval_width(serving, metric, configuration.accelerator.generation if configuration.pp == 1 else None)
