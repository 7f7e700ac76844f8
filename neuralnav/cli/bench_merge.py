"""`neuralnav bench merge`: join the shards of a sweep into the tables that one process would have written."""

from pathlib import Path

import click

from neuralnav.files.parquet import write_table
from neuralnav.files.shards import merge


@click.command(
    epilog="Try: neuralnav bench simulate --shard 1/2 --out shards, then 2/2, then neuralnav bench merge shards"
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR...",
                type=click.Path(path_type=Path, exists=True, file_okay=False))  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default=Path("benchmarks/simulated"), show_default=True,
              help="Folder for one Parquet file per shape.")  # fmt: skip
def command(*, folders: tuple[Path, ...], out: Path) -> None:
    """Join the shards of a sweep that lie in the folders DIR.

    The tables are byte for byte those of `bench simulate` without shards. Shards that are missing, given twice, or of
    another sweep (other settings, seed, catalogs or version) are refused by name, and then nothing is written.
    """
    for shape, table in merge(folders).items():
        path = out / f"{shape}.parquet"
        write_table(table, path)
        click.echo(f"wrote {path}   {table.num_rows:,} rows")
