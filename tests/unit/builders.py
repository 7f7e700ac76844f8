"""Small valid catalogs, workloads, benchmark tables, plans and locks."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import yaml

from neuralnav.candidates import lay_out, weigh
from neuralnav.evidence import select
from neuralnav.files.catalogs import load_catalog, load_templates
from neuralnav.model.catalog import (
    Accelerator,
    Catalog,
    Coefficient,
    IntervalWidth,
    Model,
    ModelScores,
    QuantisationLoss,
    ServingList,
    SizeFallback,
    Source,
)
from neuralnav.model.document import Parsed, load
from neuralnav.model.document import Source as Text
from neuralnav.model.lock import Lock, Previous
from neuralnav.model.plan import Candidates, LoadCurves
from neuralnav.model.project import Project
from neuralnav.model.spec import UNLIMITED_GPUS, Allowed, DeploySettings, ResolvedSpec, ScoreWeights
from neuralnav.model.tables import BENCHMARK_SCHEMA, LATENCIES
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, World, compile_plan, make_plan
from neuralnav.render import Renderer

SOURCED: dict[str, Any] = {"source": "test", "verified": False}
PROMPT, OUTPUT = 512, 256
INTERVAL = 0.25

ALPHA = "alpha-8b/bf16/h100/tp1"
ALPHA_FP8 = "alpha-8b/fp8/h100/tp1"
ALPHA_L4 = "alpha-8b/fp8/l4/tp1"
ALPHA_X9 = "alpha-8b/bf16/x9/tp1"
BETA = "beta-70b/fp8/h100/tp2"

Point = tuple[float, float, float, float]
"""Offered rate, then p95 of TTFT, ITL and E2E in ms."""


def fact(value: object) -> dict[str, Any]:
    return {"value": value, **SOURCED}


def model(name: str, *, layers: int, hidden: int, wide: int, context: int, **changes: Any) -> Model:
    """A Llama-like model with a bf16 and an fp8 checkpoint."""
    entry = {
        "id": name, "name": name.title(), "family": name.split("-")[0], "publisher": "test",
        "license": fact("apache-2.0"),
        "architecture": {
            "layers": layers, "hiddenSize": hidden, "attentionHeads": 32, "kvHeads": 8, "headDim": 128,
            "intermediateSize": wide, "vocabSize": 128256, **SOURCED,
        },
        "parametersB": fact(8.0), "contextTokens": fact(context), "toolUse": fact(value=True),
        "modalities": fact(["text"]),
        "checkpoints": [
            {"precision": "bf16", "repo": f"test/{name}", "quantized": "none", "bitsPerWeight": 16.0,
             "compute": "bf16", **SOURCED},
            {"precision": "fp8", "repo": f"test/{name}-fp8", "quantized": "linear", "bitsPerWeight": 8.0,
             "compute": "fp8", "engineQuantization": "fp8", **SOURCED},
        ],
        **changes,
    }  # fmt: skip
    return Model.model_validate_json(json.dumps(entry))


def price(usd_per_hour: float, provider: str = "list", kind: str = "on-demand", day: str = "2026-01-01") -> Any:
    return {
        "provider": provider, "kind": kind, "usdPerHour": usd_per_hour, "recorded": day, "validUntil": "2027-01-01",
        **SOURCED,
    }  # fmt: skip


def accelerator(name: str, *, memory_gib: float, prices: Sequence[Any], label: str = "", **changes: Any) -> Accelerator:
    entry = {
        "id": name, "name": f"NVIDIA {name.upper()}", "vendor": "nvidia", "generation": "hopper",
        "bf16Tflops": fact(989.0), "memoryGib": fact(memory_gib), "bandwidthGbS": fact(3350.0), "link": "nvlink",
        "linkGbS": fact(450.0), "gpusPerNode": fact(8), "supports": fact(["bf16", "fp8"]),
        "resourceName": fact("nvidia.com/gpu"), "prices": list(prices),
        **({"nodeLabel": {"key": "nvidia.com/gpu.product", "value": label, **SOURCED}} if label else {}),
        **changes,
    }  # fmt: skip
    return Accelerator.model_validate_json(json.dumps(entry))


@functools.cache
def packaged() -> Catalog:
    """The catalog that ships with the package."""
    return load_catalog()


@functools.cache
def catalog() -> Catalog:
    """Two models on three accelerators (x9 has no price), with the packaged use cases."""
    alpha = model("alpha-8b", layers=32, hidden=4096, wide=14336, context=131072)
    beta = model(
        "beta-70b", layers=80, hidden=8192, wide=28672, context=8192,
        license=fact("beta-community"), parametersB=fact(70.0),
    )  # fmt: skip
    machines = (
        accelerator(
            "h100", memory_gib=79.6, prices=[price(4.5), price(4.9, "aws"), price(2.0, "aws", "spot")],
            label="NVIDIA-H100-80GB-HBM3",
        ),
        accelerator("l4", memory_gib=22.0, prices=[price(0.8)]),
        accelerator("x9", memory_gib=100.0, prices=[]),
    )  # fmt: skip
    return replace(
        packaged(),
        models={item.id: item for item in (alpha, beta)},
        accelerators={item.id: item for item in machines},
        scores={
            "alpha-8b": ModelScores(
                model="alpha-8b", row="Alpha", **SOURCED,
                scores=dict.fromkeys(
                    ("mmlu_pro", "tau2", "ifbench", "aime_25", "intelligence_index", "gpqa", "hle"), 50.0
                ),
            ),
        },
        quantisation={"fp8": QuantisationLoss(precision="fp8", kept=0.98, low=0.9, high=1.0, **SOURCED)},
        fallback=(
            SizeFallback(up_to_parameters_b=10.0, score=40.0, low=20.0, high=60.0, **SOURCED),
            SizeFallback(up_to_parameters_b=100.0, score=60.0, low=40.0, high=80.0, **SOURCED),
        ),
        serving=ServingList(
            sources={"test": Source(title="test")},
            engine="vllm",
            engine_version="0.19.0",
            dated=date(2026, 11, 22),
            coefficients=(Coefficient(name="runtime_overhead_gib", value=2.5, unit="GiB", meaning="test", **SOURCED),),
            intervals=(IntervalWidth(metric="ttft", width=0.3, **SOURCED),),
        ),
    )  # fmt: skip


@functools.cache
def layout() -> pa.Table:
    return lay_out(catalog())


def project(**spec: Any) -> Project:
    """A project file's document from plain values in the spelling of the file."""
    entry = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": spec}
    return load(Project, Text("neuralnav.yaml", yaml.safe_dump(entry))).document


