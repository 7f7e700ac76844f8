"""`deploy` against a real API server: what it applies, what it refuses, and what it survives."""

import json
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cluster_front import Front
from conftest import ROOT, Installed
from deployed import (
    APPLY,
    NAME,
    REAL,
    SERVING,
    SPACE,
    Object,
    Repository,
    add_node,
    add_pod,
    repository,
    told,
    until,
    write_workload,
)

from neuralnav.cluster.api import KINDS as API_KINDS

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    write_workload(folder / NAME)
    small_neuralnav.done("compile", folder=folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, compiled: Path, front: Front, small_neuralnav: Installed) -> Repository:
    return repository(tmp_path / "repository", compiled, front, small_neuralnav)


def created(found: Repository) -> str:
    """What is said where every object is made."""
    count, lines = len(found.kinds), told(found.kinds, "created")
    return (
        f"front at {found.front.url}, namespace llm\nchat           {count} created\n{lines}applied {count} objects\n"
    )


def versions(found: Repository) -> dict[str, str]:
    return {kind: item["metadata"]["resourceVersion"] for kind, item in found.objects().items()}


def replicas(value: int) -> Callable[[Object], None]:
    def change(item: Object) -> None:
        item["spec"]["predictor"]["minReplicas"] = item["spec"]["predictor"]["maxReplicas"] = value

    return change


def test_a_dry_run_changes_nothing_and_says_how_to_apply(here: Repository) -> None:
    said = here.done("deploy", NAME)
    assert said == (
        f"front at {here.front.url}, namespace llm\n"
        f"chat           {len(here.kinds)} to create\n"
        f"{told(here.kinds, 'create')}"
        "a dry run of the server: nothing was changed; "
        f"to apply: neuralnav deploy --kubeconfig {here.front.kubeconfig} --yes chat\n"
    )
    assert here.objects() == {}
    assert not here.asked("PATCH .*" + REAL)


def test_what_is_applied_is_the_manifests_by_our_manager_and_a_second_run_changes_nothing(here: Repository) -> None:
    assert here.done("deploy", NAME, "--yes", "--no-wait") == created(here)
    first = versions(here)
    assert set(first) == set(here.kinds)
    for item in here.objects().values():
        assert [(entry["manager"], entry["operation"]) for entry in item["metadata"]["managedFields"]] == [
            ("neuralnav", "Apply")
        ]
    order = [seen.resource for seen in here.front.seen if seen.verb == "patch" and not seen.dry_run]
    assert order == [API_KINDS[kind].plural for kind in here.kinds]
    assert here.done("deploy", NAME, "--yes", "--no-wait").endswith(
        f"chat           {len(here.kinds)} unchanged\nnothing to do: the cluster holds what is committed\n"
    )
    assert versions(here) == first


def test_a_change_is_told_by_its_fields(here: Repository) -> None:
    here.done("deploy", NAME, "--yes", "--no-wait")
    write_workload(here.folder / NAME, users=200000)
    here.neuralnav.done("compile", folder=here.folder)
    add_node(here.front, "NVIDIA-L4", name="node-b")
    add_node(here.front, "NVIDIA-H100-80GB-HBM3", name="node-c")
    report = json.loads(here.done("deploy", NAME, "--format", "json"))
    jsonschema.validate(report, json.loads((ROOT / "schemas" / "deploy-report.v1alpha1.json").read_text()))
    serving = report["workloads"][0]["objects"][-1]
    assert (serving["action"], serving["result"]) == ("change", "planned")
    changes = {item["field"]: (item["before"], item["after"]) for item in serving["changes"]}
    before, after = changes[".spec.predictor.minReplicas"]
    assert int(before) < int(after)
    assert [item["action"] for item in report["workloads"][0]["objects"][1:2]] == ["unchanged"]


def test_fields_of_others_are_in_the_way_until_they_are_taken(here: Repository) -> None:
    here.done("deploy", NAME, *APPLY)
    here.edit("InferenceService", replicas(7), "kubectl-edit")
    before = versions(here)
    completed = here.run("deploy", NAME, *APPLY)
    assert completed.returncode == 2
    assert completed.stdout.split("\n", 1)[1] == (
        f"chat           {len(here.kinds) - 1} unchanged, 1 conflict\n"
        "               conflict   InferenceService chat\n"
        "                            kubectl-edit owns .spec.predictor.maxReplicas\n"
        "                            kubectl-edit owns .spec.predictor.minReplicas\n"
        "fields of others are in the way: --force-conflicts takes them over; else let their owner give them up, or say"
        " the same\n"
        "nothing was applied\n"
    )
    assert versions(here) == before
    said = here.done("deploy", NAME, *APPLY, "--force-conflicts")
    assert "               changed    InferenceService chat\n" in said
    assert ".spec.predictor.minReplicas: 7 -> " in said
    assert here.objects()["InferenceService"]["spec"]["predictor"]["minReplicas"] < 7


