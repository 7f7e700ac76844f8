"""`neuralnav bench calibrate`: how far measured runs lie from the serving model."""

from pathlib import Path

import click

from neuralnav.cli.calibrate_local import calibrate_local
from neuralnav.cli.output import format_option


@click.command(epilog="Plans use such runs once neuralnav.yaml names their dataset: spec.benchmarks.")
@click.option("--with", "first", multiple=True, metavar="FILE...", type=click.Path(path_type=Path),
              help="Measured runs of your own: Parquet files, or folders of them.")  # fmt: skip
@click.argument("more", nargs=-1, metavar="", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Also write the runs that can be used, as a dataset in this folder.")  # fmt: skip
@format_option
def command(*, first: tuple[Path, ...], more: tuple[Path, ...], out: Path | None, form: str) -> None:
    """Shift the serving model by measured runs of your own, and show the error before and after.

    One to three runs of a configuration, of any shape and load, open or closed loop, are enough. With two or more the
    error after is that of each run predicted from the others. Nothing is written unless --out is given.
    """
    if not first:
        raise click.UsageError("name the measured runs: --with FILE")
    calibrate_local((*first, *more), out=out, form=form)
