"""What a policy may read: every field with its type, unit, meaning and an example. `columns` gives the values."""

from collections.abc import Callable, Mapping

from neuralnav.model.catalog import PRECISIONS, Accelerator, Catalog, Model
from neuralnav.model.tables import METRICS, SOURCES
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Field,
    ListType,
    MapType,
    ObjectType,
    Scope,
    Type,
    Variable,
)

Fields = dict[str, Field]

MS, SHARE, USD_MONTH, RPS, TOKENS = "ms", "share, 1 is all of it", "USD/month", "requests/s", "tokens"


def _always(kind: Type, about: str, example: str, unit: str = "") -> Field:
    return Field(kind, about, unit=unit, example=example)


def _maybe(kind: Type, about: str, example: str, unit: str = "") -> Field:
    return Field(kind, about, unit=unit, example=example, optional=True)


def _sizes() -> Fields:
    """Return the build of a candidate, and what the planned load needs of it."""
    return {
        "id": _always(STRING, "The candidate: model/precision/accelerator/tp.", "candidate.id.endsWith('/tp1')"),
        "precision": _always(STRING, "The precision of its weights.", "candidate.precision in ['bf16', 'fp8']"),
        "tp": _always(INT, "GPUs that share each layer (tensor parallel).", "candidate.tp <= 4"),
        "pp": _always(INT, "Nodes that a replica spans (pipeline parallel).", "candidate.pp == 1"),
        "gpus_per_replica": _always(INT, "GPUs of one replica.", "candidate.gpus_per_replica <= 8", "GPUs"),
        "replicas": _maybe(INT, "Replicas planned: the peak with headroom, and spares.", "candidate.replicas >= 2"),
        "replicas_min": _maybe(INT, "Replicas that keep the SLOs at the peak.", "candidate.replicas_min <= 4"),
        "gpus": _maybe(INT, "GPUs of all planned replicas.", "candidate.gpus <= 16", "GPUs"),
        "cost_monthly_usd": _maybe(
            DOUBLE, "What all planned replicas cost.", "candidate.cost_monthly_usd < usd('5k')", USD_MONTH
        ),
        "price_hourly_usd": _maybe(
            DOUBLE, "The price of one GPU.", "candidate.price_hourly_usd <= 4.5", "USD/hour for a GPU"
        ),
        "weights_gib": _always(DOUBLE, "Weights on one GPU.", "candidate.weights_gib < gib('60GiB')", "GiB for a GPU"),
        "kv_capacity_tokens": _always(
            INT, "Tokens that the KV cache of a replica holds.", "candidate.kv_capacity_tokens >= 100000", TOKENS
        ),
        "kv_cache_use": _maybe(
            DOUBLE, "How much of the KV cache is in use at the peak.", "candidate.kv_cache_use <= 0.8", SHARE
        ),
    }


def _latencies() -> Fields:
    """Return the three p95 at the planned load, their intervals, and what they leave of the SLOs."""
    found: Fields = {}
    for metric in METRICS:
        name = {"ttft": "time to first token", "itl": "inter-token latency", "e2e": "end-to-end latency"}[metric]
        own = f"candidate.{metric}"
        found |= {
            f"{metric}_p95_ms": _maybe(
                DOUBLE, f"The p95 {name} at the planned load.", f"{own}_p95_ms <= slo.{metric}_p95_ms", MS
            ),
            f"{metric}_low_ms": _maybe(
                DOUBLE, "The lower end of its 90 % interval.", f"{own}_low_ms < ms('1.5s')", MS
            ),
            f"{metric}_high_ms": _maybe(
                DOUBLE, "The upper end of its 90 % interval.", f"{own}_high_ms <= slo.{metric}_p95_ms", MS
            ),
            f"{metric}_headroom": _maybe(
                DOUBLE, f"What {metric}_p95_ms leaves of its SLO; below 0 it is missed.", f"{own}_headroom >= 0.2",
                SHARE,
            ),
        }  # fmt: skip
    found["slo_headroom"] = _maybe(DOUBLE, "The least of the three headrooms.", "candidate.slo_headroom >= 0.2", SHARE)
    return found


