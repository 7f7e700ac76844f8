"""Language model endpoints on loopback: Ollama and OpenAI's chat completions in their own wire protocols, with faults.

A test says what the model answers, piece by piece, and which fault each request meets; the last one stays in force.
"""

import contextlib
import itertools
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Protocol = Literal["ollama", "openai"]
Fault = Literal[
    "", "500", "401", "echo", "redirect", "reset", "reset midway", "truncated", "silent", "slow", "dripping", "endless",
    "endless line", "not json", "other line", "other piece", "error midway", "out of tokens", "zipped", "no schema",
    "no schema at all",
]  # fmt: skip

MODEL = "qwen2.5:7b"
_CREATED = "2026-11-20T10:00:00.123456Z"


@dataclass
class FakeEndpoint:
    """What a test sets up, and what was asked."""

    protocol: Protocol
    url: str = ""
    pieces: tuple[str, ...] = ("{}",)
    faults: list[Fault] = field(default_factory=lambda: [""])
    models: list[str] = field(default_factory=lambda: [MODEL])
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def fault(self) -> Fault:
        return self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of a whole answer."""
        for piece in self.pieces:
            yield self.piece(piece)
        yield from self.end("stop")

    def piece(self, text: str) -> bytes:
        if self.protocol == "ollama":
            return _line({**_OLLAMA, "message": {"role": "assistant", "content": text}, "done": False})
        return _event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def raw(self, text: str) -> bytes:
        """Return a line of the stream that holds any text."""
        return f"{text}\n".encode() if self.protocol == "ollama" else f"data: {text}\n\n".encode()

    def end(self, reason: str) -> Iterator[bytes]:
        if self.protocol == "ollama":
            counts = {"total_duration": 5, "load_duration": 1, "prompt_eval_count": 3, "eval_count": len(self.pieces)}
            last = {"message": {"role": "assistant", "content": ""}, "done_reason": reason, "done": True}
            yield _line({**_OLLAMA, **last, **counts})
            return
        yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        yield _event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": len(self.pieces)}})
        yield b"data: [DONE]\n\n"

    def refusal(self, message: str) -> Mapping[str, Any]:
        """Return the body of a refusal, as each of the two words it."""
        if self.protocol == "ollama":
            return {"error": message}
        return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


_OLLAMA: Mapping[str, Any] = {"model": MODEL, "created_at": _CREATED}


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _event(value: Mapping[str, Any]) -> bytes:
    whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **value}
    return f"data: {json.dumps(whole)}\n\n".encode()


@contextmanager
def serving(protocol: Protocol) -> Iterator[FakeEndpoint]:
    """Yield an endpoint that answers on loopback until the block ends."""
    fake = FakeEndpoint(protocol)

    class Bound(_Handler):
        endpoint = fake

    server = _Server(("127.0.0.1", 0), Bound)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _broken(fake: FakeEndpoint, fault: Fault) -> tuple[bytes, ...]:
    """Return the lines of an answer that goes wrong in itself; none for any other fault."""
    first = fake.piece("{")
    failed = json.dumps(fake.refusal("an error was encountered while running the model"))
    return {
        "not json": (fake.raw('{"half":'),),
        "other line": (fake.raw('["of", "another", "shape"]'),),
        "other piece": (fake.raw('{"message": 5, "choices": [7]}'),),
        "error midway": (first, fake.raw(failed)),
        "out of tokens": (first, *fake.end("length")),
    }.get(fault, ())


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has had enough; that is what these tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    endpoint: FakeEndpoint
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.endpoint.paths.append(f"GET {self.path}")
        served = self.endpoint.models
        match self.path:
            case "/api/version":
                self._json(200, {"version": "0.12.6"})
            case "/api/tags":
                self._json(200, {"models": [{"name": name, "model": name} for name in served]})
            case "/v1/models" if self.endpoint.protocol == "openai" and self._allowed():
                self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in served]})
            case "/v1/models":
                self._json(401, self.endpoint.refusal("Unauthorized"))
            case _:
                self._json(404, {"error": "not found"})

    def do_POST(self) -> None:
        fake = self.endpoint
        fake.paths.append(f"POST {self.path}")
        fake.encodings.append(self.headers.get("accept-encoding", ""))
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fake.asked.append(body)
        wanted = "/api/chat" if fake.protocol == "ollama" else "/v1/chat/completions"
        fault = fake.fault()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
            if self.path != wanted:
                self._json(404, {"error": "404 page not found"})
            elif body["model"] not in fake.models:
                self._no_model(body["model"])
            elif not self._allowed():
                self._json(401, fake.refusal("Unauthorized"))
            else:
                self._answer(fault, body)

    def _no_model(self, name: str) -> None:
        if self.endpoint.protocol == "ollama":
            self._json(404, self.endpoint.refusal(f"model '{name}' not found"))
        else:
            self._json(404, self.endpoint.refusal(f"The model `{name}` does not exist."))

    def _allowed(self) -> bool:
        return not self.endpoint.key or self.headers.get("authorization") == f"Bearer {self.endpoint.key}"

    def _answer(self, fault: Fault, body: Mapping[str, Any]) -> None:
        fake = self.endpoint
        spelling = body.get("response_format", {}).get("type")
        match fault:
            case "500":
                self._json(500, fake.refusal("llama runner process has terminated: exit status 2"))
            case "401":
                self._json(401, fake.refusal("Unauthorized"))
            case "echo":
                self._json(401, fake.refusal(f"no such key: {self.headers['Authorization']}"))
            case "redirect":
                self._json(302, {}, Location="http://127.0.0.1:9/api/chat")
            case "reset":
                self._reset()
            case "silent":
                fake.closing.wait(30)
            case "no schema" if spelling == "json_schema":
                self._json(500, fake.refusal("'loc': ('body', 'response_format', 'type')"))
            case "no schema at all":
                self._json(400, fake.refusal("response_format is not supported"))
            case "zipped":
                self._json(200, {}, **{"Content-Encoding": "gzip"})
            case _:
                self._stream(fault)

    def _stream(self, fault: Fault) -> None:
        self.send_response(200)
        ours = self.endpoint.protocol == "ollama"
        self.send_header("Content-Type", "application/x-ndjson" if ours else "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in self._faulty(fault):
            self._chunk(line)
        if fault == "reset midway":
            self._reset()
        else:  # a truncated answer, too, ends its stream as if it were whole
            self._chunk(b"")

    def _faulty(self, fault: Fault) -> Iterator[bytes]:
        """Yield what is streamed; a fault that is none of a stream's is a whole answer."""
        fake = self.endpoint
        whole = list(fake.lines())
        match fault:
            case "truncated" | "reset midway":
                yield whole[0]
            case "slow":
                yield whole[0]
                fake.closing.wait(30)
            case "dripping":
                while not fake.closing.wait(0.02):
                    yield fake.piece(" ")
            case "endless":
                yield from itertools.repeat(fake.piece("again and again "))
            case "endless line":
                yield from itertools.repeat(b" " * 65_536)
            case _:
                yield from _broken(fake, fault) or whole

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, value: Mapping[str, Any], **headers: str) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def _reset(self) -> None:
        """End the connection as a crashed process does: with RST, not FIN."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        """Keep quiet."""


@contextmanager
def deaf() -> Iterator[str]:
    """Yield the URL of an endpoint that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def closed() -> str:
    """Return a URL on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
