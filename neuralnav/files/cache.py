"""What can be computed again is kept in the user's cache folder: parsed catalogs, layouts, simulated curves.

Any loss is only time: what is missing, cut short or damaged is computed again, and a folder that cannot be written is
no error. Every entry is named by the digest of everything that determines it, the code that computes it included.
"""

import contextlib
import functools
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

CACHE_VARIABLE = "NEURALNAV_CACHE_DIR"

ENTRIES_KEPT = 16
MANIFESTS_KEPT = 2048
"""Catalogs and layouts, and manifests, of older versions and other repositories are dropped beyond this many, oldest
first. A diff of 200 workloads renders 400 manifests; an entry takes 6 kB."""


def cache_folder(kind: str) -> Path:
    """Return the folder of one kind of entry."""
    base = os.environ.get(CACHE_VARIABLE) or os.environ.get("XDG_CACHE_HOME") or _home_cache()
    return Path(base) / "neuralnav" / kind


def _home_cache() -> str:
    """Return the cache folder of a user; of one without a home, as in a container, one that nothing is kept in."""
    try:
        return str(Path.home() / ".cache")
    except RuntimeError:
        return os.devnull


@functools.cache
def code_digest() -> str:
    """Return the digest of the modules that decide what catalogs, layouts, load curves and manifests are."""
    package = Path(__file__).resolve().parent.parent
    folders = [package / name for name in ("model", "serving", "candidates", "render", "files")]
    files = [package / "evidence.py", package / "cli" / "measured.py"]
    files += [path for folder in folders for path in folder.rglob("*.py")]
    return _digest([part for path in sorted(files) for part in (path.name.encode(), path.read_bytes())])


def content_key(parts: Sequence[bytes]) -> str:
    """Return the name of an entry that follows from these bytes under this version of the code."""
    return _digest([code_digest().encode(), *parts])


def file_digest(path: Path) -> bytes:
    """Return the digest of a file's bytes, computed once in a process as long as the file stays as it is."""
    seen = path.stat()
    return _file_digest(str(path), seen.st_ino, seen.st_size, seen.st_mtime_ns)


@functools.lru_cache(maxsize=4096)
def _file_digest(path: str, _inode: int, _size: int, _modified: int) -> bytes:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode()


def kept(kind: str, key: str, compute: Callable[[], bytes], *, most: int = ENTRIES_KEPT) -> bytes:
    """Return the entry `key`, computed and kept when it is not there whole; the `most` newest of its kind stay."""
    found = find(kind, key)
    if found is None:
        found = compute()
        keep(kind, key, found, most=most)
    return found


def find(kind: str, key: str) -> bytes | None:
    """Return the entry `key` when it is there whole: what follows its first line has the digest that the line gives."""
    try:
        whole = (cache_folder(kind) / key).read_bytes()
    except OSError:
        return None
    seal, _, content = whole.partition(b"\n")
    return content if seal == hashlib.sha256(content).hexdigest().encode() else None


def keep(kind: str, key: str, content: bytes, *, most: int | None = None) -> None:
    """Keep an entry, and of its kind the `most` newest, or all; a cache that cannot be written is no error."""
    folder = cache_folder(kind)
    whole = hashlib.sha256(content).hexdigest().encode() + b"\n" + content
    with contextlib.suppress(OSError):
        replace_file(folder / key, lambda part: Path(part).write_bytes(whole))
        if most is not None and len(entries := list(folder.iterdir())) > most:
            left = most - most // 32  # of many some more go at once, for sorting them takes long
            for stale in sorted(entries, key=lambda entry: entry.stat().st_mtime)[:-left]:
                stale.unlink(missing_ok=True)


def kept_manifests(named: bytes, compute: Callable[[], bytes]) -> bytes:
    """Return what was rendered for these bytes under this version of the code, rendered and kept when it was not."""
    return kept("manifests", content_key([named]), compute, most=MANIFESTS_KEPT)


def replace_file(path: Path, fill: Callable[[str], object]) -> None:
    """Let `fill` write a new file beside `path`, then put it in its place: a kill leaves the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    os.close(handle)
    try:
        fill(part)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _digest(parts: Sequence[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
