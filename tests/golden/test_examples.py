"""The examples are real: each compiles to its committed lock and manifests, byte for byte."""

from pathlib import Path

import pytest

from neuralnav.cli.work import Options, work
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.locks import read_lock
from neuralnav.files.places import find_workloads
from neuralnav.model.document import Source
from neuralnav.model.workload import CUSTOM

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/workload.yaml"))


def test_there_is_an_example_of_every_use_case_vendor_target_and_mode() -> None:
    assert len(EXAMPLES) >= 12
    locks = [read_lock(Source(path.name, path.read_text())) for path in sorted((ROOT / "examples").glob("*/plan.lock"))]
    assert {lock.requirements.use_case for lock in locks} == {*load_catalog().use_cases, CUSTOM}
    assert {lock.deployment.resource_name for lock in locks} == {"nvidia.com/gpu", "amd.com/gpu"}
    assert {lock.deployment.target for lock in locks} == {"InferenceService", "LLMInferenceService"}
    assert {lock.deployment.mode for lock in locks} == {"vllm", "simulator"}
    assert max(lock.deployment.pipeline_parallel for lock in locks) > 1
    assert {bool(lock.deployment.scaling.prometheus) for lock in locks} == {True, False}
    assert {bool(lock.deployment.storage.claim) for lock in locks} == {True, False}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_compiles_to_its_committed_bytes(path: Path) -> None:
    (place,) = find_workloads((str(path),))
    # A choice that was kept would depend on the lock; examples are what a fresh compile gives.
    done = work((place, Options(upgrade=True)))
    assert done.problems == ()
    committed = {name: (path.parent / name).read_bytes() for name in done.files}
    assert {name: content.decode() for name, content in done.files.items()} == {
        name: content.decode() for name, content in committed.items()
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_folder_holds_nothing_else(path: Path) -> None:
    (place,) = find_workloads((str(path),))
    done = work((place, Options()))
    present = {item.relative_to(path.parent).as_posix() for item in path.parent.rglob("*") if item.is_file()}
    assert present == {"workload.yaml", *done.files}
