"""What a committed lock deploys, and its manifests: what the cluster verbs compare with what runs."""

import contextlib
import re
from dataclasses import dataclass
from typing import Any

from neuralnav.errors import InputError, input_error
from neuralnav.files.lfs import refuse_pointer
from neuralnav.files.locks import read_lock
from neuralnav.files.places import Place, read_optional, read_source, show
from neuralnav.model.document import Source, load, parse, plain
from neuralnav.model.lock import REVISION, SCHEMA, Deployment, choice_in, has_conflict, is_whole, listed_in

KUSTOMIZE = "kustomize.config.k8s.io/"

_PART = re.compile(r"^deployment:\n((?: .*\n)+)", re.MULTILINE)
_AGE = re.compile(rf"^schema: {SCHEMA}\nrevision: {REVISION}\n", re.MULTILINE)
"""How compile writes them; the whole of any other lock is read."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a lock deploys: the candidate it chose, the deployment, and the paths of its manifests from its folder."""

    place: Place
    candidate: str
    deployment: Deployment
    manifests: tuple[str, ...]


def read_deployed(place: Place) -> Deployed:
    """Return what the lock of a workload deploys.

    A lock as compile writes it is read only as far as that: 0.4 ms in place of 5. Raises `InputError` where there is
    none, or none that can be used.
    """
    content = read_optional(place.lock)
    if content is None:
        raise input_error(show(place.lock), "there is no lock to compare with", "run neuralnav compile")
    refuse_pointer(content, show(place.lock))
    text = read_source(place.lock).text
    if has_conflict(text):
        raise input_error(show(place.lock), "the lock has conflict markers", "settle them with neuralnav compile")
    part, candidate = _PART.search(text), choice_in(text)
    if part is not None and candidate and is_whole(text) and _AGE.search(text):
        with contextlib.suppress(InputError):  # what is wrong with it is told of the whole text, at its lines
            found = load(Deployment, Source(show(place.lock), part[1])).document
            return Deployed(place, candidate, found, tuple(listed_in(text)))
    lock = read_lock(Source(show(place.lock), text))
    return Deployed(place, lock.choice.candidate, lock.deployment, tuple(item.path for item in lock.manifests))


def read_objects(deployed: Deployed) -> tuple[dict[str, Any], ...]:
    """Return the objects of the committed manifests in the lock's order, but for kustomize's own.

    Raises `InputError` for a manifest that is not there, or is none.
    """
    found = list[dict[str, Any]]()
    for path in deployed.manifests:
        source = read_source(deployed.place.folder / path)
        value = plain(parse(source))
        if not isinstance(value, dict) or not isinstance(value.get("apiVersion"), str):
            raise input_error(source.name, "this is no manifest", "run neuralnav compile --frozen")
        if value["apiVersion"].startswith(KUSTOMIZE):
            continue
        metadata = value.get("metadata")
        if not isinstance(metadata, dict) or not metadata.get("name"):
            raise input_error(source.name, "the object has no name", "run neuralnav compile --frozen")
        found.append(value)
    return tuple(found)
