"""What every catalog is made of: sources, and figures that name theirs."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import Doc, Line, Token

Precision = Literal["bf16", "fp8", "int8", "int4", "fp4"]
PRECISIONS: tuple[Precision, ...] = ("bf16", "fp8", "int8", "int4", "fp4")
Arrival = Literal["poisson", "compound", "clustered", "uniform"]
Experience = Literal["instant", "conversational", "interactive", "deferred", "batch"]
PriceKind = Literal["on-demand", "spot", "reserved", "owned"]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
SnakeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Source(Doc):
    """Where figures come from, in words that let a reader find them."""

    title: Line
    url: Line | None = None
    retrieved: date | None = None


class Sourced(Doc):
    """Something that names its source; `source` is a key of the file's `sources`."""

    source: Token
    verified: bool
    note: Line | None = None


class IdFact(Sourced):
    """An identifier with its source."""

    value: Id


class NumberFact(Sourced):
    """A number above zero with its source."""

    value: Positive


class CountFact(Sourced):
    """A whole number above zero with its source."""

    value: Count


class FlagFact(Sourced):
    """Yes or no with its source."""

    value: bool


class TokenFact(Sourced):
    """A name with its source."""

    value: Token


class ModalitiesFact(Sourced):
    """What a model reads with its source."""

    value: tuple[Literal["text", "image", "audio"], ...]


class PrecisionsFact(Sourced):
    """Checkpoint precisions with its source."""

    value: tuple[Precision, ...]
