"""Whether a number that a model gives is one that the prose holds, as it stands or in another unit."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from neuralnav.draft.llm.counted import counts_another_thing, counts_something, unit_of
from neuralnav.draft.llm.spoken import speaks_of
from neuralnav.draft.rules.numbers import Kind, Number
from neuralnav.draft.text import Text
from neuralnav.model.draft import Value
from neuralnav.model.quantity import DAYS_PER_MONTH, HOURS_PER_MONTH, duration_ms, rate_per_s, usd_per_month

Borne = Literal["says", "follows"]
"""The prose says the number as the value has it, or the value follows from it by a change of units."""

_PERIODS: Mapping[str, Sequence[str]] = {
    "second": (
        "second", "sec", "s", "rps", "qps", "sekunde", "seconde", "segundo", "毎秒", "每秒", "秒",
    ),
    "minute": ("minute", "min", "rpm", "minuto", "毎分", "每分钟", "分"),
    "hour": ("hour", "hr", "h", "hourly", "stunde", "heure", "hora", "時間", "小时", "每小时"),
    "day": ("day", "daily", "tag", "taglich", "jour", "dia", "diario", "日", "天", "每天"),
    "week": ("week", "weekly", "woche", "wochentlich", "semaine", "semana", "週", "周"),
    "month": ("month", "monthly", "mo", "monat", "monatlich", "mois", "mes", "mensual", "月"),
    "year": (
        "year", "yearly", "pa", "yr", "annual", "annually", "annum", "jahr", "jahrlich", "annee", "ano", "anual", "年",
    ),
}  # fmt: skip
_SECONDS: Mapping[str, float] = {
    "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0,
    "month": DAYS_PER_MONTH * 86_400.0,
}  # fmt: skip
_MONTHS: Mapping[str, float] = {
    "hour": HOURS_PER_MONTH, "day": DAYS_PER_MONTH, "week": DAYS_PER_MONTH / 7, "month": 1.0, "year": 1 / 12,
}  # fmt: skip
_TOKENS_OF: Sequence[float] = (1.0, 1.024, 1.024**2, 4 / 3)
"""Tokens to one of what is counted: themselves, thousands taken as 1,024, and words."""

_NEAR = 0.02
"""Months of 30 days and hours of 720 a month are the same figure as ours."""

_LEADING = re.compile(r"\$?\s*([0-9]+(?:\.[0-9]+)?)\s*([kKmM]?)")
_SCALES: Mapping[str, float] = {"": 1.0, "k": 1e3, "m": 1e6}


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number of the prose, either end of a range, with what stands behind it."""

    value: float
    tail: str
    kind: Kind
    vague: bool


def borne_out(field: str, value: Value, number: Number, text: Text) -> Borne | None:
    """Tell whether a number of the prose bears out a value of a field; None where it does not."""
    judge = _JUDGES[field]
    tail = text.spaced[number.end : number.end + 24].lstrip()
    if number.kind == "plain" and counts_another_thing(field, tail):
        return None
    if number.kind != "money" and not _spoken(field, number, tail, text):
        return None
    around = _around(number, text)
    for end in dict.fromkeys((number.value, number.low)):
        found = judge(value, _Figure(end, tail, number.kind, number.vague), around)
        if found is not None:
            return "follows" if number.vague else found
    return None


def is_figure(field: str) -> bool:
    """Tell whether the values of a field are numbers of the prose."""
    return field in _JUDGES


def _spoken(field: str, number: Number, tail: str, text: Text) -> bool:
    """Tell whether the sentence of a number speaks of a field, or the number has a unit that says so."""
    if field.startswith("slo.") and unit_of(tail) is not None:
        return True
    start, end = text.sentence(number.start)
    return speaks_of(field, text.spaced[start:end])


def _around(number: Number, text: Text) -> str:
    """Return the words around a number that may say its period: its clause, from the number on first."""
    start, end = text.clause(number.start)
    return f"{text.spaced[number.end : max(end, number.end)]} | {text.spaced[start : number.start]}"


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_NEAR)


def _count(value: Value, found: _Figure, around: str) -> Borne | None:  # noqa: ARG001  # all are called alike
    right = found.kind == "plain" and isinstance(value, int | float) and _same(float(value), found.value)
    return "says" if right else None


