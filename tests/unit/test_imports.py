"""Each format: what becomes of its figures, and what is refused, by the path in the file."""

import copy
import json
from typing import Any

import pytest
from builders import packaged
from import_reports import AICONFIGURATOR, EARLIER, LLM_D_V2, guidellm_v1, guidellm_v2, llm_d_v1, raw, vllm_result

from neuralnav.imports.report import Imported, read_report
from neuralnav.imports.said import Fault, Said
from neuralnav.model.sidecar import ReportFormat

H100 = {"accelerator": Said("h100", "--accelerator"), "tp": Said(1, "--tp"),
        "engine_version": Said("0.19.0", "--engine-version")}  # fmt: skip


def read(report: Any, **stated: str | float) -> Imported:
    given = {name: Said(value, "--" + name.replace("_", "-")) for name, value in stated.items()}
    return read_report(raw(report), {**H100, **given}, packaged())


def alone(report: Any) -> Imported:
    """Read a report with nothing stated beside it."""
    return read_report(raw(report), {}, packaged())


def cells(report: Any, index: int = 0, **stated: str | float) -> dict[str, Any]:
    found = read(report, **stated)
    assert found.faults == ()
    return dict(found.rows[index].cells)


def refused(report: Any, **stated: str | float) -> list[tuple[str, str, str]]:
    found = read(report, **stated)
    return [(fault.path, fault.message, fault.hint) for fault in found.faults]


def changed(report: Any, *path: str | int, to: Any) -> Any:
    """A copy of a report with one value replaced, or removed when it becomes `...`."""
    whole = copy.deepcopy(report)
    *parents, last = path
    inner = whole
    for step in parents:
        inner = inner[step]
    if to is ...:
        del inner[last]
    else:
        inner[last] = to
    return whole


