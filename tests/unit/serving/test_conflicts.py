"""Outcomes that contradict what was measured of their configuration: found, never averaged, the slower counts."""

import math
from itertools import permutations

import numpy as np
import pytest

from neuralnav.model.spec import Conflict
from neuralnav.model.tables import METRICS
from neuralnav.serving.conflicts import Settled, against_curve, conflict_of, settle
from neuralnav.serving.local import SPREADS, Place, Residual, shift_of

WIDTHS = {"ttft": 0.45, "itl": 0.18, "e2e": 0.2}
HERE = Place(512, 256, 16.0)
CURVE = (Place(512, 256, 2.0, is_tail=True), Place(512, 256, 16.0, is_tail=True), Place(512, 256, 64.0, is_tail=True))


def benchmark(log: float, name: str = "run", place: Place = HERE) -> Residual:
    return Residual(name, place, dict.fromkeys(METRICS, log))


def outcome(log: float, name: str = "window", *, doubt: float = 0.0, place: Place = HERE, **logs: float) -> Residual:
    doubts = dict.fromkeys(METRICS, doubt)
    return Residual(name, place, {**dict.fromkeys(METRICS, log), **logs}, doubts, observed=True)


def conflict(*residuals: Residual) -> Conflict | None:
    return conflict_of(residuals, general_widths=WIDTHS, spreads=SPREADS)


def settled(*residuals: Residual) -> Settled:
    return settle(residuals, CURVE, general_widths=WIDTHS, spreads=SPREADS)


def test_one_kind_of_evidence_alone_contradicts_nothing() -> None:
    assert conflict(benchmark(0.0), benchmark(1.0, "other")) is None
    assert conflict(outcome(0.0), outcome(1.0, "other")) is None
    assert conflict() is None


def test_intervals_that_meet_are_no_conflict_and_those_that_do_not_are_told_by_metric() -> None:
    assert conflict(benchmark(0.0), outcome(0.15)) is None
    found = conflict(benchmark(0.0), outcome(0.0, itl=0.5))
    assert found == Conflict(outcomes=1, runs=1, factors={"itl": round(math.exp(0.5), 4)})
    assert conflict(benchmark(0.0), outcome(0.0, itl=-0.5)) == Conflict(1, 1, {"itl": round(math.exp(-0.5), 4)})


def test_an_outcome_that_is_doubted_contradicts_less() -> None:
    assert conflict(benchmark(0.0), outcome(0.4)) is not None
    assert conflict(benchmark(0.0), outcome(0.4, doubt=0.09)) is None


def test_an_outcome_far_from_the_runs_contradicts_less() -> None:
    assert conflict(benchmark(0.0), outcome(0.2)) is not None
    assert conflict(benchmark(0.0), outcome(0.2, place=Place(2**16, 2**16, 1000.0))) is None


def test_the_outcome_that_lies_furthest_off_is_told() -> None:
    found = conflict(benchmark(0.0), outcome(0.5, "a"), outcome(0.9, "b"), outcome(0.1, "c"))
    assert found is not None
    assert (found.outcomes, found.runs) == (3, 1)
    assert found.factors["itl"] == pytest.approx(math.exp(0.9), rel=0.01)


def test_without_conflict_both_are_one_evidence() -> None:
    residuals = benchmark(0.02), outcome(0.05)
    together = shift_of(residuals, general_widths=WIDTHS)
    found = settled(*residuals)
    assert found.conflict is None
    for metric in METRICS:
        np.testing.assert_array_equal(found.logs[metric], together.at(metric, CURVE)[0])
        assert found.widths[metric] == together.width(metric, together.at(metric, CURVE)[1])


@pytest.mark.parametrize("gap", [0.6, -0.6])
def test_in_conflict_the_slower_counts_and_the_interval_holds_both(gap: float) -> None:
    run, window = benchmark(0.1), outcome(0.1 + gap)
    found = settled(run, window)
    assert found.conflict is not None
    for metric in METRICS:
        sides = [shift_of([side], general_widths=WIDTHS) for side in (run, window)]
        logs = [side.at(metric, CURVE)[0] for side in sides]
        np.testing.assert_array_equal(found.logs[metric], np.maximum(*logs))
        reach = math.log1p(found.widths[metric]) + 1e-9
        for side, own in zip(sides, logs, strict=True):
            half = math.log1p(side.width(metric, side.at(metric, CURVE)[1]))
            assert np.all(own + half <= found.logs[metric] + reach)
            assert np.all(own - half >= found.logs[metric] - reach)


def test_only_the_metrics_in_conflict_are_settled_so() -> None:
    residuals = benchmark(0.0), outcome(0.0, ttft=1.2)
    found, together = settled(*residuals), shift_of(residuals, general_widths=WIDTHS)
    assert found.conflict is not None
    assert list(found.conflict.factors) == ["ttft"]
    np.testing.assert_array_equal(found.logs["itl"], together.at("itl", CURVE)[0])


def test_a_measured_curve_is_as_slow_as_outcomes_only_where_they_are_slower() -> None:
    runs = [benchmark(0.0, f"run-{i}", place) for i, place in enumerate(CURVE)]

    def against(log: float) -> Settled | None:
        return against_curve([*runs, outcome(log)], CURVE, general_widths=WIDTHS, spreads=SPREADS)

    assert against(0.05) is None
    slower, faster = against(0.7), against(-0.7)
    assert slower is not None
    assert faster is not None
    for metric in METRICS:
        assert np.all(slower.logs[metric] > 0.1)
        assert np.all(faster.logs[metric] == 0.0)
        assert min(slower.widths[metric], faster.widths[metric]) > WIDTHS[metric]


def test_a_metric_in_which_outcomes_agree_leaves_a_measured_curve_and_its_interval() -> None:
    runs = [benchmark(0.0, f"run-{i}", place) for i, place in enumerate(CURVE)]
    found = against_curve([*runs, outcome(0.0, itl=0.8)], CURVE, general_widths=WIDTHS, spreads=SPREADS)
    assert found is not None
    assert list(found.widths) == ["itl"]
    assert not found.logs["ttft"].any()
    assert not found.logs["e2e"].any()


def test_the_order_of_evidence_does_not_matter() -> None:
    residuals = [benchmark(0.1, "a"), benchmark(-0.1, "b"), outcome(0.7, "c"), outcome(0.9, "d", doubt=0.01)]
    found = [settle(order, CURVE, general_widths=WIDTHS, spreads=SPREADS) for order in permutations(residuals)]
    assert len(found) == 24
    for one in found[1:]:
        assert one.conflict == found[0].conflict
        assert one.widths == found[0].widths
        for metric in METRICS:
            np.testing.assert_array_equal(one.logs[metric], found[0].logs[metric])
