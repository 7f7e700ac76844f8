"""`neuralnav.yaml`: what a repository says once for all its workloads."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import ApiVersion, DnsLabel, Doc, LabelValue, Metadata
from neuralnav.model.catalog import Id, PriceKind
from neuralnav.model.workload import Confidence, Redundancy

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


class ProjectSpec(Doc):
    """The body of a project file. Paths count from the folder that holds it.

    `templates`: a folder whose templates replace packaged ones of the same name, or add to them.
    """

    benchmarks: tuple[DataPath, ...] = ()
    catalogs: tuple[DataPath, ...] = ()
    templates: DataPath | None = None
    environments: dict[LabelValue, Environment] = Field(default_factory=dict)
    margins: Margins = Field(default_factory=Margins)
    output: Output = Field(default_factory=Output)


class Project(Doc):
    """The settings of one repository. A repository without the file has the defaults."""

    api_version: ApiVersion
    kind: Literal["Project"]
    metadata: Metadata | None = None
    spec: ProjectSpec = Field(default_factory=ProjectSpec)
