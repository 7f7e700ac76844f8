"""Systems of MLPerf, invented: how their rows are read, predicted, and asked for their capacity."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from calibration_builders import packaged

from neuralnav.calibration import open_loop
from neuralnav.calibration.open_loop import OpenRun, capacity_rps, open_runs, predict_open
from neuralnav.calibration.rows import Row
from neuralnav.errors import InputError
from neuralnav.serving.stepcost import Launching

SERVING = packaged().serving
STATISTICS = [f"{metric}_{name}_ms" for metric in ("ttft", "tpot", "e2e") for name in ("mean", "p50", "p95", "p99")]
USUAL: dict[str, str] = {
    "system": "invented", "submitter": "Acme", "scenario": "Server", "model": "llama3.1-70b",
    "accelerator": "NVIDIA H100-SXM-80GB", "accelerator_count": "8", "engine_version": "0.19.0",
    "weights_precision": "fp8", "kv_cache_dtype": "auto", "tp": "2", "replicas": "4", "max_num_seqs": "256",
    "max_num_batched_tokens": "4096", "engine_flags": "", "harness_notes": "", "scheduled_samples_per_s": "20",
    "mean_output_tokens": "290", "ttft_limit_ms": "2000", "tpot_limit_ms": "200", "inflight_per_replica": "40",
    **{name: str(100.0 + index) for index, name in enumerate(STATISTICS)},
}  # fmt: skip


def system(**changes: object) -> Row:
    return {**USUAL, **{name: str(value) for name, value in changes.items()}}


def read(**changes: object) -> OpenRun:
    runs, unused = open_runs([system(**changes)], packaged())
    assert not unused, unused
    return runs[0]


def test_a_row_is_a_run_of_one_replica() -> None:
    found = read()
    assert (found.row, found.system) == (1, "invented")
    assert found.name == "llama3.1-70b fp8 2x h100 Server (Acme)"
    assert (found.accelerator.id, found.tp, found.checkpoint.precision) == ("h100", 2, "fp8")
    assert (found.rate_rps, found.mean_output, found.limits_ms) == (5.0, 290.0, (2000.0, 200.0))
    assert (found.measured_ms["ttft_mean"], found.measured_ms["e2e_p99"]) == (100.0, 111.0)
    assert len(found.measured_ms) == 12
    assert not found.is_short
    assert found.engine.launching == Launching()


def test_parallelism_follows_from_replicas_where_it_is_not_stated() -> None:
    assert read(tp="", replicas=2).tp == 4
    assert read(tp="", replicas=2).rate_rps == 10.0


def test_llama_2_has_the_layers_of_llama_3() -> None:
    llama = packaged().models["llama-3.1-70b"].architecture
    assert read().architecture == llama
    assert read(model="llama2-70b").architecture == llama.model_copy(update={"vocab_size": 32000})
    assert read(model="llama3.1-8b", tp=1).is_short


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({}, (256, 4096, 0.9, "auto")),
        ({"max_num_seqs": "", "max_num_batched_tokens": ""}, (256, 8192, 0.9, "auto")),
        (
            {"accelerator": "NVIDIA L40S", "tp": 8, "replicas": 1, "max_num_batched_tokens": ""},
            (256, 2048, 0.9, "auto"),
        ),
        ({"max_num_seqs": 1024, "max_num_batched_tokens": 512}, (1024, 1024, 0.9, "auto")),
        ({"engine_flags": "a=1;gpu_memory_utilization=0.95;b=2"}, (256, 4096, 0.95, "auto")),
        ({"kv_cache_dtype": "fp8 (harness default)"}, (256, 4096, 0.9, "fp8")),
    ],
)
def test_the_engine_runs_as_stated_or_by_its_defaults(
    changes: dict[str, object], engine: tuple[int, int, float, str]
) -> None:
    found = read(**changes).engine
    said = (found.max_num_seqs, found.max_num_batched_tokens, found.memory_utilization, found.kv_dtype)
    assert said == engine


def test_an_early_release_waits_in_every_step() -> None:
    assert not read(engine_version="0.9.2").engine.launching.asynchronous


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"accelerator": "NVIDIA X9"}, "accelerator NVIDIA X9 is not in the catalog"),
        ({"model": "mixtral-8x7b-invented"}, "model mixtral-8x7b-invented is not in the catalog"),
        ({"tp": "", "replicas": ""}, "neither tensor parallelism nor replicas are stated"),
        ({"replicas": ""}, "neither tensor parallelism nor replicas are stated"),
        ({"tp": "", "replicas": 16}, "neither tensor parallelism nor replicas are stated"),
        ({"ttft_p99_ms": ""}, "a rate, a limit or a latency is missing"),
        ({"scheduled_samples_per_s": ""}, "a rate, a limit or a latency is missing"),
        ({"inflight_per_replica": ""}, "a rate, a limit or a latency is missing"),
    ],
)
def test_a_system_that_is_not_used_says_why(changes: dict[str, object], why: str) -> None:
    runs, unused = open_runs([system(**changes), system()], packaged())
    assert unused == {why: 1}
    assert [run.row for run in runs] == [2]


@pytest.mark.parametrize(
    ("changes", "is_stock"),
    [
        ({}, True),
        ({"engine_version": "0.9.0+rocm641"}, False),
        ({"harness_notes": "AMD vLLM fork, in process"}, False),
        ({"accelerator": "AMD Instinct MI300X 192GB HBM3", "weights_precision": "fp8"}, False),
    ],
)
def test_a_fork_of_the_scheduler_is_told_from_its_own(changes: dict[str, object], *, is_stock: bool) -> None:
    assert read(**changes).is_stock is is_stock


def test_cells_that_are_no_numbers_are_all_told_by_line() -> None:
    rows = [system(), system(tpot_p95_ms="fast", tp="two"), system(replicas=""), system(scheduled_samples_per_s="-1")]
    with pytest.raises(InputError) as caught:
        open_runs(rows, packaged(), table="open.csv")
    assert [(problem.where.file, problem.where.line, problem.message) for problem in caught.value.diagnostics] == [
        ("open.csv", 3, 'tpot_p95_ms is "fast"'), ("open.csv", 3, 'tp is "two"'),
        ("open.csv", 5, 'scheduled_samples_per_s is "-1"'),
    ]  # fmt: skip


def test_what_is_in_flight_tells_an_8_bit_cache() -> None:
    """Requests that were measured in flight and do not fit in 16 bits were in 8, and so in the system's other runs."""
    assert read(inflight_per_replica=100).engine.kv_dtype == "auto"
    crowded = system(inflight_per_replica=2000)
    runs, _ = open_runs([system(), crowded, system(system="other"), system(scenario="Interactive")], packaged())
    assert [run.engine.kv_dtype for run in runs] == ["fp8", "fp8", "auto", "fp8"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_loop, "REQUESTS", 400)


