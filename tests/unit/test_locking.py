"""What binds a choice, what lets it go, and the name of every drift."""

from dataclasses import replace
from typing import Any

import pytest
from builders import (
    ALPHA,
    ALPHA_FP8,
    ALPHA_L4,
    BETA,
    catalog,
    compiled,
    evidence,
    layout,
    lock,
    previous_of,
    project,
    rows,
    workload,
    world,
)

from neuralnav.cli.drift import drift_classes
from neuralnav.digests import Facts, input_digests
from neuralnav.locking import lock_plan
from neuralnav.model.lock import Lock, Previous
from neuralnav.model.project import Project
from neuralnav.pipeline import Compiled, make_plan


def with_margin(points: float) -> Project:
    return project(margins={"sticky": points})


def recompiled(candidate: str, settings: Project | None = None, **options: Any) -> Compiled:
    """Compile again after a lock of the same workload and settings chose `candidate`."""
    where = world(settings=settings)
    before = compiled(workload(**options), where)
    return compiled(workload(**options), where, replace(previous_of(before.lock), candidate=candidate))


BEHIND = 2.1
"""How many points ALPHA is behind ALPHA_FP8 in the small world."""


def test_the_distance_that_these_tests_rest_on() -> None:
    plan = compiled().plan
    scores = [float(plan.scores["balanced"][row]) for row in plan.views["balanced"]]
    assert round(scores[0] - scores[1], 1) == BEHIND


def test_without_a_lock_the_best_is_chosen_and_says_why() -> None:
    choice = lock().choice
    assert (choice.candidate, choice.best, choice.kept) == (ALPHA_FP8, ALPHA_FP8, False)
    assert choice.why == f"best balanced score of 4 feasible: 2.1 points ahead of {ALPHA}"


def test_a_locked_choice_within_the_margin_is_kept() -> None:
    found = recompiled(ALPHA, with_margin(BEHIND))
    assert found.lock.choice.candidate == ALPHA
    assert found.lock.choice.best == ALPHA_FP8
    assert found.lock.choice.kept
    assert found.lock.choice.why == (
        f"kept from the last lock: 2.1 points behind {ALPHA_FP8}, within the margin of 2.1"
    )
    assert found.lock.deployment.precision == "bf16"
    assert found.decision.instead_of == ""


def test_a_locked_choice_beyond_the_margin_is_replaced() -> None:
    found = recompiled(ALPHA, with_margin(BEHIND - 0.1))
    assert found.lock.choice.candidate == ALPHA_FP8
    assert not found.lock.choice.kept
    assert found.decision.instead_of == ALPHA


def test_the_usual_margin_is_two_points() -> None:
    assert recompiled(ALPHA).lock.choice.candidate == ALPHA_FP8


def test_a_locked_choice_that_is_still_the_best_is_no_news() -> None:
    found = recompiled(ALPHA_FP8, with_margin(50))
    assert found.lock == compiled(where=world(settings=with_margin(50))).lock
    assert found.decision.instead_of == ""


@pytest.mark.parametrize("change", ["workload", "settings"])
def test_an_edit_is_intent_and_chooses_anew(change: str) -> None:
    where = world(settings=with_margin(50))
    before = replace(previous_of(compiled(where=where).lock), candidate=ALPHA)
    assert compiled(where=where, previous=before).lock.choice.candidate == ALPHA
    edited = replace(before, **{change: "sha256:" + "1" * 64})  # type: ignore[arg-type]  # names of text fields
    found = compiled(where=where, previous=edited)
    assert found.lock.choice.candidate == ALPHA_FP8
    assert found.decision.instead_of == ALPHA


def test_a_change_of_policy_is_intent() -> None:
    where = world(settings=with_margin(50))
    before = previous_of(compiled(where=where).lock)
    edited = Previous(ALPHA, before.workload, before.settings, ("policy sha256:0 deny acts",))
    assert compiled(where=where, previous=edited).lock.choice.candidate == ALPHA_FP8


@pytest.mark.parametrize("gone", ["no-such/bf16/h100/tp1", BETA.replace("tp2", "tp1"), "alpha-8b/bf16/x9/tp1", ""])
def test_a_locked_choice_that_is_not_feasible_is_replaced(gone: str) -> None:
    found = recompiled(gone, with_margin(100))
    assert found.lock.choice.candidate == ALPHA_FP8
    assert found.decision.instead_of == gone


def test_new_data_alone_does_not_flip_a_choice_within_the_margin() -> None:
    where = world(settings=with_margin(3))
    before = compiled(where=where).lock
    faster = [*evidence()[:1], *evidence()[2:]]
    alpha_first = compiled(where=world(*faster, settings=with_margin(3))).lock
    assert alpha_first.choice.candidate == ALPHA
    kept = compiled(where=where, previous=previous_of(alpha_first)).lock
    assert kept.choice.candidate == ALPHA
    assert kept.choice.kept
    assert before.choice.candidate == ALPHA_FP8


