"""From the report of a benchmark tool, through `bench calibrate --with`, to a plan that says how it was corrected.

The reports are invented: what the model itself predicts for their client, times a factor.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
import yaml
from conftest import ROOT, Installed, snapshot

from neuralnav.files.catalogs import load_catalog
from neuralnav.serving.clients import Client, ClosedLoop, OpenLoop, Reported, predict
from neuralnav.serving.configurations import possible

QWEN = "qwen3-8b/bf16/h100/tp1"
FACTS = ("--accelerator", "h100", "--tp", "1")
FACTOR = 1.3
PROMPT, OUTPUT = 1000, 200
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 100}
  constraints:
    models: {allow: [qwen3-8b]}
    accelerators: {allow: [H100]}
    precisions: [bf16]
    gpus: 1
"""
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {benchmarks: [ours]}\n"


@pytest.fixture(scope="module")
def catalog() -> Any:
    return load_catalog()


@pytest.fixture
def version(catalog: Any) -> tuple[str, str]:
    return ("--engine-version", catalog.serving.engine_version)


def predicted(catalog: Any, client: Client) -> Reported:
    configuration = next(item for item in possible(catalog) if item.id == QWEN)
    found = predict(configuration, PROMPT, OUTPUT, client, catalog.serving)
    assert found is not None
    return found


def measured(catalog: Any, client: Client) -> tuple[dict[str, float], float]:
    """What a server FACTOR times as slow as the model reports to a client, and the seconds that the run takes."""
    if isinstance(client, OpenLoop):
        as_busy = OpenLoop(client.rate_rps * FACTOR, client.requests, client.burstiness)
        found = predicted(catalog, as_busy)
        seconds = client.requests / client.rate_rps
    else:
        found = predicted(catalog, client)
        seconds = FACTOR * client.requests * found.ms["e2e_mean_ms"] / found.in_flight / 1000.0
    return {name: FACTOR * value for name, value in found.ms.items()}, seconds


def vllm(catalog: Any, client: Client, metrics: Mapping[str, str], load: Mapping[str, Any]) -> dict[str, Any]:
    """A result of vLLM bench serve, with the metrics that were asked for by the tool's names of them."""
    ms, seconds = measured(catalog, client)
    done = client.requests
    result: dict[str, Any] = {
        "date": "20260101-120000", "backend": "vllm", "model_id": "Qwen/Qwen3-8B", "num_prompts": done,
        "max_concurrency": None, "duration": seconds, "completed": done, "total_input_tokens": done * PROMPT,
        "total_output_tokens": done * OUTPUT, "request_throughput": done / seconds,
        "output_throughput": done * OUTPUT / seconds, **load,
    }  # fmt: skip
    for metric, key in metrics.items():
        names = {"mean": f"mean_{key}_ms", "p50": f"median_{key}_ms", "p99": f"p99_{key}_ms"}
        result |= {name: ms[f"{metric}_{statistic}_ms"] for statistic, name in names.items()}
    return result


def closed(catalog: Any, concurrency: int, metrics: Mapping[str, str]) -> dict[str, Any]:
    load = {"request_rate": "inf", "max_concurrency": concurrency}
    return vllm(catalog, ClosedLoop(concurrency, 10 * concurrency), metrics, load)


TPOT_ALONE = {"ttft": "ttft", "tpot": "tpot", "e2e": "e2el"}


@pytest.fixture
def three(tmp_path: Path, catalog: Any) -> Path:
    """A folder with a JSON of three results, which give TPOT and no ITL."""
    results = [closed(catalog, concurrency, TPOT_ALONE) for concurrency in (4, 16, 48)]
    (tmp_path / "x.json").write_text(json.dumps(results))
    return tmp_path


