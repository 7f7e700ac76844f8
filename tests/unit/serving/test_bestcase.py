from dataclasses import replace

import numpy as np
import pytest
from serving_builders import BF16, FP8, H100, LLAMA_8B_H100, LLAMA_70B, QWEN_30B_A3B, SERVING, cost

from neuralnav.model.tables import BENCHMARK_SCHEMA, conform
from neuralnav.serving.bestcase import best_cases
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import sweep

QUICK = SweepSettings(requests=300)
MOE = Configuration("qwen3-30b", QWEN_30B_A3B, FP8, H100, tp=1)
LARGE = Configuration("llama-70b", LLAMA_70B, FP8, H100, tp=4)
PIPELINE = replace(LLAMA_8B_H100, tp=8, pp=2)
METRICS = ("ttft", "itl", "e2e")


def test_rows_pass_the_door_and_say_that_they_are_predicted() -> None:
    table = best_cases((LLAMA_8B_H100, MOE), 512, 256, SERVING, QUICK)
    assert conform(table)[1] == ()
    assert set(table["source"].to_pylist()) == {"predicted"}
    assert set(table["requests"].to_pylist()) == {1}
    assert table.schema.equals(BENCHMARK_SCHEMA)


def test_configurations_come_in_their_order_and_rates_rise() -> None:
    table = best_cases((MOE, LLAMA_8B_H100), 512, 256, SERVING, QUICK)
    models = table["model"].to_pylist()
    assert models == sorted(models, key=["qwen3-30b", "llama-3.1-8b"].index)
    for name in set(models):
        rates = table.filter(np.array(models) == name)["offered_rps"].to_pylist()
        assert rates == sorted(set(rates))


@pytest.mark.parametrize("hits", [0.0, 0.5])
def test_the_first_row_is_a_request_on_its_own(hits: float) -> None:
    row = best_cases((LLAMA_8B_H100,), 512, 256, SERVING, replace(QUICK, prefix_hit_share=hits)).to_pylist()[0]
    alone = cost().unloaded_ms(512, 256, cached_tokens=int(512 * hits))
    assert [row[f"{metric}_p95_ms"] for metric in METRICS] == pytest.approx(alone, abs=0.051)


@pytest.mark.parametrize("shape", [(512, 256), (3000, 60), (200, 500), (12_000, 200)])
@pytest.mark.parametrize("configuration", [LLAMA_8B_H100, MOE, LARGE, PIPELINE], ids=lambda item: item.id)
@pytest.mark.parametrize("process", [("poisson", 1.0), ("compound", 3.0), ("uniform", 1.0)], ids=lambda item: item[0])
def test_no_sweep_beats_the_best_case(
    process: tuple[str, float], configuration: Configuration, shape: tuple[int, int]
) -> None:
    """At every rate of the sweep below saturation, and for every metric, the best case is at least as fast."""
    settings = SweepSettings(requests=600, arrival=process[0], burst_size=process[1])  # type: ignore[arg-type]
    best = best_cases((configuration,), *shape, SERVING, settings)
    rates = best["offered_rps"].to_numpy()
    carried = best["achieved_rps"].to_numpy().max()
    for row in sweep(configuration, *shape, SERVING, settings).to_pylist():
        assert row["achieved_rps"] <= carried
        for metric in METRICS:
            bound = np.interp(row["offered_rps"], rates, best[f"{metric}_p95_ms"].to_numpy())
            assert row["offered_rps"] > carried or bound <= row[f"{metric}_p95_ms"] * 1.05 + 0.1, (row, metric)


def test_who_comes_in_a_burst_waits_for_those_before() -> None:
    alone = best_cases((LLAMA_8B_H100,), 512, 256, SERVING, QUICK).to_pylist()[0]
    bursts = replace(QUICK, arrival="compound", burst_size=3.0)
    together = best_cases((LLAMA_8B_H100,), 512, 256, SERVING, bursts).to_pylist()[0]
    assert together["ttft_p95_ms"] > 2 * alone["ttft_p95_ms"]
    assert together["e2e_p95_ms"] - alone["e2e_p95_ms"] == pytest.approx(
        together["ttft_p95_ms"] - alone["ttft_p95_ms"], abs=0.11
    )
    single = replace(QUICK, arrival="compound", burst_size=1.0)
    assert best_cases((LLAMA_8B_H100,), 512, 256, SERVING, single).to_pylist()[0]["ttft_p95_ms"] == alone["ttft_p95_ms"]


def test_the_last_row_is_an_overload() -> None:
    *_, carried, over = best_cases((LLAMA_8B_H100,), 512, 256, SERVING, QUICK).to_pylist()
    assert over["achieved_rps"] == carried["offered_rps"] == carried["achieved_rps"]
    assert over["offered_rps"] == pytest.approx(1.25 * carried["offered_rps"], rel=1e-3)


def test_what_does_not_fit_has_no_best_case() -> None:
    big = Configuration("llama-70b", LLAMA_70B, BF16, H100, tp=1)
    assert best_cases((big,), 512, 256, SERVING, QUICK).num_rows == 0
    assert best_cases((big, LLAMA_8B_H100), 512, 256, SERVING, QUICK)["tp"].to_pylist().count(1) > 3
    assert best_cases((), 512, 256, SERVING, QUICK).num_rows == 0
