"""Who made an object: by its managed fields, and by what our manifests say of themselves. Pure."""

from collections.abc import Mapping
from typing import Any

from neuralnav.cluster.api import FIELD_MANAGER, Object

MANAGED_BY = "app.kubernetes.io/managed-by"

GITOPS: Mapping[str, str] = {
    "kustomize-controller": "Flux",
    "helm-controller": "Flux",
    "argocd-controller": "Argo CD",
    "argocd-application-controller": "Argo CD",
}
"""The field managers of the GitOps tools, as they call themselves."""


def owner_of(live: Object) -> str:
    """Return the field manager that applied an object: ours, else the newest that applied, else the first that wrote.

    Empty where the object does not say.
    """
    entries = [item for item in entries_of(live) if not item.get("subresource")]
    applied = [str(item["manager"]) for item in entries if item.get("operation") == "Apply" and item.get("manager")]
    if FIELD_MANAGER in applied:
        return FIELD_MANAGER
    if applied:
        return applied[-1]
    written = [str(item["manager"]) for item in entries if item.get("manager")]
    return next((name for name in written if name in GITOPS), written[0] if written else "")


def gitops_of(manager: str) -> str:
    """Return the GitOps tool that a field manager belongs to; empty where it belongs to none."""
    return GITOPS.get(manager, "")


def is_ours(live: Object) -> bool:
    """Tell whether an object was made of a lock: applied by us, or by whoever else applied our manifests."""
    labels = (live.get("metadata") or {}).get("labels") or {}
    return owner_of(live) == FIELD_MANAGER or labels.get(MANAGED_BY) == FIELD_MANAGER


def entries_of(live: Object) -> list[dict[str, Any]]:
    """Return the managed fields of an object, one entry a manager, operation and subresource."""
    found = (live.get("metadata") or {}).get("managedFields")
    return [item for item in found or () if isinstance(item, dict)]
