"""scratch"""
import json
from pathlib import Path
import pytest
from cluster_front import Front
from conftest import Installed
from deployed_plans import CHAT, VOICE, deployed, plan, reached

pytestmark = pytest.mark.integration
SPACE = "llm-prod"

def live(neuralnav, front, folder, *arguments):
    ran = neuralnav.run("diff", "--live", "--kubeconfig", str(front.kubeconfig), *arguments, folder=folder)
    print(ran.returncode); print(ran.stdout, ran.stderr)
    return ran.returncode

def test_it(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    folder = plan(tmp_path)
    live(neuralnav, front, tmp_path)
    deployed(front, folder)
    live(neuralnav, front, tmp_path)
    found = front.take("InferenceService", SPACE, CHAT)
    found["spec"]["predictor"]["minReplicas"] = 3
    found["spec"]["predictor"]["logger"] = {"mode": "all", "url": "http://x"}
    found["spec"]["predictor"]["containers"][0]["args"][3] = "--max-model-len=9999"
    found["spec"]["predictor"]["containers"][0]["args"].append("--enforce-eager")
    del found["spec"]["predictor"]["timeout"]
    for k in ("managedFields","resourceVersion","uid","creationTimestamp","generation"): found["metadata"].pop(k)
    found.pop("status",None)
    front.put({"apiVersion": found["apiVersion"], "kind": found["kind"], "metadata": {"name": CHAT, "namespace": SPACE}, "spec": {"predictor": {**found["spec"]["predictor"], "timeout": None}}}, manager="kubectl-edit")
    front.remove("PodMonitor", SPACE, CHAT)
    api = reached(front)
    api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "old", "namespace": SPACE, "labels": {"app.kubernetes.io/name": CHAT, "app.kubernetes.io/managed-by": "neuralnav"}}, "data": {"a": "b"}})
    front.put({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": CHAT, "namespace": SPACE}, "spec": {"policyTypes": ["Ingress", "Egress"]}}, manager="kustomize-controller")
    live(neuralnav, front, tmp_path)
    live(neuralnav, front, tmp_path, "--format", "markdown")
    front.enforce({"kind": "ClusterRole", "metadata": {}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}]})
    live(neuralnav, front, tmp_path)
    live(neuralnav, front, tmp_path, "--exit-code")
    live(neuralnav, front, tmp_path, "--format", "sarif")
    assert 0
