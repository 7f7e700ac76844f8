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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return what click does; a word that is no command is answered with the nearest."""
        if args and args[0] not in self.summaries and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.summaries, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)