def test_the_only_feasible_candidate_says_so() -> None:
    assert compiled(where=world(rows(ALPHA, [(9.0, 50.0, 10.0, 2600.0)]))).lock.choice.why == (
        "the only feasible candidate"
    )


# What a lock holds


def test_the_lock_lists_the_best_of_each_view_and_the_chosen_one_once() -> None:
    top = compiled(where=world(settings=project(output={"top": 1}))).lock
    listed = [item.id for item in top.candidates]
    assert len(listed) == len(set(listed))
    ranking = top.ranking
    views = {*ranking.balanced, *ranking.accuracy, *ranking.cost, *ranking.latency, *ranking.complexity}
    assert set(listed) == views | {top.choice.candidate, top.choice.best}
    assert len(ranking.cost) == 1
    assert (ranking.feasible, ranking.considered) == (4, layout().num_rows)


def test_the_lock_lists_candidates_best_first() -> None:
    found = lock()
    assert found.candidates[0].id == found.ranking.balanced[0]
    balanced = [item.scores.balanced for item in found.candidates]
    assert balanced == sorted(balanced, reverse=True)
    assert len(set(balanced)) > 1


def test_a_kept_choice_is_listed_though_no_view_holds_it() -> None:
    found = recompiled(ALPHA_L4, project(output={"top": 1}, margins={"sticky": 100}))
    assert found.lock.choice.candidate == ALPHA_L4
    assert ALPHA_L4 in [item.id for item in found.lock.candidates]


def test_replicas_are_planned_for_the_peak_and_the_minimum_keeps_the_slo() -> None:
    found = compiled(workload(traffic={"requestRate": "8.9 req/s"})).lock
    assert found.requirements.peak_rps == 17.8
    replicas = found.deployment.replicas
    assert (replicas.min, replicas.planned, replicas.max) == (2, 3, 3)
    wider = compiled(workload(traffic={"requestRate": "8.9 req/s"}, deploy={"autoscaling": {"maxReplicas": 9}})).lock
    assert (wider.deployment.replicas.planned, wider.deployment.replicas.max) == (3, 9)


def test_the_deployment_is_of_the_chosen_candidate() -> None:
    found = lock().deployment
    assert (found.model, found.repo, found.quantization) == ("alpha-8b", "test/alpha-8b-fp8", "fp8")
    assert found.image == "vllm/vllm-openai:v0.19.0"
    assert (found.node_label_key, found.node_label_value) == ("nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3")
    assert (found.max_model_len, found.gpus_per_replica, found.shared_memory_gib) == (1536, 1, 0)


def test_tensor_parallel_gets_shared_memory_and_patience_grows_with_the_weights() -> None:
    only_beta = compiled(workload(constraints={"models": {"allow": ["beta-70b"]}})).lock.deployment
    assert (only_beta.gpus_per_replica, only_beta.tensor_parallel, only_beta.shared_memory_gib) == (2, 2, 16)
    assert only_beta.startup_seconds > lock().deployment.startup_seconds
    assert only_beta.scratch_gib > 60


def test_weights_in_a_claim_need_no_scratch_for_them() -> None:
    found = compiled(workload(deploy={"storage": {"claim": "weights", "path": "a"}})).lock.deployment
    assert found.scratch_gib == 10


def test_an_own_image_wins_and_the_simulator_has_its_own() -> None:
    assert compiled(workload(deploy={"image": "r/vllm:1"})).lock.deployment.image == "r/vllm:1"
    assert compiled(workload(deploy={"mode": "simulator"})).lock.deployment.image.startswith("neuralnav-simulator:")


def test_a_measured_curve_without_mean_latencies_gives_a_whole_lock() -> None:
    found = compiled(where=world(rows(ALPHA, evidence_points(), source="measured", e2e_mean_ms=None))).lock
    assert found.candidates[0].source == "measured"


def evidence_points() -> list[tuple[float, float, float, float]]:
    return [(1.0, 50.0, 10.0, 2600.0), (4.0, 100.0, 20.0, 5200.0), (8.0, 200.0, 30.0, 8000.0)]


# Digests and drift


def digests(**changes: Any) -> dict[str, str]:
    base = catalog()
    plan = compiled().plan
    arguments: dict[str, Any] = {
        "spec": plan.spec, "workload": {"a": 1}, "settings": {"b": 1}, "layout": {"c": 1},
        "catalog": base, "models": ["beta-70b", "alpha-8b"], "accelerators": ["h100", "l4"], "facts": Facts(),
        "curves": {ALPHA: "d1", BETA: "d2"}, "prices": {"h100": 4.5}, "templates": "sha256:" + "0" * 64, **changes,
    }  # fmt: skip
    return input_digests(**arguments)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"workload": {"a": 2}}, {"workload"}),
        ({"prices": {"h100": 4.6}}, {"prices"}),
        ({"settings": {"b": 2}}, {"settings"}),
        ({"curves": {ALPHA: "d1", BETA: "d3"}}, {"evidence"}),
        ({"curves": {BETA: "d2", ALPHA: "d1"}}, set()),
        ({"templates": "sha256:" + "1" * 64}, {"templates"}),
    ],
)
def test_each_input_has_its_own_digest(changes: dict[str, Any], differs: set[str]) -> None:
    before, after = digests(), digests(**changes)
    assert {name for name in before if before[name] != after[name]} == differs


