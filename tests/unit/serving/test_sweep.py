import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from serving_builders import (
    BF16,
    DEEPSEEK_V3,
    FP8,
    H100,
    LLAMA_8B,
    LLAMA_8B_H100,
    LLAMA_70B,
    SERVING,
    SOURCED,
    accelerator,
    coefficient,
    cost,
    limits,
    serving,
)

from neuralnav.errors import InputError
from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Model
from neuralnav.model.tables import BENCHMARK_SCHEMA, conform
from neuralnav.serving.configurations import Configuration, configurations, plan_memory, possible
from neuralnav.serving.identity import evidence_id
from neuralnav.serving.observed import statistics
from neuralnav.serving.saturation import saturation_rps
from neuralnav.serving.settings import LOAD_FRACTIONS, SweepSettings
from neuralnav.serving.sweep import sweep

QUICK = SweepSettings(requests=300)


def model(name: str, architecture: Architecture) -> Model:
    facts = {
        "license": "mit", "parameters_b": 8.0, "context_tokens": 131072, "tool_use": False, "modalities": ("text",),
    }  # fmt: skip
    plain = {"id": name, "name": name, "family": "test", "publisher": "test", "checkpoints": (BF16, FP8)}
    sourced = {key: {"value": value, **SOURCED} for key, value in facts.items()}
    return Model.model_validate({**plain, **sourced, "architecture": architecture})


def catalog(*accelerators: Accelerator) -> Catalog:
    models = (model("llama-70b", LLAMA_70B), model("llama-8b", LLAMA_8B))
    return Catalog(
        models={m.id: m for m in models},
        accelerators={a.id: a for a in accelerators},
        use_cases={}, profiles={}, experiences={}, scores={}, quantisation={}, fallback=(), serving=SERVING,
    )  # fmt: skip


def test_configurations_are_what_fits_in_order_of_id() -> None:
    small = accelerator(id="a10", memory_gib=20.0, gpus_per_node=4, supports=("bf16",), inter_node_gb_s=None)
    every = catalog(H100, small)
    assert [c.id for c in configurations(every)] == [
        "llama-70b/bf16/h100/tp2",
        "llama-70b/bf16/h100/tp4",
        "llama-70b/bf16/h100/tp8",
        "llama-70b/fp8/h100/tp2",
        "llama-70b/fp8/h100/tp4",
        "llama-70b/fp8/h100/tp8",
        "llama-8b/bf16/a10/tp2",
        "llama-8b/bf16/a10/tp4",
        "llama-8b/bf16/h100/tp1",
        "llama-8b/bf16/h100/tp2",
        "llama-8b/bf16/h100/tp4",
        "llama-8b/fp8/h100/tp1",
        "llama-8b/fp8/h100/tp2",
    ]
    assert set(configurations(every)) < set(possible(every))
    assert len(possible(every)) == 2 * 2 * 4 + 2 * 3


def test_a_model_too_large_for_a_node_spans_as_few_as_hold_it() -> None:
    large = replace(catalog(H100), models={"deepseek-v3": model("deepseek-v3", DEEPSEEK_V3)})
    assert [c.id for c in configurations(large)] == [
        "deepseek-v3/bf16/h100/tp8/pp4",
        "deepseek-v3/fp8/h100/tp8/pp2",
    ]
    assert [c.id for c in possible(large) if c.pp > 1] == [
        "deepseek-v3/bf16/h100/tp8/pp2",
        "deepseek-v3/bf16/h100/tp8/pp4",
        "deepseek-v3/fp8/h100/tp8/pp2",
    ]
    roomy = replace(large, accelerators={"h200": accelerator(id="h200", memory_gib=140.0)})
    assert [c.id for c in configurations(roomy)] == ["deepseek-v3/bf16/h200/tp8/pp2", "deepseek-v3/fp8/h200/tp8"]
    for change in ({"inter_node_gb_s": None}, {"gpus_per_node": 6}):
        alone = replace(large, accelerators={"h100": accelerator(**change)})
        assert [c.id for c in possible(alone) if c.pp > 1] == []


