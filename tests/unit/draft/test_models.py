"""Models and families are read as people write them."""

import pytest

from neuralnav.draft.rules.models import read_models
from neuralnav.draft.text import read
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Reading

CATALOG = load_catalog()
CN = "qwen2.5|qwen3|deepseek|kimi|glm|minimax|mimo"
FIELDS = ("models.allow", "models.deny", "families.allow", "families.deny")


def reading(prose: str) -> Reading:
    return read_models(read(prose), CATALOG)


def names(found: Reading, field: str) -> set[str]:
    value = found.value(f"constraints.{field}") or ()
    assert isinstance(value, tuple)
    return set(value)


@pytest.mark.parametrize(
    ("prose", "models", "refused", "families", "banned"),
    [
        ("use Llama 3.1 8B", "llama-3.1-8b", "", "", ""),
        ("llama3.1-8b-instruct", "llama-3.1-8b", "", "", ""),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b", "", "", ""),
        ("Llama 70B", "llama-3.1-70b|llama-3.3-70b", "", "", ""),
        ("Qwen 2.5 7B", "qwen2.5-7b", "", "", ""),
        ("qwen2.5:7b", "qwen2.5-7b", "", "", ""),
        ("Qwen3 30B", "qwen3-30b-a3b|qwen3-30b-a3b-2507", "", "", ""),
        ("Qwen3-30B-A3B", "qwen3-30b-a3b", "", "", ""),
        ("Mistral 7B", "mistral-7b-v0.3", "", "", ""),
        ("Mixtral", "mixtral-8x7b|mixtral-8x22b", "", "", ""),
        ("Mixtral 8x7B", "mixtral-8x7b", "", "", ""),
        ("gpt-oss", "", "", "gpt-oss", ""),
        ("gpt-oss-120b", "gpt-oss-120b", "", "", ""),
        ("GPT OSS 20B", "gpt-oss-20b", "", "", ""),
        ("DeepSeek R1", "deepseek-r1", "", "", ""),
        ("deepseek-r1-distill-qwen-32b", "deepseek-r1-distill-qwen-32b", "", "", ""),
        ("Phi-4", "phi-4", "", "", ""),
        ("phi4", "phi-4", "", "", ""),
        ("Phi-4-mini", "phi-4-mini", "", "", ""),
        ("Gemma 3 27B", "gemma-3-27b", "", "", ""),
        ("gemma3:27b", "gemma-3-27b", "", "", ""),
        ("Granite", "", "", "granite", ""),
        ("IBM Granite 3.3 8B", "granite-3.3-8b", "", "", ""),
        ("use Llama", "", "", "llama", ""),
        ("something from the Qwen family", "", "", "qwen2.5|qwen3", ""),
        ("Mistral models", "", "", "mistral", ""),
        ("Qwen3", "", "", "qwen3", ""),
        ("no DeepSeek", "", "", "", "deepseek"),
        ("no Chinese models", "", "", "", CN),
        ("Chinese models are not allowed", "", "", "", CN),
        ("keine chinesischen Modelle", "", "", "", CN),
        ("pas de modèles chinois", "", "", "", CN),
        ("中国製のモデルは不可", "", "", "", CN),
        ("we use GPT-4 today", "", "", "", ""),
        ("like ChatGPT", "", "", "", ""),
        ("PHI must stay inside", "", "", "", ""),
        ("Llama 3.1 8B or 70B", "llama-3.1-8b|llama-3.1-70b", "", "", ""),
        ("Llama 3.1 8B and Qwen2.5 7B", "llama-3.1-8b|qwen2.5-7b", "", "", ""),
        ("Llama 3.3 for 500 users", "llama-3.3-70b", "", "", ""),
        ("Llama 3", "llama-3.1-8b|llama-3.1-70b|llama-3.1-405b|llama-3.2-1b|llama-3.2-3b|llama-3.3-70b", "", "", ""),
        ("Llama 4", "llama-4-maverick|llama-4-scout", "", "", ""),
        ("Llama 4 Scout", "llama-4-scout", "", "", ""),
        ("Mistral Small", "mistral-small-3.1-24b|mistral-small-3.2-24b", "", "", ""),
        ("Mistral Small 3.2", "mistral-small-3.2-24b", "", "", ""),
        ("Mistral Large", "mistral-large-2", "", "", ""),
        ("Mistral Nemo", "mistral-nemo-12b", "", "", ""),
        ("Qwen3 Coder", "qwen3-coder-30b-a3b|qwen3-coder-480b-a35b", "", "", ""),
        ("Qwen2.5 Coder 32B", "qwen2.5-coder-32b", "", "", ""),
        ("qwen 2.5 coder", "qwen2.5-coder-32b", "", "", ""),
        ("Qwen3 32B", "qwen3-32b", "", "", ""),
        ("a 70B Llama", "llama-3.1-70b|llama-3.3-70b", "", "", ""),
        ("the 8B Llama", "llama-3.1-8b", "", "", ""),
        ("Llama 3.1 (8B)", "llama-3.1-8b", "", "", ""),
        ("Llama-3.1-8B-Instruct-FP8", "llama-3.1-8b", "", "", ""),
        ("RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8", "llama-3.1-8b", "", "", ""),
        ("Llama 2 13B", "", "", "", ""),
        ("Kimi K2", "kimi-k2", "", "", ""),
        ("GLM 4.5 Air", "glm-4.5-air", "", "", ""),
        ("GLM-4.5", "glm-4.5", "", "", ""),
        ("Nemotron 70B", "llama-3.1-nemotron-70b", "", "", ""),
        ("DeepSeek V3", "deepseek-v3-0324", "", "", ""),
        ("DeepSeek V3.1", "deepseek-v3.1", "", "", ""),
        ("OLMo 2 13B", "olmo-2-13b", "", "", ""),
        ("SmolLM3", "smollm3-3b", "", "", ""),
        ("SmolLM2 1.7B", "smollm2-1.7b", "", "", ""),
        ("Devstral", "devstral-small", "", "", ""),
        ("Ministral 8B", "ministral-8b", "", "", ""),
        ("MiniMax M2", "minimax-m2", "", "", ""),
        ("a Qwen3 model, but not qwen3-32b", "", "qwen3-32b", "qwen3", ""),
        ("compare Llama 3.3 70B, Qwen2.5 72B and DeepSeek R1", "llama-3.3-70b|qwen2.5-72b|deepseek-r1", "", "", ""),
        ("We may use Granite, Mistral and gpt-oss models", "", "", "granite|mistral|gpt-oss", ""),
        ("DeepSeek and Kimi are not allowed here", "", "", "", "deepseek|kimi"),
        ("neither Gemma nor Llama because of their licences", "", "", "", "gemma2|gemma3|llama"),
        ("qwen2.5-coder-32b, not the DeepSeek models", "qwen2.5-coder-32b", "", "", "deepseek"),
        ("gemma 3 12b or gemma 3 4b", "gemma-3-12b|gemma-3-4b", "", "", ""),
        ("no Llama license please", "", "", "", ""),
        ("llama.cpp", "", "", "", ""),
        ("models from Meta", "", "", "llama", ""),
        ("no Google models", "", "", "", "gemma2|gemma3"),
        ("Alibaba's models are forbidden", "", "", "", "qwen2.5|qwen3"),
        ("European models only", "", "", "mistral", ""),
        ("Phi-4 preferred", "phi-4", "", "", ""),
        ("anything but Llama", "", "", "", "llama"),
        ("ohne Qwen", "", "", "", "qwen2.5|qwen3"),
        ("kein DeepSeek R1", "", "deepseek-r1", "", ""),
        ("Llamaは使わない、Qwen3 32Bで", "qwen3-32b", "", "", "llama"),
        ("不要DeepSeek，用Qwen3-32B", "qwen3-32b", "", "", "deepseek"),
        ("Mistral rather than Llama", "", "", "mistral", ""),
        ("we tried Llama 3.1 8B, it was too dumb; want Llama 3.3 70B", "llama-3.3-70b", "", "", ""),
        ("replace Llama 3.1 70B with Llama 3.3 70B", "llama-3.3-70b", "", "", ""),
        ("Llama 3.3 70 billion", "llama-3.3-70b", "", "", ""),
        ("Llama 3.1 8 B", "llama-3.1-8b", "", "", ""),
        ("Llama 3.1 405B", "llama-3.1-405b", "", "", ""),
        ("Qwen3 235B", "qwen3-235b-a22b|qwen3-235b-a22b-2507", "", "", ""),
        ("gemma-2-9b-it", "gemma-2-9b", "", "", ""),
        ("Gemma 2", "", "", "gemma2", ""),
        ("Llama-70B class quality", "llama-3.1-70b|llama-3.3-70b", "", "", ""),
        ("only Llama or Mistral", "", "", "llama|mistral", ""),
        ("Llamas in the zoo", "", "", "", ""),
        ("qwen", "", "", "qwen2.5|qwen3", ""),
        ("we support 8B and 70B Llama 3.1", "llama-3.1-70b", "", "", ""),
        ("model must not be from China, not from DeepSeek etc.", "", "", "", CN),
        ("We can't use anything from OpenAI or Google.", "", "", "", "gpt-oss|gemma2|gemma3"),
        ("Gemma 3 27B - wait, not Gemma, take Mistral Small 3.2", "mistral-small-3.2-24b", "", "", "gemma2|gemma3"),
        ("lama 3.1 8b", "llama-3.1-8b", "", "", ""),
        ("mistrall small 3.2", "mistral-small-3.2-24b", "", "", ""),
        ("switch from llama to qwen3", "", "", "qwen3", ""),
        ("llama3.3:70b-instruct and gpt-oss:20b are on the shortlist", "llama-3.3-70b|gpt-oss-20b", "", "", ""),
        ("Any model is fine except Llama 4", "", "llama-4-maverick|llama-4-scout", "", ""),
        ("Das Modell soll frei sein, Llama fällt also raus.", "", "", "", "llama"),
        ("Modelos de Meta no, por la licencia.", "", "", "", "llama"),
        ("国产模型,比如Qwen3-32B", "qwen3-32b", "", "", ""),
        ("must be a European model", "", "", "mistral", ""),
        ("We tried a 7B model", "", "", "", ""),
    ],
)
def test_models(prose: str, models: str, refused: str, families: str, banned: str) -> None:
    found = reading(prose)
    wanted = [set(words.split("|")) if words else set() for words in (models, refused, families, banned)]
    assert [names(found, field) for field in FIELDS] == wanted


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("Llama 2 13B", [("Llama 2 13B", "the catalogs hold no such model; an overlay can add it")]),
        ("Codestral", [("Codestral", "the catalogs hold no such model; an overlay can add it")]),
        ("GPT-4o please", [("GPT-4o", "it is no open model: nobody else can serve it")]),
        ("Claude Sonnet", [("Claude", "it is no open model: nobody else can serve it")]),
        ("we want something like ChatGPT", []),
        ("replace our GPT-4", []),
        ("an OpenAI-compatible API", []),
        ("a small 7B model is enough", [("7B model", "no field holds a size; name models or families")]),
        ("Model must not be bigger than 14B.", [("than 14B", "no field holds a size; name models or families")]),
    ],
)
def test_models_that_cannot_be_served_are_told(prose: str, told: list[tuple[str, str]]) -> None:
    assert [(item.quote.text, item.why) for item in reading(prose).unplaced] == told


def test_a_model_whose_family_is_refused_is_asked() -> None:
    found = reading("Llama 3.3 70B. Note: Llama models are banned")
    (question,) = found.questions
    assert (question.rank, question.text) == (0, "Is Llama 3.3 70B wanted, or are llama models refused?")
    assert found.findings == ()


def test_a_model_that_always_reasons_needs_reasoning() -> None:
    found = reading("DeepSeek R1")
    assert found.value("constraints.reasoning") is True
    assert [(item.field, item.origin, item.why) for item in found.findings] == [
        ("constraints.models.allow", "stated", ""),
        ("constraints.reasoning", "inferred", "deepseek-r1 always reasons"),
    ]


def test_a_name_of_several_models_is_inferred() -> None:
    (finding,) = reading("a 70B Llama").findings
    assert (finding.origin, finding.why) == ("inferred", "every 70B Llama of the catalogs")
    assert finding.value == ("llama-3.1-70b", "llama-3.3-70b")
