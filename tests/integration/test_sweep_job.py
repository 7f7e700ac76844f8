"""The example of a sweep as an Indexed Job: valid objects, and a command line that NeuralNav takes for every index."""

import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml
from conftest import ROOT

from neuralnav.files.shards import Shard

EXAMPLE = ROOT / "examples" / "sweep-job"
VERSION = "1.34"

Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document


def objects(name: str) -> list[Object]:
    return list(yaml.safe_load_all((EXAMPLE / name).read_text()))


def job(name: str) -> Object:
    (found,) = (item for item in objects(name) if item["kind"] == "Job")
    return found


def container(name: str) -> Object:
    (found,) = job(name)["spec"]["template"]["spec"]["containers"]
    return dict(found)


@pytest.mark.parametrize("name", ["job.yaml", "merge.yaml"])
def test_every_object_is_what_kubernetes_takes(name: str) -> None:
    for item in objects(name):
        kubernetes_validate.validate(item, VERSION, strict=True)


def test_every_index_is_given_a_shard_of_its_own() -> None:
    spec = job("job.yaml")["spec"]
    assert spec["completionMode"] == "Indexed"
    completions = int(spec["completions"])
    (script,) = container("job.yaml")["args"]
    assert container("job.yaml")["command"] == ["sh", "-c"]
    asked = set()
    for index in range(completions):
        echoed = script.replace("exec neuralnav", "echo neuralnav")
        environment = {"JOB_COMPLETION_INDEX": str(index), "PATH": "/usr/bin:/bin"}
        said = subprocess.run(["sh", "-c", echoed], env=environment, capture_output=True, text=True, check=True).stdout
        found = re.search(r"--shard (\S+)", said)
        assert found is not None
        asked.add(Shard.parse(found[1]))
    assert asked == {Shard(index, completions) for index in range(1, completions + 1)}


def test_shards_are_written_where_they_are_merged() -> None:
    (script,) = container("job.yaml")["args"]
    command = container("merge.yaml")["command"]
    assert command[:3] == ["neuralnav", "bench", "merge"]
    assert f"--out {command[3]}" in script
    for name in ("job.yaml", "merge.yaml"):
        mounts = {item["mountPath"] for item in container(name)["volumeMounts"]}
        assert "/sweep" in mounts
        assert Path(str(command[3])).parent.as_posix() in mounts


def test_pods_ask_for_what_they_use_and_no_more_rights_than_that() -> None:
    for name in ("job.yaml", "merge.yaml"):
        resources = container(name)["resources"]
        assert set(resources) == {"requests", "limits"}
        assert container(name)["securityContext"]["readOnlyRootFilesystem"] is True
        assert job(name)["spec"]["template"]["spec"]["automountServiceAccountToken"] is False
