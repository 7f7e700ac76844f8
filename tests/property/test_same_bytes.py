"""The same inputs give the same bytes: under any hash seed, time zone and locale, in any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WORKLOAD = """\
# yaml-language-server: $schema=https://example.org/x.json
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: same
  labels: {team: search, app: same, "y": "on"}
spec:
  useCase: chatbot_conversational
  traffic: {users: 5000}
  slo: {ttft: 5s, itl: 200ms, e2e: 90s}
  constraints:
    models: {allow: [llama-3.1-8b, qwen2.5-7b]}
    accelerators: {allow: [h100, l4]}
    regions: [eu-1, us-2]
"""

VARIANTS = {
    "usual": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    "seed": {"PYTHONHASHSEED": "4242"},
    "zone": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"},
    "locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ein anderer Ordner, ü": {"COLUMNS": "40", "NO_COLOR": "1", "HOSTNAME": "elsewhere", "USER": "someone"},
}


def compile_in(folder: Path, text: str, changes: dict[str, str]) -> dict[str, bytes]:
    """Compile a workload in a folder of its own, in a process of its own, and return what it wrote."""
    folder.mkdir(parents=True)
    (folder / "workload.yaml").write_text(text, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error",
        "NEURALNAV_CACHE_DIR": str(folder.parent / f"cache-{folder.name}"), **changes,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "neuralnav", "compile"], cwd=folder, env=environment, capture_output=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    names = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "workload.yaml"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return compile_in(tmp_path_factory.mktemp("usual") / "usual", WORKLOAD, VARIANTS["usual"])


def test_a_lock_and_its_manifests_are_written_and_name_no_machine(usual: dict[str, bytes]) -> None:
    beside = ("kustomization", "networkpolicy", "poddisruptionbudget", "podmonitor", "prometheusrule")
    rendered = ("dashboard", "inferenceservice", *beside)
    assert sorted(usual) == [*(f"deploy/{name}.yaml" for name in rendered), "plan.lock"]
    for content in usual.values():
        assert b"\r" not in content
        assert content.decode("utf-8").endswith("\n")
        assert str(ROOT).encode() not in content


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "usual"])
def test_the_bytes_are_the_same_wherever_they_are_made(tmp_path: Path, usual: dict[str, bytes], name: str) -> None:
    assert compile_in(tmp_path / name, WORKLOAD, VARIANTS[name]) == usual
