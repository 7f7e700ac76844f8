"""examples/kind cannot run here: its files are held to what kind, a shell, our options and the other examples say."""

import re
import shlex
import subprocess

import click
import pytest
import yaml
from conftest import ROOT

from neuralnav.cli import cli

KIND = ROOT / "examples" / "kind"
SCRIPT = (KIND / "up.sh").read_text()
README = (KIND / "README.md").read_text()
CALLS = sorted(set(re.findall(r"^(?:neuralnav|kind) .*$", f"{SCRIPT}\n{README}", re.MULTILINE)))


def test_config_has_the_fields_that_kind_documents() -> None:
    config = yaml.safe_load((KIND / "cluster.yaml").read_text())
    assert (config["kind"], config["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")
    assert set(config) <= {"kind", "apiVersion", "name", "nodes", "networking", "featureGates", "runtimeConfig"}
    assert [node["role"] for node in config["nodes"]] == ["control-plane", "worker"]
    for node in config["nodes"]:
        assert set(node) <= {"role", "image", "labels", "extraMounts", "extraPortMappings", "kubeadmConfigPatches"}
    assert f"kind delete cluster --name {config['name']}" in README
    assert f"CONTEXT=kind-{config['name']}\n" in SCRIPT


def test_script_parses_and_can_be_run() -> None:
    subprocess.run(["sh", "-n", str(KIND / "up.sh")], check=True)
    assert (KIND / "up.sh").stat().st_mode & 0o111
    assert "set -eu\n" in SCRIPT


@pytest.mark.parametrize("call", [call for call in CALLS if call.startswith("neuralnav")])
def test_calls_have_options_that_there_are(call: str) -> None:
    _, verb, *words = shlex.split(call)
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    known = {name for item in command.params if isinstance(item, click.Option) for name in item.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_what_the_script_names_is_there() -> None:
    example = ROOT / (re.findall(r"^EXAMPLE=(.*)$", SCRIPT, re.MULTILINE)[0])
    image = re.findall(r"^IMAGE=(.*)$", SCRIPT, re.MULTILINE)[0]
    manifest = yaml.safe_load((example / "deploy" / "inferenceservice.yaml").read_text())
    assert manifest["spec"]["predictor"]["containers"][0]["image"] == image
    assert manifest["metadata"]["namespace"] == "llm-dev"
    assert "create namespace llm-dev" in SCRIPT
    assert (ROOT / "simulator" / "Dockerfile").is_file()


@pytest.mark.parametrize(
    ("variable", "chart"),
    [("CERT_MANAGER", "cert-manager"), ("PROMETHEUS_STACK", "kube-prometheus-stack"), ("KSERVE", "kserve-crd"),
     ("KSERVE", "kserve-resources")],
)  # fmt: skip
def test_charts_have_the_versions_of_the_gitops_examples(variable: str, chart: str) -> None:
    version = re.findall(rf"^{variable}=(.*)$", SCRIPT, re.MULTILINE)
    path = ROOT / "examples" / "gitops" / "argocd" / "argocd" / "infrastructure.yaml"
    sources = [
        source
        for item in yaml.safe_load_all(path.read_text())
        for source in item["spec"].get("sources") or [item["spec"].get("source") or {}]
    ]
    assert [item["targetRevision"] for item in sources if item.get("chart") == chart] == version
    assert re.search(rf"{chart} [^\n]*\"\${variable}\"", SCRIPT)
