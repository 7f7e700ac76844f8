"""Faulty and benign variants of rendered objects, made by operators that go over every place of an object.

An operator yields `(place, edit, why)`: where it acts, what it does there to a copy of the object, and the class of the
fault, that explains why we refuse it where a server of custom resources does not.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document
Path: TypeAlias = tuple[str | int, ...]
Edit: TypeAlias = Callable[[Object], None]

WEBHOOK = "webhook: a rule that KServe's webhook enforces, and its schema does not"
CORE = "core: a rule of Kubernetes that a server of custom resources does not enforce"
NEVER = "never rendered: a field, a form or a range that Kubernetes takes and that we do not write"
TOGETHER = "together: fields or objects that are valid alone and contradict each other"
SCHEMA = "schema: the server's own schema refuses every one"
CLASSES = (WEBHOOK, CORE, NEVER, TOGETHER, SCHEMA)

FREE = {"labels", "annotations", "nodeSelector", "matchLabels", "requests", "limits"}
"""Mappings whose keys are no fields."""

AMOUNTS = {"requests", "limits"}
CHOICES = {
    "apiVersion", "kind", "type", "operator", "effect", "protocol", "medium", "whenUnsatisfiable", "scaleMetric",
    "backend", "path",
}  # fmt: skip
SCHEMA_CHOICES = {"apiVersion", "kind", "scaleMetric", "backend"}
"""The choices that the CRDs list."""

LONG = "a" * 64
HUGE = 10**19


@dataclass(frozen=True, slots=True)
class Mutation:
    """A variant of the object in a file of a folder.

    `is_benign`: both must take it. `is_fault`: we must refuse it, whatever the server does; `why` is its class.
    A mutation of neither kind is judged by the server: what it refuses, we must refuse.
    """

    operator: str
    folder: str
    file: str
    place: str
    body: Object
    why: str
    is_fault: bool = False
    is_benign: bool = False


Made: TypeAlias = Iterator[tuple[Path, Edit, str]]
Operator: TypeAlias = Callable[[Object], Made]


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every value below and at `value` with its path, in the document's order."""
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))


def at(body: Object, path: Path) -> Any:  # whatever stands there
    """Return the value at a path."""
    found: Any = body
    for step in path:
        found = found[step]
    return found


def put(path: Path, value: object) -> Edit:
    """Return the edit that sets, or adds, the value at a path."""

    def edit(body: Object) -> None:
        at(body, path[:-1])[path[-1]] = copy.deepcopy(value)

    return edit


def drop(path: Path) -> Edit:
    """Return the edit that removes the value at a path."""

    def edit(body: Object) -> None:
        del at(body, path[:-1])[path[-1]]

    return edit


def made(name: str, operator: Operator, folder: str, file: str, body: Object, **kind: bool) -> Iterator[Mutation]:
    """Yield the mutations that an operator makes of an object."""
    for path, edit, why in operator(body):
        changed = copy.deepcopy(body)
        edit(changed)
        place = ".".join(str(step) for step in path)
        yield Mutation(name, folder, file, place, changed, why, **kind)


def _scalars(body: Object) -> Iterator[tuple[Path, object]]:
    return ((path, value) for path, value in walk(body) if not isinstance(value, dict | list))


def _is_amount(path: Path) -> bool:
    return path[-1] == "sizeLimit" or path[-2:] == ("target", "value") or path[-2:-1] in (("requests",), ("limits",))


def unknown_field(body: Object) -> Made:
    for path, value in walk(body):
        if isinstance(value, dict):
            is_free = bool(path) and path[-1] in FREE
            why = NEVER if is_free or _is_trigger(path) else SCHEMA
            yield path, put((*path, "replicaz"), 1 if is_free else {"x": 1}), why


def _is_trigger(path: Path) -> bool:
    """Tell whether this is a KEDA trigger's metadata, where the CRD takes any key."""
    return path[-1:] == ("metadata",) and "triggers" in path


def wrong_type(body: Object) -> Made:
    """Put a scalar of another type in every scalar's place."""
    for path, value in _scalars(body):
        others: tuple[object, ...] = (7, True, 1.5) if isinstance(value, str) else ("7", 1.5, [])
        others = ("true", 1, {}) if isinstance(value, bool) else others
        for other in others:
            is_taken = other == 7 and (_is_amount(path) or path[-2:] == ("httpGet", "port"))
            yield path, put(path, other), NEVER if is_taken else SCHEMA


def wrong_shape(body: Object) -> Made:
    """Put a list for a mapping, a mapping for a list, a text for both, and both for a scalar."""
    for path, value in walk(body):
        if path:
            others: tuple[object, object] = ({}, [])
            if isinstance(value, dict | list):
                others = ([] if isinstance(value, dict) else {}, "x")
            for other in others:
                yield path, put(path, other), SCHEMA


