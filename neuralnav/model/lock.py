"""`plan.lock`, the narrow waist: everything that acts (render, check, cluster, simulator) reads only it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from neuralnav.model.base import DnsLabel, LabelKey, LabelValue
from neuralnav.model.emit import emit
from neuralnav.model.workload import AutoscalerClass, ImageDigest, Mode, Monitoring, Target

SCHEMA = 1
"""Raised when an older tool could misread the lock."""

REVISION = 2
"""Raised when the same inputs give other bytes than before: a new field, a changed formula."""

HEADER = "# Written by neuralnav compile. Edit the workload instead.\n"
END = "...\n"
"""YAML's own end-of-document mark closes a lock, so that one cut short is known for it."""

_CHOICE = re.compile(r"^choice:\n  candidate: (?P<candidate>.*)$", re.MULTILINE)
_LISTED = re.compile(r"^ *- path: (?P<path>.+)$", re.MULTILINE)
"""How a lock tells its choice and its manifests; reading all of one takes 30 ms."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(max_length=1000)]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/+-]*$", max_length=200)]
"""A name that becomes an argument: KServe's presets hand arguments to a shell, so no character of it means anything."""


class LockDoc(BaseModel):
    """A frozen part of a lock; keys are written as they are named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class Inputs(LockDoc):
    """One digest per input, so that drift has a name; of catalog, prices and evidence the slice it considers."""

    workload: Digest
    settings: Digest
    layout: Digest
    policies: tuple[Text, ...] = ()
    catalog: Digest
    prices: Digest
    evidence: Digest
    templates: Digest


class LockedAssumption(LockDoc):
    """A value that nobody stated."""

    field: Text
    value: Text
    why: Text


class LockedRequirements(LockDoc):
    """What the plan was made for. Rates are requests per second of the whole service."""

    use_case: Text
    mean_rps: float
    peak_rps: float
    arrival: Text
    prompt_tokens: int
    output_tokens: int
    context_tokens: int
    ttft_p95_ms: float
    itl_p95_ms: float
    e2e_p95_ms: float
    confidence: Literal["likely", "safe"]
    headroom: float


class LockedVerdict(LockDoc):
    """What a rule of a policy says of the choice, where it does more than pass.

    `warn` and `audit` object without refusing, `exempt` would without the exemption that `owner` answers for, and
    `prefer` gives `points`. `why` holds the conditions that decided, with what they read. What is empty is not written.
    """

    rule: Text
    verdict: Literal["warn", "audit", "exempt", "prefer"]
    message: Text = ""
    why: Text = ""
    points: float = 0.0
    owner: Text = ""


class Choice(LockDoc):
    """The candidate that is deployed, and why. `kept` says that `best` now ranks above it, within the margin.

    `verdicts` are written only where policies have something to say of it.
    """

    candidate: Text
    kept: bool
    best: Text
    why: Text
    verdicts: tuple[LockedVerdict, ...] = ()


class Storage(LockDoc):
    """Where the weights come from; empty text means not given."""

    claim: Text
    path: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?$")]
    token_secret: Text


class Replicas(LockDoc):
    """`planned` carries the peak with headroom, `min` keeps the SLOs at the peak, `max` is the autoscaler's ceiling."""

    min: int
    planned: int
    max: int


class Scaling(LockDoc):
    """How replicas follow the load.

    `target_concurrency`: requests in flight per replica, by Little's law, at the load that uses its capacity up to
    the headroom; what an autoscaler by requests in flight aims at. `prometheus` is empty where none is read.
    """

    autoscaler: AutoscalerClass
    target_concurrency: float
    prometheus: Text
    replica_usd_per_hour: float


class PodResources(LockDoc):
    """What one pod asks for and is held to beside its accelerators: CPU cores and GiB of memory."""

    cpu: int
    cpu_limit: int
    memory_gib: int
    memory_limit_gib: int


