"""What a committed plan puts into a cluster: its lock, and the objects of its manifests as Kubernetes reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuralnav.cluster.api import KINDS, Kind, Object, Ref
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, compile_hint, find_root, is_inside, legible, read_optional, read_source, show
from neuralnav.model.document import parse, plain
from neuralnav.model.lock import Lock, has_conflict

KUSTOMIZATION = "Kustomization"
"""It lists the other files for kustomize, and is no object of a cluster."""

SERVING = ("InferenceService", "LLMInferenceService")
"""The kinds whose object serves the model; the others stand beside it."""

LOCK = "plan.lock"


@dataclass(frozen=True, slots=True)
class Planned:
    """An object of a manifest, with the file that says it."""

    ref: Ref
    file: str
    body: Object


@dataclass(frozen=True, slots=True)
class Committed:
    """A workload's lock with its objects, in the order of the lock."""

    place: Place
    lock: Lock
    objects: tuple[Planned, ...]

    @property
    def serving(self) -> Planned:
        """The object that serves the model."""
        return next(item for item in self.objects if item.ref.kind.kind in SERVING)


def read_committed(place: Place, known: Lock | None = None) -> Committed:
    """Return the lock of a workload, if it is not `known`, with the objects of its manifests.

    Raises `InputError` for what is missing, damaged or foreign.
    """
    lock = known or read_lock_of(place)
    problems, objects = list[Diagnostic](), list[Planned]()
    for entry in lock.manifests:
        try:
            objects.extend(_objects(place, entry.path, lock.deployment.namespace))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    if sum(item.ref.kind.kind in SERVING for item in objects) != 1:
        message = f"its manifests do not hold one {' or '.join(SERVING)}"
        raise input_error(show(place.lock), message, compile_hint(place))
    return Committed(place, lock, tuple(objects))


def read_lock_of(place: Place) -> Lock:
    """Return the lock of a workload. Raises `InputError` where there is none, or it is damaged or in conflict."""
    file = show(place.lock)
    content = read_optional(place.lock)
    if content is None and not place.lock.is_symlink():
        raise input_error(file, "there is no lock", compile_hint(place))
    if content is not None and has_conflict(content.decode("utf-8", "replace")):
        raise input_error(file, "the lock has conflict markers", "settle them with neuralnav compile")
    lock = find_lock(place).lock
    if lock is None:
        raise input_error(file, "there is no lock", compile_hint(place))
    return lock


def find_locks(paths: Sequence[str]) -> tuple[Place, ...]:
    """Return the places of the locks that the paths name, in order: a lock, its workload, or a folder that holds some.

    The workload need not be there: what was deployed can be taken down when its workload.yaml is gone.
    Raises `InputError` for a path that names none.
    """
    found: dict[Path, Place] = {}
    problems = list[Diagnostic]()
    for name in paths:
        path = Path(name)
        locks = sorted(_search(path)) if path.is_dir() else [path if path.name.endswith(LOCK) else _beside(path)]
        if not locks or not (path.is_dir() or locks[0].exists()):
            message = "there is no lock here" if path.exists() else "there is no such file or folder"
            problems.append(Diagnostic(Where(name), message, "name a plan.lock, or its workload"))
        found |= {place.lock: place for place in map(_place, locks)}
    if problems:
        raise InputError(problems)
    return tuple(found[key] for key in sorted(found))


def _search(folder: Path) -> Iterator[Path]:
    """Yield the locks below a folder; hidden folders are left out, as they are for workloads."""
    for path in folder.rglob(f"*{LOCK}"):
        below = path.relative_to(folder).parts
        if not any(part.startswith(".") for part in below) and (path.name == LOCK or path.name.endswith(f".{LOCK}")):
            yield path


def _beside(workload: Path) -> Path:
    """Return the lock of a workload's file."""
    stem = workload.name.removesuffix(".yaml").removesuffix(".yml").removesuffix("workload").removesuffix(".")
    return workload.parent / (f"{stem}.{LOCK}" if stem else LOCK)


def _place(lock: Path) -> Place:
    path = lock.absolute()
    stem = path.name.removesuffix(LOCK)
    return Place(path.parent / f"{stem}workload.yaml", path, find_root(path.parent), legible(str(lock)))


def _objects(place: Place, path: str, namespace: str) -> Iterator[Planned]:
    """Yield the object that a manifest says; none for what is no object of a cluster."""
    target, file = place.folder / path, show(place.folder / path)
    if not is_inside(target, place.root):
        message = f'the lock names a manifest outside the repository: "{path}"'
        raise input_error(show(place.lock), message, compile_hint(place))
    if read_optional(target) is None:
        raise input_error(file, "the file is not there", compile_hint(place))
    body = plain(parse(read_source(target, file)))
    if not isinstance(body, dict) or body.get("kind") == KUSTOMIZATION:
        return
    ref = _ref(file, body)
    if ref.namespace != namespace:
        message = f'the object lies in namespace "{ref.namespace}", the plan in "{namespace}"'
        raise input_error(file, message, compile_hint(place))
    yield Planned(ref, file, body)


def _ref(file: str, body: Object) -> Ref:
    kind = kind_of(body)
    metadata: Any = body.get("metadata")
    if kind is None or not isinstance(metadata, dict):
        said = f"{body.get('kind')} of {body.get('apiVersion')}"
        raise input_error(file, f"neuralnav deploys no {said}", f"it knows {', '.join(sorted(KINDS))}")
    return Ref(kind, str(metadata.get("namespace", "")), str(metadata.get("name", "")))


def kind_of(body: Object) -> Kind | None:
    """Return the kind of an object, where it is one that the cluster verbs know in that version."""
    kind = KINDS.get(str(body.get("kind")))
    return kind if kind is not None and kind.api_version == body.get("apiVersion") else None
