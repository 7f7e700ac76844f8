"""The image of the simulator: what its Dockerfile, the manifests that run it and the package say agrees."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from neuralnav_simulator.cli import VERBS
from rendered import container, locked

from neuralnav.locking import SIMULATOR_IMAGE

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = (ROOT / "simulator" / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "simulator" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]


def said(instruction: str, text: str = DOCKERFILE) -> list[str]:
    """What stands behind an instruction, each time it is there, its lines joined."""
    return re.findall(rf"^{instruction} (.*)$", text.replace("\\\n", ""), re.MULTILINE)


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    copied = {word for line in said("COPY") if "--from" not in line for word in line.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    assert allowed == {name for name in copied if not name.startswith("simulator/")}
    assert {name for name in copied if not (ROOT / name).exists()} == set()


def test_it_runs_as_the_user_and_the_command_that_manifests_name() -> None:
    rendered = container(locked(mode="simulator"))
    user = rendered["securityContext"]["runAsUser"]
    assert said("USER", FINAL) == [f"{user}:{user}"]
    assert [json.loads(line) for line in said("ENTRYPOINT")] == [rendered["command"]]
    assert rendered["command"] == list(PROJECT["scripts"])


def test_it_checks_its_own_health_and_listens_where_vllm_does() -> None:
    (check,) = said("HEALTHCHECK", FINAL)
    assert json.loads(check.partition(" CMD ")[2]) == ["neuralnav-sim", "health"]
    assert said("EXPOSE", FINAL) == ["8000"]


def test_its_name_and_label_tell_the_version_of_the_package() -> None:
    (label,) = said("LABEL", FINAL)
    assert f'org.opencontainers.image.version="{PROJECT["version"]}"' in label
    name, _, tag = SIMULATOR_IMAGE.partition(":")
    assert name == PROJECT["name"]
    assert PROJECT["version"].startswith(f"{tag}.")
    assert f"--tag {SIMULATOR_IMAGE} " in DOCKERFILE


def test_what_is_left_out_is_ours_or_a_dependency_of_the_compiler_alone() -> None:
    lines = (ROOT / "simulator" / "not-in-image.txt").read_text(encoding="utf-8").splitlines()
    left_out = {line for line in lines if not line.startswith("#")}
    compiler = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    needed = {re.split("[><=]", item)[0] for item in PROJECT["dependencies"]} - {"neuralnav"}
    assert left_out - {"neuralnav"} <= {re.split("[><=]", item)[0] for item in compiler}
    assert left_out & needed == set()


def test_what_is_left_out_no_verb_imports() -> None:
    verbs = ", ".join(f"neuralnav_simulator.cli.{verb}_verb" for verb in VERBS)
    loads = f"import sys, {verbs}; print(*{{'pyarrow', 'jinja2'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loads], check=True, capture_output=True, text=True)
    assert done.stdout == "\n"
