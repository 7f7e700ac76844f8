"""(ResolvedSpec, Candidates, verdicts) -> RankedPlan: four absolute scores, five views, Pareto marks, refusals counted.

Every score is a function of one candidate and the workload alone, so that no candidate's presence moves another's.
"""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from neuralnav.model.plan import (
    NEAR_MISS,
    SCORES,
    THROUGHPUT,
    VIEWS,
    Candidates,
    Explanation,
    Failure,
    Floats,
    RankedPlan,
    Refusal,
)
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.model.spec import LONGEST_NODES_NAME, ResolvedSpec
from neuralnav.model.tables import METRICS
from neuralnav.model.verdicts import Judged, RuleVerdicts, Scored

CHEAP_USD_PER_MONTH = 100.0
DEAR_USD_PER_MONTH = 1_000_000.0
"""The cost score falls with the logarithm of the monthly cost, from 100 to 0: 25 points per factor of ten."""

COMPLEXITY_BY_GPUS = (100.0, 90.0, 82.0, 75.0, 70.0, 65.0, 62.0, 60.0)
"""The complexity score of 1 to 8 GPUs in all (the earlier NeuralNav's table); beyond, see `complexity_score`."""

COMPLEXITY_FLOOR = 40.0
FLOOR_GPUS = 64


def score(spec: ResolvedSpec, candidates: Candidates) -> Scored:
    """Return the scores of every candidate and the views over the feasible ones, as they are before any policy."""
    scores = _scores(spec, candidates)
    return Scored(scores, _views(scores, candidates))


def rank(spec: ResolvedSpec, candidates: Candidates, judged: Judged | None = None) -> RankedPlan:
    """Return the feasible candidates scored and ordered in every view; with verdicts, those that no policy refuses.

    Each view orders by its own score (cost by the cost itself), then by the balanced score, the cost and the id, so
    the order is total and never depends on rows. What policies prefer is in the balanced score.
    """
    scores = _scores(spec, candidates) if judged is None else dict(judged.scored.scores)
    admitted = candidates.feasible
    if judged is not None:
        candidates = _under(candidates, judged)
        scores["balanced"] = np.round(scores["balanced"] + judged.points, 1)
    bare = RankedPlan(
        spec, candidates, scores, _views(scores, candidates), _dominated(scores, np.flatnonzero(candidates.feasible)),
        refused=(), shut_out=(), judged=judged, admitted=int(admitted.sum()),
    )  # fmt: skip
    theirs = tuple(_by_policies(judged, bare, admitted)) if judged is not None else ()
    refused = shut_out = _refusals(bare, ~candidates.feasible, theirs)
    if not candidates.scope.all():
        refused = _refusals(bare, candidates.scope & ~candidates.feasible, theirs)
    return replace(bare, refused=refused, shut_out=shut_out)


def _under(candidates: Candidates, judged: Judged) -> Candidates:
    """Return the candidates with a verdict for each rule of a policy behind their own."""
    own = dict(candidates.verdicts)
    own[THROUGHPUT] = candidates.feasible | ~np.logical_and.reduce(list(own.values()))
    theirs = {rule.reason: ~rule.is_("deny") for rule in judged.rules}
    feasible = np.logical_and.reduce([candidates.feasible, *theirs.values()])
    return replace(candidates, verdicts=own | theirs, feasible=feasible)


def _views(scores: Mapping[str, Floats], candidates: Candidates) -> dict[str, tuple[int, ...]]:
    table = candidates.table
    cost = np.nan_to_num(table["cost_usd_per_month"].to_numpy(), nan=np.inf)
    rows = np.flatnonzero(candidates.feasible)
    ids = table["id"].take(pa.array(rows)).to_numpy(zero_copy_only=False).astype(str)
    rows = rows[np.lexsort((ids, cost[rows], -scores["balanced"][rows]))]
    own = {view: (cost if view == "cost" else -scores[view])[rows] for view in VIEWS}
    return {view: tuple(rows[np.argsort(own[view], kind="stable")].tolist()) for view in VIEWS}


def cost_score(usd_per_month: Floats) -> Floats:
    """Return 0-100, higher is cheaper."""
    span = np.log10(DEAR_USD_PER_MONTH / CHEAP_USD_PER_MONTH)
    return np.asarray(100 * (1 - np.log10(np.maximum(usd_per_month, 1e-6) / CHEAP_USD_PER_MONTH) / span))