class Deployment(LockDoc):
    """Everything that render needs: it never solves anything again.

    A replica has `pipeline_parallel` pods of `tensor_parallel` accelerators each. `network_from` empty means that
    every namespace may call, `run_as_user` null that the image's own user runs.
    """

    name: DnsLabel
    namespace: DnsLabel
    labels: dict[LabelKey, LabelValue]
    target: Target
    mode: Mode
    model: Word
    repo: Word
    precision: Word
    quantization: Word
    accelerator: Word
    engine_version: Word
    image: Text
    image_digest: ImageDigest | None
    resource_name: Text
    gpus_per_replica: int
    tensor_parallel: int
    pipeline_parallel: int
    resources: PodResources
    node_label_key: Text
    node_label_value: Text
    regions: tuple[Text, ...]
    max_model_len: int
    max_num_seqs: int
    max_num_batched_tokens: int
    gpu_memory_utilization: float
    dtype: Word
    kv_cache_dtype: Word
    prefix_caching: bool
    shared_memory_gib: int
    scratch_gib: int
    startup_seconds: int
    replicas: Replicas
    scaling: Scaling
    storage: Storage
    monitoring: Monitoring
    network_from: tuple[DnsLabel, ...]
    priority_class: Text
    run_as_user: int | None


DEPLOYMENT_SINCE: Mapping[int, Mapping[str, str]] = {
    1: {
        "image_digest": "null",
        "resources": "{cpu: 1, cpu_limit: 1, memory_gib: 1, memory_limit_gib: 1}",
        "dtype": "auto",
        "prefix_caching": "true",
        "scaling": '{autoscaler: none, target_concurrency: 1.0, prometheus: "", replica_usd_per_hour: 0.0}',
        "monitoring": "none",
        "network_from": "[]",
        "priority_class": '""',
        "run_as_user": "null",
    }
}
"""What each revision added to a deployment, and what stands for it in an older lock, which is never rendered."""


class Metric(LockDoc):
    """A p95 in ms at the planned load with its 90 % interval."""

    value: float
    low: float
    high: float


class Quality(LockDoc):
    """The use case's quality score, 0-100. `known` is false when it is the fallback for models without scores."""

    value: float
    low: float
    high: float
    known: bool
    coverage: float


class Scores(LockDoc):
    """The four absolute scores, 0-100, and their weighted sum, with the points of policies where they give any."""

    balanced: float
    accuracy: float
    cost: float
    latency: float
    complexity: float


class Correction(LockDoc):
    """How measured runs corrected a simulated curve: how many, and what each metric was multiplied by on average."""

    measured_runs: Annotated[int, Field(ge=1)]
    ttft: float
    itl: float
    e2e: float


class LockedConflict(LockDoc):
    """How outcomes of deployed plans contradict what was measured of a candidate.

    How many outcomes and measured runs there are, and outcome over runs of each metric in conflict; of the others
    nothing is written. The slower of the two counts, and the metric's interval holds both.
    """

    outcomes: Annotated[int, Field(ge=1)]
    measured_runs: Annotated[int, Field(ge=1)]
    ttft: float = 0.0
    itl: float = 0.0
    e2e: float = 0.0

    @property
    def factors(self) -> Mapping[str, float]:
        """Outcome over runs by metric in conflict."""
        found = {"ttft": self.ttft, "itl": self.itl, "e2e": self.e2e}
        return {metric: factor for metric, factor in found.items() if factor}


class LockedCandidate(LockDoc):
    """A ranked candidate with every number a reviewer needs and where it comes from.

    `correction` and `conflict` are written only where there is one, and `preference` where policies give it points.
    """

    id: Text
    scores: Scores
    replicas: int
    gpus: int
    cost_usd_per_month: float
    capacity_rps: float
    capacity_at_least: bool
    binding: Text
    ttft_p95_ms: Metric
    itl_p95_ms: Metric
    e2e_p95_ms: Metric
    quality: Quality
    kv_cache_use: float
    dominated: bool
    source: Text
    evidence: Text
    correction: Correction | None = None
    conflict: LockedConflict | None = None
    preference: float = 0.0


