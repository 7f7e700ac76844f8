"""What rendered objects are made of: texts, amounts, metadata and the parts of a pod, in the ranges of Kubernetes."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from neuralnav.model.base import DnsLabel, LabelKey, LabelValue, ServiceName, to_camel
from neuralnav.model.workload import IMAGE, DnsSubdomain

LARGEST_INT32 = 2_147_483_647

BLOCKED_VARIABLES = frozenset({"PYTHONPATH"})
"""Variables that KServe's webhook refuses in a serving container."""

_MULTIPLES = {
    "m": Decimal("0.001"), "": Decimal(1), "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "T": Decimal(10**12), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40),
}  # fmt: skip
_AMOUNT = re.compile(r"([0-9.]+)([A-Za-z]*)")


def _with_some_letter(name: str) -> str:
    if not re.search("[a-z]", name):
        raise ValueError("the name of a port needs a letter")
    return name


def _not_blocked(name: str) -> str:
    if name in BLOCKED_VARIABLES:
        raise ValueError(f"KServe refuses the variable {name}")
    return name


Labels = dict[LabelKey, LabelValue]
Annotations = dict[LabelKey, Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=1024)]]

ResourceName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(cpu|memory|ephemeral-storage|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
        r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?)$",
        max_length=253,
    ),
]
"""A resource of Kubernetes, or an extended one, which a domain names: `nvidia.com/gpu`."""

Quantity = Annotated[
    str, StringConstraints(pattern=r"^([1-9][0-9]{0,14}(\.[0-9]{1,9})?|0\.[0-9]{0,8}[1-9])(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")
]
"""An amount above zero."""

Argument = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=1024)]
PortName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=15), AfterValidator(_with_some_letter)
]
PortNumber = Annotated[int, Field(ge=1, le=65_535)]
Share = Annotated[str, StringConstraints(pattern=r"^(100|[1-9]?[0-9])%$")]
PodCount = Annotated[int, Field(ge=0, le=LARGEST_INT32)] | Share
"""A number of pods, or a share of them."""

Count = Annotated[int, Field(ge=1, le=LARGEST_INT32)]
Seconds = Annotated[int, Field(ge=1, le=LARGEST_INT32)]
User = Annotated[int, Field(ge=1, le=LARGEST_INT32)]
Path = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_.-]*[A-Za-z0-9_-])+$", max_length=1024)]
"""An absolute path without `.` and `..`."""

ImageReference = Annotated[
    str, StringConstraints(pattern=IMAGE.removesuffix("$") + r"(@sha256:[0-9a-f]{64})?$", max_length=255)
]
"""An image by name, with its tag, its digest or both."""

Variable = Annotated[
    str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$", max_length=128), AfterValidator(_not_blocked)
]


def amount(quantity: str) -> Decimal:
    """Return a quantity in units: "500m" is 0.5, "2Gi" 2147483648."""
    found = _AMOUNT.fullmatch(quantity)
    if found is None:
        raise ValueError(f"{quantity} is not a quantity")
    return Decimal(found[1]) * _MULTIPLES[found[2]]


def distinct(*fields: str) -> AfterValidator:
    """Return the validator of a list in which no two entries have the same values of `fields`."""

    def check(items: Iterable[BaseModel]) -> Iterable[BaseModel]:
        seen = set()
        for item in items:
            key = tuple(getattr(item, name) for name in fields)
            if key in seen:
                raise ValueError(f"two entries have the same {' and '.join(to_camel(name) for name in fields)}")
            seen.add(key)
        return items

    found: Callable[[Iterable[BaseModel]], Iterable[BaseModel]] = check
    return AfterValidator(found)


class Rendered(BaseModel):
    """A part of a rendered object: a field that is not here was not meant."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class Empty(Rendered):
    """An object that is there, with every default."""


class ObjectMeta(Rendered):
    """Name, namespace, labels and annotations."""

    name: ServiceName
    namespace: DnsLabel
    labels: Labels = Field(default_factory=dict)
    annotations: Annotations = Field(default_factory=dict)


class Named(Rendered):
    """An object of the cluster."""

    api_version: str
    kind: str
    metadata: ObjectMeta


class LocalReference(Rendered):
    """The name of an object in the same namespace."""

    name: DnsSubdomain


class MatchExpression(Rendered):
    """A label must have one of these values."""

    key: LabelKey
    operator: Literal["In"]
    values: Annotated[tuple[LabelValue, ...], Field(min_length=1)]


class LabelSelector(Rendered):
    """Objects by their labels: all of these, and all expressions."""

    match_labels: Labels = Field(default_factory=dict)
    match_expressions: tuple[MatchExpression, ...] = ()


class SecretKey(Rendered):
    """A reference to a key of a secret."""

    name: DnsSubdomain
    key: Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z0-9]{1,253}$")]


class ValueFrom(Rendered):
    """Where a variable's value comes from."""

    secret_key_ref: SecretKey


