"""What of an object verbs may rely on: fields that they read and that are of another type are taken out of it.

An API server holds objects of its own kinds to their types, and custom ones to their CRD, which says little of a
status: another release of a controller, or another tool, may write there what it likes. It is not known then.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, assert_never

from neuralnav.cluster.api import Object

Shape: TypeAlias = "Literal['text', 'whole', 'texts'] | Mapping[str, Shape] | Sequence[Shape]"
"""A text, a whole number, texts by name; fields by name, of which others may be there; a list of the same."""

_NONE: Final = object()

_CONDITION: Shape = dict.fromkeys(("type", "status", "reason", "message", "lastTransitionTime", "severity"), "text")
_ENDED: Shape = {"exitCode": "whole", "reason": "text", "message": "text"}
_STATE: Shape = {
    "waiting": {"reason": "text", "message": "text"}, "running": {"startedAt": "text"}, "terminated": _ENDED,
}  # fmt: skip
_CONTAINER: Shape = {"name": "text", "restartCount": "whole", "state": _STATE, "lastState": _STATE}
_METADATA: Shape = {
    **dict.fromkeys(("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"), "text"),
    "generation": "whole",
    "labels": "texts",
    "annotations": "texts",
    "finalizers": ["text"],
    "managedFields": [{"manager": "text", "operation": "text", "subresource": "text", "time": "text", "fieldsV1": {}}],
}
_SERVICE_STATUS: Shape = {
    "observedGeneration": "whole",
    "url": "text",
    "conditions": [_CONDITION],
    "modelStatus": {"transitionStatus": "text", "lastFailureInfo": _ENDED},
    "workloads": {"primary": {"readyReplicas": "whole"}},
}
_SHAPES: Mapping[str, Shape] = {
    "InferenceService": {"spec": {"predictor": {}}, "status": _SERVICE_STATUS},
    "LLMInferenceService": {"spec": {"scaling": {}}, "status": _SERVICE_STATUS},
    "Pod": {
        "spec": {"nodeName": "text", "containers": [{"resources": {"limits": "texts"}}]},
        "status": {
            "phase": "text", "reason": "text", "message": "text", "conditions": [_CONDITION],
            "containerStatuses": [_CONTAINER], "initContainerStatuses": [_CONTAINER],
        },
    },
    "Event": {
        **dict.fromkeys(("type", "reason", "message", "lastTimestamp", "eventTime", "firstTimestamp"), "text"),
        "count": "whole",
        "series": {"count": "whole", "lastObservedTime": "text"},
        "involvedObject": dict.fromkeys(("kind", "name", "namespace"), "text"),
    },
    "Node": {"status": {"allocatable": "texts"}},
}  # fmt: skip
"""By kind, what verbs read of an object beside its metadata."""

LONGEST_NUMBER = 18
"""Digits of a number that a count of anything may have."""


def is_object(value: Any) -> bool:  # JSON
    """Tell whether a value is an object of a cluster: it has a name."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return isinstance(metadata, dict) and isinstance(metadata.get("name"), str)


def shaped(item: Object, kind: str) -> Object:
    """Return an object of a kind, without what is not of the type that verbs rely on; it is changed in place."""
    _fitted(item, {"metadata": _METADATA})
    shape = _SHAPES.get(kind)
    if shape is not None:
        _fitted(item, shape)
    return item


def _fitted(value: Any, shape: Shape) -> Any:  # JSON
    """Return a value as its shape says, or _NONE where it cannot be."""
    match shape:
        case "text":
            return _text(value)
        case "whole":
            return _whole(value)
        case "texts":
            return _fields(value, dict.fromkeys(value, "text")) if isinstance(value, dict) else _NONE
        case Mapping():
            return _fields(value, shape) if isinstance(value, dict) else _NONE
        case Sequence():
            if not isinstance(value, list):
                return _NONE
            value[:] = [found for item in value if (found := _fitted(item, shape[0])) is not _NONE]
            return value
    assert_never(shape)


def _fields(value: Object, shape: Mapping[str, Shape]) -> Object:
    for key, inner in shape.items():
        if key in value:
            found = _fitted(value[key], inner)
            if found is _NONE:
                del value[key]
            else:
                value[key] = found
    return value


def _text(value: object) -> object:
    """Return a text that any output takes; numbers and truths as they are written."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    return str(value) if isinstance(value, bool | int | float) else _NONE


def _whole(value: object) -> object:
    """Return a whole number, also where it is written as a text or with a fraction of nothing."""
    if isinstance(value, bool):
        return _NONE
    if isinstance(value, int):
        return value if abs(value) < 10**LONGEST_NUMBER else _NONE
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**LONGEST_NUMBER else _NONE
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
        return int(value)
    return _NONE
