"""Read what a compile reads of a git revision, without touching the checkout, the index or any ref.

Objects are listed and read as they are stored: no filter, hook, attribute or external diff runs, no link that leads out
of the folder is made, and nothing is given to a shell. A revision is only ever named after `--end-of-options`.
"""

import functools
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.checkouts import deepening, is_shallow, remote_of
from neuralnav.files.git import command_of, environment_of, run_git
from neuralnav.files.lfs import MOST_BYTES, place_content
from neuralnav.files.places import LOCK_NAME, PROJECT_NAME, SKIPPED_FOLDERS, WORKLOAD_NAMES, WORKLOAD_SUFFIXES
from neuralnav.model.document import suggestion
from neuralnav.model.plain_text import printable

DEFAULTS = (
    "refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main",
    "refs/heads/master",
)  # fmt: skip
"""Where the default branch is looked for, in this order."""

LINK, SUBMODULE = "120000", "160000"
CHUNK_BYTES = 1 << 20
WHERE = Where("git")
NO_REPOSITORY = "this folder is in no git repository"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a revision: its mode and object as git has them, and its path from the top."""

    mode: str
    oid: str
    path: str


def find_repository(folder: Path) -> Path:
    """Return the top of the working tree that holds a folder. Raises `InputError` where there is none."""
    done = _git(folder, "rev-parse", "--show-toplevel")
    if done.returncode == 0:
        return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))
    said = _first_line(done.stderr)
    if "not a git repository" in said:
        raise _refusal(NO_REPOSITORY, "name two folders: neuralnav diff OLD NEW")
    if "must be run in a work tree" in said:
        raise _refusal("this repository is bare: it has no working tree", "git worktree add, or clone it, and go there")
    raise _refusal(f"git cannot use this repository: {said}")


def find_commit(top: Path, revision: str) -> str | None:
    """Return the commit that a revision names, or None. One that looks like an option or excludes one names none."""
    if revision.startswith(("-", "^")) or not revision:
        return None
    done = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = done.stdout.decode("ascii", "replace").strip()
    return found if done.returncode == 0 and found else None


def commit_of(top: Path, revision: str) -> str:
    """Return the commit that a revision names. Raises `InputError` with the nearest branch where it names none."""
    found = find_commit(top, revision)
    if found is not None:
        return found
    if _is_unborn(top):
        raise _refusal("this repository has no commit yet", "commit first, or name two folders: neuralnav diff OLD NEW")
    message = f'"{printable(revision)}" is no revision of this repository'
    if is_shallow(top):
        raise _refusal(f"{message}, which is a shallow clone", _deepen(top))
    remote, _, branch = revision.partition("/")
    if branch and remote in _git(top, "remote").stdout.decode("utf-8", "replace").split():
        raise _refusal(message, f"git fetch {printable(remote)} {printable(branch)}")
    listed = _git(top, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    raise _refusal(message, suggestion(printable(revision), listed.stdout.decode("utf-8", "replace").split()))


def default_branch(top: Path) -> str:
    """Return the name of the branch that changes are made against. Raises `InputError` where none is known."""
    for ref in DEFAULTS:
        if find_commit(top, ref) is not None:
            return ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    if _is_unborn(top):
        raise _refusal("this repository has no commit yet", "commit first, or name two folders: neuralnav diff OLD NEW")
    message = "there is no branch to compare with: none of origin/HEAD, origin/main, origin/master, main and master"
    raise _refusal(message, _deepen(top) if is_shallow(top) else "name one: neuralnav diff BASE")


def merge_base(top: Path, first: str, second: str) -> str:
    """Return the commit where two revisions part. Raises `InputError` where they share none that is at hand."""
    sides = [commit_of(top, name) for name in (first, second)]
    done = _git(top, "merge-base", *sides)
    found = done.stdout.decode("ascii", "replace").split()
    if done.returncode == 0 and found:
        return found[0]
    between = f"{printable(first)} and {printable(second)}"
    if is_shallow(top):
        raise _refusal(f"this clone is shallow and does not hold the commit where {between} part", _deepen(top))
    raise _refusal(f"{between} have no commit in common", "name a revision to compare with: neuralnav diff BASE")


def _deepen(top: Path) -> str:
    """Return what to do about a clone that is too shallow."""
    return f"{deepening(top)}, or fetch-depth: 0 where CI checks out"


def list_files(top: Path, commit: str) -> tuple[Entry, ...]:
    """Return the files and links of a commit by path; submodules, and paths that no working tree may have, are not."""
    done = _git(top, "ls-tree", "-r", "-z", "--full-tree", commit)
    if done.returncode != 0:
        if _is_partial(top):
            raise _refusal(f"the files of {commit[:12]} are not in this clone, which is partial", _whole(top))
        raise _refusal(f"the files of {commit[:12]} cannot be listed: {_first_line(done.stderr)}", _deepen(top))
    found = []
    for line in filter(None, done.stdout.split(b"\0")):
        told, _, path = line.partition(b"\t")
        mode, _, oid = told.decode("ascii").split(" ")
        name = os.fsdecode(path)
        if mode != SUBMODULE and _is_safe(name):
            found.append(Entry(mode, oid, name))
    return tuple(sorted(found, key=lambda entry: entry.path))


def is_input(path: str) -> bool:
    """Tell by its name whether a file may be a workload, a lock or a project file where compile looks for them."""
    parts = PurePosixPath(path).parts
    if any(part.startswith(".") or part in SKIPPED_FOLDERS for part in parts[:-1]):
        return False
    name = parts[-1]
    return name in (*WORKLOAD_NAMES, PROJECT_NAME) or name.endswith((*WORKLOAD_SUFFIXES, LOCK_NAME))


def below(entries: Iterable[Entry], paths: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries that are one of the paths, or lie below one, and the links that one leads through."""
    wanted = frozenset(paths)
    through = frozenset(str(parent) for path in wanted for parent in PurePosixPath(path).parents)
    for entry in entries:
        parents = (str(parent) for parent in PurePosixPath(entry.path).parents)
        if entry.path in wanted or not wanted.isdisjoint(parents) or (entry.mode == LINK and entry.path in through):
            yield entry


