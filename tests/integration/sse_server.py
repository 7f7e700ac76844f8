"""A small OpenAI-compatible server on loopback whose answers a test scripts: what a load generator meets."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal["", "503", "silent", "cut", "torn", "not http", "error midway", "no end", "role first", "crlf"]
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class SseServer:
    """Answers come after `first_s`, and a token each `gap_s`. `faults` are met in turn, the last one stays."""

    url: str = ""
    first_s: float = 0.0
    gap_s: float = 0.0
    simulates: str = ""
    answer_id: str = ""
    moved: bool = False
    template_tokens: int = 0
    faults: list[Fault] = field(default_factory=lambda: [""])
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    connections: int = 0
    answering: int = 0
    most_at_once: int = 0

    def wait_for(self, requests: int, *, seconds: float = 30.0) -> None:
        """Return once so many requests have come."""
        until = time.monotonic() + seconds
        while len(self.asked) < requests:
            assert time.monotonic() < until, f"{len(self.asked)} of {requests} requests came"
            time.sleep(0.02)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(fields.get("Content-Length", "0")))
        self.keys.append(fields.get("Authorization", ""))
        if path == "/v1/models" and self.moved:
            return _text(writer, "307 Temporary Redirect", "")
        if path == "/v1/models":
            return _json(writer, {"data": [{"id": "served", "root": "Qwen/Qwen3-8B"}]})
        if path == "/version":
            return _json(writer, {"version": "0.19.0"} | ({"simulates": self.simulates} if self.simulates else {}))
        if path == "/tokenize":
            asked = json.loads(body)
            text = asked["prompt"] if "prompt" in asked else asked["messages"][0]["content"]
            return _json(writer, {"count": len(text.split()) + self.template_tokens})
        if path == "/metrics":
            return _text(writer, "200 OK", 'vllm:num_requests_running{engine="0"} 3.0\n')
        asked = json.loads(body)
        self.asked.append(asked)
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        self.answering += 1
        self.most_at_once = max(self.most_at_once, self.answering)
        try:
            return await self._answer(asked, fault, writer)
        finally:
            self.answering -= 1

    async def _answer(self, asked: dict[str, Any], fault: Fault, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(self.first_s)
        match fault:
            case "503":
                return _text(writer, "503 Service Unavailable", json.dumps({"error": {"message": "loading"}}))
            case "silent":
                await asyncio.sleep(60)
                return False
            case "cut":
                return False
            case "not http":
                writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
                return False
        writer.write(OK.encode())
        if fault == "role first":
            _event(writer, {"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})
        for number in range(asked["max_tokens"]):
            if number == 2 and fault == "torn":
                return False
            if number == 2 and fault == "error midway":
                _event(writer, {"error": {"message": "the engine died", "code": 500}})
                break
            last = number == asked["max_tokens"] - 1
            named = {"id": self.answer_id} if self.answer_id else {}
            _event(writer, named | {"choices": [{"text": " a", "finish_reason": "length" if last else None}]}, fault)
            await writer.drain()
            await asyncio.sleep(self.gap_s)
        used = {"prompt_tokens": len(asked.get("prompt", "").split()) or 3, "completion_tokens": asked["max_tokens"]}
        _event(writer, {"choices": [], "usage": used}, fault)
        if fault != "no end":
            _chunk(writer, "data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        return True


def _event(writer: asyncio.StreamWriter, value: dict[str, Any], fault: Fault = "") -> None:
    end = "\r\n\r\n" if fault == "crlf" else "\n\n"
    text = f"data: {json.dumps(value)}{end}"
    if fault == "crlf":  # and in two parts, which no event ends
        _chunk(writer, text[:20])
        text = text[20:]
    _chunk(writer, text)


def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(f"{len(text):x}\r\n{text}\r\n".encode())


def _json(writer: asyncio.StreamWriter, value: dict[str, Any]) -> bool:
    return _text(writer, "200 OK", json.dumps(value))


def _text(writer: asyncio.StreamWriter, status: str, text: str) -> bool:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
    return True


@contextmanager
def sse_server(**settings: Any) -> Iterator[SseServer]:
    """Serve from a thread while the block runs."""
    server, up = SseServer(**settings), threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        up.set()
        async with listening:
            await listening.serve_forever()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    up.wait()
    try:
        yield server
    finally:
        loops[0].call_soon_threadsafe(_cancel, loops[0])
        thread.join()


def _cancel(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
