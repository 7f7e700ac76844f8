"""Durations, rates, money and sizes as people write them, and back.

Each parser takes the text of a YAML scalar and returns a plain float in the unit its name says; each raises
`ValueError` with a sentence that tells what to write instead.
"""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

DAYS_PER_MONTH = 730 / 24
HOURS_PER_MONTH = 730
"""Hours in a month of billing: 365 x 24 / 12, as cloud price lists use it."""

RATE_DIGITS = 4
"""Rates are kept to 0.0001 per second, so that no later sum depends on a last bit."""

_NUMBER = r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<scale>[kKmM]?)"
_COUNT = re.compile(_NUMBER)
_DURATION = re.compile(rf"{_NUMBER.replace('[kKmM]?', '')}\s*(?P<unit>[a-zA-Zµ]+)?")
_RATE = re.compile(rf"{_NUMBER}\s*(?:(?:req|requests?)\s*)?/\s*(?P<unit>[a-zA-Z]+)")
_MONEY = re.compile(rf"(?P<sign>\$?)\s*{_NUMBER}\s*(?P<currency>[a-zA-Z]{{3}})?\s*/\s*(?P<unit>[a-zA-Z]+)")

_AMOUNT = re.compile(rf"\$?\s*{_NUMBER}\s*(?P<currency>[a-zA-Z]{{3}})?")
_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[a-zA-Z]+)")

_MILLISECONDS: Mapping[str, float] = {"ms": 1.0, "s": 1000.0, "m": 60_000.0, "min": 60_000.0}
_SECONDS: Mapping[str, float] = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0,
    "h": 3600.0, "hour": 3600.0, "d": 86_400.0, "day": 86_400.0,
}  # fmt: skip
_PER_MONTH: Mapping[str, float] = {
    "month": 1.0, "mo": 1.0, "year": 1 / 12, "day": DAYS_PER_MONTH, "hour": HOURS_PER_MONTH, "h": HOURS_PER_MONTH,
}  # fmt: skip
_BYTES: Mapping[str, float] = {
    "B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
    "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40,
}  # fmt: skip
_SCALES: Mapping[str, float] = {"": 1.0, "k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6}


def duration_ms(text: object) -> float:
    """Return milliseconds for "150ms", "1.5s" or "2min"."""
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or found["unit"] not in _MILLISECONDS:
        raise ValueError(f"{_quoted(text)} is not a duration; write it like 150ms, 1.5s or 2min")
    value = float(found["number"]) * _MILLISECONDS[found["unit"]]
    if value <= 0:
        raise ValueError(f"{_quoted(text)} is not a duration above zero; write it like 150ms, 1.5s or 2min")
    return value


def rate_per_s(text: object) -> float:
    """Return requests per second for "12 req/s", "720 req/min" or "1.5M req/day"."""
    found = _RATE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or found["unit"] not in _SECONDS:
        raise ValueError(f"{_quoted(text)} is not a request rate; write it like 12 req/s, 720 req/min or 1.5M req/day")
    value = float(found["number"]) * _SCALES[found["scale"]] / _SECONDS[found["unit"]]
    if value <= 0:
        raise ValueError(f"{_quoted(text)} is not a request rate above zero; write it like 12 req/s")
    return value


def count(value: object) -> object:
    """Return a whole number for "10k" or "2.5M"; anything else as it is, for the type to judge."""
    found = _COUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    number = float(found["number"]) * _SCALES[found["scale"]]
    if not math.isfinite(number) or number != int(number):
        raise ValueError(f"{_quoted(value)} is not a whole number; write it like 5000, 10k or 2M")
    return int(number)


def usd_per_month(text: object) -> float:
    """Return US dollars per month for "6000 USD/month", "$6k/month" or "8.50 USD/hour"."""
    found = _MONEY.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or found["unit"] not in _PER_MONTH or not (found["sign"] or found["currency"]):
        raise ValueError(f"{_quoted(text)} is not a budget; write it like 6000 USD/month")
    if found["currency"] not in (None, "USD"):
        raise ValueError(f"{_quoted(text)} is not in USD; prices in the catalogs are, so write it like 6000 USD/month")
    value = float(found["number"]) * _SCALES[found["scale"]] * _PER_MONTH[found["unit"]]
    if value <= 0:
        raise ValueError(f"{_quoted(text)} is not a budget above zero; write it like 6000 USD/month")
    return value


def usd(text: object) -> float:
    """Return US dollars for "5k", "$6000" or "6000 USD"."""
    found = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or found["currency"] not in (None, "USD"):
        raise ValueError(f"{_quoted(text)} is not an amount of US dollars; write it like 5k, $6000 or 6000 USD")
    return float(found["number"]) * _SCALES[found["scale"]]


def gib(text: object) -> float:
    """Return GiB (2^30 bytes) for "80GiB", "80 GB" (10^9 bytes each) or "1.5TiB"."""
    found = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or found["unit"] not in _BYTES:
        raise ValueError(f"{_quoted(text)} is not a size; write it like 80GiB, 80GB or 1.5TiB")
    return float(found["number"]) * _BYTES[found["unit"]] / _BYTES["GiB"]


def format_ms(value: float) -> str:
    """Return a duration as people write it: "96 ms", "14.8 ms", "3.9 s"."""
    if round(value) >= 1000:
        return f"{value / 1000:.1f} s" if round(value / 1000, 1) < 100 else f"{value / 1000:.0f} s"
    return f"{value:.1f} ms" if round(value, 1) < 100 else f"{value:.0f} ms"


def format_usd(value: float) -> str:
    """Return money as people write it: "$6,570"."""
    return f"${value:,.0f}"


def _quoted(text: object) -> str:
    shown = text if isinstance(text, str) else repr(text)
    return f'"{shown}"' if len(shown) <= 60 else f'"{shown[:57]}..."'


def _schema(pattern: str, example: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, "examples": [example]}


People = Annotated[
    int,
    BeforeValidator(count),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?[kKmM]?$"}]}
    ),
]
Milliseconds = Annotated[
    float, BeforeValidator(duration_ms), WithJsonSchema(_schema(r"^[0-9]+(\.[0-9]+)?\s*(ms|s|m|min)$", "150ms"))
]
RequestsPerSecond = Annotated[
    float,
    BeforeValidator(rate_per_s),
    WithJsonSchema(_schema(r"^[0-9]+(\.[0-9]+)?[kKmM]?\s*((req|requests?)\s*)?/\s*[a-z]+$", "12 req/s")),
]
UsdPerMonth = Annotated[
    float,
    BeforeValidator(usd_per_month),
    WithJsonSchema(_schema(r"^\$?\s*[0-9]+(\.[0-9]+)?[kKmM]?\s*(USD)?\s*/\s*[a-z]+$", "6000 USD/month")),
]
