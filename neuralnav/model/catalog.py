"""The catalogs: models, accelerators, use cases, quality scores and serving coefficients.

Every figure names a source of its file and says whether it was verified against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from neuralnav.model.base import ApiVersion, Doc, LabelKey, LabelValue, Line, Metadata, Token
from neuralnav.model.quantity import Milliseconds

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
HOURS_PER_YEAR = 8760


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


class Architecture(Sourced):
    """A decoder-only transformer, as its published configuration states it.

    `experts` is None for a dense model. `full_attention_layers` counts the layers that see the whole context when
    the others see `sliding_window` tokens; None means all of them. The feed-forward block is gated (three matrices).
    `kv_lora_rank` marks multi-head latent attention (MLA): the cache then holds that latent and the rotary part of
    one key per token, `head_dim` is the non-rotary and the rotary part together, and KV heads equal attention heads.
    `extra_parameters_b` counts what stands beside the decoder, such as a vision encoder: 16 bits wide, idle for text.
    """

    layers: Count
    hidden_size: Count
    attention_heads: Count
    kv_heads: Count
    head_dim: Count
    intermediate_size: Count
    vocab_size: Count
    tied_embeddings: bool = False
    sliding_window: Count | None = None
    full_attention_layers: int | None = Field(default=None, ge=0)
    experts: Count | None = None
    experts_per_token: Count | None = None
    expert_intermediate_size: Count | None = None
    shared_experts: int = Field(default=0, ge=0)
    dense_layers: int = Field(default=0, ge=0)
    kv_lora_rank: Count | None = None
    q_lora_rank: Count | None = None
    rope_head_dim: Count | None = None
    v_head_dim: Count | None = None
    extra_parameters_b: Positive | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.attention_heads % self.kv_heads:
            raise ValueError(f"{self.attention_heads} attention heads cannot share {self.kv_heads} KV heads")
        if max(self.full_attention_layers or 0, self.dense_layers) > self.layers:
            raise ValueError(f"more full-attention or dense layers than the {self.layers} layers")
        if (self.experts is None) != (self.experts_per_token is None):
            raise ValueError("experts and expertsPerToken come together; add the other one")
        if self.experts is not None and (self.experts_per_token or 0) > self.experts:
            raise ValueError(f"{self.experts_per_token} experts per token of only {self.experts}")
        latent = (self.kv_lora_rank, self.rope_head_dim, self.v_head_dim)
        if any(part is None for part in latent) != all(part is None for part in latent):
            raise ValueError("kvLoraRank, ropeHeadDim and vHeadDim come together; add the others")
        if self.q_lora_rank is not None and self.kv_lora_rank is None:
            raise ValueError("qLoraRank belongs to latent attention; add kvLoraRank, ropeHeadDim and vHeadDim")
        if self.rope_head_dim is not None and self.rope_head_dim >= self.head_dim:
            raise ValueError(f"headDim {self.head_dim} holds the rotary {self.rope_head_dim} and a part without it")
        return self


class Checkpoint(Sourced):
    """Published weights of a model in one precision.

    `quantized` says which matrices the checkpoint stores in `bits_per_weight` (scales included): every linear layer,
    or the experts only; embeddings and output head stay at 16 bits. `compute` is the type the matrix units use.
    `engineQuantization` is the engine's own name of the format; it reads the checkpoint's when none is given.
    """

    precision: Precision
    repo: Token
    quantized: Literal["none", "linear", "experts"]
    bits_per_weight: Positive
    compute: Literal["bf16", "fp8", "int8", "fp4"]
    engine_quantization: Token | None = None


class Model(Doc):
    """An open model: one architecture, one licence, one or more published checkpoints."""

    id: Id
    name: Line
    family: Id
    publisher: Line
    license: IdFact
    architecture: Architecture
    parameters_b: NumberFact
    context_tokens: CountFact
    tool_use: FlagFact
    modalities: ModalitiesFact
    checkpoints: tuple[Checkpoint, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        precisions = [checkpoint.precision for checkpoint in self.checkpoints]
        if len(set(precisions)) < len(precisions):
            raise ValueError("two checkpoints have one precision; a candidate's id could not tell them apart")
        return self


class ModelList(Doc):
    """The models of one family file."""

    sources: dict[Token, Source]
    models: tuple[Model, ...]


class ModelCatalog(Doc):
    """A file of models."""

    api_version: ApiVersion
    kind: Literal["ModelCatalog"]
    metadata: Metadata
    spec: ModelList


class Ownership(Doc):
    """What an accelerator of one's own costs: its price and its share of the server's, written off evenly, and power.

    `power_w` is drawn at the wall by the accelerator and its share of the server; `pue` adds cooling and losses.
    """

    capex_usd: Positive
    lifetime_years: Annotated[float, Field(gt=0, le=20)]
    power_w: Positive
    usd_per_kwh: Annotated[float, Field(ge=0, le=10)]
    pue: Annotated[float, Field(ge=1, le=5)] = 1.0


class Price(Sourced):
    """What one accelerator costs an hour. `valid_until` is judged by `check --as-of`, never by compile.

    Given as `usdPerHour`, or for one's own hardware as `owned`, from which the hourly cost follows.
    """

    provider: Id
    kind: PriceKind
    usd_per_hour: Positive | None = None
    owned: Ownership | None = None
    recorded: date
    valid_until: date

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if (self.usd_per_hour is None) == (self.owned is None):
            raise ValueError("give either usdPerHour or owned, which it follows from")
        if self.owned is not None and self.kind != "owned":
            raise ValueError(f"kind {self.kind} has a usdPerHour; what is owned has kind: owned")
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


class ModelScores(Sourced):
    """Published benchmark scores of one model, 0-100. `row` is the model's name in the source."""

    model: Id
    row: Line
    scores: dict[SnakeId, Annotated[float, Field(ge=0, le=100)]]


class QuantisationLoss(Sourced):
    """The share of quality that a checkpoint keeps: `kept`, between `low` and `high`."""

    precision: Precision
    kept: Share
    low: Share
    high: Share


class SizeFallback(Sourced):
    """What a model without scores is assumed to reach, by its size: the middle and the 5-95 % range of its peers."""

    up_to_parameters_b: Positive
    score: Annotated[float, Field(ge=0, le=100)]
    low: Annotated[float, Field(ge=0, le=100)]
    high: Annotated[float, Field(ge=0, le=100)]


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
    compute: Literal["bf16", "fp8", "int8", "fp4"] | None = None


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


CatalogDocument = (
    ModelCatalog | AcceleratorCatalog | PriceCatalog | UseCaseCatalog | QualityCatalog | ServingCatalog
)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every catalog that a compile sees, indexed by id. Iteration order of each mapping is the id's order."""

    models: Mapping[str, Model]
    accelerators: Mapping[str, Accelerator]
    use_cases: Mapping[str, UseCase]
    profiles: Mapping[str, TrafficProfile]
    experiences: Mapping[str, ExperienceClass]
    scores: Mapping[str, ModelScores]
    quantisation: Mapping[str, QuantisationLoss]
    fallback: tuple[SizeFallback, ...]
    serving: ServingList
