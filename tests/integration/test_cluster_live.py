"""`neuralnav diff --live` against a real API server: what others did, found with their names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_front import Front, fronted
from conftest import Installed
from deployed_plans import CHAT, NOWHERE, VOICE, deployed, nowhere, plan, reached

from neuralnav.cli.cluster_options import ClusterOptions
from neuralnav.cli.diff_live import run_live
from neuralnav.model.plain_text import clipped

pytestmark = pytest.mark.integration


@pytest.fixture
def small_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Give a cluster that has core kinds alone."""
    with fronted(tmp_path_factory.mktemp("front")) as front:
        yield front


SPACE = "llm-prod"
ISVC = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService"}
READER = {
    "kind": "ClusterRole", "metadata": {},
    "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}],
}  # fmt: skip
FILE = f"{CHAT}/deploy/inferenceservice.yaml"
SERVICE = f"drift (live) in {FILE}: InferenceService {SPACE}/{CHAT}"


def live(neuralnav: Installed, front: Front, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines of text, without the one that names the cluster, and without ages."""
    ran = neuralnav.run("diff", "--live", "--kubeconfig", str(front.kubeconfig), *arguments, folder=folder)
    first, *rest = ran.stdout.splitlines()
    assert (first, ran.stderr) == (f"context front, {front.url}", "")
    return ran.returncode, [re.sub(r", \d+ s ago", ", just now", line) for line in rest]


def report(neuralnav: Installed, front: Front, folder: Path) -> tuple[int, dict[str, Any]]:
    ran = neuralnav.run(
        "diff", "--live", "--kubeconfig", str(front.kubeconfig), "--format", "json", folder=folder
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["exit_code"] == ran.returncode
    return ran.returncode, found


def edit(front: Front, manager: str, **predictor: Any) -> None:
    """Edit the example's service as somebody else."""
    front.put(
        {**ISVC, "metadata": {"name": CHAT, "namespace": SPACE}, "spec": {"predictor": predictor}}, manager=manager
    )


@pytest.mark.parametrize("name", [CHAT, VOICE])
def test_what_was_just_deployed_has_not_drifted(neuralnav: Installed, front: Front, tmp_path: Path, name: str) -> None:
    deployed(front, plan(tmp_path, name))
    assert live(neuralnav, front, tmp_path) == (0, [f"{name:<14} as committed: 6 objects"])
    front.enforce(READER)
    assert live(neuralnav, front, tmp_path) == (0, [
        f"{name:<14} as committed: 6 objects",
        f"{'':<{len(name.ljust(14))}} a dry run is not allowed; only the fields that manifests say are compared",
    ])  # fmt: skip


def test_what_is_not_there_is_missing(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    folder = f"drift (live) in {CHAT}/deploy"
    assert live(neuralnav, front, tmp_path) == (3, [
        f"{CHAT}   6 of 6 objects not as committed",
        f"{folder}/dashboard.yaml: ConfigMap {SPACE}/{CHAT} is missing",
        f"{SERVICE} is missing",
        f"{folder}/networkpolicy.yaml: NetworkPolicy {SPACE}/{CHAT} is missing",
        f"{folder}/poddisruptionbudget.yaml: PodDisruptionBudget {SPACE}/{CHAT} is missing",
        f"{folder}/podmonitor.yaml: PodMonitor {SPACE}/{CHAT} is missing",
        f"{folder}/prometheusrule.yaml: PrometheusRule {SPACE}/{CHAT} is missing",
        f"  fix: neuralnav deploy {CHAT}/workload.yaml",
    ])  # fmt: skip


MAX_LEN = '.spec.predictor.containers[name="kserve-container"].args[--max-model-len]'
LOGGER = '{"mode": "all", "url": "http://x"}'
CHANGED = [
    f"{CHAT}   1 of 6 objects not as committed",
    f"{SERVICE} differs in 4 fields",
    f"  {MAX_LEN}  --max-model-len=1536 -> --max-model-len=9999   kubectl-edit, just now",
    "  .spec.predictor.minReplicas  2 -> 3   scaler, just now",
    "  .spec.predictor.timeout  removed, was 60   ",
    f"  .spec.predictor.logger  beside ours: {LOGGER}   kubectl-edit, just now",
    "  an apply leaves the fields that others added: they take them away, or a template says them",
    f"  fix: neuralnav deploy --force-conflicts {CHAT}/workload.yaml",
]
"""What is told of the edits, as wide as each line needs."""


def edited(front: Front, folder: Path) -> None:
    """Let others edit what was deployed: by hand, and a scaler that sets replicas as an HPA would."""
    item = deployed(front, folder)
    (container,) = item.serving.body["spec"]["predictor"]["containers"]
    args = [arg.replace("--max-model-len=1536", "--max-model-len=9999") for arg in container["args"]]
    edit(front, "kubectl-edit", containers=[{**container, "args": args}], timeout=None,
         logger={"mode": "all", "url": "http://x"})  # fmt: skip
    edit(front, "scaler", minReplicas=3)


def told(lines: list[str]) -> set[str]:
    """The lines, whatever the width of their first column is."""
    return {re.sub(r"  +", "  ", line).rstrip() for line in lines}


def test_what_others_changed_is_found_with_their_names(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    edited(front, plan(tmp_path))
    code, lines = live(neuralnav, front, tmp_path)
    assert (code, told(lines)) == (3, told(CHANGED))
    front.enforce(READER)
    code, lines = live(neuralnav, front, tmp_path)
    note = "  a dry run is not allowed; only the fields that manifests say are compared"
    assert (code, told(lines)) == (3, told([*CHANGED, note]))


def test_json_tells_who_and_when(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    edited(front, plan(tmp_path))
    code, found = report(neuralnav, front, tmp_path)
    (workload,) = found["workloads"]
    assert (code, workload["drift"], workload["candidate"]) == (3, ["live"], workload["live_candidate"])
    board, service, *others = workload["objects"]
    assert [item["state"] for item in (board, *others)] == ["as-committed"] * 5
    assert (service["compared"], service["owner"], service["file"]) == ("dry-run", "neuralnav", FILE)
    one = next(item for item in service["fields"] if item["field"] == ".spec.predictor.minReplicas")
    (by,) = one.pop("by")
    assert one == {"field": ".spec.predictor.minReplicas", "change": "changed", "committed": 2, "live": 3}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", by.pop("time"))
    assert by == {"manager": "scaler", "operation": "Update", "gitops": ""}


def test_markdown_is_a_table(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    edit(front, "scaler", minReplicas=3)
    front.remove("PodMonitor", SPACE, CHAT)
    ran = neuralnav.run(
        "diff", "--live", "--kubeconfig", str(front.kubeconfig), "--format", "markdown", folder=tmp_path
    )  # fmt: skip
    assert (ran.returncode, re.sub(r"\d+ s ago", "now", ran.stdout).splitlines()) == (3, [
        "| workload | object | field | committed | live | by |",
        "|---|---|---|---|---|---|",
        f"| {CHAT} | InferenceService {CHAT} | .spec.predictor.minReplicas | 2 | 3 | scaler, now |",
        f"| {CHAT} | PodMonitor {CHAT} | is missing |  |  |  |",
        f"- **{CHAT}** fix: neuralnav deploy --force-conflicts {CHAT}/workload.yaml",
        "1 workload: 1 drifted",
    ])  # fmt: skip


def test_what_an_earlier_lock_left(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    labels = {"app.kubernetes.io/name": CHAT, "app.kubernetes.io/managed-by": "neuralnav"}
    owned: dict[str, Any] = {"ownerReferences": [{"name": CHAT}]}
    for name, more in (("old", {}), ("of-a-controller", owned)):
        metadata = {"name": name, "namespace": SPACE, "labels": labels, **more}
        reached(front).apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}})
    assert live(neuralnav, front, tmp_path) == (3, [
        f"{CHAT}   1 of 7 objects not as committed",
        f"drift (live): ConfigMap {SPACE}/old is left over: no manifest says it any more",
        f"  fix: neuralnav deploy --prune {CHAT}/workload.yaml",
    ])  # fmt: skip


def test_a_lock_that_is_not_deployed_yet(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    folder = plan(tmp_path)
    deployed(front, folder)
    old, new = "gpt-oss-20b/fp4/h100/tp1", "qwen3-8b/fp8/h100/tp1"
    for path in (folder / "plan.lock", folder / "deploy" / "inferenceservice.yaml"):
        path.write_text(path.read_text().replace(old, new))
    code, lines = live(neuralnav, front, tmp_path)
    assert (code, lines) == (3, [
        f"{CHAT}   1 of 6 objects not as committed",
        f"{SERVICE} differs in 1 field",
        f'  .metadata.annotations["neuralnav.dev/candidate"]  {new} -> {old}   neuralnav, just now',
        f"  not deployed yet: {old} runs, the lock chose {new}",
        f"  fix: neuralnav deploy {CHAT}/workload.yaml",
    ])  # fmt: skip


def test_what_gitops_keeps_is_its_to_mend(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    flux = "kustomize.toolkit.fluxcd.io"
    labels = {f"{flux}/name": "apps", f"{flux}/namespace": "flux-system"}
    front.put({**ISVC, "metadata": {"name": CHAT, "namespace": SPACE, "labels": labels}}, manager="flux")
    edit(front, "kubectl-edit", minReplicas=3)
    assert live(neuralnav, front, tmp_path) == (3, [
        f"{CHAT}   1 of 6 objects not as committed",
        f"{SERVICE} differs in 1 field; Flux (Kustomization flux-system/apps) keeps it as git has it",
        "  .spec.predictor.minReplicas  2 -> 3   kubectl-edit, just now",
    ])  # fmt: skip


def test_what_cannot_be_read_is_not_known(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    front.forbid()
    code, lines = live(neuralnav, front, tmp_path)
    said = "tester may not get inferenceservices.serving.kserve.io in namespace llm-prod"
    assert (code, [lines[0], lines[2]]) == (2, [
        f"{CHAT}   6 of 6 objects not as committed",
        f"not known: InferenceService {SPACE}/{CHAT} cannot be read: {said}",
    ])  # fmt: skip


@pytest.mark.parametrize(("fault", "said"), [(409, "409 another writer"), (410, "410")])
def test_a_list_that_fails_is_told_by_the_code(front: Front, tmp_path: Path, fault: Any, said: str) -> None:
    deployed(front, plan(tmp_path))
    front.fail("/podmonitors\\?", fault, times=999)
    found, problems, _ = run_live([str(tmp_path)], ClusterOptions(str(front.kubeconfig), "", "", 0.05))
    assert (found.exit_code, problems, found.workloads[0].drift) == (2, [], ())
    assert found.workloads[0].notes[0].startswith("what an earlier lock left is not known: no list of podmonitors (")
    assert said in found.workloads[0].notes[0]


def test_a_dry_run_that_was_cut_off_is_told_by_the_code(front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    front.fail("/podmonitors/", 410, method="PATCH")
    found, _, _ = run_live([str(tmp_path)], ClusterOptions(str(front.kubeconfig), "", "", 0.05))
    assert (found.exit_code, found.workloads[0].drift) == (2, ())
    assert "the dry run failed" in found.workloads[0].notes[0]


def test_a_server_that_is_gone(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    ran = neuralnav.run("diff", "--live", "--kubeconfig", nowhere(front), "--patience", "0", folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[0].endswith(f"{NOWHERE} cannot be reached: connection refused")
    assert ran.stderr.splitlines()[-1] == "1 problem"


@pytest.mark.parametrize(("arguments", "said"), [
    (("--live", "--exit-code"), "--exit-code does not go with --live: it exits with 3 on drift anyway"),
    (("--live", "--manifests"), "--manifests does not go with --live: it compares manifests field by field anyway"),
    (("--live", "--policies", "."), "--policies does not go with --live: no plan is made"),
    (("--live", "--min-cost-usd", "3"), "--min-cost-usd does not go with --live: no plan is made"),
    (("--live", "--format", "sarif"), "--live writes text, json, markdown, not sarif"),
    (("--context", "x"), "--context goes with --live alone"),
    (("a", "b", "c"), "Got unexpected extra argument (c)"),
])  # fmt: skip
def test_options_that_do_not_go_together(
    neuralnav: Installed, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = neuralnav.run("diff", *arguments, folder=tmp_path)
    assert (ran.returncode, ran.stderr.splitlines()[-1]) == (2, f"Error: {said}")


def test_what_somebody_else_made_is_not_taken(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    item = deployed(front, plan(tmp_path))
    front.remove("InferenceService", SPACE, CHAT)
    spec, ours = item.serving.body["spec"], item.serving.body["metadata"]
    front.put({**ISVC, "metadata": {"name": CHAT, "namespace": SPACE}, "spec": spec}, manager="helm")
    annotations, labels = (clipped(json.dumps(ours[key], sort_keys=True), 60) for key in ("annotations", "labels"))
    assert live(neuralnav, front, tmp_path) == (3, [
        f"{CHAT}   1 of 6 objects not as committed",
        f"{SERVICE} differs in 2 fields, and it was not made of a lock; applied by helm",
        f"  .metadata.annotations  removed, was {annotations}",
        f"  .metadata.labels       removed, was {labels}",
    ])  # fmt: skip


def test_a_cluster_without_kserve(neuralnav: Installed, small_front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    small_front.add_namespace(SPACE)
    code, lines = live(neuralnav, small_front, tmp_path)
    assert (code, lines[2]) == (
        3, f"{SERVICE} is missing: the cluster does not know InferenceService of serving.kserve.io/v1beta1"
    )  # fmt: skip
    ran = neuralnav.run("status", "--kubeconfig", str(small_front.kubeconfig), folder=tmp_path)
    said = "the cluster knows no InferenceService: KServe is not installed, or does not serve this version"
    assert (ran.returncode, ran.stdout.splitlines()[1:]) == (3, [f"{CHAT}   missing      {said}"])
