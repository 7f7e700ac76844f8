"""What of a cluster is ours to remove."""

from typing import Any

from neuralnav.cluster.api import KINDS, Ref
from neuralnav.cluster.owners import gitops_owner, managers
from neuralnav.cluster.remove import Removal, lingering, removals

OURS = {"manager": "neuralnav", "operation": "Apply"}
Body = dict[str, Any]


def body(name: str, *entries: Body, **metadata: Any) -> Body:
    return {
        "metadata": {"name": name, "namespace": "llm", "uid": f"u-{name}", "managedFields": list(entries), **metadata}
    }


def ref(kind: str, name: str) -> Ref:
    return Ref(KINDS[kind], "llm", name)


def test_only_what_we_applied_goes_and_what_serves_goes_first() -> None:
    found = removals(
        [
            (KINDS["ConfigMap"], body("dashboard", OURS)),
            (KINDS["InferenceService"], body("chat", OURS, {"manager": "manager", "operation": "Update"})),
            (KINDS["ConfigMap"], body("notes", {"manager": "kubectl-create", "operation": "Update"})),
            (KINDS["ConfigMap"], body("bare")),
        ]
    )
    assert found == [
        Removal(ref("InferenceService", "chat"), "u-chat"),
        Removal(ref("ConfigMap", "bare"), "u-bare", "neuralnav did not apply it; somebody else did", ours=False),
        Removal(ref("ConfigMap", "dashboard"), "u-dashboard"),
        Removal(ref("ConfigMap", "notes"), "u-notes", "neuralnav did not apply it; kubectl-create did", ours=False),
    ]


def test_what_a_gitops_controller_applies_too_would_come_back() -> None:
    flux = {"manager": "kustomize-controller", "operation": "Apply"}
    labels = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    tracking = {"argocd.argoproj.io/tracking-id": "chat:serving.kserve.io/InferenceService:llm/chat"}
    service = KINDS["InferenceService"]
    found = [
        removals([(service, item)])[0].stays
        for item in (body("a", OURS, flux), body("b", OURS, labels=labels), body("c", OURS, annotations=tracking))
    ]
    assert found == [
        "Flux applies it too and would bring it back: remove it from git",
        "Flux (Kustomization flux-system/apps) applies it too and would bring it back: remove it from git",
        "Argo CD (Application chat) applies it too and would bring it back: remove it from git",
    ]


def test_what_the_lock_still_lists_is_not_left_over() -> None:
    items = [(KINDS["ConfigMap"], body("new", OURS)), (KINDS["ConfigMap"], body("old", OURS))]
    assert [item.ref.name for item in removals(items, besides={ref("ConfigMap", "new")})] == ["old"]


def test_a_controller_that_only_reports_status_owns_nothing() -> None:
    status = {"manager": "argocd-controller", "operation": "Update", "subresource": "status"}
    assert managers(body("chat", OURS, status)) == ("neuralnav",)
    assert gitops_owner(body("chat", OURS, status)) == ""


def test_what_keeps_an_object_is_told() -> None:
    one = Removal(ref("InferenceService", "chat"), "u-chat")
    held = body("chat", finalizers=["inferenceservice.finalizers"], deletionTimestamp="2026-11-26T12:00:00Z")
    assert lingering(one, held) == (
        "InferenceService llm/chat waits for the controller that keeps its finalizers: inferenceservice.finalizers"
    )
    assert lingering(one, body("chat")) == "InferenceService llm/chat is still there"
    assert lingering(one, body("chat", uid="another")) == ""
