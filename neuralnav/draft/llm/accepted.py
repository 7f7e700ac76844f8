"""Whether the workload model takes a value of a field, asked of the model itself."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from neuralnav.model.draft import Value
from neuralnav.model.workload import Workload

_BESIDE: Mapping[str, Mapping[str, Value]] = {
    "traffic.promptTokens": {"traffic.outputTokens": 2},
    "traffic.outputTokens": {"traffic.promptTokens": 1},
    "deploy.autoscaling.class": {"deploy.target": "InferenceService"},
}
"""What a field never stands without."""


def refusal(field: str, value: Value) -> str:
    """Return what the workload model says against a value of a field by itself; empty where it takes it."""
    tree = _workload()
    if field == "traffic.requestRate":
        del tree["spec"]["traffic"]["users"]
    if field == "deploy.autoscaling.class" and value == "wva":
        _set(tree, "deploy.target", "LLMInferenceService")
    for name, given in {**_BESIDE.get(field, {}), field: value}.items():
        _set(tree, name, given)
    try:
        Workload.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False, include_context=False)[0]["msg"]
        return said.removeprefix("Value error, ")
    return ""


def _workload() -> dict[str, Any]:
    return {
        "apiVersion": "neuralnav.dev/v1alpha1",
        "kind": "Workload",
        "metadata": {"name": "draft"},
        "spec": {"useCase": "custom", "traffic": {"users": 1}},
    }


def _set(tree: dict[str, Any], field: str, value: Value) -> None:
    """Set a field by its name, `spec` left out of it."""
    *way, last = field.split(".")
    node = tree if way[:1] == ["metadata"] else tree["spec"]
    for key in way:
        node = node.setdefault(key, {})
    node[last] = list(value) if isinstance(value, tuple) else value