def _evidence() -> Fields:
    """Return capacity, and how well the numbers are founded."""
    return {
        "capacity_rps": _maybe(
            DOUBLE, "The rate at which one replica meets all SLOs.", "candidate.capacity_rps >= 2.0", RPS
        ),
        "capacity_at_least": _maybe(
            BOOL, "Whether the capacity is a lower bound: no load tried misses an SLO.", "!candidate.capacity_at_least"
        ),
        "binding": _maybe(
            STRING, "What limits the capacity: ttft, itl, e2e, throughput or none.", "candidate.binding != 'throughput'"
        ),
        "source": _maybe(
            STRING, f"Where its load curve comes from: {', '.join(SOURCES)}.", "candidate.source == 'measured'"
        ),
        "measured_runs": _maybe(
            INT, "Measured runs that corrected a simulated curve.", "candidate.measured_runs > 0", "runs"
        ),
        "spread": _maybe(
            DOUBLE, "The widest of its three 90 % intervals: 0.5 is a factor of 1.5 both ways.",
            "candidate.spread <= 0.5", "relative half-width",
        ),
        "engine_version": _maybe(
            STRING, "The version of the engine that its curve is of.", "candidate.engine_version.startsWith('0.19.')"
        ),
        "quality": _maybe(
            DOUBLE, "The use case's quality score; absent without a published score.", "candidate.quality >= 50.0",
            "points, 0-100",
        ),
        "quality_low": _maybe(
            DOUBLE, "The lower end of what the quality may be.", "candidate.quality_low >= 40.0", "points, 0-100"
        ),
        "quality_high": _maybe(
            DOUBLE, "The upper end of what the quality may be.", "candidate.quality_high >= 60.0", "points, 0-100"
        ),
        "quality_coverage": _always(
            DOUBLE, "How much of the quality score is published.", "candidate.quality_coverage >= 0.5", SHARE
        ),
    }  # fmt: skip


def _scores() -> Fields:
    """Return the four scores behind the ranking, before any preference."""
    about = {
        "accuracy": "The quality as it is scored; its fallback by size where it is unknown.",
        "cost": "25 points for each factor of ten that it is cheaper.",
        "latency": "The mean share of the SLOs that is left.",
        "complexity": "The fewer GPUs, the higher.",
    }
    return {
        f"score_{name}": _maybe(DOUBLE, text, f"candidate.score_{name} >= 50.0", "points, 0-100")
        for name, text in about.items()
    }


_ACCELERATOR: Fields = {
    "id": _always(STRING, "The accelerator's id in the catalog.", "accelerator.id != 'h200'"),
    "name": _always(STRING, "Its name without the vendor's.", "accelerator.name in ['H100', 'L40S']"),
    "vendor": _always(STRING, "Who makes it: nvidia or amd.", "accelerator.vendor == 'nvidia'"),
    "generation": _always(STRING, "Its generation.", "accelerator.generation in ['hopper', 'blackwell']"),
    "memory_gib": _always(
        DOUBLE, "The memory that its driver reports.", "accelerator.memory_gib >= gib('75GiB')", "GiB"
    ),
    "bandwidth_gb_s": _always(DOUBLE, "Memory bandwidth.", "accelerator.bandwidth_gb_s >= 2000.0", "GB/s"),
    "link": _always(STRING, "The link between its peers: nvlink, pcie or xgmi.", "accelerator.link != 'pcie'"),
    "gpus_per_node": _always(INT, "Accelerators of one node.", "accelerator.gpus_per_node == 8", "GPUs"),
    "bf16_tflops": _always(DOUBLE, "Dense peak in bf16.", "accelerator.bf16_tflops >= 300.0", "TFLOP/s"),
    "fp8_tflops": _maybe(
        DOUBLE, "Dense peak in fp8; absent where it computes in none.", "has(accelerator.fp8_tflops)", "TFLOP/s"
    ),
    "power_w": _maybe(DOUBLE, "Its power limit.", "accelerator.power_w <= 700.0", "W"),
}

