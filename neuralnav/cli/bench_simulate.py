"""`neuralnav bench simulate`: sweep the load of configurations and write the benchmark tables."""

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.on_demand import Job, sweep_all
from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.parts import Parts
from neuralnav.files.places import find_root
from neuralnav.files.places import show as show_path
from neuralnav.files.shards import Label, Shard
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import suggestion
from neuralnav.model.tables import BENCHMARK_SCHEMA
from neuralnav.serving.configurations import Configuration, configurations, plan_memory
from neuralnav.serving.identity import evidence_id
from neuralnav.serving.settings import SweepSettings

FLUSH_SECONDS = 20.0
"""A kill loses at most the curves that were finished in this time, and those in work."""


@click.command(epilog="The same seed gives the same rows, on every machine.")
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
@click.option("--shard", "part", metavar="I/N", help="Only part I of N, counted from 1, into files of its own.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one per core).")
@click.option("--fresh", is_flag=True, help="Sweep every curve again, also those that nothing changed for.")
def command(
    *, out: Path, profiles: tuple[str, ...], prompt_tokens: int | None, output_tokens: int | None,
    models: tuple[str, ...], accelerators: tuple[str, ...], requests: int, seed: int, part: str | None,
    jobs: int | None, fresh: bool,
) -> None:  # fmt: skip
    """Sweep the load of every configuration of the catalog and write the benchmark tables.

    Every row says `source = simulated` and carries the half-width of its 90 % interval. Curves that the output holds
    already, with nothing behind them changed, are kept. A run that was interrupted or killed goes on where it was when
    the same command is given again; the result is the same as that of one run. Shards may run on different machines;
    `neuralnav bench merge` joins them.
    """
    if (prompt_tokens is None) != (output_tokens is None):
        raise click.UsageError("--prompt-tokens and --output-tokens come together")
    shard = None if part is None else Shard.parse(part)
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    _check("profile", profiles, catalog.profiles)
    _check("model", models, catalog.models)
    _check("accelerator", accelerators, catalog.accelerators)
    if prompt_tokens is not None and output_tokens is not None:
        shapes = [(f"{prompt_tokens}x{output_tokens}", prompt_tokens, output_tokens)]
    else:
        named = [item for item in catalog.profiles.values() if not profiles or item.id in profiles]
        shapes = [(item.id, item.prompt_tokens, item.output_tokens) for item in named]
    wanted = [
        item
        for item in configurations(catalog)
        if (not models or item.model in models) and (not accelerators or item.accelerator.id in accelerators)
    ]
    settings = SweepSettings(requests=requests, seed=seed)
    whole = [(name, _tasks(catalog, wanted, prompt, output, settings)) for name, prompt, output in shapes]
    for number, (name, tasks) in enumerate(whole, 1):
        label = f"sweeping {name} ({number} of {len(whole)})" if len(whole) > 1 else f"sweeping {name}"
        _sweep_into(_Output.of(out, name, shard, settings, tasks), label=label, jobs=jobs, fresh=fresh)


def _check(kind: str, chosen: Sequence[str], known: Collection[str]) -> None:
    for name in chosen:
        if name not in known:
            raise input_error(f"--{kind}", f'unknown {kind} "{name}"', suggestion(name, known))


def _tasks(
    catalog: Catalog, wanted: Sequence[Configuration], prompt_tokens: int, output_tokens: int, settings: SweepSettings
) -> list[Job]:
    """Return the sweeps of a shape: of each configuration whose memory and whose model's context hold a request.

    Raises InputError when none does.
    """
    tokens = prompt_tokens + output_tokens
    long_enough = [item for item in wanted if catalog.models[item.model].context_tokens.value >= tokens]
    held = [item for item in long_enough if plan_memory(item, tokens, catalog.serving, settings).fits]
    if not held:
        what = "memory that holds" if long_enough else "a model whose context holds"
        message = f"no configuration has {what} a request of {tokens:,} tokens"
        raise input_error("bench simulate", message, "ask for fewer tokens, or for other models and accelerators")
    return [(item, prompt_tokens, output_tokens, catalog.serving, settings) for item in held]


