from dataclasses import replace

import numpy as np
import pytest
from probe_builders import FACTS, MODEL, ONE_AT_A_TIME, answer, lost, plan, probed, report, sequence

from neuralnav.cluster.openai import Answer
from neuralnav.cluster.probe_judged import sent_of
from neuralnav.cluster.probe_measured import errors_of, gaps_of, latencies
from neuralnav.cluster.probing import Probed
from neuralnav.model.probe_report import Estimate
from neuralnav.serving.planned import Sent, foreseen


def test_a_server_as_planned() -> None:
    found = report(probed(*sequence(20)))
    assert (found.verdict, found.exit_code) == ("answers", 0)
    assert found.why == "as planned, as far as 20 requests tell"
    assert [item.standing for item in found.metrics] == ["within", "kept", "within"]
    assert [item.pace for item in found.metrics] == ["as-planned"] * 3
    ttft, itl, e2e = found.metrics
    assert ttft.p95 == Estimate(value=33.0, low=33.0, high=None)
    assert itl.p95 == Estimate(value=3.8, low=3.8, high=3.8)
    assert (itl.values, e2e.mean, found.load.achieved_rps) == (20 * 255, 1002.0, 0.998)
    assert ttft.predicted_p50 is not None
    assert (ttft.predicted_p50.value, ttft.predicted_p50.low, ttft.predicted_p50.high) == (32.924, 23.021, 47.113)


def test_slower_than_the_plan_foresees_of_this_load_and_yet_within_the_slos() -> None:
    found = report(probed(*sequence(20, ttft_ms=60.0)))
    assert (found.verdict, found.exit_code) == ("slower-than-planned", 0)
    assert found.why == ("TTFT p50 60.0 ms where 32.9 ms (23.0 ms to 47.1 ms) is foreseen; as far as 20 requests tell")
    assert [item.pace for item in found.metrics] == ["slower", "as-planned", "as-planned"]


def test_an_slo_that_is_missed_beyond_chance() -> None:
    found = report(probed(*sequence(20, ttft_ms=180.0)))
    assert (found.verdict, found.exit_code, found.why) == ("misses-slo", 3, "TTFT p95 180 ms is over its 150 ms")
    assert found.metrics[0].over_slo == 1.0


def test_few_slow_requests_show_nothing() -> None:
    slow = [*sequence(18), answer(18, due_s=30.0, ttft_ms=180.0), answer(19, due_s=32.0, ttft_ms=190.0)]
    found = report(probed(*slow))
    assert (found.verdict, found.exit_code, found.metrics[0].standing) == ("answers", 0, "open")
    assert found.why == "TTFT p95 180 ms is over its 150 ms, which 20 requests do not show to be more than chance"


def test_requests_without_an_answer_miss_the_slos() -> None:
    found = report(probed(*sequence(10), *(lost(at, due_s=12.0) for at in range(10, 20))))
    assert (found.verdict, found.exit_code) == ("misses-slo", 3)
    assert found.why == (
        "50% of the requests had no answer, or none within 150 ms (TTFT); "
        "50% of the requests had no answer, or none within 7.0 s (E2E); 10 of 20 were not answered"
    )
    assert [item.p95.value for item in found.metrics if item.p95] == [33.0, 3.8, 1002.0]
    one = report(probed(*sequence(19), lost(19, due_s=25.0)))
    assert (one.verdict, one.why) == ("answers", "as planned, as far as 19 requests tell; 1 of 20 were not answered")


def test_what_this_machine_or_the_way_takes_is_not_held_against_a_server() -> None:
    slow = sequence(20, ttft_ms=60.0)
    assert report(probed(*slow, lag_ms=(14.0,))).verdict == "answers"
    assert report(probed(*slow, facts=replace(FACTS, way_ms=14.0))).verdict == "answers"
    assert report(probed(*slow, lag_ms=(3.0,), facts=replace(FACTS, way_ms=3.0))).verdict == "slower-than-planned"
    assert report(probed(*slow, lag_ms=(0.1,) * 8 + (90.0, 90.0))).verdict == "slower-than-planned"  # not by the median
    assert report(probed(*sequence(20, ttft_ms=180.0), lag_ms=(31.0,))).verdict != "misses-slo"


def test_with_others_on_the_server_only_the_plan_itself_is_held_against_it() -> None:
    busy = replace(FACTS, in_flight=5.0)
    assert report(probed(*sequence(20, ttft_ms=60.0), facts=busy)).verdict == "answers"
    assert report(probed(*sequence(20, ttft_ms=149.0), facts=busy)).why == (
        "TTFT p95 149 ms where 145 ms is the most that is planned; as far as 20 requests tell"
    )


def test_nothing_is_foreseen_of_a_lock_that_was_edited() -> None:
    whole = plan()
    edited = replace(whole, server=None)
    found = report(probed(*sequence(20, ttft_ms=60.0)), of=edited)
    assert [item.predicted_p50 for item in found.metrics] == [None] * 3
    assert found.verdict == "answers"


