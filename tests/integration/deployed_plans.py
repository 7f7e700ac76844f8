"""Committed plans in the test cluster, and what KServe's controllers would make of them."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster_front import Front
from conftest import ROOT

from neuralnav.cluster.api import KINDS, Api, Object
from neuralnav.cluster.committed import Committed, read_committed
from neuralnav.cluster.connection import connect
from neuralnav.files.places import find_workload

CHAT, VOICE = "support-chat", "voice-assistant"
H100 = "NVIDIA-H100-80GB-HBM3"
PRODUCT = "nvidia.com/gpu.product"

NOWHERE = "http://127.0.0.1:9"
"""An address at which nothing listens."""

LISTS = [
    f"/apis/{kind.group}/{kind.version}/{kind.plural}" for kind in KINDS.values()
    if kind.group in ("serving.kserve.io", "monitoring.coreos.com")
]  # fmt: skip

SERVES: Mapping[str, Mapping[str, str]] = {
    CHAT: {"serving.kserve.io/inferenceservice": CHAT, "component": "predictor"},
    VOICE: {
        "app.kubernetes.io/name": VOICE, "app.kubernetes.io/part-of": "llminferenceservice",
        "app.kubernetes.io/component": "llminferenceservice-workload",
    },
}  # fmt: skip
"""The labels of the pods that serve an example."""


def plan(folder: Path, name: str = CHAT) -> Path:
    """Copy an example, and return its folder."""
    return Path(shutil.copytree(ROOT / "examples" / name, folder / name))


def committed(folder: Path) -> Committed:
    """Return what is committed of a workload."""
    return read_committed(find_workload(str(folder)))


def reached(front: Front) -> Api:
    """Return the cluster as verbs reach it."""
    return connect(kubeconfig=str(front.kubeconfig), patience_seconds=10)


def deployed(front: Front, folder: Path) -> Committed:
    """Apply a committed plan as `deploy` does."""
    item = committed(folder)
    front.add_namespace(item.lock.deployment.namespace)
    api = reached(front)
    for planned in item.objects:
        api.apply(planned.body)
    return item


def pod(
    name: str, namespace: str, labels: Mapping[str, str], *, node: str = "", gpus: int = 1, ready: bool = True,
    containers: Sequence[Mapping[str, Any]] = (), conditions: Sequence[Mapping[str, str]] = (),
) -> Object:  # fmt: skip
    """Return a pod as KServe's workloads have them."""
    phase = "Running" if node else "Pending"
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}],
            **({"nodeName": node} if node else {}),
        },
        "status": {
            "phase": phase,
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}, *conditions],
            "containerStatuses": list(containers),
        },
    }  # fmt: skip


def node(name: str, product: str = H100) -> Object:
    """Return a node with accelerators."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {PRODUCT: product}}}


def warning(
    name: str, namespace: str, about: str, reason: str, message: str, *, count: int = 1, last: str = ""
) -> Object:
    """Return a warning about a pod."""
    return {
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace}, "type": "Warning",
        "reason": reason, "message": message, "count": count, "lastTimestamp": last,
        "involvedObject": {"kind": "Pod", "name": about, "namespace": namespace},
    }  # fmt: skip


@contextmanager
def gone(front: Front) -> Iterator[None]:
    """Take the API server away, and give it back: with its custom resources, which come a moment after it answers."""
    front.kill()
    try:
        yield
    finally:
        front.start()
        assert front.server is not None
        while any(front.server.call("GET", path)[0] != 200 for path in LISTS):
            time.sleep(0.05)


def nowhere(front: Front) -> str:
    """Return a kubeconfig that leads to a server which is not there."""
    path = front.folder / "nowhere"
    path.write_text(front.kubeconfig.read_text().replace(front.url, NOWHERE))
    return str(path)
