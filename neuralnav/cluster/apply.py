"""What applying a plan does to each object of a cluster: made, changed in which fields, left alone, or in the way."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from neuralnav.cluster.api import Object, Owner
from neuralnav.cluster.committed import SERVING, Planned
from neuralnav.cluster.owners import gitops_owner, has_applied
from neuralnav.model.plain_text import clipped

Action = Literal["create", "change", "adopt", "unchanged", "conflict"]
"""`adopt`: no field changes, but from then on we own what we say; `conflict`: others own fields that must change."""

ORDER = ("PodDisruptionBudget", "NetworkPolicy", "PodMonitor", "PrometheusRule", "ConfigMap")
"""What is applied first: what guards and watches pods is there when the pods come. What serves is applied last."""

SERVERS_OWN = frozenset({"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"})
"""What the server keeps in an object's metadata; it moves without anybody changing the object."""

LONGEST = 60
"""Characters of a value that are told; of a longer text only its length."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its values before and after, as text; empty where there is none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """What applying one object does. `shared_with` names the GitOps controller that applies it too."""

    planned: Planned
    action: Action
    changes: tuple[FieldChange, ...] = ()
    owners: tuple[Owner, ...] = ()
    shared_with: str = ""


def in_order(objects: Sequence[Planned]) -> list[Planned]:
    """Return objects in the order in which they are applied; removal goes the other way."""
    places = {kind: place for place, kind in enumerate(ORDER)}
    last = {kind: len(ORDER) + 1 for kind in SERVING}
    return sorted(
        objects,
        key=lambda item: (
            {**places, **last}.get(item.ref.kind.kind, len(ORDER)),
            item.ref.kind.kind,
            item.ref.name,
        ),
    )


def step_of(planned: Planned, live: Object | None, after: Object) -> Step:
    """Return what an apply does to an object that is `live` now and would be `after`, by the server's own dry run."""
    if live is None:
        return Step(planned, "create")
    changes = tuple(field_changes(live, after))
    action: Action = "change" if changes else "unchanged" if has_applied(live) else "adopt"
    return Step(planned, action, changes, shared_with=gitops_owner(live))


def conflict_of(planned: Planned, live: Object | None, owners: Sequence[Owner]) -> Step:
    """Return the step of an object that cannot be applied: others own fields of it."""
    return Step(planned, "conflict", (), tuple(owners), gitops_owner(live or {}))


def field_changes(before: Object, after: Object) -> Iterator[FieldChange]:
    """Yield the fields in which two states of an object differ, by path; status and the server's own are left out."""
    yield from _changes("", _told(before), _told(after))


def _told(body: Object) -> Object:
    metadata = {key: value for key, value in body.get("metadata", {}).items() if key not in SERVERS_OWN}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}


def _changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:  # JSON values
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _changes(f"{path}.{key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_lists(path, before, after)
    else:
        yield FieldChange(path, value_text(before), value_text(after))


def _in_lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[FieldChange]:
    """Yield what differs between lists: entries by their name where they have one, flags by theirs, else by place."""
    old, new = _by_key(before), _by_key(after)
    if old is None or new is None:
        old, new = dict(_by_place(before)), dict(_by_place(after))
    told = False
    for key in [*old, *(key for key in new if key not in old)]:
        for change in _changes(f"{path}[{key}]", old.get(key), new.get(key)):
            told = True
            yield change
    if not told:  # they differ in their order alone
        yield FieldChange(path, value_text(before), value_text(after))


def _by_key(items: Sequence[Any]) -> Mapping[str, Any] | None:
    """Return the entries of a list by what names them; None where something does not."""
    found: dict[str, Any] = {}
    for item in items:
        match item:
            case {"name": str(name)}:
                key, value = f'name="{name}"', item
            case str() if item.startswith("-"):
                flag, _, text = item.partition("=")
                key, value = flag, text or "set"
            case _:
                return None
        if key in found:
            return None
        found[key] = value
    return found


def _by_place(items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for place, item in enumerate(items):
        yield str(place), item


def value_text(value: Any) -> str:  # a JSON value
    """Return a value as it is told: short, on one line, empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"a text of {len(value):,} characters"
    text = value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    return clipped(text, LONGEST)
