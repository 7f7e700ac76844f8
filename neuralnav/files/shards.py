"""A sweep in parts that run apart: which curves a shard holds, what its file says of itself, and how files are joined.

A shard's file is a benchmark table like any other. Its Parquet metadata says which part of which sweep it is, so that
joining can prove that the parts are those of one sweep, each once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.parquet import read_table
from neuralnav.files.places import show
from neuralnav.model.document import digest
from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import BENCHMARK_SCHEMA, CONFIGURATION

KEY = b"neuralnav.shard"
PATTERN = "*.shard-*-of-*.parquet"
MOST_SHARDS = 10_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` (from 1) of `of`. A configuration belongs to the part that the digest of its candidate id names."""

    index: int
    of: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Return the shard of `i/n`. Raises InputError when that is none."""
        parts = text.split("/")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):  # index and count
            raise input_error("--shard", f'"{text}" is not a shard', "write it like 2/8: the second of eight")
        index, of = (int(part) for part in parts)
        if not 1 <= of <= MOST_SHARDS:
            raise input_error("--shard", f"{of} is no number of shards", f"use 1 to {MOST_SHARDS:,}")
        if not 1 <= index <= of:
            raise input_error("--shard", f"there is no shard {index} of {of}", f"shards are counted from 1 to {of}")
        return cls(index, of)

    def holds(self, candidate: str) -> bool:
        """Tell whether a configuration, by its candidate id, is of this shard."""
        return int.from_bytes(sha256(candidate.encode()).digest()[:8], "big") % self.of == self.index - 1

    def file_name(self, shape: str) -> str:
        """Return the name of this shard's file."""
        return f"{shape}.shard-{self.index}-of-{self.of}.parquet"


@dataclass(frozen=True, slots=True)
class Label:
    """What a shard's file says of itself: its part, and the sweep by settings and by the ids of all its curves."""

    shape: str
    shard: Shard
    settings: Mapping[str, object]
    curves: int
    sweep: str

    @classmethod
    def of(cls, shape: str, shard: Shard, settings: Mapping[str, object], ids: Sequence[str]) -> "Label":
        """Return the label of a shard of the sweep whose curves, over all shards, are `ids`."""
        return cls(shape, shard, json.loads(json.dumps(settings)), len(ids), digest(sorted(ids)))

    def onto(self, rows: pa.Table) -> pa.Table:
        """Return the rows with this label as the file's metadata."""
        cells = {"shape": self.shape, "shard": [self.shard.index, self.shard.of], "settings": self.settings,
                 "curves": self.curves, "sweep": self.sweep}  # fmt: skip
        return rows.replace_schema_metadata({KEY: json.dumps(cells, sort_keys=True)})

    @classmethod
    def read(cls, path: Path) -> "Label":
        """Return the label of a file. Raises InputError when it has none."""
        try:
            metadata = pq.read_schema(path).metadata or {}
            cells = json.loads(metadata[KEY])
            index, of = cells["shard"]
            return cls(cells["shape"], Shard(index, of), cells["settings"], cells["curves"], cells["sweep"])
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
            hint = "give files that `neuralnav bench simulate --shard` wrote"
            raise input_error(show(path), "does not say which shard of which sweep it is", hint) from None


def merge(folders: Sequence[Path]) -> dict[str, pa.Table]:
    """Return the whole table of every shape whose shards lie in the folders: row for row that of one process.

    Raises InputError naming every shard that is missing, given twice, of another sweep, or not readable.
    """
    files = sorted({path for folder in folders for path in folder.rglob(PATTERN)})
    if not files:
        named = ", ".join(show(folder) for folder in folders)
        raise input_error(named, "no shard is here", "`neuralnav bench simulate --shard i/n` writes some")
    found: dict[str, list[tuple[Path, Label]]] = {}
    problems: list[Diagnostic] = []
    for path in files:
        try:
            label = Label.read(path)
        except InputError as error:
            problems += error.diagnostics
        else:
            found.setdefault(label.shape, []).append((path, label))
    for shape, labels in sorted(found.items()):
        problems += _strangers(labels)
        problems += _gaps(shape, labels)
    if problems:
        raise InputError(problems)
    return {shape: _joined(shape, labels) for shape, labels in sorted(found.items())}


def _strangers(labels: Sequence[tuple[Path, Label]]) -> Iterable[Diagnostic]:
    """Yield what makes a file no part of the sweep of the first one, and files that are the same part."""
    (first_path, first), seen = labels[0], dict[Shard, Path]()
    for path, label in labels:
        other = seen.setdefault(label.shard, path)
        if other != path:
            message = f"shard {label.shard.index} of {label.shard.of} is given twice"
            yield Diagnostic(Where(show(path)), message, f"the other one is {show(other)}")
        if label.shard.of != first.shard.of:
            message = f"is one of {label.shard.of} shards, {show(first_path)} one of {first.shard.of}"
            yield Diagnostic(Where(show(path)), message, "merge the shards of one sweep at a time")
        names = sorted({*label.settings, *first.settings})
        differing = [name for name in names if label.settings.get(name) != first.settings.get(name)]
        for name in differing:
            mine, theirs = label.settings.get(name), first.settings.get(name)
            message = f"was swept with {name} {mine}, {show(first_path)} with {theirs}"
            yield Diagnostic(Where(show(path)), message, "sweep every shard with the same options")
        if label.sweep != first.sweep and not differing:
            message = f"is of other curves than {show(first_path)}"
            yield Diagnostic(
                Where(show(path)), message, "sweep every shard with the same catalogs, options and version"
            )


def _gaps(shape: str, labels: Sequence[tuple[Path, Label]]) -> Iterable[Diagnostic]:
    of = labels[0][1].shard.of
    missing = sorted(set(range(1, of + 1)) - {label.shard.index for _, label in labels})
    if missing:
        shown = ", ".join(map(str, missing))
        message = f"shard{'s' if len(missing) > 1 else ''} {shown} of {of} missing"
        yield Diagnostic(Where(shape), message, f"`neuralnav bench simulate --shard {missing[0]}/{of}` makes it")


def _joined(shape: str, labels: Sequence[tuple[Path, Label]]) -> pa.Table:
    """Return the rows of all shards in order of candidate id and rate. Raises InputError when curves are lost."""
    rows = pa.concat_tables([read_table(path) for path, _ in labels])
    label = labels[0][1]
    held = pc.unique(rows["evidence_id"]).to_pylist()
    if digest(sorted(held)) != label.sweep:
        message = f"the shards hold {len(held):,} of {label.curves:,} curves, or others"
        raise input_error(shape, message, "sweep the shards again: a file was changed after it was written")
    return in_order(rows)


def in_order(rows: pa.Table) -> pa.Table:
    """Return the rows by candidate id and rate: the same however they were gathered."""
    names = CONFIGURATION[:5]
    kinds = rows.group_by(list(names), use_threads=False).aggregate([]).to_pylist()
    ranked = sorted(kinds, key=lambda kind: candidate_id(*(kind[name] for name in names)))
    order = pa.table({
        **{name: pa.array([kind[name] for kind in ranked], BENCHMARK_SCHEMA.field(name).type) for name in names},
        "rank": pa.array(range(len(ranked)), pa.int64()),
    })  # fmt: skip
    joined = rows.append_column("row", pa.array(range(rows.num_rows), pa.int64())).select(
        [*names, "offered_rps", "row"]
    )
    places = joined.join(order, list(names)).sort_by([("rank", "ascending"), ("offered_rps", "ascending")])
    return rows.take(places["row"]).combine_chunks()
