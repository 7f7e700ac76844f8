"""What errors of runs that were left out come to: by group, as intervals, and after local calibration."""

from collections.abc import Callable
from dataclasses import replace
from math import exp, expm1, log

import numpy as np
import pytest
from calibration_builders import packaged, run
from numpy.typing import NDArray

from neuralnav.calibration.fit import Errors
from neuralnav.calibration.judge import (
    DRAWS,
    LOCAL_RUNS,
    SPARE,
    by_generation,
    by_group,
    by_kind,
    e2e_logs,
    group_errors,
    left_out,
    local_gain,
    overall,
    residuals,
    widths,
)
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import current
from neuralnav.calibration.rows import ClosedRun
from neuralnav.serving.local import Place

SERVING = packaged().serving
DENSE: dict[str, object] = {}
MOE: dict[str, object] = {"model": "openai/gpt-oss-120b", "precision": "fp4", "tp": 1}
GROUPS = (
    {**DENSE, "gpu": "h100"}, {**DENSE, "gpu": "h200"}, {**DENSE, "gpu": "b200"}, {**MOE, "gpu": "h200"},
    {**MOE, "gpu": "b200"},
)  # fmt: skip


def runs_of(*sizes: int) -> list[ClosedRun]:
    """As many runs of each of GROUPS, at rising loads."""
    return [
        run(**changes, concurrency=2 ** (index % 6))
        for changes, size in zip(GROUPS, sizes, strict=False)
        for index in range(size)
    ]


def spread(count: int, deviation: float, *, seed: int = 1) -> NDArray[np.float64]:
    return np.random.Generator(np.random.PCG64(seed)).normal(0.0, deviation, count)


def test_keys_tell_what_is_left_out_together() -> None:
    one, other = runs_of(1, 0, 0, 0, 1)
    assert (by_group(one), by_kind(one), by_generation(one)) == ("qwen3-32b bf16 h100", "dense hopper", "hopper")
    assert (by_group(other), by_kind(other)) == ("gpt-oss-120b fp4 b200", "moe blackwell")


def test_errors_of_a_group_are_medians_absolute_and_signed() -> None:
    found = overall(Errors(np.log([1.1, 0.8, 2.0]), np.log([0.9, 0.9, 1.3])))
    assert (found.name, found.runs) == ("all", 3)
    assert (found.ttft, found.ttft_bias) == pytest.approx((0.2, 0.1))
    assert (found.tpot, found.tpot_bias) == pytest.approx((0.1, -0.1))


def test_groups_come_the_worst_by_tpot_first_and_then_by_name() -> None:
    runs = runs_of(2, 2, 2, 2)
    tpot = np.log(np.repeat([0.7, 1.2, 1.2, 1.1], 2))
    found = group_errors(runs, Errors(np.zeros(8), tpot), by_group)
    assert [(group.name, group.runs) for group in found] == [
        ("qwen3-32b bf16 h100", 2), ("qwen3-32b bf16 b200", 2), ("qwen3-32b bf16 h200", 2),
        ("gpt-oss-120b fp4 h200", 2),
    ]  # fmt: skip
    assert [group.tpot for group in found] == pytest.approx([0.3, 0.2, 0.2, 0.1])
    assert [group.tpot_bias for group in found] == pytest.approx([-0.3, 0.2, 0.2, 0.1])
    kinds = group_errors(runs, Errors(np.zeros(8), tpot), by_kind)
    assert [(group.name, group.runs) for group in kinds] == [
        ("dense hopper", 4), ("dense blackwell", 2), ("moe hopper", 2),
    ]  # fmt: skip


def test_e2e_is_ttft_and_all_gaps_on_both_sides() -> None:
    (one,) = runs_of(1)
    model = RunModel([one], SERVING)
    gaps = model.traces[0].mean_output - 1.0
    found = e2e_logs(model, Errors(np.array([log(2.0)]), np.array([log(0.5)])))
    said, measured = 2.0 * one.ttft_ms + gaps * 0.5 * one.tpot_ms, one.ttft_ms + gaps * one.tpot_ms
    assert found[0] == pytest.approx(log(said / measured))


def test_half_widths_hold_nine_in_ten_with_every_group_alike() -> None:
    """One of two groups is ten times as large: its runs count a tenth each."""
    runs = runs_of(100, 10)
    ttft = np.concatenate([np.full(100, 0.1), np.linspace(0.21, 0.30, 10)])
    found = widths(runs, Errors(ttft, -ttft), ttft / 2.0)
    assert found.ttft == pytest.approx(expm1(0.28))  # half of the weight, and eight of ten parts of the other half
    assert found.itl == found.ttft
    assert found.e2e == pytest.approx(expm1(0.14))


def test_what_intervals_hold_is_judged_by_the_other_groups() -> None:
    """The intervals that the narrow group gives hold nothing of the wide one; those of the wide one hold it all."""
    runs = runs_of(30, 10)
    ttft = np.concatenate([np.full(30, 0.1), np.full(10, 0.5)])
    found = widths(runs, Errors(ttft, ttft), ttft)
    assert found.held == pytest.approx({"ttft": 0.75, "itl": 0.75, "e2e": 0.75})


@pytest.mark.parametrize("deviation", [0.05, 0.3])
def test_intervals_of_groups_alike_hold_what_they_say(deviation: float) -> None:
    runs = runs_of(120, 60, 200, 80, 40)
    logs = spread(500, deviation)
    found = widths(runs, Errors(logs, spread(500, deviation, seed=2)), spread(500, deviation, seed=3))
    assert all(0.87 < share < 0.93 for share in found.held.values())
    assert found.ttft == pytest.approx(expm1(1.645 * deviation), rel=0.1)


