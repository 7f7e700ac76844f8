"""Which measured rows can be repeated, as what, and how they are compared."""

import math
from typing import Any

import pytest
from serving_builders import SERVING

from neuralnav.serving.clients import EVEN, ClosedLoop, OpenLoop, Reported
from neuralnav.serving.local import Place, Residual
from neuralnav.serving.runs import (
    ENGINE,
    MOST_RUNS,
    NO_LATENCY,
    NOT_REPEATED,
    VERSION,
    MeasuredRun,
    crowded,
    is_deployed,
    read_run,
    residual,
)
from neuralnav.serving.settings import DEFAULT_SETTINGS

ROW: dict[str, Any] = {
    "model": "m", "precision": "fp8", "accelerator": "h100", "tp": 2, "pp": 1, "engine": "vllm",
    "engine_version": "0.19.0", "kv_dtype": None, "max_num_seqs": None, "max_num_batched_tokens": None,
    "memory_utilization": None, "prefix_hit_share": 0.0, "prompt_tokens": 1000, "output_tokens": 500,
    "arrival": "closed", "burst_size": 1.0, "offered_rps": None, "concurrency": 32, "requests": None,
    "ttft_mean_ms": 100.0, "itl_mean_ms": None, "evidence_id": "run-1",
    **{f"{m}_{s}_ms": None for m in ("ttft", "itl", "e2e") for s in ("p50", "p90", "p95", "p99")},
    "e2e_mean_ms": None,
}  # fmt: skip
OPEN: dict[str, Any] = {"arrival": "poisson", "offered_rps": 2.5, "concurrency": None}
CLIENT = ClosedLoop(32, 320)


def read(**changes: Any) -> MeasuredRun:
    found = read_run({**ROW, **changes}, SERVING)
    assert isinstance(found, MeasuredRun)
    return found


def test_a_closed_loop_sends_ten_prompts_for_each_in_flight_unless_it_says() -> None:
    assert read().client == ClosedLoop(32, 320)
    assert read(requests=64).client == ClosedLoop(32, 64)
    found = read_run(ROW, SERVING, requests=99, least_share=0.8)
    assert isinstance(found, MeasuredRun)
    assert found.client == ClosedLoop(32, 99, 0.8)


def test_an_open_loop_is_read_by_its_arrivals() -> None:
    assert read(**OPEN).client == OpenLoop(2.5, 1000)
    assert read(**OPEN, requests=50).client == OpenLoop(2.5, 50)
    assert read(**{**OPEN, "arrival": "constant"}).client == OpenLoop(2.5, 1000, EVEN)
    for arrival, burstiness in (("gamma:2", 2.0), ("gamma:0.25", 0.25), ("gamma:1e+06", 1e6), ("gamma:0.05", 0.05)):
        assert read(**{**OPEN, "arrival": arrival}).client == OpenLoop(2.5, 1000, burstiness)


def test_a_run_is_named_by_its_candidate_evidence_shape_and_load() -> None:
    assert read().name == "m/fp8/h100/tp2 run-1: 1000 -> 500, 32 in flight"
    assert read(**OPEN).name == "m/fp8/h100/tp2 run-1: 1000 -> 500, 2.5 req/s"
    assert read(pp=2).id == "m/fp8/h100/tp2/pp2"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"engine": "sglang"}, ENGINE),
        ({"engine_version": "0.18.0"}, VERSION),
        ({"engine_version": "unknown"}, VERSION),
        ({**OPEN, "arrival": "gamma"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:x"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:0"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:0.049"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:nan"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:inf"}, NOT_REPEATED),
        ({**OPEN, "arrival": "gamma:2", "concurrency": 4}, NOT_REPEATED),
        ({**OPEN, "arrival": "poisson-capped", "concurrency": 4}, NOT_REPEATED),
        ({**OPEN, "arrival": "unstated"}, NOT_REPEATED),
        ({**OPEN, "burst_size": 2.0}, NOT_REPEATED),
        ({**OPEN, "concurrency": 4}, NOT_REPEATED),
        ({"kv_dtype": "int4"}, NOT_REPEATED),
        ({"prefix_hit_share": 0.5}, NOT_REPEATED),
        ({"ttft_mean_ms": None}, NO_LATENCY),
    ],
)
def test_a_row_that_cannot_be_repeated_says_why(changes: dict[str, Any], reason: str) -> None:
    assert read_run({**ROW, **changes}, SERVING) == reason


@pytest.mark.parametrize("version", ["0.19.1", "0.19.0+cu130", "0.19.0.dev108"])
def test_builds_of_one_release_are_alike(version: str) -> None:
    assert read(engine_version=version).ms == {"ttft_mean_ms": 100.0}


