"""The lanes of a server together."""

import asyncio

import pytest
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine, EngineDeadError, Signal
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.lanes import Lanes
from paced import LIMITS, SPEEDUP, Jumping, Seen, flat_cost, run, whole

from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Occupancy

ROOMY = Limits(2_000_000, 8, 64)


def lanes(count: int = 1, *, faults: Faults | None = None, max_waiting: int = 0, limits: Limits = LIMITS) -> Lanes:
    clock = Clock(SPEEDUP)
    engines = [Engine(Live(flat_cost(), limits), clock, Seen()) for _ in range(count)]
    return Lanes(engines, clock, faults or Faults(), max_waiting)


async def forever(signal: Signal) -> None:
    while True:
        await signal.wait()


def test_requests_go_to_the_lanes_in_turn_whoever_waits() -> None:
    three = lanes(3)
    first, second, third = three.engines
    assert [three.pick() for _ in range(4)] == [first, second, third, first]
    second.submit(0.0, 8, 8, Signal())
    assert [three.pick() for _ in range(3)] == [second, third, first]
    assert not three.full


def test_too_many_waiting_are_those_of_all_lanes_without_a_token() -> None:
    two = lanes(2, max_waiting=2, limits=ROOMY)

    async def serve() -> None:
        signal = Signal()
        streams = [two.pick().submit(0.0, 8, 1_000_000, signal)]
        assert not two.full
        streams.append(two.pick().submit(0.0, 8, 1_000_000, signal))
        assert two.full
        while not all(stream.delivered for stream in streams):
            await signal.wait()
        assert not two.full
        assert two.occupancy().running == 2
        for stream, engine in zip(streams, two.engines, strict=True):
            engine.abort(stream)
        assert two.occupancy() == Occupancy(0, 0, 0, 2 * ROOMY.blocks)

    assert run(two, serve) is None


def test_a_cold_start_takes_the_clocks_time() -> None:
    one = lanes(faults=Faults(cold_start_seconds=20.0))

    async def serve() -> None:
        while one.state == "loading":
            await asyncio.sleep(0.001)
        assert one.clock.now_ms() >= 19_000.0
        signal = Signal()
        await whole(one.pick().submit(one.clock.now_ms(), 8, 2, signal), signal)

    assert (one.state, lanes().state) == ("loading", "ready")
    assert run(one, serve) is None
    assert one.state == "ready"


def test_a_crash_comes_after_the_cold_start_whoever_is_served() -> None:
    told = list[str]()
    two = lanes(2, faults=Faults(cold_start_seconds=5.0, crash_after_seconds=5.0), limits=ROOMY)
    two.on_death = lambda: told.append(two.state)
    said = "the engine crashed, as told to, after 5 s"

    async def serve() -> None:
        signals = Signal(), Signal()
        for engine, signal in zip(two.engines, signals, strict=True):
            engine.submit(5000.0, 8, 1_000_000, signal)  # for hours
        for signal in signals:
            with pytest.raises(EngineDeadError, match=f"^{said}$"):
                await forever(signal)

    assert run(two, serve) == said
    assert (two.state, two.death, told) == ("dead", said, ["dead"])


def test_the_time_to_a_crash_begins_when_the_model_is_loaded() -> None:
    clock, dead = Jumping(), asyncio.Event()
    idle = Engine(Live(flat_cost(), LIMITS), clock, Seen())
    one = Lanes([idle], clock, Faults(cold_start_seconds=7.0, crash_after_seconds=5.0), on_death=dead.set)

    async def serve() -> None:
        await dead.wait()

    assert run(one, serve) == "the engine crashed, as told to, after 5 s"
    assert clock.now_ms() == 12_000.0
