"""`neuralnav bench`: make and look at benchmark tables."""

from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.output import format_option
from neuralnav.cli.world import sweep_all
from neuralnav.errors import input_error
from neuralnav.files.cache import write_table
from neuralnav.files.data import data_folder, load_catalog, load_project, read_table
from neuralnav.files.places import find_root
from neuralnav.model.document import suggestion
from neuralnav.model.plan import candidate_id
from neuralnav.serving.sweep import SweepSettings, configurations


@click.group(name="bench", epilog="Try: neuralnav bench show --model qwen3-8b --accelerator h100 --profile 512x256")
def command() -> None:
    """Make and look at benchmark tables."""


@command.command(epilog="The same seed gives the same rows, on every machine.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("benchmarks/simulated"), show_default=True,
              help="Folder for one Parquet file per shape.")  # fmt: skip
@click.option("--profile", "profiles", multiple=True, help="A traffic profile, such as 512x256 (default: all).")
@click.option("--prompt-tokens", type=click.IntRange(1), help="A shape of your own, with --output-tokens.")
@click.option("--output-tokens", type=click.IntRange(2), help="A shape of your own, with --prompt-tokens.")
@click.option("--model", "models", multiple=True, help="Only these model ids.")
@click.option("--accelerator", "accelerators", multiple=True, help="Only these accelerator ids.")
@click.option("--requests", type=click.IntRange(10), default=SweepSettings().requests, show_default=True,
              help="Requests measured behind each row.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=SweepSettings().seed, show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one per core).")
def simulate(
    *, out: Path, profiles: tuple[str, ...], prompt_tokens: int | None, output_tokens: int | None,
    models: tuple[str, ...], accelerators: tuple[str, ...], requests: int, seed: int, jobs: int | None,
) -> None:  # fmt: skip
    """Sweep the load of every configuration of the catalog and write the benchmark tables.

    Every row says `source = simulated` and carries the half-width of its 90 % interval.
    """
    if (prompt_tokens is None) != (output_tokens is None):
        raise click.UsageError("--prompt-tokens and --output-tokens come together")
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    for kind, chosen, known in (
        ("profile", profiles, catalog.profiles), ("model", models, catalog.models),
        ("accelerator", accelerators, catalog.accelerators),
    ):  # fmt: skip
        for name in chosen:
            if name not in known:
                raise input_error(f"--{kind}", f'unknown {kind} "{name}"', suggestion(name, known))
    if prompt_tokens is not None and output_tokens is not None:
        shapes = [(f"{prompt_tokens}x{output_tokens}", prompt_tokens, output_tokens)]
    else:
        shapes = [
            (p.id, p.prompt_tokens, p.output_tokens)
            for p in catalog.profiles.values()
            if not profiles or p.id in profiles
        ]
    wanted = [
        item
        for item in configurations(catalog)
        if (not models or item.model in models) and (not accelerators or item.accelerator.id in accelerators)
    ]
    settings = SweepSettings(requests=requests, seed=seed)
    for name, prompt, output in shapes:
        tasks = [(item, prompt, output, catalog.serving, settings) for item in wanted]
        table = pa.concat_tables(list(sweep_all(tasks, label=f"sweeping {name}", processes=jobs))).combine_chunks()
        write_table(table, out / f"{name}.parquet")
        click.echo(f"wrote {out / name}.parquet   {table.num_rows:,} rows of {len(tasks):,} configurations")


@command.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@click.option("--model", help="Only this model id.")
@click.option("--accelerator", help="Only this accelerator id.")
@click.option("--precision", help="Only this precision.")
@click.option("--tp", type=int, help="Only this tensor parallelism.")
@click.option("--profile", help="Only this shape, such as 512x256.")
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Rows to print.")
@format_option
def show(
    *, dataset: Path | None, model: str | None, accelerator: str | None, precision: str | None, tp: int | None,
    profile: str | None, limit: int, form: str,
) -> None:  # fmt: skip
    """Print load curves of a benchmark DATASET (default: the packaged one)."""
    base = dataset or data_folder("benchmarks")
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
    import json

    from neuralnav.cli.tables import print_table

    keys = [("model", "ascending"), ("precision", "ascending"), ("accelerator", "ascending"), ("tp", "ascending"),
            ("prompt_tokens", "ascending"), ("offered_rps", "ascending")]  # fmt: skip
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
