"""What a request that failed means, and the sentence with its fix: the words of every `ClusterError`."""

import email.utils
import errno
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from neuralnav.cluster.api import Cause, ClusterError, Kind, Owner
from neuralnav.cluster.credentials import login_hint
from neuralnav.cluster.kubeconfig import Access
from neuralnav.cluster.server_clock import date_of
from neuralnav.model.plain_text import printable

RBAC = "examples/rbac of NeuralNav has the roles that its verbs need"
SAID = 600

INSTALL: Mapping[str, str] = {
    "serving.kserve.io": "install KServe (https://kserve.github.io/website; examples/kind shows how)",
    "monitoring.coreos.com": "install the Prometheus operator, or compile with `deploy: {monitoring: none}`",
    "keda.sh": "install KEDA, or compile without `autoscaling: {prometheus: ...}`",
}
"""What brings the kinds of a group into a cluster."""

_USER = re.compile(r'User "([^"]*)" cannot (\w+) resource "([^"]*)"')
_MANAGER = re.compile(r'conflict with "([^"]*)"')


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is about: the HTTP method, Kubernetes' verb for it, the kind, the namespace, the object's name."""

    method: str
    verb: str
    kind: Kind
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return it as errors name the place."""
        if self.name:
            return f"{self.kind.kind} {self.namespace}/{self.name}".replace(" /", " ")
        return f"{self.kind.plural} in {self.namespace}" if self.namespace else self.kind.plural


@dataclass(frozen=True, slots=True)
class Stumble:
    """A failure that passes: why, how long the server asks to wait, and whether it may have done what was asked."""

    reason: str
    after_seconds: float = 0.0
    unsure: bool = False
    cause: Cause = "unreachable"
    status: int = 0
    hint: str = ""


def broken(error: Exception, asked: Asked, access: Access, seconds: float) -> Stumble:
    """Return what passes of a request without an answer. Raises `ClusterError` for what does not."""
    match error:
        case ProxyError():
            return _proxied(error, access)
        case SSLError() | ssl.SSLError():
            raise _untrusted(error, asked, access)
        case NameResolutionError():
            return _unresolved(error, asked, access)
        case ConnectTimeoutError() if not isinstance(error, NewConnectionError):
            return Stumble("it does not answer", hint=_reach(access))
        case NewConnectionError():
            return Stumble(_system(error), hint=_reach(access))
        case ReadTimeoutError():
            return Stumble(f"no answer in {seconds:.0f} s", unsure=True, hint=_reach(access))
        case LocationParseError():
            said = f"the request cannot be sent to {access.server}: {_short(str(error))}"
            raise ClusterError(str(asked), said, "mend the address in the kubeconfig") from error
        case ValueError():  # it may quote the token, so nothing of it is told, nor kept
            said = f"the credentials of context {access.context!r} hold characters that cannot be sent"
            raise ClusterError(str(asked), said, login_hint(access), cause="unauthorized") from None
        case _:
            return Stumble(_system(error), unsure=True, hint=_reach(access))


def _reach(access: Access) -> str:
    where = f" (context {access.context!r} of {access.file})" if access.file else ""
    return f"is {access.server} the right cluster, and does it run?{where}"


