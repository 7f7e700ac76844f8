"""`neuralnav.yaml`: what a repository says once for all its workloads."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from neuralnav.model.base import ApiVersion, DnsLabel, Doc, LabelValue, Line, Metadata
from neuralnav.model.catalog import Id, PriceKind
from neuralnav.model.params import Enforcement, Identifier, Value
from neuralnav.model.workload import Confidence, Redundancy, Url

DataPath = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$", max_length=400)]
OutputPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._{}/-]+$", max_length=200)]

HEADROOM = 1.2
STICKY_MARGIN = 2.0
TOP = 3


class Environment(Doc):
    """Defaults for the workloads whose label `env` names this environment. A workload's own words win."""

    namespace: DnsLabel | None = None
    confidence: Confidence | None = None
    redundancy: Redundancy | None = None
    headroom: Annotated[float, Field(ge=1, le=10)] | None = None
    provider: Id | None = None
    price_kind: PriceKind | None = None
    prometheus: Url | None = None


class Margins(Doc):
    """How much room plans keep.

    `headroom`: planned capacity over the peak rate. `sticky`: how many points of the balanced score a locked choice
    may lie behind the best before new data replaces it.
    """

    headroom: Annotated[float, Field(ge=1, le=10)] = HEADROOM
    sticky: Annotated[float, Field(ge=0, le=100)] = STICKY_MARGIN


class Output(Doc):
    """What is written where.

    `manifests`: the folder of a workload's manifests, from the workload's own folder; `{name}` is its name.
    `top`: how many candidates of each view the lock lists.
    """

    manifests: OutputPath = "deploy"
    top: Annotated[int, Field(ge=1, le=50)] = TOP


class PolicyBinding(Doc):
    """Where a policy, or every policy of a folder (a bundle), binds, and how hard. No `environments` means all.

    `params` sets parameters of the policy; of a bundle, those of each policy that declares them.
    """

    path: DataPath | None = None
    bundle: DataPath | None = None
    enforcement: Enforcement = "deny"
    environments: Annotated[tuple[LabelValue, ...], Field(min_length=1)] | None = None
    params: dict[Identifier, Value] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.bundle is None):
            raise ValueError("give either path (one policy) or bundle (a folder of them)")
        return self


class Exemption(Doc):
    """A rule that does not bind some workloads until a day: who answers for it, and why.

    It covers the workloads named that are in the environments named; what is left out means all.
    """

    policy: DnsLabel
    rule: DnsLabel
    workloads: Annotated[tuple[DnsLabel, ...], Field(min_length=1)] | None = None
    environments: Annotated[tuple[LabelValue, ...], Field(min_length=1)] | None = None
    owner: Annotated[Line, Field(min_length=1)]
    reason: Annotated[Line, Field(min_length=1)]
    expires: date

    @model_validator(mode="after")
    def _some_scope(self) -> Self:
        if self.workloads is None and self.environments is None:
            raise ValueError("an exemption is for some workloads; give workloads, environments, or both")
        return self


class ProjectSpec(Doc):
    """The body of a project file. Paths count from the folder that holds it.

    `outcomes`: datasets that `observe` wrote, read as measured evidence. `prometheus`: where `observe` asks, unless an
    environment says another. `templates`: a folder whose templates replace packaged ones of the same name, or add to
    them.
    """

    benchmarks: tuple[DataPath, ...] = ()
    outcomes: tuple[DataPath, ...] = ()
    prometheus: Url | None = None
    catalogs: tuple[DataPath, ...] = ()
    templates: DataPath | None = None
    environments: dict[LabelValue, Environment] = Field(default_factory=dict)
    margins: Margins = Field(default_factory=Margins)
    output: Output = Field(default_factory=Output)
    policies: tuple[PolicyBinding, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


class Project(Doc):
    """The settings of one repository. A repository without the file has the defaults."""

    api_version: ApiVersion
    kind: Literal["Project"]
    metadata: Metadata | None = None
    spec: ProjectSpec = Field(default_factory=ProjectSpec)
