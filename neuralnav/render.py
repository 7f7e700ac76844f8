"""(Lock, templates) -> Manifests: values emitted as JSON, the result parsed back and known in every field."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.document import Source, parse, plain, validate
from neuralnav.model.lock import Lock, LockedManifest
from neuralnav.model.manifest import manifest_kind

HEADER = "# Rendered by neuralnav from plan.lock. Edit the workload instead.\n"
SUFFIX = ".j2"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A rendered file: its name inside the manifest folder, and its text."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


class Renderer:
    """Compiled templates. `templates` maps "<target>/<file>.j2" to its text."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._texts = dict(sorted(templates.items()))
        self._environment = SandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, finalize=_only_json, keep_trailing_newline=True
        )
        self._environment.filters["tojson"] = _json
        self._compiled: dict[str, Any] = {}

    @property
    def digest(self) -> str:
        """The sha256 of all templates by name."""
        whole = "\0".join(part for item in self._texts.items() for part in item)
        return "sha256:" + hashlib.sha256(whole.encode()).hexdigest()

    def render(self, lock: Lock) -> tuple[Manifest, ...]:
        """Return the manifests of a lock, in the order of their names.

        Raises `InputError` when a template fails or emits anything but the objects of `model.manifest`.
        """
        found = []
        prefix = f"{lock.deployment.target}/"
        for name in self._texts:
            if name.startswith(prefix):
                text = HEADER + self._fill(name, lock).strip("\n") + "\n"
                _check(name, text)
                found.append(Manifest(name.removeprefix(prefix).removesuffix(SUFFIX), text))
        if not found:
            raise InputError([Diagnostic(Where(prefix), f"no template for target {lock.deployment.target}")])
        return tuple(found)

    def _fill(self, name: str, lock: Lock) -> str:
        try:
            if name not in self._compiled:
                self._compiled[name] = self._environment.from_string(self._texts[name])
            return str(self._compiled[name].render(lock=lock))
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            line = getattr(error, "lineno", 0) or 0
            raise InputError([Diagnostic(Where(name, line), f"the template failed: {error}")]) from error


def with_manifests(lock: Lock, folder: str, manifests: tuple[Manifest, ...]) -> Lock:
    """Return the lock with its manifests listed, their paths starting with `folder`."""
    listed = tuple(LockedManifest(path=f"{folder}/{item.name}", digest=item.digest) for item in manifests)
    return lock.model_copy(update={"manifests": listed})


class _Json(str):
    """Text that `tojson` made; nothing else is emitted as a value."""

    __slots__ = ()


def _json(value: object) -> _Json:
    """Return a value as JSON. Raises `TypeError` for what JSON cannot hold, an undefined name included."""
    return _Json(json.dumps(value, ensure_ascii=False))


def _only_json(value: object) -> object:
    if isinstance(value, _Json):
        return value
    raise TypeError("a value is emitted without | tojson")


def _check(name: str, text: str) -> None:
    source = Source(name, text)
    root = parse(source)
    kind = manifest_kind(plain(root))
    if kind is None:
        raise InputError([Diagnostic(Where(name), "the template does not emit a kind that neuralnav renders")])
    validate(kind, root, source)
