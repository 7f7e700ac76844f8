"""Write several files so that a kill leaves the old ones, the new ones, or a journal that the next run finishes."""

import contextlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

STAGING_PREFIX = ".neuralnav-"
JOURNAL = "commit.json"


def write_together(folder: Path, files: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
    """Write files (paths from `folder`) so that a kill leaves the old ones, the new ones, or a journal to finish.

    Everything is staged first; then a journal is written; only then are files renamed into place, signals held back.
    `recover` finishes what a kill interrupted.
    """
    staging = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{os.getpid()}-", dir=folder))
    try:
        moves = []
        for index, (name, content) in enumerate(sorted(files.items())):
            (staging / str(index)).write_bytes(content)
            moves.append([str(index), name])
        journal = {"moves": moves, "remove": sorted(remove)}
        part = staging / "part"
        part.write_text(json.dumps(journal), encoding="utf-8")
        with _signals_held():
            part.replace(staging / JOURNAL)
            _finish(staging)
    except BaseException:
        if not (staging / JOURNAL).exists():
            shutil.rmtree(staging, ignore_errors=True)
        raise


def recover(folder: Path) -> bool:
    """Finish or undo writes in `folder` that a kill interrupted; tell whether any was finished."""
    finished = False
    for staging in sorted(folder.glob(f"{STAGING_PREFIX}*")):
        if not staging.is_dir() or _is_alive(staging):
            continue
        if (staging / JOURNAL).is_file():
            _finish(staging)
            finished = True
        else:
            shutil.rmtree(staging, ignore_errors=True)
    return finished


def _finish(staging: Path) -> None:
    journal = json.loads((staging / JOURNAL).read_text(encoding="utf-8"))
    for part, name in journal["moves"]:
        target = staging.parent / name
        if (staging / part).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / part).replace(target)
    for name in journal["remove"]:
        (staging.parent / name).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


def _is_alive(staging: Path) -> bool:
    """Tell whether the process that staged is still running (and it is not this one)."""
    pid = staging.name.removeprefix(STAGING_PREFIX).split("-")[0]
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Hold interrupts back for the moment in which files are renamed."""
    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
