"""What the measured runs and the outcomes of one configuration say of its latencies together, or against each other.

Where the 90 % interval of an outcome and that of the runs beside it do not meet at the outcome's place, they are no
samples of one thing: another driver, a mislabelled run, a cluster that throttles. Nothing here can tell which, so they
are never averaged: the slower of the two counts, and the interval holds what either allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, log1p, sqrt

import numpy as np

from neuralnav.model.spec import Conflict
from neuralnav.model.tables import METRICS
from neuralnav.serving.local import DIGITS, Z90, Place, Residual, Shift, Spread, Vector, shift_of

FACTOR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """What the evidence of a configuration says at some places: log factors of every metric, and new half-widths."""

    logs: Mapping[str, Vector]
    widths: Mapping[str, float]
    conflict: Conflict | None


def conflict_of(
    residuals: Sequence[Residual], *, general_widths: Mapping[str, float], spreads: Mapping[str, Spread]
) -> Conflict | None:
    """Return how outcomes contradict the measured runs among these residuals, or None where they do not."""
    runs, outcomes = _apart(residuals)
    if not runs or not outcomes:
        return None
    shift = shift_of(runs, general_widths=general_widths, spreads=spreads)
    gaps = {metric: _gap(metric, shift, outcomes) for metric in METRICS}
    factors = {metric: round(exp(gap), FACTOR_DIGITS) for metric, gap in gaps.items() if gap}
    return Conflict(len(outcomes), len(runs), factors) if factors else None


def settle(
    residuals: Sequence[Residual],
    places: Sequence[Place],
    *,
    general_widths: Mapping[str, float],
    spreads: Mapping[str, Spread],
) -> Settled:
    """Return what runs and outcomes say of the model's curve: together, but for the metrics that they conflict in."""
    conflict = conflict_of(residuals, general_widths=general_widths, spreads=spreads)
    together = shift_of(residuals, general_widths=general_widths, spreads=spreads)
    found = {metric: together.at(metric, places) for metric in METRICS}
    logs = {metric: at[0] for metric, at in found.items()}
    widths = {metric: together.width(metric, at[1]) for metric, at in found.items()}
    if conflict is not None:
        sides = [shift_of(side, general_widths=general_widths, spreads=spreads) for side in _apart(residuals)]
        for metric in conflict.factors:
            one, other = ((at[0], side.width(metric, at[1])) for side in sides if (at := side.at(metric, places)))
            logs[metric], widths[metric] = _either(one, other)
    return Settled(logs, widths, conflict)


def against_curve(
    residuals: Sequence[Residual],
    places: Sequence[Place],
    *,
    general_widths: Mapping[str, float],
    spreads: Mapping[str, Spread],
) -> Settled | None:
    """Return what outcomes change of a measured curve, whose rows are the runs among these: None where they agree.

    Both are compared with the model, so that outcomes of another shape and load speak too; the curve itself has the
    factor 1. A metric without conflict keeps its numbers and its width.
    """
    conflict = conflict_of(residuals, general_widths=general_widths, spreads=spreads)
    if conflict is None:
        return None
    runs, outcomes = (shift_of(side, general_widths=general_widths, spreads=spreads) for side in _apart(residuals))
    logs = dict.fromkeys(METRICS, np.zeros(len(places)))
    widths: dict[str, float] = {}
    for metric in conflict.factors:
        (here, own), (there, other) = runs.at(metric, places), outcomes.at(metric, places)
        curve = np.zeros(len(places)), general_widths.get(metric, runs.width(metric, own))
        logs[metric], widths[metric] = _either(curve, (there - here, outcomes.width(metric, other)))
    return Settled(logs, widths, conflict)


def _gap(metric: str, shift: Shift, outcomes: Sequence[Residual]) -> float:
    """Return log(outcome / runs) of the outcome furthest off whose interval does not meet that of the runs, else 0."""
    repeat = shift.metrics[metric].spread.repeat
    gaps = [0.0]
    for item in outcomes:
        if metric not in item.logs or not shift.metrics[metric].runs:
            continue
        expected, variance = shift.at(metric, [item.place])
        gap = item.logs[metric] - float(expected[0])
        own = Z90 * sqrt(repeat**2 + item.doubts.get(metric, 0.0))
        if abs(gap) > own + log1p(shift.width(metric, variance)):
            gaps.append(gap)
    return max(gaps, key=lambda gap: (abs(gap), gap))


def _either(one: tuple[Vector, float], other: tuple[Vector, float]) -> tuple[Vector, float]:
    """Return the slower of two factors at each place, and the half-width about it that holds both intervals at all."""
    (first, wide), (second, broad) = one, other
    slow = np.maximum(first, second)
    upper = np.maximum(first + log1p(wide), second + log1p(broad))
    lower = np.minimum(first - log1p(wide), second - log1p(broad))
    return np.asarray(np.round(slow, DIGITS), np.float64), expm1(float(np.max(np.maximum(upper - slow, slow - lower))))


def _apart(residuals: Sequence[Residual]) -> tuple[list[Residual], list[Residual]]:
    """Return the measured runs and the outcomes among residuals."""
    return [item for item in residuals if not item.observed], [item for item in residuals if item.observed]
