"""What a few measured runs say of a configuration, and what they leave open."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from neuralnav.model.tables import METRICS
from neuralnav.serving.local import (
    SPREADS,
    Z90,
    MetricShift,
    Place,
    Residual,
    Shift,
    Spread,
    left_out,
    plausible,
    shift_of,
)

HERE = Place(1000, 500, 16.0)
FAR = Place(1000 * 2**80, 500, 16.0)
EVEN_SPREADS = dict.fromkeys(METRICS, Spread(between=0.2, within=0.2, repeat=0.1))


def run(log: float, *, place: Place = HERE, name: str = "run", **others: float) -> Residual:
    return Residual(name, place, {"ttft": log, **others})


def shift(*logs: float, **options: object) -> Shift:
    return shift_of([run(log, name=str(i)) for i, log in enumerate(logs)], spreads=EVEN_SPREADS, **options)  # type: ignore[arg-type]  # keyword by keyword


def ttft(*logs: float) -> MetricShift:
    return shift(*logs).metrics["ttft"]


def width(found: Shift, *places: Place) -> float:
    return found.width("ttft", found.at("ttft", places)[1])


def test_one_run_is_drawn_half_way_when_configurations_differ_as_much_as_runs_of_one() -> None:
    found = ttft(0.4)
    assert (found.runs, found.median) == (1, 0.4)
    assert found.left == pytest.approx(0.2)
    assert found.shift == pytest.approx(0.2)  # 0.04 / (0.04 + 0.04) of 0.4


def test_two_runs_count_as_less_than_two_and_their_difference_widens() -> None:
    found = ttft(0.3, 0.5)
    within = (4 * 0.04 + 2 * 0.01) / 5
    counted = (1 + 2 / math.pi) * 0.04
    assert found.median == pytest.approx(0.4)
    assert found.left == pytest.approx(math.sqrt(within))
    assert found.shift == pytest.approx(0.4 * counted / (counted + within))


def test_three_runs_that_agree_are_believed_more_than_one() -> None:
    found = ttft(0.4, 0.4, 0.4)
    within = 4 * 0.04 / 6
    counted = (1 + 4 / math.pi) * 0.04
    assert found.shift == pytest.approx(0.4 * counted / (counted + within))
    assert ttft(0.4).shift < ttft(0.4, 0.4).shift < found.shift < 0.4


def test_the_median_of_three_passes_over_one_outlier() -> None:
    assert ttft(0.1, 0.1, 1.2).median == pytest.approx(0.1)
    assert ttft(0.1, 0.1, 1.2).left > ttft(0.1, 0.1, 0.1).left


def test_runs_that_agree_never_say_more_than_repeats_of_one_would() -> None:
    found = ttft(*[0.4] * 100)
    assert found.left == EVEN_SPREADS["ttft"].repeat
    assert found.shift == pytest.approx(0.4, rel=0.01)


def test_a_metric_that_no_run_reports_stays_as_it_was() -> None:
    found = shift(0.4, general_widths={"itl": 0.3, "e2e": 0.5})
    assert found.metrics["itl"].runs == 0
    logs, variances = found.at("itl", [HERE, FAR])
    assert logs.tolist() == [0.0, 0.0]
    assert found.width("itl", variances) == 0.3
    assert found.width("e2e", found.at("e2e", [HERE])[1]) == pytest.approx(0.5)


def test_far_from_the_runs_the_shift_is_the_common_one_and_near_them_it_follows_them() -> None:
    near, far = (float(value) for value in shift(0.4).at("ttft", [HERE, FAR])[0])
    assert far == pytest.approx(0.2)
    assert near == pytest.approx(0.2 + 0.2 * 0.03 / 0.04)  # of what is left, the part that is no repeat's


def test_the_interval_grows_with_the_distance_of_shape_and_load() -> None:
    found = shift(0.4)
    for coordinate in ("prompt_tokens", "output_tokens", "in_flight"):
        widths = []
        for doublings in (0, 1, 3, 8, 20):
            values = {"prompt_tokens": 1000, "output_tokens": 500, "in_flight": 16.0}
            values[coordinate] = values[coordinate] * 2**doublings
            widths.append(width(found, Place(**values)))  # type: ignore[arg-type]  # numbers of the right kind
        assert all(one < two for one, two in pairwise(widths))


def test_a_tail_under_poisson_arrivals_is_further_from_a_mean_than_another_mean() -> None:
    found, tail = shift(0.4), Place(1000, 500, 16.0, is_tail=True)
    assert found.at("ttft", [FAR])[0] < found.at("ttft", [tail])[0] < found.at("ttft", [HERE])[0]
    assert width(found, HERE) < width(found, tail) < width(found, FAR)


def test_the_interval_lies_between_that_of_repeats_and_the_general_one() -> None:
    general = 0.3
    for logs in ((0.0,), (0.3, 0.3), (0.1, 0.2, 0.3), tuple([0.1] * 50), (-0.9, 0.9)):
        found = shift(*logs, general_widths={"ttft": general})
        for place in (HERE, FAR):
            assert math.expm1(Z90 * 0.1) - 1e-5 <= width(found, place) <= general


def test_more_runs_leave_less_open() -> None:
    widths = [width(shift(*[0.2] * count), FAR) for count in (1, 2, 3, 10)]
    assert all(one > two for one, two in pairwise(widths))


def test_a_wide_general_interval_lets_one_run_move_more() -> None:
    usual, unknown = shift(0.8), shift(0.8, general_widths={"ttft": 1.5})
    assert unknown.metrics["ttft"].spread.between == pytest.approx(math.sqrt((math.log(2.5) / Z90) ** 2 - 0.04))
    assert unknown.metrics["ttft"].shift > 1.5 * usual.metrics["ttft"].shift
    assert width(shift_of([], general_widths={"ttft": 1.5}), HERE) == pytest.approx(1.5)


def test_a_narrow_general_interval_takes_nothing_from_the_spread() -> None:
    assert shift(0.4, general_widths={"ttft": 0.05}).metrics["ttft"].spread == EVEN_SPREADS["ttft"]


def test_fewer_in_flight_than_one_are_as_one() -> None:
    found = shift_of([run(0.4, place=Place(1000, 500, 0.01))])
    assert found.at("ttft", [Place(1000, 500, 1.0)])[0] == found.at("ttft", [Place(1000, 500, 0.3)])[0]


def test_the_order_of_runs_changes_nothing() -> None:
    runs = [run(0.1 * i, place=Place(100 * 2**i, 50, 1.0 + i), name=f"r{i}", itl=-0.1 * i) for i in range(6)]
    expected = shift_of(runs)
    for seed in range(10):
        mixed = random.Random(seed).sample(runs, len(runs))  # noqa: S311  # a shuffle, seeded
        found = shift_of(mixed)
        assert found == expected
        np.testing.assert_array_equal(found.at("ttft", [HERE]), expected.at("ttft", [HERE]))


def test_a_run_beyond_a_factor_of_four_is_refused_by_name() -> None:
    near, far = plausible(
        [run(math.log(3.9), name="slow"), run(math.log(4.1), name="slower"), run(0.0, name="mixed", itl=-1.5)]
    )
    assert [item.name for item in near] == ["slow"]
    assert [item.name for item in far] == ["mixed", "slower"]


def test_a_run_left_out_is_predicted_from_the_others_alone() -> None:
    runs = [run(0.4, name="a"), run(0.1, name="b", itl=0.2), run(0.2, name="c")]
    found = left_out(runs, spreads=EVEN_SPREADS)
    expected = []
    for index, one in enumerate(runs):
        others = shift_of([*runs[:index], *runs[index + 1 :]], spreads=EVEN_SPREADS)
        expected.append(one.logs["ttft"] - float(others.at("ttft", [one.place])[0][0]))
    assert sorted(found["ttft"]) == pytest.approx(sorted(expected))
    assert found["itl"] == found["e2e"] == ()
    assert left_out(runs[:1])["ttft"] == ()


def test_the_defaults_cover_every_metric_and_rise_from_repeats() -> None:
    assert tuple(SPREADS) == METRICS
    assert all(0 < spread.repeat < spread.within for spread in SPREADS.values())


def doubted(log: float, doubt: float, *, name: str = "window") -> Residual:
    return Residual(name, HERE, {"ttft": log}, {"ttft": doubt}, observed=True)


def test_a_doubt_of_nothing_changes_no_bit() -> None:
    plain, same = (shift_of([run(0.3), other]) for other in (run(0.1, name="b"), replace(doubted(0.1, 0.0), name="b")))
    assert plain.metrics == same.metrics
    for one, two in zip(plain.at("ttft", [HERE, FAR]), same.at("ttft", [HERE, FAR]), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_run_in_doubt_moves_less_and_narrows_less() -> None:
    found = [shift_of([doubted(0.4, doubt)], spreads=EVEN_SPREADS) for doubt in (0.0, 0.04, 4.0)]
    shifts = [one.at("ttft", [HERE])[0][0] for one in found]
    assert 0.4 > shifts[0] > shifts[1] > shifts[2] > 0
    assert shifts[2] < 0.01
    widths = [width(one, HERE) for one in found]
    assert widths[0] < widths[1] < widths[2] <= width(shift_of([], spreads=EVEN_SPREADS), HERE)


def test_a_run_in_doubt_leaves_the_others_their_say() -> None:
    sure = [run(0.1, name="a"), run(0.1, name="b")]
    found = shift_of([*sure, doubted(1.0, 9.0), doubted(1.1, 9.0, name="other")], spreads=EVEN_SPREADS)
    assert found.metrics["ttft"].median == pytest.approx(0.1)


def test_the_median_of_runs_in_equal_doubt_is_the_median() -> None:
    for logs in ((0.1, 0.5), (0.1, 0.2, 0.6), (0.3, 0.3, 0.5, 0.9)):
        items = [doubted(log, 0.01, name=str(index)) for index, log in enumerate(logs)]
        assert shift_of(items).metrics["ttft"].median == pytest.approx(float(np.median(logs)))
