"""Values of options that are spelt in a language of their own."""

from collections.abc import Callable
from typing import Any

import click


class Spelt(click.ParamType[Any]):
    """What a reader makes of a text; its ValueError says what is wrong with it."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name, self._read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # click's
        """Return what a text means."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
