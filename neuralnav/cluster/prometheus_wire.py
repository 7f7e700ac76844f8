"""Forms over HTTP: kept connections, redirects without the secret, patience with what passes, bounds on what comes."""

import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.openai import why_of
from neuralnav.cluster.prometheus import Access
from neuralnav.cluster.prometheus_replies import Reply, is_answered

MOST_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 150.0
"""Prometheus itself gives a query up after two minutes."""

FIRST_SECONDS = 10.0
"""How long the first answer may take at least: it is asked for the time, and patience bounds the wait for it."""

REDIRECTS = 3
_ON = frozenset({301, 302, 307, 308})
"""Redirects that are followed with the form: a query changes nothing, so it may be asked anywhere."""

LONGEST_PAUSE = 8.0
SAID_EVERY = 5.0
"""Seconds between two words of what is waited for."""


@dataclass(frozen=True, slots=True)
class _Silence:
    """No answer: why, and whether asking again may help."""

    why: str
    hint: str
    passes: bool


@dataclass(slots=True)
class HttpWire:
    """A client of one server, which is waited for up to `patience_seconds` from when it last answered.

    Several threads may ask at once: they wait side by side.
    """

    access: Access
    client: httpx.Client
    patience_seconds: float
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _answered: bool = False
    _failing_since: float | None = None
    _said_at: float = -SAID_EVERY

    @classmethod
    def to(cls, access: Access, *, patience_seconds: float, say: Callable[[str], None]) -> "HttpWire":
        """Return the wire to a server. Raises `ClusterError` for a file of certificates that cannot be used."""
        try:
            verify = ssl.create_default_context(cafile=access.ca_file) if access.ca_file else True
        except (OSError, ssl.SSLError) as error:
            message = f"these certificates cannot be read: {str(error).lower()}"
            raise ClusterError(access.ca_file, message, "give a file of PEM certificates") from None
        return cls(access, httpx.Client(verify=verify), patience_seconds, say)

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """Return the answer to a form, whatever its status. Raises `ClusterError` where there is none.

        A server that cannot be reached, stumbles (5xx) or is busy (429) is asked again, while patience lasts.
        """
        pause = 0.5
        while True:
            found, asked_to_wait = self._follow(self.access.base + path, form)
            again = found.passes if isinstance(found, _Silence) else _passes(found)
            wait = min(pause, LONGEST_PAUSE) if asked_to_wait is None else asked_to_wait
            if not again or not self._may_wait(wait):
                if isinstance(found, _Silence):
                    raise ClusterError(self.access.base, found.why, found.hint, cause="unreachable")
                if not again:
                    self._failing_since = None
                return found
            self._tell(found.why if isinstance(found, _Silence) else f"HTTP {found.status}")
            self.sleep(wait)
            pause *= 2

    def _may_wait(self, seconds: float) -> bool:
        """Tell whether patience lasts for so much longer."""
        now = self.clock()
        if self._failing_since is None:
            self._failing_since = now
        return now + seconds <= self._failing_since + self.patience_seconds

    def _tell(self, why: str) -> None:
        """Say what is waited for, now and then."""
        now = self.clock()
        if now - self._said_at >= SAID_EVERY:
            self._said_at = now
            self.say(f"waiting for {self.access.base}: {why}")

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    def _follow(self, url: str, form: Mapping[str, str]) -> tuple[Reply | _Silence, float | None]:
        """Return the answer where the redirects end, and for how many seconds the server asks not to be asked."""
        first = max(FIRST_SECONDS, self.patience_seconds)
        seconds = ANSWER_SECONDS if self._answered else min(ANSWER_SECONDS, first)
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        for _ in range(REDIRECTS + 1):
            try:
                with self.client.stream(
                    "POST", url, data=dict(form), headers=self._identity(url), timeout=timeout
                ) as answer:
                    if answer.status_code not in _ON or "location" not in answer.headers:
                        reply = self._read(answer, seconds)
                        self._answered = True
                        return reply, _after(answer.headers.get("retry-after", ""))
                    url = self._target(url, answer.headers["location"])
            except httpx.HTTPError as error:
                return _silence(error, seconds, first=not self._answered), None
        raise ClusterError(self.access.base, "its answers point on and on", "give the address where they end")

    def _identity(self, url: str) -> dict[str, str]:
        """Return the headers that tell who asks: they go to the address that was given, and to no other."""
        access = self.access
        if _origin(url) not in (_origin(access.base), _secured(access.base)):
            return {}
        headers = {"X-Scope-OrgID": access.tenant} if access.tenant else {}
        if access.token:
            headers["Authorization"] = f"Bearer {access.token}"
        elif access.user or access.password:
            pair = b64encode(f"{access.user}:{access.password}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        return headers

    def _target(self, url: str, location: str) -> str:
        target = urljoin(url, location)
        schemes = urlsplit(url).scheme, urlsplit(target).scheme
        if schemes[1] not in ("http", "https") or schemes == ("https", "http"):
            raise ClusterError(self.access.base, "the answer points to an address that is not https")
        return target

    def _read(self, answer: httpx.Response, seconds: float) -> Reply:
        """Return the body, up to a bound in size and time."""
        parts, size, until = [], 0, time.monotonic() + seconds
        for part in answer.iter_bytes():
            size += len(part)
            parts.append(part)
            if size > MOST_BYTES:
                message = f"the answer is larger than {MOST_BYTES // 1024 // 1024} MiB"
                raise ClusterError(self.access.base, message, "ask for a shorter --window")
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the answer does not end")
        return Reply(answer.status_code, answer.headers.get("content-type", ""), b"".join(parts))


def _passes(reply: Reply) -> bool:
    """Tell whether asking again may help."""
    return reply.status == 429 or (reply.status >= 500 and not is_answered(reply))


def _silence(error: httpx.HTTPError, seconds: float, *, first: bool) -> _Silence:
    """Return what an exchange without an answer means."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = f"its certificate is not trusted: {cause.verify_message}"
            return _Silence(why, "name the file of its authority in $NEURALNAV_PROMETHEUS_CA", passes=False)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout):
        return _Silence(f"no connection within {CONNECT_SECONDS:.0f} s", _REACH, passes=True)
    if isinstance(error, httpx.TimeoutException):
        hint = _REACH if first else "a shorter --window asks for less"
        return _Silence(f"no answer within {seconds:.3g} s", hint, passes=False)
    said = " ".join(why_of(error).split())
    return _Silence(f"it cannot be reached: {said}", _REACH, passes=isinstance(error, httpx.TransportError))


_REACH = "is it running, and reachable from here? `kubectl port-forward` gives a way into a cluster"


def _after(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _secured(url: str) -> tuple[str, str]:
    """Return the same host over https, on its usual port: where a server sends who asks it in the clear."""
    return "https", urlsplit(url).hostname or ""
