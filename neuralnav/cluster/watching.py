"""A watch that goes on: resumed where it broke, begun anew where its place is forgotten, ended at its time."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NoReturn

from urllib3.exceptions import ReadTimeoutError

from neuralnav.cluster.api import ClusterError, Object
from neuralnav.cluster.failures import Asked, Stumble, broken, refusal, stumble, unauthorized
from neuralnav.cluster.transport import FAULTS, MAX_REPLY_BYTES, PAUSES, PIECE_BYTES, Request, Transport, opened

SILENT_SECONDS = 30.0
"""A stream that says nothing for so long is taken up anew: its connection may be dead, and asking costs little."""

BETWEEN_SECONDS = 0.1
"""Streams that a server ends at once are not asked for without a breath."""

Listed = Callable[[], tuple[list[Object], str]]


class _Expired(Exception):  # noqa: N818  # no error: the watch begins anew
    """The server no longer knows the place we stopped at."""


class Watch:
    """The objects of a collection as they are and as they change; see `Api.watch`."""

    def __init__(
        self, transport: Transport, asked: Asked, path: str, query: Mapping[str, str], listed: Listed, seconds: float
    ) -> None:
        """Watch `path` for so many seconds; `listed` gives the objects as they are and the version to go on from."""
        self._transport, self._asked, self._path, self._query, self._listed = transport, asked, path, query, listed
        self._ends = transport.waiting.now() + seconds
        self._seen: dict[str, Object] = {}
        self._version = ""

    def __iter__(self) -> Iterator[Object]:
        """Yield each object once as it is, then each change."""
        stumbles, renewed = 0, False
        yield from self._anew()
        ends = 0.0
        while self._left() > 0:
            login = self._transport.login
            try:
                for item in self._stream():
                    stumbles, renewed = 0, False
                    yield item
                stumbles = 0
                self._transport.waiting.sleep(max(0.0, min(BETWEEN_SECONDS, self._left())))
                continue
            except _Expired:
                yield from self._anew()
                continue
            except ClusterError as error:
                if error.cause != "unauthorized" or renewed:
                    raise
                self._transport.renew(login)
                renewed = True
                continue
            except _Broken as error:
                waiting = self._transport.waiting
                ends = waiting.now() + waiting.patience_seconds if stumbles == 0 else ends
                pause = PAUSES[min(stumbles, len(PAUSES) - 1)]
                stumbles += 1
                if self._left() > pause:
                    self._transport.rest(self._asked, error.stumble, pause, ends)
                else:
                    waiting.sleep(max(0.0, self._left()))

    def _left(self) -> float:
        return self._ends - self._transport.waiting.now()

    def _anew(self) -> Iterator[Object]:
        """List all there is; yield what is new or changed since it was last seen, and what has gone."""
        items, self._version = self._listed()
        before, self._seen = self._seen, {_uid(item): item for item in items}
        for uid, item in before.items():
            if uid not in self._seen:
                yield _deleted(item)
        for uid, item in self._seen.items():
            if _version(before.get(uid, {})) != _version(item):
                yield item

    def _stream(self) -> Iterator[Object]:
        """Yield changes until the server ends the stream or the time is up."""
        seconds = max(0.01, min(SILENT_SECONDS, self._left()))
        query = {
            **self._query, "watch": "true", "allowWatchBookmarks": "true", "resourceVersion": self._version,
            "timeoutSeconds": str(max(1, round(self._left()))),
        }  # fmt: skip
        request = Request(self._asked, self._path, query)
        login = self._transport.login
        began = False
        try:
            with opened(login, request, seconds) as answer:
                if answer.status != 200:
                    self._refused(answer.status, dict(answer.headers), answer.read(PIECE_BYTES))
                began = True
                for line in _lines(answer.stream(PIECE_BYTES)):
                    item = self._taken(*_event(line))
                    if item is not None:
                        yield item
                    if self._left() <= 0:
                        return
        except FAULTS as error:
            if began and isinstance(error, ReadTimeoutError):
                return  # nothing has changed for a while
            raise _Broken(broken(error, self._asked, login.access, seconds)) from error

    def _refused(self, status: int, headers: Mapping[str, str], content: bytes) -> NoReturn:
        """Raise what an answer that is no stream means."""
        headers = {key.lower(): value for key, value in headers.items()}
        access = self._transport.login.access
        if status == 410:
            raise _Expired
        if status == 401:
            raise unauthorized(self._asked, access, status)
        passing = stumble(status, headers, content)
        if passing is not None:
            raise _Broken(passing)
        raise refusal(self._asked, access, status, headers, content)

    def _taken(self, kind: str, item: Object) -> Object | None:
        """Take an event in; return the object it is about, None for what says only how far we are."""
        if kind == "ERROR":
            code = item.get("code")
            self._refused(code if isinstance(code, int) else 500, {}, json.dumps(item).encode())
        self._version = _version(item) or self._version
        if kind == "BOOKMARK":
            return None
        if kind == "DELETED":
            self._seen.pop(_uid(item), None)
            return _deleted(item)
        self._seen[_uid(item)] = item
        return dict(item)


class _Broken(Exception):  # noqa: N818  # no error: the watch is taken up again
    """The stream broke for a reason that passes."""

    def __init__(self, found: Stumble) -> None:
        self.stumble = found
        super().__init__(found.reason)


def _event(line: bytes) -> tuple[str, Object]:
    """Return the type of an event and its object. Raises `_Broken` for what is none."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        event = None
    item = event.get("object") if isinstance(event, dict) else None
    if isinstance(item, dict) and isinstance(item.get("metadata", {}), dict):
        return str(event.get("type")), item
    raise _Broken(Stumble("its watch says what no API server says, or broke off"))


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > MAX_REPLY_BYTES:
            raise _Broken(Stumble("a line of its watch never ends"))
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


def _deleted(item: Object) -> Object:
    metadata = item.get("metadata") or {}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**item, "metadata": {"deletionTimestamp": now, **metadata}}


def _uid(item: Object) -> str:
    metadata = item.get("metadata") or {}
    return str(metadata.get("uid") or f"{metadata.get('namespace')}/{metadata.get('name')}")


def _version(item: Object) -> str:
    return str((item.get("metadata") or {}).get("resourceVersion") or "")
