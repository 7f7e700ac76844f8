"""The roles of examples/rbac are what the verbs need: each verb runs with them enforced, and no rule is idle."""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml
from cluster_front import Front
from conftest import ROOT, Installed
from deployed import NAME, SPACE, Repository, repository, until, write_workload
from hostile_openai import hostile

from neuralnav.cluster.api import KINDS, Ref
from neuralnav.cluster.wait import pod_selector

pytestmark = pytest.mark.integration

RBAC = ROOT / "examples" / "rbac"
DOCUMENTS = [item for path in sorted(RBAC.glob("*.yaml")) for item in yaml.safe_load_all(path.read_text())]
ROLES: Mapping[str, Any] = {item["metadata"]["name"]: item for item in DOCUMENTS if item["kind"].endswith("Role")}
LLM = "llm-chat"
Pair = tuple[str, str]


def role(name: str) -> dict[str, Any]:
    """A role in the namespace of the tests."""
    found = ROLES[f"neuralnav-{name}"]
    return {**found, "metadata": {**found["metadata"], "namespace": SPACE}}


def granted(*names: str) -> set[Pair]:
    return {
        (verb, f"{resource}.{group}" if group else resource)
        for name in names
        for rule in ROLES[f"neuralnav-{name}"]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def of_kinds(pairs: Iterable[Pair], kinds: Iterable[str]) -> set[Pair]:
    """The pairs about these kinds."""
    named = {f"{KINDS[kind].plural}.{KINDS[kind].group}".rstrip(".") for kind in kinds}
    return {pair for pair in pairs if pair[1].partition("/")[0] in named}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    folder = tmp_path_factory.mktemp("rbac")
    write_workload(folder / NAME)
    write_workload(folder / LLM, LLM, more=", target: LLMInferenceService")
    small_neuralnav.done("compile", folder=folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, compiled: Path, front: Front, small_neuralnav: Installed) -> Repository:
    return repository(tmp_path / "repository", compiled, front, small_neuralnav)


def rendered(here: Repository) -> set[str]:
    """The kinds that the manifests put into the cluster."""
    found = (yaml.safe_load(path.read_text()) for path in here.folder.glob("*/deploy/*.yaml"))
    return {item["kind"] for item in found} & set(KINDS)


def refusals(front: Front) -> list[str]:
    return [f"{item.verb} {item.resource}" for item in front.seen if not front.allowed(item)]


def needed(front: Front, names: Sequence[str]) -> set[Pair]:
    """What was asked for, all of it allowed."""
    assert refusals(front) == [], names
    return {item.needed for item in (*front.seen, *front.implied)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda item: f"{item['kind']}-{item['metadata']['name']}")
def test_documents_are_valid(document: Any) -> None:
    kubernetes_validate.validate(document, "1.36", strict=True)


def test_bindings_bind_the_roles() -> None:
    bound = {item["roleRef"]["name"] for item in DOCUMENTS if item["kind"].endswith("RoleBinding")}
    assert bound == set(ROLES)


def pod(ref: Ref) -> dict[str, Any]:
    """A pod that serves."""
    labels = dict(part.split("=") for part in pod_selector(ref).split(","))
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{ref.name}-0", "namespace": SPACE, "labels": labels},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }  # fmt: skip


def test_deployer_and_viewer_deploy_and_delete(here: Repository) -> None:
    front, names = here.front, ("deployer", "viewer", "nodes")
    front.enforce(*(role(name) for name in names))

    def controller() -> None:
        for kind, name in (("InferenceService", NAME), ("LLMInferenceService", LLM)):
            watched = rf"/{KINDS[kind].plural}\?.*watch=true"
            until(lambda watched=watched: here.asked(watched))  # type: ignore[misc]
            front.put(pod(Ref(KINDS[kind], SPACE, name)))
            front.ready(kind, SPACE, name)

    thread = threading.Thread(target=controller, daemon=True)
    thread.start()
    here.done("deploy", "--yes", "--timeout", "30s", NAME, LLM)
    thread.join()
    assert here.run("status").returncode == 3  # the pods ask for no accelerator
    here.done("diff", "--live", NAME, LLM)
    here.done("delete", "--yes", NAME, LLM)
    found = needed(front, names)
    kinds = {*rendered(here), "Pod", "Event", "Node", "Namespace", "Service"}
    assert of_kinds(granted(*names), kinds) == of_kinds(found, kinds)
    assert found <= granted(*names)


def test_viewer_reads_and_changes_nothing(here: Repository) -> None:
    front = here.front
    here.done("deploy", "--yes", "--no-wait", NAME)
    front.seen.clear()
    front.enforce(role("viewer"), role("nodes"))
    assert here.run("status", NAME).returncode == 3
    assert refusals(front) == []
    front.enforce(role("viewer"))
    front.seen.clear()
    completed = here.run("diff", "--live", NAME)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert set(refusals(front)) <= {f"patch {KINDS[kind].plural}" for kind in rendered(here)}
    completed = here.run("deploy", "--yes", "--no-wait", NAME)
    assert completed.returncode == 2
    assert re.search(r"tester may not patch \S+ in namespace llm\n", completed.stdout + completed.stderr)


def test_prober_probes(here: Repository) -> None:
    front = here.front
    here.done("deploy", "--yes", "--no-wait", NAME)
    front.ready("InferenceService", SPACE, NAME, url="http://127.0.0.1:9")
    name = f"{NAME}-predictor"
    spec = {"ports": [{"name": "http", "port": 80}]}
    front.put({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": SPACE}, "spec": spec})
    front.enforce(role("prober"))
    front.seen.clear()
    front.implied.clear()
    assert here.run("probe", NAME, "--requests", "1", "--patience", "0").returncode == 2
    with hostile(models={"qwen3-8b": 40960}) as served:
        front.backends[SPACE, name] = served.url
        completed = here.run("probe", NAME, "--requests", "1", "--patience", "0", "--via-api-server")
    found = needed(front, ("prober",))
    assert of_kinds(granted("prober"), {"InferenceService", "Service"}) == found, completed.stdout + completed.stderr


def test_readme_tells_every_role_and_every_rule() -> None:
    text = (RBAC / "README.md").read_text()
    for name, item in ROLES.items():
        assert name in text
        for rule in item["rules"]:
            for resource in rule["resources"]:
                assert resource in text
