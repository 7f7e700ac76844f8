"""A real API server takes every custom resource that we render, with strict field validation.

The server is Kubernetes' own for custom resources, started with the CRDs of KServe and of the Prometheus operator by
../shared/tools/apiserver/run.py, as `api_server` does. It has no core kinds: those are for test_core_kinds.
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_server import ApiServer
from conftest import ROOT, Installed

pytestmark = pytest.mark.integration

PLURALS = {
    "InferenceService": "inferenceservices", "LLMInferenceService": "llminferenceservices", "PodMonitor": "podmonitors",
    "PrometheusRule": "prometheusrules",
}  # fmt: skip
"""The kinds that the server knows, by the name of their collection."""

EXAMPLES = sorted(
    path
    for pattern in ("inferenceservice", "llminferenceservice", "podmonitor", "prometheusrule")
    for path in (ROOT / "examples").glob(f"**/deploy/{pattern}.yaml")
)
Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document

TIGHT = "slo: {ttft: 20ms}"
"""Which the small world's candidates keep on two accelerators only."""

KEDA = "autoscaling: {prometheus: 'http://prometheus.monitoring:9090', maxReplicas: 40}"
EVERYTHING = f"""namespace: llm-prod, {KEDA}, redundancy: n+1, priorityClass: llm.prod, prefixCaching: true,
    runAsUser: 2000, network: {{from: [web, monitoring]}},
    storage: {{claim: weights, path: hub/a, tokenSecret: hf-token}},
    image: 'registry.example:5000/vllm/vllm-openai:1', imageDigest: 'sha256:{"0a" * 32}'"""

DEPLOYS = {
    "plain": "",
    "claim": "storage: {claim: weights, path: llama/8b}",
    "token": "storage: {tokenSecret: hf-token}",
    "keda": KEDA,
    "unmonitored": "monitoring: none",
    "simulator": "mode: simulator",
    "simulator-keda": f"mode: simulator, {KEDA}",
    "everything": EVERYTHING,
}
"""What workloads for both targets say of their deployment."""

VARIANTS = {
    **{f"is-{name}": f"\n  deploy: {{{text}}}" for name, text in DEPLOYS.items()},
    **{f"llm-{name}": f"\n  deploy: {{target: LLMInferenceService{', ' if text else ''}{text}}}"
       for name, text in DEPLOYS.items()},
    "is-hpa": "\n  deploy: {autoscaling: {class: hpa, maxReplicas: 40}}",
    "llm-wva": "\n  deploy: {target: LLMInferenceService, autoscaling: {class: wva, maxReplicas: 40}}",
    "is-tensor-parallel": f"\n  {TIGHT}",
    "llm-tensor-parallel": f"\n  {TIGHT}\n  deploy: {{target: LLMInferenceService}}",
    "is-regions": """
  constraints: {regions: [eu-west-1, "1e3", "on"]}""",
    "is-awkward-labels": """
  confidence: safe""",
    "llm-awkward-labels": """
  deploy: {target: LLMInferenceService}""",
}  # fmt: skip
"""The rest of each workload; together they reach every branch of the templates but that of several nodes."""

LABELS = """
  labels: {answer: "y", switch: "on", off: "no", exponent: "1e3", octal: "0o17", sexagesimal: "12.30", empty: "",
           "null": "null", "example.com/tilde": "true", hex: "0x1F", "1e3": "2026-11-22"}"""


@dataclass(frozen=True, slots=True)
class Server:
    """The API server, as an administrator tries objects on it: nothing is kept."""

    real: ApiServer

    def create(self, body: Object) -> tuple[int, Object]:
        """Create an object in a dry run."""
        return self.real.call("POST", _path(body) + "?dryRun=All&fieldValidation=Strict", body)

    def apply(self, body: Object) -> tuple[int, Object]:
        """Apply an object on the server's side in a dry run, as GitOps controllers do."""
        path = f"{_path(body)}/{body['metadata']['name']}?dryRun=All&fieldValidation=Strict&fieldManager=neuralnav-test"
        return self.real.call("PATCH", path, body, "application/apply-patch+yaml")


def _path(body: Object) -> str:
    return f"/apis/{body['apiVersion']}/namespaces/{body['metadata']['namespace']}/{PLURALS[body['kind']]}"


@pytest.fixture(scope="module")
def server(custom_resources: ApiServer) -> Server:
    return Server(custom_resources)


@pytest.fixture(scope="module")
def variants(small_neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Object]]:
    """Return the objects of each variant by kind, all compiled in one call."""
    folder = tmp_path_factory.mktemp("variants")
    for name, rest in VARIANTS.items():
        labels = LABELS if name.endswith("awkward-labels") else ""
        spec = f"\n  useCase: chatbot_conversational\n  traffic: {{users: 14000}}{rest}\n"
        text = f"apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: {name}{labels}\nspec:{spec}"
        (folder / f"{name}.workload.yaml").write_text(text)
    small_neuralnav.done("compile", folder=folder)
    return {name: _objects(folder / f"{name}.deploy") for name in VARIANTS}


