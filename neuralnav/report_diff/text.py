"""A plan diff on one screen of a terminal: the decision, then a block for each workload that changed."""

from collections.abc import Iterator, Sequence

from neuralnav.model.diff import PlanDiff, WorkloadDiff
from neuralnav.model.plain_text import clipped, printable
from neuralnav.report_diff.decision import Judged, decision_text, judged, of_note, otherwise_text, otherwise_untold
from neuralnav.report_diff.words import (
    PLAIN,
    QUIET,
    Noise,
    after_text,
    cost_share,
    cost_text,
    counted,
    delta_text,
    latency_text,
    metrics_of,
    side_text,
    slack_text,
    slo_text,
    why_text,
)

FULL = 5
"""Up to so many changed workloads are shown in full; more get a line each."""

LINES = 30
"""Up to so many lines for changed workloads; the rest is counted."""

ASIDES = 10
"""Up to so many remarks below the workloads, and so many problems."""

WIDTH = 200
NAME = 14
LABEL = 8


def diff_text(diff: PlanDiff, *, noise: Noise | None = None, colour: bool = False) -> str:
    """Return what a change does to plans, for a terminal; with escape sequences only where `colour` is asked for."""
    quiet = noise or Noise()
    found = judged(diff, quiet)
    told = of_note(found)
    lines = [decision_text(diff, noise=quiet)]
    if told:
        lines += ["", *_workloads(told)]
    lines += [f"weakened policy: {printable(name)}; the base's rules are still enforced" for name in diff.weakened]
    lines += _capped([line for one in found for line in _asides(one.item)], "remark")
    lines += _capped(
        [_problem_line(item.where.file, item.where.line, item.message) for item in diff.problems], "problem"
    )
    lines += _rest(found)
    shown = [lines[0], *(clipped(line, WIDTH) for line in lines[1:])]
    return "\n".join(_coloured(shown) if colour else shown)


def _workloads(told: Sequence[Judged]) -> Iterator[str]:
    width = max(NAME, *(len(printable(one.item.workload)) for one in told[:LINES]))
    if len(told) <= FULL:
        for one in told:
            yield from _full(one.item, width)
        return
    for one in told[:LINES]:
        item = one.item
        name = printable(item.workload).ljust(width)
        yield f"{name} {printable(side_text(item.before))} -> {printable(after_text(item))}   {delta_text(item)}"
    if len(told) > LINES:
        yield f"and {counted(len(told) - LINES, 'more changed workload')}"


def _capped(lines: Sequence[str], what: str) -> list[str]:
    return [*lines[:ASIDES], *([f"and {counted(len(lines) - ASIDES, f'more {what}')}"] if len(lines) > ASIDES else [])]


def _full(item: WorkloadDiff, width: int) -> Iterator[str]:
    """Yield the block of one workload: what it deploys, its cost, its latencies, why."""
    label, pad = printable(item.workload).ljust(width), " " * width
    after = printable(after_text(item))
    yield f"{label} {printable(side_text(item.before))} -> {after}"
    yield f"{pad} {'cost':<{LABEL}} {_monthly(item)}"
    slack = {change.metric.upper(): slack_text(change.after) for change in item.slack}
    metrics = [
        f"{name} {latency_text(one, other)} ({slo_text(one, other)}{_left(slack.get(name, 'none'))})"
        for name, one, other in metrics_of(item)
    ]
    if metrics:
        yield f"{pad} {'p95':<{LABEL}} {'   '.join(metrics).replace('(', '(SLO ', 1)}"
    for name, said in (("why", why_text(item, PLAIN)), ("ranking", _ranking(item))):
        if said:
            yield f"{pad} {name:<{LABEL}} {said}"


def _monthly(item: WorkloadDiff) -> str:
    share = cost_share(item)
    return cost_text(item) + ("/month" if item.after.choice else "") + (f" ({share})" if share else "")


def _left(share: str) -> str:
    return f", {share} left" if share != "none" else ""


def _ranking(item: WorkloadDiff) -> str:
    parts = []
    for word, found in (("gained", item.gained), ("lost", item.lost)):
        if found:
            count = sum(crossing.count for crossing in found)
            parts.append(f"{counted(count, 'candidate')} {word} ({', '.join(printable(c.reason) for c in found[:3])})")
    moved = [printable(view.view) for view in item.views if view.moves]
    return "; ".join([*parts, *([f"places moved in {', '.join(moved)}"] if moved else [])])


def _asides(item: WorkloadDiff) -> Iterator[str]:
    name = printable(item.workload)
    if otherwise_untold(item):
        yield f"{name}: {otherwise_text(item, PLAIN)}"
    for rule in item.rules:
        if rule.choice_before != rule.choice_after:
            said = f"{rule.choice_before or 'nothing'} -> {rule.choice_after or 'nothing'}"
            yield printable(f"{item.workload}: {rule.rule} on the choice: {said}")
    for drift in item.drift:
        yield printable(f"drift ({drift.drift}) in {drift.file}: {drift.message}; fix: {drift.fix}")
    for problem in item.after.problems[1:]:
        yield _problem_line(problem.where.file, problem.where.line, problem.message)
    for note in item.notes:
        yield f"{name}: {printable(note)}"


def _problem_line(file: str, line: int, message: str) -> str:
    return f"{printable(file)}{f':{line}' if line else ''}  {printable(message)}"


def _rest(found: Sequence[Judged]) -> list[str]:
    kinds = [one.kind for one in found]
    if all(kind in ("unchanged", "standing", "quiet") for kind in kinds):
        return []  # the first line says so
    quiet = counted(kinds.count("quiet"), *QUIET)
    same = counted(kinds.count("unchanged"), "workload unchanged", "workloads unchanged")
    parts = [text for text in (quiet, same) if not text.startswith("0 ")]
    return [", ".join(parts)] if parts else []


def _coloured(lines: Sequence[str]) -> Iterator[str]:
    first, *others = lines
    yield f"\x1b[1m{first}\x1b[0m"
    for line in others:
        word = next((word for word in _COLOURS if line.startswith(word)), "")
        yield f"\x1b[{_COLOURS[word]};1m{word}\x1b[0m{line[len(word) :]}" if word else line


_COLOURS = {"drift": 33, "weakened policy": 31}
"""Words that open a line, with the terminal's number of their colour."""
