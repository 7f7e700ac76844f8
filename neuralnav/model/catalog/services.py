"""Use cases, and the traffic profiles and experience classes that they refer to."""

from typing import Annotated, Literal

from pydantic import Field

from neuralnav.model.base import ApiVersion, Doc, Line, Metadata, Token
from neuralnav.model.catalog.facts import Arrival, Count, Experience, Id, Positive, Share, SnakeId, Source, Sourced
from neuralnav.model.quantity import Milliseconds


class TrafficProfile(Doc):
    """A shape of requests, in tokens."""

    id: Id
    prompt_tokens: Count
    output_tokens: Count


class SloTargets(Doc):
    """p95 ceilings."""

    ttft: Milliseconds
    itl: Milliseconds
    e2e: Milliseconds


class ExperienceClass(Doc):
    """p95 ceilings of TTFT and ITL that make a service feel a certain way."""

    id: Experience
    ttft: Milliseconds
    itl: Milliseconds


class UseCase(Doc):
    """What a service is for: the shape of its traffic, its default SLOs, and which benchmarks speak for quality."""

    id: SnakeId
    aliases: tuple[SnakeId, ...] = ()
    title: Line
    profile: Id
    active_share: Share
    requests_per_active_user_per_minute: Positive
    peak_factor: Annotated[float, Field(ge=1)]
    arrival: Arrival
    burst_size: Annotated[float, Field(ge=1)] = 1.0
    slo: SloTargets
    quality_weights: dict[SnakeId, Annotated[float, Field(gt=0, le=1)]] = Field(min_length=1)


class UseCaseList(Sourced):
    """The use cases, with the profiles and experience classes they refer to."""

    sources: dict[Token, Source]
    profiles: tuple[TrafficProfile, ...]
    experiences: tuple[ExperienceClass, ...]
    use_cases: tuple[UseCase, ...]


class UseCaseCatalog(Doc):
    """A file of use cases."""

    api_version: ApiVersion
    kind: Literal["UseCaseCatalog"]
    metadata: Metadata
    spec: UseCaseList
