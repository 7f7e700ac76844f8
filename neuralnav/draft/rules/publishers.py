"""Who publishes models, from where, and models that are not open or not in the catalogs."""

from collections.abc import Mapping
from typing import Literal

from neuralnav.draft.rules.patterns import Pattern

Origin = Literal["china", "europe", "usa"]

ORIGINS: Mapping[str, Origin] = {
    "alibaba": "china", "deepseek": "china", "moonshot ai": "china", "z.ai": "china", "minimax": "china",
    "xiaomi": "china", "zhipu ai": "china", "baidu": "china", "tencent": "china", "01.ai": "china",
    "bytedance": "china", "mistral ai": "europe", "aleph alpha": "europe", "hugging face": "usa", "meta": "usa",
    "google": "usa", "microsoft": "usa", "openai": "usa", "ibm": "usa", "nvidia": "usa", "ai2": "usa",
}  # fmt: skip
"""Where publishers of the catalogs have their seat, in lower case; others have none here."""

ORIGIN_WORDS: Mapping[Origin, tuple[str, ...]] = {
    "china": ("chinese made", "chinese origin", "chinese ai", "中国のモデル", "中国製", "中国系", "中国産",
    "中国モデル", "中国模型",
              "国产模型", "国产大模型", "中国的模型", "中国公司的模型"),
    "europe": ("欧州のモデル", "欧州製", "欧洲模型", "欧洲的模型", "ヨーロッパのモデル"),
    "usa": ("アメリカのモデル", "米国製", "米国のモデル", "美国模型", "美国的模型"),
}  # fmt: skip
"""How models of an origin are spoken of in scripts without spaces, and in words that need no model beside them."""

_PLACES: Mapping[Origin, str] = {
    "china": r"chinese|chinesische[nmrs]?|chinois(?:es?)?|chin[oa]s?|china|chine",
    "europe": r"european|europaische[nmrs]?|europeen(?:ne)?s?|europe[oa]s?|europe|europa|eu",
    "usa": r"american|us|u\.s\.|usa|amerikanische[nmrs]?|americains?|estadounidenses?",
}
_MODELS = r"(?:modell?(?:s|e|en|es|os|o)?|sprachmodell(?:e|en)?|llms?|vendors?|labs?|weights)"
_BEFORE = r"(?:[ -](?:made|built|open|source|ai|ki|weight|based))*[ -]"
_BEHIND = (
    r" (?:which |that |must |may |should |can |cannot |can't |not |be |are |is |come |coming |made |built |developed )*"
    r"(?:from |in |of |by |aus |de |d'origine |open source )*(?:the )?"
)
_HINTS: Mapping[Origin, tuple[str, ...]] = {
    "china": ("chin",), "europe": ("europ", "eu "), "usa": ("american", "americain", "us ", " usa", "u.s.", "estadoun"),
}  # fmt: skip
ORIGIN: Mapping[Origin, Pattern] = {
    origin: Pattern(
        rf"(?<![a-z])(?:(?:{place}){_BEFORE}{_MODELS}|(?:{_MODELS}|nothing|anything){_BEHIND}(?P<place>{place}))(?![a-z])",
        _HINTS[origin],
    )
    for origin, place in _PLACES.items()
}
"""Models of an origin, as people speak of them."""

CLOSED = (
    "gpt 4*", "gpt4*", "gpt 3*", "gpt3*", "gpt 5*", "gpt5*", "chatgpt*", "chat gpt", "claude*", "gemini*", "copilot",
    "openai api", "openai's api", "openai models", "anthropic*", "perplexity", "grok", "azure openai", "bedrock",
    "vertex ai", "mistral api", "palm 2",
)  # fmt: skip
"""Models that nobody else can serve, and the services that do."""

UNKNOWN = (
    "codellama*", "code llama*", "codestral*", "pixtral*", "magistral*", "voxtral*", "starcoder*", "vicuna*", "alpaca",
    "falcon 7b", "falcon 40b", "falcon 180b", "falcon llm", "falcon3*", "yi 34b", "yi 6b", "command r*", "bloomz*",
    "mpt 7b", "mpt 30b", "dbrx", "jamba*", "internlm*", "baichuan*", "ernie*", "hunyuan*", "exaone*", "stablelm*",
    "aya expanse", "aya 23", "wizardlm*", "zephyr 7b", "tinyllama*", "whisper", "qwq*", "qwen3.5*", "chatglm*", "rwkv*",
    "grok 1", "grok 2", "teuken*", "luminous", "eurollm*", "apertus*", "solar 10.7b", "gemma 3n", "medgemma*",
    "biomistral*",
    "openchat", "nous hermes*", "hermes 3*", "swallow*", "elyza*", "calm3*", "step 3", "seed oss*", "gpt j*",
    "gpt neo*",
)  # fmt: skip
"""Models that the catalogs lack; one that an overlay adds is found by its own name."""
