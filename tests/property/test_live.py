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


def walk(
    case: Case, cost: StepCost, *, late_ms: float = 0.0, live: Live | None = None, kept: list[int] | None = None
) -> list[Ticket]:
    """Serve a case; `late_ms` is how long after its beginning a step is run. Each is given up with the token `kept`."""
    live, kept = live or Live(cost, case.limits), kept or case.output
    tickets, to_come = list[Ticket](), list(range(len(case.prompt)))
    while to_come or live.begins_ms() < inf:
        known, changed = live.begins_ms() + late_ms, list[Ticket]()
        if to_come and (known == inf or case.arrival_ms[to_come[0]] <= known):
            index = to_come.pop(0)
            tickets.append(live.add(case.arrival_ms[index], case.prompt[index], case.output[index]))
            changed = tickets[-1:]
        else:
            changed = list(live.step().tickets)
        for ticket in changed:
            if ticket.given == kept[tickets.index(ticket)]:
                live.abort(ticket)  # who has all its tokens is not affected
    assert live.occupancy() == Occupancy(0, 0, 0, case.limits.blocks)
    return tickets


@given(cases(), st.sampled_from([0.0, 0.4]), st.sampled_from([0.0, 7.0, 500.0]))
@settings(max_examples=200, deadline=None)
def test_walking_equals_jumping_however_late_the_walker(case: Case, stream_ms: float, late_ms: float) -> None:
    cost, case = replace(COST, stream_ms=stream_ms), replace(case, cached=[0] * len(case.prompt))
    run, tickets = serve(case, cost), walk(case, cost, late_ms=late_ms)
    np.testing.assert_allclose([ticket.first_ms - ticket.arrival_ms for ticket in tickets], run.ttft_ms, atol=1e-6)
    np.testing.assert_allclose([ticket.last_ms for ticket in tickets], run.finish_ms, atol=1e-6)
    assert sum(ticket.preemptions for ticket in tickets) == run.preemptions
    assert [ticket.given for ticket in tickets] == case.output


@st.composite
def pressing(draw: st.DrawFn) -> Case:
    """Cases most of which have hardly more KV cache than the largest request, so that others are thrown out."""
    case = draw(cases())
    limits, most = case.limits, max(map(sum, zip(case.prompt, case.output, strict=True)))
    tokens = limits.kv_capacity_tokens if draw(st.integers(0, 2)) == 0 else most + limits.block_tokens
    return replace(case, cached=[0] * len(case.prompt), limits=replace(limits, kv_capacity_tokens=tokens))


@given(pressing(), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 13)), max_size=14), st.booleans())
@settings(max_examples=200, deadline=None)
def test_requests_given_up_leave_nothing_behind(case: Case, leaving: list[tuple[int, int]], caching: bool) -> None:  # noqa: FBT001
    """Each leaves before a step; who comes when all are gone, or have finished, is served as by a fresh engine."""
    live = Live(COST, case.limits, prefixes=Prefixes(5) if caching else None)
    tickets = [live.add(at, p, o) for at, p, o in zip(case.arrival_ms, case.prompt, case.output, strict=True)]
    given_up, taken = set[int](), 0
    while live.begins_ms() < inf:
        for number in {number for before, number in leaving if before == taken and number < len(tickets)}:
            given_up |= set() if tickets[number].over else {number}
            live.abort(tickets[number])
        if live.begins_ms() == inf:
            break
        step, taken = live.step(), taken + 1
        held = live.occupancy()
        assert 0 <= held.blocks <= held.of_blocks
        assert held.running <= case.limits.max_num_seqs
        assert held.running + held.waiting <= sum(not ticket.over for ticket in tickets)
        assert step.tokens <= case.limits.max_num_batched_tokens
        assert step.start_ms <= step.end_ms <= step.leave_ms
        assert not any(number in given_up for number, ticket in enumerate(tickets) if ticket in step.tickets)
    assert (live.occupancy().running, live.occupancy().waiting, live.occupancy().blocks) == (0, 0, 0)
    assert not live._tickets
    for number, ticket in enumerate(tickets):
        assert ticket.over
        assert (ticket.given == ticket.output) == (number not in given_up)
    later_ms = 1e6
    anew = walk(replace(case, arrival_ms=[at + later_ms for at in case.arrival_ms]), COST, live=live)
    fresh = serve(case)
    np.testing.assert_allclose([ticket.last_ms - later_ms for ticket in anew], fresh.finish_ms, atol=1e-6)
    assert sum(ticket.preemptions for ticket in anew) == fresh.preemptions


