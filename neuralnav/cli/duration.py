"""How long something may take, as people write it: 90s, 15m, 1h30m."""

import re

import click

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3}
_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?:in)?)?"
    r"(?:(?P<ms>\d+(?:\.\d+)?)ms|(?P<s>\d+(?:\.\d+)?)s?)?"
)


class Duration(click.ParamType[float]):
    """A time in seconds, written as kubectl takes it; a bare number is seconds. `above` is what it must exceed."""

    name = "duration"

    def __init__(self, *, above: float | None = None) -> None:
        self.above = above

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds that a text names, or fail with how to write them."""
        if isinstance(value, int | float):
            return float(value)
        text = str(value).strip()
        found = _DURATION.fullmatch(text)
        if found is None or not text:
            self.fail(f"{value!r} is no duration; write it like 90s, 15m or 1h30m", param, ctx)
        seconds = sum(float(found[unit] or 0) * size for unit, size in _UNITS.items())
        if self.above is not None and seconds <= self.above:
            self.fail(f"{value!r} is too short; it must be more than {self.above:g} s", param, ctx)
        return seconds