@pytest.mark.usefixtures("quick")
def test_a_prediction_has_every_statistic_and_rises_with_the_rate() -> None:
    run = read()
    calm, busy = (predict_open(run, SERVING, rate_rps=rate) for rate in (0.5, 12.0))
    assert sorted(calm) == sorted(run.measured_ms)
    for metric in ("ttft", "tpot", "e2e"):
        assert calm[f"{metric}_p50"] <= calm[f"{metric}_p95"] <= calm[f"{metric}_p99"]
        assert busy[f"{metric}_p95"] > calm[f"{metric}_p95"]
    assert predict_open(run, SERVING) == predict_open(run, SERVING, rate_rps=run.rate_rps)


@pytest.mark.usefixtures("quick")
def test_answers_have_the_mean_that_was_measured() -> None:
    """On a quiet server E2E is TTFT and the gaps of a mean answer."""
    for run in (read(), read(model="llama3.1-8b", tp=1, mean_output_tokens=128)):
        calm = predict_open(run, SERVING, rate_rps=0.05)
        gaps_ms = calm["tpot_p50"] * (run.mean_output - 1)
        assert calm["e2e_mean"] == pytest.approx(calm["ttft_mean"] + gaps_ms, rel=0.02)


@pytest.mark.usefixtures("quick")
def test_a_synchronous_engine_is_slower() -> None:
    ahead, waiting = (predict_open(read(engine_version=version), SERVING) for version in ("0.19.0", "0.9.2"))
    assert waiting["tpot_p50"] > ahead["tpot_p50"] + 2.0


@pytest.mark.usefixtures("quick")
def test_capacity_is_the_last_rate_that_meets_both_limits() -> None:
    """Bisected from below: a third more is too much."""
    run = read()
    calm = predict_open(run, SERVING, rate_rps=0.5)
    for limits in ((inf, calm["tpot_p99"] * 1.3), (calm["ttft_p99"] * 2.0, inf)):
        limited = replace(run, limits_ms=limits)
        found = capacity_rps(limited, SERVING)
        at, beyond = (predict_open(limited, SERVING, rate_rps=rate) for rate in (found, 1.3 * found))
        assert at["ttft_p99"] <= limits[0]
        assert at["tpot_p99"] <= limits[1]
        assert beyond["ttft_p99"] > limits[0] or beyond["tpot_p99"] > limits[1]


@pytest.mark.usefixtures("quick")
def test_capacity_ends_where_nothing_or_everything_is_met() -> None:
    run = read(scheduled_samples_per_s=4)
    assert capacity_rps(replace(run, limits_ms=(0.001, 0.001)), SERVING) == pytest.approx(0.0, abs=0.01 * run.rate_rps)
    assert capacity_rps(replace(run, limits_ms=(inf, inf)), SERVING) == pytest.approx(8.0, rel=0.01)


@pytest.mark.usefixtures("quick")
def test_a_tighter_limit_never_raises_capacity() -> None:
    run = read()
    found = [capacity_rps(replace(run, limits_ms=(ttft, 60.0)), SERVING) for ttft in (150.0, 400.0, 2000.0)]
    assert found == sorted(found)
    assert np.isfinite(found).all()
