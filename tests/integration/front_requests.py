"""How a front answers: itself for core kinds, by the real API server for custom resources, or not at all."""
# ruff: noqa: N815  # http.server names its methods

import contextlib
import http.client
import json
import re
import socket
import ssl
import struct
import time
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from core_store import KINDS, Answer, Object, failure
from front_state import FrontState, Planned, Seen

PATH = re.compile(
    r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]))?"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+)(?P<rest>/.*)?)?)?"
)
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "authorization", "accept-encoding",
       "date"}  # fmt: skip
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired",
           422: "Invalid", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable",
           504: "Timeout"}  # fmt: skip


class Listener(ThreadingHTTPServer):
    """Takes connections, each in a thread, and can break them all."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, front: FrontState) -> None:
        self.front = front
        self.open: set[socket.socket] = set()
        self.ended = False
        super().__init__(("127.0.0.1", front.port), Requests)
        if front.tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(front.tls / "serving.crt", front.tls / "serving.key")
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away."""

    def end(self) -> None:
        """Take no more connections and break those that are open."""
        self.ended = True
        self.shutdown()
        self.server_close()
        self.drop()

    def drop(self) -> None:
        """Break the connections that are open."""
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


class Requests(BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    disable_nagle_algorithm = True
    server: Listener
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

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.server.front.ahead_seconds)

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
        space = found.get("namespace") or (name if resource == "namespaces" else "")  # as a real server says
        return Seen(verb, found.get("group") or "", resource, space, name, user, self.command, self.path,
                    "dryRun" in query)  # fmt: skip

    def _fail(self, planned: Planned) -> None:
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
        front.implied += wanted[1:]
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
        for event in self.server.front.store.watch(match["plural"], match["namespace"] or "", query, seconds):
            self._chunk(json.dumps(event).encode() + b"\n")
            if self.server.ended:
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