def _system(error: BaseException) -> str:
    """Return the system's word for what broke, however deep it lies."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _WORDS:
            return _WORDS[seen.errno]
        inner = [item for item in seen.args if isinstance(item, BaseException)]
        seen = seen.__cause__ or (inner[0] if inner else seen.__context__)
    text = str(error)
    return next((word for sign, word in _SIGNS if sign in text), _short(text))


_WORDS: Mapping[int | None, str] = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ETIMEDOUT: "it does not answer",
}
_SIGNS = (
    ("Connection refused", "connection refused"),
    ("Connection reset", "connection reset"),
    ("Remote end closed", "it closed the connection"),
    ("IncompleteRead", "the answer broke off"),
    ("Response ended prematurely", "the answer broke off"),
    ("InvalidChunkLength", "the answer broke off"),
)


def _unresolved(error: NameResolutionError, asked: Asked, access: Access) -> Stumble:
    cause = error.__cause__
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN:
        return Stumble("its name cannot be resolved just now", hint=_reach(access))
    raise ClusterError(
        str(asked), f"the name of {access.server} is unknown to the DNS", _reach(access), cause="unreachable"
    ) from error


def _proxied(error: ProxyError, access: Access) -> Stumble:
    proxy = access.cluster.get("proxy-url") or "$HTTPS_PROXY"
    hint = f"mend {proxy}, or name the server in $NO_PROXY"
    return Stumble(f"by the proxy of {proxy}: {_system(error)}", hint=hint)


def _untrusted(error: Exception, asked: Asked, access: Access) -> ClusterError:
    text = str(error)
    for sign, said, hint, cause in _TLS:
        if sign in text:
            named = f"context {access.context!r}"
            return ClusterError(str(asked), f"{access.server} {said}", hint.format(named=named), cause=cause)
    return ClusterError(
        str(asked), f"no TLS with {access.server}: {_short(text)}",
        f"check the certificates of context {access.context!r}", cause="unreachable",
    )  # fmt: skip


_TLS: tuple[tuple[str, str, str, Cause], ...] = (
    ("ostname mismatch", "shows a certificate for another name",
     "use the name that it is for, or set tls-server-name for the cluster of {named}", "unreachable"),
    ("IP address mismatch", "shows a certificate for another address",
     "use the name that it is for, or set tls-server-name for the cluster of {named}", "unreachable"),
    ("certificate has expired", "shows a certificate that has expired",
     "renew it; if it is valid, set this machine's clock", "unreachable"),
    ("not yet valid", "shows a certificate that is not valid yet", "set this machine's clock", "unreachable"),
    ("CERTIFICATE_VERIFY_FAILED", "shows a certificate that is not signed by the CA of the kubeconfig",
     "get the kubeconfig anew, or set certificate-authority for the cluster of {named}", "unreachable"),
    ("WRONG_VERSION_NUMBER", "speaks no TLS", "is it http://, or is a proxy in between?", "unreachable"),
    ("lert", "refuses our client certificate", "get fresh credentials for {named}", "unauthorized"),
)  # fmt: skip
"""What OpenSSL says, and what it means: the first sign that is found counts."""


def stumble(status: int, headers: Mapping[str, str], content: bytes, *, now: float | None = None) -> Stumble | None:
    """Return what passes of an answer: busy, restarting, overtaken by another writer. None for what stands."""
    said = _message(content)
    sent = date_of(headers)
    ours = time.time() if now is None else now
    after = after_seconds(headers, sent.timestamp() if sent else ours)
    if status == 429:
        return Stumble(f"429 too many requests{_colon(said)}", after, cause="busy", status=status, hint=_BUSY)
    if status >= 500 and not _is_invalid(status, content):
        return Stumble(f"{status}{_colon(said)}", after, unsure=True, cause="busy", status=status, hint=_BUSY)
    if status == 409 and not _is_final_conflict(content):
        return Stumble(f"409 another writer was first{_colon(said)}", after, cause="conflict", status=status)
    return None


_BUSY = "run it again later, or wait longer with --patience"


def after_seconds(headers: Mapping[str, str], now: float) -> float:
    """Return what a Retry-After asks for, be it seconds or a date; 0 where it asks for nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, IndexError):
        return 0.0


def worn_out(asked: Asked, server: str, last: Stumble, patience_seconds: float) -> ClusterError:
    """Return the error for a server that stumbles for longer than we wait."""
    within = f" in {patience_seconds:g} s" if patience_seconds else ""
    if last.after_seconds > patience_seconds:
        said = f"{server} asks to wait {last.after_seconds:.0f} s, and we wait {patience_seconds:g} s: {last.reason}"
    elif last.status:
        said = f"{server} did not recover{within}: {last.reason}"
    else:
        said = f"{server} cannot be reached{within}: {last.reason}"
    return ClusterError(str(asked), said, last.hint, cause=last.cause, status=last.status)


def unauthorized(asked: Asked, access: Access, status: int) -> ClusterError:
    """Return the error for credentials that do not count, fresh as they are."""
    who = f"user {access.user_name!r}" if access.user_name else "we"
    verb = "is" if access.user_name else "are"
    return ClusterError(
        str(asked), f"{who} {verb} unknown to {access.server}: the credentials of context {access.context!r} "
        "have expired or are not for this cluster", login_hint(access), cause="unauthorized", status=status,
    )  # fmt: skip


def refusal(asked: Asked, access: Access, status: int, headers: Mapping[str, str], content: bytes) -> ClusterError:
    """Return the error for an answer that no waiting mends."""
    found = _status(content)
    if not found and not is_bare_404(status, content):
        return stranger(asked, access, status, headers, content)
    said = _message(content) or f"HTTP {status}"
    match status:
        case 403:
            return _forbidden(asked, access, said)
        case 404:
            return absent(asked, said, found)
        case 409 if owners := _owners(found):
            named = ", ".join(sorted({item.manager for item in owners}))
            return ClusterError(
                str(asked), f"fields of it belong to {named}: {', '.join(item.field for item in owners)}",
                "", cause="conflict", status=status, owners=owners,
            )  # fmt: skip
        case 409:
            return ClusterError(str(asked), said, "", cause="conflict", status=status)
        case 410:
            return ClusterError(str(asked), said, "", cause="gone", status=status)
        case _ if _is_invalid(status, content):
            return ClusterError(str(asked), "; ".join(_invalid(found, said)), _INVALID, cause="invalid", status=status)
        case _:
            return ClusterError(str(asked), f"HTTP {status}: {said}", "", status=status)


