"""How it is served: the kind of resource, the simulator, what scales it, the secret of its token."""

from collections.abc import Sequence

from neuralnav.draft.rules.mentions import Mention, quotes, settled_stances
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text
from neuralnav.model.draft import Finding, Reading, Unplaced

TARGET, MODE, SCALER, SECRET = (
    "deploy.target", "deploy.mode", "deploy.autoscaling.class", "deploy.storage.tokenSecret",
)  # fmt: skip

_LLM_TARGET = ("llminferenceservice*", "llm inference service", "llm inferenceservice", "llmisvc")
_LLM_D = ("llm d",)
_PLAIN_TARGET = ("inferenceservice", "inferenceservices", "kserve inference service")
_SIMULATOR = (
    "simulator mode", "simulation mode", "the simulator", "vllm simulator", "llm simulator", "inference simulator",
    "llm d inference sim", "mode: simulator", "simulated gpus", "simulated gpu", "simulated vllm", "simulate the model",
    "simulate the gpus", "simulate inference", "simulate vllm", "simulate serving", "simulated model", "no real gpus",
    "without real gpus", "without real gpu", "fake gpus", "im simulator", "simulatormodus", "mit simulator",
    "als simulation",
    "mode simulateur", "le simulateur", "modo simulador", "el simulador", "シミュレーター", "シミュレータ",
    "模拟器", "模拟模式",
)  # fmt: skip
_OTHER_SIMULATOR = Pattern(
    r"(?:flight|driving|ship|surgical|surgery|race|racing|train|traffic|game|physics|patient|network|trading) $"
)
_SCALERS = {"hpa": ("hpa", "horizontal pod autoscaler", "horizontalpodautoscaler"),
            "wva": ("wva", "workload variant autoscaler")}  # fmt: skip
_KEDA = ("keda",)
_FIXED = (
    "no autoscaling", "no auto scaling", "without autoscaling", "without auto scaling", "no autoscaler",
    "autoscaling: none", "autoscaling off", "disable autoscaling", "fixed number of replicas", "fixed replicas",
    "kein autoscaling", "keine autoskalierung", "ohne autoscaling", "keine automatische skalierung",
    "pas d'autoscaling",
    "sans autoscaling", "pas de mise a l'echelle automatique", "sin autoescalado", "sin escalado automatico",
    "オートスケールなし", "オートスケール不要", "自動スケール不要", "不要自动扩缩容", "无需自动扩缩容",
    "不需要自动伸缩",
)  # fmt: skip
_SECRET = Pattern(
    r"\bsecret(?: is|:|=| named| called| namens| nomme| llamado)+ ?[\"'`]?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)"
    r"|\b(?:token|hf|hugging ?face)[a-z -]{0,30}\bsecret [\"'`]?([a-z0-9]+(?:-[a-z0-9]+)+)"
    r"|(?:シークレット|密钥)(?:は|名は|:|为|是)? ?[\"'`「]?([a-z0-9]+(?:-[a-z0-9]+)+)"
    r"|(?<![a-z0-9-])([a-z0-9]+(?:-[a-z0-9]+)+) secret\b",
    ("secret", "シークレット", "密钥"),
)
_OF_TOKEN = Pattern(r"token|hugging ?face|\bhf\b|weights|トークン|令牌")


def read_serving(text: Text) -> Reading:
    """Return deploy.target, deploy.mode, autoscaling.class and storage.tokenSecret, where the prose names them."""
    target = _target(text)
    scaler, unplaced = _scaler(text, target)
    return Reading(findings=(*target, *_mode(text), *scaler, *_secret(text)), unplaced=unplaced)


def _said(text: Text, phrases: Sequence[str]) -> list[Mention]:
    found = settled_stances(text, (Mention(span, ("",)) for phrase in phrases for span in text.find(phrase)))
    return [item for item in found if item.stance in ("wanted", "preferred", "current")]


def _stated(text: Text, field: str, value: str, said: Sequence[Mention], why: str = "") -> tuple[Finding, ...]:
    found = quotes(text, [item.span for item in said])
    return (Finding(field, value, "inferred" if why else "stated", "rules", found, why),)


def _target(text: Text) -> tuple[Finding, ...]:
    if said := _said(text, _LLM_TARGET):
        return _stated(text, TARGET, "LLMInferenceService", said)
    if said := [item for item in _said(text, _LLM_D) if not text.spaced.startswith(" inference sim", item.span[1])]:
        return _stated(text, TARGET, "LLMInferenceService", said, "llm-d is deployed through it")
    if said := _said(text, _PLAIN_TARGET):
        return _stated(text, TARGET, "InferenceService", said)
    return ()


def _mode(text: Text) -> tuple[Finding, ...]:
    said = [
        item
        for item in _said(text, _SIMULATOR)
        if not _OTHER_SIMULATOR.search(text.spaced[max(item.span[0] - 12, 0) : item.span[0]])
    ]
    return _stated(text, MODE, "simulator", said) if said else ()


def _scaler(text: Text, target: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Unplaced, ...]]:
    if fixed := [span for phrase in _FIXED for span in text.find(phrase)]:
        return _stated(text, SCALER, "none", [Mention(span, ("",)) for span in fixed]), ()
    of_llm = bool(target) and target[0].value == "LLMInferenceService"
    if said := _said(text, _SCALERS["wva"]):
        more = () if target else _stated(text, TARGET, "LLMInferenceService", said, "wva is a field of it")
        if of_llm or not target:
            return (*_stated(text, SCALER, "wva", said), *more), ()
    if said := _said(text, _SCALERS["hpa"]):
        if not of_llm:
            return _stated(text, SCALER, "hpa", said), ()
        return (), (Unplaced(text.quote(*said[0].span), "an LLMInferenceService has no autoscaler by CPU"),)
    if said := _said(text, _KEDA):
        why = "KEDA reads Prometheus: set deploy.autoscaling.prometheus, which turns it on"
        return (), (Unplaced(text.quote(*said[0].span), why),)
    return (), ()


def _secret(text: Text) -> tuple[Finding, ...]:
    for found in _SECRET.finditer(text.folded):
        value = next(group for group in found.groups() if group)
        if _OF_TOKEN.search(text.folded, *text.sentence(found.start())) and value not in ("token", "the", "a", "in"):
            return (Finding(SECRET, value, "stated", "rules", (text.quote(*found.span()),)),)
    return ()
