"""What a Prometheus, or what stands before it, answers when it does not answer the question: as sentences."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neuralnav.cluster.api import Cause, ClusterError


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its content type and its body."""

    status: int
    content_type: str
    body: bytes


_STATUSES: Mapping[int, tuple[Cause, str, str]] = {
    401: (
        "unauthorized",
        "it wants credentials, or others",
        "set $NEURALNAV_PROMETHEUS_TOKEN, or ..._USER and ..._PASSWORD",
    ),
    403: ("forbidden", "these credentials may not ask it", "the account needs to read metrics"),
    404: ("other", "there is no Prometheus at this path", "give its whole address, such as http://HOST/prometheus"),
    405: ("other", "it takes no query by POST", "ask the Prometheus itself, not a proxy that only reads"),
    413: ("invalid", "the query is too long for what stands before it", "ask the Prometheus itself"),
    429: ("busy", "it is too busy for longer than we wait", "try again later"),
}
_KINDS: Mapping[str, tuple[Cause, str]] = {
    "bad_data": ("invalid", "check --selector"),
    "execution": ("invalid", "a shorter --window asks for less"),
    "timeout": ("busy", "a shorter --window asks for less"),
    "canceled": ("busy", "a shorter --window asks for less"),
    "unavailable": ("busy", "try again later"),
    "internal": ("other", "its own log says more"),
}
"""Prometheus's `errorType`: what it means, and what helps."""


def body_of(reply: Reply) -> Mapping[str, Any] | None:  # JSON
    """Return the JSON object that an answer is, or None."""
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_answered(reply: Reply) -> bool:
    """Tell whether it was Prometheus itself that failed at this question: asking again is of no use."""
    body = body_of(reply)
    return body is not None and body.get("status") == "error" and body.get("errorType") not in ("unavailable", None)


def refusal(base: str, reply: Reply, body: Mapping[str, Any] | None) -> ClusterError:
    """Return the error for an answer that is no success."""
    said = str(body.get("error", "")) if body else ""
    kind = str(body.get("errorType", "")) if body else ""
    status = reply.status
    if kind in _KINDS and status not in (401, 403):
        cause, hint = _KINDS[kind]
        return ClusterError(base, f"Prometheus cannot answer: {_line(said) or kind}", hint, cause=cause, status=status)
    if status in _STATUSES:
        cause, message, hint = _STATUSES[status]
        return ClusterError(base, f"HTTP {status}: {message}{_said(said)}", hint, cause=cause, status=status)
    if 200 <= status < 300 and body is None:
        what = "a web page" if _is_page(reply) else "no JSON"
        hint = "is the path right, or does a login stand before it? A token or a port-forward gets past one"
        return ClusterError(base, f"the answer is {what}, not what Prometheus answers", hint, status=status)
    if 200 <= status < 300:
        message = f"the answer is not what Prometheus answers{_said(said)}"
        return ClusterError(base, message, "is this the address of a Prometheus?", status=status)
    hint = "try again later" if status >= 500 else "is this the address of a Prometheus?"
    cause = "busy" if status >= 500 else "other"
    return ClusterError(base, f"HTTP {status}{_said(said)}", hint, cause=cause, status=status)


def _is_page(reply: Reply) -> bool:
    return "html" in reply.content_type or reply.body.lstrip()[:1] == b"<"


def _said(text: str) -> str:
    return f": {_line(text)}" if text else ""


def _line(text: str) -> str:
    shown = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return shown if len(shown) <= 300 else f"{shown[:297]}..."
