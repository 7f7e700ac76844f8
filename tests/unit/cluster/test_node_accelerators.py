"""Whether the nodes of a cluster can hold a plan's pods."""

from typing import Any

import builders
import pytest

from neuralnav.cluster.accelerators import Fit, Need, fit, need_of, pods_of

H100 = Need("nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu", 2, 3)


def node(product: str, count: int, resource: str = "nvidia.com/gpu", **labels: str) -> dict[str, Any]:
    own = {"nvidia.com/gpu.product": product} if product else {}
    return {"metadata": {"labels": {**own, **labels}}, "status": {"allocatable": {resource: str(count), "cpu": "8"}}}


@pytest.mark.parametrize(
    ("nodes", "refusal"),
    [
        ([node("NVIDIA-L4", 1), node("NVIDIA-L4", 3), node("NVIDIA-A10G", 1)],
         ("the lock is for 2x NVIDIA-H100-80GB-HBM3 on one node; "
         "this cluster has 4x NVIDIA-L4 (2 nodes), 1x NVIDIA-A10G (1 node)")),
        ([], "the lock is for 2x NVIDIA-H100-80GB-HBM3 on one node; this cluster has no accelerator"),
        ([{"metadata": {}, "status": {}}],
         "the lock is for 2x NVIDIA-H100-80GB-HBM3 on one node; this cluster has no accelerator"),
        ([node("", 8)], ("the lock is for 2x NVIDIA-H100-80GB-HBM3 on one node; "
         "this cluster has 8x nvidia.com/gpu without a product label (1 node)")),
        ([node("NVIDIA-H100-80GB-HBM3", 1)] * 6,
         ("each pod needs 2x NVIDIA-H100-80GB-HBM3 on one node, and no such node has more than 1 nvidia.com/gpu; "
         "this cluster has 6x NVIDIA-H100-80GB-HBM3 (6 nodes)")),
    ],
)  # fmt: skip
def test_a_plan_for_other_accelerators_is_refused_with_what_there_is(nodes: list[dict[str, Any]], refusal: str) -> None:
    assert fit(H100, nodes) == Fit(refusal=refusal)


def test_room_for_every_pod_needs_no_word() -> None:
    assert fit(H100, [node("NVIDIA-H100-80GB-HBM3", 8)]) == Fit()


def test_too_little_room_is_noted_as_other_pods_may_go() -> None:
    found = fit(H100, [node("NVIDIA-H100-80GB-HBM3", 5), node("NVIDIA-L4", 8)])
    assert found == Fit(
        note="3 pods of 2x NVIDIA-H100-80GB-HBM3 on one node are planned; this cluster has 1 node for 2 such pods"
    )


def test_a_region_counts() -> None:
    there = Need(H100.label_key, H100.label_value, H100.resource, 1, 1, ("eu-west-1",))
    near = node("NVIDIA-H100-80GB-HBM3", 8, **{"topology.kubernetes.io/region": "us-east-1"})
    assert fit(there, [near]).refusal == (
        "the lock is for 1x NVIDIA-H100-80GB-HBM3 on one node in eu-west-1; "
        "this cluster has 8x NVIDIA-H100-80GB-HBM3 in us-east-1 (1 node)"
    )
    far = node("NVIDIA-H100-80GB-HBM3", 8, **{"topology.kubernetes.io/region": "eu-west-1"})
    assert fit(there, [near, far]) == Fit()


def test_without_a_label_the_resource_decides() -> None:
    need = Need("", "", "amd.com/gpu", 1, 1)
    assert fit(need, [node("", 1, "amd.com/gpu")]) == Fit()
    assert fit(need, [node("NVIDIA-L4", 1)]).refusal == (
        "the lock is for 1x amd.com/gpu on one node; this cluster has 1x NVIDIA-L4 (1 node)"
    )


def test_the_simulator_needs_none() -> None:
    found = builders.lock().deployment
    need = need_of(found)
    assert need is not None
    assert (need.each, need.pods) == (found.tensor_parallel, found.replicas.planned)
    assert need_of(found.model_copy(update={"mode": "simulator"})) is None


def test_the_pods_of_a_plan_are_those_no_autoscaler_takes_away() -> None:
    found = builders.lock().deployment
    replicas = found.replicas.model_copy(update={"min": 1, "planned": 4, "max": 9})
    many = found.model_copy(update={"replicas": replicas, "pipeline_parallel": 2})
    assert pods_of(many) == 8
    scaled = many.model_copy(update={"scaling": found.scaling.model_copy(update={"autoscaler": "keda"})})
    assert pods_of(scaled) == 2
    assert pods_of(scaled.model_copy(update={"mode": "simulator"})) == 1
