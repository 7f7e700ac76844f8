"""`neuralnav bench show`: look at the rows of a benchmark dataset."""

import json
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.output import format_option
from neuralnav.cli.tables import print_table
from neuralnav.errors import input_error
from neuralnav.files.data import packaged_tables
from neuralnav.files.parquet import read_table
from neuralnav.model.spec import candidate_id


@click.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@click.option("--model", help="Only this model id.")
@click.option("--accelerator", help="Only this accelerator id.")
@click.option("--precision", help="Only this precision.")
@click.option("--tp", type=int, help="Only this tensor parallelism.")
@click.option("--profile", help="Only this shape, such as 512x256.")
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Rows to print.")
@format_option
def command(
    *, dataset: Path | None, model: str | None, accelerator: str | None, precision: str | None, tp: int | None,
    profile: str | None, limit: int, form: str,
) -> None:  # fmt: skip
    """Print load curves of a benchmark DATASET (default: the packaged one)."""
    base = dataset or packaged_tables()
    files = [base] if base.is_file() else sorted(base.rglob("*.parquet"))
    if not files:
        raise input_error(str(base), "no Parquet file is here", "`neuralnav bench simulate` writes some")
    tables = [read_table(file) for file in files]
    rows = pa.concat_tables(tables)
    shape = _shape(profile)
    wanted = {"model": model, "accelerator": accelerator, "precision": precision, "tp": tp, **shape}
    for name, value in wanted.items():
        if value is not None:
            rows = rows.filter(pc.equal(rows[name], value))
    _print_rows(rows, limit, form)


def _shape(profile: str | None) -> dict[str, int]:
    if profile is None:
        return {}
    parts = profile.split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):  # prompt and output
        raise input_error("--profile", f'"{profile}" is not a shape', "write it like 512x256")
    return {"prompt_tokens": int(parts[0]), "output_tokens": int(parts[1])}


def _print_rows(rows: pa.Table, limit: int, form: str) -> None:
    names = ("model", "precision", "accelerator", "tp", "pp", "prompt_tokens", "output_tokens", "offered_rps")
    keys = [(name, "ascending") for name in names]
    rows = rows.sort_by(keys)
    if form == "json":
        click.echo(json.dumps(rows.slice(0, limit).to_pylist(), indent=2))
        return
    header = ("configuration", "tokens", "req/s", "achieved", "TTFT p95 ms", "ITL p95 ms", "E2E p95 ms", "source")
    body = [
        (
            candidate_id(r["model"], r["precision"], r["accelerator"], r["tp"], r["pp"]),
            f"{r['prompt_tokens']}x{r['output_tokens']}",
            *(_number(r[n]) for n in ("offered_rps", "achieved_rps", "ttft_p95_ms", "itl_p95_ms", "e2e_p95_ms")),
            r["source"],
        )
        for r in rows.slice(0, limit).to_pylist()
    ]  # fmt: skip
    print_table(header, body, form=form, right=range(2, 7))
    if rows.num_rows > limit:
        click.echo(
            f"{limit} of {rows.num_rows:,} rows; narrow with --model, --accelerator, --profile, or raise --limit"
        )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.4g}" if value < 10 else f"{value:,.1f}"  # digits
