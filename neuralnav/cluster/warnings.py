"""Which warning events are about a workload, told once each. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from neuralnav.cluster.api import Object
from neuralnav.model.lock import Deployment
from neuralnav.model.status_report import ReportedEvent
from neuralnav.model.workload import Target

STEMS: Mapping[str, str] = {"InferenceService": "-predictor", "LLMInferenceService": "-kserve"}
"""What KServe puts behind a service's name in the names of what it makes for it."""

BESIDE = ("HorizontalPodAutoscaler", "ScaledObject", "PodDisruptionBudget", "PodMonitor", "NetworkPolicy")
"""Kinds of objects that have the service's own name."""

MOST = 20
"""Up to so many different warnings of a workload are kept, the newest."""

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def events_by_service(events: Iterable[Object], deployments: Sequence[Deployment]) -> dict[str, list[Object]]:
    """Return the events about each service of a namespace, and about what KServe made for it, by the service's name.

    Where an object's name fits two services, it belongs to the longer name.
    """
    found = {item.name: list[Object]() for item in deployments}
    targets = {item.name: item.target for item in deployments}
    for event in events:
        about = event.get("involvedObject") or {}
        owner = _owner(str(about.get("kind") or ""), str(about.get("name") or ""), targets)
        if owner:
            found[owner].append(event)
    return found


def _owner(kind: str, name: str, targets: Mapping[str, Target]) -> str:
    """Return the service that an object is, or was made for; empty where it is none of these."""
    if name in targets and kind in (targets[name], *BESIDE):
        return name
    starts = [(name[:at], stem) for stem in STEMS.values() for at in _places(name, stem)]
    return next((head for head, stem in sorted(starts, reverse=True) if STEMS.get(targets.get(head, "")) == stem), "")


def _places(name: str, stem: str) -> Iterator[int]:
    """Yield where in a name a stem stands as a whole word, from the left."""
    for found in re.finditer(rf"{stem}(?=-|$)", name):
        yield found.start()


def warnings_of(events: Iterable[Object]) -> tuple[ReportedEvent, ...]:
    """Return warnings, those that say the same of one kind of object as one, the newest first."""
    alike: dict[tuple[str, str, str], list[Object]] = {}
    for event in events:
        if event.get("type") == "Warning":
            alike.setdefault(_meaning(event), []).append(event)
    merged = [_merged(found) for found in alike.values()]
    return tuple(sorted(merged, key=lambda item: (item.last, item.object, item.reason, item.message), reverse=True))[
        :MOST
    ]


def _meaning(event: Object) -> tuple[str, str, str]:
    """Return what an event says, without the name and uid of the object that it says it of."""
    about = event.get("involvedObject") or {}
    message = str(event.get("message") or "")
    name = about.get("name")
    plain = message.replace(name, "*") if name else message
    return str(about.get("kind") or ""), str(event.get("reason") or ""), _UID.sub("*", plain)


def _merged(events: Sequence[Object]) -> ReportedEvent:
    newest = max(events, key=seen_last)
    about = newest.get("involvedObject") or {}
    return ReportedEvent(
        reason=str(newest.get("reason") or ""),
        message=" ".join(str(newest.get("message") or "").split()),
        object=f"{about.get('kind', '')}/{about.get('name', '')}",
        count=sum(_count(event) for event in events),
        last=seen_last(newest),
    )


def _count(event: Object) -> int:
    series = event.get("series") or {}
    return int(series.get("count") or event.get("count") or 1)


def seen_last(event: Object) -> str:
    """Return when an event was seen last, to the second in UTC as Kubernetes writes it; empty where it does not say."""
    series = event.get("series") or {}
    when = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    text = str(when or event.get("firstTimestamp") or "")
    return re.sub(r"\.[0-9]+Z$", "Z", text)
