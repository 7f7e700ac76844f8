"""Rows of measured tables as runs to fit to: which configuration, which client, what was measured."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from neuralnav.calibration.numbers import check_numbers
from neuralnav.calibration.protocols import Protocol, protocol
from neuralnav.calibration.trace import Loop
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, Model, ServingList
from neuralnav.model.catalog.names import accelerator_of, checkpoint_of
from neuralnav.serving.coefficients import coefficient
from neuralnav.serving.memory import memory_plan
from neuralnav.serving.settings import KV_ELEMENT_BYTES

Row = Mapping[str, str]
T = TypeVar("T")

GENERIC = {
    precision: Checkpoint.model_validate(
        {
            "source": "usual",
            "verified": False,
            "precision": precision,
            "repo": "usual",
            "quantized": "none" if precision == "bf16" else "linear",
            "bits_per_weight": bits,
            "compute": compute,
        }
    )
    for precision, bits, compute in (("bf16", 16.0, "bf16"), ("fp8", 8.0, "fp8"), ("fp4", 4.5, "fp4"))
}
"""The usual formats: FP8 with a scale per tensor, NVFP4 with one per 16 weights."""

NUMBERS = ("concurrency", "tp", "input_tokens", "output_tokens", "ttft_mean_ms", "itl_mean_ms")
"""What a run cannot do without."""

SUFFIXES = ("-fp8", "-nvfp4", "-fp4", "-instruct", "-it", "-chat", "-hf", "-kv", "-dynamic")
DATED = re.compile(r"-\d{4}$")
"""Endings of repository names that say how weights are stored or when they came, not whose they are."""


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """A closed-loop run: the mean TTFT and the mean time per output token (TPOT) of its requests, in ms.

    `row` is its place in the table, counted from 1.
    """

    row: int
    model: str
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    engine_version: str
    protocol: Protocol
    loop: Loop
    ttft_ms: float
    tpot_ms: float

    @property
    def group(self) -> str:
        """Model, precision and accelerator: what is left out together."""
        return f"{self.model} {self.checkpoint.precision} {self.accelerator.id}"

    @property
    def kind(self) -> str:
        """The kind of architecture and the accelerator's generation."""
        return f"{architecture_kind(self.architecture)} {self.accelerator.generation}"


@dataclass(frozen=True, slots=True)
class Read:
    """The runs of a table that can be used, and how many were not, by reason."""

    runs: tuple[ClosedRun, ...]
    unused: Mapping[str, int]


def closed_runs(rows: Sequence[Row], catalog: Catalog, *, table: str = "measured") -> Read:
    """Return the unflagged closed-loop runs of one server, of models and accelerators that the catalog holds.

    Raises InputError naming every cell of such a run that is not a number above zero, as `table`:line.
    """
    loops = [(place, row) for place, row in enumerate(rows, start=1) if _is_loop(row)]
    check_numbers(table, loops, NUMBERS)
    return Read(*sorted_out(rows, lambda place, row: _closed_run(place, row, catalog)))


def sorted_out(rows: Sequence[Row], read: Callable[[int, Row], T | str]) -> tuple[tuple[T, ...], Mapping[str, int]]:
    """Return what is read of each row with its place, and how many rows gave a reason instead, by reason."""
    runs: list[T] = []
    unused: Counter[str] = Counter()
    for place, row in enumerate(rows, start=1):
        found = read(place, row)
        if isinstance(found, str):
            unused[found] += 1
        else:
            runs.append(found)
    return tuple(runs), dict(sorted(unused.items()))


def _is_loop(row: Row) -> bool:
    return not row["quality_flag"] and row["mode"] == "agg" and bool(row["concurrency"] and row["tp"])


def architecture_kind(architecture: Architecture) -> str:
    """Return "dense", "moe", or "mla" for what has latent attention."""
    if architecture.kv_lora_rank is not None:
        return "mla"
    return "moe" if architecture.experts else "dense"


