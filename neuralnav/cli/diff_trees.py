"""The two sides of a diff as folders: a revision's inputs copied out of git, the working tree, or any folder."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.catalogs import read_project
from neuralnav.files.checkouts import left_out
from neuralnav.files.places import LOCK_NAME, PROJECT_NAME, Place, find_workloads, legible, read_optional
from neuralnav.files.revisions import (
    NO_REPOSITORY,
    Entry,
    below,
    commit_of,
    default_branch,
    extract,
    find_commit,
    find_repository,
    is_input,
    links_of,
    list_files,
    merge_base,
)
from neuralnav.model.document import Source, parse, plain
from neuralnav.model.lock import listed_in

WORKING_TREE = "working tree"
RANGE, TWO = "...", ".."
FOLDERS = "name two folders: neuralnav diff OLD NEW"
ALIKE = 0.8
"""From this share of equal text on, a workload that is gone and one that is new are the same, moved."""

MOST_COMPARED = 400
"""Up to so many pairs are compared by their text; a larger move is told by names alone."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One side: its name as it was given, and the folder that holds it. `is_copy` says that it was taken from git.

    `left_out` are the files that a sparse checkout does not hold, though they are not deleted.
    """

    named: str
    root: Path
    is_copy: bool = False
    left_out: frozenset[str] = frozenset()

    def told(self, diagnostic: Diagnostic, place: Place | None = None) -> Diagnostic:
        """Return a problem with its files named from the root of this side, as a reader of the change knows them.

        The workload at `place` is named so already, whatever the current folder is.
        """
        prefix = f"{self.root}{os.sep}"
        file = diagnostic.where.file
        where = replace(diagnostic.where, file=file if place and file == place.shown else self.from_root(file))
        message, hint = (text.replace(prefix, "") for text in (diagnostic.message, diagnostic.hint))
        return replace(diagnostic, where=where, message=message, hint=hint)

    def from_root(self, file: str) -> str:
        """Return a file, named from the current folder, from the root; one that lies elsewhere keeps its name."""
        path = Path(os.path.normpath(Path.cwd() / file))
        return legible(path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else file)


@dataclass(frozen=True, slots=True)
class Matched:
    """A workload on both sides; None where a side has no such one."""

    base: Place | None
    head: Place | None


def open_trees(base: str, head: str, paths: Sequence[str], folder: Path) -> tuple[Tree, Tree]:
    """Return both sides, revisions copied below an empty folder; an empty name is the default of its side.

    Raises `InputError` for what is neither a revision nor a folder, and where git cannot tell.
    """
    is_range = TWO in base and not head and not base.startswith((".", "/")) and not _is_folder(Path(base))
    if is_range and RANGE not in base:
        base, head = (side or "HEAD" for side in base.split(TWO, 1))
    if RANGE in base and not head and not _is_folder(Path(base)):
        base, _, head = base.partition(RANGE)
        top = find_repository(Path.cwd())
        base = base or default_branch(top)
        commit = merge_base(top, base, head or "HEAD")
        return _copy(top, commit, f"{base}{RANGE}", paths, folder / "base"), _side(head, paths, folder / "head")
    if not base:
        top = find_repository(Path.cwd())
        branch = default_branch(top)
        commit = merge_base(top, branch, head or "HEAD")
        named = branch if commit == commit_of(top, branch) else f"{branch}{RANGE}"
        return _copy(top, commit, named, paths, folder / "base"), _side(head, paths, folder / "head")
    before = _side(base, paths, folder / "base")
    if not head and not before.is_copy:
        return before, Tree(".", Path.cwd())
    after = _side(head, paths, folder / "head")
    if before.is_copy and not after.is_copy and after.named != WORKING_TREE:
        _refuse_part(after)
    return before, after


def _refuse_part(after: Tree) -> None:
    """Refuse to compare a whole revision with a folder of the same repository."""
    top = find_repository(Path.cwd())
    if after.root != top and after.root.is_relative_to(top):
        message = f"{after.named} is a folder of this repository, and a revision holds all of it"
        raise InputError([Diagnostic(Where("git"), message, f"neuralnav diff BASE --path {after.named}")])


def _side(name: str, paths: Sequence[str], folder: Path) -> Tree:
    path = Path(name)
    plainly = name.startswith(("/", "./", "../")) or name.endswith("/") or name in (".", "..")
    if plainly and _is_folder(path):
        return Tree(name, Path(os.path.normpath(Path.cwd() / path)))
    if name and _is_folder(path):
        return _named_twice(name, path)
    try:
        top = find_repository(Path.cwd())
    except InputError as error:
        if not name or NO_REPOSITORY not in {item.message for item in error.diagnostics}:
            raise
        message = f"{legible(name)} is no folder, and {NO_REPOSITORY}"
        raise InputError([Diagnostic(Where("neuralnav diff"), message, FOLDERS)]) from None
    if not name:
        return Tree(WORKING_TREE, top, left_out=frozenset(left_out(top)))
    if _is_file(path) and find_commit(top, name) is None:
        message = f"{legible(name)} is a file, neither a revision nor a folder"
        raise InputError([Diagnostic(Where("neuralnav diff"), message, f"neuralnav diff BASE --path {legible(name)}")])
    return _copy(top, commit_of(top, name), name, paths, folder)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # a name that is too long is no folder, where Path raises


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  # as above


def _named_twice(name: str, path: Path) -> Tree:
    """Return the folder of a name, unless a revision has it too, or what stands before the dots of a range."""
    try:
        commit = find_commit(find_repository(Path.cwd()), name.partition(RANGE)[0] or "HEAD")
    except InputError:
        commit = None
    if commit is not None:
        message = f"{name} is both a revision and a folder"
        raise InputError([Diagnostic(Where("git"), message, f"write ./{name} or refs/heads/{name}")])
    return Tree(name, Path(os.path.normpath(Path.cwd() / path)))


def _copy(top: Path, commit: str, named: str, paths: Sequence[str], folder: Path) -> Tree:
    """Return what a compile reads of a commit, copied: its workloads and locks first, then what they and links name."""
    folder.mkdir()
    entries = list_files(top, commit)
    explicit = {_from_top(top, path) for path in paths}
    extract(top, [entry for entry in entries if is_input(entry.path) or entry.path in explicit], folder)
    known = set[str]()
    wanted = {*_named_by(entries, folder), *_linked_by(folder)}
    while wanted:
        extract(top, below(entries, wanted), folder)
        known |= wanted
        linked = set(_linked_by(folder))
        wanted = {*linked, *_named_by(entries, folder)} - known if linked else set()  # what a link leads to names more
    return Tree(named, folder, is_copy=True)


def _linked_by(folder: Path) -> Iterator[str]:
    """Yield the paths that the links of a copy lead to, one step each, from its root."""
    for link in links_of(folder):
        yield os.path.normpath(os.path.relpath(link.parent / link.readlink(), folder))


def _named_by(entries: Sequence[Entry], folder: Path) -> Iterator[str]:
    """Yield the paths that project files and locks of a copy name, from its root."""
    for entry in entries:
        here, name = PurePosixPath(entry.path).parent, PurePosixPath(entry.path).name
        if not (folder / entry.path).is_file():
            continue
        listed: Iterator[str] = iter(())
        if name == PROJECT_NAME:
            listed = _of_project((folder / entry.path).parent)
        elif name.endswith(LOCK_NAME):
            text = (read_optional(folder / entry.path) or b"").decode("utf-8", "replace")
            listed = iter(listed_in(text))
        for path in listed:
            inside = os.path.normpath(here / path)
            if not inside.startswith(("..", "/")):
                yield inside


def _of_project(root: Path) -> Iterator[str]:
    try:
        found = read_project(root)
    except InputError:
        return  # what is wrong with it is told where it is used
    spec = found.document.spec if found else None
    if spec is not None:
        yield from (name for name in (*spec.benchmarks, *spec.outcomes, *spec.catalogs) if "://" not in name)
        yield from (item.path or item.bundle or "" for item in spec.policies)
        yield from ([spec.templates] if spec.templates else [])


def find_places(tree: Tree, paths: Sequence[str], top: Path) -> dict[str, Place]:
    """Return the workloads of a side by their path from its root, those that lie in other repositories left out.

    `paths`, from the current folder below `top`, limit them; none means all.
    """
    wanted = [_from_top(top, path) for path in paths]
    files = [str(tree.root / path) for path in wanted if _is_file(tree.root / path)]
    try:
        found = find_workloads((str(tree.root), *files))
    except InputError:
        found = find_workloads(files) if files else ()
    places = {place.workload.relative_to(tree.root).as_posix(): place for place in found}
    return {
        name: replace(place, root=_root(tree, place), shown=legible(name))
        for name, place in places.items()
        if not _is_foreign(tree.root, PurePosixPath(name)) and (not wanted or _within(PurePosixPath(name), wanted))
    }


def _within(path: PurePosixPath, wanted: Sequence[str]) -> bool:
    return any(item == "." or path.is_relative_to(item) for item in wanted)


def _from_top(top: Path, path: str) -> str:
    """Return a path of the command line from the top."""
    return Path(os.path.relpath(Path(os.path.normpath(Path.cwd() / path)), top)).as_posix()


def _root(tree: Tree, place: Place) -> Path:
    """Return the root of a workload, as `find_root` does, but never above a copy."""
    if not tree.is_copy:
        return place.root
    folders = [place.folder, *place.folder.parents]
    within = [folder for folder in folders if folder.is_relative_to(tree.root)]
    return next((folder for folder in within if (folder / PROJECT_NAME).is_file()), tree.root)


def root_before(before: Tree, after: Tree, base: Place | None, head: Place | None) -> Path:
    """Return the root whose policies a workload has to keep to on the base.

    It is that of the base's own workload; for one that only the head has, the nearest with a project file above its
    folder on the base: a project file that the head adds or takes away leads out of none.
    """
    if base is not None:
        return base.root
    if head is None or not head.folder.is_relative_to(after.root):
        return before.root
    there = before.root / head.folder.relative_to(after.root)
    above = [folder for folder in (there, *there.parents) if folder.is_relative_to(before.root)]
    return next((folder for folder in above if (folder / PROJECT_NAME).is_file()), before.root)


def _is_foreign(root: Path, path: PurePosixPath) -> bool:
    """Tell whether a file lies in a repository below the root, a submodule or a working tree: no revision holds it."""
    return any((root / parent / ".git").exists() for parent in path.parents if str(parent) != ".")


def pair_up(base: Mapping[str, Place], head: Mapping[str, Place]) -> list[Matched]:
    """Return the workloads of both sides, in the order of their paths: by path, else by name, else by what they say.

    A name counts where it is one workload's on each side.
    """
    pairs = [Matched(base[path], head[path]) for path in base if path in head]
    gone = {path: place for path, place in base.items() if path not in head}
    new = {path: place for path, place in head.items() if path not in base}
    moved = dict(_same_name(gone, new))
    moved |= dict(_alike({p: x for p, x in gone.items() if p not in moved.values()},
                         {p: x for p, x in new.items() if p not in moved}))  # fmt: skip
    pairs += [Matched(gone[old], new[path]) for path, old in moved.items()]
    pairs += [Matched(place, None) for path, place in gone.items() if path not in moved.values()]
    pairs += [Matched(None, place) for path, place in new.items() if path not in moved]
    return sorted(pairs, key=_order)


def _order(pair: Matched) -> tuple[str, str]:
    base, head = (place.shown if place else "" for place in (pair.base, pair.head))
    return head or base, base


def _same_name(gone: Mapping[str, Place], new: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    """Yield (new path, old path) of the workloads whose name is one's alone on each side."""
    if not gone or not new:
        return
    old, fresh = ([(name_of(place), path) for path, place in side.items()] for side in (gone, new))
    for name, path in fresh:
        before = [there for other, there in old if other == name]
        if name and len(before) == 1 and sum(other == name for other, _ in fresh) == 1:
            yield path, before[0]


def name_of(place: Place) -> str:
    """Return the name of a workload, read as far as it can be; empty where it cannot."""
    try:
        found = plain(parse(Source(place.shown, _text(place))))
    except InputError:
        return ""
    metadata = found.get("metadata") if isinstance(found, dict) else None
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""


def _alike(gone: Mapping[str, Place], new: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    """Yield (new path, old path) of the workloads that are most alike, the most alike first, each once."""
    if not gone or not new or len(gone) * len(new) > MOST_COMPARED:
        return
    texts = {place: _text(place) for side in (gone, new) for place in side.values()}
    found = sorted(
        (-SequenceMatcher(None, texts[old], texts[place], autojunk=False).ratio(), path, there)
        for path, place in new.items()
        for there, old in gone.items()
    )
    taken = set[str]()
    for negative, path, there in found:
        if -negative >= ALIKE and not taken & {f"+{path}", f"-{there}"}:
            taken |= {f"+{path}", f"-{there}"}
            yield path, there


def _text(place: Place) -> str:
    try:
        return (read_optional(place.workload) or b"").decode("utf-8", "replace")
    except InputError:
        return ""
