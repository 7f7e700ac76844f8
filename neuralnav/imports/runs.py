"""Rows to runs: which load points make one curve, and an evidence id that follows from the run's content alone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import pyarrow as pa

from neuralnav.imports.complete import Row
from neuralnav.imports.said import Value
from neuralnav.model.tables import BENCHMARK_SCHEMA, CONFIGURATION, LOAD, SETTINGS, SHAPE

RUN = (*CONFIGURATION, *SETTINGS, *SHAPE, "source", "origin", "date")
"""Load points that share these are one run: what one tool measured of one configuration and shape on one day."""

EVIDENCE_DIGITS = 16

Cells = Mapping[str, Value | None]


def as_table(rows: Sequence[Row], kept: pa.Table | None = None) -> pa.Table:
    """Return the rows, with those of an earlier import, as a table in one order and with evidence ids.

    Each load point stands once however often it was imported, and the ids do not depend on which files came together:
    importing files one by one gives the table that importing all at once does. A load point that was measured again
    with other numbers is another run.
    """
    earlier: list[Cells] = [] if kept is None else [_plain(cells) for cells in kept.to_pylist()]
    pool = {_digest(cells): cells for cells in (*earlier, *(_plain(row.cells) for row in rows))}
    runs: dict[str, list[tuple[str, Cells]]] = {}
    for key in sorted(pool):
        runs.setdefault(_named(pool[key], RUN), []).append((key, pool[key]))
    finished = [
        {**cells, "evidence_id": identity}
        for name in sorted(runs)
        for identity, points in _curves(runs[name])
        for cells in points
    ]
    return pa.Table.from_pylist(finished, schema=BENCHMARK_SCHEMA)


def _curves(points: Iterable[tuple[str, Cells]]) -> Iterator[tuple[str, list[Cells]]]:
    """Yield the id and the points, by rising load, of each repetition of a run: a load counts once in each."""
    repeats: dict[str, int] = {}
    curves: dict[int, list[tuple[str, Cells]]] = {}
    for key, cells in points:
        load = _named(cells, LOAD)
        repeats[load] = repeats.get(load, 0) + 1
        curves.setdefault(repeats[load], []).append((key, cells))
    for _, curve in sorted(curves.items()):
        identity = sha256("".join(key for key, _ in curve).encode()).hexdigest()[:EVIDENCE_DIGITS]
        yield identity, [cells for _, cells in sorted(curve, key=lambda item: (_load(item[1]), item[0]))]


def _plain(cells: Cells) -> Cells:
    return {name: cells[name] for name in BENCHMARK_SCHEMA.names if name != "evidence_id"}


def _digest(cells: Cells) -> str:
    return sha256(_named(cells, tuple(sorted(cells))).encode()).hexdigest()


def _named(cells: Cells, names: tuple[str, ...]) -> str:
    return json.dumps([cells[name] for name in names])


def _load(cells: Cells) -> tuple[float, float]:
    offered, flying = cells["offered_rps"], cells["concurrency"]
    return float(offered or 0.0), float(flying or 0.0)
