"""The health checks of the GitOps examples, run as Flux and Argo CD run them, on states that KServe reports.

The conditions are those that KServe's controllers set (pkg/apis/serving/v1beta1/inference_service_status.go and
pkg/controller/v1alpha2/llmisvc in kserve/kserve).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from gitops_trees import ARGO, CLUSTERS, Object, build, flux_kustomizations

pytestmark = pytest.mark.integration

CRDS = ROOT.parent / "shared" / "reference" / "crds"
HEALTH_KEY = "resource.customizations.health.serving.kserve.io_{}"
SANDBOX = 'getmetatable("").__index = nil; string, io, os, debug, math, require, dofile, loadfile = nil'
"""Argo CD opens the base, table and package libraries only, and a stub of os, for a script of argocd-cm."""


def condition(name: str, status: str, reason: str = "", message: str = "") -> dict[str, str]:
    told = {"type": name, "status": status, "reason": reason, "message": message}
    return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Story:
    """An object's status, and what each controller must make of it; Flux: None where it goes on waiting."""

    status: Mapping[str, Any] | None
    argo: str
    flux: str | None
    generation: int = 1


LOADING = condition("PredictorReady", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum ...")
ROLLING = condition(
    "PredictorReady", "Unknown", "ReplicaSetUpdated", 'ReplicaSet "support-chat-predictor" is progressing.'
)
NO_INGRESS = condition("IngressReady", "False", "Predictor ingress not created")


def isvc(*conditions: dict[str, str], ready: str, model: str = "InProgress", **rest: object) -> Mapping[str, Any]:
    """Return the status of an InferenceService."""
    told = [*conditions, condition("Ready", ready)]
    return {"conditions": told, "modelStatus": {"transitionStatus": model, **rest}, "observedGeneration": 1}


OUT_OF_MEMORY = {"reason": "ModelLoadFailed", "message": "CUDA out of memory", "exitCode": 1}
SERVED = (condition("PredictorReady", "True"), condition("IngressReady", "True"))
INFERENCE_SERVICE: Mapping[str, Story] = {
    "no-status-yet": Story(None, "Progressing", None),
    "empty-status": Story({}, "Progressing", None),
    "loads-weights": Story(isvc(LOADING, NO_INGRESS, ready="False"), "Progressing", None),
    "rolls-out": Story(isvc(ROLLING, condition("IngressReady", "True"), ready="Unknown"), "Progressing", None),
    "waits-for-ingress": Story(
        isvc(SERVED[0], condition("IngressReady", "False", "HttpRouteNotReady"), ready="False"), "Progressing", None
    ),
    "serves": Story(isvc(*SERVED, ready="True", model="UpToDate"), "Healthy", "Current"),
    # KServe may leave a model that serves InProgress for ever: github.com/kserve/kserve/issues/3686
    "serves-but-model-lags": Story(isvc(*SERVED, ready="True"), "Healthy", "Current"),
    "served-after-a-failure": Story(
        isvc(*SERVED, ready="True", model="UpToDate", lastFailureInfo=OUT_OF_MEMORY), "Healthy", "Current"
    ),
    "crashes": Story(
        isvc(LOADING, NO_INGRESS, ready="False", model="BlockedByFailedLoad", lastFailureInfo=OUT_OF_MEMORY),
        "Degraded",
        "Failed",
    ),
    "crashes-untold": Story(isvc(LOADING, ready="False", model="BlockedByFailedLoad"), "Degraded", "Failed"),
    "invalid": Story(
        isvc(condition("PredictorReady", "Unknown"), ready="Unknown", model="InvalidSpec"), "Degraded", "Failed"
    ),
    "rollout-stuck": Story(
        isvc(condition("PredictorReady", "False", "ProgressDeadlineExceeded", "timed out"), SERVED[1], ready="False"),
        "Degraded",
        "Failed",
    ),
    "over-quota": Story(
        isvc(condition("PredictorReady", "False", "FailedCreate", "exceeded quota"), NO_INGRESS, ready="False"),
        "Degraded",
        "Failed",
    ),
    "stopped": Story(isvc(condition("Stopped", "True"), ready="False"), "Suspended", None),
    "not-stopped": Story(isvc(*SERVED, condition("Stopped", "False"), ready="True"), "Healthy", "Current"),
    # The Deployment counts its own changes, an autoscaler's among them: github.com/kserve/kserve/issues/6081
    "counts-with-its-deployment": Story(
        {**isvc(*SERVED, ready="True", model="UpToDate"), "observedGeneration": 9}, "Healthy", None, generation=3
    ),
}


def llm(*conditions: dict[str, str], ready: str, seen: int = 1) -> Mapping[str, Any]:
    """Return the status of an LLMInferenceService."""
    return {"conditions": [*conditions, condition("Ready", ready)], "observedGeneration": seen}


PRESETS = condition("PresetsCombined", "True")
UP = (PRESETS, *(condition(name, "True") for name in ("MainWorkloadReady", "WorkloadsReady", "RouterReady")))


def not_up(reason: str) -> tuple[dict[str, str], ...]:
    return (PRESETS, *(condition(name, "False", reason) for name in ("MainWorkloadReady", "WorkloadsReady")))


LLM_INFERENCE_SERVICE: Mapping[str, Story] = {
    "no-status-yet": Story(None, "Progressing", None),
    "empty-status": Story({}, "Progressing", None),
    "no-conditions-yet": Story({"observedGeneration": 1}, "Progressing", None),
    "loads-weights": Story(llm(*not_up("MinimumReplicasUnavailable"), ready="False"), "Progressing", None),
    "deployment-is-new": Story(llm(*not_up("Progressing"), ready="False"), "Progressing", None),
    "retries": Story(llm(*not_up("ReconcileSingleNodeWorkloadError"), ready="False"), "Progressing", None),
    "route-not-accepted": Story(
        llm(*UP[:3], condition("HTTPRoutesReady", "False", "HTTPRoutesNotReady"), ready="False"), "Progressing", None
    ),
    "serves": Story(llm(*UP, ready="True"), "Healthy", "Current"),
    "change-not-seen": Story(llm(*UP, ready="True", seen=2), "Progressing", None, generation=3),
    "change-seen": Story(llm(*UP, ready="True", seen=3), "Healthy", "Current", generation=3),
    "no-such-preset": Story(
        llm(condition("PresetsCombined", "False", "ConfigNotFound", "no config"), ready="Unknown"), "Degraded", "Failed"
    ),
    "presets-do-not-merge": Story(
        llm(condition("PresetsCombined", "False", "CombineBaseError"), ready="Unknown"), "Degraded", "Failed"
    ),
    "no-keda": Story(llm(*not_up("ScalingCRDNotFound"), ready="False"), "Degraded", "Failed"),
    "no-such-gateway": Story(
        llm(*UP[:3], condition("GatewaysReady", "False", "RefsInvalid"), ready="False"), "Degraded", "Failed"
    ),
    "pods-do-not-come-up": Story(llm(*not_up("ProgressDeadlineExceeded"), ready="False"), "Degraded", "Failed"),
    "stopped": Story(llm(*not_up("Stopped"), ready="False"), "Suspended", None),
}
STORIES = {"InferenceService": INFERENCE_SERVICE, "LLMInferenceService": LLM_INFERENCE_SERVICE}
CASES = [pytest.param(kind, name, id=f"{kind}-{name}") for kind, stories in STORIES.items() for name in stories]


def live(kind: str, story: Story) -> Object:
    """Return the object as the API server has it."""
    found: Object = {"kind": kind, "metadata": {"name": "it", "generation": story.generation}, "spec": {}}
    return found if story.status is None else {**found, "status": story.status}


def argo_health(script: str, item: Object) -> tuple[str, str]:
    """Run a script of argocd-cm on an object, with the libraries that Argo CD opens for it."""
    lua = pytest.importorskip("lupa.lua51").LuaRuntime()
    lua.execute(SANDBOX)
    lua.globals().obj = lua.table_from(item, recursive=True)
    found = lua.execute(script)
    return found["status"], found["message"]


def flux_health(checks: Mapping[str, str], item: Object) -> str | None:
    """Judge an object as Flux does: its own generation first, then the expressions in order; an error waits."""
    cel = pytest.importorskip("cel_expr_python.cel")
    status = item.get("status", {})
    if status.get("observedGeneration", item["metadata"]["generation"]) != item["metadata"]["generation"]:
        return None
    environment = cel.NewEnv(variables=dict.fromkeys(("metadata", "spec", "status"), cel.Type.DYN))
    for field, verdict in (("inProgress", None), ("failed", "Failed"), ("current", "Current")):
        if field in checks:
            value = environment.compile(checks[field]).eval(data=item)
            if value.type() == cel.Type.ERROR:
                return None
            if value.value() is True:
                return verdict
    return None


@cache
def argo_script(key: str) -> str:
    """Return a script as it stands in the argocd-cm that kustomize builds."""
    (config,) = (item for item in build(ARGO / "bootstrap") if item["kind"] == "ConfigMap")
    assert config["metadata"]["name"] == "argocd-cm"
    script: str = config["data"][key]
    return script


def flux_checks(kind: str) -> Mapping[str, str]:
    (checks,) = (
        check
        for item in flux_kustomizations("prod").values()
        for check in item["spec"].get("healthCheckExprs", [])
        if check["kind"] == kind
    )
    found: Mapping[str, str] = checks
    return found


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_argo_judges(kind: str, name: str) -> None:
    story = STORIES[kind][name]
    status, message = argo_health(argo_script(HEALTH_KEY.format(kind)), live(kind, story))
    assert status == story.argo
    assert message


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_flux_judges(kind: str, name: str) -> None:
    story = STORIES[kind][name]
    assert flux_health(flux_checks(kind), live(kind, story)) == story.flux


@pytest.mark.parametrize("kind", STORIES)
def test_argo_waits_for_what_is_deleted(kind: str) -> None:
    item = live(kind, STORIES[kind]["serves"])
    item["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert argo_health(argo_script(HEALTH_KEY.format(kind)), item)[0] == "Progressing"


def test_argo_says_why() -> None:
    script = argo_script(HEALTH_KEY.format("InferenceService"))
    told = {
        name: argo_health(script, live("InferenceService", INFERENCE_SERVICE[name]))[1] for name in INFERENCE_SERVICE
    }
    assert told["crashes"] == "Model is BlockedByFailedLoad: CUDA out of memory"
    assert told["over-quota"] == "PredictorReady is False (FailedCreate): exceeded quota"
    assert told["rolls-out"].startswith("PredictorReady is Unknown (ReplicaSetUpdated): ReplicaSet")


APPLICATIONS: Mapping[str, tuple[Object, str]] = {
    "new": ({}, "Progressing"),
    "no-status": ({"status": {}}, "Progressing"),
    "syncs": ({"status": {"sync": {"status": "OutOfSync"}, "operationState": {"phase": "Running"}}}, "Progressing"),
    "healthy-of-an-older-revision": (
        {"status": {"sync": {"status": "OutOfSync"}, "health": {"status": "Healthy"}}},
        "Progressing",
    ),
    "healthy": ({"status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}}, "Healthy"),
    "degraded": ({"status": {"sync": {"status": "Synced"}, "health": {"status": "Degraded"}}}, "Degraded"),
    "missing": ({"status": {"sync": {"status": "Synced"}, "health": {"status": "Missing"}}}, "Progressing"),
    "failed": ({"status": {"sync": {"status": "OutOfSync"}, "operationState": {"phase": "Failed"}}}, "Degraded"),
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_argo_judges_an_application(name: str) -> None:
    item, wanted = APPLICATIONS[name]
    status, _ = argo_health(argo_script("resource.customizations.health.argoproj.io_Application"), item)
    assert status == wanted


def test_expressions_are_the_same_in_both_clusters() -> None:
    found = [
        sorted(str(item["spec"].get("healthCheckExprs")) for item in flux_kustomizations(cluster).values())
        for cluster in CLUSTERS
    ]
    assert found[0] == found[1]


def known(value: object, schema: Mapping[str, Any], at: str) -> list[str]:
    """Return the paths of what a CRD's schema does not know."""
    if isinstance(value, Mapping):
        fields = schema.get("properties", {})
        unknown = [f"{at}.{key}" for key in value if key not in fields]
        return unknown + [
            path for key in value if key in fields for path in known(value[key], fields[key], f"{at}.{key}")
        ]
    if isinstance(value, list):
        return [path for item in value for path in known(item, schema["items"], at)]
    return [] if value in schema.get("enum", [value]) else [f"{at}: {value}"]


@pytest.mark.parametrize(("kind", "version"), [("InferenceService", "v1beta1"), ("LLMInferenceService", "v1alpha2")])
def test_states_are_ones_that_the_crd_knows(kind: str, version: str) -> None:
    path: Path = CRDS / f"serving.kserve.io_{kind.lower()}s.yaml"
    if not path.is_file():
        pytest.skip("the CRDs belong to the workplace")
    versions = {item["name"]: item for item in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["spec"]["versions"]}
    schema = versions[version]["schema"]["openAPIV3Schema"]["properties"]["status"]
    for name, story in STORIES[kind].items():
        assert known(story.status or {}, schema, name) == []
