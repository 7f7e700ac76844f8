"""The coefficients and intervals of the serving model."""

from datetime import date
from typing import Literal

from neuralnav.model.base import ApiVersion, Doc, Line, Metadata, Token
from neuralnav.model.catalog.facts import Id, Positive, SnakeId, Source, Sourced


class Coefficient(Sourced):
    """One number of the serving model, with the unit it is in and what it stands for.

    `generation`, `link` and `compute` narrow where it holds; the most specific one wins.
    """

    name: SnakeId
    value: float
    unit: Line
    meaning: Line
    generation: Id | None = None
    link: Literal["nvlink", "pcie", "xgmi"] | None = None
    compute: Literal["bf16", "fp8", "int8", "fp4", "weight-only"] | None = None


class IntervalWidth(Sourced):
    """The relative half-width of the 90 % interval of one metric of simulated rows.

    The interval is value / (1 + width) to value x (1 + width). It holds for one accelerator generation; without
    one, for every generation that no row here names (nothing was ever measured on it).
    """

    metric: Literal["ttft", "itl", "e2e"]
    generation: Id | None = None
    width: Positive


class ServingList(Doc):
    """The coefficients and intervals of the serving model, and the engine they describe."""

    sources: dict[Token, Source]
    engine: Token
    engine_version: Token
    dated: date
    coefficients: tuple[Coefficient, ...]
    intervals: tuple[IntervalWidth, ...]


class ServingCatalog(Doc):
    """A file of serving coefficients."""

    api_version: ApiVersion
    kind: Literal["ServingCatalog"]
    metadata: Metadata
    spec: ServingList
