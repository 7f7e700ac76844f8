"""A published config.json becomes a catalog entry: what it says as it says it, the rest marked, the odd refused."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.adopt.architectures import MARKS, OTHER_KINDS, REFUSED, RULES
from neuralnav.adopt.overlay import Adopted, Stated, adopt, model_id
from neuralnav.adopt.quantization import METHODS
from neuralnav.errors import Diagnostic, InputError
from neuralnav.model.catalog import Architecture, ModelCatalog, Sourced
from neuralnav.model.document import Source, load
from neuralnav.report import diagnostics_text
from neuralnav.serving.memory import kv_bytes_per_token, parameter_count

FACTS_CSV = Path(__file__).parents[3] / "shared" / "reference" / "model_facts.csv"
TODAY = date(2026, 11, 23)
STATED = Stated(repo="org/Some-Model", license="apache-2.0")

LLAMA_8B: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip
QWEN3_30B: dict[str, Any] = {
    "architectures": ["Qwen3MoeForCausalLM"], "num_hidden_layers": 48, "hidden_size": 2048, "num_attention_heads": 32,
    "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "vocab_size": 151936,
    "max_position_embeddings": 40960, "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
    "decoder_sparse_step": 1, "mlp_only_layers": [], "use_sliding_window": False, "tie_word_embeddings": False,
}  # fmt: skip
GPT_OSS_20B: dict[str, Any] = {
    "architectures": ["GptOssForCausalLM"], "num_hidden_layers": 24, "hidden_size": 2880, "num_attention_heads": 64,
    "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 2880, "vocab_size": 201088,
    "max_position_embeddings": 131072, "num_local_experts": 32, "num_experts_per_tok": 4, "sliding_window": 128,
    "layer_types": ["sliding_attention", "full_attention"] * 12, "tie_word_embeddings": False,
    "quantization_config": {
        "quant_method": "mxfp4",
        "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "lm_head"],
    },
}  # fmt: skip
DEEPSEEK_V3: dict[str, Any] = {
    "architectures": ["DeepseekV3ForCausalLM"], "num_hidden_layers": 61, "hidden_size": 7168,
    "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432, "vocab_size": 129280,
    "max_position_embeddings": 163840, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8,
    "moe_intermediate_size": 2048, "first_k_dense_replace": 3, "moe_layer_freq": 1, "kv_lora_rank": 512,
    "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "num_nextn_predict_layers": 1, "tie_word_embeddings": False,
    "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128]},
}  # fmt: skip
LLAMA4_SCOUT: dict[str, Any] = {
    "architectures": ["Llama4ForConditionalGeneration"], "vision_config": {"hidden_size": 1408},
    "text_config": {
        "num_hidden_layers": 48, "hidden_size": 5120, "num_attention_heads": 40, "num_key_value_heads": 8,
        "head_dim": 128, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "vocab_size": 202048,
        "max_position_embeddings": 10485760, "num_local_experts": 16, "num_experts_per_tok": 1,
        "interleave_moe_layer_step": 1, "attention_chunk_size": 8192, "no_rope_layers": [],
    },
}  # fmt: skip
GEMMA3_4B: dict[str, Any] = {
    "architectures": ["Gemma3ForConditionalGeneration"], "vision_config": {"hidden_size": 1152},
    "text_config": {
        "num_hidden_layers": 34, "hidden_size": 2560, "intermediate_size": 10240, "sliding_window": 1024,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
    },
}  # fmt: skip
GEMMA2_9B: dict[str, Any] = {
    "architectures": ["Gemma2ForCausalLM"], "num_hidden_layers": 42, "hidden_size": 3584, "num_attention_heads": 16,
    "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 14336, "vocab_size": 256000,
    "max_position_embeddings": 8192, "sliding_window": 4096,
}  # fmt: skip
COMMAND_R: dict[str, Any] = {
    "architectures": ["CohereForCausalLM"], "num_hidden_layers": 40, "hidden_size": 8192, "num_attention_heads": 64,
    "num_key_value_heads": 64, "intermediate_size": 22528, "vocab_size": 256000, "max_position_embeddings": 131072,
}  # fmt: skip
GLM_4_7: dict[str, Any] = {
    "architectures": ["Glm4MoeForCausalLM"], "num_hidden_layers": 92, "hidden_size": 5120, "num_attention_heads": 96,
    "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 12288, "vocab_size": 151552,
    "max_position_embeddings": 202752, "n_routed_experts": 160, "n_shared_experts": 1, "num_experts_per_tok": 8,
    "moe_intermediate_size": 1536, "first_k_dense_replace": 3, "tie_word_embeddings": False,
}  # fmt: skip
EVERYTHING: dict[str, Any] = {
    **DEEPSEEK_V3, "head_dim": 128, "num_local_experts": 8, "num_experts": 8, "decoder_sparse_step": 1,
    "intermediate_size_mlp": 512, "interleave_moe_layer_step": 1, "tie_word_embeddings": True, "dtype": "bfloat16",
    "sliding_window": 4096, "attention_chunk_size": 8192, "use_sliding_window": True, "max_window_layers": 30,
}  # fmt: skip
"""Every key that some rule reads; what marks latent attention is taken away where a rule has none."""


def source(config: object) -> Source:
    text = config if isinstance(config, str) else json.dumps(config, indent=1)
    return Source("config.json", text)


def adopted(config: object, stated: Stated = STATED) -> Adopted:
    return adopt(source(config), stated, today=TODAY)


def read(config: object) -> Architecture:
    return adopted(config).model.architecture


def problems(config: object, stated: Stated = STATED) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as caught:
        adopted(config, stated)
    return caught.value.diagnostics


def problem(config: object, stated: Stated = STATED) -> Diagnostic:
    (only,) = problems(config, stated)
    return only


def kv_bytes(architecture: Architecture) -> float:
    found = kv_bytes_per_token(architecture, tp=1, kv_bytes=2.0)
    return found.full + found.sliding


class TestArchitectures:
    @pytest.mark.parametrize(
        ("config", "parameters_b", "kv"),
        [
            (LLAMA_8B, 8.03, 131072),
            (QWEN3_30B, 30.53, 98304),
            (GPT_OSS_20B, 20.9, 49152),
            (DEEPSEEK_V3, 671, 70272),
            (LLAMA4_SCOUT, 107.8, 196608),
            (GEMMA3_4B, 3.88, 139264),
            (GEMMA2_9B, 9.24, 344064),
            (COMMAND_R, 35.0, 1310720),
            (GLM_4_7, 355, 376832),
        ],
        ids=lambda value: value["architectures"][0] if isinstance(value, dict) else None,
    )
    def test_computed_figures_are_those_that_are_published(
        self, config: Mapping[str, Any], parameters_b: float, kv: int
    ) -> None:
        found = read(config)
        assert parameter_count(found) / 1e9 == pytest.approx(parameters_b, rel=0.01)
        assert kv_bytes(found) == kv

    @pytest.mark.parametrize("name", sorted(RULES))
    def test_every_rule_reads_a_file_that_has_its_keys(self, name: str) -> None:
        latent = {"kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"}
        config = {k: v for k, v in EVERYTHING.items() if RULES[name].latent or k not in latent}
        found = adopted({**config, "architectures": [name]})
        a = found.model.architecture
        assert (found.published.name, found.model.family) == (name, RULES[name].family)
        assert (a.layers, a.hidden_size, a.vocab_size, a.tied_embeddings) == (61, 7168, 129280, True)
        assert (a.kv_lora_rank is not None) == RULES[name].latent
        assert (a.experts is not None) == (RULES[name].experts is not None)
        assert (a.sliding_window is not None) == (RULES[name].window is not None)

    @pytest.mark.parametrize("name", sorted(RULES))
    def test_every_rule_reads_the_default_of_tied_embeddings(self, name: str) -> None:
        latent = {"kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"}
        config = {k: v for k, v in EVERYTHING.items() if RULES[name].latent or k not in latent}
        del config["tie_word_embeddings"]
        assert read({**config, "architectures": [name]}).tied_embeddings == RULES[name].tied

    def test_a_nested_text_config_is_read_with_the_defaults_of_its_class_and_says_so(self) -> None:
        a = read(GEMMA3_4B)
        assert (a.attention_heads, a.kv_heads, a.head_dim, a.vocab_size) == (8, 4, 256, 262208)
        assert a.note is not None
        assert a.note.startswith("Gemma3ForConditionalGeneration; defaults of its class: num_attention_heads, ")
        assert adopted(GEMMA3_4B).model.modalities.value == ("text", "image")

    @pytest.mark.parametrize(
        ("changes", "window", "full"),
        [
            ({}, None, None),
            ({"architectures": ["MistralForCausalLM"]}, 4096, 0),
            ({"architectures": ["MistralForCausalLM"], "sliding_window": None}, None, None),
            ({"architectures": ["MistralForCausalLM"], "sliding_window": 131072}, None, None),
            ({"architectures": ["Qwen2ForCausalLM"], "sliding_window": 4096}, None, None),
            ({"architectures": ["Qwen2ForCausalLM"], "use_sliding_window": True, "max_window_layers": 28}, 4096, 28),
            ({"architectures": ["Qwen2ForCausalLM"], "use_sliding_window": True, "max_window_layers": 99}, None, None),
            ({"architectures": ["Gemma2ForCausalLM"]}, 4096, 16),
            ({"architectures": ["Gemma3ForCausalLM"], "sliding_window": 1024}, 1024, 5),
            ({"architectures": ["Gemma3ForCausalLM"], "sliding_window_pattern": 4}, 4096, 8),
            ({"architectures": ["Cohere2ForCausalLM"]}, 4096, 8),
            ({"layer_types": ["full_attention"] * 32, "sliding_window": 64}, None, None),
            ({"layer_types": ["sliding_attention"] * 8 + ["full_attention"] * 24, "sliding_window": 64}, 64, 24),
        ],
    )
    def test_windowed_layers_are_counted_as_the_class_counts_them(
        self, changes: Mapping[str, Any], window: int | None, full: int | None
    ) -> None:
        a = read({**LLAMA_8B, **changes})
        assert (a.sliding_window, a.full_attention_layers) == (window, full)

    def test_chunked_attention_is_a_window_and_layers_without_rope_see_everything(self) -> None:
        a = read(LLAMA4_SCOUT)
        assert (a.sliding_window, a.full_attention_layers, a.shared_experts) == (8192, 12, 1)
        listed = {**LLAMA4_SCOUT["text_config"], "no_rope_layers": [1, 0] * 24, "interleave_moe_layer_step": 2}
        b = read({**LLAMA4_SCOUT, "text_config": listed})
        assert (b.full_attention_layers, b.dense_layers, b.intermediate_size) == (24, 24, 16384)
        assert b.expert_intermediate_size == 8192

    @pytest.mark.parametrize(
        ("changes", "dense"),
        [({}, 0), ({"decoder_sparse_step": 2}, 24), ({"mlp_only_layers": [0, 1, 47]}, 3)],
    )
    def test_layers_without_experts_are_counted(self, changes: Mapping[str, Any], dense: int) -> None:
        assert read({**QWEN3_30B, **changes}).dense_layers == dense

    def test_latent_attention_without_a_query_latent_is_that_of_the_lite_model(self) -> None:
        a = read({**DEEPSEEK_V3, "q_lora_rank": None})
        assert (a.q_lora_rank, a.kv_lora_rank, a.head_dim, a.rope_head_dim) == (None, 512, 192, 64)

    def test_a_file_without_kv_heads_has_as_many_as_attention_heads_where_its_class_says_so(self) -> None:
        config = {key: value for key, value in LLAMA_8B.items() if key != "num_key_value_heads"}
        assert read(config).kv_heads == 32
        assert problem({**config, "architectures": ["Gemma2ForCausalLM"], "head_dim": 256}).message == (
            '"num_key_value_heads" is missing'
        )

    def test_figures_equal_the_published_facts(self) -> None:
        if not FACTS_CSV.exists():
            pytest.skip(f"the published facts are not here: {FACTS_CSV.name}")
        with FACTS_CSV.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["architecture"] in RULES]
        assert len(rows) > 40
        for row in rows:
            found = read(_config_of(row))
            assert kv_bytes(found) == float(row["kv_bytes_per_token_16bit"]), row["model"]
            if row["dense_params_b_computed"]:
                stated = float(row["dense_params_b_computed"])
                assert parameter_count(found) / 1e9 == pytest.approx(stated, rel=1e-3), row["model"]


def _config_of(row: Mapping[str, str]) -> dict[str, Any]:
    """A config.json of a row of the published facts; what only the parameters of MLA need is DeepSeek-V3's."""
    names = {
        "layers": "num_hidden_layers", "hidden": "hidden_size", "heads": "num_attention_heads",
        "kv_heads": "num_key_value_heads", "head_dim": "head_dim", "intermediate": "intermediate_size",
        "vocab": "vocab_size", "max_position": "max_position_embeddings", "experts": "num_experts",
        "experts_per_tok": "num_experts_per_tok", "moe_intermediate": "moe_intermediate_size",
        "shared_experts": "n_shared_experts", "first_k_dense": "first_k_dense_replace", "kv_lora_rank": "kv_lora_rank",
        "qk_rope_head_dim": "qk_rope_head_dim",
    }  # fmt: skip
    config = {key: int(float(row[name])) for name, key in names.items() if row[name]}
    latent = {"qk_nope_head_dim": 128, "v_head_dim": 128} if row["kv_lora_rank"] else {}
    rest = {"sliding_window": None, "tie_word_embeddings": row["tie_embeddings"] == "True"}
    absent = {"n_shared_experts": 0, "first_k_dense_replace": 0}
    return {"architectures": [row["architecture"]], **absent, **latent, **rest, **config}


