"""The `deploy` section of a workload: what is refused and where, its defaults, and what a target can run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import ALPHA, BETA, SPEC, catalog, compiled, curves, evidence, layout, lock, row_of, workload

from neuralnav.candidates import RULES, SCOPE_RULES, admitted, weigh
from neuralnav.cli.explain_text import explanation_text
from neuralnav.errors import InputError
from neuralnav.model.plan import Candidates, RankedPlan
from neuralnav.model.spec import LONGEST_NAME, LONGEST_NODES_NAME, ResolvedSpec
from neuralnav.rank import explain, rank
from neuralnav.report import RELAX, diagnostics_text

PROMETHEUS = "http://prometheus.monitoring:9090"
LLM = "LLMInferenceService"


def refusal(name: str = "chat", **deploy: Any) -> str:
    with pytest.raises(InputError) as caught:
        compiled(workload(name=name, deploy=deploy))
    (item,) = caught.value.diagnostics
    assert item.where.line > 1
    return diagnostics_text([item])


# What is refused


@pytest.mark.parametrize(
    ("deploy", "words"),
    [
        ({"autoscaling": {"class": "keda"}}, "class keda reads its metric from Prometheus"),
        ({"autoscaling": {"class": "none", "prometheus": PROMETHEUS}}, "class none does not read prometheus"),
        ({"autoscaling": {"class": "wva"}}, "autoscaling.class wva is a field of LLMInferenceService"),
        ({"autoscaling": {"class": "hpa"}, "target": LLM}, "LLMInferenceService has no autoscaler by CPU"),
        (
            {"autoscaling": {"prometheus": PROMETHEUS}, "monitoring": "none"},
            "keda scales on metrics that the PodMonitor",
        ),
        ({"autoscaling": {"class": "kpa"}}, 'cannot be "kpa"'),
        ({"autoscaling": {"prometheus": "prometheus:9090"}}, "autoscaling.prometheus"),
        ({"autoscaling": {"prometheus": "http://user:word@prometheus"}}, "autoscaling.prometheus"),
        ({"autoscaling": {"prometheus": "http://prometheus/?q={{ x }}"}}, "autoscaling.prometheus"),
        ({"target": "LLMInferenceServices"}, "did you mean LLMInferenceService?"),
        ({"network": {"from": []}}, "network.from"),
        ({"network": {"from": ["Web"]}}, "network.from"),
        ({"namespace": "Not_A_Label"}, "deploy.namespace"),
        ({"namespace": "n" * 64}, "deploy.namespace"),
        ({"priorityClass": "High"}, "priorityClass"),
        ({"runAsUser": 0}, "runAsUser"),
        ({"imageDigest": "sha256:abc"}, "imageDigest"),
        ({"prefixCaching": "on"}, "prefixCaching"),
        ({"replicas": 3}, 'unknown key "replicas"'),
    ],
)
def test_what_contradicts_or_is_not_allowed_is_refused_at_its_line(deploy: dict[str, Any], words: str) -> None:
    assert words in refusal(**deploy)


@pytest.mark.parametrize(
    "image",
    [
        "vllm",
        "vllm/vllm-openai:v0.19.0",
        "registry.example:5000/a/b_c/d--e:1.2",
        "ghcr.io/llm-d/llm-d-cuda:v0.8.0",
        "a.b/c",
    ],
)
def test_image_references_are_taken(image: str) -> None:
    assert compiled(workload(deploy={"image": image})).lock.deployment.image == image


@pytest.mark.parametrize(
    "image",
    [
        "a:b:c",
        "r/UPPER:1",
        "a//b",
        "a/b:",
        "a:-x",
        "https://r/i:1",
        "r/i@sha256:" + "0" * 64,
        "a b",
        "a/b:{{ x }}",
        "",
    ],
)
def test_what_is_no_image_reference_is_refused(image: str) -> None:
    assert "image" in refusal(image=image)


# Names


def test_a_name_that_makes_a_label_too_long_is_refused_where_it_stands() -> None:
    longest = "n" * LONGEST_NAME
    assert len(f"isvc.{longest}-predictor") == 63
    assert compiled(workload(name=longest)).lock.workload == longest
    text = refusal(name=longest + "n")
    assert f"a name of {LONGEST_NAME + 1} characters is too long for an InferenceService" in text
    assert f"name: {longest}n" in text


def test_kserve_cuts_the_names_that_it_makes_of_an_llminferenceservice() -> None:
    name = "n" * 63
    assert compiled(workload(name=name, deploy={"target": LLM})).lock.workload == name


# Defaults


def test_without_an_address_nothing_scales_and_that_is_an_assumption() -> None:
    found = {item.field: (item.value, item.why) for item in lock().assumptions}
    assert found["deploy.autoscaling.class"] == ("none", "CPU says nothing of a GPU server")


def test_an_address_means_keda_and_a_stated_class_is_no_assumption() -> None:
    found = compiled(workload(deploy={"autoscaling": {"prometheus": PROMETHEUS}})).lock
    assert found.deployment.scaling.autoscaler == "keda"
    stated = compiled(workload(deploy={"autoscaling": {"class": "keda", "prometheus": PROMETHEUS}})).lock
    assert "deploy.autoscaling.class" not in {item.field for item in stated.assumptions}
    assert stated.deployment == found.deployment


# What a target can run


def over_nodes(name: str = BETA) -> pa.Table:
    """The layout of the small catalog, in which a candidate takes two nodes."""
    table = layout()
    nodes = [2 if item == name else 1 for item in table["id"].to_pylist()]
    return table.set_column(table.schema.get_field_index("pp"), "pp", pa.array(nodes, table["pp"].type))


def to(target: str, name: str = "chat", **changes: Any) -> ResolvedSpec:
    deploy = replace(SPEC.deploy, target=target)  # type: ignore[arg-type]  # one of two
    return replace(SPEC, name=name, deploy=deploy, **changes)


def plan_over_nodes(spec: ResolvedSpec) -> RankedPlan:
    return rank(spec, weigh(spec, catalog(), over_nodes(), curves(*evidence())))


@pytest.mark.parametrize(
    ("target", "name", "runs"),
    [
        ("InferenceService", "chat", False),
        (LLM, "chat", True),
        (LLM, "n" * LONGEST_NODES_NAME, True),
        (LLM, "n" * (LONGEST_NODES_NAME + 1), False),
    ],
)
def test_only_an_llminferenceservice_with_a_short_name_spans_nodes(target: str, name: str, *, runs: bool) -> None:
    table = over_nodes()
    verdict = admitted(to(target, name), catalog(), table)["deploy.target"]
    assert bool(verdict[table["id"].to_pylist().index(BETA)]) is runs
    assert int(np.count_nonzero(~verdict)) == (0 if runs else 1)


def test_one_node_suits_every_target() -> None:
    for target in ("InferenceService", LLM):
        assert admitted(to(target), catalog(), layout())["deploy.target"].all()


def test_the_rule_judges_after_memory_and_shuts_nothing_out_by_name() -> None:
    assert RULES.index("deploy.target") == RULES.index("memory") + 1
    assert "deploy.target" not in SCOPE_RULES


def test_a_refused_candidate_is_counted_and_explained() -> None:
    plan = plan_over_nodes(to("InferenceService"))
    (refused,) = (item for item in plan.refused if item.reason == "deploy.target")
    assert refused.count == 1
    found = explain(plan, row_of(plan.candidates, BETA))
    assert [item.rule for item in found.failed] == ["deploy.target"]
    assert found.relax == (("deploy.target", LLM),)
    assert "refused by deploy.target: a replica spans 2 nodes" in explanation_text(found)
    assert LLM in RELAX["deploy.target"]
    assert str(LONGEST_NODES_NAME) in RELAX["deploy.target"]


def test_a_long_name_is_what_to_mend_when_the_target_is_right() -> None:
    plan = plan_over_nodes(to(LLM, "n" * 50))
    assert explain(plan, row_of(plan.candidates, BETA)).relax == (
        ("metadata.name", f"of at most {LONGEST_NODES_NAME} characters"),
    )


def test_the_edit_that_is_advised_lets_it_through() -> None:
    plan = plan_over_nodes(to(LLM))
    assert plan.candidates.verdicts["deploy.target"].all()
    assert explain(plan, row_of(plan.candidates, BETA)).failed == ()


# Requests in flight


def candidates(**changes: Any) -> Candidates:
    spec = replace(SPEC, **changes)
    return weigh(spec, catalog(), layout(), curves(*evidence()))


def test_the_target_of_an_autoscaler_is_rate_times_latency_at_the_capacity_less_the_headroom() -> None:
    found = candidates(headroom=1.5)
    row = row_of(found, ALPHA)
    capacity = found.table["capacity_rps"][row].as_py()
    assert capacity == pytest.approx(6.0)  # TTFT and ITL bind at 6 requests a second
    mean_e2e_s = 5.2  # the curve's second point lies at 4 requests a second
    assert found.table["target_concurrency"][row].as_py() == pytest.approx(4.0 * mean_e2e_s, abs=0.1)


def test_the_target_is_never_zero() -> None:
    found = candidates(headroom=10.0, slo_ms={"ttft": 1.0, "itl": 1.0, "e2e": 1.0})
    values = [value for value in found.table["target_concurrency"].to_pylist() if value is not None]
    assert values
    assert min(values) == 0.1
