"""The architectures that have a rule, as data: which keys of a config.json mean what.

Defaults are those of the configuration classes of huggingface/transformers (src/transformers/models/*/configuration_*):
`save_pretrained` leaves out what equals them. Only keys that published files do leave out are listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Experts:
    """Where a mixture of experts states itself. `shared` is a key, or a number that the architecture fixes."""

    count: tuple[str, ...]
    width: str = "moe_intermediate_size"
    dense_width: str = "intermediate_size"
    shared: str | int = 0
    dense: Literal["none", "first", "sparse-step", "interleaved"] = "none"


@dataclass(frozen=True, slots=True)
class Window:
    """Where windowed attention states itself; a file's own `layer_types` goes first.

    The window is `size` tokens, and off while the key `switch` is false. Layers that see everything: every
    `every`-th (the key `pattern` may state another number), those below the index under `below`, those that are 0 in
    the list under `zeros`, or none.
    """

    size: str = "sliding_window"
    switch: str = ""
    every: int = 0
    pattern: str = ""
    below: str = ""
    zeros: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one architecture is read.

    `tied` is the default of `tie_word_embeddings`. With `multi_head`, a file without `num_key_value_heads` has as
    many as attention heads. `latent` marks multi-head latent attention.
    """

    family: str
    tied: bool = False
    multi_head: bool = False
    latent: bool = False
    window: Window | None = None
    experts: Experts | None = None
    defaults: Mapping[str, int] = field(default_factory=dict)


_WHOLE = Window()
_SWITCHED = Window(switch="use_sliding_window")
_QWEN = Window(switch="use_sliding_window", below="max_window_layers")
_CHUNKED = Window(size="attention_chunk_size", every=4, pattern="no_rope_layer_interval", zeros="no_rope_layers")

_MISTRAL = {
    "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 131072, "sliding_window": 4096,
}  # fmt: skip
_GEMMA3 = {
    "vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
    "max_position_embeddings": 131072, "sliding_window": 4096,
}  # fmt: skip
_QWEN3 = {"head_dim": 128, "sliding_window": 4096, "max_window_layers": 28}
_QWEN2 = {"sliding_window": 4096, "max_window_layers": 28}

_QWEN_EXPERTS = Experts(("num_experts", "num_local_experts"), dense="sparse-step")
_LOCAL_EXPERTS = Experts(("num_local_experts", "num_experts"), width="intermediate_size")
_ROUTED_EXPERTS = Experts(("n_routed_experts", "num_experts"), shared="n_shared_experts", dense="first")
_LLAMA4_EXPERTS = Experts(
    ("num_local_experts", "num_experts"),
    width="intermediate_size", dense_width="intermediate_size_mlp", shared=1, dense="interleaved",
)  # fmt: skip

_MISTRAL_RULE = Rule("mistral", window=_WHOLE, defaults=_MISTRAL)
_GEMMA3_RULE = Rule("gemma3", tied=True, window=Window(every=6, pattern="sliding_window_pattern"), defaults=_GEMMA3)
_QWEN3_RULE = Rule("qwen3", window=_QWEN, defaults=_QWEN3)
_QWEN3_MOE_RULE = Rule("qwen3", window=_SWITCHED, experts=_QWEN_EXPERTS)
_LLAMA4_RULE = Rule("llama", window=_CHUNKED, experts=_LLAMA4_EXPERTS, defaults={"attention_chunk_size": 8192})
_DEEPSEEK_RULE = Rule("deepseek", latent=True, experts=_ROUTED_EXPERTS)

RULES: Mapping[str, Rule] = {
    "CohereForCausalLM": Rule("command-r", tied=True, multi_head=True),
    "Cohere2ForCausalLM": Rule(
        "command-r", tied=True, multi_head=True, window=Window(every=4, pattern="sliding_window_pattern"),
        defaults={"sliding_window": 4096},
    ),
    "DeepseekV2ForCausalLM": _DEEPSEEK_RULE,
    "DeepseekV3ForCausalLM": _DEEPSEEK_RULE,
    "Gemma2ForCausalLM": Rule(
        "gemma2", tied=True, window=Window(every=2), defaults={"head_dim": 256, "sliding_window": 4096}
    ),
    "Gemma3ForCausalLM": _GEMMA3_RULE,
    "Gemma3ForConditionalGeneration": _GEMMA3_RULE,
    "Glm4ForCausalLM": Rule("glm", defaults={"head_dim": 128}),
    "Glm4MoeForCausalLM": Rule("glm", experts=_ROUTED_EXPERTS, defaults={"head_dim": 128}),
    "Glm4MoeLiteForCausalLM": Rule("glm", latent=True, experts=_ROUTED_EXPERTS),
    "GptOssForCausalLM": Rule(
        "gpt-oss", window=Window(every=2), experts=_LOCAL_EXPERTS, defaults={"head_dim": 64, "sliding_window": 128}
    ),
    "GraniteForCausalLM": Rule("granite", multi_head=True),
    "KimiK25ForConditionalGeneration": Rule("kimi", latent=True, experts=_ROUTED_EXPERTS),
    "Llama4ForCausalLM": _LLAMA4_RULE,
    "Llama4ForConditionalGeneration": _LLAMA4_RULE,
    "LlamaForCausalLM": Rule("llama", multi_head=True),
    "MiMoForCausalLM": Rule("mimo", window=_QWEN, defaults=_QWEN2),
    "MiniMaxM2ForCausalLM": Rule("minimax", experts=_LOCAL_EXPERTS, defaults={"head_dim": 128}),
    "Mistral3ForConditionalGeneration": _MISTRAL_RULE,
    "MistralForCausalLM": _MISTRAL_RULE,
    "MixtralForCausalLM": Rule("mistral", window=_WHOLE, experts=_LOCAL_EXPERTS),
    "Olmo2ForCausalLM": Rule("olmo2", multi_head=True),
    "Olmo3ForCausalLM": Rule("olmo3", multi_head=True, window=Window(every=4), defaults={"sliding_window": 4096}),
    "Phi3ForCausalLM": Rule("phi", multi_head=True, window=_WHOLE),
    "PhiMoEForCausalLM": Rule("phi", window=_WHOLE, experts=_LOCAL_EXPERTS),
    "Qwen2ForCausalLM": Rule("qwen2", window=_QWEN, defaults=_QWEN2),
    "Qwen3ForCausalLM": _QWEN3_RULE,
    "Qwen3MoeForCausalLM": _QWEN3_MOE_RULE,
    "Qwen3VLForConditionalGeneration": Rule("qwen3-vl", defaults={"head_dim": 128}),
    "Qwen3VLMoeForConditionalGeneration": Rule("qwen3-vl", experts=_QWEN_EXPERTS),
    "SmolLM3ForCausalLM": Rule("smollm", tied=True, window=_SWITCHED),
}  # fmt: skip
"""The rule of each architecture, by the name that a file gives under `architectures`."""