class TestGuideLLM:
    def test_a_sweep_keeps_every_load_point(self) -> None:
        found = read(guidellm_v2(1.0, 2.0, 4.0))
        assert (found.format, found.points, found.faults) == ("guidellm v2", 3, ())
        assert [row.cells["offered_rps"] for row in found.rows] == [1.0, 2.0, 4.0]

    def test_seconds_become_milliseconds_and_totals_become_rates(self) -> None:
        row = cells(guidellm_v2(2.0))
        assert (row["e2e_mean_ms"], row["e2e_p95_ms"], row["ttft_p99_ms"]) == (2600.0, 3380.0, 75.0)
        assert (row["achieved_rps"], row["output_tokens_per_s"], row["requests"]) == (2.0, 512.0, 300)
        assert (row["model"], row["precision"], row["arrival"], row["date"]) == (
            "qwen3-8b",
            "bf16",
            "poisson",
            "2026-01-01",
        )
        assert (row["prompt_tokens"], row["output_tokens"], row["source"]) == (512, 256, "measured")

    def test_its_itl_is_a_mean_per_request_so_only_the_mean_is_one_over_gaps(self) -> None:
        found = read(guidellm_v2(2.0))
        row = found.rows[0].cells
        assert [row[f"tpot_{name}_ms"] for name in ("mean", "p50", "p90", "p95", "p99")] == [
            10.0,
            10.0,
            12.0,
            13.0,
            15.0,
        ]
        assert [row[f"itl_{name}_ms"] for name in ("mean", "p50", "p90", "p95", "p99")] == [
            10.0,
            None,
            None,
            None,
            None,
        ]
        assert found.notes == (
            "GuideLLM's inter-token latency is a mean per request: its percentiles are kept as TPOT, not as ITL",
        )

    def test_v1_is_told_by_its_shape_and_is_closed_loop(self) -> None:
        assert read(guidellm_v1()).format == "guidellm v1"
        row = cells(guidellm_v1())
        assert (row["arrival"], row["concurrency"], row["offered_rps"], row["model"]) == ("closed", 8, None, "qwen3-8b")

    def test_metadata_of_version_1_with_the_newer_layout_is_read_by_its_layout(self) -> None:
        newer = changed(guidellm_v2(2.0), "metadata", "version", to=1)
        assert read(newer).format == "guidellm v1"
        assert cells(newer) == cells(guidellm_v2(2.0))

    def test_a_rate_with_a_cap_is_not_open_loop(self) -> None:
        capped = changed(guidellm_v2(2.0), "benchmarks", 0, "config", "strategy", "max_concurrency", to=64)
        assert (cells(capped)["arrival"], cells(capped)["concurrency"]) == ("poisson-capped", 64)

    def test_an_unknown_version_is_refused(self) -> None:
        assert refused(changed(guidellm_v2(1.0), "metadata", "version", to=3)) == [
            ("metadata.version", "version 3 of GuideLLM's reports is not known here", "known: 1 and 2")
        ]

    def test_latency_in_the_wrong_unit_is_refused_by_path(self) -> None:
        path = ("benchmarks", 1, "metrics", "request_latency", "successful", "mean")
        found = refused(changed(guidellm_v2(1.0, 2.0, 4.0), *path, to=2600.0))
        assert found == [
            (
                "benchmarks[1].metrics.request_latency.successful.mean",
                "mean E2E 2,600,000 ms contradicts TTFT and 256 tokens of 10 ms each",
                (
                    "expected about 2,600.0 ms, within a factor 1.5; see also "
                    "benchmarks[1].metrics.time_to_first_token_ms.successful.mean and "
                    "benchmarks[1].metrics.inter_token_latency_ms.successful.mean"
                ),
            )
        ]

    @pytest.mark.parametrize(
        ("path", "value", "expected"),
        [
            (("duration",), 0.0, ("benchmarks[0].duration", "0 is not above zero")),
            (("duration",), ..., ("benchmarks[0].duration", "is missing")),
            (("duration",), -5, ("benchmarks[0].duration", "-5 is negative")),
            (
                ("metrics", "request_totals", "successful"), 0,
                ("benchmarks[0].metrics.request_totals.successful", "0 is not above zero"),
            ),
            (
                ("metrics", "time_to_first_token_ms", "successful", "mean"), float("nan"),
                ("benchmarks[0].metrics.time_to_first_token_ms.successful.mean", "nan is not a finite number"),
            ),
            (
                ("metrics", "time_to_first_token_ms", "successful", "percentiles", "p95"), -1.0,
                ("benchmarks[0].metrics.time_to_first_token_ms.successful.percentiles.p95", "-1 is negative"),
            ),
            (
                ("metrics", "output_token_count", "successful", "mean"), "many",
                ("benchmarks[0].metrics.output_token_count.successful.mean", '"many" is not a number'),
            ),
            (
                ("config", "strategy", "type_"), "chaos",
                ("benchmarks[0].config.strategy", 'strategy "chaos" is not known here'),
            ),
            (("config", "strategy", "rate"), 0, ("benchmarks[0].config.strategy.rate", "0 is not above zero")),
        ],
    )  # fmt: skip
    def test_a_figure_that_is_none_is_named_by_path(
        self, path: tuple[str, ...], value: Any, expected: tuple[str, str]
    ) -> None:
        found = refused(changed(guidellm_v2(1.0), "benchmarks", 0, *path, to=value))
        assert expected in [fault[:2] for fault in found]

    def test_a_report_without_benchmarks_is_refused(self) -> None:
        assert refused({"benchmarks": []}) == [
            ("benchmarks", "holds no benchmark", "the run ended before its first one did")
        ]


