"""Datasets on disk: all files or none, nothing half written, and a reason where nothing can be written."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import rows, table
from conftest import snapshot

from neuralnav.errors import InputError
from neuralnav.files.parquet import PART_PREFIX, write_table, write_tables

QWEN = "qwen3-8b/bf16/h100/tp1"

DRIVER = """
import os, signal, sys
from pathlib import Path
import pyarrow.parquet as pq
from neuralnav.files.parquet import write_tables

folder, at = Path(sys.argv[1]), int(sys.argv[2])
seen = 0

def hook(event, args):
    global seen
    if event == "os.rename":
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

table = pq.read_table(folder / "new.parquet")
sys.addaudithook(hook)
write_tables({folder / "data" / name: table for name in ("a.parquet", "b.parquet")})
"""


OBSTRUCTED = {
    "file/c.parquet": "a file stands where its folder should",
    "file/d/c.parquet": "not a directory",
    "b.parquet": "a folder has its name",
}


def one(rate: float) -> pa.Table:
    return table(rows(QWEN, [(rate, 60.0, 10.0, 2610.0)], source="measured", origin="ours"))


def rates(path: Path) -> list[float]:
    found: list[float] = pq.read_table(path)["offered_rps"].to_pylist()
    return found


def refusal(tables: dict[Path, pa.Table]) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        write_tables(tables)
    return [(item.where.file, item.message, item.hint) for item in caught.value.diagnostics]


def test_tables_are_written_into_folders_that_were_not_there(tmp_path: Path) -> None:
    write_tables({tmp_path / "x" / "a.parquet": one(1.0), tmp_path / "y" / "b.parquet": one(2.0)})
    assert sorted(snapshot(tmp_path)) == ["x/a.parquet", "y/b.parquet"]
    assert (tmp_path / "x" / "a.parquet").stat().st_mode & 0o777 == 0o644


def test_one_that_cannot_be_written_keeps_the_others_from_being(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_table(one(1.0), Path("a.parquet"))
    Path("file").write_text("")
    Path("b.parquet").mkdir()
    before = snapshot(tmp_path)
    hint = "give another folder with --out"
    for path, reason in OBSTRUCTED.items():
        tables = {Path("a.parquet"): one(2.0), Path(path): one(2.0)}
        assert refusal(tables) == [(path, f"cannot be written: {reason}", hint)]
        assert snapshot(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into a read-only folder")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ((_, message, _),) = refusal({tmp_path / "a.parquet": one(1.0)})
    tmp_path.chmod(0o700)
    assert message == "cannot be written: permission denied"
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize(("at", "expected"), [(1, ([1.0], [1.0])), (2, ([2.0], [1.0]))])
def test_a_kill_leaves_whole_files_and_what_it_left_is_removed(
    tmp_path: Path, at: int, expected: tuple[list[float], list[float]]
) -> None:
    data = tmp_path / "data"
    files = [data / "a.parquet", data / "b.parquet"]
    write_tables(dict.fromkeys(files, one(1.0)))
    write_table(one(2.0), tmp_path / "new.parquet")
    done = subprocess.run([sys.executable, "-c", DRIVER, tmp_path, str(at)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert tuple(rates(path) for path in files) == expected
    abandoned = [name for name in snapshot(data) if name.startswith(PART_PREFIX)]
    assert len(abandoned) == 3 - at
    write_tables(dict.fromkeys(files, one(3.0)))
    assert sorted(snapshot(data)) == ["a.parquet", "b.parquet"]
    assert [rates(path) for path in files] == [[3.0], [3.0]]


def test_what_another_writer_is_about_to_finish_is_left_alone(tmp_path: Path) -> None:
    fresh = tmp_path / f"{PART_PREFIX}fresh"
    fresh.write_bytes(b"")
    write_table(one(1.0), tmp_path / "a.parquet")
    assert sorted(snapshot(tmp_path)) == [fresh.name, "a.parquet"]
