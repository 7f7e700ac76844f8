"""Prometheus's HTTP API, as Prometheus, Thanos and Mimir speak it: queries at a moment and over time."""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.prometheus_replies import Reply, body_of, refusal

TOKEN, USER, PASSWORD, TENANT, CA_FILE = (
    f"NEURALNAV_PROMETHEUS_{name}" for name in ("TOKEN", "USER", "PASSWORD", "TENANT", "CA")
)
"""The variables that say who asks, and whom to trust."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_WARNINGS = 5

MOST = 1e18
"""No count, sum or level of an engine is as large: such a value is left out, like one that is not finite."""

LAST_SECOND = 1e11
"""No sample is as late, in seconds since 1970: in some thousand years."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a Prometheus is and who asks it. `base` has no trailing slash; `tenant` is Mimir's."""

    base: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    tenant: str = ""
    ca_file: str = ""

    @property
    def secret(self) -> bool:
        """Tell whether requests carry something that nobody else may read."""
        return bool(self.token or self.password)


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of a series at a moment."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """The values of a series in order of time, each with its time in seconds since 1970."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class Wire(Protocol):
    """How questions get to a server and answers back; `prometheus_wire.HttpWire` is one."""

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """Return the answer to a form, whatever its status. Raises `ClusterError` where there is none."""

    def close(self) -> None:
        """Let go of the connections."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server that answers queries; what it warns of is kept in `warnings`, each once."""

    base: str
    wire: Wire
    warnings: dict[str, None] = field(default_factory=dict)

    def query(self, expression: str, at: float) -> tuple[Sample, ...]:
        """Return what an expression is at a time, in order of labels. A value that is no finite number is left out."""
        data = self._ask("query", {"query": expression, "time": f"{at:.3f}"})
        samples = [
            Sample(_labels(item), _point(self.base, item["value"])[1]) for item in _list(self.base, data, "value")
        ]
        return tuple(sorted((one for one in samples if not math.isnan(one.value)), key=_by_labels))

    def raw(self, selector: str, at: float) -> tuple[Series, ...]:
        """Return the samples of a range selector, as they were scraped."""
        return self._series(self._ask("query", {"query": selector, "time": f"{at:.3f}"}))

    def over_time(self, expression: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Return what an expression is at `start` and every step from there, up to `end`."""
        form = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        return self._series(self._ask("query_range", form))

    def now(self) -> float:
        """Return the time by its own clock, in seconds since 1970."""
        data = self._ask("query", {"query": "time()"})
        point = data.get("result") if isinstance(data, dict) else None
        return _second(self.base, point[1] if isinstance(point, list) and len(point) == 2 else None)

    def close(self) -> None:
        """Let go of the connections."""
        self.wire.close()

    def _ask(self, path: str, form: Mapping[str, str]) -> Any:  # JSON
        reply = self.wire.post(f"/api/v1/{path}", form)
        body = body_of(reply)
        if body is None or body.get("status") != "success":
            raise refusal(self.base, reply, body)
        told = body.get("warnings")
        for warning in told if isinstance(told, list) else []:
            if len(self.warnings) < MOST_WARNINGS:
                self.warnings[" ".join(str(warning).split())[:300]] = None
        return body.get("data")

    def _series(self, data: Any) -> tuple[Series, ...]:  # JSON
        found = []
        for item in _list(self.base, data, "values"):
            values = item["values"] if isinstance(item["values"], list) else [None]
            points = tuple(_point(self.base, value) for value in values)
            found.append(Series(_labels(item), tuple(point for point in points if not math.isnan(point[1]))))
        return tuple(sorted(found, key=_by_labels))


def access_of(url: str, environment: Mapping[str, str] = os.environ) -> Access:
    """Return how to reach a Prometheus by its URL, path included, with the credentials of the environment.

    Raises `ClusterError` for what is no address of a server, for credentials in it, and for a secret that would go in
    the clear.
    """
    parts = urlsplit(url)
    try:
        named, _ = parts.hostname, parts.port
    except ValueError:
        named = None
    if parts.scheme not in ("http", "https") or not named or any(sign.isspace() for sign in url):
        raise ClusterError(
            "--prometheus", f'"{_shown(url)}" is no address', "write it like http://HOST:9090 or https://HOST/PATH"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ClusterError(
            "--prometheus",
            "the address holds more than a host and a path",
            f"put credentials into ${TOKEN}, or ${USER} and ${PASSWORD}",
        )
    access = Access(
        url.rstrip("/").removesuffix("/api/v1"), environment.get(TOKEN, ""), environment.get(USER, ""),
        environment.get(PASSWORD, ""), environment.get(TENANT, ""), environment.get(CA_FILE, ""),
    )  # fmt: skip
    if access.token and access.password:
        raise ClusterError("--prometheus", f"both ${TOKEN} and ${PASSWORD} are set", "set one of them")
    if access.secret and parts.scheme == "http" and named not in LOOPBACK:
        hint = "give an https address, or a port-forward on 127.0.0.1"
        raise ClusterError(access.base, "a secret is not sent in the clear", hint)
    return access


def _unsaid(_: str) -> None:
    """Keep what is waited for to ourselves."""


def prometheus_at(access: Access, *, patience_seconds: float = 60, say: Callable[[str], None] = _unsaid) -> Prometheus:
    """Return the server under an address; nothing is asked yet. `say` is told what is waited for.

    Raises `ClusterError` where the extra `cluster` is not installed, or the file of certificates cannot be used.
    """
    try:  # here, as httpx is not installed everywhere and takes 0.1 s to import
        from neuralnav.cluster.prometheus_wire import HttpWire
    except ModuleNotFoundError as error:
        message = f"this needs the Python package {error.name}"
        raise ClusterError("observe", message, 'pip install "neuralnav[cluster]"') from None
    return Prometheus(access.base, HttpWire.to(access, patience_seconds=patience_seconds, say=say))


def _shown(url: str) -> str:
    return url if len(url) <= 100 else f"{url[:97]}..."


def _strange(base: str) -> ClusterError:
    return ClusterError(base, "the answer is not what Prometheus answers", "is this the address of a Prometheus?")


def _list(base: str, data: Any, key: str) -> Sequence[Mapping[str, Any]]:  # JSON
    """Return the series of an answer, each of which holds labels and what `key` names."""
    found = data.get("result") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(
        isinstance(i, dict) and key in i and isinstance(i.get("metric"), dict) for i in found
    ):
        raise _strange(base)
    return found


def _labels(item: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in sorted(item["metric"].items())}


def _by_labels(item: Sample | Series) -> list[tuple[str, str]]:
    return list(item.labels.items())


def _point(base: str, pair: object) -> tuple[float, float]:
    """Return a time and a value; the value is NaN where it is nothing to count with."""
    if not isinstance(pair, list) or len(pair) != 2:
        raise _strange(base)
    return _second(base, pair[0]), _number(pair[1])


def _second(base: str, text: object) -> float:
    found = _number(text)
    if not 0 <= found < LAST_SECOND:
        raise _strange(base)
    return found


def _number(text: object) -> float:
    try:
        found = float(str(text))
    except ValueError:
        return math.nan
    return found if abs(found) < MOST else math.nan