def test_settings_that_are_left_open_are_those_deployed() -> None:
    assert read().settings == DEFAULT_SETTINGS
    assert is_deployed(read())
    assert is_deployed(read(memory_utilization=0.9, max_num_seqs=256))
    for changes in ({"memory_utilization": 0.95}, {"max_num_seqs": 64}, {"kv_dtype": "fp8"}):
        assert not is_deployed(read(**changes))


PREDICTED = Reported(
    {"ttft_mean_ms": 50.0, "ttft_p95_ms": 80.0, "itl_mean_ms": 10.0, "tpot_mean_ms": 12.0, "tpot_p95_ms": 13.0,
     "e2e_mean_ms": 6000.0},
    mean_gaps=499.0, in_flight=31.96,
)  # fmt: skip


def compared(**ms: float) -> dict[str, float]:
    found = residual(MeasuredRun("m", "run", 1000, 500, DEFAULT_SETTINGS, CLIENT, ms), PREDICTED)
    assert isinstance(found, Residual)
    assert found.place == Place(1000, 500, 32.0)
    return dict(found.logs)


def test_the_p95_is_compared_where_there_is_one_and_else_the_mean() -> None:
    assert compared(ttft_p95_ms=160.0, ttft_mean_ms=50.0) == {"ttft": pytest.approx(math.log(2), abs=1e-6)}
    assert compared(ttft_mean_ms=25.0) == {"ttft": pytest.approx(-math.log(2), abs=1e-6)}


def test_tpot_is_compared_with_tpot_and_never_with_itl() -> None:
    assert compared(tpot_mean_ms=12.0)["itl"] == 0.0
    assert compared(itl_mean_ms=10.0, tpot_mean_ms=99.0)["itl"] == 0.0


def test_e2e_that_is_not_reported_is_ttft_and_the_gaps() -> None:
    logs = compared(ttft_mean_ms=100.0, tpot_mean_ms=24.0)
    assert logs["e2e"] == pytest.approx(math.log(2), abs=1e-6)
    assert compared(ttft_mean_ms=100.0, itl_mean_ms=20.0)["e2e"] == pytest.approx(math.log(2), abs=1e-6)
    assert compared(e2e_mean_ms=3000.0, ttft_mean_ms=100.0, tpot_mean_ms=24.0)["e2e"] == pytest.approx(-math.log(2))
    assert "e2e" not in compared(tpot_mean_ms=24.0)


def test_only_a_p95_under_poisson_arrivals_is_a_tail() -> None:
    p95 = {"ttft_p95_ms": 80.0, "tpot_p95_ms": 13.0}
    for client, ms, tail in (
        (OpenLoop(2.0), p95, True), (OpenLoop(2.0, burstiness=EVEN), p95, False), (CLIENT, p95, False),
        (OpenLoop(2.0), {**p95, "e2e_mean_ms": 6000.0}, False), (OpenLoop(2.0), {"ttft_mean_ms": 50.0}, False),
    ):  # fmt: skip
        found = residual(MeasuredRun("m", "run", 1000, 500, DEFAULT_SETTINGS, client, ms), PREDICTED)
        assert isinstance(found, Residual)
        assert found.place.is_tail is tail


def test_a_run_that_shares_no_statistic_with_the_model_says_nothing() -> None:
    one = MeasuredRun("m", "run", 1000, 500, DEFAULT_SETTINGS, CLIENT, {"ttft_p50_ms": 1.0})
    assert residual(one, PREDICTED) == NO_LATENCY


def test_of_very_many_runs_of_a_configuration_as_many_as_can_be_compared_stay_spread_over_loads() -> None:
    few = [read(tp=1, concurrency=load) for load in (1, 2)]
    many = [read(concurrency=load) for load in range(1, 2 * MOST_RUNS + 1)]
    runs = [*few, *reversed(many)]
    left = crowded(runs)
    kept = [run for position, run in enumerate(runs) if position not in left]
    assert kept[:2] == few
    loads = [run.client.concurrency for run in kept[2:] if isinstance(run.client, ClosedLoop)]
    assert loads == [*range(2 * MOST_RUNS - 1, 0, -2)]
    assert crowded(many[:MOST_RUNS]) == frozenset()


def test_runs_under_other_settings_do_not_crowd_each_other() -> None:
    runs = [read(concurrency=load, max_num_seqs=seqs) for load in range(1, MOST_RUNS + 1) for seqs in (64, 256)]
    assert crowded(runs) == frozenset()
