"""What a committed lock deploys, read fast: `status` looks at hundreds."""

import contextlib
import re
from dataclasses import dataclass

from neuralnav.errors import InputError, input_error
from neuralnav.files.lfs import refuse_pointer
from neuralnav.files.locks import read_lock
from neuralnav.files.places import Place, compile_hint, read_optional, read_source, show
from neuralnav.model.document import Source, load
from neuralnav.model.lock import REVISION, SCHEMA, Deployment, choice_in, has_conflict, is_whole

_PART = re.compile(r"^deployment:\n((?: .*\n)+)", re.MULTILINE)
_AGE = re.compile(rf"^schema: {SCHEMA}\nrevision: {REVISION}\n", re.MULTILINE)
"""How compile writes them; the whole of any other lock is read."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a lock deploys: the candidate it chose, and the deployment."""

    place: Place
    candidate: str
    deployment: Deployment


def read_deployed(place: Place) -> Deployed:
    """Return what the lock of a workload deploys.

    A lock as compile writes it is read only as far as that: 0.4 ms in place of 5. Raises `InputError` where there is
    none, or none that can be used.
    """
    content = read_optional(place.lock)
    if content is None:
        raise input_error(show(place.lock), "there is no lock", compile_hint(place))
    refuse_pointer(content, show(place.lock))
    text = read_source(place.lock).text
    if has_conflict(text):
        raise input_error(show(place.lock), "the lock has conflict markers", "settle them with neuralnav compile")
    part, candidate = _PART.search(text), choice_in(text)
    if part is not None and candidate and is_whole(text) and _AGE.search(text):
        with contextlib.suppress(InputError):  # what is wrong with it is told of the whole text, at its lines
            found = load(Deployment, Source(show(place.lock), part[1])).document
            return Deployed(place, candidate, found)
    lock = read_lock(Source(show(place.lock), text))
    return Deployed(place, lock.choice.candidate, lock.deployment)