@given(pressing(), st.lists(st.integers(0, 60), min_size=14, max_size=14))
@settings(max_examples=200, deadline=None)
def test_who_is_given_up_after_some_tokens_is_as_one_that_asked_for_no_more(case: Case, wanted: list[int]) -> None:
    """Who wants none leaves at once and is as one that never came. Planned ahead, the last step would differ."""
    cost, limits = replace(COST, window_tokens=0), replace(case.limits, async_scheduling=False)
    kept = [min(tokens, wanted[place]) if place % 2 else tokens for place, tokens in enumerate(case.output)]
    tickets = walk(replace(case, limits=limits), cost, kept=kept)
    case = replace(
        case,
        limits=limits,
        arrival_ms=[at for at, want in zip(case.arrival_ms, kept, strict=True) if want],
        prompt=[prompt for prompt, want in zip(case.prompt, kept, strict=True) if want],
        output=[want for want in kept if want],
        cached=[0 for want in kept if want],
    )
    run = serve(case, cost)
    served = [ticket for ticket in tickets if ticket.given]
    assert [ticket.given for ticket in served] == case.output
    np.testing.assert_allclose([ticket.first_ms - ticket.arrival_ms for ticket in served], run.ttft_ms, atol=1e-6)
    np.testing.assert_allclose([ticket.given_ms for ticket in served], run.finish_ms, atol=1e-6)
    assert sum(ticket.preemptions for ticket in served) == run.preemptions


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


def test_a_prompt_finds_what_is_computed_when_it_is_admitted_wherever_it_stood_in_line_until_then() -> None:
    live = Live(COST, Limits(1600, 1, MAX_TOKENS), prefixes=Prefixes(100))
    tickets = [live.add(0.0, 40, 8, blocks=(1, 2, 3))]
    tickets += [live.add(0.0, 50, 14, blocks=(1, 2, 3, 4)), live.add(0.0, 80, 1, blocks=(1, 2, 3, 4, 5))]
    while live.begins_ms() < inf:
        live.step()
    assert [ticket.cached for ticket in tickets] == [0, 32, 48]  # the last token of an answer is never computed
    both = Live(COST, Limits(1600, 8, MAX_TOKENS), prefixes=live._prefixes)
    tickets = [both.add(0.0, 50, 1, blocks=(1, 2, 3)) for _ in range(2)]
    assert both.step().tokens == 2 + 2
    assert [ticket.cached for ticket in tickets] == [48, 48]
    tickets = [both.add(100.0, 40, 5, blocks=(7, 8))]
    both.step()
    tickets.append(both.add(100.0, 40, 5, blocks=(7, 8)))  # who still decodes has left its prompt to others
    both.step()
    assert [ticket.cached for ticket in tickets] == [0, 32]


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


@pytest.mark.parametrize("planned_ahead", [False, True])
def test_who_comes_while_the_engine_hangs_is_in_the_next_step_that_is_planned(*, planned_ahead: bool) -> None:
    """Time never goes back."""
    live = Live(COST, Limits(160, 8, MAX_TOKENS, async_scheduling=planned_ahead))
    first = live.add(0.0, 8, 9)
    end_ms = live.step().end_ms
    live.hold(end_ms - 5.0)
    assert live.begins_ms() == end_ms
    live.hold(end_ms + 100.0)
    second = live.add(end_ms + 50.0, 8, 2)
    if planned_ahead:
        assert live.step().tickets == (first,)
    assert live.step().tickets == (first, second)


def test_tokens_reach_clients_one_stream_after_the_other_and_never_before_those_of_the_step_before() -> None:
    live = Live(replace(COST, stream_ms=50.0), Limits(1600, 8, MAX_TOKENS))
    tickets = [live.add(0.0, 8, output) for output in (2, 2, 4)]
    first, second, third, fourth = (live.step() for _ in range(4))
    assert [ticket.first_ms for ticket in tickets] == [first.end_ms + late_ms for late_ms in (0.0, 50.0, 100.0)]
    assert first.leave_ms == first.end_ms + 50.0 * 0.5  # amid the three, of whom the first has not to wait
    assert second.leave_ms == second.end_ms + 50.0 * 2
    assert third.leave_ms == fourth.leave_ms == second.leave_ms  # one stream left, at once, but not before the others
    assert fourth.end_ms < fourth.leave_ms


def test_what_is_held_counts_prompts_on_their_way_and_who_was_thrown_out_but_not_who_is_in_the_frontend() -> None:
    live = Live(COST, Limits(80, 8, 24))
    first, second, _ = (live.add(at_ms, prompt, 40) for at_ms, prompt in ((0.0, 30), (0.0, 16), (1e6, 16)))
    live.step()
    assert live.occupancy() == Occupancy(1, 1, 2, 5)  # 24 of 30 tokens
    live.step()
    assert live.occupancy() == Occupancy(2, 0, 3, 5)
    while not second.preemptions:
        live.step()
    assert (first.given, second.given) == (18, 17)
    assert live.occupancy() == Occupancy(1, 1, 3, 5)
    for at_ms in (0.0, 1e6):
        live.add(at_ms, 8, 2)
    assert live.occupancy().waiting == 2  # the head of the line and the last are still in the frontend
