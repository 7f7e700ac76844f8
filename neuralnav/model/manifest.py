"""The Kubernetes objects that we render, as far as we render them: nothing else passes.

A template's output is parsed back and must be one of these; a field that is not here was not meant.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from neuralnav.model.base import DnsLabel, LabelKey, LabelValue, ServiceName, to_camel

ResourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9./-]{1,63}$")]
Quantity = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")]
Argument = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=400)]


class Rendered(BaseModel):
    """A part of a rendered object."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class ObjectMeta(Rendered):
    """Name, namespace, labels and annotations."""

    name: ServiceName
    namespace: DnsLabel | None = None
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    annotations: dict[LabelKey, str] = Field(default_factory=dict)


class SecretKey(Rendered):
    """A reference to a key of a secret."""

    name: DnsLabel
    key: Argument


class ValueFrom(Rendered):
    """Where a variable's value comes from."""

    secret_key_ref: SecretKey


class EnvVar(Rendered):
    """An environment variable."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: Argument | None = None
    value_from: ValueFrom | None = None


class Port(Rendered):
    """A container port."""

    name: DnsLabel
    container_port: Annotated[int, Field(ge=1, le=65535)]
    protocol: Literal["TCP"]


class HttpGet(Rendered):
    """A probe by HTTP."""

    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/_-]*$")]
    port: DnsLabel


class Probe(Rendered):
    """A probe and its patience."""

    http_get: HttpGet
    period_seconds: Annotated[int, Field(ge=1)]
    timeout_seconds: Annotated[int, Field(ge=1)]
    failure_threshold: Annotated[int, Field(ge=1)]


class Resources(Rendered):
    """Requests and limits."""

    requests: dict[ResourceName, Quantity]
    limits: dict[ResourceName, Quantity]


class VolumeMount(Rendered):
    """A volume in a container."""

    name: DnsLabel
    mount_path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/._-]*$")]
    read_only: bool | None = None


class Capabilities(Rendered):
    """Linux capabilities taken away."""

    drop: tuple[Literal["ALL"], ...]


class SecurityContext(Rendered):
    """What a container may not do."""

    allow_privilege_escalation: Literal[False]
    capabilities: Capabilities


class Container(Rendered):
    """The serving container."""

    name: Literal["kserve-container"]
    image: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,254}$")]
    command: tuple[Argument, ...] | None = None
    args: tuple[Argument, ...]
    env: tuple[EnvVar, ...] = ()
    ports: tuple[Port, ...]
    resources: Resources
    startup_probe: Probe
    readiness_probe: Probe
    liveness_probe: Probe
    security_context: SecurityContext
    volume_mounts: tuple[VolumeMount, ...] = ()


class EmptyDir(Rendered):
    """Scratch space, in memory or on disk."""

    medium: Literal["Memory"] | None = None
    size_limit: Quantity


class Claim(Rendered):
    """A persistent volume claim."""

    claim_name: DnsLabel
    read_only: bool


class Volume(Rendered):
    """A volume of the pod."""

    name: DnsLabel
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: Claim | None = None


class MatchExpression(Rendered):
    """A node must carry a label with one of these values."""

    key: LabelKey
    operator: Literal["In"]
    values: tuple[LabelValue, ...]


class NodeSelectorTerm(Rendered):
    """All expressions must hold."""

    match_expressions: tuple[MatchExpression, ...]


class NodeSelector(Rendered):
    """One of the terms must hold."""

    node_selector_terms: tuple[NodeSelectorTerm, ...]


class NodeAffinity(Rendered):
    """Which nodes are allowed."""

    required_during_scheduling_ignored_during_execution: NodeSelector


class Affinity(Rendered):
    """Where pods may run."""

    node_affinity: NodeAffinity


class Toleration(Rendered):
    """A taint that GPU nodes commonly carry."""

    key: LabelKey
    operator: Literal["Exists"]
    effect: Literal["NoSchedule"]


class Predictor(Rendered):
    """The predictor of an InferenceService; KServe makes its autoscaler from the replica fields."""

    min_replicas: Annotated[int, Field(ge=1)]
    max_replicas: Annotated[int, Field(ge=1)]
    automount_service_account_token: Literal[False]
    containers: Annotated[tuple[Container, ...], Field(min_length=1, max_length=1)]
    node_selector: dict[LabelKey, LabelValue] | None = None
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    volumes: tuple[Volume, ...] = ()


class InferenceServiceSpec(Rendered):
    """The body of an InferenceService."""

    predictor: Predictor


class InferenceService(Rendered):
    """serving.kserve.io/v1beta1 InferenceService in Standard mode."""

    api_version: Literal["serving.kserve.io/v1beta1"]
    kind: Literal["InferenceService"]
    metadata: ObjectMeta
    spec: InferenceServiceSpec


class Kustomization(Rendered):
    """kustomize.config.k8s.io/v1beta1 Kustomization."""

    api_version: Literal["kustomize.config.k8s.io/v1beta1"]
    kind: Literal["Kustomization"]
    namespace: DnsLabel
    resources: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.yaml$")], ...]


KINDS: dict[str, type[Rendered]] = {"InferenceService": InferenceService, "Kustomization": Kustomization}
"""The kinds a template may emit."""


def manifest_kind(value: Any) -> type[Rendered] | None:  # whatever a template emitted
    """Return the model that a rendered object must satisfy, or None when its kind is not one of ours."""
    return KINDS.get(value.get("kind", "")) if isinstance(value, dict) else None
