"""What a front is: objects, faults, rules, tokens, and the requests it saw."""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from api_server import ApiServer
from core_store import CoreStore

USER = "tester"
Fault = int | Literal["reset", "cut", "lost", "hang"]
"""A status; or `reset`: no answer; `cut`: half of one; `lost`: it is done, but not answered; `hang`: silence."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request in the words of RBAC, as the front saw it."""

    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    user: str
    method: str
    target: str
    dry_run: bool = False

    @property
    def needed(self) -> tuple[str, str]:
        """The verb and the resource with its group, as roles name them."""
        return self.verb, f"{self.resource}.{self.group}" if self.group else self.resource


@dataclass(slots=True)
class Planned:
    """A fault that is still to happen."""

    pattern: re.Pattern[str]
    fault: Fault
    left: int
    headers: Mapping[str, str]
    body: bytes | None
    method: str


@dataclass(slots=True)
class FrontState:
    """What the threads of a front share: the objects, who may do what, what is to fail, what was asked."""

    server: ApiServer | None = None
    tls: Path | None = None
    """A folder with a certificate `serving.crt` and its key, for a front that speaks TLS."""

    store: CoreStore = field(default_factory=CoreStore)
    seen: list[Seen] = field(default_factory=list)
    implied: list[Seen] = field(default_factory=list)
    """What roles must allow besides: an apply of what is not there creates it."""

    tokens: dict[str, str] = field(default_factory=dict)
    backends: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where the proxy of a service leads, by namespace and name: a URL."""

    rules: list[tuple[str, Mapping[str, Any]]] | None = None
    """What USER may do: rules of roles, each with its namespace (empty: all); None: everything."""

    ahead_seconds: float = 0.0
    """How far its clock is ahead of this machine's."""

    port: int = 0
    planned: list[Planned] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def fault_for(self, method: str, target: str) -> Planned | None:
        """Take the fault that is planned for a request."""
        for item in self.planned:
            if item.left > 0 and item.method in ("", method) and item.pattern.search(target):
                item.left -= 1
                return item
        return None

    def allowed(self, seen: Seen) -> bool:
        """Tell whether the rules let a request pass."""
        return self.rules is None or any(
            space in ("", seen.namespace)
            and _in(seen.verb, rule["verbs"])
            and _in(seen.group, rule["apiGroups"])
            and _in(seen.resource, rule["resources"])
            and (not rule.get("resourceNames") or seen.name in rule["resourceNames"])
            for space, rule in self.rules
        )


def _in(word: str, listed: Sequence[str]) -> bool:
    return word in listed or "*" in listed
