"""How far the model is off on runs that were left out of its fit, the intervals that follow, and what they hold."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import expm1, nan

import numpy as np
from numpy.typing import NDArray

from neuralnav.calibration.fit import Errors, errors, fit
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.rows import ClosedRun
from neuralnav.calibration.steps import StepSet
from neuralnav.model.catalog import ServingList
from neuralnav.serving.local import Place, Residual, shift_of

Vector = NDArray[np.float64]
Key = Callable[[ClosedRun], str]

NOMINAL = 0.90
ROUNDING = 1e-9
"""Sums of weights are compared up to this."""

FOLD_ROUNDS = 8
"""A fold starts where all runs together ended, and is there within these rounds."""

LOCAL_RUNS = 3
DRAWS = 20
SPARE = 3
"""Local calibration is tried where a configuration has at least this many runs beside those that are taken."""


def by_group(run: ClosedRun) -> str:
    """Leave out a model on an accelerator in a precision."""
    return run.group


def by_kind(run: ClosedRun) -> str:
    """Leave out a kind of architecture on an accelerator generation."""
    return run.kind


def by_generation(run: ClosedRun) -> str:
    """Leave out an accelerator generation: what is known of one that was never measured."""
    return run.accelerator.generation


@dataclass(frozen=True, slots=True)
class GroupErrors:
    """Of one group: runs, and of each metric the median absolute relative error and the median signed one."""

    name: str
    runs: int
    ttft: float
    ttft_bias: float
    tpot: float
    tpot_bias: float


@dataclass(frozen=True, slots=True)
class Widths:
    """Relative half-widths of 90 % intervals, and the share of left-out runs that those of other groups hold."""

    ttft: float
    itl: float
    e2e: float
    held: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LocalGain:
    """The median absolute error of a configuration's other runs once some of its runs are known."""

    runs: int
    ttft_before: float
    ttft_after: float
    tpot_before: float
    tpot_after: float


def left_out(
    runs: Sequence[ClosedRun],
    sets: Sequence[StepSet],
    serving: ServingList,
    begin: Vector,
    key: Key,
    *,
    step: Callable[[], None],
) -> Errors:
    """Return the errors of every run, each predicted by a fit to the runs of all other keys.

    `begin` is the fit to all runs; `step` is called after each fold.
    """
    whole = RunModel(runs, serving)
    ttft, tpot = np.empty(len(runs)), np.empty(len(runs))
    for name in sorted({key(run) for run in runs}):
        out = np.array([key(run) == name for run in runs])
        rest = [run for run, is_out in zip(runs, out, strict=True) if not is_out]
        found = errors(whole, fit(rest, sets, serving, begin, rounds=FOLD_ROUNDS))
        ttft[out], tpot[out] = found.ttft[out], found.tpot[out]
        step()
    return Errors(ttft, tpot)


def group_errors(runs: Sequence[ClosedRun], found: Errors, key: Key) -> tuple[GroupErrors, ...]:
    """Return the errors group by group, the worst by TPOT first."""
    groups = (_group(name, found, [i for i, run in enumerate(runs) if key(run) == name]) for name in _names(runs, key))
    return tuple(sorted(groups, key=lambda group: (-group.tpot, group.name)))


def overall(found: Errors) -> GroupErrors:
    """Return the errors of all runs as one group."""
    return _group("all", found, list(range(len(found.ttft))))


def _names(runs: Iterable[ClosedRun], key: Key) -> list[str]:
    return sorted({key(run) for run in runs})


def _group(name: str, found: Errors, members: Sequence[int]) -> GroupErrors:
    ttft, tpot = found.ttft[members], found.tpot[members]
    return GroupErrors(name, len(members), *_middle(ttft), *_middle(tpot))


def _middle(logs: Vector) -> tuple[float, float]:
    return float(np.median(np.abs(np.expm1(logs)))), float(np.expm1(np.median(logs)))