def test_one_group_alone_is_held_by_its_own() -> None:
    found = widths(runs_of(10), Errors(np.linspace(0.1, 1.0, 10), np.zeros(10)), np.zeros(10))
    assert found.ttft == pytest.approx(expm1(0.9))
    assert found.held == pytest.approx({"ttft": 0.9, "itl": 1.0, "e2e": 1.0})


def test_each_run_says_something_of_its_configuration_in_every_metric() -> None:
    runs = [run(tp=2), run(tp=4, concurrency=32), run(tp=2, input_tokens=64)]
    model = RunModel(runs, SERVING)
    errors = Errors(np.log([2.0, 1.0, 0.5]), np.log([1.1, 1.0, 0.9]))
    found = residuals(model, errors)
    assert list(found) == ["qwen3-32b bf16 h100 tp2", "qwen3-32b bf16 h100 tp4"]
    first, second = found["qwen3-32b bf16 h100 tp2"]
    assert (first.name, first.place) == ("row 1", Place(1024, 256, 8.0))
    assert second.place == Place(64, 256, 8.0)
    assert first.logs == pytest.approx({"ttft": -log(2.0), "itl": -log(1.1), "e2e": -e2e_logs(model, errors)[0]})
    assert found["qwen3-32b bf16 h100 tp4"][0].place.in_flight == 32.0


def test_runs_that_share_an_error_are_met_once_a_few_are_known() -> None:
    """A whole configuration off by 40 % in TTFT and 20 % in TPOT: three of its runs take most of that away."""
    runs = runs_of(12, 12)
    model = RunModel(runs, SERVING)
    found = local_gain(model, Errors(np.full(24, log(1.4)), np.full(24, log(0.8))))
    assert found.runs == LOCAL_RUNS == 3
    assert (found.ttft_before, found.tpot_before) == pytest.approx((0.4, 0.2))
    assert found.ttft_after < 0.3 * found.ttft_before
    assert found.tpot_after < 0.3 * found.tpot_before
    one = local_gain(model, Errors(np.full(24, log(1.4)), np.full(24, log(0.8))), taken=1)
    assert found.ttft_after < one.ttft_after < one.ttft_before


def test_runs_that_share_nothing_gain_nothing_and_lose_little() -> None:
    runs = runs_of(24, 24)
    found = local_gain(RunModel(runs, SERVING), Errors(spread(48, 0.1), spread(48, 0.04, seed=2)))
    assert found.ttft_after == pytest.approx(found.ttft_before, rel=0.25)
    assert found.tpot_after == pytest.approx(found.tpot_before, rel=0.25)


def test_parallelisms_are_configurations_of_their_own() -> None:
    """Two and four GPUs are off in opposite ways: pooled, three runs would help neither."""
    runs = [run(tp=tp, concurrency=2**index) for tp in (2, 4) for index in range(7)]
    logs = np.repeat([log(1.3), log(0.7)], 7)
    found = local_gain(RunModel(runs, SERVING), Errors(logs, logs))
    assert found.tpot_after < 0.3 * found.tpot_before


@pytest.mark.parametrize("own", [0, LOCAL_RUNS + SPARE - 1])
def test_too_few_runs_of_a_configuration_are_not_tried(own: int) -> None:
    runs = runs_of(own)
    found = local_gain(RunModel(runs, SERVING), Errors(np.zeros(own), np.zeros(own)))
    assert np.isnan([found.ttft_before, found.ttft_after, found.tpot_before, found.tpot_after]).all()
    assert DRAWS > 1


def test_draws_are_the_same_twice() -> None:
    runs = runs_of(9)
    model, errors = RunModel(runs, SERVING), Errors(spread(9, 0.2), spread(9, 0.1, seed=2))
    assert local_gain(model, errors) == local_gain(model, errors)


def shifted(factor: Callable[[ClosedRun], float]) -> list[ClosedRun]:
    """Runs that the model itself made, each measured as a factor of that."""
    runs = runs_of(3, 3, 3)
    said = RunModel(runs, SERVING).predict(current(SERVING))
    return [
        replace(one, ttft_ms=float(ttft) * factor(one), tpot_ms=float(tpot) * factor(one))
        for one, ttft, tpot in zip(runs, said.ttft_ms, said.tpot_ms, strict=True)
    ]


def test_who_is_left_out_has_no_say_in_its_prediction() -> None:
    """Runs of one accelerator are measured twice as slow: the fit without them never finds out, the others' do.

    What only those runs could show goes back to where it started, so the half is met within a fifth.
    """
    pytest.importorskip("scipy", reason="fits need scipy (the extra calibrate)")
    steps = []
    runs = shifted(lambda one: 2.0 if one.accelerator.id == "b200" else 1.0)
    found = left_out(runs, (), SERVING, np.array(current(SERVING)), by_group, step=lambda: steps.append(1))
    assert len(steps) == 3
    out = np.array([one.accelerator.id == "b200" for one in runs])
    assert np.exp(found.tpot[out]) == pytest.approx(np.full(3, 0.5), rel=0.2)
    assert np.exp(found.ttft[out]) == pytest.approx(np.full(3, 0.5), rel=0.2)
    assert (np.abs(found.tpot[~out]) < log(1.6)).all()
    assert (found.tpot[~out] > found.tpot[out].max()).all()


def test_a_model_that_is_right_stays_right_without_a_group() -> None:
    pytest.importorskip("scipy", reason="fits need scipy (the extra calibrate)")
    found = left_out(shifted(lambda _: 1.0), (), SERVING, np.array(current(SERVING)), by_group, step=lambda: None)
    assert np.abs(found.tpot).max() < 0.05
    assert exp(float(np.median(np.abs(found.ttft)))) < 1.05
