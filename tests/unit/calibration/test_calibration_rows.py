"""Which rows of a measured table are runs to fit to, and why the others are not."""

import pytest
from calibration_builders import packaged, row, run

from neuralnav.calibration.rows import GENERIC, architecture_kind, closed_runs, find_checkpoint
from neuralnav.calibration.trace import Loop
from neuralnav.errors import InputError
from neuralnav.serving.coefficients import coefficient
from neuralnav.serving.memory import memory_plan


def reason(**changes: object) -> str:
    read = closed_runs([row(**changes)], packaged())
    assert not read.runs
    ((why, count),) = read.unused.items()
    assert count == 1
    return why


def test_a_row_is_a_run_with_the_clients_protocol() -> None:
    found = run()
    assert (found.row, found.model, found.accelerator.id, found.tp) == (1, "qwen3-32b", "h100", 2)
    assert (found.ttft_ms, found.tpot_ms, found.engine_version) == (150.0, 20.0, "0.19.0")
    assert found.checkpoint.repo == "Qwen/Qwen3-32B"
    assert (found.group, found.kind) == ("qwen3-32b bf16 h100", "dense hopper")
    accelerator, serving = packaged().accelerators["h100"], packaged().serving
    plan = memory_plan(
        found.architecture,
        found.checkpoint,
        accelerator,
        tp=2,
        context_tokens=1280,
        memory_utilization=0.90,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", accelerator),
        max_num_seqs=256,
        max_num_batched_tokens=8192,
    )
    assert found.loop == Loop(
        concurrency=8,
        prompt_tokens=1024,
        output_tokens=256,
        requests=80,
        least_share=0.8,
        lag_steps=2,
        kv_capacity_tokens=plan.kv_capacity_tokens,
        max_num_batched_tokens=8192,
    )


def test_an_engine_that_plans_no_step_ahead_lets_a_request_wait_one_step_less() -> None:
    assert run(engine_version="0.12.0").loop.lag_steps == 1
    assert run(engine_version="").loop.lag_steps == 2


def test_more_in_flight_than_tokens_in_a_step_widen_the_step() -> None:
    assert run(concurrency=9000, input_tokens=10, output_tokens=2).loop.max_num_batched_tokens == 9000


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"quality_flag": "dp_label_unreliable"}, "flagged: dp_label_unreliable"),
        ({"quality_flag": "first_one;second"}, "flagged: first_one"),
        ({"mode": "disagg"}, "prefill and decode on servers of their own"),
        ({"concurrency": ""}, "no closed loop, or no tensor parallelism stated"),
        ({"tp": ""}, "no closed loop, or no tensor parallelism stated"),
        ({"gpu": "gb200"}, "accelerator gb200 is not in the catalog"),
        ({"model": "acme/unheard-of"}, "model acme/unheard-of in bf16 is not in the catalog"),
        ({"precision": "int3"}, "model Qwen/Qwen3-32B in int3 is not in the catalog"),
        ({"model": "meta-llama/Llama-3.1-70B", "tp": 1}, "does not fit in memory"),
        ({"ttft_mean_ms": ""}, "a count or latency is missing"),
    ],
)
def test_a_row_that_is_not_used_says_why(changes: dict[str, object], why: str) -> None:
    assert reason(**changes) == why


def test_cells_that_are_no_numbers_are_told_together_by_line_and_column() -> None:
    bad = [row(), row(itl_mean_ms="-3"), row(quality_flag="x", ttft_mean_ms="odd"), row(ttft_mean_ms="nan", tp="two")]
    with pytest.raises(InputError) as caught:
        closed_runs(bad, packaged(), table="runs.csv")
    found = [(item.where.file, item.where.line, item.message, item.hint) for item in caught.value.diagnostics]
    assert found == [
        ("runs.csv", 3, 'itl_mean_ms is "-3"', "it must be a number above 0"),
        ("runs.csv", 5, 'tp is "two"', "it must be a number above 0"),
        ("runs.csv", 5, 'ttft_mean_ms is "nan"', "it must be a number above 0"),
    ]


def test_many_such_cells_are_cut_short() -> None:
    with pytest.raises(InputError) as caught:
        closed_runs([row(itl_mean_ms="inf")] * 30, packaged(), table="runs.csv")
    assert len(caught.value.diagnostics) == 21
    assert caught.value.diagnostics[-1].message == "10 more cells are no number above 0"


def test_rows_that_are_not_used_are_counted_by_reason_and_keep_their_places() -> None:
    rows = [row(mode="disagg"), row(), row(gpu="x9"), row(mode="disagg"), row(concurrency=16)]
    read = closed_runs(rows, packaged())
    assert [one.row for one in read.runs] == [2, 5]
    assert list(read.unused.items()) == [
        ("accelerator x9 is not in the catalog", 1), ("prefill and decode on servers of their own", 2),
    ]  # fmt: skip
    assert closed_runs([], packaged()).runs == ()


@pytest.mark.parametrize(
    ("name", "precision", "model", "repo"),
    [
        ("Qwen/Qwen3-32B", "bf16", "qwen3-32b", "Qwen/Qwen3-32B"),
        ("qwen/QWEN3-32b", "bf16", "qwen3-32b", "Qwen/Qwen3-32B"),
        ("Qwen/Qwen3-32B-FP8", "bf16", "qwen3-32b", "Qwen/Qwen3-32B"),  # the precision says which of its checkpoints
        ("someone/Qwen3-32B-FP8", "fp8", "qwen3-32b", "Qwen/Qwen3-32B-FP8"),
        ("meta-llama/Meta-Llama-3.1-70B-Instruct", "bf16", "llama-3.1-70b", "meta-llama/Llama-3.1-70B-Instruct"),
        ("llama-3.1-70b", "bf16", "llama-3.1-70b", "meta-llama/Llama-3.1-70B-Instruct"),
        ("meta-llama/Llama-3.1-70B", "fp4", "llama-3.1-70b", "usual"),
        ("deepseek-ai/DeepSeek-R1-0528", "fp8", "deepseek-r1", "deepseek-ai/DeepSeek-R1"),
        ("amd/Llama-3.3-70B-Instruct-FP8-KV", "bf16", "llama-3.3-70b", "meta-llama/Llama-3.3-70B-Instruct"),
    ],
)
def test_a_repository_is_a_model_by_what_the_catalog_names_or_by_its_plain_name(
    name: str, precision: str, model: str, repo: str
) -> None:
    found = find_checkpoint(name, precision, packaged())
    assert found is not None
    assert (found[0].id, found[1].precision, found[1].repo) == (model, precision, repo)


def test_a_precision_that_the_catalog_lacks_is_taken_in_its_usual_format() -> None:
    found = find_checkpoint("meta-llama/Llama-3.1-70B", "fp4", packaged())
    assert found is not None
    assert found[1] == GENERIC["fp4"]
    assert [(c.quantized, c.bits_per_weight, c.compute) for c in GENERIC.values()] == [
        ("none", 16.0, "bf16"), ("linear", 8.0, "fp8"), ("linear", 4.5, "fp4"),
    ]  # fmt: skip
    assert find_checkpoint("meta-llama/Llama-3.1-70B", "int2", packaged()) is None
    assert find_checkpoint("acme/llama", "bf16", packaged()) is None


def test_kinds_of_architecture_are_told_apart() -> None:
    names = ("qwen3-32b", "gpt-oss-120b", "kimi-k2.5")
    assert [architecture_kind(packaged().models[name].architecture) for name in names] == ["dense", "moe", "mla"]
