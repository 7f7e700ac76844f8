"""The time at an API server."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cluster.failures import stumble
from neuralnav.cluster.server_clock import ServerClock, date_of

NOON = {"date": "Thu, 26 Nov 2026 12:00:00 GMT"}


def test_the_time_goes_on_from_what_the_server_last_said() -> None:
    ticks = iter([100.0, 107.5, 110.0, 111.0])
    clock = ServerClock(ticks=lambda: next(ticks))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.hear(NOON)
    assert clock.now() == datetime(2026, 11, 26, 12, 0, 7, 500_000, UTC)
    clock.hear({"date": "Thu, 26 Nov 2026 11:00:00 GMT"})
    clock.hear({"date": "yesterday"})
    assert clock.now() == datetime(2026, 11, 26, 11, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "Thu, 26 Nov 2026 25:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2300",
                                  "Thu, 01 Jan 1970 00:00:00 GMT"])  # fmt: skip
def test_no_clock(text: str) -> None:
    assert date_of({"date": text}) is None


@given(st.text())
def test_no_date_breaks_us(text: str) -> None:
    date_of({"date": text})


def test_a_date_to_come_back_at_is_of_the_clock_that_says_it() -> None:
    found = stumble(429, {**NOON, "retry-after": "Thu, 26 Nov 2026 12:00:09 GMT"}, b"", now=0.0)
    assert found is not None
    assert found.after_seconds == 9.0