class TestVllm:
    def test_itl_are_gaps_and_tpot_means_per_request(self) -> None:
        row = cells(vllm_result())
        assert (row["itl_p95_ms"], row["tpot_p95_ms"], row["e2e_p95_ms"]) == (14.8, 14.8, 3835.0)
        assert (row["engine"], row["arrival"], row["offered_rps"]) == ("vllm", "poisson", 2.0)

    def test_percentiles_that_were_not_asked_for_stay_unknown(self) -> None:
        short = {k: v for k, v in vllm_result().items() if not k.startswith(("p90", "p95")) and "e2el" not in k}
        row = cells(short)
        assert [row[name] for name in ("ttft_p90_ms", "ttft_p95_ms", "e2e_mean_ms")] == [None, None, None]
        assert row["ttft_p99_ms"] == 74.8

    def test_json_lines_are_one_load_point_each(self) -> None:
        lines = "\n".join(json.dumps(vllm_result(rate)) for rate in (1.0, 2.0))
        assert [row.path for row in read(lines).rows] == ["[0]", "[1]"]

    @pytest.mark.parametrize("rate", ["inf", None])
    def test_an_unlimited_rate_is_closed_loop(self, rate: Any) -> None:
        row = cells(vllm_result("inf", request_rate=rate, max_concurrency=16))
        assert (row["arrival"], row["concurrency"], row["offered_rps"]) == ("closed", 16, None)

    def test_everything_at_once_is_closed_loop_with_all_of_it_in_flight(self) -> None:
        assert cells(vllm_result("inf"))["concurrency"] == 400

    def test_burstiness_other_than_1_is_a_gamma_process(self) -> None:
        assert cells(vllm_result(burstiness=0.5))["arrival"] == "gamma:0.5"

    def test_a_zero_is_what_was_not_measured(self) -> None:
        assert cells(vllm_result(mean_itl_ms=0.0, median_itl_ms=0))["itl_mean_ms"] is None

    def test_what_the_file_lacks_is_asked_for_once(self) -> None:
        found = alone([vllm_result(1.0), vllm_result(2.0)])
        assert [(fault.path, fault.message, fault.hint) for fault in found.faults] == [
            (
                "", "nothing says the accelerator",
                "pass --accelerator, or accelerator in a sidecar, REPORT.neuralnav.yaml",
            ),
            ("", "nothing says the tensor parallelism", "pass --tp, or tp in a sidecar, REPORT.neuralnav.yaml"),
            (
                "", "nothing says the version of the engine",
                "pass --engine-version, or engineVersion in a sidecar, REPORT.neuralnav.yaml",
            ),
        ]  # fmt: skip

    def test_a_throughput_that_contradicts_the_counts_is_refused(self) -> None:
        assert refused(vllm_result(request_throughput=3.0)) == [
            (
                "request_throughput",
                "3 requests per second contradict the completed requests over the duration",
                "expected about 2",
            )
        ]
        assert refused(vllm_result(output_throughput=9000.0))[0][0] == "output_throughput"

    def test_littles_law_finds_seconds_called_milliseconds_where_no_gap_is_known(self) -> None:
        slow = vllm_result("inf", max_concurrency=16, mean_tpot_ms=..., mean_itl_ms=..., mean_e2el_ms=26000.0)
        found = refused({k: v for k, v in slow.items() if v is not ...})
        assert found == [
            (
                "mean_e2el_ms",
                "mean E2E 26,000 ms at 4 requests per second puts 104 in flight, of 16",
                "expected at most 4,000.0 ms; check the unit",
            )
        ]

    def test_lengths_that_were_not_reached_are_refused(self) -> None:
        assert refused(vllm_result(), output_tokens=512) == [
            (
                "total_output_tokens",
                "256 output tokens a request were measured, 512 are stated",
                "--output-tokens says 512",
            )
        ]
        assert cells(vllm_result(), prompt_tokens=500)["prompt_tokens"] == 500


