"""`neuralnav policy`: try, check, test, explain and list policies. Each command is loaded when it is called."""

import click

from neuralnav.cli.lazy import LazyGroup

COMMANDS = {
    "eval": "Try an expression: its value, or what it says of a workload's candidates.",
    "check": "Find errors and what looks like a mistake, on real candidates.",
    "test": "Run the tests of policies.",
    "explain": "Say what a policy means, where it binds, and whom it refuses.",
    "docs": "Write what is enforced where, as markdown.",
}


class _Policy(LazyGroup):
    """What comes after `neuralnav policy`."""

    summaries = COMMANDS
    module = "neuralnav.cli.policy_{}"


@click.group(
    name="policy",
    cls=_Policy,
    epilog="Try: neuralnav policy eval \"candidate.cost_monthly_usd < usd('5k')\" --workload services/chat",
)
def command() -> None:
    """Try, check, test, explain and list policies.

    The language is in docs/policies.md, every field of it in docs/policy-reference.md.
    """