def _closed_run(place: int, row: Row, catalog: Catalog) -> ClosedRun | str:
    """Return the run of a row, or why it is not used."""
    if row["quality_flag"]:
        return "flagged: " + row["quality_flag"].split(";")[0]
    if row["mode"] != "agg":
        return "prefill and decode on servers of their own"
    if not row["concurrency"] or not row["tp"]:
        return "no closed loop, or no tensor parallelism stated"
    if not all(row[name] for name in NUMBERS):
        return "a count or latency is missing"
    name = accelerator_of(row["gpu"], catalog)
    if name is None:
        return f"accelerator {row['gpu']} is not in the catalog"
    found = find_checkpoint(row["model"], row["precision"], catalog)
    if found is None:
        return f"model {row['model']} in {row['precision']} is not in the catalog"
    model, checkpoint = found
    accelerator, tp = catalog.accelerators[name], int(float(row["tp"]))
    chosen = protocol(model.id, checkpoint.precision, accelerator, row["engine_version"])
    loop = _loop(row, model, checkpoint, accelerator, tp, chosen, catalog.serving)
    if loop is None:
        return "does not fit in memory"
    return ClosedRun(
        row=place,
        model=model.id,
        architecture=model.architecture,
        checkpoint=checkpoint,
        accelerator=accelerator,
        tp=tp,
        engine_version=row["engine_version"],
        protocol=chosen,
        loop=loop,
        ttft_ms=float(row["ttft_mean_ms"]),
        tpot_ms=float(row["itl_mean_ms"]),
    )


def _loop(
    row: Row,
    model: Model,
    checkpoint: Checkpoint,
    accelerator: Accelerator,
    tp: int,
    chosen: Protocol,
    serving: ServingList,
) -> Loop | None:
    prompt, output = int(float(row["input_tokens"])), int(float(row["output_tokens"]))
    concurrency = int(float(row["concurrency"]))
    plan = memory_plan(
        model.architecture,
        checkpoint,
        accelerator,
        tp=tp,
        context_tokens=prompt + output,
        memory_utilization=chosen.memory_utilization,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", accelerator),
        kv_bytes=KV_ELEMENT_BYTES[chosen.kv_dtype],
        max_num_seqs=max(256, concurrency),
        max_num_batched_tokens=chosen.max_num_batched_tokens,
    )
    if not plan.fits:
        return None
    return Loop(
        concurrency=concurrency,
        prompt_tokens=prompt,
        output_tokens=output,
        requests=chosen.requests_per_slot * concurrency,
        least_share=chosen.least_share,
        lag_steps=2 if chosen.launching.asynchronous else 1,
        kv_capacity_tokens=plan.kv_capacity_tokens,
        max_num_batched_tokens=max(chosen.max_num_batched_tokens, concurrency),
    )


def find_checkpoint(name: str, precision: str, catalog: Catalog) -> tuple[Model, Checkpoint] | None:
    """Return the model that a repository name means and its checkpoint in a precision, or None.

    A repository that the catalog names is that model; else its name without owner and usual endings must be a model id.
    Where the catalog has no checkpoint in that precision, the usual format of it stands in.
    """
    exact = checkpoint_of(name, catalog)
    model = catalog.models.get(exact[0]) if exact else next(_named(name, catalog), None)
    if model is None:
        return None
    held = next((item for item in model.checkpoints if item.precision == precision), None)
    held = held or GENERIC.get(precision)
    return None if held is None else (model, held)


def _named(name: str, catalog: Catalog) -> Iterator[Model]:
    """Yield the models whose id the name is, without owner, then with one ending less after the other."""
    plain = name.rsplit("/", 1)[-1].lower().removeprefix("meta-")
    while True:
        if plain in catalog.models:
            yield catalog.models[plain]
        shorter = next((plain.removesuffix(end) for end in SUFFIXES if plain.endswith(end)), DATED.sub("", plain))
        if shorter == plain:
            return
        plain = shorter
