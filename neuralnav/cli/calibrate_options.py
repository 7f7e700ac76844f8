"""The options of a global `bench calibrate`; its module, and scipy, are loaded when they are used."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from neuralnav.model.fit_report import LeaveOut

R = TypeVar("R")

FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What was asked for: the tables, what to leave out, whether to fit, and where to write the catalog."""

    measured: Path | None
    steps: Path | None
    open_loop: Path | None
    leave: tuple[LeaveOut, ...]
    keep: bool
    write: Path | None

    def run(self, form: str) -> None:
        """Fit and judge. Raises click.UsageError where scipy is missing."""
        from neuralnav.cli.calibrate_all import Inputs, calibrate_all

        assert self.measured is not None  # noqa: S101  # who calls asks first
        inputs = Inputs(self.measured, self.steps, self.open_loop)
        try:
            calibrate_all(inputs, leave=self.leave, keep=self.keep, out=self.write, form=form)
        except ModuleNotFoundError as error:
            if error.name != "scipy" and not (error.name or "").startswith("scipy."):
                raise
            raise click.UsageError("a fit needs scipy: pip install 'neuralnav[calibrate]'") from error


def global_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options of a global calibration, and pass them as `everything`."""

    @click.option("--measured", type=FILE, help="Fit the model itself to this CSV table of closed-loop runs.")
    @click.option("--steps", type=FILE, help="With --measured: a table of measured forward passes, a second witness.")
    @click.option("--open-loop", type=FILE, help="With --measured: a table of open-loop runs to compare with.")
    @click.option("--left-out", "leave", multiple=True, type=click.Choice(["group", "kind", "generation"]),
                  help="With --measured: fit again with each of these left out, and predict it.")  # fmt: skip
    @click.option("--keep", is_flag=True, help="With --measured: judge the coefficients as they stand; fit nothing.")
    @click.option("--write", type=FILE, metavar="FILE", help="With --measured: write the serving catalog there.")
    @functools.wraps(function)
    def wrapped(
        *, measured: Path | None, steps: Path | None, open_loop: Path | None, leave: tuple[LeaveOut, ...], keep: bool,
        write: Path | None, **others: object,
    ) -> R:  # fmt: skip
        return function(everything=GlobalOptions(measured, steps, open_loop, leave, keep, write), **others)

    return wrapped
