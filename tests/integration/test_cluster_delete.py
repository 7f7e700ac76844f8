"""`delete` against a real API server: what goes, what stays and why, and what it survives."""

import json
import os
import pty
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from cluster_front import Front
from conftest import TIMEOUT_SECONDS, Installed
from deployed import APPLY, NAME, SPACE, Object, Repository, repository, told, until, write_workload

pytestmark = pytest.mark.integration

OTHER = "other"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    for name in (NAME, OTHER):
        write_workload(folder / name, name)
    small_neuralnav.done("compile", folder=folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, compiled: Path, front: Front, small_neuralnav: Installed) -> Repository:
    """Give a repository whose workload is in the cluster."""
    found = repository(tmp_path / "repository", compiled, front, small_neuralnav)
    found.done("deploy", NAME, *APPLY)
    return found


def config_map(name: str) -> Object:
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1"},
        "metadata": {"name": name, "namespace": SPACE, "labels": {"app.kubernetes.io/name": NAME}},
    }  # fmt: skip


def finalized(*finalizers: str) -> Any:
    def change(item: Object) -> None:
        item["metadata"]["finalizers"] = list(finalizers)

    return change


def test_what_we_applied_goes_and_nothing_of_others(here: Repository) -> None:
    here.done("deploy", OTHER, *APPLY)
    here.front.put(config_map("notes"), manager="kubectl-create")
    gone = here.kinds[::-1]
    before = 1 + gone.count("ConfigMap")
    listed = here.done("delete", NAME, "--dry-run")
    assert listed == (
        f"front at {here.front.url}, namespace llm\n"
        f"chat           {len(here.kinds)} to remove, 1 stays\n"
        f"{told(gone[:before], 'remove')}"
        "               stays      ConfigMap notes   (neuralnav did not apply it; kubectl-create did)\n"
        f"{told(gone[before:], 'remove')}"
        "a dry run of the server: nothing was changed; "
        f"to delete: neuralnav delete --kubeconfig {here.front.kubeconfig} --yes chat\n"
    )
    assert set(here.objects()) == set(here.kinds)
    assert here.done("delete", NAME, "--yes").endswith(f"deleted {len(here.kinds)} objects\n")
    assert here.objects() == {}
    assert set(here.objects(OTHER)) == set(here.kinds)
    assert here.front.take("ConfigMap", SPACE, "notes") is not None
    assert here.done("delete", NAME, "--yes").endswith("nothing to delete\n")
    here.front.remove("ConfigMap", SPACE, "notes")
    assert here.done("delete", NAME, "--yes").endswith(
        "chat           nothing of it is in namespace llm\nnothing to delete\n"
    )


def test_without_a_terminal_nothing_is_deleted_unasked(here: Repository) -> None:
    completed = here.run("delete", NAME)
    assert completed.returncode == 2
    assert completed.stderr == (
        f"--yes  {len(here.kinds)} objects would be deleted, and nobody is here to ask\n"
        "  --yes deletes, --dry-run only lists\n"
        "1 problem\nstopped; nothing was deleted\n"
    )
    assert set(here.objects()) == set(here.kinds)


