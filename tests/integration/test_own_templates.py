"""`--templates DIR` and `templates:` of neuralnav.yaml: own templates over the packaged ones, hostile ones included."""

from pathlib import Path

import pytest
import yaml
from conftest import Installed, snapshot

pytestmark = pytest.mark.integration

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: support-chat}
spec: {useCase: chatbot_conversational, traffic: {users: 14000}}
"""
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {templates: house/templates}\n"

OWN_BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ lock.deployment.name | tojson }}
  namespace: {{ lock.deployment.namespace | tojson }}
  labels:
    app.kubernetes.io/name: {{ lock.deployment.name | tojson }}
    app.kubernetes.io/managed-by: neuralnav
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      serving.kserve.io/inferenceservice: {{ lock.deployment.name | tojson }}
      component: predictor
  unhealthyPodEvictionPolicy: AlwaysAllow
"""


def repository(folder: Path, text: str = OWN_BUDGET, name: str = "poddisruptionbudget") -> Path:
    (folder / "workload.yaml").write_text(WORKLOAD)
    path = folder / "house" / "templates" / "common" / f"{name}.yaml.j2"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return folder


def budget(folder: Path) -> dict[str, str]:
    """Return the body of the disruption budget."""
    found: dict[str, str] = yaml.safe_load((folder / "deploy" / "poddisruptionbudget.yaml").read_text())["spec"]
    return found


def test_option_replaces_a_packaged_template_and_drift_is_the_tools(tmp_path: Path, small_neuralnav: Installed) -> None:
    folder = repository(tmp_path)
    small_neuralnav.done("compile", "--templates", "house/templates", folder=folder)
    assert budget(folder)["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert "up to date" in small_neuralnav.done("compile", "--templates", "house/templates", folder=folder)
    small_neuralnav.done("check", "--templates", "house/templates", folder=folder)
    small_neuralnav.done("compile", "--frozen", "--templates", "house/templates", folder=folder)
    without = small_neuralnav.run("check", folder=folder)
    assert without.returncode == 3
    assert "drift (tool)" in without.stdout
    frozen = small_neuralnav.run("compile", "--frozen", folder=folder)
    assert "the templates changed" in frozen.stderr


def test_project_names_them_once_for_all_verbs(tmp_path: Path, small_neuralnav: Installed) -> None:
    folder = repository(tmp_path)
    (folder / "neuralnav.yaml").write_text(PROJECT)
    small_neuralnav.done("compile", folder=folder)
    assert budget(folder)["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    small_neuralnav.done("check", folder=folder)
    small_neuralnav.done("compile", "--frozen", folder=folder)


def test_new_name_adds_a_manifest_that_the_kustomization_lists(tmp_path: Path, small_neuralnav: Installed) -> None:
    own = OWN_BUDGET.replace("{{ lock.deployment.name |", "{{ ('x-' ~ lock.deployment.name) |", 1)
    folder = repository(tmp_path, own, name="extra")
    small_neuralnav.done("compile", "--templates", "house/templates", folder=folder)
    listed = yaml.safe_load((folder / "deploy" / "kustomization.yaml").read_text())["resources"]
    assert "extra.yaml" in listed
    small_neuralnav.done("compile", folder=folder)
    assert not (folder / "deploy" / "extra.yaml").exists()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\n{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", 2, "100,000 steps"),
        ("a: 1\n\n{% include '/etc/passwd' %}", 3, "include is not available in templates"),
        ("{{ (1 // 0) | tojson }}", 1, "integer division or modulo by zero"),
        ("a: &a [1]\nb: [*a, *a]\n", 1, "anchors and aliases are not supported"),
        ("kind: Pod\n", 0, "does not emit a kind that neuralnav renders"),
        ("a: [\n", 2, "not valid YAML"),
    ],
)
def test_hostile_template_ends_in_one_error_and_nothing_is_written(
    text: str, place: int, words: str, tmp_path: Path, small_neuralnav: Installed
) -> None:
    folder = repository(tmp_path, text, name="extra")
    before = snapshot(folder)
    found = small_neuralnav.run("compile", "--templates", "house/templates", folder=folder)
    assert (found.returncode, found.stdout) == (2, "")
    assert "common/extra.yaml.j2" + (f":{place}" if place else "") in found.stderr
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    assert snapshot(folder) == before
