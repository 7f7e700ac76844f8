"""An engine in real time: what is delivered, given up, held and ended, and that nothing stays behind."""

import asyncio
import re
from dataclasses import replace
from functools import partial
from math import inf, isnan

import neuralnav_simulator.engine as module
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.engine import Engine, EngineDeadError, Signal, Stream
from neuralnav_simulator.faults import Faults, Stalls
from neuralnav_simulator.lanes import Lanes
from paced import FRONTEND_MS, LIMITS, SPEEDUP, STEP_MS, Jumping, Seen, engine, flat_cost, run, whole

from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Occupancy


def lanes_of(one: Engine) -> Lanes:
    return Lanes([one], one.clock, one.faults)


def test_tokens_come_in_order_and_at_the_times_that_the_model_says() -> None:
    one, seen = engine()

    async def serve() -> None:
        signal = Signal()
        stream = one.submit(100.0, 20, 5, signal)
        assert (one.waiting, stream.complete) == (1, False)
        counts = await whole(stream, signal)
        assert (counts[-1], sorted(set(counts))) == (5, counts)
        ticket = stream.ticket
        assert (ticket.queued_ms, ticket.first_ms) == (100.0 + FRONTEND_MS, 100.0 + FRONTEND_MS + STEP_MS)
        assert (ticket.last_ms, ticket.given) == (ticket.first_ms + 4 * STEP_MS, 5)
        await asyncio.sleep(0)

    assert run(lanes_of(one), serve) is None
    assert [step.leave_ms for step in seen.steps] == [112.0, 122.0, 132.0, 142.0, 152.0]
    assert [step.gaps_ms for step in seen.steps[1:]] == [(STEP_MS,)] * 4
    assert isnan(seen.steps[0].gaps_ms[0])
    assert (one.waiting, one.occupancy()) == (0, Occupancy(0, 0, 0, 64))


def test_sequences_of_one_request_share_a_signal() -> None:
    one, _ = engine()

    async def serve() -> None:
        signal = Signal()
        streams = [one.submit(0.0, 4, output, signal) for output in (1, 7, 3)]
        while not all(stream.complete for stream in streams):
            await signal.wait()
        assert [stream.delivered for stream in streams] == [1, 7, 3]

    assert run(lanes_of(one), serve) is None


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30), st.integers(0, 40)), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_whoever_leaves_at_whatever_moment_nothing_stays_behind(asked: list[tuple[int, int, int]]) -> None:
    """Each leaves after so many tokens; KV for a few only, so some are preempted."""
    one, seen = engine(limits=Limits(8 * 16, 4, 64), clock=Jumping())

    async def client(prompt: int, output: int, patience: int) -> None:
        signal = Signal()
        stream = one.submit(one.clock.now_ms(), prompt, output, signal)
        for _ in range(patience):
            if stream.complete:
                break
            await signal.wait()
        one.abort(stream)
        one.abort(stream)
        await asyncio.sleep(0)
        assert stream.delivered == min(patience, output)

    async def serve() -> None:
        await asyncio.gather(*(client(*one_asked) for one_asked in asked))

    assert run(lanes_of(one), serve) is None
    assert (one.occupancy(), one.waiting, one.live.begins_ms()) == (Occupancy(0, 0, 0, 8), 0, inf)
    assert set(seen.late_ms) <= {0.0}


def test_who_gets_a_first_token_is_told_before_those_who_got_theirs() -> None:
    one, _ = engine(clock=Jumping())
    told: list[str] = []

    async def follow(name: str, output: int) -> None:
        signal = Signal()
        stream = one.submit(one.clock.now_ms(), 4, output, signal)
        while not stream.complete:
            await signal.wait()
            told.append(name)
            if len(told) == 1:
                later.append(asyncio.ensure_future(follow("b", 2)))

    later: list[asyncio.Future[None]] = []

    async def serve() -> None:
        await follow("a", 4)
        await later[0]

    assert run(lanes_of(one), serve) is None
    assert told == ["a", "a", "a", "b", "a", "b"]  # at 12, 22, 32, both at 42, and at 52 ms


def test_a_late_engine_lets_others_have_their_turn() -> None:
    """Forty seconds of steps are due at once: the loop still turns hundreds of times before they are through."""
    one, seen = engine()
    turns = 0

    async def serve() -> None:
        nonlocal turns
        signal = Signal()
        stream = one.submit(-40_000.0, 8, 1000, signal)
        waiting = asyncio.ensure_future(whole(stream, signal))
        while not waiting.done():
            turns += 1
            await asyncio.sleep(0)

    assert run(lanes_of(one), serve) is None
    assert len(seen.steps) == 1000
    assert turns > 1


