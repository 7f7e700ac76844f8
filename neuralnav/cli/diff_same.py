"""Whether a workload considers the same on both sides, so that its plan is the same and need not be made.

What is compared is a superset of what a compile reads: the bytes of the workload, its lock and its manifests, and of
what its root shares the bytes of catalogs and templates, the settings, and the policies of its environment. Of datasets
it is the bytes, and where these differ what they say at the workload's shape.
"""

import functools
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from neuralnav.cli.diff_trees import Matched, Tree, name_of
from neuralnav.errors import InputError, input_error
from neuralnav.files.cache import content_key, file_digest
from neuralnav.files.catalogs import catalog_files, read_project
from neuralnav.files.datasets import dataset_files, local_files
from neuralnav.files.lfs import MOST_BYTES, refuse_pointer
from neuralnav.files.places import Place, read_optional, show
from neuralnav.files.templates import own_templates
from neuralnav.model.diff import Side, WorkloadDiff
from neuralnav.model.document import Parsed, Source, digest, parse, plain
from neuralnav.model.lock import choice_in, has_conflict, is_whole, listed_in
from neuralnav.model.project import Project


def unchanged(base: Tree, head: Tree, matched: Matched) -> WorkloadDiff | None:
    """Return the diff of a workload that considers the same on both sides, or None where it has to be planned.

    One without a whole lock is always planned: nothing else says what it deploys.
    """
    before, after = matched.base, matched.head
    if before is None or after is None or before.shown != after.shown:
        return None
    try:
        if _own(before) != _own(after):
            return None
        lock = (read_optional(before.lock) or b"").decode("utf-8", "replace")
        chosen = choice_in(lock)
        if not chosen or not is_whole(lock) or has_conflict(lock):
            return None
        if not _same_root(base, before, head, after):
            return None
    except (InputError, OSError):
        return None  # planning it says what is wrong
    side = Side(state="planned", committed=chosen)
    return WorkloadDiff(
        workload=name_of(after) or after.shown, path=after.shown, status="unchanged", before=side, after=side
    )


def _own(place: Place) -> tuple[object, ...]:
    """Return the bytes of the workload, its lock, and the manifests that it lists, None where a file is not there.

    With them goes where their folders really lie: output through a link that leads out of the root is refused. Raises
    `InputError` for a lock that lists what lies outside.
    """
    workload, lock = read_optional(place.workload), read_optional(place.lock)
    names = listed_in((lock or b"").decode("utf-8", "replace"))
    paths = [Path(os.path.normpath(place.folder / name)) for name in names]
    if not all(path.is_relative_to(place.root) for path in paths):
        raise input_error(place.shown, "its lock lists what lies outside the repository")
    folders = dict.fromkeys(os.path.realpath(path.parent) for path in (place.workload, *paths))
    ends = tuple(os.path.relpath(folder, os.path.realpath(place.root)) for folder in folders)
    return workload, lock, ends, *(read_optional(path) for path in paths)


def _same_root(base: Tree, before: Place, head: Tree, after: Place) -> bool:
    """Tell whether the roots of a workload say the same to it; it has the same text on both sides."""
    if before.root == after.root:
        return True  # two folders of one repository
    if os.path.relpath(before.root, base.root) != os.path.relpath(after.root, head.root):
        return False
    if _shared(before.root) != _shared(after.root):
        return False
    if _tables(before.root) != _tables(after.root) and not _same_evidence(before, after):
        return False
    here, there = (_environments(place.root) for place in (before, after))
    binding, bound = (_policies(place.root) for place in (before, after))
    if here == there and binding == bound:
        return True
    label = _environment(after)
    same_settings = here.get(label) == there.get(label) and bool(here) == bool(there)  # with one, a label must be known
    return same_settings and _in_environment(binding, label) == _in_environment(bound, label)


def _same_evidence(before: Place, after: Place) -> bool:
    from neuralnav.cli.diff_evidence import same_evidence  # the stages of a plan, which few changes need

    return same_evidence(before, after)


@functools.cache
def _tables(root: Path) -> str:
    """Return the digest of the datasets of a root. Raises `InputError` where one cannot be read."""
    found = read_project(root)
    if found is None:
        return ""
    spec = found.document.spec
    files = [*_files(root, ("", _datasets(root, spec.benchmarks)))]
    return content_key([*files, *_files(root, ("outcomes", _outcomes(root, spec.outcomes)))])


@functools.cache
def _shared(root: Path) -> str:
    """Return the digest of what all workloads of a root consider, datasets, policies and environments aside.

    Raises `InputError` where the project file or something that it names cannot be used.
    """
    found = read_project(root)
    if found is None:
        return ""
    spec = found.document.spec
    apart = {"environments", "policies", "exemptions", "benchmarks", "outcomes", "prometheus"}
    parts = [digest(spec.model_dump(mode="json", exclude=apart)).encode()]
    parts.extend(_files(root, ("catalogs", catalog_files([root / name for name in spec.catalogs])[1])))
    own = own_templates(root / spec.templates) if spec.templates else {}
    parts.extend(part.encode("utf-8", "surrogateescape") for named in sorted(own.items()) for part in named)
    return content_key(parts)


def _datasets(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        if "://" not in name:
            yield from (path for _, path in dataset_files(str(root / name)))


def _outcomes(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        if "://" not in name:
            yield from local_files(root / name)


def _files(root: Path, found: tuple[str, Iterable[Path]]) -> Iterator[bytes]:
    """Yield the names of files from the root, and their digests. Raises `InputError` for a Git LFS pointer."""
    kind, paths = found
    yield kind.encode()
    for path in paths:
        yield os.path.relpath(path, root).encode("utf-8", "surrogateescape")
        with path.open("rb") as start:
            refuse_pointer(start.read(MOST_BYTES), show(path))
        yield file_digest(path)


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
    from neuralnav.cli.diff_worlds import governance_of  # the policy language, as in cli/world.py
    from neuralnav.files.policies import read_policies

    texts = {item.parsed.document.metadata.name: item.parsed.source.text for item in read_policies(root, project)[0]}
    governance = governance_of(root)
    policies = tuple(
        (item.environments, (item.name, item.digest, texts[item.name])) for item in governance.policies
    )  # the text too: a refusal quotes a condition as it is written
    exemptions = tuple(
        (item.environments, (item.policy, item.rule, item.workloads, item.owner, item.reason, item.expires))
        for item in governance.exemptions
    )  # the day too: of two exemptions the one that lasts longer is told
    return policies + exemptions


def _in_environment(bound: Bound, label: str) -> list[object]:
    return [what for environments, what in bound if not environments or label in environments]


def _environment(place: Place) -> str:
    """Return the environment of a workload: its label `env`, empty where it has none."""
    found = plain(parse(Source(place.shown, (read_optional(place.workload) or b"").decode("utf-8", "replace"))))
    metadata = found.get("metadata") if isinstance(found, dict) else None
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return str(labels.get("env", "")) if isinstance(labels, dict) else ""
