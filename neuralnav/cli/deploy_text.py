"""What `deploy` and `delete` tell on a terminal: where, what of each workload, and what came of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from neuralnav.cluster.wait import duration_text
from neuralnav.model.deploy_report import (
    DeployedWorkload,
    DeployReport,
    ObjectAction,
    ReportedChange,
    ReportedObject,
    ReportedRollout,
    RolloutState,
)
from neuralnav.model.plain_text import counted, printable
from neuralnav.report import LABEL_COLUMNS

MOST_CHANGES = 8
"""Fields of an object that are told; the JSON holds all."""

WORDS: Mapping[ObjectAction, tuple[str, str]] = {
    "create": ("create", "created"),
    "change": ("change", "changed"),
    "adopt": ("own", "owned"),
    "unchanged": ("unchanged", "unchanged"),
    "conflict": ("conflict", "conflict"),
    "remove": ("remove", "removed"),
    "stay": ("stays", "stays"),
}
"""What is said of an object, before and after."""

QUIET: frozenset[ObjectAction] = frozenset({"unchanged"})
"""What is only counted."""

ENDS: Mapping[RolloutState, str] = {
    "ready": "ready", "failed": "failed", "late": "not ready in time", "interrupted": "not waited for any longer",
}  # fmt: skip


def where_text(report: DeployReport) -> str:
    """Return which cluster and namespaces are meant."""
    names = list(dict.fromkeys(item.namespace for item in report.workloads))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    spaces = f"namespace{'s' if len(names) > 1 else ''} {', '.join(names[:3])}{more}"
    return printable(f"{report.context or 'this pod'} at {report.server}, {spaces}")


def workload_text(item: DeployedWorkload, *, width: int = LABEL_COLUMNS) -> str:
    """Return what is done to the objects of a workload, or was done."""
    pad = " " * (width + 1)
    lines = [f"{item.workload:<{width}} {_counts(item)}"]
    for one in item.objects:
        if one.action not in QUIET:
            lines += [pad + line for line in _object(one)]
    lines += [f"{pad}note: {note}" for note in item.notes]
    return "\n".join(map(printable, lines))


def rollout_text(item: DeployedWorkload, *, width: int = LABEL_COLUMNS) -> str:
    """Return what waiting for a workload came to; empty where nothing was waited for."""
    if item.rollout is None:
        return ""
    return printable(f"{item.workload:<{width}} {_rollout(item.rollout)}")


def width_of(items: Sequence[DeployedWorkload]) -> int:
    """Return the width of the column of names."""
    return max([LABEL_COLUMNS, *(len(item.workload) for item in items)])


def closing_text(report: DeployReport, again: str) -> str:
    """Return the last line: what was done, or how it is done. `again` is the command that goes on."""
    objects = [one for item in report.workloads for one in item.objects]
    todo = sum(one.result == "planned" for one in objects)
    done = [one for one in objects if one.result == "done"]
    if report.dry_run:
        what = "apply" if report.command == "deploy" else "delete"
        if not todo:
            return "nothing to do: the cluster holds what is committed" if report.command == "deploy" else NOTHING
        return f"a dry run of the server: nothing was changed; to {what}: {again}"
    if report.command == "delete":
        return f"deleted {counted(len(done), 'object')}" if done else NOTHING
    removed = sum(one.action == "remove" for one in done)
    parts = [f"applied {counted(len(done) - removed, 'object')}" if len(done) > removed else ""]
    parts.append(f"removed {counted(removed, 'object')}" if removed else "")
    return ", ".join(filter(None, parts)) or "nothing to do: the cluster holds what is committed"


NOTHING = "nothing to delete"


def left_text(report: DeployReport, *, why: str, again: str, back: str) -> str:
    """Return what is left of work that ended early: what was done, what may be, what was not, and how to go on or back.

    `why` opens it; `again` is the command that goes on, `back` the one that takes it back.
    """
    objects = [one for item in report.workloads for one in item.objects]
    lines = [f"{why}; {_state(report, objects)}"]
    unknown = [one for one in objects if one.result == "unknown"]
    if unknown:
        names = ", ".join(f"{one.kind} {one.name}" for one in unknown)
        past = "deleted" if report.command == "delete" else "applied"
        lines.append(f"  may be {past}, its answer was not waited for: {names}")
    lines += [
        f"  {item.workload} goes on in the cluster: {_pods(item.rollout)}"
        for item in report.workloads
        if item.rollout is not None and item.rollout.state == "interrupted"
    ]
    if any(one.result in ("done", "unknown") for one in objects):
        lines.append(f"  to go on: {again}")
        lines.append(f"  to go back: {back}")
    return "\n".join(map(printable, lines))


def _state(report: DeployReport, objects: Sequence[ReportedObject]) -> str:
    past = "deleted" if report.command == "delete" else "applied"
    done = sum(one.result == "done" for one in objects)
    open_ = sum(one.result in ("planned", "failed") for one in objects)
    if not done and all(one.result != "unknown" for one in objects):
        return f"nothing was {past}"
    return f"{counted(done, 'object')} {'is' if done == 1 else 'are'} {past}" + (f", {open_} not" if open_ else "")


def _counts(item: DeployedWorkload) -> str:
    """Return how many objects there are of each action, in the order of the table; or why there are none."""
    counts = Counter((one.action, one.result in ("done", "none")) for one in item.objects)
    parts = []
    for action, (before, after) in WORDS.items():
        for past in (True, False):
            if counts[action, past]:
                bare = past or action in ("unchanged", "conflict", "stay")
                parts.append(f"{counts[action, past]} {after if bare else f'to {before}'}")
    if parts:
        return ", ".join(parts)
    if not item.problems:
        return f"nothing of it is in namespace {item.namespace}"
    count = len(item.problems)
    return f"cannot be applied: {item.problems[0].message if count == 1 else counted(count, 'problem')}"


def _object(one: ReportedObject) -> Iterator[str]:
    before, after = WORDS[one.action]
    word = after if one.result == "done" else "failed" if one.result == "failed" else before
    maybe = "?" if one.result == "unknown" else ""
    note = f"   ({one.note})" if one.note else ""
    yield f"{word + maybe:<10} {one.kind} {one.name}{note}"
    for owner in one.owners:
        yield f"{'':<10}   {owner.manager} owns {owner.field}"
    for change in one.changes[:MOST_CHANGES]:
        yield f"{'':<10}   {change_text(change)}"
    if len(one.changes) > MOST_CHANGES:
        yield f"{'':<10}   and {len(one.changes) - MOST_CHANGES} more fields"


def change_text(change: ReportedChange) -> str:
    """Return a change of a field on one line."""
    if not change.before:
        return f"{change.field}: + {change.after}"
    return (
        f"{change.field}: {change.before} -> {change.after}" if change.after else f"{change.field}: - {change.before}"
    )


def _rollout(found: ReportedRollout) -> str:
    if found.state == "ready":
        return f"ready: {counted(found.wanted, 'pod')}, {duration_text(found.seconds)}"
    return f"{ENDS[found.state]} after {duration_text(found.seconds)}: {_pods(found)}"


def _pods(found: ReportedRollout) -> str:
    return "; ".join((f"{found.ready} of {counted(found.wanted, 'pod')} ready", *found.said))
