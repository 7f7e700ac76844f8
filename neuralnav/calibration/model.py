"""The serving model over many runs at once, for any values of its free coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.parameters import FREE, Free, places
from neuralnav.calibration.rows import ClosedRun
from neuralnav.calibration.trace import Loop, Trace, trace
from neuralnav.model.catalog import Accelerator, ServingList
from neuralnav.serving.coefficients import Kind, chosen_by, holding
from neuralnav.serving.settings import KV_ELEMENT_BYTES
from neuralnav.serving.shard import Shard
from neuralnav.serving.stepcost import Passes, passes_ms

Vector = NDArray[np.float64]

PASS_FIELDS = ("prefill", "decodes", "sampled", "kv", "window_kv", "pairs", "window_pairs", "context")


@dataclass(frozen=True, slots=True)
class _Batch:
    """The runs of one configuration, their passes one after the other; `begin` is where each run's start."""

    runs: NDArray[np.intp]
    first: ClosedRun
    passes: Passes
    begin: NDArray[np.intp]
    ttft: Vector
    tpot: Vector


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the model says of each run, in the order of the runs: mean TTFT and mean TPOT in ms."""

    ttft_ms: Vector
    tpot_ms: Vector


class RunModel:
    """The runs laid out once: their traces do not depend on the coefficients."""

    def __init__(self, runs: Sequence[ClosedRun], serving: ServingList, free: Sequence[Free] = FREE) -> None:
        """Walk every closed loop once. `free` are the coefficients that `predict` takes."""
        self.runs = tuple(runs)
        self._values = [c.value for c in serving.coefficients]
        self._free = places(serving, free)
        self._serving = serving
        self._lookups: dict[str, dict[tuple[str, Kind | None], int]] = {}
        traces: dict[tuple[Loop, int], Trace] = {}
        self.traces = [_traced(run, traces) for run in self.runs]
        self._batches = _batches(self.runs, self.traces)
        self._prompt = np.array([item.mean_prompt for item in self.traces])
        self._slots = np.array([run.loop.concurrency for run in self.runs], dtype=np.float64)

    def predict(self, logs: Sequence[float] | Vector) -> Predicted:
        """Return the predictions with the free coefficients at e to the power of `logs`."""
        values = list(self._values)
        for place, value in zip(self._free, np.exp(np.asarray(logs)).tolist(), strict=True):
            values[place] = value
        ttft, tpot = np.empty(len(self.runs)), np.empty(len(self.runs))
        for batch in self._batches:
            run = batch.first
            shard = self._shard(run, values)
            cost = passes_ms(
                shard, batch.passes, kv_bytes=KV_ELEMENT_BYTES[run.protocol.kv_dtype], launching=run.protocol.launching
            )
            scalars, members = shard.chosen.scalars, batch.runs
            way = scalars.frontend_ms + scalars.frontend_token_us * self._prompt[members] / 1e3
            way += scalars.stream_us * self._slots[members] / 1e3
            ttft[members] = np.add.reduceat(cost * batch.ttft, batch.begin) + way
            tpot[members] = np.add.reduceat(cost * batch.tpot, batch.begin)
        return Predicted(ttft, tpot)

    def _shard(self, run: ClosedRun, values: Sequence[float]) -> Shard:
        found = self._lookups.setdefault(run.accelerator.id, {})

        def lookup(name: str, kind: Kind | None) -> float:
            place = found.get((name, kind))
            if place is None:
                place = found[name, kind] = _place(self._serving, name, run.accelerator, kind)
            return values[place]

        chosen = chosen_by(lookup, run.checkpoint, run.accelerator)
        return Shard(run.architecture, run.checkpoint, run.accelerator, chosen, run.tp)


def _place(serving: ServingList, name: str, accelerator: Accelerator, kind: Kind | None) -> int:
    held = holding(serving, name, accelerator, kind)
    if not held:
        raise ValueError(f"the serving catalog has no {name} for {accelerator.id}")
    return held[0]


def _traced(run: ClosedRun, known: dict[tuple[Loop, int], Trace]) -> Trace:
    window = run.architecture.sliding_window or 0
    key = (run.loop, window)
    if key not in known:
        known[key] = trace(run.loop, window_tokens=window)
    return known[key]


def _batches(runs: Sequence[ClosedRun], traces: Sequence[Trace]) -> list[_Batch]:
    members: dict[tuple[object, ...], list[int]] = {}
    for index, run in enumerate(runs):
        key = (run.model, run.checkpoint.precision, run.accelerator.id, run.tp, run.protocol)
        members.setdefault(key, []).append(index)
    return [_batch(indices, runs, traces) for indices in members.values()]


def _batch(indices: Sequence[int], runs: Sequence[ClosedRun], traces: Sequence[Trace]) -> _Batch:
    chosen = [traces[index] for index in indices]
    lengths = [len(item.ttft) for item in chosen]
    columns: Mapping[str, Vector] = {
        name: np.concatenate([getattr(item.passes, name) for item in chosen]) for name in PASS_FIELDS
    }
    return _Batch(
        runs=np.array(indices, dtype=np.intp),
        first=runs[indices[0]],
        passes=Passes(**columns),
        begin=np.cumsum([0, *lengths[:-1]]),
        ttft=np.concatenate([item.ttft for item in chosen]),
        tpot=np.concatenate([item.tpot for item in chosen]),
    )
