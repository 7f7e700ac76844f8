"""What a number counts, by what stands behind it."""

import re
from collections.abc import Mapping

from neuralnav.draft.rules.number_words import words_of

_MILLISECONDS: Mapping[str, float] = {
    **dict.fromkeys(words_of(
        "ms msec msecs milli millis millisecond milliseconds millisekunde millisekunden milliseconde millisecondes"
        " milisegundo milisegundos"
    ), 1.0),
    **dict.fromkeys(words_of(
        "s sec secs second seconds sek sekunde sekunden seconde secondes seg segundo segundos"
    ), 1000.0),
    **dict.fromkeys(words_of("min mins mn minute minutes minuten minuto minutos"), 60_000.0),
}  # fmt: skip
"""Units of time by the word behind a number."""

_WIDE_MILLISECONDS: Mapping[str, float] = {"毫秒": 1.0, "ミリ秒": 1.0, "分": 60_000.0, "秒": 1000.0}
"""The same by how what stands behind a number begins."""

_NO_THINGS = words_of(
    "or and for at to per max maximum minimum tops is as in on oder und fur ou et pour o y para p50 p90 p95 p99"
)
"""Words that may stand behind a bare figure: what it counts is said before it, "ttft 200 or less"."""

_THINGS: Mapping[str, frozenset[str]] = {
    "time": words_of(
        "ms s sec second minute min hour h day week month year sekunde minuten stunde stunden tag tage woche wochen"
        " monat monate jahr jahre seconde heure jour semaine mois segundo minuto hora dia semana mes meses"
    ),
    "people": words_of(
        "people person user seat employee customer developer agent staff colleague nutzer benutzer anwender mitarbeiter"
        " leute personen kunden utilisateur personne employe usuario persona empleado cliente"
    ),
    "text": words_of("token word page"),
    "requests": words_of("request req rps qps query querie call message anfrage anfragen requete solicitude"),
    "gpus": words_of("gpu card node h100 h200 a100 l40s l4 b200 mi300x"),
    "replicas": words_of("replica pod instance"),
    "money": words_of("dollar usd euro eur"),
    "else": words_of("region gb tb k b percent"),
}
"""The first word behind a number that counts some thing, a plural's "s" taken off."""

_WIDE_PEOPLE = ("人", "名", "ユーザー", "用户", "位")

_MAY_COUNT: Mapping[str, tuple[str, ...]] = {
    "traffic.users": ("people",),
    "traffic.requestRate": ("requests",),
    "traffic.requestsPerActiveUserPerMinute": ("requests",),
    "traffic.peakFactor": (),
    "traffic.burstSize": ("requests",),
    "traffic.promptTokens": ("text", "else"),
    "traffic.outputTokens": ("text", "else"),
    "constraints.contextLength": ("text", "else"),
    "constraints.budget": ("money",),
    "constraints.gpus": ("gpus",),
    "deploy.autoscaling.maxReplicas": ("replicas", "gpus"),
}
"""What the numbers of a field may count, of the things above; what is none of them they may count as well."""

_WORD = re.compile(r"[^\W_]+")


def unit_of(tail: str) -> float | None:
    """Return the milliseconds of the unit of time that stands behind a number; None where none does."""
    first = _WORD.match(tail)
    known = _MILLISECONDS.get(first[0]) if first else None
    return known or next((each for sign, each in _WIDE_MILLISECONDS.items() if tail.startswith(sign)), None)


def counts_something(tail: str) -> bool:
    """Tell whether a word behind a number may be a thing that it counts."""
    first = _WORD.match(tail)
    return first is not None and first[0] not in _NO_THINGS


def counts_another_thing(field: str, tail: str) -> bool:
    """Tell whether a number counts something that the numbers of a field do not: people, where a budget is meant."""
    if field not in _MAY_COUNT:
        return False
    if "people" not in _MAY_COUNT[field] and tail.startswith(_WIDE_PEOPLE):
        return True
    first = _WORD.match(tail)
    words = set() if first is None else {first[0], first[0].removesuffix("s")}
    return any(words & things for kind, things in _THINGS.items() if kind not in _MAY_COUNT[field])
