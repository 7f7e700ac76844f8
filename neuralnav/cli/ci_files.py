"""Read what earlier steps of a job found, and say what the steps of a job share."""

import os
from pathlib import Path

import click
from pydantic import ValidationError

from neuralnav.errors import NeuralnavError, input_error
from neuralnav.forge.artifact import checked_diff
from neuralnav.forge.results import warning_line
from neuralnav.model.diff import PlanDiff
from neuralnav.model.report import Report

MAX_OWN_BYTES = 256 * 1024 * 1024
"""What an earlier step of the same job wrote may be larger than what comes from elsewhere."""


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
