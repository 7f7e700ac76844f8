"""How long something may take, as people write it: 90s, 15m, 1h30m."""

import re

import click

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_DURATION = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s?)?")


class Duration(click.ParamType[float]):
    """A time in seconds, written as kubectl takes it."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds that a text names, or fail with how to write them."""
        if isinstance(value, int | float):
            return float(value)
        found = _DURATION.fullmatch(str(value))
        if found is None or not str(value):
            self.fail(f"{value!r} is no duration; write it like 90s, 15m or 1h30m", param, ctx)
        return sum(float(found[unit] or 0) * size for unit, size in _UNITS.items())
