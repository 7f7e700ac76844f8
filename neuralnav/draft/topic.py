"""Whether a prose speaks of a workload at all, or of a cake for twelve people."""

from neuralnav.draft.found import Found
from neuralnav.draft.text import Text

ANYWHERE = (
    "traffic.users", "domain", "experience", "priorities.", "constraints.budget", "constraints.regions",
    "metadata.", "confidence",
)  # fmt: skip
"""Fields, or how they begin, that prose of any topic may fill."""

TOPIC = (
    "user*", "llm*", "ai", "a.i.", "gpt*", "genai", "gpu*", "model*", "modell*", "chat*", "bot", "bots", "*bot",
    "assistant*", "copilot", "app", "apps", "api", "service", "services", "deploy*", "inference", "token*", "prompt*",
    "request*", "latency", "developer*", "customer*", "employee*", "agents", "platform", "tool", "tools", "software",
    "summar*", "translat*", "nutzer*", "benutzer*", "anwender*", "kunden*", "mitarbeiter*", "ki", "dienst",
    "assistent*", "anwendung*", "utilisateur*", "client", "clients", "employes", "ia", "modele*", "application*",
    "usuario*", "cliente*", "empleado*", "modelo*", "aplicacion*", "asistente*", "servicio", "ユーザー*", "モデル",
    "アプリ", "サービス", "アシスタント", "ボット", "社員", "顧客", "用户", "模型", "应用", "服务", "助手", "机器人",
    "客户", "员工", "客服", "大模型", "智能", "系统", "工具", "平台", "werkzeug*", "system*", "losung", "plattform*",
    "community", "discord", "teams", "copilot*", "outil*", "logiciel*", "systeme*", "plateforme*", "compagnon*",
    "tuteur*", "utilisat*", "herramienta*", "sistema*", "plataforma*", "bot*", "aplicativo*", "programa", "ayudante*",
    "tutor*", "buscador*", "ツール", "システム", "仕組み", "社内", "generar*", "generier*", "generer", "genere*",
    "automatis*", "自動", "自动", "生成",
)  # fmt: skip
"""Words of a workload, in six languages."""

FEW_WORDS = 12
"""So short a prose with two figures in it is meant as one: "5,000 people, $6k a month"."""


def speaks_of_a_workload(text: Text, found: Found) -> bool:
    """Tell whether enough was found to draft from."""
    if not found.findings:
        return False
    if not all(name.startswith(ANYWHERE) for name in found.findings):
        return True
    terse = len(found.findings) > 1 and len(text.spaced.split()) <= FEW_WORDS
    return terse or names_the_topic(text)


def names_the_topic(text: Text) -> bool:
    """Tell whether a prose has a word of workloads, whatever else was found in it."""
    return any(text.find(phrase) for phrase in TOPIC)
