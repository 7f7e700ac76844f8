"""Outcomes of a committed plan, as `observe` writes them, of latencies that a test chooses."""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import yaml
from outcome_rows import OUTCOME, SERVED, achieved

from neuralnav.files.outcomes import write_outcome
from neuralnav.model.outcome import Bounded, Lengths, Outcome

PREDICTED = {"ttft": 32.0, "itl": 5.53, "e2e": 579.0}
"""Near what the model of the small world predicts for the plan of `pulls.WORKLOAD` at its mean load, in ms."""


def outcome_of(lock: Path, hour: int = 8, *, factor: float = 1.0, engine: str = "", **changes: Any) -> Outcome:
    """Return what a plan achieved in the hour before one, its means `factor` times what was predicted."""
    plan = yaml.safe_load(lock.read_text())
    deployment, wanted = plan["deployment"], plan["requirements"]
    served = replace(
        SERVED, model=deployment["model"], precision=deployment["precision"], accelerator=deployment["accelerator"],
        tp=deployment["tensor_parallel"], engine=engine or "vllm", engine_version=deployment["engine_version"],
    )  # fmt: skip
    rate, replicas = wanted["mean_rps"], float(deployment["replicas"]["planned"])
    wide = [(0.0, 0.0, inf)] * 4
    means: Any = {name: achieved(value * factor, wanted[f"{name}_p95_ms"], *wide) for name, value in PREDICTED.items()}
    lengths: Any = {
        f"{name}_tokens": Lengths(
            float(count), Bounded(count, count / 2, count * 2), Bounded(count, count / 2, count * 2)
        )
        for name, count in (("prompt", wanted["prompt_tokens"]), ("output", wanted["output_tokens"]))
    }
    found = replace(
        OUTCOME, workload=deployment["name"], namespace=deployment["namespace"], environment="", served=served,
        start=f"2026-11-26T{hour - 1:02}:00:00Z", end=f"2026-11-26T{hour:02}:00:00Z", requests=3600 * rate, failed=0.0,
        mean_rps=rate, peak_rps=rate, replicas_mean=replicas, replicas_least=replicas, replicas_most=replicas,
        **means, **lengths,
    )  # fmt: skip
    return replace(found, **changes)


def _alike(count: float) -> Lengths:
    return Lengths(count, Bounded(count, count / 2, count * 2), Bounded(count, count / 2, count * 2))


def observed(folder: Path, outcome: Outcome) -> Path:
    """Write an outcome into the dataset of a repository."""
    return write_outcome(folder / "outcomes", outcome)
