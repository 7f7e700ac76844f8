"""Small closed loops and rows of measured tables, invented; and the builders of the serving tests."""

import functools
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.rows import ClosedRun, Row, closed_runs
from neuralnav.calibration.trace import Loop
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.catalog import Catalog

sys.path.append(str(Path(__file__).resolve().parents[1] / "serving"))

Counts = NDArray[np.int64]

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
"""Measured tables beside the checkout, where somebody has put them; none of their rows is in here."""

USUAL_LOOP: dict[str, Any] = {
    "concurrency": 16, "prompt_tokens": 300, "output_tokens": 200, "requests": 160, "least_share": 0.8, "lag_steps": 2,
    "kv_capacity_tokens": 10_000_000, "max_num_batched_tokens": 2048,
}  # fmt: skip

USUAL_ROW: dict[str, str] = {
    "model": "Qwen/Qwen3-32B", "gpu": "h100_sxm", "tp": "2", "mode": "agg", "engine_version": "0.19.0",
    "precision": "bf16", "input_tokens": "1024", "output_tokens": "256", "concurrency": "8", "ttft_mean_ms": "150.0",
    "itl_mean_ms": "20.0", "quality_flag": "",
}  # fmt: skip


def loop(**changes: Any) -> Loop:
    return Loop(**{**USUAL_LOOP, **changes})


def lengths(one: Loop) -> tuple[Counts, Counts]:
    """The prompt and output tokens of a loop's requests."""
    random = np.random.Generator(np.random.PCG64(one.concurrency))
    prompt, output = (
        np.ceil(tokens * random.uniform(one.least_share, 1.0, one.requests)).astype(np.int64)
        for tokens in (one.prompt_tokens, one.output_tokens)
    )
    return prompt, output


@functools.cache
def packaged() -> Catalog:
    """The catalog that ships with the package."""
    return load_catalog()


def row(**changes: object) -> Row:
    """A row of an invented table of measured runs, as it stands in a CSV file."""
    return {**USUAL_ROW, **{name: str(value) for name, value in changes.items()}}


def run(**changes: object) -> ClosedRun:
    """The run of such a row."""
    read = closed_runs([row(**changes)], packaged())
    assert not read.unused, read.unused
    return read.runs[0]
