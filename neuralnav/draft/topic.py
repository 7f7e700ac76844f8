"""Whether a prose speaks of a workload at all, or of a cake for twelve people."""

from collections.abc import Sequence

from neuralnav.draft.found import Found
from neuralnav.draft.leftover import WISHES
from neuralnav.draft.text import Text

ANYWHERE = (
    "traffic.users", "domain", "experience", "priorities.", "constraints.budget", "constraints.regions",
    "metadata.", "confidence",
)  # fmt: skip
"""Fields, or how they begin, that prose of any topic may fill."""

TOPIC = (
    "user*", "llm*", "ai", "a.i.", "gpt*", "genai", "gpu*", "model*", "modell*", "chat*", "bot", "bots", "*bot",
    "assistant*", "copilot", "app", "apps", "api", "service", "services", "deploy*", "inference", "token*",
    "prompt*", "request*", "latency", "developer*", "customer*", "employee*", "agents", "platform", "tool",
    "tools", "software", "machine", "automat*", "system*", "solution*", "digital", "website*", "technology",
    "server*",
    "workload*", "throughput", "endpoint*", "summar*", "translat*", "nutzer*", "benutzer*", "anwender*", "kunden*",
    "mitarbeiter*",
    "ki", "dienst", "assistent*", "anwendung*", "utilisateur*", "client", "clients", "employes", "ia",
    "modele*", "application*", "usuario*", "cliente*", "empleado*", "modelo*", "aplicacion*", "asistente*",
    "servicio", "ユーザー*", "モデル", "アプリ", "サービス", "アシスタント", "ボット", "社員", "顧客", "用户",
    "模型", "应用", "服务", "助手", "机器人", "客户", "员工", "客服", "大模型", "智能",
    "系统", "工具", "平台", "werkzeug*", "losung", "plattform*", "community", "discord", "teams", "copilot*",
    "outil*", "logiciel*", "systeme*", "plateforme*", "compagnon*", "tuteur*", "utilisat*", "herramienta*",
    "sistema*", "plataforma*", "bot*", "aplicativo*", "programa", "ayudante*", "tutor*", "buscador*", "ツール",
    "システム", "仕組み", "社内", "generar*", "generier*", "generer", "genere*", "automatis*", "自動", "自动", "生成",
)  # fmt: skip
"""Words of a workload, in six languages."""

MODELS = (
    "llm*", "vllm", "ai", "a.i.", "gpt*", "chatgpt*", "genai", "gen ai", "gpu*", "language model*", "a model",
    "our model", "the model", "models", "inference", "machine learning", "ml", "neural network*", "ki",
    "sprachmodell*",
    "ki modell*", "ein modell", "ia", "modele de langage", "un modele", "modelo de lenguaje", "un modelo", "大模型",
    "语言模型", "模型", "人工智能", "言語モデル", "生成ai", "モデル", "人工知能",
)  # fmt: skip
"""Words of what a workload runs: who wishes for one has a workload in mind, whatever else is left unsaid."""

ASKING = (
    *WISHES, "can we", "could we", "can i", "we have", "help us", "looking for", "i want", "we plan", "planning",
    "want to", "deploy*", "serve", "serving", "host", "hosting", "run", "roll out", "set up", "will use", "would use",
    "team of", "our team", "on prem", "in production", "suchen", "haben", "planen", "einsetzen", "cherchons",
    "aimerions",
    "pouvez vous", "buscamos", "podemos", "desplegar", "使う", "使いたい", "欲しい", "想要", "想", "部署", "使用",
)  # fmt: skip
"""Words of somebody who wishes for something."""

ELSEWHERE = (
    "cake*", "bake", "baking", "oven", "recipe*", "flour", "sugar", "butter", "eggs", "onion*", "cook",
    "wedding*", "caterer*", "catering", "birthday*", "weather", "rain", "raining", "sunny", "wind",
    "degrees", "football", "soccer", "tennis", "fans",
    "invoice", "payable", "plumber", "electrician", "bicycle", "tyre", "garden", "holiday", "flight to",
    "vacation", "diary", "swam", "poem", "roses", "thou", "thee", "sonnet", "song", "kuchen", "backen", "mehl",
    "eier",
    "zucker", "wetter", "regen", "hochzeit*", "fussball", "gateau", "farine", "oeufs", "recette", "meteo", "pluie",
    "mariage", "receta", "harina", "huevos", "azucar", "lluvia", "boda", "postgres*", "mysql", "oracle db", "天気",
    "レシピ", "作り方", "結婚式", "天气", "蛋糕", "食谱", "婚礼", "足球",
)  # fmt: skip
"""Words of other topics, which count where no word of a workload stands beside them."""

FEW_WORDS = 12
"""So short a prose with two figures in it is meant as one: "5,000 people, $6k a month"."""


def speaks_of_a_workload(text: Text, found: Found) -> bool:
    """Tell whether a prose plausibly asks for a service, so that what was read of it is worth a draft."""
    names = tuple(found.findings)
    if not all(name.startswith(ANYWHERE) for name in names):
        return True
    told = [name for name in names if name != "domain"]
    if not told:
        return _says(text, MODELS) and _says(text, ASKING)
    if _says(text, TOPIC):
        return True
    if _says(text, ELSEWHERE):
        return False
    if len(told) > 1 and (len(told) > 2 or len(text.spaced.split()) <= FEW_WORDS):
        return True
    return len(names) > 1 and _says(text, ASKING)


def _says(text: Text, phrases: Sequence[str]) -> bool:
    return any(text.find(phrase) for phrase in phrases)
