"""Fill a target's templates for a lock; parse the result back, and know it in every field and across the objects."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.document import Parsed, Scalar, Source, parse, plain, validate
from neuralnav.model.lock import Lock
from neuralnav.model.manifest import Fault, Rendered, check_objects, manifest_kind
from neuralnav.render.sandbox import Filled, Sandbox
from neuralnav.render.text import HEADER, Manifest

SUFFIX = ".j2"
COMMON = "common"
"""The folder of the templates that every target has; a target's own of the same name comes in their place."""

KUSTOMIZATION = "kustomization.yaml"
"""Rendered last, as it lists the others."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.yaml")


class Folder:
    """Templates that fill a folder of manifests, compiled on use."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._sandbox = Sandbox()

    def render(self, lock: Lock) -> tuple[Manifest, ...]:
        """Return the manifests of a lock, in the order of their names. A template that emits nothing gives none.

        Raises `InputError` when a template fails or emits anything but an object of `model.manifest` in the lock's
        namespace, or when the objects contradict each other.
        """
        templates = self._templates(lock.deployment.target)
        found: dict[str, _Object] = {}
        for file in sorted(templates, key=lambda name: (name == KUSTOMIZATION, name)):
            template = templates[file]
            filled = self._sandbox.fill(template, self._texts[template], {"lock": lock, "files": list(found)})
            if filled.text.strip():
                found[file] = _object(template, filled, lock.deployment.namespace)
        faults = check_objects({file: item.parsed.document for file, item in found.items()})
        if faults:
            raise InputError(_fault(found[fault.file], fault) for fault in faults)
        return tuple(Manifest(file, found[file].parsed.source.text) for file in sorted(found))

    def _templates(self, target: str) -> dict[str, str]:
        """Return the template of each file of a target. Raises `InputError` when it has none of its own."""
        found: dict[str, str] = {}
        for folder in (COMMON, target):
            names = [name for name in self._texts if name.startswith(f"{folder}/")]
            if not names and folder == target:
                raise InputError([Diagnostic(Where(f"{folder}/"), f"no template for target {target}")])
            found |= {name.removeprefix(f"{folder}/").removesuffix(SUFFIX): name for name in names}
        for file, name in found.items():
            if not _NAME.fullmatch(file):
                hint = "name it in lower case letters, digits and dashes, ending in .yaml.j2"
                raise InputError([Diagnostic(Where(name), "the template's name gives no name of a manifest", hint)])
        return found


@dataclass(frozen=True, slots=True)
class _Object:
    """What a template emitted, typed, with its text and places."""

    parsed: Parsed[Rendered]
    filled: Filled


def _object(template: str, filled: Filled, namespace: str) -> _Object:
    """Return the one object of a known kind that a template emits, every field of it known, in the namespace."""
    source = Source(template, HEADER + filled.text.strip("\n") + "\n")
    try:
        bare: set[tuple[str, Scalar]] = set()
        root = parse(source, bare=bare)
        value = plain(root)
        kind = manifest_kind(value)
        if kind is None:
            raise InputError([Diagnostic(Where(template), "the template does not emit a kind that neuralnav renders")])
        parsed = validate(kind, root, source)
    except InputError as error:
        raise InputError(_placed(item, filled) for item in error.diagnostics) from None
    if not all(_is_read_alike(text, value) for text, value in bare):
        message = "a name or a value is another one in the YAML 1.1 that Kubernetes reads, such as on, 010 or 1_000"
        raise InputError([Diagnostic(Where(template), message, "emit it through | tojson, or quote it")])
    if _namespace(value) != namespace:
        message = f'the template emits an object of namespace "{_namespace(value)}", not "{namespace}"'
        raise InputError([Diagnostic(Where(template), message, "emit lock.deployment.namespace")])
    return _Object(parsed, filled)


@functools.lru_cache(maxsize=4096)
def _is_read_alike(text: str, value: Scalar) -> bool:
    """Tell whether YAML 1.1 types a text that stands without quotes as we did: nothing else differs between the two."""
    loader = _LOADER("")
    try:
        found = loader.construct_object(yaml.ScalarNode(loader.resolve(yaml.ScalarNode, text, (True, False)), text))
    except (yaml.YAMLError, ValueError):
        return False
    finally:
        loader.dispose()
    return type(found) is type(value) and bool(found == value)


def _fault(item: _Object, fault: Fault) -> Diagnostic:
    return _placed(Diagnostic(item.parsed.where(*fault.path), fault.message, fault.fix), item.filled)


def _namespace(value: Any) -> str:  # a rendered object, valid by its kind
    """Return the namespace of an object; that of a kustomization stands at its top."""
    return str(value.get("metadata", value).get("namespace"))


def _placed(item: Diagnostic, filled: Filled) -> Diagnostic:
    """Return a diagnostic about rendered text at the line of the template that made it."""
    where = item.where
    skipped = len(filled.text) - len(filled.text.lstrip("\n")) - HEADER.count("\n") - 1
    row = where.line + skipped
    line = filled.lines[row] if where.line and 0 <= row < len(filled.lines) else 0
    return Diagnostic(Where(where.file, line, where.column, where.quote, where.width), item.message, item.hint)
