"""The fit: free coefficients to the logarithms of measured means, robustly, with every group alike."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import FREE, PULL, Free, starts, with_values
from neuralnav.calibration.rows import ClosedRun
from neuralnav.calibration.steps import StepSet, step_logs
from neuralnav.model.catalog import ServingList

Vector = NDArray[np.float64]

TTFT_WEIGHT = 0.7
"""TTFT repeats within about 10 %, TPOT within 2-6 %: its residuals count less."""

SATURATED_WEIGHT = 0.1
"""Runs whose KV cache filled up count less in TTFT: a queue of seconds hangs on a percent of memory."""

STEP_SET_WEIGHT = 0.5
"""A set of measured forward passes counts as this many runs: it shows a shape, on an accelerator that is not named."""

STEP_CLIP = 0.5
ROBUST_SCALE = 0.1
"""Residuals beyond about 10 % count linearly, not squared (soft L1)."""

DIFFERENCE = 2e-3
"""The step of finite differences, in logarithms."""


@dataclass(frozen=True, slots=True)
class Errors:
    """log(model / measured) of each run, in the order of the runs."""

    ttft: Vector
    tpot: Vector


def errors(model: RunModel, logs: Vector) -> Errors:
    """Return the errors of every run at these coefficients."""
    predicted = model.predict(logs)
    ttft = np.log(predicted.ttft_ms / np.array([run.ttft_ms for run in model.runs]))
    tpot = np.log(predicted.tpot_ms / np.array([run.tpot_ms for run in model.runs]))
    return Errors(ttft, tpot)


def fit(
    runs: Sequence[ClosedRun],
    sets: Sequence[StepSet],
    serving: ServingList,
    begin: Vector,
    *,
    free: Sequence[Free] = FREE,
    rounds: int = 12,
) -> Vector:
    """Return the logarithms of the free coefficients that fit the runs and passes best, from `begin` on.

    Least squares of log errors under a soft L1 loss (trust region reflective, within the bounds), each group of runs
    counting the same, with a weak pull to the starting values. Needs scipy (the extra `calibrate`).
    """
    from scipy.optimize import least_squares  # an optional dependency: only fits need it

    model = RunModel(runs, serving, free)
    low, high = (np.array([log(getattr(item, side)) for item in free]) for side in ("low", "high"))
    residuals = _residuals(model, sets, serving, free)
    solution = least_squares(
        residuals,
        np.clip(begin, low + 1e-6, high - 1e-6),
        jac=lambda logs: _jacobian(residuals, logs, high),
        bounds=(low, high),
        loss="soft_l1",
        f_scale=ROBUST_SCALE,
        max_nfev=rounds,
    )
    found: Vector = solution.x
    return found


def _residuals(
    model: RunModel, sets: Sequence[StepSet], serving: ServingList, free: Sequence[Free]
) -> Callable[[Vector], Vector]:
    """Return the function whose squares the fit makes small."""
    start = np.array(list(starts(free)))
    alike = _weights(model.runs)
    full = np.array([SATURATED_WEIGHT if saturated(model, index) else 1.0 for index in range(len(model.runs))])
    step_weights = [np.full(len(item.ms), (STEP_SET_WEIGHT / len(item.ms)) ** 0.5) for item in sets]

    def residuals(logs: Vector) -> Vector:
        found = errors(model, logs)
        parts = [found.ttft * alike * full * TTFT_WEIGHT, found.tpot * alike, (logs - start) * PULL]
        if sets:
            passes = step_logs(sets, with_values(serving, list(logs), free))
            clipped = (np.clip(log_, -STEP_CLIP, STEP_CLIP) for log_ in passes)
            parts += [log_ * weight for log_, weight in zip(clipped, step_weights, strict=True)]
        return np.concatenate(parts)

    return residuals


def saturated(model: RunModel, index: int) -> bool:
    """Tell whether the requests in flight of a run do not fit in its KV cache together."""
    loop = model.runs[index].loop
    return loop.concurrency * (loop.prompt_tokens + loop.output_tokens) > loop.kv_capacity_tokens


def _weights(runs: Sequence[ClosedRun]) -> Vector:
    """Return the weight of each run's residual: groups count alike, and all runs as many as there are."""
    sizes = Counter(run.group for run in runs)
    return np.array([(len(runs) / len(sizes) / sizes[run.group]) ** 0.5 for run in runs])


def _jacobian(function: Callable[[Vector], Vector], at: Vector, high: Vector) -> Vector:
    here = function(at)
    columns = []
    for index in range(len(at)):
        step = DIFFERENCE if at[index] + DIFFERENCE < high[index] else -DIFFERENCE
        moved = at.copy()
        moved[index] += step
        columns.append((function(moved) - here) / step)
    return np.stack(columns, axis=1)
