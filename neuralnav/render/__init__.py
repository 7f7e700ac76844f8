"""(Lock, templates) -> Manifests: values emitted as JSON, the result parsed back and known in every field."""

import hashlib
import json
from collections.abc import Callable, Mapping

from neuralnav.model.lock import Lock, LockedManifest
from neuralnav.render.text import Manifest

Keep = Callable[[bytes, Callable[[], bytes]], bytes]
"""Returns what is kept for these bytes, else what the call gives, which it may keep."""


def keep_nothing(_key: bytes, compute: Callable[[], bytes]) -> bytes:
    """Compute it."""
    return compute()


class Renderer:
    """Templates, compiled on use. `templates` maps "<target>/<file>.j2" or "common/<file>.j2" to its text."""

    def __init__(self, templates: Mapping[str, str], *, keep: Keep = keep_nothing) -> None:
        self._texts = dict(sorted(templates.items()))
        self._keep = keep
        self._fill: Callable[[Lock], tuple[Manifest, ...]] | None = None

    @property
    def digest(self) -> str:
        """The sha256 of all templates by name."""
        whole = "\0".join(part for item in self._texts.items() for part in item)
        return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()

    def render(self, lock: Lock) -> tuple[Manifest, ...]:
        """Return the manifests of a lock, in the order of their names. A template that emits nothing gives none.

        Raises `InputError` when a template fails or emits anything but an object of `model.manifest` in the lock's
        namespace, or when the objects contradict each other.
        """
        named = [self.digest, lock.model_dump_json(exclude={"manifests"})]
        texts = json.loads(self._keep("\0".join(named).encode(), lambda: self._rendered(lock)))
        return tuple(Manifest(name, text) for name, text in texts)

    def _rendered(self, lock: Lock) -> bytes:
        from neuralnav.render.folder import Folder  # with Jinja, 40 ms that manifests that are kept do not need

        if self._fill is None:
            self._fill = Folder(self._texts).render
        return json.dumps([(item.name, item.text) for item in self._fill(lock)]).encode()


def with_manifests(lock: Lock, folder: str, manifests: tuple[Manifest, ...]) -> Lock:
    """Return the lock with its manifests listed, their paths starting with `folder`."""
    listed = tuple(LockedManifest(path=f"{folder}/{item.name}", digest=item.digest) for item in manifests)
    return lock.model_copy(update={"manifests": listed})