@pytest.mark.parametrize(
    ("answer", "code", "last"), [("y", 0, "deleted {} objects"), ("n", 130, "nothing was deleted")]
)
def test_a_person_is_asked(here: Repository, answer: str, code: int, last: str) -> None:
    person, terminal = pty.openpty()
    count = len(here.kinds)
    try:
        os.write(person, f"{answer}\n".encode())
        completed = subprocess.run(
            [*here.neuralnav.command, "delete", "--kubeconfig", str(here.front.kubeconfig), NAME],
            cwd=here.folder, env=dict(here.neuralnav.environment), stdin=terminal, capture_output=True, text=True,
            timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
    finally:
        os.close(person)
        os.close(terminal)
    assert completed.returncode == code, completed.stderr
    assert f"delete {count} objects? [y/N]: " in completed.stderr
    assert completed.stdout.splitlines()[-1] == last.format(count)


@pytest.mark.parametrize("path", [NAME, f"{NAME}/plan.lock", f"{NAME}/workload.yaml"])
def test_the_lock_alone_is_enough(here: Repository, path: str) -> None:
    count = len(here.kinds)
    for gone in [here.folder / NAME / "workload.yaml", *(here.folder / NAME / "deploy").iterdir()]:
        gone.unlink()
    assert here.done("delete", path, "--yes").endswith(f"deleted {count} objects\n")


def test_a_path_without_a_lock_is_told(here: Repository) -> None:
    (here.folder / "empty").mkdir()
    completed = here.run("delete", "empty", "nowhere/plan.lock")
    assert completed.returncode == 2
    assert completed.stderr == (
        "empty  there is no lock here\n  name a plan.lock, or its workload\n"
        "nowhere/plan.lock  there is no such file or folder\n  name a plan.lock, or its workload\n"
        "2 problems\nstopped; nothing was deleted\n"
    )


def test_what_flux_applies_too_stays_as_it_would_come_back(here: Repository) -> None:
    def by_flux(item: Object) -> None:
        item["metadata"]["labels"] |= {
            "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        }  # fmt: skip

    here.edit("InferenceService", by_flux, "kustomize-controller")
    owner = "Flux (Kustomization flux-system/apps) applies it too"
    assert f"note: {owner}, and sets back what git does not say\n" in here.done("deploy", NAME, "--frozen")
    completed = here.run("delete", NAME, "--yes")
    assert completed.returncode == 3
    assert (
        f"stays      InferenceService chat   ({owner} and would bring it back: remove it from git)\n"
    ) in completed.stdout
    assert set(here.objects()) == {"InferenceService"}


def test_finalizers_are_waited_for(here: Repository) -> None:
    here.edit("InferenceService", finalized("kserve.example/finalizer"), "manager")

    def finish() -> None:
        until(lambda: "deletionTimestamp" in here.objects()["InferenceService"]["metadata"])
        here.edit("InferenceService", finalized(), "manager")

    thread = threading.Thread(target=finish)
    thread.start()
    said = here.done("delete", NAME, "--yes")
    thread.join()
    assert said.endswith(f"deleted {len(here.kinds)} objects\n")
    assert here.objects() == {}


def test_finalizers_that_hang_are_told(here: Repository) -> None:
    here.edit("InferenceService", finalized("kserve.example/finalizer"), "manager")
    completed = here.run("delete", NAME, "--yes", "--timeout", "0s", "--format", "json")
    assert completed.returncode == 3
    assert json.loads(completed.stdout)["workloads"][0]["notes"] == [
        "InferenceService llm/chat waits for the controller that keeps its finalizers: kserve.example/finalizer"
    ]
    here.edit("InferenceService", finalized(), "manager")


def test_kinds_that_may_not_be_listed_stop_it(here: Repository) -> None:
    here.front.fail("podmonitors", 403)
    completed = here.run("delete", NAME, "--yes")
    assert completed.returncode == 2
    assert completed.stderr.startswith(
        "chat/plan.lock  PodMonitor may not be listed in namespace llm: what is ours is not known\n"
    )
    assert set(here.objects()) == set(here.kinds)


@pytest.mark.parametrize("fault", ["lost", 429])
def test_a_delete_whose_answer_is_lost_is_made_again(here: Repository, fault: Any) -> None:
    here.front.fail("inferenceservices/chat", fault, method="DELETE", headers={"Retry-After": "0"})
    assert here.done("delete", NAME, "--yes").endswith(f"deleted {len(here.kinds)} objects\n")
    assert here.objects() == {}


def test_ctrl_c_says_what_is_left_and_a_deploy_brings_it_back(here: Repository) -> None:
    here.front.fail("podmonitors/chat", "hang", method="DELETE")
    completed = here.interrupted("delete", NAME, "--yes", when=lambda: here.asked("DELETE .*podmonitors/chat"))
    assert completed.returncode == 130
    done = here.kinds[::-1].index("PodMonitor")
    assert completed.stderr.endswith(
        f"interrupted; {done} object{'s are' if done > 1 else ' is'} deleted, 2 not\n"
        "  may be deleted, its answer was not waited for: PodMonitor chat\n"
        f"  to go on: neuralnav delete --kubeconfig {here.front.kubeconfig} --yes chat\n"
        f"  to go back: neuralnav deploy --kubeconfig {here.front.kubeconfig} --yes chat\n"
    )
    here.front.released.set()
    here.done("deploy", NAME, *APPLY)
    assert set(here.objects()) == set(here.kinds)
