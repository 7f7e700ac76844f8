"""The engine that is walked in real time against the one that jumps, and what giving requests up may not break."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from engine_walk import Case
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import COST, MAX_TOKENS, cases, serve

from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Occupancy, Ticket
from neuralnav.serving.prefixes import Prefixes
from neuralnav.serving.stepcost import StepCost


def walk(case: Case, cost: StepCost, *, late_ms: float = 0.0) -> list[Ticket]:
    """Serve a case; `late_ms` is how long after its beginning a step is run."""
    live, tickets, to_come = Live(cost, case.limits), list[Ticket](), list(range(len(case.prompt)))
    while to_come or live.begins_ms() < inf:
        known = live.begins_ms() + late_ms
        if to_come and (known == inf or case.arrival_ms[to_come[0]] <= known):
            index = to_come.pop(0)
            tickets.append(live.add(case.arrival_ms[index], case.prompt[index], case.output[index]))
        else:
            live.step()
    assert live.occupancy() == Occupancy(0, 0, 0, case.limits.blocks)
    return tickets


@given(cases(), st.sampled_from([0.0, 0.4]), st.sampled_from([0.0, 7.0, 500.0]))
@settings(max_examples=300, deadline=None)
def test_walking_equals_jumping_however_late_the_walker(case: Case, stream_ms: float, late_ms: float) -> None:
    cost, case = replace(COST, stream_ms=stream_ms), replace(case, cached=[0] * len(case.prompt))
    run, tickets = serve(case, cost), walk(case, cost, late_ms=late_ms)
    np.testing.assert_allclose([ticket.first_ms - ticket.arrival_ms for ticket in tickets], run.ttft_ms, atol=1e-6)
    np.testing.assert_allclose([ticket.last_ms for ticket in tickets], run.finish_ms, atol=1e-6)
    assert sum(ticket.preemptions for ticket in tickets) == run.preemptions
    assert [ticket.given for ticket in tickets] == case.output


@given(cases(), st.data())
@settings(max_examples=300, deadline=None)
def test_requests_given_up_leave_nothing_behind(case: Case, data: st.DataObject) -> None:
    live = Live(COST, case.limits, prefixes=Prefixes(5) if data.draw(st.booleans()) else None)
    tickets = [live.add(at, p, o) for at, p, o in zip(case.arrival_ms, case.prompt, case.output, strict=True)]
    given_up = set[int]()
    while live.begins_ms() < inf:
        number = data.draw(st.integers(0, 3 * len(tickets)))
        if number < len(tickets) and not tickets[number].over:
            live.abort(tickets[number])
            given_up.add(number)
            continue
        step = live.step()
        held = live.occupancy()
        assert 0 <= held.blocks <= held.of_blocks
        assert held.running <= case.limits.max_num_seqs
        assert step.tokens <= case.limits.max_num_batched_tokens
        assert step.start_ms <= step.end_ms <= step.leave_ms
        assert not any(number in given_up for number, ticket in enumerate(tickets) if ticket in step.tickets)
    assert (live.occupancy().running, live.occupancy().waiting, live.occupancy().blocks) == (0, 0, 0)
    for number, ticket in enumerate(tickets):
        assert ticket.over
        assert (ticket.given == ticket.output) == (number not in given_up)


@given(cases(), st.lists(st.integers(0, 3), min_size=14, max_size=14))
@settings(max_examples=100, deadline=None)
def test_what_is_found_in_the_prefix_cache_is_never_the_whole_prompt(case: Case, families: list[int]) -> None:
    """Prompts of one family begin alike, to the length of the shorter."""
    live, block, tickets = Live(COST, case.limits, prefixes=Prefixes(case.limits.blocks)), case.limits.block_tokens, []
    for number, (at, prompt, output) in enumerate(zip(case.arrival_ms, case.prompt, case.output, strict=True)):
        names = [1000 * families[number] + place for place in range(prompt // block)]
        answer = [10_000 * (number + 1) + place for place in range((prompt + output) // block - len(names))]
        tickets.append(live.add(at, prompt, output, blocks=(*names, *answer)))
    while live.begins_ms() < inf:
        live.step()
    for number, ticket in enumerate(tickets):
        assert ticket.cached % block == 0
        assert ticket.cached < ticket.prompt
        before = [t.prompt for t, family in zip(tickets[:number], families, strict=False) if family == families[number]]
        assert ticket.cached <= max(before, default=0)
        assert ticket.given == ticket.output


def test_the_second_prompt_of_a_conversation_computes_only_what_is_new() -> None:
    live = Live(COST, Limits(1600, 8, MAX_TOKENS), prefixes=Prefixes(100))
    first = live.add(0.0, 40, 9, blocks=(1, 2, 3))
    while live.begins_ms() < inf:
        live.step()
    second = live.add(first.last_ms, 70, 5, blocks=(1, 2, 3, 4))
    third = live.add(first.last_ms + 1.0, 70, 5, blocks=(1, 7, 8, 9))
    steps = []
    while live.begins_ms() < inf:
        steps.append(live.step())
    assert (second.cached, third.cached) == (48, 16)
    assert [step.tokens for step in steps[:2]] == [22, 1 + 54]


def test_a_request_that_can_never_be_served_is_refused_and_nothing_is_no_step() -> None:
    live = Live(COST, Limits(160, 8, MAX_TOKENS))
    with pytest.raises(ValueError, match=r"^150 \+ 12 tokens never fit in 10 blocks of KV cache$"):
        live.add(0.0, 150, 12)
    with pytest.raises(ValueError, match=r"^a request needs at least one prompt token and one output token$"):
        live.add(0.0, 1, 0)
    with pytest.raises(ValueError, match=r"^there is nothing to do$"):
        live.step()


def test_a_held_engine_begins_no_step_before_its_time() -> None:
    live = Live(COST, Limits(160, 8, MAX_TOKENS))
    ticket = live.add(0.0, 8, 2)
    live.hold(1000.0)
    assert live.begins_ms() == 1000.0
    live.step()
    assert ticket.first_ms > 1000.0


def test_tokens_of_a_small_step_do_not_overtake_those_of_a_large_one_that_are_still_being_written() -> None:
    live = Live(replace(COST, stream_ms=1000.0), Limits(1024, 8, 64))
    for output in (2, 2, 4):
        live.add(0.0, 4, output)
    left_ms = [live.step().leave_ms for _ in range(4)]
    assert left_ms == sorted(left_ms)
    assert left_ms[-1] > 2000.0
