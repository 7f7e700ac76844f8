"""Kustomize builds what we render: the same objects, under the names and the namespace of the manifests."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, TIMEOUT_SECONDS, Installed

pytestmark = pytest.mark.integration

FOLDERS = sorted(path.parent for path in (ROOT / "examples").rglob("deploy/kustomization.yaml"))
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 14000}
  deploy: {namespace: llm-prod}
"""

Named = tuple[str, str, str, str]


def names(objects: list[dict[str, dict[str, str]]]) -> list[Named]:
    found = []
    for item in objects:
        metadata = item["metadata"]
        kind = (str(item["apiVersion"]), str(item["kind"]))
        found.append((*kind, metadata["namespace"], metadata["name"]))
    return sorted(found)


def built(folder: Path) -> list[Named]:
    """Return what kustomize builds of a folder."""
    for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
        if shutil.which(command[0]):
            done = subprocess.run(
                [*command, "."], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
            )
            assert done.returncode == 0, done.stderr
            return names(list(yaml.safe_load_all(done.stdout)))
    pytest.skip("neither kustomize nor kubectl is installed")


def rendered(folder: Path) -> list[Named]:
    """Return what the manifests beside a kustomization hold."""
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != "kustomization.yaml"]
    return names([item for path in files for item in yaml.safe_load_all(path.read_text())])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_example_builds_to_the_objects_it_holds(folder: Path) -> None:
    assert built(folder) == rendered(folder)


@pytest.mark.parametrize("target", ["InferenceService", "LLMInferenceService"])
def test_compiled_folder_builds_to_its_objects(target: str, tmp_path: Path, small_neuralnav: Installed) -> None:
    text = WORKLOAD.replace("namespace: llm-prod", f"namespace: llm-prod, target: {target}")
    (tmp_path / "workload.yaml").write_text(text)
    small_neuralnav.done("compile", folder=tmp_path)
    found = built(tmp_path / "deploy")
    assert found == rendered(tmp_path / "deploy")
    assert sorted(kind for _, kind, *_ in found) == sorted(
        ["ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "PodMonitor", "PrometheusRule", target]
    )
    assert {(namespace, name) for *_, namespace, name in found} == {("llm-prod", "support-chat")}
