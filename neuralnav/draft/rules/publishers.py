"""Who publishes models, from where, and models that are not open or not in the catalogs."""

from collections.abc import Mapping
from typing import Literal

Origin = Literal["china", "europe", "usa"]

ORIGINS: Mapping[str, Origin] = {
    "alibaba": "china", "deepseek": "china", "moonshot ai": "china", "z.ai": "china", "minimax": "china",
    "xiaomi": "china", "zhipu ai": "china", "baidu": "china", "tencent": "china", "01.ai": "china",
    "bytedance": "china", "mistral ai": "europe", "aleph alpha": "europe", "hugging face": "usa", "meta": "usa",
    "google": "usa", "microsoft": "usa", "openai": "usa", "ibm": "usa", "nvidia": "usa", "ai2": "usa",
}  # fmt: skip
"""Where publishers of the catalogs have their seat, in lower case; others have none here."""

ORIGIN_WORDS: Mapping[Origin, tuple[str, ...]] = {
    "china": (
        "chinese model*", "chinese llm*", "chinese ai model*", "chinese open model*", "chinese vendor*", "chinese ai",
        "chinese made", "chinese origin", "chinese lab*", "model* from china", "models made in china",
        "chinese language models from", "china models", "llms from china", "nothing from china", "anything from china",
        "chinesisch* modell*", "chinesisch* sprachmodell*", "chinesisch* llm*", "modelle aus china", "modell aus china",
        "modele* chinois", "modeles d'origine chinoise", "modele* de chine", "llm chinois",
        "modelo* chino", "modelo* chinos", "modelos de china", "llm chinos", "中国のモデル", "中国製", "中国系", "中国産",
        "中国模型", "国产模型", "国产大模型", "中国的模型", "中国公司的模型",
    ),
    "europe": (
        "european model*", "european llm*", "eu model", "eu models", "model* from europe", "europaisch* modell*",
        "modelle aus europa", "modele* europeen*", "modelo* europeo*", "欧州のモデル", "欧洲模型", "ヨーロッパのモデル",
    ),
    "usa": (
        "american model*", "us model", "us models", "us made models", "u.s. models", "model* from the us",
        "models from the usa", "amerikanisch* modell*", "us modelle", "modele* americain*", "modelo* estadounidense*",
        "アメリカのモデル", "米国製モデル", "美国模型",
    ),
}  # fmt: skip

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
    "grok 1", "grok 2", "teuken*", "luminous", "eurollm*", "apertus*", "solar 10.7b", "gemma 3n", "medgemma*", "biomistral*",
    "openchat", "nous hermes*", "hermes 3*", "swallow*", "elyza*", "calm3*", "step 3", "seed oss*", "gpt j*", "gpt neo*",
)  # fmt: skip
"""Models that the catalogs lack; one that an overlay adds is found by its own name."""
