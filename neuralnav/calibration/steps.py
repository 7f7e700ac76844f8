"""Measured forward passes as a second witness: the shape of a step's cost, without a server around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.numbers import check_numbers
from neuralnav.calibration.rows import Row, find_checkpoint
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, ServingList
from neuralnav.serving.coefficients import coefficients
from neuralnav.serving.memory import WIDE_BYTES
from neuralnav.serving.shard import Shard
from neuralnav.serving.stepcost import Launching, Passes, passes_ms

Vector = NDArray[np.float64]

PRECISION = "bf16"
MOST = 120
"""Passes taken of each tensor parallelism and phase, evenly over the table: more say the same again."""


@dataclass(frozen=True, slots=True)
class StepSet:
    """The measured passes of a model at one tensor parallelism and phase (context, decode, mixed)."""

    model: str
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    phase: str
    passes: Passes
    ms: Vector


def step_sets(
    rows: Sequence[Row], catalog: Catalog, *, accelerator: str, model: str, table: str = "steps"
) -> tuple[StepSet, ...]:
    """Return the passes of a model (its repository), taken to have run on an accelerator that the table leaves open.

    Raises InputError naming every pass of it whose time is not a number above zero, as `table`:line.
    """
    own = [(place, row) for place, row in enumerate(rows, start=1) if row["model"] == model]
    check_numbers(table, own, ("tp", "latency_ms"))
    found = find_checkpoint(model, PRECISION, catalog)
    if found is None:
        return ()
    entry, checkpoint = found
    gathered: dict[tuple[int, str], list[Row]] = {}
    for _, row in own:
        gathered.setdefault((int(row["tp"]), row["phase"]), []).append(row)
    return tuple(
        StepSet(
            model=entry.id,
            architecture=entry.architecture,
            checkpoint=checkpoint,
            accelerator=catalog.accelerators[accelerator],
            tp=tp,
            phase=phase,
            passes=_passes(taken),
            ms=np.array([float(row["latency_ms"]) for row in taken]),
        )
        for (tp, phase), members in sorted(gathered.items())
        for taken in (members[:: max(1, len(members) // MOST)],)
    )


def step_logs(sets: Sequence[StepSet], serving: ServingList) -> tuple[Vector, ...]:
    """Return log(model / measured) of every pass, set by set."""
    found = []
    for item in sets:
        chosen = coefficients(serving, item.checkpoint, item.accelerator)
        shard = Shard(item.architecture, item.checkpoint, item.accelerator, chosen, item.tp)
        cost = passes_ms(shard, item.passes, kv_bytes=WIDE_BYTES, launching=Launching())
        found.append(np.log(cost / item.ms))
    return tuple(found)


def _passes(rows: Sequence[Mapping[str, str]]) -> Passes:
    names = ("prefill_tokens", "num_prefill_requests", "prefill_kv_tokens", "decode_requests", "decode_kv_tokens")
    prefill, prompts, context, decodes, kv = (np.array([float(row[name]) for row in rows]) for name in names)
    each = np.maximum(prompts, 1.0)
    pairs = prefill * (context / each + 0.5 * (prefill / each + 1.0))
    return Passes(prefill, decodes, prompts + decodes, kv, np.zeros_like(kv), pairs, np.zeros_like(kv), context)
