"""HTTP/1.1 for a client that measures: what is received is stamped before it is looked at. Connections are kept."""

import asyncio
import ssl
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, cast
from urllib.parse import urlsplit

import httptools

IDLE_S = 2.0
"""A connection that lay idle for longer is not used again: many servers close theirs after 5 s, and what is sent just
then is lost."""

MOST_PARTS = 64 << 20
"""More bytes than this in the headers and the body of one answer are none of a language model's."""


class Reply(Protocol):
    """What an answer is told to, as it comes."""

    def began(self, status: int) -> None:
        """Take the status: the headers are through."""

    def body(self, part: bytes, now_s: float) -> None:
        """Take a part of the body, received at a time of the monotonic clock."""

    def over(self, *, whole: bool, broken: bool, now_s: float) -> None:
        """Take the end: the `whole` answer came, or the connection ended before; `broken` if it was no HTTP."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and what stands before the paths of its API."""

    host: str
    port: int
    prefix: str
    secure: bool

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def address_of(url: str) -> Address:
    """Return the address in a URL, with or without `/v1`. Raises ValueError for what is none."""
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        raise ValueError(f'"{url}" is no address of a server') from None
    if parts.username or parts.password:
        raise ValueError("an address names no user; give --api-key")
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or "") or parts.query:
        raise ValueError(f'"{url}" is no address of a server; say http://localhost:8000')
    secure = parts.scheme == "https"
    prefix = parts.path.rstrip("/").removesuffix("/v1")
    return Address(parts.hostname or "", port or (443 if secure else 80), prefix, secure)


def _is_host(name: str) -> bool:
    try:
        return bool(name) and bool(name.encode("idna"))
    except UnicodeError:
        return False


class Connection(asyncio.Protocol):
    """One connection: a request at a time."""

    __slots__ = ("_now_s", "_parser", "_pool", "_reply", "_status", "_taken", "_transport", "idle_since_s")

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._transport: asyncio.Transport | None = None
        self._reply: Reply | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._status, self._taken, self._now_s, self.idle_since_s = 0, 0, 0.0, 0.0

    @property
    def closed(self) -> bool:
        """Tell whether it can send no more."""
        return self._transport is None or self._transport.is_closing()

    def send(self, request: bytes, reply: Reply) -> None:
        """Send a request, whose answer goes to `reply`."""
        self._reply, self._status, self._taken = reply, 0, 0
        self._parser = httptools.HttpResponseParser(self)
        if self._transport is not None:
            self._transport.write(request)

    def drop(self) -> None:
        """Close it at once; its reply hears no more."""
        self._reply = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Stamp what came, and take it apart."""
        self._now_s = monotonic()
        self._taken += len(data)
        if self._parser is None or self._reply is None:
            self.drop()  # nothing was asked
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end(whole=False, broken=True)
            self.drop()
        else:
            if self._taken > MOST_PARTS:
                self._end(whole=False, broken=True)
                self.drop()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # the transport's signature
        """Tell who still waits."""
        self._transport, self._now_s = None, monotonic()
        self._end(whole=False, broken=False)

    def on_headers_complete(self) -> None:
        """Pass the status on; 1xx are no answers."""
        if self._parser is not None and self._reply is not None:
            self._status = self._parser.get_status_code()
            if self._status >= 200:  # HTTP's
                self._reply.began(self._status)

    def on_body(self, part: bytes) -> None:
        """Pass a part on."""
        if self._reply is not None:
            self._reply.body(part, self._now_s)

    def on_message_complete(self) -> None:
        """Pass the end on, and keep the connection where the server does."""
        if self._parser is None or self._reply is None or self._status < 200:  # HTTP's
            return
        kept = self._parser.should_keep_alive()
        self._end(whole=True, broken=False)
        if kept and not self.closed:
            self._pool.give(self)
        elif self._transport is not None:
            self._transport.close()

    def _end(self, *, whole: bool, broken: bool) -> None:
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.over(whole=whole, broken=broken, now_s=self._now_s)


@dataclass(slots=True)
class Pool:
    """Connections to one server. The latest used is used first, so that few are kept."""

    address: Address
    tls: ssl.SSLContext | None = None
    _idle: list[Connection] = field(default_factory=list)

    def idle(self) -> Connection | None:
        """Return a connection that can send at once, if there is one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.closed:
                continue
            if monotonic() - connection.idle_since_s < IDLE_S:
                return connection
            connection.drop()
        return None

    async def connect(self) -> Connection:
        """Return a new connection. Raises OSError (TLS included) where there is none to be had."""
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(self), self.address.host, self.address.port, ssl=self.tls
        )
        return connection

    def give(self, connection: Connection) -> None:
        """Keep a connection whose answer is through."""
        connection.idle_since_s = monotonic()
        self._idle.append(connection)

    async def close(self) -> None:
        """Close those that lie idle. An event loop that ends with one open may not end at all."""
        while self._idle:
            self._idle.pop().drop()
        await asyncio.sleep(0)  # what is dropped is closed in the loop's next turn


def request_bytes(address: Address, method: str, path: str, body: bytes = b"", *, key: str = "") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {address.prefix}{path} HTTP/1.1", f"Host: {address.authority}", "Accept: */*"]
    lines.append("User-Agent: neuralnav-sim-load")
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True, eq=False)
class Whole:
    """A reply that is waited for whole: its status, 0 where none came, and its body."""

    done: asyncio.Future[None]
    status: int = 0
    parts: list[bytes] = field(default_factory=list)
    whole: bool = False

    def began(self, status: int) -> None:
        """Keep the status."""
        self.status = status

    def body(self, part: bytes, now_s: float) -> None:  # noqa: ARG002  # when does not matter
        """Keep a part."""
        self.parts.append(part)

    def over(self, *, whole: bool, broken: bool, now_s: float) -> None:  # noqa: ARG002  # when does not matter
        """Wake who waits."""
        self.whole = whole
        if not self.done.done():
            self.done.set_result(None)


async def fetch(pool: Pool, request: bytes, *, within_s: float) -> tuple[int, bytes]:
    """Return status and body of one request; the status is 0 when the answer broke off.

    Raises OSError without a connection and TimeoutError without an answer in time.
    """
    async with asyncio.timeout(within_s):
        connection = pool.idle() or await pool.connect()
        reply = Whole(asyncio.get_running_loop().create_future())
        connection.send(request, reply)
        try:
            await reply.done
        except asyncio.CancelledError:
            connection.drop()
            raise
    return (reply.status if reply.whole else 0), b"".join(reply.parts)
