"""`neuralnav policy`: try, check, test, explain and list policies. Each command is loaded when it is called."""

import click

from neuralnav.cli.lazy import LazyGroup
from neuralnav.model.document import suggestion

COMMANDS = {
    "eval": "Try an expression: its value, or what it says of a workload's candidates.",
    "check": "Find errors and what looks like a mistake, on real candidates.",
    "test": "Run the tests of policies.",
    "explain": "Say what a policy means, where it binds, and whom it refuses.",
    "docs": "Write what is enforced where, as markdown.",
}


class _Policy(LazyGroup):
    """A group that answers a word it does not know with the nearest."""

    summaries = COMMANDS
    module = "neuralnav.cli.policy_{}"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = suggestion(args[0], COMMANDS)
            ctx.fail(f"No such command {args[0]!r}. {hint[:1].upper()}{hint[1:]}".rstrip())
        return super().resolve_command(ctx, args)


@click.group(
    name="policy",
    cls=_Policy,
    epilog="Try: neuralnav policy eval \"candidate.cost_monthly_usd < usd('5k')\" --workload services/chat",
)
def command() -> None:
    """Try, check, test, explain and list policies.

    The language is in docs/policies.md, every field of it in docs/policy-reference.md.
    """
