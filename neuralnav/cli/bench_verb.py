"""`neuralnav bench`: make, bring in, judge and look at benchmark tables. Each command is loaded when it is called."""

import click

from neuralnav.cli.lazy import LazyGroup

COMMANDS = {
    "simulate": "Sweep the load of every configuration and write the benchmark tables.",
    "merge": "Join the shards of a sweep into the tables that one process would have written.",
    "import": "Import reports of GuideLLM, vLLM, llm-d-benchmark and aiconfigurator.",
    "validate": "Check tables against physics, themselves and each other.",
    "calibrate": "Say how far measured runs lie from the serving model, and how plans would use them.",
    "show": "Print load curves of a benchmark dataset.",
}


class _Bench(LazyGroup):
    """What comes after `neuralnav bench`."""

    summaries = COMMANDS
    module = "neuralnav.cli.bench_{}"


@click.group(
    name="bench",
    cls=_Bench,
    epilog="Try: neuralnav bench show --model qwen3-8b --accelerator h100 --profile 512x256",
)
def command() -> None:
    """Make, bring in, judge and look at benchmark tables."""
