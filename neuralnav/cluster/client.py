"""A Kubernetes API server as the cluster verbs use it: `Api` over requests that wait out what passes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote

from neuralnav.cluster.api import FIELD_MANAGER, KINDS, ClusterError, Kind, Object, Ref
from neuralnav.cluster.failures import Asked, is_absent_object, refusal, stranger
from neuralnav.cluster.shapes import is_object, shaped
from neuralnav.cluster.transport import Reply, Request, Transport
from neuralnav.cluster.watching import Watch

PAGE = 500
"""Objects per page, as kubectl asks."""

ANEW = 5
"""How often a list whose pages have expired is begun anew."""

APPLY = "application/apply-patch+yaml"

Objects: TypeAlias = list[Object]
"""As `Client` has a method of the name `list`."""


class Client:
    """Implements `Api`; threads may share it."""

    def __init__(self, transport: Transport) -> None:
        """Ask through `transport`."""
        self._transport = transport

    @property
    def context(self) -> str:
        """The name of the context."""
        return self._transport.login.access.context

    @property
    def server(self) -> str:
        """The address of the server."""
        return self._transport.login.server

    def now(self) -> datetime:
        """Return the time by the clock of the server, as far as it has said one."""
        return self._transport.clock.now()

    def get(self, ref: Ref) -> Object | None:
        """Return an object, or None where there is none."""
        request = Request(_asked("GET", "get", ref), object_path(ref))
        reply = self._transport.send(request)
        if is_absent_object(reply.status, reply.content):
            return None
        return self._object(reply, request)

    def list(self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "") -> list[Object]:
        """Return the objects of a kind, in pages, by namespace and name; of all namespaces where none is named."""
        return self.listed(kind, namespace, labels=labels, fields=fields)[0]

    def listed(self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "") -> tuple[Objects, str]:
        """Return what `list` does, and the version of the collection that a watch goes on from."""
        asked = Asked("GET", "list", kind, namespace)
        query = {"limit": str(PAGE), "labelSelector": labels, "fieldSelector": fields}
        for _ in range(ANEW):
            found = self._pages(asked, {key: value for key, value in query.items() if value})
            if found is not None:
                items, version = found
                return sorted((_named(item, kind) for item in items), key=_place), version
        raise ClusterError(str(asked), f"the pages of the list expired {ANEW} times", "run it again", cause="gone")

    def _pages(self, asked: Asked, query: Mapping[str, str]) -> tuple[Objects, str] | None:
        """Return all pages, or None where they expire before the last."""
        items: Objects = []
        token = ""
        while True:
            more = {"continue": token} if token else {}
            request = Request(asked, collection_path(asked.kind, asked.namespace), {**query, **more})
            reply = self._transport.send(request)
            if reply.status == 410 and token:
                return None
            page = self._checked(reply, request)
            found, metadata = page.get("items", ()), page.get("metadata")
            if not isinstance(found, list | None) or not isinstance(metadata, dict):
                raise self._stranger(reply, request)
            items += [item for item in found or () if is_object(item)]
            token = str(metadata.get("continue") or "")
            if not token:
                return items, str(metadata.get("resourceVersion") or "")

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Apply an object on the server's side as FIELD_MANAGER, strictly validated; return it as it then is."""
        ref = ref_of(body)
        query = {
            "fieldManager": FIELD_MANAGER, "fieldValidation": "Strict",
            **({"dryRun": "All"} if dry_run else {}), **({"force": "true"} if force else {}),
        }  # fmt: skip
        request = Request(_asked("PATCH", "patch", ref), object_path(ref), query, body, APPLY)
        return self._object(self._transport.send(request), request)

    def delete(self, ref: Ref, *, uid: str, dry_run: bool = False) -> bool:
        """Delete an object that still has this uid, its dependents in the background; False if it is gone."""
        body = {
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
            "preconditions": {"uid": uid}, **({"dryRun": ["All"]} if dry_run else {}),
        }  # fmt: skip
        query = {"dryRun": "All"} if dry_run else {}
        request = Request(_asked("DELETE", "delete", ref), object_path(ref), query, body)
        reply = self._transport.send(request)
        if is_absent_object(reply.status, reply.content):
            return reply.unsure  # an attempt that broke off did it
        try:
            self._checked(reply, request)
        except ClusterError as error:
            if error.cause == "conflict":  # another object has the name by now
                return reply.unsure
            raise
        return True

    def watch(self, kind: Kind, namespace: str, *, name: str = "", seconds: float) -> Iterator[Object]:
        """Yield the objects of a kind as they are and then as they change, for so many seconds at most."""
        fields = f"metadata.name={name}" if name else ""

        def listed() -> tuple[Objects, str]:
            return self.listed(kind, namespace, fields=fields)

        asked = Asked("GET", "watch", kind, namespace)
        path = collection_path(kind, namespace)
        watch = Watch(self._transport, asked, path, {"fieldSelector": fields} if fields else {}, listed, seconds)
        yield from (_named(item, kind) for item in watch if is_object(item))

    def _checked(self, reply: Reply, request: Request) -> dict[str, Any]:
        """Return the JSON of a success; raise the `ClusterError` of anything else."""
        found = reply.json()
        if 200 <= reply.status < 300 and isinstance(found, dict):
            return found
        access = self._transport.login.access
        raise refusal(request.asked, access, reply.status, reply.headers, reply.content)

    def _object(self, reply: Reply, request: Request) -> Object:
        """Return the object that a success holds; raise the `ClusterError` of anything else."""
        found = self._checked(reply, request)
        if not is_object(found):
            raise self._stranger(reply, request)
        return _named(found, request.asked.kind)

    def _stranger(self, reply: Reply, request: Request) -> ClusterError:
        access = self._transport.login.access
        return stranger(request.asked, access, reply.status, reply.headers, reply.content)


def ref_of(body: Object) -> Ref:
    """Return which object a manifest is of. Raises `ClusterError` for a kind that no verb applies."""
    kind = KINDS.get(str(body.get("kind")))
    metadata = body.get("metadata") or {}
    if kind is None or kind.api_version != body.get("apiVersion"):
        said = f"no verb applies a {body.get('kind')} of {body.get('apiVersion')}"
        raise ClusterError(str(metadata.get("name", "")), said, f"known are {', '.join(KINDS)}", cause="invalid")
    return Ref(kind, str(metadata.get("namespace") or "") if kind.namespaced else "", str(metadata.get("name")))


def collection_path(kind: Kind, namespace: str) -> str:
    """Return the path of a collection below the server's address; of all namespaces where none is named."""
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    within = f"/namespaces/{quote(namespace, safe='')}" if namespace and kind.namespaced else ""
    return f"{root}{within}/{kind.plural}"


def object_path(ref: Ref) -> str:
    """Return the path of an object below the server's address."""
    return f"{collection_path(ref.kind, ref.namespace)}/{quote(ref.name, safe='')}"


def _asked(method: str, verb: str, ref: Ref) -> Asked:
    return Asked(method, verb, ref.kind, ref.namespace, ref.name)


def _named(item: Object, kind: Kind) -> Object:
    """Return an object that says what it is, which items of lists of core kinds do not, with fields of their types."""
    return shaped({"apiVersion": kind.api_version, "kind": kind.kind, **item}, kind.kind)


def _place(item: Object) -> tuple[str, str]:
    metadata = item.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")