def test_latent_attention_splits_by_attention_heads_alone() -> None:
    odd = DEEPSEEK_V3.model_copy(update={"attention_heads": 12, "kv_heads": 12})
    one = replace(catalog(H100), models={"odd": model("odd", odd)})
    assert {c.tp for c in possible(one) if c.pp == 1} == {1, 2, 4}


PIPELINE = replace(LLAMA_8B_H100, tp=8, pp=2)


def test_a_pipeline_is_as_many_lanes_as_it_has_stages() -> None:
    table = sweep(PIPELINE, 512, 256, SERVING, replace(QUICK, load_fractions=(0.0002, 0.5, 0.8, 1.25), most_points=0))
    assert conform(table)[1] == ()
    rows = table.to_pylist()
    assert {row["pp"] for row in rows} == {2}
    pass_ms = cost(tp=8, pp=2)
    ttft, itl, _ = pass_ms.unloaded_ms(512, 256)
    assert rows[0]["ttft_p50_ms"] == pytest.approx(ttft, abs=0.051)
    assert rows[0]["itl_p50_ms"] == pytest.approx(itl, abs=0.051)
    plan = plan_memory(PIPELINE, 768, SERVING, QUICK)
    lane = limits(plan.kv_capacity_tokens // 2, max_num_seqs=128, async_scheduling=True)
    assert rows[-1]["offered_rps"] == pytest.approx(1.25 * 2 * saturation_rps(pass_ms, lane, 512, 256), rel=1e-3)
    for row in rows[:-1]:
        assert row["achieved_rps"] == pytest.approx(row["offered_rps"], rel=0.15)


def test_a_pipeline_holds_more_and_its_interval_is_that_of_the_unmeasured() -> None:
    single = replace(PIPELINE, pp=1)
    wide, narrow = (plan_memory(c, 768, SERVING, QUICK) for c in (PIPELINE, single))
    assert 1.8 * narrow.kv_capacity_tokens < wide.kv_capacity_tokens < 2.2 * narrow.kv_capacity_tokens
    widths = [sweep(c, 512, 64, SERVING, QUICK)["ttft_interval"][0].as_py() for c in (PIPELINE, single)]
    assert widths == [0.6, 0.3]


def test_a_pipeline_that_holds_one_request_serves_one_at_a_time() -> None:
    large = Configuration("llama-70b", LLAMA_70B, BF16, accelerator(memory_gib=25.0, gpus_per_node=4), tp=4, pp=2)
    plan = plan_memory(large, 30_000, SERVING, QUICK)
    assert plan.fits
    assert plan.kv_capacity_tokens < 60_000
    rows = sweep(large, 29_000, 1000, SERVING, replace(QUICK, requests=20)).to_pylist()
    e2e = cost(LLAMA_70B, tp=4, pp=2).unloaded_ms(29_000, 1000)[2]
    assert rows[-1]["offered_rps"] <= 1.25 * 1e3 / e2e * 1.01


def test_statistics_are_those_of_a_plain_sort() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    for values in (random.exponential(10.0, 5000), np.full(50, 3.3), np.round(random.random(999), 2), np.array([4.2])):
        weights = random.integers(1, 40, len(values))
        every = np.sort(np.repeat(values, weights))
        found = dict(statistics("itl", values, weights))
        assert found["itl_mean_ms"] == pytest.approx(every.mean(), rel=1e-14)
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)):
            assert found[f"itl_{name}_ms"] == every[int(np.ceil(share * len(every))) - 1]


