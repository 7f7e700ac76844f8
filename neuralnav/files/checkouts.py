"""What git knows of a working tree: what a checkout leaves out, and what a file held before.

Git is asked on the way to a better answer only: where it is not installed, there is no repository or it fails, each
of these knows nothing. Only objects that are at hand are read, no filter or hook runs, and nothing is fetched.
"""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from neuralnav.files.git import run_git

TIMEOUT_SECONDS = 10
MOST_COMMITS = 1000
"""So far back a history is walked for a file: in a long one, each that changed it rarely would cost seconds."""

OURS, THEIRS, BASE = 2, 3, 1
"""The stages of a file in conflict, as git's index numbers them."""

MERGES = (("HEAD", "MERGE_HEAD"), ("HEAD^1", "HEAD^2"))
"""Whose conflict a lock may hold: that of a merge under way, or of one that was committed with its markers."""


def staged_text(path: Path, stage: int) -> str:
    """Return git's text of a file in conflict at a stage, or nothing."""
    return _text(path.parent, "show", f":{stage}:./{path.name}")


def merge_base_text(path: Path) -> str:
    """Return a file as it is where the two sides of a merge part, or nothing."""
    for pair in MERGES:
        base = _text(path.parent, "merge-base", *pair).strip()
        if base:
            return _text(path.parent, "cat-file", "blob", f"{base}:./{path.name}")
    return ""


def is_shallow(folder: Path) -> bool:
    """Tell whether a clone was cut off at some commits."""
    return _text(folder, "rev-parse", "--is-shallow-repository").strip() == "true"


def deepening(folder: Path) -> str:
    """Return the command that gives a shallow clone more of the commits that it lacks."""
    return f"git fetch --deepen=200 {remote_of(folder)}"


def remote_of(folder: Path) -> str:
    """Return the remote to fetch from, ready for a shell: `origin` if it is one; a word for one where there is none."""
    remotes = _text(folder, "remote").split()
    return shlex.quote("origin" if "origin" in remotes else remotes[0]) if remotes else "REMOTE"


def earlier_texts(path: Path, most: int = 12) -> Iterator[str]:
    """Yield what a file held in the newest commits that changed it, newest first."""
    edge = _text(path.parent, "rev-list", "--max-count=1", f"--skip={MOST_COMMITS}", "HEAD").strip()
    range_ = ["HEAD", *([f"^{edge}"] if edge else [])]
    listed = _text(path.parent, "log", "--full-history", f"-{most}", "--format=%H", *range_, "--", f"./{path.name}")
    for commit in listed.split():
        text = _text(path.parent, "cat-file", "blob", f"{commit}:./{path.name}")
        if text:
            yield text


def left_out(folder: Path, *pathspecs: str) -> tuple[str, ...]:
    """Return the files that a sparse checkout leaves out: of those that git's pathspecs name from a folder, if any."""
    if _text(folder, "config", "--type=bool", "core.sparseCheckout").strip() != "true":
        return ()
    listed = _bytes(folder, "ls-files", "-t", "-z", "--", *pathspecs).split(b"\0")
    return tuple(os.fsdecode(entry[2:]) for entry in listed if entry.startswith(b"S "))


def bringing(file: Path) -> str:
    """Return the command that adds a file to a sparse checkout: its folder where folders are chosen, else itself."""
    folder = next(parent for parent in file.parents if parent.is_dir())
    if _text(folder, "config", "--type=bool", "core.sparseCheckoutCone").strip() != "false":
        return f"git sparse-checkout add {shlex.quote(_typed(file.parent))}"
    top = _path(folder, "rev-parse", "--show-toplevel")
    return f"git sparse-checkout add {shlex.quote('/' + os.path.relpath(file, top))}"


def why_absent(path: Path, *names: str) -> str:
    """Return the command that brings a file which this checkout lacks; nothing where git knows of none.

    Of a folder, files below it are meant whose names match one of `names`.
    """
    here = Path(os.path.normpath(Path.cwd() / path))
    folder = next(parent for parent in (here, *here.parents) if parent.is_dir())
    top = Path(_path(folder, "rev-parse", "--show-toplevel") or "/")
    if not here.is_relative_to(top) or top == Path("/"):
        return ""
    wanted = here.relative_to(top)
    for link in _submodules(top):
        if (wanted.is_relative_to(link) or Path(link).is_relative_to(wanted)) and not (top / link / ".git").exists():
            return f"git submodule update --init {shlex.quote(_typed(top / link))} brings what is there"
    below = [f":(glob){_escaped(wanted / '**' / name)}" for name in names] or [f":(literal){wanted}"]
    missing = left_out(top, *below)
    if not missing:
        return ""
    whole = bool(names) or missing[0] == wanted.as_posix()
    return f"git's sparse checkout leaves it out: {bringing(top / missing[0] if whole else here / '*')}"


def _submodules(top: Path) -> Iterator[str]:
    listed = _bytes(top, "ls-files", "-s", "-z").split(b"\0")
    return (os.fsdecode(entry.partition(b"\t")[2]) for entry in listed if entry.startswith(b"160000 "))


def _typed(path: Path) -> str:
    """Return a path as a person would type it from here."""
    return os.path.relpath(path)


def _escaped(path: Path) -> str:
    """Return a path as a pattern in which only the stars of its last two parts mean something."""
    folder, two = path.parent.parent, path.relative_to(path.parent.parent)
    plain = "".join(f"\\{c}" if c in "*?[]\\" else c for c in folder.as_posix())
    return str(two) if plain == "." else f"{plain}/{two}"


def _text(folder: Path, *arguments: str) -> str:
    r"""Return what git says in a folder, `\r\n` read as files are, or nothing where it cannot."""
    try:
        return _bytes(folder, *arguments).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return ""


def _path(folder: Path, *arguments: str) -> str:
    """Return the path that git says, of any bytes, or nothing where it cannot."""
    return os.fsdecode(_bytes(folder, *arguments).removesuffix(b"\n"))


def _bytes(folder: Path, *arguments: str) -> bytes:
    try:
        done = run_git(folder, *arguments, seconds=TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
