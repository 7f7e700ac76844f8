"""How workloads stand, as text and markdown. Strings only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import click

from neuralnav.cluster.pods import OVER
from neuralnav.cluster.status import STOPPED, time_of
from neuralnav.model.plain_text import clipped, counted, markdown_text, printable
from neuralnav.model.status_report import (
    ReportedAccelerators,
    ReportedEvent,
    ReportedPod,
    ReportedReplicas,
    State,
    StatusReport,
    WorkloadStatus,
)

WIDE = 5
"""Up to this many workloads are shown in full; of more only those that need a look."""

LABEL_COLUMNS, STATE_COLUMNS, PART_COLUMNS = 14, 12, 12
SHOWN = 5
"""Pods and events of a workload that are shown; JSON holds them all."""
MESSAGE = 160

COLOURS: Mapping[State, str] = {
    "ready": "green", "progressing": "yellow", "degraded": "red", "missing": "red", "not-ours": "red",
    "unknown": "yellow", "unreachable": "red",
}  # fmt: skip

WORDS: Mapping[State, str] = {
    "ready": "ready", "progressing": "progressing", "degraded": "degraded", "missing": "missing",
    "not-ours": "not ours", "unknown": "unknown", "unreachable": "unreachable",
}  # fmt: skip
"""What people read of a state."""


def status_text(report: StatusReport, now: datetime, *, paint: Callable[[State], str] = WORDS.__getitem__) -> str:
    """Return how workloads stand: a line each, and more of those that are not as planned or are few."""
    full = len(report.workloads) <= WIDE
    width = max([LABEL_COLUMNS, *(len(item.workload) for item in report.workloads)])
    lines = [printable(f"context {report.context}, {report.server}")]
    for item in report.workloads:
        lines.append(line_of(item, width, paint=paint))
        if full or not is_well(item):
            lines += [printable(f"{'':{width}} {line}") for line in _aligned(_details(item, now))]
    if len(report.workloads) > 1:
        lines.append(summary(report.workloads))
    return "\n".join([*lines, *(printable(line) for line in _unread(report.workloads))])


def status_styled(report: StatusReport, now: datetime) -> str:
    """Return the text with its states coloured; click strips the colour where there is no terminal."""
    return status_text(report, now, paint=lambda state: click.style(WORDS[state], fg=COLOURS[state], bold=True))


def status_markdown(report: StatusReport, now: datetime) -> str:
    """Return how workloads stand as a markdown table, with what needs a look below it."""
    lines = ["| workload | state | replicas | accelerators | candidate | URL |", "|---|---|---|---|---|---|"]
    for item in report.workloads:
        cells = (item.workload, _state(item), _replicas(item.replicas), _accelerators(item.accelerators),
                 item.live_candidate, item.url)  # fmt: skip
        lines.append("| " + " | ".join(markdown_text(cell) for cell in cells) + " |")
    for item in (item for item in report.workloads if not is_well(item)):
        said = [("", item.why), *_details(item, now)]
        lines += [f"- **{markdown_text(item.workload)}** {markdown_text(_joined(*one))}" for one in said if one[1]]
    lines += [f"- {markdown_text(line)}" for line in _unread(report.workloads)]
    lines += [f"- **{markdown_text(item.where.file)}** {markdown_text(item.message)}" for item in report.problems]
    return "\n".join(lines)


def is_well(item: WorkloadStatus) -> bool:
    """Tell whether a workload is ready and as its lock says."""
    return item.state == "ready" and item.as_planned


def line_of(item: WorkloadStatus, width: int = 0, *, paint: Callable[[State], str] = WORDS.__getitem__) -> str:
    """Return a workload on one line: its state, why or how many replicas, and what is not as planned."""
    replicas, accelerators = _replicas(item.replicas), _accelerators(item.accelerators)
    shown = item.why or "   ".join(part for part in (replicas, accelerators, item.url) if part)
    said = printable("; ".join([clipped(shown, MESSAGE), *item.deviations[:1]]))
    gap = " " * max(STATE_COLUMNS - len(WORDS[item.state]), 0)
    return f"{item.workload:<{width}} {paint(item.state)}{gap} {said}".rstrip()


def summary(items: Sequence[WorkloadStatus]) -> str:
    """Return how many workloads are in each state, and how many of them are not as planned."""
    counts = [(state, sum(item.state == state for item in items)) for state in WORDS]
    said = [f"{count} {WORDS[state]}" for state, count in counts if count]
    other = sum(bool(item.deviations) for item in items)
    more = f"; {other} not as planned" if other else ""
    return f"{counted(len(items), 'workload')}: {', '.join(said)}{more}"


def _state(item: WorkloadStatus) -> str:
    return WORDS[item.state] + ("" if item.as_planned or not item.deviations else ", not as planned")


def _replicas(found: ReportedReplicas) -> str:
    """Return `2 of 2 replicas`, or `3 replicas, of 2 to 6`; unknown is no zero."""
    if found.low is None:
        return ""
    ready = "unknown" if found.ready is None else f"{found.ready}"
    if found.low == found.high:
        return f"{ready} of {counted(found.low, 'replica')}"
    of = f"{found.low} to {found.high} replicas"
    return f"{ready} of {of}" if found.running is None else f"{ready} of {found.running} ({of})"


def _accelerators(found: ReportedAccelerators) -> str:
    if not found.resource:
        return ""
    held = "unknown" if found.allocated is None else f"{found.allocated}"
    named = ", ".join(sorted(name or "unlabelled nodes" for name in found.products or {}))
    return f"{held} of {found.planned} {found.resource}{f' on {named}' if named else ''}"


def _details(item: WorkloadStatus, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what stands below a workload's line, each with its label."""
    if item.why and item.replicas.low is not None:
        yield "replicas", _replicas(item.replicas)
        yield "accelerators", _accelerators(item.accelerators)
        yield "URL", item.url
    for deviation in item.deviations[1:]:
        yield "deviation", deviation
    if item.replicas.low is not None:
        yield "plan", _plan(item)
    for found in item.conditions:
        if found.status != ("False" if found.type == STOPPED else "True"):
            because = _because(found.reason, found.message)
            yield "conditions", f"{found.type} {found.status}{ago(found.since, now)}{because}"
    for line in _capped([_pod(pod) for pod in _worst_first(item.pods or ())], "pod"):
        yield "pods", line
    for line in _capped([_event(event, now) for event in item.events or ()], "warning"):
        yield "events", line