class TestSimulator:
    """What is taken of `neuralnav-sim` is simulated, whichever tool took it."""

    def test_its_own_report_says_so(self) -> None:
        row = cells(vllm_result(backend="neuralnav-sim", client="neuralnav-sim load"))
        names = ("engine", "source", "origin", "arrival")
        assert [row[name] for name in names] == ["neuralnav-sim", "simulated", "neuralnav-sim load", "poisson"]

    def test_another_tools_report_is_stated_to_be(self) -> None:
        row = cells(guidellm_v2(1.0), engine="neuralnav-sim")
        assert (row["source"], row["origin"]) == ("simulated", "guidellm")

    def test_it_is_not_stated_to_be_an_engine(self) -> None:
        assert refused(vllm_result(backend="neuralnav-sim"), engine="vllm") == [
            ("backend", 'the report says "neuralnav-sim" for engine', '--engine says "vllm"; correct one of them')
        ]

    def test_guidellm_copies_the_mark_of_its_answers(self) -> None:
        report = guidellm_v2(1.0)
        answers = [{"response_id": None}, {"response_id": "chatcmpl-sim-0f"}]
        report["benchmarks"][0]["requests"] = {"successful": answers}
        row = cells(report)
        assert (row["engine"], row["source"], row["origin"]) == ("neuralnav-sim", "simulated", "guidellm")
        path = "benchmarks[0].requests.successful[1].response_id"
        assert [fault[0] for fault in refused(report, engine="vllm")] == [path]
        answers[1] = {"response_id": "chatcmpl-0f"}
        assert cells(report)["source"] == "measured"

    def test_answers_that_were_not_waited_for_make_a_load_point_no_row(self) -> None:
        given_up = {"faults": [{"kind": "given up", "count": 3, "said": ""}], "generator_is_slow": True}
        assert refused(vllm_result(neuralnav=given_up)) == [
            (
                "neuralnav.faults",
                "3 requests were given up when the run was stopped",
                "its slowest answers are missing; --skip-bad leaves this load point out",
            )
        ]
        assert read(vllm_result(neuralnav={"faults": [], "generator_is_slow": True})).notes == (
            "the load generator itself was late: latencies are partly its own",
        )

    @pytest.mark.parametrize("arrival", ["constant", "unstated"])
    def test_arrivals_that_are_no_gamma_process_are_named(self, arrival: str) -> None:
        row = cells(vllm_result(backend="neuralnav-sim", arrival=arrival))
        assert (row["arrival"], row["offered_rps"]) == (arrival, 2.0)


class TestLlmD:
    def test_v1_converts_each_statistic_by_its_own_unit(self) -> None:
        found = alone(llm_d_v1())
        assert (found.format, found.faults) == ("llm-d v0.1", ())
        row = found.rows[0].cells
        assert (row["ttft_mean_ms"], row["itl_p90_ms"], row["tpot_mean_ms"], row["e2e_mean_ms"]) == (
            50.0,
            11.0,
            10.0,
            2600.0,
        )
        assert (row["accelerator"], row["tp"], row["engine_version"], row["requests"]) == ("h100", 2, "0.11.0", 400)
        assert (row["arrival"], row["concurrency"], row["date"]) == ("closed", 16, "2026-01-01")
        assert alone(llm_d_v1("s", 0.001)).rows[0].cells == row

    def test_a_unit_that_contradicts_the_size_is_refused_by_path(self) -> None:
        found = alone(llm_d_v1("s"))
        assert [fault.path for fault in found.faults] == ["metrics.latency.request_latency.mean"]
        assert found.faults[0].message == "mean E2E 2,600 ms is below the mean TTFT 50,000 ms, which is part of it"

    def test_an_unknown_unit_is_refused(self) -> None:
        assert alone(llm_d_v1("furlong")).faults == (
            Fault(
                "metrics.latency.time_to_first_token.units",
                '"furlong" is no unit of time that is known here',
                "known: ms, ms/token, s, s/token",
            ),
        )

    def test_v2_is_of_one_replica_and_takes_the_arrivals_of_the_tool(self) -> None:
        row = cells(LLM_D_V2)
        assert (row["offered_rps"], row["achieved_rps"], row["output_tokens_per_s"]) == (4.0, 4.0, 1024.0)
        assert (row["arrival"], row["prompt_tokens"], row["ttft_p95_ms"], row["itl_p95_ms"]) == (
            "poisson",
            512,
            70.0,
            13.0,
        )

    def test_the_tag_of_an_llm_d_image_is_no_version_of_vllm(self) -> None:
        assert [fault.message for fault in alone(LLM_D_V2).faults] == ["nothing says the version of the engine"]

    def test_served_apart_is_refused(self) -> None:
        assert refused(LLM_D_V2.replace("role: aggregate", "role: prefill"))[0][:2] == (
            "scenario.stack[0].standardized.role",
            "this engine does prefill only",
        )

    def test_guidellm_as_its_tool_makes_itl_a_mean_per_request(self) -> None:
        row = cells(LLM_D_V2.replace("tool: inference-perf", "tool: guidellm"))
        assert (row["itl_p95_ms"], row["tpot_p95_ms"], row["itl_mean_ms"]) == (None, 13.0, 10.0)

    def test_an_unknown_version_is_refused(self) -> None:
        assert alone(LLM_D_V2.replace("'0.2'", "'0.3'")).faults == (
            Fault("version", 'version "0.3" is not known here', "known: 0.1, 0.2"),
        )


