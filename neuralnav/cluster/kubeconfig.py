"""Which cluster is meant, and as whom: kubeconfig files as kubectl reads them, or the pod that we run in."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralnav.cluster.api import ClusterError

DEFAULT = "~/.kube/config"
POD_FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes puts a pod's token and the cluster's CA."""

IN_CLUSTER = "in-cluster"
"""The context's name where there is no kubeconfig and we run in a pod."""

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 40
SHOWN = 12

_PATHS = {"cluster": ("certificate-authority",), "user": ("client-certificate", "client-key", "tokenFile")}
"""What names a file beside the kubeconfig that says it."""

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Read(BaseModel):
    """What is read of a kubeconfig; other tools keep more in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Cluster(_Read):
    name: str
    cluster: dict[str, Any] | None = None


class _User(_Read):
    name: str
    user: dict[str, Any] | None = None


class _Pair(_Read):
    cluster: str
    user: str = ""
    namespace: str = ""


class _Context(_Read):
    name: str
    context: _Pair | None = None


class _File(_Read):
    current: str | None = Field(default="", alias="current-context")
    clusters: tuple[_Cluster, ...] | None = ()
    users: tuple[_User, ...] | None = ()
    contexts: tuple[_Context, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Access:
    """A context with what it leads to, as the kubeconfig says it; the paths in it are absolute.

    `file` is the kubeconfig that names the context, empty in a pod.
    """

    context: str
    file: str
    user_name: str
    cluster: Mapping[str, Any]
    user: Mapping[str, Any]
    namespace: str = ""

    @property
    def server(self) -> str:
        """The address of the server."""
        return str(self.cluster["server"]).rstrip("/")


@dataclass(slots=True)
class _Merged:
    """Several kubeconfigs as one: what comes first under a name counts, as for kubectl."""

    current: str = ""
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    contexts: dict[str, tuple[str, _Pair]] = field(default_factory=dict)


def read_access(
    *, kubeconfig: str = "", context: str = "", environment: Mapping[str, str] = os.environ, pod: Path = POD_FOLDER
) -> Access:
    """Return what a context leads to: of the file named, else of `$KUBECONFIG`, else of ~/.kube/config, else the pod's.

    Raises `ClusterError` where there is none, where a file is broken, and where the context is not in it.
    """
    places = _places(kubeconfig, environment)
    found = [path for path in places if path.is_file()]
    if not found and not kubeconfig:
        if environment.get("KUBERNETES_SERVICE_HOST") and (pod / "token").is_file():
            return _of_pod(context, environment, pod)
        raise _none(places, environment)
    if not found:
        raise ClusterError(kubeconfig, "there is no kubeconfig here", "name another file with --kubeconfig")
    merged = _Merged()
    for path in found:
        _merge(merged, path)
    return _chosen(merged, context, found)


def _places(kubeconfig: str, environment: Mapping[str, str]) -> list[Path]:
    listed = [kubeconfig] if kubeconfig else environment.get("KUBECONFIG", "").split(os.pathsep)
    named = [text for text in listed if text] or [DEFAULT]
    home = environment.get("HOME", "")
    return [Path(home + text[1:] if text.startswith("~/") and home else text).expanduser() for text in named]


def _none(places: Sequence[Path], environment: Mapping[str, str]) -> ClusterError:
    looked = ", ".join(str(path) for path in places)
    because = "$KUBECONFIG" if environment.get("KUBECONFIG") else "$KUBECONFIG is not set"
    return ClusterError(
        "kubeconfig",
        f"no cluster is known: there is no kubeconfig at {looked} ({because}), and this is no pod of a cluster",
        "name one with --kubeconfig FILE, or let your provider write one "
        "(`aws eks update-kubeconfig`, `gcloud container clusters get-credentials`, `kind export kubeconfig`)",
    )


def _of_pod(context: str, environment: Mapping[str, str], pod: Path) -> Access:
    if context:
        raise ClusterError(
            "kubeconfig", f"there is no context {context!r}: without a kubeconfig, a pod knows its own cluster only",
            "leave --context out",
        )  # fmt: skip
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment.get("KUBERNETES_SERVICE_PORT") or "443"
    address = f"[{host}]" if ":" in host else host
    cluster = {"server": f"https://{address}:{port}", "certificate-authority": str(pod / "ca.crt")}
    space = pod / "namespace"
    named = space.read_text(encoding="utf-8").strip() if space.is_file() else ""
    return Access(IN_CLUSTER, "", "", cluster, {"tokenFile": str(pod / "token")}, named)


def _merge(merged: _Merged, path: Path) -> None:
    read = _read(path)
    merged.current = merged.current or read.current or ""
    for item in read.clusters or ():
        merged.clusters.setdefault(item.name, _absolute(item.cluster or {}, _PATHS["cluster"], path))
    for user in read.users or ():
        merged.users.setdefault(user.name, _absolute(user.user or {}, _PATHS["user"], path))
    for context in read.contexts or ():
        if context.context is not None:
            merged.contexts.setdefault(context.name, (str(path), context.context))


def _read(path: Path) -> _File:
    mend = "mend it, or name another with --kubeconfig"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ClusterError(str(path), f"a kubeconfig is no larger than {MAX_BYTES:,} bytes", mend)
        content = path.read_bytes()
        _measure(path, content)
        found = yaml.load(content, Loader=Loader)  # noqa: S506  # a safe loader, in C where there is one
        return _File.model_validate(found if found is not None else {})
    except OSError as error:
        raise ClusterError(str(path), f"the kubeconfig cannot be read: {error.strerror}", mend) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ClusterError(where, f"the kubeconfig is no YAML: {error.problem}", mend) from error
    except yaml.YAMLError as error:
        raise ClusterError(str(path), f"the kubeconfig is no YAML: {_line(str(error))}", mend) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = f"{place}: {first['msg']}" if place else "it holds no mapping at its top"
        raise ClusterError(str(path), f"this is no kubeconfig: {said}", mend) from error


def _measure(path: Path, content: bytes) -> None:
    """Raise `ClusterError` for what is nested so deeply that the loader in C would take the process down."""
    depth = 0
    for event in yaml.parse(content, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = event.start_mark
            where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
            raise ClusterError(where, f"this is no kubeconfig: it is nested more than {MAX_DEPTH} deep", "mend it")


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _absolute(entry: Mapping[str, Any], keys: Sequence[str], path: Path) -> dict[str, Any]:
    folder = path.absolute().parent
    paths: dict[str, Any] = {key: str(folder / str(entry[key])) for key in keys if entry.get(key)}
    command = entry.get("exec")
    if isinstance(command, dict) and "/" in str(command.get("command", "")):
        paths["exec"] = {**command, "command": str(folder / str(command["command"]))}
    return {**entry, **paths}


def _chosen(merged: _Merged, context: str, files: Sequence[Path]) -> Access:
    name = context or merged.current
    if name not in merged.contexts:
        raise _no_context(name, context, list(merged.contexts), files)
    file, pair = merged.contexts[name]
    if pair.cluster not in merged.clusters:
        raise ClusterError(
            file, f"context {name!r} is of cluster {pair.cluster!r}, which is not in the kubeconfig",
            "mend it with `kubectl config set-cluster`, or choose another with --context",
        )  # fmt: skip
    if pair.user and pair.user not in merged.users:
        raise ClusterError(
            file, f"context {name!r} is of user {pair.user!r}, which is not in the kubeconfig",
            "mend it with `kubectl config set-credentials`, or choose another with --context",
        )  # fmt: skip
    cluster = merged.clusters[pair.cluster]
    server = cluster.get("server")
    if not isinstance(server, str) or not _is_address(server):
        raise ClusterError(
            file, f"cluster {pair.cluster!r} has no address: server is {server!r}",
            f"`kubectl config set-cluster {pair.cluster} --server=https://...`",
        )  # fmt: skip
    return Access(name, file, pair.user, cluster, merged.users.get(pair.user, {}), pair.namespace)


def _is_address(server: str) -> bool:
    try:
        parts = urlsplit(server)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _no_context(name: str, asked: str, known: Sequence[str], files: Sequence[Path]) -> ClusterError:
    where = os.pathsep.join(str(path) for path in files)
    if not known:
        return ClusterError(where, "the kubeconfig holds no context", "name another file with --kubeconfig")
    shown = ", ".join(sorted(known)[:SHOWN]) + (f" and {len(known) - SHOWN} more" if len(known) > SHOWN else "")
    if not name:
        return ClusterError(where, "the kubeconfig has no current context", f"choose one with --context: {shown}")
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    said = f"there is no context {name!r}" if asked else f"the current context {name!r} is not in it"
    return ClusterError(where, said, f"{meant}it holds {shown}")