class TestRefusals:
    def test_an_unknown_architecture_is_named_with_the_nearest_and_the_list(self) -> None:
        found = problem({**LLAMA_8B, "architectures": ["LlamaForCausaLM"]})
        assert found.message == 'unknown architecture "LlamaForCausaLM"'
        assert found.hint.startswith("did you mean LlamaForCausalLM?")
        assert found.hint.endswith(", ".join(sorted(RULES)))
        assert found.where.line == 2

    @pytest.mark.parametrize("name", sorted(REFUSED))
    def test_what_our_types_cannot_express_is_refused_with_the_reason(self, name: str) -> None:
        found = problem({**LLAMA_8B, "architectures": [name]})
        assert found.message == f"{name} cannot be described by a catalog entry: {REFUSED[name]}"

    def test_no_architecture_is_both_known_and_refused(self) -> None:
        assert set(RULES) & set(REFUSED) == set()

    @pytest.mark.parametrize("key", sorted(MARKS))
    def test_a_key_that_marks_another_kind_of_layer_refuses_a_known_architecture(self, key: str) -> None:
        assert problem({**LLAMA_8B, key: 64}).message.endswith(MARKS[key])
        nothing: tuple[object, ...] = (0, None, False, [], {})
        for empty in nothing:
            assert read({**LLAMA_8B, key: empty}).layers == 32

    def test_marks_inside_a_nested_text_config_count(self) -> None:
        nested = {**GEMMA3_4B, "text_config": {**GEMMA3_4B["text_config"], "num_kv_shared_layers": 15}}
        assert problem(nested).message.startswith("num_kv_shared_layers marks")

    @pytest.mark.parametrize("kind", sorted(OTHER_KINDS))
    def test_layer_types_that_are_no_attention_over_a_cache_are_refused(self, kind: str) -> None:
        found = problem({**LLAMA_8B, "layer_types": [kind] * 24 + ["full_attention"] * 8})
        assert found.message == f'layer_types holds "{kind}" 24 times: {OTHER_KINDS[kind]}'

    @pytest.mark.parametrize(
        ("config", "message"),
        [
            ({**LLAMA_8B, "layer_types": ["full_attention"]}, "layer_types has 1 entries for 32 layers"),
            (
                {**LLAMA_8B, "layer_types": ["sliding_attention"] * 32},
                "layer_types names windowed layers, but sliding_window is not given",
            ),
            (
                {**LLAMA_8B, "intermediate_size": [14336] * 32},
                "intermediate_size is a list: its layers differ from each other, which a catalog entry cannot say",
            ),
            ({**LLAMA_8B, "num_key_value_heads": 7}, "32 attention heads cannot share 7 KV heads"),
            ({**LLAMA_8B, "hidden_size": 4097}, "hidden_size 4,097 does not divide by 32 heads"),
            ({**QWEN3_30B, "num_experts_per_tok": 129}, "129 experts per token of only 128"),
            (
                {**DEEPSEEK_V3, "moe_layer_freq": 2},
                "moe_layer_freq is not 1: experts in some layers only have no rule",
            ),
            (
                {**LLAMA_8B, "kv_lora_rank": 512},
                "kv_lora_rank marks latent attention, which this architecture does not have",
            ),
            (
                {**LLAMA_8B, "attn_type_list": [1, 0]},
                f"attn_type_list holds 0: {OTHER_KINDS['linear_attention']}",
            ),
        ],
    )
    def test_figures_that_contradict_are_refused_once(self, config: object, message: str) -> None:
        assert problem(config).message == message

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (-1, "num_hidden_layers must be between 1 and 10,000, got -1"),
            (0, "num_hidden_layers must be between 1 and 10,000, got 0"),
            (10**9, "num_hidden_layers must be between 1 and 10,000, got 1,000,000,000"),
            ("32", 'num_hidden_layers must be a whole number, got "32"'),
            (32.5, "num_hidden_layers must be a whole number, got 32.5"),
            (True, "num_hidden_layers must be a whole number, got true"),
            (float("nan"), 'num_hidden_layers must be a whole number, got "NaN"'),
            ({"a": 1}, 'num_hidden_layers must be a whole number, got {"a": 1}'),
            (None, '"num_hidden_layers" is missing'),
        ],
    )
    def test_numbers_out_of_range_are_located(self, value: object, message: str) -> None:
        found = problem({**LLAMA_8B, "num_hidden_layers": value})
        assert found.message == message
        assert found.where.line == 5
        assert found.where.column == 23

    @pytest.mark.parametrize("digits", [19, 400, 5000])
    def test_a_number_of_many_digits_is_located(self, digits: int) -> None:
        text = json.dumps(LLAMA_8B, indent=1).replace("14336", "9" * digits)
        found = problem(text)
        assert found.message == "the number is out of range"
        assert (found.where.line, found.where.column) == (9, 23)

    def test_every_problem_comes_at_once_in_the_order_of_the_file(self) -> None:
        found = problems({**LLAMA_8B, "vocab_size": "many", "num_hidden_layers": -3, "tie_word_embeddings": 1})
        assert [d.where.line for d in found] == [5, 10, 12]

    def test_a_problem_quotes_its_line_with_a_caret(self) -> None:
        text = diagnostics_text(problems({**LLAMA_8B, "vocab_size": -5}))
        assert text == (
            "config.json:10:16  vocab_size must be between 1 and 10,000,000, got -5\n"
            '  10 |  "vocab_size": -5,\n'
            "     |                ^^\n"
            "1 problem; nothing was written"
        )

    @pytest.mark.parametrize(
        ("text", "message", "line", "column"),
        [
            ('{\n "a": 1,\n}', "not valid JSON: illegal trailing comma before end of object", 2, 8),
            ("{\n 'a': 1}", "not valid JSON: expecting property name enclosed in double quotes", 2, 2),
            ('{"a": 1', "not valid JSON: expecting ',' delimiter", 1, 8),
            ("# yes\n{}", "not valid JSON: expecting value", 1, 1),
            ('{"a": 1} {"b": 2}', "not valid JSON: extra data", 1, 10),
            ('{"a": 1, "a": 2}', '"a" is given twice; the first is on line 1', 1, 10),
            ("[1]", "a config.json is one object, in braces", 1, 1),
            ("7", "a config.json is one object, in braces", 1, 1),
        ],
    )
    def test_text_that_is_no_config_is_located(self, text: str, message: str, line: int, column: int) -> None:
        found = problem(text)
        if "trailing comma" in message and found.message != message:  # before Python 3.13 it is named otherwise
            message, line, column = "not valid JSON: expecting property name enclosed in double quotes", 3, 1
        assert (found.message, found.where.line, found.where.column) == (message, line, column)

    def test_deep_nesting_is_refused(self) -> None:
        assert problem('{"a":' + "[" * 100_000 + "]" * 100_000 + "}").message == "not a config.json: nested too deep"
        assert "levels deep" in problem('{"a":' + "[" * 60 + "]" * 60 + "}").message

    @pytest.mark.parametrize(
        ("config", "hint"),
        [
            ({}, "is this a model's config.json?"),
            ({"tokenizer_class": "LlamaTokenizer"}, "it has tokenizer_class: this is another file of the repository"),
            ({"peft_type": "LORA"}, "it has peft_type: this is another file of the repository"),
            ({"dim": 4096, "n_layers": 32}, "it has dim: this is another file of the repository"),
            ({"architectures": []}, "is this a model's config.json?"),
            ({"architectures": "LlamaForCausalLM"}, "is this a model's config.json?"),
        ],
    )
    def test_another_file_of_a_repository_is_told_apart(self, config: object, hint: str) -> None:
        found = problem(config)
        assert (found.message, found.hint) == ('"architectures" is missing or names none', hint)


