# ruff: noqa: T201  # a command that prints
"""How late tokens are, of many streams at once from one core, and what the server holds. Prints; asserts nothing.

python tests/bench/bench_simulator_streams.py [--streams 250 1000] [--tokens 400] [--repeats 3] [--hours 1]

The server runs on the first core that this process may use, the client on the last. On a busy machine give both
priority (chrt -f 10); what the machine did meanwhile is printed with each run.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop
from busy import watched

SERVER = Path(__file__).with_name("streaming_server.py")
MODEL = "bench"
FIRST_CORE, *_, LAST_CORE = sorted(os.sched_getaffinity(0))


@dataclass
class Server:
    """A running server, and what it said at its end."""

    port: int
    pid: int
    told: dict[str, Any] = field(default_factory=dict)

    def rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Client(asyncio.Protocol):
    """Asks one thing and notes when each event came."""

    def __init__(self, request: bytes, done: asyncio.Future[None]) -> None:
        self.request, self.done = request, done
        self.events, self.status = list[float](), b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now_s = time.monotonic()
        if not self.status:
            self.status = data[9:12]
        self.events += [now_s] * data.count(b'"content":"')
        if data.endswith(b"0\r\n\r\n"):
            self.finish()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.finish()

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


def request(tokens: int) -> bytes:
    asked = {
        "model": MODEL, "stream": True, "max_tokens": tokens, "ignore_eos": True, "seed": tokens,
        "messages": [{"role": "user", "content": "Tell me a story of some length."}],
    }  # fmt: skip
    body = json.dumps(asked).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


@contextmanager
def server(*options: str) -> Iterator[Server]:
    command = ["taskset", "-c", str(FIRST_CORE), sys.executable, str(SERVER), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        running = Server(int(process.stdout.readline()), process.pid)
        yield running
        process.stdin.close()
        running.told = json.loads(process.stdout.read())


async def streams(port: int, lengths: Sequence[int]) -> list[Client]:
    loop = asyncio.get_running_loop()
    clients = list[Client]()
    for tokens in lengths:
        client = Client(request(tokens), loop.create_future())
        clients.append(client)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    return clients


def shares(values: list[float]) -> str:
    values.sort()
    count = len(values)
    p50, p99, p999 = (values[min(count - 1, int(count * share))] for share in (0.5, 0.99, 0.999))
    return f"p50 {p50:6.2f}  p99 {p99:6.2f}  p99.9 {p999:6.2f}  max {values[-1]:6.2f} ms"


def lateness(count: int, tokens: int, profile: str | None) -> None:
    """Print how late tokens are at the server, and where the client sees them."""
    with server("--seqs", str(max(1024, count)), *(("--profile", profile) if profile else ())) as running:
        lengths = [tokens + number for number in range(count)]
        with watched(FIRST_CORE, {"server": (running.pid, FIRST_CORE), "client": (os.getpid(), LAST_CORE)}) as machine:
            clients = uvloop.run(streams(running.port, lengths))
    told = running.told
    steps = [step for step in told["steps"] if step[2] == max(step[2] for step in told["steps"])]
    left = [step[0] for step in told["steps"]]
    seen = list[float]()
    for length, client in zip(lengths, clients, strict=True):
        first = told["firsts"].get(str(length))
        if first is None:
            continue
        start = bisect_left(left, first - 0.002)
        del client.events[: len(client.events) - length]  # the opening of a chat holds no token
        seen += [(came - left[start + place]) * 1e3 for place, came in enumerate(client.events) if place < tokens]
    errors = sum(client.status != b"200" for client in clients)
    short = sum(len(client.events) != length for length, client in zip(lengths, clients, strict=True))
    cpu = (steps[-1][3] - steps[0][3]) / (steps[-1][0] - steps[0][0])
    print(
        f"{count:5} streams: {errors} errors, {short} cut short; {len(steps)} steps of all, {100 * cpu:.0f} % of a core"
    )
    print(f"   {machine.text}")
    print(f"   at the server  {shares([step[1] for step in steps])}   the last token of a step")
    print(f"   at the client  {shares(seen)}   each of {len(seen)} tokens")


async def endless(port: int, requests: int, at_once: int, quarter: Any) -> None:
    """Ask for as many answers, some at a time, each over a connection of its own; one in seven gives up."""
    loop, left = asyncio.get_running_loop(), iter(range(requests))

    async def ask() -> None:
        for number in left:
            client = Client(request(32 + number % 64), loop.create_future())
            transport, _ = await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
            if number % 7 == 0:
                await asyncio.sleep(0.001 * (number % 5))
            else:
                await client.done
            transport.abort()
            if number % (requests // 4) == 0:
                quarter(number)

    await asyncio.gather(*(ask() for _ in range(at_once)))


def memory(hours: float, speedup: float) -> None:
    """Print what the server holds over an hour of five requests a second."""
    with server("--speedup", str(speedup), "--itl", "25") as running:
        count = int(hours * 3600 * 5)
        start = time.monotonic()
        uvloop.run(
            endless(running.port, count, 64, lambda number: print(f"   {number:6} requests: {running.rss_mb():.1f} MB"))
        )
        took = time.monotonic() - start
        print(f"   {count:6} requests: {running.rss_mb():.1f} MB, {count / took:.0f} requests a second")
    print(
        f"   at the end {running.told['running']} requests are running; the most was {running.told['peak_mb']:.1f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, nargs="*", default=[250, 1000], help="so many at once")
    parser.add_argument("--tokens", type=int, default=400, help="of each stream, that are looked at")
    parser.add_argument("--repeats", type=int, default=3, help="runs; a busy machine spoils some")
    parser.add_argument("--hours", type=float, default=1.0, help="of load whose memory is shown; 0: none")
    parser.add_argument("--speedup", type=float, default=100.0, help="of that load")
    parser.add_argument("--profile", help="write a profile of the server there")
    options = parser.parse_args()
    os.sched_setaffinity(0, {LAST_CORE})
    for count in options.streams:
        for _ in range(options.repeats):
            lateness(count, options.tokens, options.profile)
    if options.hours:
        memory(options.hours, options.speedup)


if __name__ == "__main__":
    main()