def missing(body: Object) -> Made:
    for path, _ in walk(body):
        if path and isinstance(path[-1], str):
            yield path, drop(path), NEVER


def null(body: Object) -> Made:
    for path, _ in walk(body):
        if path:
            yield path, put(path, None), NEVER


def empty(body: Object) -> Made:
    for path, value in walk(body):
        if path and isinstance(value, dict | list | str) and value:
            yield path, put(path, type(value)()), NEVER


def bad_choice(body: Object) -> Made:
    for path, value in _scalars(body):
        if path[-1] in CHOICES and isinstance(value, str):
            yield path, put(path, "Bogus"), SCHEMA if path[-1] in SCHEMA_CHOICES else CORE


def bad_number(body: Object) -> Made:
    """Put a number below zero, zero, and numbers beyond 32 and 64 bits in every number's place."""
    for path, value in _scalars(body):
        if isinstance(value, int) and not isinstance(value, bool):
            for number in (-1, 0, 2**31, HUGE):
                yield path, put(path, number), CORE


def bad_name(_body: Object) -> Made:
    for name in ("Chat", "-chat", "chat-", "chat_1", "chat/x", "chät", "a" * 254, "chat..x", " chat", "chat\n"):
        yield ("metadata", "name"), put(("metadata", "name"), name), SCHEMA
    for name in ("1chat", LONG, "chat.x", "b" * 253):
        yield ("metadata", "name"), put(("metadata", "name"), name), WEBHOOK
    for name in ("Prod", "-prod", "prod.x", LONG, "pröd", "other"):
        yield ("metadata", "namespace"), put(("metadata", "namespace"), name), TOGETHER


BAD_KEYS = (
    "bad key", LONG, "-x", "x-", "/x", "x/", "a..b/x", "Upper.example/x", "p" * 254 + "/x", "a/b/c", "ä", "",
    "ex_ample.com/x",
)  # fmt: skip
BAD_VALUES = ("a b", LONG, "-x", "x-", "ä", "a/b", "a:b", "x\n", "_", ".")


def bad_label(body: Object) -> Made:
    """Put keys and values that no label may have into every mapping of labels; annotations have such keys only."""
    for path, value in walk(body):
        if isinstance(value, dict) and path[-1:] and path[-1] in FREE - AMOUNTS:
            why = SCHEMA if path[0] == "metadata" else CORE
            for key in BAD_KEYS:
                is_taken = path[-1] == "annotations" and key.lower() != key
                yield (*path, key), put((*path, key), "x"), NEVER if is_taken else why
            for text in BAD_VALUES if path[-1] != "annotations" else ():
                yield (*path, "bad"), put((*path, "bad"), text), why


def bad_amount(body: Object) -> Made:
    """Put texts that are no amounts, and amounts below or at zero, in the place of every amount."""
    for path, value in _scalars(body):
        if isinstance(value, str) and _is_amount(path):
            for text in ("ten", "1.5.5", "5GiB", "1 Gi", "Gi", "0x1", "1e", "1,5", "--1", "1Gi\n", "٣"):
                yield path, put(path, text), SCHEMA
            for text in ("-1", "0", "-5Gi"):
                yield path, put(path, text), CORE
            for text in ("1e3", "+1", ".5", "1Ei"):
                yield path, put(path, text), NEVER


def duplicate(body: Object) -> Made:
    """Repeat the first entry of every list of mappings."""
    for path, value in walk(body):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield path, put(path, [*value, value[0]]), CORE


BAD_TEXTS = {
    "image": ("a:b:c", "x/Upper", "x@sha256:12", "x y", ":tag", "x:", "x//y", "x@md5:" + "0" * 64, "/x", "a" * 300),
    "name": ("has space", "Upper", "a" * 254, "x\n", "ä", "a_b"),
    "mountPath": ("tmp", "/a:b", "/../etc", "/a/./b", "/a b"),
    "topologyKey": ("bad key", LONG, "/x"),
    "key": ("bad key", "a b/c", "x\n"),
    "claimName": ("has space", "Upper", "-x"),
    "priorityClassName": ("has space", "Upper", "-x"),
    "serverAddress": ("prometheus", "ftp://x", "http://", "http://a b"),
    "threshold": ("many", "-1", "1,5"),
    "uri": ("", "weights", "hf:/x", "ftp://x/y", "hf://"),
    "port": ("has space", "Upper", LONG, "a--b", "-x", "12"),
}
"""Texts that the schemas of custom resources take, and Kubernetes, KServe or KEDA do not, by field."""


