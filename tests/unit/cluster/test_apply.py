"""What an apply does to objects, told from what is there and what the server says would be."""

from dataclasses import replace
from typing import Any

import pytest

from neuralnav.cluster.api import KINDS, Owner, Ref
from neuralnav.cluster.apply import FieldChange, Step, conflict_of, field_changes, in_order, step_of, value_text
from neuralnav.cluster.committed import Planned

OURS = {"manager": "neuralnav", "operation": "Apply"}


def planned(kind: str, name: str = "chat") -> Planned:
    return Planned(Ref(KINDS[kind], "llm", name), f"deploy/{kind}.yaml", {})


def body(spec: Any = None, *managers: dict[str, str], **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "chat", "managedFields": list(managers), "resourceVersion": "7", **metadata},
        "spec": spec if spec is not None else {"replicas": 1},
    }


def test_what_serves_is_applied_last_and_what_guards_it_first() -> None:
    kinds = ("InferenceService", "ConfigMap", "PrometheusRule", "PodMonitor", "NetworkPolicy", "PodDisruptionBudget")
    found = [item.ref.kind.kind for item in in_order([planned(kind) for kind in kinds])]
    assert found == [*reversed(kinds[1:]), "InferenceService"]


def test_an_object_that_is_not_there_is_created() -> None:
    item = planned("ConfigMap")
    assert step_of(item, None, body()) == Step(item, "create")


def test_what_only_the_server_moves_is_no_change() -> None:
    live = {**body(None, OURS, generation=1), "status": {"phase": "a"}}
    after = {**body(None, OURS, generation=2, resourceVersion="8"), "status": {"phase": "b"}}
    assert step_of(planned("ConfigMap"), live, after).action == "unchanged"


def test_an_object_of_others_with_our_values_is_owned_from_now_on() -> None:
    live = body(None, {"manager": "kubectl-create", "operation": "Update"})
    assert step_of(planned("ConfigMap"), live, body()).action == "adopt"


def test_an_update_by_our_own_name_is_no_ownership() -> None:
    live = body(None, {"manager": "neuralnav", "operation": "Update"})
    assert step_of(planned("ConfigMap"), live, body()).action == "adopt"


def test_a_change_names_its_field_and_the_controller_that_applies_it_too() -> None:
    labels = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    step = step_of(planned("ConfigMap"), body(None, OURS, labels=labels), body({"replicas": 3}, labels=labels))
    assert (step.action, step.shared_with) == ("change", "Flux (Kustomization flux-system/apps)")
    assert step.changes == (FieldChange(".spec.replicas", "1", "3"),)


def test_a_conflict_keeps_who_owns_what() -> None:
    owner = Owner("kubectl-edit", ".spec.replicas")
    item = planned("ConfigMap")
    assert conflict_of(item, None, [owner]) == Step(item, "conflict", owners=(owner,))


def test_the_fields_of_a_conflict_are_written_as_those_of_a_change() -> None:
    body = {
        "data": {"default.x.json": "{}", "default": {"x": 1}},
        "spec": {"env": [{"name": "A", "value": "1"}], "args": ["--x=1"], "old": [80]},
    }
    item = replace(planned("ConfigMap"), body=body)
    for said, told in (
        (".data.default.x.json", '.data["default.x.json"]'),
        (".data.default.x", ".data.default.x"),
        ('.spec.env[name="A"].value', '.spec.env[name="A"].value'),
        (".spec.old[80].gone", ".spec.old[80].gone"),
        (".status.a.b", ".status.a.b"),
    ):
        assert conflict_of(item, None, [Owner("hpa", said)]).owners == (Owner("hpa", told),)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": 1}, {}, [(".spec.a", "1", "")]),
        ({}, {"a": {"b": "x"}}, [(".spec.a", "", '{"b": "x"}')]),
        ({"args": ["--x=1", "--y"]}, {"args": ["--x=2", "--z"]},
         [(".spec.args[--x]", "--x=1", "--x=2"), (".spec.args[--z]", "", "--z"), (".spec.args[--y]", "--y", "")]),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": [{"name": "A", "value": "2"}]},
         [('.spec.env[name="A"].value', "1", "2")]),
        ({"ports": [80, 81]}, {"ports": [80]}, [(".spec.ports", "[80, 81]", "[80]")]),
        ({"args": ["--x", "--x"]}, {"args": ["--x"]}, [(".spec.args[--x#2]", "--x", "")]),
        ({"t": "a" * 2000}, {"t": "b" * 61}, [(".spec.t", "a text of 2,000 characters", "a text of 61 characters")]),
        ({"limits": {"cpu": "1000m"}}, {"limits": {"cpu": "1"}}, []),
        ({"a": ""}, {"a": "on"}, [(".spec.a", '""', "on")]),
    ],
)  # fmt: skip
def test_changes_of_fields(before: Any, after: Any, changes: list[tuple[str, str, str]]) -> None:
    assert list(field_changes(body(before), body(after))) == [FieldChange(*item) for item in changes]


@pytest.mark.parametrize("after", [{"args": ["--y", "--x"], "cpu": "1"}, {"args": ["--x", "--y"], "cpu": "1000m"}])
def test_what_differs_in_order_or_spelling_alone_is_applied_and_names_no_field(after: Any) -> None:
    before = {"limits": {"args": ["--x", "--y"], "cpu": "1"}}
    step = step_of(planned("ConfigMap"), body(before, OURS), body({"limits": after}, OURS))
    assert (step.action, step.changes) == ("change", ())


def test_a_value_is_short_and_on_one_line() -> None:
    assert value_text({"b": [1], "a": "x\ny"}) == r'{"a": "x\ny", "b": [1]}'
    assert value_text(None) == ""
