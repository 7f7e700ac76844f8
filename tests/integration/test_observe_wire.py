"""The way to a Prometheus: what is sent to whom, what is waited for, and how each failure reads."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.prometheus import Access, Prometheus, Sample, access_of, prometheus_at
from neuralnav.cluster.prometheus_wire import HttpWire
from neuralnav.cluster.scraped import Window, scraped

pytestmark = pytest.mark.integration

VECTOR = {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [1, "7"]}]}}
SEVEN = (Sample({"a": "b"}, 7.0),)
Answer = tuple[int, object, Mapping[str, str]]


@dataclass
class Site:
    """A server on loopback that answers what it is told to, and notes what it is asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str, Mapping[str, list[str]]]] = field(default_factory=list)

    def then(self, status: int, body: object = VECTOR, **headers: str) -> "Site":
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))
        return self


@contextmanager
def site(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    here = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            here.asked.append((self.path, self.headers.get("authorization", ""), parse_qs(text)))
            status, body, headers = here.answers.pop(0) if here.answers else (200, VECTOR, {})
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(content)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    here.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asking(
    url: str, environment: Mapping[str, str] | None = None, *, patience: float = 60.0
) -> Iterator[tuple[Prometheus, list[float]]]:
    """A client that waits in no time, and the pauses that it made."""
    access, pauses = access_of(url, environment or {}), list[float]()
    wire = HttpWire.to(access, patience_seconds=patience, say=lambda _: None)
    wire.sleep, wire.clock = pauses.append, lambda: sum(pauses)
    try:
        yield Prometheus(access.base, wire), pauses
    finally:
        wire.close()


def failure(server: Prometheus) -> tuple[str, str, str]:
    with pytest.raises(ClusterError) as caught:
        server.query("up", 5.0)
    return caught.value.cause, caught.value.message, caught.value.hint


def test_a_query_is_a_form_below_the_path_of_the_address() -> None:
    with site() as here, asking(f"{here.url}/select/0/prometheus/") as (server, _):
        assert server.query("up", 1_700_000_000.5) == SEVEN
    assert here.asked == [
        ("/select/0/prometheus/api/v1/query", "", {"query": ["up"], "time": ["1700000000.500"]}),
    ]


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({"NEURALNAV_PROMETHEUS_TOKEN": "sesame"}, "Bearer sesame"),
        ({"NEURALNAV_PROMETHEUS_USER": "me", "NEURALNAV_PROMETHEUS_PASSWORD": "sésame"}, "Basic bWU6c8Opc2FtZQ=="),
    ],
)
def test_who_asks_comes_from_the_environment(environment: Mapping[str, str], header: str) -> None:
    with site() as here, asking(here.url, environment) as (server, _):
        server.query("up", 5.0)
    assert [who for _, who, _ in here.asked] == [header]


def test_a_redirect_is_followed_but_the_secret_goes_to_no_other_host() -> None:
    with site() as there, site() as here, asking(here.url, {"NEURALNAV_PROMETHEUS_TOKEN": "sesame"}) as (server, _):
        here.then(307, b"", location="/moved/api/v1/query").then(302, b"", location=f"{there.url}/x")
        assert server.query("up", 5.0) == SEVEN
    assert [(path, who) for path, who, _ in here.asked] == [
        ("/api/v1/query", "Bearer sesame"), ("/moved/api/v1/query", "Bearer sesame"),
    ]  # fmt: skip
    assert [(path, who, form["query"]) for path, who, form in there.asked] == [("/x", "", ["up"])]


def test_answers_that_point_in_a_circle_end() -> None:
    with site() as here, asking(here.url) as (server, _):
        for _ in range(9):
            here.then(307, b"", location="/again")
        assert failure(server) == ("other", "its answers point on and on", "give the address where they end")
    assert len(here.asked) == 4


def test_what_passes_is_waited_for() -> None:
    with site() as here, asking(here.url) as (server, pauses):
        here.then(503, b"starting").then(429, b"", retry_after="7").then(502, b"<html>").then(200)
        assert server.query("up", 5.0) == SEVEN
    assert pauses == [0.5, 7.0, 2.0]


def test_patience_ends_and_is_one_for_all_questions() -> None:
    with site() as here, asking(here.url, patience=10.0) as (server, pauses):
        for _ in range(20):
            here.then(503, b"")
        assert failure(server) == ("busy", "HTTP 503", "try again later")
        assert pauses == [0.5, 1.0, 2.0, 4.0]
        failure(server)
        assert pauses[4:] == [0.5, 1.0]