class Ranking(LockDoc):
    """The best candidates of each view, best first; their numbers are in `candidates`."""

    feasible: int
    considered: int
    balanced: tuple[Text, ...]
    accuracy: tuple[Text, ...]
    cost: tuple[Text, ...]
    latency: tuple[Text, ...]
    complexity: tuple[Text, ...]


class LockedRefusal(LockDoc):
    """Candidates refused for one reason, with the one that came nearest.

    Each is counted once, by its first reason; but for those that only policies refuse, whom every such rule counts.
    """

    reason: Text
    count: int
    nearest: Text
    by: Text
    near_miss: bool


class LockedManifest(LockDoc):
    """A rendered file: its path from the lock's folder and the digest of its bytes."""

    path: Annotated[str, StringConstraints(pattern=r"^[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*$", max_length=400)]
    digest: Digest


class Lock(LockDoc):
    """A whole lock. The order of the fields is the order in the file."""

    schema_: Annotated[int, Field(alias="schema", ge=1)]
    revision: Annotated[int, Field(ge=0)]
    workload: DnsLabel
    inputs: Inputs
    assumptions: tuple[LockedAssumption, ...]
    requirements: LockedRequirements
    choice: Choice
    deployment: Deployment
    ranking: Ranking
    candidates: tuple[LockedCandidate, ...]
    refused: tuple[LockedRefusal, ...]
    manifests: tuple[LockedManifest, ...] = Field(min_length=1)

    model_config = ConfigDict(populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Previous:
    """What an earlier lock says that may bind the next one: its choice, and the digests of what people intend.

    `settled` says that it stands for both sides of a merge: the merged workload is then no new intent.
    """

    candidate: str
    workload: str
    settings: str
    policies: tuple[str, ...]
    settled: bool = False


def dump(lock: Lock) -> str:
    """Return the bytes of a lock as text: the same for the same lock on every machine."""
    tree: dict[str, Any] = lock.model_dump(mode="python", by_alias=True)
    for candidate in tree["candidates"]:
        _drop_empty(candidate, "correction", "conflict", "preference")
        _drop_empty(candidate.get("conflict", {}), "ttft", "itl", "e2e")
    for verdict in tree["choice"]["verdicts"]:
        _drop_empty(verdict, "message", "why", "points", "owner")
    _drop_empty(tree["choice"], "verdicts")
    return HEADER + emit(tree) + END


def _drop_empty(entry: dict[str, Any], *optional: str) -> None:
    """Take out what is only written where it is."""
    for name in optional:
        if name in entry and not entry[name]:
            del entry[name]


def is_whole(text: str) -> bool:
    """Tell whether a lock's text reaches its end mark."""
    return text.endswith("\n" + END)


def has_conflict(text: str) -> bool:
    """Tell whether git left conflict markers in the text."""
    return re.search(r"^(<{7} |>{7} |={7}$|\|{7} )", text, re.MULTILINE) is not None


def choice_in(text: str) -> str:
    """Return the candidate that a lock's text names; empty where it does not, or not as compile writes it."""
    found = _CHOICE.search(text)
    return found["candidate"] if found and re.fullmatch(r"[a-z0-9][a-z0-9._/-]*", found["candidate"]) else ""


def choice_line(text: str) -> int:
    """Return the line on which a lock names its choice, as it is written; 0 where it does not."""
    found = _CHOICE.search(text)
    return text.count("\n", 0, found.start("candidate")) + 1 if found else 0


def listed_in(text: str) -> list[str]:
    """Return the paths of the manifests that a lock's text lists, be it damaged: it then still names its files."""
    return [found["path"].strip().strip("\"'") for found in _LISTED.finditer(text)]
