"""Core kinds of Kubernetes in a dict: enough of get, list, apply, delete and watch for the cluster verbs.

What it is not: it validates nothing, merges no list by key, runs no controller. See test_core_kinds for the first.
"""

import copy
import re
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
Path = tuple[str, ...]
Key = tuple[str, str, str]
"""Plural, namespace, name."""

KINDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("", "pods"): ("v1", "Pod"),
    ("", "events"): ("v1", "Event"),
    ("", "nodes"): ("v1", "Node"),
    ("", "services"): ("v1", "Service"),
    ("", "configmaps"): ("v1", "ConfigMap"),
    ("", "secrets"): ("v1", "Secret"),
    ("", "namespaces"): ("v1", "Namespace"),
    ("", "persistentvolumeclaims"): ("v1", "PersistentVolumeClaim"),
    ("apps", "deployments"): ("apps/v1", "Deployment"),
    ("networking.k8s.io", "networkpolicies"): ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy", "poddisruptionbudgets"): ("policy/v1", "PodDisruptionBudget"),
}
"""The kinds that are answered here, by group and plural: their API version and name."""

UNOWNED = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what goes with it."""

    status: int
    body: Object


def failure(status: int, reason: str, message: str, details: Object | None = None) -> Answer:
    """Return a failure as an API server writes it."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
            "reason": reason, "details": details or {}, "code": status}  # fmt: skip
    return Answer(status, body)


def not_found(group: str, plural: str, name: str) -> Answer:
    named = f"{plural}.{group}" if group else plural
    details = {"name": name, "kind": plural, **({"group": group} if group else {})}
    return failure(404, "NotFound", f'{named} "{name}" not found', details)