@dataclass(frozen=True, slots=True)
class _Output:
    """A file, and the sweeps whose curves it is to hold, in their order; `label` says which shard it is, if any."""

    path: Path
    tasks: Sequence[Job]
    label: Label | None

    @classmethod
    def of(cls, folder: Path, shape: str, shard: Shard | None, settings: SweepSettings, tasks: list[Job]) -> "_Output":
        """Return the output of a shape, or of a shard of it."""
        if shard is None:
            return cls(folder / f"{shape}.parquet", tasks, None)
        own = [task for task in tasks if shard.holds(task[0].id)]
        label = Label.of(shape, shard, asdict(settings), [evidence_id(*task) for task in tasks])
        return cls(folder / shard.file_name(shape), own, label)


def _sweep_into(output: _Output, *, label: str, jobs: int | None, fresh: bool) -> None:
    """Write the curves of all tasks, in their order: those that the output or its parts hold, and the others swept."""
    parts, tasks = Parts(output.path), output.tasks
    if fresh:
        parts.clear()
    found, unreadable = (BENCHMARK_SCHEMA.empty_table(), []) if fresh else parts.read()
    for file in unreadable:
        message = f"{show_path(file)} is not a readable benchmark table; its curves are swept again"
        click.echo(f"warning: {message}", err=True)
    ids = [evidence_id(*task) for task in tasks]
    held = frozenset(pc.unique(found["evidence_id"]).to_pylist())
    missing = [task for task, key in zip(tasks, ids, strict=True) if key not in held]
    swept = _sweep_missing(parts, missing, label=label, jobs=jobs, kept=len(tasks) - len(missing))
    table = _dated(_in_order(pa.concat_tables([found, *swept]), ids), tasks)
    parts.finish(table if output.label is None else output.label.onto(table))
    counts = f"{len(tasks):,} configurations: kept {len(tasks) - len(missing):,}, swept {len(missing):,}"
    click.echo(f"wrote {output.path}   {table.num_rows:,} rows of {counts}")


def _sweep_missing(parts: Parts, tasks: Sequence[Job], *, label: str, jobs: int | None, kept: int) -> list[pa.Table]:
    """Return the curves of the tasks, writing those that are finished to parts every now and then."""
    swept: list[pa.Table] = []
    saved, since = 0, time.monotonic()
    try:
        for table in sweep_all(tasks, label=label, processes=jobs):
            swept.append(table)
            if time.monotonic() - since >= FLUSH_SECONDS:
                parts.add(pa.concat_tables(swept[saved:]))
                saved, since = len(swept), time.monotonic()
    except KeyboardInterrupt:
        if saved < len(swept):
            parts.add(pa.concat_tables(swept[saved:]))
        if kept + len(swept):
            done = f"{kept + len(swept):,} of {kept + len(tasks):,} curves of {parts.output} are kept"
            click.echo(f"{done}; the same command goes on from there", err=True)
        raise
    return swept


def _in_order(rows: pa.Table, ids: Sequence[str]) -> pa.Table:
    """Return the rows of the curves `ids`, in that order and by rising rate: the same however they were gathered."""
    ranked = rows.append_column("rank", pc.index_in(rows["evidence_id"], value_set=pa.array(ids, pa.string())))
    ranked = ranked.filter(pc.is_valid(ranked["rank"]))
    return ranked.sort_by([("rank", "ascending"), ("offered_rps", "ascending")]).drop_columns(["rank"]).combine_chunks()


def _dated(rows: pa.Table, tasks: Sequence[Job]) -> pa.Table:
    """Return the rows with the date of the serving catalog, kept ones too: their numbers would be the same today."""
    dates = [task[3].dated.isoformat() for task in tasks[:1]] * rows.num_rows
    return rows.set_column(
        rows.column_names.index("date"), BENCHMARK_SCHEMA.field("date"), pa.array(dates, pa.string())
    )
