"""How a live object differs from what is committed, and who made it so. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from neuralnav.cluster.api import FIELD_MANAGER, Object
from neuralnav.cluster.apply import as_said
from neuralnav.cluster.owners import GITOPS, applier_of, entries
from neuralnav.cluster.trees import ABSENT, Difference, Path, Step, differences, entries_of, path_text, value_at
from neuralnav.model.live_report import FieldDrift, Writer

DECIDING = ("spec", "data")
"""The parts of an object in which a field of others decides something. What they note in metadata is theirs."""


def drift_of(committed: Object, live: Object, applied: Object | None) -> tuple[FieldDrift, ...]:
    """Return the fields in which a live object is not as committed, in the order of the object.

    `applied` is what the server says a forced apply of the manifest would make of it. Without it, as where we may not
    apply, the manifest's own fields are compared: a field that an earlier manifest said and this one does not is then
    not found. In both cases fields come last that others added beside ours.
    """
    if applied is None:
        found = list(differences(as_said(committed), as_said(live), whole=False))
    else:
        found = list(differences(as_said(applied), as_said(live), whole=True))
    known = {path_text(one.path) for one in found}
    beside = [one for one in _added_by_others(committed, live) if path_text(one.path) not in known]
    return (*(_drift(one, live, one.change) for one in found), *(_drift(one, live, "beside") for one in beside))


def _drift(one: Difference, live: Object, change: Literal["changed", "removed", "added", "beside"]) -> FieldDrift:
    return FieldDrift(
        field=path_text(one.path),
        change=change,
        committed=None if one.committed is ABSENT else one.committed,
        live=None if one.live is ABSENT else one.live,
        by=() if change == "removed" else writers_of(live, one.path),
    )


def writers_of(live: Object, path: Path) -> tuple[Writer, ...]:
    """Return who owns a field of a live object, the newest first; others alone where we own it beside them."""
    found = [entry for entry in entries(live) if _owns(entry.get("fieldsV1") or {}, path)]
    others = [entry for entry in found if entry.get("manager") != FIELD_MANAGER]
    newest = sorted(others or found, key=lambda entry: str(entry.get("time") or ""), reverse=True)
    return tuple(dict.fromkeys(_writer(entry) for entry in newest))


def _writer(entry: Mapping[str, Any]) -> Writer:
    manager = str(entry.get("manager") or "unknown")
    return Writer(
        manager=manager,
        operation=str(entry.get("operation") or ""),
        time=str(entry.get("time") or ""),
        gitops=GITOPS.get(manager, ""),
    )


def _owns(fields: Mapping[str, Any], path: Path) -> bool:
    """Tell whether a set of fields holds a path: itself, what is below it, or a whole that it is a part of.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/ says how such sets are written.
    """
    for place, step in enumerate(path):
        below = _below(fields, step)
        if below is None:
            return place > 0 and not fields  # nothing is named below: the value is owned as a whole
        fields = below
    return True


def _below(fields: Mapping[str, Any], step: Step) -> Mapping[str, Any] | None:
    """Return the fields below a step; None where the set does not hold it."""
    if isinstance(step, str):
        return fields.get(f"f:{step}")
    return next((below for name, below in fields.items() if _is_of(name, step.value)), None)


def _is_of(name: str, entry: Any) -> bool:
    """Tell whether a name in a set of fields is that of an entry of a list: by its keys, or by its value."""
    form, _, text = name.partition(":")
    match form:
        case "k":
            keys = _json(text)
            return isinstance(keys, dict) and isinstance(entry, dict) and keys.items() <= _plain(entry).items()
        case "v":
            return bool(_json(text) == entry)
        case _:
            return False


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if not isinstance(value, dict | list)}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _added_by_others(committed: Object, live: Object) -> Iterator[Difference]:
    """Yield what others own in a live object and no manifest says, each at its highest place.

    What a webhook puts in while somebody applies is written down as an update by who applied: that is no other.
    """
    applier = applier_of(live)
    found: dict[str, Difference] = {}
    for entry in entries(live):
        manager = entry.get("manager")
        if manager == FIELD_MANAGER or (manager == applier and entry.get("operation") == "Update"):
            continue
        for part in DECIDING:
            fields = (entry.get("fieldsV1") or {}).get(f"f:{part}")
            if fields is not None:
                one = _unsaid(fields, committed.get(part, ABSENT), live.get(part, ABSENT), (part,))
                found.update({path_text(item.path): item for item in one})
    yield from found.values()


def _unsaid(fields: Mapping[str, Any], committed: Any, live: Any, path: Path) -> Iterator[Difference]:
    """Yield the highest places below a set of fields that a live value has and a committed one has not."""
    if live is ABSENT:  # managed fields may outlive what they name
        return
    if committed is ABSENT:
        yield Difference(path, ABSENT, live)
        return
    for name, below in fields.items():
        for step in _steps(name, live):
            inner = value_at(committed, (step,)), value_at(live, (step,))
            yield from _unsaid(below or {}, *inner, (*path, step))


def _steps(name: str, live: Any) -> Sequence[Step]:
    """Return the steps that a name in a set of fields stands for in a live value: one, or none."""
    form, _, text = name.partition(":")
    if form == "f" and isinstance(live, dict):
        return (text,)
    if form in ("k", "v") and isinstance(live, list):
        return [entry for entry in entries_of(live) if _is_of(name, entry.value)]
    return ()