class EnvVar(Rendered):
    """An environment variable."""

    name: Variable
    value: Argument | None = None
    value_from: ValueFrom | None = None


class Port(Rendered):
    """A container port."""

    name: PortName
    container_port: PortNumber
    protocol: Literal["TCP"]


class HttpGet(Rendered):
    """A probe by HTTP."""

    path: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_-]+)+$", max_length=253)]
    port: PortName
    scheme: Literal["HTTP", "HTTPS"] | None = None


class Probe(Rendered):
    """A probe and its patience."""

    http_get: HttpGet
    initial_delay_seconds: Seconds | None = None
    period_seconds: Seconds
    timeout_seconds: Seconds
    failure_threshold: Count


class Resources(Rendered):
    """Requests and limits."""

    requests: Annotated[dict[ResourceName, Quantity], Field(min_length=1)]
    limits: Annotated[dict[ResourceName, Quantity], Field(min_length=1)]


class VolumeMount(Rendered):
    """A volume in a container."""

    name: DnsLabel
    mount_path: Path
    read_only: bool | None = None


class Capabilities(Rendered):
    """Linux capabilities taken away."""

    drop: Annotated[tuple[Literal["ALL"], ...], Field(min_length=1, max_length=1)]


class SeccompProfile(Rendered):
    """Which system calls may be made."""

    type: Literal["RuntimeDefault"]


class SecurityContext(Rendered):
    """What a container may not do."""

    allow_privilege_escalation: Literal[False]
    capabilities: Capabilities
    seccomp_profile: SeccompProfile
    run_as_non_root: bool
    run_as_user: User | None = None
    run_as_group: User | None = None
    read_only_root_filesystem: bool | None = None


class PodSecurityContext(Rendered):
    """What the containers of a pod have in common."""

    fs_group: User | None = None
    run_as_non_root: bool | None = None
    run_as_user: User | None = None
    run_as_group: User | None = None
    seccomp_profile: SeccompProfile | None = None


class Command(Rendered):
    """A command that runs in the container."""

    command: Annotated[tuple[Argument, ...], Field(min_length=1)]


class Handler(Rendered):
    """What runs at a turn of a container's life."""

    exec_: Command


class Lifecycle(Rendered):
    """The turns of a container's life that are handled."""

    pre_stop: Handler


class Container(Rendered):
    """The serving container, by the name that the kind of its service gives it."""

    name: Literal["kserve-container", "main"]
    image: ImageReference
    command: Annotated[tuple[Argument, ...], Field(min_length=1)] | None = None
    args: Annotated[tuple[Argument, ...], Field(min_length=1)]
    env: Annotated[tuple[EnvVar, ...], distinct("name")] = ()
    ports: Annotated[tuple[Port, ...], Field(min_length=1), distinct("name"), distinct("container_port", "protocol")]
    resources: Resources
    startup_probe: Probe | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    security_context: SecurityContext
    lifecycle: Lifecycle | None = None
    volume_mounts: Annotated[tuple[VolumeMount, ...], distinct("mount_path")] = ()


class EmptyDir(Rendered):
    """Scratch space, in memory or on disk."""

    medium: Literal["Memory"] | None = None
    size_limit: Quantity


class Claim(Rendered):
    """A persistent volume claim."""

    claim_name: DnsSubdomain
    read_only: bool


class Volume(Rendered):
    """A volume of the pod."""

    name: DnsLabel
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: Claim | None = None


class NodeSelectorTerm(Rendered):
    """All expressions must hold."""

    match_expressions: Annotated[tuple[MatchExpression, ...], Field(min_length=1)]


class NodeSelector(Rendered):
    """One of the terms must hold."""

    node_selector_terms: Annotated[tuple[NodeSelectorTerm, ...], Field(min_length=1)]


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


class TopologySpread(Rendered):
    """How evenly pods are spread over a level of the topology."""

    max_skew: Count
    topology_key: LabelKey
    when_unsatisfiable: Literal["ScheduleAnyway", "DoNotSchedule"]
    label_selector: LabelSelector


class PodSpec(Rendered):
    """A pod with one container."""

    automount_service_account_token: Literal[False]
    containers: Annotated[tuple[Container, ...], Field(min_length=1, max_length=1)]
    priority_class_name: DnsSubdomain | None = None
    security_context: PodSecurityContext | None = None
    image_pull_secrets: Annotated[tuple[LocalReference, ...], distinct("name")] = ()
    termination_grace_period_seconds: Seconds | None = None
    node_selector: Labels | None = None
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: Annotated[
        tuple[TopologySpread, ...], distinct("topology_key", "when_unsatisfiable")
    ] = ()
    volumes: Annotated[tuple[Volume, ...], distinct("name")] = ()

    @property
    def container(self) -> Container:
        """The one container."""
        return self.containers[0]
