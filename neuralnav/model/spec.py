"""A workload with nothing left open, and how candidates are named. No library of tables is loaded for these."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.model.workload import AutoscalerClass, Deploy, Mode, Monitoring, Target

UNLIMITED_GPUS = 1_000_000

LONGEST_NAME = 63 - len("isvc.") - len("-predictor")
"""The longest name of an InferenceService: KServe labels its pods `app: isvc.<name>-predictor`. Names that it derives
from an LLMInferenceService's it cuts."""

LONGEST_NODES_NAME = 63 - len("-kserve-mn") - len("-99") - len("-0123456789")
"""The longest name of a service whose replicas span nodes: KServe makes a LeaderWorkerSet `<name>-kserve-mn` of it,
that a StatefulSet per replica, `-<replica>`, and Kubernetes labels its pods with that name and a hash of ten."""


def candidate_id(model: str, precision: str, accelerator: str, tp: int, pp: int = 1) -> str:
    """Return the id of a candidate; pipeline parallelism shows where there is any."""
    return f"{model}/{precision}/{accelerator}/tp{tp}" + (f"/pp{pp}" if pp > 1 else "")


def parts_of(candidate: str) -> tuple[str, str, str]:
    """Return the model, precision and accelerator of a candidate's id; empty where one edited by hand has none."""
    model, precision, accelerator, *_ = (*candidate.split("/"), "", "", "")
    return model, precision, accelerator


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that the workload did not state: the field, what was taken, and why."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class UnusedRuns:
    """Measured runs that say nothing of a plan: why, how many, and the first by name."""

    reason: str
    count: int
    first: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """How the outcomes of a configuration contradict what was measured of it.

    How many outcomes and measured runs there are, and outcome over runs of each metric in conflict: that of the outcome
    which lies furthest off, at its shape and load.
    """

    outcomes: int
    runs: int
    factors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """The weights of the four scores; they sum to 1."""

    accuracy: float
    cost: float
    latency: float
    complexity: float


@dataclass(frozen=True, slots=True)
class Allowed:
    """The catalog ids that each constraint admits; everything where it is not constrained."""

    models: frozenset[str]
    families: frozenset[str]
    licenses: frozenset[str]
    accelerators: frozenset[str]
    precisions: frozenset[str]


@dataclass(frozen=True, slots=True)
class DeploySettings:
    """How the plan is rendered. Empty text and 0 mean: not asked for."""

    namespace: str
    target: Target
    mode: Mode
    max_replicas: int
    claim: str
    path: str
    token_secret: str
    image: str
    regions: tuple[str, ...]
    image_digest: str = ""
    autoscaler: AutoscalerClass = "none"
    prometheus: str = ""
    monitoring: Monitoring = "PodMonitor"
    network_from: tuple[str, ...] = ()
    priority_class: str = ""
    prefix_caching: bool = False
    run_as_user: int = 0


def deploy_settings(deploy: Deploy, *, namespace: str, regions: tuple[str, ...]) -> DeploySettings:
    """Return a workload's deploy section with its defaults: keda where Prometheus is named, else no autoscaler."""
    autoscaling, storage = deploy.autoscaling, deploy.storage
    return DeploySettings(
        namespace=namespace,
        target=deploy.target,
        mode=deploy.mode,
        max_replicas=autoscaling.max_replicas or 0,
        claim=storage.claim or "",
        path=storage.path or "",
        token_secret=storage.token_secret or "",
        image=deploy.image or "",
        regions=regions,
        image_digest=deploy.image_digest or "",
        autoscaler=autoscaling.class_ or ("keda" if autoscaling.prometheus else "none"),
        prometheus=autoscaling.prometheus or "",
        monitoring=deploy.monitoring,
        network_from=deploy.network.from_ or (),
        priority_class=deploy.priority_class or "",
        prefix_caching=deploy.prefix_caching,
        run_as_user=deploy.run_as_user or 0,
    )


@dataclass(frozen=True, slots=True)
class ResolvedSpec:
    """A workload with nothing left open. Rates are requests per second, times milliseconds, lengths tokens.

    `curve_arrival` is that of the load curves it is planned with: Poisson where tables hold its shape, else its own.
    """

    name: str
    labels: tuple[tuple[str, str], ...]
    use_case: str
    mean_rps: float
    peak_rps: float
    arrival: str
    burst_size: float
    prompt_tokens: int
    output_tokens: int
    context_tokens: int
    slo_ms: Mapping[str, float]
    weights: ScoreWeights
    quality_weights: Mapping[str, float]
    allowed: Allowed
    budget_usd_per_month: float
    max_gpus: int
    reasoning: bool
    provider: str
    price_kind: str
    confidence: str
    headroom: float
    experience: str
    spare_replicas: int
    sticky_margin: float
    top: int
    deploy: DeploySettings
    assumptions: tuple[Assumption, ...]
    curve_arrival: str = "poisson"

    @property
    def spans_nodes(self) -> bool:
        """Tell whether a replica may have pods on several nodes: only an LLMInferenceService's, under a short name."""
        return self.deploy.target == "LLMInferenceService" and len(self.name) <= LONGEST_NODES_NAME
