"""Licences, precisions and reasoning are read as people ask for them."""

import pytest

from neuralnav.draft.rules.names import read_names
from neuralnav.draft.text import read
from neuralnav.files.catalogs import load_catalog

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("prose", "licenses", "precisions", "reasoning"),
    [
        ("Apache 2.0 only", "apache-2.0", None, None),
        ("Apache 2.0 or MIT", "apache-2.0|mit", None, None),
        ("MIT license", "mit", None, None),
        ("legal wants an open licence", "apache-2.0|mit", None, None),
        ("permissive license", "apache-2.0|mit", None, None),
        ("must allow commercial use", "apache-2.0|mit", None, None),
        ("OSI-approved", "apache-2.0|mit", None, None),
        ("a chatbot mit Zusammenfassungen", None, None, None),
        ("Apache Kafka pipeline", None, None, None),
        ("researchers at MIT", None, None, None),
        (
            "no Llama licence",
            "apache-2.0|deepseek|gemma|glm-4|mit|modified-mit|mrl|nvidia-open-model-license|qwen",
            None,
            None,
        ),
        ("permissive license (Apache/MIT)", "apache-2.0|mit", None, None),
        ("offene Lizenz", "apache-2.0|mit", None, None),
        ("MIT-Lizenz", "mit", None, None),
        ("licence libre", "apache-2.0|mit", None, None),
        ("licencia abierta", "apache-2.0|mit", None, None),
        ("オープンライセンス", "apache-2.0|mit", None, None),
        ("Apacheライセンス", "apache-2.0", None, None),
        ("必须可商用", "apache-2.0|mit", None, None),
        ("no non-commercial licenses", None, None, None),
        ("neither Gemma nor Llama because of their licences; Apache 2.0 only", "apache-2.0", None, None),
        ("license doesn't matter", None, None, None),
        ("Apache-2.0 licensed models", "apache-2.0", None, None),
        ("open source models", None, None, None),
        ("the llama3.1 license is fine", "llama3.1", None, None),
        ("FP8", None, "fp8", None),
        ("bf16 or fp8", None, "fp8|bf16", None),
        ("fp8 or bf16, no int4", None, "fp8|bf16", None),
        ("no int4", None, "bf16|fp8|int8|fp4", None),
        ("no quantization", None, "bf16", None),
        ("keine Quantisierung", None, "bf16", None),
        ("量子化なし", None, "bf16", None),
        ("quantized is fine", None, None, None),
        ("AWQ", None, "int4", None),
        ("full precision", None, "bf16", None),
        ("4-bit", None, "int4|fp4", None),
        ("reasoning model", None, None, True),
        ("no reasoning models", None, None, False),
        ("no chain-of-thought please", None, None, False),
        ("keine Reasoning-Modelle", None, None, False),
        ("pas de modèle de raisonnement", None, None, False),
        ("推論モデルは不要", None, None, False),
        ("不要推理模型", None, None, False),
        ("legal reasoning over contracts", None, None, None),
        ("without thinking mode", None, None, False),
        ("quantised weights not allowed", None, "bf16", None),
    ],
)
def test_licenses_precisions_and_reasoning(
    prose: str, licenses: str | None, precisions: str | None, reasoning: object
) -> None:
    found = read_names(read(prose), CATALOG)
    for field, words in (("licenses", licenses), ("precisions", precisions)):
        value = found.value(f"constraints.{field}")
        assert (set(value) if isinstance(value, tuple) else None) == (set(words.split("|")) if words else None)
    assert found.value("constraints.reasoning") is reasoning


def test_an_open_licence_is_inferred_and_a_named_one_stated() -> None:
    (wide,) = read_names(read("legal wants an open licence"), CATALOG).findings
    assert (wide.value, wide.origin) == (("apache-2.0", "mit"), "inferred")
    assert (wide.why, wide.quotes[0].text) == ("licences that the Open Source Initiative approves", "open licence")
    (named,) = read_names(read("Apache 2.0 only"), CATALOG).findings
    assert (named.value, named.origin, named.quotes[0].text) == (("apache-2.0",), "stated", "Apache 2.0")