def test_a_half_applied_folder_converges(here: Repository) -> None:
    here.front.fail(SERVING + REAL, 403, method="PATCH")
    completed = here.run("deploy", NAME, "--yes", "--no-wait")
    assert completed.returncode == 2
    assert "               failed     InferenceService chat\n" in completed.stdout
    assert completed.stdout.endswith(
        "stopped at the first object that failed; what is applied stays; "
        f"to go on: neuralnav deploy --kubeconfig {here.front.kubeconfig} --yes chat\n"
    )
    half = versions(here)
    assert set(half) == set(here.kinds[:-1])
    assert f"chat           1 created, {len(half)} unchanged\n" in here.done("deploy", NAME, "--yes", "--no-wait")
    assert {kind: version for kind, version in versions(here).items() if kind in half} == half


@pytest.mark.parametrize("fault", ["lost", 503])
def test_an_apply_whose_answer_is_lost_is_made_again(here: Repository, fault: Any) -> None:
    here.front.fail(SERVING + REAL, fault, method="PATCH")
    assert here.done("deploy", NAME, *APPLY) == created(here)
    assert set(here.objects()) == set(here.kinds)


def test_a_busy_server_is_waited_for(here: Repository) -> None:
    here.front.fail("poddisruptionbudgets", 429, times=2, headers={"Retry-After": "0"})
    assert here.done("deploy", NAME, *APPLY) == created(here)


def test_a_server_that_restarts_in_the_middle_is_waited_for(here: Repository) -> None:
    front, timers = here.front, list[threading.Timer]()
    front.fail("podmonitors/chat" + REAL, "hang", method="PATCH")

    def restart() -> None:
        until(lambda: here.asked("PATCH .*podmonitors/chat" + REAL))
        timers.append(front.restart_after(0.2))

    thread = threading.Thread(target=restart)
    thread.start()
    completed = here.run("deploy", NAME, *APPLY)
    thread.join()
    timers[0].join()
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert completed.stdout.endswith(f"applied {len(here.kinds)} objects\n")
    until(lambda: set(here.objects()) == set(here.kinds))  # the server knows its kinds again one by one


def test_a_server_that_stays_away_is_told_with_what_is_left(here: Repository) -> None:
    here.front.fail("podmonitors/chat" + REAL, 503, times=100, method="PATCH")
    completed = here.run("deploy", NAME, "--yes", "--no-wait", "--patience", "0.3")
    assert completed.returncode == 2
    assert completed.stderr.endswith(
        f"stopped; 2 objects are applied, {len(here.kinds) - 3} not\n"
        "  may be applied, its answer was not waited for: PodMonitor chat\n"
        f"  to go on: neuralnav deploy --kubeconfig {here.front.kubeconfig} --yes chat\n"
        f"  to go back: neuralnav delete --kubeconfig {here.front.kubeconfig} chat\n"
    )


def test_a_token_that_expired_is_read_anew(here: Repository) -> None:
    front = here.front

    def renew() -> None:
        until(lambda: here.asked("GET .*/poddisruptionbudgets/chat"))
        front.renew(here.folder / "renewed")

    thread = threading.Thread(target=renew)
    thread.start()
    said = here.done("deploy", NAME, *APPLY)
    thread.join()
    assert said == created(here)
    front.expire()
    completed = here.run("deploy", NAME, *APPLY)
    assert completed.returncode == 2
    assert completed.stderr.endswith("stopped; nothing was applied\n")


def test_what_may_not_be_asked_is_told_and_nothing_is_applied(here: Repository) -> None:
    here.front.forbid()
    completed = here.run("deploy", NAME, "--yes")
    assert completed.returncode == 2
    assert "tester may not get poddisruptionbudgets.policy in namespace llm" in completed.stderr
    assert completed.stdout.endswith("nothing was applied\n")
    assert here.objects() == {}


