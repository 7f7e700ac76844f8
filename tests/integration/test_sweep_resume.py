"""A sweep that is killed or interrupted goes on where it was, and what it writes does not show that it was."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import Installed, snapshot

PATIENCE_SECONDS = 60
SHAPE = ("--prompt-tokens", "512", "--output-tokens", "64", "--requests", "150")
NAME = "512x64.parquet"
PARTS = f".{NAME}.parts"
FLUSHING = """\
from neuralnav.cli import bench_simulate, main, on_demand
bench_simulate.FLUSH_SECONDS, on_demand.INLINE_JOBS = 0.0, 0
main()
"""
"""Every finished curve is a part at once, so that a kill meets some, and workers are started for few curves too."""

INTERRUPTED = 130


def sweep(folder: Path, installed: Installed, *extra: str) -> str:
    """Sweep the whole world at one small shape; return what was said."""
    return installed.done("bench", "simulate", *SHAPE, "--out", "out", *extra, folder=folder)


def started(folder: Path, installed: Installed, extra: Sequence[str]) -> subprocess.Popen[str]:
    """Start a sweep that keeps every finished curve, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", FLUSHING, "bench", "simulate", *SHAPE, "--out", "out", *extra], cwd=folder,
        env=dict(installed.environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip


def wait_for_parts(folder: Path, process: subprocess.Popen[str], count: int) -> None:
    """Return when so many parts are there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(list((folder / "out" / PARTS).glob("*.part"))) < count:
        assert process.poll() is None, "the sweep ended before it could be stopped: give it more to do"
        assert time.monotonic() < deadline, f"no {count} parts within {PATIENCE_SECONDS} s"
        time.sleep(0.005)


def workers_of(group: int) -> list[int]:
    """Return the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    """Return the file that a sweep without interruption writes."""
    folder = tmp_path_factory.mktemp("whole")
    said = sweep(folder, small_neuralnav)
    assert "kept 0, swept " in said
    return folder / "out" / NAME


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_sweep_goes_on_and_ends_in_the_same_bytes(
    jobs: str, tmp_path: Path, whole: Path, small_neuralnav: Installed
) -> None:
    with started(tmp_path, small_neuralnav, ("--jobs", jobs)) as process:
        wait_for_parts(tmp_path, process, 2)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / NAME).exists()
    said = sweep(tmp_path, small_neuralnav, "--jobs", "1")
    assert "kept 0, " not in said
    assert "swept 0" not in said
    assert (tmp_path / "out" / NAME).read_bytes() == whole.read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [NAME]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes where Linux lists them")
def test_a_killed_sweep_leaves_no_worker_behind(tmp_path: Path, small_neuralnav: Installed) -> None:
    with started(tmp_path, small_neuralnav, ("--jobs", "2")) as process:
        wait_for_parts(tmp_path, process, 1)
        assert len(workers_of(process.pid)) > 1
        process.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while workers_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = workers_of(process.pid)
        if left:
            os.killpg(process.pid, signal.SIGKILL)
        assert left == []


def test_an_interrupted_sweep_says_how_to_go_on(tmp_path: Path, whole: Path, small_neuralnav: Installed) -> None:
    with started(tmp_path, small_neuralnav, ("--jobs", "1")) as process:
        wait_for_parts(tmp_path, process, 1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == INTERRUPTED
    assert f"curves of out/{NAME} are kept; the same command goes on from there" in said
    sweep(tmp_path, small_neuralnav)
    assert (tmp_path / "out" / NAME).read_bytes() == whole.read_bytes()


def test_what_nothing_changed_for_is_kept(tmp_path: Path, whole: Path, small_neuralnav: Installed) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAME).write_bytes(whole.read_bytes())
    assert "swept 0" in sweep(tmp_path, small_neuralnav)
    assert (tmp_path / "out" / NAME).read_bytes() == whole.read_bytes()
    assert "kept 0, " in sweep(tmp_path, small_neuralnav, "--fresh")
    assert (tmp_path / "out" / NAME).read_bytes() == whole.read_bytes()


def test_what_changed_is_swept_and_the_rest_kept(tmp_path: Path, whole: Path, small_neuralnav: Installed) -> None:
    rows = pq.read_table(whole)
    ids = pc.unique(rows["evidence_id"]).to_pylist()
    stale = rows.filter(pc.not_equal(rows["evidence_id"], ids[0]))
    (tmp_path / "out").mkdir()
    pq.write_table(stale, tmp_path / "out" / NAME)
    assert f"kept {len(ids) - 1}, swept 1" in sweep(tmp_path, small_neuralnav)
    assert (tmp_path / "out" / NAME).read_bytes() == whole.read_bytes()


def test_parts_that_cannot_be_read_are_named_and_left_out(
    tmp_path: Path, whole: Path, small_neuralnav: Installed
) -> None:
    parts = tmp_path / "out" / PARTS
    parts.mkdir(parents=True)
    (parts / "broken.part").write_bytes(whole.read_bytes()[:500])
    pq.write_table(pq.read_table(whole).select(["model"]), parts / "other.part")
    done = small_neuralnav.run("bench", "simulate", *SHAPE, "--out", "out", folder=tmp_path)
    for name in ("broken", "other"):
        assert f"{name}.part is not a readable benchmark table; its curves are swept again" in done.stderr
    assert "kept 0, " in done.stdout
    assert snapshot(tmp_path) == {f"out/{NAME}": whole.read_bytes()}
