"""What a committed plan puts into a cluster, read from its lock and its manifests."""

from pathlib import Path

import builders
import pytest

from neuralnav.cluster.committed import find_locks, read_committed
from neuralnav.errors import InputError
from neuralnav.files.places import find_workload
from neuralnav.model.lock import LockedManifest, dump

DIGEST = "sha256:" + "0" * 64
SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: chat, namespace: SPACE}
"""
SPACE = builders.lock().deployment.namespace


def written(folder: Path, **files: str) -> Path:
    """Write a lock with manifests, and return its workload."""
    (folder / ".git").mkdir()
    (folder / "deploy").mkdir()
    for name, text in files.items():
        (folder / "deploy" / f"{name}.yaml").write_text(text.replace("SPACE", SPACE))
    listed = tuple(LockedManifest(path=f"deploy/{name}.yaml", digest=DIGEST) for name in files)
    (folder / "plan.lock").write_text(dump(builders.lock().model_copy(update={"manifests": listed})))
    (folder / "workload.yaml").write_text(builders.workload_text())
    return folder / "workload.yaml"


def problems(path: Path) -> list[str]:
    with pytest.raises(InputError) as raised:
        read_committed(find_workload(str(path)))
    return [f"{Path(item.where.file).name}: {item.message}" for item in raised.value.diagnostics]


KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n"


def test_objects_are_those_of_the_manifests_but_for_kustomizes_own(tmp_path: Path) -> None:
    found = read_committed(find_workload(str(written(tmp_path, service=SERVICE, kustomization=KUSTOMIZATION))))
    assert [str(item.ref) for item in found.objects] == [f"InferenceService {SPACE}/chat"]
    assert found.serving.body["kind"] == "InferenceService"


def test_manifests_that_cannot_be_deployed_are_told_together(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        other=SERVICE.replace("SPACE", "elsewhere"),
        older=SERVICE.replace("v1beta1", "v1alpha1"),
        other_kind="apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: SPACE}\n",
        service=SERVICE,
    )
    assert problems(path) == [
        f'other.yaml: the object lies in namespace "elsewhere", the plan in "{SPACE}"',
        "older.yaml: neuralnav deploys no InferenceService of serving.kserve.io/v1alpha1",
        "other_kind.yaml: neuralnav deploys no Secret of v1",
    ]


def test_a_plan_has_one_object_that_serves(tmp_path: Path) -> None:
    path = written(tmp_path, kustomization=KUSTOMIZATION)
    assert problems(path) == ["plan.lock: its manifests do not hold one InferenceService or LLMInferenceService"]


def test_a_manifest_outside_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(SERVICE)
    (tmp_path / "inside").mkdir()
    path = written(tmp_path / "inside", service=SERVICE)
    lock = path.parent / "plan.lock"
    lock.write_text(lock.read_text().replace("path: deploy/service.yaml", "path: ../secret.yaml"))
    assert problems(path) == ['plan.lock: the lock names a manifest outside the repository: "../secret.yaml"']


def test_locks_are_found_by_folder_by_workload_and_by_name(tmp_path: Path) -> None:
    for name in ("plan.lock", "sub/chat.plan.lock", ".hidden/plan.lock", "sub/other.lock", "sub/xplan.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    every = [tmp_path / "plan.lock", tmp_path / "sub" / "chat.plan.lock"]
    assert [place.lock for place in find_locks([str(tmp_path)])] == every
    assert [place.lock for place in find_locks([str(tmp_path / "workload.yaml")])] == every[:1]
    by_workload = find_locks([str(tmp_path / "sub" / "chat.workload.yaml"), str(every[1])])
    assert [(place.lock, place.workload.name) for place in by_workload] == [(every[1], "chat.workload.yaml")]
    with pytest.raises(InputError, match="there is no such file or folder"):
        find_locks([str(tmp_path / "sub" / "gone.workload.yaml")])
