"""`neuralnav bench`: make, bring in, judge and look at benchmark tables. Each command is loaded when it is called."""

import importlib

import click

from neuralnav.model.document import suggestion

COMMANDS = {
    "simulate": "Sweep the load of every configuration and write the benchmark tables.",
    "merge": "Join the shards of a sweep into the tables that one process would have written.",
    "import": "Import reports of GuideLLM, vLLM, llm-d-benchmark and aiconfigurator.",
    "validate": "Check tables against physics, themselves and each other.",
    "calibrate": "Say how far measured runs lie from the serving model, and how plans would use them.",
    "show": "Print load curves of a benchmark dataset.",
}


class _Bench(click.Group):
    """A group that imports a command's module when it is used, and answers a word it does not know with the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"neuralnav.cli.bench_{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = suggestion(args[0], COMMANDS)
            ctx.fail(f"No such command {args[0]!r}. {hint[:1].upper()}{hint[1:]}".rstrip())
        return super().resolve_command(ctx, args)


@click.group(
    name="bench",
    cls=_Bench,
    epilog="Try: neuralnav bench show --model qwen3-8b --accelerator h100 --profile 512x256",
)
def command() -> None:
    """Make, bring in, judge and look at benchmark tables."""