def test_nodes_that_may_not_be_listed_are_a_note(here: Repository) -> None:
    here.front.fail("/nodes", 403)
    said = here.done("deploy", NAME)
    assert "               note: nodes may not be listed: whether one has 1x " in said


def test_a_kind_that_the_cluster_lacks_is_told_before_anything_is_applied(here: Repository) -> None:
    here.front.fail("inferenceservices", 404, times=9, body=b"404 page not found\n")
    completed = here.run("deploy", NAME, "--yes")
    assert completed.returncode == 2
    assert (
        "chat/deploy/inferenceservice.yaml  the cluster does not know InferenceService of serving.kserve.io/v1beta1\n"
        in completed.stderr
    )
    assert completed.stdout.endswith("nothing was applied\n")
    assert here.objects() == {}


def test_a_namespace_that_is_not_there_is_told(here: Repository) -> None:
    here.front.remove("Namespace", "", SPACE)
    completed = here.run("deploy", NAME, "--yes")
    assert completed.returncode == 2
    assert completed.stderr == (
        "chat/workload.yaml  the cluster has no namespace llm\n  kubectl create namespace llm\n1 problem\n"
    )
    assert completed.stdout.endswith(
        "chat           cannot be applied: the cluster has no namespace llm\nnothing was applied\n"
    )


def test_a_lock_for_other_accelerators_is_refused_unless_nodes_may_come(here: Repository) -> None:
    here.front.remove("Node", "", "node-a")
    add_node(here.front, "NVIDIA-A10G", 4)
    completed = here.run("deploy", NAME, *APPLY)
    assert completed.returncode == 2
    assert "; this cluster has 4x NVIDIA-A10G (1 node)\n  --scale-from-zero, where" in completed.stderr
    assert "; to try it without GPUs, compile with `deploy: {mode: simulator}`\n" in completed.stderr
    assert here.objects() == {}
    said = here.done("deploy", NAME, *APPLY, "--scale-from-zero")
    assert "; this cluster has 4x NVIDIA-A10G (1 node); --scale-from-zero expects nodes to come\n" in said


def test_another_namespace_than_the_plans_is_refused(here: Repository) -> None:
    completed = here.run("deploy", NAME, "-n", "elsewhere")
    assert completed.returncode == 2
    assert completed.stderr.startswith(
        "chat/workload.yaml  the plan is for namespace llm, not elsewhere\n"
        "  leave --namespace out, or set deploy.namespace in the workload and compile\n"
    )


def edit_workload(folder: Path) -> None:
    write_workload(folder, users=3000)


def edit_manifest(folder: Path) -> None:
    path = folder / "deploy" / "podmonitor.yaml"
    path.write_text(path.read_text().replace("/metrics", "/other"))


def drop_manifest(folder: Path) -> None:
    (folder / "deploy" / "podmonitor.yaml").unlink()


def drop_lock(folder: Path) -> None:
    (folder / "plan.lock").unlink()


def cut_lock(folder: Path) -> None:
    path = folder / "plan.lock"
    path.write_text(path.read_text()[:500])


def conflict_lock(folder: Path) -> None:
    path = folder / "plan.lock"
    text = path.read_text()
    path.write_text(f"<<<<<<< ours\n{text}=======\n{text}>>>>>>> theirs\n")


def ask_too_much(folder: Path) -> None:
    path = folder / "workload.yaml"
    path.write_text(path.read_text() + "  slo: {ttft: 1ms}\n")


def refuse_all(folder: Path) -> None:
    (folder.parent / "neuralnav.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {policies: [{path: guard.yaml}]}\n"
    )
    (folder.parent / "guard.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Policy\nmetadata: {name: guard}\n"
        "spec:\n  rules: [{id: none, require: candidate.gpus < 0}]\n"
    )


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (edit_workload, 3, "drift (workload) in chat/plan.lock:6: the workload changed after the lock was written"),
        (edit_manifest, 3, "drift (manifest) in chat/deploy/podmonitor.yaml"),
        (drop_manifest, 3, "drift (manifest) in chat/deploy/podmonitor.yaml: the file is not there; fix: "),
        (drop_lock, 2, "chat/plan.lock  there is no lock\n  run neuralnav compile chat/workload.yaml"),
        (cut_lock, 2, "chat/plan.lock:11  the lock is cut short: "),
        (conflict_lock, 2, "chat/plan.lock  the lock has conflict markers"),
        (ask_too_much, 5, "no feasible plan for chat"),
        (refuse_all, 4, "no permitted plan for chat"),
    ],
)
def test_what_check_finds_is_not_applied(here: Repository, spoil: Callable[[Path], None], code: int, said: str) -> None:
    spoil(here.folder / NAME)
    completed = here.run("deploy", NAME, "--yes", "--no-wait")
    assert completed.returncode == code
    assert said in completed.stdout + completed.stderr
    assert "nothing was applied\n" in completed.stdout + completed.stderr
    assert not here.front.seen, "the cluster was asked"


