"""A cluster on loopback: the real API server for custom resources, a dict for core kinds, and faults on demand."""

import contextlib
import http.client
import json
import re
import socket
import ssl
import struct
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, urlsplit

import yaml
from api_server import ApiServer
from core_store import KINDS, Answer, CoreStore, Object, failure

from neuralnav.cluster.api import KINDS as KNOWN

USER = "tester"
Fault = int | Literal["reset", "cut", "lost", "hang"]
"""A status; or `reset`: no answer; `cut`: half of one; `lost`: it is done, but not answered; `hang`: silence."""

PATH = re.compile(
    r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+)(?P<rest>/.*)?)?)?"
)
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "authorization", "accept-encoding"}
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired",
           422: "Invalid", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable",
           504: "Timeout"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A request in the words of RBAC, as the front saw it."""

    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    user: str
    method: str
    target: str
    dry_run: bool = False

    @property
    def needed(self) -> tuple[str, str]:
        """The verb and the resource with its group, as roles name them."""
        return self.verb, f"{self.resource}.{self.group}" if self.group else self.resource


@dataclass(slots=True)
class _Planned:
    """A fault that is still to happen."""

    pattern: re.Pattern[str]
    fault: Fault
    left: int
    headers: Mapping[str, str]
    body: bytes | None
    method: str


@dataclass(slots=True)
class Front:
    """The cluster. `kubeconfig` is the file that leads to it, as USER with a token; requests are kept in `seen`."""

    folder: Path
    server: ApiServer | None = None
    tls: Path | None = None
    """A folder with a certificate `serving.crt` and its key, for a front that speaks TLS."""

    store: CoreStore = field(default_factory=CoreStore)
    seen: list[Seen] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    backends: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where the proxy of a service leads, by namespace and name: a URL."""

    rules: list[tuple[str, Mapping[str, Any]]] | None = None
    """What USER may do: rules of roles, each with its namespace (empty: all); None: everything."""

    port: int = 0
    planned: list[_Planned] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    _listener: "_Listener | None" = None
    _tokens: int = 0

    @property
    def url(self) -> str:
        """The address of the API server."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig: one context `front`."""
        return self.folder / "kubeconfig"

    @property
    def token(self) -> str:
        """The token that counts now."""
        return f"token-{self._tokens}"

    def write_kubeconfig(self, path: Path | None = None, **user: object) -> Path:
        """Write the kubeconfig, with other credentials than the token if they are given."""
        path = path or self.kubeconfig
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "front",
            "clusters": [{"name": "front", "cluster": {"server": self.url}}],
            "users": [{"name": USER, "user": user or {"token": self.token}}],
            "contexts": [{"name": "front", "context": {"cluster": "front", "user": USER}}],
        }  # fmt: skip
        path.write_text(yaml.safe_dump(config))
        return path

    def expire(self) -> None:
        """Let the token count no longer; the kubeconfig still says it until `write_kubeconfig`."""
        self._tokens += 1
        self.tokens = {self.token: USER}

    def fail(
        self, pattern: str, fault: Fault, times: int = 1, headers: Mapping[str, str] | None = None, *,
        body: bytes | None = None, method: str = "",
    ) -> None:  # fmt: skip
        """Let the next requests whose path and query match a pattern fail, so many times."""
        self.planned.append(_Planned(re.compile(pattern), fault, times, headers or {}, body, method))

    def enforce(self, *roles: Mapping[str, Any]) -> None:
        """Let USER do only what these Roles and ClusterRoles say, each bound where it is."""
        self.rules = [
            (str(role["metadata"].get("namespace", "")) if role["kind"] == "Role" else "", rule)
            for role in roles
            for rule in role["rules"]
        ]

    def forbid(self) -> None:
        """Let USER do nothing."""
        self.rules = []

    def put(self, item: Object, *, manager: str = "test") -> Object:
        """Create or update an object of any kind, as an administrator or a controller of that name would."""
        api_version, kind = item["apiVersion"], item["kind"]
        core = next((key for key, value in KINDS.items() if value == (api_version, kind)), None)
        if core is not None:
            return self.store.put(core[1], item, manager=manager)
        assert self.server is not None
        path = _custom_path(kind, item["metadata"].get("namespace", ""), item["metadata"]["name"], api_version)
        found = self.server.call("GET", path)
        query = f"?fieldManager={manager}"
        if found[0] == 404:
            status, made = self.server.call("POST", path.rpartition("/")[0] + query, item)
        else:
            status, made = self.server.call("PATCH", path + query, item, "application/merge-patch+json")
        assert status in (200, 201), made
        return made

    def take(self, kind: str, namespace: str, name: str) -> Object | None:
        """Return an object as it is on the server, or None."""
        core = next((key for key, value in KINDS.items() if value[1] == kind), None)
        if core is not None:
            return self.store.objects.get((core[1], namespace, name))
        assert self.server is not None
        status, found = self.server.call("GET", _custom_path(kind, namespace, name))
        return found if status == 200 else None

    def remove(self, kind: str, namespace: str, name: str) -> None:
        """Delete an object as an administrator."""
        core = next((key for key, value in KINDS.items() if value[1] == kind), None)
        if core is not None:
            self.store.delete(core[0], core[1], namespace, name, {})
        else:
            assert self.server is not None
            self.server.call("DELETE", _custom_path(kind, namespace, name))

    def add_namespace(self, name: str) -> None:
        """Create a namespace."""
        self.store.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def set_status(self, kind: str, namespace: str, name: str, status: Object) -> Object:
        """Give a custom resource a status, as its controller does."""
        assert self.server is not None
        path = _custom_path(kind, namespace, name) + "/status?fieldManager=controller"
        code, found = self.server.call("PATCH", path, {"status": status}, "application/merge-patch+json")
        assert code == 200, found
        return found

    def ready(self, kind: str, namespace: str, name: str, *, url: str = "", reason: str = "") -> Object:
        """Let a service be ready; not ready for a reason, if one is given. The generation is observed."""
        found = self.take(kind, namespace, name)
        assert found is not None, f"no {kind} {namespace}/{name}"
        types = {"InferenceService": ("PredictorReady", "IngressReady", "Ready")}.get(
            kind, ("WorkloadsReady", "RouterReady", "Ready")
        )
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        conditions = [
            {"type": item, "status": "False" if reason else "True", "lastTransitionTime": stamp,
             **({"reason": reason, "message": f"{reason}: {name}"} if reason else {})}
            for item in types
        ]  # fmt: skip
        status: Object = {"conditions": conditions, "observedGeneration": found["metadata"].get("generation", 1)}
        if url or not reason:
            status["url"] = url or f"http://{name}.{namespace}.example.com"
        return self.set_status(kind, namespace, name, status)

    def kill(self) -> None:
        """End the API server in the middle of what it does: connections break, new ones are refused."""
        if self._listener is not None:
            self._listener.end()
            self._listener = None
        if self.server is not None:
            self.server.kill()

    def start(self) -> None:
        """Start it again at the same address over the same objects."""
        if self.server is not None and self.server.process is not None and self.server.process.poll() is not None:
            self.server.start()
        if self._listener is None:
            self._listener = _Listener(self)
            self.port = self._listener.server_address[1]
            threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def restart_after(self, seconds: float) -> threading.Timer:
        """Kill it now, and start it again in so many seconds, in a thread of its own; `join` it."""
        self.kill()
        timer = threading.Timer(seconds, self.start)
        timer.daemon = True
        timer.start()
        return timer

    def clear(self) -> None:
        """Make it a new, empty cluster whose token counts and that fails nowhere."""
        self.released.set()
        self.start()
        self.planned.clear()
        self.backends.clear()
        self.rules = None
        self.store.clear()
        if self.server is not None:
            for kind, (group, version, plural) in CUSTOM.items():
                if self.server.call("GET", f"/apis/{group}/{version}/{plural}")[1].get("items"):
                    self._empty(kind, group, version, plural)
        self.expire()
        self.write_kubeconfig()
        self.seen.clear()
        self.released.clear()

    def _empty(self, kind: str, group: str, version: str, plural: str) -> None:
        assert self.server is not None
        for item in self.server.call("GET", f"/apis/{group}/{version}/{plural}")[1]["items"]:
            space, name = item["metadata"]["namespace"], item["metadata"]["name"]
            self.server.call("DELETE", _custom_path(kind, space, name))

    def end(self) -> None:
        """Close it for good; the API server itself is its starter's."""
        self.released.set()
        if self._listener is not None:
            self._listener.end()
            self._listener = None

    def fault_for(self, method: str, target: str) -> _Planned | None:
        """Take the fault that is planned for a request."""
        for item in self.planned:
            if item.left > 0 and item.method in ("", method) and item.pattern.search(target):
                item.left -= 1
                return item
        return None

    def allowed(self, seen: Seen) -> bool:
        """Tell whether the rules let a request pass."""
        return self.rules is None or any(
            space in ("", seen.namespace)
            and _in(seen.verb, rule["verbs"])
            and _in(seen.group, rule["apiGroups"])
            and _in(seen.resource, rule["resources"])
            and (not rule.get("resourceNames") or seen.name in rule["resourceNames"])
            for space, rule in self.rules
        )


