"""The packaged tables are what the code, the catalogs and the seed give, and they pass the door."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from neuralnav.files.catalogs import load_catalog
from neuralnav.files.data import packaged_tables
from neuralnav.files.parquet import read_table
from neuralnav.model.catalog import Catalog
from neuralnav.model.tables import BENCHMARK_SCHEMA, CONFIGURATION, SAMPLING, TPOT, widened
from neuralnav.serving.configurations import Configuration, configurations
from neuralnav.serving.sweep import sweep

FILES = sorted(packaged_tables().rglob("*.parquet"))
SAMPLE = 4
"""Configurations of each table that are swept again: every n-th of the catalog, so that each family is met."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def swept(catalog: Catalog) -> tuple[Configuration, ...]:
    return configurations(catalog)


def test_there_is_a_table_for_every_profile(catalog: Catalog) -> None:
    assert {path.stem for path in FILES} == set(catalog.profiles)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_opens_with_plain_pyarrow_and_passes_the_door(path: Path) -> None:
    rows = pq.read_table(path)
    assert widened(rows).schema.names == BENCHMARK_SCHEMA.names
    assert [name for name in BENCHMARK_SCHEMA.names if name not in (*rows.schema.names, *TPOT, *SAMPLING)] == []
    assert read_table(path).num_rows == rows.num_rows
    assert pc.unique(rows["source"]).to_pylist() == ["simulated"]
    assert pc.min(rows["requests"]).as_py() >= 1000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_same_seed_gives_the_committed_rows_again(
    path: Path, catalog: Catalog, swept: tuple[Configuration, ...]
) -> None:
    rows = pq.read_table(path)
    prompt, output = (int(part) for part in path.stem.split("x"))
    start = FILES.index(path) * 7
    long_enough = [item for item in swept if catalog.models[item.model].context_tokens.value >= prompt + output]
    for configuration in long_enough[start :: len(long_enough) // SAMPLE]:
        again = sweep(configuration, prompt, output, catalog.serving)
        committed = rows
        for name, value in zip(CONFIGURATION[:5], _key(configuration), strict=True):
            committed = committed.filter(pc.equal(committed[name], value))
        assert widened(committed).cast(BENCHMARK_SCHEMA).equals(again), configuration.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_holds_every_configuration_that_fits(path: Path, swept: tuple[Configuration, ...]) -> None:
    rows: pa.Table = pq.read_table(path, columns=list(CONFIGURATION[:5]))
    held = {tuple(row.values()) for row in rows.to_pylist()}
    assert held <= {_key(item) for item in swept}
    assert len(held) >= 0.9 * len(swept)


def _key(configuration: Configuration) -> tuple[str, str, str, int, int]:
    c = configuration
    return (c.model, c.checkpoint.precision, c.accelerator.id, c.tp, c.pp)
