"""Accelerators and what they cost."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from neuralnav.model.base import ApiVersion, Doc, LabelKey, LabelValue, Line, Metadata, Token
from neuralnav.model.catalog.facts import (
    CountFact,
    Id,
    NumberFact,
    PrecisionsFact,
    PriceKind,
    Source,
    Sourced,
    TokenFact,
)
from neuralnav.model.quantity import HOURS_PER_MONTH

HOURS_PER_YEAR = 12 * HOURS_PER_MONTH
LEAST_USD_PER_HOUR = 0.001


class Ownership(Doc):
    """What an accelerator of one's own costs: its price and its share of the server's, written off evenly, and power.

    `power_w` is drawn at the wall by the accelerator and its share of the server; `pue` adds cooling and losses.
    """

    capex_usd: Annotated[float, Field(gt=0, le=10_000_000)]
    lifetime_years: Annotated[float, Field(ge=0.1, le=20)]
    power_w: Annotated[float, Field(gt=0, le=100_000)]
    usd_per_kwh: Annotated[float, Field(ge=0, le=10)]
    pue: Annotated[float, Field(ge=1, le=5)] = 1.0


class Price(Sourced):
    """What one accelerator costs an hour. `valid_until` is judged by `check --as-of`, never by compile.

    Given as `usdPerHour`, or for one's own hardware as `owned`, from which the hourly cost follows.
    """

    provider: Id
    kind: PriceKind
    usd_per_hour: Annotated[float, Field(ge=LEAST_USD_PER_HOUR, le=10_000)] | None = None
    owned: Ownership | None = None
    recorded: date
    valid_until: date

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if (self.usd_per_hour is None) == (self.owned is None):
            raise ValueError("give either usdPerHour or owned, which it follows from")
        if self.owned is not None and self.kind != "owned":
            raise ValueError(f"kind {self.kind} has a usdPerHour; what is owned has kind: owned")
        if self.hourly_usd < LEAST_USD_PER_HOUR:
            raise ValueError(f"an hour for {self.hourly_usd:g} USD is no price; the least is {LEAST_USD_PER_HOUR:g}")
        if self.valid_until < self.recorded:
            raise ValueError(f"validUntil {self.valid_until} is before recorded {self.recorded}")
        return self

    @property
    def hourly_usd(self) -> float:
        """The cost of an hour: the figure itself, or capex / lifetime + power x PUE x electricity, to 0.0001 USD."""
        if self.owned is None:
            return self.usd_per_hour or 0.0
        own = self.owned
        return round(
            own.capex_usd / (own.lifetime_years * HOURS_PER_YEAR) + own.power_w / 1000 * own.pue * own.usd_per_kwh, 4
        )


class NodeLabel(Sourced):
    """The node label that selects this accelerator in Kubernetes."""

    key: LabelKey
    value: LabelValue


class Accelerator(Doc):
    """A GPU: dense peaks in TFLOP/s, memory that the driver reports, HBM bandwidth, and the link between its peers.

    `inter_node_gb_s` is one accelerator's share of its node's network; without it no plan spans nodes.
    `supports` lists the checkpoint precisions that the engine can serve on it, natively or by weight-only kernels;
    a `compute` type without a peak runs on the bf16 units.
    """

    id: Id
    name: Line
    vendor: Literal["nvidia", "amd"]
    generation: Id
    bf16_tflops: NumberFact
    fp8_tflops: NumberFact | None = None
    int8_tops: NumberFact | None = None
    fp4_tflops: NumberFact | None = None
    memory_gib: NumberFact
    bandwidth_gb_s: NumberFact
    link: Literal["nvlink", "pcie", "xgmi"]
    link_gb_s: NumberFact
    inter_node_gb_s: NumberFact | None = None
    gpus_per_node: CountFact
    power_w: NumberFact | None = None
    supports: PrecisionsFact
    resource_name: TokenFact
    node_label: NodeLabel | None = None
    prices: tuple[Price, ...] = ()

    @property
    def short_name(self) -> str:
        """The name without its vendor's: "H100" of "NVIDIA H100"."""
        first, _, rest = self.name.partition(" ")
        return rest if rest and first.lower() == self.vendor else self.name

    @property
    def spellings(self) -> tuple[str, ...]:
        """How a workload may name it, in any case."""
        return (self.id, self.name, self.short_name)


class AcceleratorList(Doc):
    """The accelerators of one vendor file."""

    sources: dict[Token, Source]
    accelerators: tuple[Accelerator, ...]


class AcceleratorCatalog(Doc):
    """A file of accelerators."""

    api_version: ApiVersion
    kind: Literal["AcceleratorCatalog"]
    metadata: Metadata
    spec: AcceleratorList


class AcceleratorPrice(Price):
    """A price with the accelerator that it is for."""

    accelerator: Id


class PriceList(Doc):
    """Prices of known accelerators, each in place of what was known for its provider and kind."""

    sources: dict[Token, Source]
    prices: tuple[AcceleratorPrice, ...] = Field(min_length=1)


class PriceCatalog(Doc):
    """A file of prices: your contract's, your region's, or those of your own hardware."""

    api_version: ApiVersion
    kind: Literal["PriceCatalog"]
    metadata: Metadata
    spec: PriceList