def bad_text(body: Object) -> Made:
    for path, value in _scalars(body):
        texts = BAD_TEXTS.get(str(path[-1]), ()) if isinstance(value, str) and path[-2:-1] not in _METADATA else ()
        if path[-2:] != ("model", "name"):
            why = NEVER if path[-3:-2] == ("env",) else CORE
            for text in texts:
                yield path, put(path, text), why


_METADATA = (("metadata",), ("labels",), ("annotations",))


def reordered(_body: Object) -> Made:
    """Write the keys of every mapping in the opposite order."""

    def turn(value: Any) -> Any:  # any JSON value
        if isinstance(value, dict):
            return {key: turn(child) for key, child in reversed(value.items())}
        return [turn(child) for child in value] if isinstance(value, list) else value

    def edit(body: Object) -> None:
        whole = turn(body)
        body.clear()
        body.update(whole)

    yield (), edit, ""


def more_labels(_body: Object) -> Made:
    for key, value in (
        ("team", "support"), ("example.com/tier", "1"), ("a" * 63, "b" * 63), ("p" * 63 + ".example/x", ""),
        ("X_y.z", "On"), ("answer", "1e3"),
    ):  # fmt: skip
        yield ("metadata", "labels", key), put(("metadata", "labels", key), value), ""
        yield ("metadata", "annotations", key), _annotate(key, f"{value} of: 'anything', {{x}}"), ""


def _annotate(key: str, value: str) -> Edit:
    def edit(body: Object) -> None:
        body["metadata"].setdefault("annotations", {})[key] = value

    return edit


def other_numbers(body: Object) -> Made:
    """Give every probe, skew and replica count that stands alone another number that makes sense."""
    for path, value in _scalars(body):
        if path[-1] in ("periodSeconds", "timeoutSeconds", "failureThreshold") and "livenessProbe" not in path:
            yield path, put(path, 1), ""
        is_fixed = path[-1] == "maxReplicas" and at(body, path[:-1])["minReplicas"] == value
        if path[-1] in ("maxReplicas", "maxSkew", "runAsUser", "scaleTarget") and isinstance(value, int):
            yield from () if is_fixed else ((path, put(path, value + 1), ""),)
        if path[-2:-1] == ("limits",) and path[-1] in ("cpu", "memory"):
            yield path, put(path, "900" if path[-1] == "cpu" else "2Ti"), ""
        if path[-2:-1] == ("requests",) and path[-1] in ("cpu", "memory"):
            yield path, put(path, "0.5" if path[-1] == "cpu" else "512Mi"), ""


def more_parts(body: Object) -> Made:
    """Add entries and fields that a template of one's own may well write."""
    for path, value in walk(body):
        if path[-1:] == ("env",) and isinstance(value, list):
            yield path, put(path, [*value, {"name": "VLLM_LOGGING_LEVEL", "value": "WARNING"}]), ""
        if path[-1:] == ("args",) and isinstance(value, list):
            yield path, put(path, [*value, "--seed=7"]), ""
        if path[-1:] == ("containers",):
            for key, added in POD_PARTS.items():
                yield (*path[:-1], key), put((*path[:-1], key), added), ""


POD_PARTS: dict[str, object] = {
    "imagePullSecrets": [{"name": "registry"}],
    "terminationGracePeriodSeconds": 120,
    "securityContext": {"fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
    "priorityClassName": "llm.prod",
}

FAULTS: dict[str, Operator] = {
    "unknown field": unknown_field, "wrong type": wrong_type, "wrong shape": wrong_shape, "bad choice": bad_choice,
    "bad number": bad_number, "bad name": bad_name, "bad label": bad_label, "bad amount": bad_amount,
    "bad text": bad_text,
}  # fmt: skip
"""Each of these makes faults, every one of which we refuse."""

JUDGED: dict[str, Operator] = {"missing": missing, "null": null, "empty": empty, "duplicate": duplicate}
"""What these make may be right or wrong: the server says."""

BENIGN: dict[str, Operator] = {
    "reordered": reordered, "more labels": more_labels, "other numbers": other_numbers, "more parts": more_parts,
}  # fmt: skip


def everything(folder: str, file: str, body: Object) -> Iterator[Mutation]:
    """Yield what all operators make of an object."""
    for name, operator in FAULTS.items():
        yield from made(name, operator, folder, file, body, is_fault=True)
    for name, operator in JUDGED.items():
        yield from made(name, operator, folder, file, body)
    yield from benign(folder, file, body)


def benign(folder: str, file: str, body: Object) -> Iterator[Mutation]:
    """Yield the benign variants of an object."""
    for name, operator in BENIGN.items():
        yield from made(name, operator, folder, file, body, is_benign=True)