def workload_text(*, name: str = "chat", labels: Mapping[str, str] | None = None, **spec: Any) -> str:
    """The text of a workload: a chatbot with 5000 users unless `spec` says otherwise; a None takes a field away."""
    whole = {"useCase": "chatbot_conversational", "traffic": {"users": 5000}, **spec}
    entry = {
        "apiVersion": "neuralnav.dev/v1alpha1",
        "kind": "Workload",
        "metadata": {"name": name, **({"labels": dict(labels)} if labels else {})},
        "spec": {key: value for key, value in whole.items() if value is not None},
    }
    return yaml.safe_dump(entry, sort_keys=False)


def workload(**options: Any) -> Parsed[Workload]:
    return load(Workload, Text("workload.yaml", workload_text(**options)))


SPEC = ResolvedSpec(
    name="chat",
    labels=(),
    use_case="chatbot_conversational",
    mean_rps=3.0,
    peak_rps=6.0,
    arrival="poisson",
    burst_size=1.0,
    prompt_tokens=PROMPT,
    output_tokens=OUTPUT,
    context_tokens=1536,
    slo_ms={"ttft": 150.0, "itl": 25.0, "e2e": 7000.0},
    weights=ScoreWeights(0.4, 0.4, 0.1, 0.1),
    quality_weights={"mmlu_pro": 1.0},
    allowed=Allowed(
        models=frozenset({"alpha-8b", "beta-70b"}),
        families=frozenset({"alpha", "beta"}),
        licenses=frozenset({"apache-2.0", "beta-community"}),
        accelerators=frozenset({"h100", "l4", "x9"}),
        precisions=frozenset({"bf16", "fp8"}),
    ),
    budget_usd_per_month=float("inf"),
    max_gpus=UNLIMITED_GPUS,
    reasoning=False,
    provider="list",
    price_kind="on-demand",
    confidence="likely",
    headroom=1.2,
    experience="",
    spare_replicas=0,
    sticky_margin=2.0,
    top=5,
    deploy=DeploySettings(
        namespace="default", target="InferenceService", mode="vllm", max_replicas=0, claim="", path="",
        token_secret="", image="", regions=(),
    ),
    assumptions=(),
)  # fmt: skip
"""A chatbot with a peak of 6 requests a second and SLOs of 150/25/7000 ms."""


def spec(**changes: Any) -> ResolvedSpec:
    return replace(SPEC, **changes)