def complexity_score(gpus: npt.NDArray[np.int64]) -> Floats:
    """Return 0-100, higher is simpler: the table up to 8 GPUs, then falling with their logarithm to 40 at 64."""
    table = np.array(COMPLEXITY_BY_GPUS)
    beyond = table[-1] - (table[-1] - COMPLEXITY_FLOOR) * np.log2(np.maximum(gpus, 8) / 8) / np.log2(FLOOR_GPUS / 8)
    return np.where(gpus <= 8, table[np.clip(gpus, 1, 8) - 1], np.maximum(beyond, COMPLEXITY_FLOOR))


def _scores(spec: ResolvedSpec, candidates: Candidates) -> dict[str, Floats]:
    table = candidates.table
    slack = np.stack([np.clip(table[f"{metric}_slack"].to_numpy(), 0.0, 1.0) for metric in METRICS])
    quality = "quality_low" if spec.confidence == "safe" else "quality"
    raw = {
        "accuracy": table[quality].to_numpy(),
        "cost": cost_score(table["cost_usd_per_month"].to_numpy()),
        "latency": 100 * slack.mean(axis=0),
        "complexity": complexity_score(table["gpus"].to_numpy()),
    }
    scores = {name: np.round(np.clip(np.nan_to_num(raw[name]), 0, 100), 1) for name in SCORES}
    weighted = sum((getattr(spec.weights, name) * scores[name] for name in SCORES), np.zeros(table.num_rows))
    return {"balanced": np.round(weighted, 1), **scores}


