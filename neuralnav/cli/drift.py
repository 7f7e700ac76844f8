"""How the committed files of a workload differ from what compile would write: by class, with what mends each."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from neuralnav.cli.work import Work, digest_of
from neuralnav.files.locks import find_lock, read_lock
from neuralnav.files.places import Place, read_optional, show
from neuralnav.model.decoding import is_pointer
from neuralnav.model.document import Source
from neuralnav.model.lock import Inputs, Lock, LockedCandidate, dump, has_conflict
from neuralnav.model.quantity import format_usd
from neuralnav.model.report import DriftClass, ReportedDrift

OUTSIDE = ("schema_", "revision")
"""What moves of a lock that stands above its inputs."""

OTHERWISE = "compile would choose"
NOT_THERE = "the file is not there"
KINDS: tuple[DriftClass, ...] = ("workload", "policy", "data", "tool")
"""The classes of drift that an input of a lock explains."""

INPUTS: Mapping[str, str] = {
    "settings": "the settings of neuralnav.yaml", "layout": "where manifests go (output.manifests)",
    "evidence": "benchmarks", "catalog": "catalogs", "prices": "prices", "templates": "templates",
    "schema_": "the lock's format", "revision": "the lock's format",
}  # fmt: skip
"""What people call the inputs that a lock has a digest of."""


def find_drift(item: Work, *, templates: str = "") -> tuple[ReportedDrift, ...]:
    """Return how the committed files of a workload differ from what compile would write."""
    return drift_of(item.place, item.files, templates=templates, effect=True)


def drift_of(
    place: Place, files: Mapping[str, bytes], locked: Lock | None = None, made: Lock | None = None,
    *, templates: str = "", effect: bool = False,
) -> tuple[ReportedDrift, ...]:  # fmt: skip
    """Return how committed files differ from those of a compile, by path from the lock's folder.

    `locked` is the committed lock and `made` the one in `files`, where they are known; reading one takes 30 ms. What
    mends a drift names the workload, and the folder of `templates`, if another than the project's was asked for. With
    `effect`, the first class of a lock says what compile would make of its choice.
    Raises `InputError` for a file that cannot be read.
    """
    fresh, committed = files[place.lock.name], read_optional(place.lock)
    fix = fix_of(place, "compile", templates)
    if committed is None:
        return (_drift("missing", show(place.workload), 0, f"there is no {place.lock.name} yet", fix),)
    if committed == fresh:
        listed = {name: digest_of(content) for name, content in files.items() if name != place.lock.name}
        return tuple(manifest_drift(place, listed, files, fix_of(place, "compile --frozen", templates)))
    locked = locked or find_lock(place, upgrade=True).lock
    listed = {entry.path: entry.digest for entry in locked.manifests} if locked else {}
    new = made or read_lock(Source(place.lock.name, fresh.decode()))
    found = list(_of_lock(show(place.lock), committed.decode("utf-8", "replace"), locked, new, fix))
    if effect and locked is not None and not has_conflict(committed.decode("utf-8", "replace")):
        said = f"{found[0].message}; {_effect(locked, new)}"
        found[0] = found[0].model_copy(update={"message": said.removesuffix("; ")})
    return (*found, *manifest_drift(place, listed, files, fix))


def fix_of(place: Place, verb: str, templates: str) -> str:
    """Return the command that mends a workload, ready for a shell."""
    own = ["--templates", templates] if templates else []
    return shlex.join(["neuralnav", *verb.split(), *own, *(["--"] if place.shown.startswith("-") else []), place.shown])


def _of_lock(file: str, text: str, locked: Lock | None, new: Lock, fix: str) -> Iterator[ReportedDrift]:
    """Yield a drift for each class that a lock shows."""
    if has_conflict(text):
        marks = (number for number, line in enumerate(text.splitlines(), 1) if has_conflict(line))
        yield _drift("lock", file, next(marks, 0), "the lock has conflict markers", fix)
        return
    moved = drift_classes(locked, new) if locked is not None else {}
    for kind in (kind for kind in KINDS if moved.get(kind)):
        yield _drift(kind, file, _line(text, moved[kind][0]), _changed(kind, moved[kind], locked, new), fix)
    if not any(moved.values()):
        line = _first_difference(text.encode(), dump(new).encode())
        yield _drift("lock", file, line, "the lock was edited by hand", fix)


def drift_classes(old: Lock, new: Lock) -> dict[DriftClass, tuple[str, ...]]:
    """Return the classes of drift between a committed lock and what compile would write, each with what moved in it.

    What moved is named as in `Inputs`, a policy `policy NAME`. Empty when they are equal; a difference that no input
    explains was made by hand, and has the class lock.
    """
    if old == new:
        return {}
    before, after = old.inputs, new.inputs
    found: dict[DriftClass, list[str]] = {
        "workload": _moved(before, after, "workload"),
        "policy": [*_policies_moved(before.policies, after.policies), *_moved(before, after, "settings", "layout")],
        "data": _moved(before, after, "catalog", "prices", "evidence"),
        "tool": _moved(before, after, "templates"),
    }
    found["tool"] += [name for name in ("schema_", "revision") if getattr(old, name) != getattr(new, name)]
    if found["workload"] or "settings" in found["policy"]:
        found["data"] = []  # another query considers another slice, which says nothing of the data
    return {kind: tuple(names) for kind, names in found.items() if names} or {"lock": ()}


def _moved(before: Inputs, after: Inputs, *names: str) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _policies_moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the policies that differ by more than whether they act, which data may change."""
    moved = {line.rpartition(" ")[0] for line in before} ^ {line.rpartition(" ")[0] for line in after}
    return [f"policy {name}" for name in sorted({what.partition(" ")[0] for what in moved})]


