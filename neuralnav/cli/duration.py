"""Times on a command line: how long something may take (90s, 15m, 1h30m, 7d), and a moment."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from neuralnav.model.plain_text import counted

UNIT_SECONDS: Mapping[str, float] = {
    "w": 604_800.0, "d": 86_400.0, "h": 3600.0, "min": 60.0, "m": 60.0, "s": 1.0, "ms": 0.001,
}  # fmt: skip
_PARTS = r"{w}?{d}?{h}?(?:{min}|{m})?{s}?{ms}?"
_DURATION = re.compile(_PARTS.format(**{unit: rf"(?:(?P<{unit}>[0-9]+(?:\.[0-9]+)?){unit})" for unit in UNIT_SECONDS}))
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class Duration(click.ParamType[float]):
    """A time in seconds: parts with a unit, the longest first; a bare number is of seconds.

    None is no time at all where `above_zero`, and none is longer than `most_days`.
    """

    name = "duration"

    def __init__(self, *, above_zero: bool = False, most_days: int = 0) -> None:
        """Bound the time; 0 days bound nothing."""
        self._above_zero, self._most_days = above_zero, most_days

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds that a text names, or fail with how to write them."""
        if isinstance(value, int | float):
            return float(value)
        text = str(value).strip()
        found = _DURATION.fullmatch(text)
        if _SECONDS.fullmatch(text):
            seconds = float(text)
        elif text and found is not None:
            seconds = sum(float(found[unit] or 0) * size for unit, size in UNIT_SECONDS.items())
        else:
            self.fail(f"{value!r} is no duration; write it like 90s, 15m, 1h30m or 7d", param, ctx)
        if self._above_zero and seconds <= 0.0:
            self.fail(f"{value!r} is no time at all; write it like 90s, 15m, 1h30m or 7d", param, ctx)
        if self._most_days and seconds > self._most_days * UNIT_SECONDS["d"]:
            self.fail(f"{value!r} is longer than {counted(self._most_days, 'day')}", param, ctx)
        return seconds


class Moment(click.ParamType[datetime]):
    """A moment; where no offset is given, in UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment that ISO 8601 names, or fail with how to write one."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is no time; write it like 2026-11-26T08:00Z", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