def _tokens(value: Value, found: _Figure, around: str) -> Borne | None:
    if _count(value, found, around):
        return "says"
    if found.kind != "plain" or not isinstance(value, int | float):
        return None
    return "follows" if any(abs(float(value) - found.value * each) <= 1 for each in _TOKENS_OF) else None


def _share(value: Value, found: _Figure, around: str) -> Borne | None:  # noqa: ARG001  # as above
    if not isinstance(value, int | float):
        return None
    if found.kind == "percent":
        return "says" if _same(float(value), found.value / 100) else None
    return "says" if found.kind == "plain" and _same(float(value), found.value) else None


def _factor(value: Value, found: _Figure, around: str) -> Borne | None:
    if found.kind == "percent" and isinstance(value, int | float):
        return "follows" if _same(float(value), 1 + found.value / 100) else None
    return _count(value, found, around)


def _per_user(value: Value, found: _Figure, around: str) -> Borne | None:
    if not isinstance(value, int | float) or found.kind != "plain":
        return None
    period = _period(around)
    minutes = _SECONDS[period or "minute"] / 60 if period != "year" else 0.0
    if not minutes or not _near(float(value), found.value / minutes):
        return None
    return "says" if period in (None, "minute") else "follows"


def _duration(value: Value, found: _Figure, around: str) -> Borne | None:  # noqa: ARG001  # as above
    ms = _read(duration_ms, value)
    if ms is None or found.kind != "plain" or not found.value:
        return None
    unit = unit_of(found.tail)
    if unit is not None:
        return "says" if _same(ms, found.value * unit) else None
    if found.tail.startswith(("token", "tok", "t/s", "words")):
        return "follows" if _near(ms, 1000 / found.value) else None
    if counts_something(found.tail):
        return None
    return "follows" if any(_same(ms, found.value * each) for each in (1.0, 1000.0, 60_000.0)) else None


def _rate(value: Value, found: _Figure, around: str) -> Borne | None:
    per_s = _read(rate_per_s, value)
    if per_s is None or found.kind != "plain":
        return None
    period = _period(around)
    every = [_SECONDS[period]] if period is not None and period in _SECONDS else list(_SECONDS.values())
    if not any(_near(per_s, found.value / seconds) for seconds in every):
        return None
    return "says" if _same(_own(value), found.value) else "follows"


def _budget(value: Value, found: _Figure, around: str) -> Borne | None:
    a_month = _read(usd_per_month, value)
    if a_month is None or found.kind not in ("plain", "money"):
        return None
    period = _period(around)
    every = [_MONTHS[period]] if period is not None and period in _MONTHS else [1.0]
    if not any(_near(a_month, found.value * months) for months in every):
        return None
    return "says" if _same(_own(value), found.value) else "follows"


def _period(around: str) -> str | None:
    """Return the period that the words around a number speak of, what stands behind it first; None for none."""
    words = re.findall(r"[^\W\d_]+", around.replace("par an", "year"))  # "an" alone is an English word
    for word in words:
        for period, signs in _PERIODS.items():
            if word in signs or word.removesuffix("s") in signs or word.removesuffix("e") in signs:
                return period
    return _wide_period(around)


def _wide_period(around: str) -> str | None:
    """Return the period that words without spaces between them speak of."""
    return next(
        (period for period, signs in _PERIODS.items() if any(not s.isascii() and s in around for s in signs)), None
    )


def _own(value: Value) -> float:
    """Return the number that a value begins with: 6000 of "6000 USD/month"."""
    found = _LEADING.match(str(value))
    return float(found[1]) * _SCALES[found[2].lower()] if found else math.nan


def _read(reader: Callable[[object], float], value: Value) -> float | None:
    try:
        return reader(value)
    except ValueError:
        return None


_JUDGES: Mapping[str, Callable[[Value, _Figure, str], Borne | None]] = {
    "traffic.users": _count,
    "traffic.requestRate": _rate,
    "traffic.activeShare": _share,
    "traffic.requestsPerActiveUserPerMinute": _per_user,
    "traffic.peakFactor": _factor,
    "traffic.burstSize": _factor,
    "traffic.promptTokens": _tokens,
    "traffic.outputTokens": _tokens,
    "slo.ttft": _duration,
    "slo.itl": _duration,
    "slo.e2e": _duration,
    "constraints.contextLength": _tokens,
    "constraints.budget": _budget,
    "constraints.gpus": _count,
    "deploy.autoscaling.maxReplicas": _count,
}
