"""Who we are to a cluster: tokens from files, and the login command (exec plugin) that a kubeconfig names."""

import base64
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.kubeconfig import Access

LOGIN_SECONDS = 180.0
"""How long a login command may take: some wait for a person at a browser."""

SAID_BYTES = 400


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Variable(_Seen):
    name: str
    value: str = ""


class _Command(_Seen):
    """What a kubeconfig says of a login command: client.authentication.k8s.io."""

    command: str
    api_version: str = Field(alias="apiVersion")
    args: tuple[str, ...] | None = ()
    env: tuple[_Variable, ...] | None = ()
    hint: str | None = Field(default="", alias="installHint")
    cluster_too: bool | None = Field(default=False, alias="provideClusterInfo")
    interactive: str | None = Field(default="IfAvailable", alias="interactiveMode")


class _Status(_Seen):
    token: str = ""
    certificate: str = Field(default="", alias="clientCertificateData")
    key: str = Field(default="", alias="clientKeyData")


class _Credential(_Seen):
    api_version: str = Field(alias="apiVersion")
    status: _Status


def resolved_user(access: Access, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the user of a context with its credentials in it: files of tokens read, its login command run.

    Raises `ClusterError` where a file is absent or the command fails.
    """
    user = dict(access.user)
    if user.get("token"):
        return user
    if user.get("tokenFile"):
        token = _token(Path(str(user.pop("tokenFile"))), access)
        return {**user, "token": token}
    if "exec" in user:
        return {**{key: value for key, value in user.items() if key != "exec"}, **_asked(access, environment)}
    return user


def login_hint(access: Access) -> str:
    """Return how a person gets fresh credentials for a context."""
    user = access.user
    if "exec" in user and isinstance(user["exec"], dict):
        words = [str(user["exec"].get("command", "")), *map(str, user["exec"].get("args") or ())]
        return f"log in anew as your provider says; the login command is `{shlex.join(words)}`"
    if not access.file:
        return "the pod's service account is unknown to this server: restart the pod"
    named = f"user {access.user_name!r} in {access.file}" if access.user_name else f"a user in {access.file}"
    if user.get("token") or user.get("tokenFile"):
        return f"give {named} a fresh token"
    if user.get("client-certificate") or user.get("client-certificate-data"):
        return f"give {named} a fresh client certificate"
    if "auth-provider" in user:
        return f"log in anew: {named} has an auth provider, which kubectl dropped for login commands (exec plugins)"
    return f"give {named} credentials: a token, a client certificate or a login command"


def _token(path: Path, access: Access) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise _refused(access, f"the token file {path} cannot be read: {said}", login_hint(access)) from error
    if not token:
        raise _refused(access, f"the token file {path} is empty", login_hint(access))
    return token


def _asked(access: Access, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what the login command answers, in the words of a kubeconfig."""
    try:
        command = _Command.model_validate(access.user["exec"])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(
            access, f"the login command of user {access.user_name!r} is not well formed: {place}: {first['msg']}",
            "mend `exec` in the kubeconfig",
        ) from None  # fmt: skip
    shown = shlex.join([command.command, *(command.args or ())])
    text = _run(access, command, shown, environment)
    try:
        found = _Credential.model_validate_json(text)
    except ValidationError:
        raise _refused(
            access, f"the login command `{shown}` answers with no ExecCredential", "run it by hand"
        ) from None
    if found.api_version != command.api_version:
        raise _refused(
            access, f"the login command `{shown}` answers in {found.api_version}, asked for {command.api_version}",
            "set `apiVersion` under `exec` in the kubeconfig to what it speaks",
        )  # fmt: skip
    status = found.status
    if status.certificate and status.key:
        pair = {"client-certificate-data": _encoded(status.certificate), "client-key-data": _encoded(status.key)}
        return {**pair, **({"token": status.token} if status.token else {})}
    if not status.token:
        raise _refused(access, f"the login command `{shown}` gives neither a token nor a certificate", "run it by hand")
    return {"token": status.token}


def _run(access: Access, command: _Command, shown: str, environment: Mapping[str, str]) -> bytes:
    person = sys.stdin is not None and sys.stdin.isatty() and command.interactive != "Never"
    spec: dict[str, Any] = {"interactive": person}
    if command.cluster_too:
        spec["cluster"] = _cluster_info(access)
    information = json.dumps({"apiVersion": command.api_version, "kind": "ExecCredential", "spec": spec})
    extra = {item.name: item.value for item in command.env or ()}
    try:
        done = subprocess.run(  # noqa: S603  # the kubeconfig's owner chose it, as for kubectl
            [command.command, *(command.args or ())],
            env={**environment, **extra, "KUBERNETES_EXEC_INFO": information},
            stdin=None if person else subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=None if person else subprocess.PIPE, timeout=LOGIN_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        hint = " ".join((command.hint or "").split()) or "install it, or choose another context"
        raise _refused(
            access, f"the login command {command.command!r} of user {access.user_name!r} is not installed", hint
        ) from None
    except subprocess.TimeoutExpired:
        raise _refused(
            access, f"the login command `{shown}` gave no answer in {LOGIN_SECONDS:.0f} s", "run it by hand"
        ) from None
    except OSError as error:
        raise _refused(access, f"the login command `{shown}` cannot be run: {error.strerror}", "") from error
    if done.returncode:
        said = " ".join((done.stderr or b"").decode(errors="replace").split())[-SAID_BYTES:]
        raise _refused(
            access, f"the login command `{shown}` failed (exit {done.returncode}){': ' + said if said else ''}",
            login_hint(access),
        )  # fmt: skip
    return done.stdout


_TOLD = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")


def _cluster_info(access: Access) -> dict[str, Any]:
    """Return the cluster as login commands are told of it."""
    known = access.cluster
    found = {key: known[key] for key in _TOLD if known.get(key)}
    for item in known.get("extensions") or ():
        if isinstance(item, dict) and item.get("name") == "client.authentication.k8s.io/exec":
            found["config"] = item.get("extension")
    return found


def _encoded(text: str) -> str:
    return base64.standard_b64encode(text.encode()).decode()


def _refused(access: Access, message: str, hint: str) -> ClusterError:
    return ClusterError(access.file or access.context, message, hint, cause="unauthorized")
