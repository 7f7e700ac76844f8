# ruff: noqa: T201  # a command that prints
"""How often an outcome is told as a conflict where there is none, and where there is one: evidence drawn by chance.

`python -m tests.bench.outcome_conflicts` prints the share of drawings in which a conflict is told.
"""

import numpy as np
from numpy.typing import NDArray

from neuralnav.model.tables import METRICS
from neuralnav.serving.conflicts import conflict_of
from neuralnav.serving.local import SPREADS, Place, Residual

TRIALS = 1000
WIDTHS = {"ttft": 0.45, "itl": 0.18, "e2e": 0.2}
CURVE = tuple(Place(512, 256, load, is_tail=True) for load in (2.0, 8.0, 30.0))
PLACES = {"at the curve's shape": Place(512, 256, 10.0), "at twice its lengths": Place(1024, 512, 10.0)}
SLOWER = (1.0, 1.2, 1.3, 1.5)


def likeness(places: list[Place]) -> NDArray[np.float64]:
    """exp(-d / 3), as docs/methodology.md has it."""
    rows = [(p.prompt_tokens, p.output_tokens, max(p.in_flight, 1.0)) for p in places]
    where = np.hstack([np.log2(np.array(rows)), [[3.0 * place.is_tail] for place in places]])
    return np.asarray(np.exp(-np.abs(where[:, None, :] - where[None, :, :]).sum(axis=2) / 3.0))


def is_told(place: Place, factor: float, chance: np.random.Generator) -> bool:
    """Tell whether an outcome `factor` times as slow as the curve's configuration is a conflict, in one drawing."""
    places, count = [*CURVE, place], len(CURVE) + 1
    logs = np.zeros((count, len(METRICS)))
    for column, spread in enumerate(SPREADS[metric] for metric in METRICS):
        drift = (spread.within**2 - spread.repeat**2) * likeness(places)
        covariance = spread.between**2 + drift + spread.repeat**2 * np.eye(count)
        logs[:, column] = chance.multivariate_normal(np.zeros(count), covariance)
    logs[-1] += np.log(factor)
    residuals = [
        Residual(str(row), at, dict(zip(METRICS, logs[row].tolist(), strict=True)), observed=row == count - 1)
        for row, at in enumerate(places)
    ]
    return conflict_of(residuals, general_widths=WIDTHS, spreads=SPREADS) is not None


def main() -> None:
    """Print the share of conflicts by place and factor."""
    chance = np.random.default_rng(1)
    for name, place in PLACES.items():
        shares = [np.mean([is_told(place, factor, chance) for _ in range(TRIALS)]) for factor in SLOWER]
        print(name, ", ".join(f"x {factor:g}: {share:.0%}" for factor, share in zip(SLOWER, shares, strict=True)))


if __name__ == "__main__":
    main()
