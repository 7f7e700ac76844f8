"""What stands beside a service: its monitor, its disruption budget, its network policy and its kustomization."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import DnsLabel
from neuralnav.model.manifest.parts import (
    LabelSelector,
    Named,
    PodCount,
    PortName,
    PortNumber,
    Rendered,
)

Interval = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}(ms|s|m)$")]


class TlsConfig(Rendered):
    """How Prometheus trusts a pod."""

    insecure_skip_verify: bool


class PodMetricsEndpoint(Rendered):
    """A port of a pod that Prometheus reads."""

    port: PortName
    path: Literal["/metrics"]
    scheme: Literal["http", "https"] | None = None
    interval: Interval | None = None
    scrape_timeout: Interval | None = None
    tls_config: TlsConfig | None = None


class PodMonitorSpec(Rendered):
    """Which pods Prometheus reads."""

    selector: LabelSelector
    pod_metrics_endpoints: Annotated[tuple[PodMetricsEndpoint, ...], Field(min_length=1)]


class PodMonitor(Named):
    """monitoring.coreos.com/v1 PodMonitor."""

    api_version: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PodMonitor"]
    spec: PodMonitorSpec


class PodDisruptionBudgetSpec(Rendered):
    """How many pods may go at a time, or must stay."""

    max_unavailable: PodCount | None = None
    min_available: PodCount | None = None
    selector: LabelSelector
    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] | None = None


class PodDisruptionBudget(Named):
    """policy/v1 PodDisruptionBudget."""

    api_version: Literal["policy/v1"]
    kind: Literal["PodDisruptionBudget"]
    spec: PodDisruptionBudgetSpec


class NetworkPort(Rendered):
    """A port that is open."""

    protocol: Literal["TCP", "UDP"]
    port: PortNumber | PortName


class NetworkPeer(Rendered):
    """Who is on the other side: the pods that both selectors, as far as given, agree on."""

    namespace_selector: LabelSelector | None = None
    pod_selector: LabelSelector | None = None


class NetworkIngress(Rendered):
    """Traffic that may come in: of anyone where no peer, to any port where no port is named."""

    ports: tuple[NetworkPort, ...] = ()
    from_: tuple[NetworkPeer, ...] = ()


class NetworkEgress(Rendered):
    """Traffic that may go out."""

    ports: tuple[NetworkPort, ...] = ()
    to: tuple[NetworkPeer, ...] = ()


class NetworkPolicySpec(Rendered):
    """Which traffic of which pods."""

    pod_selector: LabelSelector
    policy_types: Annotated[tuple[Literal["Ingress", "Egress"], ...], Field(min_length=1)]
    ingress: tuple[NetworkIngress, ...] = ()
    egress: tuple[NetworkEgress, ...] = ()


class NetworkPolicy(Named):
    """networking.k8s.io/v1 NetworkPolicy."""

    api_version: Literal["networking.k8s.io/v1"]
    kind: Literal["NetworkPolicy"]
    spec: NetworkPolicySpec


class Kustomization(Rendered):
    """kustomize.config.k8s.io/v1beta1 Kustomization."""

    api_version: Literal["kustomize.config.k8s.io/v1beta1"]
    kind: Literal["Kustomization"]
    namespace: DnsLabel
    resources: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*\.yaml$")], ...], Field(min_length=1)
    ]