def test_an_answer_renews_patience_and_waiting_is_told_now_and_then() -> None:
    with site() as here, asking(here.url, patience=10.0) as (server, pauses):
        said = list[str]()
        assert isinstance(server.wire, HttpWire)
        server.wire.say = said.append
        for _ in range(3):
            for _ in range(4):
                here.then(503, b"")
            here.then(200)
            server.query("up", 5.0)
        assert pauses == 3 * [0.5, 1.0, 2.0, 4.0]
        assert said == 3 * [f"waiting for {here.url}: HTTP 503"]


def test_a_server_that_is_not_there_is_waited_for_and_then_told() -> None:
    with site() as here:
        url = here.url
    with asking(url, patience=4.0) as (server, pauses):
        cause, message, hint = failure(server)
    assert (cause, pauses) == ("unreachable", [0.5, 1.0, 2.0])
    assert message == "it cannot be reached: the connection was refused"
    assert hint == "is it running, and reachable from here? `kubectl port-forward` gives a way into a cluster"


def test_a_server_that_hangs_from_the_start_takes_no_longer_than_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralnav.cluster.prometheus_wire.FIRST_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with asking(address, patience=0.0) as (server, _):
            cause, message, hint = failure(server)
    assert (cause, message) == ("unreachable", "no answer within 0.05 s")
    assert hint.startswith("is it running")


@pytest.mark.parametrize("text", ["+Inf", "-Inf", "NaN", "1e308", "abc"])
def test_what_is_no_number_to_count_with_is_left_out(text: str) -> None:
    points = [[1, "1"], [2, text], [3, "3"]]
    with site() as here, asking(here.url) as (server, _):
        here.then(200, _data("vector", [{"metric": {}, "value": [1, text]}, {"metric": {"a": "b"}, "value": [1, "2"]}]))
        assert [one.value for one in server.query("up", 5.0)] == [2.0]
        here.then(200, _data("matrix", [{"metric": {}, "values": points}]))
        assert server.raw("up[1m]", 5.0)[0].points == ((1.0, 1.0), (3.0, 3.0))


def _data(kind: str, result: object) -> object:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


STRANGE_ANSWERS: list[tuple[Callable[[Prometheus], object], object]] = [
    *((lambda it: it.query("up", 5.0), [{"metric": {}, "value": value}]) for value in (None, [], [1], [1e300, "1"])),
    *((lambda it: it.raw("up", 5.0), [{"metric": {}, "values": value}]) for value in (None, [None], [[1e300, "1"]])),
    *((lambda it: it.now(), value) for value in (None, [1, "Inf"], [1, "NaN"], [1, "1e300"], [1, "-1"])),
]


@pytest.mark.parametrize(("ask", "result"), STRANGE_ANSWERS)
def test_what_prometheus_never_says_is_told(ask: Callable[[Prometheus], object], result: object) -> None:
    with site() as here, asking(here.url) as (server, _):
        here.then(200, _data("any", result))
        with pytest.raises(ClusterError, match="not what Prometheus answers"):
            ask(server)


SCRAPES = [{"metric": {}, "values": [[at, "1"] for at in range(0, 3600, 30)]}]


@pytest.mark.parametrize("answers", [[VECTOR, _data("matrix", [])], [VECTOR, _data("matrix", SCRAPES), _data("v", [])]])
def test_a_server_that_forgets_what_it_told_is_told(answers: list[object]) -> None:
    with site() as here, asking(here.url) as (server, _):
        for body in answers:
            here.then(200, body)
        with pytest.raises(ClusterError, match="do not fit together"):
            scraped(server, 'job="llm/chat"', Window(0.0, 3600.0))


def error(kind: str, said: str) -> object:
    return {"status": "error", "errorType": kind, "error": said}