_MODEL: Fields = {
    "id": _always(STRING, "The model's id in the catalog.", "model.id.startsWith('qwen3')"),
    "name": _always(STRING, "Its name.", "model.name.contains('Llama')"),
    "family": _always(STRING, "Its family.", "model.family != 'deepseek'"),
    "publisher": _always(STRING, "Who published it.", "model.publisher == 'Meta'"),
    "license": _always(STRING, "Its licence.", "model.license in ['apache-2.0', 'mit']"),
    "repo": _always(STRING, "The repository of the weights.", "model.repo.startsWith('RedHatAI/')"),
    "parameters_b": _always(DOUBLE, "Its size.", "model.parameters_b <= 70.0", "billions of parameters"),
    "context_tokens": _always(INT, "The longest context that it takes.", "model.context_tokens >= 32768", TOKENS),
    "tool_use": _always(BOOL, "Whether it calls tools.", "model.tool_use"),
    "always_reasons": _always(BOOL, "Whether it thinks at a length that nobody can turn off.", "!model.always_reasons"),
    "vision": _always(BOOL, "Whether it reads images.", "model.vision"),
    "audio": _always(BOOL, "Whether it hears.", "!model.audio"),
}

_WORKLOAD: Fields = {
    "name": _always(STRING, "The workload's name.", "workload.name != 'sandbox'"),
    "use_case": _always(STRING, "Its use case, or custom.", "workload.use_case == 'code_completion'"),
    "experience": _maybe(STRING, "Its experience class, where it names one.", "workload.experience == 'batch'"),
    "domain": _maybe(STRING, "Its domain, where it names one.", "workload.domain == 'health'"),
    "environment": _maybe(STRING, "Its label `env`.", "workload.environment == 'prod'"),
    "labels": _always(MapType(STRING, STRING), "Its labels.", "workload.labels['team'] == 'support'"),
    "namespace": _always(STRING, "The namespace that it runs in.", "workload.namespace.startsWith('llm-')"),
    "regions": _always(
        ListType(STRING), "The regions it may run in; empty means anywhere.",
        "size(workload.regions) > 0 && workload.regions.all(r, r.startsWith('eu-'))",
    ),
    "confidence": _always(STRING, "What it plans by: likely or safe.", "workload.confidence == 'safe'"),
    "reasoning": _always(BOOL, "Whether it admits models that always reason.", "!workload.reasoning"),
}  # fmt: skip

_SLO: Fields = {
    f"{metric}_p95_ms": _always(DOUBLE, f"The ceiling of the p95 {metric.upper()}.", f"slo.{metric}_p95_ms > 0.0", MS)
    for metric in METRICS
}

_PLAN: Fields = {
    "mean_rps": _always(DOUBLE, "The mean rate of requests.", "plan.mean_rps < 100.0", RPS),
    "peak_rps": _always(DOUBLE, "The rate at the peak.", "plan.peak_rps < 200.0", RPS),
    "arrival": _always(STRING, "How requests arrive: poisson, compound, clustered or uniform.",
                       "plan.arrival == 'poisson'"),
    "prompt_tokens": _always(INT, "The length of a prompt.", "plan.prompt_tokens <= 8192", TOKENS),
    "output_tokens": _always(INT, "The length of an answer.", "plan.output_tokens <= 2048", TOKENS),
    "context_tokens": _always(INT, "The context that is planned for.", "plan.context_tokens <= 32768", TOKENS),
    "headroom": _always(DOUBLE, "Planned capacity over the peak.", "plan.headroom >= 1.2", "factor"),
    "spare_replicas": _always(INT, "Replicas beyond what the peak needs.", "plan.spare_replicas >= 1"),
    "provider": _always(STRING, "Whose prices it is planned with.", "plan.provider == 'aws'"),
    "price_kind": _always(STRING, "Which: on-demand, spot, reserved or owned.", "plan.price_kind != 'spot'"),
    "budget_monthly_usd": _maybe(DOUBLE, "The workload's budget.", "plan.budget_monthly_usd <= 50000.0", USD_MONTH),
    "max_gpus": _maybe(INT, "The most GPUs that the workload allows.", "plan.max_gpus <= 32", "GPUs"),
    "max_replicas": _maybe(INT, "The autoscaler's ceiling.", "plan.max_replicas <= 10"),
    "target": _always(STRING, "InferenceService or LLMInferenceService.", "plan.target == 'InferenceService'"),
    "mode": _always(STRING, "vllm, or simulator.", "plan.mode == 'vllm'"),
    "autoscaler": _always(STRING, "none, hpa, keda or wva.", "plan.autoscaler == 'keda'"),
    "monitoring": _always(STRING, "PodMonitor or none.", "plan.monitoring == 'PodMonitor'"),
    "prefix_caching": _always(BOOL, "Whether prompts share a cache.", "!plan.prefix_caching"),
    "image": _maybe(STRING, "The image in place of the engine's own.", "plan.image.startsWith('registry.example/')"),
    "image_digest": _maybe(STRING, "The digest that pins the image.", "has(plan.image_digest)"),
    "storage_claim": _maybe(STRING, "The volume claim that holds the weights; absent: from the hub.",
                            "has(plan.storage_claim)"),
    "network_from": _always(ListType(STRING), "The namespaces that may call it; empty means all.",
                            "size(plan.network_from) > 0"),
    "priority_class": _maybe(STRING, "The priority class of its pods.", "plan.priority_class == 'batch'"),
    "run_as_user": _maybe(INT, "The user that the engine runs as; absent: the image's.", "has(plan.run_as_user)"),
}  # fmt: skip


