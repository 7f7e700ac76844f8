"""Which outcomes can be repeated, as what, and how much they are doubted."""

import math
from dataclasses import replace
from typing import Any

import pytest
from outcome_rows import OUTCOME, SERVED
from serving_builders import LLAMA_8B_H100, SERVING

from neuralnav.model.outcome import Bounded, Lengths, Outcome
from neuralnav.model.tables import METRICS
from neuralnav.serving import runs
from neuralnav.serving.clients import OpenLoop, Reported, predict
from neuralnav.serving.local import Residual
from neuralnav.serving.outcomes import OUTCOME_REASONS, OVERLAPPED, name_of_outcome, outcome_id, repeatable, run_of
from neuralnav.serving.runs import MeasuredRun, Window, is_deployed, residual_of


def steady(mean: float) -> Lengths:
    return Lengths(mean, Bounded(mean, mean / 2, mean * 2), Bounded(mean, mean / 2, mean * 2))


CALM = replace(
    OUTCOME, peak_rps=1.0, prompt_tokens=steady(512.0), output_tokens=steady(256.0), e2e=OUTCOME.ttft,
    replicas_least=2.0, replicas_most=2.0,
)  # fmt: skip
"""An hour of steady load on two replicas."""


def run(outcome: Outcome = CALM) -> MeasuredRun:
    found = run_of(outcome, SERVING)
    assert isinstance(found, MeasuredRun)
    return found


def test_an_outcome_is_an_open_loop_at_the_rate_of_a_replica_that_reports_means() -> None:
    found = run(OUTCOME)
    assert found.id == outcome_id(OUTCOME) == "qwen3-8b/bf16/h100/tp1"
    assert (found.prompt_tokens, found.output_tokens) == (512, 256)
    assert found.client == OpenLoop(0.5, 1000)
    assert found.ms == {"ttft_mean_ms": 61.5, "itl_mean_ms": 11.2}
    assert is_deployed(found)
    assert found.name == (
        "qwen3-8b/bf16/h100/tp1 llm-prod/chat 2026-11-26T07:00:00Z: 512 -> 256, 1 req/s on 2 replicas"
    )
    peak = (math.log(1.6) - 2 / math.sqrt(300)) / 2
    assert found.window == Window(512, 256, peak, 1 / 3600)


def test_lengths_that_spread_do_so_in_the_client_with_the_same_mean() -> None:
    spread = Lengths(500.0, Bounded(500.0, 400.0, 600.0), Bounded(900.0, 800.0, 1000.0))  # uniform on 1/17 to 1
    found = run(replace(CALM, prompt_tokens=spread, output_tokens=spread))
    assert isinstance(found.client, OpenLoop)
    assert found.client.least_share == pytest.approx(0.1 / 1.7)
    assert found.prompt_tokens == round(1000 / (1 + 0.1 / 1.7)) == 944
    assert found.window is not None
    assert (found.window.prompt_tokens, found.window.output_tokens) == (500, 500)


def test_lengths_more_unequal_than_uniform_ones_can_be_are_as_unequal_as_these() -> None:
    heavy = Lengths(100.0, Bounded(40.0, 20.0, 50.0), Bounded(450.0, 200.0, 500.0))
    found = run(replace(CALM, prompt_tokens=heavy, output_tokens=heavy))
    assert isinstance(found.client, OpenLoop)
    assert (found.client.least_share, found.prompt_tokens) == (0.0, 200)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"served": replace(SERVED, engine="neuralnav-sim")}, "a simulator's outcome, which is the model's own word"),
        ({"served": replace(SERVED, engine="sglang")}, "another engine"),
        ({"served": replace(SERVED, engine_version="0.20.0")}, "another release of the engine"),
        ({"served": replace(SERVED, engine_version="unknown")}, "another release of the engine"),
        ({"served": replace(SERVED, kv_dtype="fp4")}, "a client that is not repeated"),
        ({"requests": 99.0}, "fewer than 100 requests in its window"),
        ({"seconds": 0.0}, "fewer than 100 requests in its window"),
        ({"covered": 0.79}, "scraped for less than 80% of its window"),
        ({"replicas_least": 1.0, "replicas_most": 3.0}, "replicas changed by more than a factor 2 in its window"),
        ({"replicas_least": 0.0}, "replicas changed by more than a factor 2 in its window"),
        ({"failed": 361.0}, "more than 10% of its requests failed or were aborted"),
        ({"preemptions": 361.0}, "more than 10% of its requests were preempted"),
        (
            {"in_flight_mean": 100.0, "waiting_mean": 50.1},
            "overloaded: its queue was on average longer than 50% of what ran",
        ),
        (
            {"in_flight_mean": None, "waiting_mean": 2.1},
            "overloaded: its queue was on average longer than 50% of what ran",
        ),
        ({"prefix_hit_share": 0.06}, "more than 5% of its prompt tokens came from the prefix cache"),
        ({"prompt_tokens": None}, "no lengths of prompts and answers"),
        ({"output_tokens": steady(0.5)}, "no lengths of prompts and answers"),
        ({"ttft": None, "itl": None, "e2e": None}, "no latency that the model predicts"),
    ],
)
def test_what_says_nothing_of_the_engine_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    assert run_of(replace(CALM, **changes), SERVING) == reason
    assert reason in OUTCOME_REASONS


