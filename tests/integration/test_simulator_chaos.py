"""A server among clients that leave, lose patience and send rubbish; the long version is a bench."""

import asyncio
from dataclasses import replace

import pytest
from simulated_chaos import CHAOS, Left, chaos
from simulated_site import Playing

REQUESTS = 1500


@pytest.mark.integration
@pytest.mark.parametrize("playing", [CHAOS, replace(CHAOS, lanes=2, prefix_caching=False)], ids=["cached", "two lanes"])
def test_nothing_is_left_of_clients_however_they_behave(playing: Playing) -> None:
    outcome, left = asyncio.run(chaos(playing, REQUESTS // 2, at_a_time=50, seed=1))
    assert outcome.wrong == []
    assert set(outcome.statuses) == {200, 400, 404, 405}
    assert min(outcome.statuses.values()) > 0
    assert left.ended > 200
    assert replace(left, ended=0) == Left(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
