"""What applying a plan does to each object of a cluster: made, changed in which fields, left alone, or in the way."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from neuralnav.cluster.api import Object, Owner
from neuralnav.cluster.committed import SERVING, Planned
from neuralnav.cluster.owners import gitops_owner, has_applied
from neuralnav.cluster.trees import ABSENT, differences, path_text, told_path
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
    """What applying one object does. `shared_with` names the GitOps controller that applies it too.

    A change without `changes` is one of order or spelling alone.
    """

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
    same = as_said(live) == as_said(after)
    action: Action = "change" if not same else "unchanged" if has_applied(live) else "adopt"
    return Step(planned, action, tuple(field_changes(live, after)), shared_with=gitops_owner(live))


def conflict_of(planned: Planned, live: Object | None, owners: Sequence[Owner]) -> Step:
    """Return the step of an object that cannot be applied: others own fields of it."""
    told = tuple(replace(owner, field=told_path(planned.body, owner.field)) for owner in owners)
    return Step(planned, "conflict", (), told, gitops_owner(live or {}))


def field_changes(before: Object, after: Object) -> Iterator[FieldChange]:
    """Yield the fields in which two states of an object differ; status and the server's own are left out.

    What differs in its order or its spelling alone is no field: such states are not equal, and nothing is yielded.
    """
    for one in differences(as_said(after), as_said(before), whole=True):
        yield FieldChange(path_text(one.path), _side_text(one.live), _side_text(one.committed))


def as_said(body: Object) -> Object:
    """Return an object without its status and what the server keeps for itself."""
    metadata = {key: value for key, value in (body.get("metadata") or {}).items() if key not in SERVERS_OWN}
    return {**{key: value for key, value in body.items() if key != "status"}, "metadata": metadata}


def _side_text(value: Any) -> str:  # a JSON value, or ABSENT
    return "" if value is ABSENT else value_text(value)


def value_text(value: Any) -> str:  # a JSON value
    """Return a value as it is told: short, on one line, empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and len(value) > LONGEST:
        return f"a text of {len(value):,} characters"
    text = value if isinstance(value, str) and value else json.dumps(value, sort_keys=True)
    return clipped(text, LONGEST)