def extract(top: Path, entries: Iterable[Entry], folder: Path) -> None:
    """Write files of a revision below a folder, which must be new or hold others of it; those there stay.

    Links are made last, and only those that stay within the folder; a Git LFS pointer gives way to its content where
    the clone has that. Raises `InputError` for an object that is not at hand, as in a clone that was cut short.
    """
    todo = [entry for entry in entries if not os.path.lexists(folder / entry.path)]
    if not todo:
        return
    links = list[tuple[Path, str]]()
    with subprocess.Popen(  # noqa: S603  # a list, no shell, and nothing in it that a user names
        command_of(top, "cat-file", "--batch"),
        env=environment_of(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as batch:
        if batch.stdin is None or batch.stdout is None:
            raise AssertionError("both are pipes")
        for entry in todo:
            batch.stdin.write(entry.oid.encode() + b"\n")
            batch.stdin.flush()
            size = _size(top, batch.stdout.readline(), entry)
            path = folder / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == LINK:
                links.append((path, os.fsdecode(batch.stdout.read(size))))
            else:
                with path.open("xb") as file:
                    _copy(batch.stdout, file, size)
                if size < MOST_BYTES:
                    place_content(path, _lfs_objects(top))
            batch.stdout.read(1)
    _link(links, folder)


def _size(top: Path, header: bytes, entry: Entry) -> int:
    words = header.split()
    if len(words) != 3 or words[1] != b"blob":  # object, kind, size
        message = f"the content of {printable(entry.path)} is not in this clone"
        if _is_partial(top):
            raise _refusal(f"{message}, which is partial", _whole(top))
        raise _refusal(message, "git fetch --refetch")
    return int(words[2])


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size:
        chunk = source.read(min(size, CHUNK_BYTES))
        if not chunk:
            raise _refusal("git ended before it had told all of a file")
        target.write(chunk)
        size -= len(chunk)


def _link(links: Sequence[tuple[Path, str]], folder: Path) -> None:
    """Make links, and take away again each whose end lies outside: only the real path tells, as links lead to links.

    Those of earlier calls are looked at again: a new link on their way may turn them.
    """
    for path, target in links:
        if target and "\0" not in target and not os.path.isabs(target):  # noqa: PTH117  # a text, not yet a path
            path.symlink_to(target)
    if not links:
        return
    inside = folder.resolve()
    while led_out := [path for path in links_of(folder) if not Path(os.path.realpath(path)).is_relative_to(inside)]:
        for path in led_out:
            path.unlink()


def links_of(folder: Path) -> Iterator[Path]:
    """Yield the links below a folder, none of them followed."""
    for parent, folders, names in os.walk(folder):
        yield from (path for name in (*folders, *names) if (path := Path(parent) / name).is_symlink())


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


@functools.cache
def _is_partial(top: Path) -> bool:
    return bool(_git(top, "config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$").stdout)


def _whole(top: Path) -> str:
    """Return what to do about a clone that lacks objects on purpose: nothing is fetched behind the user's back."""
    return f"git fetch --refetch --no-filter {remote_of(top)}, or no filter where CI checks out"


def _is_unborn(top: Path) -> bool:
    return find_commit(top, "HEAD") is None and not _git(top, "for-each-ref", "--count=1").stdout


@functools.cache
def _lfs_objects(top: Path) -> Path:
    """Return the folder in which git-lfs keeps what it fetched."""
    common = os.fsdecode(_git(top, "rev-parse", "--git-common-dir").stdout.removesuffix(b"\n"))
    return top / common / "lfs" / "objects"


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git on stored objects. Raises `InputError` where there is no git."""
    try:
        return run_git(folder, *arguments)
    except FileNotFoundError:
        raise _refusal("git is not installed, or not on the PATH", "name two folders: neuralnav diff OLD NEW") from None


def _first_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return printable(lines[0].removeprefix("fatal: ")) if lines else "it says nothing"


def _refusal(message: str, hint: str = "") -> InputError:
    return InputError([Diagnostic(WHERE, message, hint)])
