"""`workload.yaml`: what a service is for, how much traffic it gets, which SLOs it has and which limits hold."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from neuralnav.model.base import ApiVersion, DnsLabel, Doc, Line, Metadata, Token
from neuralnav.model.catalog import Arrival, Count, Experience, Id, Precision, PriceKind, Share
from neuralnav.model.quantity import Milliseconds, People, RequestsPerSecond, UsdPerMonth

Level = Literal["low", "medium", "high"]
Confidence = Literal["likely", "safe"]
Target = Literal["InferenceService", "LLMInferenceService"]
Mode = Literal["vllm", "simulator"]
AutoscalerClass = Literal["none", "hpa", "keda", "wva"]
Monitoring = Literal["PodMonitor", "none"]
Redundancy = Literal["none", "n+1"]
CUSTOM = "custom"

Factor = Annotated[float, Field(ge=1, le=100)]
Tokens = Annotated[int, Field(ge=1, le=10_000_000)]
OutputTokens = Annotated[int, Field(ge=2, le=10_000_000)]
"""One token has no gap after it, hence no ITL."""

DnsSubdomain = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", max_length=253)
]
LabelText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")]

_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
IMAGE = rf"^(?:{_HOST}(?::[0-9]{{1,5}})?/)?{_NAME}(?:/{_NAME})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?$"
Image = Annotated[str, StringConstraints(pattern=IMAGE, max_length=180)]
"""A container image by name and tag, in the grammar of image references; its digest stands beside it."""

ImageDigest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Url = Annotated[
    str, StringConstraints(pattern=rf"^https?://{_HOST}(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~/-]*)?$", max_length=253)
]
"""The address of a service, without user, query or fragment."""

UserId = Annotated[int, Field(ge=1, le=2_147_483_647)]


class Traffic(Doc):
    """How many requests come, and how long they are.

    Give `users` (the use case's shape turns them into a rate) or `requestRate` (the mean rate itself), and token
    lengths as a `profile` or as `promptTokens` and `outputTokens`. What is not given comes from the use case.
    """

    users: Annotated[People, Field(ge=1, le=10_000_000_000)] | None = None
    request_rate: RequestsPerSecond | None = None
    active_share: Share | None = None
    requests_per_active_user_per_minute: Annotated[float, Field(gt=0, le=10_000)] | None = None
    peak_factor: Factor | None = None
    arrival: Arrival | None = None
    burst_size: Factor | None = None
    profile: Id | None = None
    prompt_tokens: Tokens | None = None
    output_tokens: OutputTokens | None = None

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        if (self.users is None) == (self.request_rate is None):
            raise ValueError("give either users or requestRate; users: 5000, or requestRate: 12 req/s")
        if self.profile is not None and (self.prompt_tokens is not None or self.output_tokens is not None):
            raise ValueError("give either profile or promptTokens and outputTokens, not both; remove one of them")
        if (self.prompt_tokens is None) != (self.output_tokens is None):
            raise ValueError("promptTokens and outputTokens come together; add the other one")
        return self


class Slo(Doc):
    """p95 ceilings of time to first token, inter-token latency and end-to-end latency."""

    ttft: Milliseconds | None = None
    itl: Milliseconds | None = None
    e2e: Milliseconds | None = None

    @model_validator(mode="after")
    def _first_before_last(self) -> Self:
        if self.ttft is not None and self.e2e is not None and self.e2e < self.ttft:
            raise ValueError(
                "the SLOs contradict each other: e2e is below ttft; the end cannot come before the first token"
            )
        return self


class Priorities(Doc):
    """How much each quality of a plan matters; what is not given is medium."""

    accuracy: Level = "medium"
    cost: Level = "medium"
    latency: Level = "medium"
    complexity: Level = "medium"


class Weights(Doc):
    """The weights of the four scores, in any unit: they are divided by their sum."""

    accuracy: Annotated[float, Field(ge=0, le=1_000_000)]
    cost: Annotated[float, Field(ge=0, le=1_000_000)]
    latency: Annotated[float, Field(ge=0, le=1_000_000)]
    complexity: Annotated[float, Field(ge=0, le=1_000_000)]

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if self.accuracy + self.cost + self.latency + self.complexity <= 0:
            raise ValueError("all weights are zero; give at least one above zero")
        return self


class Selection(Doc):
    """Names to choose among. Both lists take ids or names of the catalog; without `allow` all are, and `deny` wins."""

    allow: tuple[Line, ...] | None = None
    deny: tuple[Line, ...] = ()


class Constraints(Doc):
    """Limits that a plan must keep.

    `reasoning: true` admits models that always reason: say token lengths that count their thinking.
    """

    models: Selection | None = None
    families: Selection | None = None
    licenses: tuple[Id, ...] | None = None
    accelerators: Selection | None = None
    precisions: tuple[Precision, ...] | None = None
    context_length: Tokens | None = None
    budget: UsdPerMonth | None = None
    gpus: Count | None = None
    reasoning: bool | None = None
    regions: tuple[LabelText, ...] | None = None
    provider: Id | None = None
    price_kind: PriceKind | None = None


class Autoscaling(Doc):
    """How the number of replicas follows the load, through KServe's own fields.

    `class`: none (the planned number), keda (requests in flight, read from `prometheus`; the default where an address
    is given), hpa (CPU, which says little of a GPU server; InferenceService only) or wva (the workload variant
    autoscaler; LLMInferenceService only). `maxReplicas`: the planned number when not given.
    """

    max_replicas: Count | None = None
    class_: AutoscalerClass | None = None
    prometheus: Url | None = None

    @model_validator(mode="after")
    def _source_of_the_metric(self) -> Self:
        if self.class_ == "keda" and self.prometheus is None:
            raise ValueError("class keda reads its metric from Prometheus; add prometheus: http://HOST:PORT")
        if self.class_ not in (None, "keda") and self.prometheus is not None:
            raise ValueError(f"class {self.class_} does not read prometheus; remove it, or set class: keda")
        return self


class Storage(Doc):
    """Where the weights come from.

    From the Hugging Face hub, with the key `HF_TOKEN` of the secret `tokenSecret` when one is named; or from a volume
    claim that holds the checkpoints by repository name (`Qwen/Qwen3-32B-FP8`) below `path`.
    """

    claim: DnsLabel | None = None
    path: Token | None = None
    token_secret: DnsLabel | None = None

    @model_validator(mode="after")
    def _path_in_claim(self) -> Self:
        if self.path is not None and self.claim is None:
            raise ValueError("path lies in a claim; add claim: NAME")
        return self


class Network(Doc):
    """Who may reach the service: the pods of these namespaces, or everyone when none are given.

    Name the namespaces of the gateway and of Prometheus too: requests and metrics share a port.
    """

    from_: Annotated[tuple[DnsLabel, ...], Field(min_length=1)] | None = None


class Deploy(Doc):
    """How the plan is rendered. See docs/manifests.md for what each field becomes."""

    namespace: DnsLabel | None = None
    target: Target = "InferenceService"
    mode: Mode = "vllm"
    redundancy: Redundancy | None = None
    autoscaling: Autoscaling = Field(default_factory=Autoscaling)
    storage: Storage = Field(default_factory=Storage)
    image: Image | None = None
    image_digest: ImageDigest | None = None
    monitoring: Monitoring = "PodMonitor"
    network: Network = Field(default_factory=Network)
    priority_class: DnsSubdomain | None = None
    prefix_caching: bool = False
    run_as_user: UserId | None = None

    @model_validator(mode="after")
    def _of_one_target(self) -> Self:
        chosen = self.autoscaling.class_
        if chosen == "hpa" and self.target != "InferenceService":
            raise ValueError("LLMInferenceService has no autoscaler by CPU; set autoscaling.class to keda or none")
        if chosen == "wva" and self.target != "LLMInferenceService":
            raise ValueError("autoscaling.class wva is a field of LLMInferenceService; set target, or class: keda")
        if self.autoscaling.prometheus is not None and self.monitoring == "none":
            raise ValueError("keda scales on metrics that the PodMonitor collects; remove monitoring: none")
        return self


class WorkloadSpec(Doc):
    """The body of a workload."""

    use_case: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
    experience: Experience | None = None
    domain: Line | None = None
    traffic: Traffic
    slo: Slo = Field(default_factory=Slo)
    priorities: Priorities | None = None
    weights: Weights | None = None
    constraints: Constraints = Field(default_factory=Constraints)
    confidence: Confidence | None = None
    deploy: Deploy = Field(default_factory=Deploy)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.priorities is not None and self.weights is not None:
            raise ValueError("give either priorities or weights, not both; remove one of them")
        return self


class Workload(Doc):
    """One service that is to be planned. See docs/formats.md for every field."""

    api_version: ApiVersion
    kind: Literal["Workload"]
    metadata: Metadata
    spec: WorkloadSpec
