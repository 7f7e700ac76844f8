"""A plan diff on one screen of a terminal: the decision, then a block for each workload that changed."""

from collections.abc import Iterator, Sequence

from neuralnav.model.diff import Crossing, PlanDiff, WorkloadDiff
from neuralnav.model.plain_text import clipped, counted, printable
from neuralnav.report_diff.decision import Judged, decision_text, judged, of_note, otherwise_text, otherwise_untold
from neuralnav.report_diff.fleets import details_text, fix_of, fleets_of_note, subject_text
from neuralnav.report_diff.why import drift_texts, problem_text, reason_text, why_text
from neuralnav.report_diff.words import (
    PLAIN,
    QUIET,
    Noise,
    after_text,
    cost_share,
    cost_text,
    delta_text,
    in_brackets,
    is_as_deployed,
    judged_otherwise,
    latency_text,
    metrics_of,
    side_text,
    slack_text,
    slo_text,
)

FULL = 5
"""Up to so many changed workloads are shown in full; more get a line each."""

LINES = 30
"""Up to so many lines for changed workloads; the rest is counted."""

ASIDES = 10
"""Up to so many remarks below the workloads, and so many problems."""

WIDTH = 240
NAME = 14
NAME_CHARACTERS = 63
"""A name of Kubernetes has no more characters; what is longer is no name, and pushes nothing aside."""

LABEL = 8


def diff_text(diff: PlanDiff, *, noise: Noise | None = None, colour: bool = False, width: int = WIDTH) -> str:
    """Return what a change does to plans, for a terminal; with escape sequences only where `colour` is asked for.

    Where a terminal is narrower than `WIDTH`, `width` is that of it: latencies then stand on lines of their own.
    """
    quiet = noise or Noise()
    found = judged(diff, quiet)
    told = of_note(found)
    lines = [decision_text(diff, noise=quiet)]
    if told:
        lines += ["", *_workloads(told, width)]
    held = "the base's rules are still enforced"
    lines += [f"weakened or changed policy: {printable(name)}; {held}" for name in diff.weakened]
    lines += _capped([line for item in diff.workloads for line in _policies_left(item)], "remark")
    lines += _fleets(diff)
    sole = told[0] if len(told) == 1 else None
    remarks = [line for one in found for line in _asides(one, sole=one is sole)]
    lines += _capped([*drift_texts([one.item for one in found], PLAIN), *remarks], "remark")
    lines += _capped([problem_text(item, PLAIN) for item in diff.problems], "problem")
    lines += _rest(found)
    shown = [lines[0], *(clipped(line, WIDTH) for line in lines[1:])]
    return "\n".join(_coloured(shown) if colour else shown)


def _workloads(told: Sequence[Judged], width: int) -> Iterator[str]:
    longest = max(NAME, *(len(_named(one.item)) for one in told[:LINES]))
    if len(told) <= FULL:
        for one in told:
            yield from _full(one.item, longest, width)
        return
    for one in told[:LINES]:
        item = one.item
        name = _named(item).ljust(longest)
        deployed = f"{printable(side_text(item.before))} -> {printable(after_text(item))}"
        yield "   ".join(part for part in (f"{name} {deployed}", delta_text(item), why_text(item, PLAIN)) if part)
    if len(told) > LINES:
        yield f"and {counted(len(told) - LINES, 'more changed workload')}"


def _capped(lines: Sequence[str], what: str) -> list[str]:
    return [*lines[:ASIDES], *([f"and {counted(len(lines) - ASIDES, f'more {what}')}"] if len(lines) > ASIDES else [])]


def _named(item: WorkloadDiff) -> str:
    return clipped(printable(item.workload), NAME_CHARACTERS)


def _full(item: WorkloadDiff, longest: int, width: int) -> Iterator[str]:
    """Yield the block of one workload: what it deploys, and of its cost and latencies what changes, and why."""
    label, pad = _named(item).ljust(longest), " " * longest
    after = printable(after_text(item))
    yield f"{label} {printable(side_text(item.before))} -> {after}"
    parts: list[tuple[str, Sequence[str]]] = [("why", [why_text(item, PLAIN)]), ("ranking", [_ranking(item)])]
    if not is_as_deployed(item):
        parts = [("cost", [_monthly(item)]), ("p95", _beside(_latencies(item), width - longest - LABEL - 2)), *parts]
    for name, said in parts:
        for index, line in enumerate(text for text in said if text):
            yield f"{pad} {'' if index else name:<{LABEL}} {line}"


