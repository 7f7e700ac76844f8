from dataclasses import replace

import pytest
from probe_builders import FACTS, MODEL, ONE_AT_A_TIME, answer, lost, plan, probed, sequence

from neuralnav.cluster.openai import Endpoint
from neuralnav.cluster.probe_notes import notes_of
from neuralnav.cluster.probing import Load, Probed, Wanted
from neuralnav.cluster.served_facts import Facts, ServedModel

HERE = Endpoint("http://127.0.0.1:8000")
LESS = "the plan's p95 hold at 13.3 req/s over 1 replica, and this was 0.998: at less load they are an upper reference"


def notes(found: Probed, load: Load = ONE_AT_A_TIME, endpoint: Endpoint = HERE) -> list[str]:
    return list(notes_of(plan(), endpoint, Wanted(MODEL, load), found))


def test_a_usual_probe_says_only_at_what_load_the_plan_holds() -> None:
    assert notes(probed(*sequence(20))) == [LESS]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"simulates": "a/b/c/tp1"}, "a simulator answered: no figure here is of a GPU"),
        ({"version": "0.11.0"}, "the engine is of version 0.11.0, and the plan is of 0.19.0"),
        (
            {"models": (ServedModel(MODEL, "", 4096),)},
            "the longest sequence is 4,096 tokens, and 1,536 are planned",
        ),
        ({"in_flight": 3.0}, "3 requests of others were in flight at the beginning: nothing is foreseen of them"),
        ({"way_ms": 20.0}, "the way to the server and back takes 20.0 ms, which TTFT and E2E hold"),
    ],
)
def test_what_a_server_says_of_itself(facts: dict[str, object], said: str) -> None:
    assert said in notes(probed(*sequence(20), facts=changed(facts)))


def changed(facts: dict[str, object]) -> Facts:
    return replace(FACTS, **facts)  # type: ignore[arg-type]  # fields of Facts, by name


def test_a_key_in_the_clear() -> None:
    said = "the key went over the network in the clear: the address is plain http"
    assert said in notes(probed(*sequence(20)), endpoint=Endpoint("http://model.example", "key"))
    for base, key in (("http://127.0.0.1:1", "key"), ("https://model.example", "key"), ("http://model.example", "")):
        assert said not in notes(probed(*sequence(20)), endpoint=Endpoint(base, key))


def test_what_failed_on_the_way_through_the_api_server_may_be_the_way() -> None:
    through, some = Endpoint("http://127.0.0.1:8000", through="here"), probed(*sequence(20), lost(20))
    said = "1 request failed on the way through the API server or behind it"
    assert any(note.startswith(said) for note in notes(some, endpoint=through))
    assert not any(said in note for note in (*notes(some), *notes(probed(*sequence(20)), endpoint=through)))


def test_loads_that_are_not_the_planned_one() -> None:
    over = notes(probed(*sequence(20)), replace(ONE_AT_A_TIME, rate_rps=20.0))
    assert "the plan's p95 hold at 13.3 req/s over 1 replica, and this was 20: no SLO is promised there" in over
    burst = notes(probed(*sequence(20)), replace(ONE_AT_A_TIME, in_flight=8))
    held = "the plan's p95 hold at 13.3 req/s over 1 replica, as requests come by themselves"
    assert burst == [f"{held}; 8 at once are a burst, which queues"]
    assert notes(probed(*sequence(20)), replace(ONE_AT_A_TIME, rate_rps=13.0)) == []


def test_a_probe_that_ended_early() -> None:
    assert notes(probed(*sequence(12)))[-1] == "sending ended after 45 s, with 12 of 20 requests"
    assert notes(probed(*sequence(12), stopped=True))[-1] == "stopped: what 12 requests tell until then"


def test_other_lengths_than_planned() -> None:
    short = [answer(at, tokens=64, parts=64) for at in range(6)]
    for found in short:
        found.prompt = 300
    assert notes(probed(*short), replace(ONE_AT_A_TIME, requests=6))[1:] == [
        "prompts had 300 tokens in the mean, and 512 are planned",
        "answers had 64 tokens in the mean, and 256 are planned",
    ]


def test_an_answer_in_one_part_tells_nothing_of_itl() -> None:
    found = notes(probed(*(answer(at, parts=1) for at in range(20))), ONE_AT_A_TIME)
    assert "each answer came in one part: nothing is told of ITL" in found


def test_a_busy_machine() -> None:
    said = "this machine was busy and looked at what came 12.0 ms late (p99): nothing within that is held against it"
    assert said in notes(probed(*sequence(20), lag_ms=(12.0,)))
    assert said not in notes(probed(*sequence(20), lag_ms=(4.0,)))