REFUSALS: dict[str, tuple[Answer, tuple[str, str, str]]] = {
    "bad query": (
        (400, error("bad_data", "1:3: parse\n error"), {}),
        ("invalid", "Prometheus cannot answer: 1:3: parse error", "check --selector"),
    ),
    "too much": (
        (422, error("execution", "query processing would load too many samples into memory"), {}),
        ("invalid", "Prometheus cannot answer: query processing would load too many samples into memory",
         "a shorter --window asks for less"),
    ),
    "too long": (
        (503, error("timeout", "query timed out in expression evaluation"), {}),
        ("busy", "Prometheus cannot answer: query timed out in expression evaluation",
         "a shorter --window asks for less"),
    ),
    "no credentials": (
        (401, b"Unauthorized", {}),
        ("unauthorized", "HTTP 401: it wants credentials, or others",
         "set $NEURALNAV_PROMETHEUS_TOKEN, or ..._USER and ..._PASSWORD"),
    ),
    "forbidden": (
        (403, {"error": "no access to tenant"}, {}),
        ("forbidden", "HTTP 403: these credentials may not ask it: no access to tenant",
         "the account needs to read metrics"),
    ),
    "another path": (
        (404, b"404 page not found", {}),
        ("other", "HTTP 404: there is no Prometheus at this path", "give its whole address, such as http://HOST/prometheus"),
    ),
    "a login": (
        (200, b"<!doctype html><title>Sign in</title>", {"content-type": "text/html"}),
        ("other", "the answer is a web page, not what Prometheus answers",
         "is the path right, or does a login stand before it? A token or a port-forward gets past one"),
    ),
    "another server": (
        (200, {"hello": "world"}, {}),
        ("other", "the answer is not what Prometheus answers", "is this the address of a Prometheus?"),
    ),
    "another shape": (
        (200, {"status": "success", "data": {"resultType": "vector", "result": [{"value": [1, "2"]}]}}, {}),
        ("other", "the answer is not what Prometheus answers", "is this the address of a Prometheus?"),
    ),
    "nested without end": (
        (200, b"[" * 100_000, {}),
        ("other", "the answer is no JSON, not what Prometheus answers",
         "is the path right, or does a login stand before it? A token or a port-forward gets past one"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_no_answer_is_told(name: str) -> None:
    (status, body, headers), told = REFUSALS[name]
    with site() as here, asking(here.url) as (server, pauses):
        here.then(status, body, **{key.replace("-", "_"): value for key, value in headers.items()})
        assert failure(server) == told
    assert pauses == []


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralnav.cluster.prometheus_wire.MOST_BYTES", 1024 * 1024)
    with site() as here, asking(here.url) as (server, _):
        here.then(200, b" " * 3_000_000)
        assert failure(server) == ("other", "the answer is larger than 1 MiB", "ask for a shorter --window")


def test_warnings_of_a_partial_answer_are_kept_once() -> None:
    with site() as here, asking(here.url) as (server, _):
        for _ in range(2):
            here.then(
                200, {**VECTOR, "warnings": ["no store matched\nthis query"], "infos": ["might not be a counter"]}
            )
            server.query("up", 5.0)
        assert list(server.warnings) == ["no store matched this query"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_certificate_is_checked_and_its_authority_can_be_named(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with site(tls) as here:
        with asking(here.url) as (server, pauses):
            cause, message, hint = failure(server)
        assert (cause, pauses) == ("unreachable", [])
        assert message == "its certificate is not trusted: self-signed certificate"
        assert hint == "name the file of its authority in $NEURALNAV_PROMETHEUS_CA"
        with asking(here.url, {"NEURALNAV_PROMETHEUS_CA": str(certificate)}) as (server, _):
            assert server.query("up", 5.0) == SEVEN


def refused(act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(ClusterError) as caught:
        act()
    return caught.value.where, caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("prometheus:9090", '"prometheus:9090" is no address'),
        ("ftp://host", '"ftp://host" is no address'),
        ("http://", '"http://" is no address'),
        ("http://host:port", '"http://host:port" is no address'),
        ("http://ho st", '"http://ho st" is no address'),
        ("http://me:sesame@host", "the address holds more than a host and a path"),
        ("http://host/?query=up", "the address holds more than a host and a path"),
    ],
)
def test_what_is_no_address_is_refused(url: str, message: str) -> None:
    assert refused(lambda: access_of(url, {}))[1] == message


def test_a_secret_is_not_sent_in_the_clear_nor_shown() -> None:
    environment = {"NEURALNAV_PROMETHEUS_TOKEN": "sesame"}
    assert refused(lambda: access_of("http://prometheus.monitoring:9090", environment)) == (
        "http://prometheus.monitoring:9090", "a secret is not sent in the clear",
        "give an https address, or a port-forward on 127.0.0.1",
    )  # fmt: skip
    assert "sesame" not in repr(access_of("https://host", environment))
    both = {**environment, "NEURALNAV_PROMETHEUS_PASSWORD": "too"}
    assert refused(lambda: access_of("https://host", both))[1] == (
        "both $NEURALNAV_PROMETHEUS_TOKEN and $NEURALNAV_PROMETHEUS_PASSWORD are set"
    )


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    access = Access("https://host", ca_file=str(tmp_path / "ca.pem"))
    where, message, hint = refused(lambda: prometheus_at(access))
    assert (where, message.split(":")[0]) == (str(tmp_path / "ca.pem"), "these certificates cannot be read")
    assert hint == "give a file of PEM certificates"
