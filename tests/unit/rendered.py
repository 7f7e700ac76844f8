"""Locks of either target, and their manifests as a YAML 1.1 reader sees them."""

import functools
import json
from typing import Any

import yaml
from builders import compiled, renderer, with_deployment, workload

from neuralnav.model.lock import Lock

TARGETS = ("InferenceService", "LLMInferenceService")


def manifests(found: Lock) -> dict[str, Any]:
    """The rendered objects as a YAML 1.1 reader sees them, by file name."""
    return {item.name: yaml.load(item.text, Loader=yaml.CSafeLoader) for item in renderer().render(found)}


def locked(target: str = TARGETS[0], **deploy: Any) -> Lock:
    """A lock of the small catalog's best plan for a `deploy` section."""
    return _locked(json.dumps({"target": target, **deploy}))


@functools.cache
def _locked(deploy: str) -> Lock:
    return compiled(workload(deploy=json.loads(deploy))).lock


def over_nodes(base: Lock) -> Lock:
    """The lock with replicas of two pods with four accelerators each."""
    return with_deployment(base, pipeline_parallel=2, tensor_parallel=4, gpus_per_replica=8, shared_memory_gib=16)


def service(found: Lock) -> dict[str, Any]:
    whole: dict[str, Any] = manifests(found)[f"{found.deployment.target.lower()}.yaml"]
    return whole


def spec(found: Lock) -> dict[str, Any]:
    part: dict[str, Any] = service(found)["spec"]
    return part


def predictor(found: Lock) -> dict[str, Any]:
    """The pods' part of either kind of service."""
    part: dict[str, Any] = spec(found)["predictor" if found.deployment.target == TARGETS[0] else "template"]
    return part


def container(found: Lock) -> dict[str, Any]:
    (one,) = predictor(found)["containers"]
    part: dict[str, Any] = one
    return part


def variables(found: Lock) -> dict[str, Any]:
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container(found)["env"]}


def arguments(found: Lock) -> dict[str, str]:
    pairs = (argument.partition("=") for argument in container(found)["args"])
    return {name: value for name, _, value in pairs}


def selector(target: str, component: str = "llminferenceservice-workload") -> dict[str, str]:
    """The labels that KServe puts on the pods of a service."""
    if target == TARGETS[0]:
        return {"serving.kserve.io/inferenceservice": "chat", "component": "predictor"}
    part = {"app.kubernetes.io/name": "chat", "app.kubernetes.io/part-of": "llminferenceservice"}
    return {**part, "app.kubernetes.io/component": component}