def test_times_are_of_a_simulator_s_clock() -> None:
    fast = replace(FACTS, speedup=10.0, simulates="gpt-oss-20b/fp4/h100/tp1")
    found = report(probed(*sequence(20, ttft_ms=3.3, itl_ms=0.38), facts=fast))
    assert [round(item.p50.value, 3) for item in found.metrics if item.p50] == [33.0, 3.8, 1002.0]
    assert (found.load.achieved_rps, found.server.speedup, found.server.simulator) == (0.998, 10.0, True)
    assert found.verdict == "answers"


def test_what_was_stopped_before_an_answer_and_what_nobody_answers() -> None:
    given_up = Answer(0, 0.0, 256, 0.0, 1.0, fault="given up")
    found = report(probed(given_up, stopped=True))
    assert (found.verdict, found.exit_code) == ("interrupted", 130)
    assert (found.load.requests, found.load.failed, found.load.given_up) == (1, 0, 1)
    none = report(probed(lost(), lost(1)))
    assert (none.verdict, none.exit_code) == ("does-not-answer", 2)
    assert none.why == "none of 2 requests was answered, after 2 of the warm-ups; HTTP 500: CUDA error"
    unasked = report(Probed(FACTS, (lost(),), None, None, stopped=False))
    assert unasked.why == "none of 1 requests was answered; HTTP 500: CUDA error"


def test_errors_are_counted_by_kind_the_most_frequent_first() -> None:
    timed_out = Answer(3, 0.0, 256, fault="time-out", said="no whole answer within 1 s")
    found = errors_of([lost(), timed_out, lost(1), answer()])
    assert [(error.kind, error.count, error.said) for error in found] == [
        ("HTTP 500", 2, "CUDA error"), ("time-out", 1, "no whole answer within 1 s")
    ]  # fmt: skip


def test_gaps_are_shared_out_over_the_tokens_of_a_part() -> None:
    gaps = gaps_of([answer(itl_ms=4.0, tokens=9, parts=5), answer(itl_ms=3.0, tokens=3, parts=3)], 1.0)
    assert gaps.ms.round(6).tolist() == [4.0, 4.0, 4.0, 4.0, 3.0, 3.0]
    assert gaps.weights.tolist() == [2.0, 2.0, 2.0, 2.0, 1.0, 1.0]
    assert gaps.requests.tolist() == [0, 0, 0, 0, 1, 1]


def test_an_answer_in_one_part_has_no_gaps() -> None:
    ttft, itl, e2e = latencies([answer(parts=1)], 1.0, (150.0, 30.0, 7000.0))
    assert itl is None
    assert ttft is not None
    assert e2e is not None
    assert (ttft.values, e2e.values) == (1, 1)


def test_the_requests_are_foreseen_as_they_were_sent() -> None:
    answers = [answer(0, due_s=5.0), replace_prompt(answer(1, due_s=6.0), 600), lost(2, due_s=7.0)]
    given_up = Answer(3, 8.0, 256, fault="given up")
    sent = sent_of([*answers, given_up], 5.0, replace(ONE_AT_A_TIME, rate_rps=1.0), 2.0)
    assert sent.due_ms.tolist() == [0.0, 2000.0, 4000.0]
    assert sent.prompt_tokens.tolist() == [512, 600, 512]
    assert sent.output_tokens.tolist() == [256, 256, 256]
    assert sent.in_flight == 0


def replace_prompt(found: Answer, tokens: int) -> Answer:
    found.prompt = tokens
    return found


@pytest.mark.parametrize(("replicas", "rps"), [(1, 13.3333), (2, 13.3333)])
def test_the_planned_load_is_that_of_the_replicas_that_carry_it(replicas: int, rps: float) -> None:
    """One of the two replicas is spare: it takes none of the load that the plan's numbers hold at."""
    assert plan(replicas).rps == rps


def test_replicas_take_turns() -> None:
    server = plan().server
    assert server is not None
    many = np.ones(200, dtype=np.int64)
    due = np.linspace(0.0, 9950.0, 200)
    one, two, four = (
        round(foreseen(server, Sent(due, 512 * many, 64 * many), replicas=count)["e2e_p95_ms"], 6)
        for count in (1, 2, 4)
    )
    half = foreseen(server, Sent(due[::2], 512 * many[::2], 64 * many[::2]), replicas=1)["e2e_p95_ms"]
    assert one > two == round(half, 6) > four
    assert foreseen(server, Sent(due, 512 * many, 64 * many, 1), replicas=4) == foreseen(
        server, Sent(due, 512 * many, 64 * many, 1), replicas=1
    )


def test_what_no_replica_holds_is_not_foreseen() -> None:
    server = plan().server
    assert server is not None
    one = np.ones(1, dtype=np.int64)
    assert foreseen(server, Sent(np.zeros(1), 90_000_000 * one, one), replicas=1) == {}
    assert foreseen(server, Sent(np.zeros(0), one[:0], one[:0]), replicas=1) == {}


def test_a_strange_answerer_is_told() -> None:
    odd = sequence(6)
    odd[3].model = "llama-2-7b"
    found = report(probed(*odd))
    assert (found.verdict, found.why) == ("another-model", f"it was asked for {MODEL}, and llama-2-7b answers")
