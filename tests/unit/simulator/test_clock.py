"""The simulated time against the wall's."""

import asyncio
from time import monotonic

import pytest
from neuralnav_simulator.clock import Clock


def test_a_fast_clock_shows_as_many_times_the_walls() -> None:
    clock = Clock(200.0, monotonic() - 5.0)
    assert clock.now_ms() == pytest.approx(1_000_000.0, rel=0.2)
    assert clock.wall_s(1_000_000.0) == 5.0


@pytest.mark.parametrize("speedup", [1.0, 1000.0])
def test_it_is_time_to_the_nearest_of_the_walls_milliseconds(speedup: float) -> None:
    class Stopped(Clock):
        def now_ms(self) -> float:
            return 1000.0 * self.speedup

    clock = Stopped(speedup)
    assert clock.is_time(1000.5 * speedup)
    assert not clock.is_time(1000.6 * speedup)


def test_what_is_past_is_not_waited_for() -> None:
    clock = Clock(1000.0)

    async def sleep() -> None:
        sleeping = clock.sleep_until(-1.0)
        with pytest.raises(StopIteration):
            sleeping.send(None)
        await clock.sleep_until(5_000.0)
        assert clock.is_time(5_000.0)

    asyncio.run(sleep())
