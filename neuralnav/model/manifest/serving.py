"""The services: InferenceService in Standard mode and LLMInferenceService, as far as they are rendered."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import DnsLabel
from neuralnav.model.manifest.parts import (
    Annotations,
    Argument,
    Count,
    Empty,
    Labels,
    LocalReference,
    Named,
    PodCount,
    PodSpec,
    PortNumber,
    Quantity,
    Rendered,
    Seconds,
)
from neuralnav.model.workload import Url

Query = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=4096)]
Decimals = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?$")]


class RollingUpdate(Rendered):
    """How many pods a rollout adds and takes away at a time, in pods or as a share."""

    max_surge: PodCount
    max_unavailable: PodCount


class DeploymentStrategy(Rendered):
    """How pods are replaced."""

    type: Literal["RollingUpdate", "Recreate"]
    rolling_update: RollingUpdate | None = None


class ExternalMetric(Rendered):
    """A query of Prometheus."""

    backend: Literal["prometheus"]
    server_address: Url
    query: Query


class MetricTarget(Rendered):
    """What the metric is held to. KServe hands the value to KEDA as its threshold, and leaves KEDA's type: per pod."""

    type: Literal["Value"]
    value: Quantity


class External(Rendered):
    """A metric from outside the cluster's metrics API, and its target."""

    metric: ExternalMetric
    target: MetricTarget


class ScalingMetric(Rendered):
    """What a KEDA autoscaler reads."""

    type: Literal["External"]
    external: External


class AutoScaling(Rendered):
    """The metrics of an InferenceService's autoscaler."""

    metrics: Annotated[tuple[ScalingMetric, ...], Field(min_length=1)]


class Predictor(PodSpec):
    """The predictor of an InferenceService; KServe makes its autoscaler from the replica and scaling fields."""

    min_replicas: Count
    max_replicas: Count
    timeout: Count | None = None
    scale_metric: Literal["cpu"] | None = None
    scale_target: Annotated[int, Field(ge=1, le=100)] | None = None
    auto_scaling: AutoScaling | None = None
    deployment_strategy: DeploymentStrategy | None = None
    labels: Labels = Field(default_factory=dict)
    annotations: Annotations = Field(default_factory=dict)


class InferenceServiceSpec(Rendered):
    """The body of an InferenceService."""

    predictor: Predictor


class InferenceService(Named):
    """serving.kserve.io/v1beta1 InferenceService in Standard mode."""

    api_version: Literal["serving.kserve.io/v1beta1"]
    kind: Literal["InferenceService"]
    spec: InferenceServiceSpec


class LLMModel(Rendered):
    """Where an LLMInferenceService takes its weights, and the name that it serves."""

    name: Argument
    uri: Annotated[
        str, StringConstraints(pattern=r"^(hf|pvc|oci|s3|gs)://[A-Za-z0-9][A-Za-z0-9._:@/-]*$", max_length=512)
    ]


class Parallelism(Rendered):
    """Accelerators of a pod and pods of a replica."""

    tensor: Count | None = None
    pipeline: Count | None = None
    data: Count | None = None
    data_local: Count | None = None
    data_rpc_port: PortNumber | None = Field(default=None, alias="dataRPCPort")
    expert: bool | None = None


class TriggerMetadata(Rendered):
    """A Prometheus trigger of KEDA: replicas follow the query's value divided by the threshold."""

    server_address: Url
    query: Query
    threshold: Decimals
    activation_threshold: Decimals | None = None


class Trigger(Rendered):
    """A KEDA trigger."""

    type: Literal["prometheus"]
    name: DnsLabel | None = None
    metric_type: Literal["AverageValue"] | None = None
    metadata: TriggerMetadata


class Keda(Rendered):
    """KEDA without triggers, as the workload variant autoscaler drives it."""

    polling_interval: Seconds | None = None
    cooldown_period: Seconds | None = None


class DirectKeda(Keda):
    """KEDA by its own triggers."""

    triggers: Annotated[tuple[Trigger, ...], Field(min_length=1)]


class Wva(Rendered):
    """The workload variant autoscaler: what a replica costs, and what scales on its word."""

    variant_cost: Decimals
    hpa: Empty | None = None
    keda: Keda | None = None


class Scaling(Rendered):
    """The autoscaler of an LLMInferenceService."""

    min_replicas: Count
    max_replicas: Count
    keda: DirectKeda | None = None
    wva: Wva | None = None


class StorageInitializer(Rendered):
    """Whether KServe fetches the weights."""

    enabled: bool


class GatewayReference(Rendered):
    """A gateway, or an ingress, that exists."""

    name: DnsLabel
    namespace: DnsLabel


class References(Rendered):
    """What to use in place of what KServe would make; KServe's own when there are none."""

    refs: tuple[GatewayReference, ...] = ()


class Route(Rendered):
    """The route that KServe makes."""

    http: Empty | None = None


class Scheduler(Rendered):
    """The scheduler that KServe makes."""

    replicas: Count | None = None


class Router(Rendered):
    """How requests reach the service."""

    route: Route | None = None
    gateway: References | None = None
    scheduler: Scheduler | None = None
    ingress: References | None = None


class LLMInferenceServiceSpec(Rendered):
    """The body of an LLMInferenceService. KServe merges `template` and `worker` over its presets."""

    model: LLMModel
    base_refs: tuple[LocalReference, ...] = ()
    storage_initializer: StorageInitializer | None = None
    replicas: Count | None = None
    scaling: Scaling | None = None
    parallelism: Parallelism | None = None
    router: Router
    template: PodSpec
    worker: PodSpec | None = None
    labels: Labels = Field(default_factory=dict)
    annotations: Annotations = Field(default_factory=dict)


class LLMInferenceService(Named):
    """serving.kserve.io/v1alpha2 LLMInferenceService."""

    api_version: Literal["serving.kserve.io/v1alpha2"]
    kind: Literal["LLMInferenceService"]
    spec: LLMInferenceServiceSpec
