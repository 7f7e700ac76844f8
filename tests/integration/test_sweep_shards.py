"""A sweep in shards, merged, is the sweep of one process, byte for byte; what is not one whole sweep is refused."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import Installed

from neuralnav.files.shards import KEY

SHAPE = ("--prompt-tokens", "512", "--output-tokens", "64", "--requests", "60")
NAME = "512x64"


def sweep(installed: Installed, folder: Path, *extra: str) -> str:
    return installed.done("bench", "simulate", *SHAPE, "--jobs", "1", *extra, folder=folder)


def shards(installed: Installed, folder: Path, of: int, indices: Iterable[int], *extra: str) -> None:
    for index in indices:
        sweep(installed, folder, "--shard", f"{index}/{of}", "--out", f"pod-{index}", *extra)


def refused(installed: Installed, folder: Path, *folders: str) -> str:
    """Merge in vain; return what was said. Nothing is written."""
    done = installed.run("bench", "merge", *folders, "--out", "merged", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (folder / "merged").exists()
    return done.stderr.removesuffix("1 problem; nothing was written\n")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    sweep(small_neuralnav, folder, "--out", "out")
    return folder / "out" / f"{NAME}.parquet"


@pytest.fixture
def halves(tmp_path: Path, small_neuralnav: Installed) -> Path:
    shards(small_neuralnav, tmp_path, 2, (1, 2))
    return tmp_path


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_merged_shards_are_the_table_of_one_process(
    of: int, tmp_path: Path, whole: Path, small_neuralnav: Installed
) -> None:
    shards(small_neuralnav, tmp_path, of, range(of, 0, -1))
    pods = [f"pod-{index}" for index in range(1, of + 1)]
    said = small_neuralnav.done("bench", "merge", *pods, "--out", "merged", folder=tmp_path)
    merged = tmp_path / "merged" / f"{NAME}.parquet"
    assert said == f"wrote merged/{NAME}.parquet   {pq.read_metadata(whole).num_rows:,} rows\n"
    assert merged.read_bytes() == whole.read_bytes()


def test_shards_share_the_curves_out(halves: Path, whole: Path) -> None:
    rows = [pq.read_metadata(next((halves / f"pod-{index}").iterdir())).num_rows for index in (1, 2)]
    assert sum(rows) == pq.read_metadata(whole).num_rows
    assert min(rows) > 0


def test_a_shard_is_kept_when_it_is_asked_for_again(halves: Path, small_neuralnav: Installed) -> None:
    file = halves / "pod-2" / f"{NAME}.shard-2-of-2.parquet"
    before = file.read_bytes()
    assert "swept 0" in sweep(small_neuralnav, halves, "--shard", "2/2", "--out", "pod-2")
    assert file.read_bytes() == before


def test_a_shard_that_was_killed_goes_on_and_ends_in_the_same_bytes(halves: Path, small_neuralnav: Installed) -> None:
    """What a kill leaves: no output, and parts with the curves that were finished (see test_sweep_resume.py)."""
    file = halves / "pod-2" / f"{NAME}.shard-2-of-2.parquet"
    before, rows = file.read_bytes(), pq.read_table(file)
    parts = file.parent / f".{file.name}.parts"
    parts.mkdir()
    finished = rows.filter(pc.equal(rows["evidence_id"], rows["evidence_id"][0]))
    pq.write_table(finished, parts / "first.part")
    file.unlink()
    assert "kept 1, swept " in sweep(small_neuralnav, halves, "--shard", "2/2", "--out", "pod-2")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_missing_shard_is_named(halves: Path, small_neuralnav: Installed) -> None:
    assert refused(small_neuralnav, halves, "pod-1") == (
        f"{NAME}  shard 2 of 2 missing\n  `neuralnav bench simulate --shard 2/2` makes it\n"
    )


def test_a_shard_given_twice_is_named(halves: Path, small_neuralnav: Installed) -> None:
    shutil.copytree(halves / "pod-1", halves / "pod-3")
    name = f"{NAME}.shard-1-of-2.parquet"
    assert refused(small_neuralnav, halves, "pod-1", "pod-2", "pod-3") == (
        f"pod-3/{name}  shard 1 of 2 is given twice\n  the other one is pod-1/{name}\n"
    )


def test_shards_of_different_seeds_are_named(halves: Path, small_neuralnav: Installed) -> None:
    sweep(small_neuralnav, halves, "--shard", "2/2", "--out", "pod-2", "--seed", "7")
    assert refused(small_neuralnav, halves, "pod-1", "pod-2") == (
        f"pod-2/{NAME}.shard-2-of-2.parquet  was swept with seed 7, pod-1/{NAME}.shard-1-of-2.parquet with 20261122\n"
        "  sweep every shard with the same options\n"
    )


def test_shards_of_different_sweeps_are_named(halves: Path, small_neuralnav: Installed) -> None:
    sweep(small_neuralnav, halves, "--shard", "2/2", "--out", "pod-2", "--accelerator", "h100")
    assert refused(small_neuralnav, halves, "pod-1", "pod-2") == (
        f"pod-2/{NAME}.shard-2-of-2.parquet  is of other curves than pod-1/{NAME}.shard-1-of-2.parquet\n"
        "  sweep every shard with the same catalogs, options and version\n"
    )


def test_shards_of_different_counts_and_every_gap_are_named_at_once(halves: Path, small_neuralnav: Installed) -> None:
    shards(small_neuralnav, halves, 3, (3,))
    said = refused(small_neuralnav, halves, "pod-1", "pod-3")
    assert f"pod-3/{NAME}.shard-3-of-3.parquet  is one of 3 shards, pod-1/{NAME}.shard-1-of-2.parquet one of 2" in said
    assert f"{NAME}  shard 2 of 2 missing" in said


def test_a_shard_that_lost_curves_is_refused(halves: Path, small_neuralnav: Installed) -> None:
    file = halves / "pod-2" / f"{NAME}.shard-2-of-2.parquet"
    rows = pq.read_table(file)
    pq.write_table(rows.slice(0, 1), file)
    assert f"{NAME}  the shards hold " in refused(small_neuralnav, halves, "pod-1", "pod-2")


@pytest.mark.parametrize("damage", ["cut", "unlabelled", "mislabelled"])
def test_a_file_that_is_no_shard_is_named(damage: str, halves: Path, small_neuralnav: Installed) -> None:
    file = halves / "pod-2" / f"{NAME}.shard-2-of-2.parquet"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:400])
    else:
        label = {} if damage == "unlabelled" else {KEY: json.dumps({"shard": 2})}
        pq.write_table(pq.read_table(file).replace_schema_metadata(label), file)
    said = refused(small_neuralnav, halves, "pod-1", "pod-2")
    assert f"pod-2/{file.name}  does not say which shard of which sweep it is" in said


def test_a_folder_without_shards_is_named(tmp_path: Path, small_neuralnav: Installed) -> None:
    (tmp_path / "empty").mkdir()
    assert refused(small_neuralnav, tmp_path, "empty").startswith("empty  no shard is here\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5/3", "there is no shard 5 of 3"),
        ("0/3", "there is no shard 0 of 3"),
        ("0/0", "0 is no number of shards"),
        ("1/0", "0 is no number of shards"),
        ("1/10001", "10001 is no number of shards"),
        ("3", '"3" is not a shard'),
        ("1/2/3", '"1/2/3" is not a shard'),
        ("-1/3", '"-1/3" is not a shard'),
        ("one/three", '"one/three" is not a shard'),
        ("", '"" is not a shard'),
    ],
)
def test_a_shard_that_is_none_is_refused(text: str, message: str, tmp_path: Path, small_neuralnav: Installed) -> None:
    done = small_neuralnav.run("bench", "simulate", *SHAPE, "--shard", text, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"--shard  {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_request_that_no_model_holds_is_refused(tmp_path: Path, small_neuralnav: Installed) -> None:
    shape = ("--prompt-tokens", "9000000", "--output-tokens", "2")
    done = small_neuralnav.run("bench", "simulate", *shape, folder=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    message = "bench simulate  no configuration has a model whose context holds a request of 9,000,002 tokens\n"
    assert done.stderr.startswith(message)


@pytest.mark.parametrize(
    "option", [("--requests", "0"), ("--requests", "-5"), ("--output-tokens", "1"), ("--prompt-tokens", "0")]
)
def test_numbers_that_mean_nothing_are_bad_usage(
    option: tuple[str, str], tmp_path: Path, small_neuralnav: Installed
) -> None:
    done = small_neuralnav.run("bench", "simulate", *SHAPE, *option, folder=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert f"Invalid value for '{option[0]}'" in done.stderr
