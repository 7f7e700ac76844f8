"""What the GitOps examples sync is taken by a real API server, and their core kinds by Kubernetes' own schemas."""

from pathlib import Path
from typing import Any

import pytest
from gitops_trees import ARGO, FLUX, Object, build, objects_in, shown, synced_folders
from test_apiserver import PLURALS, Server, assert_taken, server  # noqa: F401  # the fixture

pytestmark = pytest.mark.integration

CORE = ("v1", "policy/v1", "networking.k8s.io/v1", "scheduling.k8s.io/v1")
FOLDERS = [
    *synced_folders(),
    FLUX / "infrastructure/configs",
    FLUX / "infrastructure/controllers",
    ARGO / "infrastructure/configs",
    ARGO / "bootstrap",
]


@pytest.fixture(scope="module")
def core() -> Any:
    """Return the validator of core kinds, which ships no types."""
    return pytest.importorskip("kubernetes_validate", reason="PyPI package kubernetes-validate, in the dev group")


def core_kinds(folder: Path) -> list[Object]:
    return [item for item in build(folder) if item["apiVersion"] in CORE]


@pytest.mark.parametrize("folder", synced_folders(), ids=shown)
def test_server_takes_what_is_synced(folder: Path, server: Server) -> None:  # noqa: F811  # the fixture
    known = [item for item in build(folder) if item["kind"] in PLURALS]
    kinds = {item["kind"] for item in known}  # overlays that change the replicas or the namespace leave the rules out
    assert "PodMonitor" in kinds
    assert kinds & {"InferenceService", "LLMInferenceService"}
    assert len(known) == len(kinds) in (2, 3)
    for item in known:
        assert_taken(server, item)


@pytest.mark.parametrize("folder", FOLDERS, ids=shown)
def test_core_kinds_are_valid(folder: Path, core: Any) -> None:
    found = core_kinds(folder)
    assert found
    for item in found:
        core.validate(item, core.latest_version(), strict=True)


def test_core_kinds_that_are_broken_are_refused(core: Any) -> None:
    (first, *_) = objects_in(FLUX / "infrastructure/configs/priority-classes.yaml")
    core.validate(first, core.latest_version(), strict=True)
    with pytest.raises(core.ValidationError, match="preemption"):
        core.validate({**first, "preemption": "Never"}, core.latest_version(), strict=True)


def test_server_refuses_a_patch_with_an_unknown_field(server: Server) -> None:  # noqa: F811  # the fixture
    """What a typing mistake in an overlay gives: kustomize adds the field, the server does not know it."""
    (found,) = (item for item in build(FLUX / "apps/dev/support-chat") if item["kind"] == "InferenceService")
    found["spec"]["predictor"]["minReplica"] = 1
    status, reply = server.apply(found)
    assert status >= 400
    assert "minReplica" in reply["message"]