def test_rows_pass_the_door_and_say_what_they_are() -> None:
    table = sweep(LLAMA_8B_H100, 512, 256, SERVING, QUICK)
    assert table.schema.names == BENCHMARK_SCHEMA.names
    passed, faults = conform(table)
    assert faults == ()
    assert passed.equals(table.cast(passed.schema))
    rows = table.to_pylist()
    assert len(LOAD_FRACTIONS) < len(rows) <= QUICK.most_points
    assert rows == sorted(rows, key=lambda row: row["offered_rps"])
    first = rows[0]
    assert (first["model"], first["accelerator"], first["tp"], first["source"]) == (
        "llama-3.1-8b",
        "h100",
        1,
        "simulated",
    )
    assert (first["ttft_interval"], first["itl_interval"], first["e2e_interval"]) == (0.3, 0.4, 0.5)
    assert (first["date"], first["kv_dtype"], first["concurrency"]) == ("2026-11-22", "auto", None)
    assert len({row["evidence_id"] for row in rows}) == 1


def test_one_seed_gives_the_same_rows_and_another_does_not() -> None:
    assert sweep(LLAMA_8B_H100, 512, 64, SERVING, QUICK).equals(sweep(LLAMA_8B_H100, 512, 64, SERVING, QUICK))
    other = sweep(LLAMA_8B_H100, 512, 64, SERVING, replace(QUICK, seed=2))
    assert not sweep(LLAMA_8B_H100, 512, 64, SERVING, QUICK).equals(other)


def test_the_lightest_load_sees_an_unloaded_server() -> None:
    row = sweep(LLAMA_8B_H100, 512, 256, SERVING, replace(QUICK, load_fractions=(0.0002,), most_points=0)).to_pylist()[
        0
    ]
    ttft, itl, e2e = cost().unloaded_ms(512, 256)
    assert row["ttft_p50_ms"] == pytest.approx(ttft, abs=0.051)
    assert row["itl_mean_ms"] == pytest.approx(itl, abs=0.051)
    assert row["e2e_p50_ms"] == pytest.approx(e2e, abs=0.051)
    assert row["achieved_rps"] == pytest.approx(row["offered_rps"], rel=0.1)


def test_load_saturates_where_it_should() -> None:
    fractions = (0.3, 0.5, 0.7, 0.8, 0.9, 1.25)
    settings = SweepSettings(load_fractions=fractions, most_points=0)
    rows = sweep(LLAMA_8B_H100, 512, 256, SERVING, settings).to_pylist()
    by_fraction = dict(zip(fractions, rows, strict=True))
    for fraction in (0.3, 0.5, 0.7, 0.8, 0.9):
        row = by_fraction[fraction]
        assert row["achieved_rps"] == pytest.approx(row["offered_rps"], rel=0.05)
    assert by_fraction[1.25]["achieved_rps"] < by_fraction[1.25]["offered_rps"]
    assert by_fraction[1.25]["ttft_p95_ms"] > 3 * by_fraction[0.5]["ttft_p95_ms"]
    e2e = [row["e2e_mean_ms"] for row in rows]
    assert e2e == sorted(e2e)


def test_itl_tail_holds_the_steps_that_prefill() -> None:
    row = sweep(LLAMA_8B_H100, 4096, 64, SERVING, replace(QUICK, load_fractions=(0.7,), most_points=0)).to_pylist()[0]
    assert row["itl_p95_ms"] > 4 * row["itl_p50_ms"]
    assert row["itl_p50_ms"] < row["itl_mean_ms"]


def test_prefix_hits_save_prefill() -> None:
    hits = sweep(LLAMA_8B_H100, 4096, 64, SERVING, replace(QUICK, prefix_hit_share=0.75)).to_pylist()
    plain = sweep(LLAMA_8B_H100, 4096, 64, SERVING, QUICK).to_pylist()
    assert hits[0]["ttft_p50_ms"] < plain[0]["ttft_p50_ms"]
    assert hits[-1]["offered_rps"] > plain[-1]["offered_rps"]
    assert hits[0]["prefix_hit_share"] == 0.75


def test_saturation_is_the_rate_of_full_batches() -> None:
    c = cost()
    rate = saturation_rps(c, limits(max_num_seqs=1, kv_capacity_tokens=1000), 512, 256)
    assert rate == pytest.approx(1e3 / (c.unloaded_ms(512, 256)[2] - c.frontend_of_ms(512)), rel=1e-6)
    assert saturation_rps(c, limits(), 512, 256) > 10 * rate


