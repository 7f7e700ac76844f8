"""The GitOps example repositories: they build, the API server takes them, patches apply, every reference resolves."""

import json
import re
import shutil
from collections.abc import Mapping
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import ROOT, Installed
from gitops_schemas import SCHEMAS
from gitops_trees import (
    ARGO,
    CLUSTERS,
    FLUX,
    SERVING,
    Object,
    argo_applications,
    build,
    flux_kustomizations,
    leaves,
    objects_below,
    objects_in,
    of_kind,
    shown,
    synced_folders,
)

pytestmark = pytest.mark.integration

REPOSITORIES = (FLUX, ARGO)
KUSTOMIZATIONS = sorted(
    path.parent
    for repository in REPOSITORIES
    for path in repository.rglob("kustomization.yaml")
    if objects_in(path)[0]["kind"] == "Kustomization"
)
BESIDE = ("NetworkPolicy", "PodDisruptionBudget", "PodMonitor")
WATCHING = ("ConfigMap", "PrometheusRule")
"""Alerts and dashboard hold the plan's targets and its namespace: an overlay that keeps neither takes them out."""

WAVES = {
    "NetworkPolicy": 0, "InferenceService": 1, "LLMInferenceService": 1, "PodDisruptionBudget": 2, "PodMonitor": 2,
    "PrometheusRule": 2, "ConfigMap": 2,
}  # fmt: skip
WAVE = "argocd.argoproj.io/sync-wave"
TRIALS = (FLUX / "apps/dev/support-chat", ARGO / "apps/code-helper/overlays/dev")
"""Overlays that try the production plan on one replica."""

WRITTEN_BY_CONTROLLERS = re.compile(
    r"/(status|metadata/(managedFields|creationTimestamp|deletionTimestamp|generation|resourceVersion|selfLink|uid))(/|$)"
)
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def seconds(duration: str) -> float:
    return sum(float(number) * SECONDS[unit] for number, unit in re.findall(r"([0-9.]+)(ms|s|m|h)", duration))


def spec_of(item: Object) -> Object:
    """Return the pod spec of a serving object."""
    spec: Object = item["spec"]["predictor"] if item["kind"] == "InferenceService" else item["spec"]["template"]
    return spec


def serving(folder: Path) -> Object:
    (found,) = of_kind(build(folder), *SERVING)
    return found


def fields_of(items: list[Object]) -> dict[str, object]:
    """Return every scalar of one workload's objects, by kind and path; sync waves are another test's."""
    found = {f"{item['kind']}{path}": value for item in items for path, value in leaves(item)}
    return {path: value for path, value in found.items() if not path.endswith(WAVE)}


@pytest.mark.parametrize("folder", KUSTOMIZATIONS, ids=shown)
def test_kustomization_builds(folder: Path) -> None:
    assert build(folder)


@pytest.mark.parametrize("repository", REPOSITORIES, ids=shown)
def test_committed_plans_are_what_the_inputs_say(repository: Path, neuralnav: Installed) -> None:
    """The very step of the repositories' own CI."""
    done = neuralnav.run("compile", "--check", ".", folder=repository)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", synced_folders(), ids=shown)
def test_synced_folder_holds_one_whole_workload(folder: Path) -> None:
    built = build(folder)
    beside = BESIDE if folder in TRIALS else (*BESIDE, *WATCHING)
    assert sorted(item["kind"] for item in built) == sorted(
        [*beside, *[item["kind"] for item in of_kind(built, *SERVING)]]
    )
    (found,) = of_kind(built, *SERVING)
    same = ("namespace", "name")
    assert {tuple(item["metadata"][key] for key in same) for item in built} == {
        tuple(found["metadata"][key] for key in same)
    }


@pytest.mark.parametrize("folder", synced_folders(), ids=shown)
def test_no_field_is_fought_over(folder: Path) -> None:
    for item in build(folder):
        assert [path for path, _ in leaves(item) if WRITTEN_BY_CONTROLLERS.search(path)] == []
        spec = item.get("spec", {})
        assert not ("scaling" in spec and "replicas" in spec), "KEDA owns the replicas"
    for path, value in leaves(spec_of(serving(folder))):
        if "/resources/" in path:
            assert value == canonical(str(value)), f"KServe's webhook would write {path} anew"


