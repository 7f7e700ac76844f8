"""What the cluster verbs ask of a Kubernetes API server, and how it can fail. `connect` (connection.py) gives one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal, Protocol

from neuralnav.errors import Diagnostic, NeuralnavError, Where

FIELD_MANAGER = "neuralnav"
"""Who owns what we apply; what others own is never taken from them unasked, nor deleted."""

Object = dict[str, Any]
"""A Kubernetes object: an arbitrary JSON document."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object, as the API names it: `group` is empty for core kinds."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """Return what objects of the kind say: group/version."""
        return f"{self.group}/{self.version}" if self.group else self.version


KINDS: Mapping[str, Kind] = {
    item.kind: item
    for item in (
        Kind("serving.kserve.io", "v1beta1", "InferenceService", "inferenceservices"),
        Kind("serving.kserve.io", "v1alpha2", "LLMInferenceService", "llminferenceservices"),
        Kind("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
        Kind("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
        Kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
        Kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
        Kind("", "v1", "ConfigMap", "configmaps"),
        Kind("", "v1", "Pod", "pods"),
        Kind("", "v1", "Event", "events"),
        Kind("", "v1", "Service", "services"),
        Kind("", "v1", "Namespace", "namespaces", namespaced=False),
        Kind("", "v1", "Node", "nodes", namespaced=False),
    )
}
"""Every kind that a verb applies or reads, by its name."""


@dataclass(frozen=True, slots=True)
class Ref:
    """One object: what `kubectl get KIND -n NAMESPACE NAME` names."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.kind.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Owner:
    """A field that others own: who, and which (as a path from the object's root, `.spec.predictor.minReplicas`)."""

    manager: str
    field: str


Cause = Literal[
    "unreachable",
    "unauthorized",
    "forbidden",
    "no-kind",
    "no-namespace",
    "conflict",
    "invalid",
    "busy",
    "gone",
    "other",
]
"""Why a request failed. `no-kind`: the CRD is not installed; `conflict`: fields belong to somebody else; `busy`: 429 or
5xx for longer than we wait; `gone`: a watch or list must begin anew."""


class ClusterError(NeuralnavError):
    """A cluster did not do what it was asked to. `cause` tells why, `owners` whose fields are in the way."""

    def __init__(
        self, where: str, message: str, hint: str = "", *, cause: Cause = "other", status: int = 0,
        owners: Sequence[Owner] = (),
    ) -> None:  # fmt: skip
        self.where, self.message, self.hint = where, message, hint
        self.cause, self.status, self.owners = cause, status, tuple(owners)
        super().__init__([Diagnostic(Where(where), message, hint)])

    def __reduce__(self) -> tuple[partial["ClusterError"], tuple[str, str, str]]:  # type: ignore[override]  # other fields
        """Cross a process boundary whole."""
        made = partial(type(self), cause=self.cause, status=self.status, owners=self.owners)
        return made, (self.where, self.message, self.hint)


class Api(Protocol):
    """A Kubernetes API server under one context.

    Every call waits out a server that restarts, stumbles or says 429, within the patience it was connected with, asks
    for fresh credentials once when they have expired, and raises `ClusterError` for everything else.
    """

    @property
    def context(self) -> str:
        """The name of the context."""

    @property
    def server(self) -> str:
        """The address of the server."""

    def now(self) -> datetime:
        """Return the time by the clock of the server, which stamps its objects; ours until it has answered."""

    def get(self, ref: Ref) -> Object | None:
        """Return an object, or None where there is none."""

    def list(self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "") -> list[Object]:
        """Return the objects of a kind, in pages, by namespace and name; of all namespaces where none is named.

        `labels` and `fields` are selectors as kubectl writes them.
        """

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Apply an object on the server's side as FIELD_MANAGER, strictly validated; return it as it then is.

        Raises `ClusterError` with cause `conflict` and the owners where others own a field and `force` is not given.
        """

    def delete(self, ref: Ref, *, uid: str, dry_run: bool = False) -> bool:
        """Delete an object that still has this uid, its dependents in the background; False if it is gone."""

    def watch(self, kind: Kind, namespace: str, *, name: str = "", seconds: float) -> Iterator[Object]:
        """Yield the objects of a kind as they are and then as they change, for so many seconds at most.

        A watch that breaks is taken up again. An object that is deleted is yielded once more, with a
        `metadata.deletionTimestamp`.
        """