INT4_GROUPS = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 128, "symmetric": True}
FLOAT8 = {"num_bits": 8, "type": "float", "strategy": "channel"}
NVFP4 = {"num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16}


def compressed(weights: object, inputs: object = None, **changes: object) -> dict[str, object]:
    group = {"targets": ["Linear"], "weights": weights, "input_activations": inputs}
    return {"quant_method": "compressed-tensors", "config_groups": {"group_0": group}, "ignore": ["lm_head"], **changes}


class TestQuantization:
    @pytest.mark.parametrize(
        ("quantization", "precision", "bits", "compute"),
        [
            ({"quant_method": "fp8"}, "fp8", 8.0, "fp8"),
            ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8", 8.002, "fp8"),
            ({"quant_method": "fbgemm_fp8"}, "fp8", 8.0, "fp8"),
            ({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}, "int4", 4.1562, "bf16"),
            ({"quant_method": "gptq", "bits": 4, "group_size": 128, "sym": True}, "int4", 4.125, "bf16"),
            ({"quant_method": "gptq", "bits": 8, "group_size": -1, "sym": True}, "int8", 8.0, "bf16"),
            ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "fp4", 4.5, "fp4"),
            ({"quant_method": "modelopt_fp4", "quant_algo": "W4A16_NVFP4"}, "fp4", 4.5, "bf16"),
            ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8", 8.0, "fp8"),
            (compressed(INT4_GROUPS), "int4", 4.125, "bf16"),
            (compressed({**INT4_GROUPS, "symmetric": False}), "int4", 4.1562, "bf16"),
            (compressed({"num_bits": 8, "type": "int", "strategy": "channel"}, FLOAT8 | {"type": "int"}),
             "int8", 8.0, "int8"),
            (compressed(FLOAT8, FLOAT8), "fp8", 8.0, "fp8"),
            (compressed(FLOAT8), "fp8", 8.0, "bf16"),
            (compressed(NVFP4, NVFP4), "fp4", 4.5, "fp4"),
            (compressed(NVFP4), "fp4", 4.5, "bf16"),
        ],
    )  # fmt: skip
    def test_each_format_gives_its_precision_bits_and_compute(
        self, quantization: object, precision: str, bits: float, compute: str
    ) -> None:
        (found,) = adopted({**LLAMA_8B, "quantization_config": quantization}).model.checkpoints
        assert (found.precision, found.compute, found.quantized) == (precision, compute, "linear")
        assert found.bits_per_weight == pytest.approx(bits, abs=1e-4)
        assert found.verified

    def test_a_file_without_quantization_is_16_bits_wide(self) -> None:
        for dtype in ("bfloat16", "float16", "torch.bfloat16", "float32"):
            (found,) = adopted({**LLAMA_8B, "torch_dtype": dtype}).model.checkpoints
            assert (found.precision, found.bits_per_weight, found.quantized) == ("bf16", 16.0, "none")
        assert found.note is not None
        assert "served at 16 bits" in found.note

    @pytest.mark.parametrize(
        ("config", "quantized"),
        [
            (GPT_OSS_20B, "experts"),
            (
                {**QWEN3_30B, "quantization_config": compressed(NVFP4, ignore=["lm_head", "re:.*self_attn.*"])},
                "experts",
            ),
            ({**QWEN3_30B, "quantization_config": compressed(NVFP4, ignore=["model.layers.0.mlp.gate"])}, "linear"),
            ({**QWEN3_30B, "quantization_config": compressed(NVFP4, ignore=["re:.*self_attn.kv_b_proj$"])}, "linear"),
            ({**LLAMA_8B, "quantization_config": compressed(NVFP4, ignore=["vision_tower.blocks.0.attn"])}, "linear"),
        ],
    )
    def test_modules_that_stay_wide_tell_experts_from_all(self, config: object, quantized: str) -> None:
        assert adopted(config).model.checkpoints[0].quantized == quantized

    @pytest.mark.parametrize(
        ("quantization", "message"),
        [
            ({"quant_method": "bitsandbytes"}, 'the quantization method "bitsandbytes" has no rule'),
            ({"load_in_4bit": True}, "quant_method is missing"),
            ("fp8", "quantization_config must be an object"),
            ({"quant_method": "gptq", "bits": 3}, "weights of 3 bits have no rule"),
            ({"quant_method": "awq"}, '"bits" is missing'),
            ({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION"}, 'quant_algo "MIXED_PRECISION" has no rule'),
            ({"quant_method": "compressed-tensors"}, "config_groups is missing or empty"),
            (compressed({"num_bits": 6, "type": "float"}), 'weights of type "float" with 6 bits have no rule'),
            (
                compressed(NVFP4, ignore=["re:.*self_attn.*"]),
                "attention is left at 16 bits and the rest is not: a dense entry cannot say that",
            ),
            (
                compressed(None, config_groups={"a": {"weights": INT4_GROUPS}, "b": {"weights": FLOAT8}}),
                "several formats in one checkpoint have no rule: 4-bit integers in groups of 128; 8-bit floats",
            ),
        ],
    )
    def test_formats_without_a_rule_are_refused(self, quantization: object, message: str) -> None:
        found = problems({**LLAMA_8B, "quantization_config": quantization})
        assert message in {d.message for d in found}

    def test_known_methods_are_listed(self) -> None:
        hint = problem({**LLAMA_8B, "quantization_config": {"quant_method": "zzz"}}).hint
        assert all(method in hint for method in METHODS)

    def test_an_unknown_type_of_weights_is_refused(self) -> None:
        assert problem({**LLAMA_8B, "torch_dtype": "float8_e4m3fn"}).message == (
            'weights of type "float8_e4m3fn" without a quantization_config have no rule'
        )


class TestOverlay:
    def test_the_text_is_a_catalog_that_holds_the_model(self) -> None:
        for config in (LLAMA_8B, QWEN3_30B, GPT_OSS_20B, DEEPSEEK_V3, LLAMA4_SCOUT, GEMMA3_4B):
            found = adopted(config)
            parsed = load(ModelCatalog, Source("overlay.yaml", found.text)).document
            assert parsed.spec.models == (found.model,)
            assert found.text == adopted(config).text

    def test_what_the_file_says_is_verified_and_what_it_does_not_say_is_not(self) -> None:
        found = adopted(LLAMA_8B)
        marks = {fact.verified for fact in _facts(found) if fact.source == "config"}
        assert found.model.architecture.verified
        assert found.model.architecture.source == "config"
        assert (found.model.context_tokens.verified, found.model.modalities.verified) == (True, True)
        assert found.unverified == ("license", "parametersB", "toolUse")
        assert marks == {True, False}  # toolUse: the file was read, and does not say
        assert (found.model.parameters_b.source, found.model.parameters_b.value) == ("computed", 8.03)
        assert found.model.parameters_b.note == "config.json does not say; computed from the architecture"

    def test_every_source_that_is_named_is_listed_and_no_other(self) -> None:
        for stated in (STATED, Stated(repo="o/m", license="mit", parameters_b=8.0, tool_use=True)):
            found = adopted(LLAMA_8B, stated)
            parsed = load(ModelCatalog, Source("overlay.yaml", found.text)).document
            assert set(parsed.spec.sources) == {fact.source for fact in _facts(found)}

    def test_options_win_over_what_the_repository_suggests(self) -> None:
        stated = Stated(
            repo="acme/Llama-3.1-8B", license="llama3.1", id="acme-8b", name="Acme 8B", family="acme",
            parameters_b=8.0, tool_use=True,
        )  # fmt: skip
        model = adopted(LLAMA_8B, stated).model
        assert (model.id, model.name, model.family, model.publisher) == ("acme-8b", "Acme 8B", "acme", "acme")
        assert (model.parameters_b.value, model.parameters_b.verified) == (8.0, False)
        assert (model.tool_use.value, model.tool_use.verified) == (True, False)

    @pytest.mark.parametrize(
        ("repo", "key"),
        [
            ("Qwen/Qwen3-8B", "qwen3-8b"),
            ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct"),
            ("org/A_B+C", "a_b-c"),
            ("org/" + "x" * 90, "x" * 63),
        ],
    )
    def test_the_id_is_the_repositorys_name(self, repo: str, key: str) -> None:
        assert model_id(repo) == key
        assert adopted(LLAMA_8B, Stated(repo=repo.replace("+", "-"), license="mit")).model.id == key

    def test_an_id_that_is_no_kubernetes_name_makes_a_document_all_the_same(self) -> None:
        for key in ("7b", "a.b_c", "0-", "x" * 63):
            assert adopted(LLAMA_8B, Stated(repo="o/m", license="mit", id=key)).model.id == key

    def test_what_only_a_person_can_say_is_asked_for_with_the_problems_of_the_file(self) -> None:
        found = problems({**LLAMA_8B, "vocab_size": -1}, Stated())
        assert [d.where.file for d in found] == ["config.json", "--repo", "--license"]

    @pytest.mark.parametrize(
        ("stated", "option"),
        [
            (Stated(repo="no-publisher", license="mit"), "--repo"),
            (Stated(repo="a b/c", license="mit"), "--repo"),
            (Stated(repo="o/m", license="MIT License"), "--license"),
            (Stated(repo="o/m", license=""), "--license"),
            (Stated(repo="o/m", license="mit", id="Upper"), "--id"),
            (Stated(repo="o/m", license="mit", id=""), "--id"),
            (Stated(repo="o/m", license="mit", family="x" * 64), "--family"),
            (Stated(repo="o/m", license="mit", name="two\nlines"), "--name"),
            (Stated(repo="o/m", license="mit", parameters_b=-1.0), "--parameters-b"),
            (Stated(repo="o/m", license="mit", parameters_b=float("nan")), "--parameters-b"),
        ],
    )
    def test_an_option_that_cannot_be_used_is_named(self, stated: Stated, option: str) -> None:
        assert problem(LLAMA_8B, stated).where.file == option

    def test_parameters_that_are_stated_must_be_those_that_are_computed(self) -> None:
        assert adopted(LLAMA_8B, Stated(repo="o/m", license="mit", parameters_b=8.2)).model.parameters_b.value == 8.2
        found = problem(LLAMA_8B, Stated(repo="o/m", license="mit", parameters_b=70.0))
        assert found.message == "70 B stated, 8.03 B computed from the architecture: -88.5%"

    def test_what_the_entry_leaves_out_is_said(self) -> None:
        assert adopted(DEEPSEEK_V3).published.remarks == (
            "num_nextn_predict_layers: the layers that predict further tokens are not counted",
        )
        assert adopted(GEMMA3_4B).published.remarks == (
            "vision_config: that encoder is not counted; state it as extraParametersB with its source",
            "rope_scaling: linear by 8; the context is max_position_embeddings as it stands",
        )


def _facts(found: Adopted) -> Iterator[Sourced]:
    model = found.model
    yield from (model.license, model.architecture, model.parameters_b, model.context_tokens)
    yield from (model.tool_use, model.modalities, *model.checkpoints)


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**12), st.floats(), st.text(max_size=5),
    st.lists(st.integers(-2, 3), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
KEYS = sorted({*EVERYTHING, *GPT_OSS_20B, *QWEN3_30B, "text_config", "vision_config", "no_rope_layers", "moe_layers"})


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(RULES)),
    junk=st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=4),
    gone=st.sets(st.sampled_from(KEYS), max_size=3),
)
def test_whatever_a_file_holds_it_is_read_or_refused(name: str, junk: dict[str, Any], gone: set[str]) -> None:
    config = {key: value for key, value in EVERYTHING.items() if key not in gone}
    try:
        found = adopted({**config, "architectures": [name], **junk})
    except InputError as error:
        assert error.diagnostics  # noqa: PT017  # both outcomes are right
    else:
        assert load(ModelCatalog, Source("overlay.yaml", found.text)).document.spec.models == (found.model,)


def test_the_documentation_lists_every_architecture_that_has_a_rule() -> None:
    text = (Path(__file__).parents[2] / "docs" / "catalogs.md").read_text(encoding="utf-8")
    listed = text[text.index("Architectures that have a rule:") :].split(".", 1)[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(RULES)
