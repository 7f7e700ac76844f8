"""Find workloads, read texts, and say where output goes."""

import contextlib
import errno
import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.checkouts import why_absent
from neuralnav.model.decoding import MAX_BYTES, decode
from neuralnav.model.document import Source

WORKLOAD_NAMES = ("workload.yaml", "workload.yml")
WORKLOAD_SUFFIXES = (".workload.yaml", ".workload.yml")
PROJECT_NAME = "neuralnav.yaml"
LOCK_NAME = "plan.lock"
FROM_ROOT = f"paths count from the folder of {PROJECT_NAME}"
NAMED = 3
"""Workloads that are named to choose from, where one is asked for."""
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workload lives and where its output goes. `shown` is its name in messages."""

    workload: Path
    lock: Path
    root: Path
    shown: str

    @property
    def folder(self) -> Path:
        """The folder that holds the workload and its lock."""
        return self.workload.parent

    @property
    def stem(self) -> str:
        """What distinguishes this workload from others in its folder; empty for `workload.yaml`."""
        return self.lock.name.removesuffix(LOCK_NAME).removesuffix(".")


def find_workloads(paths: Sequence[str]) -> tuple[Place, ...]:
    """Return the workloads that the paths name, once each, in order of path.

    A file is a workload whatever its name; a folder is searched for `workload.yaml` and `*.workload.yaml`, without
    following links and without hidden folders. Raises `InputError` for a path that does not exist or holds none.
    """
    found: dict[Path, Place] = {}
    problems = []
    for name in paths:
        path = Path(name)
        try:
            names = [path] if not path.is_dir() else list(_search(path))
            path.stat()
        except OSError as error:
            reason = "is a loop of links" if error.errno == errno.ELOOP else _words(error)
            problems.append(Diagnostic(Where(name), f"cannot be read: {reason}", _absent(path, error)))
            continue
        if not names:
            usual = "workloads are named workload.yaml or *.workload.yaml; `neuralnav init` writes one"
            hint = why_absent(path, *WORKLOAD_NAMES, *(f"*{suffix}" for suffix in WORKLOAD_SUFFIXES)) or usual
            problems.append(Diagnostic(Where(name), "no workload was found in this folder", hint))
        for item in names:
            place = _place(item)
            found.setdefault(place.workload, place)
    if problems:
        raise InputError(problems)
    return tuple(found[key] for key in sorted(found))


def find_workload(path: str) -> Place:
    """Return the one workload that a path names. Raises `InputError` where there is none, or more than one."""
    places = find_workloads((path,))
    if len(places) > 1:
        rest = ", ..." if len(places) > NAMED else ""
        names = ", ".join(place.shown for place in places[:NAMED])
        raise input_error(path, f"{len(places)} workloads are here", f"name one: {names}{rest}")
    return places[0]


def find_root(folder: Path) -> Path:
    """Return the repository root of a folder: the nearest with a project file or `.git`, else the folder itself."""
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_NAME).is_file() or (candidate / ".git").exists():
            return candidate
    return folder


def read_source(path: Path, shown: str = "") -> Source:
    """Return a file's text.

    Raises `InputError` when it is missing, not a plain file, too large, binary or not UTF-8, and when it is a link out
    of its repository: what is wrong with a text is told with its words, and those of other files are nobody's to tell.
    """
    name = shown or show(path)
    try:
        if path.exists() and not path.is_file():
            raise input_error(name, "this is not a file", "check the path")
        if _links_out(path):
            raise input_error(name, "this links to a place outside the repository", "put a copy in its place")
        with path.open("rb") as stream:
            return decode(name, stream.read(MAX_BYTES + 1))
    except OSError as error:
        reason = "is a loop of links" if error.errno == errno.ELOOP else _words(error)
        raise input_error(name, f"cannot be read: {reason}", _absent(path, error)) from None


def read_optional(path: Path) -> bytes | None:
    """Return a file's bytes, or None when there is no such file. Raises `InputError` for what is no plain file."""
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe or a device would be read for ever
            raise input_error(show(path), "this is not a file", "check the path")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise input_error(show(path), f"cannot be read: {_words(error)}") from None


def show(path: Path) -> str:
    """Return a path as a person would type it: from the current folder when it lies below."""
    plain = Path(os.path.normpath(path))
    with contextlib.suppress(ValueError, OSError):
        return legible(str(plain.relative_to(Path.cwd())))
    return legible(str(plain))


def compile_hint(place: Place) -> str:
    """Return the advice to compile a workload, as a command that can be pasted."""
    path = show(place.workload)
    return f"run {shlex.join(['neuralnav', 'compile', *(['--'] if path.startswith('-') else []), path])}"


def legible(name: str) -> str:
    r"""Return a path of any bytes as text that can be written: what is no UTF-8 is shown as its number, `\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def output_folder(place: Place, pattern: str, name: str) -> str:
    """Return the manifest folder from the lock's folder. Raises `InputError` when it leaves the repository."""
    prefix = f"{place.stem}." if place.stem and "{name}" not in pattern else ""
    relative = prefix + pattern.replace("{name}", name)
    target = Path(os.path.normpath(place.folder / relative))
    inside = target.is_relative_to(place.root) and is_inside(target, place.root)
    hidden = any(part.startswith(".") and part != ".." for part in Path(relative).parts)
    if relative.startswith("/") or hidden or "{" in relative or not inside or place.folder.is_relative_to(target):
        raise input_error(
            show(place.root / PROJECT_NAME),
            f'output.manifests "{pattern}" is not a folder of its own inside the repository',
            "give a path below the repository root, counted from the workload's folder, such as deploy",
        )
    return os.path.relpath(target, place.folder)


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether a path lies in a repository, links followed. git's own folder, which may hold a token, does not."""
    home, real = root.resolve(), Path(os.path.realpath(path))
    return real.is_relative_to(home) and ".git" not in real.relative_to(home).parts


def _links_out(path: Path) -> bool:
    """Tell whether a path of a repository leads out of it by a link; what lies in no repository may lead anywhere."""
    plain = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
    if os.path.realpath(plain) == str(plain):
        return False
    root = find_root(plain.parent)
    in_repository = (root / PROJECT_NAME).is_file() or (root / ".git").exists()
    return in_repository and not is_inside(plain, root)


def _search(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if name in WORKLOAD_NAMES or name.endswith(WORKLOAD_SUFFIXES):
                yield Path(parent) / name


def _place(path: Path) -> Place:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links; the user's path is kept
    name = absolute.name
    if name in WORKLOAD_NAMES:
        stem = ""
    else:
        stem = next((name.removesuffix(s) for s in WORKLOAD_SUFFIXES if name.endswith(s)), absolute.stem) + "."
    return Place(absolute, absolute.parent / f"{stem}{LOCK_NAME}", find_root(absolute.parent), legible(str(path)))


def _absent(path: Path, error: OSError) -> str:
    return why_absent(path) if error.errno == errno.ENOENT else ""


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