_INVALID = "the cluster's release knows other fields than the manifests: compare versions (docs/manifests.md)"


def _forbidden(asked: Asked, access: Access, said: str) -> ClusterError:
    match = _USER.search(said)
    if match is None:  # a quota, a webhook, a namespace that goes: not a matter of roles
        return ClusterError(str(asked), f"refused: {said}", "", cause="forbidden", status=403)
    user, verb, resource = match.groups()
    group = asked.kind.group
    named = f"{resource}.{group}" if group else resource
    scope = f"in namespace {asked.namespace}" if asked.namespace else "in the whole cluster"
    return ClusterError(
        str(asked), f"{user} may not {verb} {named} {scope}",
        f"ask for a role that may (context {access.context!r}); {RBAC}", cause="forbidden", status=403,
    )  # fmt: skip


def absent(asked: Asked, said: str, found: Mapping[str, Any]) -> ClusterError:
    """Return the error for what is not there: the kind, the namespace, or the object."""
    details = _details(found)
    if details.get("kind") == "namespaces" and asked.kind.plural != "namespaces":
        return ClusterError(
            str(asked), f"there is no namespace {asked.namespace}", f"kubectl create namespace {asked.namespace}",
            cause="no-namespace", status=404,
        )  # fmt: skip
    if details.get("name"):
        return ClusterError(str(asked), said, "", cause="other", status=404)
    kind = asked.kind
    return ClusterError(
        str(asked), f"the cluster does not know {kind.kind} of {kind.api_version}",
        INSTALL.get(kind.group, "is this a Kubernetes API server of a current release?"), cause="no-kind", status=404,
    )  # fmt: skip


def is_absent_object(status: int, content: bytes) -> bool:
    """Tell whether an answer says that the object is not there, its kind being known."""
    details = _details(_status(content))
    return status == 404 and bool(details.get("name")) and details.get("kind") != "namespaces"


def stranger(asked: Asked, access: Access, status: int, headers: Mapping[str, str], content: bytes) -> ClusterError:
    """Return the error for an answer that is not a Kubernetes API server's."""
    if 300 <= status < 400:
        target = headers.get("location", "elsewhere")
        said = f"{access.server} points to {target[:200]}: that is a login page or a proxy, no API server"
    else:
        kind = headers.get("content-type", "").partition(";")[0] or "no type"
        text = _title(content)
        said = f"{access.server} answers HTTP {status} with {kind}, not as an API server does{_colon(text)}"
    hint = f"mend the address of context {access.context!r}, or its proxy"
    return ClusterError(str(asked), said, hint, status=status)


def _title(content: bytes) -> str:
    text = content[:4096].decode(errors="replace")
    found = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    return _short(found[1] if found else re.sub(r"<[^>]*>", " ", text), 120)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _status(content: bytes) -> dict[str, Any]:
    found = _json(content)
    return found if isinstance(found, dict) and found.get("kind") == "Status" else {}


def _message(content: bytes) -> str:
    return _short(str(_status(content).get("message") or ""))


def is_bare_404(status: int, content: bytes) -> bool:
    """Tell whether a path is unknown: its kind, not only its object, is not there."""
    if status != 404 or content.startswith(b"404 page not found"):
        return status == 404
    found = _json(content)
    return isinstance(found, dict) and "paths" in found  # what an API server without core kinds says of theirs


def _is_invalid(status: int, content: bytes) -> bool:
    """Tell whether the object is at fault; a wrong type in an apply is answered with 500."""
    return status in (400, 422) or (status == 500 and b"failed to create typed patch object" in content)


def _is_final_conflict(content: bytes) -> bool:
    found = _status(content)
    return bool(_owners(found)) or re.search(r"UID in (the )?precondition", str(found.get("message"))) is not None


def _causes(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    causes = _details(found).get("causes")
    return [item for item in causes if isinstance(item, dict)] if isinstance(causes, list) else []


def _details(found: Mapping[str, Any]) -> Mapping[str, Any]:
    details = found.get("details")
    return details if isinstance(details, dict) else {}


def _owners(found: Mapping[str, Any]) -> tuple[Owner, ...]:
    owned = []
    for item in _causes(found):
        match = _MANAGER.search(str(item.get("message")))
        if item.get("reason") == "FieldManagerConflict" and match:
            owned.append(Owner(match[1], str(item.get("field"))))
    return tuple(owned)


def _invalid(found: Mapping[str, Any], said: str) -> Iterator[str]:
    causes = [item for item in _causes(found) if item.get("field")]
    if not causes:
        yield said
    for item in causes:
        yield f"{item['field']}: {_short(str(item.get('message')))}"


def _colon(text: str) -> str:
    return f": {text}" if text else ""


def _short(text: str, most: int = SAID) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"