def e2e_logs(model: RunModel, found: Errors) -> Vector:
    """Return log(model / measured) of E2E: TTFT and the mean number of gaps times TPOT, on both sides."""
    gaps = np.array([item.mean_output - 1.0 for item in model.traces])
    ttft = np.array([run.ttft_ms for run in model.runs])
    tpot = np.array([run.tpot_ms for run in model.runs])
    return np.asarray(np.log((ttft * np.exp(found.ttft) + gaps * tpot * np.exp(found.tpot)) / (ttft + gaps * tpot)))


def widths(runs: Sequence[ClosedRun], found: Errors, e2e: Vector, *, key: Key = by_group) -> Widths:
    """Return the half-widths that hold 90 % of left-out runs with every group counting the same.

    `held` is the share of runs that intervals from the other groups alone hold, group by group.
    """
    logs = {"ttft": found.ttft, "itl": found.tpot, "e2e": e2e}
    names = np.array([key(run) for run in runs])
    half = {metric: _alike_quantile(np.abs(values), names) for metric, values in logs.items()}
    held = {}
    for metric, values in logs.items():
        inside = np.zeros(len(runs), dtype=bool)
        for name in sorted(set(names.tolist())):
            out = names == name
            if out.all():
                inside[out] = np.abs(values[out]) <= half[metric]
                continue
            inside[out] = np.abs(values[out]) <= _alike_quantile(np.abs(values[~out]), names[~out])
        held[metric] = float(np.mean(inside))
    return Widths(expm1(half["ttft"]), expm1(half["itl"]), expm1(half["e2e"]), held)


def _alike_quantile(values: Vector, names: NDArray[np.str_]) -> float:
    """Return the least value that groups of one weight each do not exceed with 90 % of their weight."""
    sizes = {name: int(np.sum(names == name)) for name in set(names.tolist())}
    weights = np.array([1.0 / sizes[name] for name in names.tolist()])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(reached, NOMINAL - ROUNDING)), len(values) - 1)])


def residuals(model: RunModel, found: Errors) -> Mapping[str, tuple[Residual, ...]]:
    """Return what each run says of its configuration: log(measured / predicted) of every metric, in order of the runs.

    A configuration is a model, precision, accelerator and tensor parallelism.
    """
    e2e = e2e_logs(model, found)
    own: dict[str, list[Residual]] = {}
    for index, run in enumerate(model.runs):
        logs = {"ttft": found.ttft[index], "itl": found.tpot[index], "e2e": e2e[index]}
        place = Place(run.loop.prompt_tokens, run.loop.output_tokens, float(run.loop.concurrency))
        one = Residual(f"row {run.row}", place, {metric: -float(log) for metric, log in logs.items()})
        own.setdefault(f"{run.group} tp{run.tp}", []).append(one)
    return {name: tuple(members) for name, members in own.items()}


def local_gain(model: RunModel, found: Errors, *, taken: int = LOCAL_RUNS) -> LocalGain:
    """Return what a few runs of a configuration do for the prediction of its others, over seeded draws.

    The errors are those of a fit that knew nothing of the configuration's group.
    """
    misses = [miss for own in residuals(model, found).values() for miss in _misses(own, taken)]
    ttft, tpot = ([pair for name, *pair in misses if name == metric] for metric in ("ttft", "itl"))

    def middle(pairs: Sequence[Sequence[float]], side: int) -> float:
        return float(np.median(np.abs(np.expm1([pair[side] for pair in pairs])))) if pairs else nan

    return LocalGain(taken, middle(ttft, 0), middle(ttft, 1), middle(tpot, 0), middle(tpot, 1))


def _misses(own: Sequence[Residual], taken: int) -> Iterator[tuple[str, float, float]]:
    """Yield (metric, log(model / measured) before, after) of every run that is not taken, over all draws."""
    if len(own) < taken + SPARE:
        return
    chance = random.Random(taken)  # noqa: S311  # a draw, seeded
    for _ in range(DRAWS):
        chosen = set(chance.sample(range(len(own)), taken))
        shift = shift_of([own[i] for i in sorted(chosen)])
        others = [item for i, item in enumerate(own) if i not in chosen]
        for metric in ("ttft", "itl"):
            logs, _ = shift.at(metric, [item.place for item in others])
            for item, log in zip(others, logs.tolist(), strict=True):
                yield metric, -item.logs[metric], log - item.logs[metric]
