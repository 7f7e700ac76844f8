"""A cluster on loopback: the real API server for custom resources, a dict for core kinds, and faults on demand."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from api_server import ApiServer
from core_store import KINDS, Object
from front_requests import Listener
from front_state import USER, Fault, FrontState, Planned

from neuralnav.cluster.api import KINDS as KNOWN


@dataclass(slots=True)
class Front(FrontState):
    """The cluster. `kubeconfig` is the file that leads to it, as USER with a token; requests are kept in `seen`."""

    folder: Path = Path()
    _listener: Listener | None = None
    _tokens: int = 0

    @property
    def url(self) -> str:
        """The address of the API server."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig: one context `front`."""
        return self.folder / "kubeconfig"

    @property
    def token(self) -> str:
        """The token that counts now."""
        return f"token-{self._tokens}"

    def write_kubeconfig(self, path: Path | None = None, **user: object) -> Path:
        """Write the kubeconfig, with other credentials than the token if they are given."""
        path = path or self.kubeconfig
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "front",
            "clusters": [{"name": "front", "cluster": {"server": self.url}}],
            "users": [{"name": USER, "user": user or {"token": self.token}}],
            "contexts": [{"name": "front", "context": {"cluster": "front", "user": USER}}],
        }  # fmt: skip
        path.write_text(yaml.safe_dump(config))
        return path

    def expire(self) -> None:
        """Let the token count no longer; the kubeconfig still says it until `write_kubeconfig`."""
        self._tokens += 1
        self.tokens = {self.token: USER}

    def renew(self, part: Path) -> None:
        """Put a new token into the kubeconfig, by way of `part`, then let the old one count no longer."""
        self._tokens += 1
        self.write_kubeconfig(part).replace(self.kubeconfig)
        self.tokens = {self.token: USER}

    def fail(
        self, pattern: str, fault: Fault, times: int = 1, headers: Mapping[str, str] | None = None, *,
        body: bytes | None = None, method: str = "",
    ) -> None:  # fmt: skip
        """Let the next requests whose path and query match a pattern fail, so many times."""
        self.planned.append(Planned(re.compile(pattern), fault, times, headers or {}, body, method))

    def enforce(self, *roles: Mapping[str, Any]) -> None:
        """Let USER do only what these Roles and ClusterRoles say, each bound where it is."""
        self.rules = [
            (str(role["metadata"].get("namespace", "")) if role["kind"] == "Role" else "", rule)
            for role in roles
            for rule in role["rules"]
        ]

    def forbid(self) -> None:
        """Let USER do nothing."""
        self.rules = []

    def put(self, item: Object, *, manager: str = "test") -> Object:
        """Create or update an object of any kind, as an administrator or a controller of that name would."""
        api_version, kind = item["apiVersion"], item["kind"]
        core = next((key for key, value in KINDS.items() if value == (api_version, kind)), None)
        if core is not None:
            return self.store.put(core[1], item, manager=manager)
        assert self.server is not None
        path = _custom_path(kind, item["metadata"].get("namespace", ""), item["metadata"]["name"], api_version)
        found = self.server.call("GET", path)
        query = f"?fieldManager={manager}"
        if found[0] == 404:
            status, made = self.server.call("POST", path.rpartition("/")[0] + query, item)
        else:
            status, made = self.server.call("PATCH", path + query, item, "application/merge-patch+json")
        assert status in (200, 201), made
        return made

    def take(self, kind: str, namespace: str, name: str) -> Object | None:
        """Return an object as it is on the server, or None."""
        core = next((key for key, value in KINDS.items() if value[1] == kind), None)
        if core is not None:
            return self.store.objects.get((core[1], namespace, name))
        assert self.server is not None
        status, found = self.server.call("GET", _custom_path(kind, namespace, name))
        return found if status == 200 else None

    def remove(self, kind: str, namespace: str, name: str) -> None:
        """Delete an object as an administrator."""
        core = next((key for key, value in KINDS.items() if value[1] == kind), None)
        if core is not None:
            self.store.delete(core[0], core[1], namespace, name, {})
        else:
            assert self.server is not None
            self.server.call("DELETE", _custom_path(kind, namespace, name))

    def add_namespace(self, name: str) -> None:
        """Create a namespace."""
        self.store.put("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def set_status(self, kind: str, namespace: str, name: str, status: Object) -> Object:
        """Give a custom resource a status, as its controller does."""
        assert self.server is not None
        path = _custom_path(kind, namespace, name) + "/status?fieldManager=controller"
        code, found = self.server.call("PATCH", path, {"status": status}, "application/merge-patch+json")
        assert code == 200, found
        return found

    def ready(self, kind: str, namespace: str, name: str, *, url: str = "", reason: str = "") -> Object:
        """Let a service be ready; not ready for a reason, if one is given. The generation is observed."""
        found = self.take(kind, namespace, name)
        assert found is not None, f"no {kind} {namespace}/{name}"
        types = {"InferenceService": ("PredictorReady", "IngressReady", "Ready")}.get(
            kind, ("WorkloadsReady", "RouterReady", "Ready")
        )
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        conditions = [
            {"type": item, "status": "False" if reason else "True", "lastTransitionTime": stamp,
             **({"reason": reason, "message": f"{reason}: {name}"} if reason else {})}
            for item in types
        ]  # fmt: skip
        status: Object = {"conditions": conditions, "observedGeneration": found["metadata"].get("generation", 1)}
        if url or not reason:
            status["url"] = url or f"http://{name}.{namespace}.example.com"
        return self.set_status(kind, namespace, name, status)

    def kill(self) -> None:
        """End the API server in the middle of what it does: connections break, new ones are refused."""
        if self._listener is not None:
            self._listener.end()
            self._listener = None
        if self.server is not None:
            self.server.kill()

    def drop(self) -> None:
        """Break the connections that are open, as a proxy does that restarts; new ones are taken."""
        if self._listener is not None:
            self._listener.drop()

    def start(self) -> None:
        """Start it again at the same address over the same objects."""
        if self.server is not None and self.server.process is not None and self.server.process.poll() is not None:
            self.server.start()
        if self._listener is None:
            self._listener = Listener(self)
            self.port = self._listener.server_address[1]
            threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def restart_after(self, seconds: float) -> threading.Timer:
        """Kill it now, and start it again in so many seconds, in a thread of its own; `join` it."""
        self.kill()
        timer = threading.Timer(seconds, self.start)
        timer.daemon = True
        timer.start()
        return timer

    def clear(self) -> None:
        """Make it a new, empty cluster whose token counts and that fails nowhere."""
        self.released.set()
        self.start()
        self.planned.clear()
        self.backends.clear()
        self.rules = None
        self.ahead_seconds = 0.0
        self.store.clear()
        if self.server is not None:
            for kind, (group, version, plural) in CUSTOM.items():
                if self.server.call("GET", f"/apis/{group}/{version}/{plural}")[1].get("items"):
                    self._empty(kind, group, version, plural)
        self.expire()
        self.write_kubeconfig()
        self.seen.clear()
        self.implied.clear()
        self.released.clear()

    def _empty(self, kind: str, group: str, version: str, plural: str) -> None:
        assert self.server is not None
        for item in self.server.call("GET", f"/apis/{group}/{version}/{plural}")[1]["items"]:
            space, name = item["metadata"]["namespace"], item["metadata"]["name"]
            self.server.call("DELETE", _custom_path(kind, space, name))

    def end(self) -> None:
        """Close it for good; the API server itself is its starter's."""
        self.released.set()
        if self._listener is not None:
            self._listener.end()
            self._listener = None


CUSTOM: Mapping[str, tuple[str, str, str]] = {
    **{item.kind: (item.group, item.version, item.plural) for item in KNOWN.values()
       if item.group in ("serving.kserve.io", "monitoring.coreos.com")},
    "ScaledObject": ("keda.sh", "v1alpha1", "scaledobjects"),
    "ServiceMonitor": ("monitoring.coreos.com", "v1", "servicemonitors"),
}  # fmt: skip
"""What the real API server serves: the group, version and plural of each kind."""


def _custom_path(kind: str, namespace: str, name: str, api_version: str = "") -> str:
    group, version, plural = CUSTOM[kind]
    version = api_version.rpartition("/")[2] or version
    return f"/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}"


@contextlib.contextmanager
def fronted(folder: Path, server: ApiServer | None = None, tls: Path | None = None) -> Iterator[Front]:
    """Give a front, started, with its kubeconfig written, and end it."""
    front = Front(server, tls, folder=folder)
    front.start()
    front.clear()
    try:
        yield front
    finally:
        front.end()