def test_a_model_that_the_workload_does_not_consider_is_not_in_the_catalogs_digest() -> None:
    changed = catalog().models["beta-70b"].model_copy(update={"name": "Other"})
    other = replace(catalog(), models={**catalog().models, "beta-70b": changed})
    slice_ = {"models": ["alpha-8b"]}
    assert digests(catalog=other)["catalog"] != digests()["catalog"]
    assert digests(catalog=other, **slice_)["catalog"] == digests(**slice_)["catalog"]


def test_what_was_told_of_a_catalogs_entries_is_told_again_of_these_alone() -> None:
    facts, base = Facts(), catalog()
    changed = base.accelerators["h100"].model_copy(update={"name": "Other", "prices": ()})
    renamed = replace(base, accelerators={**base.accelerators, "h100": changed})
    model = base.models["alpha-8b"]
    fewer = replace(base, models={**base.models, "alpha-8b": model.model_copy(update={"checkpoints": ()})})
    for item in (base, renamed, fewer, base):
        assert digests(catalog=item, facts=facts) == digests(catalog=item)
    narrow = compiled(workload(constraints={"precisions": ["fp8"]})).plan.spec
    assert digests(spec=narrow, facts=facts)["catalog"] == digests(spec=narrow)["catalog"] != digests()["catalog"]


def test_a_comment_in_the_workload_is_no_change_and_a_default_spelt_out_is_none_either() -> None:
    plain = compiled(workload()).lock.inputs
    spelt = compiled(workload(deploy={"mode": "vllm"})).lock.inputs
    assert plain.workload == spelt.workload
    assert compiled(workload(domain="law")).lock.inputs.workload != plain.workload


def test_headroom_and_margins_are_settings() -> None:
    usual = lock().inputs.settings
    for margins in ({"headroom": 1.3}, {"sticky": 3}):
        assert compiled(where=world(settings=project(margins=margins))).lock.inputs.settings != usual


def drifted(**inputs: Any) -> Lock:
    base = lock()
    return base.model_copy(update={"inputs": base.inputs.model_copy(update=inputs)})


OTHER = "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"workload": OTHER}, ("workload",)),
        ({"settings": OTHER}, ("policy",)),
        ({"policies": ("p",)}, ("policy",)),
        ({"catalog": OTHER}, ("data",)),
        ({"prices": OTHER}, ("data",)),
        ({"evidence": OTHER}, ("data",)),
        ({"templates": OTHER}, ("tool",)),
        ({"layout": OTHER}, ("policy",)),
        ({"prices": OTHER, "templates": OTHER}, ("data", "tool")),
        # Another workload considers another slice of the data: that the slice differs says nothing of the data.
        ({"workload": OTHER, "settings": OTHER, "prices": OTHER}, ("workload", "policy")),
        ({}, ()),
    ],
)  # fmt: skip
def test_a_drift_is_named_after_the_input_that_changed(inputs: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert tuple(drift_classes(lock(), drifted(**inputs))) == expected


def test_a_difference_that_no_input_explains_was_made_by_hand() -> None:
    base = lock()
    edited = base.model_copy(update={"choice": base.choice.model_copy(update={"candidate": ALPHA})})
    assert tuple(drift_classes(edited, base)) == ("lock",)


def test_a_policy_that_data_made_act_is_drift_of_data_and_one_that_changed_beside_data_is_both() -> None:
    def found(before: str, after: str, **more: str) -> tuple[str, ...]:
        old, new = drifted(policies=(before,)), drifted(policies=(after,), **more)
        return tuple(drift_classes(old, new))

    prices = "sha256:" + "7" * 64
    assert found("guard sha256:1 deny idle", "guard sha256:1 deny acts", prices=prices) == ("data",)
    assert found("guard sha256:1 deny idle", "guard sha256:2 deny idle", prices=prices) == ("policy", "data")
    assert found("guard sha256:1 deny idle", "guard sha256:1 deny acts") == ("lock",)


def test_another_format_is_drift_of_the_tool() -> None:
    assert tuple(drift_classes(lock().model_copy(update={"revision": -1}), lock())) == ("tool",)


def test_the_same_plan_gives_the_same_lock() -> None:
    where = world()
    plans = [make_plan(workload(), where) for _ in range(2)]
    first, second = (compiled(where=where) for _ in range(2))
    assert first.lock == second.lock
    assert lock_plan(plans[0], first.decision, catalog()) == lock_plan(plans[1], second.decision, catalog())