CUSTOM: Mapping[str, tuple[str, str, str]] = {
    **{item.kind: (item.group, item.version, item.plural) for item in KNOWN.values()
       if item.group in ("serving.kserve.io", "monitoring.coreos.com")},
    "ScaledObject": ("keda.sh", "v1alpha1", "scaledobjects"),
    "ServiceMonitor": ("monitoring.coreos.com", "v1", "servicemonitors"),
}  # fmt: skip
"""What the real API server serves: the group, version and plural of each kind."""


def _custom_path(kind: str, namespace: str, name: str, api_version: str = "") -> str:
    group, version, plural = CUSTOM[kind]
    version = api_version.rpartition("/")[2] or version
    return f"/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}"


def _in(word: str, listed: Sequence[str]) -> bool:
    return word in listed or "*" in listed


class _Listener(ThreadingHTTPServer):
    """Takes connections, each in a thread, and can break them all."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, front: Front) -> None:
        self.front = front
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", front.port), _Requests)
        if front.tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(front.tls / "serving.crt", front.tls / "serving.key")
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away."""

    def end(self) -> None:
        """Take no more connections and break those that are open."""
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            _reset(connection)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


class _Dropped(Exception):  # noqa: N818  # a way out, no error
    """The connection is to be broken."""


class _Requests(BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    disable_nagle_algorithm = True
    server: _Listener
    upstream: http.client.HTTPSConnection | None = None

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        if self.upstream is not None:
            self.upstream.close()
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Print nothing."""

    def do_GET(self) -> None:  # http.server's names
        try:
            self._answer()
        except (_Dropped, OSError, http.client.HTTPException):
            self.close_connection = True
            _reset(self.connection)
        except Exception:  # a mistake of the front itself must be seen by the test
            said = traceback.format_exc()
            self._send(418, json.dumps(failure(418, "FrontBroken", said[-500:]).body).encode())

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _answer(self) -> None:
        front = self.server.front
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size) if size else b""
        match = PATH.fullmatch(urlsplit(self.path).path)
        user = front.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "), "")
        seen = self._seen(match, user)
        front.seen.append(seen)
        planned = front.fault_for(self.command, self.path)
        if planned is not None and planned.fault != "lost":
            self._fail(planned)
            return
        answer = self._refused(seen, match, user)
        if planned is not None:
            if answer is None:
                self._silently(match, body)
            raise _Dropped
        if answer is not None:
            self._send(answer.status, json.dumps(answer.body).encode())
        else:
            self._serve(cast("re.Match[str]", match), body)

    def _seen(self, match: re.Match[str] | None, user: str) -> Seen:
        query = dict(parse_qsl(urlsplit(self.path).query))
        found = match.groupdict() if match else {}
        watch = query.get("watch") in ("1", "true")
        name = found.get("name") or ""
        reads = "get" if name else "watch" if watch else "list"
        verb = {"GET": reads, "POST": "create", "PUT": "update", "PATCH": "patch",
                "DELETE": "delete" if name else "deletecollection"}[self.command]  # fmt: skip
        resource = str(found.get("plural") or self.path) + (f"/{found['sub']}" if found.get("sub") else "")
        space = found.get("namespace") or ""
        return Seen(verb, found.get("group") or "", resource, space, name, user, self.command, self.path,
                    "dryRun" in query)  # fmt: skip

    def _fail(self, planned: _Planned) -> None:
        match planned.fault:
            case "reset":
                raise _Dropped
            case "hang":
                self.server.front.released.wait(60)
                raise _Dropped
            case "cut":
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"kind": "List", "items": [')
                self.wfile.flush()
                raise _Dropped
            case int(status):
                body = planned.body
                if body is None:
                    said = "Unauthorized" if status == 401 else f"the front was told to fail with {status}"
                    body = json.dumps(failure(status, REASONS.get(status, "Unknown"), said).body).encode()
                self._send(status, body, planned.headers)

    def _refused(self, seen: Seen, match: re.Match[str] | None, user: str) -> Answer | None:
        """Return the refusal of whoever is unknown, may not, asks for what is not, or into no namespace."""
        front = self.server.front
        if not user:
            return failure(401, "Unauthorized", "Unauthorized")
        if match is None:
            return failure(404, "NotFound", "the server could not find the requested resource")
        wanted = [seen]
        if seen.verb == "patch" and "fieldManager" in seen.target and not self._exists(match):
            wanted.append(Seen("create", seen.group, seen.resource, seen.namespace, "", user, "", ""))
        for item in wanted:
            if not front.allowed(item):
                named = f'"{item.name}" ' if item.name else ""
                where = f'in the namespace "{item.namespace}"' if item.namespace else "at the cluster scope"
                dotted = f"{item.resource}.{item.group}" if item.group else item.resource
                said = (f'{dotted} {named}is forbidden: User "{user}" cannot {item.verb} resource "{item.resource}" '
                        f'in API group "{item.group}" {where}')  # fmt: skip
                return failure(403, "Forbidden", said)
        space = seen.namespace
        creates = seen.verb in ("create", "patch") and "/" not in seen.resource
        if creates and space and ("namespaces", "", space) not in front.store.objects:
            details = {"name": space, "kind": "namespaces"}
            return failure(404, "NotFound", f'namespaces "{space}" not found', details)
        return None

    def _exists(self, match: re.Match[str]) -> bool:
        front = self.server.front
        key = (match["plural"], match["namespace"] or "", match["name"] or "")
        if (match["group"] or "", match["plural"]) in KINDS:
            return key in front.store.objects
        return front.server is not None and front.server.call("GET", urlsplit(self.path).path)[0] == 200

    def _serve(self, match: re.Match[str], body: bytes) -> None:
        if match["sub"] == "proxy":
            self._backend(match, body)
        elif (match["group"] or "", match["plural"]) in KINDS:
            self._core(match, body)
        elif self.server.front.server is None or match["core"]:
            self._send(404, b"404 page not found\n", {"Content-Type": "text/plain"})
        else:
            self._forward(body)

    def _silently(self, match: re.Match[str] | None, body: bytes) -> None:
        """Do what is asked without a word."""
        assert match is not None
        if (match["group"] or "", match["plural"]) in KINDS:
            self._core_answer(match, body)
        else:
            self._ask_upstream(body).read()

    def _core(self, match: re.Match[str], body: bytes) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        if self.command == "GET" and query.get("watch") in ("1", "true"):
            self._stream(match, query)
            return
        answer = self._core_answer(match, body)
        self._send(answer.status, json.dumps(answer.body).encode())

    def _core_answer(self, match: re.Match[str], body: bytes) -> Answer:
        query = dict(parse_qsl(urlsplit(self.path).query))
        store = self.server.front.store
        group, plural, space, name = (
            match["group"] or "",
            match["plural"],
            match["namespace"] or "",
            match["name"] or "",
        )
        content: Object = json.loads(body) if body else {}
        match self.command:
            case "GET" if name:
                return store.get(group, plural, space, name)
            case "GET":
                return store.list(group, plural, space, query)
            case "PATCH" if self.headers.get("Content-Type", "").startswith("application/apply-patch"):
                return store.apply(plural, content, manager=query["fieldManager"],
                                   force=query.get("force") == "true", dry_run="dryRun" in query)  # fmt: skip
            case "DELETE" if name:
                dry = {"dryRun": ["All"]} if "dryRun" in query else {}
                return store.delete(group, plural, space, name, {**content, **dry})
            case _:
                return failure(405, "MethodNotAllowed", f"the front does no {self.command} of {plural}")

    def _stream(self, match: re.Match[str], query: Mapping[str, str]) -> None:
        self._begin_chunks(200)
        seconds = float(query.get("timeoutSeconds") or 60)
        listener = self.server.front._listener
        for event in self.server.front.store.watch(match["plural"], match["namespace"] or "", query, seconds):
            self._chunk(json.dumps(event).encode() + b"\n")
            if self.server.front._listener is not listener:
                raise _Dropped
        self._chunk(b"")

    def _forward(self, body: bytes) -> None:
        reply = self._ask_upstream(body)
        if reply.getheader("Content-Length") is not None:
            self._send(reply.status, reply.read(), {"Content-Type": reply.getheader("Content-Type", "")})
            return
        self._pass_on(reply)

    def _ask_upstream(self, body: bytes) -> http.client.HTTPResponse:
        """Ask the real API server as an administrator; a connection that it closed meanwhile is made anew."""
        server = self.server.front.server
        assert server is not None
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        if self.upstream is None:
            self.upstream = server.connection()
        try:
            self.upstream.request(self.command, self.path, body or None, headers)
            return self.upstream.getresponse()
        except (OSError, http.client.HTTPException):
            self.upstream.close()
            self.upstream = server.connection()
            self.upstream.request(self.command, self.path, body or None, headers)
            return self.upstream.getresponse()

    def _backend(self, match: re.Match[str], body: bytes) -> None:
        """Pass a request on to a service."""
        named = (match["name"] or "").removeprefix("http:").removeprefix("https:").partition(":")[0]
        target = self.server.front.backends.get((match["namespace"] or "", named))
        if target is None:
            answer = failure(503, "ServiceUnavailable", f'no endpoints available for service "{named}"')
            self._send(answer.status, json.dumps(answer.body).encode())
            return
        parts = urlsplit(target)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        query = urlsplit(self.path).query
        path = parts.path.rstrip("/") + (match["rest"] or "/") + (f"?{query}" if query else "")
        try:
            connection.request(self.command, path, body or None, headers)
            self._pass_on(connection.getresponse())
        except ConnectionError:
            answer = failure(502, "BadGateway", "error trying to reach service: connection refused")
            self._send(answer.status, json.dumps(answer.body).encode())
        finally:
            connection.close()

    def _pass_on(self, reply: http.client.HTTPResponse) -> None:
        kept = {key: value for key, value in reply.getheaders() if key.lower() not in HOP}
        self._begin_chunks(reply.status, kept)
        while piece := reply.read1(65536):
            self._chunk(piece)
        self._chunk(b"")

    def _begin_chunks(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def _chunk(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def fronted(folder: Path, server: ApiServer | None = None, tls: Path | None = None) -> Iterator[Front]:
    """Give a front, started, with its kubeconfig written, and end it."""
    front = Front(folder, server, tls)
    front.start()
    front.clear()
    try:
        yield front
    finally:
        front.end()
