"""Write several files so that a kill leaves the old ones, the new ones, or a journal that the next run finishes."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from neuralnav.errors import input_error
from neuralnav.files.places import show

STAGING_PREFIX = ".neuralnav-"
JOURNAL = "commit.json"
ALIVE = "alive"
"""Locked by the process that writes, as long as it lives."""

WRITTEN_SUFFIXES = (".yaml", ".yml", ".lock")
"""What a compile ever writes; a journal that names anything else is not ours."""


def write_together(folder: Path, files: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
    """Write files (paths from `folder`) so that a kill leaves the old ones, the new ones, or a journal to finish.

    Everything is staged first; then a journal is written; only then are files renamed into place, signals held back.
    `recover` finishes what a kill interrupted.
    """
    staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=folder))
    try:
        with (staging / ALIVE).open("wb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            moves = []
            for index, (name, content) in enumerate(sorted(files.items())):
                (staging / str(index)).write_bytes(content)
                moves.append([str(index), name])
            part = staging / "part"
            part.write_text(json.dumps({"moves": moves, "remove": sorted(remove)}), encoding="utf-8")
            with signals_held():
                part.replace(staging / JOURNAL)
                _finish(staging, moves, sorted(remove))
    except BaseException:
        if not (staging / JOURNAL).exists():
            shutil.rmtree(staging, ignore_errors=True)
        raise


def write_one(path: Path, content: bytes, *, new: bool) -> None:
    """Write one file so that a kill leaves the old one or the new one; a file in its place lends its permissions.

    Raises `FileExistsError` where it must be `new` and is not, even where another process was first by a moment.
    """
    staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=path.parent))
    try:
        with (staging / ALIVE).open("wb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            part = staging / "0"
            part.write_bytes(content)
            if path.is_file():
                part.chmod(stat.S_IMODE(path.stat().st_mode))
            with signals_held():
                if new:
                    _claim(path, part)
                part.replace(path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _claim(path: Path, part: Path) -> None:
    """Give a file its name where no file has it."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without links of this kind
        path.open("xb").close()


def recover(folder: Path, root: Path) -> bool:
    """Finish or undo writes in `folder` that a kill interrupted; tell whether any was finished.

    A journal is input like any other: it may have been committed by somebody else. Raises `InputError` for one that
    names anything but manifests and locks inside the repository `root`, before anything is moved.
    """
    finished = False
    for staging in sorted(folder.glob(f"{STAGING_PREFIX}*")):
        if not staging.is_dir() or staging.is_symlink() or _is_alive(staging):
            continue
        if (staging / JOURNAL).is_file():
            _finish(staging, *_read_journal(staging, root))
            finished = True
        else:
            shutil.rmtree(staging, ignore_errors=True)
    return finished


def _finish(staging: Path, moves: Sequence[Sequence[str]], remove: Sequence[str]) -> None:
    for part, name in moves:
        target = staging.parent / name
        if (staging / part).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / part).replace(target)
    for name in remove:
        (staging.parent / name).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


def _read_journal(staging: Path, root: Path) -> tuple[list[list[str]], list[str]]:
    refused = input_error(
        show(staging), "this folder looks like an interrupted write, but is not one of ours", "remove it"
    )
    try:
        journal = json.loads((staging / JOURNAL).read_text(encoding="utf-8"))
        moves = [[str(part), str(name)] for part, name in journal["moves"]]
        remove = [str(name) for name in journal["remove"]]
    except (OSError, ValueError, TypeError, KeyError):
        raise refused from None
    names = [*(name for _, name in moves), *remove]
    if not all(part.isdecimal() for part, _ in moves) or not all(
        _is_ours(staging.parent, name, root) for name in names
    ):
        raise refused
    return moves, remove


def _is_ours(folder: Path, name: str, root: Path) -> bool:
    """Tell whether a journal may name this path: a lock or manifest inside the repository, in no hidden folder."""
    path = PurePosixPath(name)
    target = Path(os.path.abspath(folder / name))  # noqa: PTH100  # links are judged below
    inside = target.is_relative_to(root.absolute()) and Path(os.path.realpath(target.parent)).is_relative_to(
        root.resolve()
    )
    hidden = any(part.startswith(".") for part in target.relative_to(root.absolute()).parts) if inside else True
    return not path.is_absolute() and not hidden and path.suffix in WRITTEN_SUFFIXES


def _is_alive(staging: Path) -> bool:
    """Tell whether the process that staged is still running: it holds a lock as long as it does."""
    try:
        with (staging / ALIVE).open("rb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Hold interrupts back for the moment in which files are renamed."""
    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
