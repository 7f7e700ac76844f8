"""(RankedPlan, previous Lock?) -> Lock without manifests: the sticky choice, its reason, and every number's origin."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neuralnav.model.catalog import Catalog
from neuralnav.model.lock import (
    REVISION,
    SCHEMA,
    Choice,
    Correction,
    Deployment,
    Inputs,
    Lock,
    LockedAssumption,
    LockedCandidate,
    LockedConflict,
    LockedManifest,
    LockedRefusal,
    LockedRequirements,
    LockedVerdict,
    Metric,
    PodResources,
    Previous,
    Quality,
    Ranking,
    Replicas,
    Scaling,
    Scores,
    Storage,
)
from neuralnav.model.plan import VIEWS, RankedPlan, Refusal
from neuralnav.model.policy_lines import policies_intend
from neuralnav.model.spec import Conflict, ResolvedSpec
from neuralnav.model.tables import METRICS

STARTUP_BASE_SECONDS = 300
STARTUP_SECONDS_PER_GIB = 10
"""Patience of the start-up probe: pulling and compiling, then weights at 100 MB/s, a slow hub download."""

SHARED_MEMORY_GIB = 16
"""Size limit of /dev/shm when tensor parallel workers exchange through it (KServe's vLLM samples use the like)."""

SCRATCH_BASE_GIB = 10
"""Room for caches and compiled graphs beside the downloaded weights, in the pod's /tmp."""

ENGINE_PROCESSES = 2
"""An API server and an engine core, beside one worker per accelerator: vLLM's documentation ("Optimization and Tuning",
CPU resources) asks for a core for each, and warns of throughput lost with fewer."""

HOST_MEMORY_GIB = 16
LIMIT_FACTOR = 2
"""Memory beside the weights, which pass through the page cache while they load, and limits over requests: both as in
KServe's sample of a 7B model on one GPU (16Gi, limits twice the requests). Without limits KServe's webhook would set
1 CPU and 2Gi."""

DTYPES: Mapping[str, str] = {"bf16": "bfloat16"}
"""vLLM's name of a checkpoint's 16-bit type where the precision says it; quantised checkpoints name their own."""

ENGINE_IMAGES: Mapping[str, str] = {"nvidia": "vllm/vllm-openai", "amd": "vllm/vllm-openai-rocm"}
"""vLLM's own images by vendor, tagged v<version>."""

SIMULATOR_IMAGE = "neuralnav-simulator:0.1"
"""Built from simulator/; no registry publishes it, so an overlay or `deploy.image` names yours."""

NOTHING = "sha256:" + "0" * 64
"""The digest in place of manifests that are not rendered yet."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The chosen row, the best row, why, and what was given up, with the first rule that refuses that.

    The last two are empty when the locked choice still stands, or no rule refuses it.
    """

    row: int
    best: int
    why: str
    instead_of: str
    refused_by: str = ""


def decide(plan: RankedPlan, previous: Previous | None) -> Decision:
    """Return the choice for a plan with at least one feasible candidate.

    A locked choice stands when only data or tool changed and it is feasible and within the margin of the best.
    Otherwise the best of the balanced view is taken.
    """
    order = plan.views["balanced"]
    best = order[0]
    ids, scores = plan.candidates.table["id"], plan.scores["balanced"]
    fresh = _reason(plan)
    if previous is None:
        return Decision(best, best, fresh, "")
    locked = next((row for row in order if ids[row].as_py() == previous.candidate), None)
    same = locked == best
    if same:
        return Decision(best, best, fresh, "")
    now = (plan.inputs["workload"], plan.inputs["settings"])
    lines = plan.judged.lines if plan.judged else ()
    edited = now != (previous.workload, previous.settings) or policies_intend(previous.policies, lines)
    intent = not previous.settled and edited
    if locked is None or intent:
        return Decision(best, best, fresh, previous.candidate, plan.refused_by(previous.candidate))
    behind = round(float(scores[best] - scores[locked]), 1)
    if behind > plan.spec.sticky_margin:
        return Decision(best, best, fresh, previous.candidate)
    margin = f"{plan.spec.sticky_margin:g}"
    why = f"kept from the last lock: {behind:g} points behind {ids[best].as_py()}, within the margin of {margin}"
    return Decision(locked, best, why, "")


def lock_plan(plan: RankedPlan, decision: Decision, catalog: Catalog) -> Lock:
    """Return the lock of a plan, its manifests still to be rendered."""
    listed = {row for view in VIEWS for row in plan.views[view][: plan.spec.top]} | {decision.row, decision.best}
    position = {row: index for index, row in enumerate(plan.views["balanced"])}
    shown = sorted(listed, key=position.__getitem__)
    ids = plan.candidates.table["id"]
    names = {view: tuple(ids[row].as_py() for row in plan.views[view][: plan.spec.top]) for view in VIEWS}
    return Lock(
        schema_=SCHEMA,
        revision=REVISION,
        workload=plan.spec.name,
        inputs=Inputs.model_validate({**plan.inputs, "policies": plan.judged.lines if plan.judged else ()}),
        assumptions=tuple(LockedAssumption(field=a.field, value=a.value, why=a.why) for a in plan.spec.assumptions),
        requirements=_requirements(plan.spec),
        choice=Choice(
            candidate=ids[decision.row].as_py(),
            kept=decision.row != decision.best,
            best=ids[decision.best].as_py(),
            why=decision.why,
            verdicts=_verdicts(plan, decision.row),
        ),
        deployment=_deployment(plan, decision.row, catalog),
        ranking=Ranking(feasible=len(position), considered=int(plan.candidates.scope.sum()), **names),
        candidates=tuple(_candidate(plan, row, cell) for row, cell in zip(shown, plan.rows(shown), strict=True)),
        refused=locked_refusals(plan.refused),
        manifests=(LockedManifest(path="-", digest=NOTHING),),
    )


def locked_refusals(refused: Sequence[Refusal]) -> tuple[LockedRefusal, ...]:
    """Return refusals as a lock holds them."""
    return tuple(
        LockedRefusal(reason=r.reason, count=r.count, nearest=r.nearest, by=r.by, near_miss=r.near_miss)
        for r in refused
    )


def _reason(plan: RankedPlan) -> str:
    order = plan.views["balanced"]
    table, scores = plan.candidates.table, plan.scores["balanced"]
    count = len(order)
    if count == 1:
        return "the only feasible candidate"
    ahead = round(float(scores[order[0]] - scores[order[1]]), 1)
    if ahead > 0:
        return f"best balanced score of {count} feasible: {ahead:g} points ahead of {table['id'][order[1]].as_py()}"
    level = table["id"][order[1]].as_py()
    return f"best balanced score of {count} feasible, level with {level} and cheaper or first by name"


def _requirements(spec: ResolvedSpec) -> LockedRequirements:
    return LockedRequirements(
        use_case=spec.use_case,
        mean_rps=spec.mean_rps,
        peak_rps=spec.peak_rps,
        arrival=spec.arrival,
        prompt_tokens=spec.prompt_tokens,
        output_tokens=spec.output_tokens,
        context_tokens=spec.context_tokens,
        ttft_p95_ms=spec.slo_ms["ttft"],
        itl_p95_ms=spec.slo_ms["itl"],
        e2e_p95_ms=spec.slo_ms["e2e"],
        confidence="safe" if spec.confidence == "safe" else "likely",
        headroom=spec.headroom,
    )


def _deployment(plan: RankedPlan, row: int, catalog: Catalog) -> Deployment:
    cell, spec, deploy = plan.row(row), plan.spec, plan.spec.deploy
    model, accelerator = catalog.models[str(cell["model"])], catalog.accelerators[str(cell["accelerator"])]
    checkpoint = next(item for item in model.checkpoints if item.precision == cell["precision"])
    label = accelerator.node_label
    planned, gpus, tp = (int(str(cell[name])) for name in ("replicas_planned", "gpus_per_replica", "tp"))
    weights_gib = float(str(cell["weight_gib"]))
    replica_gib = math.ceil(weights_gib * gpus)
    return Deployment(
        name=spec.name,
        namespace=deploy.namespace,
        labels=dict(spec.labels),
        target=deploy.target,
        mode=deploy.mode,
        model=model.id,
        repo=checkpoint.repo,
        precision=checkpoint.precision,
        quantization=checkpoint.engine_quantization or "",
        accelerator=accelerator.id,
        engine_version=str(cell["engine_version"]),
        image=deploy.image or _image(deploy.mode, accelerator.vendor, str(cell["engine_version"])),
        image_digest=deploy.image_digest or None,
        resource_name=accelerator.resource_name.value,
        gpus_per_replica=gpus,
        tensor_parallel=tp,
        pipeline_parallel=int(str(cell["pp"])),
        resources=_resources(deploy.mode, tp, weights_gib),
        node_label_key=label.key if label else "",
        node_label_value=label.value if label else "",
        regions=deploy.regions,
        max_model_len=spec.context_tokens,
        max_num_seqs=int(str(cell["max_num_seqs"])),
        max_num_batched_tokens=int(str(cell["max_num_batched_tokens"])),
        gpu_memory_utilization=float(str(cell["memory_utilization"])),
        dtype=DTYPES.get(checkpoint.precision, "auto"),
        kv_cache_dtype=str(cell["kv_dtype"]),
        prefix_caching=deploy.prefix_caching,
        shared_memory_gib=SHARED_MEMORY_GIB if tp > 1 else 0,
        scratch_gib=SCRATCH_BASE_GIB + (0 if deploy.claim else replica_gib),
        startup_seconds=STARTUP_BASE_SECONDS + STARTUP_SECONDS_PER_GIB * replica_gib,
        replicas=Replicas(min=int(str(cell["replicas_min"])), planned=planned, max=max(planned, deploy.max_replicas)),
        scaling=Scaling(
            autoscaler=deploy.autoscaler,
            target_concurrency=float(str(cell["target_concurrency"])),
            prometheus=deploy.prometheus,
            replica_usd_per_hour=round(float(str(cell["price_usd_per_hour"])) * gpus, 4),
        ),
        storage=Storage(claim=deploy.claim, path=deploy.path, token_secret=deploy.token_secret),
        monitoring=deploy.monitoring,
        network_from=deploy.network_from,
        priority_class=deploy.priority_class,
        run_as_user=deploy.run_as_user or None,
    )


def _resources(mode: str, tp: int, weights_gib: float) -> PodResources:
    """Return the CPU and memory of one pod with `tp` accelerators that hold `weights_gib` each."""
    if mode == "simulator":
        return PodResources(cpu=1, cpu_limit=1, memory_gib=1, memory_limit_gib=1)
    cpu, memory_gib = ENGINE_PROCESSES + tp, HOST_MEMORY_GIB + math.ceil(weights_gib * tp)
    return PodResources(
        cpu=cpu, cpu_limit=LIMIT_FACTOR * cpu, memory_gib=memory_gib, memory_limit_gib=LIMIT_FACTOR * memory_gib
    )


def _image(mode: str, vendor: str, engine_version: str) -> str:
    release = engine_version.partition("+")[0]  # a local build has no image of its own
    return SIMULATOR_IMAGE if mode == "simulator" else f"{ENGINE_IMAGES[vendor]}:v{release}"


def _candidate(plan: RankedPlan, row: int, cell: Mapping[str, Any]) -> LockedCandidate:
    metrics = {
        f"{name}_p95_ms": Metric(value=cell[f"{name}_p95_ms"], low=cell[f"{name}_low_ms"], high=cell[f"{name}_high_ms"])
        for name in METRICS
    }
    return LockedCandidate(
        id=cell["id"],
        scores=Scores(**{name: float(values[row]) for name, values in plan.scores.items()}),
        replicas=cell["replicas_planned"],
        gpus=cell["gpus"],
        cost_usd_per_month=cell["cost_usd_per_month"],
        capacity_rps=cell["capacity_rps"],
        capacity_at_least=cell["capacity_at_least"],
        binding=cell["binding"],
        **metrics,
        quality=Quality(
            value=cell["quality"],
            low=cell["quality_low"],
            high=cell["quality_high"],
            known=cell["quality_coverage"] > 0,
            coverage=cell["quality_coverage"],
        ),
        kv_cache_use=cell["kv_cache_use"],
        dominated=bool(plan.dominated[row]),
        source=cell["source"],
        evidence=cell["evidence_id"],
        correction=_correction(cell),
        conflict=locked_conflict(plan.conflicts.get(str(cell["id"]))),
        preference=float(plan.judged.points[row]) if plan.judged else 0.0,
    )


def _verdicts(plan: RankedPlan, row: int) -> tuple[LockedVerdict, ...]:
    """Return what policies say of the choice; one that none of them refuses."""
    return tuple(
        LockedVerdict(
            rule=f"{item.policy}.{item.rule}",
            verdict=item.verdict,
            message=item.message,
            why=item.missed,
            points=item.points,
            owner=item.owner,
        )
        for item in (plan.judged.said(row) if plan.judged else ())
        if item.verdict != "deny"
    )


def _correction(cell: Mapping[str, Any]) -> Correction | None:
    if not cell["measured_runs"]:
        return None
    return Correction(measured_runs=cell["measured_runs"], **{name: cell[f"{name}_factor"] for name in METRICS})


def locked_conflict(found: Conflict | None) -> LockedConflict | None:
    """Return a conflict as a lock holds it, or None without one."""
    return LockedConflict(outcomes=found.outcomes, measured_runs=found.runs, **found.factors) if found else None
