"""What teams ask of a service and no field of a workload holds: told, so that nobody takes it for planned."""

from collections.abc import Iterable, Iterator, Mapping

from neuralnav.draft.rules.negation import negated
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Unplaced

OUTSIDE: Mapping[str, tuple[str, ...]] = {
    "no field holds compliance; a policy can": (
        "gdpr", "dsgvo", "rgpd", "hipaa", "soc 2", "soc2", "iso 27001", "iso27001", "pci dss", "pci compliant",
        "fedramp", "ferpa", "ccpa", "sox compliant", "sox compliance", "nis2", "tisax", "bsi c5", "ai act", "appi",
        "pipl", "等保", "個人情報保護法", "个人信息保护法", "data protection law*", "datenschutz*",
    ),
    "no field holds who may sign in; what stands before the service does": (
        "sso", "single sign on", "saml", "oauth", "oauth2", "oidc", "active directory", "ldap", "keycloak", "okta",
        "role based access", "rbac", "シングルサインオン", "单点登录",
    ),
    "no field holds encryption or logs of access": (
        "audit log*", "audit trail*", "encryption at rest", "encrypted at rest", "end to end encryption",
        "end to end encrypted", "customer managed keys", "byok",
    ),
    "the models of the catalogs read and write text": (
        "voice assistant*", "voice bot*", "voicebot*", "speech to text", "text to speech", "speech recognition", "ocr",
        "image generation", "generate images", "text to image", "look at images", "look at the images", "see images",
        "upload photos", "send photos", "photos of", "screenshots", "multimodal", "multi modal", "video analysis",
        "sprachassistent*", "assistant vocal", "asistente de voz", "音声アシスタント", "音声認識", "画像認識",
        "语音助手", "语音识别", "图像识别",
    ),
    "training and tuning are not planned": (
        "fine tun*", "finetun*", "lora adapter*", "train our own", "train a model", "train the model", "retrain*",
        "rlhf", "ファインチューニング", "微调",
    ),
}  # fmt: skip
"""Why each is told, and its words."""


def outside(text: Text, told: Iterable[Unplaced]) -> tuple[Unplaced, ...]:
    """Return the words of what no field holds, in order, each once; not what the prose denies, nor what is `told`."""
    known = [(item.quote.start, item.quote.end) for item in told]
    kept: list[Unplaced] = []
    for (start, end), why in sorted(_found(text)):
        quote = text.quote(start, end)
        if not any(quote.start < last and first < quote.end for first, last in known):
            known.append((quote.start, quote.end))
            kept.append(Unplaced(quote, why))
    return tuple(kept)


def _found(text: Text) -> Iterator[tuple[Span, str]]:
    for why, words in OUTSIDE.items():
        for word in words:
            said = (span for span in text.find(word) if not negated(text, span))
            if first := next(said, None):
                yield first, why
