"""`neuralnav bench calibrate`: how far measured runs lie from the serving model."""

from pathlib import Path

import click

from neuralnav.cli.calibrate_local import calibrate_local
from neuralnav.cli.calibrate_options import GlobalOptions, global_options
from neuralnav.cli.output import format_option
from neuralnav.cli.reports import ReportCommand, report_options, stated
from neuralnav.errors import ExitCode


@click.command(
    cls=ReportCommand,
    epilog="What a report lacks comes from options, or from FILE.neuralnav.yaml beside it. Plans use such runs once "
    "neuralnav.yaml names their dataset: spec.benchmarks, of outcomes spec.outcomes. See docs/benchmarks.md.",
)
@click.option("--with", "first", multiple=True, metavar="FILE...", type=click.Path(path_type=Path),
              help="Measured runs of your own: reports that `bench import` reads, Parquet files, folders of "
                   "those, or outcomes that `observe` wrote.")  # fmt: skip
@click.argument("more", nargs=-1, metavar="", type=click.Path(path_type=Path))
@report_options
@click.option("--out", type=click.Path(path_type=Path),
              help="Also write the runs that can be used, as a dataset in this folder.")  # fmt: skip
@global_options
@format_option
@click.pass_context
def command(
    context: click.Context, *, first: tuple[Path, ...], more: tuple[Path, ...], out: Path | None, form: str,
    everything: GlobalOptions,
) -> int:  # fmt: skip
    """Shift the serving model by measured runs of your own, and show the error before and after.

    One to three runs of a configuration, of any shape and load, open or closed loop, are enough. With two or more the
    error after is that of each run predicted from the others. Nothing is written unless --out is given.

    With --measured in place of --with, fit the coefficients of the model itself to a table of closed-loop runs of many
    configurations, and tell how far off it is on those that were left out.
    """
    if everything.measured is not None:
        if first or more or out is not None:
            raise click.UsageError("--measured fits the model itself; --with and --out go without it")
        everything.run(form)
        return ExitCode.DONE
    if not first:
        raise click.UsageError("name the measured runs: --with FILE (or, to fit the model itself, --measured FILE)")
    return calibrate_local((*first, *more), stated(context), out=out, form=form)