def _objects(folder: Path) -> dict[str, Object]:
    found = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    return {item["kind"]: item for item in found}


def _read(path: Path) -> Object:
    """Return a manifest as Kubernetes reads it: by YAML 1.1."""
    found: Object = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    return found


def assert_taken(server: Server, body: Object) -> None:
    for verb in (server.create, server.apply):
        status, reply = verb(body)
        assert status in (200, 201), reply
        assert reply["metadata"]["labels"] == body["metadata"]["labels"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_server_takes_example(path: Path, server: Server) -> None:
    assert_taken(server, _read(path))


@pytest.mark.parametrize("name", VARIANTS)
def test_server_takes_variant(name: str, server: Server, variants: dict[str, dict[str, Object]]) -> None:
    known = [body for kind, body in variants[name].items() if kind in PLURALS]
    assert len(known) == (1 if name.endswith("unmonitored") else 3)
    for body in known:
        assert_taken(server, body)


def test_server_takes_replicas_over_nodes(server: Server, variants: dict[str, dict[str, Object]]) -> None:
    body = copy.deepcopy(variants["llm-tensor-parallel"]["LLMInferenceService"])
    assert "worker" not in body["spec"]
    body["spec"]["parallelism"]["pipeline"] = 2
    worker = copy.deepcopy(body["spec"]["template"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        del worker["containers"][0][probe]
    body["spec"]["worker"] = worker
    assert_taken(server, body)


def test_variants_reach_what_they_are_for(variants: dict[str, dict[str, Object]]) -> None:
    texts = {name: json.dumps(found) for name, found in variants.items()}
    for target in ("is", "llm"):
        assert '"medium": "Memory"' in texts[f"{target}-tensor-parallel"]
        assert "prometheus.monitoring:9090" in texts[f"{target}-keda"]
        assert not {"PodMonitor", "PrometheusRule", "ConfigMap"} & set(variants[f"{target}-unmonitored"])
        assert '"runAsUser": 2000' in texts[f"{target}-everything"]
        assert "gpu" not in re.sub(
            r"--(accelerator|gpu-memory-utilization)=\S+|vllm:gpu_cache_usage_perc", "", texts[f"{target}-simulator"]
        )
        labels = variants[f"{target}-awkward-labels"]["PodMonitor"]["metadata"]["labels"]
        assert labels["octal"] == "0o17"
        assert all(isinstance(value, str) for value in labels.values())
    assert '"claimName": "weights"' in texts["is-claim"]
    assert "pvc://weights/llama/8b/" in texts["llm-claim"]
    assert '"secretKeyRef": {"name": "hf-token"' in texts["is-token"]
    assert '"serving.kserve.io/storageSecretName": "hf-token"' in texts["llm-token"]
    assert "variantCost" in texts["llm-wva"]
    assert '"scaleMetric": "cpu"' in texts["is-hpa"]
    assert "topology.kubernetes.io/region" in texts["is-regions"]


def with_unknown_field(body: Object) -> str:
    _pods(body)["replicaz"] = 2
    return "replicaz"


def with_text_for_number(body: Object) -> str:
    _pods(body)["containers"][0]["startupProbe"]["failureThreshold"] = "2"
    return "failureThreshold"


def with_number_for_label(body: Object) -> str:
    body["metadata"]["labels"]["exponent"] = 1000.0
    return "labels"


def _pods(body: Object) -> Object:
    spec: Object = body["spec"]
    found: Object = spec["predictor" if "predictor" in spec else "template"]
    return found


@pytest.mark.parametrize("name", ["is-plain", "llm-plain"])
@pytest.mark.parametrize("damage", [with_unknown_field, with_text_for_number, with_number_for_label])
def test_server_refuses_what_is_broken(
    damage: Callable[[Object], str], name: str, server: Server, variants: dict[str, dict[str, Object]]
) -> None:
    body = copy.deepcopy(next(body for kind, body in variants[name].items() if kind.endswith("InferenceService")))
    field = damage(body)
    for verb in (server.create, server.apply):
        status, reply = verb(body)
        assert status >= 400, reply  # an apply refuses a wrong type with 500
        assert field in reply["message"]


def test_server_refuses_replicas_beside_scaling(server: Server, variants: dict[str, dict[str, Object]]) -> None:
    body = copy.deepcopy(variants["llm-keda"]["LLMInferenceService"])
    body["spec"]["replicas"] = 2
    for verb in (server.create, server.apply):
        status, reply = verb(body)
        assert status >= 400, reply
        assert "replicas and scaling are mutually exclusive" in reply["message"]