def test_first_tokens_leave_before_the_others_and_no_pass_keeps_those_who_come_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In its second pass seven decode, whose tokens are taken at once, and one gets its first."""
    monkeypatch.setattr(module, "AT_A_TIME", 3)
    one, seen = engine()
    order = list[str]()

    def taker(stream: Stream) -> bool:
        order.append("other" if stream.delivered == 2 else "")
        return 1 < stream.delivered < 5

    async def turns() -> None:
        while True:
            order.append("turn")
            await asyncio.sleep(0)

    async def serve() -> None:
        signals = [Signal() for _ in range(8)]
        streams = [one.submit(5.0 * (place == 7), 4, 5, signal) for place, signal in enumerate(signals)]
        for stream in streams[:7]:
            stream.signal.taker = partial(taker, stream)
        waiting = [asyncio.ensure_future(whole(stream, stream.signal)) for stream in streams[:7]]
        turning = asyncio.ensure_future(turns())
        await streams[7].signal.wait()
        order.append("first")
        await asyncio.gather(*waiting, whole(streams[7], streams[7].signal))
        turning.cancel()

    assert run(lanes_of(one), serve) is None
    assert [len(step.tickets) for step in seen.steps[:2]] == [7, 8]
    told = " ".join(filter(None, order))
    assert re.search(r"first(?: turn)*(?: other){3}(?: turn)+(?: other){3}(?: turn)+ other ", told) is not None
    assert told.count("other") == 7


def test_an_idle_engine_sleeps() -> None:
    asked = 0

    class Counted(Clock):
        def now_ms(self) -> float:
            nonlocal asked
            asked += 1
            return super().now_ms()

    clock = Counted(SPEEDUP)
    one = Engine(Live(flat_cost(), LIMITS), clock, Seen())

    async def serve() -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    assert run(lanes_of(one), serve) is None
    assert asked < 5


def test_a_stall_holds_everybody_from_the_end_of_the_step_on() -> None:
    faults = Faults(stall_seconds=3.0, stall_every_seconds=1e6)
    due_ms = Stalls(faults, 7).due_ms
    one, seen = engine(faults=faults, seed=7, start_ms=due_ms - 15.0)

    async def serve() -> None:
        signal = Signal()
        await whole(one.submit(due_ms - 15.0, 8, 3, signal), signal)
        await asyncio.sleep(0.001)

    assert run(lanes_of(one), serve) is None
    ends_ms = [step.end_ms - due_ms for step in seen.steps]
    assert ends_ms == pytest.approx([-3.0, 7.0, 3017.0], abs=1e-3)
    assert seen.stalls == 1


def test_stalls_are_drawn_from_the_seed_and_wait_for_a_step_to_end() -> None:
    faults = Faults(stall_seconds=2.0, stall_every_seconds=10.0, cold_start_seconds=5.0)
    stalls, same, other = Stalls(faults, 1), Stalls(faults, 1), Stalls(faults, 2)
    assert stalls.due_ms == same.due_ms != other.due_ms
    assert stalls.due_ms == 5000.0 + Stalls(replace(faults, cold_start_seconds=0.0), 1).due_ms
    due_ms = stalls.due_ms
    assert stalls.held_until(due_ms - 1.0, 0.0) is None
    assert stalls.held_until(due_ms + 300.0, due_ms + 300.0) == due_ms + 2300.0
    assert same.held_until(due_ms + 1500.0, 0.0) == due_ms + 2000.0
    assert same.due_ms == stalls.due_ms > due_ms + 2000.0
    assert other.held_until(1e9, 1e9) is not None
    assert other.due_ms > 1e9
    assert Stalls(Faults(), 1).due_ms == inf


def test_a_signal_set_early_is_not_missed_and_a_taker_is_asked_only_while_somebody_waits() -> None:
    async def wait() -> None:
        signal, taken = Signal(), list[bool]()
        signal.taker = lambda: taken.append(True) or len(taken) < 3  # type: ignore[func-returns-value]
        signal.set()
        assert not taken
        await signal.wait()
        waiter = asyncio.ensure_future(signal.wait())
        await asyncio.sleep(0)
        for _ in range(2):
            signal.set()
            await asyncio.sleep(0)
            assert not waiter.done()
        signal.set()
        signal.set()  # woken but not yet running: what is there now is the task's
        assert len(taken) == 3
        await waiter
        gone = asyncio.ensure_future(signal.wait())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        signal.set()
        assert len(taken) == 3
        await signal.wait()

    asyncio.run(wait())


def test_a_dead_engine_is_seen_by_those_who_wait_and_those_who_come() -> None:
    one, _ = engine()
    told = list[str]()
    lanes = lanes_of(one)
    lanes.on_death = lambda: told.append(lanes.state)

    async def serve() -> None:
        signal, taken = Signal(), list[None]()
        signal.taker = lambda: not taken.append(None)  # type: ignore[func-returns-value]
        stream = one.submit(0.0, 8, 900, signal)
        one.live._tickets = None  # type: ignore[assignment]  # a bug, as any
        with pytest.raises(EngineDeadError, match=r"^the engine stopped: TypeError: "):
            await whole(stream, signal)
        with pytest.raises(EngineDeadError, match=r"^the engine stopped: TypeError: "):
            one.submit(0.0, 8, 8, Signal())
        with pytest.raises(EngineDeadError, match=r"^the engine stopped: TypeError: "):
            await signal.wait()

    death = run(lanes, serve)
    assert death is not None
    assert (lanes.state, lanes.death, told) == ("dead", death, ["dead"])
    assert death.startswith("the engine stopped: TypeError: ")


def test_what_never_fits_is_said_when_it_comes() -> None:
    one, _ = engine(limits=Limits(64, 4, 64))
    with pytest.raises(ValueError, match=r"^60 \+ 30 tokens never fit in 4 blocks of KV cache$"):
        one.submit(0.0, 60, 30, Signal())
    assert (one.waiting, one.occupancy()) == (0, Occupancy(0, 0, 0, 4))
