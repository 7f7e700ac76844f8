"""The client against a real API server behind a front that fails as asked."""

from typing import Any

import pytest
from cluster_front import Front

from neuralnav.cluster.api import KINDS, Api, ClusterError, Owner, Ref
from neuralnav.cluster.connection import connect

pytestmark = pytest.mark.integration

SPACE = "llm-prod"
ISVC = KINDS["InferenceService"]
CHAT = Ref(ISVC, SPACE, "chat")


def service(name: str = "chat", replicas: int = 2) -> dict[str, Any]:
    containers = [{"name": "kserve-container", "image": "vllm:1", "args": ["--tensor-parallel-size=1"]}]
    return {
        "apiVersion": ISVC.api_version, "kind": "InferenceService", "metadata": {"name": name, "namespace": SPACE},
        "spec": {"predictor": {"minReplicas": replicas, "containers": containers}},
    }  # fmt: skip


def reached(front: Front, patience: float = 10.0) -> Api:
    front.add_namespace(SPACE)
    return connect(kubeconfig=str(front.kubeconfig), patience_seconds=patience)


def test_applies_reads_and_deletes(front: Front) -> None:
    api = reached(front)
    assert api.get(CHAT) is None
    made = api.apply(service())
    assert made["metadata"]["managedFields"][0]["manager"] == "neuralnav"
    assert api.get(CHAT) == made
    assert api.list(ISVC, SPACE) == [made]
    assert api.delete(CHAT, uid="another") is False
    assert api.delete(CHAT, uid=made["metadata"]["uid"], dry_run=True) is True
    assert api.get(CHAT) == made
    assert api.delete(CHAT, uid=made["metadata"]["uid"]) is True
    assert api.delete(CHAT, uid=made["metadata"]["uid"]) is False


def test_conflict_names_the_owners(front: Front) -> None:
    api = reached(front)
    api.apply(service())
    front.put(service(replicas=5), manager="kubectl-edit")
    with pytest.raises(ClusterError) as raised:
        api.apply(service(replicas=3))
    assert raised.value.cause == "conflict"
    assert raised.value.owners == (Owner("kubectl-edit", ".spec.predictor.minReplicas"),)
    assert api.apply(service(replicas=3), force=True)["spec"]["predictor"]["minReplicas"] == 3


def test_core_kinds_apply_and_conflict(front: Front) -> None:
    api = reached(front)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": SPACE}, "data": {"k": "1"}}
    made = api.apply(body)
    assert api.apply(body) == made
    front.put({**made, "data": {"k": "2"}}, manager="someone")
    with pytest.raises(ClusterError) as raised:
        api.apply(body)
    assert raised.value.owners == (Owner("someone", ".data.k"),)
    assert api.apply({**body, "data": {"j": "1"}})["data"] == {"k": "2", "j": "1"}


def test_watch_yields_what_is_and_what_changes(front: Front) -> None:
    api = reached(front)
    made = api.apply(service())
    seen = []
    for item in api.watch(ISVC, SPACE, name="chat", seconds=30):
        ready = [each["status"] for each in item.get("status", {}).get("conditions", []) if each["type"] == "Ready"]
        seen.append((item["metadata"].get("deletionTimestamp") is not None, ready))
        match len(seen):
            case 1:
                front.ready("InferenceService", SPACE, "chat")
            case 2:
                api.delete(CHAT, uid=made["metadata"]["uid"])
            case _:
                break
    assert seen == [(False, []), (False, ["True"]), (True, ["True"])]


def test_restart_is_waited_out(front: Front) -> None:
    api = reached(front, patience=30)
    made = api.apply(service())
    timer = front.restart_after(0.3)
    assert api.get(CHAT) == made
    timer.join()


def test_server_itself_without_core_kinds(front: Front) -> None:
    assert front.server is not None
    api = connect(kubeconfig=str(front.server.folder / "kubeconfig.json"), patience_seconds=5)
    assert (api.context, api.server) == ("test", f"https://127.0.0.1:{front.server.port}")
    assert api.list(ISVC) == []
    for kind in ("Pod", "NetworkPolicy", "Namespace"):
        with pytest.raises(ClusterError) as raised:
            api.list(KINDS[kind])
        assert raised.value.cause == "no-kind"
        assert raised.value.message == f"the cluster does not know {kind} of {KINDS[kind].api_version}"
    made = api.apply(service())
    assert api.get(CHAT) == made
    body = {**service(), "spec": {"predictor": {"minReplicas": "two"}}}
    with pytest.raises(ClusterError) as raised:
        api.apply(body)
    assert raised.value.cause == "invalid"
    assert ".spec.predictor.minReplicas: expected numeric (int or float), got string" in raised.value.message
