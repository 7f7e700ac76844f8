"""Catalogs in layers: overlays over the packaged entries, prices of one's own, and what is kept of them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import accelerator, model, price

from neuralnav.candidates import lay_out, price_of
from neuralnav.errors import InputError
from neuralnav.files.cache import ENTRIES_KEPT, cache_folder, kept, kept_manifests
from neuralnav.files.catalogs import load_catalog, load_keyed_catalog
from neuralnav.files.data import Tables
from neuralnav.files.packed import kept_table
from neuralnav.files.parquet import CurveCache
from neuralnav.model.tables import BENCHMARK_SCHEMA
from neuralnav.serving.configurations import configurations

SOURCES = {"test": {"title": "a test"}}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEURALNAV_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def written(path: Path, kind: str, spec: Mapping[str, object]) -> Path:
    body = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": kind, "metadata": {"name": "own"}}
    path.write_text(json.dumps({**body, "spec": {"sources": SOURCES, **spec}}, indent=1), encoding="utf-8")
    return path


def models(path: Path, *layers: int) -> Path:
    found = [model(f"own-{n}", layers=n, hidden=4096, wide=14336, context=8192) for n in layers]
    dumped = [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in found]
    return written(path, "ModelCatalog", {"models": dumped})


def prices(path: Path, *entries: Mapping[str, object]) -> Path:
    return written(path, "PriceCatalog", {"prices": [{"accelerator": "h100", **entry} for entry in entries]})


def refusal(*overlays: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_catalog(overlays)
    return [f"{d.message}; {d.hint}" for d in caught.value.diagnostics]


def test_an_overlay_adds_entries_and_replaces_those_of_known_ids(tmp_path: Path) -> None:
    chip = accelerator("l4", memory_gib=10.0, prices=[])
    dumped = chip.model_dump(mode="json", by_alias=True, exclude_none=True)
    overlay = written(tmp_path / "chips.yaml", "AcceleratorCatalog", {"accelerators": [dumped]})
    loaded = load_catalog([models(tmp_path / "models.yaml", 7), overlay])
    assert loaded.models["own-7"].architecture.layers == 7
    assert loaded.accelerators["l4"].memory_gib.value == 10.0
    assert load_catalog().accelerators["l4"].memory_gib.value != 10.0


def test_overlays_that_contradict_are_refused_with_both_places(tmp_path: Path) -> None:
    first, second = models(tmp_path / "a.yaml", 7), models(tmp_path / "b.yaml", 8)
    second.write_text(second.read_text().replace("own-8", "own-7"))
    (problem,) = refusal(first, second)
    assert problem.startswith('model "own-7" is given twice, and differs; the first is at ')
    assert f"{first}:14" in problem


def test_overlays_that_say_the_same_do_not_contradict(tmp_path: Path) -> None:
    first, second = models(tmp_path / "a.yaml", 7), models(tmp_path / "b.yaml", 7)
    assert "own-7" in load_catalog([first, second]).models


def test_a_price_catalog_replaces_the_prices_of_its_provider_and_kind_and_nothing_else(tmp_path: Path) -> None:
    before = load_catalog().accelerators["h100"]
    after = load_catalog([prices(tmp_path / "p.yaml", price(1.25), price(0.5, "mine", "reserved"))]).accelerators[
        "h100"
    ]
    assert price_of(after.prices, "list", "on-demand") == 1.25
    assert price_of(after.prices, "mine", "reserved") == 0.5
    others = [p for p in before.prices if (p.provider, p.kind) != ("list", "on-demand")]
    assert [p for p in after.prices if p in others] == others
    assert after.model_copy(update={"prices": ()}) == before.model_copy(update={"prices": ()})


def test_what_one_owns_costs_its_price_over_its_life_and_its_power(tmp_path: Path) -> None:
    owned = {"capexUsd": 43800.0, "lifetimeYears": 5.0, "powerW": 1000.0, "usdPerKwh": 0.1, "pue": 1.5}
    entry = {**price(1.0, "mine", "owned"), "owned": owned}
    del entry["usdPerHour"]
    loaded = load_catalog([prices(tmp_path / "p.yaml", entry)]).accelerators["h100"]
    assert price_of(loaded.prices, "mine", "owned") == 1.15  # 43800 / (5 x 8760) + 1 kW x 1.5 x 0.1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"validUntil": None}, "validUntil"),
        ({"validUntil": "2025-01-01"}, "validUntil 2025-01-01 is before recorded 2026-01-01"),
        ({"usdPerHour": None}, "give either usdPerHour or owned"),
        ({"usdPerHour": 1e300}, "less than or equal to 10000"),
        ({"usdPerHour": -1.0}, "greater than or equal to 0.001"),
        ({"accelerator": "h101"}, 'a price of an unknown accelerator "h101"; did you mean h100?'),
    ],
)
def test_a_price_that_cannot_be_used_is_refused(tmp_path: Path, change: dict[str, object], expected: str) -> None:
    entry = {name: value for name, value in {**price(1.0), **change}.items() if value is not None}
    assert any(expected in problem for problem in refusal(prices(tmp_path / "p.yaml", entry)))


def test_an_hour_of_ones_own_that_costs_nothing_is_refused(tmp_path: Path) -> None:
    owned = {"capexUsd": 0.001, "lifetimeYears": 20.0, "powerW": 0.001, "usdPerKwh": 0.0}
    entry = {**price(1.0, "mine", "owned"), "owned": owned}
    del entry["usdPerHour"]
    assert any("0 USD is no price" in problem for problem in refusal(prices(tmp_path / "p.yaml", entry)))


def test_where_one_dataset_ends_and_the_next_begins_is_part_of_a_tables_key(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    for file in files:
        file.write_bytes(b"rows")
    keys = {Tables(datasets).key(512, 256) for datasets in ((str(tmp_path),), tuple(map(str, files)))}
    assert len(keys) == 2


@pytest.mark.parametrize("damage", [0, 40, 64, 65, 200, -1])
def test_a_kept_curve_with_one_flipped_bit_is_none(damage: int) -> None:
    rows = BENCHMARK_SCHEMA.empty_table()
    CurveCache().put("one", rows)
    (path,) = cache_folder("curves").iterdir()
    entry = bytearray(path.read_bytes())
    assert CurveCache().get("one") is not None
    entry[damage] ^= 1
    path.write_bytes(entry)
    assert CurveCache().get("one") is None


def test_vllm_is_planned_only_where_it_can_split_the_blocks_of_a_checkpoint_and_knows_its_format() -> None:
    found = {item.id for item in configurations(load_catalog())}
    assert "qwen3-30b-a3b/fp8/h100/tp2" in found
    assert not found & {"qwen3-30b-a3b/fp8/h100/tp4", "minimax-m2/fp8/h200/tp8", "qwen3-235b-a22b/fp8/h100/tp8"}
    assert "gpt-oss-20b/fp4/mi300x/tp1" in found
    assert not any(name.startswith("llama-4-scout/fp4/mi3") for name in found)


def test_a_price_may_name_an_accelerator_of_a_later_overlay(tmp_path: Path) -> None:
    own = accelerator("zeta", memory_gib=80.0, prices=[]).model_dump(mode="json", by_alias=True, exclude_none=True)
    chips = written(tmp_path / "z.yaml", "AcceleratorCatalog", {"accelerators": [own]})
    cheap = prices(tmp_path / "a.yaml", {**price(2.0), "accelerator": "zeta"})
    assert price_of(load_catalog([cheap, chips]).accelerators["zeta"].prices, "list", "on-demand") == 2.0


def test_a_kept_catalog_and_layout_equal_fresh_ones(own_cache: Path) -> None:
    fresh = load_catalog()
    assert list((own_cache / "neuralnav" / "catalogs").iterdir())
    assert load_catalog() == fresh
    layout = lay_out(fresh)
    for _ in range(2):
        assert kept_table("layouts", "key", lambda: layout).equals(layout)


def test_a_changed_file_is_another_catalog(tmp_path: Path) -> None:
    overlay = models(tmp_path / "a.yaml", 7)
    load_catalog([overlay])
    before = load_keyed_catalog([overlay])[1]
    overlay.write_text(overlay.read_text().replace('"layers": 7', '"layers": 9'))
    assert load_keyed_catalog([overlay])[1] != before
    assert load_catalog([overlay]).models["own-7"].architecture.layers == 9


@pytest.mark.parametrize("damage", [b"", b"\n", b"x", b"0" * 64 + b"\n{}"])
def test_a_damaged_entry_is_computed_again(damage: bytes) -> None:
    assert kept("things", "one", lambda: b"whole") == b"whole"
    (cache_folder("things") / "one").write_bytes(damage)
    assert kept("things", "one", lambda: b"again") == b"again"
    assert kept("things", "one", lambda: b"never") == b"again"


def test_every_cut_of_an_entry_is_noticed() -> None:
    kept("things", "one", lambda: b"whole")
    path = cache_folder("things") / "one"
    entry = path.read_bytes()
    for length in range(len(entry)):
        path.write_bytes(entry[:length])
        assert kept("things", "one", lambda: b"fresh") == b"fresh"


def test_old_entries_make_room() -> None:
    for index in range(ENTRIES_KEPT + 5):
        kept("things", f"{index}", lambda: b"")
    assert len(list(cache_folder("things").iterdir())) == ENTRIES_KEPT


def test_of_many_entries_the_newest_stay() -> None:
    folder = cache_folder("things")
    for index in range(70):
        kept("things", f"{index}", lambda: b"", most=64)
        os.utime(folder / f"{index}", (index, index))
    assert {path.name for path in folder.iterdir()} == {f"{index}" for index in range(6, 70)}


def test_what_a_diff_of_200_workloads_renders_is_still_there_when_it_is_run_again() -> None:
    for said in (b"first", b"again"):
        found = {kept_manifests(f"{index}".encode(), lambda: said) for index in range(400)}  # noqa: B023  # called here
    assert found == {b"first"}


def test_a_cache_that_cannot_be_written_is_no_error(own_cache: Path) -> None:
    own_cache.write_text("a file where the folder would be")
    assert kept("things", "one", lambda: b"whole") == b"whole"
    assert load_catalog().models