def _root(name: str, fields: Fields, about: str, *, per_row: bool = False) -> Variable:
    return Variable(ObjectType(name, fields), about, per_row=per_row)


SCOPE = Scope(
    {
        "candidate": _root(
            "candidate", _sizes() | _latencies() | _evidence() | _scores(),
            "The configuration that is judged, sized for the planned load.", per_row=True,
        ),
        "accelerator": _root("accelerator", _ACCELERATOR, "The accelerator that it runs on.", per_row=True),
        "model": _root("model", _MODEL, "The model that it serves.", per_row=True),
        "workload": _root("workload", _WORKLOAD, "What the service is for."),
        "slo": _root("slo", _SLO, "The SLOs that it is planned for."),
        "plan": _root("plan", _PLAN, "The traffic, the limits and the deployment that it is planned with."),
    }
)  # fmt: skip
"""A field that is optional may be absent; `params` and `variables` are added where a policy is bound."""


def short_name(accelerator: Accelerator) -> str:
    """Return an accelerator's name without its vendor's: H100, MI300X, A100-80GB."""
    return accelerator.short_name


_VOCABULARY_OF_ACCELERATORS: Mapping[str, Callable[[Accelerator], str]] = {
    "accelerator.id": lambda item: item.id,
    "accelerator.name": short_name,
    "accelerator.vendor": lambda item: item.vendor,
    "accelerator.generation": lambda item: item.generation,
    "accelerator.link": lambda item: item.link,
}
_VOCABULARY_OF_MODELS: Mapping[str, Callable[[Model], str]] = {
    "model.id": lambda item: item.id,
    "model.name": lambda item: item.name,
    "model.family": lambda item: item.family,
    "model.publisher": lambda item: item.publisher,
    "model.license": lambda item: item.license.value,
}
_VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "candidate.precision": PRECISIONS,
    "candidate.source": SOURCES,
    "candidate.binding": (*METRICS, "throughput", "none"),
    "workload.confidence": ("likely", "safe"),
    "plan.arrival": ("poisson", "compound", "clustered", "uniform"),
    "plan.price_kind": ("on-demand", "spot", "reserved", "owned"),
    "plan.target": ("InferenceService", "LLMInferenceService"),
    "plan.mode": ("vllm", "simulator"),
    "plan.autoscaler": ("none", "hpa", "keda", "wva"),
    "plan.monitoring": ("PodMonitor", "none"),
}


def vocabulary(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return what each closed field can hold, by `variable.field`, sorted where it comes from the catalog.

    A text that a policy compares such a field with, and that is none of these, can never be met.
    """
    prices = [price for item in catalog.accelerators.values() for price in item.prices]
    return {
        **{
            name: tuple(sorted({of(item) for item in catalog.accelerators.values()}))
            for name, of in _VOCABULARY_OF_ACCELERATORS.items()
        },
        **{
            name: tuple(sorted({of(item) for item in catalog.models.values()}))
            for name, of in _VOCABULARY_OF_MODELS.items()
        },
        **_VOCABULARY,
        "workload.use_case": (*sorted(catalog.use_cases), "custom"),
        "workload.experience": tuple(sorted(catalog.experiences)),
        "plan.provider": tuple(sorted({price.provider for price in prices})),
    }