def test_a_very_slow_configuration_still_has_distinct_rates_above_zero() -> None:
    slow = accelerator(bandwidth_gb_s=0.001, bf16_tflops=0.001)
    rows = sweep(replace(LLAMA_8B_H100, accelerator=slow), 512, 4, SERVING, replace(QUICK, requests=20)).to_pylist()
    rates = [row["offered_rps"] for row in rows]
    assert rates[0] == 0.0001
    assert rates == sorted(set(rates))


def test_what_does_not_fit_has_no_rows() -> None:
    big = Configuration("llama-70b", LLAMA_70B, BF16, H100, tp=1)
    assert sweep(big, 512, 256, SERVING, QUICK).num_rows == 0


def test_a_single_output_token_is_refused() -> None:
    with pytest.raises(InputError, match="output of 1 token has no gap between tokens"):
        sweep(LLAMA_8B_H100, 512, 1, SERVING, QUICK)


def test_an_unknown_kv_dtype_is_refused() -> None:
    with pytest.raises(InputError, match='kv dtype "fp2" is unknown'):
        sweep(LLAMA_8B_H100, 512, 2, SERVING, replace(QUICK, kv_dtype="fp2"))


def test_an_evidence_id_changes_with_what_determines_the_curve_and_nothing_else() -> None:
    def identify(**changes: Any) -> str:
        arguments = {
            "configuration": LLAMA_8B_H100,
            "serving": SERVING,
            "settings": QUICK,
            "output_tokens": 256,
            **changes,
        }
        return evidence_id(prompt_tokens=512, **arguments)

    base = identify()
    assert len(base) == 16
    assert base == identify(serving=serving(coefficient("frontend_ms", 9.0, generation="ada")))
    priced = replace(LLAMA_8B_H100, accelerator=accelerator(name="H100 SXM"))
    assert base == identify(configuration=priced)
    changed = [
        identify(serving=serving(coefficient("frontend_ms", 9.0, generation="hopper"))),
        identify(settings=replace(QUICK, seed=1)),
        identify(output_tokens=257),
        identify(configuration=replace(LLAMA_8B_H100, tp=2)),
        identify(configuration=replace(LLAMA_8B_H100, accelerator=accelerator(bandwidth_gb_s=4800.0))),
    ]
    assert len({base, *changed}) == 1 + len(changed)


def test_an_evidence_id_takes_no_notice_of_optional_facts_that_are_not_given() -> None:
    def identify(item: Configuration) -> str:
        return evidence_id(item, 512, 256, SERVING, QUICK)

    stated = LLAMA_8B.model_copy(update={"sliding_window": None, "shared_experts": 0, "extra_parameters_b": None})
    assert identify(replace(LLAMA_8B_H100, architecture=stated)) == identify(LLAMA_8B_H100)
    quiet = accelerator(inter_node_gb_s=None)
    assert identify(replace(LLAMA_8B_H100, accelerator=quiet)) == identify(LLAMA_8B_H100)
    faster = accelerator(inter_node_gb_s=100.0)
    assert identify(replace(PIPELINE, accelerator=faster)) != identify(PIPELINE)
    assert identify(LLAMA_8B_H100) == LLAMA_8B_ID


LLAMA_8B_ID = "5588be5966dda128"
"""Changes with REVISION, and when something becomes part of the id; not because a type gains a field."""


def test_configurations_and_settings_travel_between_processes() -> None:
    whole = (LLAMA_8B_H100, SERVING, QUICK)
    assert pickle.loads(pickle.dumps(whole)) == whole  # noqa: S301  # our own bytes