class TestAiconfigurator:
    def test_rows_are_predictions_with_tpot_and_no_itl(self) -> None:
        found = alone(AICONFIGURATOR)
        assert (found.format, found.faults) == ("aiconfigurator", ())
        row = found.rows[0].cells
        assert (row["source"], row["tpot_mean_ms"], row["itl_mean_ms"], row["e2e_mean_ms"]) == (
            "predicted", 10.0, None, 2600.0,
        )  # fmt: skip
        assert (row["precision"], row["kv_dtype"], row["accelerator"], row["concurrency"]) == ("fp8", "fp8", "h200", 16)

    def test_columns_may_be_spelt_without_units(self) -> None:
        plain = AICONFIGURATOR.replace("(ms)", "").replace("(GB)", "")
        assert alone(plain) == alone(AICONFIGURATOR)

    def test_other_kinds_of_parallelism_are_refused(self) -> None:
        spread = AICONFIGURATOR.replace("1,1,1,1,1,1,fp8_block", "1,1,1,4,1,1,fp8_block", 1)
        found = alone(spread)
        assert len(found.rows) == 1
        assert found.faults == (
            Fault(
                "[0].dp",
                "4-way data parallel attention is not tensor parallelism",
                "no configuration of the catalog has it; --skip-bad imports the other rows",
            ),
        )

    def test_a_row_cut_short_is_refused_by_line(self) -> None:
        assert alone(AICONFIGURATOR[:-30]).faults[0].path == "line 3"


class TestEarlierNeuralnav:
    def test_rows_are_predictions_whose_arrivals_nobody_stated(self) -> None:
        found = alone(EARLIER)
        assert (found.format, found.faults, len(found.rows)) == ("neuralnav-json", (), 2)
        row = found.rows[0].cells
        assert (row["source"], row["arrival"], row["engine_version"]) == ("predicted", "unstated", "0.8.4")
        assert found.notes == ("ITL mean above its p95 in 2 of 2 rows: only an extreme tail can",)


