"""The decision in one sentence, and the sums behind it: the first line of every form of a plan diff."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from neuralnav.model.diff import PlanDiff, WorkloadDiff
from neuralnav.model.plain_text import counted
from neuralnav.model.report import ReportedMetric
from neuralnav.report_diff.fleets import fleets_of_note, opening_text
from neuralnav.report_diff.words import (
    PLAIN,
    QUIET,
    Kind,
    Marks,
    Noise,
    delta_text,
    deployment,
    hardware,
    is_of_note,
    kind_of,
    latency_text,
    metrics_of,
    rank_of,
    served,
    side_text,
    signed_usd,
    slo_text,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A workload of a diff with what became of it."""

    kind: Kind
    item: WorkloadDiff


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change adds in all: USD a month, of the workloads whose change is known, and how many are not."""

    usd_per_month: float
    unknown: int


def judged(diff: PlanDiff, noise: Noise) -> list[Judged]:
    """Return every workload with what became of it, what matters most first, then by path and name."""
    found = [Judged(kind_of(item, noise), item) for item in diff.workloads]
    return sorted(found, key=lambda one: (rank_of(one.kind), one.item.path, one.item.workload))


def of_note(found: Sequence[Judged]) -> list[Judged]:
    """Return those that a reviewer must be told of."""
    return [one for one in found if is_of_note(one.kind)]


def is_quiet(diff: PlanDiff, noise: Noise | None = None) -> bool:
    """Tell whether a reviewer need not be told of anything: no first comment is worth posting."""
    told = of_note(judged(diff, noise or Noise()))
    left = any(item.left for item in diff.workloads)
    return not (told or diff.problems or diff.weakened or left or fleets_of_note(diff))


Decided = Literal["changed", "unknown", "kept", "unchanged"]
"""A decision in one word. `unknown`: no other is known to change, but an input of a side cannot be used."""


def decided(diff: PlanDiff, noise: Noise) -> Decided:
    """Return the decision in one word: what is not known is never said to be kept."""
    changed = [item for item in diff.workloads if item.status != "unchanged"]
    if any(item.decision or item.status in ("added", "removed") for item in diff.workloads):
        return "changed"
    if diff.problems or any("broken" in (item.before.state, item.after.state) for item in changed):
        return "unknown"
    return "unchanged" if is_quiet(diff, noise) else "kept"


def total_cost(diff: PlanDiff) -> Cost:
    """Return what the change of all workloads together adds to the cost."""
    changed = [item.cost_delta_usd_per_month for item in diff.workloads if item.status != "unchanged"]
    known = [delta for delta in changed if delta is not None]
    return Cost(round(sum(known), 2), len(changed) - len(known))


def decision_text(diff: PlanDiff, *, noise: Noise | None = None, marks: Marks = PLAIN) -> str:
    """Return the decision: what refuses the change as a whole, then what it changes, where, and at which cost."""
    return opening_text(diff, marks) + _plans(diff, noise or Noise(), marks)


def _plans(diff: PlanDiff, noise: Noise, marks: Marks) -> str:
    """Return what becomes of the plans in one sentence."""
    found = judged(diff, noise)
    told = of_note(found)
    count = len(diff.workloads)
    if not told and diff.problems:
        return f"Nothing can be compared: {counted(len(diff.problems), 'problem')}." if not count else (
            f"No plan changes that could be told: {counted(len(diff.problems), 'problem')}.")  # fmt: skip
    if not told:
        return _unmoved(found, marks)
    opening = f"Plan changes for {len(told)} of {counted(count, 'workload')}: "
    body = _one(told[0], marks) if len(told) == 1 else _several(told, diff)
    problems = f"; {counted(len(diff.problems), 'problem')} in the inputs" if diff.problems else ""
    return f"{opening}{body}{problems}."


def _unmoved(found: Sequence[Judged], marks: Marks) -> str:
    """Return that nothing of note changed, and what did beside that."""
    hushed = sum(one.kind == "quiet" for one in found)
    same = len(found) - hushed
    parts = [counted(hushed, *QUIET)]
    if same or not hushed:
        words = "1 workload is as it was" if same == 1 else f"{same:,} workloads are as they were"
        parts = [*parts[: bool(hushed)], words if found else "there is no workload"]
    return f"No plan changes{' of note' if hushed else ''}: {', '.join(parts)}{_standing(found, marks)}."


def _standing(found: Sequence[Judged], marks: Marks) -> str:
    names = [marks.code(one.item.workload) for one in found if one.kind == "standing"]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"; still without a plan: {shown}" if names else ""


def _several(told: Sequence[Judged], diff: PlanDiff) -> str:
    counts = Counter(one.kind for one in told)
    parts = [f"{counts[kind]} {words}" for kind, words in _COUNTED.items() if counts[kind]]
    return f"{', '.join(parts)}; {_sum(total_cost(diff))}"


def _sum(cost: Cost) -> str:
    """Return what all changes add: an unknown one is no zero, so the sum is the same only where all are known."""
    unknown = f"{counted(cost.unknown, 'cost change')} unknown" if cost.unknown else ""
    known = f"{signed_usd(cost.usd_per_month)}/month in all" if cost.usd_per_month else ""
    return ", ".join(part for part in (known, unknown) if part) or "same cost in all"


_COUNTED: Mapping[Kind, str] = {
    "broken": "with broken input", "refused": "refused by policy", "infeasible": "without a feasible plan",
    "moved": "deployed differently", "added": "new", "removed": "removed", "renamed": "renamed",
    "otherwise": "chosen otherwise than compile would", "numbers": "with other numbers", "drifted": "drifted",
    "manifests": "with other manifests",
}  # fmt: skip


def _one(told: Judged, marks: Marks) -> str:
    """Return what became of the one workload that a reviewer must be told of."""
    item = told.item
    by_lock = f"; {otherwise_text(item, marks)}" if item.chosen_otherwise and told.kind != "otherwise" else ""
    return f"{marks.code(item.workload)} {_SENTENCES[told.kind](item, marks)}{by_lock}"


def otherwise_untold(item: WorkloadDiff) -> bool:
    """Tell whether a lock chooses otherwise and no cause says so."""
    return bool(item.chosen_otherwise) and all(cause.kind != "lock" for cause in item.causes)


def otherwise_text(item: WorkloadDiff, marks: Marks) -> str:
    """Return what the lock of the head chooses and compile would not: kept as it stands, or not honoured."""
    committed, other = marks.code(item.after.committed), marks.code(item.chosen_otherwise)
    if item.after.choice is not None and item.after.choice.candidate == item.after.committed:
        return f"its lock chooses {committed}, where compile would choose {other} from the base's lock"
    return f"its lock names {committed}, which compile does not keep: it chooses {other}"


def _moved(item: WorkloadDiff, marks: Marks) -> str:
    before, after = item.before.choice, item.after.choice
    if before is None or after is None:
        return f"has a plan again, {marks.text(side_text(item.after))}, {delta_text(item)}"
    if served(before) != served(after):
        return f"moves from {marks.text(side_text(item.before))} to {marks.text(side_text(item.after))}, {_cost(item)}"
    if hardware(before) == hardware(after):
        change = f"{before.replicas.planned} to {counted(after.replicas.planned, 'replica')}"
        return f"goes from {change}, {_cost(item)}"
    return f"moves from {marks.text(deployment(before))} to {marks.text(deployment(after))}, {_cost(item)}"


def _cost(item: WorkloadDiff) -> str:
    text = delta_text(item)
    return f"at the {text}" if text == "same cost" else text


def _gone(item: WorkloadDiff, what: str) -> str:
    if item.before.state == item.after.state:
        return f"still has no {what} plan"
    return f"has no {what} plan" + (" any more" if item.before.choice else "")


def _refused(item: WorkloadDiff, marks: Marks) -> str:
    """Return that policies leave no candidate, or that those of the base refuse the one that the head would choose."""
    choice = item.after.choice
    if choice is None:
        return _gone(item, "permitted")
    deployed = marks.text(f"{served(choice)}, {deployment(choice)}")
    problems = item.after.problems
    why = f"but {marks.text(problems[0].message)}" if problems else "which policies beside its own refuse"
    return f"would deploy {deployed}, {why}"


def _renamed(item: WorkloadDiff, marks: Marks) -> str:
    """Return the former name, which is what is deployed under, and the former path where it was moved."""
    moved = item.renamed_from.endswith((".yaml", ".yml"))  # a path ends as a workload's file does
    names = [edit.before for edit in item.edits if edit.field == "metadata.name"] if moved else [item.renamed_from]
    parts = [f"is renamed from {marks.code(names[0])}"] if names else []
    if moved:
        word = "and moved" if parts else "is moved"
        parts.append(f"{word} from {marks.code(item.renamed_from)} to {marks.code(item.path)}")
    return f"{' '.join(parts)}, {_cost(item)}"


def _latency(item: WorkloadDiff) -> str:
    """Return the latency that changed most, or the SLO that did, where the cost is the same."""
    if item.cost_delta_usd_per_month != 0:
        return ""
    pairs = [(name, one, other) for name, one, other in metrics_of(item) if one and other]
    for name, one, other in pairs:
        if one.slo_ms != other.slo_ms:
            return f"; {name} SLO {slo_text(one, other)}"
    name, one, other = max(pairs, key=lambda pair: _moved_by(pair[1], pair[2]))
    return f"; {name} p95 {latency_text(one, other)} (SLO {slo_text(one, other)})"


def _moved_by(before: ReportedMetric, after: ReportedMetric) -> float:
    return abs(after.p95_ms.value - before.p95_ms.value) / (abs(before.p95_ms.value) or 1.0)


def _otherwise(item: WorkloadDiff, marks: Marks) -> str:
    return f"keeps what it deploys; {otherwise_text(item, marks)}"


def _broken(item: WorkloadDiff, marks: Marks) -> str:
    problems = item.after.problems
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return "cannot be planned" + (f": {marks.text(problems[0].message)}{more}" if problems else "")


def _rewritten(item: WorkloadDiff) -> str:
    """Return that only manifests changed: those of the plan, or those that were not what the lock says."""
    mended = any(cause.kind == "drift" for cause in item.causes)
    opening = "is brought back to what its lock says" if mended else "keeps what it deploys"
    return f"{opening}; {counted(len(item.manifests), 'manifest')} changed"


_SENTENCES: Mapping[Kind, Callable[[WorkloadDiff, Marks], str]] = {
    "broken": _broken,
    "refused": _refused,
    "infeasible": lambda item, _: _gone(item, "feasible"),
    "moved": _moved,
    "added": lambda item, marks: f"is new, {marks.text(side_text(item.after))}, {delta_text(item)}",
    "removed": lambda item, _: f"is removed, {delta_text(item)}",
    "renamed": _renamed,
    "drifted": lambda item, _: f"has drifted ({', '.join(dict.fromkeys(drift.drift for drift in item.drift))})",
    "otherwise": _otherwise,
    "numbers": lambda item, _: f"keeps what it deploys, {_cost(item)}{_latency(item)}",
    "manifests": lambda item, _: _rewritten(item),
}  # fmt: skip
"""What is said of each kind of note, after the workload's name."""
