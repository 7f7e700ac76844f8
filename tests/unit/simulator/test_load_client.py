"""What the sender makes ahead, and how it notices that it is late itself."""

from neuralnav_simulator.load.client import AHEAD_BYTES, TICK_S, Ahead, Lag


def test_requests_are_made_ahead_up_to_a_few_megabytes_and_leave_in_order() -> None:
    made: list[int] = []

    def making(number: int) -> bytes:
        made.append(number)
        return bytes([number]) * (AHEAD_BYTES // 2)

    ahead = Ahead(making(number) for number in range(4))
    assert [ahead.one() for _ in range(3)] == [True, True, False]
    assert made == [0, 1]
    assert [ahead.take()[0] for _ in range(3)] == [0, 1, 2]
    assert ahead.one()
    assert not ahead.one()  # there are no more


def test_a_wait_over_several_ticks_counts_for_each_of_them() -> None:
    lag = Lag()
    begun_s = lag._due_s
    lag.tick(begun_s + 0.001)
    lag.tick(begun_s + 3.5 * TICK_S)
    assert [round(late, 3) for late in lag.ms] == [1.0, 25.0, 15.0, 5.0]