@pytest.mark.parametrize(("spoil", "code"), [(edit_workload, 0), (edit_manifest, 3), (cut_lock, 2), (refuse_all, 0)])
def test_frozen_holds_the_manifests_to_the_lock_and_reads_no_table(
    here: Repository, spoil: Callable[[Path], None], code: int
) -> None:
    spoil(here.folder / NAME)
    assert here.run("deploy", NAME, "--frozen").returncode == code


def test_what_an_earlier_lock_left_is_named_and_removed_only_when_asked(here: Repository) -> None:
    here.done("deploy", NAME, *APPLY)
    before = here.kinds
    write_workload(here.folder / NAME, more=", monitoring: none")
    here.neuralnav.done("compile", folder=here.folder)
    left = [kind for kind in before if kind not in here.kinds]
    kept = here.done("deploy", NAME, *APPLY)
    assert "               stays      PodMonitor chat   (an earlier lock made it; --prune removes it)\n" in kept
    assert "PodMonitor" in here.objects()
    said = here.done("deploy", NAME, *APPLY, "--prune")
    assert "               removed    PodMonitor chat\n" in said
    assert said.endswith(f"removed {len(left)} object{'s' if len(left) > 1 else ''}\n")
    assert set(here.objects()) == set(here.kinds)


def test_what_serves_is_waited_for(here: Repository) -> None:
    def serve() -> None:
        until(lambda: here.front.take("InferenceService", SPACE, NAME) is not None)
        for index in range(8):
            add_pod(here.front, f"chat-predictor-{index}", ready=True)
        here.front.ready("InferenceService", SPACE, NAME)

    thread = threading.Thread(target=serve)
    thread.start()
    said = here.done("deploy", NAME, "--yes", "--timeout", "60s")
    thread.join()
    assert "chat           ready: " in said
    assert said.endswith(f"applied {len(here.kinds)} objects\n")


def test_a_pod_that_fails_ends_the_wait_with_why(here: Repository) -> None:
    here.done("deploy", NAME, *APPLY)
    waiting = {"reason": "CrashLoopBackOff"}
    last = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    status = [{"name": "kserve-container", "state": {"waiting": waiting}, "lastState": last, "restartCount": 4}]
    add_pod(here.front, "chat-predictor-a", ready=False, containerStatuses=status)
    completed = here.run("deploy", NAME, "--yes", "--fail-after", "0s")
    assert completed.returncode == 3
    assert (
        "pods ready; chat-predictor-a: CrashLoopBackOff, last exit 137 (OOMKilled) (4 restarts)\n" in completed.stdout
        or "pod ready; chat-predictor-a: CrashLoopBackOff, last exit 137 (OOMKilled) (4 restarts)\n" in completed.stdout
    )
    assert "chat           failed after 0 s: 0 of " in completed.stdout


def test_a_wait_that_takes_too_long_tells_what_is_there(here: Repository) -> None:
    here.done("deploy", NAME, *APPLY)
    completed = here.run("deploy", NAME, "--yes", "--timeout", "0s")
    assert completed.returncode == 3
    assert "chat           not ready in time after 0 s: 0 of " in completed.stdout
    assert completed.stdout.endswith(
        "; no pods yet; the controller has said nothing yet\n"
        "nothing to do: the cluster holds what is committed\n"
        f"what is applied stays; how it stands: neuralnav status --kubeconfig {here.front.kubeconfig} chat; "
        f"to go back: neuralnav delete --kubeconfig {here.front.kubeconfig} chat\n"
    )


