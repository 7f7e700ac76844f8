"""Published scores, what quantisation loses, and what a model without scores is assumed to reach."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from neuralnav.model.base import ApiVersion, Doc, Line, Metadata, Token
from neuralnav.model.catalog.facts import Id, Positive, Precision, Share, SnakeId, Source, Sourced


class ModelScores(Sourced):
    """Published benchmark scores of one model, 0-100. `row` is the model's name in the source."""

    model: Id
    row: Line
    scores: dict[SnakeId, Annotated[float, Field(ge=0, le=100)]]


class QuantisationLoss(Sourced):
    """The share of its model's quality that a quantised checkpoint keeps: `kept`, between `low` and `high`.

    The widest checkpoint of a model keeps all of it: that one is taken for what was scored.
    """

    precision: Precision
    kept: Share
    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.kept <= self.high:
            raise ValueError(f"kept {self.kept:g} lies outside its range {self.low:g}-{self.high:g}")
        return self


class PeerScores(Doc):
    """What models of one size reach in one benchmark: the median and the 5-95 % range."""

    score: Annotated[float, Field(ge=0, le=100)]
    low: Annotated[float, Field(ge=0, le=100)]
    high: Annotated[float, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.score <= self.high:
            raise ValueError(f"score {self.score:g} lies outside its range {self.low:g}-{self.high:g}")
        return self


class SizeFallback(Sourced, PeerScores):
    """What a model is assumed to reach in a benchmark without its score: the middle and the range of its peers by size.

    `benchmarks` gives them for each benchmark; the step's own score and range hold for one that is not there.
    """

    up_to_parameters_b: Positive
    benchmarks: dict[SnakeId, PeerScores] = Field(default_factory=dict)


class QualityList(Doc):
    """Scores by explicit model id; a model that is not listed is unknown."""

    sources: dict[Token, Source]
    scores: tuple[ModelScores, ...]
    quantisation: tuple[QuantisationLoss, ...] = ()
    fallback: tuple[SizeFallback, ...] = ()


class QualityCatalog(Doc):
    """A file of quality scores."""

    api_version: ApiVersion
    kind: Literal["QualityCatalog"]
    metadata: Metadata
    spec: QualityList
