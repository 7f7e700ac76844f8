"""The numbers of two sides: cost, slack, and what each says of the head's choice."""

from collections.abc import Mapping

from neuralnav.diff.sides import PlannedSide, chosen_row, row_of
from neuralnav.model.conflict_text import conflict_text
from neuralnav.model.diff import NumberChange, SlackChange, WordChange
from neuralnav.model.plan import RankedPlan
from neuralnav.model.report import ReportedMetric
from neuralnav.model.tables import METRICS

NUMBERS: Mapping[str, tuple[str, str]] = {
    "cost": ("cost_usd_per_month", "USD/month"),
    "price": ("price_usd_per_hour", "USD/h"),
    "replicas": ("replicas_planned", ""),
    "gpus": ("gpus", ""),
    "capacity": ("capacity_rps", "req/s"),
    **{
        f"{metric}.{what}": (f"{metric}_{column}_ms", "ms")
        for metric in METRICS
        for what, column in (("p95", "p95"), ("low", "low"), ("high", "high"))
    },
    "quality": ("quality", "points"),
    "quality.low": ("quality_low", "points"),
    "quality.high": ("quality_high", "points"),
    "kv_cache_use": ("kv_cache_use", ""),
}
"""What is compared of a candidate: its name, the column that holds it, and its unit."""

OF_ANY = frozenset({"price_usd_per_hour", "quality", "quality_low", "quality_high"})
"""The columns that hold something where a candidate has no capacity; zeros in the others would be no numbers."""

WORDS: Mapping[str, str] = {
    "source": "source", "evidence": "evidence_id", "engine": "engine_version", "binding": "binding",
}  # fmt: skip


def cost_delta(before: PlannedSide, after: PlannedSide) -> float | None:
    """Return by how many USD a month the head costs more, or None where either cost is unknown."""
    old, new = _cost(before), _cost(after)
    return None if old is None or new is None else round(new - old, 2)


def _cost(side: PlannedSide) -> float | None:
    if side.choice:
        return side.choice.cost_usd_per_month
    return 0.0 if side.state == "absent" else None


def slack_changes(before: PlannedSide, after: PlannedSide) -> tuple[SlackChange, ...]:
    """Return the share of each SLO that the choices leave; nothing where neither side has one."""
    if before.choice is None and after.choice is None:
        return ()
    return tuple(SlackChange(metric=name, before=_slack(before, name), after=_slack(after, name)) for name in METRICS)


def _slack(side: PlannedSide, name: str) -> float | None:
    if side.choice is None:
        return None
    metric: ReportedMetric = getattr(side.choice, name)
    return round(1 - metric.p95_ms.value / metric.slo_ms, 4)


def number_changes(before: PlannedSide, after: PlannedSide) -> tuple[NumberChange, ...]:
    """Return the numbers of the head's choice that differ from the base's of the same candidate.

    A candidate that the base's catalog holds without evidence has unknown numbers there. Nothing where the base knows
    no such candidate, or the head has no choice.
    """
    pair = _cells(before, after)
    if pair is None:
        return ()
    sides = [{name: _number(cell, column) for name, (column, _) in NUMBERS.items()} for cell in pair]
    sides[0]["score"], sides[1]["score"] = _scores(before, after)
    return tuple(
        NumberChange(what=name, before=sides[0][name], after=sides[1][name], unit=unit)
        for name, (_, unit) in {**NUMBERS, "score": ("", "points")}.items()
        if sides[0][name] != sides[1][name]
    )


def word_changes(before: PlannedSide, after: PlannedSide) -> tuple[WordChange, ...]:
    """Return where the evidence of the head's choice differs in kind; nothing as for `number_changes`."""
    pair = _cells(before, after)
    if pair is None:
        return ()
    sides = [{name: _word(cell, column) for name, column in WORDS.items()} for cell in pair]
    name = after.choice.candidate if after.choice else ""
    for words, side in zip(sides, (before, after), strict=True):
        words["conflict"] = _conflict(side.plan, name)
    return tuple(
        WordChange(what=name, before=sides[0][name], after=sides[1][name])
        for name in (*WORDS, "conflict")
        if sides[0][name] != sides[1][name]
    )


def contradiction(before: PlannedSide, after: PlannedSide) -> str:
    """Return how outcomes of the head contradict what was measured of the base's choice, or of its own, in words.

    Empty where they contradict neither, or do so on the base.
    """
    names = [side.choice.candidate for side in (before, after) if side.choice]
    plans = [side.plan for side in (before, after)]
    for name in dict.fromkeys(names):
        old, found = (plan.conflicts.get(name) if plan else None for plan in plans)
        if found is not None and found != old:
            return f"{name}: {conflict_text(found.outcomes, found.runs, found.factors)}"
    return ""


def _conflict(plan: RankedPlan | None, candidate: str) -> str:
    """Return how outcomes contradict what was measured of a candidate, outcome over runs; empty where they do not."""
    found = plan.conflicts.get(candidate) if plan else None
    return ", ".join(f"{metric} x {factor:.2f}" for metric, factor in found.factors.items()) if found else ""


def _cells(before: PlannedSide, after: PlannedSide) -> tuple[Mapping[str, object], Mapping[str, object]] | None:
    """Return what each side says of the head's choice."""
    row = chosen_row(after)
    if row is None or after.plan is None or after.choice is None or before.plan is None:
        return None
    there = row_of(before.plan, after.choice.candidate)
    return None if there is None else (before.plan.row(there), after.plan.row(row))


def _scores(before: PlannedSide, after: PlannedSide) -> tuple[float | None, float | None]:
    """Return the balanced score of the head's choice on each side; unknown where it is not feasible."""
    name = after.choice.candidate if after.choice else ""
    return _score(before.plan, name), _score(after.plan, name)


def _score(plan: RankedPlan | None, candidate: str) -> float | None:
    row = row_of(plan, candidate) if plan else None
    if plan is None or row is None or not plan.candidates.feasible[row]:
        return None
    return float(plan.scores["balanced"][row])


def _number(cell: Mapping[str, object], column: str) -> float | None:
    value = cell[column]
    known = value is not None and (column in OF_ANY or bool(cell["capacity_rps"]))
    return float(str(value)) if known else None


def _word(cell: Mapping[str, object], column: str) -> str:
    return str(cell[column] or "") if cell["capacity_rps"] or column != "binding" else ""
