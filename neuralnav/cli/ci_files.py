"""Read what earlier steps of a job found, and say what the steps of a job share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from pydantic import ValidationError

from neuralnav.errors import NeuralnavError, input_error
from neuralnav.forge.artifact import checked_diff
from neuralnav.forge.results import warning_line
from neuralnav.model.diff import PlanDiff
from neuralnav.model.report import Report
from neuralnav.report_diff import Noise

MAX_OWN_BYTES = 256 * 1024 * 1024
"""What an earlier step of the same job wrote may be larger than what comes from elsewhere."""

Options = TypeVar("Options", bound=Callable[..., object])


def noise_options(command: Options) -> Options:
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


def read_diff(path: Path) -> PlanDiff:
    """Return the diff in a file. Raises `InputError` where it is none."""
    return checked_diff(str(path), _read(path), max_bytes=MAX_OWN_BYTES)


def read_check(path: Path) -> Report:
    """Return the report of `check` in a file. Raises `InputError` where it is none."""
    try:
        return Report.model_validate_json(_read(path))
    except ValidationError:
        hint = "it is what `neuralnav check --format json` of the same version prints"
        raise input_error(str(path), "this is not a report of check", hint) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_OWN_BYTES + 1)
    except OSError as error:
        raise input_error(str(path), f"cannot be read: {error.strerror}") from None


def say_failure(what: str, error: NeuralnavError) -> None:
    """Tell of a failure that must not fail the job: as an annotation on GitHub, in words elsewhere."""
    for item in error.diagnostics:
        text = f"{item.where.file}: {item.message}" + (f" ({item.hint})" if item.hint else "")
        if on_github():
            click.echo(warning_line(what, text))
        else:
            click.echo(f"warning: {what}: {text}", err=True)


def on_github() -> bool:
    """Tell whether this is a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"
