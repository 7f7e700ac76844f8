"""A value of a workload times a factor, or with something added, in the spelling that it has: "10k" -> "20k"."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.draft.meaning import PARSERS
from neuralnav.draft.rules.numbers import figure
from neuralnav.model.draft import Value
from neuralnav.model.quantity import count

WHOLE = frozenset({
    "traffic.users", "traffic.promptTokens", "traffic.outputTokens", "constraints.contextLength", "constraints.gpus",
    "deploy.autoscaling.maxReplicas",
})  # fmt: skip
"""Fields that hold a whole number, one at least."""

LEAST: Mapping[str, float] = {"traffic.peakFactor": 1, "traffic.burstSize": 1, "traffic.outputTokens": 2}

_SPELT = re.compile(r"(\$?\s*)([0-9]+(?:\.[0-9]+)?)(.*)", re.DOTALL)
_UNITS: Mapping[str, str] = {
    "traffic.requestRate": " req/s", "slo.ttft": "ms", "slo.itl": "ms", "slo.e2e": "ms",
    "constraints.budget": " USD/month",
}  # fmt: skip
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a value: times `factor`, plus `delta` in the unit of the field (ms, req/s, USD a month)."""

    factor: float = 1.0
    delta: float = 0.0
    percent: bool = False

    @property
    def inverted(self) -> "Step":
        """The step of what falls as this rises: twice as fast is half the time, 20 % cheaper is 20 % less."""
        return Step(2 - self.factor if self.percent else 1 / self.factor, -self.delta, self.percent)

    def words(self, field: str, basis: Value) -> str:
        """Return how the new value of a field follows from the old: "2 x 5000", "5000 + 500"."""
        if self.delta:
            unit = _UNITS.get(field, "")
            return f"{basis} {'+' if self.delta > 0 else '-'} {figure(abs(self.delta))}{unit}"
        return f"{_rounded(self.factor, 3)} x {basis}"


def stepped(field: str, basis: int | float | str, step: Step) -> Value | None:
    """Return a field's value after a step, or None where none is left of it."""
    if field in WHOLE:
        return _whole(field, basis, step)
    if field in PARSERS and isinstance(basis, str):
        return _measured(field, basis, step)
    value = float(basis) * step.factor + step.delta
    return float(_rounded(value)) if value >= LEAST.get(field, 0) and value > 0 else None


def _whole(field: str, basis: int | float | str, step: Step) -> Value | None:
    """Return a whole number, "10k" as "20k" where that is as short."""
    value = round(float(str(count(basis))) * step.factor + step.delta)
    if value < LEAST.get(field, 1):
        return None
    scale = basis[-1] if isinstance(basis, str) and basis[-1].isalpha() else ""
    unit = {"k": 1_000, "K": 1_000, "m": 1_000_000, "M": 1_000_000}.get(scale, 1)
    return f"{figure(value / unit)}{scale}" if scale and value % (unit // 10) == 0 else value


def _measured(field: str, basis: str, step: Step) -> Value | None:
    found = _SPELT.fullmatch(basis.strip())
    if found is None:
        return None
    if not step.delta:
        number = _rounded(float(found[2]) * step.factor)
        return f"{found[1]}{number}{found[3]}" if float(number) > 0 else None
    value = PARSERS[field](basis) + step.delta
    return f"{_rounded(value)}{_UNITS[field]}" if value > 0 and math.isfinite(value) else None


def _rounded(value: float, digits: int = _DIGITS) -> str:
    return figure(float(f"{value:.{digits}g}") if digits < _DIGITS else round(value, digits))
