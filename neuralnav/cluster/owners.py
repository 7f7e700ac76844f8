"""Who an object belongs to: what its managed fields say of our manager, and of the controllers of GitOps."""

from collections.abc import Iterator, Mapping

from neuralnav.cluster.api import FIELD_MANAGER, Object

GITOPS: Mapping[str, str] = {
    "kustomize-controller": "Flux",
    "helm-controller": "Flux",
    "argocd-controller": "Argo CD",
    "argocd-application-controller": "Argo CD",
}
"""The field managers of the controllers that bring a removed object back from git."""

FLUX = "kustomize.toolkit.fluxcd.io"
ARGO_TRACKING = "argocd.argoproj.io/tracking-id"

MANAGED_BY = "app.kubernetes.io/managed-by"
"""The label by which manifests say that they are of a lock, whoever applies them."""


def has_applied(body: Object, manager: str = FIELD_MANAGER) -> bool:
    """Tell whether a manager owns an object's fields by having applied them, not by an update."""
    return any(item.get("manager") == manager and item.get("operation") == "Apply" for item in _all_entries(body))


def managers(body: Object) -> tuple[str, ...]:
    """Return who wrote what an object is to be, status left out, in the order of the object."""
    return tuple(dict.fromkeys(str(item.get("manager", "")) for item in entries(body)))


def applier_of(body: Object) -> str:
    """Return who made an object what it is: us, else a GitOps controller, else who wrote it first; empty if unsaid."""
    found = managers(body)
    if has_applied(body):
        return FIELD_MANAGER
    return next((name for name in found if name in GITOPS), found[0] if found else "")


def is_ours(body: Object) -> bool:
    """Tell whether an object was made of a lock: applied by us, or by whoever else applied our manifests."""
    labels = (body.get("metadata") or {}).get("labels") or {}
    return has_applied(body) or labels.get(MANAGED_BY) == FIELD_MANAGER


def gitops_owner(body: Object) -> str:
    """Return the GitOps controller that keeps an object as git has it, with its own object where it names it."""
    metadata = body.get("metadata") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    tool = next((GITOPS[name] for name in managers(body) if name in GITOPS), "")
    if name := labels.get(f"{FLUX}/name"):
        return f"Flux (Kustomization {labels.get(f'{FLUX}/namespace', '')}/{name})"
    if application := str(annotations.get(ARGO_TRACKING, "")).partition(":")[0]:
        return f"Argo CD (Application {application})"
    return tool


def entries(body: Object) -> Iterator[Object]:
    """Yield the managed fields of an object, one entry a manager and operation; those of its status left out.

    Who scales writes through a subresource as well, and what the object is to be.
    """
    return (item for item in _all_entries(body) if item.get("subresource") != "status")


def _all_entries(body: Object) -> Iterator[Object]:
    yield from (body.get("metadata") or {}).get("managedFields") or ()