def _dominated(scores: Mapping[str, Floats], rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Mark the feasible rows that another feasible row equals or beats in all four scores and beats in one.

    Among what is left, no row beats the one with the largest sum: it stands, and what it beats goes.
    """
    marks = np.zeros(len(scores["balanced"]), dtype=bool)
    values = np.stack([scores[name][rows] for name in SCORES], axis=1)
    left = np.argsort(-values.sum(axis=1), kind="stable")
    while len(left):
        best = values[left[0]]
        equal = (values[left] == best).all(axis=1)
        beaten = (values[left] <= best).all(axis=1) & ~equal
        marks[rows[left[beaten]]] = True
        left = left[~(beaten | equal)]
    return marks


def _refusals(plan: RankedPlan, left: npt.NDArray[np.bool_], theirs: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """Count the rows of `left` by the first rule of the workload that refused them, and add the policies' refusals.

    Most first, then in the order of the rules: the workload's own, then those of policies by name.
    """
    found = []
    for rule, admits in plan.candidates.verdicts.items():
        if rule.startswith(PREFIX):
            continue
        rows = np.flatnonzero(left & ~admits)
        left = left & admits
        if len(rows):
            found.append(_refusal(plan, rule, rows))
    rest = int(left.sum()) if plan.judged is None else 0
    if rest:
        found.append(Refusal(THROUGHPUT, rest, "", "", near_miss=False))
    return tuple(sorted([*found, *theirs], key=lambda item: -item.count))


def _refusal(plan: RankedPlan, rule: str, rows: npt.NDArray[np.intp]) -> Refusal:
    spec, candidates = plan.spec, plan.candidates
    over = excess(rule, spec, candidates)
    if over is None:
        return Refusal(rule, len(rows), "", "", near_miss=False)
    ids = candidates.table["id"]  # in order, so the first of the nearest is the first by name
    best = rows[over[rows].argmin()]
    if not np.isfinite(over[best]):
        return Refusal(rule, len(rows), "", "", near_miss=False)
    near = rule.startswith("slo.") and over[best] <= NEAR_MISS
    return Refusal(
        rule, len(rows), ids[best].as_py(), shortfall(rule, spec, candidates, int(best)), near_miss=bool(near)
    )


def _by_policies(judged: Judged, plan: RankedPlan, admitted: npt.NDArray[np.bool_]) -> Iterator[Refusal]:
    """Yield the refusals of policies: each rule counts all that it refuses of what the workload admits.

    So their order means nothing.
    """
    for rule in judged.rules:
        rows = np.flatnonzero(rule.is_("deny") & admitted)
        if len(rows):
            yield _by_policy(plan, rule, rows)


def _by_policy(plan: RankedPlan, rule: RuleVerdicts, rows: npt.NDArray[np.intp]) -> Refusal:
    """Return a policy's refusal, with the candidate that misses it least; among equals the best balanced one."""
    table = plan.candidates.table
    cost = table["cost_usd_per_month"].to_numpy()[rows]
    order = np.lexsort((rows, cost, -plan.scores["balanced"][rows], rule.excess()[rows]))
    nearest = int(rows[order[0]])
    return Refusal(rule.reason, len(rows), table["id"][nearest].as_py(), rule.say(nearest).missed, near_miss=False)


def _rules(plan: RankedPlan) -> "dict[str, RuleVerdicts]":
    return {rule.reason: rule for rule in plan.judged.rules} if plan.judged else {}


def excess(rule: str, spec: ResolvedSpec, candidates: Candidates) -> Floats | None:
    """Return by which share of the limit each row misses a rule, or None for rules that only name things.

    A row that misses one SLO is as far off as the SLO that it misses most.
    """
    table = candidates.table
    with np.errstate(divide="ignore", invalid="ignore"):
        match rule:
            case "slo.ttft" | "slo.itl" | "slo.e2e":
                shares = [table[f"{name}_least_ms"].to_numpy() / spec.slo_ms[name] for name in METRICS]
                found = np.stack(shares).max(axis=0) - 1
            case "constraint.context":
                found = spec.context_tokens / table["model_context_tokens"].to_numpy() - 1
            case "memory":
                found = table["memory_shortfall_gib"].to_numpy() / table["memory_gib"].to_numpy()
            case "constraint.budget":
                found = table["cost_usd_per_month"].to_numpy() / spec.budget_usd_per_month - 1
            case "constraint.gpus":
                found = table["gpus"].to_numpy() / spec.max_gpus - 1
            case "deploy.maxReplicas":
                found = table["replicas_planned"].to_numpy() / max(spec.deploy.max_replicas, 1) - 1
            case _:
                return None
    return np.where(np.isnan(found), np.inf, found)


def shortfall(rule: str, spec: ResolvedSpec, candidates: Candidates, row: int) -> str:
    """Return by how much one row misses a rule, in the rule's own unit."""
    cell = functools.partial(_cell, candidates, row)  # making a row of all columns takes as long as ranking
    match rule:
        case "slo.ttft" | "slo.itl" | "slo.e2e":
            metric = rule.removeprefix("slo.")
            parts = []
            for name in (metric, *(other for other in METRICS if other != metric)):
                value, limit = cell(f"{name}_least_ms"), spec.slo_ms[name]
                if value > limit:
                    parts.append(f"{name} +{format_ms(value - limit)} (+{(value / limit - 1):.1%})")
            return ", ".join(parts)
        case "constraint.context":
            return f"+{spec.context_tokens - cell('model_context_tokens')} tokens"
        case "memory":
            return f"+{cell('memory_shortfall_gib'):.1f} GiB per GPU"
        case "deploy.target":
            return f"a replica spans {cell('pp')} nodes"
        case "constraint.budget":
            return f"+{format_usd(cell('cost_usd_per_month') - spec.budget_usd_per_month)}/month"
        case "constraint.gpus":
            return f"+{cell('gpus') - spec.max_gpus} GPUs"
        case "deploy.maxReplicas":
            return f"+{cell('replicas_planned') - spec.deploy.max_replicas} replicas"
        case _:
            return SAID.get(rule, "")


def _cell(candidates: Candidates, row: int, column: str) -> Any:
    return candidates.table[column][row].as_py()


SAID = {"constraint.reasoning": "its thinking is in no token count"}
"""What a rule says that measures nothing."""

SIBLINGS = 3


def explain(plan: RankedPlan, row: int) -> Explanation:
    """Return why one candidate is chosen, behind or refused, and what would let a refused one through."""
    spec, candidates = plan.spec, plan.candidates
    order = plan.views["balanced"]
    best = order[0] if order else None
    scores = {name: float(values[row]) for name, values in plan.scores.items()}
    failed = _failures(plan, row)
    governed = next((failure.rule for failure in failed if failure.rule.startswith(PREFIX)), "")
    return Explanation(
        candidate=candidates.table["id"][row].as_py(),
        cells=plan.row(row),
        scores=scores,
        weights=spec.weights,
        slo_ms=spec.slo_ms,
        ranks={view: rows.index(row) + 1 for view, rows in plan.views.items() if row in rows},
        feasible=len(order),
        best=candidates.table["id"][best].as_py() if best is not None else "",
        behind=round(float(plan.scores["balanced"][best]) - scores["balanced"], 1) if best is not None else 0.0,
        failed=failed,
        relax=tuple(pair for failure in failed for pair in _relax(failure.rule, spec, candidates, row)),
        siblings=_siblings(plan, row) if failed else (),
        said=plan.judged.said(row) if plan.judged else (),
        preference=float(plan.judged.points[row]) if plan.judged else 0.0,
        nearest=_most_alike(plan, row, governed) if governed else "",
        conflict=plan.conflicts.get(candidates.table["id"][row].as_py()),
    )


def _failures(plan: RankedPlan, row: int) -> tuple[Failure, ...]:
    """Return every rule that refuses a row, in their order; what lacks a curve fails no SLO yet."""
    spec, candidates = plan.spec, plan.candidates
    policies = _rules(plan)
    found = []
    for rule, admits in candidates.verdicts.items():
        if admits[row] or (rule.startswith("slo.") and not candidates.verdicts["evidence"][row]):
            continue
        by = policies[rule].say(row).missed if rule in policies else shortfall(rule, spec, candidates, row)
        found.append(Failure(rule, by, near_miss=_is_near(rule, spec, candidates, row)))
    if not found and not candidates.feasible[row]:
        found.append(Failure(THROUGHPUT, "", near_miss=False))
    return tuple(found)


def _most_alike(plan: RankedPlan, row: int, rule: str) -> str:
    """Return the candidate most like a row that every rule lets through, or else that only this one of a policy does.

    Of its model, then accelerator, precision and number of GPUs, then by balanced score.
    """
    rows = np.array(plan.views["balanced"], dtype=np.intp)
    if not len(rows):
        verdicts = plan.candidates.verdicts
        own = [admits for name, admits in verdicts.items() if name == rule or not name.startswith(PREFIX)]
        rows = np.flatnonzero(np.logical_and.reduce(own))
        rows = rows[np.argsort(-plan.scores["balanced"][rows], kind="stable")]
    same = np.zeros(len(rows))
    for column, weight in ALIKE.items():
        values = plan.candidates.table[column].to_numpy(zero_copy_only=False)
        same += weight * (values[rows] == values[row])
    return str(plan.candidates.table["id"][int(rows[same.argmax()])].as_py()) if len(rows) else ""


ALIKE = {"model": 8, "accelerator": 4, "precision": 2, "gpus_per_replica": 1}
"""What makes two candidates alike; each counts for more than all after it."""


def _is_near(rule: str, spec: ResolvedSpec, candidates: Candidates, row: int) -> bool:
    over = excess(rule, spec, candidates) if rule.startswith("slo.") else None
    return over is not None and bool(over[row] <= NEAR_MISS)


def _relax(rule: str, spec: ResolvedSpec, candidates: Candidates, row: int) -> list[tuple[str, str]]:
    """Return the edits of the workload that would lift one refusal; none when no edit of it can."""
    table = candidates.table
    match rule:
        case "slo.ttft" | "slo.itl" | "slo.e2e":
            least = table[f"{rule.removeprefix('slo.')}_least_ms"][row].as_py()
            return [(rule, f"{math.ceil(least)}ms or more")] if least is not None else []
        case "constraint.budget":
            return [("constraints.budget", f"{math.ceil(table['cost_usd_per_month'][row].as_py())} USD/month or more")]
        case "constraint.gpus":
            return [("constraints.gpus", f"{table['gpus'][row].as_py()} or more")]
        case "deploy.target" if spec.deploy.target != "LLMInferenceService":
            return [("deploy.target", "LLMInferenceService")]
        case "deploy.target":
            return [("metadata.name", f"of at most {LONGEST_NODES_NAME} characters")]
        case "deploy.maxReplicas":
            return [("deploy.autoscaling.maxReplicas", f"{table['replicas_planned'][row].as_py()} or more")]
        case "constraint.context":
            limit = table["model_context_tokens"][row].as_py()
            needed = spec.prompt_tokens + spec.output_tokens
            return [("constraints.contextLength", f"{limit} or less")] if limit >= needed else []
        case "constraint.reasoning":
            return [("constraints.reasoning", "true, with token lengths that count the thinking")]
        case _ if rule in NAMED:
            field = rule.removeprefix("constraint.")
            return [(f"constraints.{field}", f"that allows {table[NAMED[rule]][row].as_py()}")]
        case _:
            return []


NAMED = {
    "constraint.models": "model",
    "constraint.families": "family",
    "constraint.licenses": "license",
    "constraint.accelerators": "accelerator",
    "constraint.precisions": "precision",
}
"""The column that each rule over names reads."""


def _siblings(plan: RankedPlan, row: int) -> tuple[tuple[str, float], ...]:
    """Return the cheapest feasible candidates of the same model."""
    table = plan.candidates.table
    model = table["model"][row].as_py()
    same = [other for other in plan.views["cost"] if table["model"][other].as_py() == model][:SIBLINGS]
    return tuple((table["id"][other].as_py(), table["cost_usd_per_month"][other].as_py()) for other in same)
