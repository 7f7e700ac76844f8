"""Numbers as options take them."""

from math import isnan
from typing import Any

import click


class Number(click.FloatRange):
    """A number in a range. Click's own takes `nan`, which is neither below the range nor above it."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that a text names, or fail."""
        number = float(super().convert(value, param, ctx))
        if isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number