class TestNames:
    def test_an_unknown_repository_gets_the_nearest(self) -> None:
        assert refused(vllm_result(model_id="Qwen/Qwen3-8BB")) == [
            (
                "model_id",
                '"Qwen/Qwen3-8BB" is the repository of no checkpoint in the catalog',
                "did you mean Qwen/Qwen3-8B?; pass --model and --precision, or add it to the catalog",
            )
        ]

    def test_a_name_of_ones_own_needs_model_and_precision(self) -> None:
        row = cells(vllm_result(model_id="prod-chat"), model="qwen3-8b", precision="fp8")
        assert (row["model"], row["precision"]) == ("qwen3-8b", "fp8")

    def test_a_repository_that_contradicts_the_stated_model_is_refused(self) -> None:
        assert refused(vllm_result(), model="qwen3-14b")[0] == (
            "model_id", "Qwen/Qwen3-8B is qwen3-8b in the catalog", "--model says qwen3-14b; correct one of them",
        )  # fmt: skip

    @pytest.mark.parametrize("name", ["NVIDIA-H100-80GB-HBM3", "NVIDIA H100 80GB HBM3", "h100_sxm", "H100"])
    def test_known_names_of_an_accelerator(self, name: str) -> None:
        assert alone(llm_d_v1().replace("NVIDIA-H100-80GB-HBM3", name)).rows[0].cells["accelerator"] == "h100"

    @pytest.mark.parametrize("name", ["A100", "NVIDIA-H100-NVL", "H100-PCIe", "TPU-v6e"])
    def test_an_ambiguous_or_foreign_accelerator_is_refused(self, name: str) -> None:
        (fault,) = alone(llm_d_v1().replace("NVIDIA-H100-80GB-HBM3", name)).faults
        assert fault.path == "scenario.host.accelerator[0].model"
        assert fault.message == f'"{name}" is no accelerator that is known here'
        assert fault.hint.endswith("pass --accelerator")


class TestFiles:
    @pytest.mark.parametrize(
        ("report", "path", "message"),
        [
            ("", "", "the file is empty"),
            ("{", "line 1 column 2", "not valid JSON: Expecting property name enclosed in double quotes"),
            ('{"a": 1}\n{"b"', "line 2 column 5", "not valid JSON: Expecting ':' delimiter"),
            ("a: [1", "line 2 column 1", "not valid YAML: did not find expected ',' or ']'"),
            ("- " * 200, "line 1 column 201", "nested more than 100 levels deep"),
            ("a: &x\n  b: *x\n", "line 2 column 6", "the alias *x stands inside of what it names"),
            ("[" * 100_000, "", "the JSON is nested too deep"),
            ('{"a": 1}\n' + "[" * 100_000, "line 2", "the JSON is nested too deep"),
            ('{"a": ' + "9" * 5000 + "}", "", "the JSON holds a number of thousands of digits"),
            ("a: &x {b: 1}\nc: {<<: [*x, *x]}", "line 2 column 5", "merge keys (<<) are not read in a report"),
            ("PAR1 and so on", "", "this is a Parquet file, not a report"),
            ("\ufeff", "", "the file is empty"),
            ("\ufeff \n", "", "the file is empty"),
            ("\u3000", "", "the file is empty"),
            ('{"hello": 1}', "", "this is no benchmark report that is known here"),
            ("[1, 2]", "", "this is no benchmark report that is known here"),
        ],
    )
    def test_what_is_no_report_is_refused(self, report: str, path: str, message: str) -> None:
        (fault,) = alone(report).faults
        assert (fault.path, fault.message) == (path, message)

    def test_a_list_that_aliases_make_huge_is_named_by_its_kind(self) -> None:
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        bomb += "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 8)}]\n" for n in range(12))
        report = bomb + "completed: *a12\nduration: {b: *a12}\ntotal_output_tokens: 1\nrequest_throughput: 1\n"
        faults = [(fault.path, fault.message) for fault in alone(report).faults]
        assert faults[:2] == [("completed", "a list is not a number"), ("duration", "a mapping is not a number")]

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        assert read_report(b"{\n\xff", {}, packaged()).faults == (Fault("line 2", "byte 0xff is not UTF-8"),)

    @pytest.mark.parametrize("form", ["guidellm", "vllm", "llm-d", "aiconfigurator", "neuralnav-json"])
    def test_a_format_that_does_not_fit_is_refused_not_crashed_on(self, form: ReportFormat) -> None:
        for report in (
            [],
            5,
            "text",
            {},
            {"benchmarks": 5},
            {"benchmarks": [5]},
            [[1]],
            {"scenario": [], "version": 1},
        ):
            found = read_report(raw(json.dumps(report)), H100, packaged(), form)
            assert found.rows == ()
            assert found.faults != ()
