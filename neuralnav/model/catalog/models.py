"""Models: architectures, published checkpoints, licences."""

from typing import Literal, Self

from pydantic import Field, model_validator

from neuralnav.model.base import ApiVersion, Doc, Line, Metadata, Token
from neuralnav.model.catalog.facts import (
    Count,
    CountFact,
    FlagFact,
    Id,
    IdFact,
    ModalitiesFact,
    NumberFact,
    Positive,
    Precision,
    Source,
    Sourced,
)


class Architecture(Sourced):
    """A decoder-only transformer, as its published configuration states it.

    `experts` is None for a dense model. `full_attention_layers` counts the layers that see the whole context when
    the others see `sliding_window` tokens; None means all of them. The feed-forward block is gated (three matrices).
    `kv_lora_rank` marks multi-head latent attention (MLA): the cache then holds that latent and the rotary part of
    one key per token, `head_dim` is the non-rotary and the rotary part together, and KV heads equal attention heads.
    `sharded_qk_norm` says that queries and keys are normalised over all heads together, so that tensor-parallel ranks
    exchange sums in every layer. `extra_parameters_b` counts what stands beside the decoder, such as a vision encoder:
    16 bits wide, idle for text.
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
    sharded_qk_norm: bool = False
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
    `blockSize` is how many weights of a row share a scale where the engine wants whole blocks on every GPU.
    """

    precision: Precision
    repo: Token
    quantized: Literal["none", "linear", "experts"]
    bits_per_weight: Positive
    compute: Literal["bf16", "fp8", "int8", "fp4"]
    engine_quantization: Token | None = None
    block_size: Count | None = None


class Model(Doc):
    """An open model: one architecture, one licence, one or more published checkpoints.

    `always_reasons` says that it thinks at a length that nobody can turn off or down: tokens that no traffic counts.
    """

    id: Id
    name: Line
    family: Id
    publisher: Line
    license: IdFact
    architecture: Architecture
    parameters_b: NumberFact
    context_tokens: CountFact
    tool_use: FlagFact
    always_reasons: FlagFact | None = None
    modalities: ModalitiesFact
    checkpoints: tuple[Checkpoint, ...] = Field(min_length=1)

    @property
    def spellings(self) -> tuple[str, ...]:
        """How a workload may name it, in any case: its id, its name, its repositories."""
        return (self.id, self.name, *(checkpoint.repo for checkpoint in self.checkpoints))

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
