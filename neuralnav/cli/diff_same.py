"""Whether a workload considers the same on both sides, so that its plan is the same and need not be made.

What is compared is a superset of what a compile reads: the bytes of the workload, its lock and its manifests, and of
what its root shares the bytes of datasets, catalogs and templates, the settings, and the policies of its environment.
"""

import functools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from neuralnav.cli.diff_trees import LISTED, Matched, Tree, name_of
from neuralnav.errors import InputError
from neuralnav.files.cache import content_key
from neuralnav.files.data import catalog_files, dataset_files, read_project
from neuralnav.files.places import Place, read_optional
from neuralnav.model.diff import Side, WorkloadDiff
from neuralnav.model.document import Parsed, Source, digest, parse, plain
from neuralnav.model.lock import has_conflict, is_whole
from neuralnav.model.project import Project

CHOICE = re.compile(r"^choice:\n  candidate: (?P<candidate>[a-z0-9][a-z0-9._/-]*)\n", re.MULTILINE)
"""How a lock tells its choice; reading all of one takes 30 ms."""


def unchanged(base: Tree, head: Tree, matched: Matched) -> WorkloadDiff | None:
    """Return the diff of a workload that considers the same on both sides, or None where it has to be planned.

    One without a whole lock is always planned: nothing else says what it deploys.
    """
    before, after = matched.base, matched.head
    if before is None or after is None or before.shown != after.shown:
        return None
    try:
        texts = [_own(place) for place in (before, after)]
        lock = (texts[0][1] or b"").decode("utf-8", "replace")
        chosen = CHOICE.search(lock)
        if texts[0] != texts[1] or chosen is None or not is_whole(lock) or has_conflict(lock):
            return None
        if not _same_root(base, before, head, after):
            return None
    except (InputError, OSError):
        return None  # planning it says what is wrong
    side = Side(state="planned", committed=chosen["candidate"])
    return WorkloadDiff(
        workload=name_of(after) or after.shown, path=after.shown, status="unchanged", before=side, after=side
    )


def _own(place: Place) -> tuple[bytes | None, ...]:
    """Return the workload, its lock, and the manifests that the lock lists; None where a file is not there."""
    workload, lock = read_optional(place.workload), read_optional(place.lock)
    names = [found["path"].strip().strip("\"'") for found in LISTED.finditer((lock or b"").decode("utf-8", "replace"))]
    return workload, lock, *(read_optional(Path(os.path.normpath(place.folder / name))) for name in names)


def _same_root(base: Tree, before: Place, head: Tree, after: Place) -> bool:
    """Tell whether the roots of a workload say the same to it; it has the same text on both sides."""
    if before.root == after.root:
        return True  # two folders of one repository
    if os.path.relpath(before.root, base.root) != os.path.relpath(after.root, head.root):
        return False
    if _shared(before.root) != _shared(after.root):
        return False
    here, there = (_environments(place.root) for place in (before, after))
    binding, bound = (_policies(place.root) for place in (before, after))
    if here == there and binding == bound:
        return True
    label = _environment(after)
    same_settings = here.get(label) == there.get(label)
    return same_settings and _in_environment(binding, label) == _in_environment(bound, label)


@functools.cache
def _shared(root: Path) -> str:
    """Return the digest of what all workloads of a root consider, policies and environments aside.

    Raises `InputError` where the project file or something that it names cannot be used.
    """
    found = read_project(root)
    if found is None:
        return ""
    spec = found.document.spec
    apart = {"environments", "policies", "exemptions"}
    parts = [digest(spec.model_dump(mode="json", exclude=apart)).encode()]
    parts.extend(_files(root, ("benchmarks", _datasets(root, spec.benchmarks))))
    parts.extend(_files(root, ("catalogs", catalog_files([root / name for name in spec.catalogs])[1])))
    own = sorted((root / spec.templates).rglob("*.j2")) if spec.templates else []
    parts.extend(_files(root, ("templates", own)))
    return content_key(parts)


def _datasets(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        if "://" not in name:
            yield from (path for _, path in dataset_files(str(root / name)))


def _files(root: Path, found: tuple[str, Iterable[Path]]) -> Iterator[bytes]:
    """Yield the names of files from the root, and their bytes."""
    kind, paths = found
    yield kind.encode()
    for path in paths:
        yield os.path.relpath(path, root).encode("utf-8", "surrogateescape")
        yield read_optional(path) or b""


@functools.cache
def _environments(root: Path) -> Mapping[str, object]:
    found = read_project(root)
    settings = found.document.spec.environments if found else {}
    return {name: item.model_dump(mode="json") for name, item in settings.items()}


Bound = tuple[tuple[tuple[str, ...], object], ...]
"""What binds plans: each with its environments, none meaning all."""


@functools.cache
def _policies(root: Path) -> Bound:
    """Return the policies and exemptions of a root with their environments. Raises `InputError` as they are read."""
    found = read_project(root)
    if found is None or not (found.document.spec.policies or found.document.spec.exemptions):
        return ()
    return _bound(root, found)


def _bound(root: Path, project: Parsed[Project]) -> Bound:
    from neuralnav.cli.diff_worlds import shared_of  # the policy language, as in cli/world.py
    from neuralnav.files.policies import read_policies

    texts = {item.parsed.document.metadata.name: item.parsed.source.text for item in read_policies(root, project)[0]}
    governance = shared_of(root).governance
    policies = tuple(
        (item.environments, (item.name, item.digest, texts[item.name])) for item in governance.policies
    )  # the text too: a refusal quotes a condition as it is written
    exemptions = tuple(
        (item.environments, (item.policy, item.rule, item.workloads, item.owner, item.reason))
        for item in governance.exemptions
    )
    return policies + exemptions


def _in_environment(bound: Bound, label: str) -> list[object]:
    return [what for environments, what in bound if not environments or label in environments]


def _environment(place: Place) -> str:
    """Return the environment of a workload: its label `env`, empty where it has none."""
    found = plain(parse(Source(place.shown, (read_optional(place.workload) or b"").decode("utf-8", "replace"))))
    metadata = found.get("metadata") if isinstance(found, dict) else None
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return str(labels.get("env", "")) if isinstance(labels, dict) else ""
