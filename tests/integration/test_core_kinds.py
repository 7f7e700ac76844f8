"""Kubernetes' own schemas take what we render of its core kinds; a server of custom resources does not know them."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml
from conftest import ROOT, Installed

pytestmark = pytest.mark.integration

VERSION = "1.36"
"""That of the API server that the custom resources are tested with."""

FILES = {
    "PodDisruptionBudget": "poddisruptionbudget.yaml", "NetworkPolicy": "networkpolicy.yaml",
    "ConfigMap": "dashboard.yaml",
}  # fmt: skip
EXAMPLES = sorted((ROOT / "examples").glob("*/deploy"))
DEPLOYS = {
    "is": "",
    "is-limited": "network: {from: [web, monitoring]}, storage: {claim: weights}",
    "is-simulator": "mode: simulator",
    "llm": "target: LLMInferenceService",
    "llm-limited": "target: LLMInferenceService, network: {from: [web]}",
}

Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document


def assert_taken(folder: Path) -> None:
    for kind, file in FILES.items():
        body = yaml.safe_load((folder / file).read_text())
        assert body["kind"] == kind
        assert kubernetes_validate.validate(body, VERSION, strict=True) == VERSION


@pytest.fixture(scope="module")
def compiled(small_neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the manifests of each deployment, all compiled in one call."""
    folder = tmp_path_factory.mktemp("core")
    for name, deploy in DEPLOYS.items():
        spec = f"{{useCase: chatbot_conversational, traffic: {{users: 14000}}, deploy: {{{deploy}}}}}"
        text = f"apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {{name: {name}}}\nspec: {spec}\n"
        (folder / f"{name}.workload.yaml").write_text(text)
    small_neuralnav.done("compile", folder=folder)
    return folder


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_kubernetes_takes_the_core_kinds_of_an_example(folder: Path) -> None:
    assert_taken(folder)


@pytest.mark.parametrize("name", DEPLOYS)
def test_kubernetes_takes_the_core_kinds_of_a_deployment(name: str, compiled: Path) -> None:
    assert_taken(compiled / f"{name}.deploy")


def with_unknown_field(body: Object) -> str:
    body["spec"]["replicaz"] = 2
    return "replicaz"


def without_an_api_version(body: Object) -> str:
    body["apiVersion"] = "policy/v2"
    return "policy/v2"


def with_number_for_label(body: Object) -> str:
    body["metadata"]["labels"]["exponent"] = 1000
    return "1000"


def with_text_for_types(body: Object) -> str:
    body["spec"]["policyTypes"] = "Ingress"
    return "Ingress"


def with_list_for_port(body: Object) -> str:
    body["spec"]["ingress"][0]["ports"][0]["port"] = [8080]
    return "8080"


def with_text_for_selector(body: Object) -> str:
    body["spec"]["selector"] = "chat"
    return "chat"


def with_unknown_peer(body: Object) -> str:
    body["spec"]["ingress"].append({"from": [{"hostSelector": {}}]})
    return "hostSelector"


FAULTS = [
    ("PodDisruptionBudget", with_unknown_field), ("NetworkPolicy", with_unknown_field),
    ("PodDisruptionBudget", without_an_api_version), ("PodDisruptionBudget", with_number_for_label),
    ("NetworkPolicy", with_number_for_label), ("NetworkPolicy", with_text_for_types),
    ("NetworkPolicy", with_list_for_port), ("PodDisruptionBudget", with_text_for_selector),
    ("NetworkPolicy", with_unknown_peer),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "damage"), FAULTS, ids=lambda part: getattr(part, "__name__", part))
def test_kubernetes_refuses_what_is_broken(kind: str, damage: Callable[[Object], str], compiled: Path) -> None:
    body = copy.deepcopy(yaml.safe_load((compiled / "is.deploy" / FILES[kind]).read_text()))
    words = damage(body)
    with pytest.raises((kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError)) as caught:
        kubernetes_validate.validate(body, VERSION, strict=True)
    assert words in str(caught.value.message)