def _aligned(details: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield labelled lines, a label once for all lines that have it."""
    last = ""
    for label, text in details:
        if text:
            yield f"{'' if label == last else label:<{PART_COLUMNS}} {text}"
            last = label


def _joined(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


def _unread(items: Sequence[WorkloadStatus]) -> list[str]:
    """Return what could not be read, once for all workloads of which it could not."""
    return [
        f"not known: {clipped(line, MESSAGE)}" for line in dict.fromkeys(one for item in items for one in item.unread)
    ]


def _plan(item: WorkloadStatus) -> str:
    """Return what is planned, and who applied what runs."""
    planned, product = item.replicas.planned, item.accelerators.planned_product
    replicas = counted(planned.planned, "replica")
    bounds = "" if planned.min == planned.planned == planned.max else f" ({planned.min} to {planned.max})"
    where = f" on {product}" if product else ""
    by = f"; applied by {item.gitops or item.owner}" if item.owner else ""
    return f"{item.candidate}, {replicas}{bounds}{where}{by}"


def _pod(pod: ReportedPod) -> str:
    where = f" on {pod.node}" if pod.node else ""
    state = "terminating" if pod.terminating else "ready" if pod.ready else pod.phase.lower()
    restarts = f", {counted(pod.restarts, 'restart')}" if pod.restarts else ""
    trouble = f": {clipped('; '.join(pod.trouble), MESSAGE)}" if pod.trouble else ""
    return f"{pod.name}  {state}{where}{restarts}{trouble}"


def _worst_first(pods: Iterable[ReportedPod]) -> list[ReportedPod]:
    return sorted(pods, key=lambda pod: (pod.phase in OVER, pod.ready, not pod.trouble, pod.name))


def _event(event: ReportedEvent, now: datetime) -> str:
    times = f" x{event.count}" if event.count > 1 else ""
    return f"{event.reason}{times}{ago(event.last, now)}, {event.object}: {clipped(event.message, MESSAGE)}"


def _because(*said: str) -> str:
    found = ": ".join(part for part in said if part)
    return f": {clipped(found, MESSAGE)}" if found else ""


def ago(text: str, now: datetime) -> str:
    """Return how long ago something was, coarsely: the clocks of a cluster and of a desk are not the same."""
    then = time_of(text)
    if then is None:
        return ""
    seconds = max((now - then).total_seconds(), 0)
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f" {seconds // size:.0f} {word} ago"
    return f" {seconds:.0f} s ago"


def _capped(lines: Sequence[str], what: str) -> list[str]:
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"and {counted(rest, f'more {what}')}"] if rest > 0 else [])]