def _changed(kind: DriftClass, moved: Sequence[str], locked: Lock | None, new: Lock) -> str:
    """Return which inputs of a class changed, as people call them."""
    if kind == "workload":
        return "the workload changed after the lock was written"
    if kind == "tool" and locked is not None and locked.revision != new.revision:
        return f"the lock's format changed: it has revision {locked.revision}, this neuralnav writes {new.revision}"
    names = list(dict.fromkeys(INPUTS.get(name, name) for name in moved))
    return f"{' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)} changed"


def _effect(locked: Lock, new: Lock) -> str:
    """Return what compile would make of the choice that the lock holds; nothing where the lock does not hold it."""
    if locked.choice.candidate != new.choice.candidate:
        return f"{OTHERWISE} {new.choice.candidate} in place of {locked.choice.candidate}"
    before, after = _chosen(locked), _chosen(new)
    if before is None or after is None:
        return ""
    if before.replicas != after.replicas:
        count = "1 replica" if after.replicas == 1 else f"{after.replicas} replicas"
        return f"compile would plan {count} in place of {before.replicas}"
    old, now = format_usd(before.cost_usd_per_month), format_usd(after.cost_usd_per_month)
    return f"the choice stands, at {now}/month in place of {old}" if old != now else "the choice stands"


def _chosen(lock: Lock) -> LockedCandidate | None:
    return next((item for item in lock.candidates if item.id == lock.choice.candidate), None)


def _line(text: str, name: str) -> int:
    """Return the line of a lock on which an input stands, else that of all inputs; 0 where neither is found."""
    what, _, policy = name.partition(" ")
    inputs = re.search(r"^inputs:", text, re.MULTILINE)
    start = inputs.start() if inputs else 0
    own = [rf'^ *- "?{re.escape(policy)} sha256:', "^ *policies:"] if policy else [f"^ *{what.removesuffix('_')}:"]
    for pattern in (*own, "^inputs:"):
        found = re.compile(pattern, re.MULTILINE).search(text, start if name not in OUTSIDE else 0)
        if found is not None:
            return text.count("\n", 0, found.start()) + 1
    return 0


def manifest_drift(
    place: Place, listed: Mapping[str, str], files: Mapping[str, bytes], fix: str
) -> Iterator[ReportedDrift]:
    """Yield a drift for each manifest that is not what the lock says of it."""
    for path, said in sorted(listed.items()):
        file, content = show(place.folder / path), read_optional(place.folder / path)
        if content is None:
            yield _drift("manifest", file, 0, NOT_THERE, fix)
        elif digest_of(content) != said:
            if is_pointer(content):
                yield _drift("manifest", file, 0, "the file is a Git LFS pointer, not a manifest", "git lfs pull")
                continue
            known = files[path] if path in files and digest_of(files[path]) == said else None
            line = _first_difference(content, known) if known is not None else 0
            yield _drift("manifest", file, line, "the file is not what the lock says", fix)


def _first_difference(committed: bytes, fresh: bytes) -> int:
    """Return the first line in which a committed file differs, its last where it only ends too early."""
    lines = committed.splitlines(keepends=True)
    pairs = enumerate(zip_longest(lines, fresh.splitlines(keepends=True)), 1)
    return min(next((number for number, (old, new) in pairs if old != new), 0), max(len(lines), 1))


def _drift(kind: DriftClass, file: str, line: int, message: str, fix: str) -> ReportedDrift:
    return ReportedDrift(drift=kind, file=file, line=line, message=message, fix=fix)