_MAMBA = "it has state-space (Mamba) layers, whose state is not a KV cache"
_LINEAR = "it has linear-attention layers, whose state is not a KV cache"
_INDEXER = "its attention reads a compressed cache, or only the tokens that an indexer picks"
_VARYING = "its layers differ from each other, and a catalog entry describes one layer for all"
_UNGATED = "its feed-forward block is not gated (two matrices, not three)"
_ENCODER = "it is an encoder, or has one that a decoder attends to"
_SHARED_KV = "its layers share KV caches or have heads of several sizes"

REFUSED: Mapping[str, str] = {
    "ArceeForCausalLM": _UNGATED,
    "BambaForCausalLM": _MAMBA,
    "BertModel": _ENCODER,
    "BloomForCausalLM": _UNGATED,
    "DeciLMForCausalLM": _VARYING,
    "DeepseekV32ForCausalLM": _INDEXER,
    "DeepseekV4ForCausalLM": _INDEXER,
    "FalconForCausalLM": _UNGATED,
    "FalconH1ForCausalLM": _MAMBA,
    "GPT2LMHeadModel": _UNGATED,
    "GPTBigCodeForCausalLM": _UNGATED,
    "GPTNeoXForCausalLM": _UNGATED,
    "Gemma3nForConditionalGeneration": _SHARED_KV,
    "Gemma4ForConditionalGeneration": _SHARED_KV,
    "GlmMoeDsaForCausalLM": _INDEXER,
    "GraniteMoeHybridForCausalLM": _MAMBA,
    "JambaForCausalLM": _MAMBA,
    "KimiLinearForCausalLM": _LINEAR,
    "Lfm2ForCausalLM": "it has convolution layers, whose state is not a KV cache",
    "MambaForCausalLM": _MAMBA,
    "Mamba2ForCausalLM": _MAMBA,
    "MiniMaxM1ForCausalLM": _LINEAR,
    "MiniMaxText01ForCausalLM": _LINEAR,
    "NemotronForCausalLM": _UNGATED,
    "NemotronHForCausalLM": _MAMBA,
    "OPTForCausalLM": _UNGATED,
    "OpenELMForCausalLM": _VARYING,
    "PhiForCausalLM": _UNGATED,
    "Qwen3NextForCausalLM": _LINEAR,
    "Qwen3_5ForConditionalGeneration": _LINEAR,
    "Qwen3_5MoeForConditionalGeneration": _LINEAR,
    "Starcoder2ForCausalLM": _UNGATED,
    "T5ForConditionalGeneration": _ENCODER,
    "Zamba2ForCausalLM": _MAMBA,
}
"""Architectures that our types cannot express, and why."""

MARKS: Mapping[str, str] = {
    "attn_layer_indices": _MAMBA,
    "attn_layer_period": _MAMBA,
    "hybrid_override_pattern": _MAMBA,
    "layers_block_type": _MAMBA,
    "mamba_d_state": _MAMBA,
    "ssm_cfg": _MAMBA,
    "ssm_state_size": _MAMBA,
    "linear_attn_config": _LINEAR,
    "linear_num_key_heads": _LINEAR,
    "index_head_dim": _INDEXER,
    "index_n_heads": _INDEXER,
    "index_topk": _INDEXER,
    "compress_ratios": _INDEXER,
    "block_configs": _VARYING,
    "num_global_key_value_heads": _SHARED_KV,
    "num_kv_shared_layers": _SHARED_KV,
    "is_encoder_decoder": _ENCODER,
    "shared_expert_intermediate_size": "its shared expert has a width of its own",
    "shared_intermediate_size": "its shared expert has a width of its own",
}
"""Keys that refuse a file whatever its architecture says, when they hold anything but 0, false, null or nothing."""

FULL, WINDOWED = "full_attention", frozenset({"sliding_attention", "chunked_attention"})
"""The layer types that are attention over everything, and over a window."""

OTHER_KINDS: Mapping[str, str] = {
    "linear_attention": _LINEAR,
    "mamba": _MAMBA,
    "mamba2": _MAMBA,
}
"""Why a layer of another type is refused, where we know."""