def canonical(quantity: str) -> str:
    """Return a quantity as Kubernetes writes it: whole numbers in the largest unit that holds them."""
    found = re.fullmatch(r"(\d+)(Ki|Mi|Gi|m)?", quantity)
    assert found is not None, quantity
    number, unit = int(found[1]), found[2] or ""
    larger = {"Ki": ("Mi", 1024), "Mi": ("Gi", 1024), "Gi": ("Ti", 1024), "m": ("", 1000)}
    while unit in larger and number % larger[unit][1] == 0:
        unit, number = larger[unit][0], number // larger[unit][1]
    return f"{number}{unit}"


@pytest.mark.parametrize("repository", REPOSITORIES, ids=shown)
def test_repository_declares_nothing_that_a_controller_makes(repository: Path) -> None:
    items = [item for item in objects_below(repository) if "kind" in item]
    assert not of_kind(items, "HorizontalPodAutoscaler", "ScaledObject", "Deployment", "Secret")
    assert [path for item in items for path, _ in leaves(item) if WRITTEN_BY_CONTROLLERS.search(path)] == []


OVERLAYS: Mapping[str, tuple[Path, dict[str, object]]] = {
    "flux/apps/dev/support-chat": (
        FLUX / "apps/base/support-chat/deploy",
        {
            "InferenceService/spec/predictor/minReplicas": 1,
            "InferenceService/spec/predictor/maxReplicas": 1,
            "*/metadata/labels/env": "dev",
        },
    ),
    "flux/apps/prod/support-chat": (
        FLUX / "apps/base/support-chat/deploy",
        {
            "InferenceService/spec/predictor/priorityClassName": "llm-interactive",
            "*/metadata/labels/cost-center": "customer-care",
        },
    ),
    "argocd/apps/code-helper/overlays/dev": (
        ARGO / "apps/code-helper/deploy",
        {
            "InferenceService/spec/predictor/minReplicas": 1,
            "InferenceService/spec/predictor/maxReplicas": 1,
            "*/metadata/labels/env": "dev",
            "*/metadata/namespace": "llm-dev",
        },
    ),
    "argocd/apps/code-helper/overlays/prod": (
        ARGO / "apps/code-helper/deploy",
        {
            "InferenceService/spec/predictor/priorityClassName": "llm-interactive",
            "*/metadata/labels/cost-center": "engineering",
        },
    ),
    "argocd/apps/voice-agent/overlays/dev": (ARGO / "apps/voice-agent/dev/deploy", {}),
    "argocd/apps/voice-agent/overlays/prod": (ARGO / "apps/voice-agent/prod/deploy", {}),
}
"""What each overlay sets on its base, beside sync waves; `*` is every object."""


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_overlay_sets_these_fields_and_no_others(overlay: str) -> None:
    folder, fields = OVERLAYS[overlay]
    synced = ROOT / "examples" / "gitops" / overlay
    kinds = ("InferenceService", *BESIDE, *(() if synced in TRIALS else WATCHING))
    base, built = (
        fields_of([item for item in build(path) if item["kind"] not in WATCHING or synced not in TRIALS])
        for path in (folder, synced)
    )
    assert synced not in TRIALS or not of_kind(build(synced), *WATCHING)
    wanted = {
        f"{kind}{path[1:]}" if path.startswith("*") else path: value for path, value in fields.items() for kind in kinds
    }
    assert {path: built.get(path) for path in wanted} == wanted
    assert {path: value for path, value in built.items() if path not in wanted} == {
        path: value for path, value in base.items() if path not in wanted
    }


WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: support-chat, labels: {{env: prod}}}}
spec: {{useCase: chatbot_conversational, traffic: {{users: {users}}}}}
"""


def test_patches_survive_a_recompile(tmp_path: Path, small_neuralnav: Installed) -> None:
    """Other traffic, another plan below: the overlays still say what they said."""
    shutil.copytree(FLUX, tmp_path / "fleet", ignore=shutil.ignore_patterns("deploy", "plan.lock", "ticket-summaries"))
    planned = []
    for users in (3000, 90000):
        (tmp_path / "fleet/apps/base/support-chat/workload.yaml").write_text(WORKLOAD.format(users=users))
        small_neuralnav.done("compile", folder=tmp_path / "fleet")
        dev, prod = (serving(tmp_path / "fleet" / "apps" / env / "support-chat") for env in CLUSTERS)
        assert (dev["spec"]["predictor"]["minReplicas"], dev["spec"]["predictor"]["maxReplicas"]) == (1, 1)
        assert (dev["metadata"]["labels"]["env"], prod["metadata"]["labels"]["env"]) == ("dev", "prod")
        assert "priorityClassName" not in dev["spec"]["predictor"]
        assert prod["spec"]["predictor"]["priorityClassName"] == "llm-interactive"
        planned.append(prod["spec"]["predictor"]["minReplicas"])
    assert planned[0] < planned[1]


def test_moved_overlay_names_the_old_namespace_nowhere() -> None:
    (base,) = {item["metadata"]["namespace"] for item in build(ARGO / "apps/code-helper/deploy")}
    built = build(ARGO / "apps/code-helper/overlays/dev")
    assert [(path, value) for item in built for path, value in leaves(item) if base in str(value)] == []


@pytest.mark.parametrize("repository", REPOSITORIES, ids=shown)
def test_namespaces_and_priority_classes_are_made_first(repository: Path) -> None:
    configs = build(repository / "infrastructure/configs")
    names = {
        kind: {item["metadata"]["name"] for item in of_kind(configs, kind)} for kind in ("Namespace", "PriorityClass")
    }
    for folder in (folder for folder in synced_folders() if folder.is_relative_to(repository)):
        found = serving(folder)
        assert found["metadata"]["namespace"] in names["Namespace"]
        assert {spec_of(found).get("priorityClassName")} <= {None, *names["PriorityClass"]}


@pytest.mark.parametrize(
    "path", sorted(path for repository in REPOSITORIES for path in repository.rglob("*.yaml")), ids=shown
)
def test_controllers_objects_have_known_fields(path: Path) -> None:
    for item in objects_in(path):
        schema = SCHEMAS.get((item.get("apiVersion", ""), item.get("kind", "")))
        if schema is not None:
            jsonschema.Draft202012Validator(schema).validate(item)
        else:
            assert "fluxcd.io" not in str(item.get("apiVersion"))
            assert "argoproj.io" not in str(item.get("apiVersion"))


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_flux_references_resolve_and_crds_come_first(cluster: str) -> None:
    found = flux_kustomizations(cluster)
    after = {name: {other["name"] for other in item["spec"].get("dependsOn", [])} for name, item in found.items()}
    order = list(TopologicalSorter(after).static_order())  # raises where two wait for each other
    assert set(order) == set(found), "a dependency that no Kustomization is"
    sources = {(item["kind"], item["metadata"]["name"]) for item in objects_below(FLUX / "clusters" / cluster)}
    for name, item in found.items():
        spec = item["spec"]
        assert (FLUX / spec["path"]).is_dir(), name
        assert (spec["sourceRef"]["kind"], spec["sourceRef"]["name"]) in sources
        if spec["path"].startswith("./apps/"):
            assert order.index("infra-controllers") < order.index("infra-configs") < order.index(name)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_flux_waits_for_each_model_as_long_as_it_may_load(cluster: str) -> None:
    for item in flux_kustomizations(cluster).values():
        if not item["spec"]["path"].startswith("./apps/"):
            continue
        found = serving(FLUX / item["spec"]["path"])
        probe = spec_of(found)["containers"][0]["startupProbe"]
        scaled = found["spec"].get("scaling") or found["spec"].get("predictor") or found["spec"]
        replicas = scaled.get("minReplicas") or scaled["replicas"]
        one_after_another = replicas * probe["failureThreshold"] * probe["periodSeconds"]
        assert seconds(item["spec"]["timeout"]) > one_after_another
        assert item["spec"]["prune"] is True
        gate = {"apiVersion": found["apiVersion"], "kind": found["kind"]}
        assert [{key: check[key] for key in gate} for check in item["spec"]["healthCheckExprs"]] == [gate]
        if found["kind"] == "LLMInferenceService":
            assert item["spec"]["wait"] is True
        else:  # KServe's Deployment of it: status.observedGeneration of an InferenceService is not its own
            (check,) = item["spec"]["healthChecks"]
            names = {"name": f"{found['metadata']['name']}-predictor", "namespace": found["metadata"]["namespace"]}
            assert check == {"apiVersion": "apps/v1", "kind": "Deployment", **names}


def test_helm_releases_depend_on_releases_that_exist() -> None:
    items = objects_below(FLUX / "infrastructure/controllers")
    releases = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item for item in of_kind(items, "HelmRelease")
    }
    repositories = {
        (item["metadata"]["namespace"], item["metadata"]["name"]) for item in of_kind(items, "HelmRepository")
    }
    after = {
        key: {(other.get("namespace", key[0]), other["name"]) for other in item["spec"].get("dependsOn", [])}
        for key, item in releases.items()
    }
    assert set(TopologicalSorter(after).static_order()) == set(releases)
    assert {
        (key[0], item["spec"]["chart"]["spec"]["sourceRef"]["name"]) for key, item in releases.items()
    } <= repositories


def test_argo_paths_exist_and_projects_permit_what_is_synced() -> None:
    projects = {item["metadata"]["name"]: item["spec"] for item in objects_in(ARGO / "bootstrap/projects.yaml")}
    for application in argo_applications():
        jsonschema.Draft202012Validator(SCHEMAS["argoproj.io/v1alpha1", "Application"]).validate(application)
        spec = application["spec"]
        project = projects[spec["project"]]
        sources = spec.get("sources") or [spec["source"]]
        assert {source["repoURL"] for source in sources} <= set(project["sourceRepos"])
        assert "ServerSideApply=true" in spec["syncPolicy"]["syncOptions"]
        assert spec["syncPolicy"]["retry"]["limit"] > 0
        assert "ignoreDifferences" not in spec  # the server-side diff needs none
        assert all((ARGO / source["path"]).is_dir() for source in sources if "path" in source)
        if spec["project"] == "llm":
            built = build(ARGO / spec["source"]["path"])
            permitted = {(item["group"], item["kind"]) for item in project["namespaceResourceWhitelist"]}
            assert {(item["apiVersion"].rpartition("/")[0].split("/")[0], item["kind"]) for item in built} <= permitted
            namespaces = {item["namespace"] for item in project["destinations"]}
            assert {item["metadata"]["namespace"] for item in built} == {spec["destination"]["namespace"]} <= namespaces


def test_argo_compares_on_the_server_and_names_are_unique() -> None:
    applications = argo_applications()
    names = [item["metadata"]["name"] for item in applications]
    assert len(set(names)) == len(names)
    for item in applications:
        if item["metadata"]["name"] != "root":
            options = item["metadata"]["annotations"]["argocd.argoproj.io/compare-options"]
            assert options == "ServerSideDiff=true"


@pytest.mark.parametrize("folder", [folder for folder in synced_folders() if folder.is_relative_to(ARGO)], ids=shown)
def test_argo_waves_put_the_service_before_what_watches_it(folder: Path) -> None:
    built = build(folder)
    assert {item["kind"]: int(item["metadata"]["annotations"][WAVE]) for item in built} == {
        item["kind"]: WAVES[item["kind"]] for item in built
    }


@pytest.mark.parametrize("repository", REPOSITORIES, ids=shown)
def test_the_operator_reads_our_monitors_and_rules_and_grafana_our_dashboards(repository: Path) -> None:
    texts = [path.read_text() for path in repository.rglob("*.yaml") if "kube-prometheus-stack" in path.read_text()]
    values = [item for text in texts for item in yaml.safe_load_all(text) if "kube-prometheus-stack" in str(item)]
    found = {path.rpartition("/")[2]: value for item in values for path, value in leaves(item)}
    assert found["podMonitorSelectorNilUsesHelmValues"] is False
    assert found["ruleSelectorNilUsesHelmValues"] is False
    assert found["searchNamespace"] == "ALL"


def test_argo_waves_put_crds_and_namespaces_before_workloads() -> None:
    items = build(ARGO / "argocd")
    wave = {item["metadata"]["name"]: int(item["metadata"]["annotations"][WAVE]) for item in items}
    assert wave["cert-manager"] < wave["kserve-crd"] < wave["kserve-resources"] < wave["workloads"]
    assert wave["kserve-crd"] < wave["kserve-llmisvc-resources"] < wave["workloads"]
    assert wave["kube-prometheus-stack"] < wave["workloads"]
    assert wave["cluster-configs"] < wave["workloads"]


@pytest.mark.parametrize("repository", REPOSITORIES, ids=shown)
def test_ci_checks_the_plans_and_trusts_no_one(repository: Path) -> None:
    text = (repository / ".github/workflows/plans.yaml").read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert any("neuralnav compile --check ." in step.get("run", "") for step in steps)
    assert not any("${{" in step.get("run", "") for step in steps)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert all(re.search(r"@[0-9a-f]{40} # v\d", line) for line in text.splitlines() if "uses:" in line)
    assert "pull_request_target" not in json.dumps(workflow, default=str)
    assert not [path for path in repository.rglob("*") if fnmatchcase(path.name, "*secret*")]