def rows(
    candidate: str,
    points: Sequence[Point],
    *,
    achieved: Sequence[float] | None = None,
    interval: float | None = INTERVAL,
    **changes: Any,
) -> list[dict[str, Any]]:
    """One benchmark row for each point; every statistic of a metric is its p95. `changes` set columns of all rows."""
    name, precision, machine, tp, *pp = candidate.split("/")
    found = []
    for index, (offered, *latencies) in enumerate(points):
        values = dict(zip(("ttft", "itl", "e2e"), latencies, strict=True))
        found.append({
            "model": name, "precision": precision, "accelerator": machine, "tp": int(tp.removeprefix("tp")),
            "pp": int(pp[0].removeprefix("pp")) if pp else 1, "engine": "vllm", "engine_version": "0.19.0",
            "kv_dtype": "auto", "max_num_seqs": 256, "max_num_batched_tokens": 8192, "memory_utilization": 0.9,
            "prefix_hit_share": 0.0, "prompt_tokens": PROMPT, "output_tokens": OUTPUT, "arrival": "poisson",
            "burst_size": 1.0, "offered_rps": offered, "concurrency": None,
            "achieved_rps": achieved[index] if achieved else offered, "output_tokens_per_s": offered * OUTPUT,
            **{column: values[column.split("_")[0]] for column in LATENCIES},
            "ttft_interval": interval, "itl_interval": interval, "e2e_interval": interval, "requests": 1000,
            "source": "simulated", "evidence_id": "0123456789abcdef", "date": "2026-11-22", "origin": "test",
            **changes,
        })  # fmt: skip
    return found


def table(*parts: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for part in parts for row in part], schema=BENCHMARK_SCHEMA)


def curves(*parts: Sequence[Mapping[str, Any]]) -> LoadCurves:
    return select([table(*parts)], PROMPT, OUTPUT)


def weighed(resolved: ResolvedSpec, *parts: Sequence[Mapping[str, Any]]) -> Candidates:
    """The candidates of the small catalog with the given rows as evidence."""
    return weigh(resolved, catalog(), layout(), curves(*parts))


def cell(candidates: Candidates, name: str, column: str) -> Any:
    return candidates.table[column][row_of(candidates, name)].as_py()


def row_of(candidates: Candidates, name: str) -> int:
    found: int = candidates.table["id"].to_pylist().index(name)
    return found


EASY: tuple[Point, ...] = ((1.0, 50.0, 10.0, 2600.0), (4.0, 100.0, 20.0, 5200.0), (8.0, 200.0, 30.0, 8000.0))
"""TTFT meets 150 ms at 6 requests a second, ITL 25 ms at 6 as well, E2E 7 s above 6."""


def evidence() -> list[list[dict[str, Any]]]:
    """Curves of five configurations, one of them on an accelerator without a price."""
    return [
        rows(ALPHA, EASY),
        rows(ALPHA_FP8, [(offered * 1.5, *latencies) for offered, *latencies in EASY]),  # type: ignore[misc]  # a Point
        rows(ALPHA_L4, [(0.2, 90.0, 20.0, 5200.0), (1.0, 140.0, 24.0, 6500.0), (2.0, 300.0, 60.0, 20000.0)]),
        rows(ALPHA_X9, EASY),
        rows(BETA, [(0.5, 80.0, 20.0, 5300.0), (2.0, 140.0, 24.0, 6800.0), (3.0, 400.0, 40.0, 9000.0)]),
    ]


def world(*parts: Sequence[Mapping[str, Any]], settings: Project | None = None, **changes: Any) -> World:
    """The small catalog with the packaged templates; nothing is simulated."""
    whole = table(*(parts or evidence()))
    return World(
        catalog=changes.get("catalog", catalog()),
        project=settings or project(),
        layout=layout(),
        curves=lambda prompt, output: select([whole], prompt, output),
        simulate=lambda _spec, _ids, _measured: BENCHMARK_SCHEMA.empty_table(),
        renderer=changes.get("renderer") or renderer(),
    )


def compiled(
    parsed: Parsed[Workload] | None = None, where: World | None = None, previous: Previous | None = None
) -> Compiled:
    place = where or world()
    return compile_plan(make_plan(parsed or workload(), place), place, previous, "deploy")


@functools.cache
def lock() -> Lock:
    return compiled().lock


@functools.cache
def renderer() -> Renderer:
    """The packaged templates."""
    return Renderer(load_templates())


def with_deployment(base: Lock, **changes: Any) -> Lock:
    """A lock whose deployment says something else, whether or not that is valid."""
    return base.model_copy(update={"deployment": base.deployment.model_copy(update=changes)})


def previous_of(base: Lock, **changes: str) -> Previous:
    found = Previous(base.choice.candidate, base.inputs.workload, base.inputs.settings, base.inputs.policies)
    return replace(found, **changes)  # type: ignore[arg-type]  # the names of its text fields
