"""Live drift as text and markdown. Strings only."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from neuralnav.cli.status_text import ago
from neuralnav.cluster.apply import value_text
from neuralnav.model.live_report import FieldDrift, LiveObject, LiveReport, LiveWorkload, Writer
from neuralnav.model.plain_text import clipped, counted, markdown_text, printable

LABEL_COLUMNS = 14
SHOWN = 20
"""Fields of an object that are shown; JSON holds them all."""
MESSAGE = 200


def live_text(report: LiveReport, now: datetime) -> str:
    """Return what has drifted, workload by workload; those that have not are counted."""
    lines = [f"context {report.context}, {report.server}"]
    width = max([LABEL_COLUMNS, *(len(item.workload) for item in report.workloads)])
    for item in report.workloads:
        lines += _workload(item, now, width)
    if len(report.workloads) > 1:
        lines.append(_summary(report.workloads))
    return "\n".join(printable(line.rstrip()) for line in lines)


def live_markdown(report: LiveReport, now: datetime) -> str:
    """Return what has drifted as a table, a row a field or an object."""
    lines = ["| workload | object | field | committed | live | by |", "|---|---|---|---|---|---|"]
    for item in report.workloads:
        for one in (one for one in item.objects if one.state != "as-committed"):
            for field, committed, live, by in _rows(one, now):
                cells = (item.workload, f"{one.kind} {one.name}", field, committed, live, by)
                lines.append("| " + " | ".join(markdown_text(cell) for cell in cells) + " |")
    said = [(item.workload, line) for item in report.workloads for line in _remarks(item)]
    lines += [f"- **{markdown_text(name)}** {markdown_text(line)}" for name, line in said]
    lines += [f"- **{markdown_text(item.where.file)}** {markdown_text(item.message)}" for item in report.problems]
    lines.append(_summary(report.workloads))
    return "\n".join(lines)


def _rows(one: LiveObject, now: datetime) -> Iterator[tuple[str, str, str, str]]:
    if one.state != "changed":
        yield (_state(one), "", "", _owner(one))
    for field in one.fields:
        yield field.field, _value(field, "committed"), _value(field, "live"), _by(field.by, now)


def _workload(item: LiveWorkload, now: datetime, width: int) -> list[str]:
    odd = [one for one in item.objects if one.state != "as-committed"]
    if not odd:
        said = f"as committed: {counted(len(item.objects), 'object')}"
        return [f"{item.workload:<{width}} {said}", *(f"{'':{width}} {line}" for line in item.notes)]
    lines = [f"{item.workload:<{width}} {len(odd)} of {counted(len(item.objects), 'object')} not as committed"]
    for one in odd:
        lines += _object(one, now)
    return [*lines, *(f"  {line}" for line in _remarks(item))]


def _object(one: LiveObject, now: datetime) -> list[str]:
    place = f" in {one.file}" if one.file else ""
    drift = "not known" if one.state == "unknown" else f"drift (live){place}"
    owner = _owner(one)
    head = f"{drift}: {one.kind} {one.namespace}/{one.name} {_state(one)}{f'; {owner}' if owner else ''}"
    width = max((len(field.field) for field in one.fields[:SHOWN]), default=0)
    lines = [f"  {field.field:<{width}}  {_change(field)}   {_by(field.by, now)}" for field in one.fields[:SHOWN]]
    rest = len(one.fields) - SHOWN
    return [head, *lines, *([f"  and {counted(rest, 'more field')}"] if rest > 0 else [])]


def _state(one: LiveObject) -> str:
    match one.state:
        case "changed":
            return f"differs in {counted(len(one.fields), 'field')}{f', and {one.why}' if one.why else ''}"
        case "missing":
            return f"is missing{f': {clipped(one.why, MESSAGE)}' if one.why else ''}"
        case "left-over":
            return "is left over: no manifest says it any more"
        case "unknown":
            return f"cannot be read: {clipped(one.why, MESSAGE)}"
        case _:
            return "is as committed"


def _owner(one: LiveObject) -> str:
    if one.gitops:
        return f"{one.gitops} keeps it as git has it"
    return f"applied by {one.owner}" if one.owner not in ("", "neuralnav") else ""


def _change(field: FieldDrift) -> str:
    match field.change:
        case "changed":
            return f"{_value(field, 'committed')} -> {_value(field, 'live')}"
        case "removed":
            return f"removed, was {_value(field, 'committed')}"
        case "added":
            return f"added: {_value(field, 'live')}"
        case _:
            return f"beside ours: {_value(field, 'live')}"


def _value(field: FieldDrift, side: str) -> str:
    return value_text(field.committed if side == "committed" else field.live)


def _by(writers: Sequence[Writer], now: datetime) -> str:
    """Return who wrote a field and when; managed fields do not say who removed one."""
    return "; ".join(f"{one.manager}{f' ({one.gitops})' if one.gitops else ''},{ago(one.time, now)}" for one in writers)


def _remarks(item: LiveWorkload) -> Iterator[str]:
    if item.drift and item.live_candidate not in ("", item.candidate):
        yield f"not deployed yet: {item.live_candidate} runs, the lock chose {item.candidate}"
    yield from item.notes
    if item.fix:
        yield f"fix: {item.fix}"


def _summary(items: Sequence[LiveWorkload]) -> str:
    drifted = sum(bool(item.drift) for item in items)
    unknown = sum(not item.drift and any(one.state == "unknown" for one in item.objects) for item in items)
    same = len(items) - drifted - unknown
    counts = ((drifted, "drifted"), (same, "as committed"), (unknown, "not known"))
    return f"{counted(len(items), 'workload')}: {', '.join(f'{count} {word}' for count, word in counts if count)}"
