from math import exp, log

import pytest

from neuralnav.serving.knee import SLOWEST_ITL_MS, SLOWEST_TTFT_MS, ceilings, next_interval

RATES = (1.0, 2.0, 3.0, 4.0)
CEILINGS = ceilings(100)


def following(
    ttft: tuple[float, ...], *, itl: tuple[float, ...] = (5.0,) * 4, tolerance: float = 0.0, saturation: float = 9.0
) -> int | None:
    p95 = {"ttft": ttft, "itl": itl}
    return next_interval(RATES, p95, ceilings(100), saturation_rps=saturation, tolerance=tolerance)  # type: ignore[arg-type]


def test_a_step_is_halved_where_it_is() -> None:
    assert following((10.0, 10.0, 10.0, 80.0)) == 2
    assert following((10.0, 80.0, 80.0, 80.0)) == 0


def test_any_metric_may_ask_for_a_point() -> None:
    assert following((10.0, 11.0, 11.0, 11.0), itl=(5.0, 5.0, 50.0, 50.0)) == 1


def test_a_flat_curve_needs_no_point() -> None:
    assert following((10.0,) * 4) is None


def test_noise_that_falls_is_no_error() -> None:
    assert following((10.0, 9.0, 8.0, 9.9)) is None


def test_the_error_is_half_the_rectangle_in_logarithms() -> None:
    rise = (10.0, 10.0, 10.0 * exp(0.5), 10.0 * exp(0.5))
    area = 0.5 * log(3.0 / 2.0) / 2.0
    assert following(rise, tolerance=area - 1e-6) == 1
    assert following(rise, tolerance=area + 1e-6) is None


def test_no_point_is_spent_on_overload() -> None:
    rise = (10.0, 10.0, 10.0, 80.0)
    assert following(rise, saturation=3.1) == 2
    assert following(rise, saturation=3.0) is None


def test_low_rates_weigh_as_much_as_high_ones() -> None:
    assert following((10.0, 20.0, 40.0, 80.0)) == 0


def test_the_first_of_equals_is_taken() -> None:
    assert (
        next_interval((1.0, 2.0, 4.0), {"ttft": (10.0, 20.0, 40.0)}, CEILINGS, saturation_rps=9.0, tolerance=0.0) == 0
    )


def test_no_point_is_spent_beyond_what_plans_ask_for() -> None:
    ceiling = SLOWEST_TTFT_MS
    assert following((10.0, 11.0, ceiling, 1000 * ceiling)) == 1
    assert following((ceiling, 2 * ceiling, 3 * ceiling, 1000 * ceiling)) is None
    e2e = ceiling + 100 * SLOWEST_ITL_MS
    assert (
        next_interval(
            (1.0, 2.0, 3.0), {"e2e": (e2e, 2 * e2e, 3 * e2e)}, ceilings(100), saturation_rps=9.0, tolerance=0.0
        )
        is None
    )


@pytest.mark.parametrize(("step", "found"), [(1.01, None), (1.05, 0)])
def test_rates_too_close_to_tell_apart_are_left(step: float, found: int | None) -> None:
    assert next_interval((1.0, step), {"ttft": (10.0, 1000.0)}, CEILINGS, saturation_rps=9.0, tolerance=0.0) == found
