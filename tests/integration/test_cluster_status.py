"""`neuralnav status` against a real API server, with pods, events and nodes beside it."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cluster_front import Front
from conftest import Installed
from deployed_plans import CHAT, NOWHERE, SERVES, VOICE, deployed, gone, node, nowhere, plan, pod, warning

pytestmark = pytest.mark.integration

SPACE = "llm-prod"
READER = {
    "kind": "ClusterRole", "metadata": {},
    "rules": [{"apiGroups": ["serving.kserve.io"], "resources": ["*"], "verbs": ["get", "list"]}],
}  # fmt: skip
"""Who may read services, and nothing else."""

ON = "nvidia.com/gpu on NVIDIA-H100-80GB-HBM3"
PLAN = "plan         gpt-oss-20b/fp4/h100/tp1, 2 replicas on NVIDIA-H100-80GB-HBM3; applied by neuralnav"


def status(neuralnav: Installed, front: Front, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines of text, without the one that names the cluster."""
    ran = neuralnav.run("status", "--kubeconfig", str(front.kubeconfig), *arguments, folder=folder)
    first, *rest = ran.stdout.splitlines()
    assert (first, ran.stderr) == (f"context front, {front.url}", "")
    return ran.returncode, [line.strip() for line in rest]


def report(neuralnav: Installed, front: Front, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    given = ("status", "--kubeconfig", str(front.kubeconfig), "--format", "json", *arguments)
    ran = neuralnav.run(*given, folder=folder)
    found: dict[str, Any] = json.loads(ran.stdout)
    assert found["exit_code"] == ran.returncode
    return ran.returncode, found


def running(front: Front) -> None:
    """Let the example run as it is planned: two pods on two nodes."""
    for number in (1, 2):
        front.put(node(f"gpu-{number}"))
        front.put(pod(f"{CHAT}-predictor-{number}", SPACE, SERVES[CHAT], node=f"gpu-{number}"))
    front.ready("InferenceService", SPACE, CHAT)


def test_missing_then_progressing_then_ready(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    folder = plan(tmp_path)
    missing = f"{CHAT}   missing      there is no InferenceService {CHAT} in {SPACE}"
    assert status(neuralnav, front, tmp_path) == (3, [missing])
    deployed(front, folder)
    assert status(neuralnav, front, tmp_path) == (3, [
        f"{CHAT}   progressing  its controller has not said anything of it yet",
        "replicas     0 of 2 replicas",
        "accelerators 0 of 2 nvidia.com/gpu",
        PLAN,
    ])  # fmt: skip
    running(front)
    assert status(neuralnav, front, tmp_path) == (0, [
        f"{CHAT}   ready        2 of 2 replicas   2 of 2 {ON}   http://{CHAT}.{SPACE}.example.com",
        PLAN,
        f"pods         {CHAT}-predictor-1  ready on gpu-1",
        f"{CHAT}-predictor-2  ready on gpu-2",
    ])  # fmt: skip


def test_a_pod_that_crashes_and_its_warnings(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    running(front)
    waits = {"restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
             "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}  # fmt: skip
    name = f"{CHAT}-predictor-2"
    front.put(pod(name, SPACE, SERVES[CHAT], node="gpu-2", ready=False, containers=[waits]))
    backed_off = "Back-off restarting failed container main in pod "
    for number, about in enumerate((name, name, f"{CHAT}-predictor-1", "other-predictor-1")):
        last = f"2020-01-0{number + 1}T00:00:00Z"
        front.put(warning(f"e{number}", SPACE, about, "BackOff", backed_off + about, count=3, last=last))
    code, said_lines = status(neuralnav, front, tmp_path)
    assert (code, [re.sub(r"\d+ d ago", "long ago", line) for line in said_lines]) == (3, [
        f"{CHAT}   degraded     1 of 2 replicas ready: {name} CrashLoopBackOff, OOMKilled (exit 137)",
        "replicas     1 of 2 replicas",
        f"accelerators 2 of 2 {ON}",
        f"URL          http://{CHAT}.{SPACE}.example.com",
        PLAN,
        f"pods         {name}  running on gpu-2, 4 restarts: CrashLoopBackOff; OOMKilled (exit 137)",
        f"{CHAT}-predictor-1  ready on gpu-1",
        f"events       BackOff x9 long ago, Pod/{CHAT}-predictor-1: {backed_off}{CHAT}-predictor-1",
    ])  # fmt: skip


def test_what_is_forbidden_is_unknown(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    running(front)
    front.enforce(READER)
    url = f"http://{CHAT}.{SPACE}.example.com"
    assert status(neuralnav, front, tmp_path) == (0, [
        f"{CHAT}   ready        unknown of 2 replicas   unknown of 2 nvidia.com/gpu   {url}",
        PLAN,
        "not known: pods: tester may not list pods in namespace llm-prod",
        "not known: events: tester may not list events in namespace llm-prod",
    ])  # fmt: skip
    front.forbid()
    said = "tester may not get inferenceservices.serving.kserve.io in namespace llm-prod"
    assert status(neuralnav, front, tmp_path) == (2, [f"{CHAT}   unknown      {said}"])


def test_what_is_not_deployed_yet_is_told_apart_from_what_is_broken(
    neuralnav: Installed, front: Front, tmp_path: Path
) -> None:
    folder = plan(tmp_path)
    deployed(front, folder)
    running(front)
    lock = folder / "plan.lock"
    old, new = "gpt-oss-20b/fp4/h100/tp1", "qwen3-8b/fp8/h100/tp1"
    lock.write_text(lock.read_text().replace(f"candidate: {old}", f"candidate: {new}"))
    code, found = report(neuralnav, front, tmp_path)
    (one,) = found["workloads"]
    assert (code, one["state"], one["as_planned"], one["live_candidate"]) == (3, "ready", False, old)
    assert one["deviations"] == [f"not deployed yet: {old} runs, the lock chose {new}"]


def test_both_targets_in_two_namespaces(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    running(front)
    item = deployed(front, plan(tmp_path, VOICE))
    space, count = item.lock.deployment.namespace, item.lock.deployment.replicas.planned
    front.put(node("gpu-3"))
    for number in range(count):
        front.put(pod(f"{VOICE}-kserve-{number}", space, SERVES[VOICE], node="gpu-3", gpus=2))
    router = {**SERVES[VOICE], "app.kubernetes.io/component": "llminferenceservice-router-scheduler"}
    front.put(pod(f"{VOICE}-kserve-router", space, router, node="gpu-3", gpus=0))
    front.ready("LLMInferenceService", space, VOICE)
    code, lines = status(neuralnav, front, tmp_path)
    assert (code, lines[-1]) == (0, "2 workloads: 2 ready")
    code, lines = status(neuralnav, front, tmp_path, "-n", SPACE, CHAT)
    assert (code, lines[0].split()[:2]) == (0, [CHAT, "ready"])


def test_a_namespace_that_is_not_the_plans_is_refused(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    ran = neuralnav.run("status", "--kubeconfig", str(front.kubeconfig), "-n", "other", folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"{CHAT}/workload.yaml  the plan is for namespace llm-prod, not other\n"
        "  leave --namespace out, or set deploy.namespace in the workload and compile\n1 problem\n"
    )


def test_a_workload_without_a_lock_hides_no_other(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    (plan(tmp_path, VOICE) / "plan.lock").unlink()
    ran = neuralnav.run("status", "--kubeconfig", str(front.kubeconfig), folder=tmp_path)
    assert (ran.returncode, ran.stdout.splitlines()[1].split()[:2]) == (2, [CHAT, "missing"])
    assert (
        ran.stderr == f"{VOICE}/plan.lock  there is no lock\n  run neuralnav compile {VOICE}/workload.yaml\n1 problem\n"
    )


def test_a_server_that_is_gone(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    ran = neuralnav.run("status", "--kubeconfig", nowhere(front), "--patience", "0", folder=tmp_path)
    assert ran.returncode == 2
    said = f"{NOWHERE} cannot be reached: connection refused"
    assert ran.stdout.splitlines()[1:] == [f"{CHAT}   unreachable  {said}"]


def test_a_service_of_somebody_else(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    front.add_namespace(SPACE)
    front.put({
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService",
        "metadata": {"name": CHAT, "namespace": SPACE}, "spec": {"predictor": {"minReplicas": 1}},
    }, manager="helm")  # fmt: skip
    code, lines = status(neuralnav, front, tmp_path)
    said = "an InferenceService of that name is there, by helm, and was not made of a lock"
    assert (code, lines[0]) == (3, f"{CHAT}   not ours     {said}")


def test_two_hundred_workloads_take_few_requests(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    folder = plan(tmp_path)
    lock = (folder / "plan.lock").read_text()
    for number in range(199):
        other = tmp_path / f"chat-{number}"
        other.mkdir()
        shutil.copy(folder / "workload.yaml", other)
        named = lock.replace(f"name: {CHAT}\n", f"name: chat-{number}\n")
        (other / "plan.lock").write_text(named.replace("namespace: llm-prod", f"namespace: space-{number % 5}"))
    deployed(front, folder)
    running(front)
    front.seen.clear()
    code, found = report(neuralnav, front, tmp_path)
    assert (code, len(found["workloads"])) == (3, 200)
    assert [item["workload"] for item in found["workloads"] if item["state"] == "ready"] == [CHAT]
    asked = [item.needed for item in front.seen]
    assert sorted(asked) == [
        ("get", "nodes"), ("get", "nodes"), ("list", "events"), ("list", "inferenceservices.serving.kserve.io"),
        ("list", "pods"),
    ]  # fmt: skip


@contextmanager
def watching(
    neuralnav: Installed, front: Front, folder: Path, *arguments: str, output: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """Start a watch in a process of its own, which a signal reaches."""
    asked = ["status", "--kubeconfig", str(front.kubeconfig), "--watch", "--interval", "0.1", "--patience", "0"]
    command = [sys.executable, "-m", "neuralnav", *asked, *arguments]
    ran = subprocess.Popen(
        command, cwd=folder, env=dict(neuralnav.environment), text=True,
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield ran
    finally:
        ran.kill()
        ran.communicate()


def line_of(ran: subprocess.Popen[str]) -> str:
    """The next line of a watch, without its time."""
    assert ran.stdout is not None
    time, _, said = ran.stdout.readline().rstrip().partition(" ")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time), time
    return said


def test_a_watch_tells_changes_survives_a_restart_and_ends_with_ctrl_c(
    neuralnav: Installed, front: Front, tmp_path: Path
) -> None:
    deployed(front, plan(tmp_path))
    with watching(neuralnav, front, tmp_path) as ran:
        assert line_of(ran) == f"{CHAT} progressing  its controller has not said anything of it yet"
        with gone(front):
            assert line_of(ran) == f"{front.url} cannot be reached: connection refused; waiting for it"
        assert line_of(ran) == f"{front.url} is back"
        running(front)
        ready = f"{CHAT} ready        2 of 2 replicas   2 of 2 {ON}   http://{CHAT}.{SPACE}.example.com"
        said = line_of(ran)
        while said != ready:  # it may look between two pods, or before it knows services again
            assert said.startswith((f"{CHAT} progressing", f"{CHAT} missing", f"{CHAT} unknown")), said
            said = line_of(ran)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=20)
    assert (out, err, ran.returncode) == ("", "", 130)


def test_a_watch_in_json_gives_a_report_a_line(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    folder = plan(tmp_path)
    with watching(neuralnav, front, tmp_path, "--format", "json") as ran:
        assert ran.stdout is not None
        first = json.loads(ran.stdout.readline())
        assert first["workloads"][0]["state"] == "missing"
        deployed(front, folder)
        states = [json.loads(ran.stdout.readline())["workloads"][0]["state"]]
        assert states == ["progressing"]


def test_ctrl_c_waits_for_no_server_that_hangs(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    deployed(front, plan(tmp_path))
    front.seen.clear()
    front.fail("/", "hang", times=100)
    with watching(neuralnav, front, tmp_path) as ran:
        while not front.seen:
            time.sleep(0.02)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=4)  # an attempt may hang for 5 s
    assert (out, err, ran.returncode) == ("", "", 130)


def test_a_watch_on_a_terminal_draws_the_screen_anew(neuralnav: Installed, front: Front, tmp_path: Path) -> None:
    plan(tmp_path)
    terminal, inner = pty.openpty()
    with watching(neuralnav, front, tmp_path, output=inner) as ran:
        os.close(inner)
        shown = b""
        while shown.count(b"Ctrl-C ends") < 2:
            shown += os.read(terminal, 1000)
        ran.send_signal(signal.SIGINT)
        ran.wait(20)
    os.close(terminal)
    screens = shown.decode().replace("\r\n", "\n").split("\x1b[H\x1b[2J\x1b[3J")
    assert screens[0] == "\x1b[?7l"  # lines are cut at the edge while a screen is drawn, and no longer
    lines = screens[1].splitlines()
    red = "\x1b[31m\x1b[1mmissing\x1b[0m"
    missing = f"{CHAT}   {red}      there is no InferenceService {CHAT} in {SPACE}"
    assert lines[:2] == [f"context front, {front.url}", missing]
    assert re.fullmatch(r"\d\d:\d\d:\d\d UTC; Ctrl-C ends\x1b\[\?7h", lines[2])
    assert ran.returncode == 130


def test_a_watch_has_no_table(neuralnav: Installed, tmp_path: Path) -> None:
    ran = neuralnav.run("status", "--watch", "--format", "markdown", folder=tmp_path)
    assert (ran.returncode, ran.stderr.splitlines()[-1]) == (2, "Error: --watch writes text or json")
