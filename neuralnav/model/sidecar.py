"""`REPORT.neuralnav.yaml`: what a benchmark report does not say of its run, beside the report."""

import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import ApiVersion, Doc, Metadata, Token
from neuralnav.model.catalog import Count, Id, Positive, Precision, Share

SUFFIX = ".neuralnav.yaml"

ReportFormat = Literal["guidellm", "vllm", "llm-d", "aiconfigurator", "neuralnav-json"]
FORMATS: tuple[ReportFormat, ...] = ("guidellm", "vllm", "llm-d", "aiconfigurator", "neuralnav-json")

SIMULATOR = "neuralnav-sim"
"""The engine of rows that a client took of our simulator: simulated whoever took them, and in no plan, which deploys
another engine. They are what a tool could see of them, so they may lack what our own tables hold."""

KvDtype = Literal["auto", "fp8"]
ARRIVALS = ("poisson", "gamma:K", "constant", "closed", "unstated", "poisson-capped")
ARRIVAL_PATTERN = r"^(poisson|constant|closed|unstated|poisson-capped|gamma:[0-9]+(\.[0-9]+)?)$"
ArrivalName = Annotated[str, StringConstraints(pattern=ARRIVAL_PATTERN)]
"""How requests arrived. `closed`: a fixed number in flight; `gamma:K`: gaps of that shape; `unstated`: nobody said."""


class RunFacts(Doc):
    """What is known of a run beside its report. Rates of the report are those of all `replicas` together.

    `engineVersion` has no leading v. `promptTokens` and `outputTokens` are the lengths that were asked for.
    """

    format: ReportFormat | None = None
    model: Id | None = None
    precision: Precision | None = None
    accelerator: Id | None = None
    tp: Count | None = None
    pp: Count | None = None
    replicas: Count | None = None
    engine: Id | None = None
    engine_version: Token | None = None
    kv_dtype: KvDtype | None = None
    max_num_seqs: Count | None = None
    max_num_batched_tokens: Count | None = None
    memory_utilization: Annotated[float, Field(gt=0, le=1)] | None = None
    prefix_hit_share: Share | None = None
    prompt_tokens: Count | None = None
    output_tokens: Count | None = None
    offered_rps: Positive | None = None
    concurrency: Count | None = None
    arrival: ArrivalName | None = None
    date: datetime.date | None = None


class BenchmarkSidecar(Doc):
    """The file beside a report. What the command line says wins over it; what the report says must agree with both."""

    api_version: ApiVersion
    kind: Literal["BenchmarkSidecar"]
    metadata: Metadata | None = None
    spec: RunFacts
