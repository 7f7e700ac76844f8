"""What the GitOps tests share: the two example repositories, read and built as their controllers do it."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, TIMEOUT_SECONDS

FLUX = ROOT / "examples" / "gitops" / "flux"
ARGO = ROOT / "examples" / "gitops" / "argocd"
CLUSTERS = ("dev", "prod")
SERVING = ("InferenceService", "LLMInferenceService")

Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document


def objects_in(path: Path) -> list[Object]:
    """Return the objects of a YAML file, as Kubernetes reads it: by YAML 1.1."""
    return [item for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader) if item is not None]


def objects_below(folder: Path) -> list[Object]:
    """Return the objects of every YAML file below a folder, as Flux does where there is no kustomization.yaml."""
    return [item for path in sorted(folder.rglob("*.yaml")) for item in objects_in(path)]


def build(folder: Path) -> list[Object]:
    """Return what kustomize builds of a folder; the test is skipped where there is no kustomize."""
    text = _committed(folder) if folder.is_relative_to(ROOT) else _kustomized(folder)
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def _kustomized(folder: Path) -> str:
    for command in (["kubectl", "kustomize"], ["kustomize", "build"]):
        if shutil.which(command[0]):
            done = subprocess.run(
                [*command, "."], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
            )
            assert done.returncode == 0, done.stderr
            return done.stdout
    pytest.skip("neither kubectl nor kustomize is installed")


_committed = cache(_kustomized)
"""What is committed does not change while tests run, and each build is a process."""


def of_kind(items: list[Object], *kinds: str) -> list[Object]:
    return [item for item in items if item["kind"] in kinds]


def flux_kustomizations(cluster: str) -> dict[str, Object]:
    """Return the Flux Kustomizations of a cluster by name."""
    found = objects_below(FLUX / "clusters" / cluster)
    return {
        item["metadata"]["name"]: item
        for item in found
        if item["apiVersion"].startswith("kustomize.toolkit.fluxcd.io/") and item["kind"] == "Kustomization"
    }


def argo_applications() -> list[Object]:
    """Return the Applications of the app of apps, those that the ApplicationSet makes of its folders among them."""
    items = [*objects_below(ARGO / "argocd"), *objects_in(ARGO / "bootstrap" / "root.yaml")]
    (made,) = of_kind(items, "ApplicationSet")
    return [*of_kind(items, "Application"), *_generated(made)]


def _generated(application_set: Object) -> Iterator[Object]:
    """Yield an Application for each folder of the git generator, its template filled in as Go would."""
    (generator,) = application_set["spec"]["generators"]
    (directory,) = generator["git"]["directories"]
    for folder in sorted(path for path in ARGO.glob(directory["path"]) if path.is_dir()):
        path = folder.relative_to(ARGO)
        text = yaml.safe_dump(application_set["spec"]["template"])
        text = text.replace("{{index .path.segments 1}}", path.parts[1])
        text = text.replace("{{.path.basename}}", path.name).replace("{{.path.path}}", path.as_posix())
        assert "{{" not in text, "the test knows no such template"
        yield {"kind": "Application", "apiVersion": "argoproj.io/v1alpha1", **yaml.load(text, Loader=yaml.CSafeLoader)}


def synced_folders() -> list[Path]:
    """Return every folder with rendered objects that one of the controllers applies."""
    flux = [
        FLUX / item["spec"]["path"]
        for cluster in CLUSTERS
        for item in flux_kustomizations(cluster).values()
        if item["spec"]["path"].startswith("./apps/")
    ]
    argo = [ARGO / item["spec"]["source"]["path"] for item in argo_applications() if item["spec"]["project"] == "llm"]
    return sorted({*flux, *argo})


def shown(path: Path) -> str:
    """Return a path for the name of a test."""
    return path.relative_to(ROOT / "examples" / "gitops").as_posix()


def leaves(item: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Yield every scalar of a document with its path."""
    if isinstance(item, dict):
        for key, value in item.items():
            yield from leaves(value, f"{at}/{key}")
    elif isinstance(item, list):
        for index, value in enumerate(item):
            yield from leaves(value, f"{at}/{index}")
    else:
        yield at, item