@pytest.mark.parametrize(
    ("pattern", "method", "left"),
    [
        (SERVING + ".*dryRun", "PATCH", "nothing was applied"),
        ("podmonitors/chat" + REAL, "PATCH",
         "2 objects are applied, {rest} not\n  may be applied, its answer was not waited for: PodMonitor chat"),
        (SERVING + r"\?.*watch|inferenceservices\?.*watch", "GET",
         "{all} objects are applied\n  chat goes on in the cluster: 0 of "),
    ],
)  # fmt: skip
def test_ctrl_c_says_what_is_left_and_the_next_run_converges(
    here: Repository, pattern: str, method: str, left: str
) -> None:
    here.front.fail(pattern, "hang", method=method)
    completed = here.interrupted("deploy", NAME, "--yes", when=lambda: here.asked(f"{method} .*(?:{pattern})"))
    assert completed.returncode == 130, completed.stdout + completed.stderr
    assert f"interrupted; {left.format(all=len(here.kinds), rest=len(here.kinds) - 3)}" in completed.stderr
    assert "Traceback" not in completed.stderr
    here.front.released.set()
    here.done("deploy", NAME, *APPLY)
    assert set(here.objects()) == set(here.kinds)


def test_a_kill_in_the_middle_is_mended_by_the_next_run(here: Repository) -> None:
    here.front.fail("podmonitors/chat" + REAL, "hang", method="PATCH")
    completed = here.interrupted(
        "deploy", NAME, "--yes", when=lambda: here.asked("PATCH .*podmonitors/chat" + REAL), by=signal.SIGKILL
    )
    assert completed.returncode == -signal.SIGKILL
    assert list(here.objects()) == here.kinds[:2]
    here.front.released.set()
    said = here.done("deploy", NAME, *APPLY)
    assert f"chat           {len(here.kinds) - 2} created, 2 unchanged\n" in said
    assert set(here.objects()) == set(here.kinds)


def test_all_workloads_are_judged_before_anything_is_applied(here: Repository) -> None:
    write_workload(here.folder / "zeta", "zeta")
    here.neuralnav.done("compile", folder=here.folder)
    write_workload(here.folder / "zeta", "zeta", users=9000)
    completed = here.run("deploy", ".", "--yes", "--no-wait")
    assert completed.returncode == 3
    assert completed.stdout.startswith("1 of 2 workloads has drifted\n")
    assert not here.front.seen
    here.neuralnav.done("compile", folder=here.folder)
    here.front.fail("inferenceservices/zeta.*dryRun", 422, method="PATCH")
    assert here.run("deploy", ".", "--yes", "--no-wait").returncode == 2
    assert here.objects() == {}
    assert "zeta" in here.done("deploy", ".", "--yes", "--no-wait")
    assert set(here.objects("zeta")) == set(here.objects()) == set(here.kinds)


def test_two_workloads_that_would_be_one_object_are_refused(here: Repository) -> None:
    shutil.copytree(here.folder / NAME, here.folder / "copy")
    completed = here.run("deploy", ".", "--frozen")
    assert completed.returncode == 2
    assert completed.stderr == (
        "copy/workload.yaml  InferenceService llm/chat is of this workload and of chat/workload.yaml\n"
        "  name the folder of one cluster, or give one of them another name\n1 problem\nstopped; nothing was applied\n"
    )


def test_what_is_being_deleted_is_not_applied_to(here: Repository) -> None:
    here.done("deploy", NAME, *APPLY)

    def hold(item: Object) -> None:
        item["metadata"]["finalizers"] = ["kserve.example/finalizer"]

    here.edit("InferenceService", hold, "manager")
    here.run("delete", NAME, "--yes", "--no-wait")
    completed = here.run("deploy", NAME, *APPLY)
    assert completed.returncode == 2
    assert completed.stderr == (
        "chat/deploy/inferenceservice.yaml  InferenceService llm/chat is being deleted\n"
        "  wait until it is gone: what is applied to it meanwhile goes with it\n1 problem\n"
    )
    here.edit("InferenceService", lambda item: item["metadata"].update(finalizers=[]), "manager")


def test_what_is_left_is_told_too_where_the_process_is_ended(here: Repository) -> None:
    here.front.fail("podmonitors/chat" + REAL, "hang", method="PATCH")
    ended = here.interrupted(
        "deploy", NAME, *APPLY, when=lambda: here.asked("PATCH .*podmonitors/chat" + REAL), by=signal.SIGTERM
    )
    here.front.released.set()
    assert ended.returncode == 130
    assert f"interrupted; 2 objects are applied, {len(here.kinds) - 3} not\n" in ended.stderr