def test_latency_statistics_are_ordered() -> None:
    table = sweep(LLAMA_8B_H100, 512, 256, SERVING, QUICK)
    for metric in ("ttft", "itl", "e2e"):
        columns = np.array([table[f"{metric}_{q}_ms"].to_numpy() for q in ("p50", "p90", "p95", "p99")])
        assert (np.diff(columns, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"requests": 1}, "1 requests measure nothing"),
        ({"requests": 0}, "0 requests measure nothing"),
        ({"load_fractions": ()}, "no load fraction is given"),
        ({"load_fractions": (0.5, 0.0)}, "a load of 0 times saturation is none"),
        ({"load_fractions": (-0.5,)}, "a load of -0.5 times saturation is none"),
        ({"load_fractions": (float("inf"),)}, "a load of inf times saturation is none"),
        ({"prefix_hit_share": 1.0}, "prefix hit share 1 is none"),
        ({"burst_size": 0.5}, "burst size 0.5 is none"),
    ],
)
def test_settings_that_no_sweep_can_run_with_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        SweepSettings(**settings)
    assert [problem.message for problem in refused.value.diagnostics] == [message]


def test_all_problems_of_settings_come_at_once() -> None:
    with pytest.raises(InputError) as refused:
        SweepSettings(requests=0, burst_size=float("nan"))
    assert len(refused.value.diagnostics) == 2


def test_a_prompt_of_no_tokens_is_refused() -> None:
    with pytest.raises(InputError, match="prompt of 0 tokens is none"):
        sweep(LLAMA_8B_H100, 0, 10, SERVING, QUICK)


def test_points_gather_where_the_curve_turns() -> None:
    rows = sweep(LLAMA_8B_H100, 512, 256, SERVING, QUICK).to_pylist()
    first = sweep(LLAMA_8B_H100, 512, 256, SERVING, replace(QUICK, most_points=0)).to_pylist()
    rates = [row["offered_rps"] for row in first]
    assert len(rows) == QUICK.most_points
    by_rate = {row["offered_rps"]: row for row in rows}
    assert all(by_rate[row["offered_rps"]] == {**row, "evidence_id": by_rate[row["offered_rps"]]["evidence_id"]}
               for row in first)  # fmt: skip
    added = sorted(set(by_rate) - set(rates))
    assert not [rate for rate in added if rate > rates[2]], "no point is spent on overload"


def test_a_tolerance_that_is_met_ends_the_sweep() -> None:
    assert sweep(LLAMA_8B_H100, 512, 64, SERVING, replace(QUICK, tolerance=100.0)).num_rows == len(LOAD_FRACTIONS)


def test_a_curve_ends_where_it_is_over_what_is_asked_for() -> None:
    whole = sweep(LLAMA_8B_H100, 512, 256, SERVING, replace(QUICK, most_points=0)).to_pylist()
    ceiling = (whole[1]["ttft_p95_ms"] - 0.1, 1e6, 1e6)
    cut = sweep(LLAMA_8B_H100, 512, 256, SERVING, replace(QUICK, most_points=0, ceiling_ms=ceiling)).to_pylist()
    assert [row["offered_rps"] for row in cut] == [row["offered_rps"] for row in whole[:2]]
    never = replace(QUICK, most_points=9, ceiling_ms=(0.1, 0.1, 0.1))
    assert sweep(LLAMA_8B_H100, 512, 256, SERVING, never).num_rows == 1


@pytest.mark.parametrize("process", [("compound", 3.0), ("clustered", 3.0), ("uniform", 1.0)])
def test_rows_are_of_the_arrivals_that_were_asked_for(process: tuple[Any, float]) -> None:
    arrival, burst = process
    fractions = replace(QUICK, load_fractions=(0.02, 0.4), most_points=0)
    rows = sweep(LLAMA_8B_H100, 512, 64, SERVING, replace(fractions, arrival=arrival, burst_size=burst)).to_pylist()
    plain = sweep(LLAMA_8B_H100, 512, 64, SERVING, fractions).to_pylist()
    assert {(row["arrival"], row["burst_size"]) for row in rows} == {process}
    assert rows[0]["evidence_id"] != plain[0]["evidence_id"]
    later = rows[1]["ttft_p95_ms"] > plain[1]["ttft_p95_ms"]
    assert later == (arrival != "uniform")