def _latencies(item: WorkloadDiff) -> list[str]:
    """Return each p95 of the head's plan against its SLO, with what it leaves of it; nothing without a plan."""
    if item.after.choice is None:
        return []
    slack = {change.metric.upper(): slack_text(change.after) for change in item.slack}
    found = [
        f"{name} {latency_text(one, other)} ({slo_text(one, other)}{_left(slack.get(name, 'none'))})"
        for name, one, other in metrics_of(item)
    ]
    return [found[0].replace("(", "(SLO ", 1), *found[1:]]


def _beside(parts: Sequence[str], width: int) -> list[str]:
    """Return parts side by side in lines of at most so many characters, a part in each at least."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}   {part}" if lines else part
        lines = [*lines[:-1], joined] if lines and len(joined) <= width else [*lines, part]
    return lines


def _monthly(item: WorkloadDiff) -> str:
    return cost_text(item) + ("/month" if item.after.choice else "") + in_brackets(cost_share(item))


def _left(share: str) -> str:
    return f", {share} left" if share != "none" else ""


def _ranking(item: WorkloadDiff) -> str:
    """Return how many candidates came and went, by what, and where places moved; nothing without a plan to rank."""
    if item.after.choice is None:
        return ""
    parts = []
    for word, found in (("gained", item.gained), ("lost", item.lost)):
        if found:
            count = sum(crossing.count for crossing in found)
            parts.append(f"{counted(count, 'candidate')} {word} ({_reasons(found)})")
    moved = [printable(view.view) for view in item.views if view.moves]
    return "; ".join([*parts, *([f"places moved in {', '.join(moved)}"] if moved else [])])


def _reasons(found: Sequence[Crossing]) -> str:
    """Return what shut candidates out, each with their number where there are several reasons."""
    if len(found) == 1:
        return reason_text(found[0], PLAIN)
    more = sum(crossing.count for crossing in found[3:])
    said = [f"{crossing.count:,} {reason_text(crossing, PLAIN)}" for crossing in found[:3]]
    return ", ".join([*said, *([counted(more, "other")] if more else [])])


def _policies_left(item: WorkloadDiff) -> Iterator[str]:
    for name in item.left:
        yield f"left policy: {printable(item.workload)} leaves {printable(name)}; nothing holds it to that"


def _fleets(diff: PlanDiff) -> Iterator[str]:
    """Yield what policies say of all workloads together, and on a line of its own what to do about it."""
    found = fleets_of_note(diff)
    for item in found[:ASIDES]:
        details = details_text(item, PLAIN)
        yield subject_text(item, PLAIN) + (f": {details}" if details else "")
        if fix_of(item):
            yield f"  fix: {fix_of(item)}"
    if len(found) > ASIDES:
        yield f"and {counted(len(found) - ASIDES, 'more rule')}"


def _asides(one: Judged, *, sole: bool) -> Iterator[str]:
    """Yield what stands below the workloads, but for what the first line says of the `sole` one that it tells of."""
    item = one.item
    name = printable(item.workload)
    if otherwise_untold(item) and not sole:
        yield f"{name}: {otherwise_text(item, PLAIN)}"
    if item.status == "renamed" and not (sole and one.kind == "renamed"):
        yield f"{name}: renamed from {printable(item.renamed_from)}"
    for rule in judged_otherwise(item):
        said = f"{rule.choice_before or 'nothing'} -> {rule.choice_after or 'nothing'}"
        yield printable(f"{item.workload}: {rule.rule} on the choice: {said}")
    for problem in item.after.problems[1:]:
        yield problem_text(problem, PLAIN)
    for note in item.notes:
        yield f"{name}: {printable(note)}"


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


_COLOURS = {"drift": 33, "weakened or changed policy": 31, "left policy": 31, "refused by": 31, "warned by": 33}
"""Words that open a line, with the terminal's number of their colour."""
