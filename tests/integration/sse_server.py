"""A small OpenAI-compatible server on loopback whose answers a test scripts: what a load generator meets."""

import asyncio
import json
import threading
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
    faults: list[Fault] = field(default_factory=lambda: [""])
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    connections: int = 0

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
        if path == "/v1/models":
            return _json(writer, {"data": [{"id": "served", "root": "Qwen/Qwen3-8B"}]})
        if path == "/version":
            return _json(writer, {"version": "0.19.0"} | ({"simulates": self.simulates} if self.simulates else {}))
        if path == "/tokenize":
            return _json(writer, {"count": len(json.loads(body).get("prompt", "x x x").split())})
        if path == "/metrics":
            return _text(writer, "200 OK", 'vllm:num_requests_running{engine="0"} 3.0\n')
        asked = json.loads(body)
        self.asked.append(asked)
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        return await self._answer(asked, fault, writer)

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
            _event(writer, {"choices": [{"text": " a", "finish_reason": "length" if last else None}]}, fault)
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
    server, loop, up = SseServer(**settings), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        up.set()

    thread = threading.Thread(target=lambda: (loop.run_until_complete(serve()), loop.run_forever()))
    thread.start()
    up.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(_end, loop)
        thread.join()
        loop.close()


def _end(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)