def calibrated(neuralnav: Installed, folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        neuralnav.done("bench", "calibrate", "--with", *arguments, "--format", "json", folder=folder)
    )
    schema = json.loads((ROOT / "schemas" / "calibration-report.v1alpha1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def factors(report: Mapping[str, Any]) -> dict[str, float]:
    (one,) = report["configurations"]
    assert one["id"] == QWEN
    return {metric: gain["median_factor"] for metric, gain in one["metrics"].items()}


NEAR = {metric: pytest.approx(FACTOR, rel=0.01) for metric in ("ttft", "itl", "e2e")}
"""Latencies are kept to 0.1 ms, of some 8 ms."""


OPEN_LOOP = {**{metric: pytest.approx(FACTOR, rel=0.02) for metric in ("itl", "e2e")},
             "ttft": pytest.approx(FACTOR, rel=0.05)}  # fmt: skip
"""At another rate other requests are the slowest: p95 TTFT of 400 moves by some percent, the rest by less."""


def test_a_vllm_report_without_itl_gives_the_factor_through_tpot(
    three: Path, neuralnav: Installed, version: tuple[str, str]
) -> None:
    before = snapshot(three)
    found = calibrated(neuralnav, three, "x.json", *FACTS, *version)
    assert factors(found) == NEAR
    (one,) = found["configurations"]
    assert (one["deployed"], len(one["runs"])) == (True, 3)
    assert all(gain["error_before"] > 0.25 and gain["error_after"] < 0.1 for gain in one["metrics"].values())
    assert (found["exit_code"], found["unused"], found["written"], found["benchmarks"]) == (0, [], [], [])
    assert [(item["file"], item["format"], item["points"]) for item in found["files"]] == [("x.json", "vllm", 3)]
    assert found["advice"].endswith("once they are a dataset: pass --out FOLDER, such as benchmarks/measured")
    assert snapshot(three) == before


def test_a_plan_says_that_three_runs_of_a_report_corrected_it(
    three: Path, neuralnav: Installed, version: tuple[str, str]
) -> None:
    told = neuralnav.done("bench", "calibrate", "--with", "x.json", *FACTS, *version, "--out", "ours", folder=three)
    assert "wrote ours/measured.parquet (3 rows)\nplans use it once neuralnav.yaml at the root" in told
    (three / "workload.yaml").write_text(WORKLOAD)
    neuralnav.done("compile", folder=three)
    before = yaml.safe_load((three / "plan.lock").read_text())
    (three / "neuralnav.yaml").write_text(PROJECT)
    plan = neuralnav.done("compile", "--upgrade", folder=three)
    assert "p95, simulated, corrected by 3 measured runs, " in plan
    after = yaml.safe_load((three / "plan.lock").read_text())
    (old,), (new,) = before["candidates"], after["candidates"]
    assert new["id"] == QWEN
    assert new["source"] == "simulated"
    assert "correction" not in old
    assert new["correction"]["measured_runs"] == 3
    for metric in ("ttft", "itl", "e2e"):
        assert 1.0 < new["correction"][metric] < FACTOR
        assert new[f"{metric}_p95_ms"]["value"] > old[f"{metric}_p95_ms"]["value"]
    assert "corrected by 3 measured runs" in neuralnav.done("explain", folder=three)


def test_what_is_written_twice_is_written_once_and_other_runs_come_beside_it(
    three: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    to_ours = (*FACTS, *version, "--out", "ours")
    calibrated(neuralnav, three, "x.json", *to_ours)
    before = snapshot(three)
    again = calibrated(neuralnav, three, "x.json", *to_ours)
    assert again["written"] == [{"file": "ours", "rows": 3, "changed": False}]
    assert snapshot(three) == before
    (three / "y.json").write_text(json.dumps(closed(catalog, 8, TPOT_ALONE)))
    more = calibrated(neuralnav, three, "y.json", *to_ours)
    assert more["written"] == [{"file": "ours/measured.parquet", "rows": 4, "changed": True}]
    assert sorted(pq.read_table(three / "ours")["concurrency"].to_pylist()) == [4, 8, 16, 48]


def test_a_report_and_the_dataset_that_it_was_imported_into_are_the_same_runs(
    three: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    (three / "y.json").write_text(json.dumps(closed(catalog, 8, TPOT_ALONE)))
    neuralnav.done("bench", "import", "x.json", "y.json", *FACTS, *version, "--out", "imported", folder=three)
    both = calibrated(neuralnav, three, "x.json", "imported", *FACTS, *version)
    assert len(both["configurations"][0]["runs"]) == 4
    alone = calibrated(neuralnav, three, "imported")
    assert both["configurations"] == alone["configurations"]
    assert alone["benchmarks"] == ["imported"]


def test_an_import_and_a_calibration_into_one_folder_are_the_same_runs(
    three: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    far = {**closed(catalog, 8, TPOT_ALONE), "mean_ttft_ms": 20.0}
    (three / "y.json").write_text(json.dumps(far))
    facts = (*FACTS, *version, "--out", "ours")
    neuralnav.done("bench", "import", "x.json", "y.json", *facts, folder=three)
    assert calibrated(neuralnav, three, "x.json", *facts)["written"] == [{"file": "ours", "rows": 4, "changed": False}]
    calibrated(neuralnav, three, "x.json", *facts[:-1], "other")
    neuralnav.done("bench", "import", "x.json", "y.json", *facts[:-1], "other", folder=three)
    ids = [set(pq.read_table(path)["evidence_id"].to_pylist()) for path in (three / "other").iterdir()]
    assert len(ids) == 2
    assert ids[0].isdisjoint(ids[1])
    found = calibrated(neuralnav, three, "other")
    assert [len(one["runs"]) for one in found["configurations"]] == [3]
    assert len(found["unused"]) == 1
    (three / "workload.yaml").write_text(WORKLOAD)
    (three / "neuralnav.yaml").write_text(PROJECT.replace("ours", "ours, other"))
    assert "corrected by 3 measured runs" in neuralnav.done("compile", folder=three)


def test_arrivals_of_the_reports_own_burstiness_are_repeated(
    tmp_path: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    every = {**TPOT_ALONE, "itl": "itl"}
    results = [
        vllm(catalog, OpenLoop(rate, 400, burstiness), every, {"request_rate": rate, "burstiness": burstiness})
        for rate, burstiness in ((4.0, 0.5), (8.0, 3.0))
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, results)))
    found = calibrated(neuralnav, tmp_path, "x.jsonl", *FACTS, *version)
    assert found["unused"] == []
    assert factors(found) == OPEN_LOOP


def guidellm(catalog: Any, *rates: float) -> dict[str, Any]:
    """A report of GuideLLM: its inter-token latency has the mean of ITL and the percentiles of TPOT."""
    benchmarks = []
    for rate in rates:
        ms, seconds = measured(catalog, OpenLoop(rate, 400))
        metrics: dict[str, Any] = {"request_totals": {"successful": 400}}
        for name, metric, scale in (
            ("time_to_first_token_ms", "ttft", 1.0), ("inter_token_latency_ms", "tpot", 1.0),
            ("request_latency", "e2e", 1000.0),
        ):  # fmt: skip
            percentiles = {f"p{n}": ms[f"{metric}_p{n}_ms"] / scale for n in (90, 95, 99)}
            mean = ms["itl_mean_ms" if metric == "tpot" else f"{metric}_mean_ms"] / scale
            values = {"mean": mean, "median": ms[f"{metric}_p50_ms"] / scale, "percentiles": percentiles}
            metrics[name] = {"successful": values}
        for name, tokens in (("prompt", PROMPT), ("output", OUTPUT)):
            metrics[f"{name}_token_count"] = {"successful": {"mean": float(tokens)}}
        config = {"strategy": {"type_": "poisson", "rate": rate}, "backend": {"model": "Qwen/Qwen3-8B"}}
        benchmarks.append({"config": config, "duration": seconds, "start_time": 1767225600.0, "metrics": metrics})
    return {"metadata": {"version": 2}, "args": {}, "benchmarks": benchmarks}


def test_a_guidellm_report_gives_the_factor_and_its_percentiles_of_tpot_are_no_itl(
    tmp_path: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    report = guidellm(catalog, 4.0, 10.0)
    (tmp_path / "sweep.json").write_text(json.dumps(report))
    assert factors(calibrated(neuralnav, tmp_path, "sweep.json", *FACTS, *version)) == OPEN_LOOP
    for benchmark in report["benchmarks"]:
        del benchmark["metrics"]["inter_token_latency_ms"]["successful"]["mean"]
    (tmp_path / "sweep.json").write_text(json.dumps(report))
    assert factors(calibrated(neuralnav, tmp_path, "sweep.json", *FACTS, *version)) == OPEN_LOOP


def test_the_sidecar_says_what_a_report_lacks(three: Path, neuralnav: Installed, version: tuple[str, str]) -> None:
    facts = f'spec: {{accelerator: h100, tp: 1, engineVersion: "{version[1]}"}}\n'
    sidecar = f"apiVersion: neuralnav.dev/v1alpha1\nkind: BenchmarkSidecar\n{facts}"
    (three / "x.json.neuralnav.yaml").write_text(sidecar)
    assert factors(calibrated(neuralnav, three, "x.json")) == NEAR


def test_faults_are_told_as_an_import_tells_them_and_nothing_is_written(
    three: Path, neuralnav: Installed, catalog: Any, version: tuple[str, str]
) -> None:
    bad = [{**closed(catalog, 4, TPOT_ALONE), "completed": 0} for _ in range(7)]
    (three / "bad.json").write_text(json.dumps(bad))
    (three / "cut.json").write_text("{")
    before = snapshot(three)
    files = ("x.json", "bad.json", "cut.json")
    done = neuralnav.run("bench", "calibrate", "--with", *files, *FACTS, *version, "--out", "ours", folder=three)
    imported = neuralnav.run("bench", "import", *files, *FACTS, *version, folder=three)
    assert (done.returncode, done.stdout) == (imported.returncode, imported.stdout) == (2, "")
    assert done.stderr == imported.stderr
    assert done.stderr.startswith("bad.json  [0].completed: 0 is not above zero (and 6 more alike)\n")
    assert done.stderr.endswith("2 problems; nothing was written\n")
    assert snapshot(three) == before


def test_a_refusal_as_json_names_every_fault(three: Path, neuralnav: Installed, version: tuple[str, str]) -> None:
    (three / "cut.json").write_text("{")
    (three / "empty").mkdir()
    files = ("x.json", "cut.json", "empty")
    done = neuralnav.run(
        "bench", "calibrate", "--with", *files, *FACTS, *version, "--format", "json", "--out", "ours", folder=three
    )
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr, report["exit_code"]) == (2, "", 2)
    assert [(item["file"], [found["message"] for found in item["refused"]]) for item in report["files"]] == [
        ("x.json", []),
        ("cut.json", ["line 1 column 2: not valid JSON: Expecting property name enclosed in double quotes"]),
        ("empty", ["no Parquet file is here"]),
    ]
    assert not (three / "ours").exists()


def test_skip_bad_takes_the_rest(three: Path, neuralnav: Installed, version: tuple[str, str]) -> None:
    (three / "cut.json").write_text("{")
    done = neuralnav.run("bench", "calibrate", "--with", "x.json", "cut.json", *FACTS, *version, "--skip-bad",
                         folder=three)  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.startswith("skipped in cut.json: 1 problem\n  line 1 column 2: not valid JSON")
    assert QWEN in done.stdout


def test_an_option_for_reports_is_refused_where_there_is_none(
    three: Path, neuralnav: Installed, version: tuple[str, str]
) -> None:
    neuralnav.done("bench", "import", "x.json", *FACTS, *version, "--out", "imported", folder=three)
    done = neuralnav.run("bench", "calibrate", "--with", "imported", "--tp", "2", folder=three)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "--tp  a dataset says this of each of its rows\n  this option is for reports\n1 problem; nothing was written\n"
    )


def test_predictions_of_another_model_are_no_measurements(tmp_path: Path, neuralnav: Installed) -> None:
    header = "model,isl,osl,concurrency,ttft,tpot,request_latency,seq/s,tp,pp,gemm,backend,version,system"
    row = "Qwen/Qwen3-8B,512,256,16,50.0,10.0,2600.0,6.1,1,1,bfloat16,vllm,0.14.0,h100_sxm"
    (tmp_path / "pareto.csv").write_text(f"{header}\n{row}\n")
    done = neuralnav.run("bench", "calibrate", "--with", "pareto.csv", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a row that is not measured\n1 problem; nothing was written\n" in done.stderr
