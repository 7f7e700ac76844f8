"""The options that say what is too small a change to tell of: of `diff`, and of the jobs that show one."""

from collections.abc import Callable
from typing import TypeVar

import click

from neuralnav.report_diff import Noise

Command = TypeVar("Command", bound=Callable[..., object])


def noise_options(command: Command) -> Command:
    """Add the options that say what is too small a change to tell of."""
    for name, said in (
        ("--min-latency-percent", "A p95 that changes by less is not told of."),
        ("--min-cost-percent", "A cost that changes by less is not told of."),
        ("--min-cost-usd", "A cost that changes by less a month is not told of."),
    ):
        command = click.option(name, type=click.FloatRange(min=0), default=0.0, metavar="NUMBER", help=said)(command)
    return command


def noise_of(min_cost_usd: float, min_cost_percent: float, min_latency_percent: float) -> Noise:
    """Return the thresholds that the options name."""
    return Noise(min_cost_percent / 100, min_cost_usd, min_latency_percent / 100)
