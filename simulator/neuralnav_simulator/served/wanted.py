"""What is asked of a server: by a lock, by flags, or by flags over a lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from neuralnav.errors import Where


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be served, by the names of vLLM's flags; None is left open.

    `prompt_tokens` and `output_tokens` are those of the usual request: a cache of sliding windows holds more tokens of
    short requests than of long ones, and answers are as long. `ttft_factor` and `itl_factor` say how much longer they
    take than the serving model has it.
    """

    model: str | None = None
    precision: str | None = None
    accelerator: str | None = None
    tensor_parallel_size: int | None = None
    pipeline_parallel_size: int | None = None
    max_model_len: int | None = None
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    gpu_memory_utilization: float | None = None
    kv_cache_dtype: str | None = None
    enable_prefix_caching: bool | None = None
    served_model_name: tuple[str, ...] | None = None
    engine_version: str | None = None
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    ttft_factor: float | None = None
    itl_factor: float | None = None

    def over(self, other: "Wanted") -> "Wanted":
        """Return what this one says, and `other` where it says nothing."""
        return replace(other, **self.said())

    def said(self) -> Mapping[str, Any]:  # each as its field has it
        """Return what is not left open, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


BOUNDS: Mapping[str, tuple[float, float]] = {
    "tensor_parallel_size": (1, 64),
    "pipeline_parallel_size": (1, 64),
    "max_model_len": (1, 10_000_000),
    "max_num_seqs": (1, 65_536),
    "max_num_batched_tokens": (1, 1_000_000),
    "prompt_tokens": (1, 10_000_000),
    "output_tokens": (1, 10_000_000),
    "ttft_factor": (0.01, 100.0),
    "itl_factor": (0.01, 100.0),
}
"""The least and the most of what is a number, as flags take it and as a lock that was edited must keep to."""

Places = Callable[[str], Where]
"""Tells where a field of what is wanted was said, for messages."""


def flag_place(field: str) -> Where:
    """Return the flag of a field."""
    return Where("--" + field.replace("_", "-"))
