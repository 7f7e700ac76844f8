"""How `observe` is told of times: a window's length, and when it ends."""

import re
from datetime import UTC, datetime

import click

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST_SECONDS = 31 * UNITS["d"]
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|h|d|w)")


class Length(click.ParamType[float]):
    """A length of time, in seconds."""

    name = "length"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds of a length such as 90s or 1h, or fail with how to write one."""
        if isinstance(value, int | float):
            return float(value)
        found = _LENGTH.fullmatch(str(value).strip())
        seconds = float(found[1]) * UNITS[found[2]] if found else 0.0
        if seconds <= 0:
            self.fail(f"{value!r} is no length of time; write it like 90s, 30m, 1h or 7d", param, ctx)
        if seconds > LONGEST_SECONDS:
            self.fail(f"{value!r} is longer than 31 days", param, ctx)
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
