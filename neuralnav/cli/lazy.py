"""Command groups that cost nothing until one of their commands is used."""

import importlib
from collections.abc import Mapping
from typing import ClassVar

import click


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used, and has their summaries without it.

    `summaries` holds the commands in order, `module` the path of a command's module, its name left open as `{}`.
    """

    summaries: ClassVar[Mapping[str, str]]
    module: ClassVar[str]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in order."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """Return a command, its module imported now, or None."""
        if cmd_name not in self.summaries:
            return None
        command: click.Command = importlib.import_module(self.module.format(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """Write the summaries, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))
