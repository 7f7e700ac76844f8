"""How a live object differs from what is committed, who made it so, and what only looks like a difference."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from neuralnav.cluster.live import drift_of
from neuralnav.cluster.trees import ABSENT, Difference, differences, path_text, quantity
from neuralnav.model.live_report import FieldDrift, Writer

OURS = {"manager": "neuralnav", "operation": "Apply", "time": "2026-11-20T08:00:00Z", "fieldsV1": {
    "f:spec": {"f:predictor": {"f:minReplicas": {}, "f:timeout": {}, "f:containers": {}, "f:labels": {"f:a": {}}}},
}}  # fmt: skip
KUBECTL = Writer(manager="kubectl-edit", operation="Update", time="2026-11-26T09:30:00Z", gitops="")


def committed() -> dict[str, Any]:
    container = {
        "name": "main", "image": "vllm:1", "args": ["serve", "--tp=1", "--len=4096"],
        "resources": {"limits": {"cpu": "2", "memory": "2Gi"}},
    }  # fmt: skip
    return {
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService",
        "metadata": {"name": "chat", "namespace": "prod", "labels": {"app.kubernetes.io/managed-by": "neuralnav"}},
        "spec": {"predictor": {
            "minReplicas": 2, "timeout": 60, "containers": [container], "labels": {"a": "b"},
        }},
    }  # fmt: skip


def live(*entries: dict[str, Any]) -> dict[str, Any]:
    """The same as the server has it."""
    found = deepcopy(committed())
    found["metadata"].update(uid="1", resourceVersion="7", generation=3, managedFields=[OURS, *entries])
    found["status"] = {"url": "http://chat"}
    return found


def by_kubectl(**predictor: Any) -> dict[str, Any]:
    return {**KUBECTL.model_dump(exclude={"gitops"}), "fieldsV1": {"f:spec": {"f:predictor": predictor}}}


def test_what_the_server_adds_is_no_drift() -> None:
    found = live()
    found["spec"]["predictor"]["model"] = {"runtime": "default"}
    assert drift_of(committed(), found, deepcopy(found)) == ()
    assert drift_of(committed(), found, None) == ()


@pytest.mark.parametrize("asked", [True, False], ids=["dry run", "own fields"])
def test_a_field_that_another_manager_changed(asked: bool) -> None:  # noqa: FBT001  # a parameter of the test
    found = live(by_kubectl(**{"f:minReplicas": {}}))
    found["spec"]["predictor"]["minReplicas"] = 3
    applied = live() if asked else None
    assert drift_of(committed(), found, applied) == (
        FieldDrift(field=".spec.predictor.minReplicas", change="changed", committed=2, live=3, by=(KUBECTL,)),
    )


def test_the_owner_of_a_whole_list_changed_its_entries() -> None:
    found = live(by_kubectl(**{"f:containers": {}}))
    container = found["spec"]["predictor"]["containers"][0]
    container["image"] = "vllm:2"
    container["args"] = ["serve", "--len=8192", "--tp=1", "--eager"]
    told = [
        (item.field, item.change, item.committed, item.live, item.by) for item in drift_of(committed(), found, live())
    ]
    main = '.spec.predictor.containers[name="main"]'
    assert told == [
        (f"{main}.image", "changed", "vllm:1", "vllm:2", (KUBECTL,)),
        (f"{main}.args[--len]", "changed", "--len=4096", "--len=8192", (KUBECTL,)),
        (f"{main}.args[--eager]", "added", None, "--eager", (KUBECTL,)),
    ]


def test_nobody_owns_what_was_removed() -> None:
    found = live(by_kubectl(**{"f:minReplicas": {}}))
    del found["spec"]["predictor"]["timeout"]
    assert drift_of(committed(), found, live()) == (
        FieldDrift(field=".spec.predictor.timeout", change="removed", committed=60, live=None, by=()),
    )


def test_what_we_said_once_and_say_no_more_is_ours() -> None:
    found = live()
    found["spec"]["predictor"]["canaryTrafficPercent"] = 10
    found["metadata"]["managedFields"][0] = {
        **OURS,
        "fieldsV1": {"f:spec": {"f:predictor": {"f:canaryTrafficPercent": {}}}},
    }
    us = Writer(manager="neuralnav", operation="Apply", time="2026-11-20T08:00:00Z", gitops="")
    assert drift_of(committed(), found, live()) == (
        FieldDrift(field=".spec.predictor.canaryTrafficPercent", change="added", committed=None, live=10, by=(us,)),
    )
    assert drift_of(committed(), found, None) == ()  # only the server knows


@pytest.mark.parametrize("asked", [True, False], ids=["dry run", "own fields"])
def test_what_others_added_beside_ours(asked: bool) -> None:  # noqa: FBT001  # a parameter of the test
    added: dict[str, Any] = {".": {}, "f:mode": {}, "f:url": {}}
    found = live(by_kubectl(**{"f:logger": added, "f:gone": {}, "f:labels": {"f:x": {}}}))
    found["spec"]["predictor"]["logger"] = {"mode": "all", "url": "http://x"}
    found["spec"]["predictor"]["labels"]["x"] = "y"
    assert drift_of(committed(), found, deepcopy(found) if asked else None) == (
        FieldDrift(field=".spec.predictor.logger", change="beside", committed=None,
                   live={"mode": "all", "url": "http://x"}, by=(KUBECTL,)),
        FieldDrift(field=".spec.predictor.labels.x", change="beside", committed=None, live="y", by=(KUBECTL,)),
    )  # fmt: skip


@pytest.mark.parametrize("manager", ["neuralnav", "kustomize-controller"])
def test_what_a_webhook_adds_while_somebody_applies_is_no_drift(manager: str) -> None:
    hook = {**by_kubectl(**{"f:model": {}}), "manager": manager}
    found = live(hook)
    if manager != "neuralnav":
        found["metadata"]["managedFields"] = [{**OURS, "manager": manager}, hook]
    found["spec"]["predictor"]["model"] = {"runtime": "vllm"}
    assert drift_of(committed(), found, deepcopy(found)) == ()


def test_what_a_gitops_overlay_adds_is_told_with_its_tool() -> None:
    overlay = {"manager": "kustomize-controller", "operation": "Apply", "time": "2026-11-26T09:30:00Z",
               "fieldsV1": {"f:spec": {"f:predictor": {"f:minReplicas": {}, "f:logger": {}}}}}  # fmt: skip
    found = live()
    found["metadata"]["managedFields"] = [overlay]
    found["spec"]["predictor"]["logger"] = {"mode": "all"}
    flux = Writer(manager="kustomize-controller", operation="Apply", time="2026-11-26T09:30:00Z", gitops="Flux")
    assert drift_of(committed(), found, deepcopy(found)) == (
        FieldDrift(field=".spec.predictor.logger", change="beside", committed=None, live={"mode": "all"}, by=(flux,)),
    )


def test_labels_and_annotations_of_others_are_theirs_and_ours_are_ours() -> None:
    found = live({**by_kubectl(), "fieldsV1": {"f:metadata": {"f:annotations": {"f:note": {}}}}})
    found["metadata"]["annotations"] = {"note": "x"}
    found["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "helm"
    (one,) = drift_of(committed(), found, None)
    assert (one.field, one.committed, one.live) == (
        '.metadata.labels["app.kubernetes.io/managed-by"]', "neuralnav", "helm"
    )  # fmt: skip


def test_status_fields_make_nobody_an_owner() -> None:
    found = live({**by_kubectl(**{"f:minReplicas": {}}), "subresource": "status"})
    found["spec"]["predictor"]["minReplicas"] = 9
    (one,) = drift_of(committed(), found, live())
    assert [writer.manager for writer in one.by] == ["neuralnav"]


def test_who_scales_is_named() -> None:
    found = live({**by_kubectl(**{"f:minReplicas": {}}), "subresource": "scale"})
    found["spec"]["predictor"]["minReplicas"] = 9
    (one,) = drift_of(committed(), found, live())
    assert one.by == (KUBECTL,)


SAME = [("1", "1000m"), ("1Gi", "1024Mi"), (1, "1"), ("0.5", "500m"), ("1e3", "1k"), (2, 2.0)]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_quantities_that_are_the_same(one: object, other: object) -> None:
    sides = ({"limits": {"cpu": value}} for value in (one, other))
    assert list(differences(*sides, whole=True)) == []


@pytest.mark.parametrize(("one", "other"), [("1", "2"), ("1Gi", "1G"), ("1", True), ("1", None), ("x", "y")])
def test_quantities_that_are_not(one: object, other: object) -> None:
    (found,) = differences({"limits": {"cpu": one}}, {"limits": {"cpu": other}}, whole=True)
    assert (path_text(found.path), found.committed, found.live) == (".limits.cpu", one, other)


def test_only_quantities_are_read_as_such() -> None:
    (found,) = differences({"tag": "1"}, {"tag": "1000m"}, whole=True)
    assert found == Difference(("tag",), "1", "1000m")
    assert found.change == "changed"
    assert Difference((), 1, ABSENT).change == "removed"


@pytest.mark.parametrize(("text", "amount"), [
    ("1", Fraction(1)), ("250m", Fraction(1, 4)), ("1.5Gi", Fraction(3 * 2**29)), ("2e-3", Fraction(1, 500)),
    ("5n", Fraction(5, 10**9)), (3, Fraction(3)), ("", None), ("1 Gi", None), (None, None), ([], None),
])  # fmt: skip
def test_quantity(text: object, amount: Fraction | None) -> None:
    assert quantity(text) == amount


@pytest.mark.parametrize(("before", "after", "expected"), [
    (["a", "b"], ["a", "c"], [("[1]", "b", "c")]),
    (["a", "b"], ["a"], [("", ["a", "b"], ["a"])]),
    (["--a=1", "--a=2"], ["--a=1", "--a=3"], [("[--a#2]", "--a=2", "--a=3")]),
    (["serve", "m", "--x"], ["serve", "n", "--x"], [("[1]", "m", "n")]),
    (["--a", "x", "--b", "y"], ["--b", "y", "--a", "x"], []),
    (["--a", "x", "--b", "y"], ["--b", "x", "--a", "y"], [("[--a value]", "x", "y"), ("[--b value]", "y", "x")]),
    (["--a=1", "x"], ["--a=1", "z"], [("[0]", "x", "z")]),
    ([{"name": "a", "v": 1}], [{"name": "b", "v": 1}],
     [('[name="a"]', {"name": "a", "v": 1}, ABSENT), ('[name="b"]', ABSENT, {"name": "b", "v": 1})]),
    ([{"name": "a", "v": 1}, {"name": "b"}], [{"name": "b"}, {"name": "a", "v": 2}], [('[name="a"].v', 1, 2)]),
    ([{"port": 1}], [{"port": 2}], [("[0].port", 1, 2)]),
])  # fmt: skip
def test_lists(before: list[Any], after: list[Any], expected: list[tuple[str, Any, Any]]) -> None:
    found = differences(before, after, whole=True)
    assert [(path_text(item.path), item.committed, item.live) for item in found] == expected
