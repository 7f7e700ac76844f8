"""The Kubernetes objects that we render, as far as we render them: nothing else passes.

A template's output is parsed back and must be one of these, and the objects of a folder must agree with each other.
"""

from typing import Any

from neuralnav.model.manifest.beside import Kustomization, NetworkPolicy, PodDisruptionBudget, PodMonitor
from neuralnav.model.manifest.monitoring import ConfigMap, PrometheusRule
from neuralnav.model.manifest.parts import Rendered
from neuralnav.model.manifest.rules import Fault, check_objects
from neuralnav.model.manifest.serving import InferenceService, LLMInferenceService

__all__ = [
    "KINDS", "ConfigMap", "Fault", "InferenceService", "Kustomization", "LLMInferenceService", "NetworkPolicy",
    "PodDisruptionBudget", "PodMonitor", "PrometheusRule", "Rendered", "check_objects", "manifest_kind",
]  # fmt: skip

KINDS: dict[str, type[Rendered]] = {
    "InferenceService": InferenceService,
    "LLMInferenceService": LLMInferenceService,
    "PodMonitor": PodMonitor,
    "PrometheusRule": PrometheusRule,
    "ConfigMap": ConfigMap,
    "PodDisruptionBudget": PodDisruptionBudget,
    "NetworkPolicy": NetworkPolicy,
    "Kustomization": Kustomization,
}
"""The kinds a template may emit."""


def manifest_kind(value: Any) -> type[Rendered] | None:  # whatever a template emitted
    """Return the model that a rendered object must satisfy, or None when its kind is not one of ours."""
    kind = value.get("kind") if isinstance(value, dict) else None
    return KINDS.get(kind) if isinstance(kind, str) else None
