"""The client of a measured run, repeated: what it sends, and what it reports."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from serving_builders import LLAMA_8B_H100, LLAMA_70B, SERVING, serving

from neuralnav.serving.clients import (
    EVEN,
    MOST_REQUESTS,
    ClosedLoop,
    OpenLoop,
    Reported,
    arrivals_ms,
    predict,
    report,
)
from neuralnav.serving.engine import Run
from neuralnav.serving.settings import SweepSettings


def asked(client: ClosedLoop | OpenLoop, prompt: int = 512, output: int = 128, **settings: object) -> Reported:
    found = predict(LLAMA_8B_H100, prompt, output, client, SERVING, SweepSettings(**settings))  # type: ignore[arg-type]  # a setting's value
    assert found is not None
    return found


def test_a_client_reports_every_statistic_of_every_metric() -> None:
    found = asked(ClosedLoop(4, 40))
    assert sorted(found.ms) == sorted(
        f"{metric}_{statistic}_ms"
        for metric in ("ttft", "itl", "tpot", "e2e")
        for statistic in ("mean", "p50", "p90", "p95", "p99")
    )
    assert found.mean_gaps == 127.0


def test_tpot_is_a_mean_per_request_and_itl_runs_over_all_gaps() -> None:
    arrival, ttft = np.zeros(2), np.array([10.0, 20.0])
    finish = np.array([110.0, 40.0])
    run = Run(arrival, ttft, finish, finish, np.array([10.0, 20.0]), np.array([10, 1]), (0, 2))
    found = report(run, np.array([11, 2]))
    assert found.ms["tpot_mean_ms"] == 15.0  # (100 / 10 + 20 / 1) / 2
    assert found.ms["itl_mean_ms"] == pytest.approx(120 / 11)
    assert found.ms["e2e_mean_ms"] == 75.0
    assert found.in_flight == pytest.approx(150 / 110)


def test_e2e_is_ttft_and_the_gaps() -> None:
    found = asked(ClosedLoop(8, 80))
    gaps_ms = found.mean_gaps * found.ms["tpot_mean_ms"]
    assert found.ms["e2e_mean_ms"] == pytest.approx(found.ms["ttft_mean_ms"] + gaps_ms)


def test_one_client_alone_sees_the_idle_server() -> None:
    found = asked(ClosedLoop(1, 10))
    assert found.ms["ttft_mean_ms"] == pytest.approx(found.ms["ttft_p99_ms"])
    assert found.in_flight == pytest.approx(1.0)


def test_the_burst_of_a_closed_loop_is_in_its_mean_ttft_and_fades_in_a_longer_run() -> None:
    means = [asked(ClosedLoop(64, 64 * turns)).ms["ttft_mean_ms"] for turns in (1, 4, 10, 40)]
    assert all(one > two for one, two in pairwise(means))


def test_shorter_requests_are_faster_and_have_fewer_gaps() -> None:
    whole, spread = asked(ClosedLoop(16, 160)), asked(ClosedLoop(16, 160, least_share=0.8))
    assert spread.mean_gaps == pytest.approx(0.9 * 128 - 1, abs=2.0)
    assert spread.ms["ttft_mean_ms"] < whole.ms["ttft_mean_ms"]
    assert spread.ms["ttft_p99_ms"] > spread.ms["ttft_p50_ms"]


def test_the_same_client_reports_the_same_twice() -> None:
    for client in (ClosedLoop(8, 80, 0.8), OpenLoop(5.0, 200), OpenLoop(5.0, 200, burstiness=0.5, least_share=0.5)):
        assert asked(client) == asked(client)


@pytest.mark.parametrize("burstiness", [0.5, 1.0, 3.0, 50.0, 1e6, EVEN])
def test_gaps_have_the_mean_of_the_rate_and_the_spread_of_the_burstiness(burstiness: float) -> None:
    arrivals = arrivals_ms(OpenLoop(4.0, 4000, burstiness), seed=1)
    gaps = np.diff(arrivals, prepend=0.0)
    assert (gaps >= 0).all()
    assert float(gaps.mean()) == pytest.approx(250.0)
    assert float(gaps.std() / gaps.mean()) == pytest.approx(1 / math.sqrt(burstiness), abs=0.06)


def test_burstier_arrivals_wait_longer() -> None:
    tails = [asked(OpenLoop(20.0, 1000, shape)).ms["ttft_p95_ms"] for shape in (0.25, 1.0, EVEN)]
    assert tails == sorted(tails, reverse=True)


def test_the_load_of_an_open_loop_is_what_is_in_flight() -> None:
    found = asked(OpenLoop(5.0, 2000))
    assert found.in_flight == pytest.approx(5.0 * found.ms["e2e_mean_ms"] / 1000, rel=0.02)


def test_cached_prompts_are_answered_sooner() -> None:
    client = OpenLoop(2.0, 100)
    plain, cached = asked(client, 2048), asked(client, 2048, prefix_hit_share=0.9)
    assert cached.ms["ttft_mean_ms"] < 0.6 * plain.ms["ttft_mean_ms"]


def test_a_single_token_has_no_gap() -> None:
    found = asked(ClosedLoop(2, 20), output=1)
    assert found.mean_gaps == 0.0
    assert {name.split("_")[0] for name in found.ms} == {"ttft", "e2e"}
    assert found.ms["e2e_mean_ms"] == found.ms["ttft_mean_ms"]


def test_what_does_not_fit_is_not_predicted() -> None:
    assert predict(replace(LLAMA_8B_H100, architecture=LLAMA_70B), 512, 128, ClosedLoop(1, 1), SERVING) is None


def test_a_pipeline_shares_the_load_over_its_lanes() -> None:
    staged = replace(LLAMA_8B_H100, pp=2)
    found = predict(staged, 512, 128, ClosedLoop(8, 80), serving())
    lane = predict(staged, 512, 128, ClosedLoop(7, 80), serving())
    assert found is not None
    assert found == lane  # 8 and 7 in flight are 4 in each of two lanes
    assert found.in_flight == pytest.approx(8.0, rel=0.1)


def test_a_very_long_run_is_cut() -> None:
    client = ClosedLoop(1, 10 * MOST_REQUESTS)
    assert asked(client, 8, 2) == asked(replace(client, requests=MOST_REQUESTS), 8, 2)
