"""How measured runs go through the stages."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
from builders import (
    ALPHA,
    ALPHA_FP8,
    BETA,
    EASY,
    OUTPUT,
    PROMPT,
    cell,
    compiled,
    rows,
    table,
    workload,
    world,
)

from neuralnav.cli.drift import drift_classes
from neuralnav.files.locks import read_lock
from neuralnav.model.document import Source
from neuralnav.model.lock import LockedCandidate, LockedConflict, dump
from neuralnav.model.spec import ResolvedSpec, UnusedRuns
from neuralnav.model.tables import METRICS
from neuralnav.pipeline import World, make_plan
from neuralnav.serving.local import Measured, Place, Residual


def measured(*logs: float, name: str = ALPHA) -> Measured:
    runs = (Residual(f"run-{i}", Place(PROMPT, OUTPUT, 8.0), dict.fromkeys(METRICS, y)) for i, y in enumerate(logs))
    return Measured({name: tuple(runs)}, (UnusedRuns("another engine", 1, "old"),))


def with_runs(base: World, found: Measured) -> World:
    return replace(base, measured=lambda _ids: found)


def test_a_corrected_curve_decides_and_the_plan_says_so() -> None:
    plain, plan = (make_plan(workload(), one) for one in (world(), with_runs(world(), measured(0.3, 0.3, 0.3))))
    assert cell(plan.candidates, ALPHA, "capacity_rps") < cell(plain.candidates, ALPHA, "capacity_rps")
    assert cell(plan.candidates, ALPHA, "ttft_least_ms") > cell(plain.candidates, ALPHA, "ttft_least_ms")
    assert cell(plan.candidates, ALPHA, "measured_runs") == 3
    assert cell(plan.candidates, ALPHA, "source") == "simulated"
    assert 1.2 < cell(plan.candidates, ALPHA, "itl_factor") < 1.35
    assert cell(plan.candidates, ALPHA_FP8, "measured_runs") == 0
    assert cell(plan.candidates, ALPHA_FP8, "itl_factor") == 1.0
    assert plan.unused_measurements == (UnusedRuns("another engine", 1, "old"),)


def test_new_measurements_drift_as_data() -> None:
    found = [compiled(where=with_runs(world(), measured(*logs))).lock for logs in ((0.2,), (0.2,), (0.2, 0.2))]
    assert tuple(drift_classes(found[0], found[1])) == ()
    assert tuple(drift_classes(found[0], found[2])) == ("data",)
    assert tuple(drift_classes(compiled().lock, found[0])) == ("data",)


def test_runs_are_asked_for_only_where_a_simulated_curve_stands_or_lacks() -> None:
    asked: list[Sequence[str]] = []

    def of(ids: Sequence[str]) -> Measured:
        asked.append(ids)
        return Measured({}, ())

    make_plan(workload(), replace(world(rows(ALPHA, EASY, source="measured"), rows(ALPHA_FP8, EASY)), measured=of))
    assert len(asked) == 1
    assert ALPHA not in asked[0]
    assert {ALPHA_FP8, BETA} <= set(asked[0])


def test_what_is_simulated_is_told_which_configurations_have_runs() -> None:
    asked: dict[str, frozenset[str]] = {}

    def simulate(_spec: ResolvedSpec, ids: Sequence[str], runs: Measured) -> pa.Table:
        asked.update(dict.fromkeys(ids, frozenset(runs.residuals)))
        return table(*(rows(name, EASY) for name in ids))

    base = replace(world(rows(ALPHA_FP8, EASY)), simulate=simulate)
    plan = make_plan(workload(), with_runs(base, measured(-0.3)))
    assert ALPHA in asked
    assert set(asked.values()) == {frozenset({ALPHA})}
    assert cell(plan.candidates, ALPHA, "measured_runs") == 1


def observed(*logs: float) -> Measured:
    """Two benchmarks that agree with the model, and outcomes of these."""
    place = Place(PROMPT, OUTPUT, 8.0)
    runs = [Residual(f"run-{i}", place, dict.fromkeys(METRICS, 0.0)) for i in range(2)]
    seen = [Residual(f"window-{i}", place, dict.fromkeys(METRICS, y), observed=True) for i, y in enumerate(logs)]
    return Measured({ALPHA: (*runs, *seen)}, ())


def locked(found: Measured) -> LockedCandidate:
    made = compiled(where=with_runs(world(), found)).lock
    return next(item for item in made.candidates if item.id == ALPHA)


def test_a_conflict_stands_in_the_lock_with_the_metrics_that_are_in_it() -> None:
    place = Place(PROMPT, OUTPUT, 8.0)
    window = Residual("window", place, {"ttft": 0.0, "itl": 0.5, "e2e": 0.0}, observed=True)
    found = Measured({ALPHA: (*observed().residuals[ALPHA], window)}, ())
    made = compiled(where=with_runs(world(), found)).lock
    assert locked(found).conflict == LockedConflict(outcomes=1, measured_runs=2, itl=1.6487)
    assert "    conflict:\n      outcomes: 1\n      measured_runs: 2\n      itl: 1.6487\n" in dump(made)
    assert read_lock(Source("plan.lock", dump(made))) == made


def test_without_a_conflict_no_lock_tells_of_one() -> None:
    made = compiled(where=with_runs(world(), observed(0.02))).lock
    assert "conflict" not in dump(made)
    assert "correction" in dump(made)


def test_the_slower_side_of_a_conflict_is_planned_with() -> None:
    plain, slow, fast = locked(observed()), locked(observed(0.6)), locked(observed(-0.6))
    assert slow.itl_p95_ms.value > plain.itl_p95_ms.value
    assert slow.capacity_rps < plain.capacity_rps
    assert (fast.itl_p95_ms.value, fast.capacity_rps) == (plain.itl_p95_ms.value, plain.capacity_rps)
    assert fast.itl_p95_ms.low < plain.itl_p95_ms.low


def test_a_new_outcome_drifts_as_data() -> None:
    before, after = (compiled(where=with_runs(world(), observed(*logs))).lock for logs in ((), (0.02,)))
    assert drift_classes(before, after) == {"data": ("evidence",)}