@pytest.mark.parametrize(
    "changes",
    [
        {"requests": 100.0, "mean_rps": 100 / 3600, "peak_rps": 0.03, "failed": 0.0}, {"covered": 0.8},
        {"replicas_least": 1.5, "replicas_most": 3.0}, {"failed": 360.0}, {"preemptions": 360.0},
        {"in_flight_mean": 100.0, "waiting_mean": 50.0}, {"in_flight_mean": 0.4, "waiting_mean": 2.0},
        {"in_flight_mean": None, "waiting_mean": None}, {"prefix_hit_share": 0.05}, {"prefix_hit_share": None},
        {"served": replace(SERVED, engine_version="0.19.2+cu129", prefix_caching=False)},
    ],
)  # fmt: skip
def test_what_just_keeps_to_the_conditions_counts(changes: dict[str, Any]) -> None:
    run(replace(CALM, **changes))


def test_settings_other_than_those_deployed_are_seen() -> None:
    assert not is_deployed(run(replace(CALM, served=replace(SERVED, max_num_seqs=64))))


def test_an_outcome_without_lengths_still_has_a_name() -> None:
    assert name_of_outcome(replace(CALM, prompt_tokens=None)).endswith("unknown lengths, 1 req/s on 2 replicas")
    assert name_of_outcome(replace(CALM, replicas_mean=1.0)).endswith("req/s on 1 replica")


def residual(outcome: Outcome) -> Residual:
    found = residual_of(run(outcome), LLAMA_8B_H100, SERVING)
    assert isinstance(found, Residual)
    return found


def test_what_the_model_predicts_is_found_to_be_predicted_and_hardly_doubted() -> None:
    client = run().client
    truth = predict(LLAMA_8B_H100, 512, 256, client, SERVING)
    assert truth is not None
    assert CALM.ttft is not None
    means: dict[str, Any] = {name: replace(CALM.ttft, mean_ms=truth.ms[f"{name}_mean_ms"]) for name in METRICS}
    found = residual(replace(CALM, **means))
    assert dict(found.logs) == dict.fromkeys(METRICS, pytest.approx(0.0, abs=5e-3))
    assert dict(found.doubts) == dict.fromkeys(METRICS, round(1 / 3600, 6))
    assert found.observed
    assert not found.place.is_tail
    assert (found.place.prompt_tokens, found.place.output_tokens) == (512, 256)
    assert found.place.in_flight == round(truth.in_flight, 1)


def test_the_load_at_which_the_model_is_as_busy_is_found_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    paces: list[float] = []

    def counting(configuration: Any, prompts: int, answers: int, client: Any, *more: Any) -> Reported | None:
        paces.append(math.log(client.rate_rps / 8.0))
        return predict(configuration, prompts, answers, client, *more)

    monkeypatch.setattr(runs, "predict", counting)
    one = LLAMA_8B_H100
    steps = []
    for factor in (0.5, 1.0, 1.4, 3.0):
        expected = predict(one, 512, 256, OpenLoop(8.0), SERVING)
        assert expected is not None
        means = {name: value * factor for name, value in expected.ms.items() if name.endswith("_mean_ms")}
        paces.clear()
        found = residual_of(replace(run(), client=OpenLoop(8.0), ms=means, window=None), one, SERVING)
        assert isinstance(found, Residual)
        assert abs(found.logs["e2e"] - paces[-1]) < 0.0007
        steps.append(len(paces))
    assert steps[1] == 1
    assert max(steps) <= 8


def test_a_load_that_strayed_is_doubted_by_what_it_does_to_the_latencies() -> None:
    busy = replace(CALM, requests=40_000.0, mean_rps=11.1111, peak_rps=11.1111)
    calm, stray = residual(busy), residual(replace(busy, peak_rps=22.2222))
    wide = residual(replace(busy, replicas_least=1.5, replicas_most=3.0))
    assert calm.logs == stray.logs == wide.logs
    assert all(stray.doubts[metric] > calm.doubts[metric] for metric in METRICS)
    assert all(wide.doubts[metric] > calm.doubts[metric] for metric in METRICS)
    assert calm.doubts["ttft"] == round(1 / 40_000, 6)


def test_lengths_that_spread_are_placed_at_their_mean() -> None:
    spread = Lengths(500.0, Bounded(500.0, 400.0, 600.0), Bounded(900.0, 800.0, 1000.0))
    place = residual(replace(CALM, prompt_tokens=spread, output_tokens=spread)).place
    assert (place.prompt_tokens, place.output_tokens) == (500, 500)


def hour(start: int, end: int, **changes: Any) -> Outcome:
    return replace(CALM, start=f"2026-11-26T{start:02}:00:00Z", end=f"2026-11-26T{end:02}:00:00Z", **changes)


def test_hours_that_several_windows_hold_count_once() -> None:
    windows = [hour(0, 4), hour(2, 6), hour(5, 9), hour(6, 10), hour(12, 13)]
    found = repeatable(windows, SERVING)
    assert [item == OVERLAPPED for item in found] == [False, False, True, False, False]
    assert repeatable(windows[::-1], SERVING) == found[::-1]


def test_windows_of_others_and_windows_that_say_nothing_hide_none() -> None:
    windows = [hour(0, 4), hour(0, 4, workload="other"), hour(0, 4, namespace="llm-dev"), hour(1, 5, covered=0.1)]
    found = repeatable(windows, SERVING)
    assert [isinstance(item, MeasuredRun) for item in found] == [True, True, True, False]
