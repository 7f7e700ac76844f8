"""Rules that limit: budgets of one plan, and the best few of a view."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from neuralnav.enforce.bound import BoundRule
from neuralnav.model.plan import Floats
from neuralnav.model.verdicts import Scored, Seen
from neuralnav.policy.checked import Checked
from neuralnav.policy.explain import Leaf, explain
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of

Bools = npt.NDArray[np.bool_]

LIMITED: Mapping[str, str] = {
    "gpus": "candidate.gpus", "replicas": "candidate.replicas", "cost_monthly_usd": "candidate.cost_monthly_usd",
}  # fmt: skip
"""What each budget holds down."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that something may be: its value in each row, NaN where it has none; `most` NaN where nobody can say.

    `lacks` is the expression of the limit, with what it lacks, where it has no value.
    """

    what: str
    values: Floats
    most: float
    lacks: Leaf | None = None

    @property
    def over(self) -> Bools:
        """Where the value is more than it may be."""
        return np.asarray(self.values > self.most)

    @property
    def unknown(self) -> Bools:
        """Where there is no value to compare, or no limit."""
        return np.asarray(np.isnan(self.values) | np.isnan(self.most))

    @property
    def excess(self) -> Floats:
        """By which share of the limit each row is over it: 0 where it is not, inf where that has no size."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self.values / self.most - 1
        return np.where(self.over, np.where(np.isfinite(share) & (share > 0), share, np.inf), 0.0)

    def seen(self, row: int) -> Seen:
        """Return the limit and what it met in one row."""
        value, excess = float(self.values[row]), float(self.excess[row])
        by = f"+{excess:.1%}" if np.isfinite(excess) and excess > 0 else ""
        absent = bool(np.isnan(value))
        return Seen(f"{self.what} <= {_text(self.most)}", self.what if absent else _text(value), by, absent=absent)


def budgets_of(
    rule: BoundRule, constants: Mapping[str, object], columns: Mapping[str, pa.Array], scored: Scored
) -> tuple[Budget, ...]:
    """Return the budgets of a rule over all rows.

    A place in a view is counted among the candidates that the workload admits, before any policy; what is not among
    them has none, and needs none.
    """
    found = []
    for name, limit in (rule.limits or {}).items():
        if name == "top":
            view = rule.by or "balanced"
            what, values = f"place by {view}", _places(scored.views[view], len(scored.scores["balanced"]))
        else:
            what = LIMITED[name]
            values = columns[what].to_numpy(zero_copy_only=False).astype(np.float64)
        found.append(_budget(what, values, limit, constants))
    return tuple(found)


def _budget(what: str, values: Floats, limit: Checked, constants: Mapping[str, object]) -> Budget:
    try:
        most = interpret(limit.root, variables_of(limit.variables, constants))
    except EvaluationError:
        (lacks,) = explain(limit, constants).leaves
        return Budget(what, values, float("nan"), lacks)
    return Budget(what, values, float(most) if isinstance(most, int | float) else float("nan"))


def excess_over(budgets: tuple[Budget, ...]) -> Floats:
    """Return by which share of the limits each row is over them, added up as for conditions that must all hold."""
    found: Floats = np.stack([budget.excess for budget in budgets]).sum(axis=0)
    return found


def judged(budgets: tuple[Budget, ...], rows: int) -> tuple[Bools, Bools]:
    """Return where any budget is exceeded, and where none is and yet one of them cannot be told."""
    over = np.zeros(rows, dtype=np.bool_)
    unknown = np.zeros(rows, dtype=np.bool_)
    for budget in budgets:
        over |= budget.over
        unknown |= budget.unknown
    return over, unknown & ~over


def _places(view: tuple[int, ...], rows: int) -> Floats:
    found = np.full(rows, np.nan)
    found[list(view)] = np.arange(1, len(view) + 1)
    return found


def _text(value: float) -> str:
    if not np.isfinite(value):
        return "unknown" if np.isnan(value) else "infinite"
    return f"{value:.0f}" if value == int(value) else f"{value:g}" if abs(value) < 1e6 else f"{value:.2f}"
