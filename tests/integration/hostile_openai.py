"""An OpenAI-compatible server on loopback that does what no server should: a fault for each answer, the last one stays.

Prompts have a token a word, and three around them.
"""

import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal[
    "", "429", "500", "401", "context", "html", "json", "silent", "cut", "no done", "error midway", "endless", "huge",
    "nothing", "garbage", "keeps open", "other model", "echo", "redirect", "two in one", "no usage", "wild usage",
    "zipped", "escape", "cached",
]  # fmt: skip
AROUND = 3
MOST_TOKENS = 4096


@dataclass
class Hostile:
    """What a test sets up, and what was asked. `models`: each with its longest sequence."""

    url: str = ""
    models: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=lambda: [""])
    health: int = 200
    listing: bytes = b""
    key: str = ""
    busy: int = 0
    simulates: str = ""
    version: str = "0.19.0"
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def fault(self) -> Fault:
        return self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]


@contextmanager
def hostile(**settings: Any) -> Iterator[Hostile]:
    """Yield a server that answers on loopback until the block ends."""
    server = Hostile(**settings)

    class Bound(_Handler):
        told = server

    listening = _Server(("127.0.0.1", 0), Bound)
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listening.shutdown()
        listening.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has had enough."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    told: Hostile
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        told = self.told
        told.keys.append(self.headers.get("authorization", ""))
        match self.path:
            case "/health":
                self._text(told.health, "loading the weights" if told.health >= 500 else "")
            case "/v1/models" if told.key and told.keys[-1] != f"Bearer {told.key}":
                self._text(401, '{"error": "Unauthorized"}')
            case "/v1/models" if told.listing:
                self._text(200, told.listing.decode(), kind="text/html")
            case "/v1/models":
                cards = [{"id": name, "max_model_len": most} for name, most in told.models.items()]
                self._text(200, json.dumps({"object": "list", "data": cards}))
            case "/version":
                told_too = {"simulates": told.simulates} if told.simulates else {}
                self._text(200, json.dumps({"version": told.version} | told_too))
            case "/metrics" if told.busy:
                self._text(200, f'vllm:num_requests_running{{engine="0"}} {told.busy}.0\n', kind="text/plain")
            case _:
                self._text(404, "nothing is here")

    def do_POST(self) -> None:
        told = self.told
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        told.asked.append(body)
        told.keys.append(self.headers.get("authorization", ""))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._answer(told.fault(), body)

    def _answer(self, fault: Fault, body: Mapping[str, Any]) -> None:
        if fault in _REFUSALS:
            self._text(*_REFUSALS[fault])
        elif fault == "429":
            self._text(429, '{"error": {"message": "slow down"}}', retry_after="7")
        elif fault == "redirect":
            self._text(307, "", location="http://127.0.0.1:9/v1/completions")
        elif fault == "echo":
            self._text(403, f"no such key: {self.headers['authorization']}")
        elif fault == "silent":
            self.told.closing.wait(30)
        elif fault == "zipped":
            self._text(200, "\x1f", kind="text/event-stream", content_encoding="gzip")
        else:
            self._stream(fault, body)

    def _stream(self, fault: Fault, body: Mapping[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number in range(MOST_TOKENS if fault == "endless" else body["max_tokens"] if fault != "nothing" else 0):
            if number == 2 and fault in ("cut", "error midway", "garbage", "huge"):
                self._broken(fault)
                return
            self._token(fault, body, number)
        self._end(fault, body)

    def _token(self, fault: Fault, body: Mapping[str, Any], number: int) -> None:
        last = number == body["max_tokens"] - 1 and fault != "endless"
        model = "llama-2-7b" if fault == "other model" else body["model"]
        choice: dict[str, Any] = {"index": 0, "finish_reason": "length" if last else None}
        choice |= {"text": " a"} if "prompt" in body else {"delta": {"content": " a"}}
        if fault != "two in one" or number % 2 == 0:
            self._event({"id": "cmpl-1", "model": model, "choices": [choice]})
        if number == 0:
            self._chunk(b": ping\n\ndata: \n\n")

    def _broken(self, fault: Fault) -> None:
        match fault:
            case "error midway":
                self._event({"error": {"message": "the engine died"}})
            case "garbage":
                self._chunk(b"data: {half\n\n")
            case "huge":
                self._chunk(b"data: " + b"x" * (2 << 20) + b"\n\n")
        self.close_connection = True

    def _end(self, fault: Fault, body: Mapping[str, Any]) -> None:
        text = body["prompt"] if "prompt" in body else body["messages"][0]["content"]
        used = {"prompt_tokens": len(text.split()) + AROUND, "completion_tokens": body["max_tokens"]}
        if fault == "wild usage":
            used["completion_tokens"] = 10**12
        if fault == "cached":
            used["prompt_tokens_details"] = {"cached_tokens": used["prompt_tokens"] // 2}
        if fault != "no usage":
            self._event({"choices": [], "usage": used})
        if fault != "no done":
            self._chunk(b"data: [DONE]\n\n")
        if fault == "keeps open":
            self.told.closing.wait(30)
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, value: Mapping[str, Any]) -> None:
        self._chunk(f"data: {json.dumps(value)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _text(self, status: int, text: str, kind: str = "application/json", **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's signature
        """Keep quiet."""


_REFUSALS: Mapping[Fault, tuple[int, str, str]] = {
    "500": (500, '{"error": {"message": "CUDA error", "code": 500}}', "application/json"),
    "401": (401, '{"error": "Unauthorized"}', "application/json"),
    "context": (
        400,
        '{"error": {"message": "This model\'s maximum context length is 300 tokens"}}',
        "application/json",
    ),
    "html": (200, "<html><title>Sign in</title></html>", "text/html"),
    "json": (200, '{"choices": [{"text": "all at once"}]}', "application/json"),
    "escape": (500, "\x1b[2Jcleared", "text/plain"),
}