@dataclass(slots=True)
class CoreStore:
    """The objects by plural, namespace and name, with all that ever happened to them, for watches."""

    objects: dict[Key, Object] = field(default_factory=dict)
    events: list[tuple[int, str, str, Object]] = field(default_factory=list)
    version: int = 1000
    changed: threading.Condition = field(default_factory=threading.Condition)
    now: datetime | None = None
    floor: int = 0
    """Watches of an earlier version are told that it is forgotten."""

    def clear(self) -> None:
        """Forget all objects, as if they had never been."""
        with self.changed:
            self.objects.clear()
            self.events.clear()
            self.changed.notify_all()

    def forget(self) -> None:
        """Forget what happened so far: a watch must begin anew."""
        with self.changed:
            self.floor = self.version
            self.events.clear()

    def get(self, group: str, plural: str, namespace: str, name: str) -> Answer:
        with self.changed:
            found = self.objects.get((plural, namespace, name))
            return Answer(200, copy.deepcopy(found)) if found else not_found(group, plural, name)

    def list(self, group: str, plural: str, namespace: str, query: Mapping[str, str]) -> Answer:
        """Return a page of the objects that the selectors in the query choose."""
        api_version, kind = KINDS[group, plural]
        with self.changed:
            found = [copy.deepcopy(item) for (kinds, space, _), item in sorted(self.objects.items())
                     if kinds == plural and namespace in ("", space) and chosen(item, query)]  # fmt: skip
            version = self.version
        start, limit = int(query.get("continue") or 0), int(query.get("limit") or len(found) or 1)
        page, metadata = found[start : start + limit], {"resourceVersion": str(version)}
        if start + limit < len(found):
            metadata["continue"] = str(start + limit)
        for item in page:
            del item["apiVersion"], item["kind"]  # as a real list of core kinds
        return Answer(200, {"kind": f"{kind}List", "apiVersion": api_version, "metadata": metadata, "items": page})

    def put(self, plural: str, item: Object, *, manager: str = "test", dry_run: bool = False) -> Object:
        """Create or update an object as whoever `manager` is, who owns by it what they change."""
        with self.changed:
            metadata = item.setdefault("metadata", {})
            key = (plural, metadata.get("namespace", ""), metadata["name"])
            before = self.objects.get(key)
            new = copy.deepcopy(item)
            entries = copy.deepcopy((before or {}).get("metadata", {}).get("managedFields") or [])
            old = _leaves(before or {})
            mine = {path for path, value in _leaves(new).items() if old.get(path, _NOTHING) != value}
            entries = _without(entries, mine, keep=(manager, "Update"))
            _own(entries, manager, "Update", mine, new.get("apiVersion", "v1"), self._stamp(), add=True)
            return self._store(key, before, new, entries, dry_run=dry_run)

    def apply(self, plural: str, item: Object, *, manager: str, force: bool, dry_run: bool) -> Answer:
        """Apply on the server's side: conflicts, ownership, removal of what is no longer applied."""
        with self.changed:
            metadata = item["metadata"]
            key = (plural, metadata.get("namespace", ""), metadata["name"])
            before = self.objects.get(key)
            entries = copy.deepcopy((before or {}).get("metadata", {}).get("managedFields") or [])
            leaves = _leaves(item)
            old = _leaves(before or {})
            changed = {path for path, value in leaves.items() if old.get(path, _NOTHING) != value}
            others = [entry for entry in entries if (entry["manager"], entry["operation"]) != (manager, "Apply")]
            taken = {(entry["manager"], path) for entry in others for path in _owned(entry) if _touch(path, changed)}
            if taken and not force:
                return _conflict(sorted(taken))
            entries = _without(entries, changed, keep=(manager, "Apply"))
            mine = next(
                (_owned(entry) for entry in entries if (entry["manager"], entry["operation"]) == (manager, "Apply")),
                set(),
            )
            kept = {path for entry in others for path in _owned(entry)}
            new = copy.deepcopy(
                before or {"metadata": {key: metadata[key] for key in ("name", "namespace") if key in metadata}}
            )
            for path in mine - set(leaves) - kept:
                _remove(new, path)
            for path, value in leaves.items():
                _set(new, path, copy.deepcopy(value))
            new["apiVersion"], new["kind"] = item["apiVersion"], item["kind"]
            _own(entries, manager, "Apply", set(leaves), item["apiVersion"], self._stamp())
            found = self._store(key, before, new, entries, dry_run=dry_run)
            return Answer(200 if before else 201, copy.deepcopy(found))

    def delete(self, group: str, plural: str, namespace: str, name: str, options: Object) -> Answer:
        with self.changed:
            found = self.objects.get((plural, namespace, name))
            if found is None:
                return not_found(group, plural, name)
            uid = (options.get("preconditions") or {}).get("uid")
            if uid not in (None, found["metadata"]["uid"]):
                said = (
                    f"Precondition failed: UID in precondition: {uid}, UID in object meta: {found['metadata']['uid']}"
                )
                return failure(409, "Conflict", f'Operation cannot be fulfilled on {plural} "{name}": {said}')
            if not options.get("dryRun"):
                del self.objects[plural, namespace, name]
                self._happened("DELETED", plural, found)
            details = {"name": name, "kind": plural, "uid": found["metadata"]["uid"]}
            return Answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": details})

    def watch(self, plural: str, namespace: str, query: Mapping[str, str], seconds: float) -> Iterator[Object]:
        """Yield the events after the query's resourceVersion, for so many seconds."""
        after = int(query.get("resourceVersion") or 0)
        ends = datetime.now(UTC).timestamp() + seconds
        if after < self.floor:
            said = f"too old resource version: {after} ({self.version})"
            yield {"type": "ERROR", "object": failure(410, "Expired", said).body}
            return
        while True:
            with self.changed:
                fresh = [event for event in self.events if event[0] > after]
                left = ends - datetime.now(UTC).timestamp()
                if not fresh and left > 0:
                    self.changed.wait(min(left, 0.5))
            for version, what, kinds, item in fresh:
                after = version
                if kinds == plural and namespace in ("", item["metadata"].get("namespace", "")) and chosen(item, query):
                    yield {"type": what, "object": item}
            if left <= 0:
                return

    def _store(
        self, key: Key, before: Object | None, new: Object, entries: Sequence[Object], *, dry_run: bool
    ) -> Object:
        metadata = new["metadata"]
        old = (before or {}).get("metadata", {})
        for name in ("uid", "creationTimestamp", "resourceVersion"):
            if name in old:
                metadata[name] = old[name]
        metadata.setdefault("uid", str(uuid.uuid4()))
        metadata.setdefault("creationTimestamp", self._stamp())
        metadata["managedFields"] = list(entries)
        if before == new or (before and _leaves(before) == _leaves(new) and _told(before) == _told(new)):
            return before or new
        if dry_run:
            return new
        self.objects[key] = new
        self._happened("MODIFIED" if before else "ADDED", key[0], new)
        return new

    def _happened(self, what: str, plural: str, item: Object) -> None:
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        self.events.append((self.version, what, plural, copy.deepcopy(item)))
        self.changed.notify_all()

    def _stamp(self) -> str:
        return (self.now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


_NOTHING = object()
_SYSTEM = {"uid", "creationTimestamp", "resourceVersion", "managedFields", "generation", "name", "namespace"}


def _leaves(item: Object, path: Path = ()) -> dict[Path, Any]:
    """Return what an object holds by its path: maps are taken apart, lists are whole."""
    found: dict[Path, Any] = {}
    for key, value in item.items():
        here = (*path, key)
        if here in UNOWNED or (path == ("metadata",) and key in _SYSTEM) or here == ("status",):
            continue
        if isinstance(value, dict) and value:
            found |= _leaves(value, here)
        else:
            found[here] = value
    return found


def _told(item: Object) -> Any:
    entries = [{**entry, "time": ""} for entry in item["metadata"].get("managedFields") or []]
    return entries, item.get("status")


def _owned(entry: Object) -> set[Path]:
    def walk(fields: Object, path: Path) -> Iterator[Path]:
        inner = [key for key in fields if key != "."]
        if not inner:
            yield path
        for key in inner:
            yield from walk(fields[key], (*path, key.removeprefix("f:")))

    return set(walk(entry["fieldsV1"], ())) - {()}


def _touch(path: Path, changed: set[Path]) -> bool:
    return any(path[: len(other)] == other or other[: len(path)] == path for other in changed)


def _tree(paths: set[Path]) -> Object:
    tree: Object = {}
    for path in sorted(paths):
        here = tree
        for key in path:
            here = here.setdefault(f"f:{key}", {})
    return tree


def _without(entries: Sequence[Object], paths: set[Path], *, keep: tuple[str, str]) -> list[Object]:
    """Return the entries after others have lost these paths."""
    found = []
    for entry in entries:
        if (entry["manager"], entry["operation"]) == keep:
            found.append(entry)
            continue
        left = {path for path in _owned(entry) if not _touch(path, paths)}
        if left:
            found.append({**entry, "fieldsV1": _tree(left)})
    return found


def _own(
    entries: list[Object], manager: str, operation: str, paths: set[Path], api_version: str, stamp: str,
    *, add: bool = False,
) -> None:  # fmt: skip
    mine = next((item for item in entries if (item["manager"], item["operation"]) == (manager, operation)), None)
    owned = paths | (_owned(mine) if mine and add else set())
    if mine and _owned(mine) == owned and not (add and paths):
        return
    if mine:
        entries.remove(mine)
    if owned:
        entries.append({"manager": manager, "operation": operation, "apiVersion": api_version, "time": stamp,
                        "fieldsType": "FieldsV1", "fieldsV1": _tree(owned)})  # fmt: skip


def _conflict(taken: Sequence[tuple[str, Path]]) -> Answer:
    causes = [{"reason": "FieldManagerConflict", "message": f'conflict with "{manager}"', "field": "." + ".".join(path)}
              for manager, path in taken]  # fmt: skip
    said = f"Apply failed with {len(causes)} conflict{'s' if len(causes) > 1 else ''}"
    return failure(409, "Conflict", said, {"causes": causes})


def _set(item: Object, path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = item.get(key)
        if not isinstance(inner, dict):
            inner = item[key] = {}
        item = inner
    item[path[-1]] = value


def _remove(item: Object, path: Path) -> None:
    for key in path[:-1]:
        inner = item.get(key)
        if not isinstance(inner, dict):
            return
        item = inner
    item.pop(path[-1], None)


def chosen(item: Object, query: Mapping[str, str]) -> bool:
    """Tell whether the selectors of a query choose an object."""
    labels = item["metadata"].get("labels") or {}
    if not all(_labelled(labels, part) for part in _parts(query.get("labelSelector", ""))):
        return False
    for part in _parts(query.get("fieldSelector", "")):
        match = re.fullmatch(r"([^=!]+)(!=|==?)(.*)", part)
        assert match, part
        value: Any = item
        for key in match[1].split("."):
            value = value.get(key, "") if isinstance(value, dict) else ""
        if (str(value) == match[3]) == (match[2] == "!="):
            return False
    return True


def _parts(selector: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?![^(]*\))", selector) if part.strip()]


def _labelled(labels: Mapping[str, str], part: str) -> bool:
    if match := re.fullmatch(r"(\S+) (in|notin) \(([^)]*)\)", part):
        values = {value.strip() for value in match[3].split(",")}
        return (labels.get(match[1]) in values) == (match[2] == "in")
    if match := re.fullmatch(r"([^=!]+)(!=|==?)(.*)", part):
        return (labels.get(match[1]) == match[3]) == (match[2] != "!=")
    return part[1:] not in labels if part.startswith("!") else part in labels
